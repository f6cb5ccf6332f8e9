//! What every command that runs a program shares: the machine, how a run ends.
//!
//! 1. What ended the program is shown before its globals are cleared, which may print more.
//! 2. The counters are those of the run, without what clearing the globals costs.
//! 3. In builds with debug assertions, and if it is asked for, all reference counts are recomputed
//!    at the end and compared.

use super::Performed;
use crate::arguments::{DebugFlag, MachineOptions, Switch};
use crate::context::Context;
use crate::failure::{Failure, status};
use crate::sizes::Size;
use vm_bytecode::VerifiedModule;
use vm_core::{Capabilities, Config, RunError, Stress, Vm};

/// A machine as the arguments want it.
pub(crate) fn make(arguments: &MachineOptions, context: &Context) -> Result<Vm, Failure> {
    let mut stress = Stress::default();
    for mode in &arguments.stress {
        mode.apply(&mut stress);
    }
    let bytes = |size: Size| usize::try_from(size.bytes).unwrap_or(usize::MAX);
    let config = Config {
        heap_bytes_max: bytes(arguments.max_heap),
        call_depth_max: arguments.max_depth as usize,
        fuel_max: arguments.fuel,
        wall_time_max: Some(arguments.timeout),
        capabilities: Capabilities { sleep: true },
        collector_profile: arguments.gc_profile.profile(),
        collector_bytes: arguments.gc_bytes.map(bytes),
        stress,
        ..Config::default()
    };
    let mut vm = Vm::new(config).map_err(|_| Failure::HeapTooSmall)?;
    vm.set_output(context.console.output(), context.console.error());
    vm.set_collector_enabled(arguments.gc == Switch::On);
    if let Some(thresholds) = arguments.gc_threshold {
        vm.set_collector_thresholds(thresholds.0);
    }
    let flags = arguments.gc_debug.iter().copied().map(DebugFlag::bits);
    vm.set_collector_debug(flags.fold(0, |all, flag| all | flag));
    Ok(vm)
}

/// How a program runs.
pub(super) struct Run<'a> {
    /// Its name, and its arguments: `sys.argv`.
    pub(super) program: &'a [String],
    /// Whether nothing is said about how it failed.
    pub(super) quiet: bool,
    /// Whether the heap is verified at the end of a build without debug assertions, too.
    pub(super) verifies: bool,
}

/// Runs a program to its end, and clears what it leaves, after `before_clearing` had a look at it.
pub(super) fn perform(
    vm: &mut Vm,
    module: VerifiedModule,
    run: &Run<'_>,
    context: &Context,
    before_clearing: impl FnOnce(&mut Vm),
) -> Performed {
    context.console.set_program(Some(vm.cancel_handle()));
    let result = match vm.set_arguments(run.program.to_vec()) {
        Ok(()) => vm.run(module).map(drop),
        Err(error) => Err(error),
    };
    let inconsistent = matches!(result, Err(RunError::Inconsistent(_)));
    let mut performed = Performed::status(end(result, run.quiet, context));
    if inconsistent {
        // Going on with such a machine could do anything.
        context.console.set_program(None);
        performed.inconsistent = true;
        return performed;
    }
    performed.statistics = Some(vm.statistics());
    before_clearing(vm);
    let ended_early = vm.finish();
    context.console.set_program(None);
    let found = vm.take_inconsistency();
    let verifies = cfg!(debug_assertions) || run.verifies;
    let verified = if verifies { vm.verify() } else { Ok(()) };
    let found = found.or_else(|| verified.err().map(|error| error.to_string()));
    if let Some(message) = found {
        performed.status = context.fail(&Failure::Inconsistent(message));
        performed.inconsistent = true;
    } else if let Some(outcome) = ended_early
        && performed.status == status::SUCCESS
    {
        performed.status = end(Err(RunError::Limit(outcome)), run.quiet, context);
    }
    performed
}

/// Shows what ended the program; returns the exit status.
pub(crate) fn end(result: Result<(), RunError>, quiet: bool, context: &Context) -> u8 {
    let show = |text: &str| {
        if !quiet {
            context.console.print_error(text);
        }
    };
    match result {
        // The program's own word counts, whoever reads what it prints.
        Err(RunError::Exit { status, .. }) if context.console.has_failed() => status as u8,
        // Standard output failed. The program was told and cancelled; people are told at the end, unless the
        // reader has closed the pipe: it has what it wanted.
        _ if context.console.has_failed() => status::SUCCESS,
        Ok(()) => status::SUCCESS,
        Err(RunError::Exception(report)) => {
            show(&report.text);
            status::FAILED
        }
        Err(RunError::Exit { status, message }) => {
            // What a program says when it exits is its own output.
            if let Some(message) = message {
                context.console.print_error(&format!("{message}\n"));
            }
            // The operating system keeps the low eight bits.
            status as u8
        }
        Err(RunError::Inconsistent(message)) => context.fail(&Failure::Inconsistent(message)),
        Err(RunError::Limit(outcome)) => {
            let failure = Failure::Limit(outcome);
            if quiet {
                failure.status()
            } else {
                context.fail(&failure)
            }
        }
    }
}
