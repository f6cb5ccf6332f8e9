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

    /// Appends a str to a str that only the caller holds, in a register, if there is room for it
    /// behind its text: what `text += more` leaves in the register is then what was in it. False
    /// where that cannot be done, or where they are not such.
    #[inline(never)]
    pub(crate) fn append_in_place(&mut self, left: Value, right: Value) -> bool {
        let (Some(mut text), Some(more)) = (left.cast::<Str>(), right.cast::<Str>()) else {
            return false;
        };
        let object = text.object();
        if object.count() != 1 || object.aux() & Str::INTERNED != 0 || object.is_large() {
            return false;
        }
        let (length, added) = (text.byte_length as usize, more.byte_length as usize);
        if Str::size_bytes(length + added) > self.heap.object_bytes(object) {
            return false;
        }
        // SAFETY: the object has room for the text and what is added behind it. Nobody else reads
        // it, unless it is appended to itself: that copies from before the place.
        unsafe {
            let target = text.bytes_pointer();
            core::ptr::copy_nonoverlapping(more.as_str().as_ptr(), target.add(length), added);
        }
        text.char_length += more.char_length;
        text.byte_length += added as u32;
        text.hash = 0;
        true
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
