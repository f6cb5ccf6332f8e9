//! `object`: what every class inherits, as attributes, so that `super().__init__()`,
//! `super().__setattr__(...)` and the like reach it.

use crate::builtins::container_protocol::special;
use crate::builtins::define_static;
use crate::builtins::functions_attribute::{attribute_name, dir_of};
use crate::native::Arguments;
use crate::object::{Class, Kind, Str};
use crate::ops::hash::hash_identity;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_constructor(Type::Object, construct)?;
    vm.define_methods(
        Type::Object,
        &[
            ("__init__", init),
            ("__repr__", repr),
            ("__str__", str),
            ("__format__", format),
            ("__eq__", eq),
            ("__ne__", ne),
            ("__lt__", declined),
            ("__le__", declined),
            ("__gt__", declined),
            ("__ge__", declined),
            ("__hash__", hash),
            ("__getattribute__", get_attribute),
            ("__setattr__", set_attribute),
            ("__delattr__", delete_attribute),
            ("__dir__", dir),
        ],
    )?;
    define_static(vm, Type::Object, "__init_subclass__", init_subclass)
}

/// `object.__new__(class)`, which is also `object()`.
fn construct(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let Some(&class) = arguments.positional().first() else {
        return Err(vm.raise_type_error("object.__new__(): not enough arguments"));
    };
    let Some(class) = class.cast::<Class>() else {
        let name = vm.type_name(class);
        return Err(vm.raise_type_error(&format!(
            "object.__new__(X): X is not a type object ({name})"
        )));
    };
    let name = vm.text(class.name).to_owned();
    if class == vm.builtin(Type::Object) && !arguments.rest().all().is_empty() {
        return Err(vm.raise_type_error("object() takes no arguments"));
    }
    match class.instance_kind {
        Kind::Instance if class == vm.builtin(Type::Object) => vm.new_untracked_instance(class),
        Kind::Instance => vm.new_instance(class),
        Kind::Exception => vm.new_exception(class, arguments.rest().positional()),
        _ => Err(vm.raise_type_error(&format!(
            "object.__new__({name}) is not safe, use {name}.__new__()"
        ))),
    }
}

fn init(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    if arguments.all().len() == 1 {
        return Ok(Value::NONE);
    }
    Err(vm.raise_type_error(if arguments.all().is_empty() {
        "unbound method object.__init__() needs an argument"
    } else {
        "object.__init__() takes exactly one argument (the instance to initialize)"
    }))
}

fn repr(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (receiver, []) = special(vm, arguments)?;
    vm.object_repr(receiver)
}

fn str(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (receiver, []) = special(vm, arguments)?;
    vm.repr(receiver)
}

fn format(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (receiver, [specification]) = special(vm, arguments)?;
    if specification
        .cast::<Str>()
        .is_some_and(|specification| specification.byte_length == 0)
    {
        return vm.str_of(receiver);
    }
    let (name, given) = (vm.type_name(receiver), vm.type_name(specification));
    Err(
        vm.raise_type_error(&if specification.kind() == Some(Kind::Str) {
            format!("unsupported format string passed to {name}.__format__")
        } else {
            format!("__format__() argument must be str, not {given}")
        }),
    )
}

fn eq(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (receiver, [other]) = special(vm, arguments)?;
    Ok(if receiver == other {
        Value::TRUE
    } else {
        Value::NOT_IMPLEMENTED
    })
}

/// The opposite of `__eq__`, whichever that is.
fn ne(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (receiver, [other]) = special(vm, arguments)?;
    if let Some(result) = vm.try_method(receiver, vm.names.eq, &[other])? {
        return vm
            .truth_of_owned(result)
            .map(|equal| Value::from_bool(!equal));
    }
    Ok(if receiver == other {
        Value::FALSE
    } else {
        Value::NOT_IMPLEMENTED
    })
}

fn declined(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (_, [_]) = special(vm, arguments)?;
    Ok(Value::NOT_IMPLEMENTED)
}

fn hash(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (receiver, []) = special(vm, arguments)?;
    vm.new_int(hash_identity(receiver) as i64)
}

fn get_attribute(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (receiver, [name]) = special(vm, arguments)?;
    let name = attribute_name(vm, name)?;
    match vm.find_attribute(receiver, name)? {
        Some(value) => Ok(value),
        None => Err(vm.raise_no_attribute(receiver, name)),
    }
}

fn set_attribute(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (receiver, [name, value]) = special(vm, arguments)?;
    let name = attribute_name(vm, name)?;
    vm.set_attribute_plainly(receiver, name, value)?;
    Ok(Value::NONE)
}

fn delete_attribute(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (receiver, [name]) = special(vm, arguments)?;
    let name = attribute_name(vm, name)?;
    vm.delete_attribute_plainly(receiver, name)?;
    Ok(Value::NONE)
}

fn dir(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (receiver, []) = special(vm, arguments)?;
    dir_of(vm, receiver)
}

fn init_subclass(_vm: &mut Vm, _arguments: Arguments<'_>) -> Result<Value, Raised> {
    Ok(Value::NONE)
}
