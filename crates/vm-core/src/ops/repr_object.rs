//! `repr` of functions, classes and other objects that are no containers.

use crate::object::{
    BoundMethod, Cell, Class, ClassMethod, Function, Generator, Kind, Module, NativeFunction, Obj,
    Range, Slice, StaticMethod, Super, WeakRef,
};
use crate::ops::text_builder::TextBuilder;
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    /// Functions, classes and what else has parts that are shown.
    pub(super) fn push_other(
        &mut self,
        text: &mut TextBuilder,
        value: Value,
    ) -> Result<(), Raised> {
        let address = value.bits();
        if let Some(range) = value.cast::<Range>() {
            let parts = [range.start, range.stop, range.step];
            let shown = if range.step == Value::from_i32(1) {
                &parts[..2]
            } else {
                &parts[..]
            };
            return self.push_call(text, "range(", shown);
        }
        if let Some(slice) = value.cast::<Slice>() {
            return self.push_call(text, "slice(", &[slice.start, slice.stop, slice.step]);
        }
        if let Some(method) = value.cast::<StaticMethod>() {
            return self.push_around(text, "<staticmethod(", method.function, ")>");
        }
        if let Some(method) = value.cast::<ClassMethod>() {
            return self.push_around(text, "<classmethod(", method.function, ")>");
        }
        if let Some(method) = value.cast::<BoundMethod>() {
            return self.push_bound_method(text, method);
        }
        let description = if let Some(function) = value.cast::<Function>() {
            format!(
                "<function {} at {address:#x}>",
                self.text(function.qualified_name)
            )
        } else if let Some(function) = value.cast::<NativeFunction>() {
            self.native_function_text(function)
        } else if value.kind() == Some(Kind::Class) {
            format!("<class '{}'>", self.class_path(value))
        } else if let Some(generator) = value.cast::<Generator>() {
            format!(
                "<generator object {} at {address:#x}>",
                self.text(generator.qualified_name)
            )
        } else if let Some(module) = value.cast::<Module>() {
            match self.text(module.name) {
                "__main__" => "<module '__main__'>".to_owned(),
                name => format!("<module '{name}' (built-in)>"),
            }
        } else if let Some(cell) = value.cast::<Cell>() {
            match cell.value.set() {
                None => format!("<cell at {address:#x}: empty>"),
                Some(held) => format!(
                    "<cell at {address:#x}: {} object at {:#x}>",
                    self.type_name(held),
                    held.bits()
                ),
            }
        } else if let Some(reference) = value.cast::<WeakRef>() {
            match reference.target.map(Value::from_object) {
                None => format!("<weakref at {address:#x}; dead>"),
                Some(target) => format!(
                    "<weakref at {address:#x}; to '{}' at {:#x}>",
                    self.type_name(target),
                    target.bits()
                ),
            }
        } else if let Some(proxy) = value.cast::<Super>() {
            let receiver = proxy.receiver_class.cast::<Class>();
            let receiver = receiver.map(|class| self.text(class.name).to_owned());
            let class = proxy.class.cast::<Class>();
            let class = class.map_or("", |class| self.text(class.name));
            match receiver {
                Some(name) => format!("<super: <class '{class}'>, <{name} object>>"),
                None => format!("<super: <class '{class}'>, NULL>"),
            }
        } else {
            format!(
                "<{} object at {address:#x}>",
                self.class_path(self.class_of(value).value())
            )
        };
        text.push(self, &description)
    }

    fn push_call(
        &mut self,
        text: &mut TextBuilder,
        open: &str,
        arguments: &[Value],
    ) -> Result<(), Raised> {
        text.push(self, open)?;
        for (index, &argument) in arguments.iter().enumerate() {
            if index > 0 {
                text.push(self, ", ")?;
            }
            self.push_repr(text, argument)?;
        }
        text.push(self, ")")
    }

    fn push_around(
        &mut self,
        text: &mut TextBuilder,
        before: &str,
        inner: Value,
        after: &str,
    ) -> Result<(), Raised> {
        self.nested(|vm| {
            text.push(vm, before)?;
            vm.push_repr_kept(text, inner)?;
            text.push(vm, after)
        })
    }

    fn push_bound_method(
        &mut self,
        text: &mut TextBuilder,
        method: Obj<BoundMethod>,
    ) -> Result<(), Raised> {
        let Some(native) = method.function.cast::<NativeFunction>() else {
            let name = match method.function.cast::<Function>() {
                Some(function) => self.text(function.qualified_name).to_owned(),
                None => "?".to_owned(),
            };
            let before = format!("<bound method {name} of ");
            return self.push_around(text, &before, method.receiver, ">");
        };
        let what = if self.is_special(native) {
            "method-wrapper"
        } else {
            "built-in method"
        };
        let name = self.text(native.name);
        let name = if self.is_special(native) {
            format!("'{name}'")
        } else {
            name.to_owned()
        };
        let (owner, address) = (self.type_name(method.receiver), method.receiver.bits());
        text.push(
            self,
            &format!("<{what} {name} of {owner} object at {address:#x}>"),
        )
    }

    fn native_function_text(&self, function: Obj<NativeFunction>) -> String {
        let name = self.text(function.name);
        match function.owner.cast::<Class>() {
            Some(owner) if function.object().aux() & NativeFunction::METHOD != 0 => {
                let what = if self.is_special(function) {
                    "slot wrapper"
                } else {
                    "method"
                };
                format!("<{what} '{name}' of '{}' objects>", self.text(owner.name))
            }
            _ => format!("<built-in function {name}>"),
        }
    }

    /// Whether a native function is called by an operator: `__add__` and the like.
    fn is_special(&self, function: Obj<NativeFunction>) -> bool {
        let name = self.text(function.name);
        name.starts_with("__") && name.ends_with("__")
    }
}
