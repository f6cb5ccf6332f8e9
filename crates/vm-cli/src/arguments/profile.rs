//! Arguments of `vm profile`.

use super::MachineOptions;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use vm_core::Counts;

const AFTER_PROFILE: &str = "\
Options come before PROGRAM; everything behind it is for the program. While the profile goes to
standard output, what the program prints there goes to standard error instead.

Everything is counted, nothing is sampled: two runs of a program have equal profiles. A program
that fails has one, too. docs/profiling.md says what is counted, and for what.

Collapsed stacks are one line for each stack of calls, `main;fib;fib 1234`, as flamegraph.pl,
inferno and speedscope read them. Native functions are in brackets.

The exit status is the program's own, and 2 if the profile could not be written.

Examples:
  vm profile p.vasm                                  where the instructions go
  vm profile --by line --weight allocations p.vasm   which lines allocate
  vm profile --by line --weight misses p.vasm        where inline caches miss
  vm profile --by pair --top 50 p.vasm
  vm profile --format collapsed -o p.txt p.vasm && flamegraph.pl p.txt > p.svg
  vm profile --format collapsed --weight bytes p.vasm 2> printed | inferno-flamegraph > p.svg";

/// Arguments of `vm profile`.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = AFTER_PROFILE)]
pub struct Profile {
    /// What to write
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub format: ProfileFormat,
    /// Where to write it; `-` is standard output
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
    /// Which tables text and jsonl have: several names with commas [default: all]
    #[arg(long, value_name = "TABLES", value_delimiter = ',')]
    pub by: Vec<ProfileTable>,
    /// What orders the tables of text, and what stacks weigh
    #[arg(long, value_name = "COUNT", default_value = "instructions")]
    pub weight: Weight,
    /// How many rows a table of text has
    #[arg(long, value_name = "N", default_value = "10")]
    pub top: usize,
    /// The machine.
    #[command(flatten)]
    pub machine: MachineOptions,
    /// The program, and what it finds in sys.argv
    #[arg(required = true, num_args = 1.., trailing_var_arg = true)]
    #[arg(value_names = ["PROGRAM", "ARGS"])]
    pub program: Vec<String>,
}

/// A format of profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProfileFormat {
    /// Tables
    Text,
    /// Stacks of calls, one a line, for flame graphs
    Collapsed,
    /// One row of a table a line, in JSON: all rows, with every counter
    Jsonl,
}

/// A table of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProfileTable {
    /// Functions: by themselves, and with all that they call
    Function,
    /// Source lines
    Line,
    /// Instructions by name
    Instruction,
    /// Instructions that were executed one after the other
    Pair,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Weight {
    /// Instructions executed
    Instructions,
    /// Objects made
    Allocations,
    /// Bytes by which the heap grew
    Bytes,
    /// References taken and given back
    Refcounts,
    /// Attributes and methods that inline caches did not know
    Misses,
}

impl Weight {
    /// How much of it there is.
    pub fn of(self, counts: &Counts) -> u64 {
        match self {
            Weight::Instructions => counts.instructions,
            Weight::Allocations => counts.allocations,
            Weight::Bytes => counts.allocated_bytes,
            Weight::Refcounts => counts.increments + counts.decrements,
            Weight::Misses => counts.cache_misses,
        }
    }

    /// What it is called in text.
    pub fn name(self) -> &'static str {
        match self {
            Weight::Instructions => "instructions",
            Weight::Allocations => "allocations",
            Weight::Bytes => "bytes",
            Weight::Refcounts => "refcounts",
            Weight::Misses => "misses",
        }
    }
}
