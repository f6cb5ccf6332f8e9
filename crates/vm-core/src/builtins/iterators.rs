//! `enumerate`, `zip`, `map`, `filter` and `reversed`, and the methods of all built-in iterators.

use crate::native::Arguments;
use crate::object::{
    Bytes, Dict, Iterator as ObjectIterator, IteratorVariant, Kind, List, Set, Str, Tuple,
};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the classes.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_constructor(Type::Enumerate, enumerate)?;
    vm.define_constructor(Type::Zip, zip)?;
    vm.define_constructor(Type::Map, map)?;
    vm.define_constructor(Type::Filter, filter)?;
    vm.define_constructor(Type::Reversed, reversed)?;
    for &(class, _, _, kind, _) in Type::TABLE {
        if kind == Kind::Iterator {
            vm.define_methods(class, &[("__iter__", iterate), ("__next__", next)])?;
        }
    }
    for class in [
        Type::RangeIterator,
        Type::ListIterator,
        Type::TupleIterator,
        Type::StrIterator,
        Type::BytesIterator,
        Type::DictKeyIterator,
        Type::DictValueIterator,
        Type::DictItemIterator,
        Type::DictReverseIterator,
        Type::SetIterator,
        Type::Reversed,
    ] {
        vm.define_methods(class, &[("__length_hint__", length_hint)])?;
    }
    Ok(())
}

fn no_arguments(vm: &mut Vm, rest: Arguments) -> Result<(), Raised> {
    match rest.all().len() {
        0 => Ok(()),
        given => Err(vm.raise_type_error(&format!("expected 0 arguments, got {given}"))),
    }
}

fn iterate(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (iterator, rest) = arguments.receiver::<ObjectIterator>(vm, "iterator", "__iter__")?;
    no_arguments(vm, rest)?;
    Ok(iterator.value().increment())
}

fn next(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (iterator, rest) = arguments.receiver::<ObjectIterator>(vm, "iterator", "__next__")?;
    no_arguments(vm, rest)?;
    match vm.next_builtin(iterator)? {
        Some(item) => Ok(item),
        None => Err(vm.raise_with(Type::StopIteration, Value::UNSET)),
    }
}

/// How many items are left, if nothing changes.
fn length_hint(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (iterator, _) = arguments.receiver::<ObjectIterator>(vm, "iterator", "__length_hint__")?;
    let (source, position) = (iterator.first, iterator.position);
    let behind = position.max(0) as usize;
    let left = match iterator.variant() {
        IteratorVariant::Range => iterator.limit.max(0) as usize,
        IteratorVariant::Reversed => (position + 1).max(0) as usize,
        IteratorVariant::Str => source
            .cast::<Str>()
            .map_or(0, |string| string.as_str()[behind..].chars().count()),
        IteratorVariant::DictReversed => source.cast::<Dict>().map_or(0, |dict| {
            let end = (position + 1).max(0) as usize;
            dict.table
                .entries()
                .iter()
                .take(end)
                .filter(|entry| !entry.key.is_unset())
                .count()
        }),
        _ => match source.kind() {
            Some(Kind::List) => source
                .cast::<List>()
                .map_or(0, |list| list.items.len().saturating_sub(behind)),
            Some(Kind::Tuple) => source
                .cast::<Tuple>()
                .map_or(0, |tuple| tuple.length.saturating_sub(behind)),
            Some(Kind::Bytes) => source
                .cast::<Bytes>()
                .map_or(0, |bytes| bytes.length.saturating_sub(behind)),
            Some(Kind::Dict | Kind::Set)
                if vm.container_length(source) != Some(iterator.limit as usize) =>
            {
                0
            }
            Some(Kind::Dict | Kind::Set) => {
                let dict = source.cast::<Dict>();
                let set = source.cast::<Set>();
                let entries = match (&dict, &set) {
                    (Some(dict), _) => dict.table.entries(),
                    (_, Some(set)) => set.table.entries(),
                    _ => &[],
                };
                entries
                    .iter()
                    .skip(behind)
                    .filter(|entry| !entry.key.is_unset())
                    .count()
            }
            _ => 0,
        },
    };
    vm.new_int(left as i64)
}

fn enumerate(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let rest = arguments.rest();
    let count = rest.all().len();
    if count > 2 {
        let message = format!("enumerate() takes at most 2 arguments ({count} given)");
        return Err(vm.raise_type_error(&message));
    }
    let mut given = [Value::UNSET; 2];
    given[..rest.positional().len()].copy_from_slice(rest.positional());
    for (name, value) in rest.keywords() {
        match vm.text(name) {
            "iterable" if given[0].is_unset() => given[0] = value,
            "start" if given[1].is_unset() => given[1] = value,
            other => {
                let message = format!("'{other}' is an invalid keyword argument for enumerate()");
                return Err(vm.raise_type_error(&message));
            }
        }
    }
    let [iterable, start] = given;
    if iterable.is_unset() {
        return Err(vm.raise_type_error("enumerate() missing required argument 'iterable'"));
    }
    let start = if start.is_unset() {
        Value::from_i32(0)
    } else {
        vm.index(start)?
    };
    match vm.get_iter(iterable) {
        Ok(source) => vm.new_iterator(IteratorVariant::Enumerate, source, start, 0, 0),
        Err(raised) => {
            vm.release(start);
            Err(raised)
        }
    }
}

/// A tuple of the iterators of some iterables. Owned.
fn iterators_of(vm: &mut Vm, iterables: &[Value]) -> Result<Value, Raised> {
    let mut iterators = vm.values_with_capacity(iterables.len())?;
    for &iterable in iterables {
        match vm.get_iter(iterable) {
            Ok(iterator) => vm.push_value(&mut iterators, iterator)?,
            Err(raised) => {
                vm.drop_values(&mut iterators);
                return Err(raised);
            }
        }
    }
    vm.tuple_of_values(iterators)
}

fn zip(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let rest = arguments.rest();
    let mut strict = false;
    for (name, value) in rest.keywords() {
        if vm.text(name) != "strict" {
            let message = format!(
                "zip() got an unexpected keyword argument '{}'",
                vm.text(name)
            );
            return Err(vm.raise_type_error(&message));
        }
        strict = vm.truth(value)?;
    }
    let sources = iterators_of(vm, rest.positional())?;
    vm.new_iterator(
        IteratorVariant::Zip,
        sources,
        Value::UNSET,
        strict.into(),
        0,
    )
}

fn map(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let rest = arguments.rest();
    if rest.keyword_count() > 0 {
        return Err(vm.raise_type_error("map() takes no keyword arguments"));
    }
    match *rest.all() {
        [function, ref iterables @ ..] if !iterables.is_empty() => {
            let sources = iterators_of(vm, iterables)?;
            vm.new_iterator(IteratorVariant::Map, function.increment(), sources, 0, 0)
        }
        _ => Err(vm.raise_type_error("map() must have at least two arguments.")),
    }
}

fn filter(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [function, iterable] = arguments.rest().exactly::<2>(vm, "filter")?;
    let source = vm.get_iter(iterable)?;
    vm.new_iterator(IteratorVariant::Filter, function.increment(), source, 0, 0)
}

fn reversed(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let rest = arguments.rest();
    match *rest.all() {
        [sequence] if rest.keyword_count() == 0 => vm.get_reversed(sequence),
        _ if rest.keyword_count() > 0 => {
            Err(vm.raise_type_error("reversed() takes no keyword arguments"))
        }
        ref given => {
            let message = format!("reversed expected 1 argument, got {}", given.len());
            Err(vm.raise_type_error(&message))
        }
    }
}
