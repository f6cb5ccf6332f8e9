//! Integers from and to text and bytes.

use num_bigint::{BigInt, Sign};
use num_traits::{Signed, Zero};

use super::character::decimal_value;
use super::string_ops::strip_number;
use super::string_repr::repr;
use super::{OperationError, character};

/// `int(text, base)`: `base` is 0 (by prefix) or 2 to 36.
///
/// White space around the number, digits of any script, and single underscores between digits are
/// accepted, and the prefix that fits the base.
pub fn parse_integer(text: &str, base: u32) -> Result<BigInt, OperationError> {
    if base == 1 || base > 36 {
        return Err(OperationError::value(
            "int() base must be >= 2 and <= 36, or 0",
        ));
    }
    parse_digits(text, base).ok_or_else(|| {
        // The message shows at most 200 characters of the text's representation.
        let shown: String = repr(text).chars().take(200).collect();
        OperationError::value(format!(
            "invalid literal for int() with base {base}: {shown}"
        ))
    })
}

fn parse_digits(text: &str, requested_base: u32) -> Option<BigInt> {
    let trimmed = strip_number(text);
    let ascii = character::decimals_to_ascii(trimmed);
    let (negative, unsigned) = match ascii.as_bytes() {
        [b'-', ..] => (true, &ascii[1..]),
        [b'+', ..] => (false, &ascii[1..]),
        _ => (false, &ascii[..]),
    };
    let prefix_base = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => Some(16),
        [b'0', b'o' | b'O', ..] => Some(8),
        [b'0', b'b' | b'B', ..] => Some(2),
        _ => None,
    };
    let (base, digits) = match (requested_base, prefix_base) {
        (0, Some(found)) => (found, prefixed_digits(unsigned)),
        (0, None) => (10, unsigned),
        (asked, Some(found)) if asked == found => (asked, prefixed_digits(unsigned)),
        (asked, _) => (asked, unsigned),
    };
    if digits.starts_with('_') || digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    if digits.is_empty()
        || !digits
            .chars()
            .all(|digit| digit == '_' || digit.is_digit(base))
    {
        return None;
    }
    // Without a base, "012" is refused: other languages would read it as octal.
    let old_octal = requested_base == 0 && prefix_base.is_none() && digits.starts_with('0');
    if old_octal && digits.bytes().any(|digit| !matches!(digit, b'0' | b'_')) {
        return None;
    }
    let magnitude = if digits.len() <= 12 {
        BigInt::from(i64::from_str_radix(&digits.replace('_', ""), base).ok()?)
    } else {
        BigInt::parse_bytes(digits.replace('_', "").as_bytes(), base)?
    };
    Some(if negative { -magnitude } else { magnitude })
}

/// The digits behind `0x` and one optional underscore.
fn prefixed_digits(unsigned: &str) -> &str {
    let digits = &unsigned[2..];
    match digits.strip_prefix('_') {
        Some(rest) if !rest.is_empty() => rest,
        _ => digits,
    }
}

/// The digits in the given base (2 to 36, lower case), with a minus sign and no prefix.
pub fn to_text(value: &BigInt, base: u32) -> String {
    value.to_str_radix(base)
}

/// `bin`, `oct` and `hex`: the digits behind `0b`, `0o` or `0x`. `base` is 2, 8 or 16.
pub fn to_prefixed_text(value: &BigInt, base: u32) -> String {
    let sign = if value.is_negative() { "-" } else { "" };
    let prefix = match base {
        2 => "0b",
        8 => "0o",
        _ => "0x",
    };
    format!("{sign}{prefix}{}", value.magnitude().to_str_radix(base))
}

/// `int.to_bytes(length, byteorder, signed=signed)`.
pub fn to_bytes(
    value: &BigInt,
    length: usize,
    big_endian: bool,
    signed: bool,
) -> Result<Vec<u8>, OperationError> {
    if value.is_negative() && !signed {
        return Err(OperationError::Overflow(
            "can't convert negative int to unsigned",
        ));
    }
    let (mut bytes, filler) = if value.is_zero() {
        (Vec::new(), 0)
    } else if *value == BigInt::from(-1) {
        // All of it is sign extension, so it even fits in no bytes.
        (Vec::new(), 0xFF)
    } else if signed {
        (
            value.to_signed_bytes_le(),
            if value.is_negative() { 0xFF } else { 0 },
        )
    } else {
        (value.magnitude().to_bytes_le(), 0)
    };
    if bytes.len() > length {
        return Err(OperationError::Overflow("int too big to convert"));
    }
    bytes.resize(length, filler);
    if big_endian {
        bytes.reverse();
    }
    Ok(bytes)
}

/// `int.from_bytes(bytes, byteorder, signed=signed)`.
pub fn from_bytes(bytes: &[u8], big_endian: bool, signed: bool) -> BigInt {
    match (big_endian, signed) {
        (true, true) => BigInt::from_signed_bytes_be(bytes),
        (true, false) => BigInt::from_bytes_be(Sign::Plus, bytes),
        (false, true) => BigInt::from_signed_bytes_le(bytes),
        (false, false) => BigInt::from_bytes_le(Sign::Plus, bytes),
    }
}

/// A run of decimal digits (of any script) at the start of `text`: its value and its length in
/// bytes. `Ok(None)` when there is no digit, `Err` when the value does not fit.
pub(super) fn leading_integer(text: &str) -> Result<Option<(i64, usize)>, OperationError> {
    let mut value: i64 = 0;
    let mut length_bytes = 0;
    for character in text.chars() {
        let Some(digit) = decimal_value(character) else {
            break;
        };
        value = value
            .checked_mul(10)
            .and_then(|tens| tens.checked_add(i64::from(digit)))
            .ok_or(OperationError::value(
                "Too many decimal digits in format string",
            ))?;
        length_bytes += character.len_utf8();
    }
    Ok((length_bytes > 0).then_some((value, length_bytes)))
}

#[cfg(test)]
#[path = "integer_text_tests.rs"]
mod tests;
