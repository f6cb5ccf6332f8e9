//! Heap snapshots of a machine: [`Vm::snapshot`], [`Vm::explain`], and the points at which a
//! program's host gets one.
//!
//! ```text
//!   gc.snapshot("warm") ─┐                    ┌─ wants(point)? ──► take(point, snapshot)
//!   a limit is reached ──┴─► snapshot point ──┤
//!                                             └─ no sink: nothing happens
//! ```
//!
//! The graph and what can be asked of it are in [`vm_gc::snapshot`]; here are the names:
//!
//! | file | names |
//! |---|---|
//! | `describe` | what an object is: type, label, bytes |
//! | `references` | each reference that an object holds |
//! | `roots` | what the machine itself holds |
//! | `sites` (beside this) | where objects were allocated |
//!
//! **Boundary.** A program cannot write a snapshot anywhere: it says when, and the host decides.

mod describe;
mod references;
mod roots;
#[cfg(test)]
mod tests;

use crate::code::Code;
use crate::error::RunError;
use crate::handle::Handle;
use crate::object::{Cell, Function, Kind, Obj, Tuple};
use crate::sites::SiteNames;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use hashbrown::HashMap;
use std::borrow::Cow;
use vm_gc::snapshot::{
    DescribeObjects, Description, Explanation, NewSite, ReferenceName, Retention, Snapshot,
    SnapshotError, explain,
};
use vm_heap::ObjectRef;

/// A moment at which the host can have a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotPoint<'a> {
    /// The program called `gc.snapshot` with this name.
    Named(&'a str),
    /// A limit was reached: the heap's (a `MemoryError` is about to be raised), fuel, or time.
    Limit,
}

/// What a host does with snapshots.
pub trait SnapshotSink: Send {
    /// Whether a snapshot of this moment is wanted: making one takes time in proportion to the heap.
    fn wants(&mut self, point: SnapshotPoint<'_>) -> bool;

    /// The snapshot that was wanted.
    fn take(&mut self, point: SnapshotPoint<'_>, snapshot: Snapshot);

    /// There is none: it would be too large.
    fn refused(&mut self, point: SnapshotPoint<'_>, error: SnapshotError);
}

/// A machine with what its names are found by.
struct Names<'a> {
    vm: &'a Vm,
    /// The functions that closures belong to, by the tuple of their cells.
    closures: HashMap<ObjectRef, &'a Code>,
    /// The variables that cells are for.
    variables: HashMap<ObjectRef, Cow<'a, str>>,
    /// The places at which objects were allocated.
    sites: SiteNames<'a>,
}

impl<'a> Names<'a> {
    fn of(vm: &'a Vm) -> Names<'a> {
        let mut names = Names {
            vm,
            closures: HashMap::new(),
            variables: HashMap::new(),
            sites: SiteNames::of(vm),
        };
        vm.heap.for_each_container(|object| {
            if Kind::of(object) == Kind::Function {
                names.add_closure(Obj::of(object));
            }
        });
        names
    }

    fn add_closure(&mut self, function: Obj<Function>) {
        let Some(cells) = function.free.cast::<Tuple>() else {
            return;
        };
        if function.code.is_null() {
            return;
        }
        // SAFETY: a function's code lives as long as the machine.
        let code = unsafe { &*function.code };
        if self.closures.insert(cells.object(), code).is_some() {
            return;
        }
        for (index, cell) in cells.as_slice().iter().enumerate() {
            if let Some(cell) = cell.cast::<Cell>()
                && let Some(name) = code.free_name(index)
            {
                self.variables
                    .entry(cell.object())
                    .or_insert(Cow::Borrowed(name));
            }
        }
    }
}

impl Code {
    /// The name of a free variable, if it is known.
    fn free_name(&self, index: usize) -> Option<&str> {
        let name = self.function_debug()?.free_names.get(index)?;
        (!name.is_empty()).then_some(name)
    }
}

impl DescribeObjects for Names<'_> {
    type Model = Vm;

    fn model(&self) -> &Vm {
        self.vm
    }

    fn describe(&self, object: ObjectRef) -> Description<'_> {
        self.description(object)
    }

    fn name_references(
        &self,
        object: ObjectRef,
        visit: &mut impl FnMut(ReferenceName<&str>, ObjectRef),
    ) {
        self.visit_references(object, visit);
    }

    fn name_sites(&self, visit: &mut impl FnMut(&NewSite<'_>)) {
        self.sites.all().iter().for_each(visit);
    }

    fn name_roots(&self, visit: &mut impl FnMut(&str, &str, ObjectRef)) {
        self.vm.visit_roots(visit);
    }
}

/// The groups of roots that `explain` sets aside: who asks about an object holds it.
const ASIDE: [&str; 2] = [roots::FRAMES, roots::HANDLES];

impl Vm {
    /// All objects, what they refer to, and what refers to them. Costs time in proportion to the
    /// heap; `Config::snapshot_bytes_max` limits its memory.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::TooLarge`].
    pub fn snapshot(&mut self) -> Result<Snapshot, SnapshotError> {
        self.reap_handles();
        vm_gc::snapshot::take(&Names::of(self), self.limits.config.snapshot_bytes_max)
    }

    /// Who holds the object of a handle, and what it holds; `None` for a value that is no object (a
    /// number, `None`). Takes a snapshot. The handle itself, and other places of the host and of
    /// running functions that hold the object directly, are not shown as what keeps it if there is
    /// anything else.
    ///
    /// # Errors
    ///
    /// [`RunError::Exception`]: `TypeError` if the handle belongs to another machine, `MemoryError`
    /// if the snapshot would be too large.
    pub fn explain(&mut self, handle: &Handle) -> Result<Option<Explanation>, RunError> {
        let value = self.value_of(handle);
        let explained = value.and_then(|value| self.explain_value(value));
        explained.map_err(|raised| self.run_error(raised))
    }

    /// The same for a borrowed value.
    pub(crate) fn explain_value(&mut self, value: Value) -> Result<Option<Explanation>, Raised> {
        let Some(object) = value.as_object() else {
            return Ok(None);
        };
        let id = self.heap.place_number(object);
        let snapshot = match self.snapshot() {
            Ok(snapshot) => snapshot,
            Err(error) => return Err(self.raise_snapshot_error(error)),
        };
        let Some(node) = snapshot.find(id) else {
            return Ok(None);
        };
        let retention = Retention::of(&snapshot);
        Ok(Some(explain(&snapshot, &retention, node, &ASIDE)))
    }

    /// Gives snapshots to `sink` when the program asks for one, or a limit is reached; returns the
    /// former sink. Without one, `gc.snapshot` does nothing.
    pub fn set_snapshot_sink(
        &mut self,
        sink: Option<Box<dyn SnapshotSink>>,
    ) -> Option<Box<dyn SnapshotSink>> {
        core::mem::replace(&mut self.snapshot_sink, sink)
    }

    /// Gives the sink a snapshot, if there is one and it wants to. Whether it got one.
    pub(crate) fn snapshot_point(&mut self, point: SnapshotPoint<'_>) -> Result<bool, Raised> {
        let served = self.serve_snapshot(point);
        served.map_err(|error| self.raise_snapshot_error(error))
    }

    /// A limit was reached that the host may want a snapshot of. What becomes of that is the sink's
    /// business: the program has the limit to deal with.
    #[cold]
    pub(crate) fn limit_was_reached(&mut self) {
        let _ = self.serve_snapshot(SnapshotPoint::Limit);
    }

    fn serve_snapshot(&mut self, point: SnapshotPoint<'_>) -> Result<bool, SnapshotError> {
        // It is not asked again while it is being served.
        let Some(mut sink) = self.snapshot_sink.take() else {
            return Ok(false);
        };
        let snapshot = sink.wants(point).then(|| self.snapshot());
        let served = match snapshot {
            None => Ok(false),
            Some(Ok(snapshot)) => {
                sink.take(point, snapshot);
                Ok(true)
            }
            Some(Err(error)) => {
                sink.refused(point, error);
                Err(error)
            }
        };
        self.snapshot_sink = Some(sink);
        served
    }

    fn raise_snapshot_error(&mut self, error: SnapshotError) -> Raised {
        let class = match error {
            SnapshotError::TooLarge { .. } => Type::MemoryError,
            SnapshotError::Inconsistent(_) => Type::SystemError,
        };
        self.raise(class, &error.to_string())
    }
}
