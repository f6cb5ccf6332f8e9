//! The generations, and the profile that decides the few points in which versions differ.
//!
//! ```text
//!   track            survives              survives          survives
//!  ------> 0 Young ----------> 1 Middle ----------> 2 Old -----------+
//!            log                 log              page scan  ^       |
//!                                                   |        +-------+
//!                                            freeze | ^ unfreeze
//!                                                   v |
//!                                              3 permanent: never examined
//! ```

use crate::error::InvalidGeneration;

/// Number of generations that are collected.
pub const GENERATIONS: usize = 3;

/// The generation of frozen objects, as it stands in the header.
pub const PERMANENT: u8 = 3;

/// A generation that can be collected; collecting one collects the younger ones too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Generation {
    /// Generation 0: tracked since the last collection.
    Young = 0,
    /// Generation 1: survived one collection.
    Middle = 1,
    /// Generation 2: survived more than one. Collecting it is a full collection.
    Old = 2,
}

impl Generation {
    /// All of them, youngest first.
    pub const ALL: [Generation; GENERATIONS] =
        [Generation::Young, Generation::Middle, Generation::Old];

    /// The generation's number, as it stands in the header and in arrays by generation.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The generation's number as an index.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Where survivors of a collection of this generation go.
    pub const fn next(self) -> Generation {
        match self {
            Generation::Young => Generation::Middle,
            Generation::Middle | Generation::Old => Generation::Old,
        }
    }
}

impl TryFrom<i64> for Generation {
    type Error = InvalidGeneration;

    fn try_from(number: i64) -> Result<Generation, InvalidGeneration> {
        match number {
            0 => Ok(Generation::Young),
            1 => Ok(Generation::Middle),
            2 => Ok(Generation::Old),
            _ => Err(InvalidGeneration { number }),
        }
    }
}

/// The version of CPython whose collector is imitated where versions differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Profile {
    /// Thresholds 700, 10, 10; otherwise as 3.13.
    V3_12,
    /// All weak references to condemned objects are cleared before finalizers; an object counts
    /// when it is allocated; survivors may be untracked by a collection.
    V3_13,
    /// Weak references without a callback stay usable in finalizers; an object counts when it
    /// becomes tracked; a collection untracks nothing.
    #[default]
    V3_15,
}

impl Profile {
    /// The thresholds that a new collector has.
    pub const fn default_thresholds(self) -> [i32; GENERATIONS] {
        match self {
            Profile::V3_12 => [700, 10, 10],
            Profile::V3_13 | Profile::V3_15 => [2000, 10, 10],
        }
    }

    /// Whether weak references without a callback, too, are cleared before finalizers run.
    pub const fn clears_all_weakrefs_first(self) -> bool {
        !matches!(self, Profile::V3_15)
    }

    /// Whether count 0 grows when a collectable object is allocated, tracked or not
    /// ([`Collector::count_allocation`](crate::Collector::count_allocation)), rather than when it
    /// becomes tracked.
    pub const fn counts_allocations(self) -> bool {
        !matches!(self, Profile::V3_15)
    }

    /// Whether the death of an old object postpones the next full collection.
    pub const fn notices_old_deaths(self) -> bool {
        matches!(self, Profile::V3_15)
    }

    /// Whether a collection asks
    /// [`ObjectModel::can_untrack`](crate::ObjectModel::can_untrack) about survivors.
    pub const fn untracks_survivors(self) -> bool {
        !matches!(self, Profile::V3_15)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_numbers_are_generations() {
        for number in 0..3 {
            let generation = Generation::try_from(number).unwrap();
            assert_eq!(i64::from(generation.number()), number);
        }
        for number in [-1, 3, i64::MIN, i64::MAX] {
            assert_eq!(
                Generation::try_from(number),
                Err(InvalidGeneration { number })
            );
        }
    }

    #[test]
    fn survivors_grow_older_up_to_old() {
        assert_eq!(
            Generation::ALL
                .map(Generation::next)
                .map(Generation::number),
            [1, 2, 2]
        );
    }
}
