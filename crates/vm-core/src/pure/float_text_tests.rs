//! Expected values are CPython 3.13's.

use super::*;

const REPRESENTATIONS: &[(f64, &str)] = &[
    (0.0, "0.0"),
    (-0.0, "-0.0"),
    (1.0, "1.0"),
    (-1.5, "-1.5"),
    (0.1, "0.1"),
    (0.3333333333333333, "0.3333333333333333"),
    (1000000000000000.0, "1000000000000000.0"),
    (9999999999999998.0, "9999999999999998.0"),
    (1e+16, "1e+16"),
    (1.5e+16, "1.5e+16"),
    (1.2345678901234568e+17, "1.2345678901234568e+17"),
    (1e+22, "1e+22"),
    (1e+23, "1e+23"),
    (0.0001, "0.0001"),
    (1e-05, "1e-05"),
    (0.00012345, "0.00012345"),
    (5e-324, "5e-324"),
    (2.2250738585072014e-308, "2.2250738585072014e-308"),
    (1.7976931348623157e+308, "1.7976931348623157e+308"),
    (5.684341886080802e-14, "5.684341886080802e-14"),
    (-1152814444931227.2, "-1152814444931227.2"),
    (147213476857306.62, "147213476857306.62"),
    (-25491600.934570312, "-25491600.934570312"),
    (4503599627370498.0, "4503599627370498.0"),
    (9007199254740992.0, "9007199254740992.0"),
    (9.223372036854776e+18, "9.223372036854776e+18"),
    (100.0, "100.0"),
    (12345.678, "12345.678"),
    (f64::INFINITY, "inf"),
    (-f64::INFINITY, "-inf"),
    (f64::NAN, "nan"),
];

type Parsed = Result<f64, &'static str>;

const PARSED: &[(&str, Parsed)] = &[
    ("1", Ok(1.0)),
    ("-0", Ok(-0.0)),
    ("  1.5 ", Ok(1.5)),
    ("\u{3000}1\u{85}", Ok(1.0)),
    (
        "\u{1f}1",
        Err("could not convert string to float: '\\x1f1'"),
    ),
    ("1_000.5", Ok(1000.5)),
    ("1__0", Err("could not convert string to float: '1__0'")),
    ("_1", Err("could not convert string to float: '_1'")),
    ("1_", Err("could not convert string to float: '1_'")),
    ("1_e5", Err("could not convert string to float: '1_e5'")),
    ("1e_5", Err("could not convert string to float: '1e_5'")),
    ("1._5", Err("could not convert string to float: '1._5'")),
    ("1e1_0", Ok(10000000000.0)),
    (".5", Ok(0.5)),
    ("5.", Ok(5.0)),
    (".", Err("could not convert string to float: '.'")),
    ("", Err("could not convert string to float: ''")),
    ("e5", Err("could not convert string to float: 'e5'")),
    (".e5", Err("could not convert string to float: '.e5'")),
    ("inf", Ok(f64::INFINITY)),
    ("-INFINITY", Ok(-f64::INFINITY)),
    ("+nan", Ok(f64::NAN)),
    ("infi", Err("could not convert string to float: 'infi'")),
    ("nan1", Err("could not convert string to float: 'nan1'")),
    ("1e400", Ok(f64::INFINITY)),
    ("-1e-400", Ok(-0.0)),
    ("0x10", Err("could not convert string to float: '0x10'")),
    ("1e", Err("could not convert string to float: '1e'")),
    ("\u{663}.\u{661}", Ok(3.1)),
    ("1 2", Err("could not convert string to float: '1 2'")),
    ("4.35", Ok(4.35)),
    ("2.2250738585072011e-308", Ok(2.225073858507201e-308)),
    ("9007199254740993", Ok(9007199254740992.0)),
    ("a'b", Err("could not convert string to float: \"a'b\"")),
    ("1\u{0}", Err("could not convert string to float: '1\\x00'")),
];

#[test]
fn representation_is_shortest() {
    for (value, expected) in REPRESENTATIONS {
        assert_eq!(repr_float(*value), *expected);
    }
}

#[test]
fn text_is_parsed() {
    for (text, expected) in PARSED {
        let found = parse_float(text).map_err(|error| error.to_string());
        match (&found, expected) {
            (Ok(found), Ok(expected)) => {
                let both_nan = found.is_nan() && expected.is_nan();
                assert!(
                    both_nan || found.to_bits() == expected.to_bits(),
                    "{text:?}: {found}"
                );
            }
            _ => assert_eq!(found, expected.map_err(str::to_owned), "{text:?}"),
        }
    }
}

#[test]
fn bytes_are_shown_as_bytes() {
    assert_eq!(parse_float_bytes(b" 1e3\n"), Ok(1000.0));
    let message = parse_float_bytes(b"\xd9\xa3").map_err(|error| error.to_string());
    assert_eq!(
        message,
        Err(r"could not convert string to float: b'\xd9\xa3'".to_owned())
    );
}

#[test]
fn representation_reads_back() {
    // A walk over bit patterns with all exponents.
    let mut bits: u64 = 0x0123_4567_89AB_CDEF;
    for _ in 0..20_000 {
        bits = bits
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let value = f64::from_bits(bits);
        if value.is_finite() {
            let read = parse_float(&repr_float(value)).map(f64::to_bits);
            assert_eq!(read, Ok(value.to_bits()), "{value:e}");
        }
    }
}
