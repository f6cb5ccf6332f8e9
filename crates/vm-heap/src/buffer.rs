//! Buffers: raw memory that belongs to an object (the items of a list, the bytes of a string).
//!
//! They have no header and are not walked. Up to 512 bytes they live in pages of the family
//! [`Family::Buffer`], above that each is an allocation of its own; the caller remembers the size,
//! which says which of the two it is. A buffer of 0 bytes is one of 1 byte.

use std::ptr::{self, NonNull};

use crate::error::OutOfMemory;
use crate::heap::Heap;
use crate::large::large_buffer_footprint;
use crate::size_class::{Family, class_of, slot_bytes_of};

/// The class of a small buffer.
#[inline(always)]
fn buffer_class(bytes: usize) -> Option<usize> {
    class_of(bytes.max(1))
}

impl Heap {
    /// The bytes that are accounted for a buffer of `bytes` bytes, which is not empty.
    pub fn buffer_footprint(bytes: usize) -> usize {
        match buffer_class(bytes) {
            Some(class) => slot_bytes_of(class),
            None => large_buffer_footprint(bytes).unwrap_or(0),
        }
    }

    /// Allocates a buffer of `bytes` bytes, aligned to 16, not initialised.
    ///
    /// # Errors
    ///
    /// If the limit would be exceeded or the system has no memory; nothing has changed then.
    #[inline]
    pub fn allocate_buffer(&mut self, bytes: usize) -> Result<NonNull<u8>, OutOfMemory> {
        match buffer_class(bytes) {
            Some(class) => self.take_slot(Family::Buffer, class),
            None => self.allocate_large_buffer(bytes),
        }
    }

    /// Changes the size of a buffer from `old_bytes` to `new_bytes`. The first bytes of the
    /// content stay, as many as both sizes have; the buffer may have moved.
    ///
    /// The limit applies to the bytes in use after the change.
    ///
    /// # Errors
    ///
    /// If the limit would be exceeded or the system has no memory; the buffer is what and where it
    /// was then.
    ///
    /// # Safety
    ///
    /// `buffer` is a buffer of this heap of `old_bytes` bytes. If the result is `Ok`, the old
    /// pointer is not used afterwards.
    pub unsafe fn reallocate_buffer(
        &mut self,
        buffer: NonNull<u8>,
        old_bytes: usize,
        new_bytes: usize,
    ) -> Result<NonNull<u8>, OutOfMemory> {
        let (old_class, new_class) = (buffer_class(old_bytes), buffer_class(new_bytes));
        if old_class.is_none() && new_class.is_none() {
            // SAFETY: the caller's promise, and its size says that it is a large one.
            return unsafe { self.reallocate_large_buffer(buffer, new_bytes) };
        }
        if old_class == new_class {
            return Ok(buffer);
        }
        // Until the content is copied there are two buffers; only one of them is accounted.
        let old_footprint = Heap::buffer_footprint(old_bytes);
        self.accounting.remove(old_footprint);
        let moved = self.allocate_buffer(new_bytes);
        self.accounting.heap_bytes += old_footprint;
        let moved = moved.map_err(|refused| OutOfMemory {
            heap_bytes: self.accounting.heap_bytes,
            ..refused
        })?;
        // SAFETY: both buffers have at least that many bytes, and they are different ones. The
        // caller does not use the old one any more.
        unsafe {
            ptr::copy_nonoverlapping(buffer.as_ptr(), moved.as_ptr(), old_bytes.min(new_bytes));
            self.free_buffer(buffer, old_bytes);
        }
        Ok(moved)
    }

    /// Frees a buffer.
    ///
    /// # Safety
    ///
    /// `buffer` is a buffer of this heap of `bytes` bytes, and is not used afterwards.
    #[inline]
    pub unsafe fn free_buffer(&mut self, buffer: NonNull<u8>, bytes: usize) {
        if buffer_class(bytes).is_some() {
            // SAFETY: the caller's promise: small buffers are slots.
            unsafe { self.put_slot(buffer) };
        } else {
            // SAFETY: the caller's promise.
            unsafe { self.free_large_buffer(buffer) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fills a buffer with bytes that depend on the position.
    fn fill(buffer: NonNull<u8>, bytes: usize) {
        for position in 0..bytes {
            // SAFETY: the buffer has that many bytes.
            unsafe { buffer.add(position).write(position as u8 ^ 0x5A) };
        }
    }

    fn is_filled(buffer: NonNull<u8>, bytes: usize) -> bool {
        // SAFETY: the buffer has that many bytes, initialised by `fill`.
        (0..bytes).all(|position| unsafe { buffer.add(position).read() } == position as u8 ^ 0x5A)
    }

    #[test]
    fn contents_survive_every_kind_of_change_of_size() {
        let sizes = [0, 1, 16, 17, 500, 512, 513, 4000, 100_000];
        let mut heap = Heap::new();
        for old_bytes in sizes {
            for new_bytes in sizes {
                let buffer = heap.allocate_buffer(old_bytes).expect("memory");
                fill(buffer, old_bytes);
                // SAFETY: a buffer of that size; only the result is used below.
                let buffer = unsafe { heap.reallocate_buffer(buffer, old_bytes, new_bytes) };
                let buffer = buffer.expect("memory");
                assert!(buffer.addr().get().is_multiple_of(16));
                assert!(is_filled(buffer, old_bytes.min(new_bytes)));
                fill(buffer, new_bytes);
                // SAFETY: a buffer of that size, not used below.
                unsafe { heap.free_buffer(buffer, new_bytes) };
                assert_eq!(heap.heap_bytes(), 0);
            }
        }
    }

    #[test]
    fn a_refused_change_of_size_leaves_the_buffer() {
        for old_bytes in [100, 600] {
            let mut heap = Heap::with_limit(1000);
            let buffer = heap.allocate_buffer(old_bytes).expect("memory");
            fill(buffer, old_bytes);
            let in_use = heap.heap_bytes();
            // SAFETY: a buffer of that size; the result is not `Ok`.
            let refused = unsafe { heap.reallocate_buffer(buffer, old_bytes, 2000) };
            let expected = OutOfMemory {
                requested_bytes: 2000,
                heap_bytes: in_use,
                limit_bytes: 1000,
            };
            assert_eq!(refused, Err(expected));
            assert!(is_filled(buffer, old_bytes));
            assert_eq!((heap.heap_bytes(), heap.peak_bytes()), (in_use, in_use));
        }
    }

    #[test]
    fn moving_is_not_accounted_twice() {
        let mut heap = Heap::with_limit(512);
        let buffer = heap.allocate_buffer(256).expect("memory");
        // SAFETY: a buffer of that size; the old pointer is not used again.
        let moved = unsafe { heap.reallocate_buffer(buffer, 256, 512) };
        assert!(moved.is_ok());
        assert_eq!((heap.heap_bytes(), heap.peak_bytes()), (512, 512));
    }
}
