//! Sets of registers, as the analysis of initialisation follows them.
//!
//! Few functions have more than 64 registers. The others need one word for a set, not four, and are
//! analysed in a fraction of the time. So the analysis is written for any [`State`], and compiled for
//! the two.

use crate::registers::{RegisterSet, word_range};

/// A set of registers.
pub(super) trait State: Copy + PartialEq {
    /// The empty set.
    const NONE: Self;
    /// The set of all registers.
    const ALL: Self;

    /// Whether functions with so many registers can be followed.
    fn holds(registers: u16) -> bool;

    /// The set of consecutive registers, all of them within the frame.
    fn window(first: u32, length: u32) -> Self;

    fn union(self, other: Self) -> Self;

    fn intersection(self, other: Self) -> Self;

    /// The registers in this set and not in the other.
    fn without(self, other: Self) -> Self;

    /// The set if the condition holds, else the empty one: without a jump.
    fn only_if(self, condition: bool) -> Self;

    fn is_none(self) -> bool;

    /// Visits the registers in ascending order.
    fn for_each(self, visit: impl FnMut(u8));
}

impl State for u64 {
    const NONE: Self = 0;
    const ALL: Self = u64::MAX;

    fn holds(registers: u16) -> bool {
        registers <= 64
    }

    #[inline(always)]
    fn window(first: u32, length: u32) -> Self {
        word_range(first, length)
    }

    #[inline(always)]
    fn union(self, other: Self) -> Self {
        self | other
    }

    #[inline(always)]
    fn intersection(self, other: Self) -> Self {
        self & other
    }

    #[inline(always)]
    fn without(self, other: Self) -> Self {
        self & !other
    }

    #[inline(always)]
    fn only_if(self, condition: bool) -> Self {
        self & u64::from(condition).wrapping_neg()
    }

    #[inline(always)]
    fn is_none(self) -> bool {
        self == 0
    }

    fn for_each(mut self, mut visit: impl FnMut(u8)) {
        while self != 0 {
            visit(self.trailing_zeros() as u8);
            self &= self - 1;
        }
    }
}

impl State for RegisterSet {
    const NONE: Self = RegisterSet::EMPTY;
    const ALL: Self = RegisterSet::ALL;

    fn holds(registers: u16) -> bool {
        registers <= 256
    }

    fn window(first: u32, length: u32) -> Self {
        RegisterSet::range(first..first + length)
    }

    fn union(self, other: Self) -> Self {
        self.union(other)
    }

    fn intersection(self, other: Self) -> Self {
        self.intersection(other)
    }

    fn without(self, other: Self) -> Self {
        self.without(other)
    }

    fn only_if(self, condition: bool) -> Self {
        if condition { self } else { Self::NONE }
    }

    fn is_none(self) -> bool {
        self.is_empty()
    }

    fn for_each(self, visit: impl FnMut(u8)) {
        self.iter().for_each(visit);
    }
}
