//! Built-in functions of iterables: `min`, `max`, `sorted`, `any`, `all`, `iter`, `next`.

use crate::interpreter::Completion;
use crate::native::Arguments;
use crate::object::{Generator, IteratorVariant, Kind, Obj};
use crate::ops::compare::Comparison;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the module `builtins`.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let builtins = vm.builtins;
    vm.define_functions(
        builtins,
        &[
            ("min", min),
            ("max", max),
            ("sorted", sorted),
            ("any", any),
            ("all", all),
            ("iter", iter),
            ("next", next),
        ],
    )
}

/// The best item so far and its key, both owned; unset before the first.
struct Best {
    item: Value,
    key: Value,
}

impl Best {
    /// Takes `item` over if it is better; releases what is not kept.
    fn offer(
        &mut self,
        vm: &mut Vm,
        item: Value,
        key_function: Value,
        comparison: Comparison,
    ) -> Result<(), Raised> {
        let key = if key_function.is_none() {
            item.increment()
        } else {
            match vm.call(key_function, &[item]) {
                Ok(key) => key,
                Err(raised) => {
                    vm.release(item);
                    return Err(raised);
                }
            }
        };
        let better = match self.item.is_unset() {
            true => Ok(true),
            false => vm.compare_bool(comparison, key, self.key),
        };
        let (item, key) = match better {
            Ok(true) => (
                core::mem::replace(&mut self.item, item),
                core::mem::replace(&mut self.key, key),
            ),
            _ => (item, key),
        };
        vm.release(item);
        vm.release(key);
        better.map(|_| ())
    }
}

/// `min` and `max`.
fn best(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    function: &str,
    comparison: Comparison,
) -> Result<Value, Raised> {
    let given = arguments.positional();
    if given.is_empty() {
        return Err(vm.raise_type_error(&format!("{function} expected at least 1 argument, got 0")));
    }
    let (mut key, mut default) = (Value::NONE, Value::UNSET);
    for (name, value) in arguments.keywords() {
        match vm.text(name) {
            "key" => key = value,
            "default" => default = value,
            name => {
                let name = name.to_owned();
                return Err(vm.raise_type_error(&format!(
                    "{function}() got an unexpected keyword argument '{name}'"
                )));
            }
        }
    }
    let mut best = Best {
        item: Value::UNSET,
        key: Value::UNSET,
    };
    let offered = match *given {
        [iterable] => vm.for_each(iterable, &mut |vm, item| {
            best.offer(vm, item, key, comparison)
        }),
        _ if !default.is_unset() => {
            return Err(vm.raise_type_error(&format!(
                "Cannot specify a default for {function}() with multiple positional arguments"
            )));
        }
        _ => given
            .iter()
            .try_for_each(|&item| best.offer(vm, item.increment(), key, comparison)),
    };
    vm.release(best.key);
    if let Err(raised) = offered {
        vm.release(best.item);
        return Err(raised);
    }
    match (best.item.set(), default.set()) {
        (Some(item), _) => Ok(item),
        (None, Some(default)) => Ok(default.increment()),
        (None, None) => {
            Err(vm.raise_value_error(&format!("{function}() iterable argument is empty")))
        }
    }
}

fn min(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    best(vm, arguments, "min", Comparison::Lt)
}

fn max(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    best(vm, arguments, "max", Comparison::Gt)
}

impl Vm {
    /// `sorted(iterable, key=key, reverse=reverse)`; `key` is `None` for none. Owned.
    pub(crate) fn sorted(
        &mut self,
        iterable: Value,
        key: Value,
        reverse: bool,
    ) -> Result<Value, Raised> {
        let list = self.list_from(iterable)?;
        match self.list_sort(Obj::of(list.object_unchecked()), key, reverse) {
            Ok(()) => Ok(list),
            Err(raised) => {
                self.release(list);
                Err(raised)
            }
        }
    }
}

fn sorted(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [iterable] = *arguments.positional() else {
        let count = arguments.positional().len();
        return Err(vm.raise_type_error(&format!("sorted expected 1 argument, got {count}")));
    };
    let [_, key, reverse] = arguments.bind(vm, "sort", ["", "key", "reverse"], 0, 1)?;
    let reverse = if reverse.is_unset() {
        false
    } else {
        vm.truth(reverse)?
    };
    vm.sorted(iterable, key.set().unwrap_or(Value::NONE), reverse)
}

/// Whether an item has the truth `wanted`, looking no further than the first that has.
fn has_item(vm: &mut Vm, iterable: Value, wanted: bool) -> Result<bool, Raised> {
    let iterator = vm.get_iter(iterable)?;
    let found = loop {
        match vm.next(iterator) {
            Ok(Some(item)) => match vm.truth_of_owned(item) {
                Ok(truth) if truth == wanted => break Ok(true),
                Ok(_) => {}
                Err(raised) => break Err(raised),
            },
            Ok(None) => break Ok(false),
            Err(raised) => break Err(raised),
        }
    };
    vm.release(iterator);
    found
}

fn any(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [iterable] = arguments.exactly::<1>(vm, "any")?;
    has_item(vm, iterable, true).map(Value::from_bool)
}

fn all(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [iterable] = arguments.exactly::<1>(vm, "all")?;
    has_item(vm, iterable, false).map(|found| Value::from_bool(!found))
}

/// `iter(iterable)`, or `iter(callable, sentinel)`.
fn iter(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value, sentinel] = arguments.between::<2>(vm, "iter", 1)?;
    if sentinel.is_unset() {
        return vm.get_iter(value);
    }
    if !vm.is_callable(value) {
        return Err(vm.raise_type_error("iter(v, w): v must be callable"));
    }
    let (callable, sentinel) = (value.increment(), sentinel.increment());
    vm.new_iterator(IteratorVariant::Callable, callable, sentinel, 0, 0)
}

/// `next(iterator)`, or `next(iterator, default)`.
fn next(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [iterator, default] = arguments.between::<2>(vm, "next", 1)?;
    if !default.is_unset() || iterator.kind() == Some(Kind::Iterator) {
        return match vm.next(iterator)? {
            Some(item) => Ok(item),
            None if default.is_unset() => Err(vm.raise_with(Type::StopIteration, Value::UNSET)),
            None => Ok(default.increment()),
        };
    }
    if let Some(generator) = iterator.cast::<Generator>() {
        return match vm.send_to_generator(generator, Value::NONE)? {
            Completion::Yielded(item) => Ok(item),
            Completion::Returned(result) => {
                let value = if result.is_none() {
                    Value::UNSET
                } else {
                    result
                };
                let raised = vm.raise_with(Type::StopIteration, value);
                vm.release(result);
                Err(raised)
            }
        };
    }
    // The program's own `StopIteration` goes on as it is.
    match vm.special_method_of_program(iterator, vm.names.next) {
        Some(method) => vm.call_special(method, iterator, &[]),
        None => {
            let name = vm.type_name(iterator);
            Err(vm.raise_type_error(&format!("'{name}' object is not an iterator")))
        }
    }
}
