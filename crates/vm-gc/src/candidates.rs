//! The objects that a collection examines, and the scratch count of each.
//!
//! A scratch count is a `u32` beside the objects, in the heap's pages; object headers are not
//! written. While a collection examines the graph it holds:
//!
//! ```text
//!   bit 31   bits 30-0
//!     0      anything            not a candidate, or marked: REACHED is 0
//!     1      internal count      candidate: references to it from candidates, so far or in all
//!     1      all ones            SUSPECT: candidate that only candidates refer to
//! ```
//!
//! Old objects that share a page with young candidates get internal counts too; they are never
//! looked at, because bit 31 is missing. So counting needs no look at the object counted.

use crate::generation::PERMANENT;
use std::cell::Cell;
use vm_heap::{Heap, ObjectRef};

/// Bit 31 of a scratch count: the object is a candidate and not marked.
pub(crate) const CANDIDATE_BIT: u32 = 1 << 31;
/// A candidate that only candidates refer to, and that is not marked (yet).
pub(crate) const SUSPECT: u32 = u32::MAX;
/// A candidate that is marked.
pub(crate) const REACHED: u32 = 0;
/// The largest internal count; it saturates here. No mortal object has more references.
const INTERNAL_MAXIMUM: u32 = SUSPECT - CANDIDATE_BIT - 1;

/// Where the candidates are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Candidates<'a> {
    /// In a list, in order.
    List(&'a [ObjectRef]),
    /// Everywhere: all tracked containers but permanent ones, page by page.
    Everywhere,
}

impl Candidates<'_> {
    /// Calls `visit` for every candidate, and perhaps for containers that are none.
    #[inline(always)]
    pub(crate) fn for_each(self, heap: &Heap, mut visit: impl FnMut(ObjectRef)) {
        match self {
            Candidates::List(objects) => objects.iter().copied().for_each(visit),
            Candidates::Everywhere => heap.for_each_container(&mut visit),
        }
    }

    /// Whether `object`, which `for_each` visited, is a candidate.
    #[inline(always)]
    pub(crate) fn contains(self, object: ObjectRef) -> bool {
        match self {
            Candidates::List(_) => true,
            Candidates::Everywhere => object.is_tracked() && object.generation() != PERMANENT,
        }
    }

    /// Makes room for the scratch counts.
    ///
    /// Where the system has no memory for them, an object has no scratch count. It is then no
    /// candidate, what it refers to is held from outside, and the collection merely finds less.
    pub(crate) fn ensure_scratch(self, heap: &mut Heap) {
        match self {
            Candidates::List(objects) => {
                for &object in objects {
                    heap.scratch_ensure(object);
                }
            }
            Candidates::Everywhere => {
                heap.scratch_ensure_all_containers();
            }
        }
    }
}

/// One more reference from a candidate.
#[inline(always)]
pub(crate) fn add_internal(scratch: &Cell<u32>) {
    let value = scratch.get();
    // A count of 2^31 takes 16 GiB of references to one object; it must not carry into bit 31.
    let saturated = value & !CANDIDATE_BIT == INTERNAL_MAXIMUM;
    scratch.set(value + u32::from(!saturated));
}

/// Whether `object` was found to be held by candidates that are not marked either.
#[inline(always)]
pub(crate) fn is_suspect(heap: &Heap, object: ObjectRef) -> bool {
    heap.scratch(object)
        .is_some_and(|scratch| scratch.get() == SUSPECT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_counts_saturate_below_suspect() {
        for bit in [0, CANDIDATE_BIT] {
            let scratch = Cell::new(bit + INTERNAL_MAXIMUM - 1);
            add_internal(&scratch);
            assert_eq!(scratch.get(), bit + INTERNAL_MAXIMUM);
            add_internal(&scratch);
            assert_eq!(scratch.get(), bit + INTERNAL_MAXIMUM);
            assert_ne!(scratch.get(), SUSPECT);
        }
    }
}
