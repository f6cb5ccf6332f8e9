//! `vm run`: assembles or decodes, verifies, runs.

use super::{Performed, machine};
use crate::arguments::Run;
use crate::context::Context;
use crate::failure::Failure;
use crate::input::Input;
use crate::logging;
use crate::statistics;

pub(super) fn run(arguments: &Run, context: &Context) -> Result<Performed, Failure> {
    let module = Input::of_program(context, &arguments.program)?.verified()?;
    let _logging = logging::install_verbose(context, arguments.machine.verbose);
    let mut vm = machine::make(&arguments.machine, context)?;
    vm.count_operations(arguments.stats || arguments.count_operations);
    let run = machine::Run {
        program: &arguments.program,
        quiet: arguments.quiet,
        verifies: arguments.verify,
    };
    let performed = machine::perform(&mut vm, module, &run, context, |_| {});
    if let Some(statistics) = performed.statistics.as_ref().filter(|_| arguments.stats) {
        context.console.print_error(&statistics::text(statistics));
    }
    context.abandon(vm);
    Ok(performed)
}
