//! Truth, length and containment.

use crate::object::{Bytes, Dict, Kind, List, Str, Tuple};
use crate::ops::number::Number;
use crate::pure::bytes_ops;
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    /// `bool(value)`.
    #[inline]
    pub(crate) fn truth(&mut self, value: Value) -> Result<bool, Raised> {
        match value {
            Value::TRUE => Ok(true),
            Value::FALSE | Value::NONE => Ok(false),
            _ => self.truth_of_object(value),
        }
    }

    fn truth_of_object(&mut self, value: Value) -> Result<bool, Raised> {
        if let Some(number) = value.number() {
            return Ok(match number {
                Number::Int(integer) => integer != 0,
                Number::Float(float) => float != 0.0,
                Number::Big(_) => true,
            });
        }
        match value.kind() {
            Some(Kind::Str) => Ok(value.cast::<Str>().is_some_and(|text| text.byte_length > 0)),
            Some(Kind::List) => Ok(value
                .cast::<List>()
                .is_some_and(|list| !list.items.is_empty())),
            Some(Kind::Tuple) => Ok(value.cast::<Tuple>().is_some_and(|tuple| tuple.length > 0)),
            Some(Kind::Dict) => Ok(value
                .cast::<Dict>()
                .is_some_and(|dict| dict.table.len() > 0)),
            Some(Kind::Range) => {
                let length = value
                    .cast::<crate::object::Range>()
                    .map(|range| range.length);
                Ok(length != Some(Value::from_i32(0)))
            }
            Some(Kind::Bytes | Kind::Set | Kind::DictView) => Ok(self.length(value)? > 0),
            Some(Kind::Instance | Kind::Exception) => {
                if let Some(result) = self.try_method(value, self.names.bool, &[])? {
                    if let Some(truth) = result.as_bool() {
                        return Ok(truth);
                    }
                    let name = self.type_name(result);
                    self.release(result);
                    return Err(self.raise_type_error(&format!(
                        "__bool__ should return bool, returned {name}"
                    )));
                }
                match self.length_by_method(value)? {
                    Some(length) => Ok(length > 0),
                    None => Ok(true),
                }
            }
            _ => Ok(true),
        }
    }

    /// `len(value)`.
    pub(crate) fn length(&mut self, value: Value) -> Result<usize, Raised> {
        let length = match value.kind() {
            Some(Kind::Str) => value.cast::<Str>().map(|text| text.char_length as usize),
            Some(Kind::Bytes) => value.cast::<Bytes>().map(|bytes| bytes.length),
            Some(Kind::List) => value.cast::<List>().map(|list| list.items.len()),
            Some(Kind::Tuple) => value.cast::<Tuple>().map(|tuple| tuple.length),
            Some(Kind::Instance | Kind::Exception) => self.length_by_method(value)?,
            _ => self.container_length(value),
        };
        match length {
            Some(usize::MAX) => {
                Err(self.raise_overflow_error("Python int too large to convert to C ssize_t"))
            }
            Some(length) => Ok(length),
            None => {
                let name = self.type_name(value);
                Err(self.raise_type_error(&format!("object of type '{name}' has no len()")))
            }
        }
    }

    /// What `__len__` of a program class gives, if it has one.
    fn length_by_method(&mut self, value: Value) -> Result<Option<usize>, Raised> {
        let Some(result) = self.try_method(value, self.names.len, &[])? else {
            return Ok(None);
        };
        let length = self.index_i64(result);
        self.release(result);
        match usize::try_from(length?) {
            Ok(length) => Ok(Some(length)),
            Err(_) => Err(self.raise_value_error("__len__() should return >= 0")),
        }
    }

    /// `item in container`.
    pub(crate) fn contains(&mut self, container: Value, item: Value) -> Result<bool, Raised> {
        match container.kind() {
            Some(Kind::Str) => self.text_contains(container, item),
            Some(Kind::Bytes) => self.bytes_contain(container, item),
            Some(Kind::Instance | Kind::Exception) => self.contains_by_method(container, item),
            _ => match self.container_contains(container, item)? {
                Some(found) => Ok(found),
                None => self.contains_by_iteration(container, item),
            },
        }
    }

    fn text_contains(&mut self, container: Value, item: Value) -> Result<bool, Raised> {
        let (Some(text), Some(part)) = (container.cast::<Str>(), item.cast::<Str>()) else {
            let name = self.type_name(item);
            return Err(self.raise_type_error(&format!(
                "'in <string>' requires string as left operand, not {name}"
            )));
        };
        Ok(text.as_str().contains(part.as_str()))
    }

    fn bytes_contain(&mut self, container: Value, item: Value) -> Result<bool, Raised> {
        let Some(bytes) = container.cast::<Bytes>() else {
            return Ok(false);
        };
        if let Some(part) = item.cast::<Bytes>() {
            return Ok(bytes_ops::find(bytes.as_slice(), part.as_slice(), None, None).is_some());
        }
        if !self.has_index(item) {
            let name = self.type_name(item);
            return Err(
                self.raise_type_error(&format!("a bytes-like object is required, not '{name}'"))
            );
        }
        let byte = self.byte_of(item, "byte must be in range(0, 256)")?;
        Ok(bytes.as_slice().contains(&byte))
    }

    /// An integer from 0 to 255; else a `ValueError` with the message.
    pub(crate) fn byte_of(&mut self, value: Value, message: &str) -> Result<u8, Raised> {
        let index = self.index_i64_clamped(value)?;
        u8::try_from(index).map_err(|_| self.raise_value_error(message))
    }

    fn contains_by_method(&mut self, container: Value, item: Value) -> Result<bool, Raised> {
        match self.special_method_of_program(container, self.names.contains) {
            Some(Value::NONE) => {
                let name = self.type_name(container);
                Err(self.raise_type_error(&format!("'{name}' object is not a container")))
            }
            Some(method) => {
                let result = self.call_special(method, container, &[item])?;
                self.truth_of_owned(result)
            }
            None => self.contains_by_iteration(container, item),
        }
    }

    fn contains_by_iteration(&mut self, container: Value, item: Value) -> Result<bool, Raised> {
        let iterator = match self.get_iter(container) {
            Ok(iterator) => iterator,
            Err(raised) => {
                self.catch(crate::types::Type::TypeError, raised)?;
                let name = self.type_name(container);
                return Err(
                    self.raise_type_error(&format!("argument of type '{name}' is not iterable"))
                );
            }
        };
        let found = self.find_in_iterator(iterator, item);
        self.release(iterator);
        found
    }

    fn find_in_iterator(&mut self, iterator: Value, item: Value) -> Result<bool, Raised> {
        while let Some(candidate) = self.next(iterator)? {
            let equal = self.equal(candidate, item);
            self.release(candidate);
            if equal? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
