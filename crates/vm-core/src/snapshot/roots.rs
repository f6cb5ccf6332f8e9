//! What the machine itself holds, by name.
//!
//! These are the references of `Vm::for_each_root`, each once, in another order: first what tells
//! most about a program, last what every program has.

use crate::code::Code;
use crate::value::Value;
use crate::vm::Vm;
use vm_heap::ObjectRef;

/// The group of what running functions hold.
pub(super) const FRAMES: &str = "frames";
/// The group of what the host holds.
pub(super) const HANDLES: &str = "handles";
const MODULES: &str = "modules";
const EXCEPTIONS: &str = "exceptions";
const MACHINE: &str = "machine";
const CONSTANTS: &str = "constants";
const CLASSES: &str = "built-in classes";
const INTERNED: &str = "interned names";

impl Vm {
    pub(super) fn visit_roots(&self, visit: &mut impl FnMut(&str, &str, ObjectRef)) {
        let mut roots = 0;
        let mut named = |group: &str, name: &str, value: Value| {
            if let Some(object) = value.as_object() {
                roots += 1;
                visit(group, name, object);
            }
        };
        for program in &self.programs {
            named(MODULES, "module __main__", program.namespace);
        }
        self.visit_frames(&mut named);
        for (slot, value) in self.handles.iter().enumerate() {
            named(HANDLES, &format!("native handle {slot}"), value);
        }
        named(EXCEPTIONS, "the exception on its way", self.exception);
        named(EXCEPTIONS, "the exception being handled", self.handled);
        for &(name, module) in &self.modules {
            named(MODULES, &format!("module {}", self.text(name)), module);
        }
        named(MODULES, "module builtins", self.builtins);
        named(MACHINE, "gc.callbacks", self.gc_callbacks);
        named(MACHINE, "gc.garbage", self.gc_garbage);
        named(MACHINE, "sys.unraisablehook", self.unraisable_hook);
        named(
            MACHINE,
            "the MemoryError made in advance",
            self.memory_error,
        );
        for program in &self.programs {
            for (index, &constant) in program.constants.iter().enumerate() {
                named(
                    CONSTANTS,
                    &format!("constant {index} of __main__"),
                    constant,
                );
            }
        }
        for &class in &self.types {
            named(CLASSES, "built-in class", class);
        }
        for &(name, _) in &self.modules {
            named(INTERNED, "name of a module", name);
        }
        for name in self.interner.iter() {
            named(INTERNED, "interned name", name);
        }
        debug_assert_eq!(roots, {
            let mut known = 0;
            self.for_each_root(&mut |_| known += 1);
            known
        });
    }

    /// What frames hold. Each is called by its function and its depth.
    fn visit_frames(&self, named: &mut impl FnMut(&str, &str, Value)) {
        let used = self.stack.used();
        let mut next = 0;
        for (depth, frame) in self.frames.iter().enumerate() {
            // SAFETY: a frame's code lives as long as the machine.
            let code: &Code = unsafe { &*frame.code };
            let function = format!("frame {}#{depth}", self.text(code.qualified_name));
            if !frame.kind.is_generator() {
                // Registers of native calls, in front of the frame's own.
                while next < used.len() && used[next..].as_ptr() < frame.registers.cast_const() {
                    named(FRAMES, "arguments of a native function", used[next]);
                    next += 1;
                }
                for register in 0..usize::from(code.frame_bytes) / size_of::<Value>() {
                    let Some(&value) = used.get(next) else {
                        break;
                    };
                    next += 1;
                    if value.is_object() {
                        let name = self.register_text(code, register);
                        named(FRAMES, &format!("{function}, {name}"), value);
                    }
                }
            }
            named(FRAMES, &format!("{function}, its function"), frame.function);
            let extra = if frame.kind.is_generator() {
                "its generator"
            } else {
                "the instance it makes"
            };
            named(FRAMES, &format!("{function}, {extra}"), frame.extra);
            named(
                FRAMES,
                &format!("{function}, an exception being handled"),
                frame.saved_handled,
            );
        }
        for &value in &used[next.min(used.len())..] {
            named(FRAMES, "arguments of a native function", value);
        }
    }

    /// `variable total`, or `register r7`.
    fn register_text(&self, code: &Code, register: usize) -> String {
        match u8::try_from(register) {
            Ok(number) if register < usize::from(code.register_count) => {
                let name = self.register_name(code, number);
                let what = if name == format!("r{register}") {
                    "register"
                } else {
                    "variable"
                };
                format!("{what} {name}")
            }
            _ => format!("register r{register}"),
        }
    }
}
