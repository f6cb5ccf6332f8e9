//! What can go wrong with a command, and its exit status. How it looks is for `render`.

use crate::bench::difference::{Difference, Expected};
use crate::console::MEMORY_BYTES_MAX;
use std::io;
use thiserror::Error;
use vm_asm::{Diagnostic, Span};
use vm_bytecode::{DecodeError, EncodeError, Position, VerifyError};
use vm_core::{Outcome, RunError};
use vm_gc::snapshot::SnapshotError;
use vm_measure::process::MeasureError;
use vm_trace::TraceError;
use vm_trace::heap::HeapFileError;

/// The exit statuses of the command. A program's own status (`sys.exit`) is passed on.
pub(crate) mod status {
    /// All is well.
    pub(crate) const SUCCESS: u8 = 0;
    /// The program is wrong, or failed.
    pub(crate) const FAILED: u8 = 1;
    /// The command could not be carried out: usage, or a file that cannot be read or written.
    pub(crate) const USAGE: u8 = 2;
}

/// Why a command failed.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error("cannot read `{name}`: {source}")]
    Read { name: String, source: io::Error },
    #[error("cannot write `{name}`: {source}")]
    Write { name: String, source: io::Error },
    #[error("cannot write `{name}`: {source}")]
    Trace { name: String, source: TraceError },
    #[error("`{name}` is longer than {limit} bytes")]
    TooLong { name: String, limit: usize },
    #[error("`{name}` is neither a module nor text: byte {offset} is not UTF-8")]
    NotText { name: String, offset: usize },
    #[error("cannot decode `{name}`: {error}")]
    Decode { name: String, error: DecodeError },
    #[error("`{name}` cannot be assembled")]
    Assemble {
        name: String,
        text: String,
        diagnostics: Vec<Diagnostic>,
    },
    #[error("`{name}` is not a correct program")]
    Verify {
        name: String,
        text: Option<String>,
        faults: Vec<Fault>,
    },
    #[error("`{name}` is too large for a module: {error}")]
    Encode { name: String, error: EncodeError },
    #[error("`{name}` is a module; only text has a layout")]
    NoLayout { name: String },
    #[error("{what} is not written to a terminal")]
    Terminal { what: &'static str },
    #[error("standard input cannot be changed in place")]
    InPlace,
    #[error("cannot use the terminal: {source}")]
    TakeTerminal { source: io::Error },
    #[error("the program must be a file: commands come from standard input")]
    ProgramIsInput,
    #[error("`{name}` is not laid out canonically")]
    Layout { name: String },
    #[error("the machine needs more memory than `--max-heap` grants")]
    HeapTooSmall,
    #[error("{}", RunError::Limit(*.0))]
    Limit(Outcome),
    #[error("the heap is inconsistent: {0}")]
    Inconsistent(String),
    #[error("the environment variable `VM_LOG` is not a filter: {0}")]
    Log(String),
    #[error("no tests in {0}")]
    NoTests(String),
    #[error("cannot read `{name}`: {error}")]
    HeapFile { name: String, error: HeapFileError },
    #[error(transparent)]
    Snapshot(SnapshotError),
    #[error("the program never called gc.snapshot() with the name `{name}`{}", given(.names))]
    NoMoment { name: String, names: Vec<String> },
    #[error("the program reached no limit: neither its heap's, nor fuel, nor time")]
    NoLimit,
    #[error(
        "an object is named by `--object ID` or `--type NAME`: by one of them in `vm heap why` and format dot, and not elsewhere"
    )]
    WhichObject,
    #[error("there is no object #{id}")]
    NoObject { id: u64 },
    #[error("there is no object of type `{name}`")]
    NoObjectOfType { name: String },
    #[error("more than {percent} % more: {}", counters.join(", "))]
    Grown { percent: f64, counters: Vec<String> },
    #[error("`{name}` {}", difference.tell(.from))]
    Output {
        name: String,
        difference: Difference,
        from: Expected,
    },
    #[error("`{name}` is named twice")]
    NamedTwice { name: String },
    #[error("other interpreters run the twins beside a program: standard input has none")]
    NoTwins,
    #[error("`{name}` has no record of {}", programs.join(", "))]
    NotRecorded { name: String, programs: Vec<String> },
    #[error("`{name}` has no figure for {}", counters.join(", "))]
    NotCounted { name: String, counters: Vec<String> },
    #[error("`{name}` printed more than {} MiB", MEMORY_BYTES_MAX >> 20)]
    OutputTooLong { name: String },
    #[error("`{name}` failed: {reason}")]
    Ended { name: String, reason: String },
    #[error("`{name}` is no record of `vm bench`: {reason}")]
    Record { name: String, reason: String },
    #[error("`{name}` was recorded with the arguments `{before}`, and has `{after}` now")]
    OtherArguments {
        name: String,
        before: String,
        after: String,
    },
    #[error(transparent)]
    Measure(#[from] MeasureError),
    #[error("`{path}` does not start")]
    NoPeer { path: String },
    #[error("what runs `{name}`? A name begins with one of: {known}")]
    PeerKind { name: String, known: String },
    #[error("`{name}` has no line `{marker}`")]
    NoMarker { name: String, marker: String },
}

/// The names that a program gave instead.
fn given(names: &[String]) -> String {
    match names {
        [] => String::new(),
        names => format!(", but with `{}`", names.join("`, `")),
    }
}

/// A broken rule of the verifier, and where it comes from.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) error: VerifyError,
    /// The place in the text, if there is a text.
    pub(crate) place: Option<Span>,
    /// The source file and position that the debug information gives, if it is not the text.
    pub(crate) origin: Option<(String, Position)>,
}

impl Failure {
    /// The exit status of a command that fails so.
    pub(crate) fn status(&self) -> u8 {
        match self {
            Failure::Read { .. }
            | Failure::Write { .. }
            | Failure::TooLong { .. }
            | Failure::NoLayout { .. }
            | Failure::Terminal { .. }
            | Failure::Trace { .. }
            | Failure::InPlace
            | Failure::ProgramIsInput
            | Failure::TakeTerminal { .. }
            | Failure::HeapTooSmall
            | Failure::Log(_)
            | Failure::WhichObject
            | Failure::NoTests(_)
            | Failure::Record { .. }
            | Failure::OtherArguments { .. }
            | Failure::NamedTwice { .. }
            | Failure::NoTwins
            | Failure::Measure(_)
            | Failure::NoPeer { .. }
            | Failure::PeerKind { .. }
            | Failure::NoMarker { .. } => status::USAGE,
            Failure::NotText { .. }
            | Failure::Decode { .. }
            | Failure::Assemble { .. }
            | Failure::Verify { .. }
            | Failure::Encode { .. }
            | Failure::Layout { .. }
            | Failure::Limit(_)
            | Failure::HeapFile { .. }
            | Failure::Snapshot(_)
            | Failure::NoMoment { .. }
            | Failure::NoLimit
            | Failure::NoObject { .. }
            | Failure::NoObjectOfType { .. }
            | Failure::Inconsistent(_)
            | Failure::Grown { .. }
            | Failure::Output { .. }
            | Failure::OutputTooLong { .. }
            | Failure::NotRecorded { .. }
            | Failure::NotCounted { .. }
            | Failure::Ended { .. } => status::FAILED,
        }
    }

    /// Advice.
    pub(crate) fn help(&self) -> Option<&'static str> {
        match self {
            Failure::Terminal { .. } => {
                Some("name a file with `-o FILE`, or redirect standard output")
            }
            Failure::NoLayout { .. } => Some("`vm dis` turns a module into text"),
            Failure::Layout { .. } => Some("`vm fmt --in-place` lays it out"),
            Failure::Limit(Outcome::OutOfFuel) => Some("`--fuel N` grants more"),
            Failure::Limit(Outcome::TimedOut) => Some("`--timeout SECONDS` grants more"),
            Failure::TakeTerminal { .. } => Some("`--batch` reads commands and writes texts"),
            Failure::NoObject { .. } => {
                Some("numbers are those of a snapshot of the same moment, behind a `#`")
            }
            Failure::NoLimit => Some("`--max-heap SIZE` and `--fuel N` set some"),
            Failure::Output {
                from: Expected::FirstRun,
                ..
            } => Some("what prints something else each time cannot be measured"),
            Failure::OutputTooLong { .. } => {
                Some("what is measured is kept and compared: let it print less, or a sum of it")
            }
            Failure::NotRecorded { .. } | Failure::NotCounted { .. } => {
                Some("`vm bench --save FILE` with all programs writes a new record")
            }
            Failure::Record { .. } => Some("`vm bench --save FILE` writes one"),
            Failure::InPlace => Some("leave `--in-place` out to write to standard output"),
            _ => None,
        }
    }
}
