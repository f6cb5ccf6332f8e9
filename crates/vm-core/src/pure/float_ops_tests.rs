//! Expected values are CPython 3.13's.

use super::*;

/// A result with the error as its message.
fn shown<T>(result: Result<T, OperationError>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

type Value = Result<f64, &'static str>;

/// a, b, a // b, a % b
const DIVISIONS: &[(f64, f64, Value, Value)] = &[
    (7.0, 2.0, Ok(3.0), Ok(1.0)),
    (-7.0, 2.0, Ok(-4.0), Ok(1.0)),
    (7.0, -2.0, Ok(-4.0), Ok(-1.0)),
    (-7.0, -2.0, Ok(3.0), Ok(-1.0)),
    (1.0, 0.1, Ok(9.0), Ok(0.09999999999999995)),
    (0.0, -1.0, Ok(-0.0), Ok(-0.0)),
    (-0.0, 1.0, Ok(-0.0), Ok(0.0)),
    (5.0, f64::INFINITY, Ok(0.0), Ok(5.0)),
    (-5.0, f64::INFINITY, Ok(-1.0), Ok(f64::INFINITY)),
    (f64::INFINITY, 2.0, Ok(f64::NAN), Ok(f64::NAN)),
    (
        1e+308,
        1e-308,
        Ok(f64::INFINITY),
        Ok(3.498445546245627e-309),
    ),
    (-1e-300, 3.0, Ok(-1.0), Ok(3.0)),
    (6.0, 3.0, Ok(2.0), Ok(0.0)),
    (
        1.0,
        0.0,
        Err("float floor division by zero"),
        Err("float modulo by zero"),
    ),
    (
        2.0,
        -0.0,
        Err("float floor division by zero"),
        Err("float modulo by zero"),
    ),
    (f64::NAN, 1.0, Ok(f64::NAN), Ok(f64::NAN)),
    (0.3, 0.1, Ok(2.0), Ok(0.09999999999999998)),
];

const POWERS: &[(f64, f64, Value)] = &[
    (2.0, 10.0, Ok(1024.0)),
    (2.0, -1.0, Ok(0.5)),
    (-2.0, 3.0, Ok(-8.0)),
    (0.0, 0.0, Ok(1.0)),
    (0.0, -1.0, Err("0.0 cannot be raised to a negative power")),
    (-0.0, -3.0, Err("0.0 cannot be raised to a negative power")),
    (f64::NAN, 0.0, Ok(1.0)),
    (1.0, f64::NAN, Ok(1.0)),
    (f64::INFINITY, -1.0, Ok(0.0)),
    (-f64::INFINITY, 3.0, Ok(-f64::INFINITY)),
    (-1.0, f64::INFINITY, Ok(1.0)),
    (10.0, 400.0, Err("(34, 'Numerical result out of range')")),
    (-10.0, 401.0, Err("(34, 'Numerical result out of range')")),
    (0.5, 2000.0, Ok(0.0)),
    (9.0, 0.5, Ok(3.0)),
];

const ROUNDED: &[(f64, i64, Value)] = &[
    (2.675, 2, Ok(2.67)),
    (0.5, 0, Ok(0.0)),
    (1.5, 0, Ok(2.0)),
    (2.5, 0, Ok(2.0)),
    (-0.4, 0, Ok(-0.0)),
    (1234.5678, 2, Ok(1234.57)),
    (0.125, 2, Ok(0.12)),
    (0.375, 2, Ok(0.38)),
    (1e+22, 3, Ok(1e+22)),
    (5.0, -1, Ok(0.0)),
    (15.0, -1, Ok(20.0)),
    (25.0, -1, Ok(20.0)),
    (35.0, -1, Ok(40.0)),
    (9.5, -1, Ok(10.0)),
    (94.9, -2, Ok(100.0)),
    (50.0, -2, Ok(0.0)),
    (51.0, -2, Ok(100.0)),
    (1e+308, -308, Ok(1e+308)),
    (1.7e+308, -308, Err("rounded value too large to represent")),
    (4e+307, -308, Ok(0.0)),
    (5e+307, -308, Ok(1e+308)),
    (1e+308, -309, Ok(0.0)),
    (5e-324, 323, Ok(0.0)),
    (5e-324, 324, Ok(5e-324)),
    (-0.0, 2, Ok(-0.0)),
    (-3.0, -1, Ok(-0.0)),
    (f64::INFINITY, 2, Ok(f64::INFINITY)),
    (1234567.0, -3, Ok(1235000.0)),
    (1.15, 1, Ok(1.1)),
    (1.05, 1, Ok(1.1)),
    (1e+300, 300, Ok(1e+300)),
];

type Ratio = Result<(&'static str, &'static str), &'static str>;

const RATIOS: &[(f64, Ratio)] = &[
    (0.0, Ok(("0", "1"))),
    (-0.0, Ok(("0", "1"))),
    (1.0, Ok(("1", "1"))),
    (-0.75, Ok(("-3", "4"))),
    (0.1, Ok(("3602879701896397", "36028797018963968"))),
    (1e+20, Ok(("100000000000000000000", "1"))),
    (
        5e-324,
        Ok((
            "1",
            "202402253307310618352495346718917307049556649764142118356901358027430339567995346891960383701437124495187077864316811911389808737385793476867013399940738509921517424276566361364466907742093216341239767678472745068562007483424692698618103355649159556340810056512358769552333414615230502532186327508646006263307707741093494784",
        )),
    ),
    (
        f64::INFINITY,
        Err("cannot convert Infinity to integer ratio"),
    ),
    (f64::NAN, Err("cannot convert NaN to integer ratio")),
    (12345.0, Ok(("12345", "1"))),
];

const HEXADECIMAL: &[(f64, &str)] = &[
    (0.0, "0x0.0p+0"),
    (-0.0, "-0x0.0p+0"),
    (1.0, "0x1.0000000000000p+0"),
    (-0.75, "-0x1.8000000000000p-1"),
    (0.1, "0x1.999999999999ap-4"),
    (5e-324, "0x0.0000000000001p-1022"),
    (1.7976931348623157e+308, "0x1.fffffffffffffp+1023"),
    (f64::INFINITY, "inf"),
    (f64::NAN, "nan"),
];

fn assert_same(found: Result<f64, OperationError>, expected: Value, what: &str) {
    match (shown(found), expected) {
        (Ok(found), Ok(expected)) => {
            let both_nan = found.is_nan() && expected.is_nan();
            assert!(
                both_nan || found.to_bits() == expected.to_bits(),
                "{what}: {found}"
            );
        }
        (found, expected) => assert_eq!(found, expected.map_err(str::to_owned), "{what}"),
    }
}

#[test]
fn division_floors() {
    for (a, b, quotient, remainder) in DIVISIONS {
        assert_same(floor_divide(*a, *b), *quotient, &format!("{a} // {b}"));
        assert_same(modulo(*a, *b), *remainder, &format!("{a} % {b}"));
        if let (Ok(quotient), Ok(remainder)) = (quotient, remainder) {
            let (both, rest) = divide_modulo(*a, *b).expect("the divisor is not zero");
            assert_same(Ok(both), Ok(*quotient), "divmod");
            assert_same(Ok(rest), Ok(*remainder), "divmod");
        }
    }
    assert_eq!(
        shown(divide_modulo(1.0, 0.0)),
        Err("float divmod()".to_owned())
    );
    assert_eq!(
        shown(true_divide(1.0, 0.0)),
        Err("float division by zero".to_owned())
    );
}

#[test]
fn power_has_errors() {
    for (base, exponent, expected) in POWERS {
        assert_same(
            power(*base, *exponent),
            *expected,
            &format!("{base} ** {exponent}"),
        );
    }
    assert!(power(-8.0, 0.5).is_err());
}

#[test]
fn rounding_is_decimal_and_half_to_even() {
    for (value, digits, expected) in ROUNDED {
        assert_same(
            round_to_digits(*value, *digits),
            *expected,
            &format!("{value} {digits}"),
        );
    }
    assert_eq!(round_to_integer(2.5), Ok(BigInt::from(2)));
    assert_eq!(round_to_integer(-3.5), Ok(BigInt::from(-4)));
    assert!(round_to_integer(f64::NAN).is_err());
}

#[test]
fn ratios_are_exact() {
    for (value, expected) in RATIOS {
        let found = shown(as_integer_ratio(*value)).map(|(n, d)| (n.to_string(), d.to_string()));
        let expected = expected
            .map(|(n, d)| (n.to_owned(), d.to_owned()))
            .map_err(str::to_owned);
        assert_eq!(found, expected);
    }
}

#[test]
fn whole_floats_are_integers() {
    for (value, expected) in [
        (1.0, true),
        (0.5, false),
        (1e300, true),
        (f64::INFINITY, false),
    ] {
        assert_eq!(is_integer(value), expected);
    }
}

#[test]
fn hexadecimal_shows_all_bits() {
    for (value, expected) in HEXADECIMAL {
        assert_eq!(to_hexadecimal(*value), *expected);
    }
}
