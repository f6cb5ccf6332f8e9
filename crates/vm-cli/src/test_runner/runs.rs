//! Carrying out one run with captured streams.

use super::directives::RunDirectives;
use super::files::TestFile;
use crate::arguments::{Command, StressMode};
use crate::context::Context;
use crate::perform;
use vm_core::Statistics;

/// What a run did.
#[derive(Clone, Debug)]
pub(super) struct RunResult {
    pub(super) status: u8,
    pub(super) output: String,
    pub(super) error: String,
    pub(super) statistics: Option<Statistics>,
    /// Whether the heap was inconsistent at the end.
    pub(super) inconsistent: bool,
}

pub(super) fn run(file: &TestFile, run: &RunDirectives, stress: &[StressMode]) -> RunResult {
    let (context, captured) = Context::captured(b"");
    let context = context.in_directory(file.directory());
    let counts = !run.counters.is_empty();
    let performed = perform(command_line(&file.name(), run), context, |arguments| {
        if let Command::Run(run) = &mut arguments.command {
            run.verify = true;
            run.machine.stress.extend_from_slice(stress);
            run.count_operations = counts;
        }
    });
    RunResult {
        status: performed.status,
        output: captured.output_text(),
        error: captured.error_text(),
        statistics: performed.statistics,
        inconsistent: performed.inconsistent,
    }
}

/// Options, then the program; the arguments of a program behind it, those of other commands before.
fn command_line(name: &str, run: &RunDirectives) -> Vec<String> {
    let (command, arguments) = match run.command.split_first() {
        Some((command, arguments)) => (command.as_str(), arguments),
        None => ("run", &[][..]),
    };
    let mut line = vec!["vm".to_owned(), command.to_owned()];
    line.extend_from_slice(&run.options);
    if command == "run" {
        line.push(name.to_owned());
        line.extend_from_slice(arguments);
    } else {
        line.extend_from_slice(arguments);
        line.push(name.to_owned());
    }
    line
}
