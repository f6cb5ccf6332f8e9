//! What a file is: text or a module. Its content tells, not its name.

use crate::console::read_at_most;
use crate::context::Context;
use crate::failure::{Failure, Fault};
use std::fs::File;
use std::path::Path;
use vm_asm::{Assembled, Places, assemble_with_places};
use vm_bytecode::limits::MAX_MODULE_BYTES;
use vm_bytecode::{MAGIC, Module, Position, VerifiedModule, VerifyError};

/// The path that stands for standard input and standard output.
pub(crate) const STANDARD: &str = "-";

/// What standard input is called in messages and tracebacks.
const STANDARD_NAME: &str = "<stdin>";

/// Bytes of the longest text or module.
const MAX_BYTES: usize = MAX_MODULE_BYTES;

/// A program as it was read.
#[derive(Debug)]
pub(crate) struct Input {
    /// The path as it was given.
    pub(crate) name: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Text(String),
    Module(Vec<u8>),
}

impl Input {
    /// Reads a file or, for `-`, standard input.
    pub(crate) fn read(context: &Context, path: &Path) -> Result<Input, Failure> {
        let (name, bytes) = if path == Path::new(STANDARD) {
            let bytes = context.with_input(|input| read_at_most(input, MAX_BYTES));
            (STANDARD_NAME.to_owned(), bytes)
        } else {
            let file = File::open(context.path(path));
            let bytes = file.and_then(|file| read_at_most(file, MAX_BYTES));
            (path.display().to_string(), bytes)
        };
        match bytes {
            Ok(Some(bytes)) => Input::new(name, bytes),
            Ok(None) => Err(Failure::TooLong {
                name,
                limit: MAX_BYTES,
            }),
            Err(source) => Err(Failure::Read { name, source }),
        }
    }

    /// Reads the program that a command line names first; the rest is for the program.
    pub(crate) fn of_program(context: &Context, program: &[String]) -> Result<Input, Failure> {
        let path = program.first().map_or(STANDARD, String::as_str);
        Input::read(context, Path::new(path))
    }

    /// A module begins with a byte that no text begins with.
    fn new(name: String, bytes: Vec<u8>) -> Result<Input, Failure> {
        let content = if bytes.first() == Some(&MAGIC[0]) {
            Content::Module(bytes)
        } else {
            match String::from_utf8(bytes) {
                Ok(text) => Content::Text(text),
                Err(error) => {
                    let offset = error.utf8_error().valid_up_to();
                    return Err(Failure::NotText { name, offset });
                }
            }
        };
        Ok(Input { name, content })
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            Content::Module(_) => None,
        }
    }

    /// The module: assembled or decoded, not verified.
    pub(crate) fn module(&self) -> Result<Module, Failure> {
        match &self.content {
            Content::Text(text) => Ok(self.assemble(text)?.module),
            Content::Module(bytes) => Module::from_bytes(bytes).map_err(|error| Failure::Decode {
                name: self.name.clone(),
                error,
            }),
        }
    }

    /// The module: assembled or decoded, and verified.
    pub(crate) fn verified(&self) -> Result<VerifiedModule, Failure> {
        VerifiedModule::new(self.module()?).or_else(|errors| Err(self.incorrect(errors)?))
    }

    fn assemble(&self, text: &str) -> Result<Assembled, Failure> {
        assemble_with_places(text, &self.name).map_err(|diagnostics| Failure::Assemble {
            name: self.name.clone(),
            text: text.to_owned(),
            diagnostics,
        })
    }

    /// The failure that the verifier's errors are, with their places.
    fn incorrect(&self, errors: Vec<VerifyError>) -> Result<Failure, Failure> {
        let assembled = match &self.content {
            Content::Text(text) => self.assemble(text)?,
            Content::Module(_) => Assembled {
                module: self.module()?,
                places: Places::default(),
            },
        };
        let fault = |error: VerifyError| Fault {
            place: assembled.place_of(&error),
            origin: self.origin(&assembled.module, &error),
            error,
        };
        Ok(Failure::Verify {
            name: self.name.clone(),
            text: self.text().map(str::to_owned),
            faults: errors.into_iter().map(fault).collect(),
        })
    }

    /// Where the debug information says that an instruction comes from, unless that is this text.
    fn origin(&self, module: &Module, error: &VerifyError) -> Option<(String, Position)> {
        let debug = module.debug.as_ref()?;
        let file = debug.file.as_ref()?;
        if self.text().is_some() && *file == self.name {
            return None;
        }
        let name = error.function.as_deref()?;
        let mut names = module
            .functions
            .iter()
            .map(|function| module.name(function.name));
        let function = debug
            .functions
            .get(names.position(|known| known == name)?)?;
        Some((file.clone(), function.position(error.instruction?)?))
    }
}

/// The text of a file that is shown if it is there.
pub(crate) fn read_text(context: &Context, path: &Path) -> Option<String> {
    let file = File::open(context.path(path)).ok()?;
    String::from_utf8(read_at_most(file, MAX_BYTES).ok()??).ok()
}

/// The bytes of a module.
pub(crate) fn encode(name: &str, module: &Module) -> Result<Vec<u8>, Failure> {
    module.to_bytes().map_err(|error| Failure::Encode {
        name: name.to_owned(),
        error,
    })
}

/// Writes a result to a file or, for `-`, to standard output.
pub(crate) fn write(context: &Context, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if path == Path::new(STANDARD) {
        context.console.print(bytes);
        return Ok(());
    }
    std::fs::write(context.path(path), bytes).map_err(|source| Failure::Write {
        name: path.display().to_string(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_tells_what_it_is() {
        let input = |bytes: &[u8]| Input::new("x.vmb".to_owned(), bytes.to_vec());
        assert_eq!(input(b"").unwrap().text(), Some(""));
        assert_eq!(input(b"; text").unwrap().text(), Some("; text"));
        assert_eq!(input(&MAGIC).unwrap().text(), None);
        let failure = input(b"abc\xffdef").unwrap_err();
        let message = "`x.vmb` is neither a module nor text: byte 3 is not UTF-8";
        assert_eq!(failure.to_string(), message);
    }

    #[test]
    fn a_module_cut_short_is_told_from_text() {
        let failure = Input::new("x".to_owned(), MAGIC[..5].to_vec())
            .unwrap()
            .module();
        assert_eq!(
            failure.unwrap_err().to_string(),
            "cannot decode `x`: at byte 0: this is not a module"
        );
    }
}
