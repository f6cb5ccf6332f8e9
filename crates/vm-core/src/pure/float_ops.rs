//! Float arithmetic where the language differs from the hardware: zero divisors are errors,
//! division floors, powers overflow, rounding is decimal.
//!
//! `round(x, n)` is the decimal rounding of the float's exact value, half to even, read back as the
//! nearest float: `round(2.675, 2)` is 2.67 since the float is a little below.

use num_bigint::BigInt;
use num_traits::One;

use super::OperationError;
use super::integer_float::{compare_with_float, float_parts, from_float};

/// `a / b`.
#[inline]
pub fn true_divide(a: f64, b: f64) -> Result<f64, OperationError> {
    if b == 0.0 {
        return Err(OperationError::ZeroDivision("float division by zero"));
    }
    Ok(a / b)
}

/// `a // b`.
#[inline]
pub fn floor_divide(a: f64, b: f64) -> Result<f64, OperationError> {
    if b == 0.0 {
        return Err(OperationError::ZeroDivision("float floor division by zero"));
    }
    Ok(quotient_and_remainder(a, b).0)
}

/// `a % b`: the sign of the divisor, also on a zero.
#[inline]
pub fn modulo(a: f64, b: f64) -> Result<f64, OperationError> {
    if b == 0.0 {
        return Err(OperationError::ZeroDivision("float modulo by zero"));
    }
    Ok(floored_remainder(a, b).0)
}

/// `divmod(a, b)`.
pub fn divide_modulo(a: f64, b: f64) -> Result<(f64, f64), OperationError> {
    if b == 0.0 {
        return Err(OperationError::ZeroDivision("float divmod()"));
    }
    Ok(quotient_and_remainder(a, b))
}

/// The remainder with the divisor's sign, and whether the divisor had to be added for that.
fn floored_remainder(a: f64, b: f64) -> (f64, bool) {
    let remainder = a % b;
    if remainder == 0.0 {
        (0.0f64.copysign(b), false)
    } else if (b < 0.0) != (remainder < 0.0) {
        (remainder + b, true)
    } else {
        (remainder, false)
    }
}

fn quotient_and_remainder(a: f64, b: f64) -> (f64, f64) {
    let (remainder, adjusted) = floored_remainder(a, b);
    // The quotient of the truncated remainder is close to a whole number; less one after the
    // adjustment. Snapping it to that number removes the rounding error of the division.
    let quotient = (a - a % b) / b - if adjusted { 1.0 } else { 0.0 };
    if quotient == 0.0 {
        return (0.0f64.copysign(a / b), remainder);
    }
    let floor = quotient.floor();
    (
        if quotient - floor > 0.5 {
            floor + 1.0
        } else {
            floor
        },
        remainder,
    )
}

/// `base ** exponent`.
///
/// A negative base with a fractional exponent would have a complex result; there are no complex
/// numbers here, so that is a `ValueError`.
pub fn power(base: f64, exponent: f64) -> Result<f64, OperationError> {
    if exponent == 0.0 || base == 1.0 {
        return Ok(1.0);
    }
    if !base.is_finite() || !exponent.is_finite() {
        return Ok(base.powf(exponent));
    }
    if base == 0.0 && exponent < 0.0 {
        return Err(OperationError::ZeroDivision(
            "0.0 cannot be raised to a negative power",
        ));
    }
    if base < 0.0 && exponent.fract() != 0.0 {
        return Err(OperationError::value(
            "negative number cannot be raised to a fractional power",
        ));
    }
    let result = base.powf(exponent);
    if result.is_infinite() {
        return Err(OperationError::Overflow(
            "(34, 'Numerical result out of range')",
        ));
    }
    Ok(result)
}

/// `round(value)`: to the nearest integer, half to even.
pub fn round_to_integer(value: f64) -> Result<BigInt, OperationError> {
    from_float(value.round_ties_even())
}

/// `round(value, digits)`.
pub fn round_to_digits(value: f64, digits: i64) -> Result<f64, OperationError> {
    // More than 323 digits behind the point change no float; a unit of 10^309 is beyond twice the
    // largest.
    if !value.is_finite() || value == 0.0 || digits > 323 {
        return Ok(value);
    }
    if digits < -308 {
        return Ok(0.0f64.copysign(value));
    }
    let magnitude = value.abs();
    let rounded = if digits >= 0 {
        read_back(&format!("{magnitude:.*}", digits as usize))
    } else {
        round_to_power_of_ten(magnitude, -digits as u32)
    };
    if rounded.is_infinite() {
        return Err(OperationError::Overflow(
            "rounded value too large to represent",
        ));
    }
    Ok(rounded.copysign(value))
}

/// A positive float rounded to a multiple of `10^power`.
fn round_to_power_of_ten(magnitude: f64, power: u32) -> f64 {
    let text = format!("{magnitude:.800e}");
    let exponent: i64 = text
        .split_once('e')
        .and_then(|(_, e)| e.parse().ok())
        .unwrap_or(0);
    match exponent - i64::from(power) {
        // The leading digit is a multiple of the unit: that many digits behind it are kept.
        kept if kept >= 0 => read_back(&format!("{magnitude:.*e}", kept as usize)),
        // Between a tenth of the unit and the unit: up only from beyond one half.
        -1 => {
            let half = BigInt::from(10).pow(power - 1) * 5;
            let above_half =
                compare_with_float(&half, magnitude).is_some_and(|order| order.is_lt());
            if above_half {
                read_back(&format!("1e{power}"))
            } else {
                0.0
            }
        }
        _ => 0.0,
    }
}

/// The float that a decimal just written stands for.
fn read_back(text: &str) -> f64 {
    text.parse().unwrap_or(f64::INFINITY)
}

/// `float.is_integer()`.
pub fn is_integer(value: f64) -> bool {
    value.is_finite() && value.fract() == 0.0
}

/// `float.as_integer_ratio()`: numerator and denominator in lowest terms.
pub fn as_integer_ratio(value: f64) -> Result<(BigInt, BigInt), OperationError> {
    if value.is_nan() {
        return Err(OperationError::value("cannot convert NaN to integer ratio"));
    }
    if value.is_infinite() {
        return Err(OperationError::Overflow(
            "cannot convert Infinity to integer ratio",
        ));
    }
    let (mut significand, mut exponent, negative) = float_parts(value);
    if significand == 0 {
        return Ok((BigInt::ZERO, BigInt::one()));
    }
    let zeros = significand.trailing_zeros();
    significand >>= zeros;
    exponent += zeros as i32;
    let numerator = BigInt::from(significand) << exponent.max(0).unsigned_abs();
    let denominator = BigInt::one() << (-exponent).max(0).unsigned_abs();
    Ok((if negative { -numerator } else { numerator }, denominator))
}

/// `float.hex()`.
pub fn to_hexadecimal(value: f64) -> String {
    if !value.is_finite() {
        return super::float_text::repr_float(value);
    }
    let bits = value.to_bits();
    let sign = if bits >> 63 == 1 { "-" } else { "" };
    let fraction = bits & ((1 << 52) - 1);
    match ((bits >> 52) & 0x7FF) as i32 {
        0 if fraction == 0 => format!("{sign}0x0.0p+0"),
        0 => format!("{sign}0x0.{fraction:013x}p-1022"),
        biased => format!("{sign}0x1.{fraction:013x}p{:+}", biased - 1023),
    }
}

#[cfg(test)]
#[path = "float_ops_tests.rs"]
mod tests;
