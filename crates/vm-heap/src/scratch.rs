//! Scratch counts: 32 bits beside each object, which exist only while a collection runs.
//!
//! The collector counts in them the references that come from among its candidates, and compares
//! with the header's count; headers are not written, and the counts of neighbours share a cache
//! line. A page gets an array of its own (4 bytes a slot) when the collector first asks for one of
//! its objects; large objects have theirs in their prefix.
//!
//! ```text
//!  page header        array, zeroed
//!  | scratch -+-----> | 0 | 0 | 0 | 0 | ... one u32 for each slot index
//! ```
//!
//! The arrays count as `scratch_bytes`, beside the heap's bytes, and the limit does not apply to
//! them: a collection is how a heap at its limit gets memory back.

use std::alloc::{self, Layout};
use std::cell::Cell;
use std::ptr::{self, NonNull};

use crate::header::{KIND_FREE, ObjectRef};
use crate::heap::Heap;
use crate::large::{LargePrefix, LargeTable, NO_SCRATCH};
use crate::page::Page;
use crate::size_class::Family;

/// Scratch counts that are looked at together.
const CHUNK: usize = 32;

/// What has scratch counts at the moment.
#[derive(Debug, Default)]
pub(crate) struct ScratchList {
    pages: Vec<Page>,
    large: Vec<NonNull<LargePrefix>>,
    pub bytes: usize,
    pub peak_bytes: usize,
}

fn array_layout(page: Page) -> Layout {
    // At most 4096 slots: far from any overflow.
    Layout::array::<u32>(page.scratch_len()).unwrap_or(Layout::new::<u32>())
}

impl Heap {
    /// Makes sure that `object` has a scratch count, and with it all objects of its page; new
    /// counts are 0. False if the system has no memory for them.
    #[inline]
    pub fn scratch_ensure(&mut self, object: ObjectRef) -> bool {
        if object.is_large() {
            // SAFETY: large objects have a prefix.
            return self.scratch_ensure_large(unsafe { LargeTable::prefix(object) });
        }
        // SAFETY: other objects are in a page.
        let page = unsafe { Page::of(object.as_ptr()) };
        !page.scratch.get().is_null() || self.scratch_ensure_page(page)
    }

    /// Makes sure that every container has a scratch count. False if the system has no memory for
    /// some of them.
    pub fn scratch_ensure_all_containers(&mut self) -> bool {
        let mut pages = Vec::new();
        self.arenas.for_each_page(|page| {
            if page.family.get() == Family::Container && page.live() > 0 {
                pages.push(page);
            }
        });
        let mut complete = true;
        for page in pages {
            complete &= !page.scratch.get().is_null() || self.scratch_ensure_page(page);
        }
        for index in 0..self.large_objects.entries().len() {
            let prefix = self.large_objects.entries()[index];
            // SAFETY: entries of the table are allocated.
            if unsafe { prefix.as_ref() }.family() == Family::Container {
                complete &= self.scratch_ensure_large(prefix);
            }
        }
        complete
    }

    /// The scratch count of `object`, if it has one.
    #[inline(always)]
    pub fn scratch(&self, object: ObjectRef) -> Option<&Cell<u32>> {
        if object.is_large() {
            // SAFETY: large objects have a prefix, which lives as long as they do.
            let prefix = unsafe { LargeTable::prefix(object).as_ref() };
            return if prefix.scratch_index.get() == NO_SCRATCH {
                None
            } else {
                Some(&prefix.scratch)
            };
        }
        // SAFETY: other objects are in a page.
        let page = unsafe { Page::of(object.as_ptr()) };
        let array = page.scratch.get();
        if array.is_null() {
            return None;
        }
        let index = page.slot_index(object.as_ptr());
        debug_assert!(index < page.scratch_len());
        // SAFETY: the array has an element for each slot index of the page, and is freed only
        // through `&mut self`. A `Cell<u32>` has the layout of a `u32`.
        Some(unsafe { &*array.add(index).cast::<Cell<u32>>() })
    }

    /// Calls `visit` for every container that has a scratch count, in the order of
    /// [`for_each_container`](Heap::for_each_container).
    #[inline(always)]
    pub fn for_each_with_scratch(&self, mut visit: impl FnMut(ObjectRef, &Cell<u32>)) {
        self.arenas.for_each_page(|page| {
            let array = page.scratch.get().cast::<Cell<u32>>();
            if array.is_null() || page.live() == 0 {
                return;
            }
            let mut index = page.first_index();
            page.for_each_slot(|slot| {
                // SAFETY: the array has an element for each slot index of the page.
                let scratch = unsafe { &*array.add(index) };
                index += 1;
                if slot.kind() != KIND_FREE {
                    visit(slot, scratch);
                }
            });
        });
        self.for_each_large_with_scratch(visit);
    }

    /// Calls `visit` for every object whose scratch count is as `wanted` says when it is met: small
    /// objects page by page, large ones last. Memory of objects is not looked at. A count of 0 is
    /// never wanted: a free slot has it.
    #[inline(always)]
    pub fn for_each_scratch(
        &self,
        wanted: impl Fn(u32) -> bool,
        mut visit: impl FnMut(ObjectRef, &Cell<u32>),
    ) {
        debug_assert!(!wanted(0));
        for page in &self.scratch.pages {
            // Most counts are not wanted: some are looked at together.
            for (chunk, counts) in page.scratch_counts().chunks(CHUNK).enumerate() {
                if !counts.iter().fold(false, |any, c| any | wanted(c.get())) {
                    continue;
                }
                for (index, scratch) in counts.iter().enumerate() {
                    if wanted(scratch.get()) {
                        let slot = page.slot(chunk * CHUNK + index).cast();
                        // SAFETY: only objects have counts that are not 0.
                        visit(unsafe { ObjectRef::from_raw(slot) }, scratch);
                    }
                }
            }
        }
        self.for_each_large_with_scratch(|object, scratch| {
            if wanted(scratch.get()) {
                visit(object, scratch);
            }
        });
    }

    /// How many scratch counts are as `wanted` says. Memory of objects is not looked at.
    #[inline(always)]
    pub fn count_scratch(&self, wanted: impl Fn(u32) -> bool) -> u64 {
        let pages = self.scratch.pages.iter().map(|page| page.scratch_counts());
        let in_page = |counts: &[Cell<u32>]| {
            counts
                .iter()
                .map(|c| u32::from(wanted(c.get())))
                .sum::<u32>()
        };
        let mut found = pages.map(|counts| u64::from(in_page(counts))).sum();
        self.for_each_large_with_scratch(|_, scratch| found += u64::from(wanted(scratch.get())));
        found
    }

    fn for_each_large_with_scratch(&self, mut visit: impl FnMut(ObjectRef, &Cell<u32>)) {
        if self.scratch.large.is_empty() {
            return;
        }
        for prefix in self.large_objects.entries() {
            // SAFETY: entries of the table are allocated.
            let large = unsafe { prefix.as_ref() };
            if large.scratch_index.get() != NO_SCRATCH {
                visit(LargeTable::object(*prefix), &large.scratch);
            }
        }
    }

    /// Sets all scratch counts to 0.
    pub fn scratch_clear_all(&mut self) {
        for page in &self.scratch.pages {
            // SAFETY: pages in the list have an array of that many elements.
            unsafe { ptr::write_bytes(page.scratch.get(), 0, page.scratch_len()) };
        }
        for prefix in &self.scratch.large {
            // SAFETY: large objects leave the list when they are freed.
            unsafe { prefix.as_ref() }.scratch.set(0);
        }
    }

    /// Frees all scratch counts.
    pub fn scratch_release_all(&mut self) {
        while let Some(page) = self.scratch.pages.last() {
            self.scratch_release_page(*page);
        }
        while let Some(prefix) = self.scratch.large.last() {
            self.scratch_release_large(*prefix);
        }
    }

    #[cold]
    fn scratch_ensure_page(&mut self, page: Page) -> bool {
        let layout = array_layout(page);
        // SAFETY: pages have slots, so the layout is not empty.
        let array = unsafe { alloc::alloc_zeroed(layout) };
        if array.is_null() {
            return false;
        }
        page.scratch.set(array.cast());
        page.scratch_index.set(self.scratch.pages.len() as u32);
        self.scratch.pages.push(page);
        self.scratch.bytes += layout.size();
        self.scratch.peak_bytes = self.scratch.peak_bytes.max(self.scratch.bytes);
        true
    }

    fn scratch_ensure_large(&mut self, prefix: NonNull<LargePrefix>) -> bool {
        // SAFETY: the callers pass the prefix of an object that is allocated.
        let large = unsafe { prefix.as_ref() };
        if large.scratch_index.get() == NO_SCRATCH {
            large.scratch.set(0);
            large.scratch_index.set(self.scratch.large.len() as u32);
            self.scratch.large.push(prefix);
        }
        true
    }

    /// Frees the scratch counts of a page, if it has any.
    pub(crate) fn scratch_release_page(&mut self, page: Page) {
        let array = page.scratch.replace(ptr::null_mut());
        if array.is_null() {
            return;
        }
        let index = page.scratch_index.get() as usize;
        self.scratch.pages.swap_remove(index);
        if let Some(moved) = self.scratch.pages.get(index) {
            moved.scratch_index.set(index as u32);
        }
        let layout = array_layout(page);
        self.scratch.bytes -= layout.size();
        // SAFETY: allocated with this layout by `scratch_ensure_page`; the page forgot it.
        unsafe { alloc::dealloc(array.cast(), layout) };
    }

    /// Takes the scratch count of a large object away, if it has one.
    pub(crate) fn scratch_release_large(&mut self, prefix: NonNull<LargePrefix>) {
        // SAFETY: the callers pass the prefix of an object that is allocated.
        let index = unsafe { prefix.as_ref() }.scratch_index.replace(NO_SCRATCH);
        if index == NO_SCRATCH {
            return;
        }
        self.scratch.large.swap_remove(index as usize);
        if let Some(moved) = self.scratch.large.get(index as usize) {
            // SAFETY: large objects leave the list when they are freed.
            unsafe { moved.as_ref() }.scratch_index.set(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(heap: &mut Heap) -> Vec<ObjectRef> {
        [16, 48, 48, 512, 700, 9000]
            .into_iter()
            .flat_map(|bytes| [bytes; 3000])
            // SAFETY: not used after the end of the heap.
            .map(|bytes| unsafe { heap.allocate(Family::Container, bytes, 1) }.expect("memory"))
            .collect()
    }

    #[test]
    fn every_object_has_a_count_of_its_own() {
        let mut heap = Heap::new();
        let objects = objects(&mut heap);
        assert!(objects.iter().all(|object| heap.scratch(*object).is_none()));
        assert!(heap.scratch_ensure_all_containers());
        for (number, object) in objects.iter().enumerate() {
            let count = heap.scratch(*object).expect("ensured");
            assert_eq!(count.get(), 0, "zeroed, and nobody else's");
            count.set(number as u32 + 1);
        }
        for (number, object) in objects.iter().enumerate() {
            assert_eq!(
                heap.scratch(*object).map(Cell::get),
                Some(number as u32 + 1)
            );
        }
        heap.scratch_clear_all();
        assert!(
            objects
                .iter()
                .all(|o| heap.scratch(*o).map(Cell::get) == Some(0))
        );
        heap.scratch_release_all();
        assert!(objects.iter().all(|object| heap.scratch(*object).is_none()));
        let statistics = heap.statistics();
        assert_eq!(statistics.scratch_bytes, 0);
        assert!(
            statistics.peak_scratch_bytes > 4 * 12_000,
            "four bytes a slot"
        );
    }

    #[test]
    fn wanted_counts_are_found_and_no_others() {
        let mut heap = Heap::new();
        let objects = objects(&mut heap);
        assert!(heap.scratch_ensure_all_containers());
        for (object, number) in objects.iter().zip(1..) {
            heap.scratch(*object).expect("ensured").set(number);
        }
        let wanted = |word: u32| word % 40 == 39;
        let mut found = Vec::new();
        heap.for_each_scratch(wanted, |object, scratch| {
            found.push((scratch.get(), object))
        });
        assert_eq!(heap.count_scratch(wanted), found.len() as u64);
        found.sort_unstable_by_key(|(number, _)| *number);
        let all = (1..)
            .zip(&objects)
            .map(|(number, object)| (number, *object));
        assert!(all.filter(|(number, _)| wanted(*number)).eq(found));
    }

    #[test]
    fn only_what_was_asked_for_gets_counts() {
        let mut heap = Heap::with_limit(1 << 20);
        let [small, other, large] = [48, 64, 600].map(|bytes| {
            // SAFETY: not used after they are freed.
            unsafe { heap.allocate(Family::Container, bytes, 1) }.expect("memory")
        });
        heap.set_limit_bytes(0);
        assert!(
            heap.scratch_ensure(small) && heap.scratch_ensure(large),
            "no limit applies"
        );
        assert!(heap.scratch(small).is_some() && heap.scratch(large).is_some());
        assert!(heap.scratch(other).is_none());
        heap.scratch(large).expect("ensured").set(5);
        assert!(heap.scratch_ensure(large));
        assert_eq!(heap.scratch(large).map(Cell::get), Some(5), "ensured once");
        // SAFETY: not used below.
        unsafe {
            heap.free(small);
            heap.free(large);
        }
        heap.release_free_memory();
        heap.scratch_release_all();
        assert_eq!(heap.statistics().scratch_bytes, 0);
    }
}
