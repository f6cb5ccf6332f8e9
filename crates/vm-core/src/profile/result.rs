//! What a profile says: functions, places, paths and pairs by name.

use super::{Callee, ELSEWHERE, NOBODY, OPCODES, Step};
use crate::code::Code;
use crate::interpreter::Registers;
use crate::statistics::Counts;
use crate::vm::Vm;
use core::cell::Cell;
use vm_bytecode::{Opcode, TABLE, Word};

/// Where the counts of a run went. Deterministic: two runs of one program have equal profiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The functions that ran, in the order in which they began, and then native ones.
    pub functions: Vec<ProfiledFunction>,
    /// The instructions that ran, each once.
    pub places: Vec<Place>,
    /// The ways in which functions were reached; callers stand before whom they call.
    pub paths: Vec<Path>,
    /// The pairs of instructions that were executed one after the other; fused ones are told apart.
    pub pairs: Vec<Pair>,
    /// What belongs to no place, since there were too many; zeros if there were not.
    pub elsewhere: Counts,
    /// Calls that were counted for a path that begins at their function, since there were too many
    /// paths; zero if there were not.
    pub cut_calls: u64,
}

/// A function that ran, or was called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfiledFunction {
    /// The qualified name. Several functions can have the same.
    pub name: String,
    /// The source file, if it is known.
    pub file: Option<String>,
    /// Whether it is native code: a built-in function, or a built-in class that was called.
    pub is_native: bool,
}

/// An instruction of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The index of the function in [`Profile::functions`].
    pub function: usize,
    /// The index of its first word.
    pub word: u32,
    /// The source line; 0 if it is not known.
    pub line: u32,
    /// What it is called in text: as the module has it, not as the machine may have rewritten it.
    pub mnemonic: &'static str,
    /// What it did, with the native function that it called.
    pub counts: Counts,
}

/// A function, reached through the calls above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The index in [`Profile::paths`] of what called it; none for what the host calls.
    pub caller: Option<usize>,
    /// The index of the function in [`Profile::functions`].
    pub function: usize,
    /// How often it was entered; to resume a generator is to enter it again.
    pub calls: u64,
    /// What it did itself, without what it called.
    pub counts: Counts,
}

/// Two instructions, executed one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// What the first is called in text.
    pub first: &'static str,
    /// And the second.
    pub second: &'static str,
    /// How often.
    pub times: u64,
    /// How often the second stood right behind the first: no jump, call or return between them.
    pub in_sequence: u64,
    /// How often the two are parts of one fused instruction when the machine is not observed.
    pub fused: u64,
}

impl Vm {
    /// Records where counts go from the next call into program code on, or forgets what was
    /// recorded. Counts as [`Vm::count_operations`] does, and a few times slower; turning it off
    /// turns both off.
    pub fn record_profile(&mut self, on: bool) {
        self.count_operations(on);
        if let Some(counting) = &mut self.counting {
            counting.profile.get_or_insert_default();
        }
    }

    /// Where counts went since [`Vm::record_profile`]; none if that is off.
    pub fn profile(&self) -> Option<Profile> {
        let counting = self.counting.as_ref()?;
        let recorder = counting.profile.as_ref()?;
        // SAFETY: code lives as long as the machine.
        let code_at = |index: usize| -> &Code { unsafe { &*counting.functions[index].0 } };
        let codes = 0..counting.functions.len();
        let mut functions: Vec<_> = codes.map(|index| named(code_at(index))).collect();
        let first_native = functions.len();
        functions.extend(recorder.natives.iter().map(|name| ProfiledFunction {
            name: name.clone(),
            file: None,
            is_native: true,
        }));
        let places = recorder.places.iter().skip(ELSEWHERE as usize + 1);
        let places = places.map(|place| {
            let code = code_at(place.code as usize);
            let written = Word(code.function().code[place.word as usize]);
            Place {
                function: place.code as usize,
                word: place.word,
                line: code.position(place.word).0,
                mnemonic: TABLE[written.opcode_byte() as usize].mnemonic,
                counts: place.counts,
            }
        });
        let paths = recorder.paths.iter().map(|path| Path {
            caller: (path.caller != NOBODY).then_some(path.caller as usize),
            function: match path.callee {
                Callee::Code(number) => number as usize,
                Callee::Native(number) => first_native + number as usize,
            },
            calls: path.calls,
            counts: path.counts,
        });
        let pairs = recorder.pairs.iter().enumerate();
        let pairs = pairs.filter(|(_, pair)| pair.times > 0);
        let pairs = pairs.map(|(index, pair)| Pair {
            first: TABLE[index / OPCODES].mnemonic,
            second: TABLE[index % OPCODES].mnemonic,
            times: pair.times,
            in_sequence: pair.in_sequence,
            fused: pair.fused,
        });
        Some(Profile {
            places: places.collect(),
            paths: paths.collect(),
            pairs: pairs.collect(),
            functions,
            elsewhere: recorder.places[ELSEWHERE as usize].counts,
            cut_calls: recorder.cut_calls,
        })
    }

    /// Records an instruction that is about to run, if a profile is recorded. `number` is that of
    /// its function, `counts` what it counts for by itself.
    pub(crate) fn record_step(
        &mut self,
        at: *const Cell<u32>,
        registers: Registers,
        code: &Code,
        number: usize,
        counts: &Counts,
    ) {
        let recorder = self.counting.as_mut().and_then(|it| it.profile.take());
        let Some(mut recorder) = recorder else { return };
        // SAFETY: the loop passes the address of an instruction of `code`.
        let word = Word(unsafe { (*at).get() });
        // SAFETY: the verifier and the machine itself write only opcodes of the table.
        let executed = unsafe { core::mem::transmute::<u8, Opcode>(word.opcode_byte()) };
        let opcode = executed.unfused();
        let step = Step {
            at,
            opcode,
            parts: executed.parts().len(),
            code,
            number,
            counts,
            native: self.native_callee_number(&mut recorder, at, opcode, registers, code),
        };
        if let Some(counting) = &mut self.counting {
            recorder.begin(&step, &self.frames, |code| counting.number(code));
            counting.profile = Some(recorder);
        }
    }
}

fn named(code: &Code) -> ProfiledFunction {
    let module = &code.program().module;
    ProfiledFunction {
        name: module.name(code.function().name).to_owned(),
        file: code.file().map(str::to_owned),
        is_native: false,
    }
}
