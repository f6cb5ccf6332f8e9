//! `dict` and its views.

use crate::object::{Dropped, Kind, Layout, Table, layout_of_fields};
use crate::value::Value;
use vm_heap::Header;

/// `header │ table`: see [`Table`]. The operations are in `ops/dict.rs`.
#[repr(C)]
pub(crate) struct Dict {
    pub(crate) header: Header,
    pub(crate) table: Table,
}

impl Layout for Dict {
    const KIND: Kind = Kind::Dict;
    const TRACKED: bool = true;

    fn traverse(&self, visit: &mut impl FnMut(Value)) {
        self.table.traverse(visit);
    }

    fn clear(&mut self, dropped: &mut Dropped<'_>) {
        self.table.clear(dropped);
    }
}

/// `dict.keys()`, `values()` or `items()`: which one is in the header's `aux` (0, 1, 2).
#[repr(C)]
pub(crate) struct DictView {
    pub(crate) header: Header,
    pub(crate) dict: Value,
}

impl DictView {
    /// `aux` of `dict.keys()`.
    pub(crate) const KEYS: u16 = 0;
    /// `aux` of `dict.values()`.
    pub(crate) const VALUES: u16 = 1;
    /// `aux` of `dict.items()`.
    pub(crate) const ITEMS: u16 = 2;
}

layout_of_fields!(DictView, true, dict);
