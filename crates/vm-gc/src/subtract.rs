//! Tentative subtraction: which candidates are held by candidates alone?
//!
//! 1. Count, for each candidate, the references that candidates own to it: one walk over all
//!    edges, which starts from zero and writes scratch counts only. A candidate's own visit adds
//!    the candidate bit; additions commute, so one pass does both, and each addition may wait in a
//!    ring until the count is in the cache.
//! 2. Compare with the reference count. Where the internal references account for all of it, the
//!    object is a *suspect*. Otherwise somebody outside holds it.
//! 3. No suspects: nothing is unreachable, and marking is left out.
//!
//! Source: D. Bacon and V. Rajan, "Concurrent Cycle Collection in Reference Counted Systems"
//! (2001), for the subtraction; CPython's collector for doing it on a generation. Counting up
//! instead of down leaves the reference counts alone, so they can be checked at any time.

use crate::candidates::{CANDIDATE_BIT, Candidates, SUSPECT, add_internal};
use crate::model::ObjectModel;
use crate::prefetch::{PrefetchRing, prefetch_scratch};
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
    let mut found = Subtracted {
        candidates: 0,
        suspects: 0,
    };
    let mut ring = PrefetchRing::new();
    candidates.for_each(heap, |object| {
        if !candidates.contains(object) {
            return;
        }
        let Some(scratch) = heap.scratch(object) else {
            return;
        };
        scratch.set(scratch.get() | CANDIDATE_BIT);
        found.candidates += 1;
        // SAFETY: a tracked object is alive and complete, and `heap` is borrowed: nothing changes.
        unsafe {
            M::traverse(object, &mut |referent| {
                if let Some(scratch) = heap.scratch(referent) {
                    prefetch_scratch(scratch);
                    if let Some(earlier) = ring.exchange(Some(scratch)) {
                        add_internal(earlier);
                    }
                }
            });
        }
    });
    ring.drain().for_each(add_internal);
    candidates.for_each(heap, |object| {
        let Some(scratch) = heap.scratch(object) else {
            return;
        };
        let value = scratch.get();
        if value & CANDIDATE_BIT == 0 {
            return;
        }
        let internal = value & !CANDIDATE_BIT;
        // An immortal object's count is larger than any internal count: it is held from outside.
        // So is, to be safe, one with more references than counts: its model counts wrongly.
        debug_assert!(
            internal <= object.count(),
            "{object:?} has more references than counts"
        );
        // An object without a count is being reclaimed at this moment (a finalizer that runs in the
        // midst of it brought us here): it dies by its count, and what it still refers to lives
        // until then.
        if internal == object.count() && internal > 0 {
            scratch.set(SUSPECT);
            found.suspects += 1;
        }
    });
    found
}
