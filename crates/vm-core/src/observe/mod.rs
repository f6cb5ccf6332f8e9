//! Watching a machine run: what debuggers, tracers and teaching tools are built on.
//!
//! An [`Observer`] is asked before each instruction and told what happens within one. It looks at
//! the machine through a [`View`], which changes nothing: no count, no cache, and no program code
//! runs, whatever is shown.
//!
//! ```text
//!   loop, observed copy ── before each instruction ──► Observer::instruction ──► go on, or end
//!   unwinding ──────────── an exception is raised ───┐
//!   collector ──────────── it starts, it has ended ──┼► Observer::happened
//!   reclaiming ─────────── a watched object dies ────┘
//! ```
//!
//! 1. There are two copies of the loop (`execute::<OBSERVED>`). The plain one knows nothing of
//!    observers; entering the interpreter chooses. So an observer is noticed by what is run
//!    afterwards, and not by frames that run already.
//! 2. Watching an object sets the flag in its header that says that there are weak references to it,
//!    which is looked at when it dies anyway. So deaths that nobody watches cost nothing more.
//! 3. While the observer runs it is not in the machine: nothing that it looks at calls it again.
//!
//! **Invariant.** An object in `Observation::watched` is alive and carries the flag; it is taken out
//! before its memory goes back.

mod outline;
mod value;
mod view;

pub use value::{Count, ObjectId, ValueView};
pub use view::{FrameView, RegisterView, View};

use crate::interpreter::Registers;
use crate::limits::Outcome;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use core::cell::RefCell;
use hashbrown::HashMap;
use vm_gc::{CollectionEvent, CollectionStart};
use vm_heap::ObjectRef;

/// Whether a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// It does.
    Continue,
    /// It ends as if it had been cancelled: with [`Outcome::Cancelled`].
    End,
}

/// What happens within an instruction.
#[derive(Debug)]
#[non_exhaustive]
pub enum Happening<'a> {
    /// An exception is on its way through program code, and its handler is about to be looked for.
    /// One that passes native code on its way is reported again behind it.
    Raised(ValueView<'a>),
    /// A collection starts; nothing has been examined yet.
    CollectionStarted(&'a CollectionStart),
    /// A collection has ended.
    CollectionEnded(&'a CollectionEvent),
    /// A watched object dies: its finalizer has run, its weak references are cleared, what it refers
    /// to is still there. It is not watched any more.
    Died(ValueView<'a>),
}

/// Somebody who looks on while a machine runs program code.
pub trait Observer: Send {
    /// Asked before each instruction.
    fn instruction(&mut self, view: &View<'_>) -> Flow;

    /// Told what happens within an instruction.
    fn happened(&mut self, view: &View<'_>, happening: &Happening<'_>) {
        let _ = (view, happening);
    }
}

/// The machine's side of an observer.
pub(crate) struct Observation {
    /// Away while it runs.
    observer: Option<Box<dyn Observer>>,
    /// The instruction that was announced last, and how many frames there were.
    at: *const core::cell::Cell<u32>,
    depth: usize,
    /// Watched objects by address.
    watched: RefCell<HashMap<ObjectId, ObjectRef>>,
}

impl Vm {
    /// Lets `observer` look on from the next call into program code on; returns the former one. What
    /// was watched is not watched any more. Program code runs several times slower meanwhile.
    pub fn set_observer(
        &mut self,
        observer: Option<Box<dyn Observer>>,
    ) -> Option<Box<dyn Observer>> {
        let former = self.observation.take();
        if let Some(former) = &former {
            for object in former.watched.borrow().values() {
                object.set_has_weakrefs(self.weakrefs.contains_key(object));
            }
        }
        self.observation = observer.map(|observer| {
            Box::new(Observation {
                observer: Some(observer),
                at: core::ptr::null(),
                depth: 0,
                watched: RefCell::default(),
            })
        });
        former.and_then(|former| former.observer)
    }

    /// The machine as it is now, to be looked at between runs.
    pub fn view(&self) -> View<'_> {
        View::new(self)
    }

    /// Whether instructions are to be observed: by the counters, by an observer, or by who wants to
    /// know where objects are made, since the observed copy stores its place before each instruction.
    pub(crate) fn is_observed(&self) -> bool {
        self.counting.is_some() || self.observation.is_some() || self.sites.is_some()
    }

    /// Before an instruction in the observed copy of the loop, which has stored its state.
    #[inline(never)]
    pub(crate) fn observe(
        &mut self,
        registers: Registers,
        at: *const core::cell::Cell<u32>,
    ) -> Result<(), Raised> {
        if self.counting.is_some() {
            let code = self.frames.top().code;
            self.count_instruction(at, registers, code);
        }
        let depth = self.frames.len();
        let Some(observation) = &mut self.observation else {
            return Ok(());
        };
        (observation.at, observation.depth) = (at, depth);
        let Some(mut observer) = observation.observer.take() else {
            return Ok(());
        };
        let flow = observer.instruction(&View::new(self));
        self.put_observer_back(observer);
        if flow == Flow::End {
            self.outcome = Some(Outcome::Cancelled);
            self.next_check = 0;
            return Err(Raised(()));
        }
        Ok(())
    }

    fn put_observer_back(&mut self, observer: Box<dyn Observer>) {
        if let Some(observation) = &mut self.observation {
            observation.observer = Some(observer);
        }
    }

    /// Runs `tell` with the observer, if there is one and it does not run already.
    fn with_observer(&mut self, tell: impl FnOnce(&mut dyn Observer, &Vm)) {
        let observation = self.observation.as_mut();
        if let Some(mut observer) = observation.and_then(|observation| observation.observer.take())
        {
            tell(&mut *observer, self);
            self.put_observer_back(observer);
        }
    }

    /// An exception is on its way.
    pub(crate) fn observe_exception(&mut self) {
        self.with_observer(|observer, vm| {
            let raised = ValueView::new(vm, vm.exception);
            observer.happened(&View::new(vm), &Happening::Raised(raised));
        });
    }

    /// A collection starts.
    pub(crate) fn observe_start(&mut self, start: &CollectionStart) {
        self.with_observer(|observer, vm| {
            observer.happened(&View::new(vm), &Happening::CollectionStarted(start));
        });
    }

    /// A collection has ended.
    pub(crate) fn observe_end(&mut self, event: &CollectionEvent) {
        self.with_observer(|observer, vm| {
            observer.happened(&View::new(vm), &Happening::CollectionEnded(event));
        });
    }

    /// An object that may be watched dies.
    #[cold]
    pub(crate) fn observe_death(&mut self, object: ObjectRef) {
        object.set_has_weakrefs(false);
        let Some(observation) = &mut self.observation else {
            return;
        };
        let id = ObjectId::of(object);
        if observation.watched.get_mut().remove(&id).is_some() {
            self.with_observer(|observer, vm| {
                let dying = ValueView::new(vm, Value::from_object(object));
                observer.happened(&View::new(vm), &Happening::Died(dying));
            });
        }
    }

    /// Whether an object carries the flag of weak references without any, since it is watched.
    pub(crate) fn is_watched(&self, object: ObjectRef) -> bool {
        self.observation.as_ref().is_some_and(|observation| {
            let watched = observation.watched.borrow();
            watched.contains_key(&ObjectId::of(object))
        })
    }
}

#[cfg(test)]
mod tests;
