//! Cells: the boxes in which closures share variables.

use crate::object::layout_of_fields;
use crate::value::Value;
use vm_heap::Header;

/// `header │ value` (unset while the variable is).
#[repr(C)]
pub(crate) struct Cell {
    pub(crate) header: Header,
    pub(crate) value: Value,
}

layout_of_fields!(Cell, true, value);
