//! The commands, one in each file; `bench` has its own directory.

mod asm;
mod check;
mod completions;
mod dis;
mod fmt;
mod heap;
pub(crate) mod machine;
mod profile;
mod run;
mod test;
mod trace;

use crate::arguments::{Arguments, Command};
use crate::context::Context;
use crate::failure::{Failure, status};
use vm_core::Statistics;

/// What a command did.
#[derive(Debug)]
pub(crate) struct Performed {
    /// The exit status.
    pub(crate) status: u8,
    /// What a program cost, if one ran to its end.
    pub(crate) statistics: Option<Statistics>,
    /// Whether the heap was inconsistent after a run.
    pub(crate) inconsistent: bool,
}

impl Performed {
    /// Nothing ran.
    pub(crate) fn status(status: u8) -> Performed {
        Performed {
            status,
            statistics: None,
            inconsistent: false,
        }
    }
}

/// Performs a command and shows its failure.
pub(crate) fn perform(arguments: &Arguments, context: &Context) -> Performed {
    let result = match &arguments.command {
        Command::Run(arguments) => match run::run(arguments, context) {
            Ok(performed) => return performed,
            Err(failure) => Err(failure),
        },
        Command::Trace(arguments) => match trace::trace(arguments, context) {
            Ok(performed) => return performed,
            Err(failure) => Err(failure),
        },
        Command::Heap(arguments) => match heap::heap(arguments, context) {
            Ok(performed) => return performed,
            Err(failure) => Err(failure),
        },
        Command::Profile(arguments) => match profile::profile(arguments, context) {
            Ok(performed) => return performed,
            Err(failure) => Err(failure),
        },
        Command::Debug(arguments) => match crate::debug::debug(arguments, context) {
            Ok(status) => return Performed::status(status),
            Err(failure) => Err(failure),
        },
        Command::Asm(arguments) => asm::asm(arguments, context),
        Command::Dis(arguments) => dis::dis(arguments, context),
        Command::Fmt(arguments) => fmt::fmt(arguments, context),
        Command::Check(arguments) => return Performed::status(check::check(arguments, context)),
        Command::Test(test) => match test::test(test, arguments.color.when) {
            Ok(status) => return Performed::status(status),
            Err(failure) => Err(failure),
        },
        Command::Bench(arguments) => match crate::bench::bench(arguments, context) {
            Ok(status) => return Performed::status(status),
            Err(failure) => Err(failure),
        },
        Command::Completions(arguments) => {
            completions::completions(arguments, context);
            Ok(())
        }
    };
    Performed::status(match result {
        Ok(()) => status::SUCCESS,
        Err(failure) => context.fail(&failure),
    })
}

/// Whether an output is a terminal, to which `what` is not written.
fn refuse_terminal(
    context: &Context,
    output: &std::path::Path,
    what: &'static str,
) -> Result<(), Failure> {
    let is_standard = output == std::path::Path::new(crate::input::STANDARD);
    if is_standard && context.output_is_terminal() {
        Err(Failure::Terminal { what })
    } else {
        Ok(())
    }
}
