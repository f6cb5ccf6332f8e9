//! What the benchmarks share: programs that check what they print, and objects for the heap and the
//! collector without a machine.
//!
//! This package is not for use by others. How to run the benchmarks, and what their figures are
//! worth, is in its `README.md`.
//!
//! ```
//! use vm_benches::program::Program;
//!
//! let mut fib = Program::load("fib", "10", "55\n")?;
//! fib.run();
//! # Ok::<(), vm_benches::program::LoadError>(())
//! ```

pub mod graph;
pub mod program;
pub mod slots;

pub use vm_measure::{process as measure, splice, statistics};
