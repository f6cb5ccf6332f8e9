//! What each reference of an object is called.
//!
//! A layout's `traverse` visits what an object owns always in the same order, unset fields too. So a
//! reference is named by its position in that order: none can be forgotten, and none invented.

use super::Names;
use super::describe::key_text;
use crate::object::{Class, Dict, Generator, Instance, Kind, Module, Namespace, Obj, Set};
use crate::value::Value;
use vm_gc::snapshot::ReferenceName;
use vm_heap::ObjectRef;

use ReferenceName::{Attribute, Index, Internal, Key, Variable};

/// The fields that a kind of object has in front of what varies in number, in the order of its
/// `traverse`, by the names that programs know.
fn fields(kind: Kind) -> &'static [ReferenceName<&'static str>] {
    match kind {
        Kind::Range | Kind::Slice => &[
            Attribute("start"),
            Attribute("stop"),
            Attribute("step"),
            Internal("length"),
        ],
        Kind::Cell => &[Attribute("cell_contents")],
        Kind::Function => &[
            Attribute("__globals__"),
            Attribute("__name__"),
            Attribute("__qualname__"),
            Attribute("__closure__"),
            Attribute("__defaults__"),
            Attribute("__kwdefaults__"),
            Attribute("__dict__"),
        ],
        Kind::NativeFunction | Kind::Module => &[Attribute("__name__")],
        Kind::BoundMethod => &[Attribute("__func__"), Attribute("__self__")],
        Kind::Property => &[
            Attribute("fget"),
            Attribute("fset"),
            Attribute("fdel"),
            Attribute("__doc__"),
        ],
        Kind::StaticMethod | Kind::ClassMethod => &[Attribute("__func__")],
        Kind::Class => &[
            Attribute("__name__"),
            Attribute("__qualname__"),
            Attribute("__module__"),
            Attribute("__bases__"),
            Attribute("__mro__"),
            Attribute("__slots__"),
        ],
        Kind::Instance => &[Attribute("__class__")],
        Kind::Super => &[
            Attribute("__thisclass__"),
            Attribute("__self__"),
            Attribute("__self_class__"),
        ],
        Kind::Iterator => &[Internal("source"), Internal("state")],
        Kind::Generator => &[
            Internal("function"),
            Attribute("__name__"),
            Attribute("__qualname__"),
            Attribute("gi_yieldfrom"),
            Internal("exception being handled"),
        ],
        Kind::Exception => &[
            Attribute("__class__"),
            Attribute("args"),
            Attribute("__traceback__"),
            Attribute("__cause__"),
            Attribute("__context__"),
            Attribute("__dict__"),
        ],
        Kind::Traceback => &[Attribute("tb_next")],
        Kind::WeakRef => &[Attribute("__callback__"), Internal("hash")],
        Kind::DictView => &[Attribute("mapping")],
        Kind::BigInt
        | Kind::Str
        | Kind::Bytes
        | Kind::Tuple
        | Kind::List
        | Kind::Dict
        | Kind::Set => &[],
    }
}

impl Names<'_> {
    pub(super) fn visit_references(
        &self,
        object: ObjectRef,
        visit: &mut impl FnMut(ReferenceName<&str>, ObjectRef),
    ) {
        let fields = fields(Kind::of(object));
        let mut text = String::new();
        let mut position = 0;
        crate::object::traverse_values(object, &mut |value| {
            if let Some(referent) = value.as_object() {
                let name = match fields.get(position) {
                    Some(&name) => name,
                    None => self.varying_name(object, position - fields.len(), &mut text),
                };
                visit(name, referent);
            }
            position += 1;
        });
    }

    /// The name of what comes behind the fields; `text` is memory for it.
    fn varying_name<'a>(
        &'a self,
        object: ObjectRef,
        position: usize,
        text: &'a mut String,
    ) -> ReferenceName<&'a str> {
        let vm = self.vm;
        match Kind::of(object) {
            Kind::Tuple => {
                let function = self.closures.get(&object);
                match function.and_then(|code| code.free_name(position)) {
                    Some(name) => Variable(name),
                    None => Index(position as u32),
                }
            }
            Kind::List => Index(position as u32),
            Kind::Dict => {
                let dict = Obj::<Dict>::of(object);
                let key = dict.table.entries()[position / 2].key;
                *text = key_text(self, key);
                if position.is_multiple_of(2) {
                    text.insert_str(0, "key ");
                    Internal(text)
                } else {
                    Key(text)
                }
            }
            Kind::Set => {
                let set = Obj::<Set>::of(object);
                debug_assert!(position / 2 < set.table.entries().len());
                Internal("member")
            }
            Kind::Class => {
                let class = Obj::<Class>::of(object);
                self.namespace_name(&class.attributes, position, text)
            }
            Kind::Module => {
                let module = Obj::<Module>::of(object);
                self.namespace_name(&module.namespace, position, text)
            }
            Kind::Instance => {
                let instance = Obj::<Instance>::of(object);
                let name = instance.shape().names.get(position).copied();
                Attribute(vm.text(name.unwrap_or(Value::UNSET)))
            }
            Kind::Generator => {
                let generator = Obj::<Generator>::of(object);
                // SAFETY: a generator's code lives as long as the machine.
                *text = match unsafe { generator.code.as_ref() } {
                    Some(code) => vm.register_name(code, position as u8),
                    None => format!("r{position}"),
                };
                Variable(text)
            }
            _ => Internal("reference"),
        }
    }

    /// A namespace has its names first, then its values; a class has the names of its instances'
    /// attributes behind it.
    fn namespace_name<'a>(
        &'a self,
        namespace: &Namespace,
        position: usize,
        text: &'a mut String,
    ) -> ReferenceName<&'a str> {
        let count = namespace.slot_count();
        let name = |slot: usize| self.vm.text(namespace.name(slot));
        if position < count {
            *text = format!("name {}", name(position));
            Internal(text)
        } else if position < 2 * count {
            Attribute(name(position - count))
        } else {
            Internal("name of an attribute")
        }
    }
}
