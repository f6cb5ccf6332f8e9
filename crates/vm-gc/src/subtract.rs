//! Tentative subtraction: which candidates are held by candidates alone?
//!
//! 1. Count, for each candidate, the references that candidates own to it, and compare with its
//!    reference count: one walk over all edges, which starts from zero and writes scratch counts
//!    only (`candidates.rs`).
//! 2. Where the internal references account for all of the count, the object is a *suspect*.
//!    Otherwise somebody outside holds it. This shows in the scratch counts alone, a twelfth of the
//!    memory of the objects.
//! 3. No suspects: nothing is unreachable, and marking is left out.
//!
//! Source: D. Bacon and V. Rajan, "Concurrent Cycle Collection in Reference Counted Systems"
//! (2001), for the subtraction; CPython's collector for doing it on a generation. Counting up
//! instead of down leaves the reference counts alone, so they can be checked at any time.

use crate::candidates::{Candidates, add_candidate, add_internal, is_plausible, is_suspect};
use crate::model::ObjectModel;
use crate::prefetch::{PrefetchRing, prefetch_scratch};
use std::cell::Cell;
use vm_heap::Heap;

/// What the subtraction found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subtracted {
    /// Objects examined.
    pub(crate) candidates: u64,
    /// Those that only candidates refer to.
    pub(crate) suspects: u64,
}

/// Steps 1 and 2.
pub(crate) fn subtract<M: ObjectModel>(heap: &Heap, candidates: Candidates<'_>) -> Subtracted {
    let mut examined = 0;
    let nobody = Cell::new(0);
    let mut ring = PrefetchRing::new(&nobody);
    candidates.for_each_with_scratch(heap, |object, scratch| {
        if !candidates.contains(object) {
            return;
        }
        examined += 1;
        let mut is_childless = true;
        // SAFETY: a tracked object is alive and complete, and `heap` is borrowed: nothing changes.
        unsafe {
            M::traverse(object, &mut |referent| {
                if let Some(scratch) = heap.scratch(referent) {
                    is_childless = false;
                    prefetch_scratch(scratch);
                    add_internal(ring.exchange(scratch));
                }
            });
        }
        add_candidate(scratch, object, is_childless);
    });
    ring.drain(&nobody).for_each(add_internal);
    if cfg!(debug_assertions) {
        candidates.for_each_with_scratch(heap, |object, scratch| {
            if !candidates.contains(object) {
                return;
            }
            let mut is_childless = true;
            // SAFETY: as above.
            unsafe {
                M::traverse(object, &mut |referent| {
                    is_childless &= heap.scratch(referent).is_none();
                });
            }
            debug_assert!(
                is_plausible(scratch.get(), is_childless),
                "{object:?} has more references than counts"
            );
        });
    }
    Subtracted {
        candidates: examined,
        suspects: heap.count_scratch(is_suspect),
    }
}

/// The references that candidates own, which the subtraction follows.
pub(crate) fn count_edges<M: ObjectModel>(heap: &Heap, candidates: Candidates<'_>) -> u64 {
    let mut edges = 0;
    candidates.for_each_with_scratch(heap, |object, _| {
        if candidates.contains(object) {
            // SAFETY: a tracked object is alive and complete, and `heap` is borrowed.
            unsafe { M::traverse(object, &mut |_| edges += 1) };
        }
    });
    edges
}
