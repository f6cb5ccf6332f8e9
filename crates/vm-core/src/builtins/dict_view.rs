//! `dict.keys()`, `dict.values()` and `dict.items()`: their methods.

use crate::builtins::container_protocol as protocol;
use crate::native::Arguments;
use crate::object::DictView;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the classes.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    for class in [Type::DictKeys, Type::DictValues, Type::DictItems] {
        vm.define_methods(class, protocol::COLLECTION)?;
        vm.define_methods(class, &[("__reversed__", protocol::reversed)])?;
    }
    for class in [Type::DictKeys, Type::DictItems] {
        vm.define_methods(class, protocol::SET_OPERATORS)?;
        vm.define_methods(class, &[("isdisjoint", is_disjoint)])?;
    }
    Ok(())
}

fn is_disjoint(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (view, rest) = arguments.receiver::<DictView>(vm, "dict_keys", "isdisjoint")?;
    let [iterable] = rest.exactly::<1>(vm, "isdisjoint")?;
    vm.is_disjoint(view.value(), iterable).map(Value::from_bool)
}
