//! The counting mode: what each instruction does, counted before it runs.
//!
//! Counting costs the ordinary loop nothing: it is compiled twice, and the one that counts calls
//! [`Vm::count_instruction`] before each instruction.
//!
//! 1. What the machine did since the instruction before (objects made, growth of the heap,
//!    references) is that instruction's, and its function's.
//! 2. References that the loop itself takes and gives back are foreseen ([`references`]), those that
//!    depend on how the instruction ends as its [`Outcome`]: one that raises writes no register.
//! 3. What is beyond the loop, in the modules beside it, counts where it happens:
//!    [`Vm::further`], [`Vm::give_back`], [`Vm::count_references`].
//! 4. For an attribute, the inline cache is asked what the loop will ask it.
//!
//! ```text
//!   Counting  functions ---> (code, Counts) (code, Counts) ...
//!             current -----------^  runs now; None outside of the loop
//!             increments, decrements   since its last instruction began
//!             outcome -------------> what that one does besides unless it raises
//!             profile -------------> the same counts by place and path (`profile/`), if asked for
//! ```
//!
//! Counted are changes of counts: not a new object's first reference, not a reference that moves, and
//! nothing about immortal objects. With the feature `trace-counts` each change is told together with
//! its place in the machine's source; those of this directory are what is counted here
//! (`tests/counted_references.rs`).
//!
//! **Invariant.** Counting changes nothing that a program could notice, and no other counter.

mod references;

use crate::code::{Code, Found, Site};
use crate::interpreter::Registers;
use crate::object::Instance;
use crate::profile::{self, Recorder};
use crate::statistics::Counts;
use crate::vm::Vm;
use core::cell::Cell;
use references::{Outcome, Step};
use std::collections::HashMap;
use vm_bytecode::{Opcode, Word};

pub(super) use references::{counted, counted_parameters};

/// What the counting mode knows beside the totals.
#[derive(Debug, Default)]
pub(crate) struct Counting {
    /// Each function that ran, in the order in which they began.
    pub(crate) functions: Vec<(*const Code, Counts)>,
    index: HashMap<*const Code, usize>,
    /// Which of them runs.
    current: Option<usize>,
    /// References taken and given back since the last instruction began.
    increments: u64,
    decrements: u64,
    /// What the last instruction does besides unless it raises.
    outcome: Option<Outcome>,
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
    outcome: Option<Outcome>,
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
        self.settle_outcome(at, registers);
        self.settle_counts();
        // SAFETY: the loop passes the address of an instruction of `code`, which is running.
        let (word, code_now) = unsafe { (Word((*at).get()), &*code) };
        // SAFETY: the verifier and the machine itself write only opcodes of the table.
        let opcode = unsafe { core::mem::transmute::<u8, Opcode>(word.opcode_byte()) };
        // Who counts runs the parts of fused instructions.
        let opcode = opcode.unfused();
        let mut counts = Counts {
            instructions: 1,
            ..Counts::default()
        };
        let mut step = Step {
            opcode,
            word,
            at,
            registers,
            code: code_now,
            cached: None,
        };
        match opcode {
            Opcode::Call | Opcode::CallKw | Opcode::CallEx => counts.calls = 1,
            Opcode::CallMethod | Opcode::LoadAttr | Opcode::StoreAttr => {
                counts.calls = u64::from(opcode == Opcode::CallMethod);
                step.cached = self.cached(&step);
                counts.cache_hits = u64::from(step.cached.is_some());
                counts.cache_misses = u64::from(step.cached.is_none());
            }
            _ => {}
        }
        let outcome = self.foresee(&step, &mut counts);
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
        counting.outcome = Some(outcome);
        if counting.profile.is_some() {
            self.record_step(at, registers, code_now, index, &counts);
        }
    }

    /// Ends the count of the last instruction: what was done since is its doing.
    fn settle_counts(&mut self) {
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
        let Some(index) = counting.current else {
            // A function is being entered: what that takes is its own.
            return;
        };
        counts.increments = core::mem::take(&mut counting.increments);
        counts.decrements = core::mem::take(&mut counting.decrements);
        // Most instructions make nothing and load nothing.
        if counts == Counts::default() {
            return;
        }
        counting.functions[index].1 += counts;
        self.counters.counts += counts;
        if let Some(profile) = &mut counting.profile {
            profile.settle(&counts);
        }
    }

    /// The loop is entered: what happened before is the doing of the function that called native
    /// code, or of nobody. Returns what is to be given back to [`Vm::leave_counting`].
    pub(crate) fn enter_counting(&mut self) -> Suspended {
        // The instruction that called has not ended.
        let outcome = self
            .counting
            .as_mut()
            .and_then(|counting| counting.outcome.take());
        self.settle_counts();
        if self.native_depth == 1 {
            self.begin_with_entry();
        }
        let depth = self.frames.len().saturating_sub(1);
        let Some(counting) = &mut self.counting else {
            return Suspended::default();
        };
        let profile = counting.profile.as_mut();
        Suspended {
            function: counting.current.take(),
            outcome,
            profile: profile.map_or_else(Default::default, |profile| profile.enter_loop(depth)),
        }
    }

    /// The loop was left for the native code that had entered it.
    pub(crate) fn leave_counting(&mut self, suspended: Suspended) {
        self.settle_counts();
        if let Some(counting) = &mut self.counting {
            counting.current = suspended.function;
            counting.outcome = suspended.outcome;
            if let Some(profile) = &mut counting.profile {
                profile.leave_loop(suspended.profile);
            }
        }
    }

    /// What the inline cache of an attribute instruction knows of what is asked for, by the
    /// conditions of the loop.
    fn cached(&self, step: &Step<'_>) -> Option<Found> {
        let (opcode, word, cache) = (step.opcode, step.word, step.site());
        let object = step.registers.get(match opcode {
            Opcode::LoadAttr => word.b(),
            Opcode::StoreAttr => word.a(),
            _ => word.a() + 1,
        });
        let shape = object
            .cast::<Instance>()
            .map(|instance| instance.shape.cast_const());
        let candidates: &[Found] = match opcode {
            Opcode::LoadAttr => &[Found::Slot],
            Opcode::StoreAttr => &[Found::Slot, Found::Add],
            _ => &[Found::Method, Found::Native],
        };
        let found = candidates.iter().copied();
        let mut found = found.filter(|&found| cache.key == Site::key(self.class_epoch, found));
        found.find(|found| match found {
            Found::Native => self.class_of(object).object().address() as u64 == cache.shape as u64,
            _ => shape == Some(cache.shape),
        })
    }
}
