//! Holding allocations up: how somebody learns of every object that is made.
//!
//! 1. While objects are held, [`Heap::allocate`] refuses each of them. Nobody is told of that.
//! 2. Whoever allocates knows that they are held, notes what it wants to know, and asks for the
//!    object with [`Heap::allocate_held`].
//!
//! ```text
//!   allocate ──► refused (cold path) ──► note who asks ──► allocate_held ──► object
//! ```
//!
//! The path of an allocation that is not held has no instruction for this: it compares with a bound
//! anyway, and the bound is 0 meanwhile. Buffers are not held.

use crate::error::OutOfMemory;
use crate::header::ObjectRef;
use crate::heap::Heap;
use crate::size_class::Family;

impl Heap {
    /// From now on holds objects, or does not. Off at first.
    pub fn hold_objects(&mut self, holds: bool) {
        self.holds_objects = holds;
        self.accounting.set_always_ask(holds);
    }

    /// [`allocate`](Self::allocate), for objects that are held.
    ///
    /// # Errors
    ///
    /// Those of `allocate`.
    ///
    /// # Safety
    ///
    /// That of `allocate`.
    #[cold]
    pub unsafe fn allocate_held(
        &mut self,
        family: Family,
        bytes: usize,
        kind: u8,
    ) -> Result<ObjectRef, OutOfMemory> {
        let held = core::mem::replace(&mut self.holds_objects, false);
        // SAFETY: the caller's promise.
        let object = unsafe { self.allocate(family, bytes, kind) };
        self.holds_objects = held;
        object
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_refused_until_they_are_asked_for() {
        let mut heap = Heap::with_limit(10_000);
        // SAFETY: the objects are not used.
        unsafe {
            heap.allocate(Family::Leaf, 32, 1).expect("not held");
            heap.hold_objects(true);
            for bytes in [32, 1000] {
                assert!(heap.allocate(Family::Leaf, bytes, 1).is_err());
                heap.allocate_held(Family::Leaf, bytes, 1).expect("room");
            }
            heap.set_limit_bytes(9_000);
            assert!(heap.allocate(Family::Container, 32, 1).is_err());
            let refused = heap.allocate_held(Family::Container, 9_000, 1);
            assert_eq!(refused.expect_err("the limit").limit_bytes, 9_000);
            heap.hold_objects(false);
            heap.allocate(Family::Container, 32, 1).expect("not held");
        }
        let buffer = heap.allocate_buffer(64).expect("room");
        // SAFETY: just allocated, not used.
        unsafe { heap.free_buffer(buffer, 64) };
    }
}
