//! `str`: UTF-8, inline behind the header; immutable, but for one that a single register holds
//! (`Vm::append_in_place`).

use crate::object::{Dropped, Kind, Layout};
use crate::value::Value;
use vm_heap::Header;

/// `header │ hash │ bytes, characters │ UTF-8 ...`. The header's `aux` holds [`Str::INTERNED`].
///
/// A string whose character count equals its byte count is ASCII and is indexed in O(1).
#[repr(C)]
pub(crate) struct Str {
    pub(crate) header: Header,
    /// The hash, or zero while it was not asked for.
    pub(crate) hash: u64,
    pub(crate) byte_length: u32,
    pub(crate) char_length: u32,
    bytes: [u8; 0],
}

const _: () = assert!(size_of::<Str>() == 24);

impl Str {
    /// Bit of the header's `aux`: the string is in the interner, so equal names are identical.
    pub(crate) const INTERNED: u16 = 1;
    /// The most bytes one string holds.
    pub(crate) const MAX_BYTES: usize = u32::MAX as usize;

    /// Bytes of a string object with `byte_length` bytes of text.
    pub(crate) const fn size_bytes(byte_length: usize) -> usize {
        size_of::<Str>() + byte_length
    }

    /// The object before its text is written.
    pub(crate) fn new(header: Header, byte_length: u32, char_length: u32) -> Str {
        Str {
            header,
            hash: 0,
            byte_length,
            char_length,
            bytes: [],
        }
    }

    /// The text.
    #[inline(always)]
    pub(crate) fn as_str(&self) -> &str {
        // SAFETY: the bytes were copied from `str`s of that length in all, and are never changed.
        unsafe {
            core::str::from_utf8_unchecked(core::slice::from_raw_parts(
                self.bytes.as_ptr(),
                self.byte_length as usize,
            ))
        }
    }

    /// Where the text is written while the string is made.
    pub(crate) fn bytes_pointer(&mut self) -> *mut u8 {
        self.bytes.as_mut_ptr()
    }

    /// Whether every character is one byte.
    #[inline(always)]
    pub(crate) fn is_ascii(&self) -> bool {
        self.byte_length == self.char_length
    }
}

impl Layout for Str {
    const KIND: Kind = Kind::Str;
    const TRACKED: bool = false;
    fn traverse(&self, _visit: &mut impl FnMut(Value)) {}
    fn clear(&mut self, _dropped: &mut Dropped<'_>) {}
}
