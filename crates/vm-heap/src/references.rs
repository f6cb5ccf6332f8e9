//! The references that the audit finds, counted for each object.
//!
//! ```text
//!   arenas, by address           pages                     large objects
//!   | arena a | arena b |        | page | page | page |    object -> count
//!       |                           ^  |
//!       +--> | - | 0 | - | 1 | ... -+  +--> | 0 | 2 | 0 | 1 | ...   a count for each slot index
//!            a place for each page
//! ```
//!
//! A reference that is asked about may be to anything: memory is looked at only where a page of this
//! heap is known to be.

use std::collections::HashMap;

use crate::header::{KIND_FREE, ObjectRef};
use crate::heap::Heap;
use crate::large::LargeTable;
use crate::page::{ARENA_BYTES, ARENA_PAGES, PAGE_BYTES, Page};
use crate::size_class::Family;

/// A count for each object of a heap, which does not change meanwhile.
pub(crate) struct References {
    /// Each arena with objects, by its number in the address space, and where its pages stand in `pages`.
    arenas: Vec<(usize, [Option<u32>; ARENA_PAGES])>,
    pages: Vec<(Page, Vec<u32>)>,
    large: HashMap<ObjectRef, u32>,
}

impl References {
    /// All counts are 0.
    pub(crate) fn none_yet(heap: &Heap) -> References {
        let mut pages = Vec::new();
        heap.arenas.for_each_page(|page| {
            if page.family.get() != Family::Buffer && page.live() > 0 {
                pages.push((page, vec![0; page.scratch_len()]));
            }
        });
        pages.sort_unstable_by_key(|(page, _)| page.address());
        let mut arenas: Vec<(usize, [Option<u32>; ARENA_PAGES])> = Vec::new();
        for (&(page, _), place) in pages.iter().zip(0..) {
            let arena = page.address() / ARENA_BYTES;
            if arenas.last().is_none_or(|(last, _)| *last != arena) {
                arenas.push((arena, [None; ARENA_PAGES]));
            }
            if let Some((_, places)) = arenas.last_mut() {
                places[page.index()] = Some(place);
            }
        }
        let large = heap.large_objects.entries().iter();
        References {
            arenas,
            pages,
            large: large.map(|entry| (LargeTable::object(*entry), 0)).collect(),
        }
    }

    /// The count of `object`, if it is an object of the heap.
    pub(crate) fn of(&mut self, object: ObjectRef) -> Option<&mut u32> {
        if object.is_large() {
            return self.large.get_mut(&object);
        }
        let address = object.as_ptr().addr().get();
        let arena = address / ARENA_BYTES;
        let found = self
            .arenas
            .binary_search_by_key(&arena, |(arena, _)| *arena);
        let place = self.arenas[found.ok()?].1[address % ARENA_BYTES / PAGE_BYTES]?;
        let (page, counts) = &mut self.pages[place as usize];
        let is_object =
            page.is_slot(Page::offset_of(object.as_ptr())) && object.kind() != KIND_FREE;
        is_object.then(|| &mut counts[page.slot_index(object.as_ptr())])
    }
}
