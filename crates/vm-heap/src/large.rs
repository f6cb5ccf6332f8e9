//! Objects and buffers of more than 512 bytes: one allocation each from the system.
//!
//! ```text
//!  object                               buffer
//!  base (16-aligned)                    base (16-aligned)
//!  +0   prefix, 24 bytes                +0   unused, 8 bytes
//!  +24  header  <- ObjectRef            +8   prefix, 24 bytes
//!  +32  contents                        +32  contents  <- pointer
//! ```
//!
//! An object's address is then 8 more than a multiple of 16, which no slot's is: whether a
//! reference is to a large object shows in the reference, without a look at the memory. The prefix
//! is always the 24 bytes in front of what the pointer shows.
//!
//! The tables name every large object and every large buffer, for the walk and for the end of the
//! heap; each prefix knows its place in its table, so that leaving costs nothing.

use std::alloc::{self, Layout};
use std::cell::Cell;
use std::ptr::NonNull;

use crate::error::OutOfMemory;
use crate::header::{Header, KIND_FREE, LARGE, ObjectRef};
use crate::heap::Heap;
use crate::huge_pages;
use crate::size_class::{Family, SLOT_GRANULE_BYTES};

/// Not in the list of objects with a scratch count.
pub(crate) const NO_SCRATCH: u32 = u32::MAX;

/// The bytes in front of a large object or buffer.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct LargePrefix {
    /// Size of the whole allocation, a multiple of 16.
    bytes: usize,
    /// Place in the table.
    index: Cell<u32>,
    /// The collector's count.
    pub scratch: Cell<u32>,
    /// Place in the list of objects with a scratch count, or [`NO_SCRATCH`].
    pub scratch_index: Cell<u32>,
    family: Family,
}

const PREFIX_BYTES: usize = size_of::<LargePrefix>();
const _: () = assert!(PREFIX_BYTES == 24 && align_of::<LargePrefix>() == 8);

/// From the base of an allocation to what the pointer shows.
const OBJECT_OFFSET: usize = 24;
const BUFFER_OFFSET: usize = 32;

impl LargePrefix {
    /// The bytes that are accounted.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The family of the object.
    pub fn family(&self) -> Family {
        self.family
    }

    /// Place in the table.
    pub fn index(&self) -> usize {
        self.index.get() as usize
    }
}

/// The bytes that a large allocation takes in all, if such a number exists.
fn footprint(offset: usize, bytes: usize) -> Option<usize> {
    bytes
        .checked_add(offset)?
        .checked_next_multiple_of(SLOT_GRANULE_BYTES)
        .filter(|bytes| *bytes <= isize::MAX as usize - SLOT_GRANULE_BYTES)
}

/// The bytes that are accounted for a large buffer.
pub(crate) fn large_buffer_footprint(bytes: usize) -> Option<usize> {
    footprint(BUFFER_OFFSET, bytes)
}

/// Large objects, or large buffers.
#[derive(Debug, Default)]
pub(crate) struct LargeTable {
    entries: Vec<NonNull<LargePrefix>>,
    bytes: usize,
}

impl LargeTable {
    /// The prefix in front of a large object.
    ///
    /// # Safety
    ///
    /// `object` is a large object.
    #[inline(always)]
    pub unsafe fn prefix(object: ObjectRef) -> NonNull<LargePrefix> {
        // SAFETY: the caller's promise: the prefix is in front of the header.
        unsafe { object.as_ptr().cast::<u8>().sub(PREFIX_BYTES).cast() }
    }

    /// The object behind a prefix of the table of objects.
    pub fn object(prefix: NonNull<LargePrefix>) -> ObjectRef {
        // SAFETY: the header follows the prefix, and the object is in the table because it is
        // allocated.
        unsafe { ObjectRef::from_raw(prefix.cast::<u8>().add(PREFIX_BYTES).cast()) }
    }

    /// The prefixes, in no particular order.
    pub fn entries(&self) -> &[NonNull<LargePrefix>] {
        &self.entries
    }

    /// All bytes that the table accounts for.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Allocates `bytes` (a footprint) and enters them. Returns the pointer `offset` bytes behind
    /// the base, in front of which the prefix is. None if the system has no memory.
    fn add(&mut self, bytes: usize, offset: usize, family: Family) -> Option<NonNull<u8>> {
        let index = u32::try_from(self.entries.len())
            .ok()
            .filter(|i| *i != u32::MAX)?;
        self.entries.try_reserve(1).ok()?;
        let layout = Layout::from_size_align(bytes, SLOT_GRANULE_BYTES).ok()?;
        // SAFETY: a footprint is not 0.
        let base = NonNull::new(unsafe { alloc::alloc(layout) })?;
        if bytes >= huge_pages::WORTHWHILE_BYTES {
            huge_pages::ask_for(base, bytes);
        }
        // SAFETY: the footprint includes the offset, and the offset the prefix.
        let (prefix, pointer) = unsafe {
            (
                base.add(offset - PREFIX_BYTES).cast::<LargePrefix>(),
                base.add(offset),
            )
        };
        let new = LargePrefix {
            bytes,
            index: Cell::new(index),
            scratch: Cell::new(0),
            scratch_index: Cell::new(NO_SCRATCH),
            family,
        };
        // SAFETY: within the new allocation, 8-aligned.
        unsafe { prefix.write(new) };
        self.entries.push(prefix);
        self.bytes += bytes;
        Some(pointer)
    }

    /// Removes an entry and gives its memory back; returns the bytes it accounted for.
    ///
    /// # Safety
    ///
    /// `prefix` is of this table, and nothing behind it is used afterwards.
    unsafe fn remove(&mut self, prefix: NonNull<LargePrefix>) -> usize {
        // SAFETY: entries of the table are allocated.
        let (index, bytes) = unsafe { (prefix.as_ref().index(), prefix.as_ref().bytes) };
        debug_assert_eq!(self.entries[index], prefix);
        self.entries.swap_remove(index);
        if let Some(moved) = self.entries.get(index) {
            // SAFETY: entries of the table are allocated.
            unsafe { moved.as_ref() }.index.set(index as u32);
        }
        self.bytes -= bytes;
        // SAFETY: the caller is done with it.
        unsafe { deallocate(prefix) };
        bytes
    }

    /// Gives back all memory.
    ///
    /// # Safety
    ///
    /// Nothing behind any prefix is used afterwards.
    pub unsafe fn free_all(&mut self) {
        for prefix in self.entries.drain(..) {
            // SAFETY: entries of the table are allocated, and the caller is done with them.
            unsafe { deallocate(prefix) };
        }
        self.bytes = 0;
    }
}

/// Gives the memory of a large object or buffer back to the system.
///
/// # Safety
///
/// `prefix` is in front of one, which is not used afterwards.
unsafe fn deallocate(prefix: NonNull<LargePrefix>) {
    // SAFETY: the caller's promise.
    let bytes = unsafe { prefix.as_ref() }.bytes;
    // The prefix is 0 or 8 bytes behind the base, which is 16-aligned.
    let base = prefix
        .as_ptr()
        .cast::<u8>()
        .map_addr(|a| a & !(SLOT_GRANULE_BYTES - 1));
    // SAFETY: `add` allocated these bytes with this alignment.
    unsafe {
        alloc::dealloc(
            base,
            Layout::from_size_align_unchecked(bytes, SLOT_GRANULE_BYTES),
        )
    };
}

impl Heap {
    /// Allocates an object that no slot is large enough for.
    #[cold]
    #[inline(never)]
    pub(crate) fn allocate_large_object(
        &mut self,
        family: Family,
        bytes: usize,
        kind: u8,
    ) -> Result<ObjectRef, OutOfMemory> {
        if self.holds_objects {
            return Err(self.accounting.refuse(bytes));
        }
        let object = self.make_large_object(family, bytes, kind);
        self.told(object)
    }

    fn make_large_object(
        &mut self,
        family: Family,
        bytes: usize,
        kind: u8,
    ) -> Result<ObjectRef, OutOfMemory> {
        let refused = self.accounting.refuse(bytes);
        let footprint = footprint(OBJECT_OFFSET, bytes).ok_or(refused)?;
        self.accounting.admit(footprint).ok_or(refused)?;
        let pointer = self
            .large_objects
            .add(footprint, OBJECT_OFFSET, family)
            .ok_or(refused)?;
        self.accounting.add(footprint)?;
        let header: NonNull<Header> = pointer.cast();
        // SAFETY: the new allocation is large enough and 8-aligned at the header; that the object
        // is not used for too long is the contract of `Heap::allocate`.
        unsafe {
            header.write(Header::new(kind, LARGE));
            Ok(ObjectRef::from_raw(header))
        }
    }

    /// Frees a large object.
    ///
    /// # Safety
    ///
    /// `object` is a large object of this heap, and is not used afterwards.
    #[cold]
    #[inline(never)]
    pub(crate) unsafe fn free_large_object(&mut self, object: ObjectRef) {
        debug_assert!(object.kind() != KIND_FREE && object.flags() & LARGE != 0);
        // SAFETY: the caller's promise.
        let prefix = unsafe { LargeTable::prefix(object) };
        self.scratch_release_large(prefix);
        // SAFETY: the caller's promise.
        let bytes = unsafe { self.large_objects.remove(prefix) };
        self.accounting.remove(bytes);
    }

    /// Allocates a buffer of more than 512 bytes.
    pub(crate) fn allocate_large_buffer(
        &mut self,
        bytes: usize,
    ) -> Result<NonNull<u8>, OutOfMemory> {
        let buffer = self.make_large_buffer(bytes);
        self.told(buffer)
    }

    fn make_large_buffer(&mut self, bytes: usize) -> Result<NonNull<u8>, OutOfMemory> {
        let refused = self.accounting.refuse(bytes);
        let footprint = large_buffer_footprint(bytes).ok_or(refused)?;
        self.accounting.admit(footprint).ok_or(refused)?;
        let buffer = self
            .large_buffers
            .add(footprint, BUFFER_OFFSET, Family::Buffer)
            .ok_or(refused)?;
        self.accounting.add(footprint)?;
        Ok(buffer)
    }

    /// Changes the size of a large buffer, which stays a large one.
    ///
    /// # Safety
    ///
    /// `buffer` is a large buffer of this heap; if the result is `Ok`, it is not used afterwards.
    pub(crate) unsafe fn reallocate_large_buffer(
        &mut self,
        buffer: NonNull<u8>,
        new_bytes: usize,
    ) -> Result<NonNull<u8>, OutOfMemory> {
        // SAFETY: the caller's promise.
        let buffer = unsafe { self.resize_large_buffer(buffer, new_bytes) };
        self.told(buffer)
    }

    /// As [`reallocate_large_buffer`](Self::reallocate_large_buffer), and tells nobody.
    ///
    /// # Safety
    ///
    /// As there.
    unsafe fn resize_large_buffer(
        &mut self,
        buffer: NonNull<u8>,
        new_bytes: usize,
    ) -> Result<NonNull<u8>, OutOfMemory> {
        let refused = self.accounting.refuse(new_bytes);
        let new = large_buffer_footprint(new_bytes).ok_or(refused)?;
        // SAFETY: the caller's promise: the prefix is in front of a large buffer.
        let prefix = unsafe { buffer.sub(PREFIX_BYTES).cast::<LargePrefix>() };
        // SAFETY: as above.
        let (old, index) = unsafe { (prefix.as_ref().bytes, prefix.as_ref().index()) };
        if new > old {
            self.accounting.admit(new - old).ok_or(refused)?;
        }
        // SAFETY: `add` allocated `old` bytes at the base, 32 bytes before the buffer; a footprint
        // is not 0 and does not overflow when rounded up to the alignment.
        let base = unsafe {
            let layout = Layout::from_size_align_unchecked(old, SLOT_GRANULE_BYTES);
            alloc::realloc(buffer.sub(BUFFER_OFFSET).as_ptr(), layout, new)
        };
        let base = NonNull::new(base).ok_or(refused)?;
        if new >= huge_pages::WORTHWHILE_BYTES {
            huge_pages::ask_for(base, new);
        }
        // SAFETY: the prefix moved with the rest.
        let (buffer, mut prefix) = unsafe {
            let buffer = base.add(BUFFER_OFFSET);
            (buffer, buffer.sub(PREFIX_BYTES).cast::<LargePrefix>())
        };
        // SAFETY: as above; nothing else points to it.
        unsafe { prefix.as_mut() }.bytes = new;
        self.large_buffers.entries[index] = prefix;
        self.large_buffers.bytes = self.large_buffers.bytes - old + new;
        self.accounting
            .commit(self.accounting.heap_bytes - old + new);
        Ok(buffer)
    }

    /// Frees a large buffer.
    ///
    /// # Safety
    ///
    /// `buffer` is a large buffer of this heap, and is not used afterwards.
    pub(crate) unsafe fn free_large_buffer(&mut self, buffer: NonNull<u8>) {
        // SAFETY: the caller's promise: the prefix is in front of a large buffer.
        let bytes = unsafe { self.large_buffers.remove(buffer.sub(PREFIX_BYTES).cast()) };
        self.accounting.remove(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_follows_the_objects_that_stay() {
        let mut heap = Heap::new();
        let mut objects: Vec<ObjectRef> = (0..20)
            // SAFETY: not used after they are freed.
            .map(|n| unsafe { heap.allocate(Family::Leaf, 1000 + n, 3) }.expect("memory"))
            .collect();
        for index in [5, 0, 17, 3] {
            // SAFETY: removed from the list, so not used again.
            unsafe { heap.free(objects.swap_remove(index)) };
        }
        let mut walked = Vec::new();
        heap.for_each_object(|object| walked.push(object));
        walked.sort();
        objects.sort();
        assert_eq!(walked, objects);
        assert!(
            objects
                .iter()
                .all(|object| object.flags() == LARGE && object.kind() == 3)
        );
    }

    #[test]
    fn the_prefix_is_accounted() {
        let mut heap = Heap::with_limit(1024);
        // SAFETY: not used after the end of the heap.
        let object = unsafe { heap.allocate(Family::Container, 1001, 3) };
        assert_eq!(object.map_err(|refused| refused.requested_bytes), Err(1001));
        assert_eq!(heap.heap_bytes(), 0);
        // SAFETY: not used after the end of the heap.
        let object = unsafe { heap.allocate(Family::Container, 1000, 3) }.expect("memory");
        assert_eq!((heap.heap_bytes(), heap.object_bytes(object)), (1024, 1024));
        assert_eq!(heap.family(object), Family::Container);
    }
}
