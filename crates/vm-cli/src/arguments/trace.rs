//! Arguments of `vm trace`.

use super::MachineOptions;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use vm_trace::events::Format;

const AFTER_TRACE: &str = "\
Options come before PROGRAM; everything behind it is for the program. While the trace goes to
standard output, what the program prints there goes to standard error instead.

The exit status is the program's own, and 2 if the trace could not be written. docs/tracing.md says
what the formats contain, and how to open each.

Examples:
  vm trace p.vasm                          one line a collection
  vm trace --format html -o p.html p.vasm
  vm trace --format jsonl p.vasm 2> printed | jq .collected
  vm trace --virtual-clock -o golden.log p.vasm";

/// Arguments of `vm trace`.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = AFTER_TRACE)]
pub struct Trace {
    /// What to write
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: TraceFormat,
    /// Where to write it; `-` is standard output
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
    /// Count the types of what is collected, at a price; format html always does
    #[arg(long)]
    pub census: bool,
    /// Time goes on by 0.1 ms whenever the collector looks at the clock, and not otherwise:
    /// two runs have equal traces. The program's own clocks are as ever
    #[arg(long)]
    pub virtual_clock: bool,
    /// The machine.
    #[command(flatten)]
    pub machine: MachineOptions,
    /// The program, and what it finds in sys.argv
    #[arg(required = true, num_args = 1.., trailing_var_arg = true)]
    #[arg(value_names = ["PROGRAM", "ARGS"])]
    pub program: Vec<String>,
}

/// A format of traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TraceFormat {
    /// One line a collection, as in the log of a JVM
    Text,
    /// One JSON object a line, with every field of every event
    Jsonl,
    /// Chrome's trace events, for Perfetto's viewer and speedscope
    Chrome,
    /// Perfetto's own format, binary, with the same tracks
    Perfetto,
    /// A page that shows the run; it needs no network
    Html,
    /// Metrics for Prometheus and its kin, as they are after the run
    Openmetrics,
    /// An HdrHistogram interval log of pauses in nanoseconds
    Hdr,
}

impl TraceFormat {
    /// The format of that name.
    pub fn format(self) -> Format {
        match self {
            TraceFormat::Text => Format::Text,
            TraceFormat::Jsonl => Format::Jsonl,
            TraceFormat::Chrome => Format::Chrome,
            TraceFormat::Perfetto => Format::Perfetto,
            TraceFormat::Html => Format::Html,
            TraceFormat::Openmetrics => Format::Openmetrics,
            TraceFormat::Hdr => Format::Hdr,
        }
    }
}
