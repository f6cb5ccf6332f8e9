//! The arithmetic and text rules of the language, on plain Rust data.
//!
//! Nothing in here knows objects, reference counts or the heap: a function takes numbers, text or
//! bytes and gives back a number, text, bytes, or an [`OperationError`] whose variant names the
//! exception class and whose message is the exception's text. The object layer converts operands,
//! calls one of these, and wraps the result.
//!
//! | file | what it decides |
//! |------|-----------------|
//! | `integer`, `integer_float`, `integer_text` | integers of any size; exact dealings with floats |
//! | `float_ops`, `float_text` | floats: division, power, rounding, text |
//! | `format_spec`, `format_number`, `str_format` | `format(value, spec)` and `str.format` templates |
//! | `hash` | hash values; equal numbers of different types hash equally |
//! | `text`, `string_ops`, `string_split`, `string_case`, `string_repr`, `character` | `str` |
//! | `bytes_ops`, `utf8` | `bytes` and decoding |
//! | `slice`, `sort` | slice and range arithmetic, the stable sort |

pub mod bytes_ops;
pub mod character;
mod error;
pub mod float_ops;
pub mod float_text;
pub mod format_number;
pub mod format_spec;
pub mod hash;
pub mod integer;
mod integer_float;
pub mod integer_text;
pub mod slice;
pub mod sort;
pub mod str_format;
pub mod string_case;
pub mod string_ops;
pub mod string_repr;
pub mod string_split;
pub mod text;
pub mod utf8;

pub use error::OperationError;
