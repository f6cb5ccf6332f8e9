//! The byte trigger: collections that are due because of bytes, whatever the number of objects.
//!
//! Thresholds count objects, so a cycle that owns a megabyte counts as little as an empty one. Where
//! that matters, a byte threshold is set beside them:
//!
//! 1. When the heap has grown by more than the threshold since the last collection, one is due. The
//!    heap notices that itself, as a soft limit in the comparison that it makes anyway.
//! 2. It is of the young generation, or of the one that the counts ask for. It need not free much:
//!    whatever it leaves, the next one comes a threshold later.
//! 3. What young collections leave adds up. Once that is more than the *ceiling*, the next automatic
//!    collection is a full one. The ceiling is what the last full collection left, and a quarter of
//!    that or one threshold more, whichever is larger: so the heap grows geometrically from full
//!    collection to full collection, and all of them together take time in proportion to it.
//!
//! Bound: `heap_bytes` never exceeds the ceiling by more than two thresholds, plus twice what is
//! allocated between two safepoints. For a collection starts at most one threshold above what the
//! last one left, and where that was above the ceiling, it is a full one.
//!
//! While automatic collection is off nothing is due; the heap is then looked at once a threshold.

use crate::model::ObjectModel;

/// The setting, and what the last collections left.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByteTrigger {
    threshold_bytes: usize,
    left_by_last_bytes: usize,
    left_by_full_bytes: usize,
}

impl ByteTrigger {
    /// Whether a full collection is needed, with `heap_bytes` in use now. (What the last collection
    /// left can have died since.)
    pub(crate) fn wants_full(&self, heap_bytes: usize) -> bool {
        let growth_bytes = self.threshold_bytes.max(self.left_by_full_bytes / 4);
        let ceiling_bytes = self.left_by_full_bytes.saturating_add(growth_bytes);
        self.left_by_last_bytes.min(heap_bytes) > ceiling_bytes
    }

    /// A collection left so much.
    fn collected(&mut self, left_bytes: usize, full: bool) {
        self.left_by_last_bytes = left_bytes;
        if full {
            self.left_by_full_bytes = left_bytes;
        }
    }
}

/// Makes a collection due also when more than `threshold_bytes` bytes were added to the heap since
/// the last one; with `None`, which is the default, thresholds count objects alone.
///
/// The heap's soft limit is the collector's from then on.
pub fn set_byte_threshold<M: ObjectModel>(model: &mut M, threshold_bytes: Option<usize>) {
    let heap_bytes = model.heap().heap_bytes();
    let trigger = threshold_bytes.map(|threshold_bytes| ByteTrigger {
        threshold_bytes,
        left_by_last_bytes: heap_bytes,
        left_by_full_bytes: heap_bytes,
    });
    model.collector_mut().byte_trigger = trigger;
    if trigger.is_none() {
        model.heap_mut().set_soft_limit_bytes(None);
    } else if model.collector().collecting().is_none() {
        watch_from(model, heap_bytes);
    }
}

/// A collection starts: what it allocates makes nothing due.
pub(crate) fn pause<M: ObjectModel>(model: &mut M) {
    if model.collector().byte_trigger.is_some() {
        model.heap_mut().set_soft_limit_bytes(None);
    }
}

/// A collection ends that left so much.
pub(crate) fn resume<M: ObjectModel>(model: &mut M, left_bytes: usize, full: bool) {
    if let Some(trigger) = &mut model.collector_mut().byte_trigger {
        trigger.collected(left_bytes, full);
        watch_from(model, left_bytes);
    }
}

/// The heap is to tell when it has grown by a threshold from `heap_bytes` on.
pub(crate) fn watch_from<M: ObjectModel>(model: &mut M, heap_bytes: usize) {
    if let Some(trigger) = model.collector().byte_trigger {
        let soft_limit_bytes = heap_bytes.saturating_add(trigger.threshold_bytes);
        model
            .heap_mut()
            .set_soft_limit_bytes(Some(soft_limit_bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::naive_tests::{Pair, steps};
    use crate::test_model::TestModel;
    use crate::{Generation, Reason, run_if_due};
    use proptest::prelude::*;
    use vm_heap::ObjectRef;

    /// Makes and drops a node that refers to itself, of `bytes` bytes.
    fn drop_loop(model: &mut TestModel, bytes: usize) {
        let node = model.node_of(bytes);
        model.link(node, node);
        model.drop_all(&[node]);
    }

    /// The collections so far, as numbers of generations.
    fn generations(model: &TestModel) -> Vec<u8> {
        let numbers = model.events.iter().map(|event| event.generation.number());
        numbers.collect()
    }

    #[test]
    fn growth_by_more_than_the_threshold_is_due_at_the_next_safepoint() {
        let mut model = TestModel::new();
        model.node_of(480);
        set_byte_threshold(&mut model, Some(960));
        drop_loop(&mut model, 480);
        drop_loop(&mut model, 480);
        assert!(!run_if_due(&mut model), "the comparison is strict");
        drop_loop(&mut model, 48);
        assert!(model.events.is_empty(), "only a safepoint runs it");
        assert!(run_if_due(&mut model));
        assert!(!run_if_due(&mut model));
        let event = model.last_event();
        assert_eq!(
            (event.reason, event.generation, event.collected),
            (Reason::Bytes, Generation::Young, 3)
        );
        assert_eq!(model.collector.counts(), [0, 1, 0]);
        assert_eq!(model.heap.heap_bytes(), 480);
        model.verify();
    }

    #[test]
    fn a_collection_that_frees_nothing_is_repeated_a_threshold_later() {
        let mut model = TestModel::new();
        set_byte_threshold(&mut model, Some(4800));
        let mut at = Vec::new();
        for index in 1..=40 {
            model.node_of(480);
            if run_if_due(&mut model) {
                at.push(index);
            }
        }
        // More than ten nodes more than the last time.
        assert_eq!(at, [11, 22, 33]);
        model.verify();
    }

    #[test]
    fn what_young_collections_leave_adds_up_to_a_full_one() {
        let mut model = TestModel::new();
        let kept: Vec<_> = (0..100).map(|_| model.node_of(480)).collect();
        model.full();
        set_byte_threshold(&mut model, Some(4800));
        model.events.clear();
        // The ceiling is 100 nodes and a quarter: 125. Young runs leave 111, 122, 133.
        for index in 0..44 {
            assert!(generations(&model).len() == index / 11);
            model.node_of(480);
            run_if_due(&mut model);
        }
        assert_eq!(generations(&model), [0, 0, 0, 2]);
        assert_eq!(model.last_event().reason, Reason::Bytes);
        assert_eq!(model.last_event().heap_bytes_after, 144 * 480);
        // Now it is 144 and 36: they leave 155, 166, 177, 188.
        for _ in 0..55 {
            model.node_of(480);
            run_if_due(&mut model);
        }
        assert_eq!(generations(&model)[4..], [0, 0, 0, 0, 2]);
        model.drop_all(&kept);
        model.verify();
    }

    #[test]
    fn what_was_left_and_died_since_asks_for_no_full_collection() {
        let mut model = TestModel::new();
        set_byte_threshold(&mut model, Some(960));
        let nodes: Vec<ObjectRef> = (0..20).map(|_| model.node_of(480)).collect();
        model.collect(Generation::Young);
        model.drop_all(&nodes);
        // Thirty more than nothing, and no more than ten from what was left on.
        let more: Vec<ObjectRef> = (0..23).map(|_| model.node_of(480)).collect();
        model.drop_all(&more[1..]);
        assert!(run_if_due(&mut model));
        assert_eq!(model.last_event().generation, Generation::Young);
    }

    #[test]
    fn counts_still_choose_an_older_generation() {
        let mut model = TestModel::new();
        model.collector.set_thresholds([1000, 1, 1000]);
        set_byte_threshold(&mut model, Some(960));
        for _ in 0..12 {
            drop_loop(&mut model, 480);
            run_if_due(&mut model);
        }
        assert_eq!(generations(&model), [0, 0, 1, 0]);
        assert!(
            model
                .events
                .iter()
                .all(|event| event.reason == Reason::Bytes)
        );
        // Objects are counted as ever.
        for _ in 0..1001 {
            let node = model.node_of(48);
            model.link(node, node);
        }
        set_byte_threshold(&mut model, None);
        assert!(run_if_due(&mut model));
        assert_eq!(model.last_event().reason, Reason::Threshold);
    }

    #[test]
    fn nothing_is_due_while_automatic_collection_is_off() {
        let mut model = TestModel::new();
        set_byte_threshold(&mut model, Some(960));
        model.collector.set_enabled(false);
        for _ in 0..5 {
            drop_loop(&mut model, 480);
        }
        assert!(model.heap.soft_limit_passed());
        assert!(!run_if_due(&mut model));
        assert!(
            !model.heap.soft_limit_passed(),
            "it is not asked again at once"
        );
        model.collector.set_enabled(true);
        for _ in 0..2 {
            drop_loop(&mut model, 480);
            assert!(!run_if_due(&mut model));
        }
        drop_loop(&mut model, 480);
        assert!(run_if_due(&mut model), "a threshold later");
        assert_eq!(model.last_event().collected, 8);
        model.collector.set_thresholds([0, 10, 10]);
        for _ in 0..10 {
            drop_loop(&mut model, 480);
            assert!(!run_if_due(&mut model));
        }
    }

    #[test]
    fn what_finalizers_allocate_makes_nothing_due() {
        let mut model = TestModel::new();
        set_byte_threshold(&mut model, Some(960));
        let node = model.node_of(480);
        model.link(node, node);
        model.on_finalize(node, |model, _| {
            for _ in 0..10 {
                model.node_of(480);
            }
            assert!(!run_if_due(model));
            assert!(!model.heap.soft_limit_passed());
        });
        model.drop_all(&[node]);
        model.full();
        assert!(!run_if_due(&mut model));
        assert_eq!(model.heap.heap_bytes(), 4800);
        for _ in 0..2 {
            model.node_of(480);
            assert!(!run_if_due(&mut model));
        }
        model.node_of(480);
        assert!(run_if_due(&mut model));
    }

    #[test]
    fn a_threshold_of_any_size_is_possible() {
        let mut model = TestModel::new();
        set_byte_threshold(&mut model, Some(0));
        for runs in 1..5 {
            model.node();
            assert!(run_if_due(&mut model));
            assert_eq!(model.events.len(), runs);
        }
        set_byte_threshold(&mut model, Some(usize::MAX));
        model.node();
        assert!(!run_if_due(&mut model));
        model.full();
        set_byte_threshold(&mut model, None);
        assert!(!run_if_due(&mut model));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

        /// Beside the naive model: the collections that ran are those that the heap's bytes ask for,
        /// they leave what is reachable, and the heap stays below the bound.
        #[test]
        fn the_heap_stays_below_the_bound(
            steps in steps(300),
            threshold_bytes in 0..10_000usize,
        ) {
            let mut pair = Pair::default();
            let model = pair.model.insert(TestModel::new());
            model.collector.set_thresholds([i32::MAX; 3]);
            set_byte_threshold(model, Some(threshold_bytes));
            let (mut left_by_last, mut left_by_full, mut most_bytes) = (0, 0, 0);
            // What a step allocates at most, in its own right and in a finalizer: nothing there.
            let step_bytes = 2100;
            for step in &steps {
                let seen = pair.model.as_ref().map_or(0, |model| model.events.len());
                pair.step(step);
                let model = pair.model.as_mut().expect("made above");
                for event in &model.events[seen..] {
                    left_by_last = event.heap_bytes_after;
                    if event.generation == Generation::Old {
                        left_by_full = left_by_last;
                    }
                    most_bytes = 0;
                }
                let heap_bytes = model.heap.heap_bytes();
                most_bytes = most_bytes.max(heap_bytes);
                let ceiling = left_by_full + threshold_bytes.max(left_by_full / 4);
                prop_assert!(heap_bytes <= ceiling + 2 * (threshold_bytes + step_bytes));
                let ran = run_if_due(model);
                prop_assert_eq!(ran, most_bytes > left_by_last + threshold_bytes);
                if ran {
                    let event = model.last_event().clone();
                    let full = left_by_last.min(heap_bytes) > ceiling;
                    let expected = if full { Generation::Old } else { Generation::Young };
                    prop_assert_eq!((event.generation, event.reason), (expected, Reason::Bytes));
                    prop_assert_eq!(pair.naive.collect(expected), event.collected);
                    left_by_last = event.heap_bytes_after;
                    if full {
                        left_by_full = left_by_last;
                    }
                    most_bytes = 0;
                }
                pair.assert_same();
            }
            pair.model.as_mut().expect("made above").verify();
        }
    }
}
