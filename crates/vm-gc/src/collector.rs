//! The collector's state, and the two functions on the path of every allocation.
//!
//! | word | meaning |
//! |---|---|
//! | count 0 | counted objects that came, less those that died, since the last collection |
//! | count 1, 2 | collections of generation 0 (1) since the last one of generation 1 (2) |
//! | due | count 0 exceeds threshold 0, and automatic collection is on |
//! | pending | it was due at some moment since the last safepoint that looked |
//! | population | tracked objects of each generation, the permanent one last |
//!
//! Invariant: every tracked object of generation 0 (1) that is not condemned has a valid entry in
//! the young (middle) log, and `population` is exact.

use crate::bytes::ByteTrigger;
use crate::clock::Clock;
use crate::event::{Event, EventKind, EventSink, LimitEvent};
use crate::generation::{GENERATIONS, Generation, PERMANENT, Profile};
use crate::lists::Lists;
use crate::log::Log;
use crate::recorder::Recorder;
use crate::statistics::GenerationStatistics;
use std::collections::HashSet;
use std::fmt;
use vm_heap::{CANDIDATE, GENERATION_MASK, GENERATION_SHIFT, Heap, ObjectRef, TRACKED};

/// The state of the collector of one heap.
///
/// It belongs to one heap, and is used on another thread only together with it.
pub struct Collector {
    // On the path of every allocation, so first and together.
    pub(crate) young: Log,
    pub(crate) counts: [u32; GENERATIONS],
    /// Count 0 above this makes a collection due; `u32::MAX` where none can be.
    due_above: u32,
    /// Whether objects count from their allocation on ([`Profile::counts_allocations`]).
    counts_allocations: bool,
    pub(crate) pending: bool,
    pub(crate) population: [u64; GENERATIONS + 1],

    pub(crate) middle: Log,
    thresholds: [i32; GENERATIONS],
    enabled: bool,
    collecting: Option<Generation>,
    profile: Profile,
    debug: u32,
    pub(crate) statistics: [GenerationStatistics; GENERATIONS],
    pub(crate) sequence: u64,
    pub(crate) long_lived_total: u64,
    pub(crate) long_lived_pending: u64,
    pub(crate) byte_trigger: Option<ByteTrigger>,
    pub(crate) clock: Clock,
    pub(crate) recorder: Recorder,
    /// Whether events name the types of what was collected.
    pub(crate) census: bool,
    /// References of the objects that collections examined, if they are counted.
    pub(crate) edges: Option<u64>,
    /// Lent to each collection, so that a young one allocates nothing.
    pub(crate) lists: Lists,
    /// Large objects that were condemned and died before they were cleared: their memory is gone.
    pub(crate) large_condemned_died: HashSet<ObjectRef>,
}

// SAFETY: what is not Send are references to objects. `Heap::allocate` obliges whoever made them
// to use every copy only where the heap is used, and a heap moves between threads as a whole.
unsafe impl Send for Collector {}

impl Collector {
    /// A collector that has seen no object; automatic collection is on.
    pub fn new(profile: Profile) -> Collector {
        let clock = Clock::system();
        let mut collector = Collector {
            young: Log::new(Generation::Young.number()),
            counts: [0; GENERATIONS],
            due_above: u32::MAX,
            counts_allocations: profile.counts_allocations(),
            pending: false,
            population: [0; GENERATIONS + 1],
            middle: Log::new(Generation::Middle.number()),
            thresholds: profile.default_thresholds(),
            enabled: true,
            collecting: None,
            profile,
            debug: 0,
            statistics: [GenerationStatistics::default(); GENERATIONS],
            sequence: 0,
            long_lived_total: 0,
            long_lived_pending: 0,
            byte_trigger: None,
            recorder: Recorder::new(clock.clone()),
            clock,
            census: false,
            edges: None,
            lists: Lists::default(),
            large_condemned_died: HashSet::new(),
        };
        collector.update_due();
        collector
    }

    /// A new object can be part of a cycle from now on. It is complete: `traverse` works on it.
    ///
    /// True when a collection is due; it is to run at the next safepoint
    /// ([`run_if_due`](crate::run_if_due)), never here.
    #[inline(always)]
    pub fn track(&mut self, object: ObjectRef) -> bool {
        self.log(object);
        self.counts[0] = self.counts[0].saturating_add(1);
        self.note_due()
    }

    /// As [`track`](Self::track), for an object that was reported to
    /// [`count_allocation`](Self::count_allocation) when it was allocated, or was untracked by a
    /// collection: under [`Profile::counts_allocations`] it does not count again.
    pub fn track_later(&mut self, object: ObjectRef) -> bool {
        self.log(object);
        let counts = u32::from(!self.counts_allocations);
        self.counts[0] = self.counts[0].saturating_add(counts);
        self.note_due()
    }

    /// Makes `object` tracked, of the young generation.
    #[inline(always)]
    fn log(&mut self, object: ObjectRef) {
        debug_assert!(!object.is_tracked(), "tracked twice");
        // The entry first: with the flags, an old entry of the slot would look valid to a compaction.
        self.young.push(object);
        object.set_flags(object.flags() & !GENERATION_MASK | TRACKED);
        self.population[0] += 1;
    }

    /// A tracked object dies, or is not to be examined any more and no longer counts. Called before
    /// it is freed.
    #[inline(always)]
    pub fn forget(&mut self, object: ObjectRef) {
        debug_assert!(object.is_tracked(), "forgotten without being tracked");
        let flags = object.flags();
        // A condemned object is not condemned any more.
        object.set_flags(flags & !(TRACKED | CANDIDATE));
        let generation = (flags & GENERATION_MASK) >> GENERATION_SHIFT;
        self.population[generation as usize] -= 1;
        self.counts[0] = self.counts[0].saturating_sub(1);
        let condemned = flags & CANDIDATE != 0;
        if object.is_large() || !(condemned || generation == 0) {
            self.forget_slowly(object, generation, condemned);
        } else if !condemned {
            self.young.forget_small(object);
        }
        // Condemned objects are in no log, and what the old ones of them would take off `pending` is 0:
        // the collection that condemned them was a full one.
    }

    /// Hides every object of the young generation: as if each was [forgotten](Self::forget), but they
    /// live on.
    pub fn forget_young(&mut self) {
        let mut forgotten = 0;
        self.young.drain(|object| {
            object.set_tracked(false);
            forgotten += 1;
        });
        self.population[0] -= forgotten;
        self.counts[0] =
            self.counts[0].saturating_sub(u32::try_from(forgotten).unwrap_or(u32::MAX));
    }

    /// A tracked object lost its last reference and is finalized now: it comes anew. If it lives on,
    /// it is of the young generation, behind the others there, and neither condemned nor frozen.
    /// That is not counted.
    pub fn renew(&mut self, object: ObjectRef) {
        let count = self.counts[0];
        self.forget(object);
        self.log(object);
        self.counts[0] = count;
    }

    #[inline(never)]
    fn forget_slowly(&mut self, object: ObjectRef, generation: u8, condemned: bool) {
        if condemned {
            self.large_condemned_died.insert(object);
            return;
        }
        match generation {
            0 => self.young.forget_large(object),
            1 if object.is_large() => self.middle.forget_large(object),
            1 => self.middle.forget_small(object),
            // The old generation shrinks by one, so that much less of its growth is pending.
            2 if self.profile.notices_old_deaths() => {
                self.long_lived_pending = self.long_lived_pending.saturating_sub(1);
            }
            _ => {}
        }
    }

    /// A collectable object was allocated and is not tracked, or not yet
    /// ([`track_later`](Self::track_later)). It counts under [`Profile::counts_allocations`], and
    /// does not otherwise. True as for [`track`](Self::track).
    pub fn count_allocation(&mut self) -> bool {
        let counts = u32::from(self.counts_allocations);
        self.counts[0] = self.counts[0].saturating_add(counts);
        self.note_due()
    }

    /// A collectable object died that is not tracked: the counterpart of
    /// [`count_allocation`](Self::count_allocation).
    pub fn count_death(&mut self) {
        let counts = u32::from(self.counts_allocations);
        self.counts[0] = self.counts[0].saturating_sub(counts);
    }

    /// Whether objects count from their allocation on ([`Profile::counts_allocations`]).
    #[inline(always)]
    pub fn counts_allocations(&self) -> bool {
        self.counts_allocations
    }

    #[inline(always)]
    fn note_due(&mut self) -> bool {
        let due = self.counts[0] > self.due_above;
        self.pending |= due;
        due
    }

    /// Whether a collection became due and no safepoint has looked since.
    #[inline(always)]
    pub fn is_pending(&self) -> bool {
        self.pending
    }

    fn update_due(&mut self) {
        let automatic = self.enabled && self.thresholds[0] != 0 && self.collecting.is_none();
        self.due_above = if automatic {
            // Every count exceeds a negative threshold, and a count that just grew exceeds 0.
            self.thresholds[0].max(0) as u32
        } else {
            u32::MAX
        };
    }

    /// Turns automatic collection on or off. [`collect`](crate::collect) works all the same.
    pub fn set_enabled(&mut self, enabled: bool) {
        self.enabled = enabled;
        self.update_due();
    }

    /// Whether automatic collection is on.
    pub fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// The three thresholds.
    pub fn thresholds(&self) -> [i32; GENERATIONS] {
        self.thresholds
    }

    /// Sets the three thresholds; a first one of 0 turns automatic collection off, and a negative
    /// one is exceeded by every count.
    pub fn set_thresholds(&mut self, thresholds: [i32; GENERATIONS]) {
        self.thresholds = thresholds;
        self.update_due();
    }

    /// The three counts.
    pub fn counts(&self) -> [u32; GENERATIONS] {
        self.counts
    }

    /// Tracked objects in generations 0, 1, 2 and the permanent one.
    pub fn population(&self) -> [u64; GENERATIONS + 1] {
        self.population
    }

    /// Number of frozen objects.
    pub fn freeze_count(&self) -> u64 {
        self.population[PERMANENT as usize]
    }

    /// The generation that is being collected now, if any.
    pub fn collecting(&self) -> Option<Generation> {
        self.collecting
    }

    pub(crate) fn set_collecting(&mut self, generation: Option<Generation>) {
        self.collecting = generation;
        self.update_due();
    }

    /// The profile.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// The [`debug`](crate::debug) flags.
    pub fn debug(&self) -> u32 {
        self.debug
    }

    /// Sets the [`debug`](crate::debug) flags.
    pub fn set_debug(&mut self, flags: u32) {
        self.debug = flags;
    }

    /// Whether collections count the references of what they examine, which takes another walk over
    /// them. Off at first; turning it off forgets the count.
    pub fn set_edge_count(&mut self, counts: bool) {
        self.edges = match (counts, self.edges) {
            (true, None) => Some(0),
            (true, Some(edges)) => Some(edges),
            (false, _) => None,
        };
    }

    /// References of all objects that collections examined, each as often as it was examined; 0
    /// unless they are counted.
    pub fn counted_edges(&self) -> u64 {
        self.edges.unwrap_or(0)
    }

    /// What the collections of each generation did so far.
    pub fn statistics(&self) -> [GenerationStatistics; GENERATIONS] {
        self.statistics
    }

    /// Survivors of the last full collection.
    pub fn long_lived_total(&self) -> u64 {
        self.long_lived_total
    }

    /// Growth of the old generation since then.
    pub fn long_lived_pending(&self) -> u64 {
        self.long_lived_pending
    }

    /// Gives each event to `sink`, or to nobody; returns the former sink.
    pub fn set_sink(&mut self, sink: Option<EventSink>) -> Option<EventSink> {
        self.recorder.set_sink(sink)
    }

    /// The latest events, at most [`RING_EVENTS`](crate::RING_EVENTS), oldest first.
    pub fn latest_events(&self) -> Vec<Event> {
        self.recorder.latest()
    }

    /// Makes `clock` tell the time of events from now on. A new collector has the system's.
    pub fn set_clock(&mut self, clock: Clock) {
        self.recorder.set_clock(clock.clone());
        self.clock = clock;
    }

    /// Whether the events of collections name the types of what was collected. Off at first: it
    /// looks at each condemned object once more.
    pub fn set_census(&mut self, census: bool) {
        self.census = census;
    }

    /// Makes events of what happens to `heap`, which is the collector's.
    pub fn watch_heap(&self, heap: &mut Heap) {
        self.recorder.watch(heap);
    }

    /// Makes an event of a limit of the machine's that was hit.
    pub fn limit_hit(&self, limit: &'static str, most: u64) {
        self.recorder.note(EventKind::Limit(LimitEvent {
            limit,
            most,
            requested: 0,
        }));
    }

    /// Moves a tracked object to `target`, in header, population and log.
    #[inline]
    pub(crate) fn promote(&mut self, object: ObjectRef, target: Generation) {
        self.population[usize::from(object.generation() & 3)] -= 1;
        self.population[target.index()] += 1;
        self.enter(object, target);
    }

    /// The same for many objects of the young and the middle generation.
    pub(crate) fn promote_all(&mut self, objects: &[ObjectRef], target: Generation) {
        let mut young = 0;
        for &object in objects {
            young += u64::from(object.generation() == Generation::Young.number());
            self.enter(object, target);
        }
        let all = objects.len() as u64;
        self.population[Generation::Young.index()] -= young;
        self.population[Generation::Middle.index()] -= all - young;
        self.population[target.index()] += all;
    }

    /// Makes a tracked object one of another generation, in header and log; its entry first, as in
    /// [`log`](Self::log).
    #[inline(always)]
    fn enter(&mut self, object: ObjectRef, target: Generation) {
        if target == Generation::Middle {
            debug_assert_ne!(object.generation(), target.number(), "entered twice");
            self.middle.push(object);
        }
        object.set_generation(target.number());
    }

    /// Removes stale entries from both logs; empty pages may be recycled afterwards.
    pub(crate) fn prune_logs(&mut self) {
        self.young.compact();
        self.middle.compact();
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector")
            .field("profile", &self.profile)
            .field("enabled", &self.enabled)
            .field("thresholds", &self.thresholds)
            .field("counts", &self.counts)
            .field("population", &self.population)
            .field("collecting", &self.collecting)
            .field("pending", &self.pending)
            .field("log_entries", &[self.young.len(), self.middle.len()])
            .field("statistics", &self.statistics)
            .finish_non_exhaustive()
    }
}
