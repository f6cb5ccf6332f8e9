//! The registers of the running frame.

use crate::object::{Instance, Kind, Obj};
use crate::value::Value;

/// The first register of a frame.
///
/// **Invariant.** It points to the registers of the frame on top of the frame stack, all of them
/// initialised, as many as its function declares; and register numbers come from that function's
/// verified instructions, so each is below that number.
#[derive(Clone, Copy)]
pub(crate) struct Registers(*mut Value);

impl Registers {
    /// The registers that begin at `first`.
    #[inline(always)]
    pub(crate) fn new(first: *mut Value) -> Registers {
        Registers(first)
    }

    /// The value of a register, borrowed.
    #[inline(always)]
    pub(crate) fn get(self, register: u8) -> Value {
        // SAFETY: the type's invariant.
        unsafe { *self.0.add(register as usize) }
    }

    /// Whether a register holds an object.
    #[inline(always)]
    pub(crate) fn holds_object(self, register: u8) -> bool {
        // SAFETY: the type's invariant.
        unsafe { Value::is_object_at(self.0.add(register as usize)) }
    }

    /// The value of a register, with one more count of it if it is an object.
    #[inline(always)]
    #[cfg_attr(feature = "trace-counts", track_caller)]
    pub(crate) fn increment(self, register: u8) -> Value {
        // SAFETY: the type's invariant.
        unsafe { Value::increment_at(self.pointer(register)) }
    }

    /// The instance that a register holds, if it holds one: `Value::cast`, by the test of [`Self::holds_object`].
    #[inline(always)]
    pub(crate) fn instance(self, register: u8) -> Option<Obj<Instance>> {
        if !self.holds_object(register) {
            return None;
        }
        let object = self.get(register).object_unchecked();
        (object.kind() == Kind::Instance as u8).then(|| Obj::of(object))
    }

    /// Puts an owned value into a register and returns the former one, owned.
    #[inline(always)]
    pub(crate) fn replace(self, register: u8, value: Value) -> Value {
        // SAFETY: the type's invariant.
        unsafe { self.0.add(register as usize).replace(value) }
    }

    /// Writes a register whose former value owns no count.
    #[inline(always)]
    pub(crate) fn write(self, register: u8, value: Value) {
        debug_assert!(!self.get(register).is_object());
        // SAFETY: the type's invariant.
        unsafe { self.0.add(register as usize).write(value) }
    }

    /// Takes the value out; the register becomes unset.
    #[inline(always)]
    pub(crate) fn take(self, register: u8) -> Value {
        self.replace(register, Value::UNSET)
    }

    /// Address of a register, for windows.
    #[inline(always)]
    pub(crate) fn pointer(self, register: u8) -> *mut Value {
        // SAFETY: the type's invariant.
        unsafe { self.0.add(register as usize) }
    }

    /// A window of registers, borrowed.
    #[inline(always)]
    pub(crate) fn window<'a>(self, first: u8, count: usize) -> &'a [Value] {
        // SAFETY: the type's invariant: the verifier checked the window. The caller uses the slice
        // only while the frame lives and nothing writes these registers.
        unsafe { core::slice::from_raw_parts(self.0.add(first as usize), count) }
    }

    /// Makes a window of registers unset without releasing: their counts were moved elsewhere.
    #[inline(always)]
    pub(crate) fn forget(self, first: u8, count: usize) {
        for index in 0..count {
            // SAFETY: the type's invariant: the verifier checked the window.
            unsafe { self.0.add(first as usize + index).write(Value::UNSET) };
        }
    }
}
