//! Dict operations.

use crate::object::{Dict, Kind, Obj, Str, Tuple};
use crate::ops::key::quick_hash;
use crate::ops::table::Probe;
use crate::ops::table_search::entry_from;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// How a key and a value are stored in a dict.
type Store = fn(&mut Vm, Obj<Dict>, Value, Value) -> Result<(), Raised>;

impl Vm {
    /// The value of a key, borrowed; `None` if absent.
    #[inline]
    pub(crate) fn dict_get(
        &mut self,
        dict: Obj<Dict>,
        key: Value,
    ) -> Result<Option<Value>, Raised> {
        if let Some(hash) = quick_hash(key) {
            match dict.table.probe(hash, key) {
                Probe::Found(number) => return Ok(Some(dict.table.entries()[number].value)),
                Probe::Absent => return Ok(None),
                Probe::Unsure => {}
            }
        }
        self.dict_get_slow(dict, key)
    }

    #[cold]
    #[inline(never)]
    fn dict_get_slow(&mut self, dict: Obj<Dict>, key: Value) -> Result<Option<Value>, Raised> {
        let hash = self.key_hash(key)?;
        let found = self.table_find(dict, hash, key)?;
        Ok(found.map(|number| dict.table.entries()[number].value))
    }

    /// `dict[key] = value`; both borrowed.
    #[inline]
    pub(crate) fn dict_set(
        &mut self,
        dict: Obj<Dict>,
        key: Value,
        value: Value,
    ) -> Result<(), Raised> {
        if let Some(hash) = quick_hash(key) {
            match dict.table.probe(hash, key) {
                Probe::Found(number) => {
                    self.dict_replace(dict, number, value);
                    return Ok(());
                }
                Probe::Absent => return self.table_push(dict, hash, key, value),
                Probe::Unsure => {}
            }
        }
        let hash = self.key_hash(key)?;
        self.dict_set_hashed(dict, hash, key, value)
    }

    /// Replaces the value of an entry; the new one is borrowed.
    #[inline(always)]
    fn dict_replace(&mut self, mut dict: Obj<Dict>, number: usize, value: Value) {
        let field = &mut dict.table.entries_mut()[number].value;
        let former = core::mem::replace(field, value.increment());
        self.stored_in(dict.object(), value);
        self.release(former);
    }

    /// `dict[key] = value` for a key whose hash is known; both borrowed.
    pub(crate) fn dict_set_hashed(
        &mut self,
        dict: Obj<Dict>,
        hash: u64,
        key: Value,
        value: Value,
    ) -> Result<(), Raised> {
        match self.table_find(dict, hash, key)? {
            Some(number) => {
                self.dict_replace(dict, number, value);
                Ok(())
            }
            None => self.table_push(dict, hash, key, value),
        }
    }

    /// Removes a key; its value, owned, or `None` if absent.
    pub(crate) fn dict_remove(
        &mut self,
        dict: Obj<Dict>,
        key: Value,
    ) -> Result<Option<Value>, Raised> {
        let hash = self.key_hash(key)?;
        match self.table_remove(dict, hash, key)? {
            Some(entry) => {
                self.release(entry.key);
                Ok(Some(entry.value))
            }
            None => Ok(None),
        }
    }

    /// `dict.copy()`. Owned.
    pub(crate) fn dict_copy(&mut self, dict: Obj<Dict>) -> Result<Value, Raised> {
        let copy = self.new_dict()?;
        if let Some(target) = copy.cast::<Dict>()
            && let Err(raised) = self.table_fill(target, dict)
        {
            self.release(copy);
            return Err(raised);
        }
        Ok(copy)
    }

    /// `dict.update(mapping_or_pairs)`.
    pub(crate) fn dict_update(&mut self, dict: Obj<Dict>, mapping: Value) -> Result<(), Raised> {
        if let Some(source) = mapping.cast::<Dict>() {
            return self.dict_update_from_dict(dict, source);
        }
        if self.is_mapping(mapping)? {
            return self.dict_update_from_mapping(dict, mapping, Vm::dict_set);
        }
        let mut position = 0usize;
        self.for_each(mapping, &mut |vm, pair| {
            let result = vm.dict_set_pair(dict, pair, position);
            vm.release(pair);
            position += 1;
            result
        })
    }

    fn dict_update_from_dict(
        &mut self,
        dict: Obj<Dict>,
        mut source: Obj<Dict>,
    ) -> Result<(), Raised> {
        if dict == source || source.table.len() == 0 {
            return Ok(());
        }
        if dict.table.entry_capacity == 0 {
            return self.table_fill(dict, source);
        }
        if dict.table.len() == 0 {
            self.table_reserve(dict, source.table.len())?;
        }
        let version = source.table.version;
        let mut position = 0;
        while let Some((number, entry)) = entry_from(&mut source.table, position) {
            position = number + 1;
            if let Probe::Found(number) = dict.table.probe(entry.hash, entry.key) {
                self.dict_replace(dict, number, entry.value);
            } else {
                entry.key.increment();
                entry.value.increment();
                let result = self.dict_set_hashed(dict, entry.hash, entry.key, entry.value);
                self.release(entry.key);
                self.release(entry.value);
                result?;
            }
            if source.table.version != version {
                return Err(self.raise_runtime_error("dict mutated during update"));
            }
        }
        Ok(())
    }

    /// Whether `update` and `**` take a value as a mapping: it has `keys`.
    fn is_mapping(&mut self, value: Value) -> Result<bool, Raised> {
        use Kind::{DictView, Generator, Iterator, List, Set, Tuple};
        if matches!(
            value.kind(),
            Some(List | Tuple | Set | Iterator | Generator | DictView)
        ) {
            return Ok(false);
        }
        let keys = self.names.keys;
        match self.get_attribute_optional(value, keys)? {
            Some(method) => {
                self.release(method);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Stores each item of a mapping that is not a dict, through its `keys` and `__getitem__`.
    fn dict_update_from_mapping(
        &mut self,
        dict: Obj<Dict>,
        mapping: Value,
        store: Store,
    ) -> Result<(), Raised> {
        let name = self.names.keys;
        let keys = self.call_method(mapping, name, &[])?;
        let result = self.for_each(keys, &mut |vm, key| {
            let result = vm.get_item(mapping, key).and_then(|value| {
                let result = store(vm, dict, key, value);
                vm.release(value);
                result
            });
            vm.release(key);
            result
        });
        self.release(keys);
        result
    }

    /// Stores one pair of `update(pairs)`.
    fn dict_set_pair(
        &mut self,
        dict: Obj<Dict>,
        pair: Value,
        position: usize,
    ) -> Result<(), Raised> {
        let items = match self.tuple_from(pair) {
            Ok(items) => items,
            Err(raised) => {
                self.catch(Type::TypeError, raised)?;
                return Err(self.raise_type_error(&format!(
                    "cannot convert dictionary update sequence element #{position} to a sequence"
                )));
            }
        };
        let tuple = Obj::<Tuple>::of(items.object_unchecked());
        let result = match *tuple.as_slice() {
            [key, value] => self.dict_set(dict, key, value),
            ref others => {
                let length = others.len();
                Err(self.raise_value_error(&format!(
                    "dictionary update sequence element #{position} has length {length}; \
                     2 is required"
                )))
            }
        };
        self.release(items);
        result
    }

    /// Stores keyword arguments; TypeError for a key that is there already or is not a str.
    pub(crate) fn dict_merge(&mut self, dict: Obj<Dict>, mapping: Value) -> Result<(), Raised> {
        if let Some(mut source) = mapping.cast::<Dict>() {
            let mut position = 0;
            while let Some((number, entry)) = entry_from(&mut source.table, position) {
                position = number + 1;
                entry.key.increment();
                entry.value.increment();
                let result = self.dict_set_keyword(dict, entry.key, entry.value);
                self.release(entry.key);
                self.release(entry.value);
                result?;
            }
            return Ok(());
        }
        if !self.is_mapping(mapping)? {
            let name = self.type_name(mapping);
            return Err(
                self.raise_type_error(&format!("argument after ** must be a mapping, not {name}"))
            );
        }
        self.dict_update_from_mapping(dict, mapping, Vm::dict_set_keyword)
    }

    fn dict_set_keyword(
        &mut self,
        dict: Obj<Dict>,
        key: Value,
        value: Value,
    ) -> Result<(), Raised> {
        if key.cast::<Str>().is_none() {
            return Err(self.raise_type_error("keywords must be strings"));
        }
        let hash = self.key_hash(key)?;
        if self.table_find(dict, hash, key)?.is_some() {
            let message = format!(
                "got multiple values for keyword argument '{}'",
                self.text(key)
            );
            return Err(self.raise_type_error(&message));
        }
        self.table_push(dict, hash, key, value)
    }

    /// `left == right` for dicts: the same keys with equal values.
    pub(crate) fn dicts_equal(
        &mut self,
        left: Obj<Dict>,
        right: Obj<Dict>,
    ) -> Result<bool, Raised> {
        if left == right {
            return Ok(true);
        }
        if left.table.len() != right.table.len() {
            return Ok(false);
        }
        self.nested(|vm| vm.dict_items_equal(left, right))
    }

    fn dict_items_equal(&mut self, mut left: Obj<Dict>, right: Obj<Dict>) -> Result<bool, Raised> {
        let mut position = 0;
        while let Some((number, entry)) = entry_from(&mut left.table, position) {
            position = number + 1;
            entry.key.increment();
            entry.value.increment();
            let equal = match self.table_find(right, entry.hash, entry.key) {
                Ok(Some(number)) => {
                    let other = right.table.entries()[number].value.increment();
                    let equal = self.equal(entry.value, other);
                    self.release(other);
                    equal
                }
                Ok(None) => Ok(false),
                Err(raised) => Err(raised),
            };
            self.release(entry.key);
            self.release(entry.value);
            if !equal? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
