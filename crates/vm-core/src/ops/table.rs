//! The hash table of dicts and sets: layout rules, and the look-ups that run no program code.
//!
//! ```text
//!  index: hash ──► entry number            entries: │ hash, key, value │ removed │ ...
//! ```
//!
//! 1. Entries stand in the order of insertion. A new one goes behind the last; a removed one stays,
//!    unset, until the entries are moved together, so that iterators find their way by number.
//! 2. Up to [`SMALL`] entries are searched in order. More have an index (`object/table_index.rs`).
//! 3. When the entries are full, they are moved together into a buffer for a third more than are
//!    present, rounded up to what the index holds; that grows, stays or shrinks as it must.
//! 4. Memory is accounted before anything changes, so a failure leaves the table as it was.
//! 5. Most keys compare without running program code, by [`quick_equal`]. A look-up that meets a
//!    key it cannot judge says [`Probe::Unsure`], and is done again by `Vm::table_find`
//!    (`ops/table_search.rs`).

use crate::object::{Dict, Entry, Index, Layout, Set, Table};
use crate::ops::key::quick_equal;
use crate::value::Value;
use vm_heap::{Heap, OutOfMemory};

/// Most entries of a table without an index.
pub(crate) const SMALL: usize = 8;
/// Most entries of any table.
const MAX_ENTRIES: usize = u32::MAX as usize / 4;

/// A layout that is a hash table: `dict` and `set`.
pub(crate) trait Hashed: Layout {
    fn table(&self) -> &Table;
    fn table_mut(&mut self) -> &mut Table;
}

impl Hashed for Dict {
    #[inline(always)]
    fn table(&self) -> &Table {
        &self.table
    }
    #[inline(always)]
    fn table_mut(&mut self) -> &mut Table {
        &mut self.table
    }
}

impl Hashed for Set {
    #[inline(always)]
    fn table(&self) -> &Table {
        &self.table
    }
    #[inline(always)]
    fn table_mut(&mut self) -> &mut Table {
        &mut self.table
    }
}

/// What a look-up without program code found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Probe {
    /// The key is in the entry of that number.
    Found(usize),
    /// The key is not there.
    Absent,
    /// Only program code can tell.
    Unsure,
}

/// Entries of the smallest buffer that holds `needed`: a small one, or as many as an index has room
/// for.
fn capacity_for(needed: usize) -> usize {
    match needed {
        0..=4 => 4,
        5..=SMALL => SMALL,
        _ => Index::capacity_for(needed),
    }
}

fn out_of_memory(heap: &Heap, requested_bytes: usize) -> OutOfMemory {
    OutOfMemory {
        requested_bytes,
        heap_bytes: heap.heap_bytes(),
        limit_bytes: heap.limit_bytes(),
    }
}

impl Table {
    /// Looks a key up, without running program code.
    #[inline]
    pub(crate) fn probe(&self, hash: u64, key: Value) -> Probe {
        let mut unsure = false;
        let mut matches = |entry: &Entry| {
            // The same word is the same key, whatever its hash.
            entry.key == key
                || entry.hash == hash
                    && quick_equal(entry.key, key).unwrap_or_else(|| {
                        unsure = true;
                        false
                    })
        };
        let entries = self.entries();
        let found = if self.index.is_some() {
            // There is no entry behind a number of the index's own.
            let mut matches = |number| entries.get(number as usize).is_some_and(&mut matches);
            let found = self.index.find(hash, &mut matches);
            found.map(|number| number as usize)
        } else {
            entries.iter().position(&mut matches)
        };
        match found {
            Some(number) => Probe::Found(number),
            None if unsure => Probe::Unsure,
            None => Probe::Absent,
        }
    }

    /// The numbers of all entries with a hash.
    pub(crate) fn candidates(&self, hash: u64) -> Vec<u32> {
        let entries = self.entries();
        let is_candidate = |number: &u32| {
            let entry = &entries[*number as usize];
            entry.hash == hash && !entry.key.is_unset()
        };
        if !self.index.is_some() {
            return (0..self.entry_count).filter(is_candidate).collect();
        }
        let mut found = Vec::new();
        self.index.find(hash, |number| {
            if number < self.entry_count && is_candidate(&number) {
                found.push(number);
            }
            false
        });
        found
    }

    /// Appends an entry whose key is not in the table; takes over its counts, unless it fails.
    #[inline]
    pub(crate) fn push_entry(&mut self, heap: &mut Heap, entry: Entry) -> Result<(), OutOfMemory> {
        let index_is_full = self.index.is_some() && self.index.is_full();
        if self.entry_count == self.entry_capacity || index_is_full {
            self.make_room(heap)?;
        }
        let number = self.entry_count;
        // SAFETY: `make_room` left room for one more entry behind the last.
        unsafe { self.entries.as_ptr().add(number as usize).write(entry) };
        self.entry_count += 1;
        self.length += 1;
        self.version = self.version.wrapping_add(1);
        if self.index.is_some() {
            self.index.insert(entry.hash, number);
        }
        Ok(())
    }

    /// Takes the entry out that is present under a number.
    pub(crate) fn take_entry(&mut self, number: usize) -> Entry {
        let removed = Entry {
            hash: 0,
            key: Value::UNSET,
            value: Value::UNSET,
        };
        let entry = core::mem::replace(&mut self.entries_mut()[number], removed);
        debug_assert!(!entry.key.is_unset());
        if self.index.is_some() {
            self.index.remove(entry.hash, number as u32);
        }
        self.length -= 1;
        self.version = self.version.wrapping_add(1);
        entry
    }

    /// The number of the first entry that is present at `position` or behind it.
    #[inline]
    pub(crate) fn next_present(&mut self, position: usize) -> Option<usize> {
        let entries = self.entries();
        match entries.get(position) {
            Some(entry) if !entry.key.is_unset() => Some(position),
            _ => self.skip_removed(position),
        }
    }

    /// Where entry 0 is removed, its `hash` says how many are removed from there on (as far as is
    /// known): taking the first entry again and again does not search them all each time.
    #[cold]
    fn skip_removed(&mut self, position: usize) -> Option<usize> {
        let entries = self.entries_mut();
        let known = entries
            .first()
            .filter(|first| first.key.is_unset())
            .map(|first| first.hash);
        let start = position.max(known.unwrap_or(0) as usize);
        let behind = entries.get(start..)?;
        let found = start + behind.iter().position(|entry| !entry.key.is_unset())?;
        if position <= known.unwrap_or(0) as usize && known.is_some() {
            entries[0].hash = found as u64;
        }
        Some(found)
    }

    /// The number of the last entry that is present before `end`.
    pub(crate) fn previous_present(&self, end: usize) -> Option<usize> {
        let entries = self.entries();
        entries[..end.min(entries.len())]
            .iter()
            .rposition(|entry| !entry.key.is_unset())
    }

    /// Takes the last entry out, and forgets the removed ones behind it.
    pub(crate) fn pop_entry(&mut self) -> Option<Entry> {
        let number = self.previous_present(self.entry_count as usize)?;
        let entry = self.take_entry(number);
        self.entry_count = number as u32;
        Some(entry)
    }

    /// Room for at least one entry more.
    #[cold]
    #[inline(never)]
    fn make_room(&mut self, heap: &mut Heap) -> Result<(), OutOfMemory> {
        self.set_capacity(heap, capacity_for(self.len() + self.len() / 3 + 1))
    }

    /// Room for `additional` more entries than are present.
    pub(crate) fn reserve(
        &mut self,
        heap: &mut Heap,
        additional: usize,
    ) -> Result<(), OutOfMemory> {
        let needed = self.len().saturating_add(additional);
        let free = (self.entry_capacity - self.entry_count) as usize;
        if additional <= free {
            return Ok(());
        }
        if needed > MAX_ENTRIES {
            return Err(out_of_memory(
                heap,
                needed.saturating_mul(size_of::<Entry>()),
            ));
        }
        self.set_capacity(heap, capacity_for(needed))
    }

    /// Moves the entries together into a buffer for `capacity` of them, with an index if it needs
    /// one. Entry numbers change.
    fn set_capacity(&mut self, heap: &mut Heap, capacity: usize) -> Result<(), OutOfMemory> {
        debug_assert!(capacity > self.len());
        let bytes = capacity * size_of::<Entry>();
        if capacity > MAX_ENTRIES {
            return Err(out_of_memory(heap, bytes));
        }
        let mut index = if capacity <= SMALL {
            Index::none()
        } else {
            Index::allocate(heap, capacity)?
        };
        let buffer = match heap.allocate_buffer(bytes) {
            Ok(buffer) => buffer.cast::<Entry>(),
            Err(error) => {
                index.free(heap);
                return Err(error);
            }
        };
        let mut count = 0u32;
        for entry in self.iter() {
            // SAFETY: the new buffer has room for more entries than are present.
            unsafe { buffer.as_ptr().add(count as usize).write(entry) };
            if index.is_some() {
                index.insert(entry.hash, count);
            }
            count += 1;
        }
        debug_assert_eq!(count, self.length);
        core::mem::replace(&mut self.index, index).free(heap);
        let old_bytes = self.entries_bytes();
        if old_bytes > 0 {
            // SAFETY: the buffer was allocated by this heap with that many bytes.
            unsafe { heap.free_buffer(self.entries.cast(), old_bytes) };
        }
        self.entries = buffer;
        self.entry_count = count;
        self.entry_capacity = capacity as u32;
        Ok(())
    }

    /// A table with the same keys and values, of each of which it takes one more count.
    pub(crate) fn duplicate(&self, heap: &mut Heap) -> Result<Table, OutOfMemory> {
        let mut copy = Table::new();
        if self.length > 0 {
            copy.set_capacity(heap, capacity_for(self.len() + 1))?;
        }
        for entry in self.iter() {
            copy.push_entry(heap, entry)?;
            entry.key.increment();
            entry.value.increment();
        }
        Ok(copy)
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
