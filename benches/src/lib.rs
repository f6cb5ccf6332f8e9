//! What the benchmarks share: programs that check what they print, a graph of objects for the heap
//! and the collector without a machine, the kernels of the gate, and the baseline that it compares
//! them with.
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

pub mod baseline;
pub mod graph;
pub mod kernels;
pub mod program;
pub mod slots;

pub use vm_measure::{process as measure, splice, statistics};
