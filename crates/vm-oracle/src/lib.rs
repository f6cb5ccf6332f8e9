//! The oracle: random programs, run by CPython and by this machine, whose traces must be equal.
//!
//! ```text
//!                        ┌─► write ─► Python   ─► CPython 3.13 ─► trace ─┐
//!    seed ─► generate ─► Program                                          ├─► normalise ─► equal?
//!                        └─► write ─► assembly ─► our machine  ─► trace ─┘
//! ```
//!
//! - A *program* is a list of calls of the *prelude*'s functions over eight variables. The prelude
//!   is written by hand, once in each language (`prelude.py`, `prelude.vasm`).
//! - A *trace* is what a program says: results, counters, statistics, callbacks and finalizers as
//!   they run, who is alive.
//! - What a trace can show that is an accident of CPython's implementation is avoided by the prelude
//!   or left out when traces are compared; `docs/gc.md` lists it, with reasons.
//!
//! - The *corpus* (`fixtures/oracle`) has traces that CPython made, for where there is none.
//!
//! The binary `oracle` runs any range of seeds, and shrinks what fails.

#![forbid(unsafe_code)]

mod compare;
mod corpus;
mod cpython;
mod generate;
mod machine;
mod program;
mod random;
mod shrink;
mod trace;
mod write;

pub use compare::{Difference, Mode, compare_seeds};
pub use corpus::{Recorded, read, record};
pub use cpython::{Cpython, version};
pub use generate::generate;
pub use program::{Argument, Program, Statement};
pub use shrink::shrink;
pub use write::{assembly, assembly_main, python, python_main};
