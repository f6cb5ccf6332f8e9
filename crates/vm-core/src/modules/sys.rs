//! The module `sys`: arguments, limits, exits, and looks at objects.
//!
//! `sys.unraisablehook` is an ordinary attribute: the machine looks at it when there is something
//! to report. The standard streams are in `sys_output.rs`.

use crate::modules::sys_output;
use crate::native::Arguments;
use crate::object::{Class, Exception, Instance, Kind, List, Module, Obj, Tuple, owned_bytes};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// What `sys.getrefcount` says of objects that live as long as the machine, and of values that are
/// not objects: the count of CPython's immortal objects.
const IMMORTAL_COUNT: i64 = u32::MAX as i64;

/// Makes the module.
pub(super) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let module = vm.new_module("sys")?;
    vm.define_functions(
        module,
        &[
            ("exit", exit),
            ("exc_info", exc_info),
            ("exception", exception),
            ("getrecursionlimit", getrecursionlimit),
            ("setrecursionlimit", setrecursionlimit),
            ("getrefcount", getrefcount),
            ("getsizeof", getsizeof),
            ("intern", intern),
        ],
    )?;
    let maxsize = vm.new_int(i64::MAX)?;
    vm.define_value(module, "maxsize", maxsize)?;
    let byteorder = if cfg!(target_endian = "little") {
        "little"
    } else {
        "big"
    };
    let version = concat!("3.13.0 (vm ", env!("CARGO_PKG_VERSION"), ")");
    for (name, text) in [("byteorder", byteorder), ("version", version)] {
        let text = vm.new_str(text)?;
        vm.define_value(module, name, text)?;
    }
    let level = vm.new_str("final")?;
    let [major, minor, micro, serial] = [3, 13, 0, 0].map(Value::from_i32);
    let version_info = vm.new_tuple(&[major, minor, micro, level, serial])?;
    vm.release(level);
    vm.define_value(module, "version_info", version_info)?;
    define_implementation(vm, module)?;
    sys_output::install(vm, module)?;

    // The hook that reports what cannot be raised; the machine knows its own again.
    let hook = vm.new_native_function("unraisablehook", unraisablehook)?;
    vm.define_value(module, "unraisablehook", hook.increment())?;
    vm.define_value(module, "__unraisablehook__", hook.increment())?;
    vm.unraisable_hook = hook;
    let class = plain_class(vm, "UnraisableHookArgs")?;
    vm.define_value(module, "UnraisableHookArgs", class)?;

    vm.register_module("sys", module)?;
    vm.release(module);
    update_arguments(vm)
}

/// A class of the module's without members. Owned.
pub(super) fn plain_class(vm: &mut Vm, name: &str) -> Result<Value, Raised> {
    let name = vm.intern(name)?;
    let class = vm.new_class(name, &[], None)?;
    let module = vm.intern("sys")?;
    vm.set_class_module(class, module);
    Ok(class)
}

/// An instance of a class of the module's, with attributes. Owned.
pub(super) fn plain_object(
    vm: &mut Vm,
    class: Value,
    attributes: &[(&str, Value)],
) -> Result<Value, Raised> {
    let object = vm.new_instance(Obj::of(class.object_unchecked()))?;
    let instance = Obj::<Instance>::of(object.object_unchecked());
    for &(name, value) in attributes {
        let set = vm.intern(name);
        let set = set.and_then(|name| vm.set_instance_attribute(instance, name, value));
        if let Err(raised) = set {
            vm.aside(|vm| vm.release(object));
            return Err(raised);
        }
    }
    Ok(object)
}

/// `sys.implementation`, which has a `name`.
fn define_implementation(vm: &mut Vm, module: Value) -> Result<(), Raised> {
    let class = plain_class(vm, "SimpleNamespace")?;
    let name = vm.new_str("vm")?;
    let implementation = plain_object(vm, class, &[("name", name)])?;
    vm.release(name);
    vm.release(class);
    vm.define_value(module, "implementation", implementation)
}

/// The module, borrowed; `None` before it is made.
fn module_of(vm: &Vm) -> Option<Obj<Module>> {
    let name = vm.interner.find("sys")?;
    let found = vm.modules.iter().find(|(known, _)| *known == name);
    found.and_then(|(_, module)| module.cast::<Module>())
}

/// An attribute of the module, borrowed.
fn attribute(vm: &Vm, name: &str) -> Option<Value> {
    let name = vm.interner.find(name)?;
    module_of(vm)?.namespace.get(name).set()
}

/// Sets `sys.argv` to the arguments that the embedder gave.
pub(crate) fn update_arguments(vm: &mut Vm) -> Result<(), Raised> {
    let Some(module) = module_of(vm) else {
        return Ok(());
    };
    let list = vm.new_list_of(&[])?;
    for argument in vm.arguments.clone() {
        let text = vm.new_str(&argument);
        let appended = text
            .and_then(|text| vm.list_append_owned(Obj::<List>::of(list.object_unchecked()), text));
        if let Err(raised) = appended {
            vm.aside(|vm| vm.release(list));
            return Err(raised);
        }
    }
    vm.define_value(module.value(), "argv", list)
}

impl Vm {
    /// The `sys.unraisablehook` of the program, owned; `None` if it set none.
    pub(crate) fn program_unraisable_hook(&self) -> Option<Value> {
        let hook = attribute(self, "unraisablehook")?;
        (!hook.is_none() && hook != self.unraisable_hook).then(|| hook.increment())
    }

    /// What the hook is called with. Owned.
    pub(crate) fn unraisable_arguments(
        &mut self,
        exception: Value,
        context: Value,
    ) -> Result<Value, Raised> {
        let class = attribute(self, "UnraisableHookArgs").filter(|c| c.cast::<Class>().is_some());
        let Some(class) = class else {
            return Err(self.raise_runtime_error("lost sys.UnraisableHookArgs"));
        };
        let traceback = exception
            .cast::<Exception>()
            .map_or(Value::NONE, |e| e.traceback);
        let attributes = [
            ("exc_type", self.class_of(exception).value()),
            ("exc_value", exception),
            ("exc_traceback", traceback),
            ("err_msg", Value::NONE),
            ("object", context),
        ];
        plain_object(self, class, &attributes)
    }
}

/// The default hook.
fn unraisablehook(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [unraisable] = arguments.exactly::<1>(vm, "sys.unraisablehook")?;
    let class = attribute(vm, "UnraisableHookArgs").unwrap_or(Value::UNSET);
    if vm.class_of(unraisable).value() != class {
        let message = "sys.unraisablehook argument type must be UnraisableHookArgs";
        return Err(vm.raise_type_error(message));
    }
    let mut parts = [Value::NONE; 2];
    for (part, name) in parts.iter_mut().zip(["exc_value", "object"]) {
        let name = vm.intern(name)?;
        if let Some(instance) = unraisable.cast::<Instance>()
            && let Some(slot) = instance.shape().slot(name)
        {
            *part = instance.slot_value(slot).increment();
        }
    }
    let [exception, context] = parts;
    vm.write_unraisable(exception, context, "Exception ignored in: ");
    vm.release_all(&parts);
    Ok(Value::NONE)
}

/// `exit(code=None)`: raises `SystemExit`.
fn exit(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [code] = arguments.between::<1>(vm, "exit", 0)?;
    let class = vm.builtin(Type::SystemExit);
    let exception = match code.cast::<Tuple>() {
        Some(codes) => vm.new_exception(class, codes.as_slice()),
        None if code.is_unset() || code.is_none() => vm.new_exception(class, &[]),
        None => vm.new_exception(class, &[code]),
    }?;
    Err(vm.raise_value(exception))
}

/// The exception being handled: class, exception and traceback, or three times `None`.
fn exc_info(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "sys.exc_info")?;
    let handled = vm.handled;
    match handled.cast::<Exception>() {
        Some(exception) => {
            let traceback = exception.traceback.set().unwrap_or(Value::NONE);
            vm.new_tuple(&[exception.class, handled, traceback])
        }
        None => vm.new_tuple(&[Value::NONE; 3]),
    }
}

fn exception(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "sys.exception")?;
    Ok(vm.handled.increment())
}

fn getrecursionlimit(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "sys.getrecursionlimit")?;
    vm.new_int(i64::try_from(vm.limits.config.call_depth_max).unwrap_or(i64::MAX))
}

/// Sets how deep calls can be nested; never deeper than the register stack has room for calls of
/// one register each.
fn setrecursionlimit(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [limit] = arguments.exactly::<1>(vm, "sys.setrecursionlimit")?;
    let limit = vm.index_i64_or(limit, "Python int too large to convert to C int")?;
    let Ok(limit) = i32::try_from(limit) else {
        return Err(vm.raise_overflow_error("Python int too large to convert to C int"));
    };
    if limit < 1 {
        return Err(vm.raise_value_error("recursion limit must be greater or equal than 1"));
    }
    let depth = vm.frames.len();
    let limit = limit.unsigned_abs() as usize;
    if limit <= depth {
        let message = format!(
            "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit \
             is too low"
        );
        return Err(vm.raise_recursion_error(&message));
    }
    vm.limits.config.call_depth_max = limit.min(vm.stack.capacity());
    Ok(Value::NONE)
}

/// The number of references to an object, the argument's included.
fn getrefcount(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "sys.getrefcount")?;
    let count = match value.as_object() {
        Some(object) if !object.is_immortal() => i64::from(object.count()),
        _ => IMMORTAL_COUNT,
    };
    vm.new_int(count)
}

/// The bytes that an object takes, with its buffers, without what it refers to. A value that is not
/// an object takes the word that it is stored in.
fn getsizeof(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let names = ["object", "default"];
    let [value, _default] = arguments.bind(vm, "getsizeof", names, 1, 2)?;
    let bytes = value_bytes(vm, value);
    vm.new_int(bytes as i64)
}

fn value_bytes(vm: &Vm, value: Value) -> usize {
    match value.as_object() {
        Some(object) => vm.heap.object_bytes(object) + owned_bytes(object),
        None => size_of::<Value>(),
    }
}

fn intern(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [text] = arguments.exactly::<1>(vm, "sys.intern")?;
    if text.kind() != Some(Kind::Str) {
        let message = format!("intern() argument must be str, not {}", vm.type_name(text));
        return Err(vm.raise_type_error(&message));
    }
    Ok(vm.intern_value(text)?.increment())
}
