//! `reversed`: iteration from the end.

use crate::object::{Dict, DictView, IteratorVariant, Kind, Obj, Range};
use crate::ops::index::big_of;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use num_bigint::BigInt;

impl Vm {
    /// `reversed(value)`. Owned.
    pub(crate) fn get_reversed(&mut self, value: Value) -> Result<Value, Raised> {
        match value.kind() {
            Some(Kind::List | Kind::Tuple | Kind::Str | Kind::Bytes) => {
                self.reverse_sequence(value)
            }
            Some(Kind::Range) => self.reverse_range(Obj::of(value.object_unchecked())),
            Some(Kind::Dict) => self.reverse_dict(value, DictView::KEYS),
            Some(Kind::DictView) => {
                let view = Obj::<DictView>::of(value.object_unchecked());
                self.reverse_dict(view.dict, view.object().aux())
            }
            _ => self.reverse_program_object(value),
        }
    }

    fn reverse_sequence(&mut self, value: Value) -> Result<Value, Raised> {
        let last = self.length(value)? as i64 - 1;
        self.new_iterator(
            IteratorVariant::Reversed,
            value.increment(),
            Value::UNSET,
            last,
            0,
        )
    }

    fn reverse_dict(&mut self, value: Value, which: u16) -> Result<Value, Raised> {
        let (last, length) = match value.cast::<Dict>() {
            Some(dict) => (
                i64::from(dict.table.entry_count) - 1,
                dict.table.len() as i64,
            ),
            None => (-1, 0),
        };
        let which = Value::from_i32(which.into());
        self.new_iterator(
            IteratorVariant::DictReversed,
            value.increment(),
            which,
            last,
            length,
        )
    }

    fn reverse_range(&mut self, range: Obj<Range>) -> Result<Value, Raised> {
        if let Some(inline) = self.inline_range(range) {
            let length = inline.length();
            // Without wrapping: the last number is an inline integer, if there is one.
            let last = if length == 0 {
                0
            } else {
                inline.start + (length as i64 - 1) * inline.step
            };
            return self.new_range_iterator(last, -inline.step, length);
        }
        let (start, step) = (big_of(range.start), big_of(range.step));
        let last = &start + (big_of(range.length) - 1) * &step;
        let reversed: [BigInt; 3] = [last, start - &step, -step];
        let reversed = self.new_big_range(reversed)?;
        let iterator = self.get_iter(reversed);
        self.release(reversed);
        iterator
    }

    fn reverse_program_object(&mut self, value: Value) -> Result<Value, Raised> {
        let (reversed, getitem, len) = (self.names.reversed, self.names.getitem, self.names.len);
        match self.special_method_of_program(value, reversed) {
            Some(method) if !method.is_none() => return self.call_special(method, value, &[]),
            None if self.special_method_of_program(value, getitem).is_some()
                && self.special_method_of_program(value, len).is_some() =>
            {
                return self.reverse_sequence(value);
            }
            _ => {}
        }
        let name = self.type_name(value);
        Err(self.raise_type_error(&format!("'{name}' object is not reversible")))
    }
}
