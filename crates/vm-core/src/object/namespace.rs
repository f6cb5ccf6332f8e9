//! Ordered maps from interned names to values, with stable slots: module globals and class
//! attributes.
//!
//! ```text
//!  index (hash table of slot numbers)      names: │ "a" │ "b" │ "c" │
//!                                          values:│  1  │unset│  3  │   slot 1 was deleted
//! ```
//!
//! A name keeps its slot for ever, so that linked code finds a global by number. A deleted name's
//! value is unset. Names are interned strings: compared and hashed by address.

use crate::object::owned::buffer_footprint;
use crate::object::{Dropped, ValueVec};
use crate::value::Value;
use hashbrown::HashTable;
use vm_heap::{Heap, OutOfMemory};

/// See the module documentation.
pub(crate) struct Namespace {
    index: HashTable<u32>,
    names: ValueVec,
    values: ValueVec,
    index_bytes: usize,
}

/// Hash of an interned name: its address, spread over the word.
#[inline(always)]
fn name_hash(name: Value) -> u64 {
    (name.bits() >> 3).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl Namespace {
    /// An empty namespace; takes no memory.
    pub(crate) fn new() -> Namespace {
        Namespace {
            index: HashTable::new(),
            names: ValueVec::new(),
            values: ValueVec::new(),
            index_bytes: 0,
        }
    }

    /// The slot of an interned name, if it ever had one.
    #[inline]
    pub(crate) fn slot(&self, name: Value) -> Option<usize> {
        let names = self.names.as_slice();
        self.index
            .find(name_hash(name), |&slot| names[slot as usize] == name)
            .map(|&s| s as usize)
    }

    /// The slot of an interned name, made (unset) if it is new. Takes a count of a new name.
    pub(crate) fn ensure_slot(
        &mut self,
        heap: &mut Heap,
        name: Value,
    ) -> Result<usize, OutOfMemory> {
        if let Some(slot) = self.slot(name) {
            return Ok(slot);
        }
        self.reserve(heap, 1)?;
        self.values.push(heap, Value::UNSET)?;
        if let Err(error) = self.names.push(heap, name) {
            self.values.pop();
            return Err(error);
        }
        name.increment();
        let slot = self.names.len() - 1;
        let names = self.names.as_slice();
        self.index
            .insert_unique(name_hash(name), slot as u32, |&slot| {
                name_hash(names[slot as usize])
            });
        Ok(slot)
    }

    /// Makes room for so many new names at once.
    ///
    /// The buffers grow with the index, to as many as it has room for: so they have a few sizes, and
    /// the heap of a new machine pages of as many size classes.
    pub(crate) fn reserve(
        &mut self,
        heap: &mut Heap,
        additional: usize,
    ) -> Result<(), OutOfMemory> {
        let (length, room) = (self.index.len(), self.index.capacity());
        if length + additional <= room {
            return Ok(());
        }
        let additional = additional.max(length).max(4);
        // A table of four-byte slots and one control byte each, never over 7/8 full.
        let buckets = (length + additional) * 8 / 7 + 16;
        heap.charge(buckets * 5)?;
        heap.discharge(self.index_bytes);
        self.index_bytes = buckets * 5;
        let names = self.names.as_slice();
        self.index
            .reserve(additional, |&slot| name_hash(names[slot as usize]));
        let additional = self.index.capacity() - length;
        self.values.reserve(heap, additional)?;
        self.names.reserve(heap, additional)
    }

    /// The value in a slot (unset if deleted or never set).
    #[inline(always)]
    pub(crate) fn value(&self, slot: usize) -> Value {
        self.values.get(slot).unwrap_or(Value::UNSET)
    }

    /// Stores an owned value in a slot; returns the former one, owned.
    #[inline(always)]
    pub(crate) fn replace(&mut self, slot: usize, value: Value) -> Value {
        core::mem::replace(&mut self.values.as_mut_slice()[slot], value)
    }

    /// The value of an interned name, borrowed; unset if there is none.
    #[inline]
    pub(crate) fn get(&self, name: Value) -> Value {
        match self.slot(name) {
            Some(slot) => self.value(slot),
            None => Value::UNSET,
        }
    }

    /// Name and value of each slot that holds one, in order of first definition; borrowed.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Value, Value)> + '_ {
        let pairs = self.names.as_slice().iter().zip(self.values.as_slice());
        pairs
            .filter(|(_, value)| !value.is_unset())
            .map(|(&name, &value)| (name, value))
    }

    /// How many slots there are, deleted ones included.
    pub(crate) fn slot_count(&self) -> usize {
        self.names.len()
    }

    /// The name of a slot, borrowed.
    pub(crate) fn name(&self, slot: usize) -> Value {
        self.names.as_slice()[slot]
    }

    /// Bytes that the heap accounts for the index and the buffers.
    pub(super) fn owned_bytes(&self) -> usize {
        self.index_bytes
            + buffer_footprint(self.names.buffer_bytes())
            + buffer_footprint(self.values.buffer_bytes())
    }

    pub(crate) fn traverse(&self, visit: &mut impl FnMut(Value)) {
        self.names.traverse(visit);
        self.values.traverse(visit);
    }

    pub(crate) fn clear(&mut self, dropped: &mut Dropped<'_>) {
        self.index = HashTable::new();
        dropped
            .heap
            .discharge(core::mem::take(&mut self.index_bytes));
        self.values.clear(dropped);
        self.names.clear(dropped);
    }
}
