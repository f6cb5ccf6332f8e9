//! The syntax tree: what is written, with places, before anything is looked up.
//!
//! The tree keeps no comments and no layout; the formatter works on tokens. It is built even for a
//! text with errors: a statement that can't be read is left out, the rest is there.
//!
//! It borrows from the text: a name is a piece of it, unless escapes were replaced. The lines of all
//! functions are in one list, and so are the operands of all instructions; a function has a range of
//! the one, an instruction of the other. So a line of the text costs no allocation.

use std::borrow::Cow;
use std::ops::Range;

use num_bigint::BigInt;

use crate::span::Span;

/// A whole file.
#[derive(Clone, Debug, Default)]
pub struct SourceFile<'source> {
    /// The directives, functions and classes in the order they are written.
    pub items: Vec<Item<'source>>,
    /// The lines of all functions, in their order.
    pub(crate) statements: Vec<Statement<'source>>,
    /// The operands of all instructions, in their order.
    pub(crate) operands: Vec<Expression<'source>>,
}

impl<'source> SourceFile<'source> {
    /// The lines of one of its functions, between `.func` and `.end`.
    pub fn body(&self, function: &Function<'_>) -> &[Statement<'source>] {
        &self.statements[function.body.clone()]
    }

    /// The operands of one of its instructions.
    pub fn operands(&self, instruction: &Instruction<'_>) -> &[Expression<'source>] {
        let (start, end) = instruction.operands;
        &self.operands[start as usize..end as usize]
    }
}

/// A name as it is written, bare or in quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name<'source> {
    /// The name itself, escapes replaced.
    pub text: Cow<'source, str>,
    /// Where it is.
    pub span: Span,
    /// Whether it is in quotes. A quoted name never stands for a register.
    pub quoted: bool,
}

/// Something at the outermost level.
#[derive(Clone, Debug)]
pub enum Item<'source> {
    /// `.version 1`
    Version(Number),
    /// `.file "fib.py"`, or `.file` alone: positions refer to no file
    File {
        /// The name of the file.
        name: Option<Name<'source>>,
        /// The directive.
        span: Span,
    },
    /// `.stripped`
    Stripped(Span),
    /// `.const LIMIT = 1000`
    Constant {
        /// What operands call it.
        name: Name<'source>,
        /// Its value.
        value: Expression<'source>,
    },
    /// `.name print`
    Name(Name<'source>),
    /// `.entry main`
    Entry(Name<'source>),
    /// `.func` to `.end`
    Function(Function<'source>),
    /// `.class` to `.end`
    Class(Class<'source>),
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
pub struct Function<'source> {
    /// What the rest of the text calls it.
    pub name: Name<'source>,
    /// The name it has when it runs, if that is another one (`named "..."`).
    pub runtime_name: Option<Name<'source>>,
    /// The parameter list.
    pub parameters: Vec<Parameter<'source>>,
    /// Whether calling it makes a generator.
    pub is_generator: bool,
    /// Whether the header was read without errors. If not, names may be missing.
    pub is_complete: bool,
    /// The lines between `.func` and `.end`: see [`SourceFile::body`].
    pub(crate) body: Range<usize>,
}

/// One entry of a parameter list.
#[derive(Clone, Debug)]
pub struct Parameter<'source> {
    /// Which kind of parameter.
    pub kind: ParameterKind,
    /// Its name.
    pub name: Name<'source>,
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
pub enum Statement<'source> {
    /// `L1:`
    Label(Name<'source>),
    /// One entry of `.local total, i = r7`
    Local {
        /// The name.
        name: Name<'source>,
        /// The register it names, if not the next one.
        register: Option<Box<Name<'source>>>,
    },
    /// One entry of `.free count`
    Free(Name<'source>),
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
    Try(Box<Try<'source>>),
    /// `.word 0x12345678`: a raw code word.
    Word(Number),
    /// `add r1, r2, r3`
    Instruction(Instruction<'source>),
}

/// A region whose exceptions are handled.
#[derive(Clone, Debug)]
pub struct Try<'source> {
    /// First instruction of the region.
    pub start: Name<'source>,
    /// First instruction behind the region.
    pub end: Name<'source>,
    /// Where an exception continues.
    pub handler: Name<'source>,
    /// The register that receives the exception.
    pub register: Name<'source>,
    /// The whole directive.
    pub span: Span,
}

/// An instruction.
#[derive(Clone, Debug)]
pub struct Instruction<'source> {
    /// Its mnemonic.
    pub mnemonic: Name<'source>,
    /// Its operands: see [`SourceFile::operands`].
    operands: (u32, u32),
    /// The instruction from the mnemonic to the last operand.
    pub span: Span,
}

impl<'source> Instruction<'source> {
    /// An instruction whose operands are these of all.
    pub(crate) fn new(mnemonic: Name<'source>, operands: Range<usize>, span: Span) -> Self {
        // Each operand takes a byte of the text or more, and places in it have 32 bits.
        let operands = (operands.start as u32, operands.end as u32);
        Self {
            mnemonic,
            operands,
            span,
        }
    }
}

/// An operand or the value of a constant.
#[derive(Clone, Debug)]
pub struct Expression<'source> {
    /// What it is.
    pub kind: ExpressionKind<'source>,
    /// Where it is.
    pub span: Span,
}

/// The forms an expression has.
#[derive(Clone, Debug)]
pub enum ExpressionKind<'source> {
    /// A bare word: a register, label, name, function, class or constant, whichever the
    /// instruction expects there.
    Word(&'source str),
    /// `12`, `-0x1f`
    Integer(i64),
    /// An integer that 64 bits don't hold.
    LargeInteger(Box<BigInt>),
    /// `1.5`, `-inf`, `nan`: the bits of the float.
    Float(u64),
    /// `"text"`
    String(Cow<'source, str>),
    /// `b"bytes"`
    Bytes(Vec<u8>),
    /// `(1, "x", LIMIT)`
    Tuple(Vec<Expression<'source>>),
}

/// A class template.
#[derive(Clone, Debug)]
pub struct Class<'source> {
    /// What the rest of the text calls it.
    pub name: Name<'source>,
    /// The name it has when it runs, if that is another one.
    pub runtime_name: Option<Name<'source>>,
    /// `.slots`: absent, or the names.
    pub slots: Option<Vec<Name<'source>>>,
    /// Its methods and attributes, in order.
    pub members: Vec<Member<'source>>,
}

/// A member of a class template.
#[derive(Clone, Debug)]
pub struct Member<'source> {
    /// The name of the attribute.
    pub name: Name<'source>,
    /// Its value.
    pub value: MemberValue<'source>,
}

/// The value of a class member.
#[derive(Clone, Debug)]
pub enum MemberValue<'source> {
    /// `.method name function`
    Function(Name<'source>),
    /// `.attr name = constant`
    Constant(Expression<'source>),
}
