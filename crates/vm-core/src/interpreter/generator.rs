//! Generators: making, resuming, sending, throwing and closing.
//!
//! A generator's registers are in the generator object. Resuming pushes a frame that points there;
//! yielding pops it. The generator stays referenced by the frame while it runs.
//!
//! `yield_from` stores the iterator in the generator (`Generator::delegate`): while it is set, what
//! is sent or thrown goes to the delegate first, and the frame continues when the delegate ends.

use crate::code::Code;
use crate::interpreter::counting::counted;
use crate::interpreter::{Completion, Start};
use crate::object::{Exception, Function, Generator, GeneratorState, Obj};
use crate::stack::{Frame, FrameKind};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    /// A generator that will run `function` with these registers, which it takes over (also when it
    /// fails). Takes over a count of the function. Owned.
    pub(crate) fn new_generator(
        &mut self,
        function: Obj<Function>,
        registers: &[Value],
    ) -> Result<Value, Raised> {
        let fail = |vm: &mut Vm, error| {
            vm.give_back_all(registers);
            vm.give_back(function.value());
            Err(vm.raise_memory_error(error))
        };
        let bytes = size_of_val(registers);
        let buffer = match self.heap.allocate_buffer(bytes.max(16)) {
            Ok(buffer) => buffer.cast::<Value>(),
            Err(error) => return fail(self, error),
        };
        // SAFETY: the buffer has room for the registers and is new.
        unsafe {
            core::ptr::copy_nonoverlapping(registers.as_ptr(), buffer.as_ptr(), registers.len());
        }
        let made = self.make_sized(size_of::<Generator>(), |header| Generator {
            header,
            code: function.code,
            function: function.value(),
            name: function.name,
            qualified_name: function.qualified_name,
            delegate: Value::UNSET,
            handled: Value::NONE,
            registers: buffer,
            register_count: registers.len() as u32,
            resume: 0,
            state: GeneratorState::Created,
            sent_register: 0,
        });
        match made {
            Ok(generator) => {
                self.further(generator.name);
                self.further(generator.qualified_name);
                self.track(generator.object());
                Ok(generator.value())
            }
            Err(error) => {
                // SAFETY: allocated above with this size.
                unsafe { self.heap.free_buffer(buffer.cast(), bytes.max(16)) };
                fail(self, error)
            }
        }
    }

    /// Pushes the frame of a generator that is not running. `sent` is owned.
    pub(crate) fn push_generator_frame(
        &mut self,
        mut generator: Obj<Generator>,
        sent: Value,
        kind: FrameKind,
        entry: bool,
        result_register: u8,
    ) -> Result<(), Raised> {
        if self.frames.is_full() {
            self.give_back(sent);
            return Err(self.raise_too_deep());
        }
        let released = if generator.state == GeneratorState::Suspended {
            // SAFETY: the verifier checked the register of the `yield` that suspended it.
            unsafe {
                generator
                    .registers
                    .as_ptr()
                    .add(generator.sent_register as usize)
                    .replace(sent)
            }
        } else {
            sent
        };
        let handled = self.handled;
        self.count_references(move || {
            let outer = if generator.handled.is_none() {
                handled
            } else {
                Value::UNSET
            };
            (counted(&[generator.value(), outer]), counted(&[released]))
        });
        generator.state = GeneratorState::Running;
        let code: *const Code = generator.code;
        // SAFETY: code lives as long as the machine, and `resume` is an index into its words.
        let instruction = unsafe { &raw const (&(*code).words)[generator.resume as usize] };
        let inner = core::mem::replace(&mut generator.handled, Value::NONE);
        let outer = self.handled;
        self.handled = if inner.is_none() {
            outer.increment()
        } else {
            inner
        };
        let owner = generator.value().increment();
        self.frames.push(Frame {
            code,
            instruction,
            registers: generator.registers.as_ptr(),
            function: Value::UNSET,
            extra: owner,
            saved_handled: outer,
            kind,
            entry,
            plain: false,
            result_register,
        });
        // What dies of it may ask for this generator, which is running by now.
        self.release(released);
        Ok(())
    }

    /// Takes the frame of the running generator off because it yielded.
    pub(crate) fn suspend_generator(&mut self, resume: u32, sent_register: u8) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        let Some(mut generator) = frame.extra.cast::<Generator>() else {
            return;
        };
        generator.resume = resume;
        generator.sent_register = sent_register;
        generator.state = GeneratorState::Suspended;
        let inner = core::mem::replace(&mut self.handled, frame.saved_handled);
        let is_outer = inner == self.handled;
        self.count_references(move || {
            let inner = if is_outer { inner } else { Value::UNSET };
            (0, counted(&[inner, frame.extra]))
        });
        if is_outer {
            self.release(inner);
        } else {
            generator.handled = inner;
        }
        // The caller still holds the generator, so this is not its last count; a finalizer of one
        // that is nobody's any more runs here.
        self.release(frame.extra);
    }

    /// Refuses a generator that is on the stack of frames already.
    fn check_not_running(&mut self, generator: Obj<Generator>) -> Result<(), Raised> {
        if generator.state == GeneratorState::Running {
            return Err(self.raise_value_error("generator already executing"));
        }
        Ok(())
    }

    /// `generator.send(sent)`, `sent` borrowed: the yielded value, owned, or `None` at the end, when
    /// the returned value is in the exception `StopIteration` no one raised (`next` drops it).
    pub(crate) fn resume_generator(
        &mut self,
        generator: Obj<Generator>,
        sent: Value,
    ) -> Result<Option<Value>, Raised> {
        match self.send_to_generator(generator, sent)? {
            Completion::Yielded(value) => Ok(Some(value)),
            Completion::Returned(value) => {
                self.give_back(value);
                Ok(None)
            }
        }
    }

    /// As `resume_generator`, but says what was returned.
    pub(crate) fn send_to_generator(
        &mut self,
        mut generator: Obj<Generator>,
        sent: Value,
    ) -> Result<Completion, Raised> {
        self.check_not_running(generator)?;
        match generator.state {
            GeneratorState::Finished => return Ok(Completion::Returned(Value::NONE)),
            GeneratorState::Created if !sent.is_none() => {
                return Err(
                    self.raise_type_error("can't send non-None value to a just-started generator")
                );
            }
            _ => {}
        }
        if let Some(delegate) = generator.delegate.set() {
            delegate.increment();
            let keep = generator.value().increment();
            self.count_references(move || {
                let kept = counted(&[delegate, keep]);
                (kept, kept)
            });
            generator.state = GeneratorState::Running;
            let step = self.step_delegate(delegate, sent);
            generator.state = GeneratorState::Suspended;
            let result = match step {
                Ok(Completion::Yielded(value)) => Ok(Completion::Yielded(value)),
                Ok(Completion::Returned(value)) => {
                    self.drop_delegate(generator);
                    self.push_generator_frame(generator, value, FrameKind::Generator, true, 0)
                        .and_then(|()| self.run_entry(Start::Continue))
                }
                Err(_raised) => {
                    self.drop_delegate(generator);
                    self.throw_into_frame(generator)
                }
            };
            self.release(delegate);
            self.release(keep);
            return result;
        }
        let sent = self.further(sent);
        self.push_generator_frame(generator, sent, FrameKind::Generator, true, 0)?;
        self.run_entry(Start::Continue)
    }

    /// Ends the delegation of a generator.
    pub(crate) fn drop_delegate(&mut self, mut generator: Obj<Generator>) {
        let delegate = core::mem::replace(&mut generator.delegate, Value::UNSET);
        self.count_references(move || (0, counted(&[delegate])));
        self.aside_release(delegate);
    }

    /// One step of the iterator that `yield_from` delegates to.
    pub(crate) fn step_delegate(
        &mut self,
        delegate: Value,
        sent: Value,
    ) -> Result<Completion, Raised> {
        if let Some(inner) = delegate.cast::<Generator>() {
            return self.send_to_generator(inner, sent);
        }
        if sent.is_none() {
            if let Some(method) = self.special_method_of_program(delegate, self.names.next) {
                return match self.call_special(method, delegate, &[]) {
                    Ok(value) => Ok(Completion::Yielded(value)),
                    Err(raised) => self.stop_iteration_value(raised).map(Completion::Returned),
                };
            }
            return Ok(match self.next(delegate)? {
                Some(value) => Completion::Yielded(value),
                None => Completion::Returned(Value::NONE),
            });
        }
        match self.call_method(delegate, self.names.send, &[sent]) {
            Ok(value) => Ok(Completion::Yielded(value)),
            Err(raised) => self.stop_iteration_value(raised).map(Completion::Returned),
        }
    }

    /// If `StopIteration` is on its way: takes it, and returns its value, owned.
    pub(crate) fn stop_iteration_value(&mut self, raised: Raised) -> Result<Value, Raised> {
        if self.outcome.is_some() || !self.exception_is(Type::StopIteration) {
            return Err(raised);
        }
        let exception = self.take_exception();
        let mut value = Value::NONE;
        if let Some(typed) = exception.cast::<Exception>()
            && let Some(args) = typed.args.cast::<crate::object::Tuple>()
            && let Some(&first) = args.as_slice().first()
        {
            value = self.further(first);
        }
        self.give_back(exception);
        Ok(value)
    }

    /// Continues a suspended or new generator with the exception on its way.
    fn throw_into_frame(&mut self, mut generator: Obj<Generator>) -> Result<Completion, Raised> {
        if generator.state == GeneratorState::Created {
            generator.state = GeneratorState::Finished;
            return Err(Raised(()));
        }
        let exception = self.take_exception();
        let pushed =
            self.push_generator_frame(generator, Value::NONE, FrameKind::Generator, true, 0);
        if let Err(raised) = pushed {
            self.give_back(exception);
            return Err(raised);
        }
        self.exception = exception;
        self.run_entry(Start::Raising)
    }

    /// `generator.throw(exception)`, an exception object; takes it over.
    pub(crate) fn throw_to_generator(
        &mut self,
        mut generator: Obj<Generator>,
        exception: Value,
    ) -> Result<Completion, Raised> {
        if let Err(raised) = self.check_not_running(generator) {
            self.give_back(exception);
            return Err(raised);
        }
        if generator.state == GeneratorState::Finished {
            return Err(self.raise_value(exception));
        }
        if let Some(delegate) = generator.delegate.set() {
            delegate.increment();
            let keep = generator.value().increment();
            self.count_references(move || {
                let kept = counted(&[delegate, keep]);
                (kept, kept)
            });
            generator.state = GeneratorState::Running;
            let step = self.throw_to_delegate(delegate, exception);
            generator.state = GeneratorState::Suspended;
            let result = match step {
                Ok(Completion::Yielded(value)) => Ok(Completion::Yielded(value)),
                Ok(Completion::Returned(value)) => {
                    self.drop_delegate(generator);
                    self.push_generator_frame(generator, value, FrameKind::Generator, true, 0)
                        .and_then(|()| self.run_entry(Start::Continue))
                }
                Err(_raised) => {
                    self.drop_delegate(generator);
                    self.throw_into_frame(generator)
                }
            };
            self.release(delegate);
            self.release(keep);
            return result;
        }
        let _raised = self.raise_value(exception);
        self.throw_into_frame(generator)
    }

    fn throw_to_delegate(
        &mut self,
        delegate: Value,
        exception: Value,
    ) -> Result<Completion, Raised> {
        let exits = self.builtin(Type::GeneratorExit).value();
        if self.class_of(exception).is_subclass_of(exits) {
            // A delegate is closed, and the exception goes on in this frame.
            let closed = if let Some(inner) = delegate.cast::<Generator>() {
                self.close_generator(inner)
            } else {
                match self.get_attribute_optional(delegate, self.names.close) {
                    Ok(Some(close)) => {
                        let result = self.call(close, &[]);
                        self.give_back(close);
                        result.map(|value| self.give_back(value))
                    }
                    Ok(None) => Ok(()),
                    Err(raised) => Err(raised),
                }
            };
            return match closed {
                Ok(()) => Err(self.raise_value(exception)),
                Err(raised) => {
                    self.aside(|vm| vm.give_back(exception));
                    Err(raised)
                }
            };
        }
        if let Some(inner) = delegate.cast::<Generator>() {
            return self.throw_to_generator(inner, exception);
        }
        match self.get_attribute_optional(delegate, self.names.throw) {
            Ok(Some(throw)) => {
                let result = self.call(throw, &[exception]);
                self.aside(|vm| {
                    vm.give_back(throw);
                    vm.give_back(exception);
                });
                match result {
                    Ok(value) => Ok(Completion::Yielded(value)),
                    Err(raised) => self.stop_iteration_value(raised).map(Completion::Returned),
                }
            }
            Ok(None) => Err(self.raise_value(exception)),
            Err(raised) => {
                self.aside(|vm| vm.give_back(exception));
                Err(raised)
            }
        }
    }

    /// `generator.close()`.
    pub(crate) fn close_generator(&mut self, mut generator: Obj<Generator>) -> Result<(), Raised> {
        self.check_not_running(generator)?;
        match generator.state {
            GeneratorState::Finished => return Ok(()),
            GeneratorState::Created => {
                self.finish_generator(generator);
                return Ok(());
            }
            _ => {}
        }
        generator.state = GeneratorState::Suspended;
        let class = self.builtin(Type::GeneratorExit);
        let exit = self.new_exception(class, &[])?;
        match self.throw_to_generator(generator, exit) {
            Ok(Completion::Yielded(value)) => {
                self.give_back(value);
                Err(self.raise_runtime_error("generator ignored GeneratorExit"))
            }
            Ok(Completion::Returned(value)) => {
                self.give_back(value);
                Ok(())
            }
            Err(raised) if self.outcome.is_none() && self.exception_is(Type::GeneratorExit) => {
                self.catch(Type::GeneratorExit, raised)
            }
            Err(raised) => self.catch(Type::StopIteration, raised),
        }
    }

    /// A suspended generator dies: its `finally` blocks run.
    pub(crate) fn close_dying_generator(&mut self, generator: Obj<Generator>) {
        if let Err(raised) = self.close_generator(generator) {
            self.report_unraisable(raised, generator.value());
        }
    }
}
