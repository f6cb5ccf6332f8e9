//! Generators: `send`, `throw`, `close`, and what can be seen of them.
//!
//! A generator that returns ends the call with `StopIteration`, whose value is what it returned.

use crate::interpreter::Completion;
use crate::native::Arguments;
use crate::object::{Class, Exception, Generator, GeneratorState, Kind, Obj, Tuple};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let class = Type::Generator;
    vm.define_methods(
        class,
        &[
            ("__iter__", iterate),
            ("__next__", next),
            ("send", send),
            ("throw", throw),
            ("close", close),
        ],
    )?;
    vm.define_attribute(class, "gi_running", running, None, None)?;
    vm.define_attribute(class, "gi_suspended", suspended, None, None)?;
    vm.define_attribute(class, "gi_yieldfrom", delegate, None, None)?;
    vm.define_attribute(class, "__name__", name, Some(set_name), None)?;
    vm.define_attribute(
        class,
        "__qualname__",
        qualified_name,
        Some(set_qualified_name),
        None,
    )
}

impl Vm {
    /// `next(generator)` and `generator.send(sent)`: the value yielded, owned, or `StopIteration`
    /// with the value returned.
    pub(crate) fn generator_send(
        &mut self,
        generator: Obj<Generator>,
        sent: Value,
    ) -> Result<Value, Raised> {
        let completion = self.send_to_generator(generator, sent)?;
        self.yielded_or_stop(completion)
    }

    /// The value yielded; the end is `StopIteration` with the value returned.
    fn yielded_or_stop(&mut self, completion: Completion) -> Result<Value, Raised> {
        match completion {
            Completion::Yielded(value) => Ok(value),
            Completion::Returned(value) => {
                let argument = if value.is_none() { Value::UNSET } else { value };
                let raised = self.raise_with(Type::StopIteration, argument);
                self.aside(|vm| vm.release(value));
                Err(raised)
            }
        }
    }
}

/// The receiver of a method, and the other arguments.
fn of<'a>(
    vm: &mut Vm,
    arguments: Arguments<'a>,
    method: &str,
) -> Result<(Obj<Generator>, Arguments<'a>), Raised> {
    arguments.receiver::<Generator>(vm, "generator", method)
}

fn iterate(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (generator, rest) = of(vm, arguments, "__iter__")?;
    rest.exactly::<0>(vm, "generator.__iter__")?;
    Ok(generator.value().increment())
}

fn next(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (generator, rest) = of(vm, arguments, "__next__")?;
    rest.exactly::<0>(vm, "generator.__next__")?;
    vm.generator_send(generator, Value::NONE)
}

fn send(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (generator, rest) = of(vm, arguments, "send")?;
    let [sent] = rest.exactly::<1>(vm, "generator.send")?;
    vm.generator_send(generator, sent)
}

/// `throw(exception)`, or `throw(class, value, traceback)`.
fn throw(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (generator, rest) = of(vm, arguments, "throw")?;
    let [thrown, value, traceback] = rest.between::<3>(vm, "throw", 1)?;
    let with_traceback = !traceback.is_unset() && !traceback.is_none();
    if with_traceback && traceback.kind() != Some(Kind::Traceback) {
        return Err(vm.raise_type_error("throw() third argument must be a traceback object"));
    }
    let value = value.set().unwrap_or(Value::NONE);
    let exception = exception_to_throw(vm, thrown, value)?;
    if with_traceback && let Some(mut typed) = exception.cast::<Exception>() {
        vm.replace_field(&raw mut typed.traceback, traceback.increment());
    }
    let completion = vm.throw_to_generator(generator, exception)?;
    vm.yielded_or_stop(completion)
}

/// The exception object that `throw(thrown, value)` means. Owned.
fn exception_to_throw(vm: &mut Vm, thrown: Value, value: Value) -> Result<Value, Raised> {
    if thrown.kind() == Some(Kind::Exception) {
        if !value.is_none() {
            let message = "instance exception may not have a separate value";
            return Err(vm.raise_type_error(message));
        }
        return Ok(thrown.increment());
    }
    let base = vm.builtin(Type::BaseException).value();
    if !thrown
        .cast::<Class>()
        .is_some_and(|class| class.is_subclass_of(base))
    {
        let message = format!(
            "exceptions must be classes or instances deriving from BaseException, not {}",
            vm.type_name(thrown)
        );
        return Err(vm.raise_type_error(&message));
    }
    if vm.class_of(value).is_subclass_of(thrown) {
        return Ok(value.increment());
    }
    let made = match value.cast::<Tuple>() {
        _ if value.is_none() => vm.call(thrown, &[]),
        Some(values) => vm.call(thrown, values.as_slice()),
        None => vm.call(thrown, &[value]),
    }?;
    if made.kind() == Some(Kind::Exception) {
        return Ok(made);
    }
    let message = format!(
        "calling {} should have returned an instance of BaseException, not {}",
        vm.class_path(thrown),
        vm.type_name(made)
    );
    vm.release(made);
    Err(vm.raise_type_error(&message))
}

/// `close()`: what the generator returns when it is told to exit, else `None`.
fn close(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (generator, rest) = of(vm, arguments, "close")?;
    rest.exactly::<0>(vm, "generator.close")?;
    if generator.state != GeneratorState::Suspended {
        return vm.close_generator(generator).map(|()| Value::NONE);
    }
    let exit = vm.new_exception(vm.builtin(Type::GeneratorExit), &[])?;
    match vm.throw_to_generator(generator, exit) {
        Ok(Completion::Returned(value)) => Ok(value),
        Ok(Completion::Yielded(value)) => {
            vm.release(value);
            Err(vm.raise_runtime_error("generator ignored GeneratorExit"))
        }
        Err(raised) => {
            let ended = vm.catch(Type::GeneratorExit, raised);
            let ended = ended.or_else(|raised| vm.catch(Type::StopIteration, raised));
            ended.map(|()| Value::NONE)
        }
    }
}

fn running(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (generator, _) = of(vm, arguments, "gi_running")?;
    Ok(Value::from_bool(generator.state == GeneratorState::Running))
}

fn suspended(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (generator, _) = of(vm, arguments, "gi_suspended")?;
    Ok(Value::from_bool(
        generator.state == GeneratorState::Suspended,
    ))
}

/// A field as programs see it, owned: an absent one is `None`.
fn present(field: Value) -> Value {
    if field.is_unset() {
        Value::NONE
    } else {
        field.increment()
    }
}

fn delegate(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    Ok(present(of(vm, arguments, "gi_yieldfrom")?.0.delegate))
}

fn name(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    Ok(present(of(vm, arguments, "__name__")?.0.name))
}

fn qualified_name(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    Ok(present(of(vm, arguments, "__qualname__")?.0.qualified_name))
}

/// The generator and the new value of a name.
fn assigned_name(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    attribute: &str,
) -> Result<(Obj<Generator>, Value), Raised> {
    let (generator, rest) = of(vm, arguments, attribute)?;
    let [name] = rest.exactly::<1>(vm, attribute)?;
    if name.kind() != Some(Kind::Str) {
        let message = format!("{attribute} must be set to a string object");
        return Err(vm.raise_type_error(&message));
    }
    Ok((generator, name))
}

fn set_name(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut generator, name) = assigned_name(vm, arguments, "__name__")?;
    vm.replace_field(&raw mut generator.name, name.increment());
    Ok(Value::NONE)
}

fn set_qualified_name(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let (mut generator, name) = assigned_name(vm, arguments, "__qualname__")?;
    vm.replace_field(&raw mut generator.qualified_name, name.increment());
    Ok(Value::NONE)
}
