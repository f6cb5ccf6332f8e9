//! What can go wrong: a generation number that does not exist. A collection itself cannot fail.

use thiserror::Error;

/// A generation number other than 0, 1 or 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("invalid generation {number}: generations are 0, 1 and 2")]
pub struct InvalidGeneration {
    /// The number that was given.
    pub number: i64,
}
