//! `range` and `slice`: three values each.

use crate::object::layout_of_fields;
use crate::value::Value;
use vm_heap::Header;

/// `range(start, stop, step)`: integers of any size, and the length.
#[repr(C)]
pub(crate) struct Range {
    pub(crate) header: Header,
    pub(crate) start: Value,
    pub(crate) stop: Value,
    pub(crate) step: Value,
    pub(crate) length: Value,
}
layout_of_fields!(Range, false, start, stop, step, length);

/// `slice(start, stop, step)`: any values.
#[repr(C)]
pub(crate) struct Slice {
    pub(crate) header: Header,
    pub(crate) start: Value,
    pub(crate) stop: Value,
    pub(crate) step: Value,
}
layout_of_fields!(Slice, true, start, stop, step);
