//! How a run fails, for embedders.

use crate::limits::Outcome;
use thiserror::Error;

/// Why a run ended without a result.
#[derive(Debug, Error)]
pub enum RunError {
    /// The program raised an exception and did not catch it.
    #[error("{}: {}", .0.class, .0.message)]
    Exception(Box<ExceptionReport>),
    /// The program raised `SystemExit`: the status it asked for, and the message, if that was not a
    /// number.
    #[error("the program exited with status {status}")]
    Exit {
        /// 0 for success.
        status: i32,
        /// What `sys.exit("message")` is to print on standard error.
        message: Option<String>,
    },
    /// A limit ended it.
    #[error("{}", limit_text(*.0))]
    Limit(Outcome),
    /// A stress mode found the machine's memory inconsistent: a mistake of the machine, or of unsafe
    /// code of its host. The machine is not to be used any more.
    #[error("the heap is inconsistent: {0}")]
    Inconsistent(String),
}

/// An uncaught exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptionReport {
    /// The name of its class.
    pub class: String,
    /// `str(exception)`.
    pub message: String,
    /// What CPython prints: the traceback, chained exceptions, class and message.
    pub text: String,
}

fn limit_text(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::OutOfFuel => "out of fuel: the instructions granted were used up",
        Outcome::TimedOut => "timed out: the time granted is over",
        Outcome::Cancelled => "cancelled",
    }
}
