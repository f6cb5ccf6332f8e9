//! Floats from and to text.
//!
//! `repr` is the shortest decimal that reads back as the same float, and of those the closest.
//! With the digits `d` and the decimal point `p` places behind the first digit's left side:
//!
//! ```text
//!   -4 < p <= 16      plain      0.0001   1234.5   1e15 = 1000000000000000.0
//!   otherwise         exponent   1e-05    1.5e+16  (two digits of exponent at least)
//! ```

use super::OperationError;
use super::character::decimals_to_ascii;
use super::integer_float::float_parts;
use super::string_ops::strip_number;
use super::string_repr::repr;

/// The decimal digits of a nonnegative finite float without the trailing zeros, and the place of
/// the decimal point: `0.d1d2d3... * 10^point`.
pub(super) struct Decimal {
    pub(super) digits: String,
    pub(super) point: i32,
}

impl Decimal {
    /// The shortest digits that read back as `value`; of several, the closest; of two equally
    /// close, the even one.
    pub(super) fn shortest(value: f64) -> Self {
        let shortest = Self::from_exponent_text(&format!("{value:e}"));
        if !shortest.may_be_tied(value) {
            return shortest;
        }
        // The standard formatting rounds a tie up, the exact one to even; the even digits are right
        // if they read back.
        let text = format!("{value:.*e}", shortest.digits.len() - 1);
        if text.parse() == Ok(value) {
            Self::from_exponent_text(&text)
        } else {
            shortest
        }
    }

    /// Whether `value` may be just in the middle between these digits and their neighbour: then its
    /// exact decimal has one digit more. A fraction with `n` binary digits has `n` decimal ones.
    fn may_be_tied(&self, value: f64) -> bool {
        let (significand, exponent, _) = float_parts(value);
        let binary_digits = -i64::from(exponent) - i64::from(significand.trailing_zeros());
        binary_digits > 0 && binary_digits == self.digits.len() as i64 - i64::from(self.point) + 1
    }

    /// Exactly `count` significant digits (at least one), correctly rounded.
    pub(super) fn significant(value: f64, count: usize) -> Self {
        // No float has more than 767 significant digits; the rest would be zeros.
        Self::from_exponent_text(&format!("{value:.*e}", (count - 1).min(800)))
    }

    fn from_exponent_text(text: &str) -> Self {
        let (significand, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let mut digits: String = significand.chars().filter(char::is_ascii_digit).collect();
        let significant = digits.trim_end_matches('0').len().max(1);
        digits.truncate(significant);
        Self {
            digits,
            point: exponent.parse::<i32>().unwrap_or(0) + 1,
        }
    }

    /// `d.ddde+XX` with exactly `fraction_digits` digits behind the point; the point itself is
    /// left out without a fraction unless `keep_point`.
    pub(super) fn in_exponent_form(&self, fraction_digits: usize, keep_point: bool) -> String {
        let fraction = &self.digits[1..];
        let exponent = self.point - 1;
        let sign = if exponent < 0 { '-' } else { '+' };
        let mut text = self.digits[..1].to_owned();
        if fraction_digits > 0 || keep_point {
            text.push('.');
        }
        text.push_str(fraction);
        text.extend(std::iter::repeat_n('0', fraction_digits - fraction.len()));
        text.push_str(&format!("e{sign}{:02}", exponent.unsigned_abs()));
        text
    }

    /// `ddd.ddd` with exactly `fraction_digits` digits behind the point, which must be enough.
    pub(super) fn in_plain_form(&self, fraction_digits: usize, keep_point: bool) -> String {
        let mut text = String::new();
        let whole_digits = usize::try_from(self.point).unwrap_or(0);
        let split = whole_digits.min(self.digits.len());
        if whole_digits == 0 {
            text.push('0');
        } else {
            text.push_str(&self.digits[..split]);
            text.extend(std::iter::repeat_n('0', whole_digits - split));
        }
        if fraction_digits > 0 || keep_point {
            text.push('.');
        }
        let fraction_end = text.len() + fraction_digits;
        if fraction_digits > 0 {
            let leading_zeros = usize::try_from(-self.point).unwrap_or(0);
            text.extend(std::iter::repeat_n('0', leading_zeros));
            text.push_str(&self.digits[split..]);
            while text.len() < fraction_end {
                text.push('0');
            }
        }
        text
    }

    /// How many digits stand behind the point when none is added.
    pub(super) fn fraction_digits(&self) -> usize {
        usize::try_from(self.digits.len() as i64 - i64::from(self.point)).unwrap_or(0)
    }
}

/// `repr(value)`.
pub fn repr_float(value: f64) -> String {
    if !value.is_finite() {
        return non_finite_text(value).to_owned();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let mut text = String::with_capacity(24);
    text.push_str(sign);
    text.push_str(&repr_magnitude(value.abs(), false));
    text
}

/// `repr` of a nonnegative finite float; `keep_point` writes `1.e+16` for `1e+16`.
pub(super) fn repr_magnitude(value: f64, keep_point: bool) -> String {
    let decimal = Decimal::shortest(value);
    if value == 0.0 || (-4 < decimal.point && decimal.point <= 16) {
        decimal.in_plain_form(decimal.fraction_digits().max(1), true)
    } else {
        decimal.in_exponent_form(decimal.digits.len() - 1, keep_point)
    }
}

/// `inf`, `-inf` or `nan`.
fn non_finite_text(value: f64) -> &'static str {
    if value.is_nan() {
        "nan"
    } else if value > 0.0 {
        "inf"
    } else {
        "-inf"
    }
}

/// `float(text)`.
///
/// White space around the number, digits of any script and single underscores between digits are
/// accepted, and `inf`, `infinity` and `nan` in any case.
pub fn parse_float(text: &str) -> Result<f64, OperationError> {
    parse_trimmed(&decimals_to_ascii(strip_number(text))).ok_or_else(|| {
        OperationError::value(format!("could not convert string to float: {}", repr(text)))
    })
}

/// `float(bytes)`: as [`parse_float`] but for ASCII text only; the message shows the bytes.
pub fn parse_float_bytes(bytes: &[u8]) -> Result<f64, OperationError> {
    let text = std::str::from_utf8(bytes)
        .ok()
        .filter(|text| text.is_ascii());
    text.and_then(|text| parse_trimmed(strip_number(text)))
        .ok_or_else(|| {
            let shown = super::bytes_ops::repr(bytes);
            OperationError::value(format!("could not convert string to float: {shown}"))
        })
}

fn parse_trimmed(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let negative = text.starts_with('-');
    let magnitude = match unsigned.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => {
            let digits = without_underscores(unsigned)?;
            // What is left are digits, at most one point and at most one exponent; the standard
            // parser checks their order. It must see a digit or point first: it knows words too.
            if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
                return None;
            }
            digits.parse().ok()?
        }
    };
    Some(if negative { -magnitude } else { magnitude })
}

/// The text without underscores; `None` unless each stands between two digits.
fn without_underscores(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    for (index, byte) in bytes.iter().enumerate() {
        if *byte == b'_' && !(index > 0 && is_digit(index - 1) && is_digit(index + 1)) {
            return None;
        }
    }
    Some(text.replace('_', ""))
}

#[cfg(test)]
#[path = "float_text_tests.rs"]
mod tests;
