//! List operations, and what lists and tuples share: building from iterables, comparing, hashing.

use crate::object::{Dict, DictView, Kind, List, Obj, Range, Set, Tuple, ValueVec};
use crate::ops::compare::Comparison;
use crate::ops::key::quick_equal;
use crate::pure::hash::TupleHash;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// The items of a list or tuple as they are now, borrowed; `None` for anything else.
///
/// The slice must not be held across anything that may change the list.
#[inline(always)]
pub(crate) fn items_now(sequence: &Value) -> Option<&[Value]> {
    match sequence.kind()? {
        Kind::List => {
            let list = Obj::<List>::of(sequence.object_unchecked()).as_ptr();
            // SAFETY: the list is alive as long as the value is borrowed from a counted place; the
            // caller lets nothing run that could change it while it holds the slice.
            Some(unsafe { (*list).items.as_slice() })
        }
        Kind::Tuple => {
            let tuple = Obj::<Tuple>::of(sequence.object_unchecked()).as_ptr();
            // SAFETY: as above; a tuple never changes.
            Some(unsafe { (*tuple).as_slice() })
        }
        _ => None,
    }
}

impl Vm {
    /// `list.append(item)`; borrowed.
    #[inline]
    #[cfg_attr(feature = "trace-counts", track_caller)]
    pub(crate) fn list_append(&mut self, mut list: Obj<List>, item: Value) -> Result<(), Raised> {
        match list.items.push(&mut self.heap, item) {
            Ok(()) => {
                item.increment();
                Ok(())
            }
            Err(error) => Err(self.raise_memory_error(error)),
        }
    }

    /// Appends an owned item; releases it if that fails.
    #[inline]
    pub(crate) fn list_append_owned(
        &mut self,
        mut list: Obj<List>,
        item: Value,
    ) -> Result<(), Raised> {
        match list.items.push(&mut self.heap, item) {
            Ok(()) => Ok(()),
            Err(error) => {
                self.release(item);
                Err(self.raise_memory_error(error))
            }
        }
    }

    /// `list.extend(iterable)`.
    pub(crate) fn list_extend(
        &mut self,
        mut list: Obj<List>,
        iterable: Value,
    ) -> Result<(), Raised> {
        if let Some(items) = items_now(&iterable) {
            // The iterable may be the list itself, whose buffer moves when it grows.
            let count = items.len();
            if let Err(error) = list.items.reserve(&mut self.heap, count) {
                return Err(self.raise_memory_error(error));
            }
            for index in 0..count {
                let item = items_now(&iterable).map_or(Value::NONE, |items| items[index]);
                self.list_append(list, item)?;
            }
            return Ok(());
        }
        if let Some(length) = self.container_length(iterable)
            && let Err(error) = list.items.reserve(&mut self.heap, length)
        {
            return Err(self.raise_memory_error(error));
        }
        self.for_each(iterable, &mut |vm, item| vm.list_append_owned(list, item))
    }

    /// The items of an iterable, each with a count of its own.
    pub(crate) fn collect_values(&mut self, iterable: Value) -> Result<ValueVec, Raised> {
        if let Some(items) = items_now(&iterable) {
            let mut copy = self.values_with_capacity(items.len())?;
            for &item in items {
                self.push_value(&mut copy, item.increment())?;
            }
            return Ok(copy);
        }
        let length = self.container_length(iterable).unwrap_or(0);
        let mut values = self.values_with_capacity(length)?;
        match self.for_each(iterable, &mut |vm, item| vm.push_value(&mut values, item)) {
            Ok(()) => Ok(values),
            Err(raised) => {
                self.drop_values(&mut values);
                Err(raised)
            }
        }
    }

    /// A new list of an iterable's items. Owned.
    pub(crate) fn list_from(&mut self, iterable: Value) -> Result<Value, Raised> {
        let items = self.collect_values(iterable)?;
        self.new_list(items)
    }

    /// A new tuple of an iterable's items (the same tuple, if it is one). Owned.
    pub(crate) fn tuple_from(&mut self, iterable: Value) -> Result<Value, Raised> {
        if iterable.kind() == Some(Kind::Tuple) {
            return Ok(iterable.increment());
        }
        let items = self.collect_values(iterable)?;
        self.tuple_of_values(items)
    }

    /// A tuple that takes the values over, also when it fails. Owned.
    pub(crate) fn tuple_of_values(&mut self, mut values: ValueVec) -> Result<Value, Raised> {
        match self.new_tuple_taking(values.as_slice()) {
            Ok(tuple) => {
                values.free_buffer(&mut self.heap);
                Ok(tuple)
            }
            Err(raised) => {
                self.drop_values(&mut values);
                Err(raised)
            }
        }
    }

    /// The length of a list, tuple, dict, set, range or view; `None` for anything else. A range
    /// longer than that gives `usize::MAX`, for which `len` raises OverflowError.
    #[inline]
    pub(crate) fn container_length(&self, value: Value) -> Option<usize> {
        let object = value.as_object()?;
        match Kind::of(object) {
            Kind::List => Some(Obj::<List>::of(object).items.len()),
            Kind::Tuple => Some(Obj::<Tuple>::of(object).length),
            Kind::Dict => Some(Obj::<Dict>::of(object).table.len()),
            Kind::Set => Some(Obj::<Set>::of(object).table.len()),
            Kind::DictView => {
                let dict = Obj::<DictView>::of(object).dict.cast::<Dict>();
                Some(dict.map_or(0, |dict| dict.table.len()))
            }
            Kind::Range => {
                let length = Obj::<Range>::of(object).length;
                Some(self.range_length_usize(length))
            }
            _ => None,
        }
    }

    /// `item in container` for a list, tuple, dict, set, range or view; `None` for anything else.
    pub(crate) fn container_contains(
        &mut self,
        container: Value,
        item: Value,
    ) -> Result<Option<bool>, Raised> {
        let Some(object) = container.as_object() else {
            return Ok(None);
        };
        match Kind::of(object) {
            Kind::List | Kind::Tuple => self
                .sequence_find(container, item, 0, usize::MAX)
                .map(|found| Some(found.is_some())),
            Kind::Dict => self
                .dict_get(Obj::of(object), item)
                .map(|found| Some(found.is_some())),
            Kind::Set => self.set_contains(Obj::of(object), item).map(Some),
            Kind::Range => self.range_contains(Obj::of(object), item).map(Some),
            Kind::DictView => {
                let Some(dict) = Obj::<DictView>::of(object).dict.cast::<Dict>() else {
                    return Ok(None);
                };
                match object.aux() {
                    DictView::KEYS => self.dict_get(dict, item).map(|found| Some(found.is_some())),
                    DictView::ITEMS => self.dict_has_pair(dict, item).map(Some),
                    _ => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    /// The first position from `start` to before `end` of a list or tuple whose item equals
    /// `wanted`.
    pub(crate) fn sequence_find(
        &mut self,
        sequence: Value,
        wanted: Value,
        start: usize,
        end: usize,
    ) -> Result<Option<usize>, Raised> {
        let mut position = start;
        // A comparison may change the list: look at it anew each time.
        while position < end
            && let Some(&item) = items_now(&sequence).and_then(|items| items.get(position))
        {
            let equal = match quick_equal(item, wanted) {
                Some(equal) => equal,
                None => {
                    item.increment();
                    let equal = self.equal(item, wanted);
                    self.release(item);
                    equal?
                }
            };
            if equal {
                return Ok(Some(position));
            }
            position += 1;
        }
        Ok(None)
    }

    /// `left comparison right` of two lists or two tuples; `NotImplemented` for anything else.
    pub(crate) fn compare_sequences(
        &mut self,
        comparison: Comparison,
        left: Value,
        right: Value,
    ) -> Result<Value, Raised> {
        let comparable = matches!(left.kind(), Some(Kind::List | Kind::Tuple));
        if !comparable || left.kind() != right.kind() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        self.nested(|vm| vm.compare_items(comparison, left, right))
    }

    fn compare_items(
        &mut self,
        comparison: Comparison,
        left: Value,
        right: Value,
    ) -> Result<Value, Raised> {
        let lengths = |left: &Value, right: &Value| {
            let length = |items: Option<&[Value]>| items.map_or(0, |items| items.len());
            (length(items_now(left)), length(items_now(right)))
        };
        let (left_length, right_length) = lengths(&left, &right);
        let only_equality = matches!(comparison, Comparison::Eq | Comparison::Ne);
        if only_equality && left_length != right_length {
            return Ok(Value::from_bool(comparison == Comparison::Ne));
        }
        // A comparison may change the lists: look at them anew each time.
        let item = |sequence: &Value, index: usize| items_now(sequence)?.get(index).copied();
        let mut index = 0;
        while let (Some(mine), Some(other)) = (item(&left, index), item(&right, index)) {
            index += 1;
            if mine == other {
                continue;
            }
            if mine.both_int(other) {
                let order = mine.int_unchecked().cmp(&other.int_unchecked());
                return Ok(Value::from_bool(comparison.holds(Some(order))));
            }
            mine.increment();
            other.increment();
            let result = match self.equal(mine, other) {
                Ok(true) => Ok(None),
                // The comparison made one of them shorter: then the lengths decide.
                Ok(false) if item(&left, index - 1).is_none() => Ok(None),
                Ok(false) if item(&right, index - 1).is_none() => Ok(None),
                Ok(false) if only_equality => {
                    Ok(Some(Value::from_bool(comparison == Comparison::Ne)))
                }
                Ok(false) => self.compare(comparison, mine, other).map(Some),
                Err(raised) => Err(raised),
            };
            self.release(mine);
            self.release(other);
            if let Some(answer) = result? {
                return Ok(answer);
            }
        }
        let (left_length, right_length) = lengths(&left, &right);
        Ok(Value::from_bool(
            comparison.holds(Some(left_length.cmp(&right_length))),
        ))
    }

    /// `hash(tuple)`.
    pub(crate) fn hash_tuple(&mut self, tuple: Obj<Tuple>) -> Result<u64, Raised> {
        self.nested(|vm| {
            let mut hash = TupleHash::new();
            for &item in tuple.as_slice() {
                hash.add(vm.key_hash(item)? as i64);
            }
            Ok(hash.finish() as u64)
        })
    }
}
