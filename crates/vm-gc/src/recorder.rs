//! Where events go: a ring of the latest ones, and whoever listens.
//!
//! ```text
//!  collector --- the event of each collection ---+
//!  heap -------- arenas, growth, refusals -------+--> Recorder --> ring of the latest 64
//!  machine ----- other limits -------------------+             --> sink, if there is one
//!                                                              --> `tracing`
//! ```
//!
//! The ring is always on: a collection copies its event there, and that is all it pays where nobody
//! listens. Heap and collector reach the same recorder, so it is shared; nothing else holds it, and
//! the lock is never contended.

use crate::clock::Clock;
use crate::event::{Event, EventKind, EventSink, HeapEvent, LimitEvent};
use crate::trace;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vm_heap::{Heap, HeapChange, HeapReport};

/// How many events the ring holds.
pub const RING_EVENTS: usize = 64;

/// The recorder of one machine; copies are the same recorder.
#[derive(Clone)]
pub(crate) struct Recorder(Arc<Mutex<Record>>);

struct Record {
    clock: Clock,
    /// Events so far.
    sequence: u64,
    ring: VecDeque<Event>,
    sink: Option<EventSink>,
}

impl Recorder {
    pub(crate) fn new(clock: Clock) -> Recorder {
        Recorder(Arc::new(Mutex::new(Record {
            clock,
            sequence: 0,
            ring: VecDeque::new(),
            sink: None,
        })))
    }

    /// A sink that panicked leaves a record that is as good as before.
    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something happened that ended now.
    pub(crate) fn note(&self, kind: EventKind) {
        trace::emit(&kind);
        self.record().add(kind);
    }

    pub(crate) fn set_clock(&self, clock: Clock) {
        self.record().clock = clock;
    }

    pub(crate) fn set_sink(&self, sink: Option<EventSink>) -> Option<EventSink> {
        std::mem::replace(&mut self.record().sink, sink)
    }

    /// The latest events, oldest first.
    pub(crate) fn latest(&self) -> Vec<Event> {
        self.record().ring.iter().cloned().collect()
    }

    /// Takes note of what happens to `heap` from now on.
    pub(crate) fn watch(&self, heap: &mut Heap) {
        let recorder = self.clone();
        heap.set_watcher(Some(Box::new(move |report| {
            recorder.note(kind_of(report));
        })));
    }
}

impl Record {
    fn add(&mut self, kind: EventKind) {
        let at_ns = match &kind {
            EventKind::Collection(collection) => collection.ended_ns(),
            EventKind::Heap(_) | EventKind::Limit(_) => self.clock.now_ns(),
        };
        self.sequence += 1;
        let event = Event {
            sequence: self.sequence,
            at_ns,
            kind,
        };
        if let Some(sink) = &mut self.sink {
            sink(&event);
        }
        if self.ring.len() == RING_EVENTS {
            self.ring.pop_front();
        }
        self.ring.push_back(event);
    }
}

fn kind_of(report: &HeapReport) -> EventKind {
    match report.change {
        HeapChange::Refused(refused) => EventKind::Limit(LimitEvent {
            limit: "heap_bytes",
            most: refused.limit_bytes as u64,
            requested: refused.requested_bytes as u64,
        }),
        change => EventKind::Heap(HeapEvent {
            change,
            heap_bytes: report.heap_bytes,
            reserved_bytes: report.reserved_bytes,
            arenas: report.arenas,
        }),
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let record = self.record();
        f.debug_struct("Recorder")
            .field("events", &record.sequence)
            .field("has_sink", &record.sink.is_some())
            .finish_non_exhaustive()
    }
}
