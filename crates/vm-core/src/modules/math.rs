//! The module `math`.
//!
//! * `math_float`: functions of floats, a table with each one's kind of error;
//! * `math_integer`: functions of integers of any size;
//! * `math_sum`: sums and norms that are rounded once;
//! * here: rounding to integers, taking floats apart, comparing them.
//!
//! Trigonometry, exponentials and their kin are the C library's, as in CPython, so their last digit
//! may differ between systems, in `gamma` and `lgamma` also from CPython's.

use crate::modules::{math_float, math_integer, math_sum};
use crate::native::Arguments;
use crate::ops::number::Number;
use crate::pure::integer;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use num_traits::Signed;

/// Makes the module.
pub(super) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let module = vm.new_module("math")?;
    for (name, constant) in [
        ("pi", core::f64::consts::PI),
        ("e", core::f64::consts::E),
        ("tau", core::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ] {
        vm.define_value(module, name, Value::from_float(constant))?;
    }
    vm.define_functions(module, math_float::FUNCTIONS)?;
    vm.define_functions(module, math_integer::FUNCTIONS)?;
    vm.define_functions(module, math_sum::FUNCTIONS)?;
    vm.define_functions(
        module,
        &[
            ("floor", floor),
            ("ceil", ceil),
            ("trunc", trunc),
            ("isclose", isclose),
            ("isfinite", isfinite),
            ("isinf", isinf),
            ("isnan", isnan),
            ("frexp", frexp),
            ("ldexp", ldexp),
            ("modf", modf),
            ("nextafter", nextafter),
            ("ulp", ulp),
        ],
    )?;
    vm.register_module("math", module)?;
    vm.release(module);
    Ok(())
}

/// An integer from a float that was rounded to one.
fn integer_of(vm: &mut Vm, float: f64) -> Result<Value, Raised> {
    let number = vm.checked(integer::from_float(float))?;
    vm.new_big_int(number)
}

/// `floor`, `ceil`: of a float, an integer, or what has the special method or is a real number.
fn round_by(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    function: &str,
    method: Value,
    round: fn(f64) -> f64,
) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, function)?;
    match value.number() {
        Some(Number::Float(float)) => return integer_of(vm, round(float)),
        Some(_) => return vm.index(value),
        None => {}
    }
    if let Some(method) = vm.special_method_of_program(value, method) {
        return vm.call_special(method, value, &[]);
    }
    let float = vm.float_of(value)?;
    integer_of(vm, round(float))
}

fn floor(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let method = vm.names.floor;
    round_by(vm, arguments, "math.floor", method, f64::floor)
}

fn ceil(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let method = vm.names.ceil;
    round_by(vm, arguments, "math.ceil", method, f64::ceil)
}

fn trunc(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "math.trunc")?;
    match value.number() {
        Some(Number::Float(float)) => return integer_of(vm, float.trunc()),
        Some(_) => return vm.index(value),
        None => {}
    }
    if let Some(method) = vm.special_method_of_program(value, vm.names.trunc) {
        return vm.call_special(method, value, &[]);
    }
    let name = vm.type_name(value);
    Err(vm.raise_type_error(&format!("type {name} doesn't define __trunc__ method")))
}

/// `isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)`.
fn isclose(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let given = arguments.positional().len();
    if given > 2 {
        let message = format!("isclose() takes exactly 2 positional arguments ({given} given)");
        return Err(vm.raise_type_error(&message));
    }
    let names = ["a", "b", "rel_tol", "abs_tol"];
    let [a, b, relative, absolute] = arguments.bind(vm, "isclose", names, 2, 2)?;
    let (a, b) = (vm.float_of(a)?, vm.float_of(b)?);
    let relative = if relative.is_unset() {
        1e-9
    } else {
        vm.float_of(relative)?
    };
    let absolute = if absolute.is_unset() {
        0.0
    } else {
        vm.float_of(absolute)?
    };
    if relative < 0.0 || absolute < 0.0 {
        return Err(vm.raise_value_error("tolerances must be non-negative"));
    }
    let difference = (a - b).abs();
    let close = a == b
        || a.is_finite()
            && b.is_finite()
            && (difference <= relative * a.abs()
                || difference <= relative * b.abs()
                || difference <= absolute);
    Ok(Value::from_bool(close))
}

fn isfinite(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "math.isfinite")?;
    Ok(Value::from_bool(vm.float_of(value)?.is_finite()))
}

fn isinf(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "math.isinf")?;
    Ok(Value::from_bool(vm.float_of(value)?.is_infinite()))
}

fn isnan(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "math.isnan")?;
    Ok(Value::from_bool(vm.float_of(value)?.is_nan()))
}

/// A float as a fraction from 0.5 up to 1, and the power of two that it is to be multiplied with.
pub(super) fn fraction_and_exponent(float: f64) -> (f64, i32) {
    if float == 0.0 || !float.is_finite() {
        return (float, 0);
    }
    // Subnormal floats have fewer digits: make them normal first.
    let shift = if float.abs() < f64::MIN_POSITIVE {
        54
    } else {
        0
    };
    let bits = (float * 2f64.powi(shift)).to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i32 - 1022 - shift;
    (f64::from_bits(bits & !(0x7FF << 52) | 1022 << 52), exponent)
}

fn frexp(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "math.frexp")?;
    let (fraction, exponent) = fraction_and_exponent(vm.float_of(value)?);
    vm.new_tuple(&[Value::from_float(fraction), Value::from_i32(exponent)])
}

fn ldexp(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [value, exponent] = arguments.exactly::<2>(vm, "ldexp")?;
    let float = vm.float_of(value)?;
    let exponent = match exponent.number() {
        Some(Number::Int(exponent)) => exponent,
        Some(Number::Big(big)) if big.number.is_negative() => i64::MIN,
        Some(Number::Big(_)) => i64::MAX,
        _ => return Err(vm.raise_type_error("Expected an int as second argument to ldexp.")),
    };
    if float == 0.0 || !float.is_finite() {
        return Ok(Value::from_float(float));
    }
    let result = math_float::scaled(float, exponent.clamp(-10_000, 10_000) as i32);
    if result.is_infinite() {
        return Err(vm.raise_overflow_error("math range error"));
    }
    Ok(Value::from_float(result))
}

fn modf(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "math.modf")?;
    let float = vm.float_of(value)?;
    let fraction = if float.is_infinite() {
        0.0
    } else {
        float - float.trunc()
    };
    let fraction = if float.is_nan() {
        float
    } else {
        fraction.copysign(float)
    };
    vm.new_tuple(&[
        Value::from_float(fraction),
        Value::from_float(float.trunc()),
    ])
}

/// Floats that are not NaN in one line: neighbours differ by one, both zeros are zero.
fn place_of(float: f64) -> i64 {
    let magnitude = (float.to_bits() & (u64::MAX >> 1)) as i64;
    if float.is_sign_negative() {
        -magnitude
    } else {
        magnitude
    }
}

/// `nextafter(x, y, *, steps=None)`: `steps` floats further from `x`, not beyond `y`.
fn nextafter(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let given = arguments.positional().len();
    if given != 2 {
        let message = format!("nextafter() takes exactly 2 positional arguments ({given} given)");
        return Err(vm.raise_type_error(&message));
    }
    let [x, y, steps] = arguments.bind(vm, "nextafter", ["x", "y", "steps"], 2, 2)?;
    let (x, y) = (vm.float_of(x)?, vm.float_of(y)?);
    let steps = if steps.is_unset() || steps.is_none() {
        1
    } else {
        let index = vm.index(steps)?;
        let steps = match index.number() {
            Some(Number::Int(steps)) => Some(steps),
            Some(Number::Big(big)) if big.number.is_negative() => None,
            _ => Some(i64::MAX),
        };
        vm.release(index);
        match steps {
            Some(steps) if steps >= 0 => steps,
            _ => return Err(vm.raise_value_error("steps must be a non-negative integer")),
        }
    };
    if steps == 0 || x.is_nan() {
        return Ok(Value::from_float(x));
    }
    if y.is_nan() || x == y {
        return Ok(Value::from_float(y));
    }
    let (from, to) = (place_of(x), place_of(y));
    let distance = i128::from(to) - i128::from(from);
    if distance.unsigned_abs() <= steps as u128 {
        return Ok(Value::from_float(y));
    }
    let place = from + if distance > 0 { steps } else { -steps };
    let magnitude = f64::from_bits(place.unsigned_abs());
    // Zero keeps the sign of the side it was reached from.
    let negative = place < 0 || place == 0 && from < 0;
    Ok(Value::from_float(if negative {
        -magnitude
    } else {
        magnitude
    }))
}

/// The distance to the next float away from zero.
fn ulp(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "math.ulp")?;
    let float = vm.float_of(value)?.abs();
    let next = float.next_up();
    let distance = if !float.is_finite() {
        float
    } else if next.is_infinite() {
        float - float.next_down()
    } else {
        next - float
    };
    Ok(Value::from_float(distance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_taken_apart_and_put_together() {
        // What CPython's `math.frexp` gives.
        for (float, fraction, exponent) in [
            (3.5, 0.875, 2),
            (-0.1, -0.8, -3),
            (5e-324, 0.5, -1073),
            (f64::MAX, 0.9999999999999999, 1024),
            (0.0, 0.0, 0),
        ] {
            assert_eq!(fraction_and_exponent(float), (fraction, exponent));
            assert_eq!(math_float::scaled(fraction, exponent), float);
        }
    }

    #[test]
    fn neighbours_are_one_place_apart() {
        for float in [0.0, 1.0, -1.0, 5e-324, -5e-324, f64::MAX, -1.5e300] {
            assert_eq!(place_of(float.next_up()), place_of(float) + 1);
        }
        assert_eq!(place_of(-0.0), place_of(0.0));
    }
}
