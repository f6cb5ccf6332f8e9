//! Stages 8 and 9: program code that condemned objects asked for, before any of them is touched.
//!
//! Every condemned object is intact here, and its count is what the program made it. Whatever this
//! code does (allocate, link, unlink, resurrect, look through a weak reference that is still
//! usable), nothing dangles; what loses its last reference dies at once and is passed over.

use crate::condemned::is_condemned_still;
use crate::model::{ObjectModel, WeakrefPhase};
use vm_heap::ObjectRef;

/// How much program code ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ProgramCode {
    pub(crate) callbacks: u64,
    pub(crate) died: u64,
    pub(crate) finalizers: u64,
}

impl ProgramCode {
    /// Whether any did: only then can something have been resurrected.
    pub(crate) fn ran(self) -> bool {
        self.callbacks != 0 || self.finalizers != 0
    }
}

/// Stage 8: weak references that have callbacks.
pub(crate) fn call_weakref_callbacks<M: ObjectModel>(
    model: &mut M,
    condemned: &[ObjectRef],
    code: &mut ProgramCode,
) {
    let report = model.clear_weakrefs(condemned, WeakrefPhase::BeforeFinalizers);
    code.callbacks += report.callbacks;
    code.died += report.died;
}

/// Stage 9: finalizers, in order, each once in an object's life.
pub(crate) fn call_finalizers<M: ObjectModel>(
    model: &mut M,
    condemned: &[ObjectRef],
    code: &mut ProgramCode,
) {
    for &object in condemned {
        if is_condemned_still(model.collector(), object)
            && !object.is_finalized()
            && model.has_finalizer(object)
        {
            // Beforehand, so that nothing the finalizer does can call it again.
            object.set_finalized(true);
            object.increment();
            model.finalize(object);
            model.release(object);
            code.finalizers += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::test_model::TestModel;
    use crate::{Generation, Profile, release_free_memory};

    // CPython 3.13: [10, 11, 12, 0, 1, 2] for a full collection (it appends generation 0 to its list
    // before generation 1), [0, 1, 2, 10, 11, 12] for one of generation 1.
    #[test]
    fn finalizers_run_in_order_of_creation() {
        for (generation, order) in [
            (Generation::Old, [3, 4, 5, 0, 1, 2]),
            (Generation::Middle, [0, 1, 2, 3, 4, 5]),
        ] {
            let mut model = TestModel::new();
            let mut all = Vec::new();
            for _ in 0..2 {
                model.collect(Generation::Young);
                for _ in 0..3 {
                    let node = model.ring(1)[0];
                    model.on_finalize(node, |_, _| {});
                    all.push(node);
                }
            }
            all.reverse();
            model.drop_all(&all);
            assert_eq!(model.collect(generation), 6);
            let expected: Vec<_> = order
                .iter()
                .map(|name| format!("finalizer {name}"))
                .collect();
            assert_eq!(model.happened[..6], expected);
        }
    }

    // CPython 3.13 runs the four finalizers in this order, the last ones within the first, and
    // collect() returns 0.
    #[test]
    fn what_a_finalizer_takes_apart_dies_at_once() {
        let mut model = TestModel::new();
        let ring = model.ring(4);
        model.on_finalize(ring[0], |model, object| {
            model.unlink(object, 0);
            // The slots that became free are used again.
            for _ in 0..100 {
                let fresh = model.ring(1);
                model.drop_all(&fresh);
            }
            release_free_memory(model);
        });
        for &node in &ring[1..] {
            model.on_finalize(node, |model, object| {
                assert!(model.alive.values().any(|&alive| alive == object));
            });
        }
        model.drop_all(&ring);
        assert_eq!(model.collect(Generation::Young), 0);
        let order = [
            "finalizer 0",
            "finalizer 1",
            "death 1",
            "finalizer 2",
            "death 2",
            "finalizer 3",
            "death 3",
            "death 0",
        ];
        assert_eq!(model.happened, order);
        assert_eq!(
            model.last_event().finalizers,
            1,
            "the others died by their counts"
        );
        assert_eq!(model.alive.len(), 100);
        model.verify();
        assert_eq!(model.collect(Generation::Young), 100);
    }

    // As through a weak reference without a callback, which is still usable.
    #[test]
    fn what_a_callback_frees_is_not_counted() {
        let mut model = TestModel::new();
        let ring = model.ring(3);
        let tail = model.node();
        model.link(ring[1], tail);
        let holder = ring[1];
        model.weakref(
            ring[0],
            Some(Box::new(move |model, _| {
                model.unlink(holder, 1);
            })),
            None,
        );
        model.drop_all(&ring);
        model.drop_all(&[tail]);
        assert_eq!(model.full(), 3);
        assert_eq!(model.happened[..2], ["callback 0", "death 3"]);
        model.verify();
    }

    #[test]
    fn weakrefs_without_callback_work_in_finalizers_unless_the_profile_says_otherwise() {
        for (profile, usable) in [(Profile::V3_15, true), (Profile::V3_13, false)] {
            let mut model = TestModel::with_profile(profile);
            let ring = model.ring(2);
            let plain = model.weakref(ring[0], None, None);
            let called = model.weakref(ring[1], Some(Box::new(|_, _| {})), None);
            let silent = model.weakref(ring[1], Some(Box::new(|_, _| {})), Some(ring[0]));
            model.on_finalize(ring[0], move |model, _| {
                assert_eq!(model.weakrefs[plain].target.is_some(), usable);
                assert!(model.weakrefs[called].target.is_none());
                assert!(model.weakrefs[silent].target.is_none());
            });
            model.drop_all(&ring);
            assert_eq!(model.full(), 2);
            assert_eq!(model.happened[..2], ["callback 1", "finalizer 0"]);
            assert_eq!(
                model.last_event().weakref_callbacks,
                1,
                "the condemned one is not called"
            );
            assert!(
                model
                    .weakrefs
                    .iter()
                    .all(|weakref| weakref.target.is_none())
            );
            model.verify();
        }
    }

    #[test]
    fn a_weakref_that_a_finalizer_makes_is_cleared() {
        let mut model = TestModel::new();
        let ring = model.ring(1);
        model.on_finalize(ring[0], |model, object| {
            model.weakref(object, Some(Box::new(|_, _| panic!("never called"))), None);
        });
        model.drop_all(&ring);
        assert_eq!(model.full(), 1);
        assert!(model.weakrefs[0].target.is_none());
    }
}
