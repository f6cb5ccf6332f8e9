//! Stress modes: settings that make mistakes in the machine show where they happen.
//!
//! | mode | does | finds |
//! |---|---|---|
//! | safepoints | a full collection at every safepoint while automatic collection is on | a reference without a count; code that a collection surprises |
//! | verify | recomputes every count and sum after each collection | a count too low, a dangling reference, broken books |
//! | retrace | marks from the machine's roots in each full collection, and compares | a living object condemned, garbage not condemned, a count that nobody owns |
//! | poison | overwrites memory that is freed | a read after the end of a life |
//!
//! What verify and retrace find ends the run with [`RunError::Inconsistent`], which no program can
//! catch. While native code calls the program, the native code's own counts are not among the
//! roots: then a count may be larger than what is found, and whoever has such a count is a root.
//!
//! [`RunError::Inconsistent`]: crate::RunError::Inconsistent

use crate::limits::Outcome;
use crate::vm::Vm;
use std::cell::Cell;
use vm_gc::{Generation, PERMANENT, Reason, is_condemned};
use vm_heap::ObjectRef;

/// Bit of a scratch count while `retrace` runs: the object is marked. The others count references.
const MARKED: u32 = 1 << 31;

/// Which stress modes are on; none by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stress {
    /// Collects all generations at every safepoint while automatic collection is on.
    pub safepoints: bool,
    /// Verifies the heap after every collection.
    pub verify: bool,
    /// Marks from the roots in each full collection, and compares with what the collector found.
    pub retrace: bool,
    /// Overwrites memory that is freed.
    pub poison: bool,
}

impl Vm {
    /// At a safepoint: the collection that is not due, and once more at the next one.
    #[cold]
    pub(crate) fn collect_for_stress(&mut self) {
        self.next_check = 0;
        if self.collector.is_enabled() && self.collector.thresholds()[0] != 0 {
            vm_gc::collect(self, Generation::Old, Reason::Stress);
        }
    }

    /// Ends this run, or the next one if there is none, with what was found.
    fn found_inconsistent(&mut self, message: String) {
        self.inconsistency.get_or_insert(message);
        self.outcome = Some(Outcome::Cancelled);
        self.next_check = 0;
    }

    /// The mode `verify`, at the end of a collection.
    #[cold]
    pub(crate) fn verify_after_collection(&mut self) {
        let mut roots = Vec::new();
        self.for_each_root(&mut |object| roots.push(object));
        let verified = self
            .heap
            .verify_with_unknown_roots(&roots, |object, visit| {
                crate::object::traverse(object, &mut |referent| visit(referent));
            });
        if let Err(error) = verified {
            self.found_inconsistent(format!("after a collection: {error}"));
        }
    }

    /// The mode `retrace`: whether marking from the roots agrees with what the collector found.
    ///
    /// 1. Count the references that all objects hold, and mark from the machine's roots.
    /// 2. An unmarked object with more counts than that is held by native code. If none runs between
    ///    the program and the machine, its count is wrong.
    /// 3. Mark from those, from frozen objects, and from objects that are being reclaimed.
    /// 4. What is condemned must be unmarked, and every other tracked object marked.
    ///
    /// Found references and marks are in scratch counts, which nobody else has at this moment. Where the
    /// system has no memory for them, nothing is compared.
    #[cold]
    pub(crate) fn retrace(&mut self, reason: Reason) -> bool {
        let mut objects = Vec::new();
        self.heap.for_each_object(|object| objects.push(object));
        let heap = &mut self.heap;
        let wrong = if objects.iter().all(|&object| heap.scratch_ensure(object)) {
            self.disagreement(&objects, reason)
        } else {
            None
        };
        self.heap.scratch_release_all();
        match wrong {
            Some(message) => {
                self.found_inconsistent(message);
                false
            }
            None => true,
        }
    }

    /// What is wrong, if anything.
    fn disagreement(&self, objects: &[ObjectRef], reason: Reason) -> Option<String> {
        for &object in objects {
            crate::object::traverse(object, &mut |referent| {
                if let Some(found) = self.heap.scratch(referent) {
                    found.set(found.get() + 1);
                }
            });
        }
        let mut waiting = Vec::new();
        self.for_each_root(&mut |object| waiting.push(object));
        self.mark_all(&mut waiting);

        let at_safepoint = matches!(reason, Reason::Threshold | Reason::Bytes | Reason::Stress);
        let roots_are_known = at_safepoint && self.native_depth <= 1;
        for &object in objects {
            let found = self.heap.scratch(object).map_or(0, Cell::get);
            if found & MARKED != 0 {
                continue;
            }
            let is_frozen = object.is_tracked() && object.generation() == PERMANENT;
            let is_held = object.count() > found && !object.is_immortal();
            if is_held && roots_are_known && object.is_tracked() && !is_frozen {
                return Some(format!(
                    "{} has {} counts, of which {found} are references",
                    self.describe(object),
                    object.count()
                ));
            }
            if is_held || is_frozen || object.is_immortal() || object.count() == 0 {
                waiting.push(object);
            }
        }
        self.mark_all(&mut waiting);

        objects.iter().find_map(|&object| {
            let wrong = match (self.is_marked(object), is_condemned(object)) {
                (true, true) => "is reachable and was condemned",
                (false, false) if object.is_tracked() && object.generation() != PERMANENT => {
                    "is unreachable and was not condemned"
                }
                _ => return None,
            };
            Some(format!("{} {wrong}", self.describe(object)))
        })
    }

    /// Marks what is on the list and all that it reaches.
    fn mark_all(&self, waiting: &mut Vec<ObjectRef>) {
        while let Some(object) = waiting.pop() {
            if let Some(word) = self.heap.scratch(object)
                && word.get() & MARKED == 0
            {
                word.set(word.get() | MARKED);
                crate::object::traverse(object, &mut |referent| {
                    if !self.is_marked(referent) {
                        waiting.push(referent);
                    }
                });
            }
        }
    }

    fn is_marked(&self, object: ObjectRef) -> bool {
        let word = self.heap.scratch(object);
        word.is_some_and(|word| word.get() & MARKED != 0)
    }

    fn describe(&self, object: ObjectRef) -> String {
        let name = crate::object::Kind::of(object).type_name();
        format!("the {name} at {:#x}", object.address())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Config;
    use crate::object::ValueVec;

    fn machine() -> Vm {
        Vm::new(Config::default()).expect("memory")
    }

    #[test]
    fn a_count_that_nobody_owns_is_found_where_no_native_code_can_own_it() {
        let mut vm = machine();
        let list = vm.new_list(ValueVec::new()).expect("memory");
        assert!(vm.retrace(Reason::Manual));
        assert!(!vm.retrace(Reason::Stress));
        let message = vm.take_inconsistency().expect("found");
        assert!(message.ends_with("has 1 counts, of which 0 are references"));
        let held = vm.hold(list);
        assert!(vm.retrace(Reason::Stress), "a handle owns it");
        drop(held);
    }

    #[test]
    fn a_reference_without_a_count_is_found() {
        let mut vm = machine();
        let list = vm.new_list(ValueVec::new()).expect("memory");
        let _held = vm.hold(list);
        vm.verify_after_collection();
        assert_eq!(vm.take_inconsistency(), None);
        let object = list.object_unchecked();
        assert!(object.decrement(), "the handle's count");
        vm.verify_after_collection();
        assert!(
            vm.take_inconsistency()
                .expect("found")
                .contains("after a collection")
        );
        object.increment();
    }

    #[test]
    fn garbage_that_was_not_condemned_is_found() {
        let mut vm = machine();
        let list = vm.new_list(ValueVec::new()).expect("memory");
        // Its only count is its own: nothing holds it, and no collection has condemned it.
        let items = vm.new_list_of(&[list]).expect("memory");
        vm.release(list);
        let mut typed = crate::object::Obj::<crate::object::List>::of(list.object_unchecked());
        typed.items.push(&mut vm.heap, items).expect("memory");
        assert!(!vm.retrace(Reason::Manual));
        let message = vm.take_inconsistency().expect("found");
        assert!(message.ends_with("is unreachable and was not condemned"));
        assert_eq!(vm.collect(), 2);
        assert!(vm.retrace(Reason::Stress));
    }
}
