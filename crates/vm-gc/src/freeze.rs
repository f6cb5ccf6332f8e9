//! Freezing: the permanent generation, which no collection examines.
//!
//! A program that has loaded what it will keep for ever freezes it; full collections then cost
//! only what came later. Frozen objects still die when their counts reach zero.

use crate::generation::{Generation, PERMANENT};
use crate::model::ObjectModel;

/// Moves every tracked object to the permanent generation and zeroes the counts. What a running
/// collection has condemned is not moved.
pub fn freeze<M: ObjectModel>(model: &mut M) {
    let mut moved = [0u64; 4];
    model.heap().for_each_container(|object| {
        if object.is_tracked() && !object.is_candidate() {
            moved[usize::from(object.generation() & 3)] += 1;
            object.set_generation(PERMANENT);
        }
    });
    let collector = model.collector_mut();
    for (population, moved) in collector.population.iter_mut().zip(moved) {
        *population -= moved;
    }
    collector.population[usize::from(PERMANENT)] += moved.iter().sum::<u64>();
    collector.counts = [0; 3];
    collector.young.clear();
    collector.middle.clear();
}

/// Moves the permanent generation to the old one.
pub fn unfreeze<M: ObjectModel>(model: &mut M) {
    model.heap().for_each_container(|object| {
        if object.is_tracked() && object.generation() == PERMANENT {
            object.set_generation(Generation::Old.number());
        }
    });
    let population = &mut model.collector_mut().population;
    population[Generation::Old.index()] += population[usize::from(PERMANENT)];
    population[usize::from(PERMANENT)] = 0;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects;
    use crate::test_model::TestModel;

    #[test]
    fn frozen_objects_are_not_examined() {
        let mut model = TestModel::new();
        let ring = model.ring(3);
        let single = model.node();
        freeze(&mut model);
        assert_eq!(model.collector.freeze_count(), 4);
        assert_eq!(model.collector.counts(), [0, 0, 0]);
        model.drop_all(&ring);
        assert_eq!(model.full(), 0);
        assert_eq!(model.last_event().candidates, 0);
        assert_eq!(objects(&mut model, None), []);
        model.drop_all(&[single]);
        assert_eq!(model.collector.freeze_count(), 3, "a death is counted");
        model.verify();
        unfreeze(&mut model);
        assert_eq!(model.collector.freeze_count(), 0);
        assert_eq!(objects(&mut model, Some(Generation::Old)), ring);
        assert_eq!(model.collect(Generation::Middle), 0, "they are old now");
        assert_eq!(model.full(), 3);
    }

    #[test]
    fn freezing_in_a_finalizer_leaves_the_condemned_alone() {
        let mut model = TestModel::new();
        let ring = model.ring(2);
        let bystander = model.node();
        model.on_finalize(ring[0], |model, _| {
            freeze(model);
            assert_eq!(model.collector.freeze_count(), 1);
        });
        model.drop_all(&ring);
        assert_eq!(model.full(), 2);
        assert_eq!(model.collector.population(), [0, 0, 0, 1]);
        assert_eq!(bystander.generation(), 3);
        model.verify();
    }
}
