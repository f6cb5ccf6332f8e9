//! `slice`: its constructor, attributes and `indices`.

use crate::native::Arguments;
use crate::object::Slice;
use crate::ops::index::big_of;
use crate::ops::range::big_slice_indices;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use num_traits::Signed;

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_constructor(Type::Slice, construct)?;
    vm.define_getter(Type::Slice, "start", start)?;
    vm.define_getter(Type::Slice, "stop", stop)?;
    vm.define_getter(Type::Slice, "step", step)?;
    vm.define_methods(Type::Slice, &[("indices", indices)])
}

fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let given = arguments.rest().between::<3>(vm, "slice", 1)?;
    let [first, second, third] = given.map(|bound| bound.set().unwrap_or(Value::NONE));
    if given[1].is_unset() {
        return vm.new_slice(Value::NONE, first, Value::NONE);
    }
    vm.new_slice(first, second, third)
}

fn start(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (slice, _) = arguments.receiver::<Slice>(vm, "slice", "start")?;
    Ok(slice.start.increment())
}

fn stop(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (slice, _) = arguments.receiver::<Slice>(vm, "slice", "stop")?;
    Ok(slice.stop.increment())
}

fn step(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (slice, _) = arguments.receiver::<Slice>(vm, "slice", "step")?;
    Ok(slice.step.increment())
}

/// `slice.indices(length)`: start, stop and step as integers for a sequence of that length.
fn indices(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (slice, rest) = arguments.receiver::<Slice>(vm, "slice", "indices")?;
    let [length] = rest.exactly::<1>(vm, "slice.indices")?;
    let length = vm.index(length)?;
    let number = big_of(length);
    vm.release(length);
    if number.is_negative() {
        return Err(vm.raise_value_error("length should not be negative"));
    }
    let bounds = vm.slice_integers(slice.value())?;
    if bounds[2] == Value::from_i32(0) {
        vm.release_all(&bounds);
        return Err(vm.raise_value_error("slice step cannot be zero"));
    }
    let numbers = big_slice_indices(bounds, &number);
    vm.release_all(&bounds);
    let mut items = vm.values_with_capacity(3)?;
    for number in numbers {
        match vm.new_big_int(number) {
            Ok(integer) => vm.push_value(&mut items, integer)?,
            Err(raised) => {
                vm.drop_values(&mut items);
                return Err(raised);
            }
        }
    }
    vm.tuple_of_values(items)
}
