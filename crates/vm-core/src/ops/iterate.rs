//! The iteration protocol: `iter`, `next`, and loops over any iterable.
//!
//! | value | its iterator |
//! |---|---|
//! | list, tuple, str, bytes, dict, set, range, dict view | a built-in one (`ops/iterator_step.rs`) |
//! | built-in iterator, generator | itself |
//! | object of a program's class | what its `__iter__` returns; without one, indices from 0 through its `__getitem__` |

use crate::object::{
    Dict, DictView, Generator, Iterator as ObjectIterator, IteratorVariant, Kind, Obj, Range, Set,
};
use crate::ops::list::items_now;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Steps of native loops between two looks at the limits.
const STEPS_BETWEEN_CHECKS: u32 = 4096;

impl Vm {
    /// `iter(value)`. Owned.
    pub(crate) fn get_iter(&mut self, value: Value) -> Result<Value, Raised> {
        let variant = match value.kind() {
            Some(Kind::List) => IteratorVariant::List,
            Some(Kind::Tuple) => IteratorVariant::Tuple,
            Some(Kind::Str) => IteratorVariant::Str,
            Some(Kind::Bytes) => IteratorVariant::Bytes,
            Some(Kind::Iterator | Kind::Generator) => return Ok(value.increment()),
            Some(Kind::Range) => {
                return self.iterate_range(Obj::<Range>::of(value.object_unchecked()));
            }
            Some(Kind::Dict) => return self.iterate_dict(value, IteratorVariant::DictKeys),
            Some(Kind::DictView) => {
                let view = Obj::<DictView>::of(value.object_unchecked());
                let variant = match view.object().aux() {
                    DictView::KEYS => IteratorVariant::DictKeys,
                    DictView::VALUES => IteratorVariant::DictValues,
                    _ => IteratorVariant::DictItems,
                };
                return self.iterate_dict(view.dict, variant);
            }
            Some(Kind::Set) => {
                let length = Obj::<Set>::of(value.object_unchecked()).table.len() as i64;
                let set = value.increment();
                return self.new_iterator(IteratorVariant::Set, set, Value::UNSET, 0, length);
            }
            _ => return self.iterate_program_object(value),
        };
        self.new_iterator(variant, value.increment(), Value::UNSET, 0, 0)
    }

    /// An iterator over a dict that counts down what is left, so that a dict which changes at equal
    /// length is noticed.
    fn iterate_dict(&mut self, dict: Value, variant: IteratorVariant) -> Result<Value, Raised> {
        let length = dict
            .cast::<Dict>()
            .map_or(0, |dict| dict.table.len() as i64);
        let left = Value::from_int_unchecked(length);
        self.new_iterator(variant, dict.increment(), left, 0, length)
    }

    /// Iterator over a range: by machine integers if its numbers are inline ones.
    fn iterate_range(&mut self, range: Obj<Range>) -> Result<Value, Raised> {
        match self.inline_range(range) {
            Some(inline) => self.new_range_iterator(inline.start, inline.step, inline.length()),
            None => {
                let first = range.value().increment();
                let zero = Value::from_int_unchecked(0);
                self.new_iterator(IteratorVariant::BigRange, first, zero, 0, 0)
            }
        }
    }

    fn iterate_program_object(&mut self, value: Value) -> Result<Value, Raised> {
        let (iter, getitem) = (self.names.iter, self.names.getitem);
        match self.special_method_of_program(value, iter) {
            Some(method) if !method.is_none() => {
                let iterator = self.call_special(method, value, &[])?;
                if self.is_iterator(iterator) {
                    return Ok(iterator);
                }
                let name = self.type_name(iterator);
                self.release(iterator);
                Err(self
                    .raise_type_error(&format!("iter() returned non-iterator of type '{name}'")))
            }
            None if self.special_method_of_program(value, getitem).is_some() => self.new_iterator(
                IteratorVariant::Sequence,
                value.increment(),
                Value::UNSET,
                0,
                0,
            ),
            _ => {
                let name = self.type_name(value);
                Err(self.raise_type_error(&format!("'{name}' object is not iterable")))
            }
        }
    }

    /// Whether a value has `__next__`.
    pub(crate) fn is_iterator(&self, value: Value) -> bool {
        match value.kind() {
            Some(Kind::Iterator | Kind::Generator) => true,
            _ => self
                .special_method_of_program(value, self.names.next)
                .is_some(),
        }
    }

    /// `next(iterator)`: the item, owned, or `None` when exhausted (StopIteration is caught). Any
    /// iterator.
    #[inline]
    pub(crate) fn next(&mut self, iterator: Value) -> Result<Option<Value>, Raised> {
        self.native_step()?;
        match iterator.kind() {
            Some(Kind::Iterator) => self.next_builtin(Obj::of(iterator.object_unchecked())),
            Some(Kind::Generator) => {
                let generator = Obj::<Generator>::of(iterator.object_unchecked());
                self.resume_generator(generator, Value::NONE)
            }
            _ => self.next_of_program(iterator),
        }
    }

    /// A step of something native that may go on without end and run no instruction.
    #[inline]
    pub(crate) fn native_step(&mut self) -> Result<(), Raised> {
        self.native_steps += 1;
        if self.native_steps == STEPS_BETWEEN_CHECKS {
            self.check_native_loop()?;
        }
        Ok(())
    }

    /// Steps of native loops end at the limits as well, whatever drives them: they count as
    /// instructions for the fuel, though not in the statistics.
    #[cold]
    #[inline(never)]
    fn check_native_loop(&mut self) -> Result<(), Raised> {
        let steps = core::mem::take(&mut self.native_steps);
        if self.limits.config.fuel_max.is_some() {
            self.limits.fuel_end = self.limits.fuel_end.saturating_sub(u64::from(steps));
            self.next_check = self.next_check.min(self.limits.fuel_end);
        }
        self.check_limits()
    }

    #[inline(never)]
    fn next_of_program(&mut self, iterator: Value) -> Result<Option<Value>, Raised> {
        let name = self.names.next;
        let Some(method) = self.special_method_of_program(iterator, name) else {
            let name = self.type_name(iterator);
            return Err(self.raise_type_error(&format!("'{name}' object is not an iterator")));
        };
        match self.call_special(method, iterator, &[]) {
            Ok(item) => Ok(Some(item)),
            Err(raised) => self.catch(Type::StopIteration, raised).map(|()| None),
        }
    }

    /// `next` of an iterator within a native one: bounded, since iterators can be nested to any
    /// depth.
    pub(crate) fn next_nested(&mut self, iterator: Value) -> Result<Option<Value>, Raised> {
        match iterator.cast::<ObjectIterator>() {
            Some(builtin) if builtin.variant().is_adaptor() => {
                self.nested(|vm| vm.next_builtin(builtin))
            }
            _ => self.next(iterator),
        }
    }

    /// Calls `each` with every item (owned by `each`) of an iterable; stops at its first error.
    /// Fast for lists and tuples.
    pub(crate) fn for_each(
        &mut self,
        iterable: Value,
        each: &mut dyn FnMut(&mut Vm, Value) -> Result<(), Raised>,
    ) -> Result<(), Raised> {
        if items_now(&iterable).is_some() {
            let mut index = 0;
            // A list may change meanwhile: look at it anew each time.
            while let Some(&item) = items_now(&iterable).and_then(|items| items.get(index)) {
                index += 1;
                each(self, item.increment())?;
            }
            return Ok(());
        }
        let iterator = self.get_iter(iterable)?;
        let result = self.drain(iterator, each);
        self.release(iterator);
        result
    }

    /// The rest of an iterator.
    fn drain(
        &mut self,
        iterator: Value,
        each: &mut dyn FnMut(&mut Vm, Value) -> Result<(), Raised>,
    ) -> Result<(), Raised> {
        while let Some(item) = self.next(iterator)? {
            each(self, item)?;
        }
        Ok(())
    }
}
