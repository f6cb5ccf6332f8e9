//! Calls whose callee and arguments are in a window of registers, as instructions make them.

use crate::code::{Code, Found, Site};
use crate::interpreter::Registers;
use crate::interpreter::call::{Call, Entered, NATIVE_CALL_INSTRUCTIONS};
use crate::interpreter::counting::counted;
use crate::native::Arguments;
use crate::object::{
    Class, Dict, Function, Instance, Kind, List, NativeCode, NativeFunction, NativeImplementation,
    Obj, Tuple,
};
use crate::stack::{Frame, FrameKind};
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    /// The machine's own code that a call of `callee` runs at once, and where in the window its arguments begin: a
    /// function's behind it (1), a class' with the class in front, as its `__new__` wants it (0).
    #[inline(always)]
    pub(crate) fn direct_native(&self, callee: Value) -> Option<(NativeCode, u8)> {
        let (native, first) = if let Some(native) = callee.cast::<NativeFunction>() {
            (native, 1)
        } else {
            let class = callee.cast::<Class>()?;
            if class.init_epoch != self.class_epoch {
                return None;
            }
            (class.init.cast::<NativeFunction>()?, 0)
        };
        match native.implementation {
            NativeImplementation::Code(code) => Some((code, first)),
            NativeImplementation::Host(_) => None,
        }
    }

    /// The `call` instruction in general. True: a frame was pushed.
    pub(crate) fn enter_call_window(
        &mut self,
        registers: Registers,
        callee: Value,
        first: u8,
        count: usize,
        names: Value,
        result_register: u8,
    ) -> Result<bool, Raised> {
        if names.is_unset()
            && let Some((native, behind)) = self.direct_native(callee)
        {
            // One call may do the work of many instructions: the clock is looked at sooner.
            self.next_check = self.next_check.saturating_sub(NATIVE_CALL_INSTRUCTIONS);
            let values = registers.window(
                result_register.wrapping_add(behind),
                count + 1 - usize::from(behind),
            );
            let result = match native(self, Arguments::new(values, Value::UNSET)) {
                Ok(result) => result,
                Err(raised) => {
                    self.aside(|vm| vm.release_window(registers, result_register, count + 1));
                    return Err(raised);
                }
            };
            self.drop_window(registers, result_register, count + 1);
            registers.write(result_register, result);
            return Ok(false);
        }
        let arguments = registers.window(first, count);
        let call = Call {
            receiver: Value::UNSET,
            arguments,
            names,
            entry: false,
            result_register,
        };
        // The instruction takes the callee and the arguments, also when it fails.
        let callee = registers.take(result_register);
        let entered = self.enter(callee, call);
        self.finish_window(registers, callee, first, count, result_register, entered)
    }

    #[inline(always)]
    fn finish_window(
        &mut self,
        registers: Registers,
        callee: Value,
        first: u8,
        count: usize,
        result_register: u8,
        entered: Result<Entered, Raised>,
    ) -> Result<bool, Raised> {
        let window = registers.window(first, count);
        self.count_references(move || (0, counted(window) + counted(&[callee])));
        let entered = match entered {
            Ok(entered) => entered,
            Err(raised) => {
                self.aside(|vm| {
                    vm.drop_window(registers, first, count);
                    vm.release(callee);
                });
                return Err(raised);
            }
        };
        debug_assert!(self.exception.is_unset());
        self.drop_window(registers, first, count);
        self.release(callee);
        match entered {
            Entered::Frame => Ok(true),
            Entered::Value(value) => {
                registers.write(result_register, value);
                Ok(false)
            }
        }
    }

    /// The `call_ex` instruction: callee, tuple of positional arguments, dict of keywords or None.
    pub(crate) fn enter_call_ex(
        &mut self,
        registers: Registers,
        first: u8,
    ) -> Result<bool, Raised> {
        let callee = registers.take(first);
        let positional = registers.get(first + 1);
        let keywords = registers.get(first + 2);
        let entered = self
            .call_ex_arguments(positional, keywords)
            .and_then(|(values, names)| {
                let call = Call {
                    receiver: Value::UNSET,
                    arguments: &values,
                    names,
                    entry: false,
                    result_register: first,
                };
                let entered = self.enter(callee, call);
                self.aside(|vm| {
                    vm.give_back_all(&values);
                    vm.give_back(names);
                });
                entered
            });
        self.finish_window(registers, callee, first + 1, 2, first, entered)
    }

    /// The arguments of `call_ex`, owned: values, and the tuple of names or unset.
    fn call_ex_arguments(
        &mut self,
        positional: Value,
        keywords: Value,
    ) -> Result<(Vec<Value>, Value), Raised> {
        let mut values: Vec<Value> = match (positional.cast::<Tuple>(), positional.cast::<List>()) {
            (Some(tuple), _) => tuple.as_slice().to_vec(),
            (_, Some(list)) => list.items.as_slice().to_vec(),
            _ => {
                let message = format!(
                    "argument after * must be a tuple, not {}",
                    self.type_name(positional)
                );
                return Err(self.raise_type_error(&message));
            }
        };
        let mut names = Vec::new();
        if let Some(dict) = keywords.cast::<Dict>() {
            for entry in dict.table.iter() {
                if entry.key.cast::<crate::object::Str>().is_none() {
                    return Err(self.raise_type_error("keywords must be strings"));
                }
                names.push(entry.key);
                values.push(entry.value);
            }
        } else if !keywords.is_none() && !keywords.is_unset() {
            let message = format!(
                "argument after ** must be a mapping, not {}",
                self.type_name(keywords)
            );
            return Err(self.raise_type_error(&message));
        }
        let names = if names.is_empty() {
            Value::UNSET
        } else {
            self.new_tuple(&names)?
        };
        for &value in &values {
            self.further(value);
        }
        Ok((values, names))
    }

    /// The `call_method` instruction in general: looks the method up, fills the cache, and calls.
    /// `count` includes the receiver. True: a frame was pushed.
    pub(crate) fn enter_method_call(
        &mut self,
        registers: Registers,
        result_register: u8,
        count: usize,
        site: *mut Site,
    ) -> Result<bool, Raised> {
        let former = registers.take(result_register);
        self.give_back(former);
        let first = result_register + 1;
        let receiver = registers.get(first);
        // SAFETY: sites live as long as their code, and only this machine changes them.
        let name = unsafe { (*site).name };
        let method = match self.method_of(receiver, name, site) {
            Ok(method) => method,
            Err(raised) => {
                self.aside(|vm| vm.release_window(registers, first, count));
                return Err(raised);
            }
        };
        let (callee, unbound) = method;
        if unbound
            && let Some(function) = callee.cast::<Function>()
            && self.push_window(function, registers, first, count, result_register)
        {
            return Ok(true);
        }
        let arguments = registers.window(first, count);
        let call = Call {
            receiver: Value::UNSET,
            arguments: if unbound { arguments } else { &arguments[1..] },
            names: Value::UNSET,
            entry: false,
            result_register,
        };
        let entered = self.enter(callee, call);
        self.finish_window(registers, callee, first, count, result_register, entered)
    }

    /// Whether the frame of a call of this code has room on both stacks.
    #[inline(always)]
    pub(crate) fn has_room_for_frame(&mut self, code: &Code) -> bool {
        !self.frames.is_full() && self.stack.has_room(code.frame_bytes as usize)
    }

    /// Pushes the frame of an owned function that takes just the values of the window, which move into it: as
    /// the loop does where its cache knows the function. False, and nothing is done, if there is more to it.
    fn push_window(
        &mut self,
        function: Obj<Function>,
        registers: Registers,
        first: u8,
        count: usize,
        result_register: u8,
    ) -> bool {
        // SAFETY: code lives as long as the machine.
        let code: &Code = unsafe { &*function.code };
        let bytes = code.frame_bytes as usize;
        if code.fast_arity as usize != count || !self.has_room_for_frame(code) {
            return false;
        }
        let base = self.stack.top;
        // SAFETY: the stack has room for that many bytes from `base` on, `count` registers are at most that.
        unsafe {
            self.stack.top = base.byte_add(bytes);
            for index in 0..count {
                base.add(index).write(registers.take(first + index as u8));
            }
        }
        self.frames.push(Frame {
            code,
            instruction: code.words.as_ptr(),
            registers: base,
            function: function.value(),
            extra: Value::UNSET,
            saved_handled: Value::UNSET,
            kind: FrameKind::Call,
            entry: false,
            plain: true,
            result_register,
        });
        true
    }

    /// What `receiver.name` calls: an unbound function that takes the receiver (true), or any
    /// callable that does not. Owned. Fills the cache where it can.
    fn method_of(
        &mut self,
        receiver: Value,
        name: Value,
        site: *mut Site,
    ) -> Result<(Value, bool), Raised> {
        let class = self.class_of(receiver);
        let found = self.lookup_in_class(class, name);
        match receiver.kind() {
            Some(Kind::Instance) => {
                let instance = Obj::<Instance>::of(receiver.object_unchecked());
                if found.kind() == Some(Kind::Function)
                    && !class.flags.has_getattribute
                    && instance.shape().slot(name).is_none()
                {
                    let filled = Site {
                        name,
                        shape: instance.shape,
                        key: Site::key(self.class_epoch, Found::Method),
                        slot: 0,
                        target: found.bits(),
                    };
                    // SAFETY: see `enter_method_call`.
                    unsafe { site.write(filled) };
                    return Ok((self.further(found), true));
                }
            }
            Some(Kind::Class | Kind::Module | Kind::Exception | Kind::Super | Kind::Function) => {}
            _ => {
                if found.kind() == Some(Kind::NativeFunction) {
                    let filled = Site {
                        name,
                        shape: class.object().address() as *const _,
                        key: Site::key(self.class_epoch, Found::Native),
                        slot: 0,
                        target: found.bits(),
                    };
                    let native = Obj::<NativeFunction>::of(found.object_unchecked());
                    if native.object().aux() & NativeFunction::METHOD != 0 {
                        // SAFETY: see `enter_method_call`.
                        unsafe { site.write(filled) };
                        return Ok((self.further(found), true));
                    }
                }
            }
        }
        Ok((self.get_attribute(receiver, name)?, false))
    }
}
