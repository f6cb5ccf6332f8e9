//! A program: functions, constants, names, class templates.
//!
//! ```text
//! Module ─┬─ names ◄──────────── everything refers to names by index
//!         ├─ constants ◄──────── load_const, members; a tuple refers to earlier constants
//!         ├─ functions ─── code, regions ◄── make_function, members, entry
//!         ├─ classes ───── slots, members ◄─ make_class
//!         └─ debug ─────── file, lines, names of registers (may be stripped)
//! ```
//!
//! These are plain data: anything can be put in. What holds for a module that may run is said by
//! the [verifier](crate::verify()), and [`VerifiedModule`](crate::VerifiedModule) is the proof that
//! it does.

use crate::constant::Constant;
use crate::debug::Debug;

macro_rules! index_types {
    ($($(#[$attribute:meta])* $name:ident;)*) => {$(
        $(#[$attribute])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index of a slice.
            #[inline]
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

index_types! {
    /// Index in [`Module::names`].
    NameIndex;
    /// Index in [`Module::constants`].
    ConstantIndex;
    /// Index in [`Module::functions`].
    FunctionIndex;
    /// Index in [`Module::classes`].
    ClassIndex;
}

/// A program, as it is assembled, stored, verified and run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Module {
    /// Names of globals, attributes, functions, parameters …; each once.
    pub names: Vec<String>,
    /// Constants that instructions, class templates and other constants refer to.
    pub constants: Vec<Constant>,
    /// The functions.
    pub functions: Vec<Function>,
    /// The templates of `make_class`.
    pub classes: Vec<ClassTemplate>,
    /// The function that a run starts with.
    pub entry: FunctionIndex,
    /// Source positions and names, for messages. [`strip`](Module::strip) removes them.
    pub debug: Option<Debug>,
}

/// A function's code, and what is needed to call it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Function {
    /// Its qualified name.
    pub name: NameIndex,
    /// How arguments become registers.
    pub parameters: Parameters,
    /// Names of the parameters: positional, keyword-only, `*args`, `**kw`. They are the registers
    /// from 0 on.
    pub parameter_names: Vec<NameIndex>,
    /// How many registers a frame has, at most 256.
    pub registers: u16,
    /// How many cells of enclosing functions it refers to.
    pub free_count: u8,
    /// True if a call makes a generator.
    pub generator: bool,
    /// The instruction words.
    pub code: Vec<u32>,
    /// Where exceptions are handled. The first that contains an instruction applies, so inner ones
    /// come first.
    pub regions: Vec<Region>,
}

/// The shape of a function's parameter list.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Parameters {
    /// Parameters that can be given by position, those of `positional_only` among them.
    pub positional: u8,
    /// How many of the first parameters cannot be given by name.
    pub positional_only: u8,
    /// Parameters that can only be given by name.
    pub keyword_only: u8,
    /// True if further positional arguments are collected in a tuple.
    pub varargs: bool,
    /// True if further keyword arguments are collected in a dict.
    pub varkw: bool,
}

impl Parameters {
    /// How many parameters there are, and so registers that a call sets.
    #[must_use]
    pub const fn count(self) -> usize {
        self.positional as usize
            + self.keyword_only as usize
            + self.varargs as usize
            + self.varkw as usize
    }
}

/// A stretch of code whose exceptions are handled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Region {
    /// First word.
    pub start: u32,
    /// Word behind the last.
    pub end: u32,
    /// Word where execution continues.
    pub handler: u32,
    /// Register that receives the exception.
    pub register: u8,
}

/// What `make_class` makes a class from, besides its bases.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ClassTemplate {
    /// Its qualified name.
    pub name: NameIndex,
    /// Names of `__slots__`, if the class has them.
    pub slots: Option<Vec<NameIndex>>,
    /// Initial attributes, in order.
    pub members: Vec<(NameIndex, Member)>,
}

/// An attribute of a class template.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Member {
    /// A function without free variables.
    Function(FunctionIndex),
    /// A constant.
    Constant(ConstantIndex),
}

impl Module {
    /// The text of a name, or `"?"` if the index is out of range, as it may be before verification.
    #[must_use]
    pub fn name(&self, index: NameIndex) -> &str {
        self.names.get(index.index()).map_or("?", String::as_str)
    }

    /// The name of a function, or `"?"` if there is none.
    #[must_use]
    pub fn function_name(&self, index: FunctionIndex) -> &str {
        self.functions
            .get(index.index())
            .map_or("?", |function| self.name(function.name))
    }

    /// Removes source positions and the names that only messages need.
    pub fn strip(&mut self) {
        self.debug = None;
    }
}

impl Function {
    /// The first region that contains a word.
    #[must_use]
    pub fn region_at(&self, word: u32) -> Option<&Region> {
        self.regions
            .iter()
            .find(|region| region.start <= word && word < region.end)
    }
}
