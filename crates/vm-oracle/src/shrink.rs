//! A smaller program that still fails.
//!
//! 1. Leave out a run of statements, as many as half of the program at first; if the traces still
//!    differ, keep it so. Then runs of half that length, down to single statements.
//! 2. Again, as long as that left something out.
//!
//! (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002.)

use crate::compare::{Difference, Mode, compare_program};
use crate::cpython::Cpython;
use std::io;

/// Shrinks a failing program.
///
/// # Errors
///
/// CPython could not be started, or ended early.
pub fn shrink(failing: Difference, cpython: &Cpython, mode: Mode) -> io::Result<Difference> {
    let mut smallest = failing;
    loop {
        let before = smallest.program.statements.len();
        let mut length = before.div_ceil(2);
        while length > 0 {
            let mut start = 0;
            while start < smallest.program.statements.len() {
                let mut program = smallest.program.clone();
                let end = program.statements.len().min(start + length);
                program.statements.drain(start..end);
                match compare_program(&program, cpython, mode)? {
                    Some(difference) => smallest = difference,
                    None => start += length,
                }
            }
            length /= 2;
        }
        if smallest.program.statements.len() == before {
            return Ok(smallest);
        }
    }
}
