//! Marking: what is held from outside, and everything that it reaches, is alive.
//!
//! ```text
//!            referents                     suspects, marked
//!   traverse ----------> [ ring ] --check-----------------> list --pop--> [ ring ] --+
//!      ^                 scratch counts                                  objects     |
//!      +-----------------------------------------------------------------------------+
//! ```
//!
//! 1. Visit the scratch counts, page by page. A candidate that is held from outside (no suspect) is
//!    traversed on the spot: in page order, without going through the list.
//! 2. Each suspect that is met is marked and, unless it is childless, put on the list. Only suspects
//!    are: the list never holds an object twice.
//! 3. When the list is long enough to keep the rings busy, and at the end, it is emptied: every
//!    object on it is traversed, which may mark more.
//! 4. A list that is full takes no more: the object is marked as *pending* instead, and found by
//!    another walk over the scratch counts when the list is empty. So the list takes a bounded amount
//!    of memory, whatever the graph.
//! 5. Stop as soon as no unmarked suspect is left. If all candidates are suspects, do not begin.
//!
//! What is a suspect afterwards is unreachable.

use crate::candidates::{PENDING, REACHED, is_childless_suspect, is_suspect, is_to_traverse};
use crate::model::ObjectModel;
use crate::prefetch::{PrefetchRing, prefetch_object, prefetch_scratch};
use crate::subtract::Subtracted;
use std::cell::Cell;
use vm_heap::{Heap, ObjectRef};

/// Length at which the list is emptied before more candidates are visited.
const LIST_LENGTH: usize = 512;

/// Length that the list does not exceed. Small in tests, so that they get there.
const LIST_MAXIMUM: usize = if cfg!(test) { 4 } else { 1 << 16 };

/// Marks suspects that are reachable and returns how many were. `list` is empty, before and after.
pub(crate) fn mark<M: ObjectModel>(
    heap: &Heap,
    found: Subtracted,
    list: &mut Vec<ObjectRef>,
) -> u64 {
    let suspects = found.suspects;
    if suspects == 0 || suspects == found.candidates {
        return 0;
    }
    let nobody = Cell::new(REACHED);
    let filler = (&nobody, None);
    let mut marker = Marker {
        heap,
        suspects,
        list,
        referents: PrefetchRing::new(filler),
        filler,
        overflowed: false,
    };
    loop {
        marker.overflowed = false;
        heap.for_each_scratch(is_to_traverse, |object, scratch| {
            if marker.suspects != 0 {
                scratch.set(REACHED);
                marker.traverse::<M>(object);
                if marker.list.len() >= LIST_LENGTH {
                    marker.empty_list::<M>();
                }
            }
        });
        marker.empty_list::<M>();
        if !marker.overflowed || marker.suspects == 0 {
            break;
        }
    }
    let left = marker.suspects;
    list.clear();
    suspects - left
}

/// The state of marking.
struct Marker<'a> {
    heap: &'a Heap,
    /// Suspects that are not marked.
    suspects: u64,
    /// Objects that are marked and wait for being traversed.
    list: &'a mut Vec<ObjectRef>,
    /// Objects that were met and wait for being checked.
    referents: PrefetchRing<(&'a Cell<u32>, Option<ObjectRef>)>,
    /// Whether there may be pending objects.
    overflowed: bool,
    /// No suspect.
    filler: (&'a Cell<u32>, Option<ObjectRef>),
}

impl Marker<'_> {
    /// Meets all referents of `object`.
    #[inline(always)]
    fn traverse<M: ObjectModel>(&mut self, object: ObjectRef) {
        // SAFETY: candidates are alive and complete, and the heap is borrowed.
        unsafe {
            M::traverse(object, &mut |referent| {
                if let Some(scratch) = self.heap.scratch(referent) {
                    prefetch_scratch(scratch);
                    let (scratch, referent) = self.referents.exchange((scratch, Some(referent)));
                    self.check(scratch, referent);
                }
            });
        }
    }

    /// Marks a suspect.
    #[inline(always)]
    fn check(&mut self, scratch: &Cell<u32>, referent: Option<ObjectRef>) {
        if is_suspect(scratch.get()) {
            self.suspects -= 1;
            if is_childless_suspect(scratch.get()) {
                scratch.set(REACHED);
            } else if self.list.len() < LIST_MAXIMUM {
                scratch.set(REACHED);
                self.list.extend(referent);
            } else {
                scratch.set(PENDING);
                self.overflowed = true;
            }
        }
    }

    /// Step 3, until nothing is left to traverse, or no suspect to mark.
    fn empty_list<M: ObjectModel>(&mut self) {
        let mut objects = PrefetchRing::new(None);
        while self.suspects != 0 {
            if let Some(object) = self.list.pop() {
                prefetch_object(object);
                if let Some(object) = objects.exchange(Some(object)) {
                    self.traverse::<M>(object);
                }
            } else if let Some(object) = objects.take_newest(None) {
                // Nothing to wait with: what is on its way is taken as it is. In a chain that is one
                // object, or one referent.
                self.traverse::<M>(object);
            } else {
                let (scratch, referent) = self.referents.take_newest(self.filler);
                if referent.is_none() {
                    return;
                }
                self.check(scratch, referent);
            }
        }
    }
}
