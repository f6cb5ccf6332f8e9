//! `format(value, spec)` for integers and floats.
//!
//! 1. The value becomes a [`Number`]: sign, prefix (`0x`), whole digits, and the rest (point,
//!    fraction, exponent, percent sign).
//! 2. The whole digits are grouped. Zeros that fill the field belong to the digits, so that they
//!    are grouped too: `format(1234, '010,')` is `00,001,234`.
//! 3. The field is filled to its width.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

use super::OperationError;
use super::float_text::{Decimal, repr_magnitude};
use super::format_spec::{Align, FormatSpec, SignStyle, pad};
use super::integer::to_float;

/// A number as text, in the parts that a field treats differently.
struct Number {
    negative: bool,
    prefix: &'static str,
    whole: String,
    rest: String,
}

impl Number {
    /// Steps 2 and 3.
    fn lay_out(self, spec: &FormatSpec, group_length: usize) -> String {
        let sign = match (self.negative, spec.sign) {
            (true, _) => "-",
            (false, Some(SignStyle::Plus)) => "+",
            (false, Some(SignStyle::Space)) => " ",
            (false, _) => "",
        };
        let align = spec.align.unwrap_or(Align::Right);
        let outside = sign.len() + self.prefix.len() + self.rest.chars().count();
        let zero_filled = spec.fill == '0' && align == Align::AfterSign;
        let whole = match spec.grouping {
            // A number without digits is `inf`, `nan` or a character.
            Some(separator) if !self.whole.is_empty() => {
                let least = if zero_filled {
                    spec.width.saturating_sub(outside)
                } else {
                    0
                };
                group_digits(&self.whole, separator, group_length, least)
            }
            _ => self.whole,
        };
        let body_length = whole.len() + self.rest.chars().count();
        if align == Align::AfterSign {
            let lead = sign.len() + self.prefix.len();
            let body = whole + &self.rest;
            let field = spec.width.saturating_sub(lead);
            let body = pad(&body, body_length, field, spec.fill, Align::Right);
            return [sign, self.prefix, &body].concat();
        }
        let text = [sign, self.prefix, &whole, &self.rest].concat();
        let length = body_length + sign.len() + self.prefix.len();
        pad(&text, length, spec.width, spec.fill, align)
    }
}

/// The digits with a separator between groups, and with zeros before them to make at least
/// `least_length` characters (one more where a separator would come first).
fn group_digits(digits: &str, separator: char, group_length: usize, least_length: usize) -> String {
    let mut reversed = Vec::with_capacity(least_length.max(digits.len() * 4 / 3) + 1);
    let mut digits = digits.bytes().rev().peekable();
    let mut in_group = 0;
    while digits.peek().is_some() || reversed.len() < least_length {
        if in_group == group_length {
            reversed.push(separator as u8);
            in_group = 0;
        }
        reversed.push(digits.next().unwrap_or(b'0'));
        in_group += 1;
    }
    reversed
        .iter()
        .rev()
        .map(|byte| char::from(*byte))
        .collect()
}

/// `format(value, spec)` for an integer. Check [`FormatSpec::demanded_characters`] first.
pub fn format_integer(
    value: &BigInt,
    spec: &FormatSpec,
    type_name: &str,
) -> Result<String, OperationError> {
    let kind = spec.kind.unwrap_or('d');
    let (base, prefix, group_length) = match kind {
        'd' | 'n' => (10, "", 3),
        'b' => (2, "0b", 4),
        'o' => (8, "0o", 4),
        'x' => (16, "0x", 4),
        'X' => (16, "0X", 4),
        'c' => return format_character(value, spec),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' => {
            return format_float(to_float(value)?, spec, type_name);
        }
        _ => return Err(FormatSpec::unknown_code(kind, type_name)),
    };
    check_integer_spec(spec)?;
    let mut whole = match value.to_i64() {
        Some(small) if base == 10 => small.unsigned_abs().to_string(),
        _ => value.magnitude().to_str_radix(base),
    };
    if kind == 'X' {
        whole.make_ascii_uppercase();
    }
    let prefix = if spec.alternate { prefix } else { "" };
    let number = Number {
        negative: value.is_negative(),
        prefix,
        whole,
        rest: String::new(),
    };
    Ok(number.lay_out(spec, group_length))
}

fn check_integer_spec(spec: &FormatSpec) -> Result<(), OperationError> {
    if spec.precision.is_some() {
        return Err(OperationError::value(
            "Precision not allowed in integer format specifier",
        ));
    }
    if spec.coerce_negative_zero {
        return Err(OperationError::value(
            "Negative zero coercion (z) not allowed in integer format specifier",
        ));
    }
    Ok(())
}

/// The type `c`: the character with that code point. (A surrogate is refused like a number out of
/// range: text here holds characters only.)
fn format_character(value: &BigInt, spec: &FormatSpec) -> Result<String, OperationError> {
    check_integer_spec(spec)?;
    if spec.sign.is_some() {
        return Err(OperationError::value(
            "Sign not allowed with integer format specifier 'c'",
        ));
    }
    if spec.alternate {
        return Err(OperationError::value(
            "Alternate form (#) not allowed with integer format specifier 'c'",
        ));
    }
    let code = value.to_i64().ok_or(OperationError::Overflow(
        "Python int too large to convert to C long",
    ))?;
    let character = u32::try_from(code)
        .ok()
        .and_then(char::from_u32)
        .ok_or(OperationError::Overflow("%c arg not in range(0x110000)"))?;
    let rest = character.to_string();
    Ok(Number {
        negative: false,
        prefix: "",
        whole: String::new(),
        rest,
    }
    .lay_out(spec, 3))
}

/// `format(value, spec)` for a float. Check [`FormatSpec::demanded_characters`] first.
pub fn format_float(
    value: f64,
    spec: &FormatSpec,
    type_name: &str,
) -> Result<String, OperationError> {
    if spec
        .precision
        .is_some_and(|precision| precision > i32::MAX as usize)
    {
        return Err(OperationError::value("precision too big"));
    }
    let kind = match spec.kind {
        Some('n') => Some('g'),
        Some(kind) if !matches!(kind, 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            return Err(FormatSpec::unknown_code(kind, type_name));
        }
        kind => kind,
    };
    let scaled = if kind == Some('%') {
        value * 100.0
    } else {
        value
    };
    let mut text = if scaled.is_nan() {
        "nan".to_owned()
    } else if scaled.is_infinite() {
        "inf".to_owned()
    } else {
        magnitude_text(scaled.abs(), kind, spec)
    };
    let mut negative = scaled.is_sign_negative() && !scaled.is_nan();
    if spec.coerce_negative_zero && negative {
        let significand = text.split(['e', 'E']).next().unwrap_or(&text);
        negative = significand.bytes().any(|byte| !matches!(byte, b'0' | b'.'));
    }
    if kind.is_some_and(char::is_uppercase) {
        text.make_ascii_uppercase();
    }
    if kind == Some('%') {
        text.push('%');
    }
    let whole_length = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.split_off(whole_length);
    Ok(Number {
        negative,
        prefix: "",
        whole: text,
        rest,
    }
    .lay_out(spec, 3))
}

/// A nonnegative finite float in the given presentation.
fn magnitude_text(value: f64, kind: Option<char>, spec: &FormatSpec) -> String {
    let keep_point = spec.alternate;
    match kind {
        Some('f' | 'F' | '%') => fixed_text(value, spec.precision.unwrap_or(6), keep_point),
        Some('e' | 'E') => {
            let precision = spec.precision.unwrap_or(6);
            Decimal::significant(value, precision + 1).in_exponent_form(precision, keep_point)
        }
        Some(_) => {
            let significant = spec.precision.unwrap_or(6).max(1);
            general_text(value, significant, significant as i32, false, keep_point)
        }
        None => match spec.precision {
            None => repr_magnitude(value, keep_point),
            // Like `g`, but as a float: a digit behind the point, and the exponent form where that
            // digit would be beyond the precision.
            Some(precision) => {
                let significant = precision.max(1);
                general_text(value, significant, significant as i32 - 1, true, keep_point)
            }
        },
    }
}

/// Fixed point. No float has more than 1074 digits behind the point; the rest are zeros.
fn fixed_text(value: f64, precision: usize, keep_point: bool) -> String {
    let mut text = format!("{value:.*}", precision.min(1100));
    text.extend(std::iter::repeat_n('0', precision.saturating_sub(1100)));
    if precision == 0 && keep_point {
        text.push('.');
    }
    text
}

/// The general presentation: `significant` digits without trailing zeros (kept in the alternate
/// form), with an exponent if the point would be farther right than `last_plain_point`.
fn general_text(
    value: f64,
    significant: usize,
    last_plain_point: i32,
    one_fraction_digit: bool,
    alternate: bool,
) -> String {
    let decimal = Decimal::significant(value, significant);
    if decimal.point <= -4 || decimal.point > last_plain_point {
        let digits = if alternate {
            significant
        } else {
            decimal.digits.len()
        };
        return decimal.in_exponent_form(digits - 1, alternate);
    }
    let mut fraction = decimal.fraction_digits();
    if alternate {
        fraction = usize::try_from(significant as i64 - i64::from(decimal.point)).unwrap_or(0);
    }
    if one_fraction_digit {
        fraction = fraction.max(1);
    }
    decimal.in_plain_form(fraction, alternate)
}

#[cfg(test)]
#[path = "format_number_tests.rs"]
mod tests;
