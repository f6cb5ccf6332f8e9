//! `property`, `staticmethod` and `classmethod`.
//!
//! Attributes of built-in classes that native code computes are properties too: `define_attribute`
//! makes one.

use crate::builtins::super_object;
use crate::native::Arguments;
use crate::object::{ClassMethod, Kind, Layout, NativeCode, Obj, Property, StaticMethod};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds their constructors and methods.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_constructor(Type::Property, construct_property)?;
    vm.define_methods(
        Type::Property,
        &[
            ("getter", with_getter),
            ("setter", with_setter),
            ("deleter", with_deleter),
            ("__get__", bind),
            ("__set__", set_property),
            ("__delete__", delete_property),
        ],
    )?;
    vm.define_attribute(Type::Property, "fget", fget, Some(read_only), None)?;
    vm.define_attribute(Type::Property, "fset", fset, Some(read_only), None)?;
    vm.define_attribute(Type::Property, "fdel", fdel, Some(read_only), None)?;
    vm.define_attribute(Type::Property, "__doc__", doc, Some(set_doc), None)?;

    vm.define_constructor(Type::StaticMethod, construct_static)?;
    vm.define_methods(
        Type::StaticMethod,
        &[("__get__", bind), ("__call__", call_receiver)],
    )?;
    vm.define_constructor(Type::ClassMethod, construct_class)?;
    vm.define_methods(Type::ClassMethod, &[("__get__", bind)])?;
    for (class, getter) in [
        (Type::StaticMethod, static_function as NativeCode),
        (Type::ClassMethod, class_function),
    ] {
        vm.define_attribute(class, "__func__", getter, Some(read_only), None)?;
        vm.define_attribute(class, "__wrapped__", getter, Some(read_only), None)?;
        vm.forward_attributes(class)?;
    }
    super_object::install(vm)
}

impl Vm {
    /// Adds an attribute that native code computes to a built-in class. Without a setter or a
    /// deleter, setting or deleting it is an `AttributeError`.
    pub(crate) fn define_attribute(
        &mut self,
        class: Type,
        name: &str,
        getter: NativeCode,
        setter: Option<NativeCode>,
        deleter: Option<NativeCode>,
    ) -> Result<(), Raised> {
        self.define_accessors(class, name, getter, setter)?;
        if let Some(deleter) = deleter {
            let deleter = self.new_native_function(name, deleter)?;
            let key = self.intern(name)?;
            match self.builtin(class).attributes.get(key).cast::<Property>() {
                Some(mut property) => self.replace_field(&raw mut property.deleter, deleter),
                None => self.release(deleter),
            }
        }
        Ok(())
    }

    /// Makes instances of a wrapper class show the attributes of the function that they wrap.
    pub(super) fn forward_attributes(&mut self, class: Type) -> Result<(), Raised> {
        self.define_methods(class, &[("__getattr__", attribute_of_wrapped)])?;
        self.builtin(class).flags.has_getattr = true;
        Ok(())
    }
}

/// `__getattr__` of wrappers: the attribute of the function.
fn attribute_of_wrapped(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [wrapper, name] = arguments.exactly::<2>(vm, "__getattr__")?;
    let function = match wrapper.kind() {
        Some(Kind::StaticMethod) => wrapper.cast::<StaticMethod>().map(|w| w.function),
        Some(Kind::ClassMethod) => wrapper.cast::<ClassMethod>().map(|w| w.function),
        _ => Vm::bound_method(wrapper).map(|w| w.function),
    };
    let Some(function) = function.filter(|_| name.kind() == Some(Kind::Str)) else {
        return Err(arguments.receiver_error(vm, "method", "__getattr__"));
    };
    let name = vm.intern_value(name)?;
    // A wrapper may wrap a wrapper, to any depth.
    vm.nested(|vm| vm.get_attribute(function, name))
}

/// The setter of an attribute that cannot be set.
pub(super) fn read_only(vm: &mut Vm, _arguments: Arguments) -> Result<Value, Raised> {
    Err(vm.raise_attribute_error("readonly attribute"))
}

/// `__call__` of what can be called: the receiver is called with the other arguments.
pub(super) fn call_receiver(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let Some(&receiver) = arguments.positional().first() else {
        return Err(arguments.receiver_error(vm, "object", "__call__"));
    };
    let rest = arguments.rest();
    let names: Vec<Value> = rest.keywords().map(|(name, _)| name).collect();
    let names = if names.is_empty() {
        Value::UNSET
    } else {
        vm.new_tuple(&names)?
    };
    // `f.__call__.__call__...` would otherwise be a recursion without bounds.
    let result = vm.nested(|vm| vm.call_with_keywords(receiver, rest.all(), names));
    vm.aside(|vm| vm.release(names));
    result
}

/// `__get__(self, instance, owner=None)` of functions and the built-in descriptors.
pub(super) fn bind(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [descriptor, instance, owner] = arguments.between::<3>(vm, "__get__", 2)?;
    if !instance.is_none() {
        return vm.bind_attribute(descriptor, instance);
    }
    if owner.is_unset() || owner.is_none() {
        return Err(vm.raise_type_error("__get__(None, None) is invalid"));
    }
    if let Some(method) = descriptor.cast::<StaticMethod>() {
        return Ok(method.function.increment());
    }
    if let Some(method) = descriptor.cast::<ClassMethod>() {
        return vm.new_bound_method(method.function, owner);
    }
    Ok(descriptor.increment())
}

/// A part of a descriptor as programs see it, owned.
pub(super) fn part(value: Value) -> Value {
    if value.is_unset() {
        Value::NONE
    } else {
        value.increment()
    }
}

fn new_property(vm: &mut Vm, parts: [Value; 4]) -> Result<Value, Raised> {
    let [getter, setter, deleter, doc] = parts.map(part);
    match vm.make(|header| Property {
        header,
        getter,
        setter,
        deleter,
        doc,
    }) {
        Ok(property) => Ok(property.value()),
        Err(raised) => {
            vm.aside(|vm| vm.release_all(&[getter, setter, deleter, doc]));
            Err(raised)
        }
    }
}

fn construct_property(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let rest = arguments.rest();
    if rest.all().len() > 4 {
        let count = rest.all().len();
        let message = format!("property() takes at most 4 arguments ({count} given)");
        return Err(vm.raise_type_error(&message));
    }
    let parts = rest.bind(vm, "property", ["fget", "fset", "fdel", "doc"], 0, 4)?;
    new_property(vm, parts)
}

/// A property like the receiver, with one part replaced.
fn with_part(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    name: &str,
    index: usize,
) -> Result<Value, Raised> {
    let (property, rest) = arguments.receiver::<Property>(vm, "property", name)?;
    let [function] = rest.exactly::<1>(vm, &format!("property.{name}"))?;
    let mut parts = [
        property.getter,
        property.setter,
        property.deleter,
        property.doc,
    ];
    parts[index] = function;
    new_property(vm, parts)
}

fn with_getter(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    with_part(vm, arguments, "getter", 0)
}

fn with_setter(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    with_part(vm, arguments, "setter", 1)
}

fn with_deleter(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    with_part(vm, arguments, "deleter", 2)
}

/// `property.__set__(instance, value)`.
fn set_property(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (property, rest) = arguments.receiver::<Property>(vm, "property", "__set__")?;
    let [instance, value] = rest.exactly::<2>(vm, "__set__")?;
    call_part(vm, property.setter, &[instance, value], "setter")
}

/// `property.__delete__(instance)`.
fn delete_property(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (property, rest) = arguments.receiver::<Property>(vm, "property", "__delete__")?;
    let [instance] = rest.exactly::<1>(vm, "__delete__")?;
    call_part(vm, property.deleter, &[instance], "deleter")
}

fn call_part(
    vm: &mut Vm,
    function: Value,
    arguments: &[Value],
    what: &str,
) -> Result<Value, Raised> {
    if function.is_none() || function.is_unset() {
        let owner = vm.type_name(arguments[0]);
        let message = format!("property of '{owner}' object has no {what}");
        return Err(vm.raise_attribute_error(&message));
    }
    let result = vm.call(function, arguments)?;
    vm.release(result);
    Ok(Value::NONE)
}

fn fget(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (property, _) = arguments.receiver::<Property>(vm, "property", "fget")?;
    Ok(part(property.getter))
}

fn fset(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (property, _) = arguments.receiver::<Property>(vm, "property", "fset")?;
    Ok(part(property.setter))
}

fn fdel(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (property, _) = arguments.receiver::<Property>(vm, "property", "fdel")?;
    Ok(part(property.deleter))
}

/// The text given, else that of the getter.
fn doc(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (property, _) = arguments.receiver::<Property>(vm, "property", "__doc__")?;
    let getter = property.getter;
    if !property.doc.is_none() || getter.kind() != Some(Kind::Function) {
        return Ok(part(property.doc));
    }
    let name = vm.names.doc;
    Ok(vm
        .get_attribute_optional(getter, name)?
        .unwrap_or(Value::NONE))
}

fn set_doc(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut property, rest) = arguments.receiver::<Property>(vm, "property", "__doc__")?;
    let [text] = rest.exactly::<1>(vm, "__doc__")?;
    vm.replace_field(&raw mut property.doc, text.increment());
    Ok(Value::NONE)
}

/// A descriptor that wraps one function.
fn wrap<T: Layout>(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    class: &str,
    layout: fn(vm_heap::Header, Value) -> T,
) -> Result<Value, Raised> {
    let rest = arguments.rest();
    if rest.keyword_count() == 0 && rest.all().len() != 1 {
        let message = format!("{class} expected 1 argument, got {}", rest.all().len());
        return Err(vm.raise_type_error(&message));
    }
    let [function] = rest.exactly::<1>(vm, class)?;
    let made: Obj<T> = vm.make(|header| layout(header, function))?;
    function.increment();
    Ok(made.value())
}

fn construct_static(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    wrap(vm, arguments, "staticmethod", |header, function| {
        StaticMethod { header, function }
    })
}

fn construct_class(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    wrap(vm, arguments, "classmethod", |header, function| {
        ClassMethod { header, function }
    })
}

fn static_function(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (method, _) = arguments.receiver::<StaticMethod>(vm, "staticmethod", "__func__")?;
    Ok(part(method.function))
}

fn class_function(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (method, _) = arguments.receiver::<ClassMethod>(vm, "classmethod", "__func__")?;
    Ok(part(method.function))
}
