//! Expected values are CPython 3.13's.

use super::*;

type Slice = (Option<i64>, Option<i64>, Option<i64>, usize);

/// start, stop, step, length of the sequence; first, end, how many
const SLICES: &[(Slice, (i64, i64, usize))] = &[
    (
        (Some(i64::MIN), Some(9223372036854775807), Some(-1), 1),
        (-1, 0, 0),
    ),
    ((Some(-1), Some(-1), Some(-3), 5), (4, 4, 0)),
    ((Some(9223372036854775807), Some(0), Some(-3), 5), (4, 0, 2)),
    ((Some(1), Some(-1), Some(-1), 0), (-1, -1, 0)),
    ((Some(6), None, Some(-1), 5), (4, -1, 5)),
    ((Some(i64::MIN), Some(0), Some(-1), 1), (-1, 0, 0)),
    ((Some(-2), Some(-1), Some(-1), 0), (-1, -1, 0)),
    ((Some(1), Some(-1), None, 1), (1, 0, 0)),
    (
        (Some(9223372036854775807), Some(3), Some(-1), 0),
        (-1, -1, 0),
    ),
    ((Some(-1), Some(i64::MIN), Some(2), 5), (4, 0, 0)),
    ((Some(6), Some(0), Some(2), 5), (5, 0, 0)),
    ((Some(i64::MIN), None, None, 1), (0, 1, 1)),
    ((Some(-2), Some(0), None, 5), (3, 0, 0)),
    (
        (
            Some(9223372036854775807),
            Some(9223372036854775807),
            Some(-1),
            5,
        ),
        (4, 4, 0),
    ),
    ((Some(-6), Some(9223372036854775807), None, 0), (0, 0, 0)),
    (
        (Some(i64::MIN), Some(9223372036854775807), Some(i64::MIN), 5),
        (-1, 4, 0),
    ),
    ((Some(0), None, Some(-1), 0), (-1, -1, 0)),
    ((Some(6), Some(-1), Some(-1), 1), (0, 0, 0)),
    ((Some(4), None, Some(-3), 5), (4, -1, 2)),
    ((None, Some(9223372036854775807), Some(-1), 5), (4, 4, 0)),
    ((Some(-2), Some(3), None, 1), (0, 1, 1)),
    ((Some(-2), Some(-1), Some(i64::MIN), 5), (3, 4, 0)),
    ((Some(1), Some(3), Some(-1), 1), (0, 0, 0)),
    ((Some(5), None, Some(-1), 0), (-1, -1, 0)),
    ((None, Some(i64::MIN), None, 1), (0, 0, 0)),
    ((Some(5), Some(-1), Some(2), 5), (5, 4, 0)),
    (
        (Some(i64::MIN), Some(9223372036854775807), Some(-1), 0),
        (-1, -1, 0),
    ),
    ((None, Some(0), Some(-1), 1), (0, 0, 0)),
    ((None, None, Some(-1), 0), (-1, -1, 0)),
    ((None, Some(-1), Some(-1), 0), (-1, -1, 0)),
    ((Some(5), Some(i64::MIN), None, 1), (1, 0, 0)),
    ((Some(6), Some(-1), None, 1), (1, 0, 0)),
    ((Some(-1), None, Some(-1), 1), (0, -1, 1)),
    ((Some(-1), Some(0), None, 1), (0, 0, 0)),
    ((Some(0), None, Some(-1), 5), (0, -1, 1)),
    ((Some(0), Some(i64::MIN), Some(-1), 5), (0, -1, 1)),
    ((Some(4), Some(i64::MIN), Some(-1), 1), (0, -1, 1)),
    ((Some(9223372036854775807), Some(3), Some(-3), 5), (4, 3, 1)),
    ((Some(5), Some(-1), Some(-1), 1), (0, 0, 0)),
    ((Some(i64::MIN), Some(0), Some(i64::MIN), 5), (-1, 0, 0)),
    ((Some(4), Some(9223372036854775807), Some(-1), 1), (0, 0, 0)),
    ((Some(-2), Some(0), Some(-3), 5), (3, 0, 1)),
    ((Some(0), Some(-1), Some(2), 5), (0, 4, 2)),
    ((Some(0), Some(i64::MIN), None, 0), (0, 0, 0)),
    ((Some(-1), Some(3), None, 5), (4, 3, 0)),
    ((Some(4), Some(-1), None, 5), (4, 4, 0)),
    (
        (Some(9223372036854775807), Some(i64::MIN), Some(-1), 5),
        (4, -1, 5),
    ),
    ((Some(0), Some(-1), Some(-1), 1), (0, 0, 0)),
    ((None, Some(0), Some(2), 5), (0, 0, 0)),
    ((Some(4), Some(3), None, 0), (0, 0, 0)),
    ((Some(1), Some(3), None, 5), (1, 3, 2)),
    ((Some(0), Some(-1), Some(i64::MIN), 5), (0, 4, 0)),
    ((None, Some(0), Some(-1), 0), (-1, -1, 0)),
    ((Some(1), Some(9223372036854775807), Some(-1), 5), (1, 4, 0)),
    ((Some(4), Some(3), Some(-1), 0), (-1, -1, 0)),
    ((Some(0), Some(9223372036854775807), Some(-3), 5), (0, 4, 0)),
    ((Some(-1), Some(0), Some(i64::MIN), 5), (4, 0, 1)),
    ((Some(0), Some(3), Some(i64::MIN), 5), (0, 3, 0)),
    ((Some(6), Some(3), Some(-3), 5), (4, 3, 1)),
    ((Some(0), Some(i64::MIN), Some(i64::MIN), 5), (0, -1, 1)),
    (
        (Some(-2), Some(9223372036854775807), Some(-1), 1),
        (-1, 0, 0),
    ),
    ((Some(9223372036854775807), None, Some(2), 5), (5, 5, 0)),
    ((Some(6), Some(0), Some(i64::MIN), 5), (4, 0, 1)),
    ((Some(-2), None, None, 1), (0, 1, 1)),
    ((Some(-2), Some(i64::MIN), None, 0), (0, 0, 0)),
    ((Some(i64::MIN), Some(i64::MIN), None, 1), (0, 0, 0)),
    ((Some(0), Some(i64::MIN), Some(-1), 0), (-1, -1, 0)),
    ((Some(-1), Some(-1), Some(-1), 5), (4, 4, 0)),
    ((Some(-2), Some(i64::MIN), Some(i64::MIN), 5), (3, -1, 1)),
    ((Some(0), Some(3), None, 0), (0, 0, 0)),
    ((Some(4), Some(-1), Some(i64::MIN), 5), (4, 4, 0)),
    ((Some(-1), Some(9223372036854775807), None, 5), (4, 5, 1)),
    ((Some(-2), None, Some(2), 5), (3, 5, 1)),
    ((None, Some(9223372036854775807), Some(-1), 0), (-1, -1, 0)),
    ((Some(5), Some(3), Some(i64::MIN), 5), (4, 3, 1)),
    ((Some(-1), Some(i64::MIN), Some(-1), 0), (-1, -1, 0)),
    ((Some(-2), Some(-1), Some(-1), 1), (-1, 0, 0)),
    (
        (Some(9223372036854775807), Some(3), Some(i64::MIN), 5),
        (4, 3, 1),
    ),
    ((Some(i64::MIN), None, Some(-1), 0), (-1, -1, 0)),
    (
        (Some(9223372036854775807), Some(i64::MIN), Some(-1), 1),
        (0, -1, 1),
    ),
    ((Some(5), Some(i64::MIN), Some(i64::MIN), 5), (4, -1, 1)),
    ((Some(1), Some(i64::MIN), Some(-3), 5), (1, -1, 1)),
    ((Some(9223372036854775807), None, Some(-3), 5), (4, -1, 2)),
    ((Some(5), Some(-1), Some(-3), 5), (4, 4, 0)),
    ((None, None, Some(i64::MIN), 5), (4, -1, 1)),
    (
        (Some(i64::MIN), Some(9223372036854775807), None, 0),
        (0, 0, 0),
    ),
    ((Some(-2), Some(-1), Some(-3), 5), (3, 4, 0)),
    ((Some(-6), Some(9223372036854775807), None, 1), (0, 1, 1)),
    ((Some(-2), Some(3), Some(-1), 0), (-1, -1, 0)),
    ((Some(0), Some(0), Some(-1), 5), (0, 0, 0)),
];

const LENGTHS: &[((i64, i64, i64), u64)] = &[
    ((0, 10, 3), 4),
    ((10, 0, -3), 4),
    ((0, 0, 1), 0),
    ((5, 1, 1), 0),
    ((i64::MIN, i64::MAX, 1), 18446744073709551615),
    ((i64::MAX, i64::MIN, -1), 18446744073709551615),
    ((i64::MIN, i64::MAX, i64::MAX), 3),
    ((i64::MAX, i64::MIN, i64::MIN), 2),
    ((0, i64::MAX, 1), 9223372036854775807),
    ((3, 4, i64::MIN), 0),
];

type Step = (i64, i64, i64);
type Bounds = (Option<i64>, Option<i64>, Option<i64>);

const RANGE_SLICES: &[(Step, Bounds, Step)] = &[
    ((0, 10, 3), (Some(1), None, None), (3, 12, 3)),
    ((0, 10, 3), (None, None, Some(-1)), (9, -3, -3)),
    ((10, 0, -3), (Some(-2), None, Some(2)), (4, -2, -6)),
    ((0, 0, 1), (None, None, None), (0, 0, 1)),
    ((5, 25, 5), (Some(1), Some(3), None), (10, 20, 5)),
    ((0, 10, 1), (Some(20), None, Some(-2)), (9, -1, -2)),
];

#[test]
fn slices_are_clamped() {
    for ((start, stop, step, length), (first, end, count)) in SLICES {
        let indices = slice_indices(*start, *stop, *step, *length).expect("no step is zero");
        assert_eq!(
            (indices.start, indices.stop, indices.length),
            (*first, *end, *count),
            "{start:?} {stop:?} {step:?} {length}"
        );
    }
    assert_eq!(slice_indices(None, None, Some(0), 5), None);
}

#[test]
fn range_lengths_do_not_overflow() {
    for ((start, stop, step), expected) in LENGTHS {
        assert_eq!(
            range_length(*start, *stop, *step),
            *expected,
            "{start} {stop} {step}"
        );
    }
    assert_eq!(
        range_index(i64::MIN, i64::MAX, 1, i64::MAX - 1),
        Some(u64::MAX - 1)
    );
    assert_eq!(range_item(i64::MIN, i64::MAX, 1, -1), Some(i64::MAX - 1));
    assert_eq!(range_item(0, 3, 1, i64::MIN), None);
}

/// Against the ranges written out.
#[test]
fn small_ranges_agree_with_their_items() {
    for (start, stop) in [(0, 7), (-3, 4), (5, -6), (2, 2)] {
        for step in [1, 2, 3, -1, -2, -5, 100] {
            let mut items = Vec::new();
            let mut item = start;
            while if step > 0 { item < stop } else { item > stop } {
                items.push(item);
                item += step;
            }
            let length = items.len() as i64;
            assert_eq!(range_length(start, stop, step), items.len() as u64);
            for value in -12..12 {
                let expected = items.iter().position(|item| *item == value);
                assert_eq!(
                    range_index(start, stop, step, value),
                    expected.map(|at| at as u64)
                );
                let position = if value < 0 { value + length } else { value };
                let expected = usize::try_from(position).ok().and_then(|at| items.get(at));
                assert_eq!(range_item(start, stop, step, value), expected.copied());
            }
        }
    }
}

#[test]
fn ranges_are_sliced() {
    for ((start, stop, step), slice, expected) in RANGE_SLICES {
        assert_eq!(range_slice(*start, *stop, *step, *slice), Some(*expected));
    }
    assert_eq!(range_slice(0, 1, i64::MAX, (None, None, Some(2))), None);
}

#[test]
fn positions_count_from_either_end() {
    assert_eq!(
        (item_position(-1, 3), item_position(2, 3)),
        (Some(2), Some(2))
    );
    assert_eq!((item_position(3, 3), item_position(-4, 3)), (None, None));
    assert_eq!(
        (item_position(i64::MIN, 3), item_position(i64::MAX, 3)),
        (None, None)
    );
    assert_eq!((insert_position(-10, 3), insert_position(-1, 3)), (0, 2));
    assert_eq!(
        (insert_position(3, 3), insert_position(i64::MAX, 3)),
        (3, 3)
    );
    assert_eq!(clamp_range(Some(-2), None, 3), Some((1, 3)));
    assert_eq!(clamp_range(Some(4), None, 3), None);
    assert_eq!(clamp_range(Some(i64::MIN), Some(i64::MAX), 3), Some((0, 3)));
}
