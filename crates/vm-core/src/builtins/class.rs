//! Classes as objects: `type`, and the attributes of classes.
//!
//! A class's `__dict__` is a copy: changing it changes no class. The bases of a class cannot be
//! changed. Making classes is in `class_construct.rs`, what every object has in
//! `object_attributes.rs`.

use crate::builtins::class_construct::construct;
use crate::builtins::descriptors::call_receiver;
use crate::builtins::object_attributes;
use crate::native::Arguments;
use crate::object::{Class, Kind, Obj, Tuple};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to `type` and `object`.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let class = Type::Type;
    vm.define_constructor(class, construct)?;
    vm.define_methods(
        class,
        &[
            ("mro", mro_list),
            ("__subclasses__", subclasses),
            ("__call__", call_receiver),
        ],
    )?;
    vm.define_attribute(class, "__name__", name, Some(set_name), Some(delete_name))?;
    vm.define_attribute(
        class,
        "__qualname__",
        qualified_name,
        Some(set_qualified_name),
        None,
    )?;
    vm.define_attribute(class, "__module__", module, Some(set_module), None)?;
    vm.define_attribute(class, "__doc__", doc, Some(set_doc), None)?;
    vm.define_attribute(class, "__bases__", bases, None, None)?;
    vm.define_attribute(class, "__base__", base, None, None)?;
    vm.define_attribute(class, "__mro__", mro, None, None)?;
    vm.define_attribute(class, "__dict__", attributes, None, None)?;
    object_attributes::install(vm)
}

impl Vm {
    /// A dict of pairs of interned names and values, borrowed. Owned.
    pub(crate) fn dict_of_pairs(&mut self, pairs: &[(Value, Value)]) -> Result<Value, Raised> {
        let dict = self.new_dict()?;
        for &(name, value) in pairs {
            if let Err(raised) = self.dict_set(Obj::of(dict.object_unchecked()), name, value) {
                self.aside(|vm| vm.release(dict));
                return Err(raised);
            }
        }
        Ok(dict)
    }
}

/// The class an attribute is read from.
fn of(vm: &mut Vm, arguments: Arguments<'_>, attribute: &str) -> Result<Obj<Class>, Raised> {
    arguments
        .receiver::<Class>(vm, "type", attribute)
        .map(|(class, _)| class)
}

/// The class and the new value of an attribute; built-in classes refuse.
fn assigned(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    attribute: &str,
) -> Result<(Obj<Class>, Value), Raised> {
    let (class, rest) = arguments.receiver::<Class>(vm, "type", attribute)?;
    let [value] = rest.exactly::<1>(vm, attribute)?;
    if class.flags.builtin {
        let message = format!(
            "cannot set '{attribute}' attribute of immutable type '{}'",
            vm.text(class.name)
        );
        return Err(vm.raise_type_error(&message));
    }
    Ok((class, value))
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

/// As `assigned`, for attributes that are strings.
fn assigned_str(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    attribute: &str,
) -> Result<(Obj<Class>, Value), Raised> {
    let (class, value) = assigned(vm, arguments, attribute)?;
    if value.kind() != Some(Kind::Str) {
        let message = format!(
            "can only assign string to {}.{attribute}, not '{}'",
            vm.text(class.name),
            vm.type_name(value)
        );
        return Err(vm.raise_type_error(&message));
    }
    Ok((class, value))
}

fn set_name(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut class, value) = assigned_str(vm, arguments, "__name__")?;
    vm.replace_field(&raw mut class.name, value.increment());
    Ok(Value::NONE)
}

fn delete_name(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let class = of(vm, arguments, "__name__")?;
    let name = vm.text(class.name);
    let message = format!("cannot delete '__name__' attribute of immutable type '{name}'");
    Err(vm.raise_type_error(&message))
}

fn qualified_name(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    Ok(present(of(vm, arguments, "__qualname__")?.qualified_name))
}

fn set_qualified_name(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut class, value) = assigned_str(vm, arguments, "__qualname__")?;
    vm.replace_field(&raw mut class.qualified_name, value.increment());
    Ok(Value::NONE)
}

fn module(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let class = of(vm, arguments, "__module__")?;
    Ok(if class.module.is_unset() {
        vm.names.builtins.increment()
    } else {
        present(class.module)
    })
}

fn set_module(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (class, value) = assigned(vm, arguments, "__module__")?;
    vm.set_class_module(class.value(), value);
    Ok(Value::NONE)
}

/// The class's own text: it is not inherited.
fn doc(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let class = of(vm, arguments, "__doc__")?;
    Ok(present(class.attributes.get(vm.names.doc)))
}

fn set_doc(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (class, value) = assigned(vm, arguments, "__doc__")?;
    vm.set_class_attribute(class, vm.names.doc, value)?;
    Ok(Value::NONE)
}

fn bases(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    Ok(present(of(vm, arguments, "__bases__")?.bases))
}

/// The base that decides the layout of instances: the first that is not plain, else the first.
fn base(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let class = of(vm, arguments, "__base__")?;
    let bases = class.bases.cast::<Tuple>();
    let bases = bases.as_ref().map_or(&[][..], |bases| bases.as_slice());
    let of_kind = |base: &&Value| {
        base.cast::<Class>()
            .is_some_and(|base| base.instance_kind == class.instance_kind)
    };
    Ok(present(
        bases
            .iter()
            .find(of_kind)
            .or(bases.first())
            .copied()
            .unwrap_or(Value::NONE),
    ))
}

fn mro(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    Ok(present(of(vm, arguments, "__mro__")?.order))
}

fn mro_list(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (class, rest) = arguments.receiver::<Class>(vm, "type", "mro")?;
    rest.exactly::<0>(vm, "type.mro")?;
    let order = class.order().to_vec();
    vm.new_list_of(&order)
}

fn subclasses(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (class, rest) = arguments.receiver::<Class>(vm, "type", "__subclasses__")?;
    rest.exactly::<0>(vm, "type.__subclasses__")?;
    // The list is not counted: one that is being reclaimed, or was found to be garbage, may still be in it.
    let living = class
        .subclasses()
        .filter(|subclass| subclass.count() > 0 && !subclass.is_candidate());
    let living: Vec<Value> = living.map(Value::from_object).collect();
    vm.new_list_of(&living)
}

fn attributes(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let class = of(vm, arguments, "__dict__")?;
    let pairs: Vec<(Value, Value)> = class.attributes.iter().collect();
    vm.dict_of_pairs(&pairs)
}
