//! Random programs whose finalizers and callbacks do anything at all.

use crate::naive_tests::{Step, steps};
use crate::test_model::TestModel;
use crate::{freeze, release_free_memory, unfreeze};
use proptest::prelude::*;
use std::collections::BTreeSet;
use vm_heap::ObjectRef;

/// Program code that does a few arbitrary things, none of them related to the object.
fn wild_code(seed: u64) -> impl FnMut(&mut TestModel, ObjectRef) + 'static {
    let mut state = seed | 1;
    move |model, object| {
        for _ in 0..3 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let number = (state >> 33) as usize;
            // Objects that are about to die wait with a count of zero; no program can reach them.
            let mut alive = model
                .alive
                .values()
                .copied()
                .filter(|object| object.count() > 0);
            let count = alive.clone().count();
            let Some(other) = alive.nth(number / 8 % count.max(1)) else {
                return;
            };
            match number % 8 {
                0 => model.hold(object),
                1 => model.link(other, object),
                2 => model.link(object, other),
                3 => {
                    let references = TestModel::references(other).len();
                    if references > 0 {
                        model.unlink(other, number / 8 % references);
                    }
                }
                4 => {
                    let fresh = model.ring(1 + number / 8 % 40);
                    model.link(fresh[0], other);
                    model.drop_all(&fresh);
                }
                5 => {
                    if let Some(&held) = model.held.get(number / 8 % 16) {
                        model.drop_all(&[held]);
                    }
                }
                6 => {
                    model.weakref(other, Some(Box::new(wild_code(state))), None);
                }
                _ => {
                    assert_eq!(
                        model.full() * u64::from(model.collector.collecting().is_some()),
                        0
                    );
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Finalizers and callbacks that do anything at all: counts stay right, nothing dangles, and
    /// when they have all run, what lives is what is reachable.
    #[test]
    fn wild_program_code_leaves_a_sound_heap(
        steps in steps(120),
        seeds in prop::collection::vec(any::<u64>(), 1..8),
    ) {
        let mut model = TestModel::new();
        model.collector.set_thresholds([10, 2, 2]);
        for step in &steps {
            let pick = |model: &TestModel, index: usize| {
                model.alive.values().copied().nth(index % model.alive.len().max(1))
            };
            match *step {
                Step::Make { bytes, resurrects } => {
                    let object = model.node_of(bytes);
                    let seed = seeds[TestModel::name(object) as usize % seeds.len()];
                    if resurrects {
                        model.on_finalize(object, wild_code(seed));
                    } else if seed % 3 == 0 {
                        model.weakref(object, Some(Box::new(wild_code(seed))), None);
                    }
                }
                Step::Link(from, to) => {
                    if let (Some(from), Some(to)) = (pick(&model, from), pick(&model, to)) {
                        model.link(from, to);
                    }
                }
                Step::Unlink(from, index) => {
                    if let Some(from) = pick(&model, from) {
                        let references = TestModel::references(from).len();
                        if references > 0 {
                            model.unlink(from, index % references);
                        }
                    }
                }
                Step::Hold(index) => {
                    if let Some(object) = pick(&model, index) {
                        model.hold(object);
                    }
                }
                Step::Drop(index) => {
                    if !model.held.is_empty() {
                        let object = model.held[index % model.held.len()];
                        model.drop_all(&[object]);
                    }
                }
                Step::Collect(generation) => {
                    model.collect(generation);
                }
                Step::Freeze => freeze(&mut model),
                Step::Unfreeze => unfreeze(&mut model),
                Step::ReleaseMemory => {
                    release_free_memory(&mut model);
                }
            }
            crate::run_if_due(&mut model);
        }
        model.verify();
        unfreeze(&mut model);
        model.finalizers.clear();
        for weakref in &mut model.weakrefs {
            weakref.target = None;
        }
        model.full();
        let mut reachable = BTreeSet::new();
        let mut waiting = model.held.clone();
        while let Some(object) = waiting.pop() {
            if reachable.insert(TestModel::name(object)) {
                waiting.extend(TestModel::references(object));
            }
        }
        prop_assert!(model.alive.keys().eq(reachable.iter()));
        model.verify();
    }
}
