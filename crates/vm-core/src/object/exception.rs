//! Exceptions and tracebacks.

use crate::code::Code;
use crate::object::{Dropped, Kind, Layout, layout_of_fields};
use crate::value::Value;
use vm_heap::Header;

/// An instance of `BaseException` or a class below it.
#[repr(C)]
pub(crate) struct Exception {
    pub(crate) header: Header,
    pub(crate) class: Value,
    /// The tuple of arguments.
    pub(crate) args: Value,
    /// The newest [`Traceback`], or `None`.
    pub(crate) traceback: Value,
    /// `raise ... from cause`, or `None`.
    pub(crate) cause: Value,
    /// The exception that was being handled, or `None`.
    pub(crate) context: Value,
    /// Other attributes: a dict, or unset while there are none.
    pub(crate) attributes: Value,
}

impl Exception {
    /// Bit of the header's `aux`: `__suppress_context__`.
    pub(crate) const SUPPRESS_CONTEXT: u16 = 1;
}

layout_of_fields!(
    Exception, true, class, args, traceback, cause, context, attributes
);

/// One entry of a traceback: a place in a function, and the entry of the frame it called.
#[repr(C)]
pub(crate) struct Traceback {
    pub(crate) header: Header,
    /// The entry one call deeper, or `None`.
    pub(crate) next: Value,
    /// The function that was running.
    pub(crate) code: *const Code,
    /// Index of the instruction word that was running.
    pub(crate) instruction: u32,
}

impl Layout for Traceback {
    const KIND: Kind = Kind::Traceback;
    const TRACKED: bool = true;
    fn traverse(&self, visit: &mut impl FnMut(Value)) {
        visit(self.next);
    }
    fn clear(&mut self, dropped: &mut Dropped<'_>) {
        dropped.field(&mut self.next);
    }
}
