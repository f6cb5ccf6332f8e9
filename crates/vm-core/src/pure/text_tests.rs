//! Expected values are CPython 3.13's.

use super::super::slice::slice_indices;
use super::*;

type Slice = (Option<i64>, Option<i64>, Option<i64>);

const SLICES: &[(&str, Slice, &str)] = &[
    ("abcdefg", (None, None, None), "abcdefg"),
    ("abcdefg", (Some(1), Some(4), None), "bcd"),
    ("abcdefg", (Some(-3), None, None), "efg"),
    ("abcdefg", (None, None, Some(-1)), "gfedcba"),
    ("abcdefg", (Some(5), Some(1), Some(-2)), "fd"),
    ("abcdefg", (None, None, Some(3)), "adg"),
    ("abcdefg", (Some(-99), Some(99), Some(1)), "abcdefg"),
    ("abcdefg", (Some(4), Some(2), None), ""),
    ("abcdefg", (None, Some(-8), Some(-1)), "gfedcba"),
    ("abcdefg", (Some(6), None, Some(-3)), "gda"),
    (
        "a\u{e9}\u{4e2d}\u{1f600}b\u{e9}c",
        (None, None, None),
        "a\u{e9}\u{4e2d}\u{1f600}b\u{e9}c",
    ),
    (
        "a\u{e9}\u{4e2d}\u{1f600}b\u{e9}c",
        (Some(1), Some(4), None),
        "\u{e9}\u{4e2d}\u{1f600}",
    ),
    (
        "a\u{e9}\u{4e2d}\u{1f600}b\u{e9}c",
        (Some(-3), None, None),
        "b\u{e9}c",
    ),
    (
        "a\u{e9}\u{4e2d}\u{1f600}b\u{e9}c",
        (None, None, Some(-1)),
        "c\u{e9}b\u{1f600}\u{4e2d}\u{e9}a",
    ),
    (
        "a\u{e9}\u{4e2d}\u{1f600}b\u{e9}c",
        (Some(5), Some(1), Some(-2)),
        "\u{e9}\u{1f600}",
    ),
    (
        "a\u{e9}\u{4e2d}\u{1f600}b\u{e9}c",
        (None, None, Some(3)),
        "a\u{1f600}c",
    ),
    (
        "a\u{e9}\u{4e2d}\u{1f600}b\u{e9}c",
        (Some(-99), Some(99), Some(1)),
        "a\u{e9}\u{4e2d}\u{1f600}b\u{e9}c",
    ),
    (
        "a\u{e9}\u{4e2d}\u{1f600}b\u{e9}c",
        (Some(4), Some(2), None),
        "",
    ),
    (
        "a\u{e9}\u{4e2d}\u{1f600}b\u{e9}c",
        (None, Some(-8), Some(-1)),
        "c\u{e9}b\u{1f600}\u{4e2d}\u{e9}a",
    ),
    (
        "a\u{e9}\u{4e2d}\u{1f600}b\u{e9}c",
        (Some(6), None, Some(-3)),
        "c\u{1f600}a",
    ),
];

#[test]
fn slices_select_code_points() {
    for (text, (start, stop, step), expected) in SLICES {
        let text = Text::new(text);
        let indices = slice_indices(*start, *stop, *step, text.length());
        let found = indices.map(|indices| text.slice(indices));
        assert_eq!(
            found.as_deref(),
            Some(*expected),
            "{start:?} {stop:?} {step:?}"
        );
    }
}

/// Against the code points in an array, for texts longer than the blocks that are skipped at once.
#[test]
fn positions_and_offsets_agree() {
    for pattern in ["abc", "aé", "中😀", "a中é😀"] {
        for repetitions in [0, 1, 16, 17, 64, 100] {
            let text = pattern.repeat(repetitions);
            let characters: Vec<(usize, char)> = text.char_indices().collect();
            let counted = Text::new(&text);
            assert_eq!(counted, Text::with_length(&text, characters.len()));
            assert_eq!(counted.is_ascii(), text.is_ascii());
            for (position, (offset, character)) in characters.iter().enumerate() {
                assert_eq!(counted.byte_offset(position), *offset);
                assert_eq!(counted.position_at(*offset), position);
                assert_eq!(counted.character(position), Some(*character));
                assert_eq!(counted.item(position as i64), Some(*character));
                let from_end = position as i64 - characters.len() as i64;
                assert_eq!(counted.item(from_end), Some(*character));
                let expected: String = characters
                    .iter()
                    .skip(position)
                    .take(70)
                    .map(|(_, character)| character)
                    .collect();
                assert_eq!(counted.range(position, position + 70), expected);
            }
            assert_eq!(counted.byte_offset(characters.len() + 5), text.len());
            assert_eq!(counted.item(characters.len() as i64), None);
            assert_eq!(counted.item(-1 - characters.len() as i64), None);
            assert_eq!(counted.item(i64::MIN), None);
            assert_eq!(counted.range(3, 2), "");
        }
    }
}
