//! Methods of `str` that look for text in it.

use crate::builtins::str::{part_of, receiver, str_argument, text_of};
use crate::native::Arguments;
use crate::object::{Obj, Str, Tuple};
use crate::pure::string_ops::{self, Ends};
use crate::pure::text::Text;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_methods(
        Type::Str,
        &[
            ("find", find),
            ("rfind", rfind),
            ("index", index),
            ("rindex", rindex),
            ("count", count),
            ("startswith", startswith),
            ("endswith", endswith),
            ("replace", replace),
            ("partition", partition),
            ("rpartition", rpartition),
            ("strip", strip),
            ("lstrip", lstrip),
            ("rstrip", rstrip),
            ("removeprefix", removeprefix),
            ("removesuffix", removesuffix),
        ],
    )
}

/// The receiver, the text to look for, and the range to look in.
struct Search {
    string: Obj<Str>,
    needle: Obj<Str>,
    start: Option<i64>,
    end: Option<i64>,
}

fn search(vm: &mut Vm, arguments: Arguments<'_>, method: &str) -> Result<Search, Raised> {
    let (string, rest) = receiver(vm, arguments, method)?;
    let [needle, start, end] = rest.between::<3>(vm, method, 1)?;
    let needle = str_argument(vm, needle, &format!("{method}() argument 1"))?;
    let (start, end) = (vm.range_argument(start)?, vm.range_argument(end)?);
    Ok(Search {
        string,
        needle,
        start,
        end,
    })
}

/// How `find` and `rfind` look.
type Find = fn(Text<'_>, &str, Option<i64>, Option<i64>) -> Option<usize>;

fn position(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    method: &str,
    find: Find,
) -> Result<Option<usize>, Raised> {
    let Search {
        string,
        needle,
        start,
        end,
    } = search(vm, arguments, method)?;
    Ok(find(text_of(&string), needle.as_str(), start, end))
}

fn find(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let found = position(vm, arguments, "find", string_ops::find)?;
    vm.new_int(found.map_or(-1, |position| position as i64))
}

fn rfind(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let found = position(vm, arguments, "rfind", string_ops::rfind)?;
    vm.new_int(found.map_or(-1, |position| position as i64))
}

fn index(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let found = position(vm, arguments, "index", string_ops::find)?;
    found_or_error(vm, found)
}

fn rindex(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let found = position(vm, arguments, "rindex", string_ops::rfind)?;
    found_or_error(vm, found)
}

fn found_or_error(vm: &mut Vm, found: Option<usize>) -> Result<Value, Raised> {
    match found {
        Some(position) => vm.new_int(position as i64),
        None => Err(vm.raise_value_error("substring not found")),
    }
}

fn count(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let Search {
        string,
        needle,
        start,
        end,
    } = search(vm, arguments, "count")?;
    vm.new_int(string_ops::count(text_of(&string), needle.as_str(), start, end) as i64)
}

/// How `startswith` and `endswith` compare.
type Affix = fn(Text<'_>, &str, Option<i64>, Option<i64>) -> bool;

fn has_affix(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    method: &str,
    matches: Affix,
) -> Result<Value, Raised> {
    let (string, rest) = receiver(vm, arguments, method)?;
    let [affix, start, end] = rest.between::<3>(vm, method, 1)?;
    let (start, end) = (vm.range_argument(start)?, vm.range_argument(end)?);
    let text = text_of(&string);
    if let Some(affixes) = affix.cast::<Tuple>() {
        for &affix in affixes.as_slice() {
            let Some(affix) = affix.cast::<Str>() else {
                let name = vm.type_name(affix);
                return Err(vm.raise_type_error(&format!(
                    "tuple for {method} must only contain str, not {name}"
                )));
            };
            if matches(text, affix.as_str(), start, end) {
                return Ok(Value::TRUE);
            }
        }
        return Ok(Value::FALSE);
    }
    match affix.cast::<Str>() {
        Some(affix) => Ok(Value::from_bool(matches(text, affix.as_str(), start, end))),
        None => {
            let name = vm.type_name(affix);
            Err(vm.raise_type_error(&format!(
                "{method} first arg must be str or a tuple of str, not {name}"
            )))
        }
    }
}

fn startswith(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    has_affix(vm, arguments, "startswith", string_ops::starts_with)
}

fn endswith(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    has_affix(vm, arguments, "endswith", string_ops::ends_with)
}

fn replace(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (string, rest) = receiver(vm, arguments, "replace")?;
    let [old, new, limit] = rest.bind(vm, "replace", ["", "", "count"], 2, 3)?;
    let old = str_argument(vm, old, "replace() argument 1")?;
    let new = str_argument(vm, new, "replace() argument 2")?;
    let limit = if limit.is_unset() {
        -1
    } else {
        vm.index_i64_or(limit, "Python int too large to convert to C ssize_t")?
    };
    let text = string.as_str();
    if limit == 0 || old == new || !text.contains(old.as_str()) {
        return Ok(string.value().increment());
    }
    let bytes = string_ops::replaced_bytes(text, old.as_str(), new.as_str(), limit);
    if bytes > Str::MAX_BYTES {
        return Err(vm.raise_too_large(bytes));
    }
    vm.with_charged(bytes, |vm| {
        vm.new_str(&string_ops::replace(
            text,
            old.as_str(),
            new.as_str(),
            limit,
        ))
    })
}

/// A tuple of three strings. Owned.
fn triple(vm: &mut Vm, (first, second, third): (&str, &str, &str)) -> Result<Value, Raised> {
    let mut parts = [Value::UNSET; 3];
    for (part, text) in parts.iter_mut().zip([first, second, third]) {
        match vm.new_str(text) {
            Ok(string) => *part = string,
            Err(raised) => {
                vm.release_all(&parts);
                return Err(raised);
            }
        }
    }
    let made = vm.new_tuple(&parts);
    vm.release_all(&parts);
    made
}

fn partition(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (string, rest) = receiver(vm, arguments, "partition")?;
    let [separator] = rest.exactly::<1>(vm, "str.partition")?;
    let separator = separator_argument(vm, separator)?;
    let parts = vm.checked(string_ops::partition(string.as_str(), separator.as_str()))?;
    triple(vm, parts)
}

fn rpartition(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (string, rest) = receiver(vm, arguments, "rpartition")?;
    let [separator] = rest.exactly::<1>(vm, "str.rpartition")?;
    let separator = separator_argument(vm, separator)?;
    let parts = vm.checked(string_ops::rpartition(string.as_str(), separator.as_str()))?;
    triple(vm, parts)
}

fn separator_argument(vm: &mut Vm, separator: Value) -> Result<Obj<Str>, Raised> {
    match separator.cast::<Str>() {
        Some(separator) => Ok(separator),
        None => {
            let name = vm.type_name(separator);
            Err(vm.raise_type_error(&format!("must be str, not {name}")))
        }
    }
}

fn strip_ends(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    method: &str,
    ends: Ends,
) -> Result<Value, Raised> {
    let (string, rest) = receiver(vm, arguments, method)?;
    let [characters] = rest.between::<1>(vm, method, 0)?;
    let characters = if characters.is_unset() || characters.is_none() {
        None
    } else if let Some(characters) = characters.cast::<Str>() {
        Some(characters)
    } else {
        return Err(vm.raise_type_error(&format!("{method} arg must be None or str")));
    };
    let characters = characters.as_ref().map(|characters| characters.as_str());
    part_of(
        vm,
        string,
        string_ops::strip(string.as_str(), characters, ends),
    )
}

fn strip(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    strip_ends(vm, arguments, "strip", Ends::Both)
}

fn lstrip(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    strip_ends(vm, arguments, "lstrip", Ends::Left)
}

fn rstrip(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    strip_ends(vm, arguments, "rstrip", Ends::Right)
}

fn removeprefix(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (string, rest) = receiver(vm, arguments, "removeprefix")?;
    let [prefix] = rest.exactly::<1>(vm, "str.removeprefix")?;
    let prefix = str_argument(vm, prefix, "removeprefix() argument")?;
    let text = string.as_str();
    part_of(
        vm,
        string,
        text.strip_prefix(prefix.as_str()).unwrap_or(text),
    )
}

fn removesuffix(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (string, rest) = receiver(vm, arguments, "removesuffix")?;
    let [suffix] = rest.exactly::<1>(vm, "str.removesuffix")?;
    let suffix = str_argument(vm, suffix, "removesuffix() argument")?;
    let text = string.as_str();
    part_of(
        vm,
        string,
        text.strip_suffix(suffix.as_str()).unwrap_or(text),
    )
}
