//! The attributes that every object has: `__class__`, `__module__`, `__dict__`.
//!
//! The class of an object cannot be changed.

use crate::native::Arguments;
use crate::object::{Class, Module};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to `object`.
pub(super) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let class = Type::Object;
    // Plain objects have no attributes of their own.
    vm.builtin(class).flags.closed = true;
    vm.define_in_class(class, "__doc__", Value::NONE)?;
    vm.define_attribute(
        class,
        "__class__",
        class_of_object,
        Some(set_class_of_object),
        Some(delete_class_of_object),
    )?;
    vm.define_attribute(class, "__module__", module_of_object, None, None)?;
    vm.define_attribute(class, "__dict__", attributes_of_object, None, None)
}

fn class_of_object(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [object] = arguments.exactly::<1>(vm, "__class__")?;
    Ok(vm.class_of(object).value().increment())
}

fn set_class_of_object(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [_, class] = arguments.exactly::<2>(vm, "__class__")?;
    if class.cast::<Class>().is_none() {
        let name = vm.type_name(class);
        let message = format!("__class__ must be set to a class, not '{name}' object");
        return Err(vm.raise_type_error(&message));
    }
    Err(vm.raise_type_error(
        "__class__ assignment only supported for mutable types or ModuleType subclasses",
    ))
}

fn delete_class_of_object(vm: &mut Vm, _arguments: Arguments) -> Result<Value, Raised> {
    Err(vm.raise_type_error("can't delete __class__ attribute"))
}

/// The error of an attribute that only other objects have.
fn absent(vm: &mut Vm, object: Value, attribute: &str) -> Raised {
    let name = vm.type_name(object);
    vm.raise_attribute_error(&format!("'{name}' object has no attribute '{attribute}'"))
}

/// The module of an object's class, for classes of programs.
fn module_of_object(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [object] = arguments.exactly::<1>(vm, "__module__")?;
    let class = vm.class_of(object);
    if class.flags.builtin || class.module.is_unset() {
        return Err(absent(vm, object, "__module__"));
    }
    Ok(class.module.increment())
}

/// `__dict__`: of an instance a live view of its attributes (`instance_dict.rs`), of a module a
/// copy of its names.
fn attributes_of_object(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [object] = arguments.exactly::<1>(vm, "__dict__")?;
    if let Some(module) = object.cast::<Module>() {
        let pairs: Vec<(Value, Value)> = module.namespace.iter().collect();
        return vm.dict_of_pairs(&pairs);
    }
    match object.cast() {
        Some(instance) if !vm.class_of(object).flags.closed => vm.new_instance_dict(instance),
        _ => Err(absent(vm, object, "__dict__")),
    }
}
