//! Instructions that raise, handle and match exceptions.

use crate::interpreter::Registers;
use crate::interpreter::counting::counted;
use crate::object::{Class, Exception, Obj, Tuple};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use vm_bytecode::Word;

impl Vm {
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
                    self.aside(|vm| vm.give_back(exception));
                    return Err(raised);
                }
            };
            let mut typed = Obj::<Exception>::of(exception.object_unchecked());
            typed
                .object()
                .set_aux(typed.object().aux() | Exception::SUPPRESS_CONTEXT);
            let former = core::mem::replace(&mut typed.cause, cause);
            self.give_back(former);
        }
        Err(self.raise_value(exception))
    }

    /// An exception object of what a program raises: itself, or a new instance of the class. Owned.
    pub(crate) fn exception_from(&mut self, value: Value, message: &str) -> Result<Value, Raised> {
        if value.cast::<Exception>().is_some() {
            return Ok(self.further(value));
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
            self.give_back(made);
        }
        Err(self.raise_type_error(message))
    }

    /// Raises an exception object again: no new context.
    pub(crate) fn reraise_instruction(&mut self, exception: Value) -> Result<(), Raised> {
        if exception.cast::<Exception>().is_none() {
            return Err(self.raise_runtime_error("No active exception to reraise"));
        }
        self.exception = self.further(exception);
        Err(Raised(()))
    }

    /// `RecursionError`: there is no room for a frame.
    #[cold]
    pub(crate) fn raise_too_deep(&mut self) -> Raised {
        let depth_max = self.limits.config.call_depth_max as u64;
        self.collector.limit_hit("call_depth", depth_max);
        self.raise_recursion_error("maximum recursion depth exceeded")
    }

    /// The same where the loop itself was about to push it, for a call of `WORDS` words.
    #[cold]
    pub(crate) fn raise_recursion<const WORDS: usize>(&mut self, owned: [Value; 2]) {
        let _raised = self.raise_too_deep();
        self.drop_failed_call::<WORDS>();
        self.aside(|vm| vm.give_back_all(&owned));
    }

    /// A call raised, whose instruction has `WORDS` words: `call` one, `call_method` two. It takes its window all
    /// the same: callee, or what the result replaces, and arguments. The loop saved the place behind it.
    #[cold]
    #[inline(never)]
    pub(crate) fn drop_failed_call<const WORDS: usize>(&mut self) {
        let frame = self.frames.top();
        // SAFETY: the frame's place is behind an instruction of that many words.
        let word = Word(unsafe { (*frame.instruction.sub(WORDS)).get() });
        let registers = Registers::new(frame.registers);
        // Of `call_method`, the receiver is not among the arguments that are counted.
        let count = usize::from(word.b()) + WORDS;
        self.aside(|vm| vm.release_window(registers, word.a(), count));
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
            self.count_references(move || (counted(&[exception, former]), 0));
        } else {
            self.count_references(move || (counted(&[exception]), 0));
        }
        Ok(former)
    }

    /// Handles an owned exception (or `None`) again; returns what was handled, owned.
    pub(crate) fn pop_handled(&mut self, former: Value) -> Result<Value, Raised> {
        if let Err(raised) = self.check_handled(former) {
            self.aside(|vm| vm.give_back(former));
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
}
