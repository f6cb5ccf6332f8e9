//! Subscription: `object[key]`, `object[key] = value`, `del object[key]`.
//!
//! The two hot cases, a list by an inline integer and a dict by a key that needs no program code,
//! are decided first; the rest is dispatched on the object's kind, and on its class last.

use crate::object::{Bytes, Dict, Kind, List, Obj, Slice, Str, Tuple};
use crate::ops::key::quick_hash;
use crate::ops::table::Probe;
use crate::pure::slice::item_position;
use crate::pure::text::Text;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    /// `object[key]`. Owned.
    #[inline]
    pub(crate) fn get_item(&mut self, object: Value, key: Value) -> Result<Value, Raised> {
        match object.kind() {
            Some(Kind::List) if key.is_int() => {
                let list = Obj::<List>::of(object.object_unchecked());
                let position = item_position(key.int_unchecked(), list.items.len());
                if let Some(item) = position.and_then(|position| list.items.get(position)) {
                    return Ok(item.increment());
                }
            }
            Some(Kind::Dict) => {
                let dict = Obj::<Dict>::of(object.object_unchecked());
                if let Some(hash) = quick_hash(key)
                    && let Probe::Found(number) = dict.table.probe(hash, key)
                {
                    return Ok(dict.table.entries()[number].value.increment());
                }
            }
            _ => {}
        }
        self.get_item_slow(object, key)
    }

    #[inline(never)]
    fn get_item_slow(&mut self, object: Value, key: Value) -> Result<Value, Raised> {
        match object.kind() {
            Some(Kind::Dict) => {
                let dict = Obj::<Dict>::of(object.object_unchecked());
                match self.dict_get(dict, key)? {
                    Some(value) => Ok(value.increment()),
                    None => Err(self.raise_with(Type::KeyError, key)),
                }
            }
            Some(Kind::List | Kind::Tuple | Kind::Str | Kind::Bytes | Kind::Range)
                if key.cast::<Slice>().is_some() =>
            {
                self.get_slice(object, key)
            }
            Some(Kind::List) => {
                let list = Obj::<List>::of(object.object_unchecked());
                let length = || list.items.len();
                match self.subscript_position(key, length, "list index out of range")? {
                    Some(position) => Ok(list.items.as_slice()[position].increment()),
                    None => {
                        Err(self.bad_index("list indices must be integers or slices, not ", key))
                    }
                }
            }
            Some(Kind::Tuple) => {
                let tuple = Obj::<Tuple>::of(object.object_unchecked());
                let length = || tuple.length;
                match self.subscript_position(key, length, "tuple index out of range")? {
                    Some(position) => Ok(tuple.as_slice()[position].increment()),
                    None => {
                        Err(self.bad_index("tuple indices must be integers or slices, not ", key))
                    }
                }
            }
            Some(Kind::Str) => self.get_character(Obj::of(object.object_unchecked()), key),
            Some(Kind::Bytes) => {
                let bytes = Obj::<Bytes>::of(object.object_unchecked());
                match self.subscript_position(key, || bytes.length, "index out of range")? {
                    Some(position) => Ok(Value::from_i32(bytes.as_slice()[position].into())),
                    None => {
                        Err(self.bad_index("byte indices must be integers or slices, not ", key))
                    }
                }
            }
            Some(Kind::Range) => {
                let Some(index) = self.index_value(key)? else {
                    return Err(
                        self.bad_index("range indices must be integers or slices, not ", key)
                    );
                };
                let item = self.range_item(Obj::of(object.object_unchecked()), index);
                self.release(index);
                match item? {
                    Some(item) => Ok(item),
                    None => Err(self.raise_index_error("range object index out of range")),
                }
            }
            _ => self.get_item_of_program(object, key),
        }
    }

    fn get_character(&mut self, string: Obj<Str>, key: Value) -> Result<Value, Raised> {
        let length = string.char_length as usize;
        match self.subscript_position(key, || length, "string index out of range")? {
            Some(position) => {
                let text = Text::with_length(string.as_str(), length);
                let character = text.character(position).unwrap_or_default();
                self.new_str(character.encode_utf8(&mut [0; 4]))
            }
            None => {
                let name = self.type_name(key);
                let message = format!("string indices must be integers, not '{name}'");
                Err(self.raise_type_error(&message))
            }
        }
    }

    #[cold]
    fn bad_index(&mut self, message: &str, key: Value) -> Raised {
        let name = self.type_name(key);
        self.raise_type_error(&format!("{message}{name}"))
    }

    fn get_item_of_program(&mut self, object: Value, key: Value) -> Result<Value, Raised> {
        let name = self.names.getitem;
        match self.special_method_of_program(object, name) {
            Some(method) => self.call_special(method, object, &[key]),
            None => Err(self.unsupported_item(object, "is not subscriptable")),
        }
    }

    /// TypeError: the object cannot be subscribed in this way.
    #[cold]
    fn unsupported_item(&mut self, object: Value, what: &str) -> Raised {
        let message = match object.cast::<crate::object::Class>() {
            Some(class) if what == "is not subscriptable" => {
                format!("type '{}' {what}", self.text(class.name))
            }
            _ => format!("'{}' object {what}", self.type_name(object)),
        };
        self.raise_type_error(&message)
    }

    /// `object[key] = value`; all borrowed.
    #[inline]
    pub(crate) fn set_item(
        &mut self,
        object: Value,
        key: Value,
        value: Value,
    ) -> Result<(), Raised> {
        match object.kind() {
            Some(Kind::List) if key.is_int() => {
                let mut list = Obj::<List>::of(object.object_unchecked());
                let position = item_position(key.int_unchecked(), list.items.len());
                if let Some(position) = position {
                    let place = &mut list.items.as_mut_slice()[position];
                    let former = core::mem::replace(place, value.increment());
                    self.release(former);
                    return Ok(());
                }
            }
            Some(Kind::Dict) => {
                return self.dict_set(Obj::of(object.object_unchecked()), key, value);
            }
            _ => {}
        }
        self.set_item_slow(object, key, value)
    }

    #[inline(never)]
    fn set_item_slow(&mut self, object: Value, key: Value, value: Value) -> Result<(), Raised> {
        if let Some(mut list) = object.cast::<List>() {
            if key.cast::<Slice>().is_some() {
                return self.set_slice(list, key, value);
            }
            let Some(position) = self.list_position_to_change(list, key)? else {
                return Err(self.bad_index("list indices must be integers or slices, not ", key));
            };
            let place = &mut list.items.as_mut_slice()[position];
            let former = core::mem::replace(place, value.increment());
            self.release(former);
            return Ok(());
        }
        let name = self.names.setitem;
        match self.special_method_of_program(object, name) {
            Some(method) => {
                let result = self.call_special(method, object, &[key, value])?;
                self.release(result);
                Ok(())
            }
            None => Err(self.unsupported_item(object, "does not support item assignment")),
        }
    }

    fn list_position_to_change(
        &mut self,
        list: Obj<List>,
        key: Value,
    ) -> Result<Option<usize>, Raised> {
        self.subscript_position(
            key,
            || list.items.len(),
            "list assignment index out of range",
        )
    }

    /// `del object[key]`.
    pub(crate) fn delete_item(&mut self, object: Value, key: Value) -> Result<(), Raised> {
        match object.kind() {
            Some(Kind::Dict) => {
                let dict = Obj::<Dict>::of(object.object_unchecked());
                match self.dict_remove(dict, key)? {
                    Some(value) => {
                        self.release(value);
                        Ok(())
                    }
                    None => Err(self.raise_with(Type::KeyError, key)),
                }
            }
            Some(Kind::List) => {
                let mut list = Obj::<List>::of(object.object_unchecked());
                if key.cast::<Slice>().is_some() {
                    return self.delete_slice(list, key);
                }
                let Some(position) = self.list_position_to_change(list, key)? else {
                    return Err(
                        self.bad_index("list indices must be integers or slices, not ", key)
                    );
                };
                let item = list.items.remove(position);
                self.release(item);
                Ok(())
            }
            _ => {
                let name = self.names.delitem;
                match self.special_method_of_program(object, name) {
                    Some(method) => {
                        let result = self.call_special(method, object, &[key])?;
                        self.release(result);
                        Ok(())
                    }
                    None => {
                        let what = if is_sequence_like(object) && self.has_index(key) {
                            "doesn't support item deletion"
                        } else {
                            "does not support item deletion"
                        };
                        Err(self.unsupported_item(object, what))
                    }
                }
            }
        }
    }
}

/// Whether deleting an item by an index is refused in the words for sequences.
fn is_sequence_like(object: Value) -> bool {
    use Kind::{Bytes, DictView, Instance, Range, Set, Str, Tuple};
    matches!(
        object.kind(),
        Some(Tuple | Str | Bytes | Range | Set | DictView | Instance)
    )
}
