//! A program, and what its comments say about how it is run: arguments and expected output.

use super::difference::{Difference, Expected};
use crate::context::Context;
use crate::failure::Failure;
use crate::input::Input;
use std::path::{Path, PathBuf};

/// A program to be measured.
#[derive(Debug)]
pub(super) struct Program {
    /// The path as it was given.
    pub(super) path: PathBuf,
    pub(super) input: Input,
    pub(super) directives: Directives,
}

/// What comments say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Directives {
    /// `BENCH`: the arguments behind the program's name.
    pub(super) arguments: Vec<String>,
    /// `BENCH-EXPECT`: all lines of the output, if there are any.
    pub(super) output: Vec<String>,
}

impl Program {
    /// Reads a program; a module has no comments.
    pub(super) fn read(context: &Context, path: &Path) -> Result<Program, Failure> {
        let input = Input::read(context, path)?;
        let directives = input.text().map(Directives::parse).unwrap_or_default();
        Ok(Program {
            path: path.to_owned(),
            input,
            directives,
        })
    }

    /// The path as text.
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The name without directory and ending.
    pub(super) fn stem(&self) -> String {
        let stem = self.path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }

    /// What is wrong with this output, if something is.
    pub(super) fn check_output(&self, output: &str) -> Result<(), Failure> {
        let expected = &self.directives.output;
        if expected.is_empty() || output.lines().eq(expected) {
            return Ok(());
        }
        Err(Failure::Output {
            name: self.name(),
            difference: Difference::between(&expected.join("\n"), output),
            from: Expected::Comments,
        })
    }
}

impl Directives {
    fn parse(text: &str) -> Directives {
        let mut directives = Directives::default();
        for line in text.lines() {
            let Some(comment) = line.strip_prefix("; ") else {
                continue;
            };
            if let Some(arguments) = comment.strip_prefix("BENCH:") {
                let words = arguments.split_whitespace().map(str::to_owned);
                directives.arguments.extend(words);
            } else if let Some(line) = comment.strip_prefix("BENCH-EXPECT:") {
                let line = line.strip_prefix(' ').unwrap_or(line);
                directives.output.push(line.to_owned());
            }
        }
        directives
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_tell_arguments_and_output() {
        let text =
            "; About BENCH: no.\n; BENCH: 32 x\n; BENCH-EXPECT: 1  2\n; BENCH-EXPECT:\n.func";
        let expected = Directives {
            arguments: vec!["32".to_owned(), "x".to_owned()],
            output: vec!["1  2".to_owned(), String::new()],
        };
        assert_eq!(Directives::parse(text), expected);
        assert_eq!(Directives::parse(".func main()\n"), Directives::default());
    }
}
