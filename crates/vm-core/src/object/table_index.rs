//! The index of a hash table: which entry a hash leads to.
//!
//! ```text
//!  slots, a power of two:   │ tag : number │ empty │ tag : number │ deleted │ ...     32 bits each
//!                             │     └── of the entry: as many bits as there can be numbers
//!                             └── the other bits, from the hash
//! ```
//!
//! Open addressing, as in CPython's dicts (Tim Peters's notes in its `Objects/dictobject.c`):
//!
//! 1. At most two thirds of the slots are used.
//! 2. A search begins at the slot that the hash's low bits say. Integers hash to themselves, so
//!    neighbours among them are neighbours here, and share a line of the cache.
//! 3. It goes on at `5 slot + 1 + perturb`, where `perturb` is the hash moved down by five bits each
//!    time. So every bit of the hash has its turn, and when all had, the sequence visits all slots.
//! 4. It ends at an empty slot, or where the entry is the one that is looked for. Of entries whose
//!    tags differ nothing is read: most of those that share a slot by chance.
//! 5. A slot that is given up is marked as deleted, and still counts as used.

use core::ptr::NonNull;
use vm_heap::{Heap, OutOfMemory};

/// No entry was ever here. The number in it is more than any entry has.
const EMPTY: u32 = u32::MAX;
/// An entry was here. The number in it is more than any entry has, too.
const DELETED: u32 = u32::MAX - 1;
/// So that two thirds of the slots are fewer than the number in `DELETED`.
const SLOTS_MINIMUM: usize = 16;

/// See the module documentation. It does not free its memory when it is dropped.
#[derive(Debug)]
pub(crate) struct Index {
    slots: NonNull<u32>,
    /// The slots, less one; 0 where there is no index.
    mask: u32,
    /// Slots that are not empty.
    used: u32,
}

impl Index {
    /// No index.
    pub(crate) const fn none() -> Index {
        Index {
            slots: NonNull::dangling(),
            mask: 0,
            used: 0,
        }
    }

    /// How many entries the smallest index for `needed` of them has room for.
    pub(crate) fn capacity_for(needed: usize) -> usize {
        let slots = (needed * 3).div_ceil(2).next_power_of_two();
        slots.max(SLOTS_MINIMUM) * 2 / 3
    }

    /// An empty index for `capacity` entries, which is what [`capacity_for`](Self::capacity_for)
    /// said of some number up to 2^30.
    pub(crate) fn allocate(heap: &mut Heap, capacity: usize) -> Result<Index, OutOfMemory> {
        let slots = (capacity * 3).div_ceil(2).next_power_of_two();
        debug_assert!(slots >= SLOTS_MINIMUM && slots * 2 / 3 == capacity);
        debug_assert!(slots <= 1 << 31);
        let memory = heap
            .allocate_buffer(slots * size_of::<u32>())?
            .cast::<u32>();
        // SAFETY: the buffer has that many words; all bits set is `EMPTY`.
        unsafe { memory.write_bytes(0xFF, slots) };
        Ok(Index {
            slots: memory,
            mask: (slots - 1) as u32,
            used: 0,
        })
    }

    /// Gives the memory back.
    pub(crate) fn free(self, heap: &mut Heap) {
        if self.is_some() {
            // SAFETY: allocated by `allocate` with that many bytes, and gone with `self`.
            unsafe { heap.free_buffer(self.slots.cast(), self.bytes()) };
        }
    }

    /// Whether there is an index.
    #[inline(always)]
    pub(crate) fn is_some(&self) -> bool {
        self.mask != 0
    }

    /// Its memory.
    pub(crate) fn bytes(&self) -> usize {
        match self.mask {
            0 => 0,
            mask => (mask as usize + 1) * size_of::<u32>(),
        }
    }

    /// Whether no further entry may be inserted.
    #[inline(always)]
    pub(crate) fn is_full(&self) -> bool {
        self.used as usize >= (self.mask as usize + 1) * 2 / 3
    }

    /// The tag of a hash, in place.
    #[inline(always)]
    fn tag(&self, hash: u64) -> u32 {
        (hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32 & !self.mask
    }

    /// The word of a slot.
    #[inline(always)]
    fn word(&self, slot: u32) -> u32 {
        debug_assert!(self.is_some() && slot <= self.mask);
        // SAFETY: there are `mask + 1` initialised slots.
        unsafe { self.slots.add(slot as usize).read() }
    }

    #[inline(always)]
    fn set_word(&mut self, slot: u32, word: u32) {
        debug_assert!(self.is_some() && slot <= self.mask);
        // SAFETY: there are `mask + 1` slots.
        unsafe { self.slots.add(slot as usize).write(word) };
    }

    /// The number of an entry with that hash of which `matches` is true. It is asked for entries
    /// whose hash may be another, and for numbers that no entry has.
    #[inline(always)]
    pub(crate) fn find(&self, hash: u64, matches: impl FnMut(u32) -> bool) -> Option<u32> {
        self.search(hash, matches).map(|(_, number)| number)
    }

    /// The slot of what `find` finds, and the number in it.
    #[inline(always)]
    fn search(&self, hash: u64, mut matches: impl FnMut(u32) -> bool) -> Option<(u32, u32)> {
        let tag = self.tag(hash);
        let mut probes = Probes::new(hash, self.mask);
        loop {
            let word = self.word(probes.slot);
            if word == EMPTY {
                return None;
            }
            let number = word ^ tag;
            if number <= self.mask && matches(number) {
                return Some((probes.slot, number));
            }
            probes.advance();
        }
    }

    /// Inserts an entry, which is not in the index. It is not full.
    #[inline]
    pub(crate) fn insert(&mut self, hash: u64, number: u32) {
        debug_assert!(!self.is_full() && number < (self.mask + 1) / 3 * 2 + 2);
        let mut probes = Probes::new(hash, self.mask);
        loop {
            let word = self.word(probes.slot);
            if word >= DELETED {
                self.used += u32::from(word == EMPTY);
                self.set_word(probes.slot, self.tag(hash) | number);
                return;
            }
            probes.advance();
        }
    }

    /// Takes an entry out.
    pub(crate) fn remove(&mut self, hash: u64, number: u32) {
        if let Some((slot, _)) = self.search(hash, |other| other == number) {
            self.set_word(slot, DELETED);
        }
    }
}

/// The slots in which a hash may be, in the order of the search.
struct Probes {
    slot: u32,
    mask: u32,
    perturb: u64,
}

impl Probes {
    #[inline(always)]
    fn new(hash: u64, mask: u32) -> Probes {
        Probes {
            slot: hash as u32 & mask,
            mask,
            perturb: hash,
        }
    }

    #[inline(always)]
    fn advance(&mut self) {
        self.perturb >>= 5;
        let next = self.slot.wrapping_mul(5).wrapping_add(1);
        self.slot = next.wrapping_add(self.perturb as u32) & self.mask;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        /// Beside a map from numbers to hashes, with hashes that collide.
        #[test]
        fn finds_what_was_inserted_and_not_removed(
            needed in 1usize..200,
            operations in proptest::collection::vec((any::<bool>(), 0u64..40, 0u32..4), 0..300),
        ) {
            let mut heap = Heap::new();
            let capacity = Index::capacity_for(needed);
            prop_assert!(capacity >= needed);
            let mut index = Index::allocate(&mut heap, capacity).expect("memory");
            let mut model: HashMap<u32, u64> = HashMap::new();
            let mut next = 0;
            for (inserts, low, high) in operations {
                // Few low bits, few high ones: slots and tags are shared.
                let hash = low << 1 | u64::from(high) << 40;
                if inserts && !index.is_full() && (next as usize) < capacity {
                    index.insert(hash, next);
                    model.insert(next, hash);
                    next += 1;
                } else if let Some(&number) = model.keys().min() {
                    index.remove(model[&number], number);
                    model.remove(&number);
                }
                for (&number, &hash) in &model {
                    prop_assert_eq!(index.find(hash, |other| other == number), Some(number));
                }
                for number in 0..next {
                    if !model.contains_key(&number) {
                        prop_assert_eq!(index.find(hash, |other| other == number), None);
                    }
                }
            }
            index.free(&mut heap);
            prop_assert_eq!(heap.heap_bytes(), 0);
        }
    }

    #[test]
    fn every_slot_is_visited() {
        for hash in [0, 1, u64::MAX, 0xDEAD_BEEF << 20] {
            let mut probes = Probes::new(hash, 63);
            let mut seen = [false; 64];
            for _ in 0..64 + 13 {
                seen[probes.slot as usize] = true;
                probes.advance();
            }
            assert!(seen.iter().all(|&seen| seen), "{hash:#x}");
        }
    }
}
