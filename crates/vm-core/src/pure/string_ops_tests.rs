//! Expected values are CPython 3.13's.

use super::*;

type Search = (&'static str, &'static str, Option<i64>, Option<i64>);
type Found = (Option<usize>, Option<usize>, usize, bool, bool);

/// text, needle, start, end; find, rfind, count, startswith, endswith
const SEARCHES: &[(Search, Found)] = &[
    (
        ("abcabc", "bc", None, None),
        (Some(1), Some(4), 2, false, true),
    ),
    (
        ("abcabc", "bc", Some(1), None),
        (Some(1), Some(4), 2, true, true),
    ),
    (
        ("abcabc", "bc", Some(-3), None),
        (Some(4), Some(4), 1, false, true),
    ),
    (
        ("abcabc", "bc", None, Some(-1)),
        (Some(1), Some(1), 1, false, false),
    ),
    (
        ("abcabc", "bc", Some(2), Some(1)),
        (None, None, 0, false, false),
    ),
    (
        ("abcabc", "bc", Some(3), None),
        (Some(4), Some(4), 1, false, true),
    ),
    (
        ("abcabc", "bc", Some(4), None),
        (Some(4), Some(4), 1, true, true),
    ),
    (
        ("abcabc", "bc", Some(99), None),
        (None, None, 0, false, false),
    ),
    (
        ("abcabc", "bc", Some(-99), Some(99)),
        (Some(1), Some(4), 2, false, true),
    ),
    (
        ("abcabc", "bc", Some(i64::MIN), Some(9223372036854775807)),
        (Some(1), Some(4), 2, false, true),
    ),
    (
        ("a\u{e9}b\u{4e2d}a\u{e9}\u{1f600}", "a\u{e9}", None, None),
        (Some(0), Some(4), 2, true, false),
    ),
    (
        ("a\u{e9}b\u{4e2d}a\u{e9}\u{1f600}", "a\u{e9}", Some(1), None),
        (Some(4), Some(4), 1, false, false),
    ),
    (
        (
            "a\u{e9}b\u{4e2d}a\u{e9}\u{1f600}",
            "a\u{e9}",
            Some(-3),
            None,
        ),
        (Some(4), Some(4), 1, true, false),
    ),
    (
        (
            "a\u{e9}b\u{4e2d}a\u{e9}\u{1f600}",
            "a\u{e9}",
            None,
            Some(-1),
        ),
        (Some(0), Some(4), 2, true, true),
    ),
    (
        (
            "a\u{e9}b\u{4e2d}a\u{e9}\u{1f600}",
            "a\u{e9}",
            Some(2),
            Some(1),
        ),
        (None, None, 0, false, false),
    ),
    (
        ("a\u{e9}b\u{4e2d}a\u{e9}\u{1f600}", "a\u{e9}", Some(3), None),
        (Some(4), Some(4), 1, false, false),
    ),
    (
        ("a\u{e9}b\u{4e2d}a\u{e9}\u{1f600}", "a\u{e9}", Some(4), None),
        (Some(4), Some(4), 1, true, false),
    ),
    (
        (
            "a\u{e9}b\u{4e2d}a\u{e9}\u{1f600}",
            "a\u{e9}",
            Some(99),
            None,
        ),
        (None, None, 0, false, false),
    ),
    (
        (
            "a\u{e9}b\u{4e2d}a\u{e9}\u{1f600}",
            "a\u{e9}",
            Some(-99),
            Some(99),
        ),
        (Some(0), Some(4), 2, true, false),
    ),
    (
        (
            "a\u{e9}b\u{4e2d}a\u{e9}\u{1f600}",
            "a\u{e9}",
            Some(i64::MIN),
            Some(9223372036854775807),
        ),
        (Some(0), Some(4), 2, true, false),
    ),
    (("abc", "", None, None), (Some(0), Some(3), 4, true, true)),
    (
        ("abc", "", Some(1), None),
        (Some(1), Some(3), 3, true, true),
    ),
    (
        ("abc", "", Some(-3), None),
        (Some(0), Some(3), 4, true, true),
    ),
    (
        ("abc", "", None, Some(-1)),
        (Some(0), Some(2), 3, true, true),
    ),
    (("abc", "", Some(2), Some(1)), (None, None, 0, false, false)),
    (
        ("abc", "", Some(3), None),
        (Some(3), Some(3), 1, true, true),
    ),
    (("abc", "", Some(4), None), (None, None, 0, false, false)),
    (("abc", "", Some(99), None), (None, None, 0, false, false)),
    (
        ("abc", "", Some(-99), Some(99)),
        (Some(0), Some(3), 4, true, true),
    ),
    (
        ("abc", "", Some(i64::MIN), Some(9223372036854775807)),
        (Some(0), Some(3), 4, true, true),
    ),
    (
        ("aaaa", "aa", None, None),
        (Some(0), Some(2), 2, true, true),
    ),
    (
        ("aaaa", "aa", Some(1), None),
        (Some(1), Some(2), 1, true, true),
    ),
    (
        ("aaaa", "aa", Some(-3), None),
        (Some(1), Some(2), 1, true, true),
    ),
    (
        ("aaaa", "aa", None, Some(-1)),
        (Some(0), Some(1), 1, true, true),
    ),
    (
        ("aaaa", "aa", Some(2), Some(1)),
        (None, None, 0, false, false),
    ),
    (("aaaa", "aa", Some(3), None), (None, None, 0, false, false)),
    (("aaaa", "aa", Some(4), None), (None, None, 0, false, false)),
    (
        ("aaaa", "aa", Some(99), None),
        (None, None, 0, false, false),
    ),
    (
        ("aaaa", "aa", Some(-99), Some(99)),
        (Some(0), Some(2), 2, true, true),
    ),
    (
        ("aaaa", "aa", Some(i64::MIN), Some(9223372036854775807)),
        (Some(0), Some(2), 2, true, true),
    ),
];

/// text, characters; strip, lstrip, rstrip
const STRIPS: &[(&str, Option<&str>, [&str; 3])] = &[
    ("  ab \t", None, ["ab", "ab \t", "  ab"]),
    ("  ab \t", Some("xy"), ["  ab \t", "  ab \t", "  ab \t"]),
    ("  ab \t", Some(""), ["  ab \t", "  ab \t", "  ab \t"]),
    ("xxabyx", None, ["xxabyx", "xxabyx", "xxabyx"]),
    ("xxabyx", Some("xy"), ["ab", "abyx", "xxab"]),
    ("xxabyx", Some(""), ["xxabyx", "xxabyx", "xxabyx"]),
    (
        "\u{3000}\u{1f}a\u{85}",
        None,
        ["a", "a\u{85}", "\u{3000}\u{1f}a"],
    ),
    (
        "\u{3000}\u{1f}a\u{85}",
        Some("xy"),
        [
            "\u{3000}\u{1f}a\u{85}",
            "\u{3000}\u{1f}a\u{85}",
            "\u{3000}\u{1f}a\u{85}",
        ],
    ),
    (
        "\u{3000}\u{1f}a\u{85}",
        Some(""),
        [
            "\u{3000}\u{1f}a\u{85}",
            "\u{3000}\u{1f}a\u{85}",
            "\u{3000}\u{1f}a\u{85}",
        ],
    ),
    ("", None, ["", "", ""]),
    ("", Some("xy"), ["", "", ""]),
    ("", Some(""), ["", "", ""]),
    ("xyx", None, ["xyx", "xyx", "xyx"]),
    ("xyx", Some("xy"), ["", "", ""]),
    ("xyx", Some(""), ["xyx", "xyx", "xyx"]),
];

type Parts = (&'static str, &'static str, &'static str);

/// text, separator; partition, rpartition
const PARTITIONS: &[(&str, &str, Parts, Parts)] = &[
    ("a,b,c", ",", ("a", ",", "b,c"), ("a,b", ",", "c")),
    ("abc", ",", ("abc", "", ""), ("", "", "abc")),
    ("", ",", ("", "", ""), ("", "", "")),
    ("a::b::", "::", ("a", "::", "b::"), ("a::b", "::", "")),
    (
        "\u{e9}\u{4e2d}\u{e9}",
        "\u{4e2d}",
        ("\u{e9}", "\u{4e2d}", "\u{e9}"),
        ("\u{e9}", "\u{4e2d}", "\u{e9}"),
    ),
];

const REPLACEMENTS: &[(&str, &str, &str, i64, &str)] = &[
    ("abcabc", "b", "XY", -1, "aXYcaXYc"),
    ("abcabc", "b", "XY", 1, "aXYcabc"),
    ("abc", "", "-", -1, "-a-b-c-"),
    ("abc", "", "-", 2, "-a-bc"),
    ("", "", "x", -1, "x"),
    ("", "", "x", 0, ""),
    ("aaa", "aa", "b", -1, "ba"),
    ("\u{e9}a\u{e9}", "\u{e9}", "", -1, "a"),
    ("abc", "b", "X", 0, "abc"),
    ("abc", "z", "X", -1, "abc"),
];

/// text, width; ljust, rjust, center, zfill
const PADDINGS: &[(&str, usize, [&str; 4])] = &[
    ("", 0, ["", "", "", ""]),
    ("", 3, ["***", "***", "***", "000"]),
    ("", 4, ["****", "****", "****", "0000"]),
    ("", 5, ["*****", "*****", "*****", "00000"]),
    ("", 8, ["********", "********", "********", "00000000"]),
    ("ab", 0, ["ab", "ab", "ab", "ab"]),
    ("ab", 3, ["ab*", "*ab", "*ab", "0ab"]),
    ("ab", 4, ["ab**", "**ab", "*ab*", "00ab"]),
    ("ab", 5, ["ab***", "***ab", "**ab*", "000ab"]),
    ("ab", 8, ["ab******", "******ab", "***ab***", "000000ab"]),
    ("abc", 0, ["abc", "abc", "abc", "abc"]),
    ("abc", 3, ["abc", "abc", "abc", "abc"]),
    ("abc", 4, ["abc*", "*abc", "abc*", "0abc"]),
    ("abc", 5, ["abc**", "**abc", "*abc*", "00abc"]),
    ("abc", 8, ["abc*****", "*****abc", "**abc***", "00000abc"]),
    ("-5", 0, ["-5", "-5", "-5", "-5"]),
    ("-5", 3, ["-5*", "*-5", "*-5", "-05"]),
    ("-5", 4, ["-5**", "**-5", "*-5*", "-005"]),
    ("-5", 5, ["-5***", "***-5", "**-5*", "-0005"]),
    ("-5", 8, ["-5******", "******-5", "***-5***", "-0000005"]),
    ("+\u{e9}", 0, ["+\u{e9}", "+\u{e9}", "+\u{e9}", "+\u{e9}"]),
    (
        "+\u{e9}",
        3,
        ["+\u{e9}*", "*+\u{e9}", "*+\u{e9}", "+0\u{e9}"],
    ),
    (
        "+\u{e9}",
        4,
        ["+\u{e9}**", "**+\u{e9}", "*+\u{e9}*", "+00\u{e9}"],
    ),
    (
        "+\u{e9}",
        5,
        ["+\u{e9}***", "***+\u{e9}", "**+\u{e9}*", "+000\u{e9}"],
    ),
    (
        "+\u{e9}",
        8,
        [
            "+\u{e9}******",
            "******+\u{e9}",
            "***+\u{e9}***",
            "+000000\u{e9}",
        ],
    ),
];

const TABS: &[(&str, usize, &str)] = &[
    ("a\tb", 8, "a       b"),
    ("a\tb\n\tc", 4, "a   b\n    c"),
    ("\u{e9}\t\tx", 3, "\u{e9}     x"),
    ("a\tb", 0, "ab"),
    ("abcd\te\r\tf", 4, "abcd    e\r    f"),
    ("ab\tc", 1, "ab c"),
];

#[test]
fn searches_take_ranges() {
    for ((text, needle, start, end), expected) in SEARCHES {
        let (text, start, end) = (Text::new(text), *start, *end);
        let found = (
            find(text, needle, start, end),
            rfind(text, needle, start, end),
            count(text, needle, start, end),
            starts_with(text, needle, start, end),
            ends_with(text, needle, start, end),
        );
        assert_eq!(found, *expected, "{text:?} {needle} {start:?} {end:?}");
    }
}

#[test]
fn ends_are_stripped() {
    for (text, characters, [both, left, right]) in STRIPS {
        assert_eq!(strip(text, *characters, Ends::Both), *both);
        assert_eq!(strip(text, *characters, Ends::Left), *left);
        assert_eq!(strip(text, *characters, Ends::Right), *right);
    }
    assert_eq!(strip_number("\u{3000}\x1f1\x0b"), "\x1f1");
}

#[test]
fn partitions_have_three_parts() {
    for (text, separator, first, last) in PARTITIONS {
        assert_eq!(partition(text, separator), Ok(*first));
        assert_eq!(rpartition(text, separator), Ok(*last));
    }
    assert_eq!(
        partition("a", ""),
        Err(OperationError::value("empty separator"))
    );
    assert_eq!(
        rpartition("a", ""),
        Err(OperationError::value("empty separator"))
    );
}

#[test]
fn replacement_length_is_known_before() {
    for (text, old, new, limit, expected) in REPLACEMENTS {
        assert_eq!(replace(text, old, new, *limit), *expected);
        assert_eq!(replaced_bytes(text, old, new, *limit), expected.len());
    }
}

#[test]
fn fields_are_padded() {
    for (text, width, [left, right, middle, zeros]) in PADDINGS {
        let (text, width) = (Text::new(text), *width);
        assert_eq!(left_justify(text, width, '*'), *left);
        assert_eq!(right_justify(text, width, '*'), *right);
        assert_eq!(center(text, width, '*'), *middle);
        assert_eq!(zero_fill(text, width), *zeros);
    }
    for (text, tab_size, expected) in TABS {
        assert_eq!(expand_tabs(text, *tab_size), *expected);
    }
}
