//! Which registers an instruction touches, and what happens to the references in them.
//!
//! Registers own counted references. An operand that is read in place changes no count; everything
//! that does is in [`RegisterEffects`]. `vm dis --refcounts` prints it, the verifier follows it.

use std::ops::Range;

use crate::instruction::Instruction;

/// A set of registers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RegisterSet([u64; 4]);

const _: () = assert!(size_of::<RegisterSet>() == 32);

impl RegisterSet {
    /// The set without registers.
    pub const EMPTY: Self = RegisterSet([0; 4]);

    /// The set of all registers.
    pub(crate) const ALL: Self = RegisterSet([u64::MAX; 4]);

    /// The set of consecutive registers; there are none from 256 on.
    #[must_use]
    pub fn range(range: Range<u32>) -> Self {
        RegisterSet(std::array::from_fn(|index| {
            let base = index as u32 * 64;
            let first = range.start.saturating_sub(base).min(64);
            let end = range.end.saturating_sub(base).min(64);
            word_range(first, end.saturating_sub(first))
        }))
    }

    /// True if the register is in the set.
    #[must_use]
    pub const fn contains(&self, register: u8) -> bool {
        self.0[register as usize / 64] >> (register % 64) & 1 != 0
    }

    /// True if there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::EMPTY
    }

    /// Adds a register.
    pub const fn insert(&mut self, register: u8) {
        self.0[register as usize / 64] |= 1 << (register % 64);
    }

    /// The registers in either set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        self.combine(other, |left, right| left | right)
    }

    /// The registers in both sets.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        self.combine(other, |left, right| left & right)
    }

    /// The registers in this set and not in the other.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        self.combine(other, |left, right| left & !right)
    }

    /// The registers in ascending order.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let (index, word) = rest.iter_mut().enumerate().find(|(_, word)| **word != 0)?;
            let bit = word.trailing_zeros();
            *word &= *word - 1;
            Some(index as u8 * 64 + bit as u8)
        })
    }

    fn combine(self, other: Self, operation: impl Fn(u64, u64) -> u64) -> Self {
        RegisterSet(std::array::from_fn(|index| {
            operation(self.0[index], other.0[index])
        }))
    }
}

/// A word with `length` bits set from bit `first` on. Their sum is at most 64.
#[inline(always)]
pub(crate) fn word_range(first: u32, length: u32) -> u64 {
    debug_assert!(first + length <= 64);
    let bits = if length == 0 {
        0
    } else {
        u64::MAX.wrapping_shr(64 - length)
    };
    bits.wrapping_shl(first)
}

impl std::fmt::Debug for RegisterSet {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}

/// How an instruction uses consecutive registers. A window is split into such uses.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RegisterUse {
    /// Read in place.
    Read,
    /// Read; the instruction keeps a further reference.
    Copy,
    /// Moved out: unset afterwards.
    Take,
    /// Possibly unset; what it holds is released, and it is unset afterwards.
    Release,
    /// Possibly unset; the instruction raises if it is.
    Check,
    /// Possibly unset; its value moves into the cell that replaces it.
    Enclose,
    /// Written; what it held, unless taken, is released.
    Write,
    /// As [`Write`](Self::Write) if the instruction does not jump, else untouched.
    WriteUnlessJump,
    /// As [`Write`](Self::Write) if the instruction jumps, else untouched.
    WriteIfJump,
}

/// What an instruction does with the references in registers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RegisterEffects {
    /// Read in place: no count changes.
    pub reads: RegisterSet,
    /// Read, and a further reference is taken: the count goes up.
    pub copies: RegisterSet,
    /// The reference leaves the register: no count changes.
    pub moves: RegisterSet,
    /// What the register held before is released, if it held anything: the count goes down.
    pub releases: RegisterSet,
    /// Set by the instruction.
    pub writes: RegisterSet,
}

impl Instruction {
    /// What the instruction does with the references in registers.
    ///
    /// ```
    /// use vm_bytecode::encode;
    ///
    /// let effects = encode::store_item(0, 1, 2).register_effects();
    /// assert!(effects.reads.iter().eq([0]));
    /// assert!(effects.copies.iter().eq([1, 2]));
    ///
    /// let effects = encode::call(4, 2).register_effects();
    /// assert!(effects.moves.iter().eq([4, 5, 6]));
    /// assert!(effects.writes.iter().eq([4]));
    /// ```
    #[must_use]
    pub fn register_effects(self) -> RegisterEffects {
        let mut effects = RegisterEffects::default();
        self.for_each_register_use(|_, usage, range| {
            let set = RegisterSet::range(range);
            let add = |to: &mut RegisterSet| *to = to.union(set);
            match usage {
                RegisterUse::Read | RegisterUse::Check => add(&mut effects.reads),
                RegisterUse::Copy => add(&mut effects.copies),
                RegisterUse::Take => add(&mut effects.moves),
                RegisterUse::Release => add(&mut effects.releases),
                RegisterUse::Enclose => {
                    add(&mut effects.moves);
                    add(&mut effects.writes);
                }
                RegisterUse::Write | RegisterUse::WriteUnlessJump | RegisterUse::WriteIfJump => {
                    add(&mut effects.writes);
                }
            }
        });
        effects.releases = effects
            .releases
            .union(effects.writes.without(effects.moves));
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::{RegisterEffects, RegisterSet};
    use crate::encode;

    fn set(registers: &[u8]) -> RegisterSet {
        let mut set = RegisterSet::EMPTY;
        registers.iter().for_each(|&register| set.insert(register));
        set
    }

    #[test]
    fn ranges_cross_word_borders() {
        let range = RegisterSet::range(62..130);
        assert!(range.iter().eq(62..130));
        assert!(RegisterSet::range(250..1000).iter().eq(250..=255));
        assert!(RegisterSet::range(64..64).is_empty());
    }

    #[test]
    fn sets_combine() {
        let (left, right) = (set(&[1, 63, 64, 200]), set(&[63, 200, 255]));
        assert_eq!(left.union(right), set(&[1, 63, 64, 200, 255]));
        assert_eq!(left.intersection(right), set(&[63, 200]));
        assert_eq!(left.without(right), set(&[1, 64]));
        assert_eq!(format!("{left:?}"), "{1, 63, 64, 200}");
    }

    #[test]
    fn effects_follow_the_table() {
        let expect = |reads: &[u8], copies: &[u8], moves: &[u8], releases: &[u8], writes: &[u8]| {
            RegisterEffects {
                reads: set(reads),
                copies: set(copies),
                moves: set(moves),
                releases: set(releases),
                writes: set(writes),
            }
        };
        let cases = [
            (encode::add(1, 2, 2), expect(&[2], &[], &[], &[1], &[1])),
            (encode::copy(1, 2), expect(&[], &[2], &[], &[1], &[1])),
            (encode::r#move(1, 2), expect(&[], &[], &[2], &[1], &[1])),
            (encode::unset(3), expect(&[], &[], &[], &[3], &[])),
            (encode::check(3, 0), expect(&[3], &[], &[], &[], &[])),
            (encode::make_cell(3), expect(&[], &[], &[3], &[], &[3])),
            (
                encode::make_dict(0, 4, 2),
                expect(&[], &[], &[4, 5, 6, 7], &[0], &[0]),
            ),
            (
                encode::make_slice(4, 4),
                expect(&[], &[], &[4, 5, 6], &[], &[4]),
            ),
            (encode::call_ex(4), expect(&[], &[], &[4, 5, 6], &[], &[4])),
            (
                encode::call_method(4, 1, 0),
                expect(&[], &[], &[5, 6], &[4], &[4]),
            ),
            (encode::unpack_star(4, 9, 1, 2), {
                expect(&[9], &[], &[], &[4, 5, 6, 7], &[4, 5, 6, 7])
            }),
            (
                encode::for_iter(1, 0, -3),
                expect(&[0], &[], &[], &[1], &[1]),
            ),
            (
                encode::loop_iter(1, 0, -3),
                expect(&[0], &[], &[], &[1], &[1]),
            ),
            (
                encode::push_handled(1, 0),
                expect(&[], &[0], &[], &[1], &[1]),
            ),
        ];
        for (instruction, expected) in cases {
            assert_eq!(instruction.register_effects(), expected, "{instruction:?}");
        }
    }
}
