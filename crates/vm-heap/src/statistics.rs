//! The heap in figures.

use crate::heap::Heap;
use crate::page::{ARENA_BYTES, PAGE_BYTES};
use crate::size_class::Family;

/// What is in a heap, and how much memory stands behind it. See [`Heap::statistics`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HeapStatistics {
    /// Bytes in use: objects, buffers, and what was charged.
    pub heap_bytes: usize,
    /// The most bytes that were ever in use.
    pub peak_bytes: usize,
    /// The most bytes that may be in use.
    pub limit_bytes: usize,
    /// The part of `heap_bytes` that was charged.
    pub charged_bytes: usize,
    /// The part of `heap_bytes` in large objects.
    pub large_object_bytes: usize,
    /// The part of `heap_bytes` in large buffers.
    pub large_buffer_bytes: usize,
    /// Bytes of scratch counts, which are not among `heap_bytes`.
    pub scratch_bytes: usize,
    /// The most bytes of scratch counts there ever were.
    pub peak_scratch_bytes: usize,
    /// Objects that can refer to others, large ones included.
    pub containers: usize,
    /// Objects that refer to nothing, large ones included.
    pub leaves: usize,
    /// Buffers, large ones included.
    pub buffers: usize,
    /// Large objects.
    pub large_objects: usize,
    /// Large buffers.
    pub large_buffers: usize,
    /// Pages in use, the empty ones included.
    pub pages: usize,
    /// Pages of containers that hold nothing and were not recycled yet.
    pub empty_pages: usize,
    /// Pages that nothing is in, ready for any class.
    pub free_pages: usize,
    /// Free pages whose memory was given back to the operating system.
    pub decommitted_pages: usize,
    /// Arenas.
    pub arenas: usize,
    /// Arenas that were dropped so far.
    pub arenas_dropped: u64,
    /// Bytes of all arenas together.
    pub reserved_bytes: usize,
    /// Bytes of the arenas that the operating system may have behind memory: all but the
    /// decommitted pages.
    pub committed_bytes: usize,
}

impl Heap {
    /// The heap in figures. Looks at every page's header.
    pub fn statistics(&self) -> HeapStatistics {
        let (free_pages, decommitted_pages) = self.arenas.free_pages();
        let reserved_bytes = self.arenas.len() * ARENA_BYTES;
        let mut statistics = HeapStatistics {
            heap_bytes: self.accounting.heap_bytes,
            peak_bytes: self.accounting.peak_bytes,
            limit_bytes: self.accounting.limit_bytes,
            charged_bytes: self.accounting.charged_bytes,
            large_object_bytes: self.large_objects.bytes(),
            large_buffer_bytes: self.large_buffers.bytes(),
            scratch_bytes: self.scratch.bytes,
            peak_scratch_bytes: self.scratch.peak_bytes,
            large_objects: self.large_objects.entries().len(),
            large_buffers: self.large_buffers.entries().len(),
            buffers: self.large_buffers.entries().len(),
            empty_pages: self.empty_pages,
            free_pages,
            decommitted_pages,
            arenas: self.arenas.len(),
            arenas_dropped: self.arenas.dropped(),
            reserved_bytes,
            committed_bytes: reserved_bytes - decommitted_pages * PAGE_BYTES,
            ..HeapStatistics::default()
        };
        self.arenas.for_each_page(|page| {
            statistics.pages += 1;
            *statistics.of_family(page.family.get()) += page.live() as usize;
        });
        for prefix in self.large_objects.entries() {
            // SAFETY: entries of the table are allocated.
            *statistics.of_family(unsafe { prefix.as_ref() }.family()) += 1;
        }
        statistics
    }
}

impl HeapStatistics {
    fn of_family(&mut self, family: Family) -> &mut usize {
        match family {
            Family::Container => &mut self.containers,
            Family::Leaf => &mut self.leaves,
            Family::Buffer => &mut self.buffers,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_a_small_heap() {
        let mut heap = Heap::with_limit(1 << 20);
        for (family, bytes) in [
            (Family::Container, 48),
            (Family::Container, 600),
            (Family::Leaf, 48),
            (Family::Leaf, 48),
        ] {
            // SAFETY: not used.
            unsafe { heap.allocate(family, bytes, 1) }.expect("memory");
        }
        heap.allocate_buffer(10).expect("memory");
        heap.allocate_buffer(1000).expect("memory");
        heap.charge(100).expect("memory");
        // 600 + 24 and 1000 + 32 bytes, rounded up to multiples of 16.
        let (large_object_bytes, large_buffer_bytes) = (624, 1040);
        let expected = HeapStatistics {
            heap_bytes: 3 * 48 + large_object_bytes + 16 + large_buffer_bytes + 100,
            peak_bytes: 3 * 48 + large_object_bytes + 16 + large_buffer_bytes + 100,
            limit_bytes: 1 << 20,
            charged_bytes: 100,
            large_object_bytes,
            large_buffer_bytes,
            scratch_bytes: 0,
            peak_scratch_bytes: 0,
            containers: 2,
            leaves: 2,
            buffers: 2,
            large_objects: 1,
            large_buffers: 1,
            pages: 3,
            empty_pages: 0,
            free_pages: 61,
            decommitted_pages: 0,
            arenas: 1,
            arenas_dropped: 0,
            reserved_bytes: 4 << 20,
            committed_bytes: 4 << 20,
        };
        assert_eq!(heap.statistics(), expected);
    }
}
