//! `tuple`: its constructor and methods.

use crate::builtins::container_protocol as protocol;
use crate::builtins::list::{count_equal, search_bounds};
use crate::native::Arguments;
use crate::object::Tuple;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_constructor(Type::Tuple, construct)?;
    vm.define_methods(Type::Tuple, &[("index", index), ("count", count)])?;
    vm.define_methods(Type::Tuple, protocol::SEQUENCE)
}

fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [iterable] = arguments.rest().between::<1>(vm, "tuple", 0)?;
    if iterable.is_unset() {
        vm.new_tuple(&[])
    } else {
        vm.tuple_from(iterable)
    }
}

fn index(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (tuple, rest) = arguments.receiver::<Tuple>(vm, "tuple", "index")?;
    let [item, start, stop] = rest.between::<3>(vm, "index", 1)?;
    let found = match search_bounds(vm, tuple.value(), start, stop)? {
        Some((start, end)) => vm.sequence_find(tuple.value(), item, start, end)?,
        None => None,
    };
    match found {
        Some(position) => vm.new_int(position as i64),
        None => Err(vm.raise_value_error("tuple.index(x): x not in tuple")),
    }
}

fn count(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (tuple, rest) = arguments.receiver::<Tuple>(vm, "tuple", "count")?;
    let [item] = rest.exactly::<1>(vm, "tuple.count")?;
    count_equal(vm, tuple.value(), item)
}
