//! Expected values are CPython 3.13's.

use super::*;

type Decoded = Result<&'static str, (usize, usize, &'static str)>;

/// bytes; decoded strictly, replacing, ignoring
const BYTES: &[(&[u8], Decoded, &str, &str)] = &[
    (b"", Ok(""), "", ""),
    (b"abc", Ok("abc"), "abc", "abc"),
    (
        b"\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80",
        Ok("\u{e9}\u{4e2d}\u{1f600}"),
        "\u{e9}\u{4e2d}\u{1f600}",
        "\u{e9}\u{4e2d}\u{1f600}",
    ),
    (
        b"a\xff",
        Err((
            1,
            2,
            "'utf-8' codec can't decode byte 0xff in position 1: invalid start byte",
        )),
        "a\u{fffd}",
        "a",
    ),
    (
        b"a\x80b",
        Err((
            1,
            2,
            "'utf-8' codec can't decode byte 0x80 in position 1: invalid start byte",
        )),
        "a\u{fffd}b",
        "ab",
    ),
    (
        b"\xc3",
        Err((
            0,
            1,
            "'utf-8' codec can't decode byte 0xc3 in position 0: unexpected end of data",
        )),
        "\u{fffd}",
        "",
    ),
    (
        b"a\xe2\x82",
        Err((
            1,
            3,
            "'utf-8' codec can't decode bytes in position 1-2: unexpected end of data",
        )),
        "a\u{fffd}",
        "a",
    ),
    (
        b"\xe2\x82a",
        Err((
            0,
            2,
            "'utf-8' codec can't decode bytes in position 0-1: invalid continuation byte",
        )),
        "\u{fffd}a",
        "a",
    ),
    (
        b"\xed\xa0\x80",
        Err((
            0,
            1,
            "'utf-8' codec can't decode byte 0xed in position 0: invalid continuation byte",
        )),
        "\u{fffd}\u{fffd}\u{fffd}",
        "",
    ),
    (
        b"\xf4\x90\x80\x80",
        Err((
            0,
            1,
            "'utf-8' codec can't decode byte 0xf4 in position 0: invalid continuation byte",
        )),
        "\u{fffd}\u{fffd}\u{fffd}\u{fffd}",
        "",
    ),
    (
        b"\xc0\xaf",
        Err((
            0,
            1,
            "'utf-8' codec can't decode byte 0xc0 in position 0: invalid start byte",
        )),
        "\u{fffd}\u{fffd}",
        "",
    ),
    (
        b"\xf0\x9f\x98",
        Err((
            0,
            3,
            "'utf-8' codec can't decode bytes in position 0-2: unexpected end of data",
        )),
        "\u{fffd}",
        "",
    ),
    (
        b"\xe0\x80",
        Err((
            0,
            1,
            "'utf-8' codec can't decode byte 0xe0 in position 0: invalid continuation byte",
        )),
        "\u{fffd}\u{fffd}",
        "",
    ),
    (
        b"\xf5\x80",
        Err((
            0,
            1,
            "'utf-8' codec can't decode byte 0xf5 in position 0: invalid start byte",
        )),
        "\u{fffd}\u{fffd}",
        "",
    ),
    (
        b"x\xf0\x9fA",
        Err((
            1,
            3,
            "'utf-8' codec can't decode bytes in position 1-2: invalid continuation byte",
        )),
        "x\u{fffd}A",
        "xA",
    ),
];

#[test]
fn malformed_sequences_are_told() {
    for (bytes, strict, replacing, ignoring) in BYTES {
        let found = decode(bytes).map_err(|error| (error.start, error.end, error.to_string()));
        let expected = strict.map_err(|(start, end, text)| (start, end, text.to_owned()));
        assert_eq!(found, expected);
        assert_eq!(decode_replacing(bytes), *replacing);
        assert_eq!(decode_ignoring(bytes), *ignoring);
    }
}
