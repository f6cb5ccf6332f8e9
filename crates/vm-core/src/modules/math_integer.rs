//! `math`: functions of integers of any size.
//!
//! Factorials and their kin are products of consecutive integers, computed by halves (binary
//! splitting), so that the factors of each multiplication are of like size. How large a product
//! will be is known before it is computed: beyond the limit for integers it is a `MemoryError`. So
//! are the greatest common divisors of two integers of more than [`DIVISOR_BITS_MAX`], which takes
//! time in proportion to the square of their length and cannot be interrupted.

use crate::native::Arguments;
use crate::object::NativeCode;
use crate::ops::index::big_of;
use crate::ops::number::INTEGER_BITS_MAX;
use crate::pure::integer;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use num_bigint::BigInt;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// Name and code of every function.
pub(super) const FUNCTIONS: &[(&str, NativeCode)] = &[
    ("comb", comb),
    ("factorial", factorial),
    ("gcd", gcd),
    ("isqrt", isqrt),
    ("lcm", lcm),
    ("perm", perm),
];

/// The most bits of the smaller of two integers whose greatest common divisor is computed.
const DIVISOR_BITS_MAX: u64 = 1 << 18;

/// Up to this many factors are multiplied one by one.
const FACTORS_AT_ONCE: u64 = 16;

/// An argument as an integer.
fn argument(vm: &mut Vm, value: Value) -> Result<BigInt, Raised> {
    let index = vm.index(value)?;
    let number = big_of(index);
    vm.release(index);
    Ok(number)
}

/// `gcd(a, b)`; `MemoryError` if that would take too long.
fn divisor(vm: &mut Vm, a: &BigInt, b: &BigInt) -> Result<BigInt, Raised> {
    let (small, large) = if a.magnitude() < b.magnitude() {
        (a, b)
    } else {
        (b, a)
    };
    if small.is_zero() {
        return Ok(large.abs());
    }
    if small.bits() > DIVISOR_BITS_MAX {
        return Err(vm.raise_too_large(usize::try_from(small.bits() / 8).unwrap_or(usize::MAX)));
    }
    // One division makes both of like size.
    let rest = large % small;
    Ok(integer::greatest_common_divisor(small, &rest))
}

fn gcd(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    if arguments.keyword_count() > 0 {
        return Err(vm.raise_type_error("math.gcd() takes no keyword arguments"));
    }
    let mut result = BigInt::zero();
    for &value in arguments.all() {
        let number = argument(vm, value)?;
        result = divisor(vm, &result, &number)?;
    }
    vm.new_big_int(result)
}

fn lcm(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    if arguments.keyword_count() > 0 {
        return Err(vm.raise_type_error("math.lcm() takes no keyword arguments"));
    }
    let mut result = BigInt::one();
    for &value in arguments.all() {
        let number = argument(vm, value)?;
        if result.is_zero() || number.is_zero() {
            result = BigInt::zero();
            continue;
        }
        let common = divisor(vm, &result, &number)?;
        let bits = result.bits() + number.bits();
        if bits > INTEGER_BITS_MAX {
            return Err(vm.raise_too_large(usize::try_from(bits / 8).unwrap_or(usize::MAX)));
        }
        result = (result / common * number).abs();
    }
    vm.new_big_int(result)
}

fn isqrt(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "math.isqrt")?;
    let number = argument(vm, value)?;
    let root = vm.checked(integer::integer_square_root(&number))?;
    vm.new_big_int(root)
}

/// `n * (n - 1) * ... * (n - count + 1)`, for `count <= n`.
fn falling_product(n: &BigInt, count: u64) -> BigInt {
    if count <= FACTORS_AT_ONCE {
        let mut product = BigInt::one();
        for index in 0..count {
            product *= n - index;
        }
        return product;
    }
    let half = count / 2;
    falling_product(n, half) * falling_product(&(n - half), count - half)
}

/// As `falling_product`; `MemoryError` if the product exceeds the limit for integers.
fn checked_falling_product(vm: &mut Vm, n: &BigInt, count: u64) -> Result<BigInt, Raised> {
    // The average of the factors' logarithms is at least that of half of n, over half of them.
    let bits_at_least = (n.bits().saturating_sub(2)).saturating_mul(count / 2);
    let bits_at_most = n.bits().saturating_mul(count);
    if bits_at_least > INTEGER_BITS_MAX || bits_at_most > INTEGER_BITS_MAX.saturating_mul(2) {
        return Err(vm.raise_too_large(usize::try_from(bits_at_least / 8).unwrap_or(usize::MAX)));
    }
    let bytes = usize::try_from(bits_at_most / 4).unwrap_or(usize::MAX);
    let product = vm.with_charged(bytes, |_| Ok(falling_product(n, count)))?;
    if product.bits() > INTEGER_BITS_MAX {
        return Err(vm.raise_too_large(usize::try_from(product.bits() / 8).unwrap_or(usize::MAX)));
    }
    Ok(product)
}

fn factorial(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "math.factorial")?;
    factorial_of(vm, value)
}

fn factorial_of(vm: &mut Vm, value: Value) -> Result<Value, Raised> {
    let n = argument(vm, value)?;
    if n.is_negative() {
        return Err(vm.raise_value_error("factorial() not defined for negative values"));
    }
    let Some(count) = n.to_i64() else {
        let message = "factorial() argument should not exceed 9223372036854775807";
        return Err(vm.raise_overflow_error(message));
    };
    let product = checked_falling_product(vm, &n, count.unsigned_abs())?;
    vm.new_big_int(product)
}

/// The two arguments of `comb` and `perm`, not negative.
fn choice(vm: &mut Vm, n: Value, k: Value) -> Result<(BigInt, BigInt), Raised> {
    let (n, k) = (argument(vm, n)?, argument(vm, k)?);
    if n.is_negative() {
        return Err(vm.raise_value_error("n must be a non-negative integer"));
    }
    if k.is_negative() {
        return Err(vm.raise_value_error("k must be a non-negative integer"));
    }
    Ok((n, k))
}

/// `perm(n, k=None)`.
fn perm(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [n, k] = arguments.between::<2>(vm, "perm", 1)?;
    if k.is_unset() || k.is_none() {
        return factorial_of(vm, n);
    }
    let (n, k) = choice(vm, n, k)?;
    if k > n {
        return Ok(Value::from_i32(0));
    }
    let Some(count) = k.to_i64() else {
        return Err(vm.raise_overflow_error("k must not exceed 9223372036854775807"));
    };
    let product = checked_falling_product(vm, &n, count.unsigned_abs())?;
    vm.new_big_int(product)
}

fn comb(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    if arguments.keyword_count() > 0 {
        return Err(vm.raise_type_error("math.comb() takes no keyword arguments"));
    }
    let [n, k] = arguments.exactly::<2>(vm, "comb")?;
    let (n, k) = choice(vm, n, k)?;
    if k > n {
        return Ok(Value::from_i32(0));
    }
    let k = k.clone().min(&n - &k);
    let Some(count) = k.to_i64() else {
        let message = "min(n - k, k) must not exceed 9223372036854775807";
        return Err(vm.raise_overflow_error(message));
    };
    let numerator = checked_falling_product(vm, &n, count.unsigned_abs())?;
    let denominator = checked_falling_product(vm, &k, count.unsigned_abs())?;
    vm.new_big_int(numerator / denominator)
}
