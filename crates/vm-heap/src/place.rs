//! A number for the place of an object, which is the same on every run of the same program.
//!
//! ```text
//!  in a page   arena index x 2^18 + offset in the arena / 16     even numbers
//!  large       place in the table                                 odd numbers
//! ```
//!
//! Addresses differ from run to run; the order in which a heap takes arenas, pages and slots does
//! not. An object in a page keeps its number as long as it lives, and the next object in its slot
//! gets the same. A large object can get another number when one allocated before it dies.

use crate::header::ObjectRef;
use crate::heap::Heap;
use crate::large::LargeTable;
use crate::page::{ARENA_BYTES, Page};
use crate::size_class::SLOT_GRANULE_BYTES;

impl Heap {
    /// The number of the place where `object` is: different for all objects that live at a time.
    pub fn place_number(&self, object: ObjectRef) -> u64 {
        if object.is_large() {
            // SAFETY: large objects have a prefix.
            let prefix = unsafe { LargeTable::prefix(object).as_ref() };
            return prefix.index() as u64 * 2 + 1;
        }
        // SAFETY: other objects are in a page.
        let page = unsafe { Page::of(object.as_ptr()) };
        let offset = object.address() % ARENA_BYTES;
        let granules = page.arena.get() as usize * ARENA_BYTES + offset;
        (granules / SLOT_GRANULE_BYTES) as u64 * 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::size_class::Family;
    use std::collections::HashSet;

    fn numbers(heap: &mut Heap) -> Vec<u64> {
        let mut numbers = Vec::new();
        for number in 0..200_000_usize {
            let bytes = 16 + number * 13 % 590;
            // SAFETY: not used after they are freed.
            let object = unsafe { heap.allocate(Family::Container, bytes, 1) }.expect("memory");
            if number % 3 == 0 {
                // SAFETY: just allocated, not used below.
                unsafe { heap.free(object) };
            } else {
                numbers.push(heap.place_number(object));
            }
        }
        numbers
    }

    #[test]
    fn numbers_are_unique_and_the_same_for_every_heap() {
        let mut heap = Heap::new();
        let first = numbers(&mut heap);
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), first.len());
        assert!(heap.statistics().arenas > 1, "several arenas");
        assert_eq!(first, numbers(&mut Heap::new()));
    }
}
