//! Set operations: adding, looking up, removing, hashing.

use crate::object::{Dict, Kind, Obj, Set};
use crate::ops::key::quick_hash;
use crate::ops::table::Probe;
use crate::ops::table_search::entry_from;
use crate::pure::hash::hash_frozen_set;
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    /// `set.add(item)`; true if it was new.
    #[inline]
    pub(crate) fn set_add(&mut self, set: Obj<Set>, item: Value) -> Result<bool, Raised> {
        if let Some(hash) = quick_hash(item) {
            match set.table.probe(hash, item) {
                Probe::Found(_) => return Ok(false),
                Probe::Absent => {
                    self.table_push(set, hash, item, Value::NONE)?;
                    return Ok(true);
                }
                Probe::Unsure => {}
            }
        }
        let hash = self.key_hash(item)?;
        self.set_add_hashed(set, hash, item)
    }

    /// `set.add(item)` for an item whose hash is known.
    pub(crate) fn set_add_hashed(
        &mut self,
        set: Obj<Set>,
        hash: u64,
        item: Value,
    ) -> Result<bool, Raised> {
        if self.table_find(set, hash, item)?.is_some() {
            return Ok(false);
        }
        self.table_push(set, hash, item, Value::NONE)?;
        Ok(true)
    }

    /// `set.update(iterable)`.
    pub(crate) fn set_update(&mut self, set: Obj<Set>, iterable: Value) -> Result<(), Raised> {
        match iterable.kind() {
            Some(Kind::Set) => {
                let other = Obj::<Set>::of(iterable.object_unchecked());
                self.set_update_from_set(set, other)
            }
            Some(Kind::Dict) => {
                let dict = Obj::<Dict>::of(iterable.object_unchecked());
                self.set_update_from_dict(set, dict)
            }
            _ => self.for_each(iterable, &mut |vm, item| {
                let added = vm.set_add(set, item);
                vm.release(item);
                added.map(|_| ())
            }),
        }
    }

    fn set_update_from_set(&mut self, set: Obj<Set>, mut other: Obj<Set>) -> Result<(), Raised> {
        if set == other || other.table.len() == 0 {
            return Ok(());
        }
        if set.table.entry_capacity == 0 {
            return self.table_fill(set, other);
        }
        let mut position = 0;
        while let Some((number, entry)) = entry_from(&mut other.table, position) {
            position = number + 1;
            entry.key.increment();
            let added = self.set_add_hashed(set, entry.hash, entry.key);
            self.release(entry.key);
            added?;
        }
        Ok(())
    }

    /// As in CPython, a dict's keys come with their hashes; a program does not see them computed.
    fn set_update_from_dict(&mut self, set: Obj<Set>, mut dict: Obj<Dict>) -> Result<(), Raised> {
        let length = dict.table.len();
        let mut position = 0;
        while let Some((number, entry)) = entry_from(&mut dict.table, position) {
            position = number + 1;
            entry.key.increment();
            let added = self.set_add_hashed(set, entry.hash, entry.key);
            self.release(entry.key);
            added?;
            if dict.table.len() != length {
                return Err(self.raise_runtime_error("dictionary changed size during iteration"));
            }
        }
        Ok(())
    }

    /// A new set, frozen or not, of an iterable's items. Owned.
    pub(crate) fn set_from(&mut self, iterable: Value, frozen: bool) -> Result<Value, Raised> {
        let set = self.new_set(frozen)?;
        match self.set_update(Obj::of(set.object_unchecked()), iterable) {
            Ok(()) => Ok(set),
            Err(raised) => {
                self.release(set);
                Err(raised)
            }
        }
    }

    /// `item in set`.
    #[inline]
    pub(crate) fn set_contains(&mut self, set: Obj<Set>, item: Value) -> Result<bool, Raised> {
        if let Some(hash) = quick_hash(item) {
            match set.table.probe(hash, item) {
                Probe::Found(_) => return Ok(true),
                Probe::Absent => return Ok(false),
                Probe::Unsure => {}
            }
        }
        let hash = self.element_hash(item)?;
        Ok(self.table_find(set, hash, item)?.is_some())
    }

    /// `set.discard(item)`; true if it was there.
    pub(crate) fn set_discard(&mut self, set: Obj<Set>, item: Value) -> Result<bool, Raised> {
        let hash = self.element_hash(item)?;
        match self.table_remove(set, hash, item)? {
            Some(entry) => {
                self.release(entry.key);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Takes the oldest item out; owned.
    pub(crate) fn set_pop(&mut self, mut set: Obj<Set>) -> Option<Value> {
        let number = set.table.next_present(0)?;
        Some(set.table.take_entry(number).key)
    }

    /// The hash of a frozen set, from the hashes of its items; runs no program code.
    pub(crate) fn hash_frozenset(&mut self, mut set: Obj<Set>) -> u64 {
        let frozen = !set.is_mutable();
        if frozen && set.hash != 0 {
            return set.hash;
        }
        let hash = hash_frozen_set(set.table.iter().map(|entry| entry.hash as i64)) as u64;
        if frozen {
            set.hash = hash;
        }
        hash
    }
}
