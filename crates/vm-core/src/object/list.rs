//! `list`: a growable array of values.

use crate::object::{Dropped, Kind, Layout, ValueVec};
use crate::value::Value;
use vm_heap::Header;

/// `header │ items │ length, capacity`.
#[repr(C)]
pub(crate) struct List {
    pub(crate) header: Header,
    pub(crate) items: ValueVec,
}

const _: () = assert!(size_of::<List>() == 24);

impl Layout for List {
    const KIND: Kind = Kind::List;
    const TRACKED: bool = true;

    fn traverse(&self, visit: &mut impl FnMut(Value)) {
        self.items.traverse(visit);
    }

    fn clear(&mut self, dropped: &mut Dropped<'_>) {
        self.items.clear(dropped);
    }
}
