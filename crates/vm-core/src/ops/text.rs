//! Text of values: str, repr and ascii of any value. Containers and objects are in `ops/repr.rs`,
//! `format` is in `ops/format.rs`.

use crate::object::{Class, Exception, Kind, Str, Tuple};
use crate::ops::number::Number;
use crate::ops::text_builder::TextBuilder;
use crate::pure::{float_text, integer_text, string_repr};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use num_bigint::BigInt;

/// The most decimal digits of an integer that is converted from or to text: both take time that
/// grows with the square of the digits.
pub(crate) const DECIMAL_DIGITS_MAX: usize = 4300;

impl Vm {
    /// `repr(value)`: a str. Owned.
    pub(crate) fn repr(&mut self, value: Value) -> Result<Value, Raised> {
        match value.kind() {
            Some(Kind::Instance | Kind::Exception) => self.repr_by_method(value, "__repr__"),
            _ => self.build_text(|vm, text| vm.push_repr(text, value)),
        }
    }

    /// `str(value)`: a str. Owned.
    pub(crate) fn str_of(&mut self, value: Value) -> Result<Value, Raised> {
        if let Some(integer) = value.as_int() {
            let mut digits = itoa::Buffer::new();
            let digits = digits.format(integer);
            return self.new_str_counted(&[digits], digits.len());
        }
        match value.kind() {
            Some(Kind::Str) => Ok(value.increment()),
            Some(Kind::Instance | Kind::Exception) => {
                match self.try_method(value, self.names.str, &[])? {
                    Some(text) => self.require_str(text, "__str__"),
                    None if value.kind() == Some(Kind::Exception) => self.str_of_exception(value),
                    None => self.repr_by_method(value, "__str__"),
                }
            }
            _ => self.repr(value),
        }
    }

    /// `ascii(value)`. Owned.
    pub(crate) fn ascii(&mut self, value: Value) -> Result<Value, Raised> {
        let repr = self.repr(value)?;
        let Some(text) = repr.cast::<Str>() else {
            return Ok(repr);
        };
        if text.is_ascii() {
            return Ok(repr);
        }
        // An escape is at most ten bytes for a character of four.
        let bytes = text.byte_length as usize * 5;
        let ascii = self.with_charged(bytes, |vm| {
            vm.new_str(&string_repr::escape_non_ascii(text.as_str()))
        });
        self.release(repr);
        ascii
    }

    /// Appends `str(value)`.
    pub(crate) fn push_str_of(
        &mut self,
        text: &mut TextBuilder,
        value: Value,
    ) -> Result<(), Raised> {
        match value.cast::<Str>() {
            Some(string) => text.push(self, string.as_str()),
            None if value.is_of_program_class() => {
                let string = self.str_of(value)?;
                self.push_owned(text, string)
            }
            None => self.push_repr(text, value),
        }
    }

    /// Appends an owned str, which is released.
    pub(crate) fn push_owned(
        &mut self,
        text: &mut TextBuilder,
        string: Value,
    ) -> Result<(), Raised> {
        let pushed = match string.cast::<Str>() {
            Some(part) => text.push(self, part.as_str()),
            None => Ok(()),
        };
        self.release(string);
        pushed
    }

    /// The owned result of a method that must be a str.
    pub(crate) fn require_str(&mut self, result: Value, method: &str) -> Result<Value, Raised> {
        if result.kind() == Some(Kind::Str) {
            return Ok(result);
        }
        let name = self.type_name(result);
        self.release(result);
        Err(self.raise_type_error(&format!("{method} returned non-string (type {name})")))
    }

    /// `repr` of an instance of a program class; an error is said to be of `method`. Owned.
    fn repr_by_method(&mut self, value: Value, method: &str) -> Result<Value, Raised> {
        match self.try_method(value, self.names.repr, &[])? {
            Some(text) => self.require_str(text, method),
            None => self.default_repr(value),
        }
    }

    /// The `repr` that built-in classes give their instances. Owned.
    pub(crate) fn default_repr(&mut self, value: Value) -> Result<Value, Raised> {
        match value.kind() {
            Some(Kind::Exception) => self.build_text(|vm, text| vm.push_exception(text, value)),
            _ => self.object_repr(value),
        }
    }

    /// `object.__repr__(value)`: class and address. Owned.
    pub(crate) fn object_repr(&mut self, value: Value) -> Result<Value, Raised> {
        let class = self.class_of(value);
        let name = self.class_path(class.value());
        self.new_str(&format!("<{name} object at {:#x}>", value.bits()))
    }

    /// Name of a class with its module, as `repr` shows it.
    pub(crate) fn class_path(&self, class: Value) -> String {
        let Some(class) = class.cast::<Class>() else {
            return String::new();
        };
        let (module, name) = (self.text(class.module), self.text(class.qualified_name));
        let name = if name.is_empty() {
            self.text(class.name)
        } else {
            name
        };
        if module.is_empty() || module == "builtins" {
            name.to_owned()
        } else {
            format!("{module}.{name}")
        }
    }

    /// `repr` of a number. The message for too many digits is that of the conversion.
    pub(crate) fn number_text(&mut self, number: Number) -> Result<String, Raised> {
        match number {
            Number::Int(integer) => Ok(integer.to_string()),
            Number::Float(float) => Ok(float_text::repr_float(float)),
            Number::Big(big) => self.decimal_text(&big.number),
        }
    }

    /// The decimal digits of an integer; `ValueError` if there are too many.
    pub(crate) fn decimal_text(&mut self, number: &BigInt) -> Result<String, Raised> {
        // The number is at least two to the power of its bits less one.
        let digits_at_least = number.bits().saturating_sub(1) as f64 * core::f64::consts::LOG10_2;
        if digits_at_least <= DECIMAL_DIGITS_MAX as f64 {
            let text = integer_text::to_text(number, 10);
            if text.len() - usize::from(text.starts_with('-')) <= DECIMAL_DIGITS_MAX {
                return Ok(text);
            }
        }
        Err(self.raise_value_error(&format!(
            "Exceeds the limit ({DECIMAL_DIGITS_MAX} digits) for integer string conversion; \
             use sys.set_int_max_str_digits() to increase the limit"
        )))
    }

    /// `BaseException.__str__` and those of the classes below it. Owned.
    pub(crate) fn str_of_exception(&mut self, value: Value) -> Result<Value, Raised> {
        let Some(exception) = value.cast::<Exception>() else {
            return self.new_str("");
        };
        let args = exception.args;
        let Some(tuple) = args.cast::<Tuple>() else {
            return self.new_str("");
        };
        let is = |vm: &Vm, class: Type| {
            let of = exception.class.cast::<Class>();
            of.is_some_and(|of| of.is_subclass_of(vm.builtin(class).value()))
        };
        match *tuple.as_slice() {
            [] => self.new_str(""),
            [key] if is(self, Type::KeyError) => self.repr(key),
            [only] => self.str_of(only),
            [number, message] if is(self, Type::OSError) => self.build_text(|vm, text| {
                text.push(vm, "[Errno ")?;
                vm.push_str_of(text, number)?;
                text.push(vm, "] ")?;
                vm.push_str_of(text, message)
            }),
            [number, message, file] if is(self, Type::OSError) => self.build_text(|vm, text| {
                text.push(vm, "[Errno ")?;
                vm.push_str_of(text, number)?;
                text.push(vm, "] ")?;
                vm.push_str_of(text, message)?;
                text.push(vm, ": ")?;
                vm.push_repr(text, file)
            }),
            [_, _, _, _, _]
                if is(self, Type::UnicodeDecodeError) || is(self, Type::UnicodeEncodeError) =>
            {
                match self.unicode_error_text(tuple.as_slice()) {
                    Some(message) => self.new_str(&message),
                    None => self.repr(args),
                }
            }
            _ => self.repr(args),
        }
    }
}
