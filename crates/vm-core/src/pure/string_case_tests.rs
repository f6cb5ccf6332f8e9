//! Expected values are CPython 3.13's.

use super::*;

/// The FNV-1a hash of what a mapping makes of every character (none has case behind these planes).
fn digest(mapping: impl Fn(&str) -> String) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    let mut buffer = [0; 4];
    for character in '\0'..='\u{1ffff}' {
        for byte in mapping(character.encode_utf8(&mut buffer)).bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
    hash
}

#[test]
fn mappings_agree_for_all_characters() {
    assert_eq!(digest(upper), 0xcf3eec3c0413b230, "upper");
    assert_eq!(digest(lower), 0x55022776b59c0f1e, "lower");
    assert_eq!(digest(title), 0xb9be9848d71ad735, "title");
    assert_eq!(digest(swap_case), 0x92b0862d8bf54f15, "swap_case");
    assert_eq!(digest(casefold), 0xf96a3ed25a37716c, "casefold");
    assert_eq!(digest(capitalize), 0xb9be9848d71ad735, "capitalize");
}

/// How many characters satisfy a predicate as strings of their own.
fn count(predicate: impl Fn(&str) -> bool) -> usize {
    let mut buffer = [0; 4];
    ('\0'..='\u{1ffff}')
        .filter(|character| predicate(character.encode_utf8(&mut buffer)))
        .count()
}

#[test]
fn predicates_agree_for_all_characters() {
    assert_eq!(count(is_upper), 1951, "is_upper");
    assert_eq!(count(is_lower), 2544, "is_lower");
    assert_eq!(count(is_title), 1982, "is_title");
}

/// text; upper, lower, title, capitalize, swapcase, casefold
const TEXTS: &[(&str, [&str; 6])] = &[
    ("", ["", "", "", "", "", ""]),
    (
        "hello world",
        [
            "HELLO WORLD",
            "hello world",
            "Hello World",
            "Hello world",
            "HELLO WORLD",
            "hello world",
        ],
    ),
    (
        "they're bill's",
        [
            "THEY'RE BILL'S",
            "they're bill's",
            "They'Re Bill'S",
            "They're bill's",
            "THEY'RE BILL'S",
            "they're bill's",
        ],
    ),
    (
        "HELLO",
        ["HELLO", "hello", "Hello", "Hello", "hello", "hello"],
    ),
    (
        "\u{1f08}\u{3a3}",
        [
            "\u{1f08}\u{3a3}",
            "\u{1f00}\u{3c2}",
            "\u{1f08}\u{3c2}",
            "\u{1f08}\u{3c2}",
            "\u{1f00}\u{3c2}",
            "\u{1f00}\u{3c3}",
        ],
    ),
    (
        "\u{39f}\u{394}\u{39f}\u{3a3} \u{39f}\u{394}\u{39f}\u{3a3}.",
        [
            "\u{39f}\u{394}\u{39f}\u{3a3} \u{39f}\u{394}\u{39f}\u{3a3}.",
            "\u{3bf}\u{3b4}\u{3bf}\u{3c2} \u{3bf}\u{3b4}\u{3bf}\u{3c2}.",
            "\u{39f}\u{3b4}\u{3bf}\u{3c2} \u{39f}\u{3b4}\u{3bf}\u{3c2}.",
            "\u{39f}\u{3b4}\u{3bf}\u{3c2} \u{3bf}\u{3b4}\u{3bf}\u{3c2}.",
            "\u{3bf}\u{3b4}\u{3bf}\u{3c2} \u{3bf}\u{3b4}\u{3bf}\u{3c2}.",
            "\u{3bf}\u{3b4}\u{3bf}\u{3c3} \u{3bf}\u{3b4}\u{3bf}\u{3c3}.",
        ],
    ),
    (
        "\u{3a3}",
        [
            "\u{3a3}", "\u{3c3}", "\u{3a3}", "\u{3a3}", "\u{3c3}", "\u{3c3}",
        ],
    ),
    (
        "A\u{3a3}b",
        [
            "A\u{3a3}B",
            "a\u{3c3}b",
            "A\u{3c3}b",
            "A\u{3c3}b",
            "a\u{3c3}B",
            "a\u{3c3}b",
        ],
    ),
    (
        "A.\u{3a3}",
        [
            "A.\u{3a3}",
            "a.\u{3c2}",
            "A.\u{3a3}",
            "A.\u{3c2}",
            "a.\u{3c2}",
            "a.\u{3c3}",
        ],
    ),
    (
        "A\u{3a3}'b",
        [
            "A\u{3a3}'B",
            "a\u{3c3}'b",
            "A\u{3c3}'B",
            "A\u{3c3}'b",
            "a\u{3c3}'B",
            "a\u{3c3}'b",
        ],
    ),
    (
        "stra\u{df}e",
        [
            "STRASSE",
            "stra\u{df}e",
            "Stra\u{df}e",
            "Stra\u{df}e",
            "STRASSE",
            "strasse",
        ],
    ),
    (
        "\u{1c6}ungla \u{1c4}",
        [
            "\u{1c4}UNGLA \u{1c4}",
            "\u{1c6}ungla \u{1c6}",
            "\u{1c5}ungla \u{1c5}",
            "\u{1c5}ungla \u{1c6}",
            "\u{1c4}UNGLA \u{1c6}",
            "\u{1c6}ungla \u{1c6}",
        ],
    ),
    (
        "\u{fb01}n FI",
        [
            "FIN FI",
            "\u{fb01}n fi",
            "Fin Fi",
            "Fin fi",
            "FIN fi",
            "fin fi",
        ],
    ),
    (
        "\u{130}I\u{131}i",
        [
            "\u{130}III",
            "i\u{307}i\u{131}i",
            "\u{130}i\u{131}i",
            "\u{130}i\u{131}i",
            "i\u{307}iII",
            "i\u{307}i\u{131}i",
        ],
    ),
    (
        "x1y 2ab",
        [
            "X1Y 2AB", "x1y 2ab", "X1Y 2Ab", "X1y 2ab", "X1Y 2AB", "x1y 2ab",
        ],
    ),
    (
        "\u{13f8}\u{ab70}\u{13a0}",
        [
            "\u{13f0}\u{13a0}\u{13a0}",
            "\u{13f8}\u{ab70}\u{ab70}",
            "\u{13f0}\u{ab70}\u{ab70}",
            "\u{13f0}\u{ab70}\u{ab70}",
            "\u{13f0}\u{13a0}\u{ab70}",
            "\u{13f0}\u{13a0}\u{13a0}",
        ],
    ),
    (
        "\u{10d0}\u{10d1} \u{1c90}",
        [
            "\u{1c90}\u{1c91} \u{1c90}",
            "\u{10d0}\u{10d1} \u{10d0}",
            "\u{10d0}\u{10d1} \u{1c90}",
            "\u{10d0}\u{10d1} \u{10d0}",
            "\u{1c90}\u{1c91} \u{10d0}",
            "\u{10d0}\u{10d1} \u{10d0}",
        ],
    ),
    (
        "\u{1fb3}\u{1fb4} \u{1f80}",
        [
            "\u{391}\u{399}\u{386}\u{399} \u{1f08}\u{399}",
            "\u{1fb3}\u{1fb4} \u{1f80}",
            "\u{1fbc}\u{1fb4} \u{1f88}",
            "\u{1fbc}\u{1fb4} \u{1f80}",
            "\u{391}\u{399}\u{386}\u{399} \u{1f08}\u{399}",
            "\u{3b1}\u{3b9}\u{3ac}\u{3b9} \u{1f00}\u{3b9}",
        ],
    ),
    (
        "aB cD-eF",
        [
            "AB CD-EF", "ab cd-ef", "Ab Cd-Ef", "Ab cd-ef", "Ab Cd-Ef", "ab cd-ef",
        ],
    ),
    ("1A", ["1A", "1a", "1A", "1a", "1a", "1a"]),
    ("A1b", ["A1B", "a1b", "A1B", "A1b", "a1B", "a1b"]),
    (
        "\u{295}\u{3a3}",
        [
            "\u{295}\u{3a3}",
            "\u{295}\u{3c2}",
            "\u{295}\u{3c2}",
            "\u{295}\u{3c2}",
            "\u{295}\u{3c2}",
            "\u{295}\u{3c3}",
        ],
    ),
];

/// text; isupper, islower, istitle, isalpha, isalnum, isdecimal, isdigit, isspace, isprintable,
/// isidentifier
const PREDICATES: &[(&str, [bool; 10])] = &[
    (
        "",
        [
            false, false, false, false, false, false, false, false, true, false,
        ],
    ),
    (
        "hello world",
        [
            false, true, false, false, false, false, false, false, true, false,
        ],
    ),
    (
        "they're bill's",
        [
            false, true, false, false, false, false, false, false, true, false,
        ],
    ),
    (
        "HELLO",
        [
            true, false, false, true, true, false, false, false, true, true,
        ],
    ),
    (
        "\u{1f08}\u{3a3}",
        [
            true, false, false, true, true, false, false, false, true, true,
        ],
    ),
    (
        "\u{39f}\u{394}\u{39f}\u{3a3} \u{39f}\u{394}\u{39f}\u{3a3}.",
        [
            true, false, false, false, false, false, false, false, true, false,
        ],
    ),
    (
        "\u{3a3}",
        [
            true, false, true, true, true, false, false, false, true, true,
        ],
    ),
    (
        "A\u{3a3}b",
        [
            false, false, false, true, true, false, false, false, true, true,
        ],
    ),
    (
        "A.\u{3a3}",
        [
            true, false, true, false, false, false, false, false, true, false,
        ],
    ),
    (
        "A\u{3a3}'b",
        [
            false, false, false, false, false, false, false, false, true, false,
        ],
    ),
    (
        "stra\u{df}e",
        [
            false, true, false, true, true, false, false, false, true, true,
        ],
    ),
    (
        "\u{1c6}ungla \u{1c4}",
        [
            false, false, false, false, false, false, false, false, true, false,
        ],
    ),
    (
        "\u{fb01}n FI",
        [
            false, false, false, false, false, false, false, false, true, false,
        ],
    ),
    (
        "\u{130}I\u{131}i",
        [
            false, false, false, true, true, false, false, false, true, true,
        ],
    ),
    (
        "x1y 2ab",
        [
            false, true, false, false, false, false, false, false, true, false,
        ],
    ),
    (
        "\u{13f8}\u{ab70}\u{13a0}",
        [
            false, false, false, true, true, false, false, false, true, true,
        ],
    ),
    (
        "\u{10d0}\u{10d1} \u{1c90}",
        [
            false, false, false, false, false, false, false, false, true, false,
        ],
    ),
    (
        "\u{1fb3}\u{1fb4} \u{1f80}",
        [
            false, true, false, false, false, false, false, false, true, false,
        ],
    ),
    (
        "aB cD-eF",
        [
            false, false, false, false, false, false, false, false, true, false,
        ],
    ),
    (
        "1A",
        [
            true, false, true, false, true, false, false, false, true, false,
        ],
    ),
    (
        "A1b",
        [
            false, false, false, false, true, false, false, false, true, true,
        ],
    ),
    (
        "\u{295}\u{3a3}",
        [
            false, false, false, true, true, false, false, false, true, true,
        ],
    ),
    (
        "abc",
        [
            false, true, false, true, true, false, false, false, true, true,
        ],
    ),
    (
        "ABC",
        [
            true, false, false, true, true, false, false, false, true, true,
        ],
    ),
    (
        "Abc Def",
        [
            false, false, true, false, false, false, false, false, true, false,
        ],
    ),
    (
        "abc1",
        [
            false, true, false, false, true, false, false, false, true, true,
        ],
    ),
    (
        "\u{b2}",
        [
            false, false, false, false, true, false, true, false, true, false,
        ],
    ),
    (
        "\u{663}",
        [
            false, false, false, false, true, true, true, false, true, false,
        ],
    ),
    (
        "12",
        [
            false, false, false, false, true, true, true, false, true, false,
        ],
    ),
    (
        "_a1",
        [
            false, true, false, false, false, false, false, false, true, true,
        ],
    ),
    (
        "1a",
        [
            false, true, false, false, true, false, false, false, true, false,
        ],
    ),
    (
        "a b",
        [
            false, true, false, false, false, false, false, false, true, false,
        ],
    ),
    (
        " \t\u{3000}",
        [
            false, false, false, false, false, false, false, true, false, false,
        ],
    ),
    (
        "\u{0}",
        [
            false, false, false, false, false, false, false, false, false, false,
        ],
    ),
    (
        "\u{e9}",
        [
            false, true, false, true, true, false, false, false, true, true,
        ],
    ),
    (
        "class",
        [
            false, true, false, true, true, false, false, false, true, true,
        ],
    ),
    (
        "\u{1c5}",
        [
            false, false, true, true, true, false, false, false, true, true,
        ],
    ),
    (
        "A\u{1c5}",
        [
            false, false, false, true, true, false, false, false, true, true,
        ],
    ),
    (
        "\u{1c5}A",
        [
            false, false, false, true, true, false, false, false, true, true,
        ],
    ),
];

#[test]
fn texts_are_mapped() {
    for (text, expected) in TEXTS {
        let found = [
            upper(text),
            lower(text),
            title(text),
            capitalize(text),
            swap_case(text),
            casefold(text),
        ];
        assert_eq!(found, *expected);
    }
}

#[test]
fn texts_are_judged() {
    for (text, expected) in PREDICATES {
        let found = [
            is_upper(text),
            is_lower(text),
            is_title(text),
            is_alpha(text),
            is_alnum(text),
            is_all_decimal(text),
            is_all_digit(text),
            is_all_space(text),
            is_all_printable(text),
            is_identifier(text),
        ];
        assert_eq!(found, *expected, "{text:?}");
    }
}
