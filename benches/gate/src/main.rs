//! The gate: what the kernels cost, compared with the recorded baseline.
//!
//! ```console
//! $ cargo run --release -p vm-gate                             # status 1 if one grew
//! $ cargo run --release -p vm-gate -- record --reason "WHY"    # writes down what changed
//! ```
//!
//! 1. Each kernel runs once, and what goes through the global allocator is counted; a program runs
//!    once more while the machine counts what it does.
//! 2. This program starts itself again as gungraun's benchmark, which counts the processor's
//!    instructions under callgrind, and prints JSON. It needs `valgrind`, and `gungraun-runner` of the
//!    version of the `gungraun` crate; without them, instructions are passed over aloud.
//! 3. The costs are compared with `baseline.json`, or recorded there.
//!
//! It is a package of its own so that it is built without the other benchmarks.

mod allocator;
mod baseline;
mod instructions;
mod kernels;

use baseline::{Baseline, BaselineError, Comparison, Conditions, Costs, MACHINE_COUNTERS, UPDATE};
use clap::{Parser, Subcommand};
use kernels::{Kernel, Work, kernels};
use std::process::ExitCode;
use thiserror::Error;

/// Compares what the kernels cost with what is recorded.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Writes down what changed, with the reason.
    Record {
        /// Why it costs more, or less.
        #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
        reason: String,
    },
}

/// Why there is no comparison.
#[derive(Debug, Error)]
enum GateError {
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    #[error("instructions cannot be counted: {0}")]
    Instructions(#[from] instructions::CountError),
}

fn main() -> ExitCode {
    if instructions::is_benchmark() {
        instructions::benchmark();
        return ExitCode::SUCCESS;
    }
    let result = match Arguments::parse().action {
        Some(Action::Record { reason }) => record(&reason),
        None => check(),
    };
    result.unwrap_or_else(|error| {
        eprintln!("gate: {error}");
        ExitCode::FAILURE
    })
}

fn check() -> Result<ExitCode, GateError> {
    let recorded = Baseline::read(&Baseline::path())?;
    let instructions = match instructions::count() {
        Ok(counts) => Some(counts),
        Err(error) if error.is_missing_tool() => {
            println!("SKIPPED: instruction counts: {error}");
            None
        }
        Err(error) => return Err(error.into()),
    };
    let comparison = Comparison::of(&recorded, &costs(instructions.as_deref()));
    print!("{comparison}");
    if comparison.passes() {
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "If that is what the change is worth, write it down with the reason, in the same change:"
    );
    println!("    {UPDATE}");
    Ok(ExitCode::FAILURE)
}

fn record(reason: &str) -> Result<ExitCode, GateError> {
    let path = Baseline::path();
    let now = costs(Some(&instructions::count()?));
    let updated = if path.exists() {
        let recorded = Baseline::read(&path)?;
        print!("{}", Comparison::of(&recorded, &now));
        recorded.updated(now, reason)
    } else {
        let nothing = Baseline::new(now.conditions.clone(), Vec::new());
        nothing.updated(now, reason)
    };
    updated.write(&path)?;
    println!("recorded: {}", path.display());
    Ok(ExitCode::SUCCESS)
}

/// What the kernels cost, with the instructions of each, if they were counted.
fn costs(instructions: Option<&[u64]>) -> Baseline {
    let kernels = kernels().enumerate().map(|(index, kernel)| Costs {
        instructions: instructions.and_then(|counts| counts.get(index).copied()),
        ..exact_costs(kernel)
    });
    Baseline::new(Conditions::here(), kernels.collect())
}

/// What needs no tool to be counted.
fn exact_costs(kernel: Kernel) -> Costs {
    let mut work = kernel.prepare();
    let before = allocator::counts();
    work.run();
    let after = allocator::counts();
    let mut costs = Costs {
        kernel: kernel.name.to_owned(),
        native_allocations: after.allocations - before.allocations,
        native_allocated_bytes: after.bytes - before.bytes,
        ..Costs::default()
    };
    if let Work::Program(mut program) = kernel.prepare() {
        let counters = program.counted_run().into_iter();
        let compared = counters.filter(|(name, _)| MACHINE_COUNTERS.contains(name));
        costs.machine = compared
            .map(|(name, count)| (name.to_owned(), count))
            .collect();
    }
    costs
}
