//! Pages: 64 KiB of slots of one size class and one family. Their headers, one cache line each,
//! stand together at the start of the arena.
//!
//! ```text
//!  arena, aligned to its 4 MiB
//!  +---------+---------------+--------+--------+---  ...  ---+--------+
//!  | headers | page 0 (rest) | page 1 | page 2 |             | page 63|
//!  +---------+---------------+--------+--------+---  ...  ---+--------+
//!  0         4 KiB           64 KiB
//!
//!  page   first                virgin                 end     64 KiB
//!         +------+------+------+- - - - - - - - - - - +-------+
//!         | slot | slot | slot | never used           | unused|
//!         +------+------+------+- - - - - - - - - - - +-------+
//!          object free   object
//!                 |  link: offset of the next free slot, 0 at the end
//! ```
//!
//! The header of a slot's page is found with a mask and a shift of the slot's address. Headers at
//! the start of each page would save the shift, but all of them would compete for the same few
//! lines of the processor's caches, and each would need an entry of its address cache: following
//! random references through a million objects was measured at 15.7 ns instead of 9.6
//! (`docs/decisions/0002-page-size.md`).
//!
//! All offsets are relative to the arena: 0 is a header, so it can mean "none". Slots lie at
//! multiples of their size from the page's start (in page 0 from the first that is behind the
//! headers), so that a slot's index is its offset in the page divided by its size: one
//! multiplication by a reciprocal and a shift.
//!
//! # States
//!
//! ```text
//!   (free page) --format--> Current --no slot left--> Full --a slot freed--> Available
//!        ^                     ^                                              |    |
//!        |                     +----------- becomes current again ------------+    |
//!        |                     |                                          last slot freed
//!        |                     +-- Empty <-- containers -----------------------+   |
//!        +---- recycle ----------- Empty                                           |
//!        +------------------------------------------- leaves and buffers ----------+
//! ```
//!
//! There is one current page for each class and family; it is the one that allocations are served
//! from. `Empty` pages of containers keep their format until they are recycled: a collector's log
//! may still name their slots, and reading those must show "free" and nothing else.
//!
//! # The countdown
//!
//! Freeing has to notice two rare events: a full page gets its first free slot, and a page loses
//! its last object. Both are one test of one number, the frees left until the next event:
//!
//! | state | countdown | live slots |
//! |---|---|---|
//! | `Current` | live + 1: it never reaches 0 | countdown - 1 |
//! | `Available` | live | countdown |
//! | `Full` | 1 | all of them |
//! | `Empty` | 0 | 0 |

use std::cell::Cell;
use std::ops::Deref;
use std::ptr::{self, NonNull};

use crate::header::{Header, ObjectRef};
use crate::size_class::{Family, slot_bytes_of};

/// Size of a page.
pub const PAGE_BYTES: usize = 64 * 1024;
/// Pages in an arena: one for each bit of a word.
pub(crate) const ARENA_PAGES: usize = 64;
/// Size and alignment of an arena.
pub(crate) const ARENA_BYTES: usize = ARENA_PAGES * PAGE_BYTES;
/// The start of each arena, where the headers of its pages are.
pub(crate) const HEADERS_BYTES: usize = ARENA_PAGES * HEADER_BYTES;
const HEADER_BYTES: usize = size_of::<PageHeader>();

/// Where a page stands in its life; see the module's documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum PageState {
    Current,
    Available,
    Full,
    Empty,
}

/// What the heap knows about a page.
#[repr(C, align(64))]
#[derive(Debug)]
pub(crate) struct PageHeader {
    /// Offset of the first free slot, 0 if there is none.
    pub free: Cell<u32>,
    /// Offset of the first slot that was never used.
    pub virgin: Cell<u32>,
    /// Offset behind the last slot.
    pub end: Cell<u32>,
    /// Frees until the page needs attention; see the module's documentation.
    pub countdown: Cell<u32>,
    pub slot_bytes: Cell<u32>,
    /// 2^32 / slot_bytes, rounded up.
    reciprocal: Cell<u32>,
    /// The collector's counts, one for each slot index; null outside a collection.
    pub scratch: Cell<*mut u32>,
    pub class: Cell<u8>,
    pub family: Cell<Family>,
    pub state: Cell<PageState>,
    /// Index of the arena that the page was cut from.
    pub arena: Cell<u32>,
    /// Position in the heap's list of pages with scratch counts, while `scratch` is not null.
    pub scratch_index: Cell<u32>,
    /// Neighbours in the list that the page's state puts it in.
    pub previous: Cell<Option<Page>>,
    pub next: Cell<Option<Page>>,
}

const _: () = assert!(HEADER_BYTES == 64 && HEADERS_BYTES < PAGE_BYTES);

/// A formatted page. Whoever holds a `Page` holds a pointer to a valid header, with the right to
/// use the whole arena: the heap forgets its `Page`s when it gives the memory back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Page(NonNull<PageHeader>);

/// A page without slots: what is current before the first allocation of a class. Nothing is ever
/// taken from it or put into it, so it is never written and all heaps can share it.
struct NoSlots(PageHeader);

// SAFETY: the only instance is `NO_SLOTS`, and nobody writes to it (see above).
unsafe impl Sync for NoSlots {}

static NO_SLOTS: NoSlots = NoSlots(PageHeader {
    free: Cell::new(0),
    virgin: Cell::new(0),
    end: Cell::new(0),
    countdown: Cell::new(1),
    slot_bytes: Cell::new(SMALLEST_SLOT_BYTES),
    reciprocal: Cell::new(0),
    scratch: Cell::new(ptr::null_mut()),
    class: Cell::new(0),
    family: Cell::new(Family::Leaf),
    state: Cell::new(PageState::Current),
    arena: Cell::new(u32::MAX),
    scratch_index: Cell::new(0),
    previous: Cell::new(None),
    next: Cell::new(None),
});

const SMALLEST_SLOT_BYTES: u32 = slot_bytes_of(0) as u32;

impl Deref for Page {
    type Target = PageHeader;

    #[inline(always)]
    fn deref(&self) -> &PageHeader {
        // SAFETY: a `Page` points to a valid header (see its documentation), and all fields are
        // cells, so a shared reference is all that is ever made.
        unsafe { self.0.as_ref() }
    }
}

impl Page {
    /// The shared page without slots.
    pub fn no_slots() -> Page {
        Page(NonNull::from(&NO_SLOTS.0))
    }

    /// Whether this is the shared page without slots.
    pub fn is_no_slots(self) -> bool {
        self == Page::no_slots()
    }

    /// The header of page `index` of the arena at `slab`.
    ///
    /// # Safety
    ///
    /// `slab` is an arena, `index` is below [`ARENA_PAGES`], and the page is formatted.
    #[inline(always)]
    pub unsafe fn at_index(slab: NonNull<u8>, index: usize) -> Page {
        // SAFETY: the headers are at the start of the arena.
        Page(unsafe { slab.cast().add(index) })
    }

    /// Makes page `index` of the arena at `slab` a page without objects.
    ///
    /// # Safety
    ///
    /// `slab` is [`ARENA_BYTES`] of memory aligned to its size; `index` is below [`ARENA_PAGES`];
    /// nothing else uses the page or its header.
    pub unsafe fn format(
        slab: NonNull<u8>,
        index: usize,
        arena: u32,
        family: Family,
        class: usize,
    ) -> Page {
        debug_assert!(slab.addr().get().is_multiple_of(ARENA_BYTES) && index < ARENA_PAGES);
        let slot_bytes = slot_bytes_of(class);
        let start = index * PAGE_BYTES;
        let header = PageHeader {
            free: Cell::new(0),
            virgin: Cell::new(0),
            end: Cell::new((start + PAGE_BYTES / slot_bytes * slot_bytes) as u32),
            countdown: Cell::new(0),
            slot_bytes: Cell::new(slot_bytes as u32),
            reciprocal: Cell::new(((1u64 << 32).div_ceil(slot_bytes as u64)) as u32),
            scratch: Cell::new(ptr::null_mut()),
            class: Cell::new(class as u8),
            family: Cell::new(family),
            state: Cell::new(PageState::Empty),
            arena: Cell::new(arena),
            scratch_index: Cell::new(0),
            previous: Cell::new(None),
            next: Cell::new(None),
        };
        // SAFETY: the caller gives an arena, which starts with the headers.
        let page = unsafe {
            slab.cast::<PageHeader>().add(index).write(header);
            Page::at_index(slab, index)
        };
        page.virgin.set(page.first());
        page
    }

    /// The page that the slot at `slot` lies in.
    ///
    /// # Safety
    ///
    /// `slot` points to a slot of a page, with the provenance of its arena.
    #[inline(always)]
    pub unsafe fn of<T>(slot: NonNull<T>) -> Page {
        const TO_HEADER: u32 = PAGE_BYTES.trailing_zeros() - HEADER_BYTES.trailing_zeros();
        let header = slot.as_ptr().cast::<PageHeader>().map_addr(|address| {
            let in_table = (address >> TO_HEADER) & (HEADERS_BYTES - HEADER_BYTES);
            (address & !(ARENA_BYTES - 1)) | in_table
        });
        // SAFETY: an arena is not at address 0, so neither are its headers.
        Page(unsafe { NonNull::new_unchecked(header) })
    }

    /// The address of the header, which names the page.
    pub fn address(self) -> usize {
        self.0.addr().get()
    }

    /// Which page of its arena it is.
    pub fn index(self) -> usize {
        self.address() % ARENA_BYTES / HEADER_BYTES
    }

    /// Offset of the first slot.
    fn first(self) -> u32 {
        match self.index() {
            0 => HEADERS_BYTES.next_multiple_of(self.slot_bytes.get() as usize) as u32,
            index => (index * PAGE_BYTES) as u32,
        }
    }

    /// Takes a slot: the one that was freed last, else the first that was never used.
    #[inline(always)]
    pub fn take_slot(self) -> Option<NonNull<u8>> {
        let free = self.free.get();
        let slot;
        if free != 0 {
            slot = self.at(free);
            // SAFETY: a free slot starts with its link (see `put_slot`).
            self.free.set(unsafe { slot.cast::<u32>().read() });
        } else {
            let virgin = self.virgin.get();
            if virgin >= self.end.get() {
                return None;
            }
            slot = self.at(virgin);
            self.virgin.set(virgin + self.slot_bytes.get());
        }
        self.countdown.set(self.countdown.get() + 1);
        Some(slot)
    }

    /// Puts a slot back. True if the countdown reached 0: the page needs attention.
    ///
    /// # Safety
    ///
    /// `slot` is a slot of this page in use, and is not used afterwards.
    #[inline(always)]
    pub unsafe fn put_slot(self, slot: NonNull<u8>) -> bool {
        let offset = Page::offset_of(slot);
        debug_assert!(self.is_slot(offset));
        // SAFETY: a slot has at least 16 bytes, is 16-aligned, and the caller is done with it.
        unsafe { slot.cast::<Header>().write(Header::free(self.free.get())) };
        self.free.set(offset);
        let countdown = self.countdown.get() - 1;
        self.countdown.set(countdown);
        countdown == 0
    }

    /// Whether `offset` is that of a slot that has been in use.
    pub fn is_slot(self, offset: u32) -> bool {
        offset >= self.first()
            && offset < self.virgin.get()
            && (offset % PAGE_BYTES as u32).is_multiple_of(self.slot_bytes.get())
    }

    /// The offset of a slot in its arena.
    #[inline(always)]
    pub fn offset_of<T>(slot: NonNull<T>) -> u32 {
        (slot.addr().get() & (ARENA_BYTES - 1)) as u32
    }

    /// The slot at an offset.
    #[inline(always)]
    pub fn at(self, offset: u32) -> NonNull<u8> {
        debug_assert!((HEADERS_BYTES..ARENA_BYTES).contains(&(offset as usize)));
        let arena = self
            .0
            .as_ptr()
            .cast::<u8>()
            .map_addr(|address| address & !(ARENA_BYTES - 1));
        // SAFETY: offsets in the header are within the arena, which is not at address 0.
        unsafe { NonNull::new_unchecked(arena.add(offset as usize)) }
    }

    /// The link of the free slot at `offset`: the next free slot's offset, 0 at the end.
    pub fn next_free(self, offset: u32) -> u32 {
        debug_assert!(self.is_slot(offset));
        // SAFETY: slots are initialised by their first use, and lie within the page.
        unsafe { self.at(offset).cast::<u32>().read() }
    }

    /// The index of a slot, for the scratch counts; below [`scratch_len`](Self::scratch_len).
    #[inline(always)]
    pub fn slot_index<T>(self, slot: NonNull<T>) -> usize {
        let offset = (slot.addr().get() & (PAGE_BYTES - 1)) as u64;
        ((offset * u64::from(self.reciprocal.get())) >> 32) as usize
    }

    /// The slot of an index.
    #[inline(always)]
    pub fn slot(self, index: usize) -> NonNull<u8> {
        self.at((self.index() * PAGE_BYTES + index * self.slot_bytes.get() as usize) as u32)
    }

    /// The smallest slot index.
    pub fn first_index(self) -> usize {
        (self.first() as usize - self.index() * PAGE_BYTES) / self.slot_bytes.get() as usize
    }

    /// One more than the largest slot index.
    pub fn scratch_len(self) -> usize {
        PAGE_BYTES / self.slot_bytes.get() as usize
    }

    /// The scratch counts, one for each slot index; empty if there are none.
    #[inline(always)]
    pub fn scratch_counts(&self) -> &[Cell<u32>] {
        let array = self.scratch.get().cast::<Cell<u32>>();
        if array.is_null() {
            return &[];
        }
        // SAFETY: the array has that many elements, and is freed only through the heap, which lends
        // its pages. A `Cell<u32>` has the layout of a `u32`.
        unsafe { std::slice::from_raw_parts(array, self.scratch_len()) }
    }

    /// How many slots the page has.
    pub fn capacity(self) -> u32 {
        (self.end.get() - self.first()) / self.slot_bytes.get()
    }

    /// How many slots have been in use since the page was formatted.
    pub fn used_before(self) -> u32 {
        (self.virgin.get() - self.first()) / self.slot_bytes.get()
    }

    /// How many slots are in use.
    pub fn live(self) -> u32 {
        match self.state.get() {
            PageState::Current => self.countdown.get() - 1,
            PageState::Available | PageState::Empty => self.countdown.get(),
            PageState::Full => self.capacity(),
        }
    }

    /// Calls `visit` for every object in the page, which is not one of buffers.
    #[inline(always)]
    pub fn for_each_object(self, visit: &mut impl FnMut(ObjectRef)) {
        self.for_each_slot(|slot| {
            if slot.kind() != crate::header::KIND_FREE {
                visit(slot);
            }
        });
    }

    /// Calls `visit` for the slots that were ever used, free ones included, in order.
    #[inline(always)]
    pub fn for_each_slot(self, mut visit: impl FnMut(ObjectRef)) {
        debug_assert!(self.family.get() != Family::Buffer);
        let slot_bytes = self.slot_bytes.get();
        let mut offset = self.first();
        let virgin = self.virgin.get();
        while offset < virgin {
            // SAFETY: slots below `virgin` start with a header: an object's or a free slot's.
            visit(unsafe { ObjectRef::from_raw(self.at(offset).cast()) });
            offset += slot_bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::size_class::CLASSES;
    use std::alloc::{Layout, alloc, dealloc};

    /// Runs `test` on pages of every class, at every kind of place in an arena.
    fn with_each_class(test: impl Fn(Page)) {
        let layout = Layout::from_size_align(ARENA_BYTES, ARENA_BYTES).expect("a valid layout");
        // SAFETY: the layout is not empty, and the memory is given back below.
        let slab = NonNull::new(unsafe { alloc(layout) }).expect("4 MiB of memory");
        for index in [0, 1, ARENA_PAGES - 1] {
            for class in 0..CLASSES {
                // SAFETY: memory of an arena's size and alignment; earlier pages are forgotten.
                test(unsafe { Page::format(slab, index, 0, Family::Leaf, class) });
            }
        }
        // SAFETY: allocated above with this layout; `test` kept nothing.
        unsafe { dealloc(slab.as_ptr(), layout) };
    }

    #[test]
    fn slots_do_not_overlap_and_indices_count_up() {
        with_each_class(|page| {
            let slot_bytes = page.slot_bytes.get() as usize;
            let arena = page.address() / ARENA_BYTES * ARENA_BYTES;
            let start = arena + page.index() * PAGE_BYTES;
            // The first slot is the first that does not overlap the headers.
            let mut index = (arena + HEADERS_BYTES)
                .saturating_sub(start)
                .div_ceil(slot_bytes);
            let mut taken = 0;
            while let Some(slot) = page.take_slot() {
                assert_eq!(slot.addr().get(), start + index * slot_bytes);
                assert_eq!(page.slot_index(slot), index);
                // SAFETY: a slot of an arena.
                assert_eq!(unsafe { Page::of(slot) }, page);
                index += 1;
                taken += 1;
            }
            assert_eq!(taken, page.capacity());
            assert_eq!(index, page.scratch_len());
            let unused = PAGE_BYTES - index * slot_bytes;
            assert!(unused < slot_bytes, "another slot would have fitted");
        });
    }

    #[test]
    fn the_slot_freed_last_is_taken_first() {
        with_each_class(|page| {
            let slots: Vec<_> = (0..3).map(|_| page.take_slot().expect("a slot")).collect();
            for slot in &slots {
                // SAFETY: taken above, in use, and not used below.
                let _ = unsafe { page.put_slot(*slot) };
            }
            for slot in slots.iter().rev() {
                assert_eq!(page.take_slot(), Some(*slot));
            }
        });
    }
}
