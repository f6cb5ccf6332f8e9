//! `list.sort`.
//!
//! 1. The list is emptied: what a key function or a comparison sees of it is an empty list, and
//!    what they put there is an error afterwards, as in CPython.
//! 2. With a key function each item is paired with its key, all keys before the first comparison.
//! 3. Keys that are all integers, all floats or all strings are compared here; for anything else
//!    `<` is asked, which may run program code.
//! 4. `reverse=True` sorts the reversed list and reverses it again, so that equal items keep their
//!    order.

use crate::object::{List, Obj, Str, ValueVec};
use crate::ops::compare::Comparison;
use crate::pure::sort::sort_by;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use core::convert::Infallible;

/// A key and its item, both with a count; without a key function they share the item's.
#[derive(Clone, Copy)]
struct Keyed {
    key: Value,
    item: Value,
}

impl Vm {
    /// `list.sort(key=key, reverse=reverse)`; `key` is `None` for none.
    pub(crate) fn list_sort(
        &mut self,
        mut list: Obj<List>,
        key: Value,
        reverse: bool,
    ) -> Result<(), Raised> {
        if list.items.len() < 2 && key.is_none() {
            return Ok(());
        }
        // The pairs, and as much again for merging.
        let bytes = list.items.len() * size_of::<Keyed>() * 2;
        if let Err(error) = self.heap.charge(bytes) {
            return Err(self.raise_memory_error(error));
        }
        let mut items = list.items.take();
        let result = self.sort_values(&mut items, key, reverse);
        self.heap.discharge(bytes);

        let mut intruders = core::mem::replace(&mut list.items, items);
        let modified = intruders.buffer_bytes() > 0;
        self.drop_values(&mut intruders);
        result?;
        if modified {
            return Err(self.raise_value_error("list modified during sort"));
        }
        Ok(())
    }

    fn sort_values(
        &mut self,
        items: &mut ValueVec,
        key: Value,
        reverse: bool,
    ) -> Result<(), Raised> {
        let mut keyed = self.with_keys(items, key)?;
        if reverse {
            keyed.reverse();
        }
        let result = self.sort_keyed(&mut keyed);
        if reverse {
            keyed.reverse();
        }
        for (place, pair) in items.as_mut_slice().iter_mut().zip(&keyed) {
            *place = pair.item;
        }
        if !key.is_none() {
            for pair in keyed {
                self.release(pair.key);
            }
        }
        result
    }

    fn with_keys(&mut self, items: &ValueVec, key: Value) -> Result<Vec<Keyed>, Raised> {
        let mut keyed = Vec::with_capacity(items.len());
        for &item in items.as_slice() {
            if key.is_none() {
                keyed.push(Keyed { key: item, item });
                continue;
            }
            match self.call(key, &[item]) {
                Ok(key) => keyed.push(Keyed { key, item }),
                Err(raised) => {
                    for pair in keyed {
                        self.release(pair.key);
                    }
                    return Err(raised);
                }
            }
        }
        Ok(keyed)
    }

    fn sort_keyed(&mut self, keyed: &mut Vec<Keyed>) -> Result<(), Raised> {
        let all = |test: fn(Value) -> bool| keyed.iter().all(|pair| test(pair.key));
        if all(Value::is_int) {
            sort_without_code(keyed, |left, right| {
                left.int_unchecked() < right.int_unchecked()
            });
        } else if all(Value::is_float) {
            sort_without_code(keyed, |left, right| {
                left.float_unchecked() < right.float_unchecked()
            });
        } else if all(|key| key.cast::<Str>().is_some()) {
            // The order of UTF-8 is the order of the characters.
            let text = |value: &Value| Obj::<Str>::of(value.object_unchecked());
            sort_without_code(keyed, |left, right| {
                text(&left).as_str() < text(&right).as_str()
            });
        } else {
            return sort_by(keyed, |left, right| {
                self.compare_bool(Comparison::Lt, left.key, right.key)
            });
        }
        Ok(())
    }
}

/// Sorts by a comparison of keys that runs no program code.
fn sort_without_code(keyed: &mut Vec<Keyed>, less: impl Fn(Value, Value) -> bool) {
    match sort_by(keyed, |left, right| {
        Ok::<bool, Infallible>(less(left.key, right.key))
    }) {
        Ok(()) => {}
        Err(never) => match never {},
    }
}
