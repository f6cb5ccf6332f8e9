//! What can be wrong with a file of a snapshot.

use thiserror::Error;
use vm_gc::snapshot::SnapshotError;

/// Why a snapshot cannot be read.
#[derive(Debug, Error)]
pub enum HeapFileError {
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A line is not what it should be.
    #[error("line {line}: {error}")]
    Line {
        /// The line, counted from one.
        line: u64,
        /// What is wrong with it.
        error: serde_json::Error,
    },
    /// The first line is not that of a snapshot.
    #[error("this is not a heap snapshot in JSON lines")]
    Schema,
    /// It was written by a later version.
    #[error("the schema has version {0}; this program knows version 1")]
    Version(u32),
    /// Two objects have one id.
    #[error("line {line}: there is another object with the id {id}")]
    Twice {
        /// The line, counted from one.
        line: u64,
        /// The id.
        id: u64,
    },
    /// A reference or a root leads to no object of the file.
    #[error("line {line}: there is no object with the id {id}")]
    Nowhere {
        /// The line, counted from one.
        line: u64,
        /// The id.
        id: u64,
    },
    /// It would take too much memory, or does not fit together.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}
