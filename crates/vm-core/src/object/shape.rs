//! Shapes (hidden classes): which attribute of an instance is in which slot.
//!
//! All instances of a class that got the same attributes in the same order share one shape, so a
//! name need be looked up once for each place in the program and shape, not for each instance.
//!
//! ```text
//!  Class Point ── root {} ──x──► {x:0} ──y──► {x:0, y:1}
//!                          └─y──► {y:0} ──x──► {y:0, x:1}
//! ```
//!
//! A shape belongs to one class and fixes how many slots an instance has inline; when a class turns
//! out to need more, new instances start from a new root with more room (`Class::root_shape`).
//! Deleting an attribute moves the instance to the shape that has the others in order.

use crate::object::{Class, Obj};
use crate::value::Value;

/// See the module documentation. Boxed by its class; addresses are stable.
pub(crate) struct Shape {
    /// The class; not counted here (each instance counts its class).
    pub(crate) class: Obj<Class>,
    /// Interned names in slot order; the shape owns one count of each.
    pub(crate) names: Vec<Value>,
    /// Shapes reached by adding one name (borrowed: the target's `names` holds it).
    pub(crate) transitions: Vec<(Value, *mut Shape)>,
    /// Slots of an instance that are inside the object; at least two.
    pub(crate) inline_capacity: u16,
}

impl Shape {
    /// The slot of an interned name.
    #[inline]
    pub(crate) fn slot(&self, name: Value) -> Option<usize> {
        self.names.iter().position(|&own| own == name)
    }

    /// The shape with one more name, if it was made before.
    #[inline]
    pub(crate) fn transition(&self, name: Value) -> Option<*mut Shape> {
        self.transitions
            .iter()
            .find(|(added, _)| *added == name)
            .map(|&(_, shape)| shape)
    }

    /// Bytes this shape takes, for the heap's accounting.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Shape>() + self.names.capacity() * size_of::<Value>() + 16
    }

    pub(crate) fn traverse(&self, visit: &mut impl FnMut(Value)) {
        for &name in &self.names {
            visit(name);
        }
    }
}
