//! Built-in functions of attributes and classes: `getattr`, `isinstance`, `dir`, `vars`, ...

use crate::native::Arguments;
use crate::object::{Class, Dict, Exception, Function, Instance, Kind, Module, Str, Tuple};
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the module `builtins`.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let builtins = vm.builtins;
    vm.define_functions(
        builtins,
        &[
            ("getattr", getattr),
            ("setattr", setattr),
            ("delattr", delattr),
            ("hasattr", hasattr),
            ("isinstance", isinstance),
            ("issubclass", issubclass),
            ("vars", vars),
            ("dir", dir),
        ],
    )
}

/// An attribute's name as the interned string that look-ups take; borrowed.
pub(super) fn attribute_name(vm: &mut Vm, name: Value) -> Result<Value, Raised> {
    if name.cast::<Str>().is_some() {
        return vm.intern_value(name);
    }
    let type_name = vm.type_name(name);
    Err(vm.raise_type_error(&format!("attribute name must be string, not '{type_name}'")))
}

fn getattr(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [object, name, default] = arguments.between::<3>(vm, "getattr", 2)?;
    let name = attribute_name(vm, name)?;
    if default.is_unset() {
        return vm.get_attribute(object, name);
    }
    match vm.get_attribute_optional(object, name)? {
        Some(value) => Ok(value),
        None => Ok(default.increment()),
    }
}

fn setattr(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [object, name, value] = arguments.exactly::<3>(vm, "setattr")?;
    let name = attribute_name(vm, name)?;
    vm.set_attribute(object, name, value)?;
    Ok(Value::NONE)
}

fn delattr(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [object, name] = arguments.exactly::<2>(vm, "delattr")?;
    let name = attribute_name(vm, name)?;
    vm.delete_attribute(object, name)?;
    Ok(Value::NONE)
}

fn hasattr(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [object, name] = arguments.exactly::<2>(vm, "hasattr")?;
    let name = attribute_name(vm, name)?;
    let found = vm.get_attribute_optional(object, name)?;
    if let Some(value) = found {
        vm.release(value);
    }
    Ok(Value::from_bool(found.is_some()))
}

fn isinstance(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [object, class] = arguments.exactly::<2>(vm, "isinstance")?;
    vm.is_instance(object, class).map(Value::from_bool)
}

fn issubclass(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [class, of] = arguments.exactly::<2>(vm, "issubclass")?;
    vm.is_subclass(class, of).map(Value::from_bool)
}

/// Name and value of each attribute that is in an object itself, in order; borrowed. `None` if its
/// class gives it no room for any.
fn own_attributes(value: Value) -> Option<Vec<(Value, Value)>> {
    match value.kind()? {
        Kind::Instance => {
            let instance = value.cast::<Instance>()?;
            let class = instance.class();
            if class.flags.closed {
                return None;
            }
            let is_slot = |name: Value| {
                class.order().iter().any(|of| {
                    let slots = of.cast::<Class>().and_then(|of| of.slots.cast::<Tuple>());
                    slots.is_some_and(|slots| slots.as_slice().contains(&name))
                })
            };
            let names = instance.shape().names.iter().enumerate();
            let values = names.map(|(slot, &name)| (name, instance.slot_value(slot)));
            Some(
                values
                    .filter(|&(name, value)| !value.is_unset() && !is_slot(name))
                    .collect(),
            )
        }
        Kind::Class => Some(value.cast::<Class>()?.attributes.iter().collect()),
        Kind::Module => Some(value.cast::<Module>()?.namespace.iter().collect()),
        Kind::Function => Some(entries_of(value.cast::<Function>()?.attributes)),
        Kind::Exception => Some(entries_of(value.cast::<Exception>()?.attributes)),
        _ => None,
    }
}

fn entries_of(dict: Value) -> Vec<(Value, Value)> {
    let Some(dict) = dict.cast::<Dict>() else {
        return Vec::new();
    };
    dict.table
        .iter()
        .map(|entry| (entry.key, entry.value))
        .collect()
}

/// The module of the function that runs, borrowed; unset if none does.
fn current_module(vm: &Vm) -> Value {
    let function = vm
        .frames
        .last()
        .and_then(|frame| frame.function.cast::<Function>());
    function.map_or(Value::UNSET, |function| function.globals)
}

/// `vars(object)`; without an argument the variables of the module that runs.
fn vars(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value] = arguments.between::<1>(vm, "vars", 0)?;
    let value = if value.is_unset() {
        current_module(vm)
    } else {
        value
    };
    match vm.get_attribute_optional(value, vm.names.dict)? {
        Some(dict) => Ok(dict),
        None => Err(vm.raise_type_error("vars() argument must have __dict__ attribute")),
    }
}

/// The sorted names of an object's attributes: its own, and those of the classes of its class's
/// order (of a class: of its own order). Owned.
pub(super) fn dir_of(vm: &mut Vm, value: Value) -> Result<Value, Raised> {
    let mut names: Vec<Value> = own_attributes(value)
        .unwrap_or_default()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let class = match value.cast::<Class>() {
        Some(class) => Some(class),
        None if value.kind() == Some(Kind::Module) || value.is_unset() => None,
        None => Some(vm.class_of(value)),
    };
    if let Some(class) = class {
        for of in class.order() {
            if let Some(of) = of.cast::<Class>() {
                names.extend(of.attributes.iter().map(|(name, _)| name));
            }
        }
    }
    names.sort_by(|&left, &right| vm.text(left).cmp(vm.text(right)));
    names.dedup_by(|left, right| vm.text(*left) == vm.text(*right));
    vm.new_list_of(&names)
}

fn dir(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value] = arguments.between::<1>(vm, "dir", 0)?;
    if value.is_unset() {
        let module = current_module(vm);
        return dir_of(vm, module);
    }
    match vm.try_method(value, vm.names.dir, &[])? {
        Some(names) => {
            let sorted = vm.sorted(names, Value::NONE, false);
            vm.release(names);
            sorted
        }
        None => dir_of(vm, value),
    }
}
