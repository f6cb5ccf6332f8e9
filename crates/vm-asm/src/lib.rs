//! The text language of the machine: assembler, disassembler, formatter, and a builder for programs
//! that make modules.
//!
//! ```text
//!             parse            lower              ┌──────────────┐
//!    text ───────────► tree ───────────► builder ─┤ vm_bytecode  │
//!     ▲                                     ▲     │   Module     │
//!     │                                     │     └──────┬───────┘
//!     └───────────── disassemble ───────────┼────────────┘
//!                                           └── any other front end
//! ```
//!
//! - [`assemble`] reports every error of a text at once, each with its place: a [`Diagnostic`].
//! - [`disassemble`] writes a text that assembles to identical bytes, for every verified module.
//! - [`format_source`] lays a text out canonically.
//! - [`ModuleBuilder`] and [`FunctionBuilder`] reach all that a module can express.
//!
//! The language is described in `docs/assembly.md`, the instructions in `docs/instructions.md`.
//!
//! This crate runs nothing and guarantees nothing about what it assembles: whether a module may run
//! is for the verifier to say ([`vm_bytecode::verify`]). Nor does it draw error messages with source
//! lines; that is the work of the command line.
//!
//! # Example
//!
//! ```
//! use vm_asm::{Options, assemble, disassemble};
//! use vm_bytecode::VerifiedModule;
//!
//! let source = r#"
//! .func main()
//!     .local total, number
//!     load total, 0
//!     load number, 10
//! next:
//!     add total, total, number
//!     sub_imm number, number, 1
//!     jump_if_gt_imm number, 0, next
//!     load_global r2, print
//!     move r3, total
//!     call r2, 1                  ; print(total)
//!     return_none
//! .end
//! "#;
//! let module = assemble(source, "sum.vasm")?;
//! let module = VerifiedModule::new(module).expect("the program is correct");
//! assert_eq!(module.functions[0].registers, 4);
//!
//! let text = disassemble(&module, &Options::default());
//! assert_eq!(&assemble(&text, "")?, &*module);
//!
//! // Errors have places and often advice.
//! let errors = assemble(&source.replace("total, 0", "totel, 0"), "sum.vasm").unwrap_err();
//! assert_eq!(errors[0].to_string(), "unknown register `totel`");
//! assert_eq!(errors[0].help.as_deref(), Some("did you mean `total`?"));
//! # Ok::<(), Vec<vm_asm::Diagnostic>>(())
//! ```

#![forbid(unsafe_code)]

mod builder;
mod diagnostic;
mod format;
mod lexer;
mod literal;
mod lower;
mod parser;
mod print;
mod span;
mod suggest;
pub mod syntax;

pub use builder::{BuildError, FunctionBuilder, Label, ModuleBuilder, Operand, Register};
pub use diagnostic::{Diagnostic, ErrorKind, Secondary};
pub use format::format_source;
pub use lower::{Assembled, MAX_ERRORS, Places, assemble, assemble_with_places};
pub use parser::parse;
pub use print::{ListedInstruction, Options, disassemble, listing};
pub use span::{LineIndex, Span};
