//! Entering calls that are more than moving arguments: any callee, any arguments.
//!
//! Arguments are borrowed here: a new frame takes counts of its own, and the caller's window is
//! released afterwards. What pushes a frame returns to the loop; what does not is done at once.

use crate::code::Code;
use crate::interpreter::counting::{counted, counted_parameters};
use crate::interpreter::{Completion, Start};
use crate::native::Arguments;
use crate::object::{
    BoundMethod, Class, Function, Kind, NativeFunction, NativeImplementation, Obj, StaticMethod,
    Tuple,
};
use crate::stack::{Frame, FrameKind};
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// What entering a call did.
pub(crate) enum Entered {
    /// A frame was pushed; it runs next.
    Frame,
    /// The call is done; the result is owned.
    Value(Value),
}

/// One call, all of it borrowed.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    /// A first argument in front of the others (a method's receiver), or unset.
    pub(crate) receiver: Value,
    pub(crate) arguments: &'a [Value],
    /// Tuple of the names of the last arguments, or unset.
    pub(crate) names: Value,
    /// Whether native code waits for the result.
    pub(crate) entry: bool,
    /// Where the caller's frame wants it otherwise.
    pub(crate) result_register: u8,
}

impl Call<'_> {
    fn with_receiver(self, receiver: Value) -> Self {
        Call { receiver, ..self }
    }
}

/// How many instructions a call of a native function counts as when the machine decides how soon to
/// look at the clock and the cancel handle. Fuel counts it as one.
pub(super) const NATIVE_CALL_INSTRUCTIONS: u64 = 64;

/// Up to so many arguments, with the receiver, are put together without allocating.
const FEW_ARGUMENTS: usize = 8;

impl Vm {
    /// Begins any call.
    pub(crate) fn enter(&mut self, callee: Value, call: Call<'_>) -> Result<Entered, Raised> {
        let kind = callee.kind();
        if !call.receiver.is_unset() && !matches!(kind, Some(Kind::Function | Kind::NativeFunction))
        {
            // Only functions take a receiver in front; for others it becomes a plain argument.
            let mut all = Vec::with_capacity(call.arguments.len() + 1);
            all.push(call.receiver);
            all.extend_from_slice(call.arguments);
            let call = Call {
                receiver: Value::UNSET,
                arguments: &all,
                ..call
            };
            return self.enter(callee, call);
        }
        match kind {
            Some(Kind::Function) => self.enter_function(
                Obj::of(callee.object_unchecked()),
                call,
                FrameKind::Call,
                Value::UNSET,
            ),
            Some(Kind::NativeFunction) => {
                let native = Obj::<NativeFunction>::of(callee.object_unchecked());
                self.call_native(native, call).map(Entered::Value)
            }
            Some(Kind::BoundMethod) => {
                let method = Obj::<BoundMethod>::of(callee.object_unchecked());
                let (function, receiver) = (method.function, method.receiver);
                self.enter(function, call.with_receiver(receiver))
            }
            Some(Kind::Class) => self.enter_class(Obj::of(callee.object_unchecked()), call),
            Some(Kind::StaticMethod) => {
                // One may wrap another, to any depth.
                let mut function = callee;
                while let Some(method) = function.cast::<StaticMethod>() {
                    function = method.function;
                }
                self.enter(function, call)
            }
            Some(Kind::Instance | Kind::Exception) => {
                match self.special_method_of_program(callee, self.names.call) {
                    Some(method) => {
                        // A method that is an instance itself has a `__call__` too, and so on.
                        self.nested(|vm| {
                            vm.further(method);
                            let result = vm.enter(method, call.with_receiver(callee));
                            vm.aside(|vm| vm.give_back(method));
                            result
                        })
                    }
                    None => Err(self.raise_not_callable(callee)),
                }
            }
            Some(Kind::WeakRef) if call.arguments.is_empty() => {
                let reference = Obj::of(callee.object_unchecked());
                Ok(Entered::Value(self.weakref_value(reference)))
            }
            _ => Err(self.raise_not_callable(callee)),
        }
    }

    #[cold]
    fn raise_not_callable(&mut self, callee: Value) -> Raised {
        let message = format!("'{}' object is not callable", self.type_name(callee));
        self.raise_type_error(&message)
    }

    /// Calls a native function.
    fn call_native(
        &mut self,
        native: Obj<NativeFunction>,
        call: Call<'_>,
    ) -> Result<Value, Raised> {
        if call.receiver.is_unset() {
            return self.call_native_with(native, call.arguments, call.names);
        }
        let count = call.arguments.len() + 1;
        let mut few = [Value::UNSET; FEW_ARGUMENTS];
        if let Some(joined) = few.get_mut(..count) {
            joined[0] = call.receiver;
            joined[1..].copy_from_slice(call.arguments);
            return self.call_native_with(native, joined, call.names);
        }
        let mut joined = Vec::with_capacity(count);
        joined.push(call.receiver);
        joined.extend_from_slice(call.arguments);
        self.call_native_with(native, &joined, call.names)
    }

    /// Calls a native function with all its values in one place, those with `names` last. The function
    /// keeps itself alive while it runs.
    #[inline(always)]
    fn call_native_with(
        &mut self,
        native: Obj<NativeFunction>,
        values: &[Value],
        names: Value,
    ) -> Result<Value, Raised> {
        let keep = native.value().increment();
        self.count_references(move || {
            let count = counted(&[keep]);
            (count, count)
        });
        // One call may do the work of many instructions: the clock is looked at sooner.
        self.next_check = self.next_check.saturating_sub(NATIVE_CALL_INSTRUCTIONS);
        let result = match &native.implementation {
            NativeImplementation::Code(code) => code(self, Arguments::new(values, names)),
            NativeImplementation::Host(_) if !names.is_unset() => {
                Err(self.raise_type_error("the function takes no keyword arguments"))
            }
            NativeImplementation::Host(_) => self.call_host_function(native, values),
        };
        self.aside(|vm| vm.release(keep));
        result
    }

    /// Calls a function of the embedder's. It may change what it captured, so it is out of its object
    /// while it runs: a program that it calls back cannot enter it a second time.
    fn call_host_function(
        &mut self,
        mut native: Obj<NativeFunction>,
        values: &[Value],
    ) -> Result<Value, Raised> {
        let running = NativeImplementation::Code(|vm, _| {
            Err(vm.raise_runtime_error("host function is already running"))
        });
        let mut implementation = core::mem::replace(&mut native.implementation, running);
        let result = match &mut implementation {
            NativeImplementation::Host(function) => self.call_host(function, values),
            NativeImplementation::Code(code) => code(self, Arguments::new(values, Value::UNSET)),
        };
        native.implementation = implementation;
        result
    }

    /// Calls a class: makes an instance, and runs `__init__`.
    fn enter_class(&mut self, mut class: Obj<Class>, call: Call<'_>) -> Result<Entered, Raised> {
        let new = self.lookup_in_class(class, self.names.new);
        if class.flags.builtin {
            if new.kind() == Some(Kind::NativeFunction) {
                class.init = new;
                class.init_epoch = self.class_epoch;
            }
            if new.is_unset() {
                let message = format!("cannot create '{}' instances", self.text(class.name));
                return Err(self.raise_type_error(&message));
            }
            return self.enter(new, call.with_receiver(class.value()));
        }
        let instance = if new.kind() == Some(Kind::NativeFunction) || new.is_unset() {
            match class.instance_kind {
                Kind::Exception => {
                    let count = call.names.cast::<Tuple>().map_or(0, |names| names.length);
                    let positional = &call.arguments[..call.arguments.len() - count];
                    self.new_exception(class, positional)?
                }
                _ => self.new_instance(class)?,
            }
        } else {
            // A `__new__` of the program's own.
            let function = new
                .cast::<StaticMethod>()
                .map_or(new, |method| method.function);
            let nested = Call {
                receiver: class.value(),
                entry: true,
                ..call
            };
            let made = self.enter_nested(function, nested)?;
            if !self.class_of(made).is_subclass_of(class.value()) {
                return Ok(Entered::Value(made));
            }
            made
        };
        let mut class = self.class_of(instance);
        let init = self.lookup_in_class(class, self.names.init);
        if init.kind() == Some(Kind::Function)
            && class.instance_kind == Kind::Instance
            && (new.is_unset() || new.kind() == Some(Kind::NativeFunction))
        {
            class.init = init;
            class.init_epoch = self.class_epoch;
        }
        let result = match init.kind() {
            Some(Kind::Function) => self.enter_function(
                Obj::of(init.object_unchecked()),
                call.with_receiver(instance),
                FrameKind::Construct,
                instance,
            ),
            Some(Kind::NativeFunction) if class.instance_kind == Kind::Exception => {
                if call.names.is_unset() {
                    return Ok(Entered::Value(instance));
                }
                let message = format!("{}() takes no keyword arguments", self.text(class.name));
                Err(self.raise_type_error(&message))
            }
            Some(Kind::NativeFunction) | None => {
                let custom_new =
                    new.kind() == Some(Kind::Function) || new.kind() == Some(Kind::StaticMethod);
                if call.arguments.is_empty() || custom_new {
                    return Ok(Entered::Value(instance));
                }
                let message = format!("{}() takes no arguments", self.text(class.name));
                Err(self.raise_type_error(&message))
            }
            _ => {
                let nested = Call {
                    entry: true,
                    ..call
                };
                let made = self.bind_attribute(init, instance).and_then(|bound| {
                    let result = self.enter_nested(bound, nested);
                    self.aside(|vm| vm.give_back(bound));
                    result
                });
                made.map(|value| {
                    self.give_back(value);
                    Entered::Value(self.further(instance))
                })
            }
        };
        self.aside(|vm| vm.give_back(instance));
        result
    }

    /// A call within the call of a class, to its end. What is called may be a class again, even the same one,
    /// and so on: that nests natively before there is a frame.
    fn enter_nested(&mut self, callee: Value, call: Call<'_>) -> Result<Value, Raised> {
        match self.nested(|vm| vm.enter(callee, call))? {
            Entered::Value(value) => Ok(value),
            Entered::Frame => self.run_call(),
        }
    }

    /// Runs the entry frame on top, which is a call's.
    pub(crate) fn run_call(&mut self) -> Result<Value, Raised> {
        match self.run_entry(Start::Continue)? {
            Completion::Returned(value) | Completion::Yielded(value) => Ok(value),
        }
    }

    /// Calls a program function: binds the arguments to a new frame, or to a new generator.
    pub(crate) fn enter_function(
        &mut self,
        function: Obj<Function>,
        call: Call<'_>,
        kind: FrameKind,
        extra: Value,
    ) -> Result<Entered, Raised> {
        // SAFETY: code lives as long as the machine.
        let code: &Code = unsafe { &*function.code };
        let bytes = code.frame_bytes as usize;
        if !self.has_room_for_frame(code) {
            return Err(self.raise_too_deep());
        }
        let base = self.stack.top;
        // SAFETY: the stack has room for that many bytes of registers, which are unset; a function
        // has no more registers than that.
        let registers = unsafe {
            self.stack.top = base.byte_add(bytes);
            core::slice::from_raw_parts_mut(base, code.register_count as usize)
        };
        debug_assert!(registers.iter().all(|register| register.is_unset()));
        if let Err(raised) = self.bind_arguments(function, code, registers, call) {
            let taken: &[Value] = registers;
            self.count_references(move || (counted_parameters(taken, code), 0));
            let bound = registers.to_vec();
            registers.fill(Value::UNSET);
            self.stack.top = base;
            self.aside(|vm| vm.give_back_all(&bound));
            return Err(raised);
        }
        let taken: &[Value] = registers;
        self.count_references(move || {
            let owners = [function.value(), extra];
            (counted_parameters(taken, code) + counted(&owners), 0)
        });
        if code.generator {
            // They stay on the stack until they are copied, or released.
            function.value().increment();
            let made = self.new_generator(function, registers);
            registers.fill(Value::UNSET);
            self.stack.top = base;
            return made.map(Entered::Value);
        }
        self.frames.push(Frame {
            code,
            instruction: code.words.as_ptr(),
            registers: base,
            function: function.value().increment(),
            extra: extra.increment(),
            saved_handled: Value::UNSET,
            kind,
            entry: call.entry,
            plain: kind == FrameKind::Call && !call.entry,
            result_register: call.result_register,
        });
        Ok(Entered::Frame)
    }
}
