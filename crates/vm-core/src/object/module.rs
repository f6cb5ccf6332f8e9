//! Modules: a name and a namespace.

use crate::object::{Dropped, Kind, Layout, Namespace};
use crate::value::Value;
use vm_heap::Header;

/// `header │ name │ namespace`.
#[repr(C)]
pub(crate) struct Module {
    pub(crate) header: Header,
    pub(crate) name: Value,
    pub(crate) namespace: Namespace,
}

impl Layout for Module {
    const KIND: Kind = Kind::Module;
    const TRACKED: bool = true;

    fn traverse(&self, visit: &mut impl FnMut(Value)) {
        visit(self.name);
        self.namespace.traverse(visit);
    }

    fn clear(&mut self, dropped: &mut Dropped<'_>) {
        dropped.field(&mut self.name);
        self.namespace.clear(dropped);
    }
}
