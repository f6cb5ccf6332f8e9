//! Whether an instruction keeps the rules of its form, decided without looking at its operands one
//! by one.
//!
//! Almost every instruction of almost every module is right. So there is a short answer from a table
//! that the compiler makes of the instruction table, and only who gets a no asks operand by operand
//! what is wrong (`Checker`). For some opcodes the table has no answer, and it is always a no.

use crate::opcode::{Field, Flow, OpcodeInfo, OperandKind};
use crate::register_plan::{REGISTER_PLANS, RegisterPlan};
use crate::table::{Opcode, TABLE};

/// What an opcode asks of its instructions.
pub(super) struct Outline {
    pub(super) registers: RegisterPlan,
    pub(super) flow: Flow,
    pub(super) words: u8,
    /// How far to shift the label to the right, in the first word; or that it is the second one.
    label: Label,
    /// Bits of the first word that must be zero. All bits: no short answer.
    unused_mask: u32,
    /// What the index is one of.
    pub(super) index: Index,
    /// Where the index is: so far to the right in the first word, or in the second one.
    index_shift: u8,
    index_in_extra: bool,
}

#[derive(Clone, Copy)]
enum Label {
    None,
    First { shift: u8 },
    Second,
}

/// What an operand counts, other than registers.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(super) enum Index {
    /// There is no such operand.
    None,
    Constant,
    Name,
    Class,
    Free,
}

/// By [`Index`]: the numbers below this are right. Without an index that is 1: the number is taken to
/// be 0.
pub(super) type Limits = [u32; 5];

/// The outlines, by the first byte of an instruction.
pub(super) static OUTLINES: [Outline; 256] = {
    let mut outlines = [const { Outline::UNKNOWN }; 256];
    let mut index = 0;
    while index < Opcode::PUBLIC_COUNT {
        outlines[index] = Outline::of(&TABLE[index], REGISTER_PLANS[index]);
        index += 1;
    }
    outlines
};

impl Outline {
    /// Of what is not an opcode: `accepts` says no, since the opcode's own bits are among the unused
    /// ones.
    const UNKNOWN: Self = Outline {
        registers: RegisterPlan::NONE,
        flow: Flow::Exit,
        words: 1,
        label: Label::None,
        unused_mask: u32::MAX,
        index: Index::None,
        index_shift: 0,
        index_in_extra: false,
    };

    /// Of the instruction that begins with this word.
    #[inline(always)]
    pub(super) fn at(word: u32) -> &'static Outline {
        &OUTLINES[word as usize & 0xFF]
    }

    /// True if the instruction breaks no rule of form, apart from where it jumps. False if it does,
    /// or if the table cannot tell.
    #[inline(always)]
    pub(super) fn accepts(&self, word: u32, extra: u32, registers: u32, limits: &Limits) -> bool {
        let index = if self.index_in_extra {
            extra
        } else {
            word >> self.index_shift
        };
        let index = match self.index {
            Index::None => 0,
            _ => index,
        };
        let mut right = word & self.unused_mask == 0 && index < limits[self.index as usize];
        let count = self.registers.count(word);
        for planned in self.registers.uses() {
            let (first, length) = planned.window(word, extra, count);
            right &= first < registers && length <= registers - first;
        }
        right
    }

    /// The distance from behind the instruction to where it jumps; `None` if it has no label.
    #[inline(always)]
    pub(super) fn distance(&self, word: u32, extra: u32) -> Option<i32> {
        match self.label {
            Label::None => None,
            Label::First { shift } => Some(word as i32 >> shift),
            Label::Second => Some(extra as i32),
        }
    }

    const fn of(info: &OpcodeInfo, registers: RegisterPlan) -> Self {
        let mut outline = Outline {
            registers,
            flow: info.flow,
            words: info.words,
            unused_mask: info.unused_mask,
            ..Self::UNKNOWN
        };
        let mut position = 0;
        while position < info.operands.len() {
            let spec = info.operands[position];
            match spec.kind {
                OperandKind::Constant => outline.set_index(Index::Constant, spec.field),
                OperandKind::Name => outline.set_index(Index::Name, spec.field),
                OperandKind::Class => outline.set_index(Index::Class, spec.field),
                OperandKind::Free => outline.set_index(Index::Free, spec.field),
                OperandKind::Label => {
                    outline.label = match spec.field {
                        Field::SignedX => Label::Second,
                        Field::SignedAbc => Label::First { shift: 8 },
                        Field::SignedBc => Label::First { shift: 16 },
                        _ => panic!("a label reaches the end of its word"),
                    }
                }
                // Rules about two operands, or about more than how many there are.
                OperandKind::KeywordNames
                | OperandKind::Function
                | OperandKind::ClosureFunction
                | OperandKind::Conversion => outline.unused_mask = u32::MAX,
                _ => {}
            }
            position += 1;
        }
        if matches!(info.mnemonic.as_bytes(), b"yield" | b"yield_from") {
            outline.unused_mask = u32::MAX;
        }
        assert!(
            matches!(outline.label, Label::None) || !matches!(outline.flow, Flow::Next),
            "who has a label jumps"
        );
        outline
    }

    const fn set_index(&mut self, index: Index, field: Field) {
        assert!(
            matches!(self.index, Index::None),
            "one index an instruction"
        );
        self.index = index;
        match field {
            Field::X => self.index_in_extra = true,
            Field::Bc => self.index_shift = 16,
            _ => panic!("an index is not signed and reaches the end of its word"),
        }
    }
}
