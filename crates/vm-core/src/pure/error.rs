//! The one error type of the pure operations.

use std::borrow::Cow;

/// Why an operation has no result. The variant is the exception class to raise, the displayed text
/// its message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperationError {
    /// `ZeroDivisionError`.
    #[error("{0}")]
    ZeroDivision(&'static str),
    /// `OverflowError`.
    #[error("{0}")]
    Overflow(&'static str),
    /// `ValueError`.
    #[error("{0}")]
    Value(Cow<'static, str>),
    /// `MemoryError`: the result would be an integer beyond the limit the caller set.
    #[error("an integer of {bits} bits exceeds the limit")]
    TooLarge {
        /// How many bits the result would have, about.
        bits: u64,
    },
}

impl OperationError {
    /// A `ValueError` with the given message.
    pub fn value(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Value(message.into())
    }
}
