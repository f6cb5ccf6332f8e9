//! `sys.stdout` and `sys.stderr`: objects with `write` and `flush`, for the sinks that the embedder
//! gave. Nothing else can be done with them.

use crate::modules::sys::{plain_class, plain_object};
use crate::native::Arguments;
use crate::object::{Class, NativeCode, NativeFunction, Obj};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use std::io::Write;

/// Adds the streams to the module.
pub(super) fn install(vm: &mut Vm, module: Value) -> Result<(), Raised> {
    let streams: [(&str, &str, NativeCode, NativeCode); 2] = [
        ("stdout", "<stdout>", write_standard, flush_standard),
        ("stderr", "<stderr>", write_error, flush_error),
    ];
    for (attribute, name, write, flush) in streams {
        let class = plain_class(vm, "TextOutput")?;
        for (method, code) in [("write", write), ("flush", flush)] {
            let function = vm.new_native_function(method, code)?;
            function.object_unchecked().set_aux(NativeFunction::METHOD);
            let method = vm.intern(method)?;
            let class = Obj::<Class>::of(class.object_unchecked());
            vm.set_class_attribute(class, method, function)?;
            vm.release(function);
        }
        let name = vm.new_str(name)?;
        let stream = plain_object(vm, class, &[("name", name)])?;
        vm.release(name);
        vm.release(class);
        vm.define_value(module, attribute, stream)?;
    }
    Ok(())
}

/// The sink of a stream.
fn sink(vm: &mut Vm, error: bool) -> &mut dyn Write {
    if error {
        &mut *vm.output.error
    } else {
        &mut *vm.output.standard
    }
}

/// `stream.write(text)`: the number of characters.
fn write(vm: &mut Vm, arguments: Arguments<'_>, error: bool) -> Result<Value, Raised> {
    let [text] = arguments.rest().exactly::<1>(vm, "TextIOWrapper.write")?;
    let Some(string) = text.cast::<crate::object::Str>() else {
        let message = format!("write() argument must be str, not {}", vm.type_name(text));
        return Err(vm.raise_type_error(&message));
    };
    match sink(vm, error).write_all(string.as_str().as_bytes()) {
        Ok(()) => Ok(Value::from_int_unchecked(i64::from(string.char_length))),
        Err(error) => Err(vm.raise(Type::OSError, &error.to_string())),
    }
}

fn flush(vm: &mut Vm, arguments: Arguments<'_>, error: bool) -> Result<Value, Raised> {
    arguments.rest().exactly::<0>(vm, "TextIOWrapper.flush")?;
    match sink(vm, error).flush() {
        Ok(()) => Ok(Value::NONE),
        Err(error) => Err(vm.raise(Type::OSError, &error.to_string())),
    }
}

fn write_standard(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    write(vm, arguments, false)
}

fn write_error(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    write(vm, arguments, true)
}

fn flush_standard(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    flush(vm, arguments, false)
}

fn flush_error(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    flush(vm, arguments, true)
}
