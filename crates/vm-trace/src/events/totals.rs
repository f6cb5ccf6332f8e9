//! What all collections of a run amount to, by generation and reason.

use vm_gc::{CollectionEvent, Generation, Reason};

/// What some collections amount to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Total {
    pub(super) collections: u64,
    pub(super) candidates: u64,
    pub(super) collected: u64,
    pub(super) uncollectable: u64,
    pub(super) resurrected: u64,
    pub(super) finalizers: u64,
    pub(super) weakref_callbacks: u64,
    pub(super) freed_bytes: u64,
    pub(super) pause_ns: u64,
    pub(super) longest_pause_ns: u64,
}

impl Total {
    fn add(&mut self, event: &CollectionEvent) {
        self.merge(&Total {
            collections: 1,
            candidates: event.candidates,
            collected: event.collected,
            uncollectable: event.uncollectable,
            resurrected: event.resurrected,
            finalizers: event.finalizers,
            weakref_callbacks: event.weakref_callbacks,
            freed_bytes: event.freed_bytes as u64,
            pause_ns: event.duration_ns,
            longest_pause_ns: event.duration_ns,
        });
    }

    fn merge(&mut self, other: &Total) {
        self.collections += other.collections;
        self.candidates += other.candidates;
        self.collected += other.collected;
        self.uncollectable += other.uncollectable;
        self.resurrected += other.resurrected;
        self.finalizers += other.finalizers;
        self.weakref_callbacks += other.weakref_callbacks;
        self.freed_bytes += other.freed_bytes;
        self.pause_ns += other.pause_ns;
        self.longest_pause_ns = self.longest_pause_ns.max(other.longest_pause_ns);
    }
}

/// The totals of a run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals([[Total; Reason::ALL.len()]; Generation::ALL.len()]);

impl Totals {
    pub(super) fn add(&mut self, event: &CollectionEvent) {
        self.0[event.generation.index()][event.reason as usize].add(event);
    }

    /// The combinations that there were.
    pub(super) fn rows(&self) -> impl Iterator<Item = (Generation, Reason, &Total)> {
        Generation::ALL.into_iter().flat_map(move |generation| {
            let totals = Reason::ALL.into_iter().zip(&self.0[generation.index()]);
            let totals = totals.filter(|(_, total)| total.collections > 0);
            totals.map(move |(reason, total)| (generation, reason, total))
        })
    }

    /// All collections of a generation.
    pub(super) fn of(&self, generation: Generation) -> Total {
        let mut sum = Total::default();
        for total in &self.0[generation.index()] {
            sum.merge(total);
        }
        sum
    }

    /// All collections.
    pub(super) fn all(&self) -> Total {
        let mut sum = Total::default();
        for generation in Generation::ALL {
            sum.merge(&self.of(generation));
        }
        sum
    }
}
