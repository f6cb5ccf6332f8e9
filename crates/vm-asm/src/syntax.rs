//! The syntax tree: what is written, with places, before anything is looked up.
//!
//! The tree keeps no comments and no layout; the formatter works on tokens. It is built even for a
//! text with errors: a statement that can't be read is left out, the rest is there.

use num_bigint::BigInt;

use crate::span::Span;

/// A whole file.
#[derive(Clone, Debug, Default)]
pub struct SourceFile {
    /// The directives, functions and classes in the order they are written.
    pub items: Vec<Item>,
}

/// A name as it is written, bare or in quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name itself, escapes replaced.
    pub text: String,
    /// Where it is.
    pub span: Span,
    /// Whether it is in quotes. A quoted name never stands for a register.
    pub quoted: bool,
}

/// Something at the outermost level.
#[derive(Clone, Debug)]
pub enum Item {
    /// `.version 1`
    Version(Number),
    /// `.file "fib.py"`, or `.file` alone: positions refer to no file
    File {
        /// The name of the file.
        name: Option<Name>,
        /// The directive.
        span: Span,
    },
    /// `.stripped`
    Stripped(Span),
    /// `.const LIMIT = 1000`
    Constant {
        /// What operands call it.
        name: Name,
        /// Its value.
        value: Expression,
    },
    /// `.name print`
    Name(Name),
    /// `.entry main`
    Entry(Name),
    /// `.func` to `.end`
    Function(Function),
    /// `.class` to `.end`
    Class(Class),
}

/// A number in a directive.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    /// Its value.
    pub value: u32,
    /// Where it is.
    pub span: Span,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    /// What the rest of the text calls it.
    pub name: Name,
    /// The name it has when it runs, if that is another one (`named "..."`).
    pub runtime_name: Option<Name>,
    /// The parameter list.
    pub parameters: Vec<Parameter>,
    /// Whether calling it makes a generator.
    pub is_generator: bool,
    /// Whether the header was read without errors. If not, names may be missing.
    pub is_complete: bool,
    /// The lines between `.func` and `.end`.
    pub body: Vec<Statement>,
}

/// One entry of a parameter list.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Which kind of parameter.
    pub kind: ParameterKind,
    /// Its name.
    pub name: Name,
}

/// The kinds of parameters, in the order they must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParameterKind {
    /// Before `/`.
    PositionalOnly,
    /// Plain.
    Positional,
    /// `*args`
    Varargs,
    /// After `*` or `*args`.
    KeywordOnly,
    /// `**keywords`
    Varkw,
}

/// A line of a function.
#[derive(Clone, Debug)]
pub enum Statement {
    /// `L1:`
    Label(Name),
    /// One entry of `.local total, i = r7`
    Local {
        /// The name.
        name: Name,
        /// The register it names, if not the next one.
        register: Option<Name>,
    },
    /// One entry of `.free count`
    Free(Name),
    /// `.free 3`: so many free variables without names.
    FreeCount(Number),
    /// `.registers 12`
    Registers(Number),
    /// `.line 12:5`
    Line {
        /// The line.
        line: Number,
        /// The column; 0 if none is given.
        column: Number,
    },
    /// `.try L1 L2 -> L3, r4`
    Try {
        /// First instruction of the region.
        start: Name,
        /// First instruction behind the region.
        end: Name,
        /// Where an exception continues.
        handler: Name,
        /// The register that receives the exception.
        register: Name,
        /// The whole directive.
        span: Span,
    },
    /// `.word 0x12345678`: a raw code word.
    Word(Number),
    /// `add r1, r2, r3`
    Instruction(Instruction),
}

/// An instruction.
#[derive(Clone, Debug)]
pub struct Instruction {
    /// Its mnemonic.
    pub mnemonic: Name,
    /// Its operands.
    pub operands: Vec<Expression>,
}

impl Instruction {
    /// The instruction from the mnemonic to the last operand.
    pub fn span(&self) -> Span {
        self.operands
            .last()
            .map_or(self.mnemonic.span, |last| self.mnemonic.span.to(last.span))
    }
}

/// An operand or the value of a constant.
#[derive(Clone, Debug)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where it is.
    pub span: Span,
}

/// The forms an expression has.
#[derive(Clone, Debug)]
pub enum ExpressionKind {
    /// A bare word: a register, label, name, function, class or constant, whichever the
    /// instruction expects there.
    Word(String),
    /// `12`, `-0x1f`
    Integer(BigInt),
    /// `1.5`, `-inf`, `nan`: the bits of the float.
    Float(u64),
    /// `"text"`
    String(String),
    /// `b"bytes"`
    Bytes(Vec<u8>),
    /// `(1, "x", LIMIT)`
    Tuple(Vec<Expression>),
}

/// A class template.
#[derive(Clone, Debug)]
pub struct Class {
    /// What the rest of the text calls it.
    pub name: Name,
    /// The name it has when it runs, if that is another one.
    pub runtime_name: Option<Name>,
    /// `.slots`: absent, or the names.
    pub slots: Option<Vec<Name>>,
    /// Its methods and attributes, in order.
    pub members: Vec<Member>,
}

/// A member of a class template.
#[derive(Clone, Debug)]
pub struct Member {
    /// The name of the attribute.
    pub name: Name,
    /// Its value.
    pub value: MemberValue,
}

/// The value of a class member.
#[derive(Clone, Debug)]
pub enum MemberValue {
    /// `.method name function`
    Function(Name),
    /// `.attr name = constant`
    Constant(Expression),
}
