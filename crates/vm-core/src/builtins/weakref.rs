//! `weakref.ref`: its constructor and attributes.
//!
//! Equality and hash of weak references are in `ops/compare.rs` and `ops/hash.rs`; clearing them
//! and calling their callbacks is in `ops/weak.rs`.

use crate::native::Arguments;
use crate::object::WeakRef;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let class = Type::WeakRef;
    vm.define_constructor(class, construct)?;
    vm.define_methods(class, &[("__call__", call)])?;
    vm.define_attribute(class, "__callback__", callback, None, None)?;
    let class = vm.builtin(class).value();
    let module = vm.intern("weakref")?;
    vm.set_class_module(class, module);
    Ok(())
}

/// `ref(object, callback=None)`.
fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let rest = arguments.rest();
    if rest.keyword_count() > 0 {
        return Err(vm.raise_type_error("ref() takes no keyword arguments"));
    }
    let [target, callback] = rest.between::<2>(vm, "__new__", 1)?;
    vm.new_weakref(target, callback.set().unwrap_or(Value::NONE))
}

/// The object, or `None` once it died.
fn call(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (reference, rest) = arguments.receiver::<WeakRef>(vm, "weakref", "__call__")?;
    rest.exactly::<0>(vm, "__call__")?;
    Ok(vm.weakref_value(reference))
}

fn callback(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (reference, _) = arguments.receiver::<WeakRef>(vm, "weakref", "__callback__")?;
    let callback = reference.callback.set().unwrap_or(Value::NONE);
    Ok(if reference.target.is_some() {
        callback.increment()
    } else {
        Value::NONE
    })
}
