//! What a collector's events and a heap's snapshots are written as, for the tools that people look
//! at them with.
//!
//! ```text
//!  vm_gc::Event ─► events::EventWriter ─► text  jsonl  chrome  perfetto  html  openmetrics  hdr
//!  vm_gc::snapshot::Snapshot ─► heap ─► heapsnapshot  dot  pprof  jsonl ─► heap::read_jsonl
//! ```
//!
//! This crate knows events and graphs and no interpreter: whatever runs a `vm_gc::Collector` can be traced.
//! Writers stream. What one keeps until the end has a fixed size, however long the program runs.
//!
//! # Example
//!
//! ```
//! use vm_gc::{Event, EventKind, LimitEvent};
//! use vm_trace::events::{Format, RunEnd, RunStart};
//!
//! # fn main() -> Result<(), vm_trace::TraceError> {
//! let file = std::io::stdout();
//! let mut writer = Format::Jsonl.writer(file, &RunStart::default())?;
//! let limit = LimitEvent { limit: "fuel", most: 1000, requested: 0 };
//! writer.event(&Event { sequence: 1, at_ns: 5000, kind: EventKind::Limit(limit) })?;
//! writer.finish(&RunEnd { at_ns: 6000, ..RunEnd::default() })?;
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod error;
pub mod events;
pub mod heap;
mod protobuf;

pub use error::TraceError;
