//! Handles: how an embedder holds values.
//!
//! A [`Handle`] keeps a value alive and owns one count of it. Dropping a handle needs no machine at
//! hand: it leaves a note, and the machine gives the count back at its next call. A handle that
//! outlives its machine is harmless, and one machine refuses another's.

use crate::value::Value;
use crate::vm::Vm;
use std::sync::{Arc, Mutex, PoisonError};

/// Notes that dropped handles leave: slot numbers.
#[derive(Debug, Default)]
struct Notes(Mutex<Vec<u32>>);

/// A value held by the embedder. See the module documentation.
#[derive(Debug)]
pub struct Handle {
    slot: u32,
    notes: Arc<Notes>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.notes
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(self.slot);
    }
}

/// The machine's side: the value of each slot, owned; unset while the slot is free.
#[derive(Debug)]
pub(crate) struct Handles {
    slots: Vec<Value>,
    free: Vec<u32>,
    notes: Arc<Notes>,
}

impl Handles {
    pub(crate) fn new() -> Handles {
        Handles {
            slots: Vec::new(),
            free: Vec::new(),
            notes: Arc::default(),
        }
    }

    /// Every value held, borrowed.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Value> + '_ {
        self.slots.iter().copied()
    }
}

impl Vm {
    /// A handle that takes over an owned value.
    pub(crate) fn hold(&mut self, value: Value) -> Handle {
        self.reap_handles();
        let slot = match self.handles.free.pop() {
            Some(slot) => slot,
            None => {
                self.handles.slots.push(Value::UNSET);
                self.handles.slots.len() as u32 - 1
            }
        };
        self.handles.slots[slot as usize] = value;
        Handle {
            slot,
            notes: Arc::clone(&self.handles.notes),
        }
    }

    /// The value of a handle, borrowed; `None` if it belongs to another machine.
    pub(crate) fn held(&self, handle: &Handle) -> Option<Value> {
        if !Arc::ptr_eq(&handle.notes, &self.handles.notes) {
            return None;
        }
        self.handles
            .slots
            .get(handle.slot as usize)
            .copied()
            .and_then(Value::set)
    }

    /// Gives back the counts of dropped handles.
    pub(crate) fn reap_handles(&mut self) {
        let notes = core::mem::take(
            &mut *self
                .handles
                .notes
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        for slot in notes {
            let value = core::mem::replace(&mut self.handles.slots[slot as usize], Value::UNSET);
            self.handles.free.push(slot);
            self.aside(|vm| vm.release(value));
        }
    }
}
