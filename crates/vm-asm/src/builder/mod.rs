//! Modules made by a program: the way from any front end to a [`Module`](vm_bytecode::Module).
//!
//! ```text
//! ModuleBuilder ── name("print"), constant(...) ──► indices, each value once
//!       │ declare_function() ─────────────────────► FunctionIndex, usable before its code exists
//!       │
//!       │            FunctionBuilder ── label(), bind(), instructions, region(), position()
//!       │                   │ finish()
//!       ◄─ define_function ─┘
//!       │
//!       └─ finish() ──────────────────────────────► Module
//! ```
//!
//! A [`FunctionBuilder`] does not borrow the module, so functions can be built inside each other
//! while names and constants are added. Every call checks what it is given; whether the result may
//! run is for the verifier to say.

mod error;
mod function;
mod instructions;
mod module;
mod window;

pub use error::BuildError;
pub use function::{FunctionBuilder, Label, Operand, Register};
pub use module::ModuleBuilder;

pub(crate) use function::{BuiltFunction, expected};
pub(crate) use window::register_extent;
