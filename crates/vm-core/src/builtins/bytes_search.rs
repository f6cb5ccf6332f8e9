//! Methods of `bytes` that look for octets in it.

use crate::builtins::bytes::{part_of, receiver};
use crate::builtins::define_static;
use crate::native::Arguments;
use crate::object::{Bytes, Obj, Tuple};
use crate::pure::bytes_ops;
use crate::pure::string_ops::Ends;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_methods(
        Type::Bytes,
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
            ("translate", translate),
        ],
    )?;
    define_static(vm, Type::Bytes, "maketrans", maketrans)
}

/// The receiver, the octets to look for, and the range to look in.
struct Search {
    bytes: Obj<Bytes>,
    part: Vec<u8>,
    start: Option<i64>,
    end: Option<i64>,
}

fn search(vm: &mut Vm, arguments: Arguments<'_>, method: &str) -> Result<Search, Raised> {
    let (bytes, rest) = receiver(vm, arguments, method)?;
    let [part, start, end] = rest.between::<3>(vm, method, 1)?;
    let part = if let Some(part) = part.cast::<Bytes>() {
        part.as_slice().to_vec()
    } else if vm.has_index(part) {
        vec![vm.byte_of(part, "byte must be in range(0, 256)")?]
    } else {
        let name = vm.type_name(part);
        return Err(vm.raise_type_error(&format!(
            "argument should be integer or bytes-like object, not '{name}'"
        )));
    };
    let (start, end) = (vm.range_argument(start)?, vm.range_argument(end)?);
    Ok(Search {
        bytes,
        part,
        start,
        end,
    })
}

/// How `find` and `rfind` look.
type Find = fn(&[u8], &[u8], Option<i64>, Option<i64>) -> Option<usize>;

fn position(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    method: &str,
    find: Find,
) -> Result<Option<usize>, Raised> {
    let Search {
        bytes,
        part,
        start,
        end,
    } = search(vm, arguments, method)?;
    Ok(find(bytes.as_slice(), &part, start, end))
}

fn find(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let found = position(vm, arguments, "find", bytes_ops::find)?;
    vm.new_int(found.map_or(-1, |position| position as i64))
}

fn rfind(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let found = position(vm, arguments, "rfind", bytes_ops::rfind)?;
    vm.new_int(found.map_or(-1, |position| position as i64))
}

fn index(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let found = position(vm, arguments, "index", bytes_ops::find)?;
    found_or_error(vm, found)
}

fn rindex(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let found = position(vm, arguments, "rindex", bytes_ops::rfind)?;
    found_or_error(vm, found)
}

fn found_or_error(vm: &mut Vm, found: Option<usize>) -> Result<Value, Raised> {
    match found {
        Some(position) => vm.new_int(position as i64),
        None => Err(vm.raise_value_error("subsection not found")),
    }
}

fn count(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let Search {
        bytes,
        part,
        start,
        end,
    } = search(vm, arguments, "count")?;
    vm.new_int(bytes_ops::count(bytes.as_slice(), &part, start, end) as i64)
}

/// How `startswith` and `endswith` compare.
type Affix = fn(&[u8], &[u8], Option<i64>, Option<i64>) -> bool;

fn has_affix(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    method: &str,
    matches: Affix,
) -> Result<Value, Raised> {
    let (bytes, rest) = receiver(vm, arguments, method)?;
    let [affix, start, end] = rest.between::<3>(vm, method, 1)?;
    let (start, end) = (vm.range_argument(start)?, vm.range_argument(end)?);
    if let Some(affixes) = affix.cast::<Tuple>() {
        for &affix in affixes.as_slice() {
            let affix = vm.bytes_argument(affix)?;
            if matches(bytes.as_slice(), affix.as_slice(), start, end) {
                return Ok(Value::TRUE);
            }
        }
        return Ok(Value::FALSE);
    }
    match affix.cast::<Bytes>() {
        Some(affix) => Ok(Value::from_bool(matches(
            bytes.as_slice(),
            affix.as_slice(),
            start,
            end,
        ))),
        None => {
            let name = vm.type_name(affix);
            Err(vm.raise_type_error(&format!(
                "{method} first arg must be bytes or a tuple of bytes, not {name}"
            )))
        }
    }
}

fn startswith(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    has_affix(vm, arguments, "startswith", bytes_ops::starts_with)
}

fn endswith(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    has_affix(vm, arguments, "endswith", bytes_ops::ends_with)
}

fn replace(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (bytes, rest) = receiver(vm, arguments, "replace")?;
    let [old, new, limit] = rest.between::<3>(vm, "replace", 2)?;
    let (old, new) = (vm.bytes_argument(old)?, vm.bytes_argument(new)?);
    let limit = if limit.is_unset() {
        -1
    } else {
        vm.index_i64_or(limit, "Python int too large to convert to C ssize_t")?
    };
    let octets = bytes.as_slice();
    let found = bytes_ops::count(octets, old.as_slice(), None, None);
    let replaced = usize::try_from(limit).map_or(found, |limit| limit.min(found));
    let length = octets
        .len()
        .saturating_add(replaced.saturating_mul(new.length));
    vm.with_charged(length, |vm| {
        vm.new_bytes(&bytes_ops::replace(
            octets,
            old.as_slice(),
            new.as_slice(),
            limit,
        ))
    })
}

/// A tuple of three pieces. Owned.
fn triple(vm: &mut Vm, pieces: [&[u8]; 3]) -> Result<Value, Raised> {
    let mut parts = [Value::UNSET; 3];
    for (part, octets) in parts.iter_mut().zip(pieces) {
        match vm.new_bytes(octets) {
            Ok(bytes) => *part = bytes,
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

fn partition_at(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    method: &str,
    find: Find,
) -> Result<Value, Raised> {
    let (bytes, rest) = receiver(vm, arguments, method)?;
    let [separator] = rest.exactly::<1>(vm, &format!("bytes.{method}"))?;
    let separator = vm.bytes_argument(separator)?;
    if separator.length == 0 {
        return Err(vm.raise_value_error("empty separator"));
    }
    let octets = bytes.as_slice();
    match find(octets, separator.as_slice(), None, None) {
        Some(at) => {
            let after = &octets[at + separator.length..];
            triple(vm, [&octets[..at], separator.as_slice(), after])
        }
        None if method == "partition" => triple(vm, [octets, &[], &[]]),
        None => triple(vm, [&[], &[], octets]),
    }
}

fn partition(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    partition_at(vm, arguments, "partition", bytes_ops::find)
}

fn rpartition(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    partition_at(vm, arguments, "rpartition", bytes_ops::rfind)
}

fn strip_ends(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    method: &str,
    ends: Ends,
) -> Result<Value, Raised> {
    let (bytes, rest) = receiver(vm, arguments, method)?;
    let [stripped] = rest.between::<1>(vm, method, 0)?;
    let stripped = if stripped.is_unset() || stripped.is_none() {
        None
    } else {
        Some(vm.bytes_argument(stripped)?)
    };
    let stripped = stripped.as_ref().map(|stripped| stripped.as_slice());
    part_of(
        vm,
        bytes,
        bytes_ops::strip(bytes.as_slice(), stripped, ends),
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
    let (bytes, rest) = receiver(vm, arguments, "removeprefix")?;
    let [prefix] = rest.exactly::<1>(vm, "bytes.removeprefix")?;
    let prefix = vm.bytes_argument(prefix)?;
    let octets = bytes.as_slice();
    part_of(
        vm,
        bytes,
        octets.strip_prefix(prefix.as_slice()).unwrap_or(octets),
    )
}

fn removesuffix(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (bytes, rest) = receiver(vm, arguments, "removesuffix")?;
    let [suffix] = rest.exactly::<1>(vm, "bytes.removesuffix")?;
    let suffix = vm.bytes_argument(suffix)?;
    let octets = bytes.as_slice();
    part_of(
        vm,
        bytes,
        octets.strip_suffix(suffix.as_slice()).unwrap_or(octets),
    )
}

/// `bytes.translate(table, delete=b'')`; the table has 256 octets, or is `None`.
fn translate(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (bytes, rest) = receiver(vm, arguments, "translate")?;
    let [table, deleted] = rest.bind(vm, "translate", ["", "delete"], 1, 2)?;
    let table = if table.is_none() {
        None
    } else {
        Some(vm.bytes_argument(table)?)
    };
    if table.as_ref().is_some_and(|table| table.length != 256) {
        return Err(vm.raise_value_error("translation table must be 256 characters long"));
    }
    let deleted = match deleted.set() {
        Some(deleted) => Some(vm.bytes_argument(deleted)?),
        None => None,
    };
    vm.with_charged(bytes.length, |vm| {
        let is_kept = |octet: &u8| {
            !deleted
                .as_ref()
                .is_some_and(|deleted| deleted.as_slice().contains(octet))
        };
        let mapped = |octet: u8| match &table {
            Some(table) => table.as_slice()[usize::from(octet)],
            None => octet,
        };
        let octets: Vec<u8> = bytes
            .as_slice()
            .iter()
            .copied()
            .filter(is_kept)
            .map(mapped)
            .collect();
        vm.new_bytes(&octets)
    })
}

/// `bytes.maketrans(from, to)`.
fn maketrans(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [from, to] = arguments.exactly::<2>(vm, "maketrans")?;
    let (from, to) = (vm.bytes_argument(from)?, vm.bytes_argument(to)?);
    if from.length != to.length {
        return Err(vm.raise_value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (&from, &to) in from.as_slice().iter().zip(to.as_slice()) {
        table[usize::from(from)] = to;
    }
    vm.new_bytes(&table)
}
