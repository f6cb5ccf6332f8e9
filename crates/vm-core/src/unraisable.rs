//! Exceptions that nobody can catch: a finalizer, or a callback that the machine called, raised
//! them.
//!
//! 1. A run that ended by a limit reports nothing.
//! 2. If the program set `sys.unraisablehook`, it is called with an object that has the exception
//!    and what failed. An exception that the hook raises is printed.
//! 3. Else the machine prints what CPython does: what failed, the traceback, class and message.
//!    Unlike for an uncaught exception, causes, contexts and notes are not shown.

use crate::object::Exception;
use crate::traceback::TEXT_BYTES_MAX;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use std::fmt::Write as _;

impl Vm {
    /// An exception on its way that nobody can catch, since a finalizer or a callback of the
    /// machine raised it: takes it, and gives it to `sys.unraisablehook`. `context` is what failed.
    pub(crate) fn report_unraisable(&mut self, _raised: Raised, context: Value) {
        let exception = self.take_exception();
        // A run that ended by a limit has no exception, and runs no more program code.
        if self.outcome.is_none() && !exception.is_unset() {
            context.increment();
            if !self.call_unraisable_hook(exception, context) {
                self.write_unraisable(exception, context, "Exception ignored in: ");
            }
            self.release(context);
        }
        self.release(exception);
    }

    /// Calls the hook that the program set; false if it set none, or memory is short.
    fn call_unraisable_hook(&mut self, exception: Value, context: Value) -> bool {
        let Some(hook) = self.program_unraisable_hook() else {
            return false;
        };
        let arguments = match self.unraisable_arguments(exception, context) {
            Ok(arguments) => arguments,
            Err(Raised(())) => {
                self.drop_exception();
                self.release(hook);
                return false;
            }
        };
        let result = self.call(hook, &[arguments]);
        match result {
            Ok(value) => self.release(value),
            Err(Raised(())) => {
                let second = self.take_exception();
                if self.outcome.is_none() {
                    self.write_unraisable(
                        second,
                        hook,
                        "Exception ignored in sys.unraisablehook: ",
                    );
                }
                self.release(second);
            }
        }
        self.release(arguments);
        self.release(hook);
        true
    }

    /// The default hook (step 3).
    pub(crate) fn write_unraisable(&mut self, exception: Value, context: Value, title: &str) {
        let mut text = String::new();
        if !context.is_none() {
            let shown = self.text_for_report(context, Vm::repr);
            let shown = shown.as_deref().unwrap_or("<object repr() failed>");
            let _ = writeln!(text, "{title}{shown}");
        }
        if let Some(typed) = exception.cast::<Exception>() {
            self.write_traceback(&mut text, typed.traceback, TEXT_BYTES_MAX);
        }
        let class = self.class_for_report(exception);
        let message = self.message_for_report(exception);
        let message = message.as_deref().unwrap_or("<exception str() failed>");
        let _ = writeln!(text, "{class}: {message}");
        self.write_error(&text);
    }
}
