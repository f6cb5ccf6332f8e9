//! `vm check`: assembles or decodes, and verifies.

use crate::arguments::Check;
use crate::context::Context;
use crate::failure::{Failure, status};
use crate::input::Input;
use std::path::Path;
use vm_bytecode::{Function, Module};

/// Checks every program, whatever is wrong with those before; returns the worst exit status.
pub(super) fn check(arguments: &Check, context: &Context) -> u8 {
    let check = |path: &std::path::PathBuf| match check_one(path, arguments.verbose, context) {
        Ok(()) => status::SUCCESS,
        Err(failure) => context.fail(&failure),
    };
    arguments
        .inputs
        .iter()
        .map(check)
        .max()
        .unwrap_or(status::SUCCESS)
}

fn check_one(path: &Path, verbose: bool, context: &Context) -> Result<(), Failure> {
    let input = Input::read(context, path)?;
    let module = input.verified()?;
    if verbose {
        context
            .console
            .print(summary(&input.name, &module).as_bytes());
    }
    Ok(())
}

fn summary(name: &str, module: &Module) -> String {
    let words = |function: &Function| function.code.len();
    let words: usize = module.functions.iter().map(words).sum();
    let counts = [
        count(module.functions.len(), "function", "functions"),
        count(module.classes.len(), "class", "classes"),
        count(words, "word", "words"),
        count(module.constants.len(), "constant", "constants"),
        count(module.names.len(), "name", "names"),
    ];
    format!("{name}: correct: {}\n", counts.join(", "))
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
