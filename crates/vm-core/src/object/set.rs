//! `set` and `frozenset`. The header's `aux` tells them apart.

use crate::object::{Dropped, Kind, Layout, Table};
use crate::value::Value;
use vm_heap::Header;

/// `header │ hash │ table`: a [`Table`] whose values are all `None`.
#[repr(C)]
pub(crate) struct Set {
    pub(crate) header: Header,
    /// The hash of a frozen set, once it was asked for; else zero.
    pub(crate) hash: u64,
    pub(crate) table: Table,
}

impl Set {
    /// Bit of the header's `aux`: immutable and hashable.
    pub(crate) const FROZEN: u16 = 1;
}

impl Layout for Set {
    const KIND: Kind = Kind::Set;
    const TRACKED: bool = true;

    fn traverse(&self, visit: &mut impl FnMut(Value)) {
        self.table.traverse(visit);
    }

    fn clear(&mut self, dropped: &mut Dropped<'_>) {
        self.table.clear(dropped);
    }
}
