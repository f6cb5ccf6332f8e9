//! Fused instructions: several instructions of a module that an interpreter does with one dispatch.
//!
//! ```text
//!   as in the module        fused                         what runs
//!  ┌──────────────────┐    ┌───────────────────────────┐
//!  │ add_imm  r1 r1 1 │    │ AddImmJumpIfLt    r1 r1 1 │   add_imm, jump_if_lt
//!  ├──────────────────┤    ├───────────────────────────┤
//!  │ jump_if_lt r1 r2 │    │ jump_if_lt          r1 r2 │   jump_if_lt, for who jumps here
//!  │ -7               │    │ -7                        │
//!  └──────────────────┘    └───────────────────────────┘
//! ```
//!
//! 1. [`fuse`] goes through the instructions of a function. Where those that follow are the parts of
//!    a line of the table's fused block, the longest such line, its opcode is written over that of the
//!    first. Operands and the words behind stay what they were.
//! 2. Whoever arrives at the first word does all the parts; whoever jumps to a later one does that one
//!    and what follows. So every word may be fused with those behind it, whether or not it is a part
//!    of what stands before it.
//! 3. The parts count, raise and are observed one by one: fusing changes nothing but the time.
//!
//! Which sequences are worth a line is measured: `docs/decisions/0012-fused-instructions.md`.

use crate::table::{FUSED, Opcode, TABLE};
use crate::word::Word;

/// Where the lines that begin with an opcode begin in `FUSED`; its length if there are none.
static LINES: [u8; Opcode::PUBLIC_COUNT] = {
    let mut lines = [FUSED.len() as u8; Opcode::PUBLIC_COUNT];
    let mut line = FUSED.len();
    while line > 0 {
        line -= 1;
        let parts = FUSED[line].1;
        assert!(parts.len() >= 2 && parts.len() <= MAX_PARTS);
        assert!(FUSED[line].0 as usize == Opcode::PUBLIC_COUNT + line);
        if line > 0 {
            // Side by side, the longest first.
            let before = FUSED[line - 1].1;
            let same = before[0] as u8 == parts[0] as u8;
            assert!(!same || before.len() >= parts.len());
            assert!(same || lines[before[0] as usize] == FUSED.len() as u8);
        }
        lines[parts[0] as usize] = line as u8;
    }
    lines
};

/// Parts of a fused instruction at most.
const MAX_PARTS: usize = 3;

impl Opcode {
    /// What a fused instruction does, one after the other; nothing for one that a module may contain.
    #[must_use]
    pub fn parts(self) -> &'static [Opcode] {
        match (self as usize).checked_sub(Self::PUBLIC_COUNT) {
            Some(line) => FUSED[line].1,
            None => &[],
        }
    }

    /// The opcode that stood where this one is before [`fuse`] wrote it.
    #[must_use]
    #[inline]
    pub fn unfused(self) -> Opcode {
        match self.parts() {
            [] => self,
            parts => parts[0],
        }
    }
}

/// Writes fused instructions into the code of a verified function; linear in its length.
pub fn fuse(words: &mut [u32]) {
    let mut at = 0;
    while at < words.len() {
        let byte = Word(words[at]).opcode_byte();
        let Some(info) = TABLE[..Opcode::PUBLIC_COUNT].get(usize::from(byte)) else {
            return;
        };
        let lines = &FUSED[usize::from(LINES[usize::from(byte)])..];
        let fused = lines
            .iter()
            .take_while(|(_, parts)| parts[0] as u8 == byte)
            .find(|(_, parts)| stand_at(parts, &words[at..]));
        if let Some((opcode, _)) = fused {
            words[at] = Word(words[at]).with_opcode_byte(*opcode as u8).0;
        }
        at += usize::from(info.words);
    }
}

/// Whether the words begin with instructions of these opcodes.
fn stand_at(parts: &[Opcode], words: &[u32]) -> bool {
    let mut at = 0;
    for &part in parts {
        match words.get(at) {
            Some(&word) if Word(word).opcode_byte() == part as u8 => {
                at += usize::from(part.info().words);
            }
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode;

    fn words(instructions: &[crate::Instruction]) -> Vec<u32> {
        let mut words = Vec::new();
        for instruction in instructions {
            instruction.emit(&mut words);
        }
        words
    }

    #[test]
    fn the_longest_sequence_is_fused_and_only_its_first_word_changes() {
        let plain = words(&[
            encode::load_global(1, 7),
            encode::copy(2, 0),
            encode::call(1, 1),
            encode::load_global(1, 7),
            encode::copy(2, 0),
            encode::nop(),
            encode::copy(2, 0),
        ]);
        let mut fused = plain.clone();
        fuse(&mut fused);
        let opcode = |at: usize| Opcode::ALL[usize::from(Word(fused[at]).opcode_byte())];
        assert_eq!(opcode(0), Opcode::LoadGlobalCopyCall);
        // The second word is an operand, and stays.
        assert_eq!(fused[1], 7);
        // A jump may land here.
        assert_eq!(opcode(2), Opcode::CopyCall);
        assert_eq!(opcode(4), Opcode::LoadGlobalCopy);
        for (plain, fused) in plain.iter().zip(&fused) {
            assert_eq!(plain & !0xFF, fused & !0xFF);
        }
        assert_eq!(fused[6..], plain[6..]);
    }

    #[test]
    fn what_is_fused_can_be_told_apart_again() {
        for &(fused, parts) in FUSED {
            assert_eq!(fused.parts(), parts);
            assert_eq!(fused.unfused(), parts[0]);
            assert_eq!(fused.info().words, parts[0].info().words);
            // Only the last part may leave the sequence in another way than by a jump.
            for part in &parts[..parts.len() - 1] {
                assert!(matches!(
                    part.info().flow,
                    crate::Flow::Next | crate::Flow::Branch
                ));
                assert_ne!(*part, Opcode::Call);
            }
        }
        for opcode in Opcode::public() {
            assert_eq!(opcode.unfused(), opcode);
        }
    }
}
