//! Definite initialisation: no instruction reads a register that might be unset.
//!
//! A forward dataflow analysis over basic blocks. The state before an instruction is the set of
//! registers that are set on every path to it.
//!
//! 1. Blocks start at word 0, at jump targets, at handlers, behind instructions that do not simply
//!    continue, and where the region that applies changes. So all instructions of a block have the
//!    same handler, and only its last one jumps.
//! 2. What an instruction takes or releases is removed from the state, what it writes is added.
//!    `for_iter` adds its destination only on the way that does not jump, `loop_iter` only on the
//!    one that does.
//! 3. Any instruction of a region may raise: the handler gets the state before each of them, less
//!    the registers that the instruction takes, and with the exception's register.
//! 4. Each register's fate in a block depends on itself alone. So one walk over a block that follows
//!    two states, one with no register set and one with all, tells its effect on every state: see
//!    [`Effect`]. The same walk collects the registers that must be set before the block.
//! 5. At word 0 the parameters are set. Elsewhere states begin as "not reached". Effects carry the
//!    states from block to block, and where edges meet, states intersect. A state only shrinks, at
//!    most 256 times, so this ends. First all blocks are followed in the order of the code, since most
//!    edges lead forwards; then those whose state a jump backwards made smaller.
//! 6. A block that was reached and needs a register that is not set has an error. A last walk over
//!    it finds the instructions.
//!
//! A state is one word if the function has no more than 64 registers, as most have: see [`State`].
//!
//! See: Aho, Lam, Sethi, Ullman, *Compilers*, 2nd edition, section 9.2 (the definitions that reach
//! a point, with intersection as the meet).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::function::LEADS;
use super::outline::Outline;
use super::state::State;
use super::{Errors, Rule};
use crate::instruction::Instruction;
use crate::module::Function;
use crate::opcode::Flow;
use crate::register_plan::AddsWhen;
use crate::registers::RegisterSet;

/// No region applies to the block.
const NO_REGION: u32 = u32::MAX;

/// A function from states to states in which each register depends on itself alone.
#[derive(Clone, Copy)]
struct Effect<S> {
    /// Its value for the state without registers.
    of_none: S,
    /// Its value for the state with all registers.
    of_all: S,
}

impl<S: State> Effect<S> {
    fn apply(self, state: S) -> S {
        self.of_none.union(state.intersection(self.of_all))
    }
}

struct Block<S> {
    /// First word.
    start: u32,
    /// Word behind the last.
    end: u32,
    /// The region whose handler gets the block's exceptions.
    region: u32,
    /// Where the last instruction may jump.
    target: Option<u32>,
    /// True if the last instruction may continue with the next block.
    continues: bool,
    /// What the last instruction writes only if it jumps.
    adds_if_jump: S,
    /// What the last instruction writes only if it does not jump.
    adds_unless_jump: S,
    /// Must be set at the start, or no instruction may read what it reads.
    needs: S,
    /// Something is read that no state at the start could provide.
    fails: bool,
    /// From the state at the start to what is set at the end, whether it jumps or not.
    leaving: Effect<S>,
    /// From the state at the start to what is set whichever instruction raises.
    raising: Effect<S>,
    /// Registers set on every path that was followed so far; `None`: not reached.
    state: Option<S>,
    /// True while it waits to be followed.
    queued: bool,
}

/// How one instruction changes the state.
struct Transfer<S> {
    /// Must be set before.
    needs: S,
    /// Unset when it raises, and when it does not unless it writes them.
    removes: S,
    /// Set when it does not raise, or on one of its two ways only.
    adds: S,
    adds_when: AddsWhen,
}

impl<S: State> Transfer<S> {
    #[inline(always)]
    fn of(outline: &Outline, word: u32, extra: u32) -> Self {
        let plan = &outline.registers;
        let mut transfer = Transfer {
            needs: S::NONE,
            removes: S::NONE,
            adds: S::NONE,
            adds_when: plan.adds_when,
        };
        let count = plan.count(word);
        for planned in plan.uses() {
            let (first, length) = planned.window(word, extra, count);
            let set = S::window(first, length);
            transfer.needs = transfer.needs.union(set.only_if(planned.needs));
            transfer.removes = transfer.removes.union(set.only_if(planned.removes));
            transfer.adds = transfer.adds.union(set.only_if(planned.adds));
        }
        transfer
    }

    /// The state if the instruction raises.
    fn raised(&self, before: S) -> S {
        before.without(self.removes)
    }

    /// What is set if it does not raise, whether it jumps or not.
    fn completed(&self, before: S) -> S {
        let always = self.adds.only_if(self.adds_when == AddsWhen::Always);
        self.raised(before).union(always)
    }
}

/// The analysis, with the room that it takes, for one function after the other.
#[derive(Default)]
pub(super) struct Analyses {
    narrow: Analysis<u64>,
    wide: Analysis<RegisterSet>,
}

impl Analyses {
    /// Checks the registers of a function whose form is right, and whose words are marked.
    pub(super) fn check(&mut self, function: &Function, marks: &mut [u8], errors: &mut Errors<'_>) {
        if u64::holds(function.registers) {
            self.narrow.check(function, marks, errors);
        } else {
            self.wide.check(function, marks, errors);
        }
    }
}

#[derive(Default)]
struct Analysis<S> {
    blocks: Vec<Block<S>>,
    /// By word: the block that starts there, if one does.
    block_at: Vec<u32>,
    /// Blocks to follow, the earliest in the code first.
    queue: BinaryHeap<Reverse<u32>>,
}

impl<S: State> Analysis<S> {
    fn check(&mut self, function: &Function, marks: &mut [u8], errors: &mut Errors<'_>) {
        self.find_blocks(function, marks);
        self.run(function);
        self.report(function, errors);
    }

    /// Splits the code into blocks. The targets of jumps, and what is behind jumps, are marked.
    fn find_blocks(&mut self, function: &Function, marks: &mut [u8]) {
        let code = &function.code;
        marks[0] |= LEADS;
        let mut regions = Vec::new();
        if !function.regions.is_empty() {
            regions = first_regions(function);
            for word in 1..code.len() {
                if regions[word] != regions[word - 1] {
                    marks[word] |= LEADS;
                }
            }
        }
        for region in &function.regions {
            marks[region.handler as usize] |= LEADS;
        }
        self.blocks.clear();
        self.block_at.resize(code.len(), 0);
        let mut start = 0;
        while start < code.len() {
            let rest = &marks[start + 1..code.len()];
            let length = rest.iter().position(|mark| mark & LEADS != 0);
            let end = length.map_or(code.len(), |length| start + 1 + length);
            self.block_at[start] = self.blocks.len() as u32;
            let region = regions.get(start).copied().unwrap_or(NO_REGION);
            self.blocks.push(summarise(code, start, end, region));
            start = end;
        }
    }

    fn run(&mut self, function: &Function) {
        let parameters = function.parameters.count() as u32;
        self.blocks[0].state = Some(S::window(0, parameters));
        for index in 0..self.blocks.len() {
            self.follow_block(function, index, index + 1);
        }
        while let Some(Reverse(index)) = self.queue.pop() {
            self.blocks[index as usize].queued = false;
            self.follow_block(function, index as usize, self.blocks.len());
        }
    }

    /// Carries the state of a block to those behind it. The blocks from `ahead` on are followed
    /// later anyway.
    fn follow_block(&mut self, function: &Function, index: usize, ahead: usize) {
        let block = &self.blocks[index];
        let Some(state) = block.state else { return };
        let (end, target, region) = (block.end, block.target, block.region);
        let (leaving, raising) = (block.leaving.apply(state), block.raising.apply(state));
        let next = block
            .continues
            .then(|| leaving.union(block.adds_unless_jump));
        let jumped = leaving.union(block.adds_if_jump);
        if let Some(target) = target {
            self.flow_to(target, jumped, ahead);
        }
        if let Some(next) = next {
            self.flow_to(end, next, ahead);
        }
        if let Some(region) = function.regions.get(region as usize) {
            let exception = S::window(u32::from(region.register), 1);
            self.flow_to(region.handler, raising.union(exception), ahead);
        }
    }

    /// The state at a block's start is at most this.
    fn flow_to(&mut self, word: u32, state: S, ahead: usize) {
        let index = self.block_at[word as usize];
        let block = &mut self.blocks[index as usize];
        let met = block
            .state
            .map_or(state, |before| before.intersection(state));
        if block.state != Some(met) {
            block.state = Some(met);
            if !block.queued && (index as usize) < ahead {
                block.queued = true;
                self.queue.push(Reverse(index));
            }
        }
    }

    fn report(&self, function: &Function, errors: &mut Errors<'_>) {
        for block in &self.blocks {
            if let Some(state) = block.state
                && (block.fails || !block.needs.without(state).is_none())
            {
                report_block(&function.code, block, state, errors);
            }
        }
    }
}

/// Finds the instructions of a block that read registers that may be unset.
#[cold]
fn report_block<S: State>(code: &[u32], block: &Block<S>, mut state: S, errors: &mut Errors<'_>) {
    for_each_instruction(
        code,
        block.start as usize,
        block.end as usize,
        |word, outline, extra| {
            if errors.is_full() {
                return;
            }
            let transfer = Transfer::<S>::of(outline, code[word], extra);
            transfer.needs.without(state).for_each(|register| {
                let name = Instruction::decode(code, word)
                    .map_or("?", |instruction| instruction.opcode().mnemonic());
                let message = format_args!("`{name}` reads r{register}, which may be unset");
                errors.add_at(word, Rule::Initialisation, message);
            });
            // What is set on one way only comes from the last instruction, and so needs no look.
            state = transfer.completed(state);
        },
    );
}

/// Visits the instructions of some words that are known to be whole instructions: the first word of
/// each, its outline and its second word, or any number if it has none.
#[inline(always)]
fn for_each_instruction(
    code: &[u32],
    start: usize,
    end: usize,
    mut visit: impl FnMut(usize, &'static Outline, u32),
) {
    let mut word = start;
    while word < end {
        let outline = Outline::at(code[word]);
        let next = word + usize::from(outline.words);
        visit(word, outline, code[next - 1]);
        word = next;
    }
}

/// The block of these words, not reached yet.
fn summarise<S: State>(code: &[u32], start: usize, end: usize, region: u32) -> Block<S> {
    let mut block = Block {
        start: start as u32,
        end: end as u32,
        region,
        target: None,
        continues: false,
        adds_if_jump: S::NONE,
        adds_unless_jump: S::NONE,
        needs: S::NONE,
        fails: false,
        leaving: Effect {
            of_none: S::NONE,
            of_all: S::ALL,
        },
        raising: Effect {
            of_none: S::ALL,
            of_all: S::ALL,
        },
        state: None,
        queued: false,
    };
    for_each_instruction(code, start, end, |word, outline, extra| {
        let transfer = Transfer::<S>::of(outline, code[word], extra);
        let (leaving, raising) = (&mut block.leaving, &mut block.raising);
        // Who needs what is not set yet needs it from the start, unless it was removed since.
        let missing = transfer.needs.without(leaving.of_none);
        block.needs = block.needs.union(missing);
        block.fails |= !missing.without(leaving.of_all).is_none();
        raising.of_none = raising
            .of_none
            .intersection(transfer.raised(leaving.of_none));
        raising.of_all = raising.of_all.intersection(transfer.raised(leaving.of_all));
        leaving.of_none = transfer.completed(leaving.of_none);
        leaving.of_all = transfer.completed(leaving.of_all);
        let adds = |when| transfer.adds.only_if(transfer.adds_when == when);
        block.adds_if_jump = adds(AddsWhen::Jumping);
        block.adds_unless_jump = adds(AddsWhen::NotJumping);
        let next = word as i64 + i64::from(outline.words);
        let distance = outline.distance(code[word], extra);
        block.target = distance.map(|distance| (next + i64::from(distance)) as u32);
        block.continues = matches!(outline.flow, Flow::Next | Flow::Branch);
    });
    block
}

/// By word: the first region that contains it.
///
/// Each region claims the words that none before it did. `unclaimed` leads from a word to the next
/// one that is free, with path halving, so that claimed stretches are skipped however many regions
/// overlap.
fn first_regions(function: &Function) -> Vec<u32> {
    let words = function.code.len();
    let mut regions = vec![NO_REGION; words];
    let mut unclaimed: Vec<u32> = (0..=words as u32).collect();
    for (index, region) in function.regions.iter().enumerate() {
        let mut word = next_unclaimed(&mut unclaimed, region.start);
        while word < region.end {
            regions[word as usize] = index as u32;
            unclaimed[word as usize] = word + 1;
            word = next_unclaimed(&mut unclaimed, word + 1);
        }
    }
    regions
}

fn next_unclaimed(unclaimed: &mut [u32], mut word: u32) -> u32 {
    while unclaimed[word as usize] != word {
        let next = unclaimed[unclaimed[word as usize] as usize];
        unclaimed[word as usize] = next;
        word = next;
    }
    word
}
