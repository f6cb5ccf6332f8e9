//! What somebody who watches a heap is told: arenas, growth, refused allocations.
//!
//! All of it happens on paths that are slow anyway (a page is taken or given back, an allocation is
//! large or refused): the path of every allocation knows nothing of watchers.

use std::fmt;

use crate::error::OutOfMemory;
use crate::heap::Heap;
use crate::page::ARENA_BYTES;

/// Growth is told when the bytes in use pass what they were when it was told last by a quarter,
/// and by no less than this: a growing heap tells some ten times while it grows tenfold.
const GROWTH_STEP_BYTES: usize = 1 << 20;

/// Something happened to a heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeapChange {
    /// An arena was taken from the operating system.
    ArenaTaken,
    /// An arena went back to the operating system.
    ArenaReturned,
    /// More bytes are in use than ever before, by a quarter and at least 1 MiB. Bytes that were
    /// charged are noticed with the next page or large object.
    Grown,
    /// An allocation was refused: the limit forbids it, or the system has no memory.
    Refused(OutOfMemory),
}

/// A change, and the heap's figures just after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeapReport {
    /// What happened.
    pub change: HeapChange,
    /// Bytes in use.
    pub heap_bytes: usize,
    /// Bytes of arenas, large objects and large buffers: what the operating system gave.
    pub reserved_bytes: usize,
    /// Arenas.
    pub arenas: usize,
}

/// A function that is told what happens to a heap. It cannot reach the heap meanwhile.
pub type HeapWatcher = Box<dyn FnMut(&HeapReport) + Send>;

/// A watcher, and what it was told.
pub(crate) struct Watch {
    watcher: HeapWatcher,
    arenas_taken: u64,
    arenas_dropped: u64,
    /// Growth is told above this.
    growth_above_bytes: usize,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

/// The bytes in use above which the next growth is told.
fn next_growth(heap_bytes: usize) -> usize {
    heap_bytes.saturating_add((heap_bytes / 4).max(GROWTH_STEP_BYTES))
}

impl Heap {
    /// Bytes of arenas, large objects and large buffers: what the operating system gave.
    pub fn reserved_bytes(&self) -> usize {
        self.arenas.len() * ARENA_BYTES + self.large_objects.bytes() + self.large_buffers.bytes()
    }

    /// Tells `watcher` what happens from now on, or nobody.
    pub fn set_watcher(&mut self, watcher: Option<HeapWatcher>) {
        self.watch = watcher.map(|watcher| Watch {
            watcher,
            arenas_taken: self.arenas.taken(),
            arenas_dropped: self.arenas.dropped(),
            growth_above_bytes: next_growth(self.accounting.heap_bytes),
        });
    }

    /// Tells the watcher what changed since the last call. Called where something may have.
    #[inline]
    pub(crate) fn tell(&mut self) {
        if self.watch.is_some() {
            self.tell_watcher(None);
        }
    }

    /// Tells the watcher what an allocation changed, or that it was refused.
    #[inline]
    pub(crate) fn told<T>(&mut self, result: Result<T, OutOfMemory>) -> Result<T, OutOfMemory> {
        if self.watch.is_some() {
            self.tell_watcher(result.as_ref().err().copied());
        }
        result
    }

    fn tell_watcher(&mut self, refused: Option<OutOfMemory>) {
        let reserved_bytes = self.reserved_bytes();
        let Some(watch) = &mut self.watch else {
            return;
        };
        let heap_bytes = self.accounting.heap_bytes;
        let mut report = HeapReport {
            change: HeapChange::ArenaTaken,
            heap_bytes,
            reserved_bytes,
            arenas: self.arenas.len(),
        };
        let (taken, dropped) = (self.arenas.taken(), self.arenas.dropped());
        let grown = heap_bytes > watch.growth_above_bytes;
        if taken == watch.arenas_taken
            && dropped == watch.arenas_dropped
            && !grown
            && refused.is_none()
        {
            return;
        }
        for _ in watch.arenas_taken..taken {
            (watch.watcher)(&report);
        }
        report.change = HeapChange::ArenaReturned;
        for _ in watch.arenas_dropped..dropped {
            (watch.watcher)(&report);
        }
        (watch.arenas_taken, watch.arenas_dropped) = (taken, dropped);
        if grown {
            watch.growth_above_bytes = next_growth(heap_bytes);
            report.change = HeapChange::Grown;
            (watch.watcher)(&report);
        }
        if let Some(refused) = refused {
            report.change = HeapChange::Refused(refused);
            (watch.watcher)(&report);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::ObjectRef;
    use crate::page::ARENA_PAGES;
    use crate::size_class::Family;
    use std::sync::{Arc, Mutex};

    fn watched(limit_bytes: usize) -> (Heap, Arc<Mutex<Vec<HeapReport>>>) {
        let mut heap = Heap::with_limit(limit_bytes);
        let reports = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&reports);
        heap.set_watcher(Some(Box::new(move |report| {
            told.lock().expect("no panic").push(*report);
        })));
        (heap, reports)
    }

    fn changes(reports: &Arc<Mutex<Vec<HeapReport>>>) -> Vec<HeapChange> {
        let mut reports = reports.lock().expect("no panic");
        reports.drain(..).map(|report| report.change).collect()
    }

    #[test]
    fn arenas_are_told_when_they_come_and_go() {
        let (mut heap, reports) = watched(1 << 30);
        let objects: Vec<ObjectRef> = (0..ARENA_PAGES * 1023 + 1)
            // SAFETY: not used after they are freed.
            .map(|_| unsafe { heap.allocate(Family::Leaf, 64, 1) }.expect("memory"))
            .collect();
        let told = changes(&reports);
        let arenas = told
            .iter()
            .filter(|&&change| change == HeapChange::ArenaTaken);
        assert_eq!(arenas.count(), 2, "{told:?}");
        for object in objects {
            // SAFETY: not used again.
            unsafe { heap.free(object) };
        }
        heap.release_free_memory();
        let told = changes(&reports);
        assert_eq!(told, [HeapChange::ArenaReturned; 2]);
    }

    #[test]
    fn growth_is_told_by_steps_and_refusals_each_time() {
        let (mut heap, reports) = watched(10 << 20);
        let mut objects = Vec::new();
        let refused = loop {
            // SAFETY: not used after the heap is dropped.
            match unsafe { heap.allocate(Family::Leaf, 100_000, 1) } {
                Ok(object) => objects.push(object),
                Err(refused) => break refused,
            }
        };
        let told = changes(&reports);
        // Above 1, 2, 3, 4, then by a quarter: 5.0, 6.3, 7.8 and 9.8 MiB, a little more each time
        // since the steps start where growth was told.
        let (refusals, growth): (Vec<_>, Vec<_>) = told
            .into_iter()
            .partition(|change| *change != HeapChange::Grown);
        assert_eq!(refusals, [HeapChange::Refused(refused)]);
        assert!((7..=8).contains(&growth.len()), "{growth:?}");
        assert!(heap.charge(1 << 20).is_err());
        assert_eq!(changes(&reports).len(), 1);
        assert_eq!(
            heap.statistics().arenas * ARENA_BYTES,
            0,
            "large ones alone"
        );
    }
}
