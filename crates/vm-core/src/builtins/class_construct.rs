//! `type(object)`, and making classes by calling `type`.

use crate::native::Arguments;
use crate::object::{Dict, Kind, Module, Tuple};
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// `type(object)`, or `type(name, bases, dict)`.
pub(super) fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    match *arguments.rest().all() {
        [object] if arguments.keyword_count() == 0 => Ok(vm.class_of(object).value().increment()),
        [name, bases, namespace] if arguments.keyword_count() == 0 => {
            new_class(vm, name, bases, namespace)
        }
        _ => Err(vm.raise_type_error("type() takes 1 or 3 arguments")),
    }
}

fn new_class(vm: &mut Vm, name: Value, bases: Value, namespace: Value) -> Result<Value, Raised> {
    let wanted = [
        (name, Kind::Str),
        (bases, Kind::Tuple),
        (namespace, Kind::Dict),
    ];
    for (index, (argument, kind)) in wanted.into_iter().enumerate() {
        if argument.kind() != Some(kind) {
            let message = format!(
                "type.__new__() argument {} must be {}, not {}",
                index + 1,
                kind.type_name(),
                vm.type_name(argument)
            );
            return Err(vm.raise_type_error(&message));
        }
    }
    // The members are held: what setting them runs may change the dict.
    let mut members: Vec<(Value, Value)> = Vec::new();
    if let Some(dict) = namespace.cast::<Dict>() {
        members.extend(dict.table.iter().map(|entry| (entry.key, entry.value)));
    }
    for &(key, value) in &members {
        key.increment();
        value.increment();
    }
    let made = make_class(vm, name, bases, &members);
    vm.aside(|vm| {
        for (key, value) in members {
            vm.release(key);
            vm.release(value);
        }
    });
    made
}

fn make_class(
    vm: &mut Vm,
    name: Value,
    bases: Value,
    members: &[(Value, Value)],
) -> Result<Value, Raised> {
    let mut named = Vec::with_capacity(members.len());
    let mut slots = None;
    for &(key, value) in members {
        if key.kind() != Some(Kind::Str) {
            let message = format!(
                "type.__new__() argument 3 must have str keys, not '{}'",
                vm.type_name(key)
            );
            return Err(vm.raise_type_error(&message));
        }
        let key = vm.intern_value(key)?;
        if key == vm.names.slots {
            slots = Some(slot_names(vm, value)?);
        } else {
            if key == vm.names.qualname && value.kind() != Some(Kind::Str) {
                let message = format!(
                    "type __qualname__ must be a str, not {}",
                    vm.type_name(value)
                );
                return Err(vm.raise_type_error(&message));
            }
            named.push((key, value));
        }
    }
    let name = vm.intern_value(name)?;
    let bases: Vec<Value> = bases
        .cast::<Tuple>()
        .map_or(Vec::new(), |bases| bases.as_slice().to_vec());
    let class = vm.new_class(name, &bases, slots.as_deref())?;
    match fill_class(vm, class, &named) {
        Ok(()) => Ok(class),
        Err(raised) => {
            vm.aside(|vm| vm.release(class));
            Err(raised)
        }
    }
}

fn fill_class(vm: &mut Vm, class: Value, members: &[(Value, Value)]) -> Result<(), Raised> {
    let running = vm.current_code().map(|code| code.program().namespace);
    if let Some(module) = running.and_then(|namespace| namespace.cast::<Module>()) {
        vm.set_class_module(class, module.name);
    }
    for &(name, value) in members {
        vm.set_attribute(class, name, value)?;
    }
    vm.finish_class(class)
}

/// The interned names that `__slots__` lists: a str, or an iterable of them.
fn slot_names(vm: &mut Vm, slots: Value) -> Result<Vec<Value>, Raised> {
    if slots.kind() == Some(Kind::Str) {
        return Ok(vec![vm.intern_value(slots)?]);
    }
    let tuple = vm.tuple_from(slots)?;
    let mut names = Vec::new();
    let mut result = Ok(());
    for &slot in tuple
        .cast::<Tuple>()
        .as_ref()
        .map_or(&[][..], |tuple| tuple.as_slice())
    {
        if slot.kind() != Some(Kind::Str) {
            let message = format!(
                "__slots__ items must be strings, not '{}'",
                vm.type_name(slot)
            );
            result = Err(vm.raise_type_error(&message));
            break;
        }
        match vm.intern_value(slot) {
            Ok(name) => names.push(name),
            Err(raised) => {
                result = Err(raised);
                break;
            }
        }
    }
    vm.aside(|vm| vm.release(tuple));
    result.map(|()| names)
}
