//! A virtual machine with CPython's memory model: a reference count in every object, and a
//! generational collector that finds cycles by tentative subtraction.
//!
//! A [`Vm`] runs modules of register bytecode (`vm-bytecode`, made from text by `vm-asm` or by a
//! program through its builder) with Python's semantics: integers of any size, floor division,
//! stable dict order, C3 resolution, closures, generators, chained exceptions, finalizers, weak
//! references. It counts references exactly as CPython does where a program can see it, and takes
//! far fewer counts, because instructions read their operands in place.
//!
//! Every machine is its own world: no globals, no ambient authority. Output goes to sinks that the
//! embedder gives; memory, instructions, depth and time are limited ([`Config`]), and after a limit
//! was reached the machine can be used again.
//!
//! Not for: running Python source (a front end is built on `vm-asm`), programs that need CPython's
//! standard library or extension modules, or one machine shared by several threads.
//!
//! ```
//! use vm_bytecode::VerifiedModule;
//! use vm_core::{Config, Data, Vm};
//!
//! let text = r#"
//! .version 1
//! .func main()
//!     return_none
//! .end
//! .func double(x)
//!     add x, x, x
//!     return x
//! .end
//! "#;
//! let module = vm_asm::assemble(text, "double.vasm").expect("the text is right");
//! let module = VerifiedModule::new(module).expect("the code is right");
//!
//! let mut vm = Vm::new(Config::default())?;
//! vm.load(module)?;
//! vm.define_functions_of_module()?;
//! let double = vm.global("double").expect("the module has it");
//! let argument = vm.make_value(Data::Str("ab".to_owned()))?;
//! let result = vm.call_handle(&double, &[argument])?;
//! assert_eq!(vm.text_of(&result)?, "abab");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The parts: `value` (the eight-byte word), `object` (one file for each layout), `ops` (what
//! Python's operators do), `interpreter` (the loop), `builtins` and `modules` (what programs find),
//! `memory` (how objects die), and the embedding interface re-exported here.

mod alloc;
mod api;
mod builtins;
mod code;
#[cfg(test)]
mod cpython_cases;
mod data;
mod error;
mod handle;
mod interpreter;
mod limits;
mod link;
mod memory;
mod modules;
mod names;
mod native;
mod nesting;
mod object;
pub mod observe;
mod ops;
mod output;
pub mod profile;
mod pure;
mod raise;
mod setup;
mod sites;
mod snapshot;
mod stack;
mod statistics;
mod stress;
mod traceback;
mod tracking;
mod types;
mod unraisable;
mod value;
mod vm;

pub use data::Data;
pub use error::{ExceptionReport, RunError};
pub use handle::Handle;
pub use limits::{CancelHandle, Capabilities, Config, Outcome};
pub use snapshot::{SnapshotPoint, SnapshotSink};
pub use statistics::{Counts, FunctionCounts, Statistics};
pub use stress::Stress;
pub use vm::{Raised, Vm};
