//! Loaded code: a verified module, linked to one machine.
//!
//! Loading copies each function's words, so that the machine may rewrite them in place, makes the
//! constants (immortal objects), interns the names, and replaces the operands that name something:
//!
//! * `load_global` and its kin: the index of a [`GlobalLink`], which knows the slot in the module's
//!   namespace and the builtin behind it;
//! * attribute instructions: the index of a [`Site`], which has the name and the inline cache.
//!
//! **Invariant.** The words come from a `VerifiedModule`: every operand is in range for this
//! function, every jump lands on an instruction, control never runs off the end, and registers are
//! read only when they were written. The interpreter relies on it and checks none of it again.

use crate::object::{Module, Obj, Shape};
use crate::value::Value;
use vm_bytecode::VerifiedModule;

/// A loaded module: what its functions share. Lives as long as its machine.
pub(crate) struct Program {
    pub(crate) module: VerifiedModule,
    /// The module object whose namespace holds the globals; the program owns one count.
    pub(crate) namespace: Value,
    /// Constants; the program owns one count of each (and objects among them are immortal).
    pub(crate) constants: Box<[Value]>,
    /// Interned names, borrowed from the interner.
    pub(crate) names: Box<[Value]>,
    pub(crate) globals: Box<[GlobalLink]>,
    pub(crate) codes: Box<[Code]>,
}

/// A global name as code refers to it.
pub(crate) struct GlobalLink {
    /// Interned, borrowed.
    pub(crate) name: Value,
    /// The slot in the module's namespace.
    pub(crate) slot: u32,
    /// What the builtins namespace has under that name (immortal), or unset.
    pub(crate) builtin: Value,
}

/// One function of a program.
pub(crate) struct Code {
    /// Its program (boxed and never moved).
    pub(crate) program: *const Program,
    /// The program's links to globals, set when they are all known.
    pub(crate) globals: core::cell::Cell<*const GlobalLink>,
    /// The module object whose namespace holds the globals.
    pub(crate) module: Obj<Module>,
    /// Its index in the module.
    pub(crate) index: u32,
    /// The words as they run: operands linked, sequences fused (`vm_bytecode::fuse`).
    pub(crate) words: Box<[core::cell::Cell<u32>]>,
    pub(crate) register_count: u16,
    /// The same in bytes, rounded up to four registers or a multiple: what a frame takes on the stack.
    pub(crate) frame_bytes: u16,
    pub(crate) parameters: Parameters,
    /// How many positional arguments make a call that needs nothing but moving them; `u16::MAX`
    /// for generators and functions with keyword-only or starred parameters.
    pub(crate) fast_arity: u16,
    pub(crate) generator: bool,
    /// Attribute sites. The operand of an instruction is the distance of its site from the first one
    /// in bytes.
    pub(crate) sites: Box<[core::cell::UnsafeCell<Site>]>,
    /// The qualified name, and its last part; interned, borrowed.
    pub(crate) qualified_name: Value,
    pub(crate) name: Value,
}

/// How many parameters of each kind; they are the first registers in this order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameters {
    pub(crate) positional: u8,
    pub(crate) positional_only: u8,
    pub(crate) keyword_only: u8,
    pub(crate) varargs: bool,
    pub(crate) varkw: bool,
}

impl Parameters {
    /// Only positional parameters.
    pub(crate) fn is_simple(self) -> bool {
        self.keyword_only == 0 && !self.varargs && !self.varkw
    }
}

/// One place in the code that names an attribute: the name and what was found there last.
#[derive(Clone, Copy)]
pub(crate) struct Site {
    /// Interned, borrowed.
    pub(crate) name: Value,
    /// The cache is for instances of this shape; null when nothing is cached.
    pub(crate) shape: *const Shape,
    /// When it was filled and what was found, in one word: see [`Site::key`].
    pub(crate) key: u64,
    /// `Slot`, `Add`: the inline slot.
    pub(crate) slot: u32,
    /// `Method`: the function on the class, borrowed from it. `Add`: the shape afterwards.
    pub(crate) target: u64,
}

impl Site {
    /// `Vm::class_epoch` goes up by this much, so that what was found fits below it.
    pub(crate) const EPOCH_STEP: u64 = 8;

    /// What the key of a site is when it was filled in this epoch and found that: one comparison asks
    /// for both.
    #[inline(always)]
    pub(crate) fn key(epoch: u64, found: Found) -> u64 {
        debug_assert!(epoch.is_multiple_of(Self::EPOCH_STEP));
        epoch + found as u64
    }

    /// What a site of this name holds before it is filled.
    pub(crate) fn empty(name: Value) -> Site {
        Site {
            name,
            shape: core::ptr::null(),
            key: Self::key(0, Found::Nothing),
            slot: 0,
            target: 0,
        }
    }
}

/// What an attribute site found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Found {
    /// An attribute in an inline slot of the instance. The first, so that its key is the epoch itself.
    Slot,
    /// Nothing cached.
    Nothing,
    /// A function on the class that the instance does not hide.
    Method,
    /// Storing adds an attribute in an inline slot and changes the shape.
    Add,
    /// A native method of a built-in class, whose address is in `Site::shape`.
    Native,
}

impl Code {
    /// The program.
    #[inline(always)]
    pub(crate) fn program(&self) -> &Program {
        // SAFETY: programs are boxed, kept until the machine is dropped, and own their codes.
        unsafe { &*self.program }
    }

    /// The module's description of the function.
    pub(crate) fn function(&self) -> &vm_bytecode::Function {
        &self.program().module.functions[self.index as usize]
    }
}
