//! `set` and `frozenset`: their constructors and methods.

use crate::builtins::container_protocol as protocol;
use crate::native::Arguments;
use crate::object::{Obj, Set};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the classes.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_constructor(Type::Set, construct_set)?;
    vm.define_constructor(Type::FrozenSet, construct_frozen_set)?;
    for class in [Type::Set, Type::FrozenSet] {
        vm.define_methods(
            class,
            &[
                ("copy", copy),
                ("union", union),
                ("intersection", intersection),
                ("difference", difference),
                ("symmetric_difference", symmetric_difference),
                ("issubset", is_subset),
                ("issuperset", is_superset),
                ("isdisjoint", is_disjoint),
            ],
        )?;
        vm.define_methods(class, protocol::COLLECTION)?;
        vm.define_methods(class, protocol::SET_OPERATORS)?;
    }
    vm.define_methods(Type::Set, protocol::SET_IN_PLACE)?;
    vm.define_methods(
        Type::Set,
        &[
            ("add", add),
            ("remove", remove),
            ("discard", discard),
            ("pop", pop),
            ("clear", clear),
            ("update", update),
            ("intersection_update", intersection_update),
            ("difference_update", difference_update),
            ("symmetric_difference_update", symmetric_difference_update),
        ],
    )
}

fn construct_set(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [iterable] = arguments.rest().between::<1>(vm, "set", 0)?;
    if iterable.is_unset() {
        vm.new_set(false)
    } else {
        vm.set_from(iterable, false)
    }
}

fn construct_frozen_set(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [iterable] = arguments.rest().between::<1>(vm, "frozenset", 0)?;
    match iterable.cast::<Set>() {
        _ if iterable.is_unset() => vm.new_set(true),
        Some(set) if !set.is_mutable() => Ok(iterable.increment()),
        _ => vm.set_from(iterable, true),
    }
}

/// The receiver of a method that changes it, and the other arguments.
fn mutable<'a>(
    vm: &mut Vm,
    arguments: Arguments<'a>,
    method: &str,
) -> Result<(Obj<Set>, Arguments<'a>), Raised> {
    let (set, rest) = arguments.receiver::<Set>(vm, "set", method)?;
    if set.is_mutable() {
        Ok((set, rest))
    } else {
        Err(arguments.receiver_error(vm, "set", method))
    }
}

/// The receiver of a method of both classes, and the only argument.
fn with_other(
    vm: &mut Vm,
    arguments: Arguments,
    method: &str,
) -> Result<(Obj<Set>, Value), Raised> {
    let (set, rest) = arguments.receiver::<Set>(vm, "set", method)?;
    let class = if set.is_mutable() { "set" } else { "frozenset" };
    let [other] = rest.exactly::<1>(vm, &format!("{class}.{method}"))?;
    Ok((set, other))
}

/// The receiver of a method of both classes, and any number of arguments.
fn with_others<'a>(
    vm: &mut Vm,
    arguments: Arguments<'a>,
    method: &str,
) -> Result<(Obj<Set>, &'a [Value]), Raised> {
    let (set, rest) = arguments.receiver::<Set>(vm, "set", method)?;
    if rest.keyword_count() > 0 {
        let class = if set.is_mutable() { "set" } else { "frozenset" };
        let message = format!("{class}.{method}() takes no keyword arguments");
        return Err(vm.raise_type_error(&message));
    }
    Ok((set, rest.all()))
}

fn add(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, rest) = mutable(vm, arguments, "add")?;
    let [item] = rest.exactly::<1>(vm, "set.add")?;
    vm.set_add(set, item)?;
    Ok(Value::NONE)
}

fn remove(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, rest) = mutable(vm, arguments, "remove")?;
    let [item] = rest.exactly::<1>(vm, "set.remove")?;
    if vm.set_discard(set, item)? {
        Ok(Value::NONE)
    } else {
        Err(vm.raise_with(Type::KeyError, item))
    }
}

fn discard(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, rest) = mutable(vm, arguments, "discard")?;
    let [item] = rest.exactly::<1>(vm, "set.discard")?;
    vm.set_discard(set, item)?;
    Ok(Value::NONE)
}

fn pop(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, rest) = mutable(vm, arguments, "pop")?;
    let [] = rest.exactly::<0>(vm, "set.pop")?;
    match vm.set_pop(set) {
        Some(item) => Ok(item),
        None => Err(vm.raise(Type::KeyError, "pop from an empty set")),
    }
}

fn clear(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, rest) = mutable(vm, arguments, "clear")?;
    let [] = rest.exactly::<0>(vm, "set.clear")?;
    vm.clear_object(set.object());
    Ok(Value::NONE)
}

/// A new set of the same class and items. A frozen set is its own copy. Owned.
fn copy_of(vm: &mut Vm, set: Obj<Set>) -> Result<Value, Raised> {
    if set.is_mutable() {
        vm.set_from(set.value(), false)
    } else {
        Ok(set.value().increment())
    }
}

fn copy(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, rest) = arguments.receiver::<Set>(vm, "set", "copy")?;
    let [] = rest.exactly::<0>(
        vm,
        if set.is_mutable() {
            "set.copy"
        } else {
            "frozenset.copy"
        },
    )?;
    copy_of(vm, set)
}

/// Combines a set with each of the others in turn.
fn combine(
    vm: &mut Vm,
    set: Obj<Set>,
    others: &[Value],
    step: impl Fn(&mut Vm, Obj<Set>, Value) -> Result<Value, Raised>,
) -> Result<Value, Raised> {
    let Some((&first, more)) = others.split_first() else {
        return copy_of(vm, set);
    };
    let mut result = step(vm, set, first)?;
    for &other in more {
        let next = step(vm, Obj::of(result.object_unchecked()), other);
        vm.release(result);
        result = next?;
    }
    Ok(result)
}

fn union(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, others) = with_others(vm, arguments, "union")?;
    if others.is_empty() {
        return copy_of(vm, set);
    }
    let result = vm.set_from(set.value(), !set.is_mutable())?;
    for &other in others {
        if let Err(raised) = vm.set_update(Obj::of(result.object_unchecked()), other) {
            vm.release(result);
            return Err(raised);
        }
    }
    Ok(result)
}

fn intersection(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, others) = with_others(vm, arguments, "intersection")?;
    combine(vm, set, others, Vm::set_intersection)
}

fn difference(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, others) = with_others(vm, arguments, "difference")?;
    combine(vm, set, others, Vm::set_difference)
}

fn symmetric_difference(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, other) = with_other(vm, arguments, "symmetric_difference")?;
    vm.set_symmetric_difference(set, other)
}

fn update(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, _) = mutable(vm, arguments, "update")?;
    let (_, others) = with_others(vm, arguments, "update")?;
    for &other in others {
        vm.set_update(set, other)?;
    }
    Ok(Value::NONE)
}

fn intersection_update(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, _) = mutable(vm, arguments, "intersection_update")?;
    let (_, others) = with_others(vm, arguments, "intersection_update")?;
    let kept = combine(vm, set, others, Vm::set_intersection)?;
    vm.set_replace_items(set, kept);
    Ok(Value::NONE)
}

fn difference_update(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, _) = mutable(vm, arguments, "difference_update")?;
    let (_, others) = with_others(vm, arguments, "difference_update")?;
    for &other in others {
        vm.set_difference_update(set, other)?;
    }
    Ok(Value::NONE)
}

fn symmetric_difference_update(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, _) = mutable(vm, arguments, "symmetric_difference_update")?;
    let (_, other) = with_other(vm, arguments, "symmetric_difference_update")?;
    vm.set_symmetric_difference_update(set, other)?;
    Ok(Value::NONE)
}

fn is_subset(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, other) = with_other(vm, arguments, "issubset")?;
    let whole = match other.cast::<Set>() {
        Some(_) => other.increment(),
        None => vm.set_from(other, false)?,
    };
    let fits = vm.container_length(whole) >= Some(set.table.len());
    let result = if fits {
        vm.is_superset(whole, set.value())
    } else {
        Ok(false)
    };
    vm.release(whole);
    result.map(Value::from_bool)
}

fn is_superset(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, other) = with_other(vm, arguments, "issuperset")?;
    vm.is_superset(set.value(), other).map(Value::from_bool)
}

fn is_disjoint(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (set, other) = with_other(vm, arguments, "isdisjoint")?;
    vm.is_disjoint(set.value(), other).map(Value::from_bool)
}
