//! Numbers and strings: from their spelling to their value and back.
//!
//! Decimal digits take quadratic time in both directions, hexadecimal digits linear time. Integers
//! of more than [`DECIMAL_DIGITS`] digits are therefore read and written in hexadecimal only.

use std::borrow::Cow;
use std::fmt::Write;

use num_bigint::{BigInt, Sign};

use crate::diagnostic::ErrorKind;

/// The longest decimal integer; the same bound CPython has for conversions between text and `int`.
pub(crate) const DECIMAL_DIGITS: usize = 4300;

/// The bits of the float written `nan`.
pub(crate) const PLAIN_NAN: u64 = 0x7ff8_0000_0000_0000;

/// An error inside a literal: the byte range within its spelling, and what is wrong there.
pub(crate) type LiteralError = (std::ops::Range<usize>, ErrorKind);

/// The value of an integer without a sign that has few decimal digits and nothing else, as most have.
pub(crate) fn parse_short_integer(spelling: &str) -> Option<i64> {
    // 10^18 is less than 2^63.
    if spelling.len() > 18 || !spelling.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    spelling.parse().ok()
}

/// The value of an integer without a sign.
pub(crate) fn parse_integer(spelling: &str) -> Result<BigInt, ErrorKind> {
    let lower = spelling.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, &lower[2..]),
        Some("0o") => (8, &lower[2..]),
        Some("0b") => (2, &lower[2..]),
        _ => (10, &lower[..]),
    };
    let digits: String = digits.chars().filter(|&digit| digit != '_').collect();
    if radix == 10 && digits.len() > DECIMAL_DIGITS {
        return Err(ErrorKind::DecimalTooLong {
            digits: digits.len(),
            limit: DECIMAL_DIGITS,
        });
    }
    BigInt::parse_bytes(digits.as_bytes(), radix)
        .ok_or_else(|| ErrorKind::BadNumber(spelling.to_owned()))
}

/// An integer as the parser reads it.
pub(crate) fn print_integer(value: &BigInt) -> String {
    // A decimal digit holds more than three bits.
    if value.bits() <= DECIMAL_DIGITS as u64 * 3 {
        return value.to_string();
    }
    let sign = if value.sign() == Sign::Minus { "-" } else { "" };
    format!("{sign}0x{:x}", value.magnitude())
}

/// The bits of a float without a sign.
pub(crate) fn parse_float(spelling: &str) -> Result<u64, ErrorKind> {
    let digits: String = spelling.chars().filter(|&digit| digit != '_').collect();
    match digits.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value.to_bits()),
        Ok(_) => Err(ErrorKind::FloatTooLarge),
        Err(_) => Err(ErrorKind::BadNumber(spelling.to_owned())),
    }
}

/// A float as the parser reads it, bit for bit.
pub(crate) fn print_float(bits: u64) -> String {
    let value = f64::from_bits(bits);
    if value.is_nan() && bits != PLAIN_NAN {
        format!("nan({bits:#x})")
    } else if value.is_nan() {
        "nan".to_owned()
    } else {
        format!("{value:?}")
    }
}

/// The value of `"..."`: a piece of the text, if nothing in it is escaped.
pub(crate) fn parse_string(spelling: &str) -> Result<Cow<'_, str>, LiteralError> {
    if !spelling.contains('\\') {
        return Ok(Cow::Borrowed(&spelling[1..spelling.len() - 1]));
    }
    let mut value = String::with_capacity(spelling.len());
    unescape(spelling, 1, |piece| match piece {
        Piece::Plain(character) => {
            value.push(character);
            Ok(())
        }
        Piece::Byte(byte) => {
            value.push(char::from(byte));
            Ok(())
        }
        Piece::Code(code) => match char::from_u32(code) {
            Some(character) => {
                value.push(character);
                Ok(())
            }
            None => Err(ErrorKind::BadCodePoint(code)),
        },
    })?;
    Ok(Cow::Owned(value))
}

/// The value of `b"..."`.
pub(crate) fn parse_bytes(spelling: &str) -> Result<Vec<u8>, LiteralError> {
    let mut value = Vec::with_capacity(spelling.len());
    unescape(spelling, 2, |piece| match piece {
        Piece::Plain(character) if character.is_ascii() => {
            value.push(character as u8);
            Ok(())
        }
        Piece::Plain(character) => Err(ErrorKind::CharacterInBytes(character)),
        Piece::Byte(byte) => {
            value.push(byte);
            Ok(())
        }
        Piece::Code(_) => Err(ErrorKind::CodePointInBytes),
    })?;
    Ok(value)
}

/// A character of a literal, or what an escape stands for.
enum Piece {
    Plain(char),
    Byte(u8),
    Code(u32),
}

/// Takes the text between the quotes apart.
fn unescape(
    spelling: &str,
    opening: usize,
    mut take: impl FnMut(Piece) -> Result<(), ErrorKind>,
) -> Result<(), LiteralError> {
    let end = spelling.len() - 1;
    let mut position = opening;
    while let Some(first) = spelling[position..end].chars().next() {
        let (piece, length) = if first == '\\' {
            escape(&spelling[position + 1..end])
                .map(|(piece, length)| (piece, length + 1))
                .map_err(|(length, kind)| (position..position + 1 + length, kind))?
        } else {
            (Piece::Plain(first), first.len_utf8())
        };
        take(piece).map_err(|kind| (position..position + length, kind))?;
        position += length;
    }
    Ok(())
}

/// Decodes the escape whose backslash is before `rest`: the piece, and how many bytes it takes.
fn escape(rest: &str) -> Result<(Piece, usize), (usize, ErrorKind)> {
    let simple = |byte| Ok((Piece::Byte(byte), 1));
    match rest.chars().next() {
        Some('n') => simple(b'\n'),
        Some('t') => simple(b'\t'),
        Some('r') => simple(b'\r'),
        Some('0') => simple(0),
        Some('\\') => simple(b'\\'),
        Some('"') => simple(b'"'),
        Some('x') => {
            let digits = rest.get(1..3).filter(|digits| is_hexadecimal(digits));
            let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
            byte.map(|byte| (Piece::Byte(byte), 3))
                .ok_or((1, ErrorKind::BadHexEscape))
        }
        Some('u') => {
            let digits = rest[1..]
                .strip_prefix('{')
                .and_then(|rest| rest.split_once('}'));
            let digits = digits
                .map(|(digits, _)| digits)
                .filter(|digits| is_hexadecimal(digits));
            let code = digits
                .and_then(|digits| Some((digits, u32::from_str_radix(digits, 16).ok()?)))
                .map(|(digits, code)| (Piece::Code(code), digits.len() + 3));
            code.ok_or((1, ErrorKind::BadUnicodeEscape))
        }
        Some(other) => Err((other.len_utf8(), ErrorKind::UnknownEscape(other))),
        None => Err((0, ErrorKind::UnterminatedString)),
    }
}

fn is_hexadecimal(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// A string literal for `value`.
pub(crate) fn print_string(value: &str) -> String {
    let mut literal = String::with_capacity(value.len() + 2);
    literal.push('"');
    for character in value.chars() {
        match character {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\t' => literal.push_str("\\t"),
            '\r' => literal.push_str("\\r"),
            ' '..='~' => literal.push(character),
            // Letters of any script stay readable; marks, blanks and controls that an editor may
            // show as something else don't.
            _ if character.is_alphanumeric() => literal.push(character),
            _ => {
                let _ = write!(literal, "\\u{{{:x}}}", u32::from(character));
            }
        }
    }
    literal.push('"');
    literal
}

/// A bytes literal for `value`.
pub(crate) fn print_bytes(value: &[u8]) -> String {
    let mut literal = String::with_capacity(value.len() + 3);
    literal.push_str("b\"");
    for &byte in value {
        match byte {
            b'"' => literal.push_str("\\\""),
            b'\\' => literal.push_str("\\\\"),
            b'\n' => literal.push_str("\\n"),
            b'\t' => literal.push_str("\\t"),
            b'\r' => literal.push_str("\\r"),
            b' '..=b'~' => literal.push(char::from(byte)),
            _ => {
                let _ = write!(literal, "\\x{byte:02x}");
            }
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        for (spelling, value) in [
            ("0", 0),
            ("1_000", 1000),
            ("0x_ff", 255),
            ("0XFF", 255),
            ("0o17", 15),
            ("0b101", 5),
            ("007", 7),
        ] {
            assert_eq!(
                parse_integer(spelling),
                Ok(BigInt::from(value)),
                "{spelling}"
            );
            if let Some(short) = parse_short_integer(spelling) {
                assert_eq!(short, value, "{spelling}");
            }
        }
        assert_eq!(parse_short_integer("007"), Some(7));
        assert_eq!(
            parse_short_integer("999999999999999999"),
            Some(999_999_999_999_999_999)
        );
        for spelling in ["9999999999999999999", "0x1f", "1_0"] {
            assert_eq!(parse_short_integer(spelling), None);
        }
        for spelling in ["0x", "0b2", "0xg", "_"] {
            assert_eq!(
                parse_integer(spelling),
                Err(ErrorKind::BadNumber(spelling.to_owned()))
            );
        }
        assert!(parse_integer(&"9".repeat(DECIMAL_DIGITS)).is_ok());
        assert!(parse_integer(&"9".repeat(DECIMAL_DIGITS + 1)).is_err());
    }

    #[test]
    fn large_integers_are_written_in_hexadecimal() {
        let value: BigInt = BigInt::from(1) << 100_000;
        let spelling = print_integer(&-value.clone());
        assert!(spelling.starts_with("-0x1000"));
        assert_eq!(parse_integer(&spelling[1..]), Ok(value));
        // The largest value that is written in decimal can be read back.
        let value: BigInt = (BigInt::from(1) << (DECIMAL_DIGITS * 3)) - 1;
        assert_eq!(parse_integer(&print_integer(&value)), Ok(value));
    }

    #[test]
    fn floats() {
        for (bits, spelling) in [
            (1.0f64.to_bits(), "1.0"),
            (1e16f64.to_bits(), "1e16"),
            (1e-5f64.to_bits(), "1e-5"),
            (0.1f64.to_bits(), "0.1"),
            (5e-324f64.to_bits(), "5e-324"),
            ((-0.0f64).to_bits(), "-0.0"),
            (f64::INFINITY.to_bits(), "inf"),
            (f64::NEG_INFINITY.to_bits(), "-inf"),
            (PLAIN_NAN, "nan"),
            (PLAIN_NAN | 1, "nan(0x7ff8000000000001)"),
        ] {
            assert_eq!(print_float(bits), spelling);
        }
        assert_eq!(parse_float("1_0.5e0_1"), Ok(105.0f64.to_bits()));
        assert_eq!(parse_float("1e999"), Err(ErrorKind::FloatTooLarge));
    }

    #[test]
    fn strings_and_bytes() {
        let spelling = r#""a\n\t\r\0\\\"\x41\xe9\u{1F600}ö""#;
        assert_eq!(
            parse_string(spelling),
            Ok("a\n\t\r\0\\\"Aé\u{1f600}ö".into())
        );
        assert_eq!(
            parse_bytes(r#"b"a\x00\xff\n""#),
            Ok(b"a\x00\xff\n".to_vec())
        );
    }

    #[test]
    fn bad_escapes_have_a_place() {
        for (spelling, range, kind) in [
            (r#""ab\qc""#, 3..5, ErrorKind::UnknownEscape('q')),
            (r#""\x4""#, 1..3, ErrorKind::BadHexEscape),
            (r#""\x+4""#, 1..3, ErrorKind::BadHexEscape),
            (r#""\u41""#, 1..3, ErrorKind::BadUnicodeEscape),
            (r#""\u{}""#, 1..3, ErrorKind::BadUnicodeEscape),
            (r#""\u{d800}""#, 1..9, ErrorKind::BadCodePoint(0xd800)),
        ] {
            assert_eq!(parse_string(spelling), Err((range, kind)), "{spelling}");
        }
        assert_eq!(
            parse_bytes("b\"aö\""),
            Err((3..5, ErrorKind::CharacterInBytes('ö')))
        );
        assert_eq!(
            parse_bytes(r#"b"\u{41}""#),
            Err((2..8, ErrorKind::CodePointInBytes))
        );
    }

    #[test]
    fn printed_literals_read_back() {
        let text: String = (0..0x3000).filter_map(char::from_u32).collect();
        assert_eq!(parse_string(&print_string(&text)), Ok(text.into()));
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(parse_bytes(&print_bytes(&bytes)), Ok(bytes));
    }
}
