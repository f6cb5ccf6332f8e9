//! Keys of hash tables: hashing and comparing them where that runs no program code.
//!
//! Integers, floats, booleans, strings, bytes and tuples of them are judged here; of anything else
//! it is only known whether it is the same object.

use crate::object::{BigInteger, Bytes, Kind, Str, Tuple};
use crate::value::Value;

/// The hash of a key, if it takes no work: inline integers, and strings that were hashed before.
#[inline(always)]
pub(crate) fn quick_hash(key: Value) -> Option<u64> {
    if key.is_int() {
        // Below 2^61 - 1 an integer is its own hash; -1 is no hash.
        let integer = key.int_unchecked();
        return Some(if integer == -1 {
            -2i64 as u64
        } else {
            integer as u64
        });
    }
    match key.cast::<Str>() {
        Some(string) if string.hash != 0 => Some(string.hash),
        _ => None,
    }
}

/// Whether a stored key equals another, identity first; `None` if that may need program code.
#[inline(always)]
pub(crate) fn quick_equal(stored: Value, key: Value) -> Option<bool> {
    if stored == key {
        Some(true)
    } else if stored.both_int(key) || stored.is_unset() {
        Some(false)
    } else {
        equal_unlike(stored, key, 4)
    }
}

/// Keys of different words; tuples within tuples are followed to `depth`.
fn equal_unlike(left: Value, right: Value, depth: u32) -> Option<bool> {
    let number = |value: Value| match value {
        Value::FALSE => Some(0.0),
        Value::TRUE => Some(1.0),
        // Fifty bits are exact in a float.
        _ => value
            .as_int()
            .map(|integer| integer as f64)
            .or(value.as_float()),
    };
    let (Some(left_object), Some(right_object)) = (left.as_object(), right.as_object()) else {
        return match (number(left), number(right)) {
            (Some(left), Some(right)) => Some(left == right),
            // A number may equal a big integer or a program's object; other singletons only the
            // latter, which is not for us to judge.
            _ => match (left.kind(), right.kind()) {
                (None, None) | (Some(Kind::Str | Kind::Bytes | Kind::Tuple), None) => Some(false),
                (None, Some(Kind::Str | Kind::Bytes | Kind::Tuple)) => Some(false),
                _ => None,
            },
        };
    };
    match (Kind::of(left_object), Kind::of(right_object)) {
        (Kind::Str, Kind::Str) => {
            let both_interned = left_object.aux() & right_object.aux() & Str::INTERNED != 0;
            Some(!both_interned && left.cast::<Str>()?.as_str() == right.cast::<Str>()?.as_str())
        }
        (Kind::BigInt, Kind::BigInt) => {
            Some(left.cast::<BigInteger>()?.number == right.cast::<BigInteger>()?.number)
        }
        (Kind::Bytes, Kind::Bytes) => {
            Some(left.cast::<Bytes>()?.as_slice() == right.cast::<Bytes>()?.as_slice())
        }
        (Kind::Tuple, Kind::Tuple) => {
            let (left, right) = (left.cast::<Tuple>()?, right.cast::<Tuple>()?);
            if left.length != right.length {
                return Some(false);
            }
            for (&left, &right) in left.as_slice().iter().zip(right.as_slice()) {
                let equal = match left == right {
                    true => true,
                    false => equal_unlike(left, right, depth.checked_sub(1)?)?,
                };
                if !equal {
                    return Some(false);
                }
            }
            Some(true)
        }
        (
            Kind::Str | Kind::Bytes | Kind::Tuple | Kind::BigInt,
            Kind::Str | Kind::Bytes | Kind::Tuple | Kind::BigInt,
        ) => Some(false),
        _ => None,
    }
}
