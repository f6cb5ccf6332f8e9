//! The command `vm`: runs, assembles, disassembles, lays out, checks and tests programs.
//!
//! ```text
//!  arguments ──► command::{run profile debug asm dis fmt check test bench …}
//!                   │ read                    │ Failure
//!                   ▼                         ▼
//!  input ──► text or module ──► machine    render ──► console: standard output and error
//! ```
//!
//! | module | is |
//! |---|---|
//! | [`arguments`] | what the command line may say; its long help is the reference of the command |
//! | `command` | one file for each command |
//! | `debug` | `vm debug`: stepping, breakpoints, what is shown |
//! | [`context`] | the streams, the terminal and the directory of one command |
//! | `bench` | what programs cost, beside a record or beside other interpreters |
//! | `console` | standard output and standard error, in the right order |
//! | `input` | what a file is, judged by its content |
//! | `failure`, `render` | what can go wrong, and how it is shown |
//! | [`test_runner`] | programs whose comments say what to expect |
//!
//! This crate is the command, not an interface to the machine: programs that embed the machine use
//! `vm-core` and, for text, `vm-asm`.
//!
//! # Example
//!
//! A command with captured streams:
//!
//! ```
//! use vm_cli::context::Context;
//!
//! let program = r#"
//! .func main()
//!     load_global r0, print
//!     load r1, "hello"
//!     call r0, 1
//!     return_none
//! .end
//! "#;
//! let (context, captured) = Context::captured(program.as_bytes());
//! let status = vm_cli::execute(["vm", "run", "-"], context);
//! assert_eq!(captured.output_text(), "hello\n");
//! assert_eq!(captured.error_text(), "");
//! assert_eq!(status, 0);
//! ```

#![forbid(unsafe_code)]

pub mod arguments;
mod bench;
mod columns;
mod command;
mod console;
pub mod context;
mod debug;
mod failure;
mod input;
mod logging;
mod names;
mod render;
pub mod sizes;
mod statistics;
pub mod test_runner;

use crate::arguments::Arguments;
use crate::command::Performed;
use crate::context::Context;
use crate::failure::status;
use std::ffi::OsString;
use std::process::ExitCode;

/// The command of this process: its arguments, its streams.
pub fn main() -> ExitCode {
    let context = Context::of_process();
    if let Err(failure) = logging::install(&context) {
        return ExitCode::from(context.finish(context.fail(&failure)));
    }
    ExitCode::from(execute(std::env::args_os(), context))
}

/// Performs a command; returns the exit status. The first argument is the command's own name.
pub fn execute(
    arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    context: Context,
) -> u8 {
    perform(arguments, context, |_| {}).status
}

/// Performs a command, after `adjust` had its way with the arguments.
pub(crate) fn perform(
    arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    mut context: Context,
    adjust: impl FnOnce(&mut Arguments),
) -> Performed {
    let mut performed = match Arguments::read(arguments) {
        Ok(mut arguments) => {
            adjust(&mut arguments);
            context.choose_color(arguments.color.when);
            command::perform(&arguments, &context)
        }
        Err(error) => {
            let text = error.render().to_string();
            if error.use_stderr() {
                context.console.print_error(&text);
                Performed::status(status::USAGE)
            } else {
                context.console.print(text.as_bytes());
                Performed::status(status::SUCCESS)
            }
        }
    };
    performed.status = context.finish(performed.status);
    performed
}
