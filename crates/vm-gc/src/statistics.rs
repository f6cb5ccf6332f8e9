//! Totals of all collections of one generation.

use crate::event::CollectionEvent;

/// What the collections of one generation did so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GenerationStatistics {
    /// Collections that ran.
    pub collections: u64,
    /// Objects collected.
    pub collected: u64,
    /// Objects that outlived their clearing.
    pub uncollectable: u64,
    /// Objects examined.
    pub candidates: u64,
    /// Time taken, without "stop" callbacks.
    pub duration_ns: u64,
}

impl GenerationStatistics {
    /// Adds one collection.
    pub(crate) fn add(&mut self, event: &CollectionEvent) {
        self.collections += 1;
        self.collected += event.collected;
        self.uncollectable += event.uncollectable;
        self.candidates += event.candidates;
        self.duration_ns += event.duration_ns;
    }
}
