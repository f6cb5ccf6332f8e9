//! `list`: its constructor and methods.

use crate::builtins::container_protocol as protocol;
use crate::native::Arguments;
use crate::object::{List, Obj};
use crate::ops::list::items_now;
use crate::pure::slice::{clamp_range, insert_position, item_position};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_constructor(Type::List, construct)?;
    vm.define_methods(
        Type::List,
        &[
            ("append", append),
            ("extend", extend),
            ("insert", insert),
            ("pop", pop),
            ("remove", remove),
            ("clear", clear),
            ("copy", copy),
            ("index", index),
            ("count", count),
            ("reverse", reverse),
            ("sort", sort),
        ],
    )?;
    vm.define_methods(Type::List, protocol::MUTABLE_SEQUENCE)
}

fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [iterable] = arguments.rest().between::<1>(vm, "list", 0)?;
    if iterable.is_unset() {
        vm.new_list_of(&[])
    } else {
        vm.list_from(iterable)
    }
}

fn append(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (list, rest) = arguments.receiver::<List>(vm, "list", "append")?;
    let [item] = rest.exactly::<1>(vm, "list.append")?;
    vm.list_append(list, item)?;
    Ok(Value::NONE)
}

fn extend(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (list, rest) = arguments.receiver::<List>(vm, "list", "extend")?;
    let [iterable] = rest.exactly::<1>(vm, "list.extend")?;
    vm.list_extend(list, iterable)?;
    Ok(Value::NONE)
}

fn insert(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut list, rest) = arguments.receiver::<List>(vm, "list", "insert")?;
    let [index, item] = rest.exactly::<2>(vm, "insert")?;
    let index = vm.index_i64_or(index, SIZE_ERROR)?;
    let position = insert_position(index, list.items.len());
    match list.items.insert(&mut vm.heap, position, item) {
        Ok(()) => {
            item.increment();
            Ok(Value::NONE)
        }
        Err(error) => Err(vm.raise_memory_error(error)),
    }
}

/// What an argument beyond 64 bits is refused with.
const SIZE_ERROR: &str = "Python int too large to convert to C ssize_t";

fn pop(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut list, rest) = arguments.receiver::<List>(vm, "list", "pop")?;
    let [index] = rest.between::<1>(vm, "pop", 0)?;
    let index = if index.is_unset() {
        -1
    } else {
        vm.index_i64_or(index, SIZE_ERROR)?
    };
    if index == -1
        && let Some(item) = list.items.pop()
    {
        return Ok(item);
    }
    if list.items.is_empty() {
        return Err(vm.raise_index_error("pop from empty list"));
    }
    match item_position(index, list.items.len()) {
        Some(position) => Ok(list.items.remove(position)),
        None => Err(vm.raise_index_error("pop index out of range")),
    }
}

fn remove(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut list, rest) = arguments.receiver::<List>(vm, "list", "remove")?;
    let [item] = rest.exactly::<1>(vm, "list.remove")?;
    let Some(position) = vm.sequence_find(list.value(), item, 0, usize::MAX)? else {
        return Err(vm.raise_value_error("list.remove(x): x not in list"));
    };
    // The comparison may have made the list shorter.
    if position < list.items.len() {
        let removed = list.items.remove(position);
        vm.release(removed);
    }
    Ok(Value::NONE)
}

fn clear(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (list, rest) = arguments.receiver::<List>(vm, "list", "clear")?;
    let [] = rest.exactly::<0>(vm, "list.clear")?;
    vm.clear_object(list.object());
    Ok(Value::NONE)
}

fn copy(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (list, rest) = arguments.receiver::<List>(vm, "list", "copy")?;
    let [] = rest.exactly::<0>(vm, "list.copy")?;
    vm.list_from(list.value())
}

/// The bounds of `index(value, start, stop)` in a sequence of that length.
pub(super) fn search_bounds(
    vm: &mut Vm,
    sequence: Value,
    start: Value,
    stop: Value,
) -> Result<Option<(usize, usize)>, Raised> {
    let mut bounds = [None; 2];
    for (bound, argument) in bounds.iter_mut().zip([start, stop]) {
        if !argument.is_unset() {
            *bound = Some(vm.clamped_index_argument(argument)?);
        }
    }
    let length = items_now(&sequence).map_or(0, |items| items.len());
    Ok(clamp_range(bounds[0], bounds[1], length))
}

fn index(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (list, rest) = arguments.receiver::<List>(vm, "list", "index")?;
    let [item, start, stop] = rest.between::<3>(vm, "index", 1)?;
    let found = match search_bounds(vm, list.value(), start, stop)? {
        Some((start, end)) => vm.sequence_find(list.value(), item, start, end)?,
        None => None,
    };
    match found {
        Some(position) => vm.new_int(position as i64),
        None => {
            let text = vm.repr(item)?;
            let message = format!("{} is not in list", vm.text(text));
            vm.release(text);
            Err(vm.raise_value_error(&message))
        }
    }
}

/// How many items of a list or tuple equal `wanted`.
pub(super) fn count_equal(vm: &mut Vm, sequence: Value, wanted: Value) -> Result<Value, Raised> {
    let (mut count, mut position) = (0, 0);
    while let Some(found) = vm.sequence_find(sequence, wanted, position, usize::MAX)? {
        count += 1;
        position = found + 1;
    }
    vm.new_int(count)
}

fn count(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (list, rest) = arguments.receiver::<List>(vm, "list", "count")?;
    let [item] = rest.exactly::<1>(vm, "list.count")?;
    count_equal(vm, list.value(), item)
}

fn reverse(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut list, rest) = arguments.receiver::<List>(vm, "list", "reverse")?;
    let [] = rest.exactly::<0>(vm, "list.reverse")?;
    list.items.as_mut_slice().reverse();
    Ok(Value::NONE)
}

fn sort(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (list, rest) = arguments.receiver::<List>(vm, "list", "sort")?;
    sort_with(vm, list, rest, "sort")?;
    Ok(Value::NONE)
}

/// Sorts a list by the keyword arguments `key` and `reverse`, of `list.sort` or `sorted`.
pub(crate) fn sort_with(
    vm: &mut Vm,
    list: Obj<List>,
    arguments: Arguments,
    function: &str,
) -> Result<(), Raised> {
    if !arguments.positional().is_empty() {
        return Err(vm.raise_type_error(&format!("{function}() takes no positional arguments")));
    }
    let [key, reverse] = arguments.bind::<2>(vm, function, ["key", "reverse"], 0, 0)?;
    let key = if key.is_unset() { Value::NONE } else { key };
    let reverse = !reverse.is_unset() && vm.truth(reverse)?;
    vm.list_sort(list, key, reverse)
}
