//! Which native function an instruction is about to call, and what it is called.
//!
//! Nothing is looked up that could run program code or change a cache. A callee that would have to
//! be found that way (by `__call__` or `__getattr__` of an instance) is of program code anyway.

use super::Recorder;
use crate::code::{Code, Found, Site};
use crate::interpreter::Registers;
use crate::object::{BoundMethod, Class, Instance, Kind, Module, NativeFunction, Obj};
use crate::value::Value;
use crate::vm::Vm;
use core::cell::Cell;
use vm_bytecode::{Opcode, Word};

impl Recorder {
    /// The number of a native function or built-in class that was called before.
    fn known_native(&self, native: Value) -> Option<u32> {
        let address = native.as_object()?.address();
        self.native_at.get(&address).copied()
    }

    fn add_native(&mut self, native: Value, name: String) -> u32 {
        let number = self.natives.len() as u32;
        if let Some(object) = native.as_object() {
            self.native_at.insert(object.address(), number);
        }
        self.natives.push(name);
        number
    }
}

impl Vm {
    /// The number of the native function, or built-in class, that an instruction calls, if it does.
    pub(super) fn native_callee_number(
        &self,
        recorder: &mut Recorder,
        at: *const Cell<u32>,
        opcode: Opcode,
        registers: Registers,
        code: &Code,
    ) -> Option<u32> {
        let native = self.native_callee(at, opcode, registers, code)?;
        let known = recorder.known_native(native);
        Some(known.unwrap_or_else(|| recorder.add_native(native, self.name_of_native(native))))
    }

    /// The native function, or built-in class, that an instruction calls, if it does. Borrowed.
    fn native_callee(
        &self,
        at: *const Cell<u32>,
        opcode: Opcode,
        registers: Registers,
        code: &Code,
    ) -> Option<Value> {
        // SAFETY: the loop passes the address of an instruction of `code`.
        let word = Word(unsafe { (*at).get() });
        let callee = match opcode {
            Opcode::CallMethod => {
                // SAFETY: the verifier checked that the instruction has its second word.
                let site = unsafe { (*at.add(1)).get() } as usize;
                self.method_callee(registers.get(word.a() + 1), code, site)
            }
            Opcode::Call | Opcode::CallKw | Opcode::CallEx => registers.get(word.a()),
            _ => return None,
        };
        let callee = callee
            .cast::<BoundMethod>()
            .map_or(callee, |method| method.function);
        let is_native = match callee.kind()? {
            Kind::NativeFunction => true,
            Kind::Class => callee.cast::<Class>()?.flags.builtin,
            _ => false,
        };
        is_native.then_some(callee)
    }

    /// What `call_method` calls for this receiver; unset if it is not known without running code.
    fn method_callee(&self, receiver: Value, code: &Code, site: usize) -> Value {
        // SAFETY: linking numbered the sites of this code, and this machine alone changes them.
        let cache = unsafe { *code.sites[site / size_of::<Site>()].get() };
        match receiver.kind() {
            Some(Kind::Instance) => {
                let instance = Obj::<Instance>::of(receiver.object_unchecked());
                if instance.shape.is_null() {
                    return Value::UNSET;
                }
                let is_known = cache.key == Site::key(self.class_epoch, Found::Method)
                    && cache.shape == instance.shape.cast_const();
                if is_known {
                    return Value::from_bits(cache.target);
                }
                if let Some(slot) = instance.shape().slot(cache.name) {
                    return instance.slot_value(slot);
                }
            }
            Some(Kind::Module) => {
                let module = Obj::<Module>::of(receiver.object_unchecked());
                return module.namespace.get(cache.name);
            }
            Some(Kind::Class) => {
                let class = Obj::<Class>::of(receiver.object_unchecked());
                let found = self.lookup_in_class(class, cache.name);
                if !found.is_unset() {
                    return found;
                }
            }
            _ => {}
        }
        self.lookup_in_class(self.class_of(receiver), cache.name)
    }

    /// What a native function or built-in class is called in the text of programs: `len`,
    /// `list.append`, `str`.
    fn name_of_native(&self, native: Value) -> String {
        if let Some(class) = native.cast::<Class>() {
            return self.text(class.name).to_owned();
        }
        let Some(function) = native.cast::<NativeFunction>() else {
            return String::new();
        };
        let name = self.text(function.name);
        match function.owner.cast::<Class>() {
            Some(owner) => format!("{}.{name}", self.text(owner.name)),
            None => name.to_owned(),
        }
    }
}
