//! Arenas: 4 MiB of pages each, taken from the system through a `bumpalo::Bump` of one chunk.
//!
//! ```text
//!  4 MiB slab, aligned to its size                            bumpalo's footer (< 4 KiB)
//!  +---+----+--------+--------+--------+---  ...  ---+--------+----+
//!  |hdr| p 0| page 1 | page 2 | page 3 |             | page 63|    |
//!  +---+----+--------+--------+--------+---  ...  ---+--------+----+
//!  free   1     0        1        0    ...  one bit a page
//!  decommitted  0        1        0    ...  subset of free: the system has the memory back
//! ```
//!
//! The alignment costs addresses (up to as many again), but no memory.
//!
//! A page is always taken from the fullest arena that has one free, so that sparse arenas get a
//! chance to become empty. An arena whose 64 pages are all free is dropped, but for one, which
//! saves a program that swings around an arena's edge from mapping and unmapping it each time.
//! The arenas are kept in buckets by their number of free pages, which makes both choices cheap.

use std::alloc::Layout;
use std::ptr::NonNull;

use bumpalo::Bump;

use crate::huge_pages;
use crate::page::{ARENA_BYTES, ARENA_PAGES, HEADERS_BYTES, PAGE_BYTES, Page};
use crate::size_class::Family;

const ALL_PAGES: u64 = u64::MAX;

/// Arenas before the first one for which huge pages are asked: a small heap fits the address cache,
/// and would pay for memory that it never touches.
const SMALL_ARENAS: usize = 2;

/// One slab of pages.
#[derive(Debug)]
struct Arena {
    /// Owns the slab. Exactly one allocation was made from it.
    _slab_owner: Bump,
    slab: NonNull<u8>,
    /// One bit for each page that nothing is in.
    free: u64,
    /// One bit for each free page whose memory the system has back.
    decommitted: u64,
    /// Position in the bucket of arenas with as many free pages.
    position: usize,
}

impl Arena {
    fn new() -> Option<Arena> {
        let layout = Layout::from_size_align(ARENA_BYTES, ARENA_BYTES).ok()?;
        let slab_owner = Bump::new();
        let slab = slab_owner.try_alloc_layout(layout).ok()?;
        debug_assert!(
            slab_owner.allocated_bytes() < ARENA_BYTES + PAGE_BYTES,
            "one chunk"
        );
        Some(Arena {
            _slab_owner: slab_owner,
            slab,
            free: ALL_PAGES,
            decommitted: 0,
            position: 0,
        })
    }

    fn free_pages(&self) -> usize {
        self.free.count_ones() as usize
    }

    /// Gives the memory of all free pages back to the system; returns how many pages that are.
    fn decommit_free_pages(&mut self) -> usize {
        let mut wanted = self.free & !self.decommitted;
        let mut decommitted_pages = 0;
        while wanted != 0 {
            let first = wanted.trailing_zeros() as usize;
            let length = (wanted >> first).trailing_ones() as usize;
            let run = (ALL_PAGES >> (ARENA_PAGES - length)) << first;
            if self.decommit(first, first + length) {
                self.decommitted |= run;
                decommitted_pages += length;
            }
            wanted &= !run;
        }
        decommitted_pages
    }

    /// Tells the system that the content of the free pages from `first` up to `end` is no longer
    /// wanted. False where the system has no such call.
    #[cfg(unix)]
    fn decommit(&self, first: usize, end: usize) -> bool {
        let start_offset = (first * PAGE_BYTES).max(HEADERS_BYTES);
        let bytes = end * PAGE_BYTES - start_offset;
        // SAFETY: the range is within the arena, behind the headers, and nothing in it is in use:
        // losing its content is what is asked for.
        unsafe {
            let start = self.slab.add(start_offset).as_ptr().cast();
            libc::madvise(start, bytes, libc::MADV_DONTNEED) == 0
        }
    }

    #[cfg(not(unix))]
    fn decommit(&self, _first: usize, _end: usize) -> bool {
        false
    }
}

/// All arenas of a heap.
#[derive(Debug)]
pub(crate) struct Arenas {
    /// By arena index; the places of dropped arenas are used again.
    arenas: Vec<Option<Arena>>,
    vacant: Vec<u32>,
    /// Arena indices by number of free pages.
    buckets: Box<[Vec<u32>; ARENA_PAGES + 1]>,
    taken: u64,
    dropped: u64,
}

impl Arenas {
    pub fn new() -> Arenas {
        Arenas {
            arenas: Vec::new(),
            vacant: Vec::new(),
            buckets: Box::new([const { Vec::new() }; ARENA_PAGES + 1]),
            taken: 0,
            dropped: 0,
        }
    }

    /// Takes a free page from the fullest arena that has one, and formats it. None if the system
    /// has no memory.
    pub fn take_page(&mut self, family: Family, class: usize) -> Option<Page> {
        let index = match self.buckets[1..].iter().find_map(|bucket| bucket.last()) {
            Some(&index) => index,
            None => self.add_arena()?,
        };
        self.leave_bucket(index);
        let arena = self.arenas[index as usize].as_mut()?;
        let first_free = arena.free.trailing_zeros() as usize;
        arena.free &= !(1 << first_free);
        arena.decommitted &= !(1 << first_free);
        // SAFETY: the slab is an arena, and nothing uses a free page until it is taken.
        let page = unsafe { Page::format(arena.slab, first_free, index, family, class) };
        self.enter_bucket(index);
        Some(page)
    }

    /// Takes back the memory of a page. The page's arena may be dropped.
    pub fn give_page(&mut self, page: Page) {
        let index = page.arena.get();
        self.leave_bucket(index);
        if let Some(arena) = self.arenas[index as usize].as_mut() {
            arena.free |= 1 << page.index();
        }
        self.enter_bucket(index);
        if self.buckets[ARENA_PAGES].len() > 1 {
            self.drop_arena(index);
        }
    }

    /// Drops every arena without used pages, and decommits the free pages of the others. Returns
    /// the numbers of both.
    pub fn release(&mut self) -> (usize, usize) {
        let empty = self.buckets[ARENA_PAGES].clone();
        for &index in &empty {
            self.drop_arena(index);
        }
        let pages = self
            .arenas
            .iter_mut()
            .flatten()
            .map(Arena::decommit_free_pages)
            .sum();
        (empty.len(), pages)
    }

    fn add_arena(&mut self) -> Option<u32> {
        let arena = Arena::new()?;
        if self.arenas.len() - self.vacant.len() >= SMALL_ARENAS {
            huge_pages::ask_for(arena.slab, ARENA_BYTES);
        }
        let index = match self.vacant.pop() {
            Some(index) => index,
            None => {
                let index = u32::try_from(self.arenas.len()).ok()?;
                self.arenas.push(None);
                index
            }
        };
        self.arenas[index as usize] = Some(arena);
        self.taken += 1;
        self.enter_bucket(index);
        Some(index)
    }

    fn drop_arena(&mut self, index: u32) {
        self.leave_bucket(index);
        if let Some(mut arena) = self.arenas[index as usize].take() {
            debug_assert_eq!(arena.free, ALL_PAGES);
            // The system's allocator may keep freed memory: give back the content in any case.
            arena.decommit_free_pages();
            self.vacant.push(index);
            self.dropped += 1;
        }
    }

    fn enter_bucket(&mut self, index: u32) {
        if let Some(arena) = self.arenas[index as usize].as_mut() {
            let bucket = &mut self.buckets[arena.free_pages()];
            arena.position = bucket.len();
            bucket.push(index);
        }
    }

    fn leave_bucket(&mut self, index: u32) {
        let Some(arena) = &self.arenas[index as usize] else {
            return;
        };
        let (bucket, position) = (arena.free_pages(), arena.position);
        self.buckets[bucket].swap_remove(position);
        if let Some(&moved) = self.buckets[bucket].get(position)
            && let Some(moved) = self.arenas[moved as usize].as_mut()
        {
            moved.position = position;
        }
    }

    /// Calls `visit` for every page in use, arena by arena.
    #[inline(always)]
    pub fn for_each_page(&self, mut visit: impl FnMut(Page)) {
        for arena in self.arenas.iter().flatten() {
            let mut used = !arena.free;
            while used != 0 {
                // SAFETY: pages that are not free are formatted.
                visit(unsafe { Page::at_index(arena.slab, used.trailing_zeros() as usize) });
                used &= used - 1;
            }
        }
    }

    /// Number of arenas.
    pub fn len(&self) -> usize {
        self.arenas.len() - self.vacant.len()
    }

    /// Number of arenas taken so far.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Number of arenas dropped so far.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Number of free pages, and how many of them are decommitted.
    pub fn free_pages(&self) -> (usize, usize) {
        let arenas = || self.arenas.iter().flatten();
        let decommitted = arenas()
            .map(|arena| arena.decommitted.count_ones() as usize)
            .sum();
        (arenas().map(Arena::free_pages).sum(), decommitted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(arenas: &mut Arenas) -> Page {
        arenas
            .take_page(Family::Leaf, 0)
            .expect("memory for a page")
    }

    #[test]
    fn pages_come_from_the_fullest_arena() {
        let mut arenas = Arenas::new();
        let first: Vec<Page> = (0..ARENA_PAGES).map(|_| take(&mut arenas)).collect();
        let second: Vec<Page> = (0..ARENA_PAGES).map(|_| take(&mut arenas)).collect();
        assert_eq!(arenas.len(), 2);
        for page in &first[..10] {
            arenas.give_page(*page);
        }
        for page in &second[..3] {
            arenas.give_page(*page);
        }
        for _ in 0..3 {
            assert_eq!(take(&mut arenas).arena.get(), second[0].arena.get());
        }
        assert_eq!(take(&mut arenas).arena.get(), first[0].arena.get());
    }

    #[test]
    fn one_empty_arena_is_kept_and_the_others_are_dropped() {
        let mut arenas = Arenas::new();
        let pages: Vec<Page> = (0..3 * ARENA_PAGES).map(|_| take(&mut arenas)).collect();
        assert_eq!((arenas.len(), arenas.dropped()), (3, 0));
        for page in pages {
            arenas.give_page(page);
        }
        assert_eq!((arenas.len(), arenas.dropped()), (1, 2));
        assert_eq!(arenas.free_pages(), (ARENA_PAGES, 0));
        assert_eq!(arenas.release(), (1, 0));
        assert_eq!((arenas.len(), arenas.dropped()), (0, 3));
        take(&mut arenas);
        assert_eq!(arenas.len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn free_pages_are_decommitted_once_and_used_again() {
        let mut arenas = Arenas::new();
        let pages: Vec<Page> = (0..ARENA_PAGES).map(|_| take(&mut arenas)).collect();
        for index in [1, 2, 3, 60, 63] {
            arenas.give_page(pages[index]);
        }
        assert_eq!(arenas.release(), (0, 5));
        assert_eq!(arenas.release(), (0, 0));
        assert_eq!(arenas.free_pages(), (5, 5));
        take(&mut arenas);
        assert_eq!(arenas.free_pages(), (4, 4));
    }
}
