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
//! 4. Each register's fate in a block depends on itself alone. So two walks over a block, one with
//!    no register set and one with all, tell its effect on every state: see [`Effect`].
//! 5. At word 0 the parameters are set. Elsewhere states begin as "not reached". Effects carry the
//!    states from block to block, and where edges meet, states intersect. A state only shrinks, at
//!    most 256 times, so this ends.
//! 6. A last walk over the blocks that were reached compares each instruction's reads with the
//!    state before it.
//!
//! See: Aho, Lam, Sethi, Ullman, *Compilers*, 2nd edition, section 9.2 (the definitions that reach
//! a point, with intersection as the meet).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Errors, Rule};
use crate::instruction::Instruction;
use crate::module::Function;
use crate::opcode::Flow;
use crate::registers::{RegisterSet, RegisterUse};

/// No region applies to the block.
const NO_REGION: u32 = u32::MAX;

/// A function from states to states in which each register depends on itself alone.
#[derive(Clone, Copy)]
struct Effect {
    /// Its value for the state without registers.
    of_none: RegisterSet,
    /// Its value for the state with all registers.
    of_all: RegisterSet,
}

impl Effect {
    fn apply(self, state: RegisterSet) -> RegisterSet {
        self.of_none.union(state.intersection(self.of_all))
    }
}

struct Block {
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
    adds_if_jump: RegisterSet,
    /// What the last instruction writes only if it does not jump.
    adds_unless_jump: RegisterSet,
    /// From the state at the start to what is set at the end, whether it jumps or not.
    leaving: Effect,
    /// From the state at the start to what is set whichever instruction raises.
    raising: Effect,
    /// Registers set on every path that was followed so far; `None`: not reached.
    state: Option<RegisterSet>,
    /// True while it waits to be followed.
    queued: bool,
}

/// How one instruction changes the state.
struct Transfer {
    /// Must be set before.
    needs: RegisterSet,
    /// Unset when it raises, and when it does not unless it writes them.
    removes: RegisterSet,
    /// Set when it does not raise.
    adds: RegisterSet,
    /// Set when it jumps.
    adds_if_jump: RegisterSet,
    /// Set when it neither raises nor jumps.
    adds_unless_jump: RegisterSet,
}

impl Transfer {
    fn of(instruction: Instruction) -> Self {
        let mut transfer = Transfer {
            needs: RegisterSet::EMPTY,
            removes: RegisterSet::EMPTY,
            adds: RegisterSet::EMPTY,
            adds_if_jump: RegisterSet::EMPTY,
            adds_unless_jump: RegisterSet::EMPTY,
        };
        instruction.for_each_register_use(|_, usage, range| {
            let set = RegisterSet::range(range);
            let add = |to: &mut RegisterSet| *to = to.union(set);
            match usage {
                RegisterUse::Read | RegisterUse::Copy => add(&mut transfer.needs),
                RegisterUse::Take => {
                    add(&mut transfer.needs);
                    add(&mut transfer.removes);
                }
                RegisterUse::Release => add(&mut transfer.removes),
                RegisterUse::Enclose => {
                    add(&mut transfer.removes);
                    add(&mut transfer.adds);
                }
                RegisterUse::Check | RegisterUse::Write => add(&mut transfer.adds),
                RegisterUse::WriteUnlessJump => add(&mut transfer.adds_unless_jump),
                RegisterUse::WriteIfJump => add(&mut transfer.adds_if_jump),
            }
        });
        transfer
    }

    /// The state if the instruction raises.
    fn raised(&self, before: RegisterSet) -> RegisterSet {
        before.without(self.removes)
    }

    /// What is set if it does not raise, whether it jumps or not.
    fn completed(&self, before: RegisterSet) -> RegisterSet {
        self.raised(before).union(self.adds)
    }
}

/// Checks the registers of a function whose form is right.
pub(super) fn check(function: &Function, starts: &[bool], errors: &mut Errors) {
    let mut analysis = Analysis::new(function, starts);
    analysis.run();
    analysis.report(errors);
}

struct Analysis<'module> {
    function: &'module Function,
    blocks: Vec<Block>,
    /// By word: the block that starts there, if one does.
    block_at: Vec<u32>,
    /// Blocks to follow, the earliest in the code first: most edges lead forwards.
    queue: BinaryHeap<Reverse<u32>>,
}

impl<'module> Analysis<'module> {
    fn new(function: &'module Function, starts: &[bool]) -> Self {
        let code = &function.code;
        let regions = first_regions(function);
        let mut leads = vec![false; code.len() + 1];
        leads[0] = true;
        for region in &function.regions {
            leads[region.handler as usize] = true;
        }
        for word in (0..code.len()).filter(|&word| starts[word]) {
            let Some(instruction) = decode(code, word) else {
                continue;
            };
            if let Some(target) = instruction.target(word) {
                leads[target as usize] = true;
            }
            if instruction.info().flow != Flow::Next {
                leads[word + instruction.words()] = true;
            }
            if word > 0 && regions[word] != regions[word - 1] {
                leads[word] = true;
            }
        }
        let mut starts_of_blocks = (0..code.len()).filter(|&word| leads[word]).peekable();
        let mut blocks = Vec::new();
        let mut block_at = vec![u32::MAX; code.len()];
        while let Some(start) = starts_of_blocks.next() {
            let end = starts_of_blocks.peek().copied().unwrap_or(code.len());
            block_at[start] = blocks.len() as u32;
            blocks.push(summarise(code, start, end, regions[start]));
        }
        Analysis {
            function,
            blocks,
            block_at,
            queue: BinaryHeap::new(),
        }
    }

    fn run(&mut self) {
        let parameters = self.function.parameters.count() as u32;
        self.flow_to(0, RegisterSet::range(0..parameters));
        while let Some(Reverse(index)) = self.queue.pop() {
            self.blocks[index as usize].queued = false;
            self.follow_block(index as usize);
        }
    }

    fn follow_block(&mut self, index: usize) {
        let block = &self.blocks[index];
        let Some(state) = block.state else { return };
        let (end, target, region) = (block.end, block.target, block.region);
        let (leaving, raising) = (block.leaving.apply(state), block.raising.apply(state));
        let next = block
            .continues
            .then(|| leaving.union(block.adds_unless_jump));
        let jumped = leaving.union(block.adds_if_jump);
        if let Some(target) = target {
            self.flow_to(target, jumped);
        }
        if let Some(next) = next {
            self.flow_to(end, next);
        }
        if let Some(region) = self.function.regions.get(region as usize) {
            let mut handled = raising;
            handled.insert(region.register);
            self.flow_to(region.handler, handled);
        }
    }

    /// The state at a block's start is at most this.
    fn flow_to(&mut self, word: u32, state: RegisterSet) {
        let index = self.block_at[word as usize];
        let block = &mut self.blocks[index as usize];
        let met = block
            .state
            .map_or(state, |before| before.intersection(state));
        if block.state != Some(met) {
            block.state = Some(met);
            if !block.queued {
                block.queued = true;
                self.queue.push(Reverse(index));
            }
        }
    }

    fn report(&self, errors: &mut Errors) {
        for block in &self.blocks {
            let Some(mut state) = block.state else {
                continue;
            };
            let mut word = block.start as usize;
            while word < block.end as usize {
                let Some(instruction) = decode(&self.function.code, word) else {
                    return;
                };
                let transfer = Transfer::of(instruction);
                for register in transfer.needs.without(state).iter() {
                    let name = instruction.opcode().mnemonic();
                    let message = format_args!("`{name}` reads r{register}, which may be unset");
                    errors.add_at(word, Rule::Initialisation, message);
                }
                if errors.is_full() {
                    return;
                }
                // What is set on one way only comes from the last instruction, and so needs no look.
                state = transfer.completed(state);
                word += instruction.words();
            }
        }
    }
}

/// The block of these words, not reached yet.
fn summarise(code: &[u32], start: usize, end: usize, region: u32) -> Block {
    let all = RegisterSet::range(0..256);
    let mut block = Block {
        start: start as u32,
        end: end as u32,
        region,
        target: None,
        continues: false,
        adds_if_jump: RegisterSet::EMPTY,
        adds_unless_jump: RegisterSet::EMPTY,
        leaving: Effect {
            of_none: RegisterSet::EMPTY,
            of_all: all,
        },
        raising: Effect {
            of_none: all,
            of_all: all,
        },
        state: None,
        queued: false,
    };
    let mut word = start;
    while word < end {
        let Some(instruction) = decode(code, word) else {
            break;
        };
        let transfer = Transfer::of(instruction);
        let (leaving, raising) = (&mut block.leaving, &mut block.raising);
        raising.of_none = raising
            .of_none
            .intersection(transfer.raised(leaving.of_none));
        raising.of_all = raising.of_all.intersection(transfer.raised(leaving.of_all));
        leaving.of_none = transfer.completed(leaving.of_none);
        leaving.of_all = transfer.completed(leaving.of_all);
        block.adds_if_jump = transfer.adds_if_jump;
        block.adds_unless_jump = transfer.adds_unless_jump;
        block.target = instruction.target(word).map(|target| target as u32);
        block.continues = matches!(instruction.info().flow, Flow::Next | Flow::Branch);
        word += instruction.words();
    }
    block
}

/// The instruction at a word where one is known to start.
fn decode(code: &[u32], word: usize) -> Option<Instruction> {
    let decoded = Instruction::decode(code, word);
    debug_assert!(
        decoded.is_ok(),
        "the form of the function was checked before"
    );
    decoded.ok()
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
