//! Expected values are CPython 3.13's.

use super::*;

/// text, repr, ascii
const TEXTS: &[(&str, &str, &str)] = &[
    ("", "''", "''"),
    ("abc", "'abc'", "'abc'"),
    ("it's", "\"it's\"", "\"it's\""),
    ("say \"x\"", "'say \"x\"'", "'say \"x\"'"),
    ("'\"", "'\\'\"'", "'\\'\"'"),
    ("a\\b\n\t\r", "'a\\\\b\\n\\t\\r'", "'a\\\\b\\n\\t\\r'"),
    (
        "\u{0}\u{1f}\u{7f}",
        "'\\x00\\x1f\\x7f'",
        "'\\x00\\x1f\\x7f'",
    ),
    (
        "\u{e9}\u{ad}\u{a0}",
        "'\u{e9}\\xad\\xa0'",
        "'\\xe9\\xad\\xa0'",
    ),
    ("\u{4e2d}\u{2028}", "'\u{4e2d}\\u2028'", "'\\u4e2d\\u2028'"),
    ("\u{1f600}", "'\u{1f600}'", "'\\U0001f600'"),
    ("\u{378}", "'\\u0378'", "'\\u0378'"),
    ("\u{e0001}", "'\\U000e0001'", "'\\U000e0001'"),
    ("\u{2ffc}", "'\u{2ffc}'", "'\\u2ffc'"),
    ("\u{301}", "'\u{301}'", "'\\u0301'"),
    ("\u{e000}", "'\\ue000'", "'\\ue000'"),
    ("\u{10ffff}", "'\\U0010ffff'", "'\\U0010ffff'"),
];

#[test]
fn texts_are_quoted_and_escaped() {
    for (text, representation, in_ascii) in TEXTS {
        assert_eq!(repr(text), *representation);
        assert_eq!(escape_non_ascii(representation), *in_ascii);
    }
}
