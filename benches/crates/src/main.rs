//! The collector beside its peers: the rows of the benchmark `collector`, measured with Rust crates
//! that collect cycles, and with CPython.
//!
//! 1. Without `--crate`, every peer is a process of its own for each round of each row, so that none
//!    finds the heap that another one left; the rounds take turns. Peers are this program (one crate
//!    at a time), `collector` of the workspace, and `programs/collector.py`. They print tables of
//!    one form, of which the figures are taken.
//! 2. A figure is nanoseconds of processor time for each object.
//! 3. Every row asserts how many nodes died, by a field that counts.
//! 4. Some crates recurse over the graph: everything runs on a thread with a stack of 4 GiB, of
//!    which the system provides what is used.

mod beside;
#[path = "../../src/bin/collector/clock.rs"]
mod clock;
mod drops;
mod handles;
mod random;
mod rows;
#[path = "../../src/splice.rs"]
mod splice;
#[allow(dead_code, reason = "shared with the other benchmarks")]
#[path = "../../src/statistics.rs"]
mod statistics;
#[allow(non_local_definitions, reason = "what the crate's macros make")]
mod with_gc;
mod with_gc_arena;
mod with_gcmodule;
mod with_rust_cc;

use clap::{Parser, ValueEnum};
use rows::Row;
use statistics::{median, minimum};
use std::path::PathBuf;
use std::process::ExitCode;

/// Stack of the thread that measures: a million nested calls of 4 KiB.
const STACK_BYTES: usize = 4 << 30;

/// Measures crates that collect cycles, beside the collector of this repository and CPython.
#[derive(Debug, Parser)]
#[command(name = "crates")]
struct Options {
    /// Measure this crate alone, in this process
    #[arg(long = "crate", value_name = "NAME")]
    only: Option<Crate>,
    /// Objects of each heap
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1000..))]
    objects: u32,
    /// How often each row is measured
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..1000))]
    rounds: u32,
    /// Measure only rows whose name contains this
    #[arg(long, value_name = "TEXT", default_value = "")]
    row: String,
    /// The benchmark `collector` of the workspace [default: beside this program, or in target/release]
    #[arg(long, value_name = "PATH")]
    collector: Option<PathBuf>,
    /// A CPython to measure; several are possible [default: python3.13 and /usr/bin/python3.11]
    #[arg(long, value_name = "PATH")]
    python: Vec<PathBuf>,
    /// Put the table into docs/benchmarks.md
    #[arg(long)]
    splice: bool,
}

/// A crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Crate {
    Gcmodule,
    Gc,
    RustCc,
    GcArena,
}

impl Crate {
    /// The crate's name, as in Cargo.lock and on the command line.
    fn name(self) -> &'static str {
        match self {
            Crate::Gcmodule => "gcmodule",
            Crate::Gc => "gc",
            Crate::RustCc => "rust-cc",
            Crate::GcArena => "gc-arena",
        }
    }

    fn measure(self, row: Row, objects: usize) -> f64 {
        match self {
            Crate::Gcmodule => handles::measure::<gcmodule::Cc<with_gcmodule::Node>>(row, objects),
            Crate::Gc => handles::measure::<gc::Gc<with_gc::Node>>(row, objects),
            Crate::RustCc => handles::measure::<rust_cc::Cc<with_rust_cc::Node>>(row, objects),
            Crate::GcArena => with_gc_arena::measure(row, objects),
        }
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    let result = match options.only {
        None => beside::run(&options),
        Some(only) => {
            let measuring = std::thread::Builder::new().stack_size(STACK_BYTES);
            match measuring.spawn(move || print_alone(&options, only)) {
                // It said why it panicked.
                Ok(thread) => {
                    return thread
                        .join()
                        .map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
                }
                Err(source) => Err(beside::Failure::Thread(source)),
            }
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("crates: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// The table of one crate.
fn print_alone(options: &Options, only: Crate) {
    println!("| work | least | median |");
    println!("|---|---|---|");
    for row in Row::named(&options.row) {
        let figures: Vec<f64> = (0..options.rounds)
            .map(|_| only.measure(row, options.objects as usize))
            .collect();
        println!(
            "| {}, ns an object | {:.1} | {:.1} |",
            row.name(),
            minimum(&figures),
            median(&figures),
        );
    }
}
