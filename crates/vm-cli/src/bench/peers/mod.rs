//! The same programs on other interpreters.
//!
//! 1. Find the peers: this machine, those that start here, and those that options name.
//! 2. For each program, for each round, run it once on each peer that has a twin of it, beginning
//!    with another peer each time. All must print the same. A peer that does not, or fails, is left
//!    out of the program, aloud; the others go on, and the exit status is 1 at the end.
//! 3. A figure is what the whole process used, start-up included: processor time, user and system,
//!    and the most memory it had.
//! 4. Report medians, and the medians of the ratios within the rounds: what is slow for a minute is
//!    slow for all of them.

mod chart;
mod find;
mod load;
mod table;

use super::destination::Destination;
use super::difference::{Difference, Expected};
use super::program::Program;
use crate::arguments::Bench;
use crate::context::Context;
use crate::failure::{Failure, status};
use find::Peer;
use std::path::{Path, PathBuf};
use vm_measure::process::{self, Measured};
use vm_measure::splice::splice;

/// The program that is for the time of starting.
const EMPTY: &str = "empty";
/// It is short, so it runs more often.
const STARTS_PER_ROUND: u16 = 8;
/// What the table stands between in a document.
const MARKER: &str = "peers";

/// All runs of one program.
#[derive(Debug)]
struct Row {
    /// The name without directory and ending.
    program: String,
    arguments: String,
    /// By peer; none for those without a twin, and for those that failed.
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

impl Figures {
    /// Whether a peer ran any of the programs.
    fn ran(&self, peer: usize) -> bool {
        let mut rows = self.rows.iter().chain(&self.start);
        rows.any(|row| !row.runs[peer].is_empty())
    }

    /// The peer that ratios are to: one that ran, and not the empty program alone.
    fn find_base(&self) -> usize {
        find::base(&self.peers, |peer| match &self.rows[..] {
            [] => self.ran(peer),
            rows => rows.iter().any(|row| !row.runs[peer].is_empty()),
        })
    }
}

/// The files to write, opened.
struct Files {
    csv: Option<Destination>,
    svg: Option<Destination>,
    /// With the document as it is.
    splice: Option<(Destination, String)>,
}

/// Measures, prints the table, writes the files; returns the exit status.
pub(super) fn bench(
    programs: &[Program],
    arguments: &Bench,
    context: &Context,
) -> Result<u8, Failure> {
    if programs.iter().any(Program::is_input) {
        return Err(Failure::NoTwins);
    }
    let files = Files::open(arguments, context)?;
    let say = |text: &str| context.console.print_error(text);
    let paths = programs.iter().map(|program| context.path(&program.path));
    let paths: Vec<PathBuf> = paths.collect();
    let mut figures = Figures {
        peers: find::all(&arguments.peer, &paths, &say)?,
        base: 0,
        rounds: arguments.rounds,
        rows: Vec::new(),
        start: None,
        load: load::Speed::default(),
    };
    let mut left_out = 0;
    for (index, program) in programs.iter().enumerate() {
        let is_empty = program.stem() == EMPTY;
        let per_round = if is_empty { STARTS_PER_ROUND } else { 1 };
        let mut measuring = Measuring {
            program,
            peers: &figures.peers,
            rounds: arguments.rounds * per_round,
            place: format!("{}/{}", index + 1, programs.len()),
            left_out: &mut left_out,
            say: &say,
        };
        let row = measuring.row(&paths[index]);
        if is_empty {
            figures.start = Some(row);
        } else {
            figures.rows.push(row);
        }
    }
    figures.base = figures.find_base();
    // Last: the most memory of a process is at least what the one that started it ever had.
    figures.load = load::measure(arguments.rounds)?;
    let table = table::markdown(&figures);
    context.console.print(table.as_bytes());
    files.write(&figures, &table)?;
    Ok(match left_out {
        0 => status::SUCCESS,
        _ => status::FAILED,
    })
}

impl Files {
    /// Opens them all, and finds the place in the document.
    fn open(arguments: &Bench, context: &Context) -> Result<Files, Failure> {
        let open = |path: &Path| Destination::open(context, path);
        let document = |path: &Path| {
            let name = path.display().to_string();
            let text = match std::fs::read_to_string(context.path(path)) {
                Ok(text) => text,
                Err(source) => return Err(Failure::Read { name, source }),
            };
            match splice(&text, MARKER, "") {
                Ok(_) => Ok((open(path)?, text)),
                Err(marker) => Err(Failure::NoMarker { name, marker }),
            }
        };
        Ok(Files {
            splice: arguments.splice.as_deref().map(document).transpose()?,
            csv: arguments.csv.as_deref().map(open).transpose()?,
            svg: arguments.svg.as_deref().map(open).transpose()?,
        })
    }

    fn write(self, figures: &Figures, table: &str) -> Result<(), Failure> {
        if let Some(csv) = self.csv {
            csv.write(table::csv(figures).as_bytes())?;
        }
        if let Some(svg) = self.svg {
            svg.write(chart::svg(figures).as_bytes())?;
        }
        if let Some((destination, text)) = self.splice
            && let Ok(spliced) = splice(&text, MARKER, table)
        {
            destination.write(spliced.as_bytes())?;
        }
        Ok(())
    }
}

/// The measuring of one program.
struct Measuring<'a, Say> {
    program: &'a Program,
    peers: &'a [Peer],
    rounds: u16,
    /// Which of the programs it is.
    place: String,
    /// How many peers were left out of programs.
    left_out: &'a mut usize,
    say: &'a Say,
}

impl<Say: Fn(&str)> Measuring<'_, Say> {
    /// All rounds.
    fn row(&mut self, path: &Path) -> Row {
        let (place, name, rounds) = (&self.place, self.program.stem(), self.rounds);
        let peers = self.peers;
        let twins = peers.iter().map(|peer| peer.twin(path));
        let mut twins: Vec<Option<PathBuf>> = twins.collect();
        let mut runs = vec![Vec::new(); peers.len()];
        // What the first run printed, and who that was.
        let mut first: Option<(String, &str)> = None;
        for round in 0..usize::from(rounds) {
            for turn in 0..peers.len() {
                let index = (round + turn) % peers.len();
                let (peer, Some(twin)) = (&peers[index], &twins[index]) else {
                    continue;
                };
                let measured = match self.run(peer, twin, &mut first) {
                    Ok(measured) => measured,
                    Err(failure) => {
                        let peer = &peer.name;
                        (self.say)(&format!("{place} {name}, {peer}: left out: {failure}\n"));
                        *self.left_out += 1;
                        twins[index] = None;
                        runs[index].clear();
                        continue;
                    }
                };
                if name != EMPTY {
                    let (peer, round, seconds) = (&peer.name, round + 1, measured.cpu_s);
                    let text = format!("round {round} of {rounds}: {peer} {seconds:.3} s");
                    (self.say)(&format!("{place} {name}, {text}\n"));
                }
                runs[index].push(Run {
                    cpu_s: measured.cpu_s,
                    wall_s: measured.wall_s,
                    peak_bytes: measured.peak_bytes,
                });
            }
        }
        Row {
            program: name,
            arguments: self.program.directives.arguments.join(" "),
            runs,
        }
    }

    /// One run, which must print what the first one did.
    fn run<'p>(
        &self,
        peer: &'p Peer,
        twin: &Path,
        first: &mut Option<(String, &'p str)>,
    ) -> Result<Measured, Failure> {
        let arguments = &self.program.directives.arguments;
        let measured = process::run(&mut peer.command(twin, arguments))?;
        let name = || twin.display().to_string();
        if let Some(difference) = self.program.difference(&measured.output) {
            return Err(Failure::Output {
                name: name(),
                difference,
                from: Expected::Comments,
            });
        }
        let (expected, who) = first.get_or_insert_with(|| (measured.output.clone(), &*peer.name));
        if *expected != measured.output {
            return Err(Failure::Output {
                name: name(),
                difference: Difference::between(expected, &measured.output),
                from: if *who == peer.name {
                    Expected::FirstRun
                } else {
                    Expected::Peer((*who).to_owned())
                },
            });
        }
        Ok(measured)
    }
}
