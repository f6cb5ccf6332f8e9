//! What viewers with a time axis show: slices that nest on one track, and counters.
//!
//! ```text
//!  collection young |---------------------------------------|
//!                   |start|gather|subtract|mark|...|release|
//!  heap_bytes       ^before                                 ^after
//! ```

use vm_gc::{CollectionEvent, Event, EventKind, Generation, LimitEvent};

/// The name of the track of collections.
pub(super) const TRACK: &str = "collector";

/// What is counted over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counter {
    /// Bytes in use.
    HeapBytes,
    /// Bytes that the operating system gave.
    ReservedBytes,
    /// Objects that collections examine: all generations but the permanent one.
    TrackedObjects,
    /// Count 0: objects since the last collection, less those that died. They are what the next
    /// young collection is about.
    OutstandingCandidates,
}

impl Counter {
    pub(super) const ALL: [Counter; 4] = [
        Counter::HeapBytes,
        Counter::ReservedBytes,
        Counter::TrackedObjects,
        Counter::OutstandingCandidates,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Counter::HeapBytes => "heap_bytes",
            Counter::ReservedBytes => "reserved_bytes",
            Counter::TrackedObjects => "tracked_objects",
            Counter::OutstandingCandidates => "outstanding_candidates",
        }
    }

    pub(super) const fn is_bytes(self) -> bool {
        matches!(self, Counter::HeapBytes | Counter::ReservedBytes)
    }
}

/// A mark on the time axis.
#[derive(Debug)]
pub(super) enum Mark<'a> {
    /// A collection begins.
    Collection(&'a CollectionEvent),
    /// A stage begins.
    Stage(&'static str),
    /// The slice that began last ends.
    End,
    /// A counter has another value.
    Count(Counter, u64),
    /// A limit was hit.
    Limit(&'a LimitEvent),
}

/// Gives the marks of an event to `mark`, with their times. Slices are in order; counters may lie
/// before slices that were given already.
pub(super) fn marks<'a, E>(
    event: &'a Event,
    mut mark: impl FnMut(u64, Mark<'a>) -> Result<(), E>,
) -> Result<(), E> {
    match &event.kind {
        EventKind::Collection(collection) => marks_of_collection(collection, mark),
        EventKind::Heap(heap) => {
            let (used, reserved) = (heap.heap_bytes as u64, heap.reserved_bytes as u64);
            mark(event.at_ns, Mark::Count(Counter::HeapBytes, used))?;
            mark(event.at_ns, Mark::Count(Counter::ReservedBytes, reserved))
        }
        EventKind::Limit(limit) => mark(event.at_ns, Mark::Limit(limit)),
    }
}

fn marks_of_collection<'a, E>(
    event: &'a CollectionEvent,
    mut mark: impl FnMut(u64, Mark<'a>) -> Result<(), E>,
) -> Result<(), E> {
    let (start_ns, end_ns) = (event.started_ns, event.ended_ns());
    let tracked = |population: [u64; 4]| population[..3].iter().sum();
    let mut counters = |at_ns, heap_bytes: usize, population, counts: [u32; 3]| {
        mark(at_ns, Mark::Count(Counter::HeapBytes, heap_bytes as u64))?;
        let tracked = Mark::Count(Counter::TrackedObjects, tracked(population));
        mark(at_ns, tracked)?;
        let outstanding = u64::from(counts[0]);
        mark(
            at_ns,
            Mark::Count(Counter::OutstandingCandidates, outstanding),
        )
    };
    counters(
        start_ns,
        event.heap_bytes_before,
        event.population_before,
        event.counts_before,
    )?;
    counters(
        end_ns,
        event.heap_bytes_after,
        event.population_after,
        event.counts_after,
    )?;
    mark(start_ns, Mark::Collection(event))?;
    // A stage that did not run, or too fast for the clock, is not shown.
    for (stage, stage_start_ns, duration_ns) in event.stages().filter(|stage| stage.2 > 0) {
        mark(stage_start_ns, Mark::Stage(stage.name()))?;
        mark(stage_start_ns + duration_ns, Mark::End)?;
    }
    mark(end_ns, Mark::End)
}

/// The name of the slice of a collection.
pub(super) const fn collection_name(generation: Generation) -> &'static str {
    match generation {
        Generation::Young => "young collection",
        Generation::Middle => "middle collection",
        Generation::Old => "full collection",
    }
}

/// The names of the [`details`].
pub(super) const DETAIL_NAMES: [&str; 11] = [
    "collection",
    "candidates",
    "condemned",
    "collected",
    "uncollectable",
    "resurrected",
    "finalizers",
    "weakref_callbacks",
    "freed_bytes",
    "working_bytes",
    "arenas_returned",
];

/// What a viewer shows of a collection that is selected, besides the reason.
pub(super) const fn details(event: &CollectionEvent) -> [u64; DETAIL_NAMES.len()] {
    [
        event.sequence,
        event.candidates,
        event.condemned,
        event.collected,
        event.uncollectable,
        event.resurrected,
        event.finalizers,
        event.weakref_callbacks,
        event.freed_bytes as u64,
        event.working_bytes as u64,
        event.arenas_returned as u64,
    ]
}
