//! Debug flags, with the values that programs know.

/// Print statistics of each collection.
pub const STATS: u32 = 1;
/// Print each object that is found collectable.
pub const COLLECTABLE: u32 = 2;
/// Print each object that is found uncollectable.
pub const UNCOLLECTABLE: u32 = 4;
/// Save unreachable objects instead of freeing them.
pub const SAVEALL: u32 = 32;
/// What is needed to debug a leak: COLLECTABLE, UNCOLLECTABLE and SAVEALL.
pub const LEAK: u32 = COLLECTABLE | UNCOLLECTABLE | SAVEALL;
