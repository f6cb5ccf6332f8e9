//! `str.translate` and `str.maketrans`.

use crate::builtins::define_static;
use crate::builtins::str::{receiver, str_argument, text_of};
use crate::native::Arguments;
use crate::object::{Dict, Obj, Str};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_methods(Type::Str, &[("translate", translate)])?;
    define_static(vm, Type::Str, "maketrans", maketrans)
}

/// The code point of a character as a value.
fn code_of(character: char) -> Value {
    Value::from_int_unchecked(i64::from(u32::from(character)))
}

fn translate(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (string, rest) = receiver(vm, arguments, "translate")?;
    let [table] = rest.exactly::<1>(vm, "str.translate")?;
    vm.build_text(|vm, text| {
        for character in string.as_str().chars() {
            let replacement = match vm.get_item(table, code_of(character)) {
                Ok(replacement) => replacement,
                Err(raised) => {
                    vm.catch(Type::LookupError, raised)?;
                    code_of(character)
                }
            };
            if replacement.cast::<Str>().is_some() {
                vm.push_owned(text, replacement)?;
            } else if replacement.is_integer() {
                let code = vm.index_i64_clamped(replacement);
                vm.release(replacement);
                match u32::try_from(code?).ok().and_then(char::from_u32) {
                    Some(character) => text.push(vm, character.encode_utf8(&mut [0; 4]))?,
                    None => {
                        return Err(
                            vm.raise_value_error("character mapping must be in range(0x110000)")
                        );
                    }
                }
            } else if !replacement.is_none() {
                vm.release(replacement);
                return Err(
                    vm.raise_type_error("character mapping must return integer, None or str")
                );
            }
        }
        Ok(())
    })
}

/// `str.maketrans(mapping)`, or of two strings of equal length and one of characters to delete.
fn maketrans(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [from, to, deleted] = arguments.between::<3>(vm, "maketrans", 1)?;
    let table = vm.new_dict()?;
    let dict = Obj::<Dict>::of(table.object_unchecked());
    let filled = if to.is_unset() {
        fill_from_mapping(vm, dict, from)
    } else {
        fill_from_strings(vm, dict, from, to, deleted)
    };
    match filled {
        Ok(()) => Ok(table),
        Err(raised) => {
            vm.release(table);
            Err(raised)
        }
    }
}

fn fill_from_strings(
    vm: &mut Vm,
    table: Obj<Dict>,
    from: Value,
    to: Value,
    deleted: Value,
) -> Result<(), Raised> {
    let to = str_argument(vm, to, "maketrans() argument 2")?;
    let deleted = match deleted.set() {
        Some(deleted) => Some(str_argument(vm, deleted, "maketrans() argument 3")?),
        None => None,
    };
    let Some(from) = from.cast::<Str>() else {
        return Err(vm.raise_type_error(
            "first maketrans argument must be a string if there is a second argument",
        ));
    };
    if from.char_length != to.char_length {
        return Err(
            vm.raise_value_error("the first two maketrans arguments must have equal length")
        );
    }
    for (from, to) in from.as_str().chars().zip(to.as_str().chars()) {
        vm.dict_set(table, code_of(from), code_of(to))?;
    }
    if let Some(deleted) = deleted {
        for character in deleted.as_str().chars() {
            vm.dict_set(table, code_of(character), Value::NONE)?;
        }
    }
    Ok(())
}

fn fill_from_mapping(vm: &mut Vm, table: Obj<Dict>, mapping: Value) -> Result<(), Raised> {
    let Some(mapping) = mapping.cast::<Dict>() else {
        return Err(
            vm.raise_type_error("if you give only one argument to maketrans it must be a dict")
        );
    };
    let mut position = 0;
    while let Some(entry) = mapping.table.entries().get(position).copied() {
        position += 1;
        if entry.key.is_unset() {
            continue;
        }
        let key = match entry.key.cast::<Str>() {
            Some(key) => match text_of(&key).character(0) {
                Some(character) if key.char_length == 1 => code_of(character),
                _ => {
                    return Err(
                        vm.raise_value_error("string keys in translate table must be of length 1")
                    );
                }
            },
            None if entry.key.is_integer() => entry.key,
            None => {
                return Err(
                    vm.raise_type_error("keys in translate table must be strings or integers")
                );
            }
        };
        vm.dict_set(table, key, entry.value)?;
    }
    Ok(())
}
