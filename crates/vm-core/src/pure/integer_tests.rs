//! Expected values are CPython 3.13's.

use super::*;

/// A result with the error as its message.
fn shown<T>(result: Result<T, OperationError>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

fn big(text: &str) -> BigInt {
    text.parse().expect("the tables have integers")
}

type Text = Result<&'static str, &'static str>;

/// a, b, a // b, a % b
const DIVISIONS: &[(&str, &str, Text, Text)] = &[
    ("0", "7", Ok("0"), Ok("0")),
    ("0", "-7", Ok("0"), Ok("0")),
    ("0", "100000000000000000000", Ok("0"), Ok("0")),
    ("0", "-9223372036854775808", Ok("0"), Ok("0")),
    ("1", "7", Ok("0"), Ok("1")),
    ("1", "-7", Ok("-1"), Ok("-6")),
    ("1", "100000000000000000000", Ok("0"), Ok("1")),
    (
        "1",
        "-9223372036854775808",
        Ok("-1"),
        Ok("-9223372036854775807"),
    ),
    ("-1", "7", Ok("-1"), Ok("6")),
    ("-1", "-7", Ok("0"), Ok("-1")),
    (
        "-1",
        "100000000000000000000",
        Ok("-1"),
        Ok("99999999999999999999"),
    ),
    ("-1", "-9223372036854775808", Ok("0"), Ok("-1")),
    ("7", "7", Ok("1"), Ok("0")),
    ("7", "-7", Ok("-1"), Ok("0")),
    ("7", "100000000000000000000", Ok("0"), Ok("7")),
    (
        "7",
        "-9223372036854775808",
        Ok("-1"),
        Ok("-9223372036854775801"),
    ),
    ("-7", "7", Ok("-1"), Ok("0")),
    ("-7", "-7", Ok("1"), Ok("0")),
    (
        "-7",
        "100000000000000000000",
        Ok("-1"),
        Ok("99999999999999999993"),
    ),
    ("-7", "-9223372036854775808", Ok("0"), Ok("-7")),
    ("9007199254740993", "7", Ok("1286742750677284"), Ok("5")),
    ("9007199254740993", "-7", Ok("-1286742750677285"), Ok("-2")),
    (
        "9007199254740993",
        "100000000000000000000",
        Ok("0"),
        Ok("9007199254740993"),
    ),
    (
        "9007199254740993",
        "-9223372036854775808",
        Ok("-1"),
        Ok("-9214364837600034815"),
    ),
    (
        "-9223372036854775808",
        "7",
        Ok("-1317624576693539402"),
        Ok("6"),
    ),
    (
        "-9223372036854775808",
        "-7",
        Ok("1317624576693539401"),
        Ok("-1"),
    ),
    (
        "-9223372036854775808",
        "100000000000000000000",
        Ok("-1"),
        Ok("90776627963145224192"),
    ),
    (
        "-9223372036854775808",
        "-9223372036854775808",
        Ok("1"),
        Ok("0"),
    ),
    (
        "9223372036854775808",
        "7",
        Ok("1317624576693539401"),
        Ok("1"),
    ),
    (
        "9223372036854775808",
        "-7",
        Ok("-1317624576693539402"),
        Ok("-6"),
    ),
    (
        "9223372036854775808",
        "100000000000000000000",
        Ok("0"),
        Ok("9223372036854775808"),
    ),
    (
        "9223372036854775808",
        "-9223372036854775808",
        Ok("-1"),
        Ok("0"),
    ),
    (
        "1000000000000000000000000000000",
        "7",
        Ok("142857142857142857142857142857"),
        Ok("1"),
    ),
    (
        "1000000000000000000000000000000",
        "-7",
        Ok("-142857142857142857142857142858"),
        Ok("-6"),
    ),
    (
        "1000000000000000000000000000000",
        "100000000000000000000",
        Ok("10000000000"),
        Ok("0"),
    ),
    (
        "1000000000000000000000000000000",
        "-9223372036854775808",
        Ok("-108420217249"),
        Ok("-4146427766549512192"),
    ),
    (
        "-1000000000000000000000000000000",
        "7",
        Ok("-142857142857142857142857142858"),
        Ok("6"),
    ),
    (
        "-1000000000000000000000000000000",
        "-7",
        Ok("142857142857142857142857142857"),
        Ok("-1"),
    ),
    (
        "-1000000000000000000000000000000",
        "100000000000000000000",
        Ok("-10000000000"),
        Ok("0"),
    ),
    (
        "-1000000000000000000000000000000",
        "-9223372036854775808",
        Ok("108420217248"),
        Ok("-5076944270305263616"),
    ),
    (
        "1606938044258990275541962092341162602522202993782792835301377",
        "7",
        Ok("229562577751284325077423156048737514646028999111827547900196"),
        Ok("5"),
    ),
    (
        "1606938044258990275541962092341162602522202993782792835301377",
        "-7",
        Ok("-229562577751284325077423156048737514646028999111827547900197"),
        Ok("-2"),
    ),
    (
        "1606938044258990275541962092341162602522202993782792835301377",
        "100000000000000000000",
        Ok("16069380442589902755419620923411626025222"),
        Ok("2993782792835301377"),
    ),
    (
        "1606938044258990275541962092341162602522202993782792835301377",
        "-9223372036854775808",
        Ok("-174224571863520493293247799005065324265473"),
        Ok("-9223372036854775807"),
    ),
    ("3", "7", Ok("0"), Ok("3")),
    ("3", "-7", Ok("-1"), Ok("-4")),
    ("3", "100000000000000000000", Ok("0"), Ok("3")),
    (
        "3",
        "-9223372036854775808",
        Ok("-1"),
        Ok("-9223372036854775805"),
    ),
    (
        "5",
        "0",
        Err("integer division or modulo by zero"),
        Err("integer modulo by zero"),
    ),
];

const MODULAR_POWERS: &[(&str, &str, &str, Text)] = &[
    ("2", "10", "1000", Ok("24")),
    ("2", "-1", "7", Ok("4")),
    (
        "2",
        "-1",
        "4",
        Err("base is not invertible for the given modulus"),
    ),
    ("3", "5", "-7", Ok("-2")),
    ("-3", "5", "7", Ok("2")),
    ("0", "0", "1", Ok("0")),
    ("7", "0", "5", Ok("1")),
    ("2", "3", "0", Err("pow() 3rd argument cannot be 0")),
    ("2", "-3", "-11", Ok("-4")),
    (
        "1000000000000000000000000000000",
        "100000000000000000000",
        "10000000000000000000000001",
        Ok("1"),
    ),
    ("2", "-1", "-1", Ok("0")),
];

const ROUNDED: &[(&str, u64, &str)] = &[
    ("15", 1, "20"),
    ("25", 1, "20"),
    ("-15", 1, "-20"),
    ("-25", 1, "-20"),
    ("-26", 1, "-30"),
    ("149", 2, "100"),
    ("150", 2, "200"),
    ("5", 1, "0"),
    ("5", 2, "0"),
    ("6", 1, "10"),
    ("4", 100, "0"),
    (
        "10000000000000000000050000000000000000000",
        20,
        "10000000000000000000000000000000000000000",
    ),
    (
        "10000000000000000000150000000000000000000",
        20,
        "10000000000000000000200000000000000000000",
    ),
    (
        "10000000000000000000050000000000000000001",
        20,
        "10000000000000000000100000000000000000000",
    ),
    ("99", 2, "100"),
];

fn owned(text: Text) -> Result<String, String> {
    text.map(str::to_owned).map_err(str::to_owned)
}

#[test]
fn division_floors() {
    for (a, b, quotient, remainder) in DIVISIONS {
        let (a, b) = (big(a), big(b));
        assert_eq!(
            shown(floor_divide(&a, &b)).map(|q| q.to_string()),
            owned(*quotient)
        );
        assert_eq!(
            shown(modulo(&a, &b)).map(|r| r.to_string()),
            owned(*remainder)
        );
        if let (Ok(quotient), Ok(remainder)) = (quotient, remainder) {
            assert_eq!(divide_modulo(&a, &b), Ok((big(quotient), big(remainder))));
            if let (Some(a), Some(b)) = (a.to_i64(), b.to_i64()) {
                assert_eq!(floor_divide_i64(a, b), big(quotient).to_i64());
                assert_eq!(modulo_i64(a, b), big(remainder).to_i64());
            }
        }
    }
    assert_eq!(floor_divide_i64(i64::MIN, -1), None);
    assert_eq!(modulo_i64(i64::MIN, -1), Some(0));
    assert_eq!((floor_divide_i64(1, 0), modulo_i64(1, 0)), (None, None));
}

#[test]
fn modular_power_has_the_sign_of_the_modulus() {
    for (base, exponent, modulus, expected) in MODULAR_POWERS {
        let found = power_modulo(&big(base), &big(exponent), &big(modulus));
        assert_eq!(
            shown(found).map(|power| power.to_string()),
            owned(*expected)
        );
    }
}

#[test]
fn power_and_shift_obey_the_limit() {
    let (two, huge) = (BigInt::from(2), BigInt::from(u64::MAX) * 5);
    assert_eq!(
        power(&two, &BigInt::from(100), 100),
        Ok(BigInt::one() << 100)
    );
    assert_eq!(
        power(&two, &BigInt::from(101), 100),
        Err(OperationError::TooLarge { bits: 101 })
    );
    assert!(matches!(
        power(&two, &huge, 1 << 40),
        Err(OperationError::TooLarge { .. })
    ));
    assert_eq!(power(&-BigInt::one(), &huge, 10), Ok(-BigInt::one()));
    assert_eq!(power(&BigInt::zero(), &huge, 10), Ok(BigInt::zero()));
    assert_eq!(
        power(&BigInt::zero(), &BigInt::zero(), 10),
        Ok(BigInt::one())
    );
    assert_eq!(
        shift_left(&two, &BigInt::from(8), 10),
        Ok(BigInt::from(512))
    );
    assert!(matches!(
        shift_left(&two, &huge, 1 << 40),
        Err(OperationError::TooLarge { .. })
    ));
    assert_eq!(shift_left(&BigInt::zero(), &huge, 10), Ok(BigInt::zero()));
    assert_eq!(
        shown(shift_left(&two, &BigInt::from(-1), 10)),
        Err("negative shift count".to_owned())
    );
}

#[test]
fn shifts_round_down() {
    for (value, count, expected) in [(-5, 1, -3), (-1, 100, -1), (5, 100, 0), (-8, 3, -1)] {
        assert_eq!(shift_right_i64(value, count), expected);
        let shifted = shift_right(&BigInt::from(value), &BigInt::from(count));
        assert_eq!(shifted, Ok(BigInt::from(expected)));
    }
    assert_eq!(shift_left_i64(1, 62), Some(1 << 62));
    assert_eq!(
        (shift_left_i64(1, 63), shift_left_i64(-1, 63)),
        (None, Some(i64::MIN))
    );
    assert_eq!(
        (shift_left_i64(0, 1000), shift_left_i64(1, 64)),
        (Some(0), None)
    );
}

#[test]
fn rounding_is_half_to_even() {
    for (value, digits, expected) in ROUNDED {
        assert_eq!(
            round_to_power_of_ten(&big(value), *digits),
            big(expected),
            "{value}"
        );
    }
    assert_eq!(round_to_power_of_ten(&big("123"), u64::MAX), BigInt::zero());
}

#[test]
fn bits_roots_and_divisors() {
    assert_eq!(
        (
            bit_length_i64(0),
            bit_length_i64(-8),
            bit_length_i64(i64::MIN)
        ),
        (0, 4, 64)
    );
    assert_eq!((bit_length(&big("-256")), bit_count(&big("-255"))), (9, 8));
    assert_eq!(power_i64(3, 39), Some(4_052_555_153_018_976_267));
    assert_eq!(power_i64(3, 40), None);
    let root = integer_square_root(&(BigInt::from(10).pow(40) - 1));
    assert_eq!(root, Ok(BigInt::from(10).pow(20) - 1));
    assert!(integer_square_root(&big("-1")).is_err());
    assert_eq!(greatest_common_divisor(&big("-12"), &big("18")), big("6"));
    assert_eq!(greatest_common_divisor(&big("0"), &big("0")), big("0"));
}
