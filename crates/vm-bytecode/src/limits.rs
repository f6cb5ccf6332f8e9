//! Limits of a module. Encoder, decoder and verifier enforce them, so that a hostile file cannot
//! make anybody allocate or compute far beyond its own size.

/// Size of an encoded module in bytes.
pub const MAX_MODULE_BYTES: usize = 256 << 20;

/// Names in a module.
pub const MAX_NAMES: usize = 1 << 20;

/// Constants in a module.
pub const MAX_CONSTANTS: usize = 1 << 20;

/// Functions in a module: what the 16-bit operand of `make_function` can tell apart.
pub const MAX_FUNCTIONS: usize = 1 << 16;

/// Class templates in a module.
pub const MAX_CLASSES: usize = 1 << 16;

/// Slots, and members, of one class template.
pub const MAX_CLASS_ENTRIES: usize = 1 << 16;

/// Registers of a function: what an 8-bit operand can tell apart.
pub const MAX_REGISTERS: u16 = 256;

/// Words of a function's code: every instruction reaches every other with the 24-bit `jump`.
pub const MAX_CODE_WORDS: usize = 1 << 20;

/// Exception regions of a function.
pub const MAX_REGIONS: usize = 1 << 16;

/// Bytes of one string, bytes constant or integer constant.
pub const MAX_BLOB_BYTES: usize = 64 << 20;

/// Items of one tuple constant.
pub const MAX_TUPLE_ITEMS: usize = 1 << 20;

/// How deep tuple constants nest: bounds the recursion of whoever prints or builds them.
pub const MAX_TUPLE_DEPTH: u32 = 32;

/// Items of all tuple constants together, each counted as often as printing every constant in full
/// writes it. Tuples that share their items could otherwise stand for exponentially many.
pub const MAX_TUPLE_ITEMS_IN_FULL: u64 = 1 << 22;

/// Errors that the verifier reports before it stops.
pub const MAX_VERIFY_ERRORS: usize = 1000;
