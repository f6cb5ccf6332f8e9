//! What an object is: its type, what it is called, its bytes.
//!
//! A label says what tells objects of one type apart at a glance: a function's name, how a text
//! begins, how many items a container has. It is short, and made without program code: no `repr`
//! of a program's classes.

use super::Names;
use crate::code::Code;
use crate::object::{
    BigInteger, BoundMethod, Bytes, Class, Dict, Exception, Function, Generator, Kind, List,
    Module, NativeFunction, Obj, Set, Str, Traceback, Tuple, owned_bytes,
};
use crate::pure;
use crate::value::Value;
use std::borrow::Cow;
use vm_gc::snapshot::{Category, Description};
use vm_heap::ObjectRef;

/// Characters, or octets, of a text that are shown.
const TEXT_SHOWN: usize = 40;

/// Bits of an integer that is shown with its digits.
const INTEGER_BITS_SHOWN: u64 = 128;

/// The beginning of a text as `repr` shows it, with `...` behind it if there is more.
fn beginning(text: &str) -> String {
    let (shown, rest) = match text.char_indices().nth(TEXT_SHOWN) {
        Some((end, _)) => (&text[..end], "..."),
        None => (text, ""),
    };
    pure::string_repr::repr(shown) + rest
}

impl Names<'_> {
    pub(super) fn description(&self, object: ObjectRef) -> Description<'_> {
        let value = Value::from_object(object);
        Description {
            type_name: self.type_name_of(value),
            label: self.label(object),
            category: category(object),
            owned_bytes: owned_bytes(object),
            site: self.sites.site_of(object),
        }
    }

    fn type_name_of(&self, value: Value) -> Cow<'_, str> {
        let kind_name = Kind::of(value.object_unchecked()).type_name();
        let is_bare = value
            .cast::<crate::object::Instance>()
            .is_some_and(|instance| instance.shape.is_null());
        let name = if is_bare {
            ""
        } else {
            self.vm.text(self.vm.class_of(value).name)
        };
        Cow::Borrowed(if name.is_empty() { kind_name } else { name })
    }

    fn label(&self, object: ObjectRef) -> Cow<'_, str> {
        let text = |value: Value| Cow::Borrowed(self.vm.text(value));
        let of = |length: usize| Cow::Owned(format!("of {length}"));
        match Kind::of(object) {
            Kind::Str => Cow::Owned(beginning(Obj::<Str>::of(object).as_str())),
            Kind::Bytes => {
                let octets = Obj::<Bytes>::of(object);
                let octets = octets.as_slice();
                let shown = &octets[..octets.len().min(TEXT_SHOWN)];
                let rest = if shown.len() < octets.len() {
                    "..."
                } else {
                    ""
                };
                Cow::Owned(format!("b'{}'{rest}", shown.escape_ascii()))
            }
            Kind::BigInt => {
                let number = &Obj::<BigInteger>::of(object).number;
                Cow::Owned(if number.bits() <= INTEGER_BITS_SHOWN {
                    number.to_string()
                } else {
                    format!("of {} bits", number.bits())
                })
            }
            Kind::Tuple => of(Obj::<Tuple>::of(object).length),
            Kind::List => of(Obj::<List>::of(object).items.len()),
            Kind::Dict => of(Obj::<Dict>::of(object).table.len()),
            Kind::Set => of(Obj::<Set>::of(object).table.len()),
            Kind::Function => text(Obj::<Function>::of(object).qualified_name),
            Kind::NativeFunction => text(Obj::<NativeFunction>::of(object).name),
            Kind::BoundMethod => match Obj::<BoundMethod>::of(object).function.as_object() {
                Some(function) if is_function(function) => self.label(function),
                _ => Cow::Borrowed(""),
            },
            Kind::Class => text(Obj::<Class>::of(object).qualified_name),
            Kind::Module => text(Obj::<Module>::of(object).name),
            Kind::Generator => text(Obj::<Generator>::of(object).qualified_name),
            Kind::Cell => match self.variables.get(&object) {
                Some(name) => Cow::Owned(format!("of {name}")),
                None => Cow::Borrowed(""),
            },
            Kind::Exception => {
                let arguments = Obj::<Exception>::of(object).args.cast::<Tuple>();
                let first = arguments.and_then(|arguments| arguments.as_slice().first().copied());
                match first.and_then(Value::cast::<Str>) {
                    Some(message) => Cow::Owned(beginning(message.as_str())),
                    None => Cow::Borrowed(""),
                }
            }
            Kind::Traceback => {
                let code: *const Code = Obj::<Traceback>::of(object).code;
                // SAFETY: a traceback's code lives as long as the machine.
                match unsafe { code.as_ref() } {
                    Some(code) => Cow::Owned(format!("in {}", self.vm.text(code.qualified_name))),
                    None => Cow::Borrowed(""),
                }
            }
            Kind::Range
            | Kind::Slice
            | Kind::Property
            | Kind::StaticMethod
            | Kind::ClassMethod
            | Kind::Instance
            | Kind::Super
            | Kind::Iterator
            | Kind::WeakRef
            | Kind::DictView => Cow::Borrowed(""),
        }
    }
}

/// Functions, whose labels are their own names: a method of a method could be many deep.
fn is_function(object: ObjectRef) -> bool {
    matches!(Kind::of(object), Kind::Function | Kind::NativeFunction)
}

fn category(object: ObjectRef) -> Category {
    match Kind::of(object) {
        Kind::Str | Kind::Bytes => Category::Text,
        Kind::BigInt => Category::Number,
        Kind::Tuple | Kind::List | Kind::Dict | Kind::Set => Category::Container,
        Kind::Function | Kind::BoundMethod => Category::Function,
        Kind::Class | Kind::Module | Kind::NativeFunction => Category::Code,
        _ => Category::Object,
    }
}

/// The text of a key: of a short text or a number as a program writes it, else its type.
pub(super) fn key_text(names: &Names<'_>, key: Value) -> String {
    if let Some(text) = key.cast::<Str>() {
        return beginning(text.as_str());
    }
    if let Some(integer) = key.as_int() {
        return integer.to_string();
    }
    if let Some(float) = key.as_float() {
        return pure::float_text::repr_float(float);
    }
    match key.as_object() {
        Some(object) => {
            let label = names.label(object);
            let separator = if label.is_empty() { "" } else { " " };
            format!("{}{separator}{label}", names.type_name_of(key))
        }
        None if key.is_none() => "None".to_owned(),
        None => match key.as_bool() {
            Some(true) => "True".to_owned(),
            Some(false) => "False".to_owned(),
            None => names.vm.type_name(key),
        },
    }
}
