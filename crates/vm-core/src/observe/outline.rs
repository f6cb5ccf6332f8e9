//! The text of a value for somebody who looks on: like `repr`, but without program code, without
//! addresses, and cut.
//!
//! ```text
//!   #2 list      [1, 'two', <Node #1>, (3, …)]      containers within containers: two levels
//!   #1 Node      <Node #1>                          instances: class, and the name that they have
//! ```

use crate::object::{
    BigInteger, BoundMethod, Bytes, Cell, Class, Dict, Entry, Exception, Function, Generator,
    GeneratorState, Kind, List, Module, NativeFunction, Range, Set, Slice, Str, Tuple, WeakRef,
};
use crate::observe::ValueView;
use crate::pure::{bytes_ops, float_text, string_repr};
use crate::value::Value;
use crate::vm::Vm;

/// Levels of containers that are shown.
const DEPTH_MAX: u32 = 2;

/// Digits of an integer that are shown; a longer one is told by its bits.
const DIGITS_BITS_MAX: u64 = 256;

/// What stands for what was left out.
const CUT: char = '…';

/// Gives an object a name.
type Name<'a, 'vm> = &'a mut dyn FnMut(&ValueView<'vm>) -> Option<String>;

/// See [`ValueView::outline`].
pub(super) fn outline<'vm>(view: ValueView<'vm>, width: usize, name: Name<'_, 'vm>) -> String {
    let mut writer = Writer {
        vm: view.vm,
        text: String::new(),
        room: width,
        name,
    };
    writer.value(view.value, 0);
    writer.text
}

struct Writer<'a, 'vm> {
    vm: &'vm Vm,
    text: String,
    /// Characters that may still be written.
    room: usize,
    name: Name<'a, 'vm>,
}

impl<'vm> Writer<'_, 'vm> {
    /// Appends a text as far as there is room.
    fn push(&mut self, text: &str) {
        if self.room == 0 {
            return;
        }
        for character in text.chars() {
            self.room -= 1;
            if self.room == 0 {
                self.text.push(CUT);
                return;
            }
            self.text.push(character);
        }
    }

    /// `depth` containers are around the value; there are at most `DEPTH_MAX`, so this recursion is
    /// bounded.
    fn value(&mut self, value: Value, depth: u32) {
        let Some(kind) = value.kind() else {
            return self.inline(value);
        };
        let is_container = matches!(
            kind,
            Kind::List | Kind::Tuple | Kind::Dict | Kind::Set | Kind::Exception | Kind::Cell
        );
        if is_container && depth >= DEPTH_MAX {
            return self.described(value, "");
        }
        match kind {
            Kind::BigInt => self.big_integer(value),
            Kind::Str => self.string(value),
            Kind::Bytes => {
                let Some(bytes) = value.cast::<Bytes>() else {
                    return;
                };
                let bytes = bytes.as_slice();
                self.push(&bytes_ops::repr(&bytes[..bytes.len().min(self.room)]));
            }
            Kind::List => {
                let Some(list) = value.cast::<List>() else {
                    return;
                };
                self.items("[", list.items.as_slice(), "]", depth);
            }
            Kind::Tuple => {
                let Some(tuple) = value.cast::<Tuple>() else {
                    return;
                };
                let close = if tuple.length == 1 { ",)" } else { ")" };
                self.items("(", tuple.as_slice(), close, depth);
            }
            Kind::Dict => {
                let Some(dict) = value.cast::<Dict>() else {
                    return;
                };
                self.entries(dict.table.entries(), true, depth);
            }
            Kind::Set => {
                let Some(set) = value.cast::<Set>() else {
                    return;
                };
                if set.table.len() == 0 {
                    self.push("set()");
                } else {
                    self.entries(set.table.entries(), false, depth);
                }
            }
            Kind::Range => {
                let Some(range) = value.cast::<Range>() else {
                    return;
                };
                self.items("range(", &[range.start, range.stop, range.step], ")", depth);
            }
            Kind::Slice => {
                let Some(slice) = value.cast::<Slice>() else {
                    return;
                };
                self.items("slice(", &[slice.start, slice.stop, slice.step], ")", depth);
            }
            Kind::Exception => {
                let Some(exception) = value.cast::<Exception>() else {
                    return;
                };
                let class = self.vm.type_name(value);
                self.push(&class);
                let args = exception.args.cast::<Tuple>();
                let args = args.as_ref().map_or(&[][..], |args| args.as_slice());
                self.items("(", args, ")", depth);
            }
            Kind::Cell => {
                let Some(cell) = value.cast::<Cell>() else {
                    return;
                };
                self.push("<cell: ");
                self.value(cell.value, depth + 1);
                self.push(">");
            }
            _ => self.other(value, kind),
        }
    }

    fn inline(&mut self, value: Value) {
        if let Some(integer) = value.as_int() {
            return self.push(&integer.to_string());
        }
        if let Some(float) = value.as_float() {
            return self.push(&float_text::repr_float(float));
        }
        self.push(match value {
            Value::UNSET => "unset",
            Value::NONE => "None",
            Value::TRUE => "True",
            Value::FALSE => "False",
            Value::NOT_IMPLEMENTED => "NotImplemented",
            _ => "Ellipsis",
        });
    }

    fn big_integer(&mut self, value: Value) {
        let Some(integer) = value.cast::<BigInteger>() else {
            return;
        };
        let bits = integer.number.bits();
        if bits <= DIGITS_BITS_MAX {
            self.push(&integer.number.to_string());
        } else {
            self.push(&format!("<int of {bits} bits>"));
        }
    }

    fn string(&mut self, value: Value) {
        let Some(string) = value.cast::<Str>() else {
            return;
        };
        let text = string.as_str();
        let end = text
            .char_indices()
            .nth(self.room)
            .map_or(text.len(), |(end, _)| end);
        self.push(&string_repr::repr(&text[..end]));
    }

    fn items(&mut self, open: &str, items: &[Value], close: &str, depth: u32) {
        self.push(open);
        for (index, &item) in items.iter().enumerate() {
            if self.room == 0 {
                return;
            }
            if index > 0 {
                self.push(", ");
            }
            self.value(item, depth + 1);
        }
        self.push(close);
    }

    fn entries(&mut self, entries: &[Entry], with_values: bool, depth: u32) {
        self.push("{");
        let mut first = true;
        for entry in entries.iter().filter(|entry| !entry.key.is_unset()) {
            if self.room == 0 {
                return;
            }
            if !first {
                self.push(", ");
            }
            first = false;
            self.value(entry.key, depth + 1);
            if with_values {
                self.push(": ");
                self.value(entry.value, depth + 1);
            }
        }
        self.push("}");
    }

    /// `<class name detail>`
    fn described(&mut self, value: Value, detail: &str) {
        let class = self.vm.type_name(value);
        self.push(&format!("<{class}"));
        if let Some(name) = (self.name)(&ValueView::new(self.vm, value)) {
            self.push(&format!(" {name}"));
        }
        if !detail.is_empty() {
            self.push(&format!(" {detail}"));
        }
        self.push(">");
    }

    fn other(&mut self, value: Value, kind: Kind) {
        let vm = self.vm;
        let text = |name: Value| vm.text(name).to_owned();
        let detail = match kind {
            Kind::Function => value.cast::<Function>().map(|it| text(it.qualified_name)),
            Kind::NativeFunction => value.cast::<NativeFunction>().map(|it| text(it.name)),
            Kind::Class => value.cast::<Class>().map(|it| text(it.qualified_name)),
            Kind::Module => value.cast::<Module>().map(|it| text(it.name)),
            Kind::Generator => value.cast::<Generator>().map(|it| {
                let state = match it.state {
                    GeneratorState::Created => "not started",
                    GeneratorState::Running => "running",
                    GeneratorState::Suspended => "suspended",
                    GeneratorState::Finished => "finished",
                };
                format!("{}, {state}", text(it.qualified_name))
            }),
            Kind::BoundMethod => value.cast::<BoundMethod>().map(|it| {
                let function = it.function.cast::<Function>();
                function.map_or_else(String::new, |it| text(it.qualified_name))
            }),
            Kind::WeakRef => value.cast::<WeakRef>().map(|it| match it.target {
                None => "dead".to_owned(),
                Some(target) => {
                    let target = ValueView::new(vm, Value::from_object(target));
                    let name = (self.name)(&target).map(|name| format!(" {name}"));
                    format!("to {}{}", target.type_name(), name.unwrap_or_default())
                }
            }),
            _ => None,
        };
        // Their own names tell which they are.
        if matches!(
            kind,
            Kind::Function | Kind::NativeFunction | Kind::Class | Kind::Module
        ) {
            let what = match kind {
                Kind::Function => "function",
                Kind::NativeFunction => "built-in",
                Kind::Class => "class",
                _ => "module",
            };
            let detail = detail.unwrap_or_default();
            // The collector has cleared what has no name any more.
            let space = if detail.is_empty() { "" } else { " " };
            return self.push(&format!("<{what}{space}{detail}>"));
        }
        self.described(value, &detail.unwrap_or_default());
    }
}
