use std::convert::Infallible;

use super::*;

/// A deterministic sequence of numbers below `bound`.
fn numbers(count: usize, bound: u64, seed: u64) -> Vec<u64> {
    let mut state = seed;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    (0..count).map(|_| next()).collect()
}

/// Random, few values, ascending, descending, sawtooth, nearly sorted.
fn shapes(count: usize) -> Vec<Vec<u64>> {
    let mut nearly: Vec<u64> = (0..count as u64).collect();
    for pair in numbers(count / 20, count.max(1) as u64, 7).chunks_exact(2) {
        nearly.swap(pair[0] as usize, pair[1] as usize);
    }
    vec![
        numbers(count, 1 << 30, 1),
        numbers(count, 4, 2),
        (0..count as u64).collect(),
        (0..count as u64).rev().collect(),
        (0..count as u64).map(|number| number % 50).collect(),
        nearly,
    ]
}

const COUNTS: [usize; 12] = [0, 1, 2, 3, 31, 32, 33, 64, 65, 100, 1000, 5000];

#[test]
fn agrees_with_the_standard_stable_sort() {
    for count in COUNTS {
        for shape in shapes(count) {
            // The position makes equal items distinguishable: order among them is checked too.
            let mut items: Vec<(u64, usize)> = shape
                .into_iter()
                .enumerate()
                .map(|(position, key)| (key, position))
                .collect();
            let mut expected = items.clone();
            expected.sort_by_key(|(key, _)| *key);
            let sorted = sort_by(&mut items, |a, b| Ok::<_, Infallible>(a.0 < b.0));
            assert_eq!(sorted, Ok(()));
            assert_eq!(items, expected);
        }
    }
}

#[test]
fn loses_nothing_when_a_comparison_fails() {
    for count in COUNTS {
        for shape in shapes(count) {
            let mut expected = shape.clone();
            expected.sort_unstable();
            let mut comparisons = 0u64;
            let mut whole = shape.clone();
            let counted: Result<(), ()> = sort_by(&mut whole, |a, b| {
                comparisons += 1;
                Ok(a < b)
            });
            assert_eq!(counted, Ok(()));
            for failing in numbers(12, comparisons.max(1), 3).into_iter().chain([0]) {
                // Boxes: a lost or doubled item would also be a leak or a double free.
                let mut items: Vec<Box<u64>> = shape.iter().copied().map(Box::new).collect();
                let mut left = failing;
                let outcome = sort_by(&mut items, |a, b| {
                    left = left.checked_sub(1).ok_or("failed")?;
                    Ok(a < b)
                });
                assert_eq!(
                    outcome,
                    if comparisons > 0 {
                        Err("failed")
                    } else {
                        Ok(())
                    }
                );
                let mut found: Vec<u64> = items.into_iter().map(|item| *item).collect();
                found.sort_unstable();
                assert_eq!(found, expected);
            }
        }
    }
}

/// An inconsistent order gives some order, and keeps the items.
#[test]
fn survives_a_senseless_comparison() {
    for count in COUNTS {
        let mut answers = numbers(200_000, 2, 11).into_iter().cycle();
        let mut items: Vec<usize> = (0..count).collect();
        let sorted = sort_by(&mut items, |_, _| {
            Ok::<_, Infallible>(answers.next().is_some_and(|bit| bit == 1))
        });
        assert_eq!(sorted, Ok(()));
        items.sort_unstable();
        assert_eq!(items, (0..count).collect::<Vec<_>>());
    }
}

#[test]
fn ordered_input_costs_one_comparison_an_item() {
    for shape in [
        (0..10_000).collect::<Vec<u64>>(),
        (0..10_000).rev().collect(),
    ] {
        let mut items = shape;
        let mut comparisons = 0;
        let sorted = sort_by(&mut items, |a, b| {
            comparisons += 1;
            Ok::<_, Infallible>(a < b)
        });
        assert_eq!((sorted, comparisons), (Ok(()), 9_999));
        assert!(items.is_sorted());
    }
}
