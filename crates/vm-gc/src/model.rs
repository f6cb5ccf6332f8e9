//! What the collector must know of an object model: the [`ObjectModel`] trait.
//!
//! The model owns its [`Heap`] and its [`Collector`]; the collector's functions borrow the model
//! and reach both through it. Everything is statically dispatched.
//!
//! | word | meaning |
//! |---|---|
//! | candidate | an object that this collection examines |
//! | condemned | a candidate that nothing outside the candidates reaches |
//! | program code | whatever finalizers and weak reference callbacks run; it may do anything |

use crate::collector::Collector;
use crate::event::{CollectionEvent, CollectionStart, Reason};
use crate::generation::Generation;
use vm_heap::{Heap, ObjectRef};

/// When [`ObjectModel::clear_weakrefs`] is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WeakrefPhase {
    /// Before finalizers: clear the weak references to condemned objects *that have a callback*
    /// (all of them if [`Profile::clears_all_weakrefs_first`](crate::Profile)), then call the
    /// callbacks of those weak references that are not condemned themselves.
    BeforeFinalizers,
    /// Just before condemned objects are cleared: clear every weak reference to them that is
    /// left, and call nothing.
    BeforeClear,
}

/// When [`ObjectModel::can_untrack`] is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UntrackRound {
    /// First, in every collection: for objects that never change (tuples).
    Unchanging,
    /// Afterwards, in full collections: for objects that do (dicts), which can refer to the former.
    Changing,
}

/// What [`ObjectModel::clear_weakrefs`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WeakrefReport {
    /// Callbacks that were called.
    pub callbacks: u64,
    /// Reachable weak reference objects that died while the callbacks ran; they count as
    /// collected.
    pub died: u64,
}

/// An object model: what objects contain, and what happens to them.
///
/// # Safety
///
/// The collector frees what it finds unreachable, so the implementor promises:
///
/// - [`traverse`](Self::traverse) visits exactly the counted references that the object owns, each
///   as often as it is counted. One visit too many lets a living object be condemned.
/// - Every tracked object was allocated from [`heap`](Self::heap) in the Container family, and
///   [`Collector::forget`] is called before a tracked object is freed.
/// - [`heap`](Self::heap) and [`collector`](Self::collector) are the same two at every call, and
///   the memory of freed objects is recycled through [`release_free_memory`] or a collection
///   alone, never by calling the heap's `recycle_empty_pages` or `release_free_memory` directly:
///   the collector's logs may still point there.
///
/// [`release_free_memory`]: crate::release_free_memory
pub unsafe trait ObjectModel {
    /// The heap of all objects.
    fn heap(&self) -> &Heap;
    /// The heap of all objects.
    fn heap_mut(&mut self) -> &mut Heap;
    /// The collector of that heap.
    fn collector(&self) -> &Collector;
    /// The collector of that heap.
    fn collector_mut(&mut self) -> &mut Collector;

    /// Calls `visit` for each counted reference that `object` owns, once per count.
    ///
    /// # Safety
    ///
    /// `object` is alive, of this model, and its contents are initialised.
    unsafe fn traverse(object: ObjectRef, visit: &mut impl FnMut(ObjectRef));

    /// Gives back one count of `object`, and ends its life if that was the last, without
    /// recursion. May run program code.
    fn release(&mut self, object: ObjectRef);

    /// Releases all references that `object` owns. It is condemned and its finalizer has run; the
    /// collector holds it, so it does not die here. Others that only this one kept alive do. May
    /// run program code (of those that are not condemned).
    ///
    /// An object that keeps references cannot be freed here if it is part of a cycle; it then
    /// counts as uncollectable.
    fn clear(&mut self, object: ObjectRef);

    /// Ends all condemned objects together, if it makes no difference that a program could see in which order
    /// they die: nothing that is not condemned dies with them but what has no finalizer and nobody watches.
    /// All are alive, their finalizers have run, and nothing that is not condemned refers to them, so their
    /// own references to each other need not be counted down. Each is [forgotten](Collector::forget) and
    /// freed. False, and nothing has happened, if it is not so, or the model does not know.
    fn end_together(&mut self, _condemned: &[ObjectRef]) -> bool {
        false
    }

    /// Whether `object`, a survivor, can no longer be part of a cycle, as `round` says. Asked only
    /// under [`Profile::untracks_survivors`](crate::Profile).
    fn can_untrack(&self, _object: ObjectRef, _round: UntrackRound) -> bool {
        false
    }

    /// The collection knows which candidates are condemned, and no program code has run since it
    /// began to examine them. For a model that has other means to tell whether that is right: if it
    /// says no, the condemned are spared.
    fn agrees(&mut self, _generation: Generation, _reason: Reason) -> bool {
        true
    }

    /// Whether `object` has a finalizer, called or not.
    fn has_finalizer(&self, _object: ObjectRef) -> bool {
        false
    }

    /// Runs the finalizer of `object`, which may resurrect it. The collector sees to it that this
    /// happens once: it sets the header's FINALIZED flag beforehand.
    fn finalize(&mut self, _object: ObjectRef) {}

    /// Clears weak references to `condemned` objects and calls callbacks, as `phase` says. Not called
    /// where none of them has the flag HAS_WEAKREFS and no program code ran since.
    /// Membership of an object is [`is_condemned`]. All of them are alive at first; nothing holds
    /// them once program code runs.
    fn clear_weakrefs(&mut self, _condemned: &[ObjectRef], _phase: WeakrefPhase) -> WeakrefReport {
        WeakrefReport::default()
    }

    /// With [`debug::COLLECTABLE`](crate::debug::COLLECTABLE): prints the debug line for `object`.
    fn collectable(&mut self, _object: ObjectRef) {}

    /// With [`debug::SAVEALL`](crate::debug::SAVEALL): appends `object` to the garbage list, which
    /// takes its own count, instead of letting it be cleared.
    fn save_garbage(&mut self, _object: ObjectRef) {}

    /// A number for the type of `object`, which other types do not have; for the census of events
    /// ([`Collector::set_census`]).
    fn type_key(&self, object: ObjectRef) -> usize {
        usize::from(object.kind())
    }

    /// The name of the type of `object`, for people.
    fn type_name(&self, object: ObjectRef) -> Box<str> {
        format!("kind {}", object.kind()).into()
    }

    /// A collection starts: "start" callbacks, then debug lines. May run program code.
    fn on_start(&mut self, _start: &CollectionStart) {}

    /// A collection is done: debug lines, then "stop" callbacks. May run program code.
    fn on_stop(&mut self, _event: &CollectionEvent) {}

    /// A full collection cleared everything; drop free lists, memory is given back next.
    fn after_full(&mut self) {}
}

/// Whether the collection that is running has condemned `object`.
///
/// False for everything outside a collection, and for what was resurrected.
#[inline(always)]
pub fn is_condemned(object: ObjectRef) -> bool {
    object.is_candidate()
}
