//! The function under construction.
//!
//! Instructions are kept decoded, jumps with the label they go to, until `finish` places them:
//!
//! 1. Every instruction has its own length. Labels are bound to instructions, so their word indices
//!    follow from the lengths.
//! 2. A conditional jump whose field of 16 bits is too short becomes two instructions:
//!
//! ```text
//!     jump_if r1, far     ►     jump_if_not r1, +1   (over the jump)
//!                               jump far             (24 bits)
//! ```
//!
//!    Only `jump_if`, `jump_if_not`, `jump_if_none` and `jump_if_not_none` have such a field.
//! 3. The longer code may push other labels out of reach, so 1 and 2 repeat until nothing changes.
//!    Instructions never become shorter again, so that ends.

use vm_bytecode::{
    ClassIndex, ConstantIndex, Field, Function, FunctionDebug, FunctionIndex, Instruction,
    LineEntry, NameIndex, Offset24, Opcode, OperandError, OperandKind, Parameters, Position,
    Region, encode,
};

use super::BuildError;
use super::window::register_extent;

/// A register of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Register(pub u8);

/// A place in the code of one function, known or still to come. Made by [`FunctionBuilder::label`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Label(u32);

/// An operand of [`FunctionBuilder::emit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A register, or the first of a window.
    Register(Register),
    /// A number: of registers, or one that is part of the instruction.
    Integer(i64),
    /// A constant.
    Constant(ConstantIndex),
    /// A name.
    Name(NameIndex),
    /// A function.
    Function(FunctionIndex),
    /// A class template.
    Class(ClassIndex),
    /// A free variable of this function, by index.
    Free(u16),
    /// Where to jump.
    Label(Label),
}

macro_rules! operand_from {
    ($($variant:ident $type:ty;)*) => {$(
        impl From<$type> for Operand {
            fn from(value: $type) -> Self {
                Operand::$variant(value.into())
            }
        }
    )*};
}

operand_from! {
    Register Register;
    Integer u8;
    Integer u32;
    Integer i8;
    Integer i16;
    Constant ConstantIndex;
    Name NameIndex;
    Function FunctionIndex;
    Class ClassIndex;
    Free u16;
    Label Label;
}

/// Builds one function: an instruction at a time, with labels for the jumps.
///
/// There is a method for each instruction, named and with operands as in
/// [`TABLE`](vm_bytecode::TABLE); [`emit`](Self::emit) takes any instruction as data.
///
/// The function gets as many registers as its parameters and instructions use, or more by
/// [`reserve_registers`](Self::reserve_registers).
#[derive(Clone, Debug)]
pub struct FunctionBuilder {
    name: NameIndex,
    parameters: Parameters,
    parameter_names: Vec<NameIndex>,
    registers: u16,
    register_names: Vec<String>,
    free_count: u8,
    free_names: Vec<String>,
    is_generator: bool,
    instructions: Vec<Pending>,
    /// For each label the instruction it stands before, once it is bound.
    labels: Vec<Option<usize>>,
    regions: Vec<PendingRegion>,
    /// Positions with the instruction from which on they hold.
    positions: Vec<(usize, Position)>,
}

/// An instruction without a place.
#[derive(Clone, Copy, Debug)]
enum Pending {
    Plain(Instruction),
    Jump(Instruction, Label),
    /// A word that nothing is known about.
    Raw(u32),
}

#[derive(Clone, Copy, Debug)]
struct PendingRegion {
    start: Label,
    end: Label,
    handler: Label,
    register: Register,
}

/// A finished function with what belongs to it.
#[derive(Clone, Debug)]
pub(crate) struct BuiltFunction {
    pub function: Function,
    pub debug: FunctionDebug,
    /// The first word of each instruction, in the order they were emitted, and the end of the code.
    pub starts: Vec<u32>,
}

impl FunctionBuilder {
    /// A function without parameters and code.
    pub fn new(name: NameIndex) -> Self {
        Self {
            name,
            parameters: Parameters::default(),
            parameter_names: Vec::new(),
            registers: 0,
            register_names: Vec::new(),
            free_count: 0,
            free_names: Vec::new(),
            is_generator: false,
            instructions: Vec::new(),
            labels: Vec::new(),
            regions: Vec::new(),
            positions: Vec::new(),
        }
    }

    /// Makes room for so many instructions, each with a position.
    pub(crate) fn expect_instructions(&mut self, instructions: usize) {
        self.instructions.reserve(instructions);
        self.positions.reserve(instructions);
    }

    // The header.

    /// Sets the parameters. Their names are in the order of their registers: positional,
    /// keyword-only, `*args`, `**keywords`.
    ///
    /// # Errors
    ///
    /// If the numbers don't fit together, or there are more than 256 parameters.
    pub fn set_parameters(
        &mut self,
        parameters: Parameters,
        names: Vec<NameIndex>,
    ) -> Result<(), BuildError> {
        let Parameters {
            positional,
            positional_only,
            ..
        } = parameters;
        if positional_only > positional {
            return Err(BuildError::PositionalOnly {
                positional_only,
                positional,
            });
        }
        if names.len() != parameters.count() {
            let (names, parameters) = (names.len(), parameters.count());
            return Err(BuildError::ParameterNames { names, parameters });
        }
        self.reserve_registers(parameters.count())?;
        self.parameters = parameters;
        self.parameter_names = names;
        Ok(())
    }

    /// Says whether calling the function makes a generator.
    pub fn set_generator(&mut self, is_generator: bool) {
        self.is_generator = is_generator;
    }

    /// Sets how many free variables the function has, when their names are not known.
    pub fn set_free_count(&mut self, free_count: u8) {
        self.free_count = free_count;
        self.free_names.clear();
    }

    /// Adds a free variable.
    ///
    /// # Errors
    ///
    /// If there are 255 already.
    pub fn add_free(&mut self, name: &str) -> Result<u16, BuildError> {
        let index = self.free_count;
        self.free_count = index
            .checked_add(1)
            .ok_or(BuildError::TooManyFreeVariables)?;
        self.free_names.push(name.to_owned());
        Ok(u16::from(index))
    }

    /// Gives the function at least this many registers.
    ///
    /// # Errors
    ///
    /// If they are more than 256.
    pub fn reserve_registers(&mut self, registers: usize) -> Result<(), BuildError> {
        if registers > 256 {
            return Err(BuildError::TooManyRegisters);
        }
        self.registers = self.registers.max(registers as u16);
        Ok(())
    }

    /// How many registers are used so far.
    pub fn registers(&self) -> u16 {
        self.registers
    }

    /// Adds a register behind all those used so far.
    ///
    /// # Errors
    ///
    /// If there are 256 already.
    pub fn add_register(&mut self) -> Result<Register, BuildError> {
        let register = u8::try_from(self.registers).map_err(|_| BuildError::TooManyRegisters)?;
        self.registers += 1;
        Ok(Register(register))
    }

    /// Sets the names of the registers behind the parameters, in their order; for messages only.
    pub fn set_register_names(&mut self, names: Vec<String>) {
        self.register_names = names;
    }

    // The code.

    /// Makes a label that has no place yet.
    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() as u32 - 1)
    }

    /// Puts a label before the next instruction.
    ///
    /// # Errors
    ///
    /// If it has a place already.
    pub fn bind(&mut self, label: Label) -> Result<(), BuildError> {
        let next = self.instructions.len();
        match self
            .labels
            .get_mut(label.0 as usize)
            .ok_or(BuildError::ForeignLabel)?
        {
            Some(_) => Err(BuildError::LabelBoundTwice),
            place => {
                *place = Some(next);
                Ok(())
            }
        }
    }

    /// Says where the following instructions come from.
    pub fn position(&mut self, position: Position) {
        let next = self.instructions.len();
        match self.positions.last_mut() {
            Some((instruction, last)) if *instruction == next => *last = position,
            _ => self.positions.push((next, position)),
        }
    }

    /// Sends exceptions of the instructions from `start` up to `end` to `handler`, with the
    /// exception in `register`. Of two regions around an instruction the one added first counts, so
    /// inner regions are added before outer ones.
    ///
    /// # Errors
    ///
    /// If a label belongs to another function.
    pub fn region(
        &mut self,
        start: Label,
        end: Label,
        handler: Label,
        register: Register,
    ) -> Result<(), BuildError> {
        if [start, end, handler]
            .iter()
            .any(|label| label.0 as usize >= self.labels.len())
        {
            return Err(BuildError::ForeignLabel);
        }
        self.reserve_registers(usize::from(register.0) + 1)?;
        self.regions.push(PendingRegion {
            start,
            end,
            handler,
            register,
        });
        Ok(())
    }

    /// Adds an instruction.
    ///
    /// # Errors
    ///
    /// If the operands are not those of the instruction: their number, a kind, a range, or a window
    /// that ends behind the last register.
    pub fn emit(&mut self, opcode: Opcode, operands: &[Operand]) -> Result<(), BuildError> {
        let specs = opcode.info().operands;
        if specs.len() != operands.len() {
            let (expected, found) = (specs.len(), operands.len());
            return Err(OperandError::Number {
                opcode,
                expected,
                found,
            }
            .into());
        }
        let mut label = None;
        let mut values = [0; 4];
        for (position, (spec, &operand)) in specs.iter().zip(operands).enumerate() {
            let (value, fits) = match operand {
                Operand::Register(register) => (register.0.into(), spec.kind.is_register()),
                Operand::Integer(value) => (value, is_number(spec.kind)),
                Operand::Constant(index) => (index.0.into(), is_constant(spec.kind)),
                Operand::Name(index) => (index.0.into(), spec.kind == OperandKind::Name),
                Operand::Function(index) => (index.0.into(), is_function(spec.kind)),
                Operand::Class(index) => (index.0.into(), spec.kind == OperandKind::Class),
                Operand::Free(index) => (index.into(), spec.kind == OperandKind::Free),
                Operand::Label(target) => {
                    label = Some(target);
                    (0, spec.kind == OperandKind::Label)
                }
            };
            if !fits {
                let (name, expected) = (spec.name, expected(spec.kind));
                return Err(BuildError::OperandKind {
                    opcode,
                    position,
                    name,
                    expected,
                });
            }
            values[position] = value;
        }
        let instruction = Instruction::new(opcode, &values[..specs.len()])?;
        let extent = register_extent(instruction);
        if extent > 256 {
            return Err(BuildError::WindowTooLong {
                opcode,
                last: extent - 1,
            });
        }
        if label.is_some_and(|label| label.0 as usize >= self.labels.len()) {
            return Err(BuildError::ForeignLabel);
        }
        self.reserve_registers(extent as usize)?;
        self.instructions.push(match label {
            Some(label) => Pending::Jump(instruction, label),
            None => Pending::Plain(instruction),
        });
        Ok(())
    }

    /// Adds a word of code as it is, for code that no verifier would accept.
    pub fn emit_raw(&mut self, word: u32) {
        self.instructions.push(Pending::Raw(word));
    }

    // The end.

    /// Places the code.
    pub(crate) fn finish(self) -> Result<BuiltFunction, BuildError> {
        let starts = self.place()?;
        let word_of = |label: Label| -> Result<u32, BuildError> {
            let bound = self.labels[label.0 as usize].ok_or(BuildError::UnboundLabel)?;
            Ok(starts[bound])
        };
        let mut code = Vec::with_capacity(starts[self.instructions.len()] as usize);
        for (index, &pending) in self.instructions.iter().enumerate() {
            match pending {
                Pending::Raw(word) => code.push(word),
                Pending::Plain(instruction) => instruction.emit(&mut code),
                Pending::Jump(instruction, label) => {
                    let room = starts[index + 1] - starts[index];
                    let target = i64::from(word_of(label)?);
                    emit_jump(instruction, target, room, &mut code).map_err(|distance| {
                        BuildError::JumpTooFar {
                            instruction: index,
                            distance,
                        }
                    })?;
                }
            }
            debug_assert_eq!(code.len(), starts[index + 1] as usize);
        }
        let regions = self.regions.iter().map(|region| {
            let (start, end) = (word_of(region.start)?, word_of(region.end)?);
            let handler = word_of(region.handler)?;
            Ok(Region {
                start,
                end,
                handler,
                register: region.register.0,
            })
        });
        let function = Function {
            name: self.name,
            parameters: self.parameters,
            parameter_names: self.parameter_names,
            registers: self.registers,
            free_count: self.free_count,
            generator: self.is_generator,
            code,
            regions: regions.collect::<Result<_, BuildError>>()?,
        };
        // A position behind the last instruction is that of no instruction.
        let positions = self
            .positions
            .iter()
            .filter(|(index, _)| *index < self.instructions.len());
        let lines = positions.map(|&(index, position)| LineEntry {
            word: starts[index],
            position,
        });
        let debug = FunctionDebug {
            lines: lines.collect(),
            register_names: self.register_names,
            free_names: self.free_names,
        };
        Ok(BuiltFunction {
            function,
            debug,
            starts,
        })
    }

    /// The first word of each instruction, and the length of the code.
    fn place(&self) -> Result<Vec<u32>, BuildError> {
        let mut lengths: Vec<u32> = self
            .instructions
            .iter()
            .map(|pending| pending.words())
            .collect();
        loop {
            let mut starts = Vec::with_capacity(lengths.len() + 1);
            let mut word = 0u32;
            for &length in &lengths {
                starts.push(word);
                word = word.checked_add(length).ok_or(BuildError::CodeTooLong)?;
            }
            starts.push(word);
            let mut is_stable = true;
            for (index, pending) in self.instructions.iter().enumerate() {
                let &Pending::Jump(instruction, label) = pending else {
                    continue;
                };
                if lengths[index] != 1 || inverse(instruction.opcode()).is_none() {
                    continue;
                }
                let bound = self.labels[label.0 as usize].ok_or(BuildError::UnboundLabel)?;
                let distance = i64::from(starts[bound]) - i64::from(starts[index] + 1);
                if i16::try_from(distance).is_err() {
                    lengths[index] = 2;
                    is_stable = false;
                }
            }
            if is_stable {
                return Ok(starts);
            }
        }
    }
}

impl Pending {
    fn words(self) -> u32 {
        match self {
            Pending::Raw(_) => 1,
            Pending::Plain(instruction) | Pending::Jump(instruction, _) => {
                instruction.words() as u32
            }
        }
    }
}

/// Emits a jump to word `target` in `room` words. Fails with the distance if it is too far.
fn emit_jump(
    mut jump: Instruction,
    target: i64,
    room: u32,
    code: &mut Vec<u32>,
) -> Result<(), i64> {
    let start = code.len();
    let distance = target - (start as i64 + i64::from(room));
    match inverse(jump.opcode()) {
        Some(opposite) if room == 2 => {
            let far = i32::try_from(distance)
                .ok()
                .and_then(Offset24::new)
                .ok_or(distance)?;
            let condition = jump.word().a();
            let over = Instruction::new(opposite, &[condition.into(), 1]).map_err(|_| distance)?;
            over.emit(code);
            encode::jump(far).emit(code);
        }
        _ => {
            jump.set_target(start, target as usize)
                .map_err(|_| distance)?;
            jump.emit(code);
        }
    }
    Ok(())
}

/// The conditional jump that goes where this one does not, for those with a field of 16 bits.
fn inverse(opcode: Opcode) -> Option<Opcode> {
    let inverse = match opcode {
        Opcode::JumpIf => Opcode::JumpIfNot,
        Opcode::JumpIfNot => Opcode::JumpIf,
        Opcode::JumpIfNone => Opcode::JumpIfNotNone,
        Opcode::JumpIfNotNone => Opcode::JumpIfNone,
        _ => return None,
    };
    debug_assert!(opcode.info().operands[1].field == Field::SignedBc);
    Some(inverse)
}

fn is_number(kind: OperandKind) -> bool {
    use OperandKind::*;
    matches!(kind, Count | CountAfter | Integer | Conversion)
}

fn is_constant(kind: OperandKind) -> bool {
    matches!(kind, OperandKind::Constant | OperandKind::KeywordNames)
}

fn is_function(kind: OperandKind) -> bool {
    matches!(kind, OperandKind::Function | OperandKind::ClosureFunction)
}

/// What an operand of a kind must be, for messages.
pub(crate) fn expected(kind: OperandKind) -> &'static str {
    match kind {
        kind if kind.is_register() => "a register",
        kind if is_number(kind) => "a number",
        OperandKind::KeywordNames => "a tuple of strings",
        kind if is_constant(kind) => "a constant",
        kind if is_function(kind) => "a function",
        OperandKind::Class => "a class",
        OperandKind::Free => "a free variable",
        OperandKind::Label => "a label",
        _ => "a name",
    }
}

#[cfg(test)]
mod tests;
