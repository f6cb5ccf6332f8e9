//! The special methods of numbers, str and bytes as attributes: `(1).__add__(2)`, `str.__len__`, ...
//!
//! The machine itself never calls these: its operators know the built-in classes. They are for
//! programs that name them, and do what the operator does, but decline with `NotImplemented`.

use crate::builtins::container_protocol::{get_item, special};
use crate::native::Arguments;
use crate::object::NativeCode;
use crate::ops::arithmetic::{BinaryOperator, UnaryOperator};
use crate::ops::compare::Comparison;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Names and code of methods.
type Methods = &'static [(&'static str, NativeCode)];

/// Of everything that compares by value.
pub(super) const COMPARISON: Methods = &[
    ("__lt__", lt),
    ("__le__", le),
    ("__eq__", eq),
    ("__ne__", ne),
    ("__gt__", gt),
    ("__ge__", ge),
    ("__hash__", hash),
    ("__repr__", repr),
    ("__format__", format),
];

/// Of integers and floats.
pub(super) const NUMBER: Methods = &[
    ("__add__", add),
    ("__radd__", radd),
    ("__sub__", sub),
    ("__rsub__", rsub),
    ("__mul__", mul),
    ("__rmul__", rmul),
    ("__truediv__", truediv),
    ("__rtruediv__", rtruediv),
    ("__floordiv__", floordiv),
    ("__rfloordiv__", rfloordiv),
    ("__mod__", modulo),
    ("__rmod__", rmod),
    ("__divmod__", divmod),
    ("__rdivmod__", rdivmod),
    ("__pow__", pow),
    ("__rpow__", rpow),
    ("__neg__", neg),
    ("__pos__", pos),
    ("__abs__", abs),
    ("__bool__", truth),
    ("__int__", int),
    ("__trunc__", int),
    ("__float__", float),
    ("__round__", round),
];

/// Of integers alone.
pub(super) const INTEGER: Methods = &[
    ("__lshift__", lshift),
    ("__rlshift__", rlshift),
    ("__rshift__", rshift),
    ("__rrshift__", rrshift),
    ("__and__", and),
    ("__rand__", rand),
    ("__or__", or),
    ("__ror__", ror),
    ("__xor__", xor),
    ("__rxor__", rxor),
    ("__invert__", invert),
    ("__index__", int),
    ("__floor__", int),
    ("__ceil__", int),
];

/// Of str and bytes, with what every collection has.
pub(super) const TEXT: Methods = &[
    ("__add__", add),
    ("__mul__", mul),
    ("__rmul__", rmul),
    ("__mod__", modulo),
    ("__getitem__", get_item),
];

fn apply(
    vm: &mut Vm,
    operator: BinaryOperator,
    left: Value,
    right: Value,
) -> Result<Value, Raised> {
    let result = match (left.number(), right.number()) {
        (Some(left), Some(right)) => vm.binary_numbers(operator, left, right)?,
        _ => vm.binary_builtin(operator, left, right, false)?,
    };
    Ok(result.unwrap_or(Value::NOT_IMPLEMENTED))
}

macro_rules! operators {
    ($($name:ident $reflected:ident: $operator:ident;)*) => {
        $(
            fn $name(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
                let (receiver, [other]) = special(vm, arguments)?;
                apply(vm, BinaryOperator::$operator, receiver, other)
            }
            fn $reflected(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
                let (receiver, [other]) = special(vm, arguments)?;
                apply(vm, BinaryOperator::$operator, other, receiver)
            }
        )*
    };
}

operators! {
    add radd: Add;
    sub rsub: Sub;
    mul rmul: Mul;
    truediv rtruediv: TrueDiv;
    floordiv rfloordiv: FloorDiv;
    modulo rmod: Mod;
    divmod rdivmod: DivMod;
    power rpow: Pow;
    lshift rlshift: LeftShift;
    rshift rrshift: RightShift;
    and rand: And;
    or ror: Or;
    xor rxor: Xor;
}

/// `__pow__` takes a modulus too.
fn pow(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    match *arguments.positional() {
        [base, exponent, modulus] if !modulus.is_none() => vm.power_modulo(base, exponent, modulus),
        _ => power(vm, arguments),
    }
}

macro_rules! unary_operators {
    ($($name:ident: $operator:ident;)*) => {
        $(fn $name(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
            let (receiver, []) = special(vm, arguments)?;
            vm.unary(UnaryOperator::$operator, receiver)
        })*
    };
}

unary_operators! { neg: Neg; pos: Pos; invert: Invert; abs: Abs; }

macro_rules! comparisons {
    ($($name:ident: $comparison:ident;)*) => {
        $(fn $name(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
            let (receiver, [other]) = special(vm, arguments)?;
            let result = vm.compare_builtin(Comparison::$comparison, receiver, other)?;
            Ok(result.unwrap_or(Value::NOT_IMPLEMENTED))
        })*
    };
}

comparisons! { lt: Lt; le: Le; eq: Eq; ne: Ne; gt: Gt; ge: Ge; }

fn hash(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (receiver, []) = special(vm, arguments)?;
    let hash = vm.hash(receiver)?;
    vm.new_int(hash as i64)
}

fn repr(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (receiver, []) = special(vm, arguments)?;
    vm.repr(receiver)
}

fn format(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (receiver, [specification]) = special(vm, arguments)?;
    vm.format_with(receiver, specification)
}

fn truth(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (receiver, []) = special(vm, arguments)?;
    vm.truth(receiver).map(Value::from_bool)
}

fn int(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (receiver, []) = special(vm, arguments)?;
    vm.int_of(receiver)
}

fn float(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (receiver, []) = special(vm, arguments)?;
    vm.float_of(receiver).map(Value::from_float)
}

fn round(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [receiver, digits] = arguments.between::<2>(vm, "__round__", 1)?;
    vm.round(receiver, digits)
}
