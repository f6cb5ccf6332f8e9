//! `float`: its constructor, attributes and methods.

use crate::builtins::number_protocol;
use crate::native::Arguments;
use crate::pure::{float_ops, integer};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_constructor(Type::Float, construct)?;
    vm.define_methods(Type::Float, number_protocol::COMPARISON)?;
    vm.define_methods(Type::Float, number_protocol::NUMBER)?;
    vm.define_methods(
        Type::Float,
        &[
            ("is_integer", is_integer),
            ("as_integer_ratio", as_integer_ratio),
            ("hex", hex),
            ("conjugate", conjugate),
            ("__floor__", floor),
            ("__ceil__", ceil),
        ],
    )?;
    vm.define_getter(Type::Float, "real", real)?;
    vm.define_getter(Type::Float, "imag", imag)
}

fn construct(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value] = arguments.rest().between::<1>(vm, "float", 0)?;
    if value.is_unset() {
        Ok(Value::from_float(0.0))
    } else {
        vm.float_from(value)
    }
}

/// The receiver of a method without arguments.
fn receiver(vm: &mut Vm, arguments: Arguments<'_>, method: &str) -> Result<f64, Raised> {
    match arguments
        .positional()
        .first()
        .and_then(|receiver| receiver.as_float())
    {
        Some(float) => {
            arguments
                .rest()
                .exactly::<0>(vm, &format!("float.{method}"))?;
            Ok(float)
        }
        None => Err(arguments.receiver_error(vm, "float", method)),
    }
}

fn is_integer(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let float = receiver(vm, arguments, "is_integer")?;
    Ok(Value::from_bool(float_ops::is_integer(float)))
}

fn as_integer_ratio(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let float = receiver(vm, arguments, "as_integer_ratio")?;
    let (numerator, denominator) = vm.checked(float_ops::as_integer_ratio(float))?;
    let numerator = vm.new_big_int(numerator)?;
    match vm.new_big_int(denominator) {
        Ok(denominator) => vm.new_pair(numerator, denominator),
        Err(raised) => {
            vm.release(numerator);
            Err(raised)
        }
    }
}

fn hex(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let float = receiver(vm, arguments, "hex")?;
    vm.new_str(&float_ops::to_hexadecimal(float))
}

fn conjugate(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    receiver(vm, arguments, "conjugate").map(Value::from_float)
}

fn floor(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let float = receiver(vm, arguments, "__floor__")?;
    let number = vm.checked(integer::from_float(float.floor()))?;
    vm.new_big_int(number)
}

fn ceil(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let float = receiver(vm, arguments, "__ceil__")?;
    let number = vm.checked(integer::from_float(float.ceil()))?;
    vm.new_big_int(number)
}

fn real(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    receiver(vm, arguments, "real").map(Value::from_float)
}

fn imag(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    receiver(vm, arguments, "imag").map(|_| Value::from_float(0.0))
}
