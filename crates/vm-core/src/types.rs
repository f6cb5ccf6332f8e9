//! The built-in classes: one table names them, and says which is the base of which.

use crate::object::{Class, Exception, Instance, Iterator, Obj};
use crate::object::{IteratorVariant, Kind, Set};
use crate::value::Value;
use crate::vm::Vm;

macro_rules! builtin_types {
    ($($variant:ident($base:ident) = $name:literal, $kind:ident, $public:literal;)*) => {
        /// A built-in class; indexes `Vm::types`.
        #[allow(clippy::enum_variant_names, reason = "the variants are Python's names")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Type { $(#[doc = $name] $variant),* }

        impl Type {
            /// Every built-in class: itself, its base, its name, the kind of its instances, and
            /// whether it is in the builtins namespace. A base stands before its subclasses.
            pub(crate) const TABLE: &'static [(Type, Type, &'static str, Kind, bool)] =
                &[$((Type::$variant, Type::$base, $name, Kind::$kind, $public)),*];
            /// How many there are.
            pub(crate) const COUNT: usize = Self::TABLE.len();
        }
    };
}

builtin_types! {
    Object(Object) = "object", Instance, true;
    Type(Object) = "type", Class, true;
    Int(Object) = "int", BigInt, true;
    Bool(Int) = "bool", BigInt, true;
    Float(Object) = "float", BigInt, true;
    None(Object) = "NoneType", BigInt, false;
    NotImplemented(Object) = "NotImplementedType", BigInt, false;
    Ellipsis(Object) = "ellipsis", BigInt, false;
    Str(Object) = "str", Str, true;
    Bytes(Object) = "bytes", Bytes, true;
    Tuple(Object) = "tuple", Tuple, true;
    List(Object) = "list", List, true;
    Dict(Object) = "dict", Dict, true;
    Set(Object) = "set", Set, true;
    FrozenSet(Object) = "frozenset", Set, true;
    Range(Object) = "range", Range, true;
    Slice(Object) = "slice", Slice, true;
    Cell(Object) = "cell", Cell, false;
    Function(Object) = "function", Function, false;
    NativeFunction(Object) = "builtin_function_or_method", NativeFunction, false;
    MethodDescriptor(Object) = "method_descriptor", NativeFunction, false;
    BoundMethod(Object) = "method", BoundMethod, false;
    Property(Object) = "property", Property, true;
    StaticMethod(Object) = "staticmethod", StaticMethod, true;
    ClassMethod(Object) = "classmethod", ClassMethod, true;
    Super(Object) = "super", Super, true;
    Generator(Object) = "generator", Generator, false;
    Traceback(Object) = "traceback", Traceback, false;
    WeakRef(Object) = "ReferenceType", WeakRef, false;
    Module(Object) = "module", Module, false;
    DictKeys(Object) = "dict_keys", DictView, false;
    DictValues(Object) = "dict_values", DictView, false;
    DictItems(Object) = "dict_items", DictView, false;
    RangeIterator(Object) = "range_iterator", Iterator, false;
    ListIterator(Object) = "list_iterator", Iterator, false;
    TupleIterator(Object) = "tuple_iterator", Iterator, false;
    StrIterator(Object) = "str_iterator", Iterator, false;
    BytesIterator(Object) = "bytes_iterator", Iterator, false;
    DictKeyIterator(Object) = "dict_keyiterator", Iterator, false;
    DictValueIterator(Object) = "dict_valueiterator", Iterator, false;
    DictItemIterator(Object) = "dict_itemiterator", Iterator, false;
    SetIterator(Object) = "set_iterator", Iterator, false;
    Reversed(Object) = "reversed", Iterator, true;
    SequenceIterator(Object) = "iterator", Iterator, false;
    CallableIterator(Object) = "callable_iterator", Iterator, false;
    Enumerate(Object) = "enumerate", Iterator, true;
    Zip(Object) = "zip", Iterator, true;
    Map(Object) = "map", Iterator, true;
    Filter(Object) = "filter", Iterator, true;
    LongRangeIterator(Object) = "longrange_iterator", Iterator, false;
    DictReverseIterator(Object) = "dict_reversekeyiterator", Iterator, false;
    InstanceDict(Object) = "instance_dict", Instance, false;

    BaseException(Object) = "BaseException", Exception, true;
    GeneratorExit(BaseException) = "GeneratorExit", Exception, true;
    KeyboardInterrupt(BaseException) = "KeyboardInterrupt", Exception, true;
    SystemExit(BaseException) = "SystemExit", Exception, true;
    Exception(BaseException) = "Exception", Exception, true;
    ArithmeticError(Exception) = "ArithmeticError", Exception, true;
    FloatingPointError(ArithmeticError) = "FloatingPointError", Exception, true;
    OverflowError(ArithmeticError) = "OverflowError", Exception, true;
    ZeroDivisionError(ArithmeticError) = "ZeroDivisionError", Exception, true;
    AssertionError(Exception) = "AssertionError", Exception, true;
    AttributeError(Exception) = "AttributeError", Exception, true;
    BufferError(Exception) = "BufferError", Exception, true;
    EOFError(Exception) = "EOFError", Exception, true;
    ImportError(Exception) = "ImportError", Exception, true;
    ModuleNotFoundError(ImportError) = "ModuleNotFoundError", Exception, true;
    LookupError(Exception) = "LookupError", Exception, true;
    IndexError(LookupError) = "IndexError", Exception, true;
    KeyError(LookupError) = "KeyError", Exception, true;
    MemoryError(Exception) = "MemoryError", Exception, true;
    NameError(Exception) = "NameError", Exception, true;
    UnboundLocalError(NameError) = "UnboundLocalError", Exception, true;
    OSError(Exception) = "OSError", Exception, true;
    ReferenceError(Exception) = "ReferenceError", Exception, true;
    RuntimeError(Exception) = "RuntimeError", Exception, true;
    NotImplementedError(RuntimeError) = "NotImplementedError", Exception, true;
    RecursionError(RuntimeError) = "RecursionError", Exception, true;
    StopIteration(Exception) = "StopIteration", Exception, true;
    StopAsyncIteration(Exception) = "StopAsyncIteration", Exception, true;
    SyntaxError(Exception) = "SyntaxError", Exception, true;
    SystemError(Exception) = "SystemError", Exception, true;
    TypeError(Exception) = "TypeError", Exception, true;
    ValueError(Exception) = "ValueError", Exception, true;
    UnicodeError(ValueError) = "UnicodeError", Exception, true;
    UnicodeDecodeError(UnicodeError) = "UnicodeDecodeError", Exception, true;
    UnicodeEncodeError(UnicodeError) = "UnicodeEncodeError", Exception, true;
    Warning(Exception) = "Warning", Exception, true;
    DeprecationWarning(Warning) = "DeprecationWarning", Exception, true;
    ResourceWarning(Warning) = "ResourceWarning", Exception, true;
    RuntimeWarning(Warning) = "RuntimeWarning", Exception, true;
    UserWarning(Warning) = "UserWarning", Exception, true;
}

impl Vm {
    /// A built-in class, borrowed (they are immortal).
    #[inline(always)]
    pub(crate) fn builtin(&self, class: Type) -> Obj<Class> {
        Obj::of(self.types[class as usize].object_unchecked())
    }

    /// The class of any value, borrowed.
    pub(crate) fn class_of(&self, value: Value) -> Obj<Class> {
        let Some(object) = value.as_object() else {
            return self.builtin(if value.is_int() {
                Type::Int
            } else if value.is_float() {
                Type::Float
            } else {
                match value {
                    Value::NONE => Type::None,
                    Value::TRUE | Value::FALSE => Type::Bool,
                    Value::NOT_IMPLEMENTED => Type::NotImplemented,
                    Value::ELLIPSIS => Type::Ellipsis,
                    _ => Type::Object,
                }
            });
        };
        self.builtin(match Kind::of(object) {
            Kind::Instance => return Obj::<Instance>::of(object).class(),
            Kind::Exception => {
                let class = Obj::<Exception>::of(object).class;
                return class
                    .cast::<Class>()
                    .unwrap_or_else(|| self.builtin(Type::BaseException));
            }
            Kind::BigInt => Type::Int,
            Kind::Str => Type::Str,
            Kind::Bytes => Type::Bytes,
            Kind::Tuple => Type::Tuple,
            Kind::List => Type::List,
            Kind::Dict => Type::Dict,
            Kind::Set if object.aux() & Set::FROZEN != 0 => Type::FrozenSet,
            Kind::Set => Type::Set,
            Kind::Range => Type::Range,
            Kind::Slice => Type::Slice,
            Kind::Cell => Type::Cell,
            Kind::Function => Type::Function,
            Kind::NativeFunction => Type::NativeFunction,
            Kind::BoundMethod => Type::BoundMethod,
            Kind::Property => Type::Property,
            Kind::StaticMethod => Type::StaticMethod,
            Kind::ClassMethod => Type::ClassMethod,
            Kind::Class => Type::Type,
            Kind::Super => Type::Super,
            Kind::Generator => Type::Generator,
            Kind::Traceback => Type::Traceback,
            Kind::WeakRef => Type::WeakRef,
            Kind::Module => Type::Module,
            Kind::DictView => match object.aux() {
                0 => Type::DictKeys,
                1 => Type::DictValues,
                _ => Type::DictItems,
            },
            Kind::Iterator => match Obj::<Iterator>::of(object).variant() {
                IteratorVariant::Range => Type::RangeIterator,
                IteratorVariant::List => Type::ListIterator,
                IteratorVariant::Tuple => Type::TupleIterator,
                IteratorVariant::Str => Type::StrIterator,
                IteratorVariant::Bytes => Type::BytesIterator,
                IteratorVariant::DictKeys => Type::DictKeyIterator,
                IteratorVariant::DictValues => Type::DictValueIterator,
                IteratorVariant::DictItems => Type::DictItemIterator,
                IteratorVariant::Set => Type::SetIterator,
                IteratorVariant::Reversed => Type::Reversed,
                IteratorVariant::Sequence => Type::SequenceIterator,
                IteratorVariant::Callable => Type::CallableIterator,
                IteratorVariant::Enumerate => Type::Enumerate,
                IteratorVariant::Zip => Type::Zip,
                IteratorVariant::Map => Type::Map,
                IteratorVariant::Filter => Type::Filter,
                IteratorVariant::BigRange => Type::LongRangeIterator,
                IteratorVariant::DictReversed => Type::DictReverseIterator,
            },
        })
    }

    /// The name of a value's class, for messages.
    pub(crate) fn type_name(&self, value: Value) -> String {
        let class = self.class_of(value);
        self.text(class.name).to_owned()
    }
}
