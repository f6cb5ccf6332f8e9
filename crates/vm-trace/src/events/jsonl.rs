//! One JSON object a line, with every field of every event. `docs/tracing.md` is the schema's
//! reference; [`VERSION`] changes when a field changes its meaning or goes.

use super::records::Records;
use super::{EventWriter, RunEnd, RunStart};
use crate::error::TraceError;
use serde::{Serialize, Serializer};
use std::io::Write;
use vm_gc::{CollectionEvent, Event, EventKind, GENERATIONS, Stage, TypeCount};

/// The name of the schema.
const SCHEMA: &str = "vm-events";

/// The version of the schema.
const VERSION: u32 = 1;

/// See the [module](self).
pub(super) struct Jsonl<W> {
    output: Records<W>,
}

/// A line.
#[derive(Serialize)]
#[allow(clippy::large_enum_variant, reason = "it is made and written at once")]
#[serde(tag = "event", rename_all = "lowercase")]
enum Line<'a> {
    Start {
        schema: &'static str,
        version: u32,
        program: &'a str,
        /// Seconds since 1970 where the events' clock is zero.
        epoch_s: Option<f64>,
        at_ns: u64,
        heap_bytes: u64,
        reserved_bytes: u64,
    },
    Collection {
        sequence: u64,
        at_ns: u64,
        collection: u64,
        generation: u8,
        reason: &'static str,
        thresholds: [i32; GENERATIONS],
        counts_before: [u32; GENERATIONS],
        counts_after: [u32; GENERATIONS],
        population_before: [u64; GENERATIONS + 1],
        population_after: [u64; GENERATIONS + 1],
        candidates: u64,
        untracked: u64,
        condemned: u64,
        resurrected: u64,
        collected: u64,
        uncollectable: u64,
        weakref_callbacks: u64,
        finalizers: u64,
        heap_bytes_before: usize,
        heap_bytes_after: usize,
        freed_bytes: usize,
        working_bytes: usize,
        arenas_returned: usize,
        pages_returned: usize,
        collected_types: Types<'a>,
        started_ns: u64,
        duration_ns: u64,
        stage_ns: Stages<'a>,
    },
    Heap {
        sequence: u64,
        at_ns: u64,
        change: &'static str,
        heap_bytes: usize,
        reserved_bytes: usize,
        arenas: usize,
    },
    Limit {
        sequence: u64,
        at_ns: u64,
        limit: &'static str,
        most: u64,
        requested: u64,
    },
    End {
        at_ns: u64,
        heap_bytes: u64,
        reserved_bytes: u64,
        status: u8,
    },
}

/// The times of the stages, by name.
struct Stages<'a>(&'a CollectionEvent);

impl Serialize for Stages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Stage::ALL.map(|stage| (stage.name(), self.0.stage_ns(stage))))
    }
}

/// The types of what was collected.
struct Types<'a>(&'a [TypeCount]);

impl Serialize for Types<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Type<'a> {
            name: &'a str,
            count: u64,
            bytes: u64,
        }
        serializer.collect_seq(self.0.iter().map(|found| Type {
            name: &found.name,
            count: found.count,
            bytes: found.bytes,
        }))
    }
}

impl<'a> Line<'a> {
    fn of(event: &'a Event) -> Line<'a> {
        let (sequence, at_ns) = (event.sequence, event.at_ns);
        match &event.kind {
            EventKind::Collection(event) => Line::Collection {
                sequence,
                at_ns,
                collection: event.sequence,
                generation: event.generation.number(),
                reason: event.reason.name(),
                thresholds: event.thresholds,
                counts_before: event.counts_before,
                counts_after: event.counts_after,
                population_before: event.population_before,
                population_after: event.population_after,
                candidates: event.candidates,
                untracked: event.untracked,
                condemned: event.condemned,
                resurrected: event.resurrected,
                collected: event.collected,
                uncollectable: event.uncollectable,
                weakref_callbacks: event.weakref_callbacks,
                finalizers: event.finalizers,
                heap_bytes_before: event.heap_bytes_before,
                heap_bytes_after: event.heap_bytes_after,
                freed_bytes: event.freed_bytes,
                working_bytes: event.working_bytes,
                arenas_returned: event.arenas_returned,
                pages_returned: event.pages_returned,
                collected_types: Types(&event.collected_types),
                started_ns: event.started_ns,
                duration_ns: event.duration_ns,
                stage_ns: Stages(event),
            },
            EventKind::Heap(heap) => Line::Heap {
                sequence,
                at_ns,
                change: heap.name(),
                heap_bytes: heap.heap_bytes,
                reserved_bytes: heap.reserved_bytes,
                arenas: heap.arenas,
            },
            EventKind::Limit(limit) => Line::Limit {
                sequence,
                at_ns,
                limit: limit.limit,
                most: limit.most,
                requested: limit.requested,
            },
        }
    }
}

impl<W: Write> Jsonl<W> {
    pub(super) fn new(output: W, start: &RunStart) -> Result<Jsonl<W>, TraceError> {
        let mut writer = Jsonl {
            output: Records::new(output),
        };
        writer.line(&Line::Start {
            schema: SCHEMA,
            version: VERSION,
            program: &start.program,
            epoch_s: start.epoch.map(|epoch| epoch.as_secs_f64()),
            at_ns: start.at_ns,
            heap_bytes: start.heap_bytes,
            reserved_bytes: start.reserved_bytes,
        })?;
        Ok(writer)
    }

    fn line(&mut self, line: &Line<'_>) -> Result<(), TraceError> {
        serde_json::to_writer(&mut self.output, line)?;
        self.output.write_all(b"\n")?;
        Ok(self.output.end()?)
    }
}

impl<W: Write + Send> EventWriter for Jsonl<W> {
    fn event(&mut self, event: &Event) -> Result<(), TraceError> {
        self.line(&Line::of(event))
    }

    fn finish(&mut self, end: &RunEnd) -> Result<(), TraceError> {
        self.line(&Line::End {
            at_ns: end.at_ns,
            heap_bytes: end.heap_bytes,
            reserved_bytes: end.reserved_bytes,
            status: end.status,
        })?;
        Ok(self.output.finish()?)
    }
}
