//! What instructions do beyond their fast paths. Nothing here is inlined into the loop.

use crate::code::Code;
use crate::interpreter::{Completion, Registers};
use crate::object::{Cell, Class, Dict, Exception, Function, List, Module, Obj, Set, Slice, Tuple};
use crate::ops::arithmetic::BinaryOperator;
use crate::stack::FrameKind;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use vm_bytecode::{Member, OperandKind, Word};

/// A variable that lives in a cell, for messages.
#[derive(Clone, Copy)]
pub(crate) enum Variable {
    /// The cell is in this register of the code.
    Local(*const Code, u8),
    /// The cell is this free variable of the code.
    Free(*const Code, u16),
}

impl Vm {
    #[inline(never)]
    pub(crate) fn binary_slow(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
    ) -> Result<Value, Raised> {
        self.binary(operator, left, right)
    }

    #[inline(never)]
    pub(crate) fn in_place_slow(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
    ) -> Result<Value, Raised> {
        self.binary_in_place(operator, left, right)
    }

    /// Counts the reference count operations of one instruction: done, and avoided by reading
    /// operands in place or moving them (a stack machine takes and gives back one count for each).
    #[inline(never)]
    pub(crate) fn count_instruction(&mut self, word: Word, registers: Registers) {
        let info = vm_bytecode::TABLE[word.opcode_byte() as usize];
        for operand in info.operands {
            if !operand.kind.is_register() {
                continue;
            }
            let register = match operand.field {
                vm_bytecode::Field::A => word.a(),
                vm_bytecode::Field::B => word.b(),
                _ => word.c(),
            };
            if !registers.get(register).is_object() {
                continue;
            }
            match operand.kind {
                OperandKind::Read | OperandKind::Take => {
                    self.counters.count_operations_elided += 2;
                }
                OperandKind::Copies
                | OperandKind::Write
                | OperandKind::WriteUnlessJump
                | OperandKind::WriteIfJump
                | OperandKind::Unset => self.counters.count_operations += 1,
                _ => self.counters.count_operations_elided += 2,
            }
        }
    }

    /// Raises `RecursionError`, and releases what the frame would have owned.
    #[cold]
    pub(crate) fn raise_recursion(&mut self, owned: [Value; 2]) {
        let _raised = self.raise_recursion_error("maximum recursion depth exceeded");
        self.aside(|vm| vm.release_all(&owned));
    }

    /// `UnboundLocalError` for a register.
    #[cold]
    pub(crate) fn raise_unbound(&mut self, code: *const Code, name: u32) -> Result<(), Raised> {
        // SAFETY: code lives as long as the machine.
        let name = unsafe { (*code).program().names[name as usize] };
        let message = format!(
            "cannot access local variable '{}' where it is not associated with a value",
            self.text(name)
        );
        Err(self.raise(Type::UnboundLocalError, &message))
    }

    /// `NameError` for a global.
    #[cold]
    pub(crate) fn raise_name(&mut self, name: Value) -> Result<(), Raised> {
        let message = format!("name '{}' is not defined", self.text(name));
        Err(self.raise_name_error(&message))
    }

    /// Stores an owned value in a global; returns the former one, owned.
    pub(crate) fn store_global(&mut self, code: *const Code, link: u32, value: Value) -> Value {
        // SAFETY: code lives as long as the machine.
        let program = unsafe { (*code).program() };
        let slot = program.globals[link as usize].slot as usize;
        let mut module = Obj::<Module>::of(program.namespace.object_unchecked());
        module.namespace.replace(slot, value)
    }

    pub(crate) fn delete_global(&mut self, code: *const Code, link: u32) -> Result<(), Raised> {
        let former = self.store_global(code, link, Value::UNSET);
        if former.is_unset() {
            // SAFETY: code lives as long as the machine.
            let name = unsafe { (*code).program().globals[link as usize].name };
            return self.raise_name(name);
        }
        self.release(former);
        Ok(())
    }

    /// The cell of a free variable of the running function; borrowed.
    #[inline(always)]
    pub(crate) fn free_cell(&self, index: u16) -> Value {
        let function = self.running_function();
        match function
            .cast::<Function>()
            .and_then(|function| function.free.cast::<Tuple>())
        {
            Some(cells) => cells
                .as_slice()
                .get(index as usize)
                .copied()
                .unwrap_or(Value::UNSET),
            None => Value::UNSET,
        }
    }

    /// The function of the frame on top; borrowed.
    #[inline(always)]
    fn running_function(&self) -> Value {
        let Some(frame) = self.frames.last() else {
            return Value::UNSET;
        };
        if frame.kind.is_generator() {
            return frame
                .extra
                .cast::<crate::object::Generator>()
                .map_or(Value::UNSET, |generator| generator.function);
        }
        frame.function
    }

    /// The error of reading an empty cell, or something that is not a cell.
    #[cold]
    pub(crate) fn raise_empty_cell(
        &mut self,
        cell: Value,
        variable: Variable,
    ) -> Result<Value, Raised> {
        if cell.cast::<Cell>().is_none() && !cell.is_unset() {
            let message = format!("expected a cell, not '{}'", self.type_name(cell));
            return Err(self.raise_type_error(&message));
        }
        match variable {
            Variable::Free(code, index) => {
                // SAFETY: code lives as long as the machine.
                let name = free_name(unsafe { &*code }, index);
                Err(self.raise_name_error(&format!(
                    "cannot access free variable '{name}' where it is not associated with a \
                     value in enclosing scope"
                )))
            }
            Variable::Local(code, register) => {
                // SAFETY: code lives as long as the machine.
                let name = self.register_name(unsafe { &*code }, register);
                let message = format!(
                    "cannot access local variable '{name}' where it is not associated with a value"
                );
                Err(self.raise(Type::UnboundLocalError, &message))
            }
        }
    }

    /// The name of a register, as far as it is known: a parameter's, or one of the debug section.
    fn register_name(&self, code: &Code, register: u8) -> String {
        let parameters = &code.function().parameter_names;
        let register = register as usize;
        match parameters.get(register) {
            Some(&name) => self.text(code.program().name(name)).to_owned(),
            None => code
                .function_debug()
                .and_then(|debug| debug.register_names.get(register - parameters.len()))
                .filter(|name| !name.is_empty())
                .cloned()
                .unwrap_or_else(|| format!("r{register}")),
        }
    }

    pub(crate) fn delete_cell(&mut self, cell: Value, variable: Variable) -> Result<(), Raised> {
        match cell.cast::<Cell>() {
            Some(mut typed) if !typed.value.is_unset() => {
                let former = core::mem::replace(&mut typed.value, Value::UNSET);
                self.release(former);
                Ok(())
            }
            _ => self.raise_empty_cell(cell, variable).map(|_| ()),
        }
    }

    /// `slice(...)` of a window of three registers, which are taken.
    pub(crate) fn make_slice(&mut self, registers: Registers, first: u8) -> Result<Value, Raised> {
        let bounds = [0, 1, 2].map(|index| registers.get(first + index));
        let [start, stop, step] = bounds;
        let slice = self.make(|header| Slice {
            header,
            start,
            stop,
            step,
        })?;
        registers.forget(first, 3);
        Ok(slice.value())
    }

    pub(crate) fn make_tuple(
        &mut self,
        registers: Registers,
        first: u8,
        count: u8,
    ) -> Result<Value, Raised> {
        let window = registers.window(first, count as usize);
        let tuple = self.new_tuple_taking(window)?;
        registers.forget(first, count as usize);
        Ok(tuple)
    }

    pub(crate) fn make_list(
        &mut self,
        registers: Registers,
        first: u8,
        count: u8,
    ) -> Result<Value, Raised> {
        let mut items = self.values_with_capacity(count as usize)?;
        for index in 0..count {
            let value = registers.take(first + index);
            self.push_value(&mut items, value)?;
        }
        self.new_list(items)
    }

    pub(crate) fn make_set(
        &mut self,
        registers: Registers,
        first: u8,
        count: u8,
    ) -> Result<Value, Raised> {
        let set = self.new_set(false)?;
        for index in 0..count {
            let item = registers.get(first + index);
            if let Err(raised) = self.set_add(Obj::of(set.object_unchecked()), item) {
                self.aside(|vm| vm.release(set));
                return Err(raised);
            }
        }
        self.release_window(registers, first, count as usize);
        Ok(set)
    }

    pub(crate) fn make_dict(
        &mut self,
        registers: Registers,
        first: u8,
        pairs: u8,
    ) -> Result<Value, Raised> {
        let dict = self.new_dict()?;
        for pair in 0..pairs {
            let key = registers.get(first + 2 * pair);
            let value = registers.get(first + 2 * pair + 1);
            if let Err(raised) = self.dict_set(Obj::of(dict.object_unchecked()), key, value) {
                self.aside(|vm| vm.release(dict));
                return Err(raised);
            }
        }
        self.release_window(registers, first, 2 * pairs as usize);
        Ok(dict)
    }

    /// Releases a window of registers, which become unset.
    pub(crate) fn release_window(&mut self, registers: Registers, first: u8, count: usize) {
        for index in 0..count {
            let value = registers.take(first + index as u8);
            self.release(value);
        }
    }

    pub(crate) fn make_string(
        &mut self,
        registers: Registers,
        first: u8,
        count: u8,
    ) -> Result<Value, Raised> {
        let window = registers.window(first, count as usize);
        if let Some(&other) = window
            .iter()
            .find(|v| v.cast::<crate::object::Str>().is_none())
        {
            let message = format!("expected str instance, {} found", self.type_name(other));
            return Err(self.raise_type_error(&message));
        }
        let text = {
            let strings: Vec<Obj<crate::object::Str>> =
                window.iter().filter_map(|value| value.cast()).collect();
            let parts: Vec<&str> = strings.iter().map(|string| string.as_str()).collect();
            self.new_str_from_parts(&parts)?
        };
        self.release_window(registers, first, count as usize);
        Ok(text)
    }

    /// A value of a built-in type that an instruction needs; `TypeError` for others.
    fn operand<T: crate::object::Layout>(&mut self, value: Value) -> Result<Obj<T>, Raised> {
        match value.cast::<T>() {
            Some(typed) => Ok(typed),
            None => {
                let message = format!(
                    "the instruction needs a '{}', not '{}'",
                    T::KIND.type_name(),
                    self.type_name(value)
                );
                Err(self.raise_type_error(&message))
            }
        }
    }

    #[inline]
    pub(crate) fn append_to_list(&mut self, list: Value, item: Value) -> Result<(), Raised> {
        let list = self.operand::<List>(list)?;
        self.list_append(list, item)
    }

    pub(crate) fn extend_list(&mut self, list: Value, items: Value) -> Result<(), Raised> {
        let list = self.operand::<List>(list)?;
        self.list_extend(list, items)
    }

    pub(crate) fn add_to_set(&mut self, set: Value, item: Value) -> Result<(), Raised> {
        let set = self.operand::<Set>(set)?;
        self.set_add(set, item).map(|_| ())
    }

    pub(crate) fn update_set(&mut self, set: Value, items: Value) -> Result<(), Raised> {
        let set = self.operand::<Set>(set)?;
        self.set_update(set, items)
    }

    pub(crate) fn update_dict(
        &mut self,
        dict: Value,
        items: Value,
        merge: bool,
    ) -> Result<(), Raised> {
        let dict = self.operand::<Dict>(dict)?;
        if merge {
            self.dict_merge(dict, items)
        } else {
            self.dict_update(dict, items)
        }
    }

    /// `a, b, c = iterable`.
    pub(crate) fn unpack(
        &mut self,
        registers: Registers,
        first: u8,
        iterable: Value,
        count: u8,
    ) -> Result<(), Raised> {
        let items = self.unpacked(iterable, count as usize, None)?;
        self.put_unpacked(registers, first, items);
        Ok(())
    }

    /// `a, *b, c = iterable`.
    pub(crate) fn unpack_star(
        &mut self,
        registers: Registers,
        first: u8,
        iterable: Value,
        before: u8,
        after: u8,
    ) -> Result<(), Raised> {
        let items = self.unpacked(iterable, before as usize, Some(after as usize))?;
        let middle_end = items.len() - after as usize;
        let middle = self.new_list_of(&items[before as usize..middle_end]);
        let middle = match middle {
            Ok(middle) => middle,
            Err(raised) => {
                self.aside(|vm| vm.release_all(&items));
                return Err(raised);
            }
        };
        let mut rest = items;
        let taken: Vec<Value> = rest.splice(before as usize..middle_end, [middle]).collect();
        self.put_unpacked(registers, first, rest);
        self.release_all(&taken);
        Ok(())
    }

    /// The items of an iterable that is unpacked: `count` of them, or at least `count + after`.
    /// Owned.
    fn unpacked(
        &mut self,
        iterable: Value,
        count: usize,
        after: Option<usize>,
    ) -> Result<Vec<Value>, Raised> {
        let iterator = match self.get_iter(iterable) {
            Ok(iterator) => iterator,
            Err(raised) => {
                if self.outcome.is_none()
                    && self.exception_is(Type::TypeError)
                    && self.special_method(iterable, self.names.iter).is_none()
                {
                    self.catch(Type::TypeError, raised)?;
                    let message = format!(
                        "cannot unpack non-iterable {} object",
                        self.type_name(iterable)
                    );
                    return Err(self.raise_type_error(&message));
                }
                return Err(raised);
            }
        };
        let mut items: Vec<Value> = Vec::new();
        // Without a star one item too many is asked for, to see that there is none.
        let limit = if after.is_some() {
            usize::MAX
        } else {
            count + 1
        };
        let failed = loop {
            if items.len() == limit {
                break None;
            }
            // The temporary vector is Rust's memory; the limit must hold for it too.
            if items.len() >= 1024
                && items.len() == items.capacity()
                && self.heap.heap_bytes() + items.len() * 16 > self.heap.limit_bytes()
            {
                break Some(self.raise(Type::MemoryError, ""));
            }
            match self.next(iterator) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => break None,
                Err(raised) => break Some(raised),
            }
        };
        self.aside(|vm| vm.release(iterator));
        let error =
            if failed.is_some() {
                failed
            } else {
                let needed = count + after.unwrap_or(0);
                let got = items.len();
                if got < needed {
                    let at_least = if after.is_some() { "at least " } else { "" };
                    Some(self.raise_value_error(&format!(
                        "not enough values to unpack (expected {at_least}{needed}, got {got})"
                    )))
                } else if after.is_none() && got > count {
                    Some(self.raise_value_error(&format!(
                        "too many values to unpack (expected {count})"
                    )))
                } else {
                    None
                }
            };
        match error {
            None => Ok(items),
            Some(raised) => {
                self.aside(|vm| vm.release_all(&items));
                Err(raised)
            }
        }
    }

    fn put_unpacked(&mut self, registers: Registers, first: u8, items: Vec<Value>) {
        for (index, item) in items.into_iter().enumerate() {
            let former = registers.replace(first + index as u8, item);
            self.release(former);
        }
    }

    pub(crate) fn format_simple(&mut self, value: Value, conversion: i8) -> Result<Value, Raised> {
        match conversion {
            0 => self.str_of(value),
            1 => self.repr(value),
            2 => self.ascii(value),
            _ => self.format(value, Value::UNSET),
        }
    }

    /// A function object for function `index` of the program; takes over the tuple of cells.
    pub(crate) fn make_function(
        &mut self,
        code: *const Code,
        index: u32,
        cells: Value,
    ) -> Result<Value, Raised> {
        // SAFETY: code lives as long as the machine.
        let program = unsafe { (*code).program() };
        let target = &program.codes[index as usize];
        let made = self.make(|header| Function {
            header,
            code: target,
            globals: program.namespace,
            name: target.name,
            qualified_name: target.qualified_name,
            free: cells,
            defaults: Value::UNSET,
            keyword_defaults: Value::UNSET,
            attributes: Value::UNSET,
        });
        match made {
            Ok(function) => {
                for value in [program.namespace, target.name, target.qualified_name] {
                    value.increment();
                }
                Ok(function.value())
            }
            Err(raised) => {
                self.aside(|vm| vm.release(cells));
                Err(raised)
            }
        }
    }

    pub(crate) fn set_defaults(&mut self, function: Value, values: Value) -> Result<(), Raised> {
        let mut function = self.operand::<Function>(function)?;
        self.operand::<Tuple>(values)?;
        let former = core::mem::replace(&mut function.defaults, values.increment());
        self.release(former);
        Ok(())
    }

    pub(crate) fn set_keyword_defaults(
        &mut self,
        function: Value,
        values: Value,
    ) -> Result<(), Raised> {
        let mut function = self.operand::<Function>(function)?;
        self.operand::<Dict>(values)?;
        let former = core::mem::replace(&mut function.keyword_defaults, values.increment());
        self.release(former);
        Ok(())
    }

    /// A class after template `index` of the program.
    pub(crate) fn make_class(
        &mut self,
        code: *const Code,
        bases: Value,
        index: u32,
    ) -> Result<Value, Raised> {
        // SAFETY: code lives as long as the machine.
        let program = unsafe { (*code).program() };
        let template = &program.module.classes[index as usize];
        let bases = self.operand::<Tuple>(bases)?;
        let bases: Vec<Value> = bases.as_slice().to_vec();
        let slots: Option<Vec<Value>> = template
            .slots
            .as_ref()
            .map(|slots| slots.iter().map(|name| program.name(*name)).collect());
        let name = program.name(template.name);
        let class = self.new_class(name, &bases, slots.as_deref())?;
        let mut fill = || -> Result<(), Raised> {
            let module = self.module_name(program.namespace);
            self.set_class_module(class, module);
            for (name, member) in &template.members {
                let value = match member {
                    Member::Function(function) => {
                        self.make_function(code, function.0, Value::UNSET)?
                    }
                    Member::Constant(constant) => {
                        program.constants[constant.0 as usize].increment()
                    }
                };
                let stored = self.set_attribute(class, program.name(*name), value);
                self.release(value);
                stored?;
            }
            self.finish_class(class)
        };
        match fill() {
            Ok(()) => Ok(class),
            Err(raised) => {
                self.aside(|vm| vm.release(class));
                Err(raised)
            }
        }
    }

    fn module_name(&self, module: Value) -> Value {
        module
            .cast::<Module>()
            .map_or(Value::UNSET, |module| module.name)
    }

    /// A module by name. Owned.
    pub(crate) fn import(&mut self, code: *const Code, name: u32) -> Result<Value, Raised> {
        // SAFETY: code lives as long as the machine.
        let name = unsafe { (*code).program().names[name as usize] };
        let found = self
            .modules
            .iter()
            .find(|(known, _)| *known == name)
            .map(|&(_, module)| module);
        match found {
            Some(module) => Ok(module.increment()),
            None => {
                let message = format!("No module named '{}'", self.text(name));
                Err(self.raise(Type::ModuleNotFoundError, &message))
            }
        }
    }

    /// `raise exception from cause`; no cause if unset.
    pub(crate) fn raise_instruction(
        &mut self,
        exception: Value,
        cause: Value,
    ) -> Result<(), Raised> {
        let exception =
            self.exception_from(exception, "exceptions must derive from BaseException")?;
        if !cause.is_unset() {
            let cause = if cause.is_none() {
                Ok(Value::NONE)
            } else {
                self.exception_from(cause, "exception causes must derive from BaseException")
            };
            let cause = match cause {
                Ok(cause) => cause,
                Err(raised) => {
                    self.aside(|vm| vm.release(exception));
                    return Err(raised);
                }
            };
            let mut typed = Obj::<Exception>::of(exception.object_unchecked());
            typed
                .object()
                .set_aux(typed.object().aux() | Exception::SUPPRESS_CONTEXT);
            let former = core::mem::replace(&mut typed.cause, cause);
            self.release(former);
        }
        Err(self.raise_value(exception))
    }

    /// An exception object of what a program raises: itself, or a new instance of the class. Owned.
    pub(crate) fn exception_from(&mut self, value: Value, message: &str) -> Result<Value, Raised> {
        if value.cast::<Exception>().is_some() {
            return Ok(value.increment());
        }
        let base = self.builtin(Type::BaseException).value();
        if value
            .cast::<Class>()
            .is_some_and(|class| class.is_subclass_of(base))
        {
            let made = self.call(value, &[])?;
            if made.cast::<Exception>().is_some() {
                return Ok(made);
            }
            self.release(made);
        }
        Err(self.raise_type_error(message))
    }

    /// Raises an exception object again: no new context.
    pub(crate) fn reraise_instruction(&mut self, exception: Value) -> Result<(), Raised> {
        if exception.cast::<Exception>().is_none() {
            return Err(self.raise_runtime_error("No active exception to reraise"));
        }
        self.exception = exception.increment();
        Err(Raised(()))
    }

    /// Makes an exception the one that is handled; returns the former one, owned.
    pub(crate) fn push_handled(&mut self, exception: Value) -> Result<Value, Raised> {
        self.check_handled(exception)?;
        let former = core::mem::replace(&mut self.handled, exception.increment());
        if let Some(frame) = self.frames.last_mut()
            && frame.saved_handled.is_unset()
        {
            frame.saved_handled = former.increment();
            frame.plain = false;
        }
        Ok(former)
    }

    /// Handles an owned exception (or `None`) again; returns what was handled, owned.
    pub(crate) fn pop_handled(&mut self, former: Value) -> Result<Value, Raised> {
        if let Err(raised) = self.check_handled(former) {
            self.aside(|vm| vm.release(former));
            return Err(raised);
        }
        Ok(core::mem::replace(&mut self.handled, former))
    }

    /// What is handled is an exception or `None`.
    fn check_handled(&mut self, value: Value) -> Result<(), Raised> {
        if value.is_none() || value.cast::<Exception>().is_some() {
            return Ok(());
        }
        let message = format!(
            "expected an exception or None, not '{}'",
            self.type_name(value)
        );
        Err(self.raise_type_error(&message))
    }

    /// Whether an exception matches a class or a tuple of classes.
    pub(crate) fn match_exception(&mut self, value: Value, class: Value) -> Result<bool, Raised> {
        let base = self.builtin(Type::BaseException).value();
        let valid = |class: Value| {
            class
                .cast::<Class>()
                .is_some_and(|class| class.is_subclass_of(base))
        };
        let of = self.class_of(value);
        if let Some(classes) = class.cast::<Tuple>() {
            if classes.as_slice().iter().all(|&class| valid(class)) {
                return Ok(classes
                    .as_slice()
                    .iter()
                    .any(|&class| of.is_subclass_of(class)));
            }
        } else if valid(class) {
            return Ok(of.is_subclass_of(class));
        }
        Err(self.raise_type_error(
            "catching classes that do not inherit from BaseException is not allowed",
        ))
    }

    /// `return` from a frame that is more than a plain call. `Ok(Some)`: an entry frame was left.
    pub(crate) fn return_slow(&mut self, value: Value) -> Result<Option<Completion>, Raised> {
        let Some(frame) = self.frames.last() else {
            return Ok(Some(Completion::Returned(value)));
        };
        let (kind, entry, result_register) = (frame.kind, frame.entry, frame.result_register);
        let mut result = value;
        match kind {
            FrameKind::Call => {}
            FrameKind::Construct => {
                if !value.is_none() {
                    let message = format!(
                        "__init__() should return None, not '{}'",
                        self.type_name(value)
                    );
                    self.release(value);
                    return Err(self.raise_type_error(&message));
                }
                result = frame.extra.increment();
            }
            FrameKind::Generator | FrameKind::LoopGenerator => {
                if let Some(generator) = frame.extra.cast() {
                    self.finish_generator(generator);
                }
            }
        }
        self.leave_frame();
        if entry {
            return Ok(Some(Completion::Returned(result)));
        }
        let Some(caller) = self.frames.last_mut() else {
            return Ok(Some(Completion::Returned(result)));
        };
        if kind.is_generator() {
            if kind == FrameKind::Generator {
                caller.take_jump();
            }
            self.release(result);
        } else {
            let former = Registers::new(caller.registers).replace(result_register, result);
            self.release(former);
        }
        Ok(None)
    }

    /// `yield` of an owned value. `Some`: an entry frame was left.
    pub(crate) fn yield_value(
        &mut self,
        value: Value,
        resume: u32,
        sent_register: u8,
    ) -> Option<Completion> {
        let (entry, result_register, kind) = match self.frames.last() {
            Some(frame) => (frame.entry, frame.result_register, frame.kind),
            None => return Some(Completion::Yielded(value)),
        };
        self.suspend_generator(resume, sent_register);
        if entry {
            return Some(Completion::Yielded(value));
        }
        if let Some(caller) = self.frames.last_mut() {
            if kind == FrameKind::LoopGenerator {
                caller.take_jump();
            }
            let former = Registers::new(caller.registers).replace(result_register, value);
            self.release(former);
        }
        None
    }

    /// The first step of `yield_from`; takes the iterator over, and keeps it while it yields.
    pub(crate) fn begin_delegation(&mut self, iterator: Value) -> Result<Completion, Raised> {
        let step = self.step_delegate(iterator, Value::NONE);
        let generator = self.frames.last().and_then(|frame| frame.extra.cast());
        match (step, generator) {
            (Ok(Completion::Yielded(value)), Some(generator)) => {
                let mut generator: Obj<crate::object::Generator> = generator;
                generator.delegate = iterator;
                Ok(Completion::Yielded(value))
            }
            (step, _) => {
                self.aside(|vm| vm.release(iterator));
                step
            }
        }
    }
}

/// The name of a free variable, as far as it is known.
fn free_name(code: &Code, index: u16) -> String {
    code.function_debug()
        .and_then(|debug| debug.free_names.get(index as usize).cloned())
        .unwrap_or_else(|| format!("{index}"))
}
