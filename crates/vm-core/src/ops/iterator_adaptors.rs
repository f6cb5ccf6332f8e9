//! One step of the iterators that take their items from other iterators: `enumerate`, `zip`, `map`
//! and `filter`. They keep those for ever: an iterator that gives more later is asked again.
//!
//! The fields of an iterator may be given up while program code runs (it can be part of garbage
//! that is being cleared), so each step holds counts of what it uses.

use crate::object::{Iterator as ObjectIterator, Obj, Tuple, ValueVec};
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    pub(crate) fn next_enumerated(
        &mut self,
        mut iterator: Obj<ObjectIterator>,
    ) -> Result<Option<Value>, Raised> {
        let Some(source) = iterator.first.set() else {
            return Ok(None);
        };
        source.increment();
        let item = self.next_nested(source);
        self.release(source);
        let Some(item) = item? else { return Ok(None) };
        let number = iterator.second;
        let next = match self.integer_plus_one(number) {
            Ok(next) => next,
            Err(raised) => {
                self.release(item);
                return Err(raised);
            }
        };
        iterator.second = next;
        match self.new_tuple_taking(&[number, item]) {
            Ok(pair) => Ok(Some(pair)),
            Err(raised) => {
                self.release(number);
                self.release(item);
                Err(raised)
            }
        }
    }

    /// One item of each of the iterators in a tuple, each with a count; `Err(index)` in the inner
    /// result is the first iterator that had none, and the items before it are released.
    fn next_of_each(&mut self, sources: Obj<Tuple>) -> Result<Result<ValueVec, usize>, Raised> {
        let mut items = self.values_with_capacity(sources.length)?;
        for (index, &source) in sources.as_slice().iter().enumerate() {
            match self.next_nested(source) {
                Ok(Some(item)) => self.push_value(&mut items, item)?,
                Ok(None) => {
                    self.drop_values(&mut items);
                    return Ok(Err(index));
                }
                Err(raised) => {
                    self.drop_values(&mut items);
                    return Err(raised);
                }
            }
        }
        Ok(Ok(items))
    }

    pub(crate) fn next_zipped(
        &mut self,
        iterator: Obj<ObjectIterator>,
    ) -> Result<Option<Value>, Raised> {
        let Some(sources) = iterator.first.cast::<Tuple>() else {
            return Ok(None);
        };
        if sources.length == 0 {
            return Ok(None);
        }
        let strict = iterator.position == 1;
        sources.value().increment();
        let result = match self.next_of_each(sources) {
            Ok(Ok(items)) => self.tuple_of_values(items).map(Some),
            Ok(Err(index)) if strict => self.check_strict(sources, index).map(|()| None),
            Ok(Err(_)) => Ok(None),
            Err(raised) => Err(raised),
        };
        self.release(sources.value());
        result
    }

    /// `zip(strict=True)`: the iterator at `index` was the first to have no item.
    fn check_strict(&mut self, sources: Obj<Tuple>, index: usize) -> Result<(), Raised> {
        let arguments = |count: usize| match count {
            1 => "argument 1".to_owned(),
            _ => format!("arguments 1-{count}"),
        };
        if index > 0 {
            return Err(self.raise_value_error(&format!(
                "zip() argument {} is shorter than {}",
                index + 1,
                arguments(index)
            )));
        }
        for (index, &source) in sources.as_slice().iter().enumerate().skip(1) {
            if let Some(item) = self.next_nested(source)? {
                self.release(item);
                return Err(self.raise_value_error(&format!(
                    "zip() argument {} is longer than {}",
                    index + 1,
                    arguments(index)
                )));
            }
        }
        Ok(())
    }

    pub(crate) fn next_mapped(
        &mut self,
        iterator: Obj<ObjectIterator>,
    ) -> Result<Option<Value>, Raised> {
        let Some(sources) = iterator.second.cast::<Tuple>() else {
            return Ok(None);
        };
        let function = iterator.first.increment();
        sources.value().increment();
        let result = match *sources.as_slice() {
            // Without a buffer for the arguments.
            [source] => match self.next_nested(source) {
                Ok(Some(item)) => {
                    let result = self.call(function, &[item]);
                    self.release(item);
                    result.map(Some)
                }
                Ok(None) => Ok(None),
                Err(raised) => Err(raised),
            },
            _ => match self.next_of_each(sources) {
                Ok(Ok(mut items)) => {
                    let result = self.call(function, items.as_slice());
                    self.drop_values(&mut items);
                    result.map(Some)
                }
                Ok(Err(_)) => Ok(None),
                Err(raised) => Err(raised),
            },
        };
        self.release(sources.value());
        self.release(function);
        result
    }

    pub(crate) fn next_filtered(
        &mut self,
        iterator: Obj<ObjectIterator>,
    ) -> Result<Option<Value>, Raised> {
        let Some(source) = iterator.second.set() else {
            return Ok(None);
        };
        let function = iterator.first.increment();
        source.increment();
        let result = self.next_that_passes(function, source);
        self.release(source);
        self.release(function);
        result
    }

    /// The next item for which the function (`None`: the item itself) is true.
    fn next_that_passes(
        &mut self,
        function: Value,
        source: Value,
    ) -> Result<Option<Value>, Raised> {
        while let Some(item) = self.next_nested(source)? {
            let truth = if function.is_none() {
                self.truth(item)
            } else {
                self.call(function, &[item]).and_then(|answer| {
                    let truth = self.truth(answer);
                    self.release(answer);
                    truth
                })
            };
            match truth {
                Ok(true) => return Ok(Some(item)),
                Ok(false) => self.release(item),
                Err(raised) => {
                    self.release(item);
                    return Err(raised);
                }
            }
        }
        Ok(None)
    }
}
