//! Instructions that make or fill a container or a string.

use crate::interpreter::Registers;
use crate::interpreter::counting::counted;
use crate::object::{Dict, List, Obj, Set, Slice};
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    /// `slice(...)` of a window of three registers, which are taken.
    pub(crate) fn make_slice(&mut self, registers: Registers, first: u8) -> Result<Value, Raised> {
        let bounds = [0, 1, 2].map(|index| registers.get(first + index));
        let [start, stop, step] = bounds;
        let slice = self.make(|header| Slice {
            header,
            start,
            stop,
            step,
        })?;
        registers.forget(first, 3);
        Ok(slice.value())
    }

    pub(crate) fn make_tuple(
        &mut self,
        registers: Registers,
        first: u8,
        count: u8,
    ) -> Result<Value, Raised> {
        let window = registers.window(first, count as usize);
        let tuple = self.new_tuple_taking(window)?;
        registers.forget(first, count as usize);
        Ok(tuple)
    }

    pub(crate) fn make_list(
        &mut self,
        registers: Registers,
        first: u8,
        count: u8,
    ) -> Result<Value, Raised> {
        let mut items = self.values_with_capacity(count as usize)?;
        for index in 0..count {
            let value = registers.take(first + index);
            self.push_value(&mut items, value)?;
        }
        self.new_list(items)
    }

    pub(crate) fn make_set(
        &mut self,
        registers: Registers,
        first: u8,
        count: u8,
    ) -> Result<Value, Raised> {
        let set = self.new_set(false)?;
        for index in 0..count {
            let item = registers.get(first + index);
            if let Err(raised) = self.set_add(Obj::of(set.object_unchecked()), item) {
                self.aside(|vm| vm.give_back(set));
                return Err(raised);
            }
        }
        self.release_window(registers, first, count as usize);
        Ok(set)
    }

    pub(crate) fn make_dict(
        &mut self,
        registers: Registers,
        first: u8,
        pairs: u8,
    ) -> Result<Value, Raised> {
        let dict = self.new_dict()?;
        for pair in 0..pairs {
            let key = registers.get(first + 2 * pair);
            let value = registers.get(first + 2 * pair + 1);
            if let Err(raised) = self.dict_set(Obj::of(dict.object_unchecked()), key, value) {
                self.aside(|vm| vm.give_back(dict));
                return Err(raised);
            }
        }
        self.release_window(registers, first, 2 * pairs as usize);
        Ok(dict)
    }

    /// Releases a window of registers, which become unset.
    pub(crate) fn release_window(&mut self, registers: Registers, first: u8, count: usize) {
        self.count_references(move || (0, counted(registers.window(first, count))));
        self.drop_window(registers, first, count);
    }

    /// The same for who counted them.
    #[inline(always)]
    pub(super) fn drop_window(&mut self, registers: Registers, first: u8, count: usize) {
        for index in 0..count {
            let value = registers.take(first + index as u8);
            self.release(value);
        }
    }

    pub(crate) fn make_string(
        &mut self,
        registers: Registers,
        first: u8,
        count: u8,
    ) -> Result<Value, Raised> {
        let window = registers.window(first, count as usize);
        if let Some(&other) = window
            .iter()
            .find(|v| v.cast::<crate::object::Str>().is_none())
        {
            let message = format!("expected str instance, {} found", self.type_name(other));
            return Err(self.raise_type_error(&message));
        }
        let text = {
            let strings: Vec<Obj<crate::object::Str>> =
                window.iter().filter_map(|value| value.cast()).collect();
            let parts: Vec<&str> = strings.iter().map(|string| string.as_str()).collect();
            self.new_str_from_parts(&parts)?
        };
        self.release_window(registers, first, count as usize);
        Ok(text)
    }

    /// A value of a built-in type that an instruction needs; `TypeError` for others.
    pub(super) fn operand<T: crate::object::Layout>(
        &mut self,
        value: Value,
    ) -> Result<Obj<T>, Raised> {
        match value.cast::<T>() {
            Some(typed) => Ok(typed),
            None => {
                let message = format!(
                    "the instruction needs a '{}', not '{}'",
                    T::KIND.type_name(),
                    self.type_name(value)
                );
                Err(self.raise_type_error(&message))
            }
        }
    }

    #[inline]
    pub(crate) fn append_to_list(&mut self, list: Value, item: Value) -> Result<(), Raised> {
        let list = self.operand::<List>(list)?;
        self.list_append(list, item)
    }

    pub(crate) fn extend_list(&mut self, list: Value, items: Value) -> Result<(), Raised> {
        let list = self.operand::<List>(list)?;
        self.list_extend(list, items)
    }

    pub(crate) fn add_to_set(&mut self, set: Value, item: Value) -> Result<(), Raised> {
        let set = self.operand::<Set>(set)?;
        self.set_add(set, item).map(|_| ())
    }

    pub(crate) fn update_set(&mut self, set: Value, items: Value) -> Result<(), Raised> {
        let set = self.operand::<Set>(set)?;
        self.set_update(set, items)
    }

    pub(crate) fn update_dict(
        &mut self,
        dict: Value,
        items: Value,
        merge: bool,
    ) -> Result<(), Raised> {
        let dict = self.operand::<Dict>(dict)?;
        if merge {
            self.dict_merge(dict, items)
        } else {
            self.dict_update(dict, items)
        }
    }

    pub(crate) fn format_simple(&mut self, value: Value, conversion: i8) -> Result<Value, Raised> {
        match conversion {
            0 => self.str_of(value),
            1 => self.repr(value),
            2 => self.ascii(value),
            _ => self.format(value, Value::UNSET),
        }
    }
}
