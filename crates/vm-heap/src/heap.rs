//! The heap itself, and the two operations that everything else waits for.
//!
//! Allocating a small object takes a slot from the current page of its class and family; freeing
//! one pushes its slot on its page's free list. Both are inlined into the caller, where the class
//! is mostly a constant; what happens once in a page's life is out of line, in `supply`.
//!
//! ```text
//!  Heap
//!   current[family][class] ---> page that allocations are served from
//!   supply [family][class] ---> other pages with free slots, empty pages
//!   arenas                 ---> all pages, free and used
//!   large                  ---> objects and buffers of more than 512 bytes
//!   scratch                ---> pages and large objects with a count for the collector
//!   accounting                  bytes in use, peak, limits
//!   watch                  ---> whoever is told of arenas, growth and refusals
//! ```

use std::fmt;
use std::ptr::NonNull;

use crate::accounting::{Accounting, DEFAULT_LIMIT_BYTES};
use crate::arena::Arenas;
use crate::error::OutOfMemory;
use crate::header::{Header, KIND_FREE, ObjectRef};
use crate::large::LargeTable;
use crate::page::Page;
use crate::scratch::ScratchList;
use crate::size_class::{CLASSES, FAMILIES, Family, class_of, slot_bytes_of};
use crate::supply::Supply;
use crate::watch::Watch;

/// A heap of reference-counted objects.
///
/// It belongs to one thread at a time: it can be sent to another one, together with everything in
/// it, but not shared. Dropping it gives all its memory back, that of live objects included.
pub struct Heap {
    pub(crate) accounting: Accounting,
    /// Page to serve from, for each family and class.
    pub(crate) current: [[Page; CLASSES]; FAMILIES],
    pub(crate) supply: Box<[[Supply; CLASSES]; FAMILIES]>,
    /// Pages in state `Empty`, over all classes.
    pub(crate) empty_pages: usize,
    pub(crate) arenas: Arenas,
    pub(crate) large_objects: LargeTable,
    pub(crate) large_buffers: LargeTable,
    pub(crate) scratch: ScratchList,
    /// Whether slots that are freed are overwritten.
    poison: bool,
    pub(crate) watch: Option<Watch>,
    /// Whether `allocate` refuses all objects, see `hold`.
    pub(crate) holds_objects: bool,
}

/// What poisoned memory is filled with. No valid address has these bytes.
const POISON: u8 = 0xDB;

// SAFETY: all memory that the heap points to belongs to it alone, and it has no ties to a thread.
// References into it are `ObjectRef`s, which are not `Send`.
unsafe impl Send for Heap {}

impl Heap {
    /// An empty heap with the limit [`DEFAULT_LIMIT_BYTES`].
    pub fn new() -> Heap {
        Heap::with_limit(DEFAULT_LIMIT_BYTES)
    }

    /// An empty heap in which at most `limit_bytes` can be in use.
    pub fn with_limit(limit_bytes: usize) -> Heap {
        Heap {
            accounting: Accounting::new(limit_bytes),
            current: [[Page::no_slots(); CLASSES]; FAMILIES],
            supply: Box::new([const { [const { Supply::new() }; CLASSES] }; FAMILIES]),
            empty_pages: 0,
            arenas: Arenas::new(),
            large_objects: LargeTable::default(),
            large_buffers: LargeTable::default(),
            scratch: ScratchList::default(),
            poison: false,
            watch: None,
            holds_objects: false,
        }
    }

    /// From now on, overwrites each small object and buffer that is freed, so that whoever reads it
    /// afterwards gets nonsense instead of what was there. For tests; off at first.
    pub fn set_poison(&mut self, poison: bool) {
        self.poison = poison;
    }

    /// Allocates an object of `bytes` bytes, its [`Header`] included. It has one reference, the
    /// caller's; no flags; `aux` 0; its contents are not initialised.
    ///
    /// # Errors
    ///
    /// If the limit would be exceeded or the system has no memory; nothing has changed then.
    ///
    /// # Safety
    ///
    /// - Neither the reference nor any copy of it is used after the object is freed or the heap is
    ///   dropped. (This is what makes the methods of [`ObjectRef`] safe.)
    /// - `bytes` is at least 8, `kind` is not 0, `family` is not [`Family::Buffer`].
    #[inline(always)]
    pub unsafe fn allocate(
        &mut self,
        family: Family,
        bytes: usize,
        kind: u8,
    ) -> Result<ObjectRef, OutOfMemory> {
        debug_assert!(bytes >= size_of::<Header>() && kind != KIND_FREE);
        debug_assert!(family != Family::Buffer);
        let Some(class) = class_of(bytes) else {
            return self.allocate_large_object(family, bytes, kind);
        };
        let slot: NonNull<Header> = self.take_slot(family, class)?.cast();
        // SAFETY: a slot has at least 16 bytes, is 16-aligned, and nothing else uses it. The rest
        // of `from_raw`'s contract is what the caller promises.
        unsafe {
            slot.write(Header::new(kind, 0));
            Ok(ObjectRef::from_raw(slot))
        }
    }

    /// Frees an object, whatever its count. Its contents are the caller's business, see
    /// [`reclaim`](crate::reclaim()).
    ///
    /// # Safety
    ///
    /// `object` was allocated by this heap, and is not used afterwards.
    #[inline(always)]
    pub unsafe fn free(&mut self, object: ObjectRef) {
        if object.is_large() {
            // SAFETY: the caller's promise.
            unsafe { self.free_large_object(object) };
            return;
        }
        debug_assert!(object.kind() != KIND_FREE, "freed twice");
        // SAFETY: the caller's promise, and the object is not a large one.
        unsafe { self.put_slot(object.as_ptr().cast()) };
    }

    /// Takes a slot of a class, accounted.
    #[inline(always)]
    pub(crate) fn take_slot(
        &mut self,
        family: Family,
        class: usize,
    ) -> Result<NonNull<u8>, OutOfMemory> {
        let page = self.current[family as usize][class];
        if let Some(heap_bytes) = self.accounting.with(slot_bytes_of(class))
            && let Some(slot) = page.take_slot()
        {
            self.accounting.commit(heap_bytes);
            return Ok(slot);
        }
        self.take_slot_slowly(family, class)
    }

    /// Puts a slot back, and accounts for it.
    ///
    /// # Safety
    ///
    /// `slot` is a slot of this heap in use, and is not used afterwards.
    #[inline(always)]
    pub(crate) unsafe fn put_slot(&mut self, slot: NonNull<u8>) {
        // SAFETY: the caller's promise.
        let page = unsafe { Page::of(slot) };
        self.accounting.remove(page.slot_bytes.get() as usize);
        if self.poison {
            // SAFETY: the caller's promise.
            unsafe { poison_slot(page, slot) };
        }
        // SAFETY: the caller's promise.
        if unsafe { page.put_slot(slot) } {
            self.countdown_ended(page);
        }
    }

    /// The bytes that are accounted for `object`.
    pub fn object_bytes(&self, object: ObjectRef) -> usize {
        if object.is_large() {
            // SAFETY: large objects have a prefix.
            unsafe { LargeTable::prefix(object).as_ref() }.bytes()
        } else {
            // SAFETY: other objects are in a page.
            unsafe { Page::of(object.as_ptr()) }.slot_bytes.get() as usize
        }
    }

    /// The family that `object` was allocated with.
    pub fn family(&self, object: ObjectRef) -> Family {
        if object.is_large() {
            // SAFETY: large objects have a prefix.
            unsafe { LargeTable::prefix(object).as_ref() }.family()
        } else {
            // SAFETY: other objects are in a page.
            unsafe { Page::of(object.as_ptr()) }.family.get()
        }
    }

    /// Accounts for `bytes` of memory that somebody else allocated on behalf of an object.
    ///
    /// # Errors
    ///
    /// If the limit would be exceeded; nothing has changed then.
    #[inline]
    pub fn charge(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        if let Err(refused) = self.accounting.add(bytes) {
            return self.told(Err(refused));
        }
        self.accounting.charged_bytes += bytes;
        Ok(())
    }

    /// Takes back a [`charge`](Self::charge), or a part of it.
    #[inline]
    pub fn discharge(&mut self, bytes: usize) {
        debug_assert!(
            bytes <= self.accounting.charged_bytes,
            "more discharged than charged"
        );
        let bytes = bytes.min(self.accounting.charged_bytes);
        self.accounting.charged_bytes -= bytes;
        self.accounting.remove(bytes);
    }

    /// Bytes in use: objects, buffers, and what was charged.
    #[inline(always)]
    pub fn heap_bytes(&self) -> usize {
        self.accounting.heap_bytes
    }

    /// The most bytes that were ever in use.
    #[inline]
    pub fn peak_bytes(&self) -> usize {
        self.accounting.peak_bytes
    }

    /// The most bytes that may be in use.
    #[inline]
    pub fn limit_bytes(&self) -> usize {
        self.accounting.limit_bytes
    }

    /// Changes the limit. If more is in use already, nothing is freed, but allocations fail.
    pub fn set_limit_bytes(&mut self, limit_bytes: usize) {
        self.accounting.set_limit(limit_bytes);
    }

    /// Sets a limit that refuses nothing: when more bytes are in use,
    /// [`soft_limit_passed`](Self::soft_limit_passed) says so from then on. `None` for no such limit.
    pub fn set_soft_limit_bytes(&mut self, soft_limit_bytes: Option<usize>) {
        self.accounting.set_soft_limit(soft_limit_bytes);
    }

    /// Whether more bytes than the soft limit were in use since it was set.
    #[inline(always)]
    pub fn soft_limit_passed(&self) -> bool {
        self.accounting.soft_limit_passed
    }
}

/// Overwrites a slot.
///
/// # Safety
///
/// `slot` is a slot of `page` in use, and its contents are not used afterwards.
#[cold]
#[inline(never)]
unsafe fn poison_slot(page: Page, slot: NonNull<u8>) {
    // SAFETY: a slot has that many bytes, and the caller is done with them.
    unsafe { slot.write_bytes(POISON, page.slot_bytes.get() as usize) };
}

impl Default for Heap {
    fn default() -> Heap {
        Heap::new()
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        self.scratch_release_all();
        // SAFETY: the contract of `allocate`: no object is used any more, and neither is a buffer.
        unsafe {
            self.large_objects.free_all();
            self.large_buffers.free_all();
        }
    }
}

impl fmt::Debug for Heap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Heap")
            .field("accounting", &self.accounting)
            .field("arenas", &self.arenas.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::size_class::MAX_SLOT_BYTES;

    fn allocate(heap: &mut Heap, bytes: usize) -> Result<ObjectRef, OutOfMemory> {
        // SAFETY: the tests do not use objects after they are freed.
        unsafe { heap.allocate(Family::Leaf, bytes, 7) }
    }

    #[test]
    fn a_new_object_has_one_reference_and_nothing_else() {
        let mut heap = Heap::new();
        for bytes in [8, 16, 48, MAX_SLOT_BYTES, MAX_SLOT_BYTES + 1, 100_000] {
            let object = allocate(&mut heap, bytes).expect("memory");
            assert_eq!((object.count(), object.kind(), object.aux()), (1, 7, 0));
            assert_eq!(object.is_large(), bytes > MAX_SLOT_BYTES);
            assert!(!object.is_tracked() && !object.is_candidate() && !object.is_immortal());
            assert_eq!(heap.family(object), Family::Leaf);
            assert!(heap.object_bytes(object) >= bytes);
            // SAFETY: allocated above, not used below.
            unsafe { heap.free(object) };
        }
        assert_eq!(heap.heap_bytes(), 0);
    }

    #[test]
    fn bytes_in_use_are_those_of_the_slots() {
        let mut heap = Heap::new();
        let first = allocate(&mut heap, 33).expect("memory");
        assert_eq!(heap.heap_bytes(), 48);
        allocate(&mut heap, 48).expect("memory");
        assert_eq!(heap.heap_bytes(), 96);
        // SAFETY: allocated above, not used below.
        unsafe { heap.free(first) };
        assert_eq!((heap.heap_bytes(), heap.peak_bytes()), (48, 96));
    }

    #[test]
    fn poisoned_slots_keep_nothing_of_what_was_there() {
        let mut heap = Heap::new();
        heap.set_poison(true);
        let object = allocate(&mut heap, 48).expect("memory");
        let bytes = object.as_ptr().cast::<u8>();
        // SAFETY: the object has 48 bytes.
        unsafe { bytes.add(8).write_bytes(0x11, 40) };
        // SAFETY: allocated above; what is read below is the slot, in a page that stays.
        unsafe { heap.free(object) };
        // SAFETY: the page is still mapped, and nothing else uses the slot.
        let left = unsafe { std::slice::from_raw_parts(bytes.add(8).as_ptr(), 40) };
        assert_eq!(left, [POISON; 40]);
        assert_eq!(
            allocate(&mut heap, 48),
            Ok(object),
            "the slot is used again"
        );
        assert!(heap.verify(&[object], |_, _| {}).is_ok());
    }

    #[test]
    fn the_limit_stops_small_objects_large_ones_and_charges() {
        let mut heap = Heap::with_limit(1000);
        let mut objects = 0;
        let refused = loop {
            match allocate(&mut heap, 48) {
                Ok(_) => objects += 1,
                Err(refused) => break refused,
            }
        };
        assert_eq!(objects, 20, "1000 / 48");
        assert_eq!(
            refused,
            OutOfMemory {
                requested_bytes: 48,
                heap_bytes: 960,
                limit_bytes: 1000
            }
        );
        assert!(allocate(&mut heap, 600).is_err());
        assert!(allocate(&mut heap, usize::MAX).is_err());
        heap.charge(40).expect("exactly the limit");
        assert!(heap.charge(1).is_err());
        heap.discharge(40);
        assert_eq!((heap.heap_bytes(), heap.peak_bytes()), (960, 1000));
        heap.set_limit_bytes(960 + 16);
        allocate(&mut heap, 16).expect("exactly the limit");
    }

    #[test]
    fn small_objects_large_ones_buffers_and_charges_pass_the_soft_limit() {
        let mut heap = Heap::new();
        allocate(&mut heap, 48).expect("memory");
        let pass: [fn(&mut Heap); 4] = [
            |heap| assert!(allocate(heap, 48).is_ok()),
            |heap| assert!(allocate(heap, 5000).is_ok()),
            |heap| assert!(heap.allocate_buffer(5000).is_ok()),
            |heap| assert!(heap.charge(5000).is_ok()),
        ];
        for pass in pass {
            let heap_bytes = heap.heap_bytes();
            heap.set_soft_limit_bytes(Some(heap_bytes + 40));
            heap.charge(40).expect("memory");
            assert!(!heap.soft_limit_passed(), "exactly the soft limit");
            pass(&mut heap);
            assert!(heap.soft_limit_passed());
            assert!(heap.heap_bytes() > heap_bytes + 40, "nothing was refused");
            heap.discharge(40);
            assert!(heap.soft_limit_passed(), "it was");
        }
        let pages = heap.statistics().pages;
        heap.set_soft_limit_bytes(Some(0));
        allocate(&mut heap, 48).expect("memory");
        assert_eq!(heap.statistics().pages, pages, "its page had room");
        heap.set_soft_limit_bytes(None);
        assert!(!heap.soft_limit_passed());
    }

    #[test]
    fn a_heap_can_move_to_another_thread() {
        let mut heap = Heap::new();
        allocate(&mut heap, 48).expect("memory");
        let heap_bytes = std::thread::spawn(move || heap.heap_bytes()).join();
        assert_eq!(heap_bytes.ok(), Some(48));
    }
}
