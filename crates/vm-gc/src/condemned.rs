//! The condemned: held, perhaps resurrected, and otherwise cleared (stages 10 and 12).
//!
//! ```text
//!   condemn: flag CANDIDATE, one hold        release: give the hold back
//!
//!                    +--> resurrected: flag off, older generation, release; lives on
//!   condemned -------+
//!                    +--> cleared: gives up its references; release ends its life
//! ```
//!
//! Invariants: from [`condemn`] on, each object on the list has one count that the collector owns,
//! so it cannot die, whatever program code does; it is in no log; its header has the CANDIDATE
//! flag. An object leaves the list when the hold is given back, and is not touched afterwards.

use crate::candidates::{Candidates, is_suspect};
use crate::debug;
use crate::generation::Generation;
use crate::mark::mark;
use crate::model::ObjectModel;
use crate::subtract::subtract;
use vm_heap::ObjectRef;

/// Takes the hold on an object that was found unreachable.
#[inline(always)]
pub(crate) fn condemn(object: ObjectRef) {
    object.set_candidate(true);
    object.increment();
}

/// Makes a condemned object an ordinary one of generation `target` and gives the hold back.
fn spare<M: ObjectModel>(model: &mut M, object: ObjectRef, target: Generation) {
    object.set_candidate(false);
    // Program code may have untracked it.
    if object.is_tracked() {
        model.collector_mut().promote(object, target);
    }
    model.release(object);
}

/// Stage 10: spares what program code made reachable again, and all that it reaches. Returns how
/// many that were; the others stay on the list, in order.
///
/// The subtraction is repeated over the condemned alone. What they are held by from outside can
/// only have come since: a reference from elsewhere would have kept them from being condemned.
pub(crate) fn spare_resurrected<M: ObjectModel>(
    model: &mut M,
    condemned: &mut Vec<ObjectRef>,
    list: &mut Vec<ObjectRef>,
    target: Generation,
) -> u64 {
    let candidates = Candidates::List(condemned);
    candidates.ensure_scratch(model.heap_mut());
    let heap = model.heap();
    let found = subtract::<M>(heap, candidates, 1);
    if found.suspects < condemned.len() as u64 {
        mark::<M>(heap, candidates, found.suspects, list);
        condemned.retain(|&object| {
            let unreachable = is_suspect(heap, object);
            if !unreachable {
                list.push(object);
            }
            unreachable
        });
    }
    model.heap_mut().scratch_release_all();
    let resurrected = list.len() as u64;
    for object in list.drain(..) {
        spare(model, object, target);
    }
    resurrected
}

/// Stage 12: clears the condemned objects and ends their lives. Returns how many outlived it.
///
/// 1. Clear an object. If only the hold is left, give it back: the object dies while its memory is
///    at hand. Otherwise keep it for later: objects that are yet to be cleared refer to it.
/// 2. When all are cleared, give back the other holds. Whatever still has references then was kept
///    by its model, or saved by program code, and lives on.
pub(crate) fn clear_condemned<M: ObjectModel>(
    model: &mut M,
    condemned: &mut Vec<ObjectRef>,
    target: Generation,
) -> u64 {
    let mut kept = 0;
    for index in 0..condemned.len() {
        let object = condemned[index];
        model.clear(object);
        if object.count() == 1 {
            model.release(object);
        } else {
            condemned[kept] = object;
            kept += 1;
        }
    }
    condemned.truncate(kept);
    let mut outlived = 0;
    for object in condemned.drain(..) {
        if object.count() == 1 {
            model.release(object);
        } else {
            spare(model, object, target);
            outlived += 1;
        }
    }
    outlived
}

/// Stage 12 with [`debug::SAVEALL`]: hands the condemned to the model's garbage list instead.
pub(crate) fn save_condemned<M: ObjectModel>(
    model: &mut M,
    condemned: &mut Vec<ObjectRef>,
    target: Generation,
) {
    debug_assert!(model.collector().debug() & debug::SAVEALL != 0);
    for object in condemned.drain(..) {
        model.save_garbage(object);
        spare(model, object, target);
    }
}

#[cfg(test)]
mod tests {
    use crate::test_model::TestModel;
    use crate::{Generation, debug, release_free_memory};

    // CPython 3.13: the first collect() returns 4, the second 3.
    #[test]
    fn the_resurrected_and_all_it_reaches_survive_and_the_rest_does_not() {
        let mut model = TestModel::new();
        let [phoenix, child, grandchild, parent] = [(); 4].map(|()| model.node());
        model.link(phoenix, phoenix);
        model.link(phoenix, child);
        model.link(child, grandchild);
        model.link(parent, parent);
        model.link(parent, phoenix);
        let ring = model.ring(3);
        model.on_finalize(phoenix, |model, object| model.hold(object));
        model.drop_all(&[phoenix, child, grandchild, parent]);
        model.drop_all(&ring);
        assert_eq!(model.full(), 4);
        let event = model.last_event();
        assert_eq!(
            (event.condemned, event.resurrected, event.finalizers),
            (7, 3, 1)
        );
        assert_eq!(model.names(), [0, 1, 2]);
        for object in [phoenix, child, grandchild] {
            assert!(object.is_tracked() && object.generation() == 2);
        }
        model.verify();
        model.drop_all(&[phoenix]);
        assert_eq!(model.full(), 3);
        let finalizers = model
            .happened
            .iter()
            .filter(|what| what.starts_with("finalizer"));
        assert_eq!(finalizers.count(), 1, "once in an object's life");
        assert!(model.alive.is_empty());
    }

    #[test]
    fn the_resurrected_of_a_young_collection_are_found_again() {
        let mut model = TestModel::new();
        let ring = model.ring(2);
        model.on_finalize(ring[1], |model, object| model.hold(object));
        model.drop_all(&ring);
        assert_eq!(model.collect(Generation::Young), 0);
        assert_eq!(
            ring.iter()
                .map(|node| node.generation())
                .collect::<Vec<_>>(),
            [1, 1]
        );
        model.verify();
        model.drop_all(&[ring[1]]);
        assert_eq!(model.collect(Generation::Middle), 2);
    }

    #[test]
    fn a_callback_can_resurrect_through_another_weakref() {
        let mut model = TestModel::new();
        let ring = model.ring(3);
        let other = model.ring(1);
        let plain = model.weakref(ring[2], None, None);
        model.weakref(
            ring[0],
            Some(Box::new(move |model, _| {
                let target = model.weakrefs[plain].target.expect("usable");
                model.hold(target);
            })),
            None,
        );
        model.drop_all(&ring);
        model.drop_all(&other);
        assert_eq!(model.full(), 1);
        assert_eq!(model.last_event().resurrected, 3);
        assert!(model.weakrefs[plain].target.is_some(), "its target lives");
        model.verify();
    }

    #[test]
    fn objects_that_only_condemned_ones_held_die_with_their_own_finalizers() {
        let mut model = TestModel::new();
        let old = model.node();
        model.full();
        model.on_finalize(old, |model, _| {
            // In the middle of clearing: allocate into the slots that were just freed.
            for _ in 0..10 {
                model.node();
            }
            release_free_memory(model);
        });
        let ring = model.ring(5);
        model.link(ring[2], old);
        model.drop_all(&ring);
        model.drop_all(&[old]);
        assert_eq!(model.collect(Generation::Young), 5);
        assert!(model.happened.contains(&"death 0".to_string()));
        assert_eq!(model.alive.len(), 10);
        assert_eq!(model.last_event().finalizers, 0, "it was not condemned");
        model.verify();
    }

    #[test]
    fn saved_garbage_lives_on() {
        let mut model = TestModel::new();
        model.collector.set_debug(debug::LEAK);
        let ring = model.ring(3);
        model.drop_all(&ring);
        assert_eq!(model.full(), 3);
        assert_eq!(
            model.happened,
            ["collectable 0", "collectable 1", "collectable 2"]
        );
        assert_eq!(model.garbage, ring);
        model.verify();
        model.collector.set_debug(0);
        assert_eq!(model.full(), 0, "the list holds it");
        for object in std::mem::take(&mut model.garbage) {
            model.held.push(object);
        }
        model.drop_all(&ring);
        assert_eq!(model.full(), 3);
    }

    #[test]
    fn what_outlives_its_clearing_is_uncollectable_and_lives_on() {
        let mut model = TestModel::new();
        let old = model.node();
        model.full();
        let ring = model.ring(2);
        model.link(ring[0], old);
        model.drop_all(&[old]);
        // The old object dies while the first node is cleared; its finalizer takes the second one.
        let second = ring[1];
        model.on_finalize(old, move |model, _| model.hold(second));
        model.drop_all(&ring);
        assert_eq!(model.collect(Generation::Young), 2);
        let event = model.last_event();
        assert_eq!((event.collected, event.uncollectable), (1, 1));
        assert_eq!(model.names(), [2]);
        assert_eq!(second.generation(), 1);
        model.verify();
    }
}
