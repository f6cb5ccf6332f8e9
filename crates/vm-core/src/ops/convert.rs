//! Conversions behind the constructors `int(...)`, `float(...)`, `str(...)` and `bytes(...)`.

use crate::object::{Bytes, Str};
use crate::ops::number::Number;
use crate::ops::text::DECIMAL_DIGITS_MAX;
use crate::pure::{float_text, integer, integer_text};
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// The most characters of an operand that a message shows.
const SHOWN_CHARACTERS: usize = 200;

impl Vm {
    /// `int(value)`. Owned.
    pub(crate) fn int_of(&mut self, value: Value) -> Result<Value, Raised> {
        match value.number() {
            Some(Number::Int(integer)) => return Ok(Value::from_int_unchecked(integer)),
            Some(Number::Big(_)) => return Ok(value.increment()),
            Some(Number::Float(float)) => {
                // The whole range of inline integers is exact in a float.
                let truncated = float.trunc();
                if truncated >= Value::INT_MIN as f64 && truncated <= Value::INT_MAX as f64 {
                    return Ok(Value::from_int_unchecked(truncated as i64));
                }
                let number = integer::from_float(float);
                let number = self.checked(number)?;
                return self.new_big_int(number);
            }
            None => {}
        }
        if value.cast::<Str>().is_some() || value.cast::<Bytes>().is_some() {
            return self.int_of_text(value, 10);
        }
        if let Some(result) = self.try_method(value, self.names.int, &[])? {
            return self.require_integer(result, "__int__");
        }
        if self.has_index(value) {
            return self.index(value);
        }
        if let Some(result) = self.try_method(value, self.names.trunc, &[])? {
            let index = self.index(result);
            self.release(result);
            return index;
        }
        let name = self.type_name(value);
        Err(self.raise_type_error(&format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{name}'"
        )))
    }

    /// `int(value, base)`. Owned.
    pub(crate) fn int_with_base(&mut self, value: Value, base: Value) -> Result<Value, Raised> {
        let base = self.index_i64_clamped(base)?;
        let base = match base {
            0 | 2..=36 => base as u32,
            _ => return Err(self.raise_value_error("int() base must be >= 2 and <= 36, or 0")),
        };
        if value.cast::<Str>().is_none() && value.cast::<Bytes>().is_none() {
            return Err(self.raise_type_error("int() can't convert non-string with explicit base"));
        }
        self.int_of_text(value, base)
    }

    /// The integer that a str or bytes writes. Owned.
    fn int_of_text(&mut self, value: Value, base: u32) -> Result<Value, Raised> {
        let (string, bytes) = (value.cast::<Str>(), value.cast::<Bytes>());
        let text = match (&string, &bytes) {
            (Some(string), _) => Some(string.as_str()),
            (_, Some(bytes)) => core::str::from_utf8(bytes.as_slice()).ok(),
            _ => None,
        };
        let Some(text) = text.filter(|text| string.is_some() || text.is_ascii()) else {
            return Err(self.raise_invalid_int(value, base));
        };
        if !base.is_power_of_two() {
            let digits = text
                .chars()
                .filter(|&character| is_digit(character, base))
                .count();
            let may_be_number = |character: char| {
                is_digit(character, base)
                    || matches!(character, '_' | '+' | '-')
                    || character.is_whitespace()
            };
            if digits > DECIMAL_DIGITS_MAX && text.chars().all(may_be_number) {
                return Err(self.raise_too_many_digits(digits));
            }
        }
        match integer_text::parse_integer(text, base) {
            Ok(number) => self.new_big_int(number),
            Err(_) => Err(self.raise_invalid_int(value, base)),
        }
    }

    #[cold]
    fn raise_too_many_digits(&mut self, digits: usize) -> Raised {
        self.raise_value_error(&format!(
            "Exceeds the limit ({DECIMAL_DIGITS_MAX} digits) for integer string conversion: value \
             has {digits} digits; use sys.set_int_max_str_digits() to increase the limit"
        ))
    }

    #[cold]
    fn raise_invalid_int(&mut self, value: Value, base: u32) -> Raised {
        let shown = match self.repr(value) {
            Ok(shown) => shown,
            Err(raised) => return raised,
        };
        let text: String = self.text(shown).chars().take(SHOWN_CHARACTERS).collect();
        self.release(shown);
        self.raise_value_error(&format!(
            "invalid literal for int() with base {base}: {text}"
        ))
    }

    /// `float(value)`. Owned.
    pub(crate) fn float_from(&mut self, value: Value) -> Result<Value, Raised> {
        let float = if let Some(number) = value.number() {
            number.to_float()
        } else if let Some(string) = value.cast::<Str>() {
            float_text::parse_float(string.as_str())
        } else if let Some(bytes) = value.cast::<Bytes>() {
            float_text::parse_float_bytes(bytes.as_slice())
        } else {
            match self.float_by_method(value)? {
                Some(float) => Ok(float),
                None => {
                    let name = self.type_name(value);
                    return Err(self.raise_type_error(&format!(
                        "float() argument must be a string or a real number, not '{name}'"
                    )));
                }
            }
        };
        self.checked(float).map(Value::from_float)
    }

    /// `str(object, encoding, errors)`; unset arguments are absent. Owned.
    pub(crate) fn str_from(
        &mut self,
        object: Value,
        encoding: Value,
        errors: Value,
    ) -> Result<Value, Raised> {
        if object.is_unset() {
            return self.new_str("");
        }
        if encoding.is_unset() && errors.is_unset() {
            return self.str_of(object);
        }
        if object.cast::<Bytes>().is_some() {
            return self.decode(object, encoding, errors, "str");
        }
        if object.cast::<Str>().is_some() {
            return Err(self.raise_type_error("decoding str is not supported"));
        }
        let name = self.type_name(object);
        Err(self.raise_type_error(&format!(
            "decoding to str: need a bytes-like object, {name} found"
        )))
    }

    /// `bytes(source, encoding, errors)`; unset arguments are absent. Owned.
    pub(crate) fn bytes_from(
        &mut self,
        source: Value,
        encoding: Value,
        errors: Value,
    ) -> Result<Value, Raised> {
        if source.cast::<Str>().is_some() {
            if encoding.is_unset() {
                return Err(self.raise_type_error("string argument without an encoding"));
            }
            return self.encode(source, encoding, errors, "bytes");
        }
        if !encoding.is_unset() {
            return Err(self.raise_type_error("encoding without a string argument"));
        }
        if !errors.is_unset() {
            return Err(self.raise_type_error("errors without a string argument"));
        }
        if source.is_unset() {
            return self.new_bytes(&[]);
        }
        if source.cast::<Bytes>().is_some() {
            return Ok(source.increment());
        }
        if let Some(result) = self.try_method(source, self.names.bytes, &[])? {
            if result.cast::<Bytes>().is_some() {
                return Ok(result);
            }
            let name = self.type_name(result);
            self.release(result);
            return Err(
                self.raise_type_error(&format!("__bytes__ returned non-bytes (type {name})"))
            );
        }
        if self.has_index(source) {
            let count = self.index_i64(source)?;
            let Ok(count) = usize::try_from(count) else {
                return Err(self.raise_value_error("negative count"));
            };
            return self.with_charged(count, |vm| vm.new_bytes(&vec![0; count]));
        }
        if !self.is_iterable(source) {
            let name = self.type_name(source);
            return Err(self.raise_type_error(&format!("cannot convert '{name}' object to bytes")));
        }
        self.bytes_of_items(source)
    }

    /// Bytes of the integers that an iterable gives. Owned.
    pub(crate) fn bytes_of_items(&mut self, iterable: Value) -> Result<Value, Raised> {
        let mut octets: Vec<u8> = Vec::new();
        let mut charged = 0;
        let filled = self.for_each(iterable, &mut |vm, item| {
            let octet = vm.byte_of(item, "bytes must be in range(0, 256)");
            vm.release(item);
            octets.push(octet?);
            if octets.capacity() > charged {
                let more = octets.capacity() - charged;
                vm.heap
                    .charge(more)
                    .map_err(|error| vm.raise_memory_error(error))?;
                charged += more;
            }
            Ok(())
        });
        let made = match filled {
            Ok(()) => self.new_bytes(&octets),
            Err(raised) => Err(raised),
        };
        self.heap.discharge(charged);
        made
    }

    /// The octets of a `bytes` argument; `TypeError` for anything else.
    pub(crate) fn bytes_argument(
        &mut self,
        value: Value,
    ) -> Result<crate::object::Obj<Bytes>, Raised> {
        match value.cast::<Bytes>() {
            Some(bytes) => Ok(bytes),
            None => {
                let name = self.type_name(value);
                Err(self
                    .raise_type_error(&format!("a bytes-like object is required, not '{name}'")))
            }
        }
    }
}

/// A digit of a base (of ten for base zero), in any script.
fn is_digit(character: char, base: u32) -> bool {
    let base = if base == 0 { 10 } else { base };
    character.is_digit(base) || (!character.is_ascii() && character.is_numeric())
}
