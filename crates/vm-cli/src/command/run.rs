//! `vm run`: assembles or decodes, verifies, runs.
//!
//! 1. What ended the program is shown before its globals are cleared, which may print more.
//! 2. The counters are those of the run, without what clearing the globals costs.
//! 3. In builds with debug assertions and with `--verify`, all reference counts are recomputed at
//!    the end and compared.

use super::{Performed, machine};
use crate::arguments::Run;
use crate::context::Context;
use crate::failure::Failure;
use crate::input::Input;
use crate::statistics;
use std::path::Path;
use vm_bytecode::VerifiedModule;
use vm_core::RunError;

pub(super) fn run(arguments: &Run, context: &Context) -> Result<Performed, Failure> {
    let path = arguments.program.first().map_or("-", String::as_str);
    let module = Input::read(context, Path::new(path))?.verified()?;
    machine::on_its_thread(&arguments.machine, context, || {
        run_here(arguments, context, module)
    })
}

/// Runs on this thread.
fn run_here(
    arguments: &Run,
    context: &Context,
    module: VerifiedModule,
) -> Result<Performed, Failure> {
    let mut vm = machine::make(&arguments.machine, context)?;
    vm.count_operations(arguments.stats || arguments.count_operations);
    context.console.set_program(Some(vm.cancel_handle()));
    let result = match vm.set_arguments(arguments.program.clone()) {
        Ok(()) => vm.run(module).map(drop),
        Err(error) => Err(error),
    };
    let inconsistent = matches!(result, Err(RunError::Inconsistent(_)));
    let mut performed = Performed::status(machine::end(result, arguments.quiet, context));
    if inconsistent {
        // Going on with such a machine could do anything.
        context.console.set_program(None);
        performed.inconsistent = true;
        return Ok(performed);
    }
    performed.statistics = Some(vm.statistics());
    vm.finish();
    context.console.set_program(None);
    let verifies = cfg!(debug_assertions) || arguments.verify;
    let found = vm.take_inconsistency();
    let verified = if verifies { vm.verify() } else { Ok(()) };
    let found = found.or_else(|| verified.err().map(|error| error.to_string()));
    if let Some(message) = found {
        performed.status = context.fail(&Failure::Inconsistent(message));
        performed.inconsistent = true;
    }
    if let Some(statistics) = performed.statistics.as_ref().filter(|_| arguments.stats) {
        context.console.print_error(&statistics::text(statistics));
    }
    Ok(performed)
}
