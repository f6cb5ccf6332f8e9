//! All peers, each in processes of its own, and the table of them.

use crate::rows::Row;
use crate::splice::splice;
use crate::statistics::{median, minimum};
use crate::{Crate, Options};
use clap::ValueEnum;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use thiserror::Error;

/// The versions of the crates are here.
const LOCK: &str = include_str!("../Cargo.lock");
/// Interpreters that are measured if they start.
const PYTHONS: [&str; 2] = ["python3.13", "/usr/bin/python3.11"];
/// The name of the table in the document.
const TABLE: &str = "collector-peers";

#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error("no thread to measure on: {0}")]
    Thread(io::Error),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{command} failed:\n{said}")]
    Measure { command: String, said: String },
    #[error("{command} printed no figure, but:\n{said}")]
    NoFigure { command: String, said: String },
    #[error("{}: no line {marker:?}", path.display())]
    NoMarker { path: PathBuf, marker: String },
    #[error(
        "the benchmark `collector` is not at {}; build it by \
         cargo build --release -p vm-benches --bin collector",
        .0.display()
    )]
    NoCollector(PathBuf),
    #[error("{} does not start", .0.display())]
    NoPython(PathBuf),
}

/// A column of the table.
struct Peer {
    title: String,
    program: PathBuf,
    /// What comes before the options that all peers have.
    arguments: Vec<String>,
}

/// The directory of this package.
fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Measures everything and prints the table.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let peers = find(options)?;
    let rows: Vec<Row> = Row::named(&options.row).collect();
    let mut figures = vec![vec![Vec::new(); peers.len()]; rows.len()];
    for round in 0..options.rounds as usize {
        for (row, figures) in rows.iter().zip(&mut figures) {
            // Each round begins with another peer.
            for turn in 0..peers.len() {
                let index = (turn + round) % peers.len();
                figures[index].push(peers[index].measure(*row, options.objects)?);
            }
        }
    }
    let Options {
        objects, rounds, ..
    } = options;
    let table = format!(
        "Least (median) of {rounds} rounds with {objects} objects; nanoseconds of processor time for \
         each object.\n\n{}",
        table(&peers, &rows, &figures)
    );
    print!("{table}");
    if options.splice {
        into_document(&table)?;
    }
    Ok(())
}

/// The table: least and median of each row and peer.
fn table(peers: &[Peer], rows: &[Row], figures: &[Vec<Vec<f64>>]) -> String {
    let mut text = "| work |".to_owned();
    for peer in peers {
        let _ = write!(text, " {} |", peer.title);
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(peers.len()));
    for (row, figures) in rows.iter().zip(figures) {
        let _ = write!(text, "\n| {} |", row.name());
        for figures in figures {
            let _ = write!(text, " {:.1} ({:.1}) |", minimum(figures), median(figures));
        }
    }
    text.push('\n');
    text
}

fn into_document(table: &str) -> Result<(), Failure> {
    let path = package().join("../../docs/benchmarks.md");
    let failed = |source| Failure::File {
        path: path.clone(),
        source,
    };
    let document = std::fs::read_to_string(&path).map_err(failed)?;
    let spliced = splice(&document, TABLE, table).map_err(|marker| Failure::NoMarker {
        path: path.clone(),
        marker,
    })?;
    std::fs::write(&path, spliced).map_err(failed)
}

fn find(options: &Options) -> Result<Vec<Peer>, Failure> {
    let this = std::env::current_exe().map_err(|source| Failure::File {
        path: PathBuf::from("this program"),
        source,
    })?;
    let collector = options.collector.clone().unwrap_or_else(|| {
        let beside = this.with_file_name("collector");
        if beside.exists() {
            beside
        } else {
            package().join("../../target/release/collector")
        }
    });
    if !collector.exists() {
        return Err(Failure::NoCollector(collector));
    }
    let mut peers = vec![Peer {
        title: "vm-gc".to_owned(),
        program: collector,
        arguments: Vec::new(),
    }];
    for &one in Crate::value_variants() {
        let name = one.name();
        peers.push(Peer {
            title: format!("{name} {}", locked_version(name)),
            program: this.clone(),
            arguments: vec!["--crate".to_owned(), name.to_owned()],
        });
    }
    let script = package().join("../programs/collector.py");
    let mut add = |path: &Path| {
        let version = python_version(path)?;
        peers.push(Peer {
            title: format!("CPython {version}"),
            program: path.to_owned(),
            arguments: vec![script.display().to_string()],
        });
        Some(())
    };
    for path in &options.python {
        add(path).ok_or_else(|| Failure::NoPython(path.clone()))?;
    }
    if options.python.is_empty() {
        for name in PYTHONS {
            if add(Path::new(name)).is_none() {
                eprintln!("crates: {name} does not start here; left out");
            }
        }
    }
    Ok(peers)
}

/// The version of a crate in Cargo.lock.
fn locked_version(name: &str) -> &'static str {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let version = LOCK
        .split_once(&entry)
        .and_then(|(_, rest)| rest.split_once('"'));
    version.map_or("", |(version, _)| version)
}

fn python_version(path: &Path) -> Option<String> {
    let output = Command::new(path)
        .args(["-c", "import platform; print(platform.python_version())"])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let version = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !version.is_empty()).then_some(version)
}

impl Peer {
    /// One figure, by a process of its own.
    fn measure(&self, row: Row, objects: u32) -> Result<f64, Failure> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .args(["--rounds", "1", "--row", row.name()])
            .args(["--objects", &objects.to_string()])
            .stdin(Stdio::null());
        let shown = format!("{command:?}");
        let output = command.output().map_err(|source| Failure::File {
            path: self.program.clone(),
            source,
        })?;
        let said = [output.stdout.as_slice(), &output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        if !output.status.success() {
            return Err(Failure::Measure {
                command: shown,
                said,
            });
        }
        figure_in(&said).ok_or(Failure::NoFigure {
            command: shown,
            said,
        })
    }
}

/// The least of the table's one row.
fn figure_in(table: &str) -> Option<f64> {
    let row = table.lines().nth(2)?;
    row.split('|').nth(2)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figure_of_a_table_is_its_first() {
        let table = "| work | least | median |\n|---|---|---|\n| a, ns | 1.5 | 2.0 |\n";
        assert_eq!(figure_in(table), Some(1.5));
        assert_eq!(figure_in("nothing"), None);
    }

    #[test]
    fn versions_are_found() {
        for &one in Crate::value_variants() {
            assert_ne!(locked_version(one.name()), "");
        }
    }
}
