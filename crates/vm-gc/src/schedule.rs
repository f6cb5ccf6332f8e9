//! When a collection runs, and which generation it collects.
//!
//! 1. An allocation only makes a collection *pending* (count 0 exceeds threshold 0). It runs at the
//!    next safepoint of the machine, never in the middle of something.
//! 2. The oldest generation whose count exceeds its threshold is collected.
//! 3. The old one is passed over until it grew by a quarter since it was last examined. Without
//!    that rule, each full collection would come after a fixed number of allocations, and building
//!    a large structure would take quadratic time.
//!
//! With a byte threshold ([`set_byte_threshold`](crate::set_byte_threshold)), bytes make one due too,
//! and ask for full ones: see `bytes.rs`.

use crate::bytes;
use crate::collect::collect;
use crate::collector::Collector;
use crate::event::Reason;
use crate::generation::Generation;
use crate::model::ObjectModel;

/// Runs the collection that became due, if one did; for safepoints. Returns whether one ran.
#[inline(always)]
pub fn run_if_due<M: ObjectModel>(model: &mut M) -> bool {
    (model.collector().is_pending() || model.heap().soft_limit_passed()) && run_due(model)
}

#[cold]
#[inline(never)]
fn run_due<M: ObjectModel>(model: &mut M) -> bool {
    let heap_bytes = model.heap().heap_bytes();
    let grew = model.heap().soft_limit_passed();
    let collector = model.collector_mut();
    if collector.collecting().is_some() {
        return false;
    }
    let pending = std::mem::take(&mut collector.pending);
    if !collector.is_enabled() || collector.thresholds()[0] == 0 {
        if grew {
            bytes::watch_from(model, heap_bytes);
        }
        return false;
    }
    let (mut generation, mut reason) = match collector.due_generation() {
        Some(generation) if pending => (generation, Reason::Threshold),
        counted if grew => (counted.unwrap_or(Generation::Young), Reason::Bytes),
        _ => return false,
    };
    let trigger = collector.byte_trigger;
    if generation != Generation::Old
        && trigger.is_some_and(|trigger| trigger.wants_full(heap_bytes))
    {
        (generation, reason) = (Generation::Old, Reason::Bytes);
    }
    collect(model, generation, reason);
    true
}

impl Collector {
    /// The generation that an automatic collection collects now: the oldest whose count exceeds
    /// its threshold, the old one only if it grew enough.
    pub(crate) fn due_generation(&self) -> Option<Generation> {
        Generation::ALL.into_iter().rev().find(|generation| {
            let index = generation.index();
            let postponed = *generation == Generation::Old
                && self.long_lived_pending < self.long_lived_total / 4;
            i64::from(self.counts[index]) > i64::from(self.thresholds()[index]) && !postponed
        })
    }

    /// Stage 2: zeroes the counts of `generation` and the younger ones, adds one to the next.
    pub(crate) fn take_counts(&mut self, generation: Generation) {
        self.counts[..=generation.index()].fill(0);
        if let Some(next) = self.counts.get_mut(generation.index() + 1) {
            *next = next.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::test_model::TestModel;
    use crate::{Generation, Profile, Reason, run_if_due};

    // CPython: gc.get_count() after collect(2), (0), (0) twice more, (1).
    #[test]
    fn counts_are_zeroed_and_carried() {
        let mut model = TestModel::new();
        let nodes = model.ring(4);
        assert_eq!(model.collector.counts(), [4, 0, 0]);
        model.full();
        assert_eq!(model.collector.counts(), [0, 0, 0]);
        model.collect(Generation::Young);
        assert_eq!(model.collector.counts(), [0, 1, 0]);
        model.collect(Generation::Young);
        model.collect(Generation::Young);
        assert_eq!(model.collector.counts(), [0, 3, 0]);
        model.collect(Generation::Middle);
        assert_eq!(model.collector.counts(), [0, 0, 1]);
        let one = model.node();
        model.node();
        model.drop_all(&[one]);
        assert_eq!(model.collector.counts(), [1, 0, 1], "a death takes one off");
        model.drop_all(&nodes);
        model.full();
        assert_eq!(model.collector.counts(), [0, 0, 0], "never below zero");
    }

    #[test]
    fn allocation_makes_a_collection_due_above_the_threshold() {
        let mut model = TestModel::new();
        model.collector.set_thresholds([5, 10, 10]);
        for _ in 0..5 {
            model.node();
            assert!(!model.collector.is_pending(), "the comparison is strict");
        }
        assert!(!run_if_due(&mut model));
        model.node();
        assert!(model.collector.is_pending());
        assert!(model.events.is_empty(), "only a safepoint runs it");
        assert!(run_if_due(&mut model));
        assert!(!run_if_due(&mut model));
        assert_eq!(model.last_event().reason, Reason::Threshold);
        assert_eq!(model.collector.counts(), [0, 1, 0]);
        for thresholds in [[0, 10, 10], [5, 10, 10]] {
            model.collector.set_enabled(thresholds[0] == 0);
            model.collector.set_thresholds(thresholds);
            for _ in 0..10 {
                model.node();
            }
            assert!(
                !run_if_due(&mut model),
                "off by threshold 0 or by disabling"
            );
        }
        assert_eq!(model.full(), 0, "which collect does not care about");
        assert_eq!(model.events.len(), 2);
    }

    #[test]
    fn the_oldest_generation_that_is_due_is_collected() {
        let mut model = TestModel::new();
        model.collector.set_thresholds([1, 2, 2]);
        let mut generations = Vec::new();
        for _ in 0..24 {
            while !model.collector.is_pending() {
                let ring = model.ring(1);
                model.drop_all(&ring);
            }
            run_if_due(&mut model);
            generations.push(model.last_event().generation.number());
        }
        // Count g exceeds 2 at the third run of generation g - 1; total is 0, so nothing is postponed.
        assert_eq!(
            generations,
            [
                0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0
            ]
        );
    }

    #[test]
    fn a_full_collection_waits_until_the_old_generation_grew_by_a_quarter() {
        let mut model = TestModel::new();
        model.collector.set_thresholds([1, 1000, 0]);
        for _ in 0..100 {
            model.node();
        }
        model.full();
        assert_eq!(model.collector.long_lived_total(), 100);
        let makes_two_and_runs = |model: &mut TestModel| {
            let two = [model.node(), model.node()];
            assert!(run_if_due(model));
            (two, model.last_event().generation)
        };
        for _ in 0..22 {
            model.node();
        }
        model.collect(Generation::Middle);
        assert_eq!(
            (
                model.collector.counts()[2],
                model.collector.long_lived_pending()
            ),
            (1, 22)
        );
        assert_eq!(makes_two_and_runs(&mut model).1, Generation::Young);
        model.collect(Generation::Middle);
        assert_eq!(model.collector.long_lived_pending(), 24);
        let (two, generation) = makes_two_and_runs(&mut model);
        assert_eq!(
            generation,
            Generation::Young,
            "24 is less than a quarter of 100"
        );
        model.drop_all(&two[..1]);
        model.collect(Generation::Middle);
        assert_eq!(model.collector.long_lived_pending(), 25);
        assert_eq!(
            makes_two_and_runs(&mut model).1,
            Generation::Old,
            "25 is not"
        );
        assert_eq!(model.collector.long_lived_pending(), 0);
        assert_eq!(model.collector.long_lived_total(), 127);
        model.verify();
    }

    #[test]
    fn an_old_object_that_dies_is_not_pending() {
        let mut model = TestModel::new();
        let nodes: Vec<_> = (0..10).map(|_| model.node()).collect();
        model.collect(Generation::Middle);
        assert_eq!(model.collector.long_lived_pending(), 10);
        model.drop_all(&nodes[..4]);
        assert_eq!(model.collector.long_lived_pending(), 6);
        model.full();
        assert_eq!(model.collector.long_lived_pending(), 0);
        assert_eq!(model.collector.long_lived_total(), 6);
    }

    #[test]
    fn older_profiles_count_allocations() {
        // CPython 3.12: an untracked tuple counts when it is made, and no longer when it died.
        for (profile, threshold) in [(Profile::V3_12, 700), (Profile::V3_13, 2000)] {
            let mut model = TestModel::with_profile(profile);
            assert_eq!(model.collector.thresholds(), [threshold, 10, 10]);
            let nodes = model.ring(2);
            assert_eq!(model.collector.counts()[0], 2);
            for _ in 2..threshold {
                assert!(!model.collector.count_allocation());
            }
            assert!(model.collector.count_allocation());
            let counts = threshold as u32 + 1;
            assert_eq!(model.collector.counts()[0], counts);
            let later = model.untracked_node();
            assert!(!later.is_tracked());
            model.collector.track_later(later);
            assert_eq!(model.collector.counts()[0], counts + 1, "counted once");
            model.drop_all(&[nodes[0], later]);
            model.collector.count_death();
            assert_eq!(model.collector.counts()[0], counts - 1);
        }
        let mut newest = TestModel::new();
        let later = newest.untracked_node();
        assert_eq!(newest.collector.counts()[0], 0);
        newest.collector.track_later(later);
        assert_eq!(newest.collector.counts()[0], 1);
        newest.drop_all(&[later]);
        newest.collector.count_death();
        assert_eq!(newest.collector.counts()[0], 0);
    }

    // CPython 3.13: with thresholds (-1, 10, 10), every allocation of a container collects.
    #[test]
    fn every_count_exceeds_a_negative_threshold() {
        let mut model = TestModel::new();
        model.collector.set_thresholds([-1, 10, 10]);
        for _ in 0..3 {
            model.node();
            assert!(run_if_due(&mut model));
        }
        assert_eq!(model.collector.counts(), [0, 3, 0]);
        model.collector.set_thresholds([1000, 10, -5]);
        assert_eq!(model.collector.due_generation(), Some(Generation::Old));
    }

    #[test]
    fn older_profiles_do_not_notice_old_deaths() {
        let mut model = TestModel::with_profile(Profile::V3_13);
        let nodes: Vec<_> = (0..10).map(|_| model.node()).collect();
        model.collect(Generation::Middle);
        model.drop_all(&nodes[..4]);
        assert_eq!(model.collector.long_lived_pending(), 10);
    }
}
