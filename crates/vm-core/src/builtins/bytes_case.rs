//! Methods of `bytes` that take it for ASCII text: case, kinds of characters, padding.

use crate::builtins::bytes::receiver;
use crate::native::Arguments;
use crate::object::Bytes;
use crate::pure::bytes_ops;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Adds them to the class.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.define_methods(
        Type::Bytes,
        &[
            ("upper", upper),
            ("lower", lower),
            ("swapcase", swapcase),
            ("capitalize", capitalize),
            ("title", title),
            ("isalpha", isalpha),
            ("isalnum", isalnum),
            ("isdigit", isdigit),
            ("isspace", isspace),
            ("isascii", isascii),
            ("isupper", isupper),
            ("islower", islower),
            ("ljust", ljust),
            ("rjust", rjust),
            ("center", center),
            ("zfill", zfill),
        ],
    )
}

macro_rules! mappings {
    ($($method:ident: $map:expr;)*) => {
        $(fn $method(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
            let (bytes, rest) = receiver(vm, arguments, stringify!($method))?;
            rest.exactly::<0>(vm, concat!("bytes.", stringify!($method)))?;
            vm.with_charged(bytes.length, |vm| {
                let mut octets = bytes.as_slice().to_vec();
                $map(&mut octets[..]);
                vm.new_bytes(&octets)
            })
        })*
    };
}

mappings! {
    upper: <[u8]>::make_ascii_uppercase;
    lower: <[u8]>::make_ascii_lowercase;
    swapcase: swap_case;
    capitalize: capitalize_octets;
    title: title_octets;
}

fn swap_case(octets: &mut [u8]) {
    for octet in octets
        .iter_mut()
        .filter(|octet| octet.is_ascii_alphabetic())
    {
        *octet ^= 0x20;
    }
}

fn capitalize_octets(octets: &mut [u8]) {
    octets.make_ascii_lowercase();
    if let Some(first) = octets.first_mut() {
        first.make_ascii_uppercase();
    }
}

fn title_octets(octets: &mut [u8]) {
    let mut in_word = false;
    for octet in octets {
        if in_word {
            octet.make_ascii_lowercase();
        } else {
            octet.make_ascii_uppercase();
        }
        in_word = octet.is_ascii_alphabetic();
    }
}

macro_rules! predicates {
    ($($method:ident: $predicate:expr;)*) => {
        $(fn $method(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
            let (bytes, rest) = receiver(vm, arguments, stringify!($method))?;
            rest.exactly::<0>(vm, concat!("bytes.", stringify!($method)))?;
            let predicate: fn(&[u8]) -> bool = $predicate;
            Ok(Value::from_bool(predicate(bytes.as_slice())))
        })*
    };
}

predicates! {
    isalpha: |octets| !octets.is_empty() && octets.iter().all(u8::is_ascii_alphabetic);
    isalnum: |octets| !octets.is_empty() && octets.iter().all(u8::is_ascii_alphanumeric);
    isdigit: |octets| !octets.is_empty() && octets.iter().all(u8::is_ascii_digit);
    isspace: |octets| !octets.is_empty() && octets.iter().all(|&octet| bytes_ops::is_space(octet));
    isascii: <[u8]>::is_ascii;
    isupper: |octets| {
        octets.iter().any(u8::is_ascii_uppercase) && !octets.iter().any(u8::is_ascii_lowercase)
    };
    islower: |octets| {
        octets.iter().any(u8::is_ascii_lowercase) && !octets.iter().any(u8::is_ascii_uppercase)
    };
}

/// Pads to a width; `left_of` says how much of the padding goes before the octets.
fn justify(
    vm: &mut Vm,
    arguments: Arguments<'_>,
    method: &str,
    left_of: fn(padding: usize, width: usize) -> usize,
) -> Result<Value, Raised> {
    let (bytes, rest) = receiver(vm, arguments, method)?;
    let [width, fill] = rest.between::<2>(vm, method, 1)?;
    let width = vm.index_i64_or(width, "Python int too large to convert to C ssize_t")?;
    let fill = match fill.cast::<Bytes>() {
        None if fill.is_unset() => b' ',
        Some(fill) if fill.length == 1 => fill.as_slice()[0],
        _ => {
            let name = vm.type_name(fill);
            return Err(vm.raise_type_error(&format!(
                "{method}() argument 2 must be a byte string of length 1, not {name}"
            )));
        }
    };
    let width = usize::try_from(width).unwrap_or(0);
    let padding = width.saturating_sub(bytes.length);
    let left = left_of(padding, width);
    vm.with_charged(width, |vm| {
        let mut octets = vec![fill; padding + bytes.length];
        octets[left..left + bytes.length].copy_from_slice(bytes.as_slice());
        vm.new_bytes(&octets)
    })
}

fn ljust(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    justify(vm, arguments, "ljust", |_, _| 0)
}

fn rjust(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    justify(vm, arguments, "rjust", |padding, _| padding)
}

fn center(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    justify(vm, arguments, "center", |padding, width| {
        padding / 2 + (padding & width & 1)
    })
}

fn zfill(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let (bytes, rest) = receiver(vm, arguments, "zfill")?;
    let [width] = rest.exactly::<1>(vm, "bytes.zfill")?;
    let width = vm.index_i64_or(width, "Python int too large to convert to C ssize_t")?;
    let width = usize::try_from(width).unwrap_or(0);
    let octets = bytes.as_slice();
    let sign = usize::from(octets.starts_with(b"+") || octets.starts_with(b"-"));
    vm.with_charged(width, |vm| {
        let zeros = vec![b'0'; width.saturating_sub(octets.len())];
        vm.new_bytes(&[&octets[..sign], &zeros, &octets[sign..]].concat())
    })
}
