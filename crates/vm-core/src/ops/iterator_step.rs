//! One step of each built-in iterator.
//!
//! **Invariant.** An iterator that is exhausted has given up what it iterated over (`first` is
//! unset), and stays exhausted. Anything that may run program code works on counts of its own: the
//! code may exhaust this very iterator meanwhile.

use crate::object::{
    Bytes, Dict, Iterator as ObjectIterator, IteratorVariant, List, Obj, Range, Set, Str, Tuple,
};
use crate::ops::table_search::entry_from;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl IteratorVariant {
    /// Whether it takes its items from other iterators.
    pub(crate) fn is_adaptor(self) -> bool {
        use IteratorVariant::{Enumerate, Filter, Map, Zip};
        matches!(self, Enumerate | Zip | Map | Filter)
    }
}

impl Vm {
    /// `next` of a built-in iterator.
    #[inline]
    pub(crate) fn next_builtin(
        &mut self,
        mut iterator: Obj<ObjectIterator>,
    ) -> Result<Option<Value>, Raised> {
        match iterator.variant() {
            IteratorVariant::Range => Ok(iterator.next_in_range()),
            IteratorVariant::List => {
                if let Some(list) = iterator.first.cast::<List>()
                    && let Some(item) = list.items.get(iterator.position as usize)
                {
                    iterator.position += 1;
                    return Ok(Some(item.increment()));
                }
                self.exhaust(iterator)
            }
            IteratorVariant::Tuple => {
                if let Some(tuple) = iterator.first.cast::<Tuple>()
                    && let Some(item) = tuple.as_slice().get(iterator.position as usize)
                {
                    iterator.position += 1;
                    return Ok(Some(item.increment()));
                }
                self.exhaust(iterator)
            }
            variant => self.next_other(iterator, variant),
        }
    }

    #[inline(never)]
    fn next_other(
        &mut self,
        iterator: Obj<ObjectIterator>,
        variant: IteratorVariant,
    ) -> Result<Option<Value>, Raised> {
        match variant {
            IteratorVariant::Str => self.next_character(iterator),
            IteratorVariant::Bytes => self.next_octet(iterator),
            IteratorVariant::DictKeys
            | IteratorVariant::DictValues
            | IteratorVariant::DictItems => self.next_in_dict(iterator, variant),
            IteratorVariant::DictReversed => self.next_in_dict_reversed(iterator),
            IteratorVariant::Set => self.next_in_set(iterator),
            IteratorVariant::Reversed => self.next_reversed(iterator),
            IteratorVariant::Sequence => self.next_in_sequence(iterator),
            IteratorVariant::BigRange => self.next_in_big_range(iterator),
            IteratorVariant::Callable => self.next_from_callable(iterator),
            IteratorVariant::Enumerate => self.next_enumerated(iterator),
            IteratorVariant::Zip => self.next_zipped(iterator),
            IteratorVariant::Map => self.next_mapped(iterator),
            IteratorVariant::Filter => self.next_filtered(iterator),
            IteratorVariant::Range | IteratorVariant::List | IteratorVariant::Tuple => {
                self.next_builtin(iterator)
            }
        }
    }

    /// Gives up what the iterator iterated over.
    #[cold]
    pub(crate) fn exhaust(
        &mut self,
        mut iterator: Obj<ObjectIterator>,
    ) -> Result<Option<Value>, Raised> {
        let first = core::mem::replace(&mut iterator.first, Value::UNSET);
        self.release(first);
        Ok(None)
    }

    fn next_character(
        &mut self,
        mut iterator: Obj<ObjectIterator>,
    ) -> Result<Option<Value>, Raised> {
        let Some(string) = iterator.first.cast::<Str>() else {
            return Ok(None);
        };
        let rest = &string.as_str()[iterator.position as usize..];
        match rest.chars().next() {
            Some(character) => {
                iterator.position += character.len_utf8() as i64;
                self.new_str(character.encode_utf8(&mut [0; 4])).map(Some)
            }
            None => self.exhaust(iterator),
        }
    }

    fn next_octet(&mut self, mut iterator: Obj<ObjectIterator>) -> Result<Option<Value>, Raised> {
        let Some(bytes) = iterator.first.cast::<Bytes>() else {
            return Ok(None);
        };
        match bytes.as_slice().get(iterator.position as usize) {
            Some(&octet) => {
                iterator.position += 1;
                Ok(Some(Value::from_i32(octet.into())))
            }
            None => self.exhaust(iterator),
        }
    }

    fn next_in_dict(
        &mut self,
        mut iterator: Obj<ObjectIterator>,
        variant: IteratorVariant,
    ) -> Result<Option<Value>, Raised> {
        let Some(mut dict) = iterator.first.cast::<Dict>() else {
            return Ok(None);
        };
        if dict.table.len() as i64 != iterator.limit {
            // Stays wrong: asked again, it says so again.
            iterator.limit = -1;
            return Err(self.raise_runtime_error("dictionary changed size during iteration"));
        }
        let position = iterator.position as usize;
        let Some((number, entry)) = entry_from(&mut dict.table, position) else {
            return self.exhaust(iterator);
        };
        let left = iterator.second.as_int().unwrap_or(0);
        if left == 0 {
            self.exhaust(iterator)?;
            return Err(self.raise_runtime_error("dictionary keys changed during iteration"));
        }
        iterator.second = Value::from_int_unchecked(left - 1);
        iterator.position = number as i64 + 1;
        match variant {
            IteratorVariant::DictKeys => Ok(Some(entry.key.increment())),
            IteratorVariant::DictValues => Ok(Some(entry.value.increment())),
            _ => self.new_tuple(&[entry.key, entry.value]).map(Some),
        }
    }

    fn next_in_dict_reversed(
        &mut self,
        mut iterator: Obj<ObjectIterator>,
    ) -> Result<Option<Value>, Raised> {
        let Some(dict) = iterator.first.cast::<Dict>() else {
            return Ok(None);
        };
        if dict.table.len() as i64 != iterator.limit {
            iterator.limit = -1;
            return Err(self.raise_runtime_error("dictionary changed size during iteration"));
        }
        // `position` is the number of the entry to look at first, and -1 before the first one.
        let end = usize::try_from(iterator.position + 1).unwrap_or(0);
        let Some(number) = dict.table.previous_present(end) else {
            return self.exhaust(iterator);
        };
        let entry = dict.table.entries()[number];
        iterator.position = number as i64 - 1;
        match iterator.second.as_int() {
            Some(0) => Ok(Some(entry.key.increment())),
            Some(1) => Ok(Some(entry.value.increment())),
            _ => self.new_tuple(&[entry.key, entry.value]).map(Some),
        }
    }

    fn next_in_set(&mut self, mut iterator: Obj<ObjectIterator>) -> Result<Option<Value>, Raised> {
        let Some(mut set) = iterator.first.cast::<Set>() else {
            return Ok(None);
        };
        if set.table.len() as i64 != iterator.limit {
            iterator.limit = -1;
            return Err(self.raise_runtime_error("Set changed size during iteration"));
        }
        let position = iterator.position as usize;
        match entry_from(&mut set.table, position) {
            Some((number, entry)) => {
                iterator.position = number as i64 + 1;
                Ok(Some(entry.key.increment()))
            }
            None => self.exhaust(iterator),
        }
    }

    fn next_reversed(
        &mut self,
        mut iterator: Obj<ObjectIterator>,
    ) -> Result<Option<Value>, Raised> {
        let position = iterator.position;
        if position < 0 {
            return self.exhaust(iterator);
        }
        let sequence = iterator.first;
        let item = match crate::ops::list::items_now(&sequence) {
            Some(items) => items.get(position as usize).map(|item| item.increment()),
            None if sequence.is_unset() => None,
            None => {
                sequence.increment();
                let index = Value::from_int_unchecked(position);
                let item = self.get_item(sequence, index);
                self.release(sequence);
                self.unless_past_the_end(item)?
            }
        };
        match item {
            Some(item) => {
                iterator.position = position - 1;
                Ok(Some(item))
            }
            None => {
                iterator.position = -1;
                self.exhaust(iterator)
            }
        }
    }

    fn next_in_sequence(
        &mut self,
        mut iterator: Obj<ObjectIterator>,
    ) -> Result<Option<Value>, Raised> {
        let Some(sequence) = iterator.first.set() else {
            return Ok(None);
        };
        let index = Value::from_int_unchecked(iterator.position);
        sequence.increment();
        let item = self.get_item(sequence, index);
        self.release(sequence);
        match self.unless_past_the_end(item)? {
            Some(item) => {
                iterator.position += 1;
                Ok(Some(item))
            }
            None => self.exhaust(iterator),
        }
    }

    /// `None` for an item that is not there: `IndexError` or `StopIteration`.
    fn unless_past_the_end(
        &mut self,
        item: Result<Value, Raised>,
    ) -> Result<Option<Value>, Raised> {
        match item {
            Ok(item) => Ok(Some(item)),
            Err(raised) => {
                let Err(raised) = self.catch(Type::IndexError, raised) else {
                    return Ok(None);
                };
                self.catch(Type::StopIteration, raised).map(|()| None)
            }
        }
    }

    fn next_in_big_range(
        &mut self,
        mut iterator: Obj<ObjectIterator>,
    ) -> Result<Option<Value>, Raised> {
        let Some(range) = iterator.first.cast::<Range>() else {
            return Ok(None);
        };
        let index = iterator.second;
        let Some(item) = self.range_item(range, index)? else {
            return self.exhaust(iterator);
        };
        match self.integer_plus_one(index) {
            Ok(next) => {
                iterator.second = next;
                self.release(index);
                Ok(Some(item))
            }
            Err(raised) => {
                self.release(item);
                Err(raised)
            }
        }
    }

    fn next_from_callable(
        &mut self,
        mut iterator: Obj<ObjectIterator>,
    ) -> Result<Option<Value>, Raised> {
        let Some(callable) = iterator.first.set() else {
            return Ok(None);
        };
        callable.increment();
        let item = self.call(callable, &[]);
        self.release(callable);
        let item = match item {
            Ok(item) => item,
            Err(raised) => {
                self.catch(Type::StopIteration, raised)?;
                return self.exhaust(iterator);
            }
        };
        let sentinel = iterator.second.increment();
        let is_end = if sentinel.is_unset() {
            Ok(true)
        } else {
            self.equal(sentinel, item)
        };
        self.release(sentinel);
        match is_end {
            Ok(false) => Ok(Some(item)),
            Ok(true) => {
                let sentinel = core::mem::replace(&mut iterator.second, Value::UNSET);
                self.release(sentinel);
                self.release(item);
                self.exhaust(iterator)
            }
            Err(raised) => {
                self.release(item);
                Err(raised)
            }
        }
    }
}
