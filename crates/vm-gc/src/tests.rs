//! Tests of whole collections. What a program can see was taken from CPython 3.13, running the same
//! graphs. Tests of single stages are beside their code.

use crate::test_model::TestModel;
use crate::{Event, Generation, Profile, Reason, Stage, collect, run_if_due};
use std::cell::RefCell;
use std::rc::Rc;

#[test]
fn a_ring_that_nobody_holds_is_collected() {
    let mut model = TestModel::new();
    let ring = model.ring(3);
    assert_eq!(model.full(), 0);
    model.drop_all(&ring[1..]);
    assert_eq!(model.full(), 0, "held by its first node");
    model.drop_all(&ring[..1]);
    assert_eq!(model.alive.len(), 3, "counts alone do not find it");
    assert_eq!(model.full(), 3);
    assert!(model.alive.is_empty());
    let event = model.last_event();
    assert_eq!(
        (event.candidates, event.condemned, event.collected),
        (3, 3, 3)
    );
    assert!(event.freed_bytes > 0);
    assert_eq!(event.heap_bytes_after, 0);
    model.verify();
}

#[test]
fn edges_are_counted_where_candidates_own_them() {
    let mut model = TestModel::new();
    let ring = model.ring(3);
    model.full();
    assert_eq!(model.collector.counted_edges(), 0, "nobody asked");
    model.collector.set_edge_count(true);
    let young = model.ring(2);
    model.link(young[0], ring[0]);
    model.collect(Generation::Young);
    assert_eq!(model.collector.counted_edges(), 3);
    model.full();
    assert_eq!(model.collector.counted_edges(), 3 + 6);
    model.collector.set_edge_count(false);
    assert_eq!(model.collector.counted_edges(), 0);
    model.verify();
}

#[test]
fn what_an_old_object_holds_survives_a_young_collection() {
    let mut model = TestModel::new();
    let old = model.node();
    model.full();
    let ring = model.ring(2);
    model.link(old, ring[0]);
    model.drop_all(&ring);
    assert_eq!(model.collect(Generation::Young), 0);
    assert_eq!(
        model.last_event().candidates,
        2,
        "the old object is not examined"
    );
    model.unlink(old, 0);
    assert_eq!(
        model.collect(Generation::Young),
        0,
        "it is not young any more"
    );
    assert_eq!(model.last_event().candidates, 0);
    assert_eq!(model.collect(Generation::Middle), 2);
    model.verify();
}

#[test]
fn survivors_grow_older() {
    let mut model = TestModel::new();
    let node = model.node();
    for (collected, generation) in [
        (Generation::Young, 1),
        (Generation::Young, 1),
        (Generation::Middle, 2),
        (Generation::Old, 2),
    ] {
        model.collect(collected);
        assert_eq!(node.generation(), generation);
    }
    assert_eq!(model.collector.population(), [0, 0, 1, 0]);
    model.verify();
}

#[test]
fn a_nested_collection_returns_zero() {
    let mut model = TestModel::new();
    let ring = model.ring(1);
    let results = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&results);
    model.on_finalize(ring[0], move |model, _| {
        let other = model.ring(2);
        model.drop_all(&other);
        seen.borrow_mut().push(model.full());
        assert!(model.collector.collecting() == Some(Generation::Old));
        assert!(!run_if_due(model));
    });
    model.drop_all(&ring);
    assert_eq!(model.full(), 1);
    assert_eq!(*results.borrow(), [0]);
    assert_eq!(model.collector.collecting(), None);
    assert_eq!(model.full(), 2, "what the finalizer left");
    model.verify();
}

#[test]
fn survivors_are_untracked_only_under_the_profiles_that_do() {
    for (profile, untracked) in [(Profile::V3_15, 0), (Profile::V3_13, 2)] {
        for generation in [Generation::Young, Generation::Old] {
            let mut model = TestModel::with_profile(profile);
            let nodes = model.ring(3);
            model.untrackable.extend([0, 2]);
            model.collect(generation);
            assert_eq!(model.last_event().untracked, untracked);
            let tracked = nodes.iter().filter(|node| node.is_tracked()).count() as u64;
            assert_eq!(tracked, 3 - untracked);
            model.verify();
        }
    }
}

#[test]
fn large_objects_take_part() {
    let mut model = TestModel::new();
    let large = model.large_node();
    let small = model.node();
    model.link(large, small);
    model.link(small, large);
    let dies = model.large_node();
    model.node();
    model.drop_all(&[dies]);
    model.drop_all(&[large, small]);
    assert_eq!(model.collect(Generation::Young), 2);
    let kept = model.large_node();
    model.collect(Generation::Young);
    model.drop_all(&[kept]);
    assert_eq!(model.collect(Generation::Middle), 0);
    assert_eq!(model.alive.len(), 1);
    model.verify();
}

#[test]
fn immortal_objects_hold_what_they_reach() {
    let mut model = TestModel::new();
    let ring = model.ring(2);
    ring[0].make_immortal();
    model.drop_all(&[ring[1]]);
    assert_eq!(model.full(), 0);
    assert_eq!(model.alive.len(), 2);
}

#[test]
fn a_deep_chain_is_marked_and_freed_without_recursion() {
    let mut model = TestModel::new();
    let first = model.node();
    let mut last = first;
    for _ in 0..300_000 {
        let next = model.node();
        model.link(last, next);
        let held = model.held.pop().expect("the new node");
        crate::ObjectModel::release(&mut model, held);
        last = next;
    }
    model.link(last, first);
    assert_eq!(model.full(), 0);
    assert_eq!(model.last_event().candidates, 300_001);
    model.drop_all(&[first]);
    assert_eq!(model.full(), 300_001);
    assert!(model.last_event().arenas_returned + model.last_event().pages_returned > 0);
}

#[test]
fn start_callbacks_run_before_anything_is_examined() {
    let mut model = TestModel::new();
    let ring = model.ring(2);
    model.drop_all(&ring);
    model.start_code = Some(Box::new(|model, object| {
        assert_eq!(model.full(), 0);
        model.hold(object);
    }));
    assert_eq!(model.full(), 0);
    assert_eq!(model.starts.len(), 1);
    assert_eq!(model.starts[0].population, [2, 0, 0, 0]);
    model.verify();
}

#[test]
fn every_view_is_fed() {
    let mut model = TestModel::new();
    let (sender, receiver) = std::sync::mpsc::channel();
    model.collector.set_sink(Some(Box::new(move |event| {
        sender.send(event.clone()).expect("a receiver");
    })));
    let ring = model.ring(3);
    model.node();
    model.drop_all(&ring);
    collect(&mut model, Generation::Young, Reason::Shutdown);
    model.full();
    let events: Vec<_> = receiver.try_iter().collect();
    assert_eq!(events, model.collector.latest_events());
    let events: Vec<_> = events.iter().filter_map(Event::collection).collect();
    assert_eq!(
        events
            .iter()
            .map(|event| event.sequence)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    let first = events[0];
    assert_eq!(
        (first.counts_before, first.counts_after),
        ([4, 0, 0], [0, 1, 0])
    );
    assert_eq!(
        (first.population_before, first.population_after),
        ([4, 0, 0, 0], [0, 1, 0, 0])
    );
    assert_eq!(
        (first.generation, first.reason),
        (Generation::Young, Reason::Shutdown)
    );
    assert_eq!((first.candidates, first.collected), (4, 3));
    let before_stop: u64 = Stage::ALL[..11]
        .iter()
        .map(|&stage| first.stage_ns(stage))
        .sum();
    assert_eq!(first.duration_ns, before_stop);
    let statistics = model.collector.statistics();
    let young = statistics[0];
    assert_eq!(
        (young.collections, young.collected, young.candidates),
        (1, 3, 4)
    );
    assert_eq!(young.duration_ns, first.duration_ns);
    assert_eq!(statistics[2].collections, 1);
    assert_eq!(model.full_runs, 1);
}
