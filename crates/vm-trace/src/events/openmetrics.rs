//! OpenMetrics: the text that Prometheus and its kin scrape or import. The whole is written at the
//! end: it is the state after the run.
//!
//! Source: the OpenMetrics specification, version 1.0.0.

use super::totals::{Total, Totals};
use super::{EventWriter, RunEnd, RunStart};
use crate::error::TraceError;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::io::Write;
use vm_gc::{CollectionEvent, Event, EventKind, Generation, Stage};

/// Upper bounds of the buckets of pauses.
const BOUNDS_NS: [u64; 22] = [
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    20_000_000,
    50_000_000,
    100_000_000,
    200_000_000,
    500_000_000,
    1_000_000_000,
    2_000_000_000,
    5_000_000_000,
    10_000_000_000,
];

/// A counter by generation: its name, the rest of its name if it has a unit, what it is.
type CounterOf = (
    &'static str,
    Option<&'static str>,
    &'static str,
    fn(&Total) -> u64,
);

const COUNTERS: [CounterOf; 7] = [
    ("candidates", None, "Objects examined.", |total| {
        total.candidates
    }),
    (
        "collected",
        None,
        "Objects found unreachable and freed.",
        |total| total.collected,
    ),
    (
        "uncollectable",
        None,
        "Objects that outlived their clearing.",
        |total| total.uncollectable,
    ),
    (
        "resurrected",
        None,
        "Objects that finalizers or callbacks saved.",
        |total| total.resurrected,
    ),
    ("finalizers", None, "Finalizers called.", |total| {
        total.finalizers
    }),
    (
        "weakref_callbacks",
        None,
        "Weak reference callbacks called.",
        |total| total.weakref_callbacks,
    ),
    (
        "freed_bytes",
        Some("bytes"),
        "Bytes freed by collections.",
        |total| total.freed_bytes,
    ),
];

/// See the [module](self).
pub(super) struct Openmetrics<W> {
    output: W,
    started_ns: u64,
    totals: Totals,
    /// By generation; pauses above the last bound are behind it.
    pauses: [[u64; BOUNDS_NS.len() + 1]; Generation::ALL.len()],
    stage_ns: [u64; Stage::COUNT],
    tracked: [u64; Generation::ALL.len()],
    frozen: u64,
    /// Names are the machine's: there are few.
    limits: BTreeMap<&'static str, u64>,
}

impl<W: Write> Openmetrics<W> {
    pub(super) fn new(output: W, start: &RunStart) -> Openmetrics<W> {
        Openmetrics {
            output,
            started_ns: start.at_ns,
            totals: Totals::default(),
            pauses: [[0; BOUNDS_NS.len() + 1]; Generation::ALL.len()],
            stage_ns: [0; Stage::COUNT],
            tracked: [0; Generation::ALL.len()],
            frozen: 0,
            limits: BTreeMap::new(),
        }
    }

    fn collection(&mut self, event: &CollectionEvent) {
        self.totals.add(event);
        let bucket = BOUNDS_NS.partition_point(|&bound_ns| bound_ns < event.duration_ns);
        self.pauses[event.generation.index()][bucket] += 1;
        for (sum_ns, stage_ns) in self.stage_ns.iter_mut().zip(event.stage_ns) {
            *sum_ns += stage_ns;
        }
        let [young, middle, old, frozen] = event.population_after;
        self.tracked = [young, middle, old];
        self.frozen = frozen;
    }

    fn exposition(&self, end: &RunEnd) -> Result<String, fmt::Error> {
        let mut text = String::new();
        let family = |text: &mut String, name: &str, kind: &str, unit: Option<&str>, help: &str| {
            writeln!(text, "# TYPE {name} {kind}")?;
            if let Some(unit) = unit {
                writeln!(text, "# UNIT {name} {unit}")?;
            }
            writeln!(text, "# HELP {name} {help}")
        };

        let name = "vm_gc_collections";
        family(&mut text, name, "counter", None, "Collections.")?;
        for (generation, reason, total) in self.totals.rows() {
            let (generation, reason) = (generation.number(), reason.name());
            writeln!(
                text,
                "{name}_total{{generation=\"{generation}\",reason=\"{reason}\"}} {}",
                total.collections
            )?;
        }

        let name = "vm_gc_pause_seconds";
        let help = "Time from the start of a collection to its stop callbacks.";
        family(&mut text, name, "histogram", Some("seconds"), help)?;
        for generation in Generation::ALL {
            let label = format!("generation=\"{}\"", generation.number());
            let mut sum = 0;
            let bounds = BOUNDS_NS
                .iter()
                .map(|&bound_ns| Seconds(bound_ns).to_string());
            let bounds = bounds.chain(["+Inf".to_owned()]);
            for (bound, count) in bounds.zip(self.pauses[generation.index()]) {
                sum += count;
                writeln!(text, "{name}_bucket{{{label},le=\"{bound}\"}} {sum}")?;
            }
            let pause = Seconds(self.totals.of(generation).pause_ns);
            writeln!(text, "{name}_sum{{{label}}} {pause}")?;
            writeln!(text, "{name}_count{{{label}}} {sum}")?;
        }

        let name = "vm_gc_stage_seconds";
        let help = "Time in each stage of collections.";
        family(&mut text, name, "counter", Some("seconds"), help)?;
        for stage in Stage::ALL {
            let seconds = Seconds(self.stage_ns[stage as usize]);
            writeln!(text, "{name}_total{{stage=\"{}\"}} {seconds}", stage.name())?;
        }

        for (what, unit, help, value) in COUNTERS {
            let name = format!("vm_gc_{what}");
            family(&mut text, &name, "counter", unit, help)?;
            for generation in Generation::ALL {
                let value = value(&self.totals.of(generation));
                let generation = generation.number();
                writeln!(text, "{name}_total{{generation=\"{generation}\"}} {value}")?;
            }
        }

        let name = "vm_gc_tracked_objects";
        let help = "Objects that collections examine, after the last one.";
        family(&mut text, name, "gauge", None, help)?;
        for (generation, objects) in self.tracked.iter().enumerate() {
            writeln!(text, "{name}{{generation=\"{generation}\"}} {objects}")?;
        }
        let name = "vm_gc_frozen_objects";
        let help = "Objects of the permanent generation, after the last collection.";
        family(&mut text, name, "gauge", None, help)?;
        writeln!(text, "{name} {}", self.frozen)?;

        let name = "vm_limit_hits";
        family(&mut text, name, "counter", None, "Limits that were hit.")?;
        for (limit, hits) in &self.limits {
            writeln!(text, "{name}_total{{limit=\"{limit}\"}} {hits}")?;
        }

        let name = "vm_heap_bytes";
        family(
            &mut text,
            name,
            "gauge",
            Some("bytes"),
            "The heap at the end of the run.",
        )?;
        writeln!(text, "{name}{{state=\"used\"}} {}", end.heap_bytes)?;
        writeln!(text, "{name}{{state=\"reserved\"}} {}", end.reserved_bytes)?;
        let name = "vm_run_seconds";
        family(
            &mut text,
            name,
            "gauge",
            Some("seconds"),
            "How long the program ran.",
        )?;
        writeln!(text, "{name} {}", Seconds(end.at_ns - self.started_ns))?;
        text.push_str("# EOF\n");
        Ok(text)
    }
}

impl<W: Write + Send> EventWriter for Openmetrics<W> {
    fn event(&mut self, event: &Event) -> Result<(), TraceError> {
        match &event.kind {
            EventKind::Collection(collection) => self.collection(collection),
            EventKind::Heap(_) => {}
            EventKind::Limit(limit) => *self.limits.entry(limit.limit).or_default() += 1,
        }
        Ok(())
    }

    fn finish(&mut self, end: &RunEnd) -> Result<(), TraceError> {
        // Writing to a string does not fail.
        let text = self.exposition(end).unwrap_or_default();
        self.output.write_all(text.as_bytes())?;
        Ok(self.output.flush()?)
    }
}

/// Nanoseconds, shown as seconds, to the last digit.
struct Seconds(u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}.{:09}",
            self.0 / 1_000_000_000,
            self.0 % 1_000_000_000
        )
    }
}
