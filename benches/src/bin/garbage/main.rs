//! How much garbage is outstanding: a grid of programs that make cycles, ours beside CPython 3.13.
//!
//! 1. A cell of the grid is the length of a cycle, the bytes of the payload that each owns, and how
//!    many objects live beside them all the time. `programs/garbage.vasm` and its twin `garbage.py`
//!    make and drop the same number of objects in each cell.
//! 2. Three machines run it: `vm` as it is, `vm` with a byte threshold, CPython. In each round each
//!    of them runs each cell once; they take turns.
//! 3. Time and pause are processor time that the program itself takes with its own clock, around
//!    the loop and from the collector's "start" callback to its "stop" callback. Peak memory is
//!    what `wait4` says of the process, less that of a process with an empty cell. Of the rounds,
//!    the table has the median; of pauses the least, as what disturbs a process makes its longest
//!    pause longer.
//! 4. The garbage outstanding is what the program dropped less what the callbacks say was collected,
//!    where it is most. It does not depend on time: it must be the same in every round, and ours must
//!    not exceed CPython's. If it does, the exit status is 1.

mod machine;
mod table;

use clap::Parser;
use machine::Machine;
use std::path::PathBuf;
use std::process::ExitCode;
use vm_benches::measure::MeasureError;

/// Objects in a cycle.
const LENGTHS: [u64; 3] = [2, 10, 100];
/// Bytes of the payload of a cycle.
const PAYLOADS_BYTES: [u64; 3] = [0, 1 << 10, 64 << 10];
/// Objects that live beside the cycles.
const LIVE: [u64; 3] = [0, 100_000, 1_000_000];

/// Measures how much cyclic garbage is outstanding, and prints a table.
#[derive(Debug, Parser)]
#[command(name = "garbage")]
struct Options {
    /// The `vm` to measure [default: the one beside this program]
    #[arg(long, value_name = "PATH")]
    vm: Option<PathBuf>,
    /// The CPython 3.13 beside it
    #[arg(long, value_name = "PATH", default_value = "python3.13")]
    python: PathBuf,
    /// The byte threshold, as of `vm run --gc-bytes`
    #[arg(long, value_name = "SIZE", default_value = "4MiB")]
    gc_bytes: String,
    /// How often each cell is measured [default: 3]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..1000))]
    rounds: Option<u64>,
    /// A tenth of the objects, one round
    #[arg(long)]
    quick: bool,
}

/// One place in the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    length: u64,
    payload_bytes: u64,
    live: u64,
    cycles: u64,
}

impl Cell {
    /// Nothing live, nothing made: what a process takes by itself.
    const EMPTY: Cell = Cell {
        length: 2,
        payload_bytes: 0,
        live: 0,
        cycles: 0,
    };
}

/// What one run of a cell showed.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Figures {
    time_ms: f64,
    pause_ms: f64,
    peak_mib: f64,
    most_outstanding: u64,
}

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Measure(#[from] MeasureError),
    #[error("{machine} printed {printed:?} for {cell:?}")]
    Output {
        machine: String,
        cell: Cell,
        printed: String,
    },
    #[error("{machine}, {cell:?}: {first} objects outstanding, and {other} in another round")]
    Unsteady {
        machine: String,
        cell: Cell,
        first: u64,
        other: u64,
    },
}

fn main() -> ExitCode {
    let options = Options::parse();
    match measure(&options) {
        Ok((machines, rows)) => {
            print!("{}", table::table(&machines, &rows));
            report_excess(&rows)
        }
        Err(failure) => {
            eprintln!("garbage: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// A cell with the figures of all rounds, by machine.
type Row = (Cell, Vec<Vec<Figures>>);

fn measure(options: &Options) -> Result<(Vec<Machine>, Vec<Row>), Failure> {
    let machines = machine::find(options)?;
    let objects = if options.quick { 50_000 } else { 500_000 };
    let rounds = options.rounds.unwrap_or(if options.quick { 1 } else { 3 });
    let mut rows: Vec<Row> = Vec::new();
    for live in LIVE {
        for length in LENGTHS {
            for payload_bytes in PAYLOADS_BYTES {
                let cell = Cell {
                    length,
                    payload_bytes,
                    live,
                    cycles: objects / length,
                };
                rows.push((cell, vec![Vec::new(); machines.len()]));
            }
        }
    }
    for round in 0..rounds as usize {
        for (cell, figures) in &mut rows {
            for turn in 0..machines.len() {
                let index = (round + turn) % machines.len();
                figures[index].push(machines[index].run(*cell)?);
            }
        }
        eprintln!("garbage: round {} of {rounds}", round + 1);
    }
    for (cell, figures) in &rows {
        for (machine, figures) in machines.iter().zip(figures) {
            let first = figures[0].most_outstanding;
            let mut others = figures.iter().map(|figures| figures.most_outstanding);
            if let Some(other) = others.find(|&other| other != first) {
                return Err(Failure::Unsteady {
                    machine: machine.name.clone(),
                    cell: *cell,
                    first,
                    other,
                });
            }
        }
    }
    Ok((machines, rows))
}

/// Failure if more is outstanding in the machine as it is, which is the first, than in CPython, which
/// is the last.
fn report_excess(rows: &[Row]) -> ExitCode {
    let mut status = ExitCode::SUCCESS;
    for (cell, figures) in rows {
        let most = |figures: Option<&Vec<Figures>>| figures.map(|all| all[0].most_outstanding);
        let (ours, theirs) = (most(figures.first()), most(figures.last()));
        if ours > theirs {
            eprintln!("garbage: {cell:?}: {ours:?} objects outstanding, in CPython {theirs:?}");
            status = ExitCode::FAILURE;
        }
    }
    status
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_garbage_than_in_cpython_is_a_failure() {
        let rows = |ours, theirs| {
            let figures = |most_outstanding| Figures {
                time_ms: 1.0,
                pause_ms: 1.0,
                peak_mib: 1.0,
                most_outstanding,
            };
            let all = [ours, ours + 9, theirs];
            [(Cell::EMPTY, all.map(|most| vec![figures(most)]).to_vec())]
        };
        let code = |rows: &[Row]| format!("{:?}", report_excess(rows));
        assert_eq!(code(&rows(5, 5)), format!("{:?}", ExitCode::SUCCESS));
        assert_eq!(code(&rows(6, 5)), format!("{:?}", ExitCode::FAILURE));
    }
}
