//! The instruction set and the module format of the machine: what an assembler writes, a file
//! stores, and an interpreter runs.
//!
//! - [`TABLE`] and [`Opcode`]: one table defines every instruction. The constructors in [`encode`],
//!   the decoder, the verifier and `docs/instructions.md` are made from it.
//! - [`Module`]: functions, constants, names, class templates, debug information, as plain data.
//! - [`Module::to_bytes`], [`Module::from_bytes`]: its binary form. There is one for each module.
//! - [`verify`] and [`VerifiedModule`]: proof that a module can run without checks.
//! - [`RegisterEffects`]: which references an instruction reads, copies, moves and releases.
//!
//! ```
//! use vm_bytecode::{Constant, Function, Module, NameIndex, VerifiedModule, encode};
//!
//! // print("hello")
//! let mut code = Vec::new();
//! encode::load_global(0, 1).emit(&mut code);
//! encode::load_const(1, 0).emit(&mut code);
//! encode::call(0, 1).emit(&mut code);
//! encode::return_none().emit(&mut code);
//!
//! let module = Module {
//!     names: vec!["main".into(), "print".into()],
//!     constants: vec![Constant::from("hello")],
//!     functions: vec![Function { name: NameIndex(0), registers: 2, code, ..Function::default() }],
//!     ..Module::default()
//! };
//! let bytes = module.to_bytes()?;
//! let decoded = Module::from_bytes(&bytes)?;
//! assert_eq!(decoded, module);
//!
//! let verified = VerifiedModule::new(decoded).map_err(|errors| errors[0].clone())?;
//! assert_eq!(verified.function_name(verified.entry), "main");
//!
//! // The same without the argument: r1 is unset when `call` takes it.
//! let mut wrong = verified.into_inner();
//! wrong.functions[0].code.remove(2);
//! let errors = vm_bytecode::verify(&wrong).unwrap_err();
//! let message = "function `main`, word 2: `call` reads r1, which may be unset [initialisation]";
//! assert_eq!(errors[0].to_string(), message);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # When not to use it
//!
//! To write programs as text, use `vm-asm`; to generate them, its builder, which keeps labels,
//! constants and names. To run them, use `vm-core`. This crate knows neither text nor execution.

#![forbid(unsafe_code)]

mod constant;
mod container;
mod debug;
mod document;
mod fused;
mod instruction;
pub mod limits;
mod mnemonic;
pub mod module;
#[macro_use]
mod opcode;
mod register_plan;
mod registers;
pub mod table;
mod verify;
mod word;

pub use constant::{Constant, Integer};
pub use container::{DecodeError, DecodeFault, EncodeError, MAGIC, VERSION};
pub use debug::{Debug, FunctionDebug, LineEntry, Position};
pub use document::instructions_markdown;
pub use fused::fuse;
pub use instruction::{Instruction, InstructionError, Operand, OperandError, instructions};
pub use module::{
    ClassIndex, ClassTemplate, ConstantIndex, Function, FunctionIndex, Member, Module, NameIndex,
    Parameters, Region,
};
pub use opcode::{Field, Flow, MAX_OPERANDS, OpcodeInfo, OperandKind, OperandSpec};
pub use registers::{RegisterEffects, RegisterSet, RegisterUse};
pub use table::{Opcode, TABLE, encode};
pub use verify::{Rule, VerifiedModule, VerifyError, verify};
pub use word::{Offset24, Word};

const _: () = {
    assert!(size_of::<Opcode>() == 1);
    assert!(size_of::<Instruction>() == 12);
    assert!(size_of::<Operand>() == 8);
    assert!(size_of::<Region>() == 16);
    assert!(size_of::<Constant>() <= 32);
};
