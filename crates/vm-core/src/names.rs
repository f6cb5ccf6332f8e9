//! Interning, and the names the machine itself looks up.

use crate::object::{Kind, Obj, Str};
use crate::pure::hash::hash_string;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use hashbrown::HashTable;

/// Strings that exist once: attribute and global names. Equal names are identical, so they are
/// compared and hashed by address. An interned string lives as long as the machine.
pub(crate) struct Interner {
    strings: HashTable<Value>,
    charged_bytes: usize,
}

/// Strings that a new machine interns, and some for the program.
const NAMES_AT_START: usize = 896;

fn text_hash(value: &Value) -> u64 {
    hash_string(Obj::<Str>::of(value.object_unchecked()).as_str()) as u64
}

impl Interner {
    pub(crate) fn new() -> Interner {
        Interner {
            strings: HashTable::new(),
            charged_bytes: 0,
        }
    }

    /// The interned string with this text, borrowed.
    pub(crate) fn find(&self, text: &str) -> Option<Value> {
        self.find_hashed(text, hash_string(text) as u64)
    }

    fn find_hashed(&self, text: &str, hash: u64) -> Option<Value> {
        let equal = |&value: &Value| Obj::<Str>::of(value.object_unchecked()).as_str() == text;
        self.strings.find(hash, equal).copied()
    }

    /// Bytes that the heap accounts for the table.
    #[cfg(test)]
    pub(crate) fn charged_bytes(&self) -> usize {
        self.charged_bytes
    }

    /// Every interned string, borrowed.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Value> + '_ {
        self.strings.iter().copied()
    }
}

impl Vm {
    /// The interned string with this text, borrowed; made if it is new.
    pub(crate) fn intern(&mut self, text: &str) -> Result<Value, Raised> {
        let hash = hash_string(text) as u64;
        if let Some(value) = self.interner.find_hashed(text, hash) {
            return Ok(value);
        }
        let value = self.new_str(text)?;
        self.intern_owned(value, hash)
    }

    /// Interns a string object; the result is borrowed. The argument stays the caller's.
    pub(crate) fn intern_value(&mut self, value: Value) -> Result<Value, Raised> {
        let string = Obj::<Str>::of(value.object_unchecked());
        if string.object().aux() & Str::INTERNED != 0 {
            return Ok(value);
        }
        let hash = hash_string(string.as_str()) as u64;
        if let Some(found) = self.interner.find_hashed(string.as_str(), hash) {
            return Ok(found);
        }
        self.intern_owned(value.increment(), hash)
    }

    fn intern_owned(&mut self, value: Value, hash: u64) -> Result<Value, Raised> {
        if self.interner.strings.len() == self.interner.strings.capacity() {
            let wanted = (self.interner.strings.len() * 2).max(NAMES_AT_START);
            if let Err(raised) = self.reserve_names(wanted) {
                self.release(value);
                return Err(raised);
            }
        }
        let object = value.object_unchecked();
        object.set_aux(object.aux() | Str::INTERNED);
        self.interner.strings.insert_unique(hash, value, text_hash);
        Ok(value)
    }

    /// Makes room for so many interned strings in all.
    fn reserve_names(&mut self, names: usize) -> Result<(), Raised> {
        let bytes = names * 18;
        let charged = self.heap.charge(bytes);
        charged.map_err(|error| self.raise_memory_error(error))?;
        self.heap.discharge(self.interner.charged_bytes);
        self.interner.charged_bytes = bytes;
        let additional = names - self.interner.strings.len();
        self.interner.strings.reserve(additional, text_hash);
        Ok(())
    }

    /// The text of a string value; empty for anything else. For messages and names.
    pub(crate) fn text(&self, value: Value) -> &str {
        match value.as_object() {
            Some(object) if object.kind() == Kind::Str as u8 => {
                let string = Obj::<Str>::of(object);
                // SAFETY: strings never change, and the caller keeps the value alive while it
                // borrows the machine.
                unsafe { (*string.as_ptr()).as_str() }
            }
            _ => "",
        }
    }
}

macro_rules! names {
    ($($field:ident = $text:literal),* $(,)?) => {
        /// Names that the machine looks up itself, interned when it is made; borrowed.
        pub(crate) struct Names { $(#[doc = $text] pub(crate) $field: Value),* }

        impl Names {
            /// Before the machine is made.
            pub(crate) const fn unset() -> Names {
                Names { $($field: Value::UNSET),* }
            }

            /// Interns every name.
            pub(crate) fn intern(vm: &mut Vm) -> Result<Names, Raised> {
                Ok(Names { $($field: vm.intern($text)?),* })
            }
        }
    };
}

names! {
    add = "__add__", radd = "__radd__", iadd = "__iadd__",
    sub = "__sub__", rsub = "__rsub__", isub = "__isub__",
    mul = "__mul__", rmul = "__rmul__", imul = "__imul__",
    matmul = "__matmul__", rmatmul = "__rmatmul__", imatmul = "__imatmul__",
    truediv = "__truediv__", rtruediv = "__rtruediv__", itruediv = "__itruediv__",
    floordiv = "__floordiv__", rfloordiv = "__rfloordiv__", ifloordiv = "__ifloordiv__",
    modulo = "__mod__", rmod = "__rmod__", imod = "__imod__",
    divmod = "__divmod__", rdivmod = "__rdivmod__",
    pow = "__pow__", rpow = "__rpow__", ipow = "__ipow__",
    lshift = "__lshift__", rlshift = "__rlshift__", ilshift = "__ilshift__",
    rshift = "__rshift__", rrshift = "__rrshift__", irshift = "__irshift__",
    and = "__and__", rand = "__rand__", iand = "__iand__",
    or = "__or__", ror = "__ror__", ior = "__ior__",
    xor = "__xor__", rxor = "__rxor__", ixor = "__ixor__",
    neg = "__neg__", pos = "__pos__", invert = "__invert__", abs = "__abs__",
    lt = "__lt__", le = "__le__", eq = "__eq__", ne = "__ne__", gt = "__gt__", ge = "__ge__",
    hash = "__hash__", bool = "__bool__", len = "__len__", contains = "__contains__",
    getitem = "__getitem__", setitem = "__setitem__", delitem = "__delitem__",
    iter = "__iter__", next = "__next__", reversed = "__reversed__",
    call = "__call__", init = "__init__", new = "__new__", del = "__del__",
    repr = "__repr__", str = "__str__", format = "__format__", bytes = "__bytes__",
    int = "__int__", float = "__float__", index = "__index__", round = "__round__",
    trunc = "__trunc__", floor = "__floor__", ceil = "__ceil__",
    getattr = "__getattr__", getattribute = "__getattribute__", setattr = "__setattr__", delattr = "__delattr__", dir = "__dir__",
    get = "__get__", set = "__set__", delete = "__delete__", set_name = "__set_name__",
    init_subclass = "__init_subclass__",
    dict = "__dict__", doc = "__doc__", module = "__module__",
    qualname = "__qualname__",
    slots = "__slots__",

    code = "code",
    send = "send", throw = "throw", close = "close", keys = "keys",
    builtins = "builtins",


}
