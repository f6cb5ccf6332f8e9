//! `+` and `*` of str and bytes.

use crate::object::{Bytes, Kind, Str};
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    /// `left + right` for a str or bytes on the left. Owned.
    pub(crate) fn concatenate(&mut self, left: Value, right: Value) -> Result<Value, Raised> {
        if let (Some(left), Some(right)) = (left.cast::<Str>(), right.cast::<Str>()) {
            return self.new_str_from_parts(&[left.as_str(), right.as_str()]);
        }
        if let (Some(left), Some(right)) = (left.cast::<Bytes>(), right.cast::<Bytes>()) {
            let length = left.length + right.length;
            return self.with_charged(length, |vm| {
                vm.new_bytes(&[left.as_slice(), right.as_slice()].concat())
            });
        }
        let name = self.type_name(right);
        Err(self.raise_type_error(&if left.kind() == Some(Kind::Str) {
            format!("can only concatenate str (not \"{name}\") to str")
        } else {
            format!("can't concat {name} to bytes")
        }))
    }

    /// `text * count` for a str or bytes. Owned.
    pub(crate) fn repeat_text(&mut self, text: Value, count: Value) -> Result<Value, Raised> {
        let count = usize::try_from(self.index_i64(count)?).unwrap_or(0);
        if count == 1 {
            return Ok(text.increment());
        }
        let string = text.cast::<Str>();
        let bytes = text.cast::<Bytes>();
        let length = string.map_or(0, |string| string.byte_length as usize)
            + bytes.map_or(0, |bytes| bytes.length);
        let repeated = match length.checked_mul(count) {
            Some(repeated) if repeated <= i64::MAX as usize => repeated,
            _ => return Err(self.raise_overflow_error("repeated string is too long")),
        };
        match (string, bytes) {
            (Some(string), _) => {
                if repeated > Str::MAX_BYTES {
                    return Err(self.raise_too_large(repeated));
                }
                self.with_charged(repeated, |vm| {
                    let characters = string.char_length as usize * count;
                    vm.new_str_counted(&[&string.as_str().repeat(count)], characters)
                })
            }
            (None, Some(bytes)) => {
                self.with_charged(repeated, |vm| vm.new_bytes(&bytes.as_slice().repeat(count)))
            }
            (None, None) => Ok(text.increment()),
        }
    }
}
