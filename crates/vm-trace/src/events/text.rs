//! One line a collection, in the shape of the JVM's unified log:
//!
//! ```text
//! [0.025s][info][gc] GC(3) Pause Young (threshold) 2048K->1024K(14336K) 3.960ms
//!  ^ when it ended    ^ number  ^ generation ^ why    ^ before, after, reserved  ^ how long
//! ```
//!
//! Viewers of such logs know three kinds of pauses that fit three generations: "Pause Young",
//! "Pause Mixed" (young and part of the old one), "Pause Full". Limits that were hit have a tag of
//! their own, `gc,limit`, which viewers pass over.

use super::records::Records;
use super::{EventWriter, RunEnd, RunStart};
use crate::error::TraceError;
use std::io::Write;
use vm_gc::{CollectionEvent, Event, EventKind, Generation};

/// See the [module](self).
pub(super) struct Text<W> {
    output: Records<W>,
    /// As of the latest event that told.
    reserved_bytes: u64,
}

impl<W: Write> Text<W> {
    pub(super) fn new(output: W, start: &RunStart) -> Result<Text<W>, TraceError> {
        let mut output = Records::new(output);
        let at = Seconds(start.at_ns);
        writeln!(
            output,
            "[{at}][info][gc] Using reference counts and a cycle collector"
        )?;
        output.end()?;
        Ok(Text {
            output,
            reserved_bytes: start.reserved_bytes,
        })
    }

    fn collection(&mut self, at_ns: u64, event: &CollectionEvent) -> Result<(), TraceError> {
        let pause = match event.generation {
            Generation::Young => "Young",
            Generation::Middle => "Mixed",
            Generation::Old => "Full",
        };
        // Free space is never negative, in arenas that were returned meanwhile neither.
        let reserved = self.reserved_bytes.max(event.heap_bytes_after as u64);
        writeln!(
            self.output,
            "[{}][info][gc] GC({}) Pause {pause} ({}) {}K->{}K({}K) {}.{:03}ms",
            Seconds(at_ns),
            event.sequence,
            event.reason.name(),
            event.heap_bytes_before >> 10,
            event.heap_bytes_after >> 10,
            reserved >> 10,
            event.duration_ns / 1_000_000,
            event.duration_ns / 1000 % 1000,
        )?;
        Ok(())
    }
}

impl<W: Write + Send> EventWriter for Text<W> {
    fn event(&mut self, event: &Event) -> Result<(), TraceError> {
        match &event.kind {
            EventKind::Collection(collection) => self.collection(event.at_ns, collection)?,
            EventKind::Heap(heap) => self.reserved_bytes = heap.reserved_bytes as u64,
            EventKind::Limit(limit) => writeln!(
                self.output,
                "[{}][warning][gc,limit] {} {} was hit",
                Seconds(event.at_ns),
                limit.limit,
                limit.most
            )?,
        }
        Ok(self.output.end()?)
    }

    fn finish(&mut self, _: &RunEnd) -> Result<(), TraceError> {
        Ok(self.output.finish()?)
    }
}

/// Nanoseconds, shown as seconds.
struct Seconds(u64);

impl std::fmt::Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}.{:03}s",
            self.0 / 1_000_000_000,
            self.0 / 1_000_000 % 1000
        )
    }
}
