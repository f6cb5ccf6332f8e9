//! Chrome's trace events: a JSON array of events that Perfetto's viewer and speedscope open.
//!
//! Slices are pairs of `B` and `E`, not `X` with durations: pairs nest whatever becomes of the
//! decimal fractions when a viewer reads microseconds as floating-point numbers. A file that was cut
//! off lacks its `]`, which viewers forgive.

use super::marks::{Counter, DETAIL_NAMES, Mark, TRACK, collection_name, details, marks};
use super::records::Records;
use super::{EventWriter, RunEnd, RunStart};
use crate::error::TraceError;
use serde_json::{Map, Value, json};
use std::io::Write;
use vm_gc::{CollectionEvent, Event};

/// The process and the thread of all events.
const PID: u32 = 1;

/// See the [module](self).
pub(super) struct Chrome<W> {
    output: Records<W>,
}

impl<W: Write> Chrome<W> {
    pub(super) fn new(output: W, start: &RunStart) -> Result<Chrome<W>, TraceError> {
        let mut output = Records::new(output);
        output.write_all(b"[\n")?;
        let process = json!({ "name": format!("vm {}", start.program) });
        let named =
            json!({"ph": "M", "pid": PID, "tid": PID, "name": "process_name", "args": process});
        serde_json::to_writer(&mut output, &named)?;
        let mut writer = Chrome { output };
        writer.add(&json!({
            "ph": "M", "pid": PID, "tid": PID, "name": "thread_name", "args": {"name": TRACK}
        }))?;
        writer.count(start.at_ns, Counter::HeapBytes, start.heap_bytes)?;
        writer.count(start.at_ns, Counter::ReservedBytes, start.reserved_bytes)?;
        writer.output.end()?;
        Ok(writer)
    }

    /// Adds an event; the first one has been written.
    fn add(&mut self, event: &Value) -> Result<(), TraceError> {
        self.output.write_all(b",\n")?;
        Ok(serde_json::to_writer(&mut self.output, event)?)
    }

    fn count(&mut self, at_ns: u64, counter: Counter, value: u64) -> Result<(), TraceError> {
        let (name, ts) = (counter.name(), microseconds(at_ns));
        self.add(&json!({
            "ph": "C", "pid": PID, "tid": PID, "ts": ts, "name": name, "args": {"value": value}
        }))
    }

    fn mark(&mut self, at_ns: u64, mark: &Mark<'_>) -> Result<(), TraceError> {
        let ts = microseconds(at_ns);
        match mark {
            Mark::Collection(event) => self.add(&json!({
                "ph": "B", "pid": PID, "tid": PID, "ts": ts, "cat": "collection",
                "name": collection_name(event.generation), "args": arguments(event)
            })),
            Mark::Stage(name) => self.add(&json!({
                "ph": "B", "pid": PID, "tid": PID, "ts": ts, "cat": "stage", "name": name
            })),
            Mark::End => self.add(&json!({"ph": "E", "pid": PID, "tid": PID, "ts": ts})),
            Mark::Count(counter, value) => self.count(at_ns, *counter, *value),
            Mark::Limit(limit) => self.add(&json!({
                "ph": "i", "pid": PID, "tid": PID, "ts": ts, "cat": "limit", "s": "g",
                "name": format!("limit {}", limit.limit),
                "args": {"most": limit.most, "requested": limit.requested}
            })),
        }
    }
}

fn arguments(event: &CollectionEvent) -> Map<String, Value> {
    let mut arguments = Map::new();
    arguments.insert("reason".to_owned(), event.reason.name().into());
    for (name, value) in DETAIL_NAMES.into_iter().zip(details(event)) {
        arguments.insert(name.to_owned(), value.into());
    }
    arguments
}

/// The unit of the format.
fn microseconds(at_ns: u64) -> f64 {
    at_ns as f64 / 1000.0
}

impl<W: Write + Send> EventWriter for Chrome<W> {
    fn event(&mut self, event: &Event) -> Result<(), TraceError> {
        marks(event, |at_ns, mark| self.mark(at_ns, &mark))?;
        Ok(self.output.end()?)
    }

    fn finish(&mut self, end: &RunEnd) -> Result<(), TraceError> {
        self.count(end.at_ns, Counter::HeapBytes, end.heap_bytes)?;
        self.count(end.at_ns, Counter::ReservedBytes, end.reserved_bytes)?;
        self.output.write_all(b"\n]\n")?;
        Ok(self.output.finish()?)
    }
}
