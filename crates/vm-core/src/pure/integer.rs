//! Integer arithmetic: floor division, power, shifts, decimal rounding.
//!
//! Division rounds toward negative infinity and the remainder has the divisor's sign, so that
//! `a == (a // b) * b + a % b` and `0 <= a % b < b` for positive `b`.
//!
//! Functions on `i64` serve the inline integers; `None` means "the result does not fit, use the big
//! one". Adding, multiplying and the bit operations are those of `num_bigint` and have no function
//! here.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::OperationError;

pub use super::integer_float::{
    compare_i64_with_float, compare_with_float, from_float, to_float, true_divide,
};

/// `a // b` for a nonzero `b`; `None` when the quotient does not fit (or `b` is zero).
#[inline]
pub fn floor_divide_i64(a: i64, b: i64) -> Option<i64> {
    let quotient = a.checked_div(b)?;
    let inexact_and_negative = (a % b != 0) && ((a < 0) != (b < 0));
    Some(quotient - i64::from(inexact_and_negative))
}

/// `a % b` for a nonzero `b`; `None` when `b` is zero.
#[inline]
pub fn modulo_i64(a: i64, b: i64) -> Option<i64> {
    if b == 0 {
        return None;
    }
    let remainder = a.wrapping_rem(b);
    Some(if remainder != 0 && ((remainder < 0) != (b < 0)) {
        remainder + b
    } else {
        remainder
    })
}

/// `base ** exponent`; `None` when the power does not fit.
#[inline]
pub fn power_i64(base: i64, exponent: u32) -> Option<i64> {
    base.checked_pow(exponent)
}

/// `value << count`; `None` when the result does not fit.
#[inline]
pub fn shift_left_i64(value: i64, count: u32) -> Option<i64> {
    if value == 0 {
        return Some(0);
    }
    let shifted = value.checked_shl(count)?;
    (shifted >> count == value).then_some(shifted)
}

/// `value >> count` for any nonnegative count.
#[inline]
pub fn shift_right_i64(value: i64, count: u64) -> i64 {
    value >> count.min(63)
}

/// `a // b`.
pub fn floor_divide(a: &BigInt, b: &BigInt) -> Result<BigInt, OperationError> {
    if b.is_zero() {
        return Err(OperationError::ZeroDivision(
            "integer division or modulo by zero",
        ));
    }
    Ok(a.div_floor(b))
}

/// `a % b`.
pub fn modulo(a: &BigInt, b: &BigInt) -> Result<BigInt, OperationError> {
    if b.is_zero() {
        return Err(OperationError::ZeroDivision("integer modulo by zero"));
    }
    Ok(a.mod_floor(b))
}

/// `divmod(a, b)`.
pub fn divide_modulo(a: &BigInt, b: &BigInt) -> Result<(BigInt, BigInt), OperationError> {
    if b.is_zero() {
        return Err(OperationError::ZeroDivision(
            "integer division or modulo by zero",
        ));
    }
    Ok(a.div_mod_floor(b))
}

/// `base ** exponent` for a nonnegative exponent. (A negative exponent is a float power:
/// [`super::float_ops::power`] of both operands as floats.)
///
/// A result of more than about `limit_bits` bits is refused before any work is done.
pub fn power(base: &BigInt, exponent: &BigInt, limit_bits: u64) -> Result<BigInt, OperationError> {
    debug_assert!(!exponent.is_negative());
    if exponent.is_zero() || base.is_one() {
        return Ok(BigInt::one());
    }
    if base.is_zero() {
        return Ok(BigInt::zero());
    }
    if base.magnitude().is_one() {
        return Ok(if exponent.is_even() {
            BigInt::one()
        } else {
            base.clone()
        });
    }
    // 2^(bits-1) <= |base|, so the result has at least (bits-1) * exponent bits.
    let exponent = exponent.to_u64().unwrap_or(u64::MAX);
    let bits = (base.bits() - 1).saturating_mul(exponent);
    match u32::try_from(exponent) {
        Ok(exponent) if bits <= limit_bits => Ok(base.pow(exponent)),
        _ => Err(OperationError::TooLarge { bits }),
    }
}

/// `pow(base, exponent, modulus)`: the result has the sign of the modulus; a negative exponent
/// stands for the inverse's power.
pub fn power_modulo(
    base: &BigInt,
    exponent: &BigInt,
    modulus: &BigInt,
) -> Result<BigInt, OperationError> {
    if modulus.is_zero() {
        return Err(OperationError::value("pow() 3rd argument cannot be 0"));
    }
    let positive_modulus = modulus.abs();
    if positive_modulus.is_one() {
        return Ok(BigInt::zero());
    }
    let base = if exponent.is_negative() {
        base.mod_floor(&positive_modulus)
            .modinv(&positive_modulus)
            .ok_or(OperationError::value(
                "base is not invertible for the given modulus",
            ))?
    } else {
        base.mod_floor(&positive_modulus)
    };
    let power = base.modpow(&exponent.abs(), &positive_modulus);
    Ok(power.mod_floor(modulus))
}

/// `value << count`. A result beyond `limit_bits` is refused before any work is done.
pub fn shift_left(
    value: &BigInt,
    count: &BigInt,
    limit_bits: u64,
) -> Result<BigInt, OperationError> {
    if count.is_negative() {
        return Err(OperationError::value("negative shift count"));
    }
    if value.is_zero() {
        return Ok(BigInt::zero());
    }
    let bits = count
        .to_u64()
        .unwrap_or(u64::MAX)
        .saturating_add(value.bits());
    if bits > limit_bits {
        return Err(OperationError::TooLarge { bits });
    }
    Ok(value << (bits - value.bits()))
}

/// `value >> count`, rounding toward negative infinity.
pub fn shift_right(value: &BigInt, count: &BigInt) -> Result<BigInt, OperationError> {
    if count.is_negative() {
        return Err(OperationError::value("negative shift count"));
    }
    match count.to_u64() {
        Some(count) if count < value.bits() => Ok(value >> count),
        _ if value.is_negative() => Ok(-BigInt::one()),
        _ => Ok(BigInt::zero()),
    }
}

/// `round(value, -digits)`: to a multiple of `10 ** digits`, half to even.
pub fn round_to_power_of_ten(value: &BigInt, digits: u64) -> BigInt {
    // A power of ten more than one digit longer than the value rounds it to zero; 10^digits has
    // more than 3 * digits bits.
    if digits.saturating_mul(3) > value.bits() + 4 {
        return BigInt::zero();
    }
    let unit = BigInt::from(10).pow(digits as u32);
    let (quotient, remainder) = value.div_mod_floor(&unit);
    let round_up = match (remainder * 2u32).cmp(&unit) {
        Ordering::Less => false,
        Ordering::Equal => quotient.is_odd(),
        Ordering::Greater => true,
    };
    (quotient + i32::from(round_up)) * unit
}

/// `int.bit_length()`.
#[inline]
pub fn bit_length_i64(value: i64) -> u32 {
    64 - value.unsigned_abs().leading_zeros()
}

/// `int.bit_length()`.
pub fn bit_length(value: &BigInt) -> u64 {
    value.bits()
}

/// `int.bit_count()`: the ones of the magnitude.
pub fn bit_count(value: &BigInt) -> u64 {
    value.magnitude().count_ones()
}

/// `math.isqrt(value)`.
pub fn integer_square_root(value: &BigInt) -> Result<BigInt, OperationError> {
    if value.is_negative() {
        return Err(OperationError::value(
            "isqrt() argument must be nonnegative",
        ));
    }
    Ok(value.sqrt())
}

/// `math.gcd(a, b)`, never negative.
pub fn greatest_common_divisor(a: &BigInt, b: &BigInt) -> BigInt {
    a.gcd(b)
}

#[cfg(test)]
#[path = "integer_tests.rs"]
mod tests;
