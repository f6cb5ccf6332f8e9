//! Functions: the program's own, and native ones.

use crate::code::Code;
use crate::native::{Arguments, HostFunction};
use crate::object::{Dropped, Kind, Layout, layout_of_fields};
use crate::value::Value;
use crate::vm::{Raised, Vm};
use vm_heap::Header;

/// A function of a loaded program.
#[repr(C)]
pub(crate) struct Function {
    pub(crate) header: Header,
    /// Lives as long as the machine: programs are not unloaded.
    pub(crate) code: *const Code,
    /// The module whose globals it sees.
    pub(crate) globals: Value,
    /// `__name__` (the last part of the qualified name).
    pub(crate) name: Value,
    /// `__qualname__`.
    pub(crate) qualified_name: Value,
    /// Tuple of the cells it closes over, or unset.
    pub(crate) free: Value,
    /// Tuple of default values of the last positional parameters, or unset.
    pub(crate) defaults: Value,
    /// Dict of defaults of keyword-only parameters, or unset.
    pub(crate) keyword_defaults: Value,
    /// Dict of other attributes, or unset.
    pub(crate) attributes: Value,
}

layout_of_fields!(
    Function,
    true,
    globals,
    name,
    qualified_name,
    free,
    defaults,
    keyword_defaults,
    attributes
);

/// The signature of the machine's own native functions: borrowed arguments in, an owned value out.
pub(crate) type NativeCode = fn(&mut Vm, Arguments) -> Result<Value, Raised>;

/// What a native function runs.
pub(crate) enum NativeImplementation {
    /// One of the machine's own.
    Code(NativeCode),
    /// One that the embedder registered.
    Host(Box<HostFunction>),
}

/// A native function or method.
#[repr(C)]
pub(crate) struct NativeFunction {
    pub(crate) header: Header,
    pub(crate) name: Value,
    /// The class it is a method of, borrowed (built-in classes are immortal); unset for functions.
    pub(crate) owner: Value,
    pub(crate) implementation: NativeImplementation,
}

impl NativeFunction {
    /// Bit of the header's `aux`: binds to its receiver when found on a class.
    pub(crate) const METHOD: u16 = 1;
}

impl Layout for NativeFunction {
    const KIND: Kind = Kind::NativeFunction;
    const TRACKED: bool = true;

    fn traverse(&self, visit: &mut impl FnMut(Value)) {
        visit(self.name);
    }

    fn clear(&mut self, dropped: &mut Dropped<'_>) {
        dropped.field(&mut self.name);
        self.implementation = NativeImplementation::Code(cleared);
    }
}

fn cleared(vm: &mut Vm, _arguments: Arguments) -> Result<Value, Raised> {
    Err(vm.raise_runtime_error("the native function was already cleared"))
}
