//! The built-in function `sum`.

use crate::native::Arguments;
use crate::object::Kind;
use crate::ops::arithmetic::BinaryOperator;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds it to the module `builtins`.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let builtins = vm.builtins;
    vm.define_functions(builtins, &[("sum", sum)])
}

/// A sum so far. Integers of 64 bits and floats are added without making objects; anything else by
/// its own `+`, to the end.
enum Sum {
    Integer(i64),
    /// With what rounding has lost (Neumaier's summation), so that `sum([0.1] * 10)` is 1.
    Float {
        sum: f64,
        lost: f64,
    },
    /// Owned.
    Other(Value),
}

impl Sum {
    fn starting_with(start: Value) -> Sum {
        match (start.as_int(), start.as_float()) {
            (Some(integer), _) => Sum::Integer(integer),
            (_, Some(sum)) => Sum::Float { sum, lost: 0.0 },
            _ => Sum::Other(start.increment()),
        }
    }

    fn add(&mut self, vm: &mut Vm, item: Value) -> Result<(), Raised> {
        match self {
            Sum::Integer(sum) => {
                let integer = item.as_int().or(item.as_bool().map(i64::from));
                if let Some(next) = integer.and_then(|integer| sum.checked_add(integer)) {
                    *sum = next;
                    return Ok(());
                }
                if let Some(float) = item.as_float() {
                    *self = Sum::Float {
                        sum: *sum as f64 + float,
                        lost: 0.0,
                    };
                    return Ok(());
                }
            }
            Sum::Float { sum, lost } => {
                if let Some(float) = item.as_float() {
                    let next = *sum + float;
                    *lost += if sum.abs() >= float.abs() {
                        (*sum - next) + float
                    } else {
                        (float - next) + *sum
                    };
                    *sum = next;
                    return Ok(());
                }
                if let Some(integer) = item.as_int().or(item.as_bool().map(i64::from)) {
                    *sum += integer as f64;
                    return Ok(());
                }
            }
            Sum::Other(_) => {}
        }
        let was_integer = matches!(self, Sum::Integer(_));
        let sum = self.take(vm)?;
        let next = vm.binary(BinaryOperator::Add, sum, item);
        vm.release(sum);
        let next = next?;
        *self = match next.as_float() {
            Some(sum) if was_integer => Sum::Float { sum, lost: 0.0 },
            _ => Sum::Other(next),
        };
        Ok(())
    }

    /// The sum as a value, owned; leaves nothing behind.
    fn take(&mut self, vm: &mut Vm) -> Result<Value, Raised> {
        match core::mem::replace(self, Sum::Integer(0)) {
            Sum::Integer(sum) => vm.new_int(sum),
            Sum::Float { sum, lost } => {
                // The correction must not make an infinite sum into something else.
                let corrected = if lost != 0.0 && lost.is_finite() {
                    sum + lost
                } else {
                    sum
                };
                Ok(Value::from_float(corrected))
            }
            Sum::Other(sum) => Ok(sum),
        }
    }
}

/// `sum(iterable, start=0)`.
fn sum(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [iterable, start] = arguments.bind(vm, "sum", ["", "start"], 1, 2)?;
    let start = start.set().unwrap_or(Value::from_i32(0));
    match start.kind() {
        Some(Kind::Str) => {
            return Err(vm.raise_type_error("sum() can't sum strings [use ''.join(seq) instead]"));
        }
        Some(Kind::Bytes) => {
            return Err(vm.raise_type_error("sum() can't sum bytes [use b''.join(seq) instead]"));
        }
        _ => {}
    }
    let mut sum = Sum::starting_with(start);
    let added = vm.for_each(iterable, &mut |vm, item| {
        let added = sum.add(vm, item);
        vm.release(item);
        added
    });
    let total = sum.take(vm);
    match (added, total) {
        (Ok(()), total) => total,
        (Err(raised), Ok(total)) => {
            vm.release(total);
            Err(raised)
        }
        (Err(raised), Err(_)) => Err(raised),
    }
}
