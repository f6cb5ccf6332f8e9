//! Functions as text.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;

use vm_bytecode::{
    Function, FunctionDebug, Instruction, Module, Operand, OperandSpec, Region, RegisterSet,
    instructions,
};

use super::{Printer, quoted_if_needed};
use crate::builder::register_extent;
use crate::lexer::is_word;
use crate::literal::print_string;
use crate::lower::register_number;

/// Where the comments of the options begin.
const COMMENT_COLUMN: usize = 40;

/// A piece of code as it is written.
#[derive(Clone, Copy)]
pub(super) enum Piece {
    Instruction(Instruction),
    /// A word that can't be written as an instruction.
    Raw(u32),
}

/// A function prepared for printing.
pub(super) struct FunctionText<'a> {
    index: usize,
    pub function: &'a Function,
    debug: Option<&'a FunctionDebug>,
    /// The code with the index of the first word of each piece.
    pub pieces: Vec<(u32, Piece)>,
    /// Word and number of each label.
    labels: BTreeMap<u32, usize>,
    /// What instructions call each register that has a usable name.
    register_names: HashMap<u8, &'a str>,
}

impl<'a> FunctionText<'a> {
    pub(super) fn new(module: &'a Module, index: usize) -> Self {
        let function = &module.functions[index];
        let debug = module
            .debug
            .as_ref()
            .and_then(|debug| debug.functions.get(index));
        let pieces = pieces(module, function);
        let mut text = Self {
            index,
            function,
            debug,
            pieces,
            labels: BTreeMap::new(),
            register_names: HashMap::new(),
        };
        text.find_labels();
        text.name_registers(module);
        text
    }

    /// The number of the label in front of a word.
    pub(super) fn label(&self, word: u32) -> Option<usize> {
        self.labels.get(&word).copied()
    }

    fn is_place(&self, word: u32) -> bool {
        let end = self.function.code.len() as u32;
        word == end
            || self
                .pieces
                .binary_search_by_key(&word, |&(start, _)| start)
                .is_ok()
    }

    /// Regions that labels can describe; in a verified module all of them.
    fn regions(&self) -> impl Iterator<Item = &'a Region> {
        self.function.regions.iter().filter(|region| {
            [region.start, region.end, region.handler]
                .iter()
                .all(|&word| self.is_place(word))
        })
    }

    fn find_labels(&mut self) {
        let mut words: Vec<u32> = Vec::new();
        for &(start, piece) in &self.pieces {
            if let Piece::Instruction(instruction) = piece {
                // The target exists, or the piece would be raw.
                words.extend(
                    instruction
                        .target(start as usize)
                        .map(|target| target as u32),
                );
            }
        }
        words.extend(
            self.regions()
                .flat_map(|region| [region.start, region.end, region.handler]),
        );
        words.sort_unstable();
        words.dedup();
        self.labels = words.into_iter().zip(1..).collect();
    }

    /// A register is called by its name if the name is bare, of one register only, and not spelt
    /// like another register.
    fn name_registers(&mut self, module: &'a Module) {
        let mut seen = HashSet::new();
        for (register, name) in self
            .names_in_registers(module)
            .into_iter()
            .enumerate()
            .take(256)
        {
            if can_be_bare(name) && seen.insert(name) {
                self.register_names.insert(register as u8, name);
            }
        }
    }

    fn names_in_registers(&self, module: &'a Module) -> Vec<&'a str> {
        let parameters = self
            .function
            .parameter_names
            .iter()
            .map(|&name| module.name(name));
        let locals = self.debug.iter().flat_map(|debug| &debug.register_names);
        parameters.chain(locals.map(String::as_str)).collect()
    }

    /// What defines a register's name: quoted if it is not what instructions call the register.
    fn definition(&self, register: usize, name: &str) -> String {
        let is_bare = u8::try_from(register).is_ok_and(|r| self.register_names.contains_key(&r));
        if is_bare {
            name.to_owned()
        } else {
            print_string(name)
        }
    }

    fn register(&self, register: u8) -> String {
        let name = self.register_names.get(&register);
        name.map_or_else(|| format!("r{register}"), |name| (*name).to_owned())
    }

    /// The list between the parentheses.
    fn parameters(&self, module: &Module) -> String {
        let shape = self.function.parameters;
        let names = self.function.parameter_names.iter().enumerate();
        let mut names = names.map(|(register, &name)| self.definition(register, module.name(name)));
        let mut next = |count: u8| -> Vec<String> { names.by_ref().take(count.into()).collect() };
        let mut list = next(shape.positional);
        if shape.positional_only > 0 && usize::from(shape.positional_only) <= list.len() {
            list.insert(shape.positional_only.into(), "/".to_owned());
        }
        let keyword_only = next(shape.keyword_only);
        let varargs = next(shape.varargs.into()).pop();
        let varkw = next(shape.varkw.into()).pop();
        match varargs {
            Some(name) => list.push(format!("*{name}")),
            None if shape.keyword_only > 0 => list.push("*".to_owned()),
            None => {}
        }
        list.extend(keyword_only);
        list.extend(varkw.map(|name| format!("**{name}")));
        list.join(", ")
    }

    /// How many registers the assembler would give the function without `.registers`.
    fn usual_registers(&self) -> usize {
        let named = self.debug.map_or(0, |debug| debug.register_names.len());
        let mut registers = self.function.parameter_names.len() + named;
        for &(_, piece) in &self.pieces {
            if let Piece::Instruction(instruction) = piece {
                registers = registers.max(register_extent(instruction) as usize);
            }
        }
        let handled = self
            .regions()
            .map(|region| usize::from(region.register) + 1);
        registers.max(handled.max().unwrap_or(0))
    }
}

fn can_be_bare(name: &str) -> bool {
    is_word(name) && register_number(name).is_none()
}

/// Splits code into what can be written as an instruction and what can't.
fn pieces(module: &Module, function: &Function) -> Vec<(u32, Piece)> {
    let mut pieces = Vec::new();
    let mut starts = HashSet::from([function.code.len() as i64]);
    for (start, decoded) in instructions(&function.code) {
        match decoded {
            Ok(instruction) => {
                starts.insert(start as i64);
                pieces.push((start as u32, Piece::Instruction(instruction)));
            }
            // Decoding ends here; where the next instruction starts is not known.
            Err(_) => {
                for (offset, &word) in function.code[start..].iter().enumerate() {
                    starts.insert((start + offset) as i64);
                    pieces.push(((start + offset) as u32, Piece::Raw(word)));
                }
            }
        }
    }
    let is_writable = |start: u32, instruction: Instruction| {
        let operands_exist = instruction.operands().all(|(_, operand)| match operand {
            Operand::Constant(index) => index.index() < module.constants.len(),
            Operand::Name(index) => index.index() < module.names.len(),
            Operand::Function(index) => index.index() < module.functions.len(),
            Operand::Class(index) => index.index() < module.classes.len(),
            _ => true,
        });
        let target = instruction.target(start as usize);
        operands_exist
            && register_extent(instruction) <= 256
            && target.is_none_or(|target| starts.contains(&target))
    };
    let split = |(start, piece): (u32, Piece)| match piece {
        Piece::Instruction(instruction) if !is_writable(start, instruction) => {
            let end = start as usize + instruction.words();
            let words = function.code[start as usize..end].iter();
            (start..).zip(words.map(|&word| Piece::Raw(word))).collect()
        }
        _ => vec![(start, piece)],
    };
    pieces.into_iter().flat_map(split).collect()
}

impl Printer<'_> {
    pub(super) fn function(&mut self, text: &FunctionText<'_>) {
        let function = text.function;
        let name = self.module.name(function.name);
        let (label, named) = Self::title(&self.function_labels[text.index], name);
        let generator = if function.generator { " generator" } else { "" };
        let parameters = text.parameters(self.module);
        self.text.push('\n');
        self.line(0, &format!(".func {label}({parameters}){generator}{named}"));
        self.function_head(text);
        let empty = FunctionDebug::default();
        let mut lines = text.debug.unwrap_or(&empty).lines.iter().peekable();
        for &(start, piece) in &text.pieces {
            if let Some(number) = text.label(start) {
                self.line(0, &format!("L{number}:"));
            }
            while let Some(entry) = lines.next_if(|entry| entry.word <= start) {
                let position = entry.position;
                self.line(
                    4,
                    &match position.column {
                        0 => format!(".line {}", position.line),
                        column => format!(".line {}:{column}", position.line),
                    },
                );
            }
            let code = self.piece(text, start, piece);
            let comment = self.comment(start, piece);
            match comment.is_empty() {
                true => self.line(4, &code),
                false => self.line(4, &format!("{code:COMMENT_COLUMN$}  ; {comment}")),
            }
        }
        if let Some(number) = text.labels.get(&(function.code.len() as u32)) {
            self.line(0, &format!("L{number}:"));
        }
        self.line(0, ".end");
    }

    fn function_head(&mut self, text: &FunctionText<'_>) {
        let function = text.function;
        let debug = text.debug;
        let locals = debug.map_or(&[][..], |debug| &debug.register_names);
        if !locals.is_empty() {
            let first = function.parameter_names.len();
            let names = locals.iter().enumerate();
            let names = names.map(|(index, name)| text.definition(first + index, name));
            self.line(
                4,
                &format!(".local {}", names.collect::<Vec<_>>().join(", ")),
            );
        }
        let free_names = debug.map_or(&[][..], |debug| &debug.free_names);
        if !free_names.is_empty() {
            let names = (0u16..).zip(free_names).map(|(index, name)| {
                let is_called = free_name(text, index).is_some() && is_word(name);
                if is_called {
                    name.clone()
                } else {
                    print_string(name)
                }
            });
            self.line(
                4,
                &format!(".free {}", names.collect::<Vec<_>>().join(", ")),
            );
        } else if function.free_count > 0 {
            self.line(4, &format!(".free {}", function.free_count));
        }
        if usize::from(function.registers) != text.usual_registers() {
            self.line(4, &format!(".registers {}", function.registers));
        }
        for region in text.regions() {
            let label = |word| text.labels.get(&word).copied().unwrap_or(0);
            let (start, end) = (label(region.start), label(region.end));
            let (handler, register) = (label(region.handler), text.register(region.register));
            self.line(
                4,
                &format!(".try L{start} L{end} -> L{handler}, {register}"),
            );
        }
    }

    /// A piece of code without label, position and comment.
    pub(super) fn piece(&self, text: &FunctionText<'_>, start: u32, piece: Piece) -> String {
        match piece {
            Piece::Instruction(instruction) => self.instruction(text, start, instruction),
            Piece::Raw(word) => format!(".word {word:#010x}"),
        }
    }

    fn instruction(&self, text: &FunctionText<'_>, start: u32, instruction: Instruction) -> String {
        let operand = |(_, operand): (&OperandSpec, Operand)| -> String {
            match operand {
                Operand::Register(register) => text.register(register),
                Operand::Count(count) => count.to_string(),
                Operand::Integer(value) => value.to_string(),
                Operand::Free(index) => match free_name(text, index) {
                    Some(name) => quoted_if_needed(name),
                    None => index.to_string(),
                },
                Operand::Name(index) => quoted_if_needed(self.module.name(index)),
                Operand::Class(index) => quoted_if_needed(&self.class_labels[index.index()]),
                Operand::Function(index) => self.function_label(index).unwrap_or_default(),
                Operand::Constant(index) => self.constants.text(index).unwrap_or_default(),
                Operand::Label(_) => {
                    let target = instruction.target(start as usize).unwrap_or(0) as u32;
                    format!("L{}", text.labels.get(&target).copied().unwrap_or(0))
                }
            }
        };
        let operands: Vec<_> = instruction.operands().map(operand).collect();
        let code = format!(
            "{} {}",
            instruction.opcode().mnemonic(),
            operands.join(", ")
        );
        code.trim_end().to_owned()
    }

    /// What the options say about a piece of code, and constants that are called by name.
    fn comment(&self, start: u32, piece: Piece) -> String {
        let mut parts = Vec::new();
        if self.options.offsets {
            parts.push(match piece {
                Piece::Instruction(instruction) if instruction.words() == 2 => {
                    let (word, extra) = (instruction.word().0, instruction.extra());
                    format!("{start:05} {word:08x} {extra:08x}")
                }
                Piece::Instruction(instruction) => {
                    // As wide as two words, so that what follows lines up.
                    format!("{start:05} {:08x} {:8}", instruction.word().0, "")
                }
                Piece::Raw(word) => format!("{start:05} {word:08x} {:8}", ""),
            });
        }
        if let (true, Piece::Instruction(instruction)) = (self.options.refcounts, piece) {
            parts.push(reference_changes(instruction));
        }
        if let Piece::Instruction(instruction) = piece {
            parts.extend(
                instruction
                    .operands()
                    .filter_map(|(_, operand)| match operand {
                        Operand::Constant(index) => self.constants.remark(index),
                        _ => None,
                    }),
            );
        }
        parts.join("  ").trim_end().to_owned()
    }
}

/// What instructions call a free variable: its name, if it is the first of that name.
fn free_name<'a>(text: &FunctionText<'a>, index: u16) -> Option<&'a str> {
    let names = &text.debug?.free_names;
    let name = names.get(usize::from(index))?;
    let first = names.iter().position(|other| other == name);
    (first == Some(index.into()) && !name.is_empty()).then_some(name.as_str())
}

/// `+r1 >r2..r4 -r0`: references taken, moved out, released.
pub(super) fn reference_changes(instruction: Instruction) -> String {
    let effects = instruction.register_effects();
    let mut text = String::new();
    for (sign, set) in [
        ('+', effects.copies),
        ('>', effects.moves),
        ('-', effects.releases),
    ] {
        for (first, last) in runs(set) {
            let space = if text.is_empty() { "" } else { " " };
            let _ = match first == last {
                true => write!(text, "{space}{sign}r{first}"),
                false => write!(text, "{space}{sign}r{first}..r{last}"),
            };
        }
    }
    text
}

/// The first and the last register of each run of neighbours.
fn runs(set: RegisterSet) -> Vec<(u8, u8)> {
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for register in set.iter() {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == register => *last = register,
            _ => runs.push((register, register)),
        }
    }
    runs
}
