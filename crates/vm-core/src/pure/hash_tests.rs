//! Expected values are CPython 3.13's.

use super::*;

const INTEGERS: &[(&str, i64)] = &[
    ("0", 0),
    ("1", 1),
    ("-1", -2),
    ("-2", -2),
    ("2305843009213693951", 0),
    ("2305843009213693950", 2305843009213693950),
    ("2305843009213693952", 1),
    ("-2305843009213693951", 0),
    ("-2305843009213693952", -2),
    ("9223372036854775807", 3),
    ("-9223372036854775808", -4),
    ("18446744073709551616", 8),
    ("1000000000000000000000000000000", 465258685558744706),
    ("-1000000000000000000000000000000", -465258685558744706),
    (
        "1606938044258990275541962092341162602522202993782792835313721",
        143417,
    ),
];

const FLOATS: &[(f64, i64)] = &[
    (0.0, 0),
    (-0.0, 0),
    (1.0, 1),
    (-1.0, -2),
    (0.5, 1152921504606846976),
    (0.1, 230584300921369408),
    (-0.1, -230584300921369408),
    (1e+300, 1224995262755759164),
    (5e-324, 16777216),
    (1.7976931348623157e+308, 2234066890152476671),
    (f64::INFINITY, 314159),
    (-f64::INFINITY, -314159),
    (2.305843009213694e+18, 1),
    (2.3058430092136937e+18, 2305843009213693696),
];

/// Integers that hash to themselves, and the hash of the tuple of them.
const TUPLES: &[(&[i64], i64)] = &[
    (&[], 5740354900026072187),
    (&[0], -8753497827991233192),
    (&[1], -6644214454873602895),
    (&[1, 2], -3550055125485641917),
    (&[2, 1], 6794810172467074373),
    (&[0, 0], -8458139203682520985),
    (&[0, 0, 0], 3010437511937009226),
    (&[-5, 1000000000000, 7], -797889700276338439),
    (&[1152921504606846976], -408149959306781352),
];

const FROZEN_SETS: &[(&[i64], i64)] = &[
    (&[], 133146708735736),
    (&[0], -2704248722033767810),
    (&[1, 2], -1826646154956904602),
    (&[3, 1, 2], -272375401224217160),
    (&[5, 6, 7, 8, 1000000000000], 7953296323165557057),
];

#[test]
fn numbers_hash_as_in_the_language() {
    for (value, expected) in INTEGERS {
        let value: BigInt = value.parse().expect("the table has integers");
        assert_eq!(hash_big(&value), *expected, "{value}");
        if let Ok(small) = i64::try_from(&value) {
            assert_eq!(hash_i64(small), *expected, "{value}");
        }
    }
    for (value, expected) in FLOATS {
        assert_eq!(hash_float(*value), *expected, "{value}");
    }
}

#[test]
fn collections_hash_as_in_the_language() {
    for (items, expected) in TUPLES {
        let mut hash = TupleHash::new();
        items.iter().for_each(|item| hash.add(*item));
        assert_eq!(hash.finish(), *expected, "{items:?}");
    }
    for (items, expected) in FROZEN_SETS {
        assert_eq!(
            hash_frozen_set(items.iter().copied()),
            *expected,
            "{items:?}"
        );
        assert_eq!(
            hash_frozen_set(items.iter().rev().copied()),
            *expected,
            "{items:?}"
        );
    }
}

/// Keys as programs have them must fill a table about as balls thrown at random would, whichever
/// bits of the hash choose the slot.
#[test]
fn string_hashes_spread() {
    let mut keys: Vec<String> = (0..20_000).map(|number| format!("key{number}")).collect();
    keys.extend((0..20_000).map(|number| number.to_string()));
    keys.extend((0..64).map(|length| "a".repeat(length)));
    keys.extend((0..64).map(|length| "\0".repeat(length + 1)));
    keys.extend((0..2000).map(|number| format!("a prefix longer than sixteen {number} suffix")));
    keys.sort();
    keys.dedup();
    let mut hashes: Vec<i64> = keys.iter().map(|key| hash_string(key)).collect();
    for shift in [0, 20, 47] {
        let slots: std::collections::HashSet<u64> = hashes
            .iter()
            .map(|hash| (hash.cast_unsigned() >> shift) & 0xFFFF)
            .collect();
        // n balls in m = 65536 slots hit m * (1 - exp(-n / m)) of them, give or take 300.
        let expected = 65536.0 * (1.0 - (-(keys.len() as f64) / 65536.0).exp());
        assert!(
            (slots.len() as f64 - expected).abs() < 600.0,
            "{} of {expected}",
            slots.len()
        );
    }
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), keys.len());
}

#[test]
fn bytes_hash_by_content_alone() {
    let text = "The quick brown fox jumps over the lazy dog";
    for length in 0..text.len() {
        let copy = format!("x{}", &text[..length]);
        assert_eq!(hash_string(&text[..length]), hash_string(&copy[1..]));
        assert_ne!(hash_string(&text[..length]), hash_string(&text[..=length]));
    }
    assert_eq!(hash_bytes(b""), 0);
}
