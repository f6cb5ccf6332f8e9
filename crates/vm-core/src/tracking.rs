//! What the collector has to look at, where versions of CPython differ: tuples and dicts.
//!
//! | | 3.12, 3.13 | 3.15 |
//! |---|---|---|
//! | tuple | tracked when made; untracked by the first collection that finds only items that cannot be part of a cycle | tracked when made, if it has such an item |
//! | dict | tracked from its first key or value that can be part of a cycle; untracked by a full collection that finds none | tracked when made |
//! | count 0 | grows when either is made, tracked or not | grows when it is tracked |
//!
//! Every other container is tracked and counted when it is made, and so are these in 3.15, but for
//! tuples of atoms: that is `alloc.rs`. Here is what is rare or belongs to the older profiles.

use crate::object::{Dict, Iterator, IteratorVariant, Kind, Obj, Tuple};
use crate::value::Value;
use crate::vm::Vm;
use vm_gc::UntrackRound;
use vm_heap::ObjectRef;

/// Whether the older profiles take `value` for something that can be part of a cycle: a container,
/// tracked or not, other than an untracked tuple.
fn may_be_tracked(value: Value) -> bool {
    let Some(object) = value.as_object() else {
        return false;
    };
    match Kind::of(object) {
        Kind::BigInt | Kind::Str | Kind::Bytes | Kind::Range => false,
        // Built-in classes are not tracked.
        Kind::Tuple | Kind::Class => object.is_tracked(),
        Kind::Iterator => !Obj::<Iterator>::of(object).variant().is_atom(),
        _ => true,
    }
}

impl IteratorVariant {
    /// Whether the iterator refers to numbers alone, so that it is no container.
    pub(crate) fn is_atom(self) -> bool {
        matches!(self, IteratorVariant::Range | IteratorVariant::BigRange)
    }
}

impl Vm {
    /// A tuple of untracked items was made.
    #[inline(always)]
    pub(crate) fn track_tuple_of_atoms(&mut self, tuple: Obj<Tuple>) {
        if self.collector.counts_allocations() && tuple.length > 0 {
            self.track(tuple.object());
        }
    }

    /// An empty dict was made.
    #[inline(always)]
    pub(crate) fn track_new_dict(&mut self, dict: Obj<Dict>) {
        if !self.collector.counts_allocations() {
            self.track(dict.object());
        } else {
            let due = self.collector.count_allocation();
            self.schedule(due);
        }
    }

    /// `value` was stored in a dict or set.
    #[inline(always)]
    pub(crate) fn stored_in(&mut self, container: ObjectRef, value: Value) {
        if !container.is_tracked() {
            self.stored_in_untracked(container, value);
        }
    }

    #[cold]
    #[inline(never)]
    fn stored_in_untracked(&mut self, container: ObjectRef, value: Value) {
        if self.collector.counts_allocations() && may_be_tracked(value) {
            self.track_later(container);
        }
    }

    /// `target` became a copy of `source`.
    pub(crate) fn copied(&mut self, target: ObjectRef, source: ObjectRef) {
        if self.collector.counts_allocations() && source.is_tracked() && !target.is_tracked() {
            self.track_later(target);
        }
    }

    fn track_later(&mut self, object: ObjectRef) {
        let due = self.collector.track_later(object);
        self.schedule(due);
    }

    /// An untracked object dies: it no longer counts, if it did.
    #[inline(always)]
    pub(crate) fn untracked_object_dies(&mut self, object: ObjectRef, kind: Kind) {
        let counted = match kind {
            Kind::Dict => true,
            Kind::Tuple => Obj::<Tuple>::of(object).length > 0,
            _ => false,
        };
        if counted {
            self.collector.count_death();
        }
    }

    /// Whether a collection of the older profiles untracks `object`.
    pub(crate) fn can_be_untracked(object: ObjectRef, round: UntrackRound) -> bool {
        match (round, Kind::of(object)) {
            (UntrackRound::Unchanging, Kind::Tuple) => {
                let tuple = Obj::<Tuple>::of(object);
                !tuple.as_slice().iter().any(|&item| may_be_tracked(item))
            }
            (UntrackRound::Changing, Kind::Dict) => {
                let dict = Obj::<Dict>::of(object);
                let may_cycle = |entry: &crate::object::Entry| {
                    may_be_tracked(entry.key) || may_be_tracked(entry.value)
                };
                !dict.table.entries().iter().any(may_cycle)
            }
            _ => false,
        }
    }
}
