//! A program, and what its comments say about how it is run: arguments and expected output.

use super::difference::Difference;
use crate::context::Context;
use crate::failure::Failure;
use crate::input::{Input, STANDARD};
use std::path::{Component, Path, PathBuf};

/// A program to be measured.
#[derive(Debug)]
pub(super) struct Program {
    /// The path as it was given, but [plain].
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
    /// Reads programs, no two of which are the same.
    pub(super) fn read_all(context: &Context, paths: &[PathBuf]) -> Result<Vec<Program>, Failure> {
        let mut programs: Vec<Program> = Vec::with_capacity(paths.len());
        for path in paths {
            let program = Program::read(context, path)?;
            if programs.iter().any(|other| other.path == program.path) {
                let name = program.name();
                return Err(Failure::NamedTwice { name });
            }
            programs.push(program);
        }
        Ok(programs)
    }

    /// Reads a program; a module has no comments.
    fn read(context: &Context, path: &Path) -> Result<Program, Failure> {
        let path = plain(path);
        let input = Input::read(context, &path)?;
        let directives = input.text().map(Directives::parse).unwrap_or_default();
        Ok(Program {
            path,
            input,
            directives,
        })
    }

    /// Whether it is read from standard input.
    pub(super) fn is_input(&self) -> bool {
        self.path == Path::new(STANDARD)
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

    /// Where this output is not what the comments say.
    pub(super) fn difference(&self, output: &str) -> Option<Difference> {
        let expected = &self.directives.output;
        let is_as_expected = expected.is_empty() || output.lines().eq(expected);
        (!is_as_expected).then(|| Difference::between(&expected.join("\n"), output))
    }
}

/// A path without steps that lead nowhere: `./a//p.vasm` is `a/p.vasm`, in a record too.
pub(super) fn plain(path: &Path) -> PathBuf {
    let steps = path.components();
    let plain: PathBuf = steps.filter(|step| *step != Component::CurDir).collect();
    // `./-` is a file, and `-` is not.
    if plain.as_os_str().is_empty() || plain == Path::new(STANDARD) {
        return path.to_owned();
    }
    plain
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
    fn paths_have_one_form() {
        for (path, expected) in [
            ("./p.vasm", "p.vasm"),
            ("a/./b//p.vasm", "a/b/p.vasm"),
            ("../p.vasm", "../p.vasm"),
            ("/./p.vasm", "/p.vasm"),
            ("./-", "./-"),
            (".", "."),
        ] {
            assert_eq!(plain(Path::new(path)).as_os_str(), expected);
        }
    }

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
