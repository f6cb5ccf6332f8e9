//! Lists of tracked objects, and giving memory back between collections.

use crate::generation::Generation;
use crate::model::ObjectModel;
use vm_heap::{ObjectRef, Released};

/// The tracked objects of `generation`, or of all three: young and middle ones in order of
/// arrival, old ones in the order of the heap. Frozen and condemned objects are not listed.
///
/// No counts are taken: the list is good until the model changes.
pub fn objects<M: ObjectModel>(model: &mut M, generation: Option<Generation>) -> Vec<ObjectRef> {
    let wanted = |one| generation.is_none_or(|generation| generation == one);
    let mut list = Vec::new();
    if wanted(Generation::Young) {
        model.collector_mut().young.list_into(&mut list);
    }
    if wanted(Generation::Middle) {
        model.collector_mut().middle.list_into(&mut list);
    }
    if wanted(Generation::Old) {
        model.heap().for_each_container(|object| {
            let old = object.generation() == Generation::Old.number();
            if old && object.is_tracked() && !object.is_candidate() {
                list.push(object);
            }
        });
    }
    list
}

/// Gives free memory back to the operating system without collecting.
///
/// The only way to do so: the heap's own function must not be called while the collector's logs
/// point to slots of empty pages.
///
/// Within a collection it does nothing: condemned objects may have died whose slots are still to be
/// looked at. A full collection gives memory back itself, at its end.
pub fn release_free_memory<M: ObjectModel>(model: &mut M) -> Released {
    if model.collector().collecting().is_some() {
        return Released::default();
    }
    release_memory_now(model)
}

/// The same, in the stage of a collection that is for it.
pub(crate) fn release_memory_now<M: ObjectModel>(model: &mut M) -> Released {
    model.collector_mut().prune_logs();
    model.heap_mut().release_free_memory()
}
