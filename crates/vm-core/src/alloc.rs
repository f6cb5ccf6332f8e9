//! Making objects: the only places where the heap hands out memory for them.

use crate::object::*;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use vm_heap::{Family, Header, OutOfMemory};

/// The page family of a layout.
const fn family<T: Layout>() -> Family {
    if T::TRACKED {
        Family::Container
    } else {
        Family::Leaf
    }
}

impl Vm {
    /// An object of `bytes` bytes, written by `layout` from its header; untracked. Owned.
    #[inline(always)]
    pub(crate) fn make_sized<T: Layout>(
        &mut self,
        bytes: usize,
        layout: impl FnOnce(Header) -> T,
    ) -> Result<Obj<T>, OutOfMemory> {
        debug_assert!(bytes >= size_of::<T>());
        // SAFETY: references to the object are used only while a count keeps it alive, and none
        // after the machine, which owns the heap, is gone.
        let object = unsafe { self.heap.allocate(family::<T>(), bytes, T::KIND as u8) };
        let object = match object {
            Ok(object) => object,
            Err(refused) => self.make_recorded(family::<T>(), bytes, T::KIND, refused)?,
        };
        let pointer = object.cast::<T>();
        // SAFETY: the memory is new, large enough and aligned for `T`, whose first field is the
        // header that the heap wrote.
        unsafe {
            let header = pointer.cast::<Header>().read();
            pointer.write(layout(header));
        }
        self.counters.objects_made += 1;
        Ok(Obj::of(object))
    }

    /// An object, tracked by the collector if its layout is. Owned.
    #[inline(always)]
    pub(crate) fn make<T: Layout>(
        &mut self,
        layout: impl FnOnce(Header) -> T,
    ) -> Result<Obj<T>, Raised> {
        match self.make_sized(size_of::<T>(), layout) {
            Ok(object) => {
                if T::TRACKED {
                    self.track(object.object());
                }
                Ok(object)
            }
            Err(error) => Err(self.raise_memory_error(error)),
        }
    }

    /// Puts a new container under the collector's eyes; may schedule a collection.
    #[inline(always)]
    pub(crate) fn track(&mut self, object: vm_heap::ObjectRef) {
        let due = self.collector.track(object);
        self.schedule(due);
    }

    /// Has the next safepoint run a collection if one is `due`, or if bytes make it due: a cycle
    /// cannot come about without a container, so this is asked where one comes.
    #[inline(always)]
    pub(crate) fn schedule(&mut self, due: bool) {
        if due | self.heap.soft_limit_passed() {
            self.next_check = 0;
        }
    }

    /// A string. Owned.
    pub(crate) fn new_str(&mut self, text: &str) -> Result<Value, Raised> {
        self.new_str_from_parts(&[text])
    }

    /// A string that is the concatenation of the parts, made in one piece. Owned.
    pub(crate) fn new_str_from_parts(&mut self, parts: &[&str]) -> Result<Value, Raised> {
        let characters = parts.iter().map(|part| count_chars(part)).sum();
        self.new_str_counted(parts, characters)
    }

    /// As `new_str_from_parts`, where the number of characters is known.
    pub(crate) fn new_str_counted(
        &mut self,
        parts: &[&str],
        char_length: usize,
    ) -> Result<Value, Raised> {
        debug_assert_eq!(
            char_length,
            parts.iter().map(|part| count_chars(part)).sum::<usize>()
        );
        let byte_length: usize = parts.iter().map(|part| part.len()).sum();
        if byte_length > Str::MAX_BYTES {
            return Err(self.raise_overflow_error("string is too long"));
        }
        let made = self.make_sized(Str::size_bytes(byte_length), |header| {
            Str::new(header, byte_length as u32, char_length as u32)
        });
        let mut string = made.map_err(|error| self.raise_memory_error(error))?;
        let mut target = string.bytes_pointer();
        for part in parts {
            // SAFETY: the object has room for all parts one behind the other.
            unsafe {
                core::ptr::copy_nonoverlapping(part.as_ptr(), target, part.len());
                target = target.add(part.len());
            }
        }
        Ok(string.value())
    }

    /// A `bytes`. Owned.
    pub(crate) fn new_bytes(&mut self, octets: &[u8]) -> Result<Value, Raised> {
        let made = self.make_sized(Bytes::size_bytes(octets.len()), |header| {
            Bytes::new(header, octets.len())
        });
        let mut bytes = made.map_err(|error| self.raise_memory_error(error))?;
        // SAFETY: the object has room for `octets.len()` octets.
        unsafe {
            core::ptr::copy_nonoverlapping(octets.as_ptr(), bytes.octets_pointer(), octets.len());
        }
        Ok(bytes.value())
    }

    /// A tuple of the values, of each of which it takes one more count. Owned.
    pub(crate) fn new_tuple(&mut self, values: &[Value]) -> Result<Value, Raised> {
        for &value in values {
            value.increment();
        }
        let made = self.new_tuple_taking(values);
        if made.is_err() {
            self.release_all(values);
        }
        made
    }

    /// A tuple that takes over the counts of the values, unless it fails. Owned.
    pub(crate) fn new_tuple_taking(&mut self, values: &[Value]) -> Result<Value, Raised> {
        let made = self.make_sized(Tuple::size_bytes(values.len()), |header| {
            Tuple::new(header, values.len())
        });
        let mut tuple = made.map_err(|error| self.raise_memory_error(error))?;
        // SAFETY: the object has room for `values.len()` values, not initialised yet.
        unsafe {
            let target = tuple.values_pointer();
            core::ptr::copy_nonoverlapping(values.as_ptr(), target, values.len());
        }
        let may_cycle = |value: &Value| value.as_object().is_some_and(|object| object.is_tracked());
        if values.iter().any(may_cycle) {
            self.track(tuple.object());
        } else {
            self.track_tuple_of_atoms(tuple);
        }
        Ok(tuple.value())
    }

    /// A list that takes over the buffer, also when it fails. Owned.
    pub(crate) fn new_list(&mut self, mut items: ValueVec) -> Result<Value, Raised> {
        let empty = ValueVec::new();
        match self.make_sized(size_of::<List>(), |header| List {
            header,
            items: empty,
        }) {
            Ok(mut list) => {
                list.items = items.take();
                self.track(list.object());
                Ok(list.value())
            }
            Err(error) => {
                self.drop_values(&mut items);
                Err(self.raise_memory_error(error))
            }
        }
    }

    /// A list of the values, of each of which it takes one more count. Owned.
    pub(crate) fn new_list_of(&mut self, values: &[Value]) -> Result<Value, Raised> {
        let mut items = self.values_with_capacity(values.len())?;
        for &value in values {
            self.push_value(&mut items, value.increment())?;
        }
        self.new_list(items)
    }

    /// An empty buffer with room for `capacity` values.
    pub(crate) fn values_with_capacity(&mut self, capacity: usize) -> Result<ValueVec, Raised> {
        ValueVec::with_capacity(&mut self.heap, capacity)
            .map_err(|error| self.raise_memory_error(error))
    }

    /// Appends an owned value to a buffer that is not in an object yet. If that fails, the value
    /// and the whole buffer are released.
    pub(crate) fn push_value(&mut self, items: &mut ValueVec, value: Value) -> Result<(), Raised> {
        match items.push(&mut self.heap, value) {
            Ok(()) => Ok(()),
            Err(error) => {
                self.release(value);
                self.drop_values(items);
                Err(self.raise_memory_error(error))
            }
        }
    }

    /// Releases a buffer that is not in an object, with all its values.
    pub(crate) fn drop_values(&mut self, items: &mut ValueVec) {
        let mut taken = items.take();
        while let Some(value) = taken.pop() {
            self.release(value);
        }
        taken.free_buffer(&mut self.heap);
    }

    /// An empty dict. Owned.
    pub(crate) fn new_dict(&mut self) -> Result<Value, Raised> {
        let made = self.make_sized(size_of::<Dict>(), |header| Dict {
            header,
            table: Table::new(),
        });
        match made {
            Ok(dict) => {
                self.track_new_dict(dict);
                Ok(dict.value())
            }
            Err(error) => Err(self.raise_memory_error(error)),
        }
    }

    /// An empty set, frozen or not. Owned.
    pub(crate) fn new_set(&mut self, frozen: bool) -> Result<Value, Raised> {
        let set = self.make(|header| Set {
            header,
            hash: 0,
            table: Table::new(),
        })?;
        set.object().set_aux(if frozen { Set::FROZEN } else { 0 });
        Ok(set.value())
    }

    /// An integer of 64 bits. Owned.
    #[inline]
    pub(crate) fn new_int(&mut self, integer: i64) -> Result<Value, Raised> {
        match Value::from_int(integer) {
            Some(value) => Ok(value),
            None => self.new_big_int(BigInt::from(integer)),
        }
    }

    /// An integer of any size, inline if it fits. Owned.
    pub(crate) fn new_big_int(&mut self, number: BigInt) -> Result<Value, Raised> {
        if let Some(value) = number.to_i64().and_then(Value::from_int) {
            return Ok(value);
        }
        let digits_bytes = (number.bits() as usize).div_ceil(64) * 8;
        if let Err(error) = self.heap.charge(digits_bytes) {
            return Err(self.raise_memory_error(error));
        }
        let made = self.make_sized(size_of::<BigInteger>(), |header| BigInteger {
            header,
            digits_bytes,
            number,
        });
        match made {
            Ok(integer) => Ok(integer.value()),
            Err(error) => {
                self.heap.discharge(digits_bytes);
                Err(self.raise_memory_error(error))
            }
        }
    }

    /// An iterator over `length` inline integers from `start` on, `step` apart.
    pub(crate) fn new_range_iterator(
        &mut self,
        start: i64,
        step: i64,
        length: u64,
    ) -> Result<Value, Raised> {
        // Never tracked: it refers to numbers alone.
        let made = self.make_sized(size_of::<Iterator>(), |header| Iterator {
            header,
            first: Value::UNSET,
            second: Value::UNSET,
            position: Value::from_int_unchecked(start).bits() as i64,
            limit: length as i64,
            step,
        });
        let iterator = made.map_err(|error| self.raise_memory_error(error))?;
        iterator.object().set_aux(IteratorVariant::Range as u16);
        Ok(iterator.value())
    }

    /// A built-in iterator; takes over the counts of the values, also when it fails. Owned.
    pub(crate) fn new_iterator(
        &mut self,
        variant: IteratorVariant,
        first: Value,
        second: Value,
        position: i64,
        limit: i64,
    ) -> Result<Value, Raised> {
        let made = self.make_sized(size_of::<Iterator>(), |header| Iterator {
            header,
            first,
            second,
            position,
            limit,
            step: 0,
        });
        match made {
            Ok(iterator) => {
                iterator.object().set_aux(variant as u16);
                if !variant.is_atom() {
                    self.track(iterator.object());
                }
                Ok(iterator.value())
            }
            Err(error) => {
                self.release(first);
                self.release(second);
                Err(self.raise_memory_error(error))
            }
        }
    }

    /// A method bound to its receiver; takes one more count of each. Owned.
    pub(crate) fn new_bound_method(
        &mut self,
        function: Value,
        receiver: Value,
    ) -> Result<Value, Raised> {
        let method = self.make(|header| BoundMethod {
            header,
            function,
            receiver,
        })?;
        function.increment();
        receiver.increment();
        Ok(method.value())
    }
}

/// Characters (code points) of a text.
pub(crate) fn count_chars(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}
