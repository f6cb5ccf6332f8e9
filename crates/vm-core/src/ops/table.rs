//! The hash table of dicts and sets: layout rules, and the look-ups that run no program code.
//!
//! ```text
//!  index: hash ──► entry number            entries: │ hash, key, value │ removed │ ...
//! ```
//!
//! 1. Entries stand in the order of insertion. A new one goes behind the last; a removed one stays,
//!    unset, until the entries are moved together, so that iterators find their way by number.
//! 2. Up to [`SMALL`] entries are searched in order. More have an index, a `hashbrown` table
//!    (Kulukundis's "Swiss table") of entry numbers. Hashes are spread before they go there, since
//!    it takes its position from the low bits and its tag from the high ones, and integers hash to
//!    themselves.
//! 3. When the entries are full, they are moved together into a buffer for a third more than are
//!    present, rounded up to what the index holds; that grows, stays or shrinks as it must.
//! 4. Memory is accounted before anything changes, so a failure leaves the table as it was.
//! 5. Most keys compare without running program code, by [`quick_equal`]. A look-up that meets a
//!    key it cannot judge says [`Probe::Unsure`], and is done again by `Vm::table_find`
//!    (`ops/table_search.rs`).

use crate::object::{Dict, Entry, Layout, Set, Table};
use crate::ops::key::quick_equal;
use crate::value::Value;
use hashbrown::HashTable;
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

/// A hash made fit for the index; see the module documentation.
#[inline(always)]
fn spread(hash: u64) -> u64 {
    let product = hash.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ (product >> 32)
}

/// Entries of the smallest buffer that holds `needed`: a small one, or as many as an index with a
/// power of two of buckets has room for.
fn capacity_for(needed: usize) -> usize {
    match needed {
        0..=4 => 4,
        5..=SMALL => SMALL,
        _ => (needed * 8).div_ceil(7).next_power_of_two() / 8 * 7,
    }
}

/// Bytes of an index for that many entries: a number and a control byte for each bucket, and one
/// group of control bytes more.
fn index_bytes_for(capacity: usize) -> usize {
    capacity / 7 * 8 * 5 + 16
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
            entry.hash == hash
                && quick_equal(entry.key, key).unwrap_or_else(|| {
                    unsure = true;
                    false
                })
        };
        let entries = self.entries();
        let found = match &self.index {
            None => entries.iter().position(&mut matches),
            Some(index) => index
                .find(spread(hash), |&number| matches(&entries[number as usize]))
                .map(|&number| number as usize),
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
        match &self.index {
            None => (0..self.entry_count).filter(is_candidate).collect(),
            Some(index) => index
                .iter_hash(spread(hash))
                .copied()
                .filter(is_candidate)
                .collect(),
        }
    }

    /// Appends an entry whose key is not in the table; takes over its counts, unless it fails.
    #[inline]
    pub(crate) fn push_entry(&mut self, heap: &mut Heap, entry: Entry) -> Result<(), OutOfMemory> {
        let index_is_full = self
            .index
            .as_ref()
            .is_some_and(|index| index.len() == index.capacity());
        if self.entry_count == self.entry_capacity || index_is_full {
            self.make_room(heap)?;
        }
        let number = self.entry_count;
        // SAFETY: `make_room` left room for one more entry behind the last.
        unsafe { self.entries.as_ptr().add(number as usize).write(entry) };
        self.entry_count += 1;
        self.length += 1;
        self.version = self.version.wrapping_add(1);
        if let Some(index) = &mut self.index {
            let entries = self.entries;
            index.insert_unique(spread(entry.hash), number, |&number| {
                // SAFETY: the index holds numbers of initialised entries only.
                spread(unsafe { (*entries.as_ptr().add(number as usize)).hash })
            });
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
        if let Some(index) = &mut self.index
            && let Ok(found) =
                index.find_entry(spread(entry.hash), |&other| other as usize == number)
        {
            found.remove();
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
        let (mut index, index_bytes) = new_index(heap, capacity)?;
        let buffer = match heap.allocate_buffer(bytes) {
            Ok(buffer) => buffer.cast::<Entry>(),
            Err(error) => {
                heap.discharge(index_bytes);
                return Err(error);
            }
        };
        let mut count = 0u32;
        for entry in self.iter() {
            // SAFETY: the new buffer has room for more entries than are present.
            unsafe { buffer.as_ptr().add(count as usize).write(entry) };
            if let Some(index) = &mut index {
                // The index was made for so many, so it hashes nothing again.
                index.insert_unique(spread(entry.hash), count, |_| 0);
            }
            count += 1;
        }
        debug_assert_eq!(count, self.length);
        heap.discharge(self.index_bytes);
        let old_bytes = self.entries_bytes();
        if old_bytes > 0 {
            // SAFETY: the buffer was allocated by this heap with that many bytes.
            unsafe { heap.free_buffer(self.entries.cast(), old_bytes) };
        }
        self.entries = buffer;
        self.entry_count = count;
        self.entry_capacity = capacity as u32;
        self.index = index;
        self.index_bytes = index_bytes;
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

/// An empty index for `capacity` entries, charged to the heap, and its bytes; none for a small table.
fn new_index(
    heap: &mut Heap,
    capacity: usize,
) -> Result<(Option<HashTable<u32>>, usize), OutOfMemory> {
    if capacity <= SMALL {
        return Ok((None, 0));
    }
    let bytes = index_bytes_for(capacity);
    heap.charge(bytes)?;
    let mut index = HashTable::new();
    if index.try_reserve(capacity, |_| 0).is_err() {
        heap.discharge(bytes);
        return Err(out_of_memory(heap, bytes));
    }
    debug_assert!(index.capacity() == capacity && index.allocation_size() <= bytes);
    Ok((Some(index), bytes))
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
