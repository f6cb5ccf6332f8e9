//! The supply of pages for a class: what happens when a page runs full, runs empty, or is wanted.
//!
//! 1. The current page has no slot left. It becomes `Full`, in no list. The next one is the
//!    available page that waits longest (it has had the most time to collect free slots), else an
//!    empty page of the class, else a free page from the arenas.
//! 2. A slot of a full page is freed. The page joins the end of its class's available pages.
//! 3. The last slot of an available page is freed. A page of leaves or buffers goes back to the
//!    arenas; a page of containers becomes `Empty` and keeps its format until
//!    [`Heap::recycle_empty_pages`], because a collector's log may still name its slots.
//!
//! Each costs a few list operations and happens once in a page's worth of allocations.

use std::ptr::NonNull;

use crate::error::OutOfMemory;
use crate::heap::Heap;
use crate::page::{Page, PageState};
use crate::size_class::{CLASSES, Family, slot_bytes_of};

/// Pages of one class and family, linked through their headers.
#[derive(Debug)]
pub(crate) struct Supply {
    available: PageList,
    empty: PageList,
}

impl Supply {
    pub const fn new() -> Supply {
        Supply {
            available: PageList::new(),
            empty: PageList::new(),
        }
    }
}

/// A doubly linked list of pages: join at the end, leave anywhere.
#[derive(Debug)]
struct PageList {
    first: Option<Page>,
    last: Option<Page>,
}

impl PageList {
    const fn new() -> PageList {
        PageList {
            first: None,
            last: None,
        }
    }

    fn push(&mut self, page: Page) {
        page.previous.set(self.last);
        page.next.set(None);
        match self.last {
            Some(last) => last.next.set(Some(page)),
            None => self.first = Some(page),
        }
        self.last = Some(page);
    }

    fn remove(&mut self, page: Page) {
        match page.previous.get() {
            Some(previous) => previous.next.set(page.next.get()),
            None => self.first = page.next.get(),
        }
        match page.next.get() {
            Some(next) => next.previous.set(page.previous.get()),
            None => self.last = page.previous.get(),
        }
        page.previous.set(None);
        page.next.set(None);
    }

    fn pop(&mut self) -> Option<Page> {
        let page = self.first?;
        self.remove(page);
        Some(page)
    }
}

/// What [`Heap::release_free_memory`] gave back to the operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Released {
    /// Arenas that were dropped.
    pub arenas: usize,
    /// Free pages of other arenas whose memory was given back.
    pub pages: usize,
}

impl Heap {
    /// The current page of the class has no slot, or a limit is reached.
    #[cold]
    #[inline(never)]
    pub(crate) fn take_slot_slowly(
        &mut self,
        family: Family,
        class: usize,
    ) -> Result<NonNull<u8>, OutOfMemory> {
        if self.holds_objects && family != Family::Buffer {
            return Err(self.accounting.refuse(slot_bytes_of(class)));
        }
        let slot = self.find_slot(family, class);
        self.told(slot)
    }

    fn find_slot(&mut self, family: Family, class: usize) -> Result<NonNull<u8>, OutOfMemory> {
        let slot_bytes = slot_bytes_of(class);
        let refused = self.accounting.refuse(slot_bytes);
        let heap_bytes = self.accounting.admit(slot_bytes).ok_or(refused)?;
        let full = self.current[family as usize][class];
        // It was only the soft limit that was in the way.
        if let Some(slot) = full.take_slot() {
            self.accounting.commit(heap_bytes);
            return Ok(slot);
        }
        let next = self.next_page(family, class).ok_or(refused)?;
        if !full.is_no_slots() {
            full.state.set(PageState::Full);
            full.countdown.set(1);
        }
        // The extra one keeps the countdown of the current page above 0.
        next.countdown.set(next.countdown.get() + 1);
        next.state.set(PageState::Current);
        self.current[family as usize][class] = next;
        let slot = next.take_slot().ok_or(refused)?;
        self.accounting.commit(heap_bytes);
        Ok(slot)
    }

    /// A page with a free slot, which is in no list any more.
    fn next_page(&mut self, family: Family, class: usize) -> Option<Page> {
        let supply = &mut self.supply[family as usize][class];
        if let Some(page) = supply.available.pop() {
            return Some(page);
        }
        if let Some(page) = supply.empty.pop() {
            self.empty_pages -= 1;
            return Some(page);
        }
        self.arenas.take_page(family, class)
    }

    /// The countdown of `page` reached 0.
    #[cold]
    #[inline(never)]
    pub(crate) fn countdown_ended(&mut self, page: Page) {
        let family = page.family.get();
        let supply = &mut self.supply[family as usize][page.class.get() as usize];
        match page.state.get() {
            PageState::Full => {
                page.state.set(PageState::Available);
                page.countdown.set(page.capacity() - 1);
                supply.available.push(page);
            }
            PageState::Available => {
                supply.available.remove(page);
                if family == Family::Container {
                    page.state.set(PageState::Empty);
                    supply.empty.push(page);
                    self.empty_pages += 1;
                } else {
                    self.arenas.give_page(page);
                    self.tell();
                }
            }
            PageState::Current | PageState::Empty => {
                debug_assert!(false, "the countdown of such a page does not reach 0");
            }
        }
    }

    /// Makes the container pages that became empty usable for any class again, and drops the
    /// arenas that become empty by that (but one).
    ///
    /// Until then (or until [`release_free_memory`](Self::release_free_memory)) such pages keep
    /// their format, so that a stale reference to one of their slots reads as kind 0 without
    /// flags. A collector calls this when it has removed stale references from its logs. Only
    /// slots are kept in that way: a large object's memory is gone as soon as it is freed.
    pub fn recycle_empty_pages(&mut self) {
        if self.empty_pages == 0 {
            return;
        }
        for class in 0..CLASSES {
            while let Some(page) = self.supply[Family::Container as usize][class].empty.pop() {
                self.empty_pages -= 1;
                self.scratch_release_page(page);
                self.arenas.give_page(page);
            }
        }
        self.tell();
    }

    /// Gives all memory that nothing is in back to the operating system: recycles empty pages,
    /// drops every arena without used pages, and decommits the free pages of the others.
    pub fn release_free_memory(&mut self) -> Released {
        let dropped_before = self.arenas.dropped();
        self.recycle_empty_pages();
        for family in [Family::Container, Family::Leaf, Family::Buffer] {
            for class in 0..CLASSES {
                self.release_current_page(family, class);
            }
        }
        let (_, pages) = self.arenas.release();
        self.tell();
        Released {
            arenas: (self.arenas.dropped() - dropped_before) as usize,
            pages,
        }
    }

    /// Gives the current page of a class back if nothing is in it.
    fn release_current_page(&mut self, family: Family, class: usize) {
        let page = self.current[family as usize][class];
        if !page.is_no_slots() && page.live() == 0 {
            self.current[family as usize][class] = Page::no_slots();
            self.scratch_release_page(page);
            self.arenas.give_page(page);
        }
    }

    /// Number of arenas that were dropped so far.
    pub fn arenas_dropped(&self) -> u64 {
        self.arenas.dropped()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::ObjectRef;
    use crate::page::ARENA_PAGES;

    fn fill(heap: &mut Heap, family: Family, count: usize) -> Vec<ObjectRef> {
        let one = |_| {
            // SAFETY: the tests do not use objects after they are freed.
            unsafe { heap.allocate(family, 64, 1) }.expect("memory")
        };
        (0..count).map(one).collect()
    }

    fn free_all(heap: &mut Heap, objects: Vec<ObjectRef>) {
        for object in objects {
            // SAFETY: the callers do not use the objects again.
            unsafe { heap.free(object) };
        }
    }

    #[test]
    fn slots_freed_anywhere_are_used_before_new_pages() {
        let mut heap = Heap::new();
        let mut objects = fill(&mut heap, Family::Leaf, 10_000);
        let pages = heap.statistics().pages;
        let freed: Vec<ObjectRef> = objects.split_off(3_000);
        free_all(&mut heap, freed);
        objects.extend(fill(&mut heap, Family::Leaf, 7_000));
        assert_eq!(heap.statistics().pages, pages);
        free_all(&mut heap, objects);
    }

    #[test]
    fn empty_leaf_pages_are_free_at_once_and_container_pages_after_recycling() {
        let mut heap = Heap::new();
        for (family, kept) in [(Family::Leaf, 0), (Family::Container, 9)] {
            let objects = fill(&mut heap, family, 10_000);
            assert_eq!(
                heap.statistics().pages,
                10,
                "1024 slots a page, 960 in page 0"
            );
            let (first, second) = (objects[0], objects[1]);
            // SAFETY: not used below but for the stale look, which this test is about.
            unsafe { heap.free(first) };
            free_all(&mut heap, objects[1..].to_vec());
            assert_eq!(
                heap.statistics().pages,
                1 + kept,
                "the current page and empty ones"
            );
            assert_eq!(heap.statistics().empty_pages, kept);
            if family == Family::Container {
                assert_eq!((second.kind(), second.flags()), (0, 0));
            }
            heap.recycle_empty_pages();
            assert_eq!(heap.statistics().pages, 1);
            heap.release_free_memory();
            assert_eq!(heap.statistics().pages, 0);
        }
    }

    #[test]
    fn arenas_are_dropped_but_for_one() {
        let mut heap = Heap::new();
        let objects = fill(&mut heap, Family::Container, 3 * ARENA_PAGES * 1023);
        assert_eq!(heap.statistics().arenas, 3);
        free_all(&mut heap, objects);
        assert_eq!(heap.arenas_dropped(), 0);
        heap.recycle_empty_pages();
        assert_eq!(
            (heap.arenas_dropped(), heap.statistics().arenas),
            (1, 2),
            "one in use"
        );
        let released = heap.release_free_memory();
        assert_eq!(
            released,
            Released {
                arenas: 2,
                pages: 0
            }
        );
        assert_eq!(heap.statistics().reserved_bytes, 0);
    }

    #[cfg(unix)]
    #[test]
    fn free_pages_of_a_used_arena_are_decommitted() {
        let mut heap = Heap::new();
        let mut objects = fill(&mut heap, Family::Container, 10 * 1023);
        let kept = objects.split_off(10 * 1023 - 1);
        free_all(&mut heap, objects);
        let released = heap.release_free_memory();
        assert_eq!(
            released,
            Released {
                arenas: 0,
                pages: ARENA_PAGES - 1
            }
        );
        assert_eq!(kept[0].kind(), 1);
        let again = fill(&mut heap, Family::Leaf, 5_000);
        assert!(again.iter().all(|object| object.count() == 1));
    }
}
