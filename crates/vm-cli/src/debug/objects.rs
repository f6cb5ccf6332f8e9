//! Names for objects (`#1`, `#2`, …), and how their counts change.
//!
//! An object gets a number when it is shown for the first time, and is watched from then on. So its
//! number ends with its life, and is not given again: an address that is used anew is another object.

use std::collections::{BTreeMap, HashMap};
use vm_core::observe::{Count, ObjectId, ValueView, View};

/// The most objects that have numbers at a time; others are shown without one.
const OBJECTS_MAX: usize = 100_000;

/// The objects that were shown and live.
#[derive(Default)]
pub(super) struct Objects {
    numbers: HashMap<ObjectId, u32>,
    known: BTreeMap<u32, Known>,
    last_number: u32,
}

struct Known {
    id: ObjectId,
    /// When the program stopped last; `None` before.
    count: Option<u32>,
}

impl Objects {
    /// The number of an object that can die; gives it one if it has none.
    pub(super) fn number(&mut self, view: &View<'_>, value: &ValueView<'_>) -> Option<u32> {
        let id = value.id()?;
        if let Some(&number) = self.numbers.get(&id) {
            return Some(number);
        }
        // What dies just now is not born again.
        let is_alive = matches!(value.count(), Count::Of(count) if count > 0);
        if !is_alive || self.known.len() >= OBJECTS_MAX || !view.watch(*value) {
            return None;
        }
        self.last_number += 1;
        self.numbers.insert(id, self.last_number);
        let known = Known { id, count: None };
        self.known.insert(self.last_number, known);
        Some(self.last_number)
    }

    /// The object of a number, while it lives.
    pub(super) fn find<'vm>(&self, view: &View<'vm>, number: u32) -> Option<ValueView<'vm>> {
        view.watched(self.known.get(&number)?.id)
    }

    /// A watched object dies: the number that it had.
    pub(super) fn dies(&mut self, value: &ValueView<'_>) -> Option<u32> {
        let number = self.numbers.remove(&value.id()?)?;
        self.known.remove(&number);
        Some(number)
    }

    /// What changed since this was asked last: number, former count if there was one, new count.
    pub(super) fn changes(&mut self, view: &View<'_>) -> Vec<(u32, Option<u32>, u32)> {
        let mut changes = Vec::new();
        for (&number, known) in &mut self.known {
            let count = view.watched(known.id).map(|value| value.count());
            if let Some(Count::Of(count)) = count
                && known.count != Some(count)
            {
                changes.push((number, known.count.replace(count), count));
            }
        }
        changes
    }

    /// The text of a value, with the numbers of the objects in it.
    pub(super) fn outline<'vm>(
        &mut self,
        view: &View<'vm>,
        value: &ValueView<'vm>,
        width: usize,
    ) -> String {
        value.outline(width, &mut |part| {
            // What stands beside its number already needs no further one.
            let is_whole = part.id() == value.id();
            let number = if is_whole {
                None
            } else {
                self.number(view, part)
            };
            number.map(|number| format!("#{number}"))
        })
    }

    /// `#1 <Node>`: number and text of a value.
    pub(super) fn text<'vm>(
        &mut self,
        view: &View<'vm>,
        value: &ValueView<'vm>,
        width: usize,
    ) -> String {
        let number = self.number(view, value);
        let outline = self.outline(view, value, width);
        match number {
            Some(number) => format!("#{number} {outline}"),
            None => outline,
        }
    }
}
