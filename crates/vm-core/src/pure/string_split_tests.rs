//! Expected values are CPython 3.13's.

use super::*;

type Parts = &'static [&'static str];

/// text, most splits; split, rsplit
const BY_WHITE_SPACE: &[(&str, i64, Parts, Parts)] = &[
    ("  a b  c ", -1, &["a", "b", "c"], &["a", "b", "c"]),
    ("  a b  c ", 0, &["a b  c "], &["  a b  c"]),
    ("  a b  c ", 1, &["a", "b  c "], &["  a b", "c"]),
    ("  a b  c ", 2, &["a", "b", "c "], &["  a", "b", "c"]),
    ("  a b  c ", 9, &["a", "b", "c"], &["a", "b", "c"]),
    ("", -1, &[], &[]),
    ("", 0, &[], &[]),
    ("", 1, &[], &[]),
    ("", 2, &[], &[]),
    ("", 9, &[], &[]),
    ("   ", -1, &[], &[]),
    ("   ", 0, &[], &[]),
    ("   ", 1, &[], &[]),
    ("   ", 2, &[], &[]),
    ("   ", 9, &[], &[]),
    (
        "a\u{3000}\u{1f}b\t\nc",
        -1,
        &["a", "b", "c"],
        &["a", "b", "c"],
    ),
    (
        "a\u{3000}\u{1f}b\t\nc",
        0,
        &["a\u{3000}\u{1f}b\t\nc"],
        &["a\u{3000}\u{1f}b\t\nc"],
    ),
    (
        "a\u{3000}\u{1f}b\t\nc",
        1,
        &["a", "b\t\nc"],
        &["a\u{3000}\u{1f}b", "c"],
    ),
    (
        "a\u{3000}\u{1f}b\t\nc",
        2,
        &["a", "b", "c"],
        &["a", "b", "c"],
    ),
    (
        "a\u{3000}\u{1f}b\t\nc",
        9,
        &["a", "b", "c"],
        &["a", "b", "c"],
    ),
];

/// text, separator, most splits; split, rsplit
const BY_SEPARATOR: &[(&str, &str, i64, Parts, Parts)] = &[
    (
        ",a,,b,",
        ",",
        -1,
        &["", "a", "", "b", ""],
        &["", "a", "", "b", ""],
    ),
    (",a,,b,", ",", 0, &[",a,,b,"], &[",a,,b,"]),
    (",a,,b,", ",", 1, &["", "a,,b,"], &[",a,,b", ""]),
    (",a,,b,", ",", 2, &["", "a", ",b,"], &[",a,", "b", ""]),
    ("aaaa", "aa", -1, &["", "", ""], &["", "", ""]),
    ("aaaa", "aa", 0, &["aaaa"], &["aaaa"]),
    ("aaaa", "aa", 1, &["", "aa"], &["aa", ""]),
    ("aaaa", "aa", 2, &["", "", ""], &["", "", ""]),
    ("", "x", -1, &[""], &[""]),
    ("", "x", 0, &[""], &[""]),
    ("", "x", 1, &[""], &[""]),
    ("", "x", 2, &[""], &[""]),
    (
        "\u{e9}-\u{e9}",
        "\u{e9}",
        -1,
        &["", "-", ""],
        &["", "-", ""],
    ),
    (
        "\u{e9}-\u{e9}",
        "\u{e9}",
        0,
        &["\u{e9}-\u{e9}"],
        &["\u{e9}-\u{e9}"],
    ),
    (
        "\u{e9}-\u{e9}",
        "\u{e9}",
        1,
        &["", "-\u{e9}"],
        &["\u{e9}-", ""],
    ),
    ("\u{e9}-\u{e9}", "\u{e9}", 2, &["", "-", ""], &["", "-", ""]),
];

/// text; splitlines without and with ends
const LINES: &[(&str, Parts, Parts)] = &[
    ("", &[], &[]),
    ("a", &["a"], &["a"]),
    ("a\n", &["a"], &["a\n"]),
    ("a\nb", &["a", "b"], &["a\n", "b"]),
    ("\n\n", &["", ""], &["\n", "\n"]),
    (
        "a\r\nb\rc\n\r",
        &["a", "b", "c", ""],
        &["a\r\n", "b\r", "c\n", "\r"],
    ),
    (
        "a\u{b}b\u{c}c\u{1c}d\u{1d}e\u{1e}f\u{1f}g\u{85}h\u{2028}i\u{2029}j",
        &["a", "b", "c", "d", "e", "f\u{1f}g", "h", "i", "j"],
        &[
            "a\u{b}",
            "b\u{c}",
            "c\u{1c}",
            "d\u{1d}",
            "e\u{1e}",
            "f\u{1f}g\u{85}",
            "h\u{2028}",
            "i\u{2029}",
            "j",
        ],
    ),
];

#[test]
fn white_space_splits() {
    for (text, most, from_start, from_end) in BY_WHITE_SPACE {
        assert_eq!(
            split_whitespace(text, *most),
            *from_start,
            "{text:?} {most}"
        );
        assert_eq!(rsplit_whitespace(text, *most), *from_end, "{text:?} {most}");
    }
}

#[test]
fn separators_split() {
    for (text, separator, most, from_start, from_end) in BY_SEPARATOR {
        assert_eq!(
            split(text, separator, *most).as_deref(),
            Ok(*from_start),
            "{text:?} {most}"
        );
        assert_eq!(
            rsplit(text, separator, *most).as_deref(),
            Ok(*from_end),
            "{text:?} {most}"
        );
    }
    assert!(split("a", "", -1).is_err() && rsplit("a", "", -1).is_err());
}

#[test]
fn line_breaks_split() {
    for (text, without, with) in LINES {
        assert_eq!(split_lines(text, false), *without);
        assert_eq!(split_lines(text, true), *with);
    }
}
