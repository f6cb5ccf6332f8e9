//! `math`: functions of floats.
//!
//! The C library says what a function's value is; from the value follows the error, as in CPython:
//!
//! | argument | value | outcome |
//! |---|---|---|
//! | not NaN | NaN | `ValueError: math domain error` |
//! | finite | infinite | `OverflowError` if the function can overflow, else `ValueError` (a pole) |
//! | otherwise | any | the value |

use crate::modules::math::fraction_and_exponent;
use crate::native::Arguments;
use crate::object::NativeCode;
use crate::ops::number::Number;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use num_traits::{Signed, Zero};

/// What an infinite value of a finite argument means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Infinite {
    /// The value is too large.
    Overflow,
    /// The function has a pole there.
    Pole,
    /// Nothing: it is the value.
    Unchecked,
}

/// Functions of the C library that the standard library does not offer, or computes otherwise.
mod c {
    // SAFETY: these are the C library's functions with these signatures. They have no effects but
    // on the floating-point environment and `errno`, and accept every argument.
    unsafe extern "C" {
        pub(super) safe fn acosh(x: f64) -> f64;
        pub(super) safe fn asinh(x: f64) -> f64;
        pub(super) safe fn atanh(x: f64) -> f64;
        pub(super) safe fn erf(x: f64) -> f64;
        pub(super) safe fn erfc(x: f64) -> f64;
        pub(super) safe fn ldexp(x: f64, exponent: i32) -> f64;
        #[cfg_attr(all(windows, target_env = "msvc"), link_name = "lgamma")]
        pub(super) safe fn lgamma_r(x: f64, sign: &mut i32) -> f64;
        pub(super) safe fn remainder(x: f64, y: f64) -> f64;
        pub(super) safe fn tgamma(x: f64) -> f64;
    }
}

/// `float * 2**exponent`, rounded once.
pub(super) fn scaled(float: f64, exponent: i32) -> f64 {
    c::ldexp(float, exponent)
}

fn gamma_of(x: f64) -> f64 {
    // Poles at zero and the negative integers; the limit at minus infinity does not exist.
    if x == f64::NEG_INFINITY || x < 0.0 && x == x.floor() {
        return f64::NAN;
    }
    // 22! is the last factorial that is a float; the product of exact factors is exact.
    if (1.0..=23.0).contains(&x) && x == x.floor() {
        return (2..x as u64).map(|factor| factor as f64).product();
    }
    c::tgamma(x)
}

fn log_gamma_of(x: f64) -> f64 {
    let mut sign = 0;
    c::lgamma_r(x, &mut sign)
}

macro_rules! unary {
    ($($name:ident, $text:literal, $infinite:ident, $function:expr;)*) => {
        $(
            fn $name(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
                let [value] = arguments.exactly::<1>(vm, concat!("math.", $text))?;
                let x = vm.float_of(value)?;
                let function: fn(f64) -> f64 = $function;
                checked(vm, function(x), x.is_nan(), x.is_finite(), Infinite::$infinite)
            }
        )*

        /// Name and code of every function.
        pub(super) const FUNCTIONS: &[(&str, NativeCode)] = &[
            $(($text, $name),)*
            ("gamma", gamma),
            ("lgamma", lgamma),
            ("log", log),
            ("log2", log2),
            ("log10", log10),
            ("pow", pow),
            ("fmod", fmod),
            ("remainder", remainder),
            ("atan2", atan2),
            ("copysign", copysign),
            ("fma", fma),
        ];
    };
}

unary! {
    acos, "acos", Pole, f64::acos;
    acosh, "acosh", Pole, |x| c::acosh(x);
    asin, "asin", Pole, f64::asin;
    asinh, "asinh", Pole, |x| c::asinh(x);
    atan, "atan", Pole, f64::atan;
    atanh, "atanh", Pole, |x| c::atanh(x);
    cbrt, "cbrt", Pole, f64::cbrt;
    cos, "cos", Pole, f64::cos;
    cosh, "cosh", Overflow, f64::cosh;
    degrees, "degrees", Unchecked, |x| x * (180.0 / core::f64::consts::PI);
    erf, "erf", Pole, |x| c::erf(x);
    erfc, "erfc", Pole, |x| c::erfc(x);
    exp, "exp", Overflow, f64::exp;
    exp2, "exp2", Overflow, f64::exp2;
    expm1, "expm1", Overflow, f64::exp_m1;
    fabs, "fabs", Pole, f64::abs;
    log1p, "log1p", Pole, f64::ln_1p;
    radians, "radians", Unchecked, |x| x * (core::f64::consts::PI / 180.0);
    sin, "sin", Pole, f64::sin;
    sinh, "sinh", Overflow, f64::sinh;
    sqrt, "sqrt", Pole, f64::sqrt;
    tan, "tan", Pole, f64::tan;
    tanh, "tanh", Pole, f64::tanh;
}

/// The value, or the error that it stands for.
fn checked(
    vm: &mut Vm,
    value: f64,
    nan_given: bool,
    finite_given: bool,
    infinite: Infinite,
) -> Result<Value, Raised> {
    if value.is_nan() && !nan_given {
        return Err(domain_error(vm));
    }
    if value.is_infinite() && finite_given {
        match infinite {
            Infinite::Overflow => return Err(range_error(vm)),
            Infinite::Pole => return Err(domain_error(vm)),
            Infinite::Unchecked => {}
        }
    }
    Ok(Value::from_float(value))
}

#[cold]
fn domain_error(vm: &mut Vm) -> Raised {
    vm.raise_value_error("math domain error")
}

#[cold]
fn range_error(vm: &mut Vm) -> Raised {
    vm.raise_overflow_error("math range error")
}

/// `gamma` and `lgamma`: poles at zero and the negative integers, and overflow elsewhere.
fn gamma_like(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    name: &str,
    function: fn(f64) -> f64,
) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, name)?;
    let x = vm.float_of(value)?;
    let pole = x <= 0.0 && x == x.floor();
    let infinite = if pole {
        Infinite::Pole
    } else {
        Infinite::Overflow
    };
    checked(vm, function(x), x.is_nan(), x.is_finite(), infinite)
}

fn gamma(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    gamma_like(vm, arguments, "math.gamma", gamma_of)
}

fn lgamma(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    gamma_like(vm, arguments, "math.lgamma", log_gamma_of)
}

/// A logarithm of a number of any size: an integer beyond all floats is taken apart into a float
/// from 0.5 to 1 and a power of two, of which `of_two` is the logarithm.
fn logarithm(
    vm: &mut Vm,
    value: Value,
    function: fn(f64) -> f64,
    of_two: f64,
) -> Result<f64, Raised> {
    let x = match value.number() {
        Some(Number::Big(big)) if big.number.is_positive() => {
            let float = Number::Big(big).to_float();
            match float {
                Ok(float) if float.is_finite() => float,
                _ => {
                    let shift = big.number.bits().saturating_sub(64);
                    let top =
                        vm.checked(crate::pure::integer::to_float(&(&big.number >> shift)))?;
                    let (fraction, exponent) = fraction_and_exponent(top);
                    let exponent = f64::from(exponent) + shift as f64;
                    return Ok(function(fraction) + of_two * exponent);
                }
            }
        }
        Some(Number::Big(big)) => {
            debug_assert!(!big.number.is_zero());
            return Err(domain_error(vm));
        }
        _ => vm.float_of(value)?,
    };
    if x <= 0.0 {
        return Err(domain_error(vm));
    }
    Ok(function(x))
}

/// `log(x)`, or `log(x, base)`.
fn log(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [value, base] = arguments.between::<2>(vm, "log", 1)?;
    let of_two = core::f64::consts::LN_2;
    let numerator = logarithm(vm, value, f64::ln, of_two)?;
    if base.is_unset() {
        return Ok(Value::from_float(numerator));
    }
    let denominator = logarithm(vm, base, f64::ln, of_two)?;
    if denominator == 0.0 {
        return Err(vm.raise_zero_division("float division by zero"));
    }
    Ok(Value::from_float(numerator / denominator))
}

fn log2(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "math.log2")?;
    logarithm(vm, value, f64::log2, 1.0).map(Value::from_float)
}

fn log10(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "math.log10")?;
    logarithm(vm, value, f64::log10, core::f64::consts::LOG10_2).map(Value::from_float)
}

/// Two arguments as floats.
fn two(vm: &mut Vm, arguments: Arguments<'_>, name: &str) -> Result<(f64, f64), Raised> {
    let [x, y] = arguments.exactly::<2>(vm, name)?;
    Ok((vm.float_of(x)?, vm.float_of(y)?))
}

fn pow(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (x, y) = two(vm, arguments, "pow")?;
    let infinite = if x == 0.0 {
        Infinite::Pole
    } else {
        Infinite::Overflow
    };
    let finite = x.is_finite() && y.is_finite();
    checked(vm, x.powf(y), x.is_nan() || y.is_nan(), finite, infinite)
}

fn fmod(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (x, y) = two(vm, arguments, "fmod")?;
    checked(vm, x % y, x.is_nan() || y.is_nan(), false, Infinite::Pole)
}

fn remainder(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (x, y) = two(vm, arguments, "remainder")?;
    checked(
        vm,
        c::remainder(x, y),
        x.is_nan() || y.is_nan(),
        false,
        Infinite::Pole,
    )
}

fn atan2(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (x, y) = two(vm, arguments, "atan2")?;
    Ok(Value::from_float(x.atan2(y)))
}

fn copysign(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (x, y) = two(vm, arguments, "copysign")?;
    Ok(Value::from_float(x.copysign(y)))
}

/// `x * y + z`, rounded once.
fn fma(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [x, y, z] = arguments.exactly::<3>(vm, "fma")?;
    let (x, y, z) = (vm.float_of(x)?, vm.float_of(y)?, vm.float_of(z)?);
    let value = x.mul_add(y, z);
    if value.is_nan() && !x.is_nan() && !y.is_nan() && !z.is_nan() {
        return Err(vm.raise_value_error("invalid operation in fma"));
    }
    if value.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(vm.raise_overflow_error("overflow in fma"));
    }
    Ok(Value::from_float(value))
}
