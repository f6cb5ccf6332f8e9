//! Instructions outside the interpreter: decoded, inspected, built, patched.
//!
//! An interpreter reads [`Word`]s by itself. Everybody else uses [`Instruction`]: its words and its
//! opcode, checked to fit together, with the operands typed after the instruction table.

use crate::module::{ClassIndex, ConstantIndex, FunctionIndex, NameIndex};
use crate::opcode::{Field, OpcodeInfo, OperandKind, OperandSpec};
use crate::table::Opcode;
use crate::word::Word;

/// One instruction: its first word, and the second one if it has two.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Instruction {
    opcode: Opcode,
    word: Word,
    extra: u32,
}

/// The value of an operand, typed after its [`OperandKind`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Operand {
    /// A register, or the first of a window.
    Register(u8),
    /// A number of registers.
    Count(u32),
    /// A number that is part of the instruction, or the code of a conversion.
    Integer(i32),
    /// A constant.
    Constant(ConstantIndex),
    /// A name.
    Name(NameIndex),
    /// A function.
    Function(FunctionIndex),
    /// A class template.
    Class(ClassIndex),
    /// A free variable of the running function.
    Free(u16),
    /// A jump distance in words from the word behind the instruction.
    Label(i32),
}

/// Words that are not an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InstructionError {
    /// The index is not in the code.
    #[error("no instruction at word {index}")]
    OutOfRange {
        /// Index that was asked for.
        index: usize,
    },
    /// The opcode is not in the table, or that of a fused instruction.
    #[error("{byte:#04x} is not an opcode")]
    UnknownOpcode {
        /// The opcode byte.
        byte: u8,
    },
    /// The code ends within the instruction.
    #[error("the second word of `{}` is missing", .opcode.mnemonic())]
    MissingWord {
        /// The instruction that needs two words.
        opcode: Opcode,
    },
    /// Bits that no operand occupies are not zero.
    #[error("unused bits of `{}` are not zero", .opcode.mnemonic())]
    UnusedBits {
        /// The instruction.
        opcode: Opcode,
    },
}

/// Operands that are not those of the instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OperandError {
    /// Too few or too many.
    #[error("`{}` has {expected} operands, not {found}", .opcode.mnemonic())]
    Number {
        /// The instruction.
        opcode: Opcode,
        /// How many it has.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// A value does not fit its field.
    #[error("{name} of `{}` must be from {minimum} to {maximum}, not {value}", .opcode.mnemonic())]
    Range {
        /// The instruction.
        opcode: Opcode,
        /// Which operand, counted from 0.
        position: usize,
        /// The operand's name in the table.
        name: &'static str,
        /// The value given.
        value: i64,
        /// The least that fits.
        minimum: i64,
        /// The greatest that fits.
        maximum: i64,
    },
}

impl Opcode {
    /// The opcode's line of the instruction table.
    #[inline]
    #[must_use]
    pub fn info(self) -> &'static OpcodeInfo {
        &crate::table::TABLE[self as usize]
    }

    /// The instruction's name in text.
    #[must_use]
    pub fn mnemonic(self) -> &'static str {
        self.info().mnemonic
    }

    /// The opcode of a byte of a module: `None` for fused and unknown ones.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Opcode> {
        Self::ALL[..Self::PUBLIC_COUNT]
            .get(usize::from(byte))
            .copied()
    }

    /// Every opcode that a module may contain, in the order of the table.
    pub fn public() -> impl ExactSizeIterator<Item = Opcode> {
        Self::ALL[..Self::PUBLIC_COUNT].iter().copied()
    }
}

impl Instruction {
    /// For the constructors in [`encode`](crate::encode), whose types ensure that the parts fit.
    pub(crate) const fn from_parts(opcode: Opcode, word: u32, extra: u32) -> Self {
        Instruction {
            opcode,
            word: Word(word),
            extra,
        }
    }

    /// The instruction with these operand values, in the order of the table.
    ///
    /// # Errors
    /// If there are not as many values as operands, or one does not fit its field.
    pub fn new(opcode: Opcode, values: &[i64]) -> Result<Self, OperandError> {
        let specs = opcode.info().operands;
        if specs.len() != values.len() {
            let (expected, found) = (specs.len(), values.len());
            return Err(OperandError::Number {
                opcode,
                expected,
                found,
            });
        }
        let mut instruction = Self::from_parts(opcode, opcode as u32, 0);
        for (position, &value) in values.iter().enumerate() {
            instruction.set_value(position, value)?;
        }
        Ok(instruction)
    }

    /// The instruction that starts at a word of the code.
    ///
    /// # Errors
    /// If there is none: see [`InstructionError`].
    pub fn decode(code: &[u32], index: usize) -> Result<Self, InstructionError> {
        let word = Word(
            *code
                .get(index)
                .ok_or(InstructionError::OutOfRange { index })?,
        );
        let byte = word.opcode_byte();
        let opcode = Opcode::from_byte(byte).ok_or(InstructionError::UnknownOpcode { byte })?;
        let info = opcode.info();
        let extra = match info.words {
            1 => 0,
            _ => *code
                .get(index + 1)
                .ok_or(InstructionError::MissingWord { opcode })?,
        };
        if word.0 & info.unused_mask != 0 {
            return Err(InstructionError::UnusedBits { opcode });
        }
        Ok(Instruction {
            opcode,
            word,
            extra,
        })
    }

    /// Appends the instruction's words to the code.
    pub fn emit(self, code: &mut Vec<u32>) {
        code.push(self.word.0);
        if self.words() == 2 {
            code.push(self.extra);
        }
    }

    /// The operation.
    #[must_use]
    pub const fn opcode(self) -> Opcode {
        self.opcode
    }

    /// The opcode's line of the instruction table.
    #[must_use]
    pub fn info(self) -> &'static OpcodeInfo {
        self.opcode.info()
    }

    /// The first word.
    #[must_use]
    pub const fn word(self) -> Word {
        self.word
    }

    /// The second word; 0 if the instruction has only one.
    #[must_use]
    pub const fn extra(self) -> u32 {
        self.extra
    }

    /// The length: 1 or 2 words.
    #[must_use]
    pub fn words(self) -> usize {
        usize::from(self.info().words)
    }

    /// The operands with their descriptions, in the order of the text.
    pub fn operands(self) -> impl ExactSizeIterator<Item = (&'static OperandSpec, Operand)> {
        self.info()
            .operands
            .iter()
            .map(move |spec| (spec, self.typed(spec)))
    }

    /// The operand at a position of the text, or `None` if there are not so many.
    #[must_use]
    pub fn operand(self, position: usize) -> Option<Operand> {
        self.info()
            .operands
            .get(position)
            .map(|spec| self.typed(spec))
    }

    /// The value of the first operand of a kind.
    #[must_use]
    pub fn value_of(self, kind: OperandKind) -> Option<i64> {
        let spec = self.info().operands.iter().find(|spec| spec.kind == kind)?;
        Some(self.raw(spec.field))
    }

    /// Replaces the operand at a position of the text.
    ///
    /// # Errors
    /// If the value does not fit the operand's field, or there is no such operand.
    pub fn set_value(&mut self, position: usize, value: i64) -> Result<(), OperandError> {
        let opcode = self.opcode;
        let specs = opcode.info().operands;
        let Some(spec) = specs.get(position) else {
            let (expected, found) = (specs.len(), position + 1);
            return Err(OperandError::Number {
                opcode,
                expected,
                found,
            });
        };
        let (minimum, maximum) = spec.field.range();
        if value < minimum || value > maximum {
            let name = spec.name;
            return Err(OperandError::Range {
                opcode,
                position,
                name,
                value,
                minimum,
                maximum,
            });
        }
        let bits = value as u32;
        let mask = spec.field.mask();
        if spec.field.is_extra() {
            self.extra = bits;
        } else {
            self.word = Word(self.word.0 & !mask | bits << mask.trailing_zeros() & mask);
        }
        Ok(())
    }

    /// The word that the instruction jumps to when it starts at word `index`; `None` if it has no
    /// label.
    #[must_use]
    pub fn target(self, index: usize) -> Option<i64> {
        let distance = self.value_of(OperandKind::Label)?;
        Some((index + self.words()) as i64 + distance)
    }

    /// Makes the instruction, which starts at word `index`, jump to word `target`.
    ///
    /// # Errors
    /// If the distance does not fit, or the instruction has no label.
    pub fn set_target(&mut self, index: usize, target: usize) -> Result<(), OperandError> {
        let specs = self.info().operands;
        let position = specs
            .iter()
            .position(|spec| spec.kind == OperandKind::Label);
        let distance = target as i64 - (index + self.words()) as i64;
        self.set_value(position.unwrap_or(specs.len()), distance)
    }

    fn typed(self, spec: &OperandSpec) -> Operand {
        use OperandKind::*;
        let value = self.raw(spec.field);
        match spec.kind {
            kind if kind.is_register() => Operand::Register(value as u8),
            Count | CountAfter => Operand::Count(value as u32),
            Constant | KeywordNames => Operand::Constant(ConstantIndex(value as u32)),
            Name => Operand::Name(NameIndex(value as u32)),
            Function | ClosureFunction => Operand::Function(FunctionIndex(value as u32)),
            Class => Operand::Class(ClassIndex(value as u32)),
            Free => Operand::Free(value as u16),
            Label => Operand::Label(value as i32),
            _ => Operand::Integer(value as i32),
        }
    }

    fn raw(self, field: Field) -> i64 {
        let word = self.word;
        match field {
            Field::A => i64::from(word.a()),
            Field::B => i64::from(word.b()),
            Field::C => i64::from(word.c()),
            Field::SignedB => i64::from(word.signed_b()),
            Field::SignedC => i64::from(word.signed_c()),
            Field::Bc => i64::from(word.bc()),
            Field::SignedBc => i64::from(word.signed_bc()),
            Field::SignedAbc => i64::from(word.signed_abc()),
            Field::X => i64::from(self.extra),
            Field::SignedX => i64::from(self.extra as i32),
        }
    }
}

/// Each instruction of a code with the index of its first word. Ends behind the first error.
pub fn instructions(
    code: &[u32],
) -> impl Iterator<Item = (usize, Result<Instruction, InstructionError>)> {
    let mut index = 0;
    std::iter::from_fn(move || {
        if index >= code.len() {
            return None;
        }
        let start = index;
        let decoded = Instruction::decode(code, start);
        index = decoded.map_or(code.len(), |instruction| start + instruction.words());
        Some((start, decoded))
    })
}
