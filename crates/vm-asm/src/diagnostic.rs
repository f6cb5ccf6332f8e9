//! What is wrong with a text, and where.
//!
//! The crate only collects; whoever shows a diagnostic decides how it looks.

use thiserror::Error;

use crate::builder::BuildError;
use crate::span::Span;

/// An error in a source text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{kind}")]
pub struct Diagnostic {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Where.
    pub span: Span,
    /// Another place that has to do with it.
    pub secondary: Option<Secondary>,
    /// What would help, as a sentence without an initial capital or a full stop.
    pub help: Option<String>,
}

/// A remark at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secondary {
    /// The place.
    pub span: Span,
    /// The remark.
    pub text: &'static str,
}

impl Diagnostic {
    /// An error at a place.
    pub fn new(kind: ErrorKind, span: Span) -> Self {
        Self {
            kind,
            span,
            secondary: None,
            help: None,
        }
    }

    /// Adds the place where something was defined before.
    #[must_use]
    pub fn first_defined(mut self, span: Span) -> Self {
        self.secondary = Some(Secondary {
            span,
            text: "first defined here",
        });
        self
    }

    /// Adds a remark at another place.
    #[must_use]
    pub fn label(mut self, span: Span, text: &'static str) -> Self {
        self.secondary = Some(Secondary { span, text });
        self
    }

    /// Adds advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds "did you mean" if there is a word to suggest.
    #[must_use]
    pub(crate) fn suggest(mut self, word: Option<&str>) -> Self {
        if let Some(word) = word {
            self.help = Some(format!("did you mean `{word}`?"));
        }
        self
    }

    /// The message, without place and help.
    pub fn message(&self) -> String {
        self.kind.to_string()
    }
}

/// What can be wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text is too long for its spans.
    #[error("the source is longer than {limit} bytes")]
    SourceTooLong {
        /// The longest source.
        limit: usize,
    },

    // Characters and literals.
    /// A character that begins no token.
    #[error("unexpected character `{}`", .0.escape_default())]
    UnexpectedCharacter(char),
    /// A string without its closing quote.
    #[error("the string does not end on its line")]
    UnterminatedString,
    /// Digits that form no number.
    #[error("`{0}` is not a number")]
    BadNumber(String),
    /// A decimal integer that takes too long to read.
    #[error("a decimal integer has at most {limit} digits, this one has {digits}")]
    DecimalTooLong {
        /// How many it has.
        digits: usize,
        /// How many it may have.
        limit: usize,
    },
    /// A float that rounds to infinity.
    #[error("the float is too large")]
    FloatTooLarge,
    /// `\q`
    #[error("unknown escape `\\{}`", .0.escape_default())]
    UnknownEscape(char),
    /// `\x` without two digits.
    #[error("`\\x` takes two hexadecimal digits")]
    BadHexEscape,
    /// `\u` without digits in braces.
    #[error("`\\u` takes hexadecimal digits in braces, as in `\\u{{1f600}}`")]
    BadUnicodeEscape,
    /// A number that is no character.
    #[error("{0:#x} is not a character")]
    BadCodePoint(u32),
    /// A character above 127 in a bytes literal.
    #[error("bytes hold ASCII characters and escapes, not `{0}`")]
    CharacterInBytes(char),
    /// `\u{...}` in a bytes literal.
    #[error("bytes have no `\\u` escapes")]
    CodePointInBytes,
    /// Tuples nested too deeply.
    #[error("tuples nest at most {0} deep; name the inner ones with `.const`")]
    TupleTooDeep(usize),
    /// `nan(...)` with bits that are no NaN.
    #[error("`{0}` are not the bits of a NaN")]
    NotNan(String),

    // Statements.
    /// Something else is expected here.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// What would fit.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// `.nosuch`
    #[error("unknown directive `.{0}`")]
    UnknownDirective(String),
    /// A directive or instruction where it has no place.
    #[error("`{what}` belongs {place}")]
    Misplaced {
        /// The directive, label or mnemonic.
        what: String,
        /// Where it belongs.
        place: &'static str,
    },
    /// `.func` or `.class` without `.end`.
    #[error("`{0}` without `.end`")]
    MissingEnd(&'static str),
    /// `.version` of another format.
    #[error("version {found} of the text language is not known, only version {known}")]
    UnknownVersion {
        /// The number in the text.
        found: u32,
        /// The number that would do.
        known: u32,
    },
    /// A number outside its range.
    #[error("{what} must be between {least} and {most}")]
    OutOfRange {
        /// What the number is.
        what: &'static str,
        /// The smallest number allowed.
        least: i64,
        /// The largest number allowed.
        most: i64,
    },
    /// A parameter after one that must come later.
    #[error("{0}")]
    ParameterOrder(&'static str),

    // Names.
    /// A second definition.
    #[error("{what} `{name}` is defined twice")]
    Duplicate {
        /// What kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A name that nothing has.
    #[error("unknown {what} `{name}`")]
    Unknown {
        /// What kind of thing was looked up.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A local name that is spelt like a register.
    #[error("`{0}` is a register and can't be a name for one; quote it if it is only a name")]
    RegisterAsName(String),
    /// `r256`
    #[error("there is no register `{0}`, the last one is `r255`")]
    NoSuchRegister(String),
    /// `.local x = r0` where `r0` is a parameter.
    #[error("the register is a parameter and has a name already")]
    ParameterNamedAgain,
    /// `.free 2` and `.free name` in one function.
    #[error("`.free` gives either names or their number")]
    FreeForms,
    /// `.const None = 1`
    #[error("`{0}` is a literal and can't be a name for a constant")]
    LiteralAsName(String),
    /// No register is left for a name.
    #[error("a function has at most 256 registers")]
    TooManyRegisters,
    /// `.registers 3`, but the code uses more.
    #[error("`.registers {declared}` is too small: the function uses {used} registers")]
    RegistersTooSmall {
        /// The number declared.
        declared: u32,
        /// The number used.
        used: u32,
    },
    /// An instruction with too few or too many operands.
    #[error("`{mnemonic}` takes {expected} operand{}, not {found}", if *.expected == 1 { "" } else { "s" })]
    OperandCount {
        /// The instruction.
        mnemonic: String,
        /// How many it takes.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// Something the builder refuses.
    #[error(transparent)]
    Build(#[from] BuildError),
}
