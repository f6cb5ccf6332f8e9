//! `vm run`: assembles or decodes, verifies, runs.
//!
//! 1. The machine runs on a thread with a large stack: native code that calls the program that calls
//!    native code is bounded by the machine, but each level takes more in an unoptimised build.
//! 2. What ended the program is shown before its globals are cleared, which may print more.
//! 3. The counters are those of the run, without what clearing the globals costs.
//! 4. In builds with debug assertions and with `--verify`, all reference counts are recomputed at
//!    the end and compared.

use super::Performed;
use crate::arguments::{DebugFlag, Run, Switch};
use crate::context::Context;
use crate::failure::{Failure, status};
use crate::input::Input;
use crate::sizes::Size;
use crate::statistics;
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;
use vm_bytecode::VerifiedModule;
use vm_core::{Capabilities, Config, RunError, Stress, Vm};

/// The stack of the machine's thread; the system gives it memory as it is used.
const STACK_BYTES: usize = 256 << 20;

/// How deep native code and program code may call each other (`__add__` of an `__add__` of ...):
/// what the stack has room for, in a debug build too.
const NATIVE_DEPTH_MAX: u32 = 1000;

pub(super) fn run(arguments: &Run, context: &Context) -> Result<Performed, Failure> {
    let path = arguments.program.first().map_or("-", String::as_str);
    let module = Input::read(context, Path::new(path))?.verified()?;
    thread::scope(|scope| {
        let machine = thread::Builder::new()
            .name("machine".to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || run_here(arguments, context, module))
            .map_err(|source| Failure::Thread { source })?;
        machine.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Runs on this thread.
fn run_here(
    arguments: &Run,
    context: &Context,
    module: VerifiedModule,
) -> Result<Performed, Failure> {
    let mut vm = machine(arguments, context)?;
    context.console.set_program(Some(vm.cancel_handle()));
    let result = match vm.set_arguments(arguments.program.clone()) {
        Ok(()) => vm.run(module).map(drop),
        Err(error) => Err(error),
    };
    let inconsistent = matches!(result, Err(RunError::Inconsistent(_)));
    let mut performed = Performed::status(end(result, arguments, context));
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

/// A machine as the arguments want it.
fn machine(arguments: &Run, context: &Context) -> Result<Vm, Failure> {
    let mut stress = Stress::default();
    for mode in &arguments.stress {
        mode.apply(&mut stress);
    }
    let bytes = |size: Size| usize::try_from(size.bytes).unwrap_or(usize::MAX);
    let config = Config {
        heap_bytes_max: bytes(arguments.max_heap),
        call_depth_max: arguments.max_depth as usize,
        native_depth_max: NATIVE_DEPTH_MAX,
        fuel_max: arguments.fuel,
        wall_time_max: Some(arguments.timeout),
        capabilities: Capabilities { sleep: true },
        collector_profile: arguments.gc_profile.profile(),
        collector_bytes: arguments.gc_bytes.map(bytes),
        stress,
    };
    let mut vm = Vm::new(config).map_err(|_| Failure::HeapTooSmall)?;
    vm.set_output(context.console.output(), context.console.error());
    vm.count_operations(arguments.stats || arguments.count_operations);
    vm.set_collector_enabled(arguments.gc == Switch::On);
    if let Some(thresholds) = arguments.gc_threshold {
        vm.set_collector_thresholds(thresholds.0);
    }
    let flags = arguments.gc_debug.iter().copied().map(DebugFlag::bits);
    vm.set_collector_debug(flags.fold(0, |all, flag| all | flag));
    Ok(vm)
}

/// Shows what ended the program; returns the exit status.
fn end(result: Result<(), RunError>, arguments: &Run, context: &Context) -> u8 {
    let show = |text: &str| {
        if !arguments.quiet {
            context.console.print_error(text);
        }
    };
    match result {
        // Standard output failed. The program was told and cancelled; people are told at the end.
        _ if context.console.has_failed() => status::FAILED,
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
            if arguments.quiet {
                failure.status()
            } else {
                context.fail(&failure)
            }
        }
    }
}
