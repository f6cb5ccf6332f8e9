//! A growable array of values in heap-accounted memory: the buffer of lists and namespaces.

use crate::object::Dropped;
use crate::value::Value;
use core::ptr::NonNull;
use vm_heap::{Heap, OutOfMemory};

/// `ptr │ length │ capacity`: like `Vec<Value>`, but every byte is the heap's, so growth can fail
/// and the machine's limit holds. It does not free itself: its owner clears it.
#[repr(C)]
pub(crate) struct ValueVec {
    items: NonNull<Value>,
    length: u32,
    capacity: u32,
}

const _: () = assert!(size_of::<ValueVec>() == 16);

impl ValueVec {
    /// The most values one array holds.
    pub(crate) const MAX_LENGTH: usize = u32::MAX as usize / 2;

    /// An empty array; takes no memory.
    #[inline(always)]
    pub(crate) const fn new() -> ValueVec {
        ValueVec {
            items: NonNull::dangling(),
            length: 0,
            capacity: 0,
        }
    }

    /// An empty array with room for `capacity` values.
    #[inline]
    pub(crate) fn with_capacity(heap: &mut Heap, capacity: usize) -> Result<ValueVec, OutOfMemory> {
        let mut values = ValueVec::new();
        if capacity > 0 {
            values.set_capacity(heap, capacity)?;
        }
        Ok(values)
    }

    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.length as usize
    }

    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Bytes the buffer takes.
    pub(crate) fn buffer_bytes(&self) -> usize {
        self.capacity as usize * size_of::<Value>()
    }

    #[inline(always)]
    pub(crate) fn as_slice(&self) -> &[Value] {
        // SAFETY: the first `length` values of the buffer are initialised; a dangling pointer goes
        // with length zero only.
        unsafe { core::slice::from_raw_parts(self.items.as_ptr(), self.length as usize) }
    }

    #[inline(always)]
    pub(crate) fn as_mut_slice(&mut self) -> &mut [Value] {
        // SAFETY: as in `as_slice`, and `self` is borrowed mutably.
        unsafe { core::slice::from_raw_parts_mut(self.items.as_ptr(), self.length as usize) }
    }

    /// The value at `index`, if there is one.
    #[inline(always)]
    pub(crate) fn get(&self, index: usize) -> Option<Value> {
        self.as_slice().get(index).copied()
    }

    fn set_capacity(&mut self, heap: &mut Heap, capacity: usize) -> Result<(), OutOfMemory> {
        debug_assert!(capacity >= self.len());
        let bytes = capacity.saturating_mul(size_of::<Value>());
        let limit = heap.limit_bytes();
        if capacity > Self::MAX_LENGTH {
            return Err(OutOfMemory {
                requested_bytes: bytes,
                heap_bytes: heap.heap_bytes(),
                limit_bytes: limit,
            });
        }
        let buffer = if self.capacity == 0 {
            heap.allocate_buffer(bytes)?
        } else {
            // SAFETY: the buffer was allocated by this heap with `buffer_bytes` bytes.
            unsafe { heap.reallocate_buffer(self.items.cast(), self.buffer_bytes(), bytes)? }
        };
        self.items = buffer.cast();
        self.capacity = capacity as u32;
        Ok(())
    }

    /// Makes room for `additional` more values, growing by half as much again.
    #[cold]
    #[inline(never)]
    pub(crate) fn reserve(
        &mut self,
        heap: &mut Heap,
        additional: usize,
    ) -> Result<(), OutOfMemory> {
        let needed = self.len().saturating_add(additional);
        if needed <= self.capacity as usize {
            return Ok(());
        }
        let grown = needed.max(self.len() + self.len() / 2).max(4);
        self.set_capacity(heap, grown.min(Self::MAX_LENGTH.max(needed)))
    }

    /// Appends a value; the array takes over its count. On failure the count stays the caller's.
    #[inline(always)]
    pub(crate) fn push(&mut self, heap: &mut Heap, value: Value) -> Result<(), OutOfMemory> {
        if self.length == self.capacity {
            self.reserve(heap, 1)?;
        }
        // SAFETY: there is room for one more value behind the last.
        unsafe { self.items.as_ptr().add(self.length as usize).write(value) };
        self.length += 1;
        Ok(())
    }

    /// Takes the last value out.
    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Option<Value> {
        let last = self.length.checked_sub(1)?;
        self.length = last;
        // SAFETY: `last` is the index of an initialised value, which is given to the caller.
        Some(unsafe { self.items.as_ptr().add(last as usize).read() })
    }

    /// Inserts a value at `index <= len`, moving those behind it.
    pub(crate) fn insert(
        &mut self,
        heap: &mut Heap,
        index: usize,
        value: Value,
    ) -> Result<(), OutOfMemory> {
        self.push(heap, value)?;
        self.as_mut_slice()[index..].rotate_right(1);
        Ok(())
    }

    /// Takes the value at `index < len` out, closing the gap.
    pub(crate) fn remove(&mut self, index: usize) -> Value {
        let values = self.as_mut_slice();
        values[index..].rotate_left(1);
        self.pop().unwrap_or(Value::UNSET)
    }

    /// Forgets the values from `length` on: their counts were moved elsewhere.
    pub(crate) fn forget_behind(&mut self, length: usize) {
        debug_assert!(length <= self.len());
        self.length = length as u32;
    }

    /// Takes the whole buffer out and leaves an empty array.
    pub(crate) fn take(&mut self) -> ValueVec {
        core::mem::replace(self, ValueVec::new())
    }

    /// Forgets the values (their counts were moved elsewhere) and returns the buffer.
    pub(crate) fn free_buffer(&mut self, heap: &mut Heap) {
        if self.capacity > 0 {
            // SAFETY: the buffer was allocated by this heap with `buffer_bytes` bytes.
            unsafe { heap.free_buffer(self.items.cast(), self.buffer_bytes()) };
        }
        *self = ValueVec::new();
    }

    /// Visits each object in it.
    #[inline]
    pub(crate) fn traverse(&self, visit: &mut impl FnMut(Value)) {
        for &value in self.as_slice() {
            visit(value);
        }
    }

    /// Gives everything up, last value first as CPython does, and returns the buffer.
    pub(crate) fn clear(&mut self, dropped: &mut Dropped<'_>) {
        let mut taken = self.take();
        for &value in taken.as_slice().iter().rev() {
            dropped.value(value);
        }
        taken.free_buffer(dropped.heap);
    }
}
