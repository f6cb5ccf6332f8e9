//! Writers of events, one format a file.
//!
//! | module | is for |
//! |---|---|
//! | `text` | people, and viewers of the JVM's unified log |
//! | `jsonl` | programs: every field of every event |
//! | `chrome`, `perfetto` (with `marks`, `fields`) | viewers with a time axis |
//! | `html` | people: one page |
//! | `openmetrics` | monitoring |
//! | `hdr` | those who know pauses by their histograms |
//!
//! `records` and `totals` are what several of them share.

mod chrome;
mod fields;
mod hdr;
mod html;
mod jsonl;
mod marks;
mod openmetrics;
mod perfetto;
mod records;
mod text;
mod totals;

use crate::error::TraceError;
use std::fmt;
use std::io::Write;
use std::time::Duration;
use vm_gc::Event;

/// Writes the events of one run.
pub trait EventWriter: Send {
    /// Writes the next event, in the order in which they happen.
    ///
    /// # Errors
    ///
    /// [`TraceError`], after which nothing more must be written.
    fn event(&mut self, event: &Event) -> Result<(), TraceError>;

    /// Writes what stands at the end, and everything that was held back.
    ///
    /// # Errors
    ///
    /// [`TraceError`].
    fn finish(&mut self, end: &RunEnd) -> Result<(), TraceError>;
}

impl fmt::Debug for dyn EventWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventWriter")
    }
}

/// What is known when a run starts.
#[derive(Debug, Clone, Default)]
pub struct RunStart {
    /// What runs.
    pub program: String,
    /// The time since 1970 at which the clock of the events showed zero; `None` for a clock that
    /// does not follow time.
    pub epoch: Option<Duration>,
    /// The clock of the events.
    pub at_ns: u64,
    /// Bytes in use.
    pub heap_bytes: u64,
    /// Bytes that the operating system gave for them.
    pub reserved_bytes: u64,
}

/// What is known when a run has ended.
#[derive(Debug, Clone, Copy, Default)]
pub struct RunEnd {
    /// The clock of the events.
    pub at_ns: u64,
    /// Bytes in use.
    pub heap_bytes: u64,
    /// Bytes that the operating system gave for them.
    pub reserved_bytes: u64,
    /// The program's exit status.
    pub status: u8,
}

/// A format of traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One line a collection.
    Text,
    /// One JSON object a line.
    Jsonl,
    /// Chrome's trace events.
    Chrome,
    /// Perfetto's track events.
    Perfetto,
    /// A page.
    Html,
    /// Metrics as text.
    Openmetrics,
    /// An HdrHistogram interval log of pauses.
    Hdr,
}

impl Format {
    /// Whether it is not text.
    pub fn is_binary(self) -> bool {
        self == Format::Perfetto
    }

    /// Whether it is about the types of what was collected: the collector has to count them.
    pub fn names_types(self) -> bool {
        self == Format::Html
    }

    /// A writer of this format. It gets whole records; whether it holds
    /// back some of them is its own affair.
    ///
    /// # Errors
    ///
    /// [`TraceError`], if the beginning cannot be written.
    pub fn writer(
        self,
        output: impl Write + Send + 'static,
        start: &RunStart,
    ) -> Result<Box<dyn EventWriter>, TraceError> {
        Ok(match self {
            Format::Text => Box::new(text::Text::new(output, start)?),
            Format::Jsonl => Box::new(jsonl::Jsonl::new(output, start)?),
            Format::Chrome => Box::new(chrome::Chrome::new(output, start)?),
            Format::Perfetto => Box::new(perfetto::Perfetto::new(output, start)?),
            Format::Html => Box::new(html::Html::new(output, start)?),
            Format::Openmetrics => Box::new(openmetrics::Openmetrics::new(output, start)),
            Format::Hdr => Box::new(hdr::Hdr::new(output, start)?),
        })
    }
}
