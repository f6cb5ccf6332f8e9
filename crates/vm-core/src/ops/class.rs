//! Making classes: the resolution order, flags, built-in classes and their methods, modules.
//!
//! The resolution order is C3 (Barrett et al., "A monotonic superclass linearization for Dylan",
//! OOPSLA 1996), as in Python since 2.3:
//!
//! 1. take the orders of the bases, and the list of bases itself, as sequences to merge;
//! 2. the next class is the first head of a sequence that is in no other sequence's tail;
//! 3. remove it from all heads, and repeat; if there is none, the bases contradict each other.

use crate::code::Code;
use crate::code::Site;
use crate::object::{
    Class, ClassFlags, Function, Kind, Module, Namespace, NativeCode, NativeFunction,
    NativeImplementation, Obj, Property, Tuple,
};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use vm_bytecode::{Opcode, Word};

impl Vm {
    /// A class of the program. `name` is interned. Owned.
    pub(crate) fn new_class(
        &mut self,
        name: Value,
        bases: &[Value],
        slots: Option<&[Value]>,
    ) -> Result<Value, Raised> {
        let object = self.builtin(Type::Object).value();
        let object_only = [object];
        let bases = if bases.is_empty() {
            &object_only[..]
        } else {
            bases
        };
        let mut kind = Kind::Instance;
        for (index, &base) in bases.iter().enumerate() {
            let Some(class) = base.cast::<Class>() else {
                let message = format!("bases must be types, not '{}'", self.type_name(base));
                return Err(self.raise_type_error(&message));
            };
            if bases[..index].contains(&base) {
                let message = format!("duplicate base class {}", self.text(class.name));
                return Err(self.raise_type_error(&message));
            }
            match class.instance_kind {
                Kind::Instance => {}
                Kind::Exception => kind = Kind::Exception,
                _ => {
                    let message = format!(
                        "type '{}' is not an acceptable base type",
                        self.text(class.name)
                    );
                    return Err(self.raise_type_error(&message));
                }
            }
        }
        let order = self.resolution_order(bases)?;
        let bases_tuple = self.new_tuple(bases)?;
        let slots_tuple = match slots {
            Some(slots) => match self.new_tuple(slots) {
                Ok(tuple) => tuple,
                Err(raised) => {
                    self.aside(|vm| vm.release(bases_tuple));
                    return Err(raised);
                }
            },
            None => Value::UNSET,
        };
        let class = self.make_class_object(name, bases_tuple, slots_tuple, kind, false)?;
        let mut full = vec![class.value()];
        full.extend(order);
        let tuple = self.new_tuple(&full);
        let mut class = class;
        match tuple {
            Ok(tuple) => class.order = tuple,
            Err(raised) => {
                self.aside(|vm| vm.release(class.value()));
                return Err(raised);
            }
        }
        for &base in bases {
            if let Some(base) = base.cast::<Class>() {
                Class::link(class, base);
            }
        }
        self.update_flags(class);
        Ok(class.value())
    }

    /// A class object without an order; takes over the tuples. Owned.
    fn make_class_object(
        &mut self,
        name: Value,
        bases: Value,
        slots: Value,
        instance_kind: Kind,
        builtin: bool,
    ) -> Result<Obj<Class>, Raised> {
        let made = self.make(|header| Class {
            header,
            name,
            qualified_name: name,
            module: Value::UNSET,
            bases,
            order: Value::UNSET,
            attributes: Namespace::new(),
            instance_kind,
            flags: ClassFlags {
                builtin,
                ..ClassFlags::default()
            },
            slots,
            relatives: Vec::new(),
            root_shape: core::ptr::null_mut(),
            shapes: Vec::new(),
            expected_attributes: 2,
            shapes_bytes: 0,
            init: Value::UNSET,
            init_epoch: 0,
        });
        match made {
            Ok(class) => {
                name.increment();
                name.increment();
                Ok(class)
            }
            Err(raised) => {
                self.aside(|vm| {
                    vm.release(bases);
                    vm.release(slots);
                });
                Err(raised)
            }
        }
    }

    /// C3 of the bases, without the class itself; borrowed.
    fn resolution_order(&mut self, bases: &[Value]) -> Result<Vec<Value>, Raised> {
        let mut sequences: Vec<Vec<Value>> = bases
            .iter()
            .filter_map(|base| base.cast::<Class>())
            .map(|class| class.order().to_vec())
            .collect();
        sequences.push(bases.to_vec());
        let mut order = Vec::new();
        loop {
            sequences.retain(|sequence| !sequence.is_empty());
            if sequences.is_empty() {
                return Ok(order);
            }
            let next = sequences.iter().map(|sequence| sequence[0]).find(|head| {
                !sequences
                    .iter()
                    .any(|sequence| sequence[1..].contains(head))
            });
            let Some(next) = next else {
                let names: Vec<String> = bases
                    .iter()
                    .filter_map(|base| base.cast::<Class>())
                    .map(|class| self.text(class.name).to_owned())
                    .collect();
                let message = format!(
                    "Cannot create a consistent method resolution order (MRO) for bases {}",
                    names.join(", ")
                );
                return Err(self.raise_type_error(&message));
            };
            order.push(next);
            for sequence in &mut sequences {
                if sequence[0] == next {
                    sequence.remove(0);
                }
            }
        }
    }

    /// Recomputes what a class and those below it are known to have.
    fn update_flags(&mut self, mut class: Obj<Class>) {
        let mut waiting = vec![class.object()];
        while let Some(next) = waiting.pop() {
            class = Obj::of(next);
            let defines = |name: Value| !self.lookup_in_class(class, name).is_unset();
            let of_program = |name: Value| {
                let found = self.lookup_in_class(class, name);
                !found.is_unset() && found.kind() != Some(Kind::NativeFunction)
            };
            let closed = class.order().iter().all(|&class| {
                let class = Obj::<Class>::of(class.object_unchecked());
                !class.slots.is_unset() || class.flags.builtin
            });
            let flags = ClassFlags {
                has_finalizer: defines(self.names.del),
                has_getattr: defines(self.names.getattr),
                has_getattribute: of_program(self.names.getattribute),
                has_setattr: of_program(self.names.setattr),
                has_delattr: of_program(self.names.delattr),
                closed,
                ..class.flags
            };
            class.flags = flags;
            waiting.extend(class.subclasses());
        }
    }

    /// Notes that a class's attributes changed in a way that caches must notice.
    pub(crate) fn class_changed(&mut self, class: Obj<Class>) {
        self.class_epoch += Site::EPOCH_STEP;
        self.update_flags(class);
    }

    /// Sets a class's own attribute.
    pub(crate) fn set_class_attribute(
        &mut self,
        mut class: Obj<Class>,
        name: Value,
        value: Value,
    ) -> Result<(), Raised> {
        if class.flags.builtin {
            let message = format!(
                "cannot set '{}' attribute of immutable type '{}'",
                self.text(name),
                self.text(class.name)
            );
            return Err(self.raise_type_error(&message));
        }
        let slot = class.attributes.ensure_slot(&mut self.heap, name);
        let slot = slot.map_err(|error| self.raise_memory_error(error))?;
        let former = class.attributes.replace(slot, value.increment());
        // A plain value in place of a plain value is in no cache: a counter on a class is cheap.
        if former.is_unset() || is_cached(former) || is_cached(value) {
            self.class_changed(class);
        }
        self.release(former);
        Ok(())
    }

    /// Sets `__module__`.
    pub(crate) fn set_class_module(&mut self, class: Value, module: Value) {
        if let Some(mut class) = class.cast::<Class>() {
            let former = core::mem::replace(&mut class.module, module.increment());
            self.release(former);
        }
    }

    /// A class got its members: tells attributes of their names (`__set_name__`), bases of their new
    /// subclass (`__init_subclass__`), makes classes with `__eq__` alone unhashable, and guesses
    /// how many attributes its instances will have.
    pub(crate) fn finish_class(&mut self, value: Value) -> Result<(), Raised> {
        let class = Obj::<Class>::of(value.object_unchecked());
        let eq = class.attributes.get(self.names.eq);
        if !eq.is_unset() && class.attributes.get(self.names.hash).is_unset() {
            self.set_class_attribute(class, self.names.hash, Value::NONE)?;
        }
        let members: Vec<(Value, Value)> = class.attributes.iter().collect();
        for (name, member) in members {
            if let Some(method) = self.special_method_of_program(member, self.names.set_name) {
                let result = self.call_special(method, member, &[value, name])?;
                self.release(result);
            }
        }
        self.guess_attributes(class);
        let order: Vec<Value> = class.order().to_vec();
        for &base in &order[1..] {
            let base = Obj::<Class>::of(base.object_unchecked());
            let hook = base.attributes.get(self.names.init_subclass);
            if base.flags.builtin || hook.is_unset() {
                continue;
            }
            let function = hook
                .cast::<crate::object::ClassMethod>()
                .map_or(hook, |method| method.function);
            let result = self.call(function, &[value])?;
            self.release(result);
            break;
        }
        Ok(())
    }

    /// The number of different attributes that `__init__` sets on its first register, or that
    /// `__slots__` declare.
    fn guess_attributes(&mut self, mut class: Obj<Class>) {
        let mut expected = 0;
        for &of in class.order() {
            let slots = Obj::<Class>::of(of.object_unchecked()).slots;
            expected += slots.cast::<Tuple>().map_or(0, |slots| slots.length);
        }
        let init = self.lookup_in_class(class, self.names.init);
        if let Some(init) = init.cast::<Function>() {
            // SAFETY: code lives as long as the machine.
            let code: &Code = unsafe { &*init.code };
            let words = &code.function().code;
            let mut names = Vec::new();
            let mut index = 0;
            while index < words.len() {
                let word = Word(words[index]);
                let info = &vm_bytecode::TABLE[word.opcode_byte() as usize];
                if word.opcode_byte() == Opcode::StoreAttr as u8
                    && word.a() == 0
                    && !names.contains(&words[index + 1])
                {
                    names.push(words[index + 1]);
                }
                index += info.words as usize;
            }
            expected = expected.max(names.len());
        }
        class.expected_attributes = expected.clamp(2, u16::MAX as usize) as u16;
        class.root_shape = core::ptr::null_mut();
    }

    /// Makes every built-in class, without methods.
    pub(crate) fn make_builtin_classes(&mut self) -> Result<(), Raised> {
        let mut order = Vec::new();
        for &(class, base, name, kind, _) in Type::TABLE {
            let name = self.intern(name)?;
            // Only `object` is its own base in the table: it has none.
            let base = (class != base).then(|| self.types[base as usize]);
            let bases = self.new_tuple(base.as_slice())?;
            let mut made = self.make_class_object(name, bases, Value::UNSET, kind, true)?;
            order.clear();
            order.push(made.value());
            if let Some(base) = base.and_then(Value::cast::<Class>) {
                order.extend_from_slice(base.order());
            }
            made.order = self.new_tuple(&order)?;
            made.module = self.names.builtins.increment();
            made.object().make_immortal();
            self.types[class as usize] = made.value();
        }
        Ok(())
    }

    /// Sets an attribute of a built-in class to an owned value.
    pub(crate) fn define_in_class(
        &mut self,
        class: Type,
        name: &str,
        value: Value,
    ) -> Result<(), Raised> {
        let name = self.intern(name)?;
        self.set_in_class(self.builtin(class), name, value)
    }

    /// The same with an interned name.
    fn set_in_class(
        &mut self,
        mut class: Obj<Class>,
        name: Value,
        value: Value,
    ) -> Result<(), Raised> {
        let slot = class.attributes.ensure_slot(&mut self.heap, name);
        let slot = slot.map_err(|error| self.raise_memory_error(error))?;
        let former = class.attributes.replace(slot, value);
        self.release(former);
        Ok(())
    }

    /// Adds native methods to a built-in class.
    pub(crate) fn define_methods(
        &mut self,
        class: Type,
        methods: &[(&str, NativeCode)],
    ) -> Result<(), Raised> {
        let mut class = self.builtin(class);
        let room = class.attributes.reserve(&mut self.heap, methods.len());
        room.map_err(|error| self.raise_memory_error(error))?;
        for &(name, code) in methods {
            let name = self.intern(name)?;
            let function = self.new_native_named(name, NativeImplementation::Code(code))?;
            let object = function.object_unchecked();
            object.set_aux(NativeFunction::METHOD);
            object.make_immortal();
            Obj::<NativeFunction>::of(object).owner = class.value();
            self.set_in_class(class, name, function)?;
        }
        Ok(())
    }

    /// Adds a read-only attribute, computed by native code, to a built-in class.
    pub(crate) fn define_getter(
        &mut self,
        class: Type,
        name: &str,
        getter: NativeCode,
    ) -> Result<(), Raised> {
        self.define_accessors(class, name, getter, None)
    }

    /// Adds an attribute that native code reads and writes to a built-in class.
    pub(crate) fn define_accessors(
        &mut self,
        class: Type,
        name: &str,
        getter: NativeCode,
        setter: Option<NativeCode>,
    ) -> Result<(), Raised> {
        let getter = self.new_native_function(name, getter)?;
        let setter = match setter {
            Some(setter) => self.new_native_function(name, setter)?,
            None => Value::NONE,
        };
        let property = self.make(|header| Property {
            header,
            getter,
            setter,
            deleter: Value::NONE,
            doc: Value::NONE,
        })?;
        self.define_in_class(class, name, property.value())
    }

    /// Gives a built-in class its constructor: called with the class as the first argument.
    pub(crate) fn define_constructor(
        &mut self,
        class: Type,
        constructor: NativeCode,
    ) -> Result<(), Raised> {
        let function = self.new_native_function("__new__", constructor)?;
        self.define_in_class(class, "__new__", function)
    }

    /// A native function object. Owned.
    pub(crate) fn new_native_function(
        &mut self,
        name: &str,
        code: NativeCode,
    ) -> Result<Value, Raised> {
        self.new_native(name, NativeImplementation::Code(code))
    }

    /// A native function object of any implementation. Owned.
    pub(crate) fn new_native(
        &mut self,
        name: &str,
        implementation: NativeImplementation,
    ) -> Result<Value, Raised> {
        let name = self.intern(name)?;
        self.new_native_named(name, implementation)
    }

    /// The same with an interned name.
    fn new_native_named(
        &mut self,
        name: Value,
        implementation: NativeImplementation,
    ) -> Result<Value, Raised> {
        let function = self.make(|header| NativeFunction {
            header,
            name,
            owner: Value::UNSET,
            implementation,
        })?;
        name.increment();
        Ok(function.value())
    }

    /// Adds native functions to a module.
    pub(crate) fn define_functions(
        &mut self,
        module: Value,
        functions: &[(&str, NativeCode)],
    ) -> Result<(), Raised> {
        self.reserve_in_module(module, functions.len())?;
        for &(name, code) in functions {
            let name = self.intern(name)?;
            let function = self.new_native_named(name, NativeImplementation::Code(code))?;
            self.set_in_module(module, name, function)?;
        }
        Ok(())
    }

    /// Sets a module's attribute to an owned value.
    pub(crate) fn define_value(
        &mut self,
        module: Value,
        name: &str,
        value: Value,
    ) -> Result<(), Raised> {
        let name = self.intern(name)?;
        self.set_in_module(module, name, value)
    }

    /// Makes room for so many new attributes of a module at once.
    pub(crate) fn reserve_in_module(
        &mut self,
        module: Value,
        additional: usize,
    ) -> Result<(), Raised> {
        let mut module = Obj::<Module>::of(module.object_unchecked());
        let room = module.namespace.reserve(&mut self.heap, additional);
        room.map_err(|error| self.raise_memory_error(error))
    }

    /// As `define_value` with an interned name.
    fn set_in_module(&mut self, module: Value, name: Value, value: Value) -> Result<(), Raised> {
        let mut module = Obj::<Module>::of(module.object_unchecked());
        let slot = module.namespace.ensure_slot(&mut self.heap, name);
        let slot = slot.map_err(|error| self.raise_memory_error(error))?;
        let former = module.namespace.replace(slot, value);
        self.release(former);
        Ok(())
    }

    /// A new module object. Owned.
    pub(crate) fn new_module(&mut self, name: &str) -> Result<Value, Raised> {
        let name = self.intern(name)?;
        let module = self.make(|header| Module {
            header,
            name,
            namespace: Namespace::new(),
            native_slots: 0,
        })?;
        name.increment();
        name.increment();
        self.define_value(module.value(), "__name__", name)?;
        Ok(module.value())
    }

    /// `isinstance(value, class)` for a class, or a tuple of them (nested).
    pub(crate) fn is_instance(&mut self, value: Value, class: Value) -> Result<bool, Raised> {
        if class.cast::<Class>().is_some() {
            return Ok(self.class_of(value).is_subclass_of(class));
        }
        if let Some(classes) = class.cast::<Tuple>() {
            return self.nested(|vm| {
                for &class in classes.as_slice() {
                    if vm.is_instance(value, class)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            });
        }
        Err(self
            .raise_type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"))
    }

    /// `issubclass(value, class)`.
    pub(crate) fn is_subclass(&mut self, value: Value, class: Value) -> Result<bool, Raised> {
        let Some(subclass) = value.cast::<Class>() else {
            return Err(self.raise_type_error("issubclass() arg 1 must be a class"));
        };
        if class.cast::<Class>().is_some() {
            return Ok(subclass.is_subclass_of(class));
        }
        if let Some(classes) = class.cast::<Tuple>() {
            return self.nested(|vm| {
                for &class in classes.as_slice() {
                    if vm.is_subclass(value, class)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            });
        }
        Err(self
            .raise_type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"))
    }
}

/// Whether caches may hold a value, or the way attributes are found depends on it.
fn is_cached(value: Value) -> bool {
    matches!(
        value.kind(),
        Some(
            Kind::Function
                | Kind::NativeFunction
                | Kind::Property
                | Kind::StaticMethod
                | Kind::ClassMethod
                | Kind::Instance
                | Kind::Class
        )
    ) || value.is_unset()
}
