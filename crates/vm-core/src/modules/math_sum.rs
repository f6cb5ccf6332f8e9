//! `math`: sums, norms and products of many numbers.
//!
//! A sum of floats is kept exactly, as floats that do not overlap (partial sums), and is rounded
//! once in the end. Shewchuk, "Adaptive precision floating-point arithmetic and fast robust
//! geometric predicates", Discrete & Computational Geometry 18, 1997:
//!
//! 1. the sum and the rounding error of two floats are two floats (Knuth's two-sum);
//! 2. a new number is added to each partial sum from the smallest up: the error stays behind as a
//!    partial sum, the sum is carried on;
//! 3. in the end the partial sums are added from the largest down, until an error is left: the rest
//!    is smaller than half a digit, and decides only when the error is exactly half of one.
//!
//! Norms are square roots of such sums, of numbers that were scaled by a power of two so that no
//! square overflows, corrected by one step of Newton's method.

use crate::modules::math::fraction_and_exponent;
use crate::modules::math_float::scaled;
use crate::native::Arguments;
use crate::object::{NativeCode, Tuple};
use crate::ops::arithmetic::BinaryOperator;
use crate::ops::number::Number;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Name and code of every function.
pub(super) const FUNCTIONS: &[(&str, NativeCode)] = &[
    ("dist", dist),
    ("fsum", fsum),
    ("hypot", hypot),
    ("prod", prod),
    ("sumprod", sumprod),
];

/// The sum of two floats, and what rounding it lost.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    let error = (a - (sum - of_b)) + (b - of_b);
    (sum, error)
}

/// The product of two floats, and what rounding it lost.
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    (product, a.mul_add(b, -product))
}

/// A sum of finite floats, exactly: partial sums that do not overlap, smallest first.
#[derive(Default)]
struct ExactSum {
    partials: Vec<f64>,
}

impl ExactSum {
    /// Adds a float; false if the sum would be beyond all floats, when nothing has changed.
    fn add(&mut self, float: f64) -> bool {
        if !(self.partials.iter().sum::<f64>() + float).is_finite() {
            return false;
        }
        let mut carried = float;
        let mut kept = 0;
        for index in 0..self.partials.len() {
            let (sum, error) = two_sum(carried, self.partials[index]);
            if error != 0.0 {
                self.partials[kept] = error;
                kept += 1;
            }
            carried = sum;
        }
        self.partials.truncate(kept);
        self.partials.push(carried);
        true
    }

    /// The nearest float.
    fn rounded(&self) -> f64 {
        let mut rest = self.partials.iter().rev().copied();
        let Some(mut sum) = rest.next() else {
            return 0.0;
        };
        let mut error = 0.0;
        for partial in rest.by_ref() {
            (sum, error) = two_sum(sum, partial);
            if error != 0.0 {
                break;
            }
        }
        // Exactly half a digit was rounded to even; a rest of the same sign says otherwise.
        if let Some(next) = rest.next()
            && (error < 0.0) == (next < 0.0)
        {
            let doubled = 2.0 * error;
            let corrected = sum + doubled;
            if corrected - sum == doubled {
                return corrected;
            }
        }
        sum
    }
}

fn fsum(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [iterable] = arguments.exactly::<1>(vm, "math.fsum")?;
    let mut sum = ExactSum::default();
    // Infinities and NaNs are summed apart: they decide the result if there are any.
    let mut special = 0.0;
    let mut infinite = (false, false);
    let mut seen_special = false;
    vm.for_each(iterable, &mut |vm, item| {
        let float = vm.float_of(item);
        vm.aside(|vm| vm.release(item));
        let float = float?;
        if !float.is_finite() {
            seen_special = true;
            special += float;
            infinite.0 |= float == f64::INFINITY;
            infinite.1 |= float == f64::NEG_INFINITY;
        } else if !sum.add(float) {
            return Err(vm.raise_overflow_error("intermediate overflow in fsum"));
        }
        Ok(())
    })?;
    if infinite == (true, true) {
        return Err(vm.raise_value_error("-inf + inf in fsum"));
    }
    Ok(Value::from_float(if seen_special {
        special
    } else {
        sum.rounded()
    }))
}

/// The square root of the sum of the squares.
fn norm(coordinates: &[f64]) -> f64 {
    if coordinates.iter().any(|x| x.is_infinite()) {
        return f64::INFINITY;
    }
    if coordinates.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    let largest = coordinates
        .iter()
        .fold(0.0, |largest: f64, x| largest.max(x.abs()));
    if largest == 0.0 || coordinates.len() == 1 {
        return largest;
    }
    let (_, exponent) = fraction_and_exponent(largest);
    let mut sum = ExactSum::default();
    for &x in coordinates {
        let (square, error) = {
            let x = scaled(x, -exponent);
            two_product(x, x)
        };
        sum.add(square);
        sum.add(error);
    }
    let root = sum.rounded().sqrt();
    let (square, error) = two_product(root, root);
    sum.add(-square);
    sum.add(-error);
    scaled(root + sum.rounded() / (2.0 * root), exponent)
}

fn hypot(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    if arguments.keyword_count() > 0 {
        return Err(vm.raise_type_error("math.hypot() takes no keyword arguments"));
    }
    let mut coordinates = Vec::new();
    for &value in arguments.all() {
        coordinates.push(vm.float_of(value)?);
    }
    Ok(Value::from_float(norm(&coordinates)))
}

fn dist(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [from, to] = arguments.exactly::<2>(vm, "dist")?;
    with_tuples(vm, from, to, |vm, from, to| {
        if from.len() != to.len() {
            let message = "both points must have the same number of dimensions";
            return Err(vm.raise_value_error(message));
        }
        let bytes = from.len().saturating_mul(size_of::<f64>());
        vm.with_charged(bytes, |vm| {
            let mut differences = Vec::with_capacity(from.len());
            for (&from, &to) in from.iter().zip(to) {
                differences.push(vm.float_of(from)? - vm.float_of(to)?);
            }
            Ok(Value::from_float(norm(&differences)))
        })
    })
}

/// Runs `each` with the items of two iterables.
fn with_tuples(
    vm: &mut Vm,
    first: Value,
    second: Value,
    each: impl FnOnce(&mut Vm, &[Value], &[Value]) -> Result<Value, Raised>,
) -> Result<Value, Raised> {
    let first = vm.tuple_from(first)?;
    let second = match vm.tuple_from(second) {
        Ok(second) => second,
        Err(raised) => {
            vm.aside(|vm| vm.release(first));
            return Err(raised);
        }
    };
    let (left, right) = (first.cast::<Tuple>(), second.cast::<Tuple>());
    let result = match (&left, &right) {
        (Some(left), Some(right)) => each(vm, left.as_slice(), right.as_slice()),
        _ => Ok(Value::NONE),
    };
    vm.aside(|vm| vm.release_all(&[first, second]));
    result
}

/// `prod(iterable, *, start=1)`.
fn prod(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let given = arguments.positional().len();
    if given != 1 {
        let message = format!("prod() takes exactly 1 positional argument ({given} given)");
        return Err(vm.raise_type_error(&message));
    }
    let [iterable, start] = arguments.bind(vm, "prod", ["iterable", "start"], 1, 1)?;
    let start = start.set().unwrap_or(Value::from_i32(1));
    let mut product = start.increment();
    let result = vm.for_each(iterable, &mut |vm, item| {
        let next = vm.binary(BinaryOperator::Mul, product, item);
        vm.aside(|vm| vm.release(item));
        let former = core::mem::replace(&mut product, next?);
        vm.release(former);
        Ok(())
    });
    match result {
        Ok(()) => Ok(product),
        Err(raised) => {
            vm.aside(|vm| vm.release(product));
            Err(raised)
        }
    }
}

/// `sumprod(p, q)`: the sum of products. Products of floats (and of floats with integers) are
/// summed exactly and rounded once; all others are multiplied and added by the operators.
fn sumprod(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [left, right] = arguments.exactly::<2>(vm, "sumprod")?;
    with_tuples(vm, left, right, |vm, left, right| {
        if left.len() != right.len() {
            return Err(vm.raise_value_error("Inputs are not the same length"));
        }
        let mut sum = ExactSum::default();
        let mut any_float = false;
        let mut total = Value::from_i32(0);
        for (&left, &right) in left.iter().zip(right) {
            if let Some((product, error)) = exact_product(left, right)
                && sum.add(product)
            {
                any_float = true;
                sum.add(error);
                continue;
            }
            let added = vm
                .binary(BinaryOperator::Mul, left, right)
                .and_then(|product| {
                    let added = vm.binary(BinaryOperator::Add, total, product);
                    vm.aside(|vm| vm.release(product));
                    added
                });
            let former = total;
            match added {
                Ok(added) => total = added,
                Err(raised) => {
                    vm.aside(|vm| vm.release(former));
                    return Err(raised);
                }
            }
            vm.release(former);
        }
        if !any_float {
            return Ok(total);
        }
        let result = vm.binary(BinaryOperator::Add, total, Value::from_float(sum.rounded()));
        vm.aside(|vm| vm.release(total));
        result
    })
}

/// The product of a float with a float or an integer that is one, and its rounding error; `None`
/// for anything else, and where the product is not finite or its error too small for a float.
fn exact_product(left: Value, right: Value) -> Option<(f64, f64)> {
    if !left.is_float() && !right.is_float() {
        return None;
    }
    let float = |value: Value| match value.number()? {
        Number::Float(float) => Some(float),
        Number::Int(integer) if integer.unsigned_abs() <= 1 << 53 => Some(integer as f64),
        _ => None,
    };
    let (product, error) = two_product(float(left)?, float(right)?);
    let exact = product == 0.0 || product.abs() > 1e-290;
    (product.is_finite() && error.is_finite() && exact).then_some((product, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(floats: &[f64]) -> Option<f64> {
        let mut sum = ExactSum::default();
        floats
            .iter()
            .all(|&float| sum.add(float))
            .then(|| sum.rounded())
    }

    #[test]
    fn sums_are_rounded_once() {
        // What CPython's `math.fsum` gives.
        assert_eq!(sum(&[0.1; 10]), Some(1.0));
        assert_eq!(
            sum(&[1e100, 1.0, -1e100, 1e-100, 1e50, -1.0, -1e50]),
            Some(1e-100)
        );
        assert_eq!(
            sum(&[9007199254740992.0, -0.5, -5.551115123125783e-17]),
            Some(9007199254740991.0)
        );
        assert_eq!(sum(&[]), Some(0.0));
        assert_eq!(sum(&[1e308, 1e308]), None);
    }

    #[test]
    fn halves_look_at_what_is_below_them() {
        // One and half of its last digit is rounded to even, unless something more follows.
        let half = 2f64.powi(-53);
        assert_eq!(sum(&[1.0, half]), Some(1.0));
        assert_eq!(sum(&[1.0, half, 2f64.powi(-120)]), Some(1.0 + f64::EPSILON));
        assert_eq!(sum(&[1.0, half, -(2f64.powi(-120))]), Some(1.0));
    }

    #[test]
    fn norms_neither_overflow_nor_vanish() {
        assert_eq!(norm(&[3.0, 4.0]), 5.0);
        assert_eq!(norm(&[1.0, 2.0, 3.0]), 3.741657386773941_3);
        assert_eq!(norm(&[3e307, 4e307]), 5e307);
        assert_eq!(norm(&[3e-320, 4e-320]), 5e-320);
        assert_eq!(norm(&[f64::NAN, f64::INFINITY]), f64::INFINITY);
        assert_eq!(norm(&[]), 0.0);
    }
}
