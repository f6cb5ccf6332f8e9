//! What can go wrong: memory that is not to be had, and, found by `verify` only, a broken heap.

use thiserror::Error;

/// An allocation that the limit forbids, or for which the system has no memory. Nothing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "out of memory: {requested_bytes} bytes requested, {heap_bytes} in use, limit {limit_bytes}"
)]
pub struct OutOfMemory {
    /// The bytes that were asked for.
    pub requested_bytes: usize,
    /// The bytes in use when they were asked for.
    pub heap_bytes: usize,
    /// The heap's limit.
    pub limit_bytes: usize,
}

/// Why a heap is not what its books say. Addresses are those of objects; a page is named by the
/// address of its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// An object's count is not the number of references to it.
    #[error(
        "object {object:#x} of kind {kind}: the count is {count}, but {references} references exist"
    )]
    Count {
        /// The object.
        object: usize,
        /// Its kind.
        kind: u8,
        /// The count in its header.
        count: u32,
        /// The references that roots and objects hold.
        references: u32,
    },
    /// A reference to something that is not an object of the heap.
    #[error("{}: a reference to {to:#x}, which is not an object", Holder(*.from))]
    Dangling {
        /// The object that holds the reference, or none if a root does.
        from: Option<usize>,
        /// What it refers to.
        to: usize,
    },
    /// A large object's flag, kind or place in the table is wrong.
    #[error("large object {object:#x}: its flags, kind or place in the table are wrong")]
    Large {
        /// The object.
        object: usize,
    },
    /// A free list leaves the used slots of its page, or has a slot twice.
    #[error("page {page:#x}: the free list is broken at offset {offset:#x}")]
    FreeList {
        /// The page.
        page: usize,
        /// Where the list is broken, as an offset in the arena.
        offset: u32,
    },
    /// A page's live count is not the number of its slots in use.
    #[error("page {page:#x}: {recorded} slots in use by its header, {found} found")]
    LiveSlots {
        /// The page.
        page: usize,
        /// What the header says.
        recorded: u32,
        /// What its slots and its free list say.
        found: u32,
    },
    /// The account of bytes is not the sum of what is allocated.
    #[error("{recorded} bytes in use by the account, {found} found")]
    Accounting {
        /// What the account says.
        recorded: usize,
        /// The sum over everything allocated.
        found: usize,
    },
}

/// Names what holds a reference.
struct Holder(Option<usize>);

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(object) => write!(f, "object {object:#x}"),
            None => f.write_str("a root"),
        }
    }
}
