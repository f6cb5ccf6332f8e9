//! Profiles: where the counts of a run go, exactly and the same on every run.
//!
//! ```text
//!   count_instruction ──► begin ──┬──► place   function + word      ─┐
//!   settle_counts ──────► settle ─┤    path    function, reached by  ├──► Profile
//!                                 │            the calls above it    │
//!                                 └──► pair    opcode, next opcode  ─┘
//!
//!   paths, a tree:   main ──► parse ──► node
//!                      │        └─────► [list.append]     a native function
//!                      └────► node
//! ```
//!
//! | word | meaning |
//! |---|---|
//! | place | an instruction of a function |
//! | path | a function of program code, or a native one, reached through the calls above it |
//! | pair | an instruction and the one that is executed next, wherever that is |
//!
//! The counting mode (`interpreter/counting.rs`) counts what each instruction does; here each count
//! is kept by place and by path besides.
//!
//! 1. `Recorder::stack` has the path of each active frame. Before an instruction it is made to fit
//!    the frames: what is deeper is gone, what is new is reached from the frame below it.
//! 2. What an instruction does before it ends, such as to allocate, goes to its place and its path;
//!    if it calls a native function, to the path of that.
//! 3. Native code that enters the loop (a comparison within `sort`, a finalizer) is left with what
//!    it had counted: `Recorder::enter_loop` keeps what is current, and what runs then is reached
//!    from there.
//!
//! **Limits.** 1,048,576 places (`PLACES_MAX`) and 262,144 paths (`PATHS_MAX`): what is beyond is
//! counted as of no known place, and a path that is new then begins at its function. Together some
//! 120 MiB at most, and four bytes for each word of the code that runs. The profile says what was
//! beyond.
//!
//! **Invariant.** The counts of all places together, and those of all paths, are the counts of the
//! run while the profile was recorded.

mod callee;
mod result;

pub use result::{Pair, Path, Place, Profile, ProfiledFunction};

use crate::code::Code;
use crate::stack::Frames;
use crate::statistics::Counts;
use core::cell::Cell;
use hashbrown::HashMap;
use vm_bytecode::{Opcode, TABLE};

/// Places that are told apart.
const PLACES_MAX: usize = 1 << 20;

/// Paths that are told apart.
const PATHS_MAX: usize = 1 << 18;

/// The place of what is beyond the limit.
const ELSEWHERE: u32 = 0;

/// The caller of an outermost function.
const NOBODY: u32 = u32::MAX;

/// Values of a byte.
const OPCODES: usize = 256;

/// A function: of program code, by the number that the counting mode gave it, or native, by the
/// number that it has here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Callee {
    Code(u32),
    Native(u32),
}

#[derive(Debug)]
struct PlaceRecord {
    /// The number of its function.
    code: u32,
    /// The first word of the instruction.
    word: u32,
    counts: Counts,
}

#[derive(Debug)]
struct PathRecord {
    caller: u32,
    callee: Callee,
    /// How often the function was entered.
    calls: u64,
    counts: Counts,
}

#[derive(Clone, Copy, Debug, Default)]
struct PairRecord {
    times: u64,
    /// How often the second one stood right behind the first.
    in_sequence: u64,
    /// How often both are parts of one fused instruction.
    fused: u64,
}

/// What the instruction that runs now is counted for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Current {
    place: u32,
    path: u32,
}

/// See the module documentation.
#[derive(Debug)]
pub(crate) struct Recorder {
    places_max: usize,
    paths_max: usize,
    /// `places[ELSEWHERE]` is for all that is beyond the limit.
    places: Vec<PlaceRecord>,
    /// By function, for each word its place; none before the function runs.
    place_of_word: Vec<Box<[u32]>>,
    paths: Vec<PathRecord>,
    path_of: HashMap<(u32, Callee), u32>,
    /// The paths of the active frames, outermost first.
    stack: Vec<u32>,
    /// How many frames there were when native code entered the loop, and the path it was on.
    below: Option<(usize, u32)>,
    /// The names of native functions.
    natives: Vec<String>,
    /// Their numbers, by address: they live as long as the machine.
    native_at: HashMap<usize, u32>,
    pairs: Box<[PairRecord]>,
    last: Option<(*const Cell<u32>, u8)>,
    /// Instructions to come that the last one is fused with.
    parts_left: usize,
    current: Option<Current>,
    /// Calls whose paths were cut.
    cut_calls: u64,
}

/// An instruction that is about to run.
pub(crate) struct Step<'a> {
    pub(crate) at: *const Cell<u32>,
    /// What it does by itself.
    opcode: Opcode,
    /// How many instructions it is fused of, if it is.
    parts: usize,
    pub(crate) code: &'a Code,
    /// The number of the function.
    pub(crate) number: usize,
    /// What it counts for by itself.
    pub(crate) counts: &'a Counts,
    /// The number of the native function that it calls.
    native: Option<u32>,
}

impl Default for Recorder {
    fn default() -> Recorder {
        Recorder::with_limits(PLACES_MAX, PATHS_MAX)
    }
}

impl Recorder {
    fn with_limits(places_max: usize, paths_max: usize) -> Recorder {
        let elsewhere = PlaceRecord {
            code: 0,
            word: 0,
            counts: Counts::default(),
        };
        Recorder {
            places_max,
            paths_max,
            places: vec![elsewhere],
            place_of_word: Vec::new(),
            paths: Vec::new(),
            path_of: HashMap::new(),
            stack: Vec::new(),
            below: None,
            natives: Vec::new(),
            native_at: HashMap::new(),
            pairs: vec![PairRecord::default(); OPCODES * OPCODES].into(),
            last: None,
            parts_left: 0,
            current: None,
            cut_calls: 0,
        }
    }

    /// Before an instruction. `number_of` gives the numbers of functions.
    pub(crate) fn begin(
        &mut self,
        step: &Step<'_>,
        frames: &Frames,
        mut number_of: impl FnMut(*const Code) -> usize,
    ) {
        self.count_pair(step);
        let place = self.place(step);
        self.places[place as usize].counts += *step.counts;

        let callee = Callee::Code(step.number as u32);
        self.stack.truncate(frames.len());
        if self.stack.len() == frames.len() && self.top().is_none_or(|top| top.callee != callee) {
            self.stack.pop();
        }
        while let Some(frame) = frames.get(self.stack.len()) {
            let callee = Callee::Code(number_of(frame.code) as u32);
            let caller = match self.below {
                Some((depth, path)) if depth == self.stack.len() => path,
                _ => self.stack.last().copied().unwrap_or(NOBODY),
            };
            let path = self.call(caller, callee);
            self.stack.push(path);
        }
        let mut path = self.stack.last().copied().unwrap_or(NOBODY);
        if let Some(record) = self.paths.get_mut(path as usize) {
            record.counts += *step.counts;
        }
        if let Some(native) = step.native {
            path = self.call(path, Callee::Native(native));
        }
        self.current = Some(Current { place, path });
    }

    fn top(&self) -> Option<&PathRecord> {
        self.paths.get(*self.stack.last()? as usize)
    }

    fn count_pair(&mut self, step: &Step<'_>) {
        let opcode = step.opcode as u8;
        let mut is_fused = false;
        if let Some((at, last)) = self.last {
            let pair = &mut self.pairs[last as usize * OPCODES + opcode as usize];
            let behind = at.wrapping_add(TABLE[last as usize].words as usize);
            let in_sequence = behind == step.at;
            is_fused = in_sequence && self.parts_left > 0;
            pair.times += 1;
            pair.in_sequence += u64::from(in_sequence);
            pair.fused += u64::from(is_fused);
        }
        self.last = Some((step.at, opcode));
        // Whoever comes by a part from elsewhere begins there: it may be fused with others.
        let parts = if is_fused {
            self.parts_left
        } else {
            step.parts
        };
        self.parts_left = parts.saturating_sub(1);
    }

    /// The place of an instruction, which is added if it is new.
    fn place(&mut self, step: &Step<'_>) -> u32 {
        if self.place_of_word.len() <= step.number {
            self.place_of_word
                .resize_with(step.number + 1, Box::default);
        }
        let words = &mut self.place_of_word[step.number];
        if words.is_empty() {
            *words = vec![ELSEWHERE; step.code.words.len()].into();
        }
        let word = (step.at.addr() - step.code.words.as_ptr().addr()) / size_of::<u32>();
        if words[word] == ELSEWHERE && self.places.len() <= self.places_max {
            words[word] = self.places.len() as u32;
            self.places.push(PlaceRecord {
                code: step.number as u32,
                word: word as u32,
                counts: Counts::default(),
            });
        }
        words[word]
    }

    /// Counts a call; returns its path, which is added if it is new.
    fn call(&mut self, caller: u32, callee: Callee) -> u32 {
        let path = match self.path_of.get(&(caller, callee)) {
            Some(&path) => path,
            None if caller != NOBODY && self.paths.len() >= self.paths_max => {
                self.cut_calls += 1;
                return self.call(NOBODY, callee);
            }
            None => {
                let path = self.paths.len() as u32;
                self.paths.push(PathRecord {
                    caller,
                    callee,
                    calls: 0,
                    counts: Counts::default(),
                });
                self.path_of.insert((caller, callee), path);
                path
            }
        };
        self.paths[path as usize].calls += 1;
        path
    }

    /// What was done since the last instruction began.
    pub(crate) fn settle(&mut self, counts: &Counts) {
        let Some(current) = self.current else { return };
        self.places[current.place as usize].counts += *counts;
        if let Some(path) = self.paths.get_mut(current.path as usize) {
            path.counts += *counts;
        }
    }

    /// Native code enters the loop; there are `depth` frames below the one that runs then. Returns
    /// what is to be given back to [`Recorder::leave_loop`].
    pub(crate) fn enter_loop(&mut self, depth: usize) -> Suspended {
        self.stack.truncate(depth);
        let suspended = Suspended {
            current: self.current.take(),
            below: self.below.take(),
        };
        self.below = suspended.current.map(|current| (depth, current.path));
        suspended
    }

    /// Native code goes on.
    pub(crate) fn leave_loop(&mut self, suspended: Suspended) {
        self.current = suspended.current;
        self.below = suspended.below;
    }
}

/// What waits for the loop that native code entered.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Suspended {
    current: Option<Current>,
    below: Option<(usize, u32)>,
}

#[cfg(test)]
mod tests;
