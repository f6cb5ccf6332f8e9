//! The objects that a collection examines, and the scratch count of each.
//!
//! A scratch count is a `u32` beside the objects, in the heap's pages; object headers are not
//! written. While a collection examines the graph it holds:
//!
//! ```text
//!   bit 31   the word
//!     0      internal count              not a candidate, or marked: REACHED is 0, PENDING 2^31 - 1
//!     1      2^32 - 1 - external count   candidate
//!     1      all ones                    SUSPECT: candidate that only candidates refer to
//! ```
//!
//! The *internal count* is the number of references from candidates, the *external count* that of
//! all others: what the reference count has beyond the internal count. Each reference from a
//! candidate adds one; a candidate's own visit adds `SUSPECT - count`. Additions commute, so one
//! walk over the edges does both, and which candidates are suspects then shows in the scratch
//! counts alone.
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
/// A candidate that is marked, but waits for being traversed. No internal count is so large: that
/// many references take 16 GiB.
pub(crate) const PENDING: u32 = CANDIDATE_BIT - 1;
/// A candidate that is marked.
pub(crate) const REACHED: u32 = 0;
/// The largest reference count; an object with more references than that is immortal.
const COUNT_MAXIMUM: u32 = CANDIDATE_BIT - 1;

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

    /// Calls `visit` for every candidate that has a scratch count, and perhaps for containers that
    /// are none; with the count, in the same order.
    #[inline(always)]
    pub(crate) fn for_each_with_scratch(
        self,
        heap: &Heap,
        mut visit: impl FnMut(ObjectRef, &Cell<u32>),
    ) {
        match self {
            Candidates::List(objects) => {
                for &object in objects {
                    if let Some(scratch) = heap.scratch(object) {
                        visit(object, scratch);
                    }
                }
            }
            Candidates::Everywhere => heap.for_each_with_scratch(&mut visit),
        }
    }

    /// The same, but only for those whose scratch count is not 0.
    #[inline(always)]
    pub(crate) fn for_each_scratch(
        self,
        heap: &Heap,
        mut visit: impl FnMut(ObjectRef, &Cell<u32>),
    ) {
        match self {
            Candidates::List(_) => self.for_each_with_scratch(heap, visit),
            Candidates::Everywhere => heap.for_each_scratch(&mut visit),
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

/// One more reference from a candidate. It cannot wrap: 2^32 references to one object take 32 GiB.
#[inline(always)]
pub(crate) fn add_internal(scratch: &Cell<u32>) {
    scratch.set(scratch.get().wrapping_add(1));
}

/// The visit of a candidate itself.
#[inline(always)]
pub(crate) fn add_candidate(scratch: &Cell<u32>, object: ObjectRef) {
    let count = object.count();
    // An immortal object is held from outside. So is one without a count, which is being reclaimed
    // at this moment (a finalizer that runs in the midst of it brought us here): it dies by its
    // count, and what it still refers to lives until then.
    let count = if count.wrapping_sub(1) < COUNT_MAXIMUM {
        count
    } else {
        COUNT_MAXIMUM
    };
    scratch.set(scratch.get().wrapping_add(SUSPECT - count));
}

/// Whether `object` was found to be held by candidates that are not marked either.
#[inline(always)]
pub(crate) fn is_suspect(heap: &Heap, object: ObjectRef) -> bool {
    heap.scratch(object)
        .is_some_and(|scratch| scratch.get() == SUSPECT)
}
