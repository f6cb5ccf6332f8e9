//! What the builder refuses.

use thiserror::Error;
use vm_bytecode::{Opcode, OperandError};

/// A call that makes no sense, or a function that fits no module.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Too few or too many operands, or a value that does not fit its field.
    #[error(transparent)]
    Operand(#[from] OperandError),
    /// An operand of the wrong kind.
    #[error("operand `{name}` of `{}` must be {expected}", .opcode.mnemonic())]
    OperandKind {
        /// The instruction.
        opcode: Opcode,
        /// Which operand, counted from 0.
        position: usize,
        /// What the table calls it.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// A window that ends behind the last possible register.
    #[error("`{}` uses registers up to r{last}, the last one is r255", .opcode.mnemonic())]
    WindowTooLong {
        /// The instruction.
        opcode: Opcode,
        /// The last register of the window.
        last: u32,
    },
    /// No register is left.
    #[error("a function has at most 256 registers")]
    TooManyRegisters,
    /// No free variable is left.
    #[error("a function has at most 255 free variables")]
    TooManyFreeVariables,
    /// The list of names does not have one name for each parameter.
    #[error("{names} names for {parameters} parameters")]
    ParameterNames {
        /// How many names there are.
        names: usize,
        /// How many parameters there are.
        parameters: usize,
    },
    /// More positional-only parameters than positional ones.
    #[error("{positional_only} of {positional} positional parameters can't be positional-only")]
    PositionalOnly {
        /// How many are said to be positional-only.
        positional_only: u8,
        /// How many positional ones there are.
        positional: u8,
    },
    /// A label of another function.
    #[error("the label belongs to another function")]
    ForeignLabel,
    /// A label that has a place already.
    #[error("the label is bound twice")]
    LabelBoundTwice,
    /// A label that a jump or a region needs has no place.
    #[error("a label is used but never bound")]
    UnboundLabel,
    /// A jump farther than any jump instruction reaches.
    #[error("the jump of {distance} words is farther than an instruction can hold")]
    JumpTooFar {
        /// Which instruction, counted from 0 in the order they were emitted.
        instruction: usize,
        /// The distance.
        distance: i64,
    },
    /// More code than a word index can hold.
    #[error("the code of a function is too long")]
    CodeTooLong,
    /// A tuple refers to a constant that does not come before it.
    #[error("a tuple refers to constant {0}, which does not exist yet")]
    UnknownConstant(u32),
    /// An index that `declare_function` did not return.
    #[error("function {0} is not declared")]
    UnknownFunction(u32),
    /// An index that `declare_class` did not return.
    #[error("class {0} is not declared")]
    UnknownClass(u32),
    /// A function or class that has its definition already.
    #[error("{what} {index} is defined twice")]
    DefinedTwice {
        /// "function" or "class".
        what: &'static str,
        /// Its index.
        index: u32,
    },
    /// A function or class that was declared only.
    #[error("{what} {index} is declared but not defined")]
    Undefined {
        /// "function" or "class".
        what: &'static str,
        /// Its index.
        index: u32,
    },
    /// No function to start with.
    #[error("the module has no entry function")]
    NoEntry,
}
