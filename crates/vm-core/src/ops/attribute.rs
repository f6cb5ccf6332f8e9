//! Attribute lookup, as CPython's default lookup does it.
//!
//! `object.name`, for an instance:
//!
//! 1. look `name` up in the classes of the resolution order;
//! 2. if that is a data descriptor (a property, or a program object with `__get__` and `__set__`),
//!    it decides;
//! 3. else the instance's own attribute, if there is one;
//! 4. else what the class has, bound to the instance if it is a function or another descriptor;
//! 5. else `__getattr__`, else `AttributeError`.
//!
//! For a class, step 3 looks along its own resolution order, and binds what it finds to the class.

use crate::code::{Found, Site};
use crate::object::{
    Class, ClassMethod, Dict, Exception, Function, Instance, Kind, Module, NativeFunction, Obj,
    Property, StaticMethod, Super,
};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    /// What the classes of `class`'s order have under an interned name; borrowed, unbound; unset if
    /// none.
    pub(crate) fn lookup_in_class(&self, class: Obj<Class>, name: Value) -> Value {
        for &class in class.order() {
            let class = Obj::<Class>::of(class.object_unchecked());
            let value = class.attributes.get(name);
            if !value.is_unset() {
                return value;
            }
        }
        Value::UNSET
    }

    /// The special method of a value's class (never of the instance); borrowed, unbound.
    pub(crate) fn special_method(&self, value: Value, name: Value) -> Option<Value> {
        self.lookup_in_class(self.class_of(value), name).set()
    }

    /// As `special_method`, but only what a class of the program defines.
    pub(crate) fn special_method_of_program(&self, value: Value, name: Value) -> Option<Value> {
        if !matches!(value.kind(), Some(Kind::Instance | Kind::Exception)) {
            return None;
        }
        for &class in self.class_of(value).order() {
            let class = Obj::<Class>::of(class.object_unchecked());
            if class.flags.builtin {
                // Program classes stand before every built-in one but `object` in their order.
                continue;
            }
            let found = class.attributes.get(name);
            if !found.is_unset() {
                return Some(found);
            }
        }
        None
    }

    /// `object.name`, `name` interned. Owned.
    pub(crate) fn get_attribute(&mut self, object: Value, name: Value) -> Result<Value, Raised> {
        let flags = self.class_of(object).flags;
        if flags.has_getattribute
            && let Some(method) = self.special_method_of_program(object, self.names.getattribute)
        {
            match self.call_special(method, object, &[name]) {
                Err(raised) if flags.has_getattr => self.catch(Type::AttributeError, raised)?,
                result => return result,
            }
        } else if let Some(value) = self.find_attribute(object, name)? {
            return Ok(value);
        }
        if self.class_of(object).flags.has_getattr
            && let Some(method) = self.special_method(object, self.names.getattr)
        {
            return self.call_special(method, object, &[name]);
        }
        Err(self.raise_no_attribute(object, name))
    }

    /// `object.name`, or `None` where that raises AttributeError. Owned.
    pub(crate) fn get_attribute_optional(
        &mut self,
        object: Value,
        name: Value,
    ) -> Result<Option<Value>, Raised> {
        let flags = self.class_of(object).flags;
        let found = if flags.has_getattr || flags.has_getattribute {
            self.get_attribute(object, name).map(Some)
        } else {
            self.find_attribute(object, name)
        };
        match found {
            Ok(value) => Ok(value),
            Err(raised) => self.catch(Type::AttributeError, raised).map(|()| None),
        }
    }

    /// Steps 1 to 4; `None` if nothing was found. Owned.
    pub(crate) fn find_attribute(
        &mut self,
        object: Value,
        name: Value,
    ) -> Result<Option<Value>, Raised> {
        let class = self.class_of(object);
        let on_class = self.lookup_in_class(class, name);
        if !on_class.is_unset() && self.is_data_descriptor(on_class) {
            return self.bind_attribute(on_class, object).map(Some);
        }
        let own = match object.kind() {
            Some(Kind::Instance) => {
                let instance = Obj::<Instance>::of(object.object_unchecked());
                instance
                    .shape()
                    .slot(name)
                    .map(|slot| instance.slot_value(slot).increment())
            }
            Some(Kind::Class) => {
                let class = Obj::<Class>::of(object.object_unchecked());
                let found = self.lookup_in_class(class, name);
                if found.is_unset() {
                    None
                } else {
                    Some(self.bind_to_class(found, class)?)
                }
            }
            Some(Kind::Module) => {
                let module = Obj::<Module>::of(object.object_unchecked());
                module.namespace.get(name).set().map(Value::increment)
            }
            Some(Kind::Function) => {
                let attributes = Obj::<Function>::of(object.object_unchecked()).attributes;
                self.attribute_of_dict(attributes, name)?
            }
            Some(Kind::Exception) => {
                let attributes = Obj::<Exception>::of(object.object_unchecked()).attributes;
                self.attribute_of_dict(attributes, name)?
            }
            Some(Kind::Super) => {
                let proxy = Obj::<Super>::of(object.object_unchecked());
                self.find_super_attribute(proxy.class, proxy.receiver, proxy.receiver_class, name)?
            }
            _ => None,
        };
        match own {
            Some(value) => Ok(Some(value)),
            None if on_class.is_unset() => Ok(None),
            None => self.bind_attribute(on_class, object).map(Some),
        }
    }

    fn attribute_of_dict(&mut self, dict: Value, name: Value) -> Result<Option<Value>, Raised> {
        match dict.cast::<Dict>() {
            Some(dict) => Ok(self.dict_get(dict, name)?.map(Value::increment)),
            None => Ok(None),
        }
    }

    /// Whether what a class has goes before what the instance has.
    fn is_data_descriptor(&self, value: Value) -> bool {
        match value.kind() {
            Some(Kind::Property) => true,
            Some(Kind::Instance) => {
                self.special_method_of_program(value, self.names.set)
                    .is_some()
                    && self
                        .special_method_of_program(value, self.names.get)
                        .is_some()
            }
            _ => false,
        }
    }

    /// What reading a class's attribute through an instance gives. Owned.
    pub(crate) fn bind_attribute(
        &mut self,
        attribute: Value,
        receiver: Value,
    ) -> Result<Value, Raised> {
        match attribute.kind() {
            Some(Kind::Function) => self.new_bound_method(attribute, receiver),
            Some(Kind::NativeFunction)
                if attribute.object_unchecked().aux() & NativeFunction::METHOD != 0 =>
            {
                self.new_bound_method(attribute, receiver)
            }
            Some(Kind::Property) => {
                let getter = Obj::<Property>::of(attribute.object_unchecked()).getter;
                if getter.is_none() || getter.is_unset() {
                    return Err(self.raise_property_error(attribute, receiver, "getter"));
                }
                self.call(getter, &[receiver])
            }
            Some(Kind::StaticMethod) => Ok(Obj::<StaticMethod>::of(attribute.object_unchecked())
                .function
                .increment()),
            Some(Kind::ClassMethod) => {
                let function = Obj::<ClassMethod>::of(attribute.object_unchecked()).function;
                let class = self.class_of(receiver).value();
                self.new_bound_method(function, class)
            }
            Some(Kind::Instance) => {
                match self.special_method_of_program(attribute, self.names.get) {
                    Some(get) => {
                        let class = self.class_of(receiver).value();
                        self.call_special(get, attribute, &[receiver, class])
                    }
                    None => Ok(attribute.increment()),
                }
            }
            _ => Ok(attribute.increment()),
        }
    }

    /// What reading a class's attribute through the class itself gives. Owned.
    fn bind_to_class(&mut self, attribute: Value, class: Obj<Class>) -> Result<Value, Raised> {
        match attribute.kind() {
            Some(Kind::StaticMethod) => Ok(Obj::<StaticMethod>::of(attribute.object_unchecked())
                .function
                .increment()),
            Some(Kind::ClassMethod) => {
                let function = Obj::<ClassMethod>::of(attribute.object_unchecked()).function;
                self.new_bound_method(function, class.value())
            }
            Some(Kind::Instance) => {
                match self.special_method_of_program(attribute, self.names.get) {
                    Some(get) => self.call_special(get, attribute, &[Value::NONE, class.value()]),
                    None => Ok(attribute.increment()),
                }
            }
            _ => Ok(attribute.increment()),
        }
    }

    #[cold]
    pub(crate) fn raise_no_attribute(&mut self, object: Value, name: Value) -> Raised {
        let name = self.text(name);
        let message = match object.kind() {
            Some(Kind::Class) => {
                let class = Obj::<Class>::of(object.object_unchecked());
                format!(
                    "type object '{}' has no attribute '{name}'",
                    self.text(class.name)
                )
            }
            Some(Kind::Module) => {
                let module = Obj::<Module>::of(object.object_unchecked());
                format!(
                    "module '{}' has no attribute '{name}'",
                    self.text(module.name)
                )
            }
            _ => format!(
                "'{}' object has no attribute '{name}'",
                self.type_name(object)
            ),
        };
        self.raise_attribute_error(&message)
    }

    #[cold]
    fn raise_property_error(&mut self, property: Value, receiver: Value, what: &str) -> Raised {
        let class = self.class_of(receiver);
        let found = class.order().iter().find_map(|&class| {
            let class = Obj::<Class>::of(class.object_unchecked());
            let named = class
                .attributes
                .iter()
                .find(|&(_, value)| value == property);
            named.map(|(name, _)| (name, class))
        });
        let getter = property
            .cast::<Property>()
            .and_then(|property| property.getter.kind());
        let message = match found {
            // An attribute of a built-in class, which is a property only here.
            Some((name, owner)) if getter == Some(Kind::NativeFunction) => format!(
                "attribute '{}' of '{}' objects is not writable",
                self.text(name),
                self.text(owner.name)
            ),
            Some((name, _)) => format!(
                "property '{}' of '{}' object has no {what}",
                self.text(name),
                self.text(class.name)
            ),
            None => format!(
                "property of '{}' object has no {what}",
                self.text(class.name)
            ),
        };
        self.raise_attribute_error(&message)
    }

    /// `object.name = value`; borrowed.
    pub(crate) fn set_attribute(
        &mut self,
        object: Value,
        name: Value,
        value: Value,
    ) -> Result<(), Raised> {
        let class = self.class_of(object);
        if class.flags.has_setattr
            && let Some(method) = self.special_method_of_program(object, self.names.setattr)
        {
            let result = self.call_special(method, object, &[name, value])?;
            self.release(result);
            return Ok(());
        }
        self.set_attribute_plainly(object, name, value)
    }

    /// `object.__setattr__(object, name, value)`: without asking the program's `__setattr__`.
    pub(crate) fn set_attribute_plainly(
        &mut self,
        object: Value,
        name: Value,
        value: Value,
    ) -> Result<(), Raised> {
        let on_class = self.lookup_in_class(self.class_of(object), name);
        if let Some(property) = on_class.cast::<Property>() {
            let setter = property.setter;
            if setter.is_none() || setter.is_unset() {
                return Err(self.raise_property_error(on_class, object, "setter"));
            }
            let result = self.call(setter, &[object, value])?;
            self.release(result);
            return Ok(());
        }
        if on_class.kind() == Some(Kind::Instance)
            && let Some(set) = self.special_method_of_program(on_class, self.names.set)
        {
            let result = self.call_special(set, on_class, &[object, value])?;
            self.release(result);
            return Ok(());
        }
        match object.kind() {
            Some(Kind::Instance) => {
                self.set_instance_attribute(Obj::of(object.object_unchecked()), name, value)
            }
            Some(Kind::Class) => {
                let class = Obj::<Class>::of(object.object_unchecked());
                self.set_class_attribute(class, name, value)
            }
            Some(Kind::Module) => {
                let mut module = Obj::<Module>::of(object.object_unchecked());
                let slot = module.namespace.ensure_slot(&mut self.heap, name);
                let slot = slot.map_err(|error| self.raise_memory_error(error))?;
                let former = module.namespace.replace(slot, value.increment());
                self.release(former);
                Ok(())
            }
            Some(Kind::Function) => {
                let mut function = Obj::<Function>::of(object.object_unchecked());
                if function.attributes.is_unset() {
                    function.attributes = self.new_dict()?;
                }
                self.dict_set(Obj::of(function.attributes.object_unchecked()), name, value)
            }
            Some(Kind::Exception) => {
                let mut exception = Obj::<Exception>::of(object.object_unchecked());
                if exception.attributes.is_unset() {
                    exception.attributes = self.new_dict()?;
                }
                self.dict_set(
                    Obj::of(exception.attributes.object_unchecked()),
                    name,
                    value,
                )
            }
            _ => Err(self.raise_cannot_set(object, name, on_class)),
        }
    }

    #[cold]
    fn raise_cannot_set(&mut self, object: Value, name: Value, on_class: Value) -> Raised {
        let class = self.type_name(object);
        let name = self.text(name);
        let message = if on_class.is_unset() {
            format!(
                "'{class}' object has no attribute '{name}' and no __dict__ for setting new attributes"
            )
        } else {
            format!("'{class}' object attribute '{name}' is read-only")
        };
        self.raise_attribute_error(&message)
    }

    /// `del object.name`.
    pub(crate) fn delete_attribute(&mut self, object: Value, name: Value) -> Result<(), Raised> {
        let class = self.class_of(object);
        if class.flags.has_delattr
            && let Some(method) = self.special_method_of_program(object, self.names.delattr)
        {
            let result = self.call_special(method, object, &[name])?;
            self.release(result);
            return Ok(());
        }
        self.delete_attribute_plainly(object, name)
    }

    /// `object.__delattr__(object, name)`: without asking the program's `__delattr__`.
    pub(crate) fn delete_attribute_plainly(
        &mut self,
        object: Value,
        name: Value,
    ) -> Result<(), Raised> {
        let on_class = self.lookup_in_class(self.class_of(object), name);
        if let Some(property) = on_class.cast::<Property>() {
            let deleter = property.deleter;
            if deleter.is_none() || deleter.is_unset() {
                return Err(self.raise_property_error(on_class, object, "deleter"));
            }
            let result = self.call(deleter, &[object])?;
            self.release(result);
            return Ok(());
        }
        if on_class.kind() == Some(Kind::Instance)
            && let Some(delete) = self.special_method_of_program(on_class, self.names.delete)
        {
            let result = self.call_special(delete, on_class, &[object])?;
            self.release(result);
            return Ok(());
        }
        let removed = match object.kind() {
            Some(Kind::Instance) => {
                self.remove_instance_attribute(Obj::of(object.object_unchecked()), name)?
            }
            Some(Kind::Class) => {
                let mut class = Obj::<Class>::of(object.object_unchecked());
                if class.flags.builtin {
                    return self.set_class_attribute(class, name, Value::UNSET);
                }
                let slot = class.attributes.slot(name);
                let former = slot.map(|slot| class.attributes.replace(slot, Value::UNSET));
                self.class_changed(class);
                former.and_then(Value::set)
            }
            Some(Kind::Module) => {
                let mut module = Obj::<Module>::of(object.object_unchecked());
                let slot = module.namespace.slot(name);
                slot.and_then(|slot| module.namespace.replace(slot, Value::UNSET).set())
            }
            Some(Kind::Function) => {
                let attributes = Obj::<Function>::of(object.object_unchecked()).attributes;
                match attributes.cast::<Dict>() {
                    Some(dict) => self.dict_remove(dict, name)?,
                    None => None,
                }
            }
            Some(Kind::Exception) => {
                let attributes = Obj::<Exception>::of(object.object_unchecked()).attributes;
                match attributes.cast::<Dict>() {
                    Some(dict) => self.dict_remove(dict, name)?,
                    None => None,
                }
            }
            _ => return Err(self.raise_cannot_set(object, name, on_class)),
        };
        match removed {
            Some(value) => {
                self.release(value);
                Ok(())
            }
            None => Err(self.raise_no_attribute(object, name)),
        }
    }

    /// `super(class, receiver).name`. Owned.
    pub(crate) fn load_super_attribute(
        &mut self,
        class: Value,
        receiver: Value,
        name: Value,
    ) -> Result<Value, Raised> {
        let receiver_class = self.super_receiver_class(class, receiver)?;
        match self.find_super_attribute(class, receiver, receiver_class, name)? {
            Some(value) => Ok(value),
            None => {
                let message = format!("'super' object has no attribute '{}'", self.text(name));
                Err(self.raise_attribute_error(&message))
            }
        }
    }

    /// The class whose order `super(class, receiver)` searches; borrowed.
    pub(crate) fn super_receiver_class(
        &mut self,
        class: Value,
        receiver: Value,
    ) -> Result<Value, Raised> {
        if class.cast::<Class>().is_none() {
            let message = format!(
                "super() argument 1 must be a type, not {}",
                self.type_name(class)
            );
            return Err(self.raise_type_error(&message));
        }
        if let Some(receiver_class) = receiver.cast::<Class>()
            && receiver_class.is_subclass_of(class)
        {
            return Ok(receiver);
        }
        let of = self.class_of(receiver);
        if of.is_subclass_of(class) {
            return Ok(of.value());
        }
        let (kind, name) = match receiver.cast::<Class>() {
            Some(receiver_class) => ("type", self.text(receiver_class.name)),
            None => ("instance of", self.text(of.name)),
        };
        let class = class
            .cast::<Class>()
            .map_or("", |class| self.text(class.name));
        let message = format!(
            "super(type, obj): obj ({kind} {name}) is not an instance or subtype of type ({class})."
        );
        Err(self.raise_type_error(&message))
    }

    fn find_super_attribute(
        &mut self,
        class: Value,
        receiver: Value,
        receiver_class: Value,
        name: Value,
    ) -> Result<Option<Value>, Raised> {
        let Some(searched) = receiver_class.cast::<Class>() else {
            return Ok(None);
        };
        let order = searched.order();
        let behind = order
            .iter()
            .position(|&other| other == class)
            .map_or(0, |index| index + 1);
        for &other in &order[behind..] {
            let found = Obj::<Class>::of(other.object_unchecked())
                .attributes
                .get(name);
            if found.is_unset() {
                continue;
            }
            if receiver == receiver_class {
                return self.bind_to_class(found, searched).map(Some);
            }
            return self.bind_attribute(found, receiver).map(Some);
        }
        Ok(None)
    }

    /// `load_attr` beyond its cache; fills the cache where it can. Owned.
    #[inline(never)]
    pub(crate) fn load_attribute_at(
        &mut self,
        object: Value,
        site: *mut Site,
    ) -> Result<Value, Raised> {
        // SAFETY: sites live as long as their code, and only this machine changes them.
        let name = unsafe { (*site).name };
        if let Some(instance) = object.cast::<Instance>()
            && !instance.class().flags.has_getattribute
            && let Some(slot) = instance.shape().slot(name)
        {
            let on_class = self.lookup_in_class(instance.class(), name);
            if on_class.is_unset() || !self.is_data_descriptor(on_class) {
                if instance.shape().is_inline(slot) {
                    let filled = Site {
                        name,
                        shape: instance.shape,
                        key: Site::key(self.class_epoch, Found::Slot),
                        slot: slot as u32,
                        target: 0,
                    };
                    // SAFETY: as above.
                    unsafe { site.write(filled) };
                }
                return Ok(instance.slot_value(slot).increment());
            }
        }
        self.get_attribute(object, name)
    }

    /// `store_attr` beyond its cache; fills the cache where it can.
    #[inline(never)]
    pub(crate) fn store_attribute_at(
        &mut self,
        object: Value,
        value: Value,
        site: *mut Site,
    ) -> Result<(), Raised> {
        // SAFETY: sites live as long as their code, and only this machine changes them.
        let name = unsafe { (*site).name };
        if let Some(instance) = object.cast::<Instance>()
            && !instance.class().flags.has_setattr
        {
            let on_class = self.lookup_in_class(instance.class(), name);
            let descriptor = matches!(on_class.kind(), Some(Kind::Property | Kind::Instance));
            if !descriptor {
                let before = instance.shape;
                // The value that was there may have a finalizer, which changes anything: what the site is
                // to know is known before. Where none was, nothing dies.
                let known = instance.shape().slot(name);
                if known.is_none() {
                    self.set_instance_attribute(instance, name, value)?;
                }
                let shape = instance.shape();
                if let Some(slot) = shape.slot(name)
                    && shape.is_inline(slot)
                    && !instance.is_spilled()
                {
                    let found = if known.is_none() {
                        Found::Add
                    } else {
                        Found::Slot
                    };
                    let filled = Site {
                        name,
                        shape: before,
                        key: Site::key(self.class_epoch, found),
                        slot: slot as u32,
                        target: instance.shape as usize as u64,
                    };
                    // SAFETY: as above.
                    unsafe { site.write(filled) };
                }
                if known.is_some() {
                    self.set_instance_attribute(instance, name, value)?;
                }
                return Ok(());
            }
        }
        self.set_attribute(object, name, value)
    }
}
