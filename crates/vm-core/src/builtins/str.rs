//! `str`: its constructor, `join`, `encode`, padding and splitting into pieces of a list.

use crate::builtins::{container_protocol, number_protocol};
use crate::native::Arguments;
use crate::object::{Kind, List, Obj, Str, Tuple};
use crate::ops::list::items_now;
use crate::pure::text::Text;
use crate::pure::{OperationError, string_ops, string_split};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_constructor(Type::Str, construct)?;
    vm.define_methods(Type::Str, number_protocol::COMPARISON)?;
    vm.define_methods(Type::Str, number_protocol::TEXT)?;
    vm.define_methods(Type::Str, container_protocol::COLLECTION)?;
    vm.define_methods(
        Type::Str,
        &[
            ("join", join),
            ("encode", encode),
            ("split", split),
            ("rsplit", rsplit),
            ("splitlines", splitlines),
            ("ljust", ljust),
            ("rjust", rjust),
            ("center", center),
            ("zfill", zfill),
            ("expandtabs", expandtabs),
        ],
    )
}

fn construct(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let rest = arguments.rest();
    if let [value] = *rest.all()
        && rest.keyword_count() == 0
    {
        return vm.str_of(value);
    }
    let count = rest.all().len();
    if count > 3 {
        return Err(vm.raise_type_error(&format!("str expected at most 3 arguments, got {count}")));
    }
    let [object, encoding, errors] =
        rest.bind(vm, "str", ["object", "encoding", "errors"], 0, 3)?;
    vm.str_from(object, encoding, errors)
}

/// The receiver of a `str` method, and the arguments behind it.
pub(super) fn receiver<'a>(
    vm: &mut Vm,
    arguments: Arguments<'a>,
    method: &str,
) -> Result<(Obj<Str>, Arguments<'a>), Raised> {
    arguments.receiver::<Str>(vm, "str", method)
}

/// A string with its length, for the pure operations.
pub(super) fn text_of(string: &Obj<Str>) -> Text<'_> {
    Text::with_length(string.as_str(), string.char_length as usize)
}

/// An argument that must be a str; `what` begins the message.
pub(super) fn str_argument(vm: &mut Vm, value: Value, what: &str) -> Result<Obj<Str>, Raised> {
    match value.cast::<Str>() {
        Some(string) => Ok(string),
        None => {
            let name = vm.type_name(value);
            Err(vm.raise_type_error(&format!("{what} must be str, not {name}")))
        }
    }
}

/// The string `part`, which was cut from `whole`; the same object if nothing was cut off. Owned.
pub(super) fn part_of(vm: &mut Vm, whole: Obj<Str>, part: &str) -> Result<Value, Raised> {
    if part.len() == whole.byte_length as usize {
        return Ok(whole.value().increment());
    }
    vm.new_str(part)
}

/// `separator.join(iterable)`.
fn join(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (separator, rest) = receiver(vm, arguments, "join")?;
    let [iterable] = rest.exactly::<1>(vm, "str.join")?;
    if iterable.cast::<List>().is_some() || iterable.cast::<Tuple>().is_some() {
        return join_items(vm, separator, iterable);
    }
    if !vm.is_iterable(iterable) {
        return Err(vm.raise_type_error("can only join an iterable"));
    }
    let list = vm.list_from(iterable)?;
    let joined = join_items(vm, separator, list);
    vm.release(list);
    joined
}

/// Joins the items of a list or tuple; runs no program code. Owned.
fn join_items(vm: &mut Vm, separator: Obj<Str>, sequence: Value) -> Result<Value, Raised> {
    let items = items_now(&sequence).unwrap_or_default();
    if let [only] = *items
        && only.kind() == Some(Kind::Str)
    {
        return Ok(only.increment());
    }
    let gaps = items.len().saturating_sub(1);
    let mut bytes = separator.byte_length as usize * gaps;
    let mut characters = separator.char_length as usize * gaps;
    for (index, &item) in items.iter().enumerate() {
        let Some(string) = item.cast::<Str>() else {
            let name = vm.type_name(item);
            return Err(vm.raise_type_error(&format!(
                "sequence item {index}: expected str instance, {name} found"
            )));
        };
        bytes += string.byte_length as usize;
        characters += string.char_length as usize;
    }
    vm.with_charged(bytes, |vm| {
        let mut text = String::with_capacity(bytes);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                text.push_str(separator.as_str());
            }
            if let Some(string) = item.cast::<Str>() {
                text.push_str(string.as_str());
            }
        }
        vm.new_str_counted(&[&text], characters)
    })
}

fn encode(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (string, rest) = receiver(vm, arguments, "encode")?;
    let [encoding, errors] = rest.bind(vm, "encode", ["encoding", "errors"], 0, 2)?;
    vm.encode(string.value(), encoding, errors, "encode")
}

/// A list of strings. Owned.
fn list_of_strings(vm: &mut Vm, pieces: &[&str]) -> Result<Value, Raised> {
    let mut items = vm.values_with_capacity(pieces.len())?;
    for piece in pieces {
        let string = match vm.new_str(piece) {
            Ok(string) => string,
            Err(raised) => {
                vm.drop_values(&mut items);
                return Err(raised);
            }
        };
        vm.push_value(&mut items, string)?;
    }
    vm.new_list(items)
}

/// The arguments of `split` and `rsplit`, and then the one or the other.
fn split_with(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    method: &str,
    by_whitespace: fn(&str, i64) -> Vec<&str>,
    by_separator: for<'a> fn(&'a str, &str, i64) -> Result<Vec<&'a str>, OperationError>,
) -> Result<Value, Raised> {
    let (string, rest) = receiver(vm, arguments, method)?;
    let [separator, max_splits] = rest.bind(vm, method, ["sep", "maxsplit"], 0, 2)?;
    let max_splits = if max_splits.is_unset() {
        -1
    } else {
        vm.index_i64_or(max_splits, "Python int too large to convert to C ssize_t")?
    };
    let text = string.as_str();
    let whitespace = separator.is_unset() || separator.is_none();
    let separator = match separator.cast::<Str>() {
        None if !whitespace => {
            let name = vm.type_name(separator);
            return Err(vm.raise_type_error(&format!("must be str or None, not {name}")));
        }
        separator => separator,
    };
    // A piece takes at least one character and its separator; a slice of it two words.
    let unit = separator.map_or(2, |separator| (separator.byte_length as usize).max(1));
    let pieces_max = text.len() / unit + 1;
    let pieces_max = usize::try_from(max_splits).map_or(pieces_max, |splits| {
        pieces_max.min(splits.saturating_add(1))
    });
    vm.with_charged(pieces_max.saturating_mul(size_of::<&str>()), |vm| {
        let pieces = match &separator {
            None => Ok(by_whitespace(text, max_splits)),
            Some(separator) => by_separator(text, separator.as_str(), max_splits),
        };
        let pieces = vm.checked(pieces)?;
        list_of_strings(vm, &pieces)
    })
}

fn split(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    split_with(
        vm,
        arguments,
        "split",
        string_split::split_whitespace,
        string_split::split,
    )
}

fn rsplit(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    split_with(
        vm,
        arguments,
        "rsplit",
        string_split::rsplit_whitespace,
        string_split::rsplit,
    )
}

fn splitlines(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (string, rest) = receiver(vm, arguments, "splitlines")?;
    let [keep_ends] = rest.bind(vm, "splitlines", ["keepends"], 0, 1)?;
    let keep_ends = if keep_ends.is_unset() {
        false
    } else {
        vm.truth(keep_ends)?
    };
    let text = string.as_str();
    vm.with_charged((text.len() + 1).saturating_mul(size_of::<&str>()), |vm| {
        list_of_strings(vm, &string_split::split_lines(text, keep_ends))
    })
}

/// The padding of a string to a width with a character.
type Justify = fn(Text<'_>, usize, char) -> String;

fn justify(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    method: &str,
    pad: Justify,
) -> Result<Value, Raised> {
    let (string, rest) = receiver(vm, arguments, method)?;
    let [width, fill] = rest.between::<2>(vm, method, 1)?;
    let width = width_argument(vm, width)?;
    let fill = if fill.is_unset() {
        ' '
    } else if let Some(fill) = fill.cast::<Str>() {
        match text_of(&fill).character(0) {
            Some(character) if fill.char_length == 1 => character,
            _ => {
                return Err(
                    vm.raise_type_error("The fill character must be exactly one character long")
                );
            }
        }
    } else {
        let name = vm.type_name(fill);
        return Err(vm.raise_type_error(&format!(
            "The fill character must be a unicode character, not {name}"
        )));
    };
    padded(vm, string, width, fill.len_utf8(), |text| {
        pad(text, width, fill)
    })
}

/// A field width; negative ones count as zero.
fn width_argument(vm: &mut Vm, width: Value) -> Result<usize, Raised> {
    let width = vm.index_i64_or(width, "Python int too large to convert to C ssize_t")?;
    Ok(usize::try_from(width).unwrap_or(0))
}

/// A string of at least `width` characters; the same object if it is that long already. Owned.
fn padded(
    vm: &mut Vm,
    string: Obj<Str>,
    width: usize,
    fill_bytes: usize,
    pad: impl FnOnce(Text<'_>) -> String,
) -> Result<Value, Raised> {
    if width <= string.char_length as usize {
        return Ok(string.value().increment());
    }
    let padding = (width - string.char_length as usize).saturating_mul(fill_bytes);
    let bytes = padding.saturating_add(string.byte_length as usize);
    if bytes > Str::MAX_BYTES {
        return Err(vm.raise_too_large(bytes));
    }
    vm.with_charged(bytes, |vm| {
        vm.new_str_counted(&[&pad(text_of(&string))], width)
    })
}

fn ljust(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    justify(vm, arguments, "ljust", string_ops::left_justify)
}

fn rjust(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    justify(vm, arguments, "rjust", string_ops::right_justify)
}

fn center(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    justify(vm, arguments, "center", string_ops::center)
}

fn zfill(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (string, rest) = receiver(vm, arguments, "zfill")?;
    let [width] = rest.exactly::<1>(vm, "str.zfill")?;
    let width = width_argument(vm, width)?;
    padded(vm, string, width, 1, |text| {
        string_ops::zero_fill(text, width)
    })
}

fn expandtabs(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (string, rest) = receiver(vm, arguments, "expandtabs")?;
    let [tab_size] = rest.bind(vm, "expandtabs", ["tabsize"], 0, 1)?;
    let tab_size = if tab_size.is_unset() {
        8
    } else {
        let size = vm.index_i64_or(tab_size, "Python int too large to convert to C int")?;
        usize::try_from(size).unwrap_or(0)
    };
    let text = string.as_str();
    let tabs = text.bytes().filter(|&byte| byte == b'\t').count();
    let bytes = tabs.saturating_mul(tab_size).saturating_add(text.len());
    vm.with_charged(bytes, |vm| {
        vm.new_str(&string_ops::expand_tabs(text, tab_size))
    })
}
