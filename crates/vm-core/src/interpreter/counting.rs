//! The counting mode: what each instruction does, counted before it runs.
//!
//! Counting costs the ordinary loop nothing: it is compiled twice, and the one that counts calls
//! [`Vm::count_instruction`] before each instruction.
//!
//! 1. What the machine did since the instruction before (objects made, growth of the heap, a
//!    reference that a load took) is that instruction's, and its function's.
//! 2. The operands tell which references the instruction takes, gives back, and leaves alone where a
//!    stack machine would take and give back one. Returning gives back what registers hold.
//! 3. For an attribute, the inline cache is asked what the loop will ask it.
//!
//! ```text
//!   Counting  functions ---> (code, Counts) (code, Counts) ...
//!             current -----------^  runs now; None outside of the loop
//!             taken --------------> the register that the last instruction loads
//!             profile ------------> the same counts by place and path (`profile/`), if asked for
//! ```
//!
//! **Invariant.** Counting changes nothing that a program could notice, and no other counter.

use crate::code::{Code, Found, Site};
use crate::interpreter::Registers;
use crate::object::{Instance, Iterator};
use crate::profile::{self, Recorder};
use crate::statistics::Counts;
use crate::value::Value;
use crate::vm::Vm;
use core::cell::Cell;
use std::collections::HashMap;
use vm_bytecode::{Field, Opcode, OperandKind, Word};

/// What the counting mode knows beside the totals.
#[derive(Debug, Default)]
pub(crate) struct Counting {
    /// Each function that ran, in the order in which they began.
    pub(crate) functions: Vec<(*const Code, Counts)>,
    index: HashMap<*const Code, usize>,
    /// Which of them runs.
    current: Option<usize>,
    /// The registers of the last instruction, and which of them it loads with a further reference.
    taken: Option<(*mut Value, u8)>,
    /// Objects made, and bytes of the heap, when the last instruction began.
    objects_made: u64,
    heap_bytes: usize,
    /// Where counts go, if that is recorded.
    pub(crate) profile: Option<Box<Recorder>>,
}

impl Counting {
    /// The number of a function, which gets one if it is new.
    pub(crate) fn number(&mut self, code: *const Code) -> usize {
        let functions = &mut self.functions;
        *self.index.entry(code).or_insert_with(|| {
            functions.push((code, Counts::default()));
            functions.len() - 1
        })
    }
}

/// What waits for the loop that native code entered.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Suspended {
    function: Option<usize>,
    profile: profile::Suspended,
}

impl Vm {
    /// Counts the instruction that is about to run, and ends the count of the one before.
    #[inline(never)]
    pub(crate) fn count_instruction(
        &mut self,
        at: *const Cell<u32>,
        registers: Registers,
        code: *const Code,
    ) {
        self.settle_counts(Some(registers));
        // SAFETY: the loop passes the address of an instruction of `code`, which is running.
        let (word, code_now) = unsafe { (Word((*at).get()), &*code) };
        let mut counts = Counts {
            instructions: 1,
            ..Counts::default()
        };
        count_operands(&mut counts, word, registers);
        // SAFETY: the verifier and the machine itself write only opcodes of the table.
        let opcode = unsafe { core::mem::transmute::<u8, Opcode>(word.opcode_byte()) };
        // Who counts runs the parts of fused instructions.
        let opcode = opcode.unfused();
        let mut taken = None;
        match opcode {
            Opcode::Call | Opcode::CallKw | Opcode::CallEx => counts.calls = 1,
            Opcode::CallMethod | Opcode::LoadAttr | Opcode::StoreAttr => {
                counts.calls = u64::from(opcode == Opcode::CallMethod);
                // SAFETY: the verifier checked that these instructions have a second word.
                let site = unsafe { (*at.add(1)).get() } as usize;
                let hit = self.cache_will_hit(opcode, word, registers, code_now, site);
                counts.cache_hits = u64::from(hit);
                counts.cache_misses = u64::from(!hit);
            }
            Opcode::Return | Opcode::ReturnNone => {
                let held = (0..code_now.register_count)
                    .filter(|&register| registers.holds_object(register as u8))
                    .count() as u64;
                let moved = opcode == Opcode::Return && registers.holds_object(word.a());
                counts.decrements += held - u64::from(moved);
            }
            _ => {}
        }
        match opcode {
            Opcode::LoadGlobal
            | Opcode::LoadCell
            | Opcode::LoadFree
            | Opcode::LoadClosure
            | Opcode::LoadAttr
            | Opcode::LoadItem
            | Opcode::LoadItemImm
            | Opcode::LoadHandled => taken = Some(word.a()),
            Opcode::ForIter | Opcode::LoopIter => {
                let iterator = registers.get(word.b());
                taken = iterator.cast::<Iterator>().map(|_| word.a());
            }
            _ => {}
        }
        self.counters.counts += counts;
        let Some(counting) = self.counting.as_mut() else {
            return;
        };
        let index = match counting.current {
            Some(index) if core::ptr::eq(counting.functions[index].0, code) => index,
            _ => counting.number(code),
        };
        counting.current = Some(index);
        counting.functions[index].1 += counts;
        counting.taken = taken.map(|register| (registers.pointer(0), register));
        if counting.profile.is_some() {
            self.record_step(at, registers, code_now, index, &counts);
        }
    }

    /// Ends the count of the last instruction: what was made since is its doing. `registers` are
    /// those of the frame that goes on, if one does.
    fn settle_counts(&mut self, registers: Option<Registers>) {
        let heap_bytes = self.heap.heap_bytes();
        let objects_made = self.counters.objects_made;
        let Some(counting) = self.counting.as_mut() else {
            return;
        };
        let mut counts = Counts {
            allocations: objects_made - counting.objects_made,
            allocated_bytes: heap_bytes.saturating_sub(counting.heap_bytes) as u64,
            ..Counts::default()
        };
        counting.objects_made = objects_made;
        counting.heap_bytes = heap_bytes;
        if let (Some((frame, register)), Some(registers)) = (counting.taken.take(), registers)
            && frame == registers.pointer(0)
        {
            counts.increments = u64::from(registers.holds_object(register));
        }
        // Most instructions make nothing and load nothing.
        if counts == Counts::default() {
            return;
        }
        if let Some(index) = counting.current {
            counting.functions[index].1 += counts;
            self.counters.counts += counts;
            if let Some(profile) = &mut counting.profile {
                profile.settle(&counts);
            }
        }
    }

    /// The loop is entered: what happened before is the doing of the function that called native
    /// code, or of nobody. Returns what is to be given back to [`Vm::leave_counting`].
    pub(crate) fn enter_counting(&mut self) -> Suspended {
        self.settle_counts(None);
        let depth = self.frames.len().saturating_sub(1);
        let Some(counting) = &mut self.counting else {
            return Suspended::default();
        };
        let profile = counting.profile.as_mut();
        Suspended {
            function: counting.current.take(),
            profile: profile.map_or_else(Default::default, |profile| profile.enter_loop(depth)),
        }
    }

    /// The loop was left for the native code that had entered it.
    pub(crate) fn leave_counting(&mut self, suspended: Suspended) {
        self.settle_counts(None);
        if let Some(counting) = &mut self.counting {
            counting.current = suspended.function;
            if let Some(profile) = &mut counting.profile {
                profile.leave_loop(suspended.profile);
            }
        }
    }

    /// Whether the inline cache of an attribute instruction knows what is asked for: the conditions
    /// of the loop.
    fn cache_will_hit(
        &self,
        opcode: Opcode,
        word: Word,
        registers: Registers,
        code: &Code,
        site: usize,
    ) -> bool {
        // SAFETY: linking numbered the sites of this code, and this machine alone changes them.
        let cache = unsafe { *code.sites[site / size_of::<Site>()].get() };
        let found = |found| cache.key == Site::key(self.class_epoch, found);
        let object = registers.get(match opcode {
            Opcode::LoadAttr => word.b(),
            Opcode::StoreAttr => word.a(),
            _ => word.a() + 1,
        });
        if opcode == Opcode::CallMethod && found(Found::Native) {
            return self.class_of(object).object().address() as u64 == cache.shape as u64;
        }
        let is_known = object
            .cast::<Instance>()
            .is_some_and(|instance| cache.shape == instance.shape.cast_const());
        is_known
            && match opcode {
                Opcode::LoadAttr => found(Found::Slot),
                Opcode::StoreAttr => found(Found::Slot) || found(Found::Add),
                _ => found(Found::Method),
            }
    }
}

/// References that the operands of an instruction cost: taken, given back, and avoided by reading
/// operands in place or moving them (a stack machine takes and gives back one for each).
fn count_operands(counts: &mut Counts, word: Word, registers: Registers) {
    for operand in vm_bytecode::TABLE[word.opcode_byte() as usize].operands {
        if !operand.kind.is_register() {
            continue;
        }
        let register = match operand.field {
            Field::A => word.a(),
            Field::B => word.b(),
            _ => word.c(),
        };
        if !registers.holds_object(register) {
            continue;
        }
        match operand.kind {
            OperandKind::Copies => counts.increments += 1,
            OperandKind::Write
            | OperandKind::WriteUnlessJump
            | OperandKind::WriteIfJump
            | OperandKind::Unset => counts.decrements += 1,
            _ => counts.elided += 2,
        }
    }
}
