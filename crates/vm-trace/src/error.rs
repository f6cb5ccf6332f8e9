//! Why a trace could not be written.

use std::io;
use thiserror::Error;

/// Why a trace could not be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TraceError {
    /// The file, pipe or terminal failed.
    #[error(transparent)]
    Write(#[from] io::Error),
    /// A histogram could not be made or written.
    #[error("a histogram cannot be written: {0}")]
    Histogram(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<serde_json::Error> for TraceError {
    /// What is written here is always JSON, so only the stream can have failed.
    fn from(error: serde_json::Error) -> TraceError {
        TraceError::Write(error.into())
    }
}
