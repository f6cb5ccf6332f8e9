//! `range`: its constructor, attributes and methods.

use crate::builtins::container_protocol as protocol;
use crate::native::Arguments;
use crate::object::Range;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_constructor(Type::Range, construct)?;
    vm.define_getter(Type::Range, "start", start)?;
    vm.define_getter(Type::Range, "stop", stop)?;
    vm.define_getter(Type::Range, "step", step)?;
    vm.define_methods(Type::Range, &[("index", index), ("count", count)])?;
    vm.define_methods(Type::Range, protocol::RANGE)
}

fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let given = arguments.rest().between::<3>(vm, "range", 1)?;
    let mut numbers = [Value::UNSET; 3];
    for (number, argument) in numbers.iter_mut().zip(given) {
        if argument.is_unset() {
            break;
        }
        match vm.index(argument) {
            Ok(integer) => *number = integer,
            Err(raised) => {
                vm.release_all(&numbers);
                return Err(raised);
            }
        }
    }
    let [first, second, third] = numbers;
    let (start, stop) = if second.is_unset() {
        (Value::from_i32(0), first)
    } else {
        (first, second)
    };
    let step = if third.is_unset() {
        Value::from_i32(1)
    } else {
        third
    };
    vm.new_range(start, stop, step)
}

fn start(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (range, _) = arguments.receiver::<Range>(vm, "range", "start")?;
    Ok(range.start.increment())
}

fn stop(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (range, _) = arguments.receiver::<Range>(vm, "range", "stop")?;
    Ok(range.stop.increment())
}

fn step(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (range, _) = arguments.receiver::<Range>(vm, "range", "step")?;
    Ok(range.step.increment())
}

fn index(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (range, rest) = arguments.receiver::<Range>(vm, "range", "index")?;
    let [item] = rest.exactly::<1>(vm, "range.index")?;
    if !item.is_integer() {
        return match vm.range_position(range, item)? {
            Some(position) => Ok(position),
            None => Err(vm.raise_value_error("sequence.index(x): x not in sequence")),
        };
    }
    match vm.range_position(range, item)? {
        Some(position) => Ok(position),
        None => {
            let text = vm.repr(item)?;
            let message = format!("{} is not in range", vm.text(text));
            vm.release(text);
            Err(vm.raise_value_error(&message))
        }
    }
}

fn count(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (range, rest) = arguments.receiver::<Range>(vm, "range", "count")?;
    let [item] = rest.exactly::<1>(vm, "range.count")?;
    if !item.is_of_program_class() {
        return vm
            .range_contains(range, item)
            .map(|found| Value::from_i32(found.into()));
    }
    let mut count = 0;
    vm.for_each(range.value(), &mut |vm, number| {
        let equal = vm.equal(number, item);
        vm.release(number);
        count += i64::from(equal?);
        Ok(())
    })?;
    vm.new_int(count)
}
