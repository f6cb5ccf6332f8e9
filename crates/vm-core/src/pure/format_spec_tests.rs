//! Expected values are CPython 3.13's.

use super::*;

const STRINGS: &[(&str, &str, Result<&str, &str>)] = &[
    ("abc", "", Ok("abc")),
    ("abc", "5", Ok("abc  ")),
    ("abc", ">6", Ok("   abc")),
    ("abc", "*^8", Ok("**abc***")),
    ("abc", ".2", Ok("ab")),
    ("\u{4e2d}\u{6587}", ">5.1", Ok("    \u{4e2d}")),
    ("abc", "010", Ok("abc0000000")),
    ("abc", "0>6", Ok("000abc")),
    (
        "abc",
        "=5",
        Err("'=' alignment not allowed in string format specifier"),
    ),
    (
        "abc",
        "+",
        Err("Sign not allowed in string format specifier"),
    ),
    (
        "abc",
        " ",
        Err("Space not allowed in string format specifier"),
    ),
    (
        "abc",
        "z",
        Err("Negative zero coercion (z) not allowed in string format specifier"),
    ),
    (
        "abc",
        "#",
        Err("Alternate form (#) not allowed in string format specifier"),
    ),
    ("abc", ",", Err("Cannot specify ',' with 's'.")),
    ("abc", "_s", Err("Cannot specify '_' with 's'.")),
    (
        "abc",
        "d",
        Err("Unknown format code 'd' for object of type 'str'"),
    ),
    (
        "abc",
        "5x",
        Err("Unknown format code 'x' for object of type 'str'"),
    ),
    ("abc", ".", Err("Format specifier missing precision")),
    (
        "abc",
        "99999999999999999999",
        Err("Too many decimal digits in format string"),
    ),
    (
        "abc",
        "ss",
        Err("Invalid format specifier 'ss' for object of type 'str'"),
    ),
    ("abc", "\u{663}", Ok("abc")),
    ("abc", "<<5", Ok("abc<<")),
    (
        "abc",
        "{",
        Err("Unknown format code '{' for object of type 'str'"),
    ),
    (
        "abc",
        "\u{e9}",
        Err("Unknown format code '\\xe9' for object of type 'str'"),
    ),
    ("abc", ",_", Err("Cannot specify both ',' and '_'.")),
    ("", "^3", Ok("   ")),
];

#[test]
fn strings_are_formatted() {
    for (text, spec, expected) in STRINGS {
        let found = FormatSpec::parse(spec, Formatted::Text, "str")
            .and_then(|spec| format_text(text, &spec, "str"))
            .map_err(|error| error.to_string());
        assert_eq!(
            found,
            expected.map(str::to_owned).map_err(str::to_owned),
            "{text} {spec}"
        );
    }
}

#[test]
fn all_parts_are_parsed() {
    let spec = FormatSpec::parse("*^+z#12,.3f", Formatted::Number, "float");
    let expected = FormatSpec {
        fill: '*',
        align: Some(Align::Center),
        sign: Some(SignStyle::Plus),
        coerce_negative_zero: true,
        alternate: true,
        width: 12,
        grouping: Some(','),
        precision: Some(3),
        kind: Some('f'),
    };
    assert_eq!(expected.demanded_characters(), 15);
    assert_eq!(spec, Ok(expected));
}
