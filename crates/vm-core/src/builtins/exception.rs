//! `BaseException`: its constructor, attributes and methods, which every exception has.
//!
//! What single classes add (`StopIteration.value`, ...) is in `exception_fields.rs`; the text of
//! exceptions is in `ops/text.rs` and `ops/repr.rs`, tracebacks in `traceback.rs`.

use crate::builtins::exception_fields;
use crate::native::Arguments;
use crate::object::{Class, Dict, Exception, Kind, List, Obj};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let class = Type::BaseException;
    vm.define_constructor(class, construct)?;
    vm.define_methods(
        class,
        &[
            ("__init__", initialize),
            ("__repr__", repr),
            ("__str__", str),
            ("with_traceback", with_traceback),
            ("add_note", add_note),
        ],
    )?;
    vm.define_attribute(class, "args", args, Some(set_args), Some(delete_args))?;
    vm.define_attribute(
        class,
        "__traceback__",
        traceback,
        Some(set_traceback),
        Some(delete_traceback),
    )?;
    vm.define_attribute(
        class,
        "__cause__",
        cause,
        Some(set_cause),
        Some(delete_cause),
    )?;
    vm.define_attribute(
        class,
        "__context__",
        context,
        Some(set_context),
        Some(delete_context),
    )?;
    vm.define_attribute(
        class,
        "__suppress_context__",
        suppress_context,
        Some(set_suppress_context),
        Some(delete_suppress_context),
    )?;
    vm.define_attribute(class, "__dict__", attributes, None, None)?;
    exception_fields::install(vm)
}

/// The receiver of a method of `BaseException`.
fn of<'a>(
    vm: &mut Vm,
    arguments: Arguments<'a>,
    method: &str,
) -> Result<(Obj<Exception>, Arguments<'a>), Raised> {
    arguments.receiver::<Exception>(vm, "BaseException", method)
}

/// The receiver and the new value of an attribute.
fn assigned(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    attribute: &str,
) -> Result<(Obj<Exception>, Value), Raised> {
    let (exception, rest) = of(vm, arguments, attribute)?;
    let [value] = rest.exactly::<1>(vm, attribute)?;
    Ok((exception, value))
}

/// `BaseException.__new__(class, *args)`, for every exception class. Keywords are the business of
/// `__init__`, which a built-in class does here too.
fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let Some(&class_value) = arguments.positional().first() else {
        return Err(vm.raise_type_error("BaseException.__new__(): not enough arguments"));
    };
    let base = vm.builtin(Type::BaseException).value();
    let class = match class_value.cast::<Class>() {
        Some(class) if class.is_subclass_of(base) => class,
        Some(class) => {
            let name = vm.text(class.name);
            let message =
                format!("BaseException.__new__({name}): {name} is not a subtype of BaseException");
            return Err(vm.raise_type_error(&message));
        }
        None => {
            let message = format!(
                "BaseException.__new__(X): X is not a type object ({})",
                vm.type_name(class_value)
            );
            return Err(vm.raise_type_error(&message));
        }
    };
    let rest = arguments.rest();
    let exception = vm.new_exception(class, rest.positional())?;
    if class.flags.builtin
        && let Some(typed) = exception.cast::<Exception>()
        && let Err(raised) = check_and_set_fields(vm, typed, rest)
    {
        vm.aside(|vm| vm.release(exception));
        return Err(raised);
    }
    Ok(exception)
}

/// `BaseException.__init__(self, *args)`.
fn initialize(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut exception, rest) = of(vm, arguments, "__init__")?;
    check_and_set_fields(vm, exception, rest)?;
    let args = vm.new_tuple(rest.positional())?;
    vm.replace_field(&raw mut exception.args, args);
    Ok(Value::NONE)
}

/// What the built-in class of an exception demands of its arguments, and keeps of its keywords.
fn check_and_set_fields(
    vm: &mut Vm,
    exception: Obj<Exception>,
    arguments: Arguments<'_>,
) -> Result<(), Raised> {
    exception_fields::check(vm, exception, arguments.positional())?;
    for (name, value) in arguments.keywords() {
        let text = vm.text(name).to_owned();
        match exception_fields::keywords_of(vm, exception) {
            None => {
                let class = vm.type_name(exception.value());
                return Err(vm.raise_type_error(&format!("{class}() takes no keyword arguments")));
            }
            Some((class, allowed)) if !allowed.contains(&text.as_str()) => {
                let message = format!("{class}() got an unexpected keyword argument '{text}'");
                return Err(vm.raise_type_error(&message));
            }
            Some(_) => exception_fields::keep(vm, exception, &text, value)?,
        }
    }
    Ok(())
}

fn repr(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (exception, rest) = of(vm, arguments, "__repr__")?;
    rest.exactly::<0>(vm, "__repr__")?;
    vm.default_repr(exception.value())
}

fn str(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (exception, rest) = of(vm, arguments, "__str__")?;
    rest.exactly::<0>(vm, "__str__")?;
    vm.str_of_exception(exception.value())
}

fn with_traceback(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (exception, rest) = of(vm, arguments, "with_traceback")?;
    let [traceback] = rest.exactly::<1>(vm, "BaseException.with_traceback")?;
    store_traceback(vm, exception, traceback)?;
    Ok(exception.value().increment())
}

fn add_note(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (exception, rest) = of(vm, arguments, "add_note")?;
    let [note] = rest.exactly::<1>(vm, "BaseException.add_note")?;
    if note.kind() != Some(Kind::Str) {
        let message = format!("note must be a str, not '{}'", vm.type_name(note));
        return Err(vm.raise_type_error(&message));
    }
    let name = vm.intern("__notes__")?;
    let notes = match vm.get_attribute_optional(exception.value(), name)? {
        Some(notes) => notes,
        None => {
            let notes = vm.new_list_of(&[])?;
            if let Err(raised) = vm.set_attribute(exception.value(), name, notes) {
                vm.aside(|vm| vm.release(notes));
                return Err(raised);
            }
            notes
        }
    };
    let added = match notes.cast::<List>() {
        Some(list) => vm.list_append(list, note),
        None => Err(vm.raise_type_error("Cannot add note: __notes__ is not a list")),
    };
    vm.aside(|vm| vm.release(notes));
    added.map(|()| Value::NONE)
}

fn args(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (exception, _) = of(vm, arguments, "args")?;
    match exception.args.set() {
        Some(args) => Ok(args.increment()),
        None => vm.new_tuple(&[]),
    }
}

fn set_args(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut exception, value) = assigned(vm, arguments, "args")?;
    let args = vm.tuple_from(value)?;
    vm.replace_field(&raw mut exception.args, args);
    Ok(Value::NONE)
}

fn traceback(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (exception, _) = of(vm, arguments, "__traceback__")?;
    Ok(present(exception.traceback))
}

fn set_traceback(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (exception, value) = assigned(vm, arguments, "__traceback__")?;
    store_traceback(vm, exception, value)?;
    Ok(Value::NONE)
}

fn store_traceback(
    vm: &mut Vm,
    mut exception: Obj<Exception>,
    traceback: Value,
) -> Result<(), Raised> {
    if !traceback.is_none() && traceback.kind() != Some(Kind::Traceback) {
        return Err(vm.raise_type_error("__traceback__ must be a traceback or None"));
    }
    vm.replace_field(&raw mut exception.traceback, traceback.increment());
    Ok(())
}

fn cause(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (exception, _) = of(vm, arguments, "__cause__")?;
    Ok(present(exception.cause))
}

fn set_cause(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut exception, value) = assigned(vm, arguments, "__cause__")?;
    check_chained(vm, value, "cause")?;
    let object = exception.object();
    object.set_aux(object.aux() | Exception::SUPPRESS_CONTEXT);
    vm.replace_field(&raw mut exception.cause, value.increment());
    Ok(Value::NONE)
}

fn context(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (exception, _) = of(vm, arguments, "__context__")?;
    Ok(present(exception.context))
}

fn set_context(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut exception, value) = assigned(vm, arguments, "__context__")?;
    check_chained(vm, value, "context")?;
    vm.replace_field(&raw mut exception.context, value.increment());
    Ok(Value::NONE)
}

fn check_chained(vm: &mut Vm, value: Value, what: &str) -> Result<(), Raised> {
    if value.is_none() || value.kind() == Some(Kind::Exception) {
        return Ok(());
    }
    let message = format!("exception {what} must be None or derive from BaseException");
    Err(vm.raise_type_error(&message))
}

fn suppress_context(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (exception, _) = of(vm, arguments, "__suppress_context__")?;
    Ok(Value::from_bool(
        exception.object().aux() & Exception::SUPPRESS_CONTEXT != 0,
    ))
}

fn set_suppress_context(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (exception, value) = assigned(vm, arguments, "__suppress_context__")?;
    let Some(suppress) = value.as_bool() else {
        return Err(vm.raise_type_error("attribute value type must be bool"));
    };
    let object = exception.object();
    let others = object.aux() & !Exception::SUPPRESS_CONTEXT;
    object.set_aux(
        others
            | if suppress {
                Exception::SUPPRESS_CONTEXT
            } else {
                0
            },
    );
    Ok(Value::NONE)
}

fn delete_args(vm: &mut Vm, _arguments: Arguments) -> Result<Value, Raised> {
    Err(vm.raise_type_error("args may not be deleted"))
}

fn delete_traceback(vm: &mut Vm, _arguments: Arguments) -> Result<Value, Raised> {
    Err(vm.raise_type_error("__traceback__ may not be deleted"))
}

fn delete_cause(vm: &mut Vm, _arguments: Arguments) -> Result<Value, Raised> {
    Err(vm.raise_type_error("__cause__ may not be deleted"))
}

fn delete_context(vm: &mut Vm, _arguments: Arguments) -> Result<Value, Raised> {
    Err(vm.raise_type_error("__context__ may not be deleted"))
}

fn delete_suppress_context(vm: &mut Vm, _arguments: Arguments) -> Result<Value, Raised> {
    Err(vm.raise_type_error("can't delete numeric/char attribute"))
}

/// The dict of an exception's other attributes: the dict itself, not a copy.
fn attributes(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (exception, _) = of(vm, arguments, "__dict__")?;
    attributes_dict(vm, exception).map(|dict| dict.value().increment())
}

/// The dict of an exception's other attributes, made if it has none yet; borrowed.
pub(super) fn attributes_dict(
    vm: &mut Vm,
    mut exception: Obj<Exception>,
) -> Result<Obj<Dict>, Raised> {
    if exception.attributes.is_unset() {
        exception.attributes = vm.new_dict()?;
    }
    Ok(Obj::of(exception.attributes.object_unchecked()))
}

/// A field as programs see it, owned: a cleared one is `None`.
pub(super) fn present(field: Value) -> Value {
    if field.is_unset() {
        Value::NONE
    } else {
        field.increment()
    }
}
