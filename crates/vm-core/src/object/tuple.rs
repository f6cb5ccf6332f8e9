//! `tuple`: a fixed number of values, inline behind the header.

use crate::object::{Dropped, Kind, Layout};
use crate::value::Value;
use vm_heap::Header;

/// `header │ length │ value 0 │ value 1 │ ...`.
#[repr(C)]
pub(crate) struct Tuple {
    pub(crate) header: Header,
    pub(crate) length: usize,
    values: [Value; 0],
}

impl Tuple {
    /// Bytes of a tuple of `length` values.
    pub(crate) const fn size_bytes(length: usize) -> usize {
        size_of::<Tuple>() + length * size_of::<Value>()
    }

    /// The object before its values are written.
    pub(crate) fn new(header: Header, length: usize) -> Tuple {
        Tuple {
            header,
            length,
            values: [],
        }
    }

    /// Where the values are written while the tuple is made.
    pub(crate) fn values_pointer(&mut self) -> *mut Value {
        self.values.as_mut_ptr()
    }

    /// The values.
    #[inline(always)]
    pub(crate) fn as_slice(&self) -> &[Value] {
        // SAFETY: a tuple is allocated with `size_bytes(length)` bytes and all values written
        // before anything else sees it.
        unsafe { core::slice::from_raw_parts(self.values.as_ptr(), self.length) }
    }

    /// The values, to be written while the tuple is made or cleared.
    #[inline(always)]
    pub(crate) fn as_mut_slice(&mut self) -> &mut [Value] {
        // SAFETY: as in `as_slice`; `self` is borrowed mutably.
        unsafe { core::slice::from_raw_parts_mut(self.values.as_mut_ptr(), self.length) }
    }
}

impl Layout for Tuple {
    const KIND: Kind = Kind::Tuple;
    const TRACKED: bool = true;

    fn traverse(&self, visit: &mut impl FnMut(Value)) {
        for &value in self.as_slice() {
            visit(value);
        }
    }

    fn clear(&mut self, dropped: &mut Dropped<'_>) {
        for value in self.as_mut_slice().iter_mut().rev() {
            dropped.field(value);
        }
    }
}
