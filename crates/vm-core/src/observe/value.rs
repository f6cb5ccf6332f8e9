//! A value, looked at.

use crate::observe::{outline, view};
use crate::value::Value;
use crate::vm::Vm;
use core::fmt;
use vm_heap::ObjectRef;

/// Which object: as long as it is alive, no other object has the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(u64);

impl ObjectId {
    pub(super) fn of(object: ObjectRef) -> ObjectId {
        ObjectId(object.address() as u64)
    }

    /// The object's address, which is what `id()` returns.
    pub fn address(self) -> u64 {
        self.0
    }
}

/// How often a value is referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// It is in the word itself; there is no object.
    Inline,
    /// The object lives as long as the machine; its references are not counted.
    Immortal,
    /// So many references.
    Of(u32),
}

/// A value, looked at without changing it. Nothing here runs program code or takes a count.
#[derive(Clone, Copy)]
pub struct ValueView<'vm> {
    pub(super) vm: &'vm Vm,
    pub(super) value: Value,
}

impl<'vm> ValueView<'vm> {
    pub(super) fn new(vm: &'vm Vm, value: Value) -> ValueView<'vm> {
        ValueView { vm, value }
    }

    /// Whether there is a value: a register that was not written, or moved out, has none.
    pub fn is_set(&self) -> bool {
        !self.value.is_unset()
    }

    /// The object, if the value is one.
    pub fn id(&self) -> Option<ObjectId> {
        self.value.as_object().map(ObjectId::of)
    }

    /// The name of its class.
    pub fn type_name(&self) -> String {
        if self.is_set() {
            self.vm.type_name(self.value)
        } else {
            "unset".to_owned()
        }
    }

    /// How often it is referred to.
    pub fn count(&self) -> Count {
        match self.value.as_object() {
            None => Count::Inline,
            Some(object) if object.is_immortal() => Count::Immortal,
            Some(object) => Count::Of(object.count()),
        }
    }

    /// The collector's generation (0, 1, 2, or 3 for the permanent one), if the object is tracked.
    pub fn generation(&self) -> Option<u8> {
        let object = self
            .value
            .as_object()
            .filter(|object| object.is_tracked())?;
        Some(object.generation())
    }

    /// Bytes of the object, without buffers and what it refers to.
    pub fn object_bytes(&self) -> usize {
        let object = self.value.as_object();
        object.map_or(0, |object| self.vm.heap.object_bytes(object))
    }

    /// The attributes of an instance, in the order in which they were set.
    pub fn attributes(&self) -> Vec<(&'vm str, ValueView<'vm>)> {
        view::attributes(self.vm, self.value)
    }

    /// A text of at most about `width` characters: the contents of built-in kinds, the class of
    /// instances. `name` may give an object a name, which is written beside its class.
    pub fn outline(
        &self,
        width: usize,
        name: &mut dyn FnMut(&ValueView<'vm>) -> Option<String>,
    ) -> String {
        outline::outline(*self, width, name)
    }
}

impl fmt::Debug for ValueView<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.outline(60, &mut |_| None))
    }
}
