//! The binary form of a module.
//!
//! ```text
//!  0  magic         8 bytes   0x89 "VMB" CR LF 0x1A LF: shows newline translation and truncation
//!  8  major         u16       a decoder reads its own major version only
//! 10  minor         u16       … and minor versions up to its own
//! 12  flags         u32       0
//! 16  sections      u32       4, or 5 with debug information
//! 20  table         16 bytes for each section:
//!                     id u32 | offset u32 | length u32 | crc32 u32
//!     sections      ids ascend; each begins where the one before ends, the first behind the table,
//!                   and the last ends with the file
//!
//!  1 names          count u32, then each: text
//!  2 constants      count u32, then each: tag u8 and
//!                     0 None  1 True  2 False  3 Ellipsis      nothing
//!                     4 integer                                sign u8 (1: negative), blob
//!                     5 float                                  bits u64
//!                     6 string                                 text
//!                     7 bytes                                  blob
//!                     8 tuple                                  count u32, then constant u32 …
//!  3 functions      entry u32, count u32, then each:
//!                     name u32 | positional u8 | positional-only u8 | keyword-only u8
//!                     | 1 varargs, 2 varkw, 4 generator u8 | registers u16 | free variables u8
//!                     | name u32 for each parameter
//!                     | count u32, word u32 … | count u32, regions …
//!                     region: start u32 | end u32 | handler u32 | register u8
//!  4 classes        count u32, then each:
//!                     name u32 | 0, or 1 count u32 name u32 … (slots) | count u32, members …
//!                     member: name u32 | 0 function, 1 constant u8 | index u32
//!  5 debug          0, or 1 text (file) | count u32, then for each function:
//!                     count u32, lines … | count u32, text … (registers)
//!                     | count u32, text … (free variables)
//!                     line: word u32 | line u32 | column u32
//!
//!  text, blob       length u32, bytes (UTF-8 in a text)
//! ```
//!
//! Everything is little-endian. There is exactly one encoding of a module: the decoder accepts no
//! other, so that what it read encodes to the same bytes. The checksums find accidents; what keeps
//! the reader of a hostile file safe is the [verifier](crate::verify()).

mod decode;
mod encode;
mod reader;

pub use decode::{DecodeError, DecodeFault};
pub use encode::EncodeError;

/// The first bytes of an encoded module.
pub const MAGIC: [u8; 8] = *b"\x89VMB\r\n\x1a\n";

/// The version of the format, `(major, minor)`, that the encoder writes.
pub const VERSION: (u16, u16) = (1, 0);

/// Length of what comes before the section table.
const HEADER_BYTES: usize = 20;

/// Length of an entry of the section table.
const SECTION_ENTRY_BYTES: usize = 16;

/// The sections in the order of their ids, which count from 1.
const SECTION_NAMES: [&str; 5] = ["names", "constants", "functions", "classes", "debug"];

/// Sections that every module has: all but the last.
const REQUIRED_SECTIONS: usize = 4;

mod constant_tag {
    pub const NONE: u8 = 0;
    pub const TRUE: u8 = 1;
    pub const FALSE: u8 = 2;
    pub const ELLIPSIS: u8 = 3;
    pub const INT: u8 = 4;
    pub const FLOAT: u8 = 5;
    pub const STR: u8 = 6;
    pub const BYTES: u8 = 7;
    pub const TUPLE: u8 = 8;
}

mod function_flag {
    pub const VARARGS: u8 = 1;
    pub const VARKW: u8 = 2;
    pub const GENERATOR: u8 = 4;
    pub const ALL: u8 = VARARGS | VARKW | GENERATOR;
}

mod member_tag {
    pub const FUNCTION: u8 = 0;
    pub const CONSTANT: u8 = 1;
}
