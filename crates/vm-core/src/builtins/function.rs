//! Attributes of functions, bound methods, native functions and cells.
//!
//! A function's `__globals__` is a copy of its module's names: changing it changes no global. There
//! is no `__code__`.

use crate::builtins::descriptors::{bind, call_receiver, read_only};
use crate::native::Arguments;
use crate::object::{BoundMethod, Cell, Class, Dict, Function, Kind, Module, NativeFunction, Obj};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the classes.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let class = Type::Function;
    vm.define_methods(class, &[("__get__", bind), ("__call__", call_receiver)])?;
    vm.define_attribute(class, "__name__", name, Some(set_name), Some(delete_name))?;
    vm.define_attribute(
        class,
        "__qualname__",
        qualified_name,
        Some(set_qualified_name),
        Some(delete_qualified_name),
    )?;
    vm.define_attribute(
        class,
        "__module__",
        module,
        Some(set_module),
        Some(delete_module),
    )?;
    vm.define_attribute(
        class,
        "__defaults__",
        defaults,
        Some(set_defaults),
        Some(no_defaults),
    )?;
    vm.define_attribute(
        class,
        "__kwdefaults__",
        keyword_defaults,
        Some(set_keyword_defaults),
        Some(no_keyword_defaults),
    )?;
    vm.define_attribute(class, "__closure__", closure, Some(read_only), None)?;
    vm.define_attribute(class, "__globals__", globals, Some(read_only), None)?;
    vm.define_attribute(
        class,
        "__dict__",
        attributes,
        Some(set_attributes),
        Some(keep_dict),
    )?;

    let class = Type::BoundMethod;
    vm.define_methods(class, &[("__call__", call_receiver)])?;
    vm.define_attribute(class, "__func__", method_function, Some(read_only), None)?;
    vm.define_attribute(class, "__self__", method_receiver, Some(read_only), None)?;
    for (name, getter) in [
        ("__doc__", method_doc as crate::object::NativeCode),
        ("__module__", method_module),
    ] {
        vm.define_attribute(class, name, getter, None, None)?;
    }
    vm.forward_attributes(class)?;

    let class = Type::NativeFunction;
    vm.define_methods(class, &[("__call__", call_receiver)])?;
    vm.define_attribute(class, "__name__", native_name, None, None)?;
    vm.define_attribute(class, "__qualname__", native_qualified_name, None, None)?;

    vm.define_attribute(
        Type::Cell,
        "cell_contents",
        contents,
        Some(set_contents),
        Some(delete_contents),
    )
}

/// The function an attribute is read from.
fn of(vm: &mut Vm, arguments: Arguments<'_>, attribute: &str) -> Result<Obj<Function>, Raised> {
    arguments
        .receiver::<Function>(vm, "function", attribute)
        .map(|(function, _)| function)
}

/// The function and the new value of an attribute.
fn assigned(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    attribute: &str,
) -> Result<(Obj<Function>, Value), Raised> {
    let (function, rest) = arguments.receiver::<Function>(vm, "function", attribute)?;
    let [value] = rest.exactly::<1>(vm, attribute)?;
    Ok((function, value))
}

/// A field as programs see it, owned: an absent one is `None`.
fn present(field: Value) -> Value {
    if field.is_unset() {
        Value::NONE
    } else {
        field.increment()
    }
}

fn name(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    Ok(present(of(vm, arguments, "__name__")?.name))
}

fn set_name(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut function, value) = assigned(vm, arguments, "__name__")?;
    if value.kind() != Some(Kind::Str) {
        return Err(vm.raise_type_error("__name__ must be set to a string object"));
    }
    vm.replace_field(&raw mut function.name, value.increment());
    Ok(Value::NONE)
}

fn delete_name(vm: &mut Vm, _arguments: Arguments) -> Result<Value, Raised> {
    Err(vm.raise_type_error("__name__ must be set to a string object"))
}

fn qualified_name(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    Ok(present(of(vm, arguments, "__qualname__")?.qualified_name))
}

fn set_qualified_name(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut function, value) = assigned(vm, arguments, "__qualname__")?;
    if value.kind() != Some(Kind::Str) {
        return Err(vm.raise_type_error("__qualname__ must be set to a string object"));
    }
    vm.replace_field(&raw mut function.qualified_name, value.increment());
    Ok(Value::NONE)
}

fn delete_qualified_name(vm: &mut Vm, _arguments: Arguments) -> Result<Value, Raised> {
    Err(vm.raise_type_error("__qualname__ must be set to a string object"))
}

/// What was set, else the name of the module whose globals the function sees.
fn module(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let function = of(vm, arguments, "__module__")?;
    if let Some(dict) = function.attributes.cast::<Dict>()
        && let Some(set) = vm.dict_get(dict, vm.names.module)?
    {
        return Ok(set.increment());
    }
    let module = function.globals.cast::<Module>();
    Ok(module.map_or(Value::NONE, |module| present(module.name)))
}

fn set_module(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (function, value) = assigned(vm, arguments, "__module__")?;
    let dict = attributes_dict(vm, function)?;
    vm.dict_set(dict, vm.names.module, value)?;
    Ok(Value::NONE)
}

fn delete_module(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let function = of(vm, arguments, "__module__")?;
    let dict = attributes_dict(vm, function)?;
    vm.dict_set(dict, vm.names.module, Value::NONE)?;
    Ok(Value::NONE)
}

fn defaults(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    Ok(present(of(vm, arguments, "__defaults__")?.defaults))
}

fn set_defaults(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut function, value) = assigned(vm, arguments, "__defaults__")?;
    if !value.is_none() && value.kind() != Some(Kind::Tuple) {
        return Err(vm.raise_type_error("__defaults__ must be set to a tuple object"));
    }
    let value = if value.is_none() {
        Value::UNSET
    } else {
        value.increment()
    };
    vm.replace_field(&raw mut function.defaults, value);
    Ok(Value::NONE)
}

fn no_defaults(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let mut function = of(vm, arguments, "__defaults__")?;
    vm.replace_field(&raw mut function.defaults, Value::UNSET);
    Ok(Value::NONE)
}

fn keyword_defaults(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    Ok(present(
        of(vm, arguments, "__kwdefaults__")?.keyword_defaults,
    ))
}

fn set_keyword_defaults(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut function, value) = assigned(vm, arguments, "__kwdefaults__")?;
    if !value.is_none() && value.kind() != Some(Kind::Dict) {
        return Err(vm.raise_type_error("__kwdefaults__ must be set to a dict object"));
    }
    let value = if value.is_none() {
        Value::UNSET
    } else {
        value.increment()
    };
    vm.replace_field(&raw mut function.keyword_defaults, value);
    Ok(Value::NONE)
}

fn no_keyword_defaults(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let mut function = of(vm, arguments, "__kwdefaults__")?;
    vm.replace_field(&raw mut function.keyword_defaults, Value::UNSET);
    Ok(Value::NONE)
}

fn closure(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    Ok(present(of(vm, arguments, "__closure__")?.free))
}

fn globals(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let function = of(vm, arguments, "__globals__")?;
    let Some(module) = function.globals.cast::<Module>() else {
        return vm.new_dict();
    };
    let names: Vec<(Value, Value)> = module.namespace.iter().collect();
    vm.dict_of_pairs(&names)
}

/// The dict of a function's other attributes, made if it has none yet; borrowed.
fn attributes_dict(vm: &mut Vm, mut function: Obj<Function>) -> Result<Obj<Dict>, Raised> {
    if function.attributes.is_unset() {
        function.attributes = vm.new_dict()?;
    }
    Ok(Obj::of(function.attributes.object_unchecked()))
}

/// The dict of other attributes: the dict itself, not a copy.
fn attributes(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let function = of(vm, arguments, "__dict__")?;
    attributes_dict(vm, function).map(|dict| dict.value().increment())
}

fn set_attributes(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut function, value) = assigned(vm, arguments, "__dict__")?;
    if value.kind() != Some(Kind::Dict) {
        let name = vm.type_name(value);
        let message = format!("__dict__ must be set to a dictionary, not a '{name}'");
        return Err(vm.raise_type_error(&message));
    }
    vm.replace_field(&raw mut function.attributes, value.increment());
    Ok(Value::NONE)
}

fn keep_dict(vm: &mut Vm, _arguments: Arguments) -> Result<Value, Raised> {
    Err(vm.raise_type_error("cannot delete __dict__"))
}

fn method_function(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (method, _) = arguments.receiver::<BoundMethod>(vm, "method", "__func__")?;
    Ok(present(method.function))
}

fn method_receiver(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (method, _) = arguments.receiver::<BoundMethod>(vm, "method", "__self__")?;
    Ok(present(method.receiver))
}

/// An attribute of the function that a method binds, which `object` has too.
fn of_method_function(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    attribute: Value,
) -> Result<Value, Raised> {
    let (method, _) = arguments.receiver::<BoundMethod>(vm, "method", "__func__")?;
    vm.nested(|vm| vm.get_attribute(method.function, attribute))
}

fn method_doc(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let doc = vm.names.doc;
    of_method_function(vm, arguments, doc)
}

fn method_module(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let module = vm.names.module;
    of_method_function(vm, arguments, module)
}

fn native_name(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (function, _) =
        arguments.receiver::<NativeFunction>(vm, "builtin_function_or_method", "__name__")?;
    Ok(present(function.name))
}

/// `len`, `list.append`.
fn native_qualified_name(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (function, _) =
        arguments.receiver::<NativeFunction>(vm, "builtin_function_or_method", "__qualname__")?;
    match function.owner.cast::<Class>() {
        Some(owner) => {
            let text = format!("{}.{}", vm.text(owner.name), vm.text(function.name));
            vm.new_str(&text)
        }
        None => Ok(present(function.name)),
    }
}

fn contents(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (cell, _) = arguments.receiver::<Cell>(vm, "cell", "cell_contents")?;
    match cell.value.set() {
        Some(value) => Ok(value.increment()),
        None => Err(vm.raise_value_error("Cell is empty")),
    }
}

fn set_contents(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut cell, rest) = arguments.receiver::<Cell>(vm, "cell", "cell_contents")?;
    let [value] = rest.exactly::<1>(vm, "cell_contents")?;
    vm.replace_field(&raw mut cell.value, value.increment());
    Ok(Value::NONE)
}

fn delete_contents(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut cell, _) = arguments.receiver::<Cell>(vm, "cell", "cell_contents")?;
    vm.replace_field(&raw mut cell.value, Value::UNSET);
    Ok(Value::NONE)
}
