//! One collection, from the first callback to the last.
//!
//!  1. Take the flag: a nested call returns 0. "Start" callbacks, debug lines.
//!  2. Zero the counts of the generations collected, add one to the next.
//!  3. Gather: the candidates are in the logs (young, middle), or everywhere (full, unless there are
//!     few and none is old); give their pages scratch counts.
//!  4. Subtract: count the references among candidates, compare with the reference counts.
//!  5. Mark what is held from outside and all that it reaches. The rest is *condemned*.
//!  6. Untrack survivors that need no examination; the others move to the next generation.
//!  7. Debug line for each condemned object.
//!  8. Weak references with callbacks are cleared, the callbacks called.
//!  9. Finalizers.
//! 10. What died of them is dropped from the list. What they resurrected, and all that it reaches,
//!     is spared. The rest is still condemned.
//! 11. The weak references that are left are cleared. Where all were cleared in 8, these are of
//!     finalizers' making: they are told, and where nothing is freed they stay as they are.
//! 12. Condemned objects end together if nobody could tell; otherwise they are held, cleared, let go, and so die.
//! 13. After a full collection: free lists are dropped, free memory goes back.
//! 14. Statistics, the event, "stop" callbacks; the flag is released.
//!
//! Program code runs in 1, 8, 9, 11, 12 and 14. Between 3 and 6 none does: the heap is borrowed, and
//! what those stages remember (scratch counts, the list of candidates) is gone when they end. From
//! 5 to 12 the only thing remembered is the list of condemned objects. They are not held: what
//! dies meanwhile is found by its flag (see [`condemned`](crate::condemned)).

use crate::bytes;
use crate::candidates::Candidates;
use crate::census::census;
use crate::clock::StageClock;
use crate::condemned::{
    clear_condemned, condemn_unreachable, save_condemned, spare_condemned, spare_resurrected,
};
use crate::debug;
use crate::event::{CollectionEvent, CollectionStart, EventKind, Reason, Stage};
use crate::generation::Generation;
use crate::lists::Lists;
use crate::mark::mark;
use crate::model::{ObjectModel, WeakrefPhase};
use crate::program_code::{ProgramCode, call_finalizers, call_weakref_callbacks};
use crate::promote::promote_survivors;
use crate::subtract::{count_edges, subtract};
use crate::trace;
use std::collections::HashSet;
use vm_heap::HAS_WEAKREFS;

/// A full collection of so few objects, none of them old, goes by the logs. More are faster to find page by
/// page.
const LISTED_MAX: usize = 1024;

/// Collects `generation` and the younger ones. Returns how many objects were found unreachable and
/// not resurrected, and 0 within a collection.
pub fn collect<M: ObjectModel>(model: &mut M, generation: Generation, reason: Reason) -> u64 {
    if model.collector().collecting().is_some() {
        return 0;
    }
    let span = trace::collection(generation.number(), reason.name());
    let mut clock = StageClock::start(model.collector().clock.clone());

    // 1. The flag, and whoever wants to know.
    let collector = model.collector_mut();
    collector.set_collecting(Some(generation));
    bytes::pause(model);
    let collector = model.collector_mut();
    collector.sequence += 1;
    let mut event = CollectionEvent::new(collector.sequence, generation, reason);
    event.started_ns = clock.started_ns();
    event.thresholds = collector.thresholds();
    event.counts_before = collector.counts();
    event.population_before = collector.population();
    let (counts, population) = (event.counts_before, event.population_before);
    model.on_start(&CollectionStart {
        generation,
        reason,
        counts,
        population,
    });
    event.heap_bytes_before = model.heap().heap_bytes();
    clock.enter(Stage::Gather);

    // 2. The counts.
    let collector = model.collector_mut();
    collector.take_counts(generation);
    let mut lists = std::mem::take(&mut collector.lists);

    // 3 to 6.
    examine(model, generation, &mut lists, &mut event, &mut clock);
    if !model.agrees(generation, reason) {
        event.resurrected = spare_condemned(model, &mut lists.condemned, generation.next());
    }

    // 7 to 12.
    if !lists.condemned.is_empty() {
        dispose(model, generation.next(), &mut lists, &mut event, &mut clock);
    }

    // 13. Memory.
    clock.enter(Stage::Release);
    release_memory(model, generation, &mut event);

    // 14. The record.
    clock.enter(Stage::Stop);
    finish(model, lists, &mut event, &mut clock);
    drop(span);
    let found = event.collected + event.uncollectable;
    model
        .collector()
        .recorder
        .note(EventKind::Collection(event));
    found
}

/// Stages 3 to 6. Afterwards `lists.condemned` holds what is unreachable, in order: old objects in
/// the order of the heap, younger ones in order of arrival.
fn examine<M: ObjectModel>(
    model: &mut M,
    generation: Generation,
    lists: &mut Lists,
    event: &mut CollectionEvent,
    clock: &mut StageClock,
) {
    // 3. The order of the younger generations is that in which CPython joins its lists.
    let recent = &mut lists.recent;
    let collector = model.collector_mut();
    match generation {
        Generation::Young => collector.young.drain_into(recent),
        Generation::Middle => {
            collector.middle.drain_into(recent);
            collector.young.drain_into(recent);
        }
        Generation::Old => {
            collector.young.drain_into(recent);
            collector.middle.drain_into(recent);
        }
    }
    let full = generation == Generation::Old;
    let nothing_old = model.collector().population()[Generation::Old.index()] == 0;
    let candidates = if full && !(nothing_old && recent.len() <= LISTED_MAX) {
        Candidates::Everywhere
    } else {
        Candidates::List(recent)
    };
    candidates.ensure_scratch(model.heap_mut());
    clock.enter(Stage::Subtract);

    // 4.
    let heap = model.heap();
    let found = subtract::<M>(heap, candidates);
    event.candidates = found.candidates;
    if let Some(edges) = model.collector().edges {
        let edges = edges + count_edges::<M>(heap, candidates);
        model.collector_mut().edges = Some(edges);
    }
    let heap = model.heap();
    clock.enter(Stage::Mark);

    // 5.
    let unreachable = found.suspects - mark::<M>(heap, found, &mut lists.marked);
    clock.enter(Stage::Promote);
    if unreachable != 0 {
        lists.condemned_flags = condemn_unreachable(heap, unreachable, found.candidates, lists);
    }
    event.condemned = lists.condemned.len() as u64;
    debug_assert_eq!(
        event.condemned, unreachable,
        "a tracked object is missing in the logs"
    );
    model.heap_mut().scratch_release_all();

    // 6.
    let Lists { recent, marked, .. } = lists;
    promote_survivors(model, generation, recent, marked, event);
    event.working_bytes = lists.bytes();
    lists.recent.clear();
}

/// Stages 7 to 12: program code, then the end of what it did not resurrect.
fn dispose<M: ObjectModel>(
    model: &mut M,
    target: Generation,
    lists: &mut Lists,
    event: &mut CollectionEvent,
    clock: &mut StageClock,
) {
    let Lists {
        marked,
        condemned,
        condemned_flags,
        ..
    } = lists;
    let watched = *condemned_flags & HAS_WEAKREFS != 0;
    // 7.
    if model.collector().debug() & debug::COLLECTABLE != 0 {
        for &object in &*condemned {
            model.collectable(object);
        }
    }
    // 8.
    clock.enter(Stage::WeakrefCallbacks);
    let mut code = ProgramCode::default();
    if watched {
        call_weakref_callbacks(model, condemned, &mut code);
    }
    // 9.
    clock.enter(Stage::Finalizers);
    call_finalizers(model, condemned, &mut code);
    event.weakref_callbacks = code.callbacks;
    event.finalizers = code.finalizers;
    // 10. Without program code, nothing can have been resurrected.
    clock.enter(Stage::Resurrection);
    if code.ran() {
        event.resurrected = spare_resurrected(model, condemned, marked, target);
    }
    // 11. Finalizers may have made weak references.
    clock.enter(Stage::Weakrefs);
    let saves = model.collector().debug() & debug::SAVEALL != 0;
    let keeps = saves && model.collector().profile().clears_all_weakrefs_first();
    if (watched || code.ran()) && !keeps {
        model.clear_weakrefs(condemned, WeakrefPhase::BeforeClear);
    }
    // 12.
    clock.enter(Stage::Clear);
    if model.collector().census {
        event.collected_types = census(model, condemned);
    }
    let doomed = condemned.len() as u64;
    let heap_bytes = model.heap().heap_bytes();
    if saves {
        save_condemned(model, condemned, target);
    } else {
        let alive = !watched && !code.ran();
        event.uncollectable = clear_condemned(model, condemned, alive, target);
    }
    model.collector_mut().large_condemned_died = HashSet::new();
    event.collected = doomed - event.uncollectable + code.died;
    event.freed_bytes = heap_bytes.saturating_sub(model.heap().heap_bytes());
    event.working_bytes = event.working_bytes.max(lists.bytes());
}

/// Stage 13. Pages may be recycled where the logs have no stale entries. After a young collection
/// the middle log may have some, and looking through it would cost more than the young generation.
fn release_memory<M: ObjectModel>(
    model: &mut M,
    generation: Generation,
    event: &mut CollectionEvent,
) {
    match generation {
        Generation::Young => {}
        Generation::Middle => {
            model.collector_mut().prune_logs();
            model.heap_mut().recycle_empty_pages();
        }
        Generation::Old => {
            model.after_full();
            let released = crate::objects::release_memory_now(model);
            event.arenas_returned = released.arenas;
            event.pages_returned = released.pages;
        }
    }
}

/// Stage 14.
fn finish<M: ObjectModel>(
    model: &mut M,
    mut lists: Lists,
    event: &mut CollectionEvent,
    clock: &mut StageClock,
) {
    event.heap_bytes_after = model.heap().heap_bytes();
    lists.shrink();
    let collector = model.collector_mut();
    collector.lists = lists;
    event.counts_after = collector.counts;
    event.population_after = collector.population;
    event.stage_ns = clock.stage_ns();
    event.duration_ns = clock.elapsed_ns();
    collector.statistics[event.generation.index()].add(event);
    model.on_stop(event);
    clock.end();
    event.stage_ns = clock.stage_ns();
    model.collector_mut().set_collecting(None);
    let full = event.generation == Generation::Old;
    bytes::resume(model, event.heap_bytes_after, full);
}
