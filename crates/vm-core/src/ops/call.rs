//! Calls from native code.

use crate::interpreter::call::{Call, Entered};
use crate::object::{Kind, StaticMethod};
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    /// `callee(*arguments)`; all borrowed. Owned result. Program functions run to their end.
    pub(crate) fn call(&mut self, callee: Value, arguments: &[Value]) -> Result<Value, Raised> {
        self.call_with_keywords(callee, arguments, Value::UNSET)
    }

    /// A call whose last arguments have the keywords in the tuple `names`.
    pub(crate) fn call_with_keywords(
        &mut self,
        callee: Value,
        arguments: &[Value],
        names: Value,
    ) -> Result<Value, Raised> {
        self.call_in_full(callee, Value::UNSET, arguments, names)
    }

    fn call_in_full(
        &mut self,
        callee: Value,
        receiver: Value,
        arguments: &[Value],
        names: Value,
    ) -> Result<Value, Raised> {
        let call = Call {
            receiver,
            arguments,
            names,
            entry: true,
            result_register: 0,
        };
        // The callee may lose its last other count while it runs.
        callee.increment();
        let result = match self.enter(callee, call) {
            Ok(Entered::Value(value)) => Ok(value),
            Ok(Entered::Frame) => self.run_call(),
            Err(raised) => Err(raised),
        };
        self.aside(|vm| vm.release(callee));
        result
    }

    /// Calls what `special_method` found on the class of a receiver: binds and calls. Owned.
    pub(crate) fn call_special(
        &mut self,
        method: Value,
        receiver: Value,
        arguments: &[Value],
    ) -> Result<Value, Raised> {
        match method.kind() {
            Some(Kind::Function | Kind::NativeFunction) => {
                self.call_in_full(method, receiver, arguments, Value::UNSET)
            }
            Some(Kind::StaticMethod) => {
                let function = method.cast::<StaticMethod>().map_or(method, |m| m.function);
                self.call(function, arguments)
            }
            _ => {
                let bound = self.bind_attribute(method, receiver)?;
                let result = self.call(bound, arguments);
                self.aside(|vm| vm.release(bound));
                result
            }
        }
    }

    /// `receiver.name(*arguments)`, `name` interned. Owned.
    pub(crate) fn call_method(
        &mut self,
        receiver: Value,
        name: Value,
        arguments: &[Value],
    ) -> Result<Value, Raised> {
        let method = self.get_attribute(receiver, name)?;
        let result = self.call(method, arguments);
        self.aside(|vm| vm.release(method));
        result
    }

    /// Whether a value can be called.
    pub(crate) fn is_callable(&self, value: Value) -> bool {
        match value.kind() {
            Some(
                Kind::Function
                | Kind::NativeFunction
                | Kind::BoundMethod
                | Kind::Class
                | Kind::StaticMethod
                | Kind::WeakRef,
            ) => true,
            Some(Kind::Instance | Kind::Exception) => self
                .special_method_of_program(value, self.names.call)
                .is_some(),
            _ => false,
        }
    }
}
