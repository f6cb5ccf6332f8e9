//! Descriptors and what they bind: methods, properties, static and class methods, `super`.

use crate::object::layout_of_fields;
use crate::value::Value;
use vm_heap::Header;

/// A function with its receiver.
#[repr(C)]
pub(crate) struct BoundMethod {
    pub(crate) header: Header,
    pub(crate) function: Value,
    pub(crate) receiver: Value,
}
layout_of_fields!(BoundMethod, true, function, receiver);

/// `property(getter, setter, deleter, doc)`; absent parts are `None`.
#[repr(C)]
pub(crate) struct Property {
    pub(crate) header: Header,
    pub(crate) getter: Value,
    pub(crate) setter: Value,
    pub(crate) deleter: Value,
    pub(crate) doc: Value,
}
layout_of_fields!(Property, true, getter, setter, deleter, doc);

/// `staticmethod(function)`.
#[repr(C)]
pub(crate) struct StaticMethod {
    pub(crate) header: Header,
    pub(crate) function: Value,
}
layout_of_fields!(StaticMethod, true, function);

/// `classmethod(function)`.
#[repr(C)]
pub(crate) struct ClassMethod {
    pub(crate) header: Header,
    pub(crate) function: Value,
}
layout_of_fields!(ClassMethod, true, function);

/// `super(class, receiver)`: attribute lookup behind `class` in the order of the receiver's class.
#[repr(C)]
pub(crate) struct Super {
    pub(crate) header: Header,
    pub(crate) class: Value,
    pub(crate) receiver: Value,
    /// The class whose order is searched: the receiver's, or the receiver itself if it is a class.
    pub(crate) receiver_class: Value,
}
layout_of_fields!(Super, true, class, receiver, receiver_class);
