//! The instruction table, as far as it concerns registers, in the form that is fast to follow.
//!
//! The table says how each operand is used; some operands are windows, whose length is in another
//! operand, and some windows are used in several ways. Here each opcode has the list of its uses,
//! with where in the instruction their first register and their length are:
//!
//! ```text
//!  call_method(A dst: MethodWindow, B count: Count, X name: Name)
//!
//!     usage      first    registers
//!     Release    A        1
//!     Take       A + 1    B + 1
//!     Write      A        1
//! ```
//!
//! The table of plans is made by the compiler.

use crate::instruction::Instruction;
use crate::opcode::{Field, MAX_OPERANDS, OpcodeInfo, OperandKind};
use crate::registers::RegisterUse;
use crate::table::{Opcode, TABLE};

/// Uses that an instruction has at most.
const MAX_USES: usize = 3;

/// One use of consecutive registers.
#[derive(Clone, Copy)]
pub(crate) struct PlannedUse {
    pub(crate) usage: RegisterUse,
    /// The operand that asks for it, by its position in the text.
    pub(crate) position: u8,
    /// Where in the first word the register is.
    shift: u8,
    /// What is added to it.
    offset: u8,
    /// The number of registers: this,
    length: u8,
    /// and so many times the `Count` operand,
    per_count: u8,
    /// and the second word, if all bits are set here.
    after_mask: u32,
    /// The registers must be set before.
    pub(crate) needs: bool,
    /// They are unset when the instruction raises, and else unless it writes them.
    pub(crate) removes: bool,
    /// They are set when the instruction does not raise.
    pub(crate) adds: bool,
}

/// When an instruction that does not raise sets what it adds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddsWhen {
    Always,
    Jumping,
    NotJumping,
}

/// The uses of an opcode: those that empty a register come before the use that writes it again.
#[derive(Clone, Copy)]
pub(crate) struct RegisterPlan {
    uses: [PlannedUse; MAX_USES],
    used: u8,
    /// Where in the first word the `Count` operand is.
    count_shift: u8,
    count_mask: u8,
    pub(crate) adds_when: AddsWhen,
}

/// The plans, by opcode.
pub(crate) static REGISTER_PLANS: [RegisterPlan; Opcode::ALL.len()] = {
    let mut plans = [RegisterPlan::NONE; Opcode::ALL.len()];
    let mut index = 0;
    while index < plans.len() {
        plans[index] = RegisterPlan::of(&TABLE[index]);
        index += 1;
    }
    plans
};

impl PlannedUse {
    /// The first register, and how many: a window of a malformed instruction may go beyond
    /// register 255.
    #[inline(always)]
    pub(crate) fn window(&self, word: u32, extra: u32, count: u32) -> (u32, u32) {
        let first = (word >> self.shift & 0xFF) + u32::from(self.offset);
        let length = u32::from(self.length) + u32::from(self.per_count) * count;
        (first, length.saturating_add(extra & self.after_mask))
    }
}

impl RegisterPlan {
    /// No uses.
    pub(crate) const NONE: Self = RegisterPlan {
        uses: [PlannedUse {
            usage: RegisterUse::Read,
            position: 0,
            shift: 0,
            offset: 0,
            length: 0,
            per_count: 0,
            after_mask: 0,
            needs: false,
            removes: false,
            adds: false,
        }; MAX_USES],
        used: 0,
        count_shift: 0,
        count_mask: 0,
        adds_when: AddsWhen::Always,
    };

    #[inline(always)]
    pub(crate) fn uses(&self) -> &[PlannedUse] {
        &self.uses[..usize::from(self.used)]
    }

    /// The value of the `Count` operand, 0 if there is none.
    #[inline(always)]
    pub(crate) fn count(&self, word: u32) -> u32 {
        word >> self.count_shift & u32::from(self.count_mask)
    }

    const fn of(info: &OpcodeInfo) -> Self {
        let mut plan = Self::NONE;
        // Operands that take come behind the destination in the text, but act before it.
        let mut position = info.operands.len();
        while position > 0 {
            position -= 1;
            let spec = info.operands[position];
            if matches!(spec.kind, OperandKind::Count) {
                plan.count_shift = first_bit(spec.field);
                plan.count_mask = 0xFF;
            }
            if spec.kind.is_register() {
                plan.add_operand(spec.kind, position as u8, first_bit(spec.field));
            }
        }
        plan
    }

    const fn add_operand(&mut self, kind: OperandKind, position: u8, shift: u8) {
        use OperandKind as Kind;
        use RegisterUse::*;
        // The number of registers is `length + per_count * count`, from `register + offset` on.
        let mut add = Adding {
            plan: self,
            position,
            shift,
        };
        match kind {
            Kind::Write => add.one(Write),
            Kind::WriteUnlessJump => {
                add.one(WriteUnlessJump);
                self.adds_when = AddsWhen::NotJumping;
            }
            Kind::WriteIfJump => {
                add.one(WriteIfJump);
                self.adds_when = AddsWhen::Jumping;
            }
            Kind::Read => add.one(Read),
            Kind::Copies => add.one(Copy),
            Kind::Take => add.one(Take),
            Kind::Unset => add.one(Release),
            Kind::Check => add.one(Check),
            Kind::Enclose => add.one(Enclose),
            Kind::TakeWindow => add.window(Take, 0, 0, 1),
            Kind::TakePairs => add.window(Take, 0, 0, 2),
            Kind::TakeThree => add.window(Take, 0, 3, 0),
            Kind::WriteWindow => add.window(Write, 0, 0, 1),
            Kind::WriteStarWindow => {
                add.window(Write, 0, 1, 1);
                self.uses[self.used as usize - 1].after_mask = u32::MAX;
            }
            Kind::CallWindow => {
                add.window(Take, 0, 1, 1);
                add.one(Write);
            }
            Kind::CallExWindow => {
                add.window(Take, 0, 3, 0);
                add.one(Write);
            }
            Kind::MethodWindow => {
                add.one(Release);
                add.window(Take, 1, 1, 1);
                add.one(Write);
            }
            _ => {}
        }
    }
}

/// Appends the uses of one operand.
struct Adding<'plan> {
    plan: &'plan mut RegisterPlan,
    position: u8,
    shift: u8,
}

impl Adding<'_> {
    const fn one(&mut self, usage: RegisterUse) {
        self.window(usage, 0, 1, 0);
    }

    const fn window(&mut self, usage: RegisterUse, offset: u8, length: u8, per_count: u8) {
        use RegisterUse::*;
        self.plan.uses[self.plan.used as usize] = PlannedUse {
            usage,
            position: self.position,
            shift: self.shift,
            offset,
            length,
            per_count,
            after_mask: 0,
            needs: matches!(usage, Read | Copy | Take),
            removes: matches!(usage, Take | Release | Enclose),
            adds: matches!(
                usage,
                Enclose | Check | Write | WriteUnlessJump | WriteIfJump
            ),
        };
        self.plan.used += 1;
    }
}

/// Where in the first word a field of eight bits begins.
const fn first_bit(field: Field) -> u8 {
    match field {
        Field::A => 8,
        Field::B => 16,
        Field::C => 24,
        _ => panic!("registers and counts are in fields of eight bits"),
    }
}

const _: () = assert!(MAX_USES <= MAX_OPERANDS);

impl Instruction {
    /// The plan of its opcode.
    #[inline(always)]
    pub(crate) fn register_plan(self) -> &'static RegisterPlan {
        &REGISTER_PLANS[self.opcode() as usize]
    }

    /// Calls `visit` for each use of registers with the position of the operand that asks for it:
    /// uses that empty a register come before the use that writes it again.
    ///
    /// A window of a malformed instruction may go beyond register 255.
    #[inline]
    pub fn for_each_register_use(
        self,
        mut visit: impl FnMut(usize, RegisterUse, std::ops::Range<u32>),
    ) {
        let plan = self.register_plan();
        let (word, extra) = (self.word().0, self.extra());
        let count = plan.count(word);
        for planned in plan.uses() {
            let (first, length) = planned.window(word, extra, count);
            let range = first..first.saturating_add(length);
            visit(usize::from(planned.position), planned.usage, range);
        }
    }
}
