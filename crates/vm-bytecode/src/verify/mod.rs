//! The verifier: what must hold before a module may run.
//!
//! An interpreter that accepts only a [`VerifiedModule`] needs no checks of its own for any of the
//! [rules](Rule): it reads operands as indices without comparing them with a length, follows jumps
//! without looking where they go, and takes registers to be set when it reads them.
//!
//! 1. The module: indices in range and of the right kind, names unique, tuples of bounded size.
//! 2. Each function's form: a walk over the code looks at every instruction, reachable or not, checks
//!    its operands, and marks where instructions start and where they jump; then jump targets and
//!    regions are compared with the starts.
//! 3. Each function's registers, if its form is right: a forward dataflow analysis finds the
//!    registers that are set on *every* path to an instruction, and compares with those it reads.
//!
//! What the verifier does not know is types: that a register holds a cell, an iterator or an
//! exception is for the interpreter to check.

mod function;
mod initialisation;
mod module;
mod outline;
mod state;

use std::fmt;
use std::ops::Deref;

use crate::limits::MAX_VERIFY_ERRORS;
use crate::module::Module;

pub(crate) use module::check_tuples;

/// What must hold. The text of each is its name in messages and in the documentation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Rule {
    /// Each name is in the table of names once.
    UniqueNames,
    /// Tuple constants refer to earlier constants, and are of bounded depth and size.
    Tuples,
    /// Functions, constants, names and classes are not more than a module may have.
    Limits,
    /// The entry is a function without parameters and free variables, and not a generator.
    Entry,
    /// A class template refers to names, functions without free variables, and constants that
    /// exist; no name is twice among its slots and members.
    Classes,
    /// Parameters are counted and named consistently, each name once.
    Parameters,
    /// At most 256 registers, at least as many as parameters.
    RegisterCount,
    /// The code consists of known instructions, complete, with zero in unused bits.
    Instructions,
    /// Execution cannot run past the end of the code.
    End,
    /// Jumps go to instructions of the function.
    JumpTargets,
    /// Registers and windows are within the frame.
    Registers,
    /// Constants exist, and are of the kind that the instruction needs.
    Constants,
    /// Names exist.
    Names,
    /// Functions exist, and have as many free variables as they get.
    Functions,
    /// Class templates exist.
    ClassTemplates,
    /// Free variables are those of the function.
    FreeVariables,
    /// Conversions are from 0 to 3.
    Conversions,
    /// Only generators yield.
    Yield,
    /// Regions begin, end and are handled at instructions, and their register exists.
    Regions,
    /// Registers are set, on every path, when they are read.
    Initialisation,
    /// Debug information belongs to the module it is in.
    DebugInformation,
}

impl Rule {
    /// The rule's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Rule::UniqueNames => "unique-names",
            Rule::Tuples => "tuples",
            Rule::Limits => "limits",
            Rule::Entry => "entry",
            Rule::Classes => "classes",
            Rule::Parameters => "parameters",
            Rule::RegisterCount => "register-count",
            Rule::Instructions => "instructions",
            Rule::End => "end",
            Rule::JumpTargets => "jump-targets",
            Rule::Registers => "registers",
            Rule::Constants => "constants",
            Rule::Names => "names",
            Rule::Functions => "functions",
            Rule::ClassTemplates => "class-templates",
            Rule::FreeVariables => "free-variables",
            Rule::Conversions => "conversions",
            Rule::Yield => "yield",
            Rule::Regions => "regions",
            Rule::Initialisation => "initialisation",
            Rule::DebugInformation => "debug-information",
        }
    }
}

/// A rule that a module breaks, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyError {
    /// Name of the function; `None` if the fault is not in a function.
    pub function: Option<String>,
    /// Index of the instruction's first word; `None` if the fault is not in an instruction.
    pub instruction: Option<u32>,
    /// The broken rule.
    pub rule: Rule,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(function) = &self.function {
            write!(formatter, "function `{function}`")?;
            if let Some(instruction) = self.instruction {
                write!(formatter, ", word {instruction}")?;
            }
            formatter.write_str(": ")?;
        }
        write!(formatter, "{} [{}]", self.message, self.rule.name())
    }
}

impl std::error::Error for VerifyError {}

/// Checks a module.
///
/// # Errors
/// Every broken rule, function by function in ascending order of words; not more than
/// [`MAX_VERIFY_ERRORS`](crate::limits::MAX_VERIFY_ERRORS). Registers are only looked at in
/// functions whose instructions are well-formed.
pub fn verify(module: &Module) -> Result<(), Vec<VerifyError>> {
    let mut errors = Errors::default();
    let facts = module::check(module, &mut errors);
    let mut marks = Vec::new();
    let mut analyses = initialisation::Analyses::default();
    for (index, function) in module.functions.iter().enumerate() {
        if errors.is_full() {
            break;
        }
        let debug = module
            .debug
            .as_ref()
            .and_then(|debug| debug.functions.get(index));
        errors.function = Some(module.name(function.name));
        let before = errors.list.len();
        function::check(module, function, debug, &facts, &mut marks, &mut errors);
        if errors.list.len() == before {
            analyses.check(function, &mut marks, &mut errors);
        }
    }
    if errors.list.is_empty() {
        Ok(())
    } else {
        Err(errors.list)
    }
}

/// A module that keeps every [`Rule`]: the licence to run it without checks.
///
/// It can only be read, so that it stays as it was verified.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifiedModule(Module);

impl VerifiedModule {
    /// Verifies a module.
    ///
    /// # Errors
    /// As [`verify`].
    pub fn new(module: Module) -> Result<Self, Vec<VerifyError>> {
        verify(&module)?;
        Ok(VerifiedModule(module))
    }

    /// The module, which may be changed again, and so is no longer verified.
    #[must_use]
    pub fn into_inner(self) -> Module {
        self.0
    }
}

impl Deref for VerifiedModule {
    type Target = Module;

    fn deref(&self) -> &Module {
        &self.0
    }
}

/// The errors found so far, and the function that is looked at.
#[derive(Default)]
struct Errors<'module> {
    list: Vec<VerifyError>,
    function: Option<&'module str>,
}

impl Errors<'_> {
    fn is_full(&self) -> bool {
        self.list.len() >= MAX_VERIFY_ERRORS
    }

    /// An error of the module or of the current function.
    fn add(&mut self, rule: Rule, message: impl fmt::Display) {
        self.push(None, rule, message);
    }

    /// An error of the instruction at a word of the current function.
    fn add_at(&mut self, word: usize, rule: Rule, message: impl fmt::Display) {
        self.push(Some(word as u32), rule, message);
    }

    fn push(&mut self, instruction: Option<u32>, rule: Rule, message: impl fmt::Display) {
        if !self.is_full() {
            let message = message.to_string();
            self.list.push(VerifyError {
                function: self.function.map(str::to_owned),
                instruction,
                rule,
                message,
            });
        }
    }
}
