//! What single exception classes add to `BaseException`, and tracebacks.
//!
//! | class | attributes |
//! |---|---|
//! | `StopIteration` | `value`: the first argument |
//! | `SystemExit` | `code`: the argument, or the tuple of several |
//! | `OSError` | `errno`, `strerror`, `filename`: the arguments, if there are at least two |
//! | `ImportError` | `msg`; `name` and `path`, by keyword |
//! | `NameError`, `AttributeError` | `name`, and `obj` of the latter, by keyword |
//! | `SyntaxError` | `msg`: the first argument |
//! | `UnicodeDecodeError`, `UnicodeEncodeError` | `encoding`, `object`, `start`, `end`, `reason` |
//! | `traceback` | `tb_next`, `tb_lineno`, `tb_lasti` |
//!
//! An attribute is read from the arguments, unless it was set: then it is in the exception's dict
//! of attributes, where it hides the argument. The machine's own errors carry no `name` or `obj`.

use crate::builtins::exception::{attributes_dict, present};
use crate::native::Arguments;
use crate::object::{Class, Dict, Exception, Kind, NativeCode, Obj, Traceback, Tuple};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Where an attribute comes from.
#[derive(Clone, Copy)]
enum Source {
    /// The argument at that place, or `None`.
    Argument(usize),
    /// The argument at that place if there are at least two arguments.
    OfSeveral(usize),
    /// The only argument; `None` for none, and the tuple of several (`SystemExit.code`).
    Code,
    /// The only argument, else `None`.
    Only,
    /// A keyword only.
    Keyword,
}

macro_rules! fields {
    ($($class:ident { $($getter:ident, $setter:ident = $name:literal from $source:expr;)* })*) => {
        $($(
            fn $getter(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
                read(vm, arguments, $name, $source)
            }

            fn $setter(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
                write(vm, arguments, $name)
            }
        )*)*

        /// Class, name, getter and setter of each.
        const FIELDS: &[(Type, &str, NativeCode, NativeCode)] =
            &[$($((Type::$class, $name, $getter, $setter)),*),*];
    };
}

fields! {
    StopIteration { value, set_value = "value" from Source::Argument(0); }
    SystemExit { code, set_code = "code" from Source::Code; }
    OSError {
        errno, set_errno = "errno" from Source::OfSeveral(0);
        strerror, set_strerror = "strerror" from Source::OfSeveral(1);
        filename, set_filename = "filename" from Source::OfSeveral(2);
    }
    ImportError {
        import_msg, set_import_msg = "msg" from Source::Only;
        import_name, set_import_name = "name" from Source::Keyword;
        path, set_path = "path" from Source::Keyword;
    }
    NameError { name, set_name = "name" from Source::Keyword; }
    AttributeError {
        attribute_name, set_attribute_name = "name" from Source::Keyword;
        obj, set_obj = "obj" from Source::Keyword;
    }
    SyntaxError { msg, set_msg = "msg" from Source::Argument(0); }
    UnicodeDecodeError {
        decode_encoding, set_decode_encoding = "encoding" from Source::Argument(0);
        decode_object, set_decode_object = "object" from Source::Argument(1);
        decode_start, set_decode_start = "start" from Source::Argument(2);
        decode_end, set_decode_end = "end" from Source::Argument(3);
        decode_reason, set_decode_reason = "reason" from Source::Argument(4);
    }
    UnicodeEncodeError {
        encode_encoding, set_encode_encoding = "encoding" from Source::Argument(0);
        encode_object, set_encode_object = "object" from Source::Argument(1);
        encode_start, set_encode_start = "start" from Source::Argument(2);
        encode_end, set_encode_end = "end" from Source::Argument(3);
        encode_reason, set_encode_reason = "reason" from Source::Argument(4);
    }
}

/// Adds them to the classes.
pub(super) fn install(vm: &mut Vm) -> Result<(), Raised> {
    for &(class, name, getter, setter) in FIELDS {
        vm.define_attribute(class, name, getter, Some(setter), None)?;
    }
    let class = Type::Traceback;
    vm.define_attribute(
        class,
        "tb_next",
        tb_next,
        Some(set_tb_next),
        Some(delete_tb_next),
    )?;
    vm.define_attribute(class, "tb_lineno", tb_lineno, None, None)?;
    vm.define_attribute(class, "tb_lasti", tb_lasti, None, None)
}

fn read(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    name: &str,
    source: Source,
) -> Result<Value, Raised> {
    let (exception, _) = arguments.receiver::<Exception>(vm, "BaseException", name)?;
    if let Some(dict) = exception.attributes.cast::<Dict>() {
        let name = vm.intern(name)?;
        if let Some(value) = vm.dict_get(dict, name)? {
            return Ok(value.increment());
        }
    }
    let args = exception.args.cast::<Tuple>();
    let args = args.as_ref().map_or(&[][..], |args| args.as_slice());
    let found = match source {
        Source::Argument(index) => args.get(index).copied(),
        Source::OfSeveral(index) if args.len() >= 2 => args.get(index).copied(),
        Source::Only | Source::Code if args.len() == 1 => args.first().copied(),
        Source::Code if args.len() > 1 => Some(exception.args),
        _ => None,
    };
    Ok(present(found.unwrap_or(Value::NONE)))
}

fn write(vm: &mut Vm, arguments: Arguments<'_>, name: &str) -> Result<Value, Raised> {
    let (exception, rest) = arguments.receiver::<Exception>(vm, "BaseException", name)?;
    let [value] = rest.exactly::<1>(vm, name)?;
    keep(vm, exception, name, value)?;
    Ok(Value::NONE)
}

/// Keeps a value in an exception's dict of attributes.
pub(super) fn keep(
    vm: &mut Vm,
    exception: Obj<Exception>,
    name: &str,
    value: Value,
) -> Result<(), Raised> {
    let name = vm.intern(name)?;
    let dict = attributes_dict(vm, exception)?;
    vm.dict_set(dict, name, value)
}

fn is_of(vm: &Vm, exception: Obj<Exception>, class: Type) -> bool {
    let class = vm.builtin(class).value();
    exception
        .class
        .cast::<Class>()
        .is_some_and(|of| of.is_subclass_of(class))
}

/// The built-in class whose constructor takes keywords, and which; `None` if it takes none.
pub(super) fn keywords_of(
    vm: &Vm,
    exception: Obj<Exception>,
) -> Option<(&'static str, &'static [&'static str])> {
    if is_of(vm, exception, Type::ImportError) {
        Some(("ImportError", &["name", "path"]))
    } else if is_of(vm, exception, Type::NameError) {
        Some(("NameError", &["name"]))
    } else if is_of(vm, exception, Type::AttributeError) {
        Some(("AttributeError", &["name", "obj"]))
    } else {
        None
    }
}

/// The arguments that only some classes insist on.
pub(super) fn check(
    vm: &mut Vm,
    exception: Obj<Exception>,
    arguments: &[Value],
) -> Result<(), Raised> {
    let decode = is_of(vm, exception, Type::UnicodeDecodeError);
    if !decode && !is_of(vm, exception, Type::UnicodeEncodeError) {
        return Ok(());
    }
    let &[encoding, object, start, end, reason] = arguments else {
        let message = format!(
            "function takes exactly 5 arguments ({} given)",
            arguments.len()
        );
        return Err(vm.raise_type_error(&message));
    };
    for (index, text) in [(1, encoding), (5, reason)] {
        if text.kind() != Some(Kind::Str) {
            let name = vm.type_name(text);
            let message = format!("argument {index} must be str, not {name}");
            return Err(vm.raise_type_error(&message));
        }
    }
    let wanted = if decode { Kind::Bytes } else { Kind::Str };
    if object.kind() != Some(wanted) {
        let name = vm.type_name(object);
        let message = if decode {
            format!("a bytes-like object is required, not '{name}'")
        } else {
            format!("argument 2 must be str, not {name}")
        };
        return Err(vm.raise_type_error(&message));
    }
    for number in [start, end] {
        vm.index_i64(number)?;
    }
    Ok(())
}

fn tb_next(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (traceback, _) = arguments.receiver::<Traceback>(vm, "traceback", "tb_next")?;
    Ok(present(traceback.next))
}

fn set_tb_next(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut traceback, rest) = arguments.receiver::<Traceback>(vm, "traceback", "tb_next")?;
    let [next] = rest.exactly::<1>(vm, "tb_next")?;
    if !next.is_none() && next.kind() != Some(Kind::Traceback) {
        let message = format!("expected traceback object, got '{}'", vm.type_name(next));
        return Err(vm.raise_type_error(&message));
    }
    let mut place = next;
    while let Some(entry) = place.cast::<Traceback>() {
        if entry == traceback {
            return Err(vm.raise_value_error("traceback loop detected"));
        }
        place = entry.next;
    }
    vm.replace_field(&raw mut traceback.next, next.increment());
    Ok(Value::NONE)
}

fn delete_tb_next(vm: &mut Vm, _arguments: Arguments) -> Result<Value, Raised> {
    Err(vm.raise_type_error("can't delete tb_next attribute"))
}

fn tb_lineno(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (traceback, _) = arguments.receiver::<Traceback>(vm, "traceback", "tb_lineno")?;
    // SAFETY: code lives as long as the machine.
    let (line, _) = unsafe { (*traceback.code).position(traceback.instruction) };
    Ok(if line == 0 {
        Value::NONE
    } else {
        Value::from_int_unchecked(i64::from(line))
    })
}

/// The index of the instruction word.
fn tb_lasti(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (traceback, _) = arguments.receiver::<Traceback>(vm, "traceback", "tb_lasti")?;
    Ok(Value::from_int_unchecked(i64::from(traceback.instruction)))
}
