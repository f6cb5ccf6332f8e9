//! Raising exceptions from native code.

use crate::object::{Class, Exception, Obj};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use vm_heap::OutOfMemory;

macro_rules! raise_methods {
    ($($name:ident: $class:ident),* $(,)?) => {
        impl Vm {
            $(
                #[doc = concat!("Raises `", stringify!($class), "` with a message.")]
                #[cold]
                pub(crate) fn $name(&mut self, message: &str) -> Raised {
                    self.raise(Type::$class, message)
                }
            )*
        }
    };
}

raise_methods! {
    raise_type_error: TypeError, raise_value_error: ValueError, raise_index_error: IndexError,
    raise_name_error: NameError, raise_attribute_error: AttributeError,
    raise_overflow_error: OverflowError, raise_zero_division: ZeroDivisionError,
    raise_runtime_error: RuntimeError, raise_system_error: SystemError,
    raise_recursion_error: RecursionError,
}

impl Vm {
    /// Raises an exception of a built-in class with a message.
    #[cold]
    pub(crate) fn raise(&mut self, class: Type, message: &str) -> Raised {
        match self.new_str(message) {
            Ok(text) => {
                let raised = self.raise_with(class, text);
                self.release(text);
                raised
            }
            Err(raised) => raised,
        }
    }

    /// Raises an exception of a built-in class with one argument (borrowed).
    #[cold]
    pub(crate) fn raise_with(&mut self, class: Type, argument: Value) -> Raised {
        let arguments = if argument.is_unset() {
            &[][..]
        } else {
            &[argument][..]
        };
        let class = self.builtin(class);
        match self.new_exception(class, arguments) {
            Ok(exception) => self.raise_value(exception),
            Err(raised) => raised,
        }
    }

    /// A new exception of a class below `BaseException`, without running program code. Owned.
    pub(crate) fn new_exception(
        &mut self,
        class: Obj<Class>,
        arguments: &[Value],
    ) -> Result<Value, Raised> {
        let args = self.new_tuple(arguments)?;
        let made = self.make(|header| Exception {
            header,
            class: class.value(),
            args,
            traceback: Value::NONE,
            cause: Value::NONE,
            context: Value::NONE,
            attributes: Value::UNSET,
        });
        match made {
            Ok(exception) => {
                class.value().increment();
                Ok(exception.value())
            }
            Err(raised) => {
                self.release(args);
                Err(raised)
            }
        }
    }

    /// Raises an owned exception object. If another exception is being handled, it becomes the
    /// context.
    #[cold]
    pub(crate) fn raise_value(&mut self, exception: Value) -> Raised {
        debug_assert!(self.exception.is_unset(), "one exception at a time");
        if let Some(mut new) = exception.cast::<Exception>()
            && self.handled != exception
            && !self.handled.is_none()
            && new.context.is_none()
        {
            self.break_context_cycle(exception);
            new.context = self.handled.increment();
        }
        self.release(self.exception);
        self.exception = exception;
        Raised(())
    }

    /// Removes `exception` from the chain of contexts that it is about to be put in front of.
    fn break_context_cycle(&mut self, exception: Value) {
        let mut place = self.handled;
        // A chain may be a circle already (a program can set `__context__`): go round once.
        let mut slow = place;
        let mut steps = 0usize;
        while let Some(mut current) = place.cast::<Exception>() {
            if current.context == exception {
                current.context = Value::NONE;
                self.release(exception);
                return;
            }
            place = current.context;
            steps += 1;
            if steps.is_multiple_of(2) {
                slow = slow
                    .cast::<Exception>()
                    .map_or(Value::NONE, |exception| exception.context);
                if slow == place {
                    return;
                }
            }
        }
    }

    /// Raises the `MemoryError` that was made in advance.
    #[cold]
    pub(crate) fn raise_memory_error(&mut self, _error: OutOfMemory) -> Raised {
        if self.memory_error.is_unset() {
            // Only while the machine itself is being made.
            return Raised(());
        }
        self.limit_was_reached();
        let prepared = self.memory_error;
        if let Some(mut error) = prepared.cast::<Exception>() {
            let former = [error.traceback, error.context, error.cause];
            error.traceback = Value::NONE;
            error.context = Value::NONE;
            error.cause = Value::NONE;
            self.release_all(&former);
        }
        self.release(self.exception);
        self.exception = Value::UNSET;
        self.raise_value(prepared.increment())
    }

    /// Takes the exception on its way; owned. Unset if the run ended with an [`crate::Outcome`].
    pub(crate) fn take_exception(&mut self) -> Value {
        core::mem::replace(&mut self.exception, Value::UNSET)
    }

    /// Whether the exception on its way is an instance of a built-in class.
    pub(crate) fn exception_is(&self, class: Type) -> bool {
        let class = self.builtin(class).value();
        self.exception
            .cast::<Exception>()
            .and_then(|exception| exception.class.cast::<Class>())
            .is_some_and(|of| of.is_subclass_of(class))
    }

    /// Drops the exception on its way if it is of a built-in class; else passes it on.
    pub(crate) fn catch(&mut self, class: Type, raised: Raised) -> Result<(), Raised> {
        if self.outcome.is_none() && self.exception_is(class) {
            let exception = self.take_exception();
            self.release(exception);
            Ok(())
        } else {
            Err(raised)
        }
    }
}
