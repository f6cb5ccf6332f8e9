//! Expected values are CPython 3.13's.

use super::*;

/// The sum of the numbers of the digits with each value.
const SUMS: [u64; 10] = [
    3278056, 3278124, 3278192, 3278260, 3278328, 3278396, 3278464, 3278532, 3278600, 3278668,
];

/// How many characters satisfy a predicate, and the FNV-1a hash of their numbers. (Behind the
/// planes looked at there are only tags, variation selectors and private use.)
fn digest(predicate: impl Fn(char) -> bool) -> (usize, u64) {
    let mut count = 0;
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for character in ('\0'..='\u{3ffff}').filter(|character| predicate(*character)) {
        count += 1;
        for byte in u32::from(character).to_le_bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
    (count, hash)
}

#[test]
fn predicates_agree_for_all_characters() {
    assert_eq!(digest(is_space), (29, 0xe01483c03d9600d5), "is_space");
    assert_eq!(
        digest(is_printable),
        (149385, 0x785c718843ab0b5b),
        "is_printable"
    );
    assert_eq!(
        digest(is_alphabetic),
        (136726, 0xdbaec3d534f3b0b0),
        "is_alphabetic"
    );
    assert_eq!(
        digest(is_alphanumeric),
        (138557, 0x80d048fb88ca2b0e),
        "is_alphanumeric"
    );
    assert_eq!(digest(is_decimal), (680, 0xbc85e7b4f99d775d), "is_decimal");
    assert_eq!(digest(is_digit), (808, 0x057a040b55011244), "is_digit");
    assert_eq!(
        digest(is_identifier_start),
        (136945, 0xd6c5c66a16f4dbe0),
        "is_identifier_start"
    );
    assert_eq!(
        digest(is_identifier_continue),
        (139849, 0x703efe080163f10f),
        "is_identifier_continue"
    );
    assert_eq!(
        digest(is_line_break),
        (10, 0x60102b758a73f86e),
        "is_line_break"
    );
}

#[test]
fn decimal_digits_have_values() {
    let mut sums = [0u64; 10];
    for character in '\0'..='\u{1ffff}' {
        if let Some(value) = decimal_value(character) {
            sums[value as usize] += u64::from(u32::from(character));
        }
    }
    assert_eq!(sums, SUMS);
    assert_eq!(decimal_value('²'), None);
    assert_eq!(decimals_to_ascii("٣x１"), "3x1");
}
