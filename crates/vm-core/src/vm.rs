//! The machine: everything one program shares, and the operations every part of it uses.
//!
//! A [`Vm`] owns a heap, a collector, the stack of registers, the stack of frames, the interned
//! names, the built-in classes and the loaded programs. Nothing is global and nothing is shared
//! between machines: a machine can be moved to another thread, and many run side by side.

use crate::code::{Code, Program};
use crate::handle::Handles;
use crate::interpreter::counting::Counting;
use crate::limits::{Limits, Outcome};
use crate::names::{Interner, Names};
use crate::object::{BoundMethod, Dropped, Kind, Obj};
use crate::observe::Observation;
use crate::output::Output;
use crate::sites::Sites;
use crate::snapshot::SnapshotSink;
use crate::stack::{Frames, Stack};
use crate::statistics::Counters;
use crate::types::Type;
use crate::value::Value;
use hashbrown::HashMap;
use vm_gc::Collector;
use vm_heap::{Heap, ObjectRef, ZeroStack};

/// An exception is on its way: the value is in the machine (`Vm::take_exception`).
///
/// It is returned as the error of every operation that can raise. A function that gets one either
/// passes it on or takes the exception; there is never more than one.
#[derive(Debug, thiserror::Error)]
#[error("an exception was raised")]
#[must_use = "an exception was raised"]
pub struct Raised(pub(crate) ());

/// A virtual machine. See the module documentation, and `docs/embedding.md`.
#[allow(missing_debug_implementations, reason = "a machine has no text")]
pub struct Vm {
    pub(crate) heap: Heap,
    pub(crate) collector: Collector,
    pub(crate) stack: Stack,
    pub(crate) frames: Frames,
    /// Instructions executed so far.
    pub(crate) executed: u64,
    /// Steps of iterators that native loops took since they looked at the limits.
    pub(crate) native_steps: u32,
    /// The next safepoint at which `executed` has reached this does the rare checks: limits,
    /// cancellation, a collection that is due. Zero asks for them at once.
    pub(crate) next_check: u64,
    pub(crate) limits: Limits,
    /// The exception on its way, owned; unset if there is none.
    pub(crate) exception: Value,
    /// Set instead of an exception when a limit that programs cannot catch was reached.
    pub(crate) outcome: Option<Outcome>,
    /// What a stress mode found (`stress.rs`); the run that ends with it takes it.
    pub(crate) inconsistency: Option<String>,
    /// The exception being handled by the running frame, owned; `None` if there is none.
    pub(crate) handled: Value,
    pub(crate) interner: Interner,
    pub(crate) names: Names,
    /// The built-in classes, by [`Type`]; owned and immortal.
    pub(crate) types: [Value; Type::COUNT],
    /// The module `builtins`; owned.
    pub(crate) builtins: Value,
    /// The native modules by interned name, and `__main__`; owned.
    pub(crate) modules: Vec<(Value, Value)>,
    /// Changes when a class changes in a way that inline caches must notice.
    pub(crate) class_epoch: u64,
    /// Weak references to each object that has any, oldest first; none is counted.
    pub(crate) weakrefs: HashMap<ObjectRef, Vec<ObjectRef>>,
    /// Memory for reclaiming; empty between reclamations.
    pub(crate) zeros: ZeroStack,
    /// Whether objects are being reclaimed now: what program code frees meanwhile nests.
    pub(crate) reclaiming: bool,
    /// Objects without counts that the outermost reclamation frees, since the stack is deep.
    pub(crate) put_off: Vec<ObjectRef>,
    /// Nested entries into the interpreter (finalizers, comparisons called from native code).
    pub(crate) native_depth: u32,
    #[allow(
        clippy::vec_box,
        reason = "codes and functions hold the addresses of programs"
    )]
    pub(crate) programs: Vec<Box<Program>>,
    pub(crate) output: Output,
    pub(crate) counters: Counters,
    /// What the counting mode knows; none when it is off.
    pub(crate) counting: Option<Box<Counting>>,
    /// Somebody who looks on, if anybody does.
    pub(crate) observation: Option<Box<Observation>>,
    /// `sys.argv`, as text.
    pub(crate) arguments: Vec<String>,
    /// `MemoryError` made in advance, since making one may fail; owned.
    pub(crate) memory_error: Value,
    /// What the embedder's handles refer to.
    pub(crate) handles: Handles,
    /// State of the `gc` module: `gc.callbacks` and `gc.garbage` lists; owned.
    pub(crate) gc_callbacks: Value,
    pub(crate) gc_garbage: Value,
    /// The `sys.unraisablehook` that the machine made; owned. A program may set another.
    pub(crate) unraisable_hook: Value,
    /// Where snapshots go, if anywhere.
    pub(crate) snapshot_sink: Option<Box<dyn SnapshotSink>>,
    /// Where objects were allocated, if that is recorded.
    pub(crate) sites: Option<Box<Sites>>,
    /// Objects whose `repr` is being made, so that a container in itself ends in `[...]`.
    pub(crate) repr_stack: Vec<ObjectRef>,
}

// SAFETY: every pointer in a machine leads into memory that it owns alone: its heap, its stacks, its
// programs. Nothing of it is shared with another machine or thread, except the cancel handle and the
// handles' notes, which are synchronised; sinks and host functions are required to be `Send`.
unsafe impl Send for Vm {}

impl Vm {
    /// Gives one count of a value back; an object that nothing else holds is reclaimed, which may
    /// run its finalizer.
    #[inline(always)]
    #[cfg_attr(feature = "trace-counts", track_caller)]
    pub(crate) fn release(&mut self, value: Value) {
        if let Some(object) = value.as_object()
            && object.decrement()
        {
            self.reclaim(object);
        }
    }

    /// Gives back a count of each value.
    #[cfg_attr(feature = "trace-counts", track_caller)]
    pub(crate) fn release_all(&mut self, values: &[Value]) {
        for &value in values {
            self.release(value);
        }
    }

    /// Replaces an owned field and releases the former value.
    #[inline]
    pub(crate) fn replace_field(&mut self, field: *mut Value, value: Value) {
        // SAFETY: callers pass the address of a field of a live object or of the machine.
        let former = unsafe { field.replace(value) };
        self.release(former);
    }

    /// Reclaims an object whose count has reached zero, and all that only it held.
    ///
    /// Finalizers and callbacks that free objects in their turn come here again: that nests, and the
    /// native stack is bounded. In the upper half of what it may hold, such an object is put off;
    /// the outermost reclamation frees it when it is done. So a chain whose links end one another
    /// in their callbacks is freed whatever its length.
    #[inline(never)]
    pub(crate) fn reclaim(&mut self, object: ObjectRef) {
        if Kind::of(object) == Kind::Str {
            self.free_string(object);
        } else if self.reclaiming && self.native_depth >= self.limits.config.native_depth_max / 2 {
            self.put_off.push(object);
        } else {
            self.reclaim_with(|vm, zeros| vm_heap::reclaim(vm, zeros, object));
        }
    }

    /// Clears an object in place, as the collector does: its references go, the object stays.
    pub(crate) fn clear_object(&mut self, object: ObjectRef) {
        self.reclaim_with(|vm, zeros| {
            let heap = &mut vm.heap;
            crate::object::clear(object, &mut Dropped { heap, zeros });
            vm_heap::reclaim_waiting(vm, zeros);
        });
    }

    /// Lends `operation` the stack of objects that wait; frees what was put off if nothing else is
    /// being reclaimed.
    #[inline]
    pub(crate) fn reclaim_with(&mut self, operation: impl FnOnce(&mut Vm, &mut ZeroStack)) {
        let is_nested = core::mem::replace(&mut self.reclaiming, true);
        let mut zeros = core::mem::take(&mut self.zeros);
        operation(self, &mut zeros);
        if !is_nested {
            while let Some(object) = self.put_off.pop() {
                vm_heap::reclaim(self, &mut zeros, object);
            }
        }
        self.zeros = zeros;
        self.reclaiming = is_nested;
    }

    /// The function that runs now, if any.
    pub(crate) fn current_code(&self) -> Option<&Code> {
        // SAFETY: a frame's code lives as long as the machine.
        self.frames.last().map(|frame| unsafe { &*frame.code })
    }

    /// Function and receiver of a bound method.
    pub(crate) fn bound_method(value: Value) -> Option<Obj<BoundMethod>> {
        match value.kind() {
            Some(Kind::BoundMethod) => value.cast(),
            _ => None,
        }
    }
}
