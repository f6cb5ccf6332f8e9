//! `int`: its constructor, attributes and methods. `bool` inherits them.

use crate::builtins::{define_static, number_protocol};
use crate::native::Arguments;
use crate::object::{Bytes, Kind, Str};
use crate::ops::number::{INTEGER_BITS_MAX, Number};
use crate::pure::{OperationError, integer, integer_text};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_constructor(Type::Int, construct)?;
    vm.define_methods(Type::Int, number_protocol::COMPARISON)?;
    vm.define_methods(Type::Int, number_protocol::NUMBER)?;
    vm.define_methods(Type::Int, number_protocol::INTEGER)?;
    vm.define_methods(
        Type::Int,
        &[
            ("bit_length", bit_length),
            ("bit_count", bit_count),
            ("to_bytes", to_bytes),
            ("as_integer_ratio", as_integer_ratio),
            ("is_integer", is_integer),
            ("conjugate", conjugate),
        ],
    )?;
    define_static(vm, Type::Int, "from_bytes", from_bytes)?;
    vm.define_getter(Type::Int, "real", real)?;
    vm.define_getter(Type::Int, "imag", imag)?;
    vm.define_getter(Type::Int, "numerator", real)?;
    vm.define_getter(Type::Int, "denominator", denominator)
}

fn construct(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let rest = arguments.rest();
    if let [value] = *rest.all()
        && rest.keyword_count() == 0
    {
        return vm.int_of(value);
    }
    if rest.all().len() > 2 {
        let count = rest.all().len();
        return Err(vm.raise_type_error(&format!("int expected at most 2 arguments, got {count}")));
    }
    let [value, base] = rest.bind(vm, "int", ["", "base"], 0, 2)?;
    match (value.is_unset(), base.is_unset()) {
        (true, true) => Ok(Value::from_i32(0)),
        (true, false) => Err(vm.raise_type_error("int() missing string argument")),
        (false, true) => vm.int_of(value),
        (false, false) => vm.int_with_base(value, base),
    }
}

/// The receiver and the arguments behind it.
fn receiver<'a>(
    vm: &mut Vm,
    arguments: Arguments<'a>,
    method: &str,
) -> Result<(Number, Arguments<'a>), Raised> {
    let number = arguments
        .positional()
        .first()
        .and_then(|receiver| receiver.number());
    match number {
        Some(number @ (Number::Int(_) | Number::Big(_))) => Ok((number, arguments.rest())),
        _ => Err(arguments.receiver_error(vm, "int", method)),
    }
}

fn bit_length(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (number, rest) = receiver(vm, arguments, "bit_length")?;
    rest.exactly::<0>(vm, "int.bit_length")?;
    let bits = match number {
        Number::Int(small) => u64::from(integer::bit_length_i64(small)),
        _ => integer::bit_length(&number.to_big().unwrap_or_default()),
    };
    vm.new_int(bits as i64)
}

fn bit_count(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (number, rest) = receiver(vm, arguments, "bit_count")?;
    rest.exactly::<0>(vm, "int.bit_count")?;
    vm.new_int(integer::bit_count(&number.to_big().unwrap_or_default()) as i64)
}

/// Whether a `byteorder` argument (unset for the default) says "big".
fn is_big_endian(vm: &mut Vm, order: Value, method: &str) -> Result<bool, Raised> {
    if order.is_unset() {
        return Ok(true);
    }
    let Some(order) = order.cast::<Str>() else {
        let name = vm.type_name(order);
        return Err(vm.raise_type_error(&format!(
            "{method}() argument 'byteorder' must be str, not {name}"
        )));
    };
    match order.as_str() {
        "big" => Ok(true),
        "little" => Ok(false),
        _ => Err(vm.raise_value_error("byteorder must be either 'little' or 'big'")),
    }
}

fn is_signed(vm: &mut Vm, signed: Value) -> Result<bool, Raised> {
    if signed.is_unset() {
        Ok(false)
    } else {
        vm.truth(signed)
    }
}

fn to_bytes(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (number, rest) = receiver(vm, arguments, "to_bytes")?;
    let [length, order, signed] =
        rest.bind(vm, "to_bytes", ["length", "byteorder", "signed"], 0, 2)?;
    let length = if length.is_unset() {
        1
    } else {
        vm.index_i64(length)?
    };
    let big_endian = is_big_endian(vm, order, "to_bytes")?;
    let signed = is_signed(vm, signed)?;
    let Ok(length) = usize::try_from(length) else {
        return Err(vm.raise_value_error("length argument must be non-negative"));
    };
    vm.with_charged(length, |vm| {
        let number = number.to_big().unwrap_or_default();
        let octets = integer_text::to_bytes(&number, length, big_endian, signed);
        let octets = vm.checked(octets)?;
        vm.new_bytes(&octets)
    })
}

fn from_bytes(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [source, order, signed] =
        arguments.bind(vm, "from_bytes", ["bytes", "byteorder", "signed"], 1, 2)?;
    let big_endian = is_big_endian(vm, order, "from_bytes")?;
    let signed = is_signed(vm, signed)?;
    if source.kind() == Some(Kind::Str) || source.number().is_some() {
        let name = vm.type_name(source);
        return Err(vm.raise_type_error(&format!("cannot convert '{name}' object to bytes")));
    }
    let octets = vm.bytes_from(source, Value::UNSET, Value::UNSET)?;
    let bits = octets
        .cast::<Bytes>()
        .map_or(0, |octets| octets.length as u64 * 8);
    if bits > INTEGER_BITS_MAX {
        vm.release(octets);
        return Err(vm.raise_operation_error(&OperationError::TooLarge { bits }));
    }
    let number = octets
        .cast::<Bytes>()
        .map(|octets| integer_text::from_bytes(octets.as_slice(), big_endian, signed));
    vm.release(octets);
    vm.new_big_int(number.unwrap_or_default())
}

fn as_integer_ratio(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (number, rest) = receiver(vm, arguments, "as_integer_ratio")?;
    rest.exactly::<0>(vm, "int.as_integer_ratio")?;
    let numerator = integer_value(number);
    vm.new_pair(numerator, Value::from_i32(1))
}

fn is_integer(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (_, rest) = receiver(vm, arguments, "is_integer")?;
    rest.exactly::<0>(vm, "int.is_integer")?;
    Ok(Value::TRUE)
}

fn conjugate(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (number, rest) = receiver(vm, arguments, "conjugate")?;
    rest.exactly::<0>(vm, "int.conjugate")?;
    Ok(integer_value(number))
}

fn real(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    receiver(vm, arguments, "real").map(|(number, _)| integer_value(number))
}

fn imag(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    receiver(vm, arguments, "imag").map(|_| Value::from_i32(0))
}

fn denominator(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    receiver(vm, arguments, "denominator").map(|_| Value::from_i32(1))
}

/// The integer as a value that is no boolean. Owned.
fn integer_value(number: Number) -> Value {
    match number {
        Number::Int(integer) => Value::from_int_unchecked(integer),
        Number::Big(big) => big.value().increment(),
        Number::Float(float) => Value::from_float(float),
    }
}
