//! `bytes`: its constructor, decoding, hexadecimal, joining and splitting.

use crate::builtins::{container_protocol, define_static, number_protocol};
use crate::native::Arguments;
use crate::object::{Bytes, List, Obj, Str, Tuple};
use crate::ops::list::items_now;
use crate::pure::{OperationError, bytes_ops};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_constructor(Type::Bytes, construct)?;
    vm.define_methods(Type::Bytes, number_protocol::COMPARISON)?;
    vm.define_methods(Type::Bytes, number_protocol::TEXT)?;
    vm.define_methods(Type::Bytes, container_protocol::COLLECTION)?;
    vm.define_methods(
        Type::Bytes,
        &[
            ("decode", decode),
            ("hex", hex),
            ("join", join),
            ("split", split),
            ("rsplit", rsplit),
            ("splitlines", splitlines),
        ],
    )?;
    define_static(vm, Type::Bytes, "fromhex", from_hex)
}

fn construct(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [source, encoding, errors] =
        arguments
            .rest()
            .bind(vm, "bytes", ["source", "encoding", "errors"], 0, 3)?;
    vm.bytes_from(source, encoding, errors)
}

/// The receiver of a `bytes` method, and the arguments behind it.
pub(super) fn receiver<'a>(
    vm: &mut Vm,
    arguments: Arguments<'a>,
    method: &str,
) -> Result<(Obj<Bytes>, Arguments<'a>), Raised> {
    arguments.receiver::<Bytes>(vm, "bytes", method)
}

/// The octets `part`, which were cut from `whole`; the same object if nothing was cut off. Owned.
pub(super) fn part_of(vm: &mut Vm, whole: Obj<Bytes>, part: &[u8]) -> Result<Value, Raised> {
    if part.len() == whole.length {
        return Ok(whole.value().increment());
    }
    vm.new_bytes(part)
}

fn decode(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (bytes, rest) = receiver(vm, arguments, "decode")?;
    let [encoding, errors] = rest.bind(vm, "decode", ["encoding", "errors"], 0, 2)?;
    vm.decode(bytes.value(), encoding, errors, "decode")
}

/// `bytes.hex(sep, bytes_per_sep=1)`: groups are counted from the end, or from the start if
/// negative.
fn hex(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (bytes, rest) = receiver(vm, arguments, "hex")?;
    let [separator, group] = rest.bind(vm, "hex", ["sep", "bytes_per_sep"], 0, 2)?;
    let octets = bytes.as_slice();
    let separator = match separator.cast::<Str>() {
        None => None,
        Some(text) if text.char_length == 1 && text.is_ascii() => text.as_str().chars().next(),
        Some(text) if text.char_length == 1 => {
            return Err(vm.raise_value_error("sep must be ASCII."));
        }
        Some(_) => return Err(vm.raise_value_error("sep must be length 1.")),
    };
    let group = if group.is_unset() {
        1
    } else {
        vm.index_i64_clamped(group)?
    };
    let size = usize::try_from(group.unsigned_abs()).unwrap_or(usize::MAX);
    vm.with_charged(octets.len().saturating_mul(3), |vm| {
        let digits = bytes_ops::to_hexadecimal(octets);
        let Some(separator) = separator.filter(|_| size > 0) else {
            return vm.new_str(&digits);
        };
        let mut text = String::with_capacity(digits.len() * 3 / 2);
        for (index, pair) in digits.as_bytes().chunks(2).enumerate() {
            let position = if group > 0 {
                octets.len() - index
            } else {
                index
            };
            if index > 0 && position.is_multiple_of(size) {
                text.push(separator);
            }
            text.extend(pair.iter().map(|&digit| char::from(digit)));
        }
        vm.new_str(&text)
    })
}

fn from_hex(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [text] = arguments.exactly::<1>(vm, "bytes.fromhex")?;
    let Some(text) = text.cast::<Str>() else {
        let name = vm.type_name(text);
        return Err(vm.raise_type_error(&format!("fromhex() argument must be str, not {name}")));
    };
    let octets = vm.checked(bytes_ops::from_hexadecimal(text.as_str()))?;
    vm.new_bytes(&octets)
}

fn join(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (separator, rest) = receiver(vm, arguments, "join")?;
    let [iterable] = rest.exactly::<1>(vm, "bytes.join")?;
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
fn join_items(vm: &mut Vm, separator: Obj<Bytes>, sequence: Value) -> Result<Value, Raised> {
    let items = items_now(&sequence).unwrap_or_default();
    let mut length = separator.length * items.len().saturating_sub(1);
    for (index, &item) in items.iter().enumerate() {
        let Some(bytes) = item.cast::<Bytes>() else {
            let name = vm.type_name(item);
            return Err(vm.raise_type_error(&format!(
                "sequence item {index}: expected a bytes-like object, {name} found"
            )));
        };
        length += bytes.length;
    }
    vm.with_charged(length, |vm| {
        let mut octets = Vec::with_capacity(length);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                octets.extend_from_slice(separator.as_slice());
            }
            if let Some(bytes) = item.cast::<Bytes>() {
                octets.extend_from_slice(bytes.as_slice());
            }
        }
        vm.new_bytes(&octets)
    })
}

/// A list of bytes. Owned.
fn list_of_bytes(vm: &mut Vm, pieces: &[&[u8]]) -> Result<Value, Raised> {
    let mut items = vm.values_with_capacity(pieces.len())?;
    for piece in pieces {
        let bytes = match vm.new_bytes(piece) {
            Ok(bytes) => bytes,
            Err(raised) => {
                vm.drop_values(&mut items);
                return Err(raised);
            }
        };
        vm.push_value(&mut items, bytes)?;
    }
    vm.new_list(items)
}

/// The arguments of `split` and `rsplit`: the separator (`None` for white space) and the maximum.
fn split_arguments(
    vm: &mut Vm,
    rest: Arguments<'_>,
    method: &str,
) -> Result<(Option<Obj<Bytes>>, i64), Raised> {
    let [separator, max_splits] = rest.bind(vm, method, ["sep", "maxsplit"], 0, 2)?;
    let max_splits = if max_splits.is_unset() {
        -1
    } else {
        vm.index_i64_or(max_splits, "Python int too large to convert to C ssize_t")?
    };
    if separator.is_unset() || separator.is_none() {
        return Ok((None, max_splits));
    }
    Ok((Some(vm.bytes_argument(separator)?), max_splits))
}

/// Room for the slices of as many pieces as there can be.
fn pieces_bytes(octets: &[u8]) -> usize {
    (octets.len() + 1).saturating_mul(size_of::<&[u8]>())
}

fn split(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (bytes, rest) = receiver(vm, arguments, "split")?;
    let (separator, max_splits) = split_arguments(vm, rest, "split")?;
    let octets = bytes.as_slice();
    vm.with_charged(pieces_bytes(octets), |vm| {
        let pieces = match &separator {
            None => Ok(bytes_ops::split_whitespace(octets, max_splits)),
            Some(separator) => bytes_ops::split(octets, separator.as_slice(), max_splits),
        };
        let pieces = vm.checked(pieces)?;
        list_of_bytes(vm, &pieces)
    })
}

fn rsplit(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (bytes, rest) = receiver(vm, arguments, "rsplit")?;
    let (separator, max_splits) = split_arguments(vm, rest, "rsplit")?;
    let octets = bytes.as_slice();
    vm.with_charged(pieces_bytes(octets), |vm| {
        let pieces = match &separator {
            None => Ok(rsplit_whitespace(octets, max_splits)),
            Some(separator) => rsplit_separator(octets, separator.as_slice(), max_splits),
        };
        let pieces = vm.checked(pieces)?;
        list_of_bytes(vm, &pieces)
    })
}

fn rsplit_separator<'a>(
    octets: &'a [u8],
    separator: &[u8],
    max_splits: i64,
) -> Result<Vec<&'a [u8]>, OperationError> {
    if separator.is_empty() {
        return Err(OperationError::value("empty separator"));
    }
    let limit = usize::try_from(max_splits).unwrap_or(usize::MAX);
    let (mut pieces, mut rest) = (Vec::new(), octets);
    while pieces.len() < limit
        && let Some(at) = bytes_ops::rfind(rest, separator, None, None)
    {
        pieces.push(&rest[at + separator.len()..]);
        rest = &rest[..at];
    }
    pieces.push(rest);
    pieces.reverse();
    Ok(pieces)
}

fn rsplit_whitespace(octets: &[u8], max_splits: i64) -> Vec<&[u8]> {
    let limit = usize::try_from(max_splits).unwrap_or(usize::MAX);
    let trimmed = |octets: &'_ [u8]| {
        octets
            .iter()
            .rposition(|&octet| !bytes_ops::is_space(octet))
            .map_or(0, |last| last + 1)
    };
    let mut pieces = Vec::new();
    let mut rest = &octets[..trimmed(octets)];
    while !rest.is_empty() {
        let space = rest.iter().rposition(|&octet| bytes_ops::is_space(octet));
        let Some(space) = space.filter(|_| pieces.len() < limit) else {
            pieces.push(rest);
            break;
        };
        pieces.push(&rest[space + 1..]);
        rest = &rest[..trimmed(&rest[..space])];
    }
    pieces.reverse();
    pieces
}

fn splitlines(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (bytes, rest) = receiver(vm, arguments, "splitlines")?;
    let [keep_ends] = rest.bind(vm, "splitlines", ["keepends"], 0, 1)?;
    let keep_ends = if keep_ends.is_unset() {
        false
    } else {
        vm.truth(keep_ends)?
    };
    let mut octets = bytes.as_slice();
    vm.with_charged(pieces_bytes(octets), |vm| {
        let mut lines = Vec::new();
        while !octets.is_empty() {
            let end = octets
                .iter()
                .position(|octet| matches!(octet, b'\n' | b'\r'));
            let (end, next) = match end {
                None => (octets.len(), octets.len()),
                Some(end) if octets[end..].starts_with(b"\r\n") => (end, end + 2),
                Some(end) => (end, end + 1),
            };
            lines.push(&octets[..if keep_ends { next } else { end }]);
            octets = &octets[next..];
        }
        list_of_bytes(vm, &lines)
    })
}
