//! `instance.__dict__`: a mapping that shows an instance's attributes, and changes them.
//!
//! ```text
//!  instance_dict │ instance ──► Point │ x │ y │
//! ```
//!
//! Instances keep their attributes in slots, so there is no dict to give out. This is an object of
//! a class of its own with the methods of `dict`; it is made anew by each look at `__dict__`. What
//! is read all at once (`items()`, iteration, `repr`) is a copy as of that moment. It is not a
//! `dict` to `isinstance`, and its keys are always strings. Attributes that `__slots__` declare are
//! not in it.

use crate::native::Arguments;
use crate::object::{Class, Dict, Instance, Kind, Obj, Tuple};
use crate::ops::compare::Comparison;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// The name of the slot that holds the instance; no program can write it.
const TARGET: &str = " instance";

/// Adds the methods to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let class = Type::InstanceDict;
    vm.define_methods(
        class,
        &[
            ("__getitem__", get_item),
            ("__setitem__", set_item),
            ("__delitem__", delete_item),
            ("__contains__", contains),
            ("__len__", length),
            ("__iter__", iterate),
            ("__eq__", equal),
            ("__repr__", repr),
            ("get", get),
            ("setdefault", set_default),
            ("pop", pop),
            ("keys", keys),
            ("values", values),
            ("items", items),
            ("copy", copy),
            ("clear", clear),
            ("update", update),
        ],
    )?;
    vm.define_in_class(class, "__hash__", Value::NONE)?;
    // Operators look for methods in classes that are not built in.
    vm.builtin(class).flags.builtin = false;
    Ok(())
}

impl Vm {
    /// The view of an instance's attributes. Owned.
    pub(crate) fn new_instance_dict(&mut self, instance: Obj<Instance>) -> Result<Value, Raised> {
        let name = self.intern(TARGET)?;
        let view = self.new_instance(self.builtin(Type::InstanceDict))?;
        let target = instance.value();
        match self.set_instance_attribute(Obj::of(view.object_unchecked()), name, target) {
            Ok(()) => Ok(view),
            Err(raised) => {
                self.aside(|vm| vm.release(view));
                Err(raised)
            }
        }
    }

    /// The instance behind a view; borrowed.
    fn instance_of_dict(&mut self, view: Value) -> Option<Obj<Instance>> {
        if self.class_of(view) != self.builtin(Type::InstanceDict) {
            return None;
        }
        let name = self.interner.find(TARGET)?;
        let view = view.cast::<Instance>()?;
        view.slot_value(view.shape().slot(name)?).cast::<Instance>()
    }

    /// Names and values of an instance's attributes that are not declared slots; borrowed.
    fn instance_attributes(&self, instance: Obj<Instance>) -> Vec<(Value, Value)> {
        let names = instance.shape().names.iter().copied().enumerate();
        names
            .filter(|&(_, name)| !is_declared(instance, name))
            .map(|(index, name)| (name, instance.slot_value(index)))
            .filter(|(_, value)| !value.is_unset())
            .collect()
    }
}

/// Whether a class of the instance declares the name in `__slots__`.
fn is_declared(instance: Obj<Instance>, name: Value) -> bool {
    instance.class().order().iter().any(|class| {
        let slots = class
            .cast::<Class>()
            .and_then(|class| class.slots.cast::<Tuple>());
        slots.is_some_and(|slots| slots.as_slice().contains(&name))
    })
}

/// The instance behind the receiver, and the other arguments.
fn of<'a>(
    vm: &mut Vm,
    arguments: Arguments<'a>,
    method: &str,
) -> Result<(Obj<Instance>, Arguments<'a>), Raised> {
    let view = arguments
        .positional()
        .first()
        .copied()
        .unwrap_or(Value::UNSET);
    match vm.instance_of_dict(view) {
        Some(instance) => Ok((instance, arguments.rest())),
        None => Err(arguments.receiver_error(vm, "instance_dict", method)),
    }
}

/// The value under a key, borrowed.
fn find(vm: &mut Vm, instance: Obj<Instance>, key: Value) -> Result<Option<Value>, Raised> {
    if key.kind() != Some(Kind::Str) {
        // Not among the keys, unless it cannot be one.
        return vm.hash(key).map(|_| None);
    }
    let Some(name) = vm.interner.find(vm.text(key)) else {
        return Ok(None);
    };
    let slot = instance
        .shape()
        .slot(name)
        .filter(|_| !is_declared(instance, name));
    Ok(slot.and_then(|slot| instance.slot_value(slot).set()))
}

fn store(vm: &mut Vm, instance: Obj<Instance>, key: Value, value: Value) -> Result<(), Raised> {
    if key.kind() != Some(Kind::Str) {
        let name = vm.type_name(key);
        let message = format!("attribute name must be string, not '{name}'");
        return Err(vm.raise_type_error(&message));
    }
    let name = vm.intern_value(key)?;
    vm.set_instance_attribute(instance, name, value)
}

/// Takes the value under a key out, owned.
fn remove(vm: &mut Vm, instance: Obj<Instance>, key: Value) -> Result<Option<Value>, Raised> {
    if find(vm, instance, key)?.is_none() {
        return Ok(None);
    }
    let name = vm.intern_value(key)?;
    vm.remove_instance_attribute(instance, name)
}

/// A dict of the attributes as they are now. Owned.
fn snapshot(vm: &mut Vm, instance: Obj<Instance>) -> Result<Value, Raised> {
    let pairs = vm.instance_attributes(instance);
    vm.dict_of_pairs(&pairs)
}

/// What `use_dict` makes of a copy of the attributes.
fn with_snapshot(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    method: &str,
    use_dict: impl FnOnce(&mut Vm, Value) -> Result<Value, Raised>,
) -> Result<Value, Raised> {
    let (instance, rest) = of(vm, arguments, method)?;
    rest.exactly::<0>(vm, method)?;
    let dict = snapshot(vm, instance)?;
    let result = use_dict(vm, dict);
    vm.aside(|vm| vm.release(dict));
    result
}

fn get_item(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (instance, rest) = of(vm, arguments, "__getitem__")?;
    let [key] = rest.exactly::<1>(vm, "__getitem__")?;
    match find(vm, instance, key)? {
        Some(value) => Ok(value.increment()),
        None => Err(vm.raise_with(Type::KeyError, key)),
    }
}

fn set_item(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (instance, rest) = of(vm, arguments, "__setitem__")?;
    let [key, value] = rest.exactly::<2>(vm, "__setitem__")?;
    store(vm, instance, key, value)?;
    Ok(Value::NONE)
}

fn delete_item(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (instance, rest) = of(vm, arguments, "__delitem__")?;
    let [key] = rest.exactly::<1>(vm, "__delitem__")?;
    match remove(vm, instance, key)? {
        Some(value) => {
            vm.release(value);
            Ok(Value::NONE)
        }
        None => Err(vm.raise_with(Type::KeyError, key)),
    }
}

fn contains(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (instance, rest) = of(vm, arguments, "__contains__")?;
    let [key] = rest.exactly::<1>(vm, "__contains__")?;
    Ok(Value::from_bool(find(vm, instance, key)?.is_some()))
}

fn length(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (instance, rest) = of(vm, arguments, "__len__")?;
    rest.exactly::<0>(vm, "__len__")?;
    vm.new_int(vm.instance_attributes(instance).len() as i64)
}

fn iterate(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    with_snapshot(vm, arguments, "__iter__", Vm::get_iter)
}

fn repr(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    with_snapshot(vm, arguments, "__repr__", Vm::repr)
}

fn equal(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (instance, rest) = of(vm, arguments, "__eq__")?;
    let [other] = rest.exactly::<1>(vm, "__eq__")?;
    let other = match vm.instance_of_dict(other) {
        Some(other) => snapshot(vm, other)?,
        None if other.kind() == Some(Kind::Dict) => other.increment(),
        None => return Ok(Value::NOT_IMPLEMENTED),
    };
    let result = match snapshot(vm, instance) {
        Ok(own) => {
            let result = vm.compare(Comparison::Eq, own, other);
            vm.aside(|vm| vm.release(own));
            result
        }
        Err(raised) => Err(raised),
    };
    vm.aside(|vm| vm.release(other));
    result
}

fn get(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (instance, rest) = of(vm, arguments, "get")?;
    let [key, default] = rest.between::<2>(vm, "get", 1)?;
    let found = find(vm, instance, key)?.or(default.set());
    Ok(found.unwrap_or(Value::NONE).increment())
}

fn set_default(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (instance, rest) = of(vm, arguments, "setdefault")?;
    let [key, default] = rest.between::<2>(vm, "setdefault", 1)?;
    if let Some(value) = find(vm, instance, key)? {
        return Ok(value.increment());
    }
    let value = default.set().unwrap_or(Value::NONE);
    store(vm, instance, key, value)?;
    Ok(value.increment())
}

fn pop(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (instance, rest) = of(vm, arguments, "pop")?;
    let [key, default] = rest.between::<2>(vm, "pop", 1)?;
    match (remove(vm, instance, key)?, default.set()) {
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.increment()),
        (None, None) => Err(vm.raise_with(Type::KeyError, key)),
    }
}

/// Calls a method without arguments of a copy.
fn of_snapshot(vm: &mut Vm, arguments: Arguments<'_>, method: &str) -> Result<Value, Raised> {
    with_snapshot(vm, arguments, method, |vm, dict| {
        let name = vm.intern(method)?;
        vm.call_method(dict, name, &[])
    })
}

fn keys(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    of_snapshot(vm, arguments, "keys")
}

fn values(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    of_snapshot(vm, arguments, "values")
}

fn items(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    of_snapshot(vm, arguments, "items")
}

fn copy(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    with_snapshot(vm, arguments, "copy", |_, dict| Ok(dict.increment()))
}

fn clear(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (instance, rest) = of(vm, arguments, "clear")?;
    rest.exactly::<0>(vm, "clear")?;
    // What dies with an attribute may let go of the instance.
    let keep = instance.value().increment();
    let mut result = Ok(());
    for (name, _) in vm.instance_attributes(instance) {
        match vm.remove_instance_attribute(instance, name) {
            Ok(removed) => vm.release(removed.unwrap_or(Value::NONE)),
            Err(raised) => {
                result = Err(raised);
                break;
            }
        }
    }
    vm.aside(|vm| vm.release(keep));
    result.map(|()| Value::NONE)
}

/// `update(mapping_or_pairs, **names)`: gathered in a dict first, by the rules of `dict.update`.
fn update(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (instance, rest) = of(vm, arguments, "update")?;
    let positional = rest.positional();
    if positional.len() > 1 {
        let message = format!(
            "update expected at most 1 argument, got {}",
            positional.len()
        );
        return Err(vm.raise_type_error(&message));
    }
    let dict = vm.new_dict()?;
    // What the mapping runs may let go of the instance.
    let keep = instance.value().increment();
    let gathered = Obj::<Dict>::of(dict.object_unchecked());
    let mut result = Ok(());
    if let Some(&mapping) = positional.first() {
        result = vm.dict_update(gathered, mapping);
    }
    for (name, value) in rest.keywords() {
        if result.is_ok() {
            result = vm.dict_set(gathered, name, value);
        }
    }
    if result.is_ok() {
        let pairs: Vec<(Value, Value)> = gathered
            .table
            .iter()
            .map(|entry| (entry.key, entry.value))
            .collect();
        for (key, value) in pairs {
            result = result.and_then(|()| store(vm, instance, key, value));
        }
    }
    vm.aside(|vm| {
        vm.release(dict);
        vm.release(keep);
    });
    result.map(|()| Value::NONE)
}
