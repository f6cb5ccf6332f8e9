//! An HdrHistogram interval log of pauses in nanoseconds: one histogram for each second in which
//! there was a collection. Three digits of each pause are exact.

use super::{EventWriter, RunEnd, RunStart};
use crate::error::TraceError;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, IntervalLogWriterError};
use std::io::Write;
use std::time::{Duration, SystemTime};
use vm_gc::Event;

/// How long an interval is.
const INTERVAL_NS: u64 = 1_000_000_000;

/// How many digits of a pause are exact.
const DIGITS: u8 = 3;

/// See the [module](self).
pub(super) struct Hdr<W> {
    output: W,
    serializer: V2DeflateSerializer,
    pauses: Histogram<u64>,
    /// Which interval the pauses are of; the first one begins where the clock is zero.
    interval: u64,
}

impl<W: Write> Hdr<W> {
    pub(super) fn new(mut output: W, start: &RunStart) -> Result<Hdr<W>, TraceError> {
        let pauses = Histogram::new(DIGITS).map_err(|error| TraceError::Histogram(error.into()))?;
        let mut serializer = V2DeflateSerializer::new();
        let zero = SystemTime::UNIX_EPOCH + start.epoch.unwrap_or_default();
        IntervalLogWriterBuilder::new()
            .add_comment("[Histogram log format version 1.3]")
            .add_comment(&format!(
                "[Pauses of collections in nanoseconds: vm {}]",
                start.program
            ))
            .with_start_time(zero)
            .with_base_time(zero)
            .begin_log_with(&mut output, &mut serializer)?;
        Ok(Hdr {
            output,
            serializer,
            pauses,
            interval: 0,
        })
    }

    /// Writes the interval so far, if it has pauses. It ends at `end_ns` or before.
    fn end_interval(&mut self, end_ns: u64) -> Result<(), TraceError> {
        if self.pauses.is_empty() {
            return Ok(());
        }
        let start_ns = self.interval * INTERVAL_NS;
        let duration_ns = (end_ns - start_ns).min(INTERVAL_NS);
        // A builder without a header goes on with a log.
        IntervalLogWriterBuilder::new()
            .begin_log_with(&mut self.output, &mut self.serializer)?
            .write_histogram(
                &self.pauses,
                Duration::from_nanos(start_ns),
                Duration::from_nanos(duration_ns),
                None,
            )
            .map_err(|error| match error {
                IntervalLogWriterError::IoError(error) => TraceError::Write(error),
                IntervalLogWriterError::SerializeError(error) => {
                    TraceError::Histogram(error.into())
                }
            })?;
        self.pauses.clear();
        Ok(())
    }
}

impl<W: Write + Send> EventWriter for Hdr<W> {
    fn event(&mut self, event: &Event) -> Result<(), TraceError> {
        let interval = event.at_ns / INTERVAL_NS;
        if interval > self.interval {
            self.end_interval(event.at_ns)?;
            self.interval = interval;
        }
        if let Some(collection) = event.collection() {
            // It resizes itself: every number has a place.
            let _ = self.pauses.record(collection.duration_ns);
        }
        Ok(())
    }

    fn finish(&mut self, end: &RunEnd) -> Result<(), TraceError> {
        self.end_interval(end.at_ns)?;
        Ok(self.output.flush()?)
    }
}
