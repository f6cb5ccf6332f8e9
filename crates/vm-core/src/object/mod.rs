//! Object types: one file for each layout, and the table that dispatches on an object's kind.
//!
//! Every heap object begins with the heap's eight-byte header, whose kind byte selects the layout
//! (`repr(C)`, header first). A layout says three things, and nothing else in the machine knows
//! them:
//!
//! 1. `traverse`: each reference it owns, once for each count it holds;
//! 2. `clear`: gives those references up and returns its buffers, and leaves a valid, empty object;
//! 3. whether it can take part in a cycle (`TRACKED`), which also selects the page family.
//!
//! **Invariant.** What `traverse` visits and what `clear` gives up are the same references.

mod bigint;
mod bound;
mod bytes;
mod cell;
mod class;
mod dict;
mod exception;
mod function;
mod generator;
mod instance;
mod iterator;
mod list;
mod module;
mod namespace;
mod owned;
mod range;
mod set;
mod shape;
mod string;
mod table;
mod table_index;
mod tuple;
mod values;
mod weakref;

pub(crate) use bigint::BigInteger;
pub(crate) use bound::{BoundMethod, ClassMethod, Property, StaticMethod, Super};
pub(crate) use bytes::Bytes;
pub(crate) use cell::Cell;
pub(crate) use class::{Class, ClassFlags};
pub(crate) use dict::{Dict, DictView};
pub(crate) use exception::{Exception, Traceback};
pub(crate) use function::{Function, NativeCode, NativeFunction, NativeImplementation};
pub(crate) use generator::{Generator, GeneratorState};
pub(crate) use instance::Instance;
pub(crate) use iterator::{Iterator, IteratorVariant};
pub(crate) use list::List;
pub(crate) use module::Module;
pub(crate) use namespace::Namespace;
pub(crate) use owned::owned_bytes;
pub(crate) use range::{Range, Slice};
pub(crate) use set::Set;
pub(crate) use shape::Shape;
pub(crate) use string::Str;
pub(crate) use table::{Entry, Table};
pub(crate) use table_index::Index;
pub(crate) use tuple::Tuple;
pub(crate) use values::ValueVec;
pub(crate) use weakref::WeakRef;

use crate::value::Value;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;
use vm_heap::{Header, Heap, ObjectRef, ZeroStack};

/// What a `clear` gives up: references whose counts reached zero wait here to be reclaimed.
pub(crate) struct Dropped<'a> {
    /// The machine's heap, for buffers that are returned.
    pub(crate) heap: &'a mut Heap,
    /// Objects that no count holds any more, in the order in which they were given up.
    pub(crate) zeros: &'a mut ZeroStack,
}

impl Dropped<'_> {
    /// Gives one count of `value` back.
    #[inline(always)]
    pub(crate) fn value(&mut self, value: Value) {
        if let Some(object) = value.as_object() {
            self.zeros.release(object);
        }
    }

    /// Takes the value out of a field, leaves it unset, and gives its count back.
    #[inline(always)]
    pub(crate) fn field(&mut self, field: &mut Value) {
        self.value(core::mem::replace(field, Value::UNSET));
    }
}

/// A layout of heap objects; see the module documentation.
pub(crate) trait Layout: Sized {
    /// The kind byte in the header.
    const KIND: Kind;
    /// Whether objects of this layout can take part in a cycle.
    const TRACKED: bool;
    /// Visits every value the object owns, objects among them or not.
    fn traverse(&self, visit: &mut impl FnMut(Value));
    /// Gives up every reference and buffer; the object stays valid and empty.
    fn clear(&mut self, dropped: &mut Dropped<'_>);
}

/// The object that a header, as a layout's first field, belongs to.
#[inline(always)]
pub(crate) fn object_of(header: &Header) -> ObjectRef {
    // SAFETY: layouts are built only inside objects that the heap allocated, so the header of a
    // layout is the header of a live object.
    unsafe { ObjectRef::from_raw(NonNull::from(header)) }
}

macro_rules! kinds {
    ($($kind:ident = $number:literal, $layout:ty, $python:literal;)*) => {
        /// The kind of an object: the byte in its header that selects its layout.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Kind { $(#[doc = $python] $kind = $number,)* }

        impl Kind {
            /// Every kind, in numeric order.
            pub(crate) const ALL: &'static [Kind] = &[$(Kind::$kind),*];

            /// The kind of a live object.
            #[inline(always)]
            pub(crate) fn of(object: ObjectRef) -> Kind {
                debug_assert!(
                    (1..=Self::ALL.len()).contains(&(object.kind() as usize)),
                    "kind {} of {object:?}", object.kind()
                );
                // SAFETY: the machine allocates objects with kinds of this enum only, and they are
                // numbered from one without a gap (asserted below); a live object's kind never
                // changes.
                unsafe { core::mem::transmute::<u8, Kind>(object.kind()) }
            }

            /// The name programs see as the type's name.
            pub(crate) const fn type_name(self) -> &'static str {
                match self { $(Kind::$kind => $python,)* }
            }
        }

        const _: () = {
            let mut index = 0;
            while index < Kind::ALL.len() {
                assert!(Kind::ALL[index] as usize == index + 1);
                index += 1;
            }
        };
        $(const _: () = assert!(<$layout as Layout>::KIND as u8 == $number);)*

        /// Visits every value that `object` owns; unset fields too.
        #[inline]
        pub(crate) fn traverse_values(object: ObjectRef, visit: &mut impl FnMut(Value)) {
            match Kind::of(object) {
                $(Kind::$kind => Obj::<$layout>::of(object).traverse(visit),)*
            }
        }

        /// Gives up everything `object` owns and leaves it valid and empty.
        pub(crate) fn clear(object: ObjectRef, dropped: &mut Dropped<'_>) {
            match Kind::of(object) {
                $(Kind::$kind => Obj::<$layout>::of(object).clear(dropped),)*
            }
        }
    };
}

/// The type's name of a kind by its number.
#[cfg(feature = "trace-counts")]
pub(crate) fn kind_name(number: u8) -> &'static str {
    let kind = usize::from(number)
        .checked_sub(1)
        .and_then(|index| Kind::ALL.get(index));
    kind.map_or("free", |kind| kind.type_name())
}

/// Visits every reference that `object` owns, once for each count.
#[inline]
pub(crate) fn traverse(object: ObjectRef, visit: &mut impl FnMut(ObjectRef)) {
    traverse_values(object, &mut |value| {
        if let Some(referent) = value.as_object() {
            visit(referent);
        }
    });
}

kinds! {
    BigInt = 1, BigInteger, "int";
    Str = 2, Str, "str";
    Bytes = 3, Bytes, "bytes";
    Tuple = 4, Tuple, "tuple";
    List = 5, List, "list";
    Dict = 6, Dict, "dict";
    Set = 7, Set, "set";
    Range = 8, Range, "range";
    Slice = 9, Slice, "slice";
    Cell = 10, Cell, "cell";
    Function = 11, Function, "function";
    NativeFunction = 12, NativeFunction, "builtin_function_or_method";
    BoundMethod = 13, BoundMethod, "method";
    Property = 14, Property, "property";
    StaticMethod = 15, StaticMethod, "staticmethod";
    ClassMethod = 16, ClassMethod, "classmethod";
    Class = 17, Class, "type";
    Instance = 18, Instance, "object";
    Super = 19, Super, "super";
    Iterator = 20, Iterator, "iterator";
    Generator = 21, Generator, "generator";
    Exception = 22, Exception, "BaseException";
    Traceback = 23, Traceback, "traceback";
    WeakRef = 24, WeakRef, "weakref";
    Module = 25, Module, "module";
    DictView = 26, DictView, "dict_view";
}

/// A typed reference to a live object: a pointer, `Copy`, without a count of its own.
///
/// **Invariant.** It is made from an object of layout `T` that some counted place keeps alive, and
/// is used only while that place does. References obtained through it are short: none is held
/// across anything that can run program code or free the object (a call, a release of a count).
/// **Boundary.** It never leaves this crate.
#[repr(transparent)]
pub(crate) struct Obj<T>(NonNull<T>, PhantomData<T>);

impl<T> Clone for Obj<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Obj<T> {}
impl<T> PartialEq for Obj<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Obj<T> {}

impl<T: Layout> Obj<T> {
    /// The typed view of an object known to have this layout.
    #[inline(always)]
    pub(crate) fn of(object: ObjectRef) -> Obj<T> {
        debug_assert_eq!(object.kind(), T::KIND as u8);
        Obj(object.cast::<T>(), PhantomData)
    }

    /// The typed view of a value, if it is an object of this layout.
    #[inline(always)]
    pub(crate) fn from_value(value: Value) -> Option<Obj<T>> {
        match value.as_object() {
            Some(object) if object.kind() == T::KIND as u8 => Some(Obj::of(object)),
            _ => None,
        }
    }
}

impl<T> Obj<T> {
    /// The untyped reference.
    #[inline(always)]
    pub(crate) fn object(self) -> ObjectRef {
        // SAFETY: every layout is `repr(C)` with the header first, and the object is live.
        unsafe { ObjectRef::from_raw(self.0.cast()) }
    }

    /// The reference as a value; takes no count.
    #[inline(always)]
    pub(crate) fn value(self) -> Value {
        Value::from_object(self.object())
    }

    /// The raw pointer, for fields whose address is needed.
    #[inline(always)]
    pub(crate) fn as_ptr(self) -> *mut T {
        self.0.as_ptr()
    }
}

impl<T> Deref for Obj<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the type's invariant: the object is live and has layout `T`.
        unsafe { self.0.as_ref() }
    }
}

impl<T> DerefMut for Obj<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the type's invariant: the object is live, has layout `T`, and no other reference
        // into it is held meanwhile (a heap belongs to one machine on one thread).
        unsafe { self.0.as_mut() }
    }
}

impl<T> core::fmt::Debug for Obj<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?}", self.object())
    }
}

impl Value {
    /// The typed view of this value, if it is an object of layout `T`.
    #[inline(always)]
    pub(crate) fn cast<T: Layout>(self) -> Option<Obj<T>> {
        Obj::from_value(self)
    }

    /// The kind of the object, if it is one.
    #[inline(always)]
    pub(crate) fn kind(self) -> Option<Kind> {
        self.as_object().map(Kind::of)
    }
}

/// Implements [`Layout`] for a layout whose references are all value fields.
macro_rules! layout_of_fields {
    ($layout:ident, $tracked:literal, $($field:ident),*) => {
        impl $crate::object::Layout for $layout {
            const KIND: $crate::object::Kind = $crate::object::Kind::$layout;
            const TRACKED: bool = $tracked;
            fn traverse(&self, visit: &mut impl FnMut($crate::value::Value)) {
                $(visit(self.$field);)*
            }
            fn clear(&mut self, dropped: &mut $crate::object::Dropped<'_>) {
                $(dropped.field(&mut self.$field);)*
            }
        }
    };
}
use layout_of_fields;

#[cfg(test)]
mod edges_tests;
