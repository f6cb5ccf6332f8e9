//! Stage 6: survivors grow older.
//!
//! In a full collection the old ones stay where they are, so only survivors of the younger
//! generations, which are in `recent`, are touched at all.

use crate::candidates::Candidates;
use crate::event::CollectionEvent;
use crate::generation::{Generation, PERMANENT};
use crate::model::{ObjectModel, UntrackRound};
use vm_heap::ObjectRef;

/// Moves `recent`, the survivors of the younger generations, to the next generation, and untracks
/// before what need not be examined any more. `list` is empty, before and after.
pub(crate) fn promote_survivors<M: ObjectModel>(
    model: &mut M,
    generation: Generation,
    recent: &mut Vec<ObjectRef>,
    list: &mut Vec<ObjectRef>,
    event: &mut CollectionEvent,
) {
    if model.collector().profile().untracks_survivors() {
        let full = generation == Generation::Old;
        event.untracked = untrack_survivors(model, full, recent, list, UntrackRound::Unchanging);
        if full {
            event.untracked += untrack_survivors(model, full, recent, list, UntrackRound::Changing);
        }
    }
    let target = generation.next();
    let collector = model.collector_mut();
    collector.promote_all(recent, target);
    match generation {
        Generation::Young => {}
        Generation::Middle => collector.long_lived_pending += recent.len() as u64,
        Generation::Old => {
            collector.long_lived_pending = 0;
            collector.long_lived_total = event.candidates - event.condemned - event.untracked;
        }
    }
}

/// Untracks the survivors that can no longer be part of a cycle.
fn untrack_survivors<M: ObjectModel>(
    model: &mut M,
    full: bool,
    recent: &mut Vec<ObjectRef>,
    list: &mut Vec<ObjectRef>,
    round: UntrackRound,
) -> u64 {
    let candidates = if full {
        Candidates::Everywhere
    } else {
        Candidates::List(recent)
    };
    let shared = &*model;
    candidates.for_each(shared.heap(), |object| {
        let survivor =
            object.is_tracked() && object.generation() != PERMANENT && !object.is_candidate();
        if survivor && shared.can_untrack(object, round) {
            list.push(object);
        }
    });
    let population = &mut model.collector_mut().population;
    for object in &*list {
        object.set_tracked(false);
        population[usize::from(object.generation() & 3)] -= 1;
    }
    recent.retain(|object| object.is_tracked());
    let untracked = list.len() as u64;
    list.clear();
    untracked
}
