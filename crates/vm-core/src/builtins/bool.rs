//! `bool`: its constructor. Its methods are those of `int`.

use crate::native::Arguments;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds it to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_constructor(Type::Bool, construct)
}

fn construct(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value] = arguments.rest().between::<1>(vm, "bool", 0)?;
    if value.is_unset() {
        Ok(Value::FALSE)
    } else {
        vm.truth(value).map(Value::from_bool)
    }
}
