//! Exact dealings of integers with floats.
//!
//! 1. True division of integers of any size is correctly rounded: the dividend is scaled so that
//!    the integer quotient has at least 66 bits, everything below is folded into one sticky bit,
//!    and the quotient is rounded once, half to even.
//! 2. An integer becomes a float in the same manner, from its top 64 bits.
//! 3. A float is compared with an integer by the float's exact integer part, never by converting
//!    the integer.

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::OperationError;

/// `a / b`, correctly rounded.
pub fn true_divide(a: &BigInt, b: &BigInt) -> Result<f64, OperationError> {
    const EXACT: u64 = 53;
    if b.is_zero() {
        return Err(OperationError::ZeroDivision("division by zero"));
    }
    if a.is_zero() {
        return Ok(if b.is_negative() { -0.0 } else { 0.0 });
    }
    if a.bits() <= EXACT && b.bits() <= EXACT {
        // Both are exact floats, and float division rounds correctly.
        return Ok(to_f64_rounded(a) / to_f64_rounded(b));
    }
    let negative = a.is_negative() != b.is_negative();
    let exponent_difference = a.bits() as i64 - b.bits() as i64;
    let magnitude = if exponent_difference > 1025 {
        f64::INFINITY
    } else if exponent_difference < -1080 {
        0.0
    } else {
        // quotient = |a| / |b| * 2^shift has 66 or 67 bits before the fraction is cut off.
        let shift = 66 - exponent_difference;
        let (mut dividend, mut divisor) = (a.magnitude().clone(), b.magnitude().clone());
        if shift >= 0 {
            dividend <<= shift as u64;
        } else {
            divisor <<= (-shift) as u64;
        }
        let (mut quotient, remainder) = dividend.div_rem(&divisor);
        if !remainder.is_zero() {
            quotient |= BigUint::one();
        }
        scale_rounded(quotient.to_u128().unwrap_or(u128::MAX), -shift)
    };
    if magnitude.is_infinite() {
        return Err(OperationError::Overflow(
            "integer division result too large for a float",
        ));
    }
    Ok(if negative { -magnitude } else { magnitude })
}

/// `significand * 2^exponent` rounded once, half to even. The lowest bit of the significand may be
/// a sticky bit as long as the significand has more than 54 bits.
fn scale_rounded(significand: u128, exponent: i64) -> f64 {
    let bits = 128 - i64::from(significand.leading_zeros());
    // The unit in the last place of the result; below 2^-1074 there is no float.
    let unit_exponent = (bits + exponent - 53).max(-1074);
    let dropped = unit_exponent - exponent;
    let kept = if dropped <= 0 {
        significand << (-dropped)
    } else if dropped >= 128 {
        0
    } else {
        let kept = significand >> dropped;
        let rest = significand & ((1u128 << dropped) - 1);
        let half = 1u128 << (dropped - 1);
        let round_up = rest > half || (rest == half && kept & 1 == 1);
        kept + u128::from(round_up)
    };
    multiply_by_power_of_two(kept as f64, unit_exponent)
}

/// `value * 2^exponent` in steps none of which rounds when the result is representable.
fn multiply_by_power_of_two(mut value: f64, mut exponent: i64) -> f64 {
    while exponent > 1000 && value.is_finite() {
        value *= f64::from_bits((1000 + 1023) << 52);
        exponent -= 1000;
    }
    while exponent < -1000 && value != 0.0 {
        value *= f64::from_bits((-1000i64 + 1023).cast_unsigned() << 52);
        exponent += 1000;
    }
    value * f64::from_bits(((exponent.clamp(-1000, 1000) + 1023).cast_unsigned()) << 52)
}

/// The nearest float, infinite when beyond the largest.
fn to_f64_rounded(value: &BigInt) -> f64 {
    let bits = value.bits();
    let magnitude = if bits <= 64 {
        value.magnitude().to_u64().unwrap_or(u64::MAX) as f64
    } else if bits > 1024 {
        f64::INFINITY
    } else {
        let shift = bits - 64;
        let mut top = (value.magnitude() >> shift).to_u64().unwrap_or(u64::MAX);
        if value.magnitude().trailing_zeros().unwrap_or(0) < shift {
            top |= 1;
        }
        multiply_by_power_of_two(top as f64, shift as i64)
    };
    if value.is_negative() {
        -magnitude
    } else {
        magnitude
    }
}

/// `float(value)`, correctly rounded.
pub fn to_float(value: &BigInt) -> Result<f64, OperationError> {
    let float = to_f64_rounded(value);
    if float.is_infinite() {
        return Err(OperationError::Overflow(
            "int too large to convert to float",
        ));
    }
    Ok(float)
}

/// `int(value)`: the integer part, exactly.
pub fn from_float(value: f64) -> Result<BigInt, OperationError> {
    if value.is_nan() {
        return Err(OperationError::value("cannot convert float NaN to integer"));
    }
    if value.is_infinite() {
        return Err(OperationError::Overflow(
            "cannot convert float infinity to integer",
        ));
    }
    let (significand, exponent, negative) = float_parts(value);
    let magnitude = if exponent >= 0 {
        BigUint::from(significand) << exponent.unsigned_abs()
    } else {
        BigUint::from(
            significand
                .checked_shr(exponent.unsigned_abs())
                .unwrap_or(0),
        )
    };
    Ok(BigInt::from_biguint(
        if negative { Sign::Minus } else { Sign::Plus },
        magnitude,
    ))
}

/// A finite float as `(significand, exponent, negative)`: ±significand * 2^exponent.
pub(super) fn float_parts(value: f64) -> (u64, i32, bool) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let biased = ((bits >> 52) & 0x7FF) as i32;
    let negative = bits >> 63 == 1;
    if biased == 0 {
        (fraction, -1074, negative)
    } else {
        (fraction | 1 << 52, biased - 1075, negative)
    }
}

/// How an integer compares with a float, exactly; `None` for NaN.
pub fn compare_with_float(integer: &BigInt, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float.is_infinite() {
        return Some(if float > 0.0 {
            Ordering::Less
        } else {
            Ordering::Greater
        });
    }
    let whole = from_float(float).ok()?;
    // The fraction decides only between equal whole parts; it has the float's sign.
    Some(integer.cmp(&whole).then_with(|| {
        0.0f64
            .partial_cmp(&float.fract())
            .unwrap_or(Ordering::Equal)
    }))
}

/// How an integer compares with a float, exactly; `None` for NaN.
#[inline]
pub fn compare_i64_with_float(integer: i64, float: f64) -> Option<Ordering> {
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    if integer.unsigned_abs() <= 1 << 53 {
        return (integer as f64).partial_cmp(&float);
    }
    if float >= TWO_TO_63 {
        Some(Ordering::Less)
    } else if float < -TWO_TO_63 {
        Some(Ordering::Greater)
    } else if float.is_nan() {
        None
    } else {
        let by_whole = integer.cmp(&(float as i64));
        Some(by_whole.then_with(|| {
            0.0f64
                .partial_cmp(&float.fract())
                .unwrap_or(Ordering::Equal)
        }))
    }
}

#[cfg(test)]
#[path = "integer_float_tests.rs"]
mod tests;
