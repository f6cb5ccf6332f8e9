//! Classes: name, bases, resolution order, attributes, and the shapes of their instances.

use crate::object::{Dropped, Kind, Layout, Namespace, Obj, Shape, Tuple, object_of};
use crate::value::Value;
use vm_heap::{Header, ObjectRef};

/// What a class is known to have, so that the common paths ask one bit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClassFlags {
    /// Some class in the order defines `__del__`.
    pub(crate) has_finalizer: bool,
    /// Some class in the order defines `__getattr__`.
    pub(crate) has_getattr: bool,
    /// Some class of the program in the order defines `__getattribute__`.
    pub(crate) has_getattribute: bool,
    /// Some class of the program in the order defines `__setattr__`.
    pub(crate) has_setattr: bool,
    /// Some class of the program in the order defines `__delattr__`.
    pub(crate) has_delattr: bool,
    /// Every class in the order but `object` has `__slots__`: no other attributes.
    pub(crate) closed: bool,
    /// Built in: attributes cannot be set by programs.
    pub(crate) builtin: bool,
}

/// `class`: see the fields.
#[repr(C)]
pub(crate) struct Class {
    pub(crate) header: Header,
    pub(crate) name: Value,
    pub(crate) qualified_name: Value,
    /// `__module__`.
    pub(crate) module: Value,
    /// Tuple of bases.
    pub(crate) bases: Value,
    /// Tuple: the method resolution order (C3), this class first. Its reference to this class is
    /// counted, so every class is part of a cycle, as in CPython.
    pub(crate) order: Value,
    pub(crate) attributes: Namespace,
    /// The layout of instances: `Instance`, `Exception`, or a built-in kind.
    pub(crate) instance_kind: Kind,
    pub(crate) flags: ClassFlags,
    /// Names from `__slots__` of this class: a tuple, or unset if it has none.
    pub(crate) slots: Value,
    /// Direct subclasses, and of a program's class its bases; not counted. See [`Class::unlink`].
    pub(crate) relatives: Vec<Relative>,
    /// The shape of an instance without attributes.
    pub(crate) root_shape: *mut Shape,
    /// Every shape of the class's instances; they live as long as the class.
    #[allow(
        clippy::vec_box,
        reason = "instances and inline caches hold the addresses of shapes"
    )]
    pub(crate) shapes: Vec<Box<Shape>>,
    /// How many attributes a new instance has room for.
    pub(crate) expected_attributes: u16,
    /// Bytes charged to the heap for shapes.
    pub(crate) shapes_bytes: usize,
    /// What a call of the class comes down to: the function that initialises instances, if making
    /// one needs nothing but calling it, or the native `__new__` of a built-in class. Borrowed from
    /// a class of the order, and valid while `init_epoch` is `Vm::class_epoch`.
    pub(crate) init: Value,
    pub(crate) init_epoch: u64,
}

/// A class that another one stands beside, in a list that counts nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relative {
    Subclass(ObjectRef),
    Base(ObjectRef),
}

impl Class {
    /// Direct subclasses that were not cleared yet.
    pub(crate) fn subclasses(&self) -> impl Iterator<Item = ObjectRef> + '_ {
        self.relatives
            .iter()
            .filter_map(|relative| match *relative {
                Relative::Subclass(subclass) => Some(subclass),
                Relative::Base(_) => None,
            })
    }

    /// Makes `class` a subclass of `base`, for both.
    pub(crate) fn link(mut class: Obj<Class>, mut base: Obj<Class>) {
        base.relatives.push(Relative::Subclass(class.object()));
        class.relatives.push(Relative::Base(base.object()));
    }

    /// Takes this class out of its relatives' lists. The tuple of bases does not tell them: the collector
    /// may have cleared it before.
    pub(crate) fn unlink(&mut self) {
        let own = object_of(&self.header);
        for relative in core::mem::take(&mut self.relatives) {
            let (other, as_it_says) = match relative {
                Relative::Subclass(subclass) => (subclass, Relative::Base(own)),
                Relative::Base(base) => (base, Relative::Subclass(own)),
            };
            let mut other = Obj::<Class>::of(other);
            other.relatives.retain(|&relative| relative != as_it_says);
        }
    }

    /// The classes of the resolution order, this class first.
    #[inline(always)]
    pub(crate) fn order(&self) -> &[Value] {
        match self.order.as_object() {
            Some(order) => {
                let tuple = Obj::<Tuple>::of(order);
                // SAFETY: the tuple lives as long as the class, which owns it and never replaces
                // it while the class is in use.
                unsafe { (*tuple.as_ptr()).as_slice() }
            }
            None => &[],
        }
    }

    /// Whether `other` is in this class's resolution order.
    #[inline]
    pub(crate) fn is_subclass_of(&self, other: Value) -> bool {
        self.order().contains(&other)
    }
}

impl Layout for Class {
    const KIND: Kind = Kind::Class;
    const TRACKED: bool = true;

    fn traverse(&self, visit: &mut impl FnMut(Value)) {
        for value in [
            self.name,
            self.qualified_name,
            self.module,
            self.bases,
            self.order,
            self.slots,
        ] {
            visit(value);
        }
        self.attributes.traverse(visit);
        for shape in &self.shapes {
            shape.traverse(visit);
        }
    }

    /// Shapes stay: instances that are still to be cleared point to them. They go with the object
    /// itself (`Vm::free_object`).
    fn clear(&mut self, dropped: &mut Dropped<'_>) {
        self.unlink();
        dropped.field(&mut self.bases);
        dropped.field(&mut self.order);
        self.attributes.clear(dropped);
        for value in [
            &mut self.name,
            &mut self.qualified_name,
            &mut self.module,
            &mut self.slots,
        ] {
            dropped.field(value);
        }
    }
}
