//! A range of seeds, on both sides.

use crate::cpython::Cpython;
use crate::generate::generate;
use crate::machine;
use crate::program::Program;
use crate::trace::{first_difference, normalise, outcome};
use crate::write::{assembly, python};
use std::io;
use std::ops::Range;
use vm_core::Stress;
use vm_gc::Profile;

/// Programs in one process of CPython.
const BATCH: u64 = 100;

/// A program whose traces differ.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The program.
    pub program: Program,
    /// The trace of CPython.
    pub expected: Vec<String>,
    /// Ours.
    pub found: Vec<String>,
    /// The first line that differs.
    pub line: usize,
}

/// How our machine runs, and so what is compared.
#[derive(Debug, Clone, Copy)]
pub struct Mode {
    /// The version that is imitated.
    pub profile: Profile,
    /// Stress modes. If it collects at every safepoint, only outcomes are compared.
    pub stress: Stress,
}

impl Mode {
    /// The difference between the traces of a program, if there is one.
    pub fn compare(self, program: &Program, expected: &str) -> Option<Difference> {
        let found = machine::run(&assembly(program), self.profile, self.stress);
        let compared = if self.stress.safepoints {
            outcome
        } else {
            normalise
        };
        let (expected, found) = (compared(expected), compared(&found));
        let line = first_difference(&expected, &found)?;
        Some(Difference {
            program: program.clone(),
            expected,
            found,
            line,
        })
    }
}

/// Runs the programs of the seeds on both sides and tells `report` of each difference, in order.
/// `report` ends the search by returning false.
///
/// # Errors
///
/// CPython could not be started, or ended early.
pub fn compare_seeds(
    seeds: Range<u64>,
    cpython: &Cpython,
    mode: Mode,
    mut report: impl FnMut(Difference) -> bool,
) -> io::Result<()> {
    for start in seeds.clone().step_by(BATCH as usize) {
        let programs: Vec<Program> = (start..seeds.end.min(start + BATCH))
            .map(generate)
            .collect();
        let sources: Vec<String> = programs.iter().map(python).collect();
        let expected = cpython.run(&sources)?;
        for (program, expected) in programs.iter().zip(expected) {
            if let Some(difference) = mode.compare(program, &expected)
                && !report(difference)
            {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The difference of one program.
pub(crate) fn compare_program(
    program: &Program,
    cpython: &Cpython,
    mode: Mode,
) -> io::Result<Option<Difference>> {
    let expected = cpython.run(&[python(program)])?;
    Ok(mode.compare(program, &expected[0]))
}
