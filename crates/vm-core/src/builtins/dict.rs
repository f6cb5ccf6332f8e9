//! `dict`: its constructor and methods.

use crate::builtins::container_protocol as protocol;
use crate::native::Arguments;
use crate::object::{Dict, DictView, Obj};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_constructor(Type::Dict, construct)?;
    vm.define_methods(
        Type::Dict,
        &[
            ("get", get),
            ("setdefault", set_default),
            ("pop", pop),
            ("popitem", pop_item),
            ("keys", keys),
            ("values", values),
            ("items", items),
            ("update", update),
            ("clear", clear),
            ("copy", copy),
        ],
    )?;
    vm.define_methods(Type::Dict, protocol::MAPPING)?;
    let from_keys = vm.new_native_function("fromkeys", from_keys)?;
    vm.define_in_class(Type::Dict, "fromkeys", from_keys)
}

fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let dict = vm.new_dict()?;
    match fill(
        vm,
        Obj::of(dict.object_unchecked()),
        arguments.rest(),
        "dict",
    ) {
        Ok(()) => Ok(dict),
        Err(raised) => {
            vm.release(dict);
            Err(raised)
        }
    }
}

/// Stores what a mapping or pairs, and then keyword arguments, say.
fn fill(vm: &mut Vm, dict: Obj<Dict>, arguments: Arguments, function: &str) -> Result<(), Raised> {
    match *arguments.positional() {
        [] => {}
        [mapping] => vm.dict_update(dict, mapping)?,
        ref more => {
            let count = more.len();
            return Err(vm.raise_type_error(&format!(
                "{function} expected at most 1 argument, got {count}"
            )));
        }
    }
    for (name, value) in arguments.keywords() {
        vm.dict_set(dict, name, value)?;
    }
    Ok(())
}

fn update(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (dict, rest) = arguments.receiver::<Dict>(vm, "dict", "update")?;
    fill(vm, dict, rest, "update")?;
    Ok(Value::NONE)
}

fn get(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (dict, rest) = arguments.receiver::<Dict>(vm, "dict", "get")?;
    let [key, default] = rest.between::<2>(vm, "get", 1)?;
    let found = vm.dict_get(dict, key)?;
    Ok(found.or(default.set()).unwrap_or(Value::NONE).increment())
}

fn set_default(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (dict, rest) = arguments.receiver::<Dict>(vm, "dict", "setdefault")?;
    let [key, default] = rest.between::<2>(vm, "setdefault", 1)?;
    let default = default.set().unwrap_or(Value::NONE);
    let hash = vm.key_hash(key)?;
    match vm.table_find(dict, hash, key)? {
        Some(number) => Ok(dict.table.entries()[number].value.increment()),
        None => {
            vm.table_push(dict, hash, key, default)?;
            Ok(default.increment())
        }
    }
}

fn pop(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (dict, rest) = arguments.receiver::<Dict>(vm, "dict", "pop")?;
    let [key, default] = rest.between::<2>(vm, "pop", 1)?;
    match vm.dict_remove(dict, key)? {
        Some(value) => Ok(value),
        None if default.is_unset() => Err(vm.raise_with(Type::KeyError, key)),
        None => Ok(default.increment()),
    }
}

fn pop_item(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut dict, rest) = arguments.receiver::<Dict>(vm, "dict", "popitem")?;
    let [] = rest.exactly::<0>(vm, "dict.popitem")?;
    let Some(entry) = dict.table.pop_entry() else {
        return Err(vm.raise(Type::KeyError, "popitem(): dictionary is empty"));
    };
    let pair = [entry.key, entry.value];
    match vm.new_tuple_taking(&pair) {
        Ok(pair) => Ok(pair),
        Err(raised) => {
            vm.release_all(&pair);
            Err(raised)
        }
    }
}

fn clear(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (dict, rest) = arguments.receiver::<Dict>(vm, "dict", "clear")?;
    let [] = rest.exactly::<0>(vm, "dict.clear")?;
    vm.clear_object(dict.object());
    Ok(Value::NONE)
}

fn copy(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (dict, rest) = arguments.receiver::<Dict>(vm, "dict", "copy")?;
    let [] = rest.exactly::<0>(vm, "dict.copy")?;
    vm.dict_copy(dict)
}

/// `dict.fromkeys(iterable, value)`: a function on the class, without a receiver.
fn from_keys(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [iterable, value] = arguments.between::<2>(vm, "fromkeys", 1)?;
    let value = value.set().unwrap_or(Value::NONE);
    let result = vm.new_dict()?;
    let dict = Obj::<Dict>::of(result.object_unchecked());
    let filled = vm.for_each(iterable, &mut |vm, key| {
        let stored = vm.dict_set(dict, key, value);
        vm.release(key);
        stored
    });
    match filled {
        Ok(()) => Ok(result),
        Err(raised) => {
            vm.release(result);
            Err(raised)
        }
    }
}

fn view(vm: &mut Vm, arguments: Arguments, method: &str, which: u16) -> Result<Value, Raised> {
    let (dict, rest) = arguments.receiver::<Dict>(vm, "dict", method)?;
    let [] = rest.exactly::<0>(vm, &format!("dict.{method}"))?;
    let view = vm.make(|header| DictView {
        header,
        dict: dict.value(),
    })?;
    dict.value().increment();
    view.object().set_aux(which);
    Ok(view.value())
}

fn keys(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    view(vm, arguments, "keys", DictView::KEYS)
}

fn values(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    view(vm, arguments, "values", DictView::VALUES)
}

fn items(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    view(vm, arguments, "items", DictView::ITEMS)
}
