//! Modules: a name and a namespace.
//!
//! A native module keeps what the machine defined in it as long as the machine lives; what programs
//! add goes into further slots, which end with the programs (`Vm::finish`).

use crate::object::{Dropped, Kind, Layout, Namespace};
use crate::value::Value;
use vm_heap::Header;

/// `header │ name │ namespace │ native slots`.
#[repr(C)]
pub(crate) struct Module {
    pub(crate) header: Header,
    pub(crate) name: Value,
    pub(crate) namespace: Namespace,
    /// How many slots the machine itself filled: the first ones; none in a program's module.
    pub(crate) native_slots: usize,
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
