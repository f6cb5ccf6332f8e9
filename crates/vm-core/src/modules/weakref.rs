//! The module `weakref`: references that do not keep their objects alive.
//!
//! It has `ref` and what counts and lists references. Proxies, `finalize` and the weak containers
//! are not in it.

use crate::native::Arguments;
use crate::object::{Obj, WeakRef};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Makes the module.
pub(super) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let module = vm.new_module("weakref")?;
    for name in ["ref", "ReferenceType"] {
        let class = vm.builtin(Type::WeakRef).value().increment();
        vm.define_value(module, name, class)?;
    }
    vm.define_functions(
        module,
        &[("getweakrefcount", count), ("getweakrefs", references)],
    )?;
    vm.register_module("weakref", module)?;
    vm.release(module);
    Ok(())
}

/// The living weak references to a value, borrowed: the one without a callback first, then the
/// others, newest first.
fn living(vm: &Vm, target: Value) -> Vec<Value> {
    let Some(all) = target
        .as_object()
        .and_then(|object| vm.weakrefs.get(&object))
    else {
        return Vec::new();
    };
    let living = all.iter().rev().filter(|reference| reference.count() > 0);
    let (plain, others): (Vec<_>, Vec<_>) =
        living.partition(|&&reference| Obj::<WeakRef>::of(reference).callback.is_none());
    plain
        .into_iter()
        .chain(others)
        .map(|&reference| Value::from_object(reference))
        .collect()
}

fn count(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [target] = arguments.exactly::<1>(vm, "_weakref.getweakrefcount")?;
    let count = living(vm, target).len();
    vm.new_int(count as i64)
}

fn references(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [target] = arguments.exactly::<1>(vm, "_weakref.getweakrefs")?;
    let references = living(vm, target);
    vm.new_list_of(&references)
}
