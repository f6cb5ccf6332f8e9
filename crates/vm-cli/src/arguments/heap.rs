//! Arguments of `vm heap`.

use super::MachineOptions;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

const AFTER_HEAP: &str = "\
The moment is `exit` (when the program has ended, before its globals are cleared), `limit` (when
its heap limit, fuel or time is reached first), or the name that the program gives to
gc.snapshot(name), the first time. Nothing is collected before: garbage is seen too.

With `--sites`, the machine records where each object is allocated, and is several times slower. The
summary then has a table of lines, `why` and jsonl say where objects come from, and pprof, which
implies it, has the stacks of calls.

Options of the program come behind `--`. While the snapshot goes to standard output, what the
program prints there goes to standard error instead. A file named `diff` or `why` is `./diff`.

The exit status is the program's own; 1 if there was no such moment. docs/tracing.md says what the
formats contain, and how to open each.

Examples:
  vm heap p.vasm                                     which types there are, and what they retain
  vm heap p.vasm --format heapsnapshot -o p.heapsnapshot    for Chrome's DevTools
  vm heap p.vasm --at limit --max-heap 10MiB
  vm heap p.vasm --format dot --type Node | dot -Tsvg -o node.svg
  vm heap p.vasm --at before --format jsonl -o before.jsonl -- 1000
  vm heap diff before.jsonl after.jsonl              which types grew
  vm heap why p.vasm --type Node                     who holds it
  vm heap p.vasm --sites                             which lines allocated what is alive
  vm heap p.vasm --format pprof -o p.pb.gz           for `go tool pprof`, or a flame graph";

/// Arguments of `vm heap`.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = AFTER_HEAP)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(disable_help_subcommand = true)]
pub struct Heap {
    /// What else can be done
    #[command(subcommand)]
    pub command: Option<HeapCommand>,
    /// The program and the moment.
    #[command(flatten)]
    pub moment: Moment,
    /// What to write
    #[arg(long, short, value_name = "FORMAT", default_value = "summary")]
    pub format: HeapFormat,
    /// Where to write it; `-` is standard output
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
    /// Which object, for format dot
    #[command(flatten)]
    pub object: ObjectChoice,
}

/// What `vm heap` does beside snapshots.
#[derive(Clone, Debug, Subcommand)]
pub enum HeapCommand {
    /// Compare two snapshots: which types grew
    Diff(Diff),
    /// Say who holds an object, what it retains, and whether a cycle alone keeps it
    Why(Box<Why>),
}

/// A program, and the moment of its life at which the heap is looked at.
#[derive(Args, Clone, Debug)]
pub struct Moment {
    /// When to look: exit, limit, or a name that the program gives to gc.snapshot()
    #[arg(long, value_name = "WHEN", default_value = "exit")]
    pub at: String,
    /// Record where each object is allocated; slower
    #[arg(long)]
    pub sites: bool,
    /// The machine.
    #[command(flatten)]
    pub machine: MachineOptions,
    /// The program, and what it finds in sys.argv
    #[arg(required = true, num_args = 1.., value_names = ["PROGRAM", "ARGS"])]
    pub program: Vec<String>,
}

/// One object of a snapshot.
#[derive(Args, Clone, Debug)]
#[group(multiple = false)]
pub struct ObjectChoice {
    /// The object with this number, as snapshots show it behind a `#`
    #[arg(long = "object", value_name = "ID")]
    pub id: Option<u64>,
    /// Of the objects of this type, the one that retains most
    #[arg(long = "type", value_name = "NAME")]
    pub type_name: Option<String>,
}

/// A format of snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HeapFormat {
    /// A table of types
    Summary,
    /// For Chrome's DevTools
    Heapsnapshot,
    /// A graph of one object and what is around it, for Graphviz
    Dot,
    /// One object a line, in JSON
    Jsonl,
    /// Allocations by stack of calls, for pprof
    Pprof,
}

const AFTER_DIFF: &str = "\
Both are files that `vm heap --format jsonl` wrote, the earlier one first. New objects are named with
the shortest way to each; `vm heap why PROGRAM --object ID` says more.

Examples:
  vm heap p.vasm --at before --format jsonl -o before.jsonl
  vm heap p.vasm --at after --format jsonl -o after.jsonl
  vm heap diff before.jsonl after.jsonl";

/// Arguments of `vm heap diff`.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = AFTER_DIFF)]
pub struct Diff {
    /// The earlier snapshot
    #[arg(value_name = "BEFORE")]
    pub before: PathBuf,
    /// The later snapshot
    #[arg(value_name = "AFTER")]
    pub after: PathBuf,
}

const AFTER_WHY: &str = "\
Numbers of objects are the same on every run of the same program with the same options.

Examples:
  vm heap why p.vasm --type Node
  vm heap why p.vasm --type Node --sites
  vm heap why p.vasm --object 33290 --at limit --max-heap 10MiB";

/// Arguments of `vm heap why`.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = AFTER_WHY)]
pub struct Why {
    /// The program and the moment.
    #[command(flatten)]
    pub moment: Moment,
    /// Which object.
    #[command(flatten)]
    pub object: ObjectChoice,
}
