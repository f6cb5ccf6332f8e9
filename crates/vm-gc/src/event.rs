//! The records of what happened, from which every other view is made.
//!
//! ```text
//!  Event  sequence  at_ns  kind
//!                           |-- Collection  why, what it examined and ended, each stage's time
//!                           |-- Heap        an arena came or went, the heap grew
//!                           `-- Limit       a limit was hit
//! ```

use crate::generation::{GENERATIONS, Generation};
use vm_heap::HeapChange;

/// Something that happened, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Number of the event, from 1. The events that a sink gets have no gaps.
    pub sequence: u64,
    /// When it ended, by the collector's [`Clock`](crate::Clock).
    pub at_ns: u64,
    /// What it was.
    pub kind: EventKind,
}

impl Event {
    /// The collection, if it was one.
    pub fn collection(&self) -> Option<&CollectionEvent> {
        match &self.kind {
            EventKind::Collection(collection) => Some(collection),
            _ => None,
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "most events are collections, and making one allocates nothing"
)]
pub enum EventKind {
    /// A collection.
    Collection(CollectionEvent),
    /// The heap changed in size.
    Heap(HeapEvent),
    /// A limit was hit.
    Limit(LimitEvent),
}

/// The heap changed in size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeapEvent {
    /// How. Refusals are [`LimitEvent`]s.
    pub change: HeapChange,
    /// Bytes in use.
    pub heap_bytes: usize,
    /// Bytes that the operating system gave: arenas, large objects, large buffers.
    pub reserved_bytes: usize,
    /// Arenas.
    pub arenas: usize,
}

impl HeapEvent {
    /// The change as one lower-case word.
    pub const fn name(&self) -> &'static str {
        match self.change {
            HeapChange::ArenaTaken => "arena_taken",
            HeapChange::ArenaReturned => "arena_returned",
            HeapChange::Grown => "grown",
            HeapChange::Refused(_) => "refused",
        }
    }
}

/// A limit was hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitEvent {
    /// Which, as one lower-case word: `heap_bytes` for the heap's, others are the machine's.
    pub limit: &'static str,
    /// The limit, in its own unit.
    pub most: u64,
    /// What was asked for in addition, in the same unit; 0 where nothing was.
    pub requested: u64,
}

/// How many objects of a type were collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeCount {
    /// The name of the type.
    pub name: Box<str>,
    /// Objects.
    pub count: u64,
    /// Their bytes, without buffers.
    pub bytes: u64,
}

/// Why a collection runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Count 0 exceeded its threshold.
    Threshold,
    /// The heap grew by more than the byte threshold
    /// ([`set_byte_threshold`](crate::set_byte_threshold)).
    Bytes,
    /// The program asked.
    Manual,
    /// The machine ends.
    Shutdown,
    /// A setting for tests asks for collections that are not due.
    Stress,
}

impl Reason {
    /// All of them, in order.
    pub const ALL: [Reason; 5] = [
        Reason::Threshold,
        Reason::Bytes,
        Reason::Manual,
        Reason::Shutdown,
        Reason::Stress,
    ];

    /// The reason as one lower-case word.
    pub const fn name(self) -> &'static str {
        match self {
            Reason::Threshold => "threshold",
            Reason::Bytes => "bytes",
            Reason::Manual => "manual",
            Reason::Shutdown => "shutdown",
            Reason::Stress => "stress",
        }
    }
}

/// A part of a collection whose time is taken, in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// "Start" callbacks and debug lines.
    Start,
    /// Finding the candidates and room for their internal counts.
    Gather,
    /// Counting the references among candidates and comparing with the reference counts.
    Subtract,
    /// Marking what is held from outside and all it reaches.
    Mark,
    /// Moving survivors to the next generation, condemning the rest.
    Promote,
    /// Clearing weak references that have callbacks, and calling these.
    WeakrefCallbacks,
    /// Finalizers.
    Finalizers,
    /// Finding out what finalizers and callbacks resurrected.
    Resurrection,
    /// Clearing the weak references that are left.
    Weakrefs,
    /// Clearing and freeing condemned objects.
    Clear,
    /// Dropping free lists and giving memory back.
    Release,
    /// Debug lines and "stop" callbacks. Zero in the event that these receive.
    Stop,
}

impl Stage {
    /// Number of stages.
    pub const COUNT: usize = 12;

    /// All of them, in order.
    pub const ALL: [Stage; Stage::COUNT] = [
        Stage::Start,
        Stage::Gather,
        Stage::Subtract,
        Stage::Mark,
        Stage::Promote,
        Stage::WeakrefCallbacks,
        Stage::Finalizers,
        Stage::Resurrection,
        Stage::Weakrefs,
        Stage::Clear,
        Stage::Release,
        Stage::Stop,
    ];

    /// The stage as one lower-case word.
    pub const fn name(self) -> &'static str {
        match self {
            Stage::Start => "start",
            Stage::Gather => "gather",
            Stage::Subtract => "subtract",
            Stage::Mark => "mark",
            Stage::Promote => "promote",
            Stage::WeakrefCallbacks => "weakref_callbacks",
            Stage::Finalizers => "finalizers",
            Stage::Resurrection => "resurrection",
            Stage::Weakrefs => "weakrefs",
            Stage::Clear => "clear",
            Stage::Release => "release",
            Stage::Stop => "stop",
        }
    }
}

/// What is known when a collection starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CollectionStart {
    /// The oldest generation that is collected.
    pub generation: Generation,
    /// Why it runs.
    pub reason: Reason,
    /// The three counts.
    pub counts: [u32; GENERATIONS],
    /// Tracked objects in generations 0, 1, 2 and the permanent one.
    pub population: [u64; GENERATIONS + 1],
}

/// How many types [`CollectionEvent::collected_types`] names.
pub const MOST_TYPES: usize = 10;

/// What happened in one collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionEvent {
    /// Number of the collection, from 1.
    pub sequence: u64,
    /// The oldest generation that was collected.
    pub generation: Generation,
    /// Why it ran.
    pub reason: Reason,
    /// The three thresholds when it started.
    pub thresholds: [i32; GENERATIONS],
    /// The three counts when it started.
    pub counts_before: [u32; GENERATIONS],
    /// The three counts when it ended.
    pub counts_after: [u32; GENERATIONS],
    /// Tracked objects in generations 0, 1, 2 and the permanent one when it started.
    pub population_before: [u64; GENERATIONS + 1],
    /// The same when it ended.
    pub population_after: [u64; GENERATIONS + 1],
    /// Objects that were examined.
    pub candidates: u64,
    /// Survivors that were untracked.
    pub untracked: u64,
    /// Objects that were condemned, among them those resurrected later.
    pub condemned: u64,
    /// Condemned objects that finalizers or callbacks made reachable again.
    pub resurrected: u64,
    /// Condemned objects that were freed (or saved as garbage), and reachable weak reference
    /// objects that died while their callbacks ran.
    pub collected: u64,
    /// Condemned objects that outlived their clearing.
    pub uncollectable: u64,
    /// Weak reference callbacks that were called.
    pub weakref_callbacks: u64,
    /// Finalizers that were called.
    pub finalizers: u64,
    /// Bytes in use when it started.
    pub heap_bytes_before: usize,
    /// Bytes in use when it ended.
    pub heap_bytes_after: usize,
    /// Bytes that clearing the condemned objects freed.
    pub freed_bytes: usize,
    /// The collector's own lists at their largest, without the heap's scratch counts.
    pub working_bytes: usize,
    /// Arenas that went back to the operating system.
    pub arenas_returned: usize,
    /// Free pages of other arenas that went back to the operating system.
    pub pages_returned: usize,
    /// The types that most of the collected objects had, at most [`MOST_TYPES`], those with most
    /// objects first. Empty unless [`Collector::set_census`](crate::Collector::set_census) asks.
    pub collected_types: Vec<TypeCount>,
    /// When it started, by the collector's [`Clock`](crate::Clock).
    pub started_ns: u64,
    /// How long it took, without "stop" callbacks in the event that these receive.
    pub duration_ns: u64,
    /// How long each stage took, by `Stage as usize`.
    pub stage_ns: [u64; Stage::COUNT],
}

impl CollectionEvent {
    /// The event of a collection in which nothing happened yet.
    pub(crate) fn new(sequence: u64, generation: Generation, reason: Reason) -> CollectionEvent {
        CollectionEvent {
            sequence,
            generation,
            reason,
            thresholds: [0; GENERATIONS],
            counts_before: [0; GENERATIONS],
            counts_after: [0; GENERATIONS],
            population_before: [0; GENERATIONS + 1],
            population_after: [0; GENERATIONS + 1],
            candidates: 0,
            untracked: 0,
            condemned: 0,
            resurrected: 0,
            collected: 0,
            uncollectable: 0,
            weakref_callbacks: 0,
            finalizers: 0,
            heap_bytes_before: 0,
            heap_bytes_after: 0,
            freed_bytes: 0,
            working_bytes: 0,
            arenas_returned: 0,
            pages_returned: 0,
            collected_types: Vec::new(),
            started_ns: 0,
            duration_ns: 0,
            stage_ns: [0; Stage::COUNT],
        }
    }

    /// How long `stage` took.
    pub fn stage_ns(&self, stage: Stage) -> u64 {
        self.stage_ns[stage as usize]
    }

    /// When the last stage ended.
    pub fn ended_ns(&self) -> u64 {
        self.started_ns + self.stage_ns.iter().sum::<u64>()
    }

    /// The stages in order: when each started, and how long it took. One follows the other.
    pub fn stages(&self) -> impl Iterator<Item = (Stage, u64, u64)> {
        let mut started_ns = self.started_ns;
        Stage::ALL.into_iter().map(move |stage| {
            let (start_ns, duration_ns) = (started_ns, self.stage_ns(stage));
            started_ns += duration_ns;
            (stage, start_ns, duration_ns)
        })
    }
}

/// A function that receives each event as it happens. It cannot reach the machine meanwhile, and
/// adds to the pause.
pub type EventSink = Box<dyn FnMut(&Event) + Send>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_stand_at_their_index() {
        for (index, reason) in Reason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, index, "{}", reason.name());
        }
    }

    #[test]
    fn stages_stand_at_their_index() {
        for (index, stage) in Stage::ALL.into_iter().enumerate() {
            assert_eq!(stage as usize, index, "{}", stage.name());
        }
    }
}
