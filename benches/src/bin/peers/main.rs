//! Runs the benchmark programs on the machine and on other interpreters found here, and prints one
//! table. See `benches/README.md`.
//!
//! 1. Find the peers: the ones on the `PATH` that start, and those given by options.
//! 2. For each program, for each round, run each of them once, beginning with another one each time.
//!    All must print the same.
//! 3. Take processor seconds (user and system) of each process. Report medians, minima, and medians
//!    of the ratios within rounds: a machine that is slow for a minute is slow for all of them.
//! 4. Start-up time and bytes of an instance, of the machine alone.

mod figures;
mod options;
mod peer;
mod report;

use clap::Parser;
use options::Options;
use peer::{Peer, PeerError};
use std::path::PathBuf;
use std::process::ExitCode;
use thiserror::Error;
use vm_benches::measure::{self, MeasureError, Measured};

/// A program and the size at which it is measured.
struct Program {
    name: &'static str,
    argument: &'static str,
}

/// What is measured.
const PROGRAMS: [Program; 9] = [
    Program {
        name: "fib",
        argument: "32",
    },
    Program {
        name: "loopsum",
        argument: "10000000",
    },
    Program {
        name: "binary_trees",
        argument: "16",
    },
    Program {
        name: "cycles",
        argument: "300000",
    },
    Program {
        name: "nbody",
        argument: "100000",
    },
    Program {
        name: "mandelbrot",
        argument: "200",
    },
    Program {
        name: "sieve",
        argument: "2000000",
    },
    Program {
        name: "fannkuch",
        argument: "9",
    },
    Program {
        name: "spectral_norm",
        argument: "200",
    },
];

/// The runs of a program on a peer, in the order of the rounds.
struct Row {
    program: &'static str,
    argument: &'static str,
    /// By peer, then by round: processor seconds.
    cpu_s: Vec<Vec<f64>>,
}

/// Two interpreters that disagree.
#[derive(Debug, Error)]
#[error("{program} {argument}: {peer} printed {printed:?}, but {first} {expected:?}")]
struct Difference {
    program: &'static str,
    argument: &'static str,
    peer: String,
    printed: String,
    first: String,
    expected: String,
}

#[derive(Debug, Error)]
enum Failure {
    #[error(transparent)]
    Peer(#[from] PeerError),
    #[error(transparent)]
    Measure(#[from] MeasureError),
    #[error(transparent)]
    Differs(Box<Difference>),
    #[error("no program is called {0:?}")]
    NoProgram(String),
    #[error("{}: {source}", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}: no line {marker:?}", path.display())]
    NoMarker { path: PathBuf, marker: String },
    #[error("the statistics of `vm run --stats` have no heap_bytes")]
    NoStatistics,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("peers: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Failure> {
    for name in &options.program {
        if PROGRAMS.iter().all(|program| program.name != name) {
            return Err(Failure::NoProgram(name.clone()));
        }
    }
    let peers = peer::find(options)?;
    let mut rows = Vec::new();
    for program in &PROGRAMS {
        if options.program.is_empty() || options.program.iter().any(|name| name == program.name) {
            rows.push(measure_program(program, &peers, options.rounds)?);
        }
    }
    let figures = figures::measure(&peers, options.rounds)?;
    let table = report::markdown(&peers, &rows, &figures, options.rounds);
    let csv = report::csv(&peers, &rows, &figures);
    print!("{}", if options.csv { &csv } else { &table });
    if options.record {
        let path = report::record(&csv)?;
        eprintln!("recorded in {}", path.display());
    }
    if options.readme {
        report::into_readme(&table)?;
    }
    Ok(())
}

/// All rounds of one program.
fn measure_program(program: &Program, peers: &[Peer], rounds: usize) -> Result<Row, Failure> {
    let mut cpu_s = vec![Vec::with_capacity(rounds); peers.len()];
    let mut first: Option<(String, String)> = None;
    for round in 0..rounds {
        for turn in 0..peers.len() {
            let index = (round + turn) % peers.len();
            let peer = &peers[index];
            let Measured {
                cpu_s: seconds,
                output,
                ..
            } = measure::run(&mut peer.command(program.name, program.argument))?;
            eprintln!(
                "{} {}: {} {seconds:.3} s",
                program.name, program.argument, peer.name
            );
            match &first {
                None => first = Some((peer.name.clone(), output)),
                Some((_, expected)) if *expected == output => {}
                Some((name, expected)) => {
                    return Err(Failure::Differs(Box::new(Difference {
                        program: program.name,
                        argument: program.argument,
                        peer: peer.name.clone(),
                        printed: output,
                        first: name.clone(),
                        expected: expected.clone(),
                    })));
                }
            }
            cpu_s[index].push(seconds);
        }
    }
    Ok(Row {
        program: program.name,
        argument: program.argument,
        cpu_s,
    })
}
