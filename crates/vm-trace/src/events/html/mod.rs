//! One page that shows a run: no scripts or styles from elsewhere, no network.
//!
//! ```text
//!  events ─► Timeline     heap and pauses in 512 columns     ─┐
//!        ├─► Pauses       histograms by generation           ├─► page, at the end
//!        ├─► Utilisation  seven lengths of windows           │
//!        ├─► Totals       by generation and reason           │
//!        └─► Types        4096 names                        ─┘
//! ```
//!
//! Nothing else is kept, so the room does not depend on how long the program runs.

mod chart;
mod page;
mod pauses;
mod quantity;
mod timeline;
mod types;
mod utilisation;

use super::totals::Totals;
use super::{EventWriter, RunEnd, RunStart};
use crate::error::TraceError;
use pauses::Pauses;
use std::collections::BTreeMap;
use std::io::Write;
use timeline::Timeline;
use types::Types;
use utilisation::Utilisation;
use vm_gc::{CollectionEvent, Event, EventKind, LimitEvent, Stage};

/// See the [module](self).
pub(super) struct Html<W> {
    output: W,
    report: Report,
}

/// What the page is about.
pub(super) struct Report {
    start: RunStart,
    timeline: Timeline,
    pauses: Pauses,
    utilisation: Utilisation,
    totals: Totals,
    stage_ns: [u64; Stage::COUNT],
    types: Types,
    most_heap_bytes: u64,
    /// How often each limit was hit, and how much it grants. Names are the machine's: few.
    limits: BTreeMap<&'static str, (u64, u64)>,
}

impl<W: Write> Html<W> {
    pub(super) fn new(output: W, start: &RunStart) -> Result<Html<W>, TraceError> {
        let mut timeline = Timeline::new(start.at_ns);
        timeline.heap(start.at_ns, start.heap_bytes);
        let report = Report {
            start: start.clone(),
            timeline,
            pauses: Pauses::new()?,
            utilisation: Utilisation::new(start.at_ns),
            totals: Totals::default(),
            stage_ns: [0; Stage::COUNT],
            types: Types::default(),
            most_heap_bytes: start.heap_bytes,
            limits: BTreeMap::new(),
        };
        Ok(Html { output, report })
    }
}

impl Report {
    fn heap(&mut self, at_ns: u64, heap_bytes: u64) {
        self.most_heap_bytes = self.most_heap_bytes.max(heap_bytes);
        self.timeline.heap(at_ns, heap_bytes);
    }

    fn collection(&mut self, event: &CollectionEvent) {
        let before = event.heap_bytes_before.max(event.heap_bytes_after) as u64;
        self.most_heap_bytes = self.most_heap_bytes.max(before);
        self.timeline.collection(event);
        self.pauses.add(event);
        self.utilisation.pause(event.started_ns, event.duration_ns);
        self.totals.add(event);
        for (sum_ns, stage_ns) in self.stage_ns.iter_mut().zip(event.stage_ns) {
            *sum_ns += stage_ns;
        }
        self.types.add(&event.collected_types);
    }

    fn limit(&mut self, limit: &LimitEvent) {
        let (times, most) = self.limits.entry(limit.limit).or_default();
        (*times, *most) = (*times + 1, limit.most);
    }
}

impl<W: Write + Send> EventWriter for Html<W> {
    fn event(&mut self, event: &Event) -> Result<(), TraceError> {
        match &event.kind {
            EventKind::Collection(collection) => self.report.collection(collection),
            EventKind::Heap(heap) => self.report.heap(event.at_ns, heap.heap_bytes as u64),
            EventKind::Limit(limit) => self.report.limit(limit),
        }
        Ok(())
    }

    fn finish(&mut self, end: &RunEnd) -> Result<(), TraceError> {
        self.report.heap(end.at_ns, end.heap_bytes);
        let page = page::page(&mut self.report, end);
        self.output.write_all(page.as_bytes())?;
        Ok(self.output.flush()?)
    }
}
