//! Instructions that spread an iterable over registers.

use crate::interpreter::Registers;
use crate::interpreter::counting::counted;
use crate::object::{List, Tuple};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Tuples and lists of up to so many items are unpacked without allocating.
const FEW_ITEMS: usize = 8;

impl Vm {
    /// `a, b, c = iterable`.
    pub(crate) fn unpack(
        &mut self,
        registers: Registers,
        first: u8,
        iterable: Value,
        count: u8,
    ) -> Result<(), Raised> {
        let (tuple, list) = (iterable.cast::<Tuple>(), iterable.cast::<List>());
        let items = match (&tuple, &list) {
            (Some(tuple), _) => tuple.as_slice(),
            (_, Some(list)) => list.items.as_slice(),
            _ => &[],
        };
        let mut few = [Value::UNSET; FEW_ITEMS];
        if items.len() == count as usize
            && let Some(few) = few.get_mut(..items.len())
        {
            self.count_references(move || (counted(items), 0));
            // All are taken before one is stored: what a register held before may hold them.
            for (taken, item) in few.iter_mut().zip(items) {
                *taken = item.increment();
            }
            self.put_unpacked(registers, first, few);
            return Ok(());
        }
        let items = self.unpacked(iterable, count as usize, None)?;
        self.put_unpacked(registers, first, &items);
        Ok(())
    }

    /// `a, *b, c = iterable`.
    pub(crate) fn unpack_star(
        &mut self,
        registers: Registers,
        first: u8,
        iterable: Value,
        before: u8,
        after: u8,
    ) -> Result<(), Raised> {
        let items = self.unpacked(iterable, before as usize, Some(after as usize))?;
        let middle_end = items.len() - after as usize;
        let middle = self.new_list_of(&items[before as usize..middle_end]);
        let middle = match middle {
            Ok(middle) => middle,
            Err(raised) => {
                self.aside(|vm| vm.give_back_all(&items));
                return Err(raised);
            }
        };
        let mut rest = items;
        let taken: Vec<Value> = rest.splice(before as usize..middle_end, [middle]).collect();
        self.put_unpacked(registers, first, &rest);
        self.give_back_all(&taken);
        Ok(())
    }

    /// The items of an iterable that is unpacked: `count` of them, or at least `count + after`.
    /// Owned.
    fn unpacked(
        &mut self,
        iterable: Value,
        count: usize,
        after: Option<usize>,
    ) -> Result<Vec<Value>, Raised> {
        let iterator = match self.get_iter(iterable) {
            Ok(iterator) => iterator,
            Err(raised) => {
                if self.outcome.is_none()
                    && self.exception_is(Type::TypeError)
                    && self.special_method(iterable, self.names.iter).is_none()
                {
                    self.catch(Type::TypeError, raised)?;
                    let message = format!(
                        "cannot unpack non-iterable {} object",
                        self.type_name(iterable)
                    );
                    return Err(self.raise_type_error(&message));
                }
                return Err(raised);
            }
        };
        let mut items: Vec<Value> = Vec::new();
        // Without a star one item too many is asked for, to see that there is none.
        let limit = if after.is_some() {
            usize::MAX
        } else {
            count + 1
        };
        let failed = loop {
            if items.len() == limit {
                break None;
            }
            // The temporary vector is Rust's memory; the limit must hold for it too.
            if items.len() >= 1024
                && items.len() == items.capacity()
                && self.heap.heap_bytes() + items.len() * 16 > self.heap.limit_bytes()
            {
                break Some(self.raise(Type::MemoryError, ""));
            }
            match self.next(iterator) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => break None,
                Err(raised) => break Some(raised),
            }
        };
        self.aside(|vm| vm.give_back(iterator));
        let error =
            if failed.is_some() {
                failed
            } else {
                let needed = count + after.unwrap_or(0);
                let got = items.len();
                if got < needed {
                    let at_least = if after.is_some() { "at least " } else { "" };
                    Some(self.raise_value_error(&format!(
                        "not enough values to unpack (expected {at_least}{needed}, got {got})"
                    )))
                } else if after.is_none() && got > count {
                    Some(self.raise_value_error(&format!(
                        "too many values to unpack (expected {count})"
                    )))
                } else {
                    None
                }
            };
        match error {
            None => Ok(items),
            Some(raised) => {
                self.aside(|vm| vm.give_back_all(&items));
                Err(raised)
            }
        }
    }

    /// Stores owned items.
    fn put_unpacked(&mut self, registers: Registers, first: u8, items: &[Value]) {
        for (index, &item) in items.iter().enumerate() {
            let former = registers.replace(first + index as u8, item);
            self.give_back(former);
        }
    }
}
