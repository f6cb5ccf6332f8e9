//! Where a program's output goes: sinks that the embedder gives. There is no ambient output.

use std::io::{self, Write};

/// Standard output and standard error of the programs in a machine.
pub(crate) struct Output {
    pub(crate) standard: Box<dyn Write + Send>,
    pub(crate) error: Box<dyn Write + Send>,
}

impl Output {
    /// Everything is thrown away, until the embedder gives sinks.
    pub(crate) fn discard() -> Output {
        Output {
            standard: Box::new(io::sink()),
            error: Box::new(io::sink()),
        }
    }
}
