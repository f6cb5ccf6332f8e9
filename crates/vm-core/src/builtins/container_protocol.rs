//! The special methods of containers as attributes: `[].__len__()`, `set.__or__`, ...
//!
//! The machine itself never calls these: its operators know the built-in containers. They are for
//! programs that name them, and do exactly what the operator does.

use crate::native::Arguments;
use crate::object::NativeCode;
use crate::ops::arithmetic::BinaryOperator;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Names and code of methods.
type Methods = &'static [(&'static str, NativeCode)];

/// Of tuples.
pub(super) const SEQUENCE: Methods = &[
    ("__len__", length),
    ("__iter__", iterate),
    ("__contains__", contains),
    ("__getitem__", get_item),
    ("__add__", add),
    ("__mul__", mul),
    ("__rmul__", rmul),
];

/// Of lists.
pub(super) const MUTABLE_SEQUENCE: Methods = &[
    ("__len__", length),
    ("__iter__", iterate),
    ("__contains__", contains),
    ("__getitem__", get_item),
    ("__setitem__", set_item),
    ("__delitem__", delete_item),
    ("__reversed__", reversed),
    ("__add__", add),
    ("__mul__", mul),
    ("__rmul__", rmul),
    ("__iadd__", iadd),
    ("__imul__", imul),
];

/// Of ranges.
pub(super) const RANGE: Methods = &[
    ("__len__", length),
    ("__iter__", iterate),
    ("__contains__", contains),
    ("__getitem__", get_item),
    ("__reversed__", reversed),
];

/// Of dicts.
pub(super) const MAPPING: Methods = &[
    ("__len__", length),
    ("__iter__", iterate),
    ("__contains__", contains),
    ("__getitem__", get_item),
    ("__setitem__", set_item),
    ("__delitem__", delete_item),
    ("__reversed__", reversed),
    ("__or__", or),
    ("__ror__", ror),
    ("__ior__", ior),
];

/// Of anything that has a length and items.
pub(super) const COLLECTION: Methods = &[
    ("__len__", length),
    ("__iter__", iterate),
    ("__contains__", contains),
];

/// Of sets of both kinds, and of views of keys and items.
pub(super) const SET_OPERATORS: Methods = &[
    ("__or__", or),
    ("__ror__", ror),
    ("__and__", and),
    ("__rand__", rand),
    ("__sub__", sub),
    ("__rsub__", rsub),
    ("__xor__", xor),
    ("__rxor__", rxor),
];

/// Of sets that can change.
pub(super) const SET_IN_PLACE: Methods = &[
    ("__ior__", ior),
    ("__iand__", iand),
    ("__isub__", isub),
    ("__ixor__", ixor),
];

/// The receiver and `N` arguments of a special method.
pub(super) fn special<const N: usize>(
    vm: &mut Vm,
    arguments: Arguments,
) -> Result<(Value, [Value; N]), Raised> {
    let Some(&receiver) = arguments.positional().first() else {
        return Err(vm.raise_type_error("unbound method needs an argument"));
    };
    let rest = arguments.rest();
    match <[Value; N]>::try_from(rest.positional()) {
        Ok(values) if rest.keyword_count() == 0 => Ok((receiver, values)),
        _ => {
            let (given, plural) = (rest.all().len(), if N == 1 { "" } else { "s" });
            Err(vm.raise_type_error(&format!("expected {N} argument{plural}, got {given}")))
        }
    }
}

fn length(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (receiver, []) = special(vm, arguments)?;
    let length = vm.length(receiver)?;
    vm.new_int(length as i64)
}

fn iterate(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (receiver, []) = special(vm, arguments)?;
    vm.get_iter(receiver)
}

pub(super) fn reversed(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (receiver, []) = special(vm, arguments)?;
    vm.get_reversed(receiver)
}

fn contains(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (receiver, [item]) = special(vm, arguments)?;
    vm.contains(receiver, item).map(Value::from_bool)
}

pub(super) fn get_item(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (receiver, [key]) = special(vm, arguments)?;
    vm.get_item(receiver, key)
}

fn set_item(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (receiver, [key, value]) = special(vm, arguments)?;
    vm.set_item(receiver, key, value)?;
    Ok(Value::NONE)
}

fn delete_item(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (receiver, [key]) = special(vm, arguments)?;
    vm.delete_item(receiver, key)?;
    Ok(Value::NONE)
}

macro_rules! operators {
    ($($name:ident: $operator:ident $form:ident;)*) => {
        $(fn $name(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
            let (receiver, [other]) = special(vm, arguments)?;
            let (left, right, in_place) = operators!(@$form receiver, other);
            let result = vm.container_binary(BinaryOperator::$operator, left, right, in_place)?;
            Ok(result.unwrap_or(Value::NOT_IMPLEMENTED))
        })*
    };
    (@plain $receiver:ident, $other:ident) => { ($receiver, $other, false) };
    (@reflected $receiver:ident, $other:ident) => { ($other, $receiver, false) };
    (@in_place $receiver:ident, $other:ident) => { ($receiver, $other, true) };
}

operators! {
    add: Add plain; iadd: Add in_place;
    mul: Mul plain; rmul: Mul reflected; imul: Mul in_place;
    or: Or plain; ror: Or reflected; ior: Or in_place;
    and: And plain; rand: And reflected; iand: And in_place;
    sub: Sub plain; rsub: Sub reflected; isub: Sub in_place;
    xor: Xor plain; rxor: Xor reflected; ixor: Xor in_place;
}
