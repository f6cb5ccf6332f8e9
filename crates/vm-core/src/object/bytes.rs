//! `bytes`: immutable octets, inline behind the header.

use crate::object::{Dropped, Kind, Layout};
use crate::value::Value;
use vm_heap::Header;

/// `header │ hash │ length │ octets ...`.
#[repr(C)]
pub(crate) struct Bytes {
    pub(crate) header: Header,
    /// The hash, or zero while it was not asked for.
    pub(crate) hash: u64,
    pub(crate) length: usize,
    octets: [u8; 0],
}

impl Bytes {
    /// Bytes of an object with `length` octets.
    pub(crate) const fn size_bytes(length: usize) -> usize {
        size_of::<Bytes>() + length
    }

    /// The object before its octets are written.
    pub(crate) fn new(header: Header, length: usize) -> Bytes {
        Bytes {
            header,
            hash: 0,
            length,
            octets: [],
        }
    }

    /// The octets.
    #[inline(always)]
    pub(crate) fn as_slice(&self) -> &[u8] {
        // SAFETY: the object was made with `length` octets, all written, and never changes.
        unsafe { core::slice::from_raw_parts(self.octets.as_ptr(), self.length) }
    }

    /// Where the octets are written while the object is made.
    pub(crate) fn octets_pointer(&mut self) -> *mut u8 {
        self.octets.as_mut_ptr()
    }
}

impl Layout for Bytes {
    const KIND: Kind = Kind::Bytes;
    const TRACKED: bool = false;
    fn traverse(&self, _visit: &mut impl FnMut(Value)) {}
    fn clear(&mut self, _dropped: &mut Dropped<'_>) {}
}
