//! Weak references.

use crate::object::{Dropped, Kind, Layout};
use crate::value::Value;
use vm_heap::{Header, ObjectRef};

/// `header │ target │ callback │ hash`. The target is not counted; the machine's table of weak
/// references (`Vm::weakrefs`) knows every reference to a target and clears it when the target dies.
#[repr(C)]
pub(crate) struct WeakRef {
    pub(crate) header: Header,
    /// The object, or `None` once it died.
    pub(crate) target: Option<ObjectRef>,
    /// Called with the weak reference when the target dies; `None` or a callable.
    pub(crate) callback: Value,
    /// The target's hash, kept once it was asked for (unset before).
    pub(crate) hash: Value,
}

impl Layout for WeakRef {
    const KIND: Kind = Kind::WeakRef;
    const TRACKED: bool = true;

    fn traverse(&self, visit: &mut impl FnMut(Value)) {
        visit(self.callback);
        visit(self.hash);
    }

    fn clear(&mut self, dropped: &mut Dropped<'_>) {
        dropped.field(&mut self.callback);
        dropped.field(&mut self.hash);
    }
}
