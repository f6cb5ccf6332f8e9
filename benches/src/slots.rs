//! Objects without contents under the heap alone: allocated, counted and freed.

use std::hint::black_box;
use vm_heap::{Family, Heap, ObjectRef};

/// A heap, and the objects in it that are alive.
#[derive(Debug, Default)]
pub struct Slots {
    heap: Heap,
    objects: Vec<ObjectRef>,
}

fn allocate(heap: &mut Heap, bytes: usize) -> ObjectRef {
    // SAFETY: objects are used only until `free` frees them: `Slots` lets none out.
    let object = unsafe { heap.allocate(Family::Container, black_box(bytes), 1) };
    object.expect("memory")
}

fn free(heap: &mut Heap, object: ObjectRef) {
    // SAFETY: `object` came from `allocate`, with one count, and is not used again.
    unsafe { heap.free(object) };
}

impl Slots {
    /// No objects yet.
    #[must_use]
    pub fn new() -> Slots {
        Slots::default()
    }

    /// Allocates an object and frees it, again and again.
    #[inline(never)]
    pub fn allocate_and_free(&mut self, bytes: usize, times: usize) {
        for _ in 0..times {
            let object = allocate(&mut self.heap, bytes);
            free(&mut self.heap, black_box(object));
        }
    }

    /// Allocates objects that stay.
    ///
    /// # Panics
    ///
    /// At the heap's limit.
    #[inline(never)]
    pub fn fill(&mut self, bytes: usize, count: usize) {
        self.objects.reserve(count);
        for _ in 0..count {
            let object = allocate(&mut self.heap, bytes);
            self.objects.push(object);
        }
    }

    /// Frees what was allocated, in the same order.
    #[inline(never)]
    pub fn empty(&mut self) {
        for object in self.objects.drain(..) {
            free(&mut self.heap, object);
        }
    }

    /// Takes a reference to each object in turn, as a clone does, and gives it back.
    ///
    /// # Panics
    ///
    /// If there is no object, or a count is wrong.
    #[inline(never)]
    pub fn increment_and_decrement(&self, times: usize) {
        for object in self.objects.iter().cycle().take(times) {
            object.increment();
            assert!(!black_box(object).decrement());
        }
        assert!(self.objects.iter().all(|object| object.count() == 1));
    }

    /// Bytes of the objects that are alive.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.heap.heap_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allocated_is_freed() {
        let mut slots = Slots::new();
        slots.fill(48, 100);
        slots.allocate_and_free(10_000, 3);
        slots.increment_and_decrement(250);
        assert_eq!(slots.heap_bytes(), 4800);
        slots.empty();
        assert_eq!(slots.heap_bytes(), 0);
    }
}
