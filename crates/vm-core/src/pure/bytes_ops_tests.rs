//! Expected values are CPython 3.13's.

use super::*;

/// bytes, repr, hex
const REPRESENTATIONS: &[(&[u8], &str, &str)] = &[
    (b"", "b''", ""),
    (b"abc", "b'abc'", "616263"),
    (b"it's", "b\"it's\"", "69742773"),
    (b"say \x22x\x22", "b'say \"x\"'", "73617920227822"),
    (b"'\x22", "b'\\'\"'", "2722"),
    (
        b"a\x5c\x0a\x09\x0d\x00\x7f\xff",
        "b'a\\\\\\n\\t\\r\\x00\\x7f\\xff'",
        "615c0a090d007fff",
    ),
];

const HEXADECIMAL: &[(&str, Result<&[u8], &str>)] = &[
    ("", Ok(b"")),
    ("00ff", Ok(b"\x00\xff")),
    ("00 fF\t0a ", Ok(b"\x00\xff\x0a")),
    (
        "0",
        Err("non-hexadecimal number found in fromhex() arg at position 1"),
    ),
    (
        "0g",
        Err("non-hexadecimal number found in fromhex() arg at position 1"),
    ),
    (
        "0 0",
        Err("non-hexadecimal number found in fromhex() arg at position 1"),
    ),
    (
        "g",
        Err("non-hexadecimal number found in fromhex() arg at position 0"),
    ),
    (
        "00\u{e9}",
        Err("non-hexadecimal number found in fromhex() arg at position 2"),
    ),
    (
        "0\u{3000}",
        Err("non-hexadecimal number found in fromhex() arg at position 1"),
    ),
    (
        "\u{1c}00",
        Err("non-hexadecimal number found in fromhex() arg at position 0"),
    ),
    (
        "ab c",
        Err("non-hexadecimal number found in fromhex() arg at position 4"),
    ),
];

type Search = (&'static [u8], &'static [u8], Option<i64>, Option<i64>);
type Found = (Option<usize>, Option<usize>, usize, bool, bool);

/// bytes, part, start, end; find, rfind, count, startswith, endswith
const SEARCHES: &[(Search, Found)] = &[
    (
        (b"abcabc", b"bc", None, None),
        (Some(1), Some(4), 2, false, true),
    ),
    (
        (b"abcabc", b"bc", Some(1), None),
        (Some(1), Some(4), 2, true, true),
    ),
    (
        (b"abcabc", b"bc", Some(-3), None),
        (Some(4), Some(4), 1, false, true),
    ),
    (
        (b"abcabc", b"bc", None, Some(-1)),
        (Some(1), Some(1), 1, false, false),
    ),
    (
        (b"abcabc", b"bc", Some(2), Some(1)),
        (None, None, 0, false, false),
    ),
    (
        (b"abcabc", b"bc", Some(4), None),
        (Some(4), Some(4), 1, true, true),
    ),
    (
        (b"abcabc", b"bc", Some(-99), Some(99)),
        (Some(1), Some(4), 2, false, true),
    ),
    ((b"abc", b"", None, None), (Some(0), Some(3), 4, true, true)),
    (
        (b"abc", b"", Some(1), None),
        (Some(1), Some(3), 3, true, true),
    ),
    (
        (b"abc", b"", Some(-3), None),
        (Some(0), Some(3), 4, true, true),
    ),
    (
        (b"abc", b"", None, Some(-1)),
        (Some(0), Some(2), 3, true, true),
    ),
    (
        (b"abc", b"", Some(2), Some(1)),
        (None, None, 0, false, false),
    ),
    ((b"abc", b"", Some(4), None), (None, None, 0, false, false)),
    (
        (b"abc", b"", Some(-99), Some(99)),
        (Some(0), Some(3), 4, true, true),
    ),
    (
        (b"aaaa", b"aa", None, None),
        (Some(0), Some(2), 2, true, true),
    ),
    (
        (b"aaaa", b"aa", Some(1), None),
        (Some(1), Some(2), 1, true, true),
    ),
    (
        (b"aaaa", b"aa", Some(-3), None),
        (Some(1), Some(2), 1, true, true),
    ),
    (
        (b"aaaa", b"aa", None, Some(-1)),
        (Some(0), Some(1), 1, true, true),
    ),
    (
        (b"aaaa", b"aa", Some(2), Some(1)),
        (None, None, 0, false, false),
    ),
    (
        (b"aaaa", b"aa", Some(4), None),
        (None, None, 0, false, false),
    ),
    (
        (b"aaaa", b"aa", Some(-99), Some(99)),
        (Some(0), Some(2), 2, true, true),
    ),
    (
        (b"aab", b"ab", None, None),
        (Some(1), Some(1), 1, false, true),
    ),
    (
        (b"aab", b"ab", Some(1), None),
        (Some(1), Some(1), 1, true, true),
    ),
    (
        (b"aab", b"ab", Some(-3), None),
        (Some(1), Some(1), 1, false, true),
    ),
    (
        (b"aab", b"ab", None, Some(-1)),
        (None, None, 0, false, false),
    ),
    (
        (b"aab", b"ab", Some(2), Some(1)),
        (None, None, 0, false, false),
    ),
    (
        (b"aab", b"ab", Some(4), None),
        (None, None, 0, false, false),
    ),
    (
        (b"aab", b"ab", Some(-99), Some(99)),
        (Some(1), Some(1), 1, false, true),
    ),
];

type Bytes = &'static [u8];

/// bytes, separator, most splits; split
const SPLITS: &[(Bytes, Option<Bytes>, i64, &[Bytes])] = &[
    (b",a,,b,", Some(b","), -1, &[b"", b"a", b"", b"b", b""]),
    (b",a,,b,", Some(b","), 0, &[b",a,,b,"]),
    (b",a,,b,", Some(b","), 1, &[b"", b"a,,b,"]),
    (b"aaaa", Some(b"aa"), -1, &[b"", b"", b""]),
    (b"aaaa", Some(b"aa"), 0, &[b"aaaa"]),
    (b"aaaa", Some(b"aa"), 1, &[b"", b"aa"]),
    (b"", Some(b"x"), -1, &[b""]),
    (b"", Some(b"x"), 0, &[b""]),
    (b"", Some(b"x"), 1, &[b""]),
    (b" a  b\x09\x1f ", None, -1, &[b"a", b"b", b"\x1f"]),
    (b" a  b\x09\x1f ", None, 0, &[b"a  b\x09\x1f "]),
    (b" a  b\x09\x1f ", None, 1, &[b"a", b"b\x09\x1f "]),
    (b"  ", None, -1, &[]),
    (b"  ", None, 0, &[]),
    (b"  ", None, 1, &[]),
];

/// bytes, stripped; strip, lstrip, rstrip
const STRIPS: &[(Bytes, Option<Bytes>, [Bytes; 3])] = &[
    (b"  ab \x09", None, [b"ab", b"ab \x09", b"  ab"]),
    (
        b"  ab \x09",
        Some(b"xy"),
        [b"  ab \x09", b"  ab \x09", b"  ab \x09"],
    ),
    (b"xxabyx", None, [b"xxabyx", b"xxabyx", b"xxabyx"]),
    (b"xxabyx", Some(b"xy"), [b"ab", b"abyx", b"xxab"]),
    (b"", None, [b"", b"", b""]),
    (b"", Some(b"xy"), [b"", b"", b""]),
    (b"xyx", None, [b"xyx", b"xyx", b"xyx"]),
    (b"xyx", Some(b"xy"), [b"", b"", b""]),
];

const REPLACEMENTS: &[(Bytes, Bytes, Bytes, i64, Bytes)] = &[
    (b"abcabc", b"b", b"XY", -1, b"aXYcaXYc"),
    (b"abcabc", b"b", b"XY", 1, b"aXYcabc"),
    (b"abc", b"", b"-", -1, b"-a-b-c-"),
    (b"abc", b"", b"-", 2, b"-a-bc"),
    (b"abc", b"", b"-", 3, b"-a-b-c"),
    (b"", b"", b"x", -1, b"x"),
    (b"", b"", b"x", 0, b""),
    (b"aaa", b"aa", b"b", -1, b"ba"),
];

#[test]
fn bytes_are_shown() {
    for (bytes, representation, hexadecimal) in REPRESENTATIONS {
        assert_eq!(repr(bytes), *representation);
        assert_eq!(to_hexadecimal(bytes), *hexadecimal);
    }
    for (text, expected) in HEXADECIMAL {
        let found = from_hexadecimal(text).map_err(|error| error.to_string());
        assert_eq!(
            found,
            expected.map(<[u8]>::to_vec).map_err(str::to_owned),
            "{text}"
        );
    }
}

#[test]
fn searches_take_ranges() {
    for ((bytes, part, start, end), expected) in SEARCHES {
        let (start, end) = (*start, *end);
        let found = (
            find(bytes, part, start, end),
            rfind(bytes, part, start, end),
            count(bytes, part, start, end),
            starts_with(bytes, part, start, end),
            ends_with(bytes, part, start, end),
        );
        assert_eq!(found, *expected, "{bytes:?} {part:?} {start:?} {end:?}");
    }
}

#[test]
fn bytes_are_split_stripped_and_replaced() {
    for (bytes, separator, most, expected) in SPLITS {
        let found = match separator {
            None => Ok(split_whitespace(bytes, *most)),
            Some(separator) => split(bytes, separator, *most),
        };
        assert_eq!(found.as_deref(), Ok(*expected), "{bytes:?} {most}");
    }
    assert!(split(b"a", b"", -1).is_err());
    for (bytes, stripped, [both, left, right]) in STRIPS {
        assert_eq!(strip(bytes, *stripped, Ends::Both), *both);
        assert_eq!(strip(bytes, *stripped, Ends::Left), *left);
        assert_eq!(strip(bytes, *stripped, Ends::Right), *right);
    }
    for (bytes, old, new, limit, expected) in REPLACEMENTS {
        assert_eq!(replace(bytes, old, new, *limit), *expected);
    }
}
