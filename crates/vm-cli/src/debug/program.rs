//! The program that is debugged: its source lines and its instructions, and what a place is called.

use crate::context::Context;
use crate::input::{Input, read_text};
use std::path::Path;
use thiserror::Error;
use vm_asm::{ListedInstruction, listing};
use vm_bytecode::Module;
use vm_core::observe::FrameView;

/// An instruction: function and first word.
pub(super) type Place = (u32, u32);

/// A program as the debugger shows it.
pub(super) struct Program {
    module: Module,
    /// The instructions of each function.
    functions: Vec<Vec<ListedInstruction>>,
    /// The lines of the source file; none if it could not be read.
    source: Vec<String>,
}

/// Why a text is no place.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(super) enum PlaceError {
    #[error("no instruction comes from line {0} or a line behind it")]
    Line(u32),
    #[error("no function is called `{0}`")]
    Function(String),
    #[error("no instruction of `{function}` begins at {offset}; `bytecode` shows where they do")]
    Instruction { function: String, offset: String },
}

impl Program {
    /// The program of an input.
    pub(super) fn new(input: &Input, module: &Module, context: &Context) -> Program {
        let file = module
            .debug
            .as_ref()
            .and_then(|debug| debug.file.as_deref());
        let text = match (file, input.text()) {
            (Some(file), Some(text)) if file == input.name => Some(text.to_owned()),
            (Some(file), _) => {
                // Beside the program, as far as that is known.
                let beside = Path::new(&input.name).with_file_name(file);
                read_text(context, &beside)
            }
            (None, _) => None,
        };
        Program {
            module: module.clone(),
            functions: listing(module),
            source: text.map_or_else(Vec::new, |text| text.lines().map(str::to_owned).collect()),
        }
    }

    /// The lines of the source file.
    pub(super) fn source(&self) -> &[String] {
        &self.source
    }

    /// The instructions of a function.
    pub(super) fn instructions(&self, function: u32) -> &[ListedInstruction] {
        self.functions
            .get(function as usize)
            .map_or(&[], Vec::as_slice)
    }

    /// The instruction at a place.
    pub(super) fn instruction(&self, (function, offset): Place) -> Option<&ListedInstruction> {
        let instructions = self.instructions(function);
        let index = instructions.binary_search_by_key(&offset, |listed| listed.offset);
        instructions.get(index.ok()?)
    }

    fn line_of(&self, (function, offset): Place) -> Option<u32> {
        let debug = self.module.debug.as_ref()?;
        let function = debug.functions.get(function as usize)?;
        Some(function.position(offset)?.line)
    }

    /// The places that a text names, and what it is understood as.
    pub(super) fn places(&self, text: &str) -> Result<(String, Vec<Place>), PlaceError> {
        if let Ok(line) = text.parse() {
            return self.places_of_line(line);
        }
        if let Some(function) = self.function(text) {
            return Ok((text.to_owned(), vec![(function, 0)]));
        }
        let no_function = || PlaceError::Function(text.to_owned());
        let (name, offset) = text.rsplit_once('+').ok_or_else(no_function)?;
        let function = self.function(name).ok_or_else(no_function)?;
        let place = offset.parse().ok().map(|offset| (function, offset));
        match place.filter(|&place| self.instruction(place).is_some()) {
            Some(place) => Ok((text.to_owned(), vec![place])),
            None => Err(PlaceError::Instruction {
                function: name.to_owned(),
                offset: offset.to_owned(),
            }),
        }
    }

    fn function(&self, name: &str) -> Option<u32> {
        let mut functions = self.module.functions.iter();
        let index = functions.position(|function| self.module.name(function.name) == name)?;
        u32::try_from(index).ok()
    }

    /// Where code of a line begins, or of the next line that has any.
    fn places_of_line(&self, line: u32) -> Result<(String, Vec<Place>), PlaceError> {
        let mut best: Option<(u32, Vec<Place>)> = None;
        for (function, instructions) in (0..).zip(&self.functions) {
            let mut before = None;
            for listed in instructions {
                let place = (function, listed.offset);
                let now = self.line_of(place);
                let begins = now != before;
                before = now;
                let Some(now) = now.filter(|&now| begins && now >= line) else {
                    continue;
                };
                match &mut best {
                    Some((least, places)) if *least == now => places.push(place),
                    Some((least, _)) if *least < now => {}
                    _ => best = Some((now, vec![place])),
                }
            }
        }
        let (line, places) = best.ok_or(PlaceError::Line(line))?;
        Ok((format!("line {line}"), places))
    }
}

/// `main+3 at sum.vasm:5`
pub(super) fn place_text(frame: &FrameView<'_>) -> String {
    let place = format!("{}+{}", frame.function_name(), frame.offset());
    match (frame.file(), frame.position()) {
        (Some(file), Some(position)) => format!("{place} at {file}:{}", position.line),
        _ => place,
    }
}
