//! Hash tables whose keys may run program code: looking up, inserting and removing.
//!
//! 1. `quick_hash` and `Table::probe` settle most look-ups without program code.
//! 2. Otherwise every entry with the key's hash is compared by `Vm::equal`, which may run anything,
//!    a change of this very table included. The table's `version` tells.
//! 3. If entries were only added meanwhile, the look-up goes on with those: a comparison that adds a
//!    key each time does not make it begin for ever. If they were moved or taken out, it begins
//!    again.
//!
//! The caller keeps the dict or set and the key alive meanwhile.

use crate::object::{Entry, Obj, Set, Table};
use crate::ops::key::{quick_equal, quick_hash};
use crate::ops::table::{Hashed, Probe};
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    /// The hash of a key.
    #[inline]
    pub(crate) fn key_hash(&mut self, key: Value) -> Result<u64, Raised> {
        match quick_hash(key) {
            Some(hash) => Ok(hash),
            None => self.hash(key),
        }
    }

    /// The number of a key's entry.
    #[inline]
    pub(crate) fn table_find<T: Hashed>(
        &mut self,
        owner: Obj<T>,
        hash: u64,
        key: Value,
    ) -> Result<Option<usize>, Raised> {
        match owner.table().probe(hash, key) {
            Probe::Found(number) => Ok(Some(number)),
            Probe::Absent => Ok(None),
            Probe::Unsure => self.table_find_comparing(owner, hash, key),
        }
    }

    #[cold]
    #[inline(never)]
    fn table_find_comparing<T: Hashed>(
        &mut self,
        owner: Obj<T>,
        hash: u64,
        key: Value,
    ) -> Result<Option<usize>, Raised> {
        // Entries before this one were compared.
        let mut compared = 0;
        loop {
            let table = owner.table();
            let (version, buffer, end) = (table.version, table.entries, table.entry_count);
            let mut renumbered = false;
            for number in table.candidates(hash) {
                let Some(&Entry {
                    hash: stored_hash,
                    key: stored,
                    ..
                }) = owner.table().entries().get(number as usize)
                else {
                    continue;
                };
                if number < compared || stored_hash != hash || stored.is_unset() {
                    continue;
                }
                stored.increment();
                let equal = match quick_equal(stored, key) {
                    Some(equal) => Ok(equal),
                    None => self.equal(stored, key),
                };
                // Asked while the key is held: another object could be at its address afterwards.
                let in_place = owner.table().entries().get(number as usize);
                let in_place = in_place.is_some_and(|entry| entry.key == stored);
                self.release(stored);
                let equal = equal?;
                if equal && in_place {
                    return Ok(Some(number as usize));
                }
                let table = owner.table();
                if equal || table.entries != buffer || table.entry_count < end {
                    renumbered = true;
                    break;
                }
            }
            if owner.table().version == version {
                return Ok(None);
            }
            compared = if renumbered { 0 } else { end };
        }
    }

    /// Appends a key that was just found absent, with its value; takes one more count of each.
    pub(crate) fn table_push<T: Hashed>(
        &mut self,
        mut owner: Obj<T>,
        hash: u64,
        key: Value,
        value: Value,
    ) -> Result<(), Raised> {
        match owner
            .table_mut()
            .push_entry(&mut self.heap, Entry { hash, key, value })
        {
            Ok(()) => {
                key.increment();
                value.increment();
                self.stored_in(owner.object(), key);
                self.stored_in(owner.object(), value);
                Ok(())
            }
            Err(error) => Err(self.raise_memory_error(error)),
        }
    }

    /// Takes the entry of a key out; key and value are the caller's.
    pub(crate) fn table_remove<T: Hashed>(
        &mut self,
        mut owner: Obj<T>,
        hash: u64,
        key: Value,
    ) -> Result<Option<Entry>, Raised> {
        let found = self.table_find(owner, hash, key)?;
        Ok(found.map(|number| owner.table_mut().take_entry(number)))
    }

    /// Makes room for `additional` more keys, so that a copy of many grows once.
    pub(crate) fn table_reserve<T: Hashed>(
        &mut self,
        mut owner: Obj<T>,
        additional: usize,
    ) -> Result<(), Raised> {
        let reserved = owner.table_mut().reserve(&mut self.heap, additional);
        reserved.map_err(|error| self.raise_memory_error(error))
    }

    /// Fills an empty table with what another holds.
    pub(crate) fn table_fill<T: Hashed>(
        &mut self,
        mut target: Obj<T>,
        source: Obj<T>,
    ) -> Result<(), Raised> {
        debug_assert!(target.table().entry_capacity == 0);
        match source.table().duplicate(&mut self.heap) {
            Ok(mut table) => {
                table.version = target.table().version.wrapping_add(1);
                *target.table_mut() = table;
                self.copied(target.object(), source.object());
                Ok(())
            }
            Err(error) => Err(self.raise_memory_error(error)),
        }
    }

    /// The hash by which a set is searched for `item`: a set that is not frozen, which has none,
    /// is looked for as the frozen set it equals.
    pub(crate) fn element_hash(&mut self, item: Value) -> Result<u64, Raised> {
        match item.cast::<Set>() {
            Some(set) if set.is_mutable() => Ok(self.hash_frozenset(set)),
            _ => self.key_hash(item),
        }
    }
}

impl Obj<Set> {
    /// Whether it is a `set`, not a `frozenset`.
    #[inline]
    pub(crate) fn is_mutable(self) -> bool {
        self.object().aux() & Set::FROZEN == 0
    }
}

/// The entry of a table that is present at `position` or behind it, and its number; borrowed.
#[inline]
pub(crate) fn entry_from(table: &mut Table, position: usize) -> Option<(usize, Entry)> {
    let number = table.next_present(position)?;
    Some((number, table.entries()[number]))
}
