//! Measuring: what a process costs, what a thread costs, and what to make of many such figures.
//!
//! | module | is |
//! |---|---|
//! | [`process`] | a process from start to end: output, processor time, memory |
//! | [`thread`] | processor time of the calling thread |
//! | [`statistics`] | medians, minima, means |
//! | [`splice`](mod@splice) | a table put into a document |
//! | [`text`] | a text of the machine's language, as long as is wanted |
//!
//! ```
//! use std::process::Command;
//!
//! let measured = vm_measure::process::run(Command::new("echo").arg("hello"))?;
//! assert_eq!(measured.output, "hello\n");
//! assert!(measured.wall_s >= 0.0);
//! # Ok::<(), vm_measure::process::MeasureError>(())
//! ```

pub mod process;
pub mod splice;
pub mod statistics;
pub mod text;
pub mod thread;
