//! The insertion-ordered hash table of dicts and sets: layout and ownership.
//!
//! ```text
//!  index (table_index.rs)     entries: │ hash, key, value │ hash, unset, unset │ ...
//! ```
//!
//! A removed entry stays in its place, unset, until the entries are compacted, so that an iterator
//! finds its way by entry number. Small tables have no index: their entries are searched in order.
//! Looking up, inserting and removing are in `ops/table.rs`, since comparing keys may run program
//! code.

use crate::object::owned::buffer_footprint;
use crate::object::{Dropped, Index};
use crate::value::Value;
use core::ptr::NonNull;

/// One entry; `key` is unset in a removed one.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Entry {
    pub(crate) hash: u64,
    pub(crate) key: Value,
    pub(crate) value: Value,
}

/// See the module documentation.
#[repr(C)]
pub(crate) struct Table {
    pub(crate) entries: NonNull<Entry>,
    /// Entries in use, removed ones included.
    pub(crate) entry_count: u32,
    pub(crate) entry_capacity: u32,
    /// Keys present.
    pub(crate) length: u32,
    /// Grows with each insertion of a new key and each removal, so that iterators and look-ups
    /// that ran program code notice.
    pub(crate) version: u32,
    /// None while the table is small.
    pub(crate) index: Index,
}

impl Table {
    /// An empty table; takes no memory.
    pub(crate) const fn new() -> Table {
        Table {
            entries: NonNull::dangling(),
            entry_count: 0,
            entry_capacity: 0,
            length: 0,
            version: 0,
            index: Index::none(),
        }
    }

    /// Keys present.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.length as usize
    }

    /// The entries in use, removed ones (unset key) included.
    #[inline(always)]
    pub(crate) fn entries(&self) -> &[Entry] {
        // SAFETY: the first `entry_count` entries of the buffer are initialised; a dangling
        // pointer goes with count zero only.
        unsafe { core::slice::from_raw_parts(self.entries.as_ptr(), self.entry_count as usize) }
    }

    /// The entries in use, mutably.
    #[inline(always)]
    pub(crate) fn entries_mut(&mut self) -> &mut [Entry] {
        // SAFETY: as in `entries`, and `self` is borrowed mutably.
        unsafe { core::slice::from_raw_parts_mut(self.entries.as_ptr(), self.entry_count as usize) }
    }

    /// The entries that are present, in insertion order; borrowed.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Entry> + '_ {
        self.entries()
            .iter()
            .filter(|entry| !entry.key.is_unset())
            .copied()
    }

    /// Bytes of the entry buffer.
    pub(crate) fn entries_bytes(&self) -> usize {
        self.entry_capacity as usize * size_of::<Entry>()
    }

    /// Bytes that the heap accounts for the entries and the index.
    pub(super) fn owned_bytes(&self) -> usize {
        buffer_footprint(self.entries_bytes()) + buffer_footprint(self.index.bytes())
    }

    /// Visits each key and value.
    pub(crate) fn traverse(&self, visit: &mut impl FnMut(Value)) {
        for entry in self.entries() {
            visit(entry.key);
            visit(entry.value);
        }
    }

    /// Gives everything up in insertion order and returns the memory.
    pub(crate) fn clear(&mut self, dropped: &mut Dropped<'_>) {
        let version = self.version.wrapping_add(1);
        let mut taken = core::mem::replace(
            self,
            Table {
                version,
                ..Table::new()
            },
        );
        for entry in taken.entries_mut() {
            dropped.value(entry.key);
            dropped.value(entry.value);
        }
        let index = core::mem::replace(&mut taken.index, Index::none());
        index.free(dropped.heap);
        let bytes = taken.entries_bytes();
        if bytes > 0 {
            // SAFETY: the buffer was allocated by this heap with that many bytes.
            unsafe { dropped.heap.free_buffer(taken.entries.cast(), bytes) };
        }
    }
}
