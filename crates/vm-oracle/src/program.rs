//! A program, before it is written in a language: calls of the prelude's functions over numbered
//! variables.
//!
//! Every function takes any value for any argument (it asks for the type and may do nothing), so any
//! part of a program is a program: a failing one can be shrunk by leaving statements out.

use std::fmt;

/// Variables of a program, `v0` on.
pub(crate) const VARIABLES: u8 = 8;

/// A program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// What it was generated from.
    pub seed: u64,
    /// Whether count 0 is compared, and automatic collection happens: see `docs/gc.md`.
    pub exact: bool,
    /// Whether a callback tells of each collection.
    pub watched: bool,
    /// The thresholds at the beginning.
    pub(crate) thresholds: [i64; 3],
    /// Places for what finalizers keep.
    pub(crate) slots: usize,
    /// What it does.
    pub statements: Vec<Statement>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// A call of a function of the prelude; its result goes to a variable, or nowhere.
    Call {
        /// The function.
        function: &'static str,
        /// What it gets.
        arguments: Vec<Argument>,
        /// The variable.
        into: Option<u8>,
    },
    /// A further reference to the same object.
    Copy {
        /// The variable that gets it.
        into: u8,
        /// The variable that has it.
        from: u8,
    },
    /// The variable becomes `None`.
    Drop(u8),
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// The value of a variable.
    Variable(u8),
    /// A number.
    Integer(i64),
    /// A text.
    Text(String),
    /// A class of the prelude.
    Class(&'static str),
    /// True or False.
    Boolean(bool),
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Argument::Variable(number) => write!(f, "v{number}"),
            Argument::Integer(number) => write!(f, "{number}"),
            Argument::Text(text) => write!(f, "\"{text}\""),
            Argument::Class(name) => f.write_str(name),
            Argument::Boolean(true) => f.write_str("True"),
            Argument::Boolean(false) => f.write_str("False"),
        }
    }
}

/// As it is in Python.
impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Statement::Call {
                function,
                arguments,
                into,
            } => {
                if let Some(variable) = into {
                    write!(f, "v{variable} = ")?;
                }
                write!(f, "{function}(")?;
                for (index, argument) in arguments.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{argument}")?;
                }
                f.write_str(")")
            }
            Statement::Copy { into, from } => write!(f, "v{into} = v{from}"),
            Statement::Drop(variable) => write!(f, "v{variable} = None"),
        }
    }
}

impl Program {
    /// What is said before each statement: its number and its text.
    pub(crate) fn announcement(index: usize, statement: &Statement) -> String {
        format!("{index}: {statement}").replace('"', "'")
    }

    /// The end that every program has: all is let go, and what is left is looked at.
    pub(crate) fn ending() -> Vec<Statement> {
        let call = |function, arguments| Statement::Call {
            function,
            arguments,
            into: None,
        };
        let mut ending: Vec<Statement> = (0..VARIABLES).map(Statement::Drop).collect();
        ending.extend([
            call("release", vec![]),
            call("count", vec![]),
            call("switch", vec![Argument::Boolean(false)]),
            call("unfreeze", vec![]),
            call("collect", vec![Argument::Integer(2)]),
            call("release", vec![]),
            call("collect", vec![Argument::Integer(2)]),
            call("stats", vec![]),
            call("count", vec![]),
            call("objects", vec![Argument::Integer(-1)]),
            call("alive", vec![]),
        ]);
        ending
    }
}
