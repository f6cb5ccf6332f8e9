//! Programs that say in comments what to expect, as tests.
//!
//! ```text
//!  paths ─► files ─► for each: directives ─► runs ──┬─► compare ─► passed, or what differs
//!                        ▲                          └─► round_trip
//!                        └───────── bless ◄─────────┘ (if asked to)
//! ```
//!
//! - A **directive** is a comment such as `; EXPECT: line`. `vm test --help` lists all.
//! - A **run** is one command in process, with captured streams, on a machine of its own. The
//!   program is called by its file name and found in the directory of the file, so that what is
//!   printed does not depend on where the test is run from.
//! - After each run the machine's heap is verified; an inconsistency fails the test, whatever was
//!   expected.
//! - The **round trip**: a correct text, made into a module, that into text, and that into a module,
//!   gives the same bytes.

mod bless;
mod compare;
mod directives;
mod files;
mod round_trip;
mod runs;

pub use files::SearchError;

use crate::arguments::StressMode;
use crate::failure::Failure;
use directives::{Directives, RunDirectives};
use files::TestFile;
use libtest_mimic::{Failed, Trial};
use runs::RunResult;
use std::fs;
use std::path::PathBuf;

/// How often blessing is repeated at most: writing lines moves those that messages refer to.
const MAX_BLESSINGS: usize = 4;

/// How programs are tested.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whether the tests first rewrite what is expected.
    pub bless: bool,
    /// Stress modes that the programs run with.
    pub stress: Vec<StressMode>,
}

/// A test for each program in these files and directories, for `libtest_mimic::run`.
///
/// # Errors
///
/// If a path cannot be read, or there is nothing to test.
pub fn trials(paths: &[PathBuf], settings: &Settings) -> Result<Vec<Trial>, SearchError> {
    let trial = |file: TestFile| {
        let settings = settings.clone();
        let name = file.path.display().to_string();
        Trial::test(name, move || test(&file, &settings))
    };
    Ok(files::find(paths)?.into_iter().map(trial).collect())
}

/// Tests one program.
fn test(file: &TestFile, settings: &Settings) -> Result<(), Failed> {
    for _ in 0..if settings.bless { MAX_BLESSINGS } else { 0 } {
        let text = file.directives_text()?;
        let directives = parse(file, &text)?;
        let results = run_all(file, &directives, settings);
        let blessed = bless::rewrite(&text, &directives.runs, &results);
        if blessed == text {
            break;
        }
        fs::write(file.directives_path(), blessed)?;
    }
    let text = file.directives_text()?;
    let directives = parse(file, &text)?;
    let mut problems = Vec::new();
    for (run, result) in directives
        .runs
        .iter()
        .zip(run_all(file, &directives, settings))
    {
        let problem = |problem| format!("{}: {problem}", title(file, run));
        problems.extend(compare::problems(run, &result).into_iter().map(problem));
    }
    if directives.round_trip {
        let problem = |problem| format!("{}: {problem}", file.name());
        problems.extend(round_trip::problem(file).map(problem));
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("\n").into())
    }
}

fn parse(file: &TestFile, text: &str) -> Result<Directives, Failed> {
    directives::parse(text).map_err(|error| {
        let name = file.directives_path();
        format!("{}:{}: {}", name.display(), error.line + 1, error.message).into()
    })
}

fn run_all(file: &TestFile, directives: &Directives, settings: &Settings) -> Vec<RunResult> {
    let stress = if directives.stress {
        settings.stress.as_slice()
    } else {
        &[]
    };
    directives
        .runs
        .iter()
        .map(|run| runs::run(file, run, stress))
        .collect()
}

/// What a run is called in messages.
fn title(file: &TestFile, run: &RunDirectives) -> String {
    let command = run.command.join(" ");
    match run.line {
        Some(line) => format!("{}:{}: `{command}`", file.directives_name(), line + 1),
        None => format!("{}: `{command}`", file.name()),
    }
}

impl From<SearchError> for Failure {
    fn from(error: SearchError) -> Failure {
        match error {
            SearchError::Read { name, source } => Failure::Read { name, source },
            SearchError::NoTests { paths } => Failure::NoTests(paths),
        }
    }
}
