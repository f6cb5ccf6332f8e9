//! Built-in functions of single values: `print`, `len`, `repr`, `hash`, `chr`, `ord`, ...

use crate::native::Arguments;
use crate::object::{Bytes, Str};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use num_bigint::BigInt;
use std::io::Write;

/// Adds them to the module `builtins`.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let builtins = vm.builtins;
    vm.define_value(builtins, "NotImplemented", Value::NOT_IMPLEMENTED)?;
    vm.define_value(builtins, "Ellipsis", Value::ELLIPSIS)?;
    vm.define_functions(
        builtins,
        &[
            ("print", print),
            ("len", len),
            ("repr", repr),
            ("ascii", ascii),
            ("format", format),
            ("hash", hash),
            ("id", id),
            ("callable", callable),
            ("chr", chr),
            ("ord", ord),
        ],
    )
}

/// An argument of `print` that is a str, or `None` (or unset) for the default.
fn text_option(vm: &mut Vm, value: Value, name: &str, default: &str) -> Result<String, Raised> {
    if value.is_unset() || value.is_none() {
        return Ok(default.to_owned());
    }
    match value.cast::<Str>() {
        Some(text) => Ok(text.as_str().to_owned()),
        None => {
            let type_name = vm.type_name(value);
            Err(vm.raise_type_error(&format!("{name} must be None or a string, not {type_name}")))
        }
    }
}

/// Writes to standard output; an error of the sink becomes an `OSError`.
fn write(vm: &mut Vm, text: &str) -> Result<(), Raised> {
    match vm.output.standard.write_all(text.as_bytes()) {
        Ok(()) => Ok(()),
        Err(error) => Err(vm.raise(Type::OSError, &error.to_string())),
    }
}

/// `print(*values, sep=' ', end='\n', flush=False)`.
fn print(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (mut separator, mut end, mut flush) = (Value::UNSET, Value::UNSET, Value::FALSE);
    for (name, value) in arguments.keywords() {
        match vm.text(name) {
            "sep" => separator = value,
            "end" => end = value,
            "flush" => flush = value,
            name => {
                let name = name.to_owned();
                return Err(vm.raise_type_error(&format!(
                    "print() got an unexpected keyword argument '{name}'"
                )));
            }
        }
    }
    let separator = text_option(vm, separator, "sep", " ")?;
    let end = text_option(vm, end, "end", "\n")?;
    for (index, &value) in arguments.positional().iter().enumerate() {
        if index > 0 {
            write(vm, &separator)?;
        }
        if let Some(text) = value.cast::<Str>() {
            write(vm, text.as_str())?;
            continue;
        }
        let string = vm.str_of(value)?;
        let written = match string.cast::<Str>() {
            Some(text) => write(vm, text.as_str()),
            None => Ok(()),
        };
        vm.release(string);
        written?;
    }
    write(vm, &end)?;
    if vm.truth(flush)?
        && let Err(error) = vm.output.standard.flush()
    {
        return Err(vm.raise(Type::OSError, &error.to_string()));
    }
    Ok(Value::NONE)
}

fn len(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "len")?;
    let length = vm.length(value)?;
    vm.new_int(length as i64)
}

fn repr(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "repr")?;
    vm.repr(value)
}

fn ascii(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "ascii")?;
    vm.ascii(value)
}

fn format(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value, specification] = arguments.between::<2>(vm, "format", 1)?;
    if !specification.is_unset() && specification.cast::<Str>().is_none() {
        let name = vm.type_name(specification);
        return Err(vm.raise_type_error(&format!("format() argument 2 must be str, not {name}")));
    }
    vm.format(value, specification)
}

fn hash(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "hash")?;
    let hash = vm.hash(value)?;
    vm.new_int(hash as i64)
}

/// The word itself: the address of an object, and as unique for everything else.
fn id(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "id")?;
    vm.new_big_int(BigInt::from(value.bits()))
}

fn callable(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "callable")?;
    Ok(Value::from_bool(vm.is_callable(value)))
}

fn chr(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "chr")?;
    let code = vm.index_i64_clamped(value)?;
    match u32::try_from(code).ok().and_then(char::from_u32) {
        Some(character) => vm.new_str(character.encode_utf8(&mut [0; 4])),
        None => Err(vm.raise_value_error("chr() arg not in range(0x110000)")),
    }
}

fn ord(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value] = arguments.exactly::<1>(vm, "ord")?;
    let (code, length) = if let Some(text) = value.cast::<Str>() {
        (
            text.as_str().chars().next().map(u32::from),
            text.char_length as usize,
        )
    } else if let Some(bytes) = value.cast::<Bytes>() {
        (
            bytes.as_slice().first().map(|&octet| u32::from(octet)),
            bytes.length,
        )
    } else {
        let name = vm.type_name(value);
        return Err(vm.raise_type_error(&format!(
            "ord() expected string of length 1, but {name} found"
        )));
    };
    match code {
        Some(code) if length == 1 => Ok(Value::from_int_unchecked(i64::from(code))),
        _ => Err(vm.raise_type_error(&format!(
            "ord() expected a character, but string of length {length} found"
        ))),
    }
}
