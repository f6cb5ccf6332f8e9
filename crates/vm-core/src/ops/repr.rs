//! `repr` of built-in objects, as CPython prints it.
//!
//! Containers write what is in them one after the other. One that is met again inside itself is
//! written as `[...]`: `Vm::repr_stack` has those that are being written. What is in a container may
//! run program code that changes it, so each item is looked up anew, by its position.

use crate::object::{Bytes, Dict, DictView, Exception, Kind, Set, Str, Tuple};
use crate::ops::list::items_now;
use crate::ops::text_builder::TextBuilder;
use crate::pure::{bytes_ops, string_repr};
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// What is written of each entry of a hash table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entries {
    /// `key`
    Keys,
    /// `value`
    Values,
    /// `(key, value)`
    Pairs,
    /// `key: value`
    Mapping,
}

impl Vm {
    /// Appends `repr(value)`.
    pub(crate) fn push_repr(&mut self, text: &mut TextBuilder, value: Value) -> Result<(), Raised> {
        let Some(kind) = value.kind() else {
            return self.push_repr_inline(text, value);
        };
        match kind {
            Kind::BigInt => self.push_repr_inline(text, value),
            Kind::Str => match value.cast::<Str>() {
                Some(string) => text.push(self, &string_repr::repr(string.as_str())),
                None => Ok(()),
            },
            Kind::Bytes => match value.cast::<Bytes>() {
                Some(bytes) => text.push(self, &bytes_ops::repr(bytes.as_slice())),
                None => Ok(()),
            },
            Kind::List => self.push_enclosed(text, value, "[...]", |vm, text| {
                vm.push_items(text, value, "[", "]")
            }),
            Kind::Tuple => self.push_enclosed(text, value, "(...)", |vm, text| {
                let single = value.cast::<Tuple>().is_some_and(|tuple| tuple.length == 1);
                vm.push_items(text, value, "(", if single { ",)" } else { ")" })
            }),
            Kind::Dict => self.push_enclosed(text, value, "{...}", |vm, text| {
                vm.push_entries(text, value, Entries::Mapping, ["{", "}"])
            }),
            Kind::Set => self.push_set(text, value),
            Kind::DictView => self.push_view(text, value),
            Kind::Instance | Kind::Exception => {
                let repr = self.nested(|vm| vm.repr(value))?;
                self.push_owned(text, repr)
            }
            _ => self.push_other(text, value),
        }
    }

    fn push_repr_inline(&mut self, text: &mut TextBuilder, value: Value) -> Result<(), Raised> {
        let constant = match value {
            Value::NONE => "None",
            Value::TRUE => "True",
            Value::FALSE => "False",
            Value::NOT_IMPLEMENTED => "NotImplemented",
            Value::ELLIPSIS => "Ellipsis",
            _ => {
                if let Some(integer) = value.as_int() {
                    return text.push(self, itoa::Buffer::new().format(integer));
                }
                let Some(number) = value.number() else {
                    return Ok(());
                };
                let digits = self.number_text(number)?;
                return text.push(self, &digits);
            }
        };
        text.push(self, constant)
    }

    /// Runs `push` for a container, or writes `within` if it is being written already.
    fn push_enclosed(
        &mut self,
        text: &mut TextBuilder,
        container: Value,
        within: &str,
        push: impl FnOnce(&mut Vm, &mut TextBuilder) -> Result<(), Raised>,
    ) -> Result<(), Raised> {
        let object = container.object_unchecked();
        if self.repr_stack.contains(&object) {
            return text.push(self, within);
        }
        self.nested(|vm| {
            vm.repr_stack.push(object);
            let pushed = push(vm, text);
            vm.repr_stack.pop();
            pushed
        })
    }

    fn push_items(
        &mut self,
        text: &mut TextBuilder,
        sequence: Value,
        open: &str,
        close: &str,
    ) -> Result<(), Raised> {
        text.push(self, open)?;
        let item = |index: usize| items_now(&sequence)?.get(index).copied();
        let mut index = 0;
        while let Some(item) = item(index) {
            if index > 0 {
                text.push(self, ", ")?;
            }
            self.push_repr_kept(text, item)?;
            index += 1;
        }
        text.push(self, close)
    }

    /// Appends `repr` of an item that its container may lose meanwhile.
    pub(super) fn push_repr_kept(
        &mut self,
        text: &mut TextBuilder,
        item: Value,
    ) -> Result<(), Raised> {
        item.increment();
        let pushed = self.push_repr(text, item);
        self.release(item);
        pushed
    }

    fn push_entries(
        &mut self,
        text: &mut TextBuilder,
        table: Value,
        entries: Entries,
        [open, close]: [&str; 2],
    ) -> Result<(), Raised> {
        text.push(self, open)?;
        let entry = |position: usize| match (table.cast::<Dict>(), table.cast::<Set>()) {
            (Some(dict), _) => dict.table.entries().get(position).copied(),
            (_, Some(set)) => set.table.entries().get(position).copied(),
            _ => None,
        };
        let (mut position, mut first) = (0, true);
        while let Some(entry) = entry(position) {
            position += 1;
            if entry.key.is_unset() {
                continue;
            }
            if !first {
                text.push(self, ", ")?;
            }
            first = false;
            if entries == Entries::Pairs {
                text.push(self, "(")?;
            }
            entry.value.increment();
            let mut pushed = Ok(());
            if entries != Entries::Values {
                pushed = self.push_repr_kept(text, entry.key);
            }
            if pushed.is_ok() {
                pushed = match entries {
                    Entries::Keys => Ok(()),
                    Entries::Values => self.push_repr(text, entry.value),
                    Entries::Pairs => text
                        .push(self, ", ")
                        .and_then(|()| self.push_repr(text, entry.value))
                        .and_then(|()| text.push(self, ")")),
                    Entries::Mapping => text
                        .push(self, ": ")
                        .and_then(|()| self.push_repr(text, entry.value)),
                };
            }
            self.release(entry.value);
            pushed?;
        }
        text.push(self, close)
    }

    fn push_set(&mut self, text: &mut TextBuilder, value: Value) -> Result<(), Raised> {
        let Some(set) = value.cast::<Set>() else {
            return Ok(());
        };
        let (empty, within, brackets) = if set.is_mutable() {
            ("set()", "set(...)", ["{", "}"])
        } else {
            ("frozenset()", "frozenset(...)", ["frozenset({", "})"])
        };
        if set.table.len() == 0 {
            return text.push(self, empty);
        }
        self.push_enclosed(text, value, within, |vm, text| {
            vm.push_entries(text, value, Entries::Keys, brackets)
        })
    }

    fn push_view(&mut self, text: &mut TextBuilder, value: Value) -> Result<(), Raised> {
        let Some(view) = value.cast::<DictView>() else {
            return Ok(());
        };
        let (open, entries) = match view.object().aux() {
            0 => ("dict_keys([", Entries::Keys),
            1 => ("dict_values([", Entries::Values),
            _ => ("dict_items([", Entries::Pairs),
        };
        self.push_enclosed(text, value, "...", |vm, text| {
            vm.push_entries(text, view.dict, entries, [open, "])"])
        })
    }

    /// `ValueError('x')`: the class and its arguments.
    pub(crate) fn push_exception(
        &mut self,
        text: &mut TextBuilder,
        value: Value,
    ) -> Result<(), Raised> {
        let Some(exception) = value.cast::<Exception>() else {
            return Ok(());
        };
        let name = self.type_name(value);
        text.push(self, &name)?;
        let args = exception.args.increment();
        let single = args.cast::<Tuple>().filter(|args| args.length == 1);
        let pushed = match single {
            Some(single) => text
                .push(self, "(")
                .and_then(|()| self.push_repr(text, single.as_slice()[0]))
                .and_then(|()| text.push(self, ")")),
            None => self.push_repr(text, args),
        };
        self.release(args);
        pushed
    }
}
