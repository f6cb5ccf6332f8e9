//! The same programs on other interpreters.
//!
//! 1. Find the peers: this machine, those that start here, and those that options name.
//! 2. For each program, for each round, run it once on each peer that has a twin of it, beginning
//!    with another peer each time. All must print the same.
//! 3. A figure is what the whole process used, start-up included: processor time, user and system,
//!    and the most memory it had.
//! 4. Report medians, and the medians of the ratios within the rounds: what is slow for a minute is
//!    slow for all of them.

mod chart;
mod find;
mod load;
mod table;

use super::difference::{Difference, Expected};
use super::program::Program;
use crate::arguments::Bench;
use crate::context::Context;
use crate::failure::Failure;
use find::Peer;
use std::path::Path;
use vm_measure::process;
use vm_measure::splice::splice;

/// The program that is for the time of starting.
const EMPTY: &str = "empty";
/// It is short, so it runs more often.
const STARTS_PER_ROUND: u16 = 8;

/// All runs of one program.
#[derive(Debug)]
struct Row {
    /// The name without directory and ending.
    program: String,
    arguments: String,
    /// By peer; none for those without a twin.
    runs: Vec<Vec<Run>>,
}

/// One run.
#[derive(Clone, Copy, Debug)]
struct Run {
    cpu_s: f64,
    wall_s: f64,
    peak_bytes: u64,
}

/// All that was measured.
#[derive(Debug)]
struct Figures {
    peers: Vec<Peer>,
    /// The peer that ratios are to.
    base: usize,
    rounds: u16,
    rows: Vec<Row>,
    /// The empty program, if it is among the programs.
    start: Option<Row>,
    load: load::Speed,
}

/// Measures, prints the table, writes the files.
pub(super) fn bench(arguments: &Bench, context: &Context) -> Result<(), Failure> {
    let programs: Result<Vec<Program>, Failure> = arguments
        .programs
        .iter()
        .map(|path| Program::read(context, path))
        .collect();
    let programs = programs?;
    let say = |text: &str| context.console.print_error(text);
    let peers = find::all(&arguments.peer, &say)?;
    let mut figures = Figures {
        base: find::base(&peers),
        peers,
        rounds: arguments.rounds,
        rows: Vec::new(),
        start: None,
        load: load::Speed::default(),
    };
    for (index, program) in programs.iter().enumerate() {
        let place = format!("{}/{}", index + 1, programs.len());
        let is_empty = program.stem() == EMPTY;
        let per_round = if is_empty { STARTS_PER_ROUND } else { 1 };
        let rounds = arguments.rounds * per_round;
        let row = measure(program, &figures.peers, rounds, context, &place)?;
        if is_empty {
            figures.start = Some(row);
        } else {
            figures.rows.push(row);
        }
    }
    // Last: the most memory of a process is at least what the one that started it ever had.
    figures.load = load::measure(arguments.rounds)?;
    let table = table::markdown(&figures);
    context.console.print(table.as_bytes());
    let write = |path: &Path, text: &str| {
        std::fs::write(context.path(path), text).map_err(|source| Failure::Write {
            name: path.display().to_string(),
            source,
        })
    };
    if let Some(path) = &arguments.csv {
        write(path, &table::csv(&figures))?;
    }
    if let Some(path) = &arguments.svg {
        write(path, &chart::svg(&figures))?;
    }
    if let Some(path) = &arguments.splice {
        let name = path.display().to_string();
        let document = std::fs::read_to_string(context.path(path)).map_err(|source| {
            let name = name.clone();
            Failure::Read { name, source }
        })?;
        let spliced = splice(&document, "peers", &table)
            .map_err(|marker| Failure::NoMarker { name, marker })?;
        write(path, &spliced)?;
    }
    Ok(())
}

/// All rounds of one program.
fn measure(
    program: &Program,
    peers: &[Peer],
    rounds: u16,
    context: &Context,
    place: &str,
) -> Result<Row, Failure> {
    let path = context.path(&program.path);
    let files: Vec<_> = peers.iter().map(|peer| peer.twin(&path)).collect();
    let mut runs = vec![Vec::new(); peers.len()];
    let mut first: Option<String> = None;
    for round in 0..usize::from(rounds) {
        for turn in 0..peers.len() {
            let index = (round + turn) % peers.len();
            let (peer, Some(file)) = (&peers[index], &files[index]) else {
                continue;
            };
            let measured = process::run(&mut peer.command(file, &program.directives.arguments))?;
            program.check_output(&measured.output)?;
            let expected = first.get_or_insert_with(|| measured.output.clone());
            if *expected != measured.output {
                return Err(Failure::Output {
                    name: format!("{}, {}", program.stem(), peer.name),
                    difference: Difference::between(expected, &measured.output),
                    from: Expected::Peer("vm".to_owned()),
                });
            }
            if program.stem() != EMPTY {
                let (name, seconds) = (program.stem(), measured.cpu_s);
                let round = round + 1;
                let text = format!(
                    "{place} {name}, round {round} of {rounds}: {} {seconds:.3} s\n",
                    peer.name
                );
                context.console.print_error(&text);
            }
            runs[index].push(Run {
                cpu_s: measured.cpu_s,
                wall_s: measured.wall_s,
                peak_bytes: measured.peak_bytes,
            });
        }
    }
    Ok(Row {
        program: program.stem(),
        arguments: program.directives.arguments.join(" "),
        runs,
    })
}
