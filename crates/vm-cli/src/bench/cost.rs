//! What a program costs.
//!
//! 1. It runs once in the counting mode, which gives the counters, of the whole run and by function.
//! 2. It runs several times as it would, each time in a new machine. A time is the processor time of
//!    the machine's thread from the first instruction to the last: reading, assembling, verifying
//!    and the end of the machine are not in it.
//! 3. All runs must print the same, and what `BENCH-EXPECT` says. What a run prints is kept until it
//!    was compared, so there is a limit to it.

use super::difference::{Difference, Expected};
use super::program::Program;
use crate::arguments::Bench;
use crate::command::machine;
use crate::console::Memory;
use crate::context::Context;
use crate::failure::Failure;
use crate::logging;
use crate::names::distinct;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vm_core::{FunctionCounts, RunError, Statistics, Vm};
use vm_measure::process::last_part;
use vm_measure::thread::cpu_seconds;

/// Counters by name.
pub(super) type Counters = BTreeMap<String, u64>;

/// What one program costs, as it stands in the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Cost {
    /// The path as it was given.
    pub(super) program: String,
    pub(super) arguments: Vec<String>,
    pub(super) counters: Counters,
    pub(super) functions: Vec<FunctionCost>,
    /// Processor time of each round.
    pub(super) seconds: Vec<f64>,
}

/// What the instructions of one function cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FunctionCost {
    /// The name in the text; the second of that name has `#2` behind it.
    pub(super) name: String,
    pub(super) counters: Counters,
}

/// Counters in the order of tables, and whether growth is for the worse.
pub(super) const COUNTERS: [(&str, bool); 14] = [
    ("instructions", true),
    ("calls", true),
    ("allocations", true),
    ("allocated_bytes", true),
    ("peak_bytes", true),
    ("increments", true),
    ("decrements", true),
    ("elided", false),
    ("cache_hits", false),
    ("cache_misses", true),
    ("collections", true),
    ("collected", false),
    ("candidates", true),
    ("edges", true),
];

/// The shortest time, a step of the clock: nothing has a ratio to none.
const SECONDS_MIN: f64 = 1e-9;

/// Measures a program here.
pub(super) fn measure(
    program: &Program,
    arguments: &Bench,
    context: &Context,
) -> Result<Cost, Failure> {
    let counted = run(program, arguments, context, true)?;
    let mut seconds = Vec::with_capacity(arguments.rounds.into());
    for _ in 0..arguments.rounds {
        let timed = run(program, arguments, context, false)?;
        if timed.output != counted.output {
            return Err(Failure::Output {
                name: program.name(),
                difference: Difference::between(&counted.output, &timed.output),
                from: Expected::FirstRun,
            });
        }
        seconds.push(timed.seconds.max(SECONDS_MIN));
    }
    Ok(Cost {
        program: program.name(),
        arguments: program.directives.arguments.clone(),
        counters: by_name(counted.statistics.named()),
        functions: function_costs(&counted.functions),
        seconds,
    })
}

/// One run.
struct Run {
    output: String,
    statistics: Statistics,
    functions: Vec<FunctionCounts>,
    seconds: f64,
}

fn run(
    program: &Program,
    arguments: &Bench,
    context: &Context,
    counted: bool,
) -> Result<Run, Failure> {
    let module = program.input.verified()?;
    let _logging = logging::install_verbose(context, arguments.machine.verbose);
    let mut vm: Vm = machine::make(&arguments.machine, context)?;
    let ending = || Memory::of_program(vm.cancel_handle());
    let (output, errors) = (ending(), ending());
    vm.set_output(output.clone(), errors.clone());
    vm.count_operations(counted);
    let words = [program.name()].into_iter();
    let words = words.chain(program.directives.arguments.iter().cloned());
    let set = vm.set_arguments(words.collect());
    let begin = cpu_seconds();
    let result = set.and_then(|()| vm.run(module).map(drop));
    let seconds = cpu_seconds() - begin;
    let (statistics, functions) = (vm.statistics(), vm.function_counts());
    vm.finish();
    if output.is_full() || errors.is_full() {
        let name = program.name();
        return Err(Failure::OutputTooLong { name });
    }
    match result {
        Ok(()) | Err(RunError::Exit { status: 0, .. }) => {}
        Err(error) => {
            return Err(Failure::Ended {
                name: program.name(),
                reason: reason(&error, &errors),
            });
        }
    }
    let output = output.take_text();
    if let Some(difference) = program.difference(&output) {
        return Err(Failure::Output {
            name: program.name(),
            difference,
            from: Expected::Comments,
        });
    }
    Ok(Run {
        output,
        statistics,
        functions,
        seconds,
    })
}

/// Why a program failed, with what it said on standard error.
fn reason(error: &RunError, errors: &Memory) -> String {
    let why = match error {
        RunError::Exception(report) => report.text.clone(),
        other => other.to_string(),
    };
    let said = errors.take_text();
    format!("{}{why}", last_part(&said)).trim_end().to_owned()
}

fn by_name(named: impl IntoIterator<Item = (&'static str, u64)>) -> Counters {
    let named = named.into_iter();
    named
        .map(|(name, count)| (name.to_owned(), count))
        .collect()
}

/// Functions, those with most instructions first; no two of the same name.
fn function_costs(functions: &[FunctionCounts]) -> Vec<FunctionCost> {
    let names = distinct(functions.iter().map(|function| function.name.clone()));
    let named = functions.iter().zip(names);
    let mut costs: Vec<FunctionCost> = named
        .map(|(function, name)| FunctionCost {
            name,
            counters: by_name(function.counts.named()),
        })
        .collect();
    costs.sort_by_key(|cost| std::cmp::Reverse(cost.counters.get("instructions").copied()));
    costs
}
