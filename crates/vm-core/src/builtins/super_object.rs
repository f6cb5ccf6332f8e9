//! `super`: its constructor and attributes. How it finds what it is asked for is in
//! `ops/attribute.rs`.

use crate::builtins::descriptors::{part, read_only};
use crate::native::Arguments;
use crate::object::{Class, Super};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(super) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_constructor(Type::Super, construct_super)?;
    vm.define_attribute(
        Type::Super,
        "__thisclass__",
        super_class,
        Some(read_only),
        None,
    )?;
    vm.define_attribute(
        Type::Super,
        "__self__",
        super_receiver,
        Some(read_only),
        None,
    )?;
    vm.define_attribute(
        Type::Super,
        "__self_class__",
        super_of,
        Some(read_only),
        None,
    )
}

/// `super(class, object)`, or `super(class)`, which finds nothing. Without arguments there is no
/// frame to take them from: compilers name them.
fn construct_super(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let rest = arguments.rest();
    let name = if rest.keyword_count() > 0 {
        "super"
    } else {
        "super()"
    };
    let [class, receiver] = rest.between::<2>(vm, name, 0)?;
    if class.is_unset() {
        return Err(vm.raise_runtime_error("super(): no arguments"));
    }
    if class.cast::<Class>().is_none() {
        let message = format!(
            "super() argument 1 must be a type, not {}",
            vm.type_name(class)
        );
        return Err(vm.raise_type_error(&message));
    }
    let unbound = receiver.is_unset() || receiver.is_none();
    let (receiver, receiver_class) = if unbound {
        (Value::NONE, Value::NONE)
    } else {
        (receiver, vm.super_receiver_class(class, receiver)?)
    };
    let made = vm.make(|header| Super {
        header,
        class,
        receiver,
        receiver_class,
    })?;
    for value in [class, receiver, receiver_class] {
        value.increment();
    }
    Ok(made.value())
}

fn super_class(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (proxy, _) = arguments.receiver::<Super>(vm, "super", "__thisclass__")?;
    Ok(part(proxy.class))
}

fn super_receiver(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (proxy, _) = arguments.receiver::<Super>(vm, "super", "__self__")?;
    Ok(part(proxy.receiver))
}

fn super_of(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (proxy, _) = arguments.receiver::<Super>(vm, "super", "__self_class__")?;
    Ok(part(proxy.receiver_class))
}
