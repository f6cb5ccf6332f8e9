//! The objects that a collection examines, and the scratch count of each.
//!
//! A scratch count is a `u32` beside the objects, in the heap's pages; object headers are not
//! written. While a collection examines the graph it holds:
//!
//! ```text
//!   bit 31   the other bits
//!     0      internal count              not a candidate, or marked: then 0
//!     0      2^31 - 1 - external count   childless candidate
//!     1      2^31 - 1 - external count   any other candidate
//!     1      0                           the same; or marked, but it waits for being traversed
//! ```
//!
//! The *internal count* is the number of references from candidates, the *external count* that of
//! all others: what the reference count has beyond the internal count. A candidate without external
//! counts is a *suspect*: only candidates refer to it. *Childless* is what refers to nothing that has a
//! scratch count: there is nothing to mark from it, so marking never looks at its memory.
//!
//! Each reference from a candidate adds one to the word; a candidate's own visit adds its first value
//! less its reference count. Additions commute, so one walk over the edges does both, and which
//! candidates are suspects then shows in the scratch counts alone.
//!
//! Old objects that share a page with young candidates get internal counts too; they are never
//! looked at, because bit 31 is missing. So counting needs no look at the object counted.

use crate::generation::PERMANENT;
use std::cell::Cell;
use vm_heap::{Heap, ObjectRef};

/// Bit 31 of a scratch count: a candidate that is not marked and has something to mark.
const PARENT: u32 = 1 << 31;
/// A childless suspect; [`PARENT`] is set for any other. No internal count of what is no candidate is so
/// large: that many references take 16 GiB.
const SUSPECT: u32 = PARENT - 1;
/// A candidate that is marked, but waits for being traversed. As if it were held from outside.
pub(crate) const PENDING: u32 = PARENT;
/// A candidate that is marked.
pub(crate) const REACHED: u32 = 0;
/// The largest reference count; an object with more references than that is immortal.
const COUNT_MAXIMUM: u32 = SUSPECT;

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
pub(crate) fn add_candidate(scratch: &Cell<u32>, object: ObjectRef, is_childless: bool) {
    let count = object.count();
    // An immortal object is held from outside. So is one without a count, which is being reclaimed
    // at this moment (a finalizer that runs in the midst of it brought us here): it dies by its
    // count, and what it still refers to lives until then.
    let count = if count.wrapping_sub(1) < COUNT_MAXIMUM {
        count
    } else {
        COUNT_MAXIMUM
    };
    let first = if is_childless {
        SUSPECT
    } else {
        PARENT | SUSPECT
    };
    scratch.set(scratch.get().wrapping_add(first - count));
}

/// Whether a candidate that was visited has at most as many references as counts.
pub(crate) fn is_plausible(word: u32, is_childless: bool) -> bool {
    (word & PARENT == 0) == is_childless
}

/// Whether it is held by candidates that are not marked either.
#[inline(always)]
pub(crate) fn is_suspect(word: u32) -> bool {
    word | PARENT == PARENT | SUSPECT
}

/// Whether a suspect is childless.
#[inline(always)]
pub(crate) fn is_childless_suspect(word: u32) -> bool {
    word == SUSPECT
}

/// Whether it is not marked or waits, is held from outside, and has something to mark.
#[inline(always)]
pub(crate) fn is_to_traverse(word: u32) -> bool {
    word & PARENT != 0 && word != PARENT | SUSPECT
}
