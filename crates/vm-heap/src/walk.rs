//! The walk over everything that is allocated, page by page, in the order of addresses within a
//! page. Large objects come last.

use crate::header::ObjectRef;
use crate::heap::Heap;
use crate::large::LargeTable;
use crate::size_class::Family;

impl Heap {
    /// Calls `visit` for every object.
    #[inline]
    pub fn for_each_object(&self, mut visit: impl FnMut(ObjectRef)) {
        self.arenas.for_each_page(|page| {
            if page.family.get() != Family::Buffer && page.live() > 0 {
                page.for_each_object(&mut visit);
            }
        });
        for prefix in self.large_objects.entries() {
            visit(LargeTable::object(*prefix));
        }
    }

    /// Calls `visit` for every object of the family [`Family::Container`]. Pages of other families
    /// are not touched behind their header.
    #[inline]
    pub fn for_each_container(&self, mut visit: impl FnMut(ObjectRef)) {
        self.arenas.for_each_page(|page| {
            if page.family.get() == Family::Container && page.live() > 0 {
                page.for_each_object(&mut visit);
            }
        });
        for prefix in self.large_objects.entries() {
            // SAFETY: entries of the table are allocated.
            if unsafe { prefix.as_ref() }.family() == Family::Container {
                visit(LargeTable::object(*prefix));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_walk_finds_what_is_allocated_and_nothing_else() {
        let mut heap = Heap::new();
        let mut containers = HashSet::new();
        let mut leaves = HashSet::new();
        for number in 0..30_000_usize {
            let bytes = 8 + number * 7 % 600;
            let family = if number % 3 == 0 {
                Family::Leaf
            } else {
                Family::Container
            };
            // SAFETY: not used after they are freed.
            let object = unsafe { heap.allocate(family, bytes, 1) }.expect("memory");
            heap.allocate_buffer(bytes).expect("memory");
            if number % 5 == 0 {
                // SAFETY: just allocated, not used below.
                unsafe { heap.free(object) };
            } else if family == Family::Leaf {
                leaves.insert(object);
            } else {
                containers.insert(object);
            }
        }
        let mut walked = Vec::new();
        heap.for_each_container(|object| walked.push(object));
        assert_eq!(walked.len(), containers.len());
        assert_eq!(walked.iter().copied().collect::<HashSet<_>>(), containers);
        walked.clear();
        heap.for_each_object(|object| walked.push(object));
        assert_eq!(walked.len(), containers.len() + leaves.len());
        assert_eq!(
            walked.iter().copied().collect::<HashSet<_>>(),
            &containers | &leaves
        );
    }
}
