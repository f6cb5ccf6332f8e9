//! Expected values are CPython 3.13's.

use super::*;

const PARSED: &[(&str, u32, Result<&str, &str>)] = &[
    ("12", 10, Ok("12")),
    (" -12\n", 10, Ok("-12")),
    ("+1_000", 10, Ok("1000")),
    (
        "1__0",
        10,
        Err("invalid literal for int() with base 10: '1__0'"),
    ),
    (
        "_1",
        10,
        Err("invalid literal for int() with base 10: '_1'"),
    ),
    (
        "1_",
        10,
        Err("invalid literal for int() with base 10: '1_'"),
    ),
    ("", 10, Err("invalid literal for int() with base 10: ''")),
    (
        "- 1",
        10,
        Err("invalid literal for int() with base 10: '- 1'"),
    ),
    ("\u{663}\u{661}", 10, Ok("31")),
    ("0x1F", 16, Ok("31")),
    ("0x1F", 0, Ok("31")),
    ("0x_f", 0, Ok("15")),
    (
        "0x",
        16,
        Err("invalid literal for int() with base 16: '0x'"),
    ),
    ("0b101", 2, Ok("5")),
    ("0b101", 0, Ok("5")),
    ("0b1", 16, Ok("177")),
    ("0o17", 8, Ok("15")),
    (
        "0o18",
        0,
        Err("invalid literal for int() with base 0: '0o18'"),
    ),
    ("01", 0, Err("invalid literal for int() with base 0: '01'")),
    ("00_0", 0, Ok("0")),
    (
        "0_1",
        0,
        Err("invalid literal for int() with base 0: '0_1'"),
    ),
    ("-0", 0, Ok("0")),
    ("zZ", 36, Ok("1295")),
    ("9", 8, Err("invalid literal for int() with base 8: '9'")),
    ("x", 1, Err("int() base must be >= 2 and <= 36, or 0")),
    ("x", 37, Err("int() base must be >= 2 and <= 36, or 0")),
    (
        "123456789012345678901234567890",
        10,
        Ok("123456789012345678901234567890"),
    ),
    (
        "-ffffffffffffffffffff",
        16,
        Ok("-1208925819614629174706175"),
    ),
    (
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        10,
        Err(
            "invalid literal for int() with base 10: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ),
    ),
    (
        "it's",
        10,
        Err("invalid literal for int() with base 10: \"it's\""),
    ),
    (
        "\u{1f}1",
        10,
        Err("invalid literal for int() with base 10: '\\x1f1'"),
    ),
    ("\u{2003}1\u{2003}", 10, Ok("1")),
    (
        "0x-1",
        16,
        Err("invalid literal for int() with base 16: '0x-1'"),
    ),
    ("0X1f", 16, Ok("31")),
];

type Bytes = Result<&'static [u8], &'static str>;

/// value, length, big-endian, signed
const BYTES: &[(i128, usize, bool, bool, Bytes)] = &[
    (0, 0, false, false, Ok(b"")),
    (1, 1, true, false, Ok(b"\x01")),
    (-1, 1, true, true, Ok(b"\xff")),
    (-1, 0, true, true, Ok(b"")),
    (255, 1, true, false, Ok(b"\xff")),
    (255, 1, true, true, Err("int too big to convert")),
    (128, 1, true, true, Err("int too big to convert")),
    (-128, 1, true, true, Ok(b"\x80")),
    (-129, 1, true, true, Err("int too big to convert")),
    (
        -1,
        2,
        true,
        false,
        Err("can't convert negative int to unsigned"),
    ),
    (1000, 4, true, false, Ok(b"\x00\x00\x03\xe8")),
    (1000, 4, false, true, Ok(b"\xe8\x03\x00\x00")),
    (-1000, 4, false, true, Ok(b"\x18\xfc\xff\xff")),
    (0, 2, true, true, Ok(b"\x00\x00")),
    (
        18446744073709551616,
        9,
        true,
        false,
        Ok(b"\x01\x00\x00\x00\x00\x00\x00\x00\x00"),
    ),
];

#[test]
fn text_is_parsed() {
    for (text, base, expected) in PARSED {
        let found = parse_integer(text, *base)
            .map(|value| value.to_string())
            .map_err(|error| error.to_string());
        assert_eq!(
            found,
            expected.map(str::to_owned).map_err(str::to_owned),
            "{text} {base}"
        );
    }
}

#[test]
fn bytes_go_and_come() {
    for (value, length, big_endian, signed, expected) in BYTES {
        let value = BigInt::from(*value);
        let found =
            to_bytes(&value, *length, *big_endian, *signed).map_err(|error| error.to_string());
        assert_eq!(
            found,
            expected.map(<[u8]>::to_vec).map_err(str::to_owned),
            "{value}"
        );
        if let (Ok(bytes), 1..) = (expected, *length) {
            assert_eq!(from_bytes(bytes, *big_endian, *signed), value);
        }
    }
}

#[test]
fn digits_in_bases() {
    let value = BigInt::from(-255);
    assert_eq!(to_text(&value, 10), "-255");
    assert_eq!(to_text(&value, 36), "-73");
    assert_eq!(to_prefixed_text(&value, 2), "-0b11111111");
    assert_eq!(to_prefixed_text(&value, 8), "-0o377");
    assert_eq!(to_prefixed_text(&value, 16), "-0xff");
}

#[test]
fn leading_digits_end_where_others_begin() {
    assert_eq!(leading_integer("12ab"), Ok(Some((12, 2))));
    assert_eq!(leading_integer("\u{663}x"), Ok(Some((3, 2))));
    assert_eq!(leading_integer("x1"), Ok(None));
    assert_eq!(
        leading_integer("9223372036854775807"),
        Ok(Some((i64::MAX, 19)))
    );
    assert!(leading_integer("9223372036854775808").is_err());
}
