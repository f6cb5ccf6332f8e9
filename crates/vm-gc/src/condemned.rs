//! The condemned: perhaps dead, perhaps resurrected, and otherwise cleared (stages 10 and 12).
//!
//! ```text
//!   condemn: flag CANDIDATE
//!
//!                    +--> died: program code took its last reference away; forgotten
//!   condemned -------+--> resurrected: flag off, older generation; lives on
//!                    +--> cleared: held for that long, gives up its references; ends its life
//! ```
//!
//! The collector takes no counts on them, so counts are what programs make them: an object whose
//! finalizer breaks its own cycle dies at once, as it does in CPython, and is not counted as
//! collected. So the list can have entries that stand for nothing any more, and each is looked at
//! with [`is_condemned_still`] before it is used.
//!
//! Invariants: a condemned object has the CANDIDATE flag and is in no log. Forgetting it
//! ([`Collector::forget`]) takes the flag away. Its slot stays readable, since no page is given back
//! before the list is empty ([`release_free_memory`](crate::release_free_memory)), and has no flag
//! when it is free or used again. Large objects are gone with their memory; the collector lists
//! those that died.

use crate::candidates::{Candidates, REACHED, is_suspect};
use crate::collector::Collector;
use crate::debug;
use crate::generation::Generation;
use crate::lists::Lists;
use crate::mark::mark;
use crate::model::ObjectModel;
use crate::prefetch::prefetch_object;
use crate::subtract::subtract;
use vm_heap::{CANDIDATE, Heap, ObjectRef};

/// How many objects ahead of the one that is cleared memory is asked for.
const AHEAD: usize = 8;

/// Condemns the suspects that are left when marking is done, `unreachable` in number, of `candidates`:
/// moves them from `lists.recent` to `lists.condemned`, and in a full collection old ones before them.
/// Returns the flags that at least one of them has.
///
/// The list of recent objects becomes that of condemned ones: where everything is condemned, no entry is
/// copied. Old objects are found in the scratch counts, where those that are no longer suspects do
/// not show: no other object is looked at.
pub(crate) fn condemn_unreachable(
    heap: &Heap,
    unreachable: u64,
    candidates: u64,
    lists: &mut Lists,
) -> u8 {
    let Lists {
        recent,
        marked: list,
        condemned,
        ..
    } = lists;
    let mut all_flags = 0;
    let mut condemn = |object: ObjectRef| {
        let flags = object.flags() | CANDIDATE;
        object.set_flags(flags);
        all_flags |= flags;
    };
    if unreachable == candidates && recent.len() as u64 == candidates {
        recent.iter().copied().for_each(condemn);
        std::mem::swap(recent, condemned);
        return all_flags;
    }
    recent.retain(|&object| {
        let suspect = heap
            .scratch(object)
            .filter(|scratch| is_suspect(scratch.get()));
        if let Some(scratch) = suspect {
            scratch.set(REACHED);
            condemn(object);
        } else {
            list.push(object);
        }
        suspect.is_some()
    });
    std::mem::swap(recent, condemned);
    std::mem::swap(recent, list);
    if unreachable > condemned.len() as u64 {
        list.reserve(unreachable as usize);
        heap.for_each_scratch(is_suspect, |object, _| {
            condemn(object);
            list.push(object);
        });
        list.append(condemned);
        std::mem::swap(list, condemned);
    }
    all_flags
}

/// Whether `object` is a suspect.
fn is_suspected(heap: &Heap, object: ObjectRef) -> bool {
    heap.scratch(object)
        .is_some_and(|scratch| is_suspect(scratch.get()))
}

/// Whether an entry of the list still stands for a condemned object. One whose count is zero waits
/// to be freed by whoever took the last count.
#[inline(always)]
pub(crate) fn is_condemned_still(collector: &Collector, object: ObjectRef) -> bool {
    let died = &collector.large_condemned_died;
    (died.is_empty() || !died.contains(&object)) && object.is_candidate() && object.count() > 0
}

/// Makes a condemned object an ordinary one of generation `target`.
fn spare<M: ObjectModel>(model: &mut M, object: ObjectRef, target: Generation) {
    object.set_candidate(false);
    model.collector_mut().promote(object, target);
}

/// Spares all of them. Returns how many that were.
pub(crate) fn spare_condemned<M: ObjectModel>(
    model: &mut M,
    condemned: &mut Vec<ObjectRef>,
    target: Generation,
) -> u64 {
    let spared = condemned.len() as u64;
    for object in condemned.drain(..) {
        spare(model, object, target);
    }
    spared
}

/// Stage 10: drops what died, and spares what program code made reachable again, and all that it
/// reaches. Returns how many these were; the others stay on the list, in order.
///
/// The subtraction is repeated over the condemned alone. What they are held by from outside can
/// only have come since: a reference from elsewhere would have kept them from being condemned.
pub(crate) fn spare_resurrected<M: ObjectModel>(
    model: &mut M,
    condemned: &mut Vec<ObjectRef>,
    list: &mut Vec<ObjectRef>,
    target: Generation,
) -> u64 {
    let collector = model.collector();
    condemned.retain(|&object| is_condemned_still(collector, object));
    let candidates = Candidates::List(condemned);
    candidates.ensure_scratch(model.heap_mut());
    let heap = model.heap();
    let found = subtract::<M>(heap, candidates);
    if found.suspects < condemned.len() as u64 {
        mark::<M>(heap, found, list);
        condemned.retain(|&object| {
            let unreachable = is_suspected(heap, object);
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

/// Stage 12: clears the condemned objects, which ends their lives. Returns how many outlived it.
///
/// 1. Where nobody could tell, all of them end together. That needs all of them `alive`: no program code ran
///    since they were condemned.
/// 2. Otherwise: hold an object, clear it, let go. It dies, with all that only it kept, unless objects that
///    are yet to be cleared refer to it.
/// 3. What lives when all are cleared was kept by its model, or saved by program code: it is spared.
///
/// So objects die in the order in which references lead from one to the next, which is what
/// CPython's programs see if something that is not condemned dies with them.
pub(crate) fn clear_condemned<M: ObjectModel>(
    model: &mut M,
    condemned: &mut Vec<ObjectRef>,
    alive: bool,
    target: Generation,
) -> u64 {
    if alive && model.end_together(condemned) {
        condemned.clear();
        return 0;
    }
    let mut kept = 0;
    for index in 0..condemned.len() {
        let object = condemned[index];
        if let Some(&later) = condemned.get(index + AHEAD) {
            prefetch_object(later);
        }
        if !is_condemned_still(model.collector(), object) {
            continue;
        }
        object.increment();
        model.clear(object);
        model.release(object);
        if is_condemned_still(model.collector(), object) {
            condemned[kept] = object;
            kept += 1;
        }
    }
    condemned.truncate(kept);
    let mut outlived = 0;
    for object in condemned.drain(..) {
        if is_condemned_still(model.collector(), object) {
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
        if is_condemned_still(model.collector(), object) {
            model.save_garbage(object);
            spare(model, object, target);
        }
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
        let [first, second] = [(); 2].map(|()| model.node());
        model.link(first, old);
        model.link(first, second);
        model.link(second, first);
        model.drop_all(&[old]);
        // The old object dies while the first node is cleared; its finalizer takes the second one.
        model.on_finalize(old, move |model, _| model.hold(second));
        model.drop_all(&[first, second]);
        assert_eq!(model.collect(Generation::Young), 2);
        let event = model.last_event();
        assert_eq!((event.collected, event.uncollectable), (1, 1));
        assert_eq!(model.names(), [2]);
        assert_eq!(second.generation(), 1);
        model.verify();
    }
}
