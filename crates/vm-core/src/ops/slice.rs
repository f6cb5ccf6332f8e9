//! Slices of sequences: reading, assigning and deleting them.
//!
//! 1. The bounds are made integers first, which may run `__index__`; the length is asked after.
//! 2. What is assigned is made complete before the list is touched.
//! 3. What falls out of a list is released after the list is whole again.

use crate::object::{Bytes, Kind, List, Obj, Slice, Str, Tuple, ValueVec};
use crate::ops::index::clamped;
use crate::ops::list::items_now;
use crate::pure::slice::{SliceIndices, slice_indices};
use crate::pure::text::Text;
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    /// `slice(start, stop, step)`; takes one more count of each. Owned.
    pub(crate) fn new_slice(
        &mut self,
        start: Value,
        stop: Value,
        step: Value,
    ) -> Result<Value, Raised> {
        let slice = self.make(|header| Slice {
            header,
            start,
            stop,
            step,
        })?;
        for part in [start, stop, step] {
            part.increment();
        }
        Ok(slice.value())
    }

    /// The bounds of a slice: integer values or `None`, owned.
    pub(crate) fn slice_integers(&mut self, slice: Value) -> Result<[Value; 3], Raised> {
        let mut bounds = [Value::NONE; 3];
        let Some(slice) = slice.cast::<Slice>() else {
            return Ok(bounds);
        };
        // As in CPython, the step is looked at first.
        for (place, bound) in [(2, slice.step), (0, slice.start), (1, slice.stop)] {
            if bound.is_none() {
                continue;
            }
            let failure = match self.index_value(bound) {
                Ok(Some(integer)) => {
                    bounds[place] = integer;
                    continue;
                }
                Ok(None) => self.raise_type_error(
                    "slice indices must be integers or None or have an __index__ method",
                ),
                Err(raised) => raised,
            };
            self.release_all(&bounds);
            return Err(failure);
        }
        Ok(bounds)
    }

    /// What a slice selects of a sequence, whose length is asked after the bounds are known.
    pub(crate) fn slice_indices(
        &mut self,
        slice: Value,
        length: impl FnOnce() -> usize,
    ) -> Result<SliceIndices, Raised> {
        let bounds = self.slice_integers(slice)?;
        let [start, stop, step] = bounds.map(|bound| {
            if bound.is_none() {
                None
            } else {
                Some(clamped(bound))
            }
        });
        self.release_all(&bounds);
        match slice_indices(start, stop, step, length()) {
            Some(indices) => Ok(indices),
            None => Err(self.raise_value_error("slice step cannot be zero")),
        }
    }

    /// `sequence[slice]` of a list, tuple, str, bytes or range. Owned.
    pub(crate) fn get_slice(&mut self, sequence: Value, slice: Value) -> Result<Value, Raised> {
        match sequence.kind() {
            Some(Kind::List) => {
                let length = || items_now(&sequence).map_or(0, |items| items.len());
                let indices = self.slice_indices(slice, length)?;
                let items = self.select(sequence, indices)?;
                self.new_list(items)
            }
            Some(Kind::Tuple) => {
                let length = Obj::<Tuple>::of(sequence.object_unchecked()).length;
                let indices = self.slice_indices(slice, || length)?;
                if indices.length == length && indices.step == 1 {
                    return Ok(sequence.increment());
                }
                let items = self.select(sequence, indices)?;
                self.tuple_of_values(items)
            }
            Some(Kind::Str) => {
                let string = Obj::<Str>::of(sequence.object_unchecked());
                let length = string.char_length as usize;
                let indices = self.slice_indices(slice, || length)?;
                if indices.length == length && indices.step == 1 {
                    return Ok(sequence.increment());
                }
                let text = Text::with_length(string.as_str(), length);
                if indices.step == 1 {
                    let start = indices.start as usize;
                    let selected = if indices.length == 0 {
                        ""
                    } else {
                        text.range(start, start + indices.length)
                    };
                    return self.new_str(selected);
                }
                // The text is made outside the heap first: at most as long as the whole.
                let bytes = string.byte_length as usize;
                self.with_charged(bytes, |vm| vm.new_str(&text.slice(indices)))
            }
            Some(Kind::Bytes) => {
                let bytes = Obj::<Bytes>::of(sequence.object_unchecked());
                let indices = self.slice_indices(slice, || bytes.length)?;
                if indices.step == 1 {
                    let start = indices.start as usize;
                    return self.new_bytes(&bytes.as_slice()[start..start + indices.length]);
                }
                self.with_charged(indices.length, |vm| {
                    let octets = bytes.as_slice();
                    let selected: Vec<u8> = positions(indices)
                        .map(|position| octets[position])
                        .collect();
                    vm.new_bytes(&selected)
                })
            }
            Some(Kind::Range) => self.range_slice(Obj::of(sequence.object_unchecked()), slice),
            _ => Ok(Value::NONE),
        }
    }

    /// The selected items of a list or tuple, each with a count more.
    fn select(&mut self, sequence: Value, indices: SliceIndices) -> Result<ValueVec, Raised> {
        let mut selected = self.values_with_capacity(indices.length)?;
        let items = items_now(&sequence).unwrap_or(&[]);
        for position in positions(indices) {
            self.push_value(&mut selected, items[position].increment())?;
        }
        Ok(selected)
    }

    /// `list[slice] = iterable`.
    pub(crate) fn set_slice(
        &mut self,
        list: Obj<List>,
        slice: Value,
        iterable: Value,
    ) -> Result<(), Raised> {
        if !self.is_iterable(iterable) {
            return Err(self.raise_type_error("must assign iterable to extended slice"));
        }
        let mut values = self.collect_values(iterable)?;
        let indices = match self.slice_indices(slice, || list.items.len()) {
            Ok(indices) => indices,
            Err(raised) => {
                self.drop_values(&mut values);
                return Err(raised);
            }
        };
        if indices.step == 1 {
            let start = indices.start as usize;
            return self.replace_items(list, start, indices.length, values);
        }
        if values.len() != indices.length {
            let message = format!(
                "attempt to assign sequence of size {} to extended slice of size {}",
                values.len(),
                indices.length
            );
            self.drop_values(&mut values);
            return Err(self.raise_value_error(&message));
        }
        let mut list = list;
        let items = list.items.as_mut_slice();
        for (position, value) in positions(indices).zip(values.as_mut_slice()) {
            core::mem::swap(&mut items[position], value);
        }
        self.drop_values(&mut values);
        Ok(())
    }

    /// Puts owned values in the place of `count` items of a list from `start` on.
    fn replace_items(
        &mut self,
        mut list: Obj<List>,
        start: usize,
        count: usize,
        mut values: ValueVec,
    ) -> Result<(), Raised> {
        let (old_length, new_count) = (list.items.len(), values.len());
        // The longer of the two keeps what falls out: first make room, then only move.
        if new_count > count
            && let Err(error) = list.items.reserve(&mut self.heap, new_count - count)
        {
            self.drop_values(&mut values);
            return Err(self.raise_memory_error(error));
        }
        if new_count < count
            && let Err(error) = values.reserve(&mut self.heap, count - new_count)
        {
            self.drop_values(&mut values);
            return Err(self.raise_memory_error(error));
        }
        let common = count.min(new_count);
        let items = &mut list.items.as_mut_slice()[start..start + common];
        items.swap_with_slice(&mut values.as_mut_slice()[..common]);
        if new_count > count {
            for index in common..new_count {
                let value = values.as_slice()[index];
                // There is room, so this does not fail.
                let _ = list.items.push(&mut self.heap, value);
            }
            list.items.as_mut_slice()[start + common..].rotate_left(old_length - start - common);
            values.forget_behind(common);
        } else if new_count < count {
            let excess = count - new_count;
            list.items.as_mut_slice()[start + common..].rotate_left(excess);
            for index in old_length - excess..old_length {
                let _ = values.push(&mut self.heap, list.items.as_slice()[index]);
            }
            list.items.forget_behind(old_length - excess);
        }
        if list.items.is_empty() {
            list.items.free_buffer(&mut self.heap);
        }
        self.drop_values(&mut values);
        Ok(())
    }

    /// `del list[slice]`.
    pub(crate) fn delete_slice(&mut self, mut list: Obj<List>, slice: Value) -> Result<(), Raised> {
        let indices = self.slice_indices(slice, || list.items.len())?;
        if indices.length == 0 {
            return Ok(());
        }
        if indices.step == 1 {
            let start = indices.start as usize;
            return self.replace_items(list, start, indices.length, ValueVec::new());
        }
        let mut removed = self.values_with_capacity(indices.length)?;
        let (first, stride) = ascending(indices);
        let last = first + (indices.length - 1) * stride;
        let items = list.items.as_mut_slice();
        let mut kept = first;
        for position in first..items.len() {
            let item = items[position];
            if position <= last && (position - first).is_multiple_of(stride) {
                let _ = removed.push(&mut self.heap, item);
            } else {
                items[kept] = item;
                kept += 1;
            }
        }
        list.items.forget_behind(kept);
        self.drop_values(&mut removed);
        Ok(())
    }

    /// Whether `iter(value)` would find a way.
    pub(crate) fn is_iterable(&self, value: Value) -> bool {
        use Kind::{
            Bytes, Dict, DictView, Exception, Generator, Instance, Iterator, List, Range, Set, Str,
            Tuple,
        };
        match value.kind() {
            Some(
                List | Tuple | Str | Bytes | Dict | Set | Range | DictView | Iterator | Generator,
            ) => true,
            Some(Instance | Exception) => {
                match self.special_method_of_program(value, self.names.iter) {
                    Some(method) => !method.is_none(),
                    None => self
                        .special_method_of_program(value, self.names.getitem)
                        .is_some(),
                }
            }
            _ => false,
        }
    }
}

/// The positions that a slice selects, in its order.
fn positions(indices: SliceIndices) -> impl Iterator<Item = usize> {
    (0..indices.length).map(move |index| (indices.start + index as i64 * indices.step) as usize)
}

/// The lowest selected position and the distance upwards.
fn ascending(indices: SliceIndices) -> (usize, usize) {
    let last = indices.start + (indices.length as i64 - 1) * indices.step;
    (
        indices.start.min(last) as usize,
        indices.step.unsigned_abs() as usize,
    )
}
