//! Hash values of all kinds of values.
//!
//! Equal values hash equally: numbers by `pure::hash`, text by its bytes (kept in the object),
//! tuples, frozen sets and ranges by what is in them, and everything without an equality of its own
//! by identity. Containers that can change have no hash.

use crate::object::{BoundMethod, Bytes, Kind, Obj, Set, Slice, Str, WeakRef};
use crate::ops::index::big_of;
use crate::ops::number::Number;
use crate::pure::hash;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use num_traits::ToPrimitive;

/// `hash(None)` is a constant of the language's implementation.
const NONE_HASH: u64 = 0xFCA8_6420;

/// The hash by identity: the address without the bits that are always zero.
#[inline]
pub(crate) fn hash_identity(value: Value) -> u64 {
    value.bits().rotate_right(4)
}

impl Vm {
    /// `hash(value)` as the 64 bits that tables use.
    pub(crate) fn hash(&mut self, value: Value) -> Result<u64, Raised> {
        if let Some(number) = value.number() {
            return Ok(match number {
                Number::Int(integer) => hash::hash_i64(integer),
                Number::Float(float) => hash::hash_float(float),
                Number::Big(big) => hash::hash_big(&big.number),
            } as u64);
        }
        let Some(kind) = value.kind() else {
            return Ok(if value.is_none() {
                NONE_HASH
            } else {
                hash_identity(value)
            });
        };
        match kind {
            Kind::Str => match value.cast::<Str>() {
                Some(mut string) => {
                    if string.hash == 0 {
                        string.hash = hash::hash_string(string.as_str()) as u64;
                    }
                    Ok(string.hash)
                }
                None => Ok(0),
            },
            Kind::Bytes => match value.cast::<Bytes>() {
                Some(mut bytes) => {
                    if bytes.hash == 0 {
                        bytes.hash = hash::hash_bytes(bytes.as_slice()) as u64;
                    }
                    Ok(bytes.hash)
                }
                None => Ok(0),
            },
            Kind::Instance | Kind::Exception => self.hash_of_program_class(value),
            Kind::Tuple => match value.cast() {
                Some(tuple) => self.hash_tuple(tuple),
                None => Ok(0),
            },
            Kind::Range => match value.cast() {
                Some(range) => self.hash_range(range),
                None => Ok(0),
            },
            Kind::Set => match value.cast::<Set>() {
                Some(set) if !set.is_mutable() => Ok(self.hash_frozenset(set)),
                _ => Err(self.raise_unhashable(value)),
            },
            Kind::Slice => match value.cast::<Slice>() {
                Some(slice) => {
                    let parts = self.new_tuple(&[slice.start, slice.stop, slice.step])?;
                    let hashed = self.hash(parts);
                    self.release(parts);
                    hashed
                }
                None => Ok(0),
            },
            Kind::BoundMethod => match value.cast::<BoundMethod>() {
                Some(method) => Ok(hash_identity(method.receiver) ^ hash_identity(method.function)),
                None => Ok(0),
            },
            Kind::WeakRef => match value.cast::<WeakRef>() {
                Some(reference) => self.hash_weak_reference(reference),
                None => Ok(0),
            },
            Kind::List | Kind::Dict => Err(self.raise_unhashable(value)),
            // Values of a dict have no equality of their own; keys and items are like sets.
            Kind::DictView if value.as_object().is_none_or(|view| view.aux() != 1) => {
                Err(self.raise_unhashable(value))
            }
            _ => Ok(hash_identity(value)),
        }
    }

    #[cold]
    fn raise_unhashable(&mut self, value: Value) -> Raised {
        let name = self.type_name(value);
        self.raise_type_error(&format!("unhashable type: '{name}'"))
    }

    /// The first class in the order that defines `__hash__` or `__eq__` decides: a class with a new
    /// equality and no hash to go with it has none.
    fn hash_of_program_class(&mut self, value: Value) -> Result<u64, Raised> {
        let class = self.class_of(value);
        let object = self.builtin(crate::types::Type::Object).value();
        let (hash_name, equality_name) = (self.names.hash, self.names.eq);
        let mut method = Value::UNSET;
        for &ancestor in class.order() {
            let Some(ancestor) = ancestor.cast::<crate::object::Class>() else {
                continue;
            };
            if ancestor.value() == object {
                break;
            }
            method = ancestor.attributes.get(hash_name);
            if !method.is_unset() {
                break;
            }
            if !ancestor.attributes.get(equality_name).is_unset() {
                method = Value::NONE;
                break;
            }
        }
        if method.is_unset() {
            return Ok(hash_identity(value));
        }
        if method.is_none() {
            return Err(self.raise_unhashable(value));
        }
        let result = self.call_special(method, value, &[])?;
        if !result.is_integer() {
            self.release(result);
            return Err(self.raise_type_error("__hash__ method should return an integer"));
        }
        // A result that fits a machine word is the hash, except that -1 means an error in CPython; the
        // hash of a larger one is.
        let hashed = match big_of(result).to_i64() {
            Some(-1) => Ok(-2_i64 as u64),
            Some(word) => Ok(word as u64),
            None => self.hash(result),
        };
        self.release(result);
        hashed
    }

    /// The hash of the target, which is kept for when it is gone.
    fn hash_weak_reference(&mut self, mut reference: Obj<WeakRef>) -> Result<u64, Raised> {
        if reference.hash.is_unset() {
            let Some(target) = reference.target else {
                return Err(self.raise_type_error("weak object has gone away"));
            };
            let target = Value::from_object(target).increment();
            let hashed = self.hash(target);
            self.release(target);
            let kept = self.new_int(hashed? as i64)?;
            self.replace_field(&raw mut reference.hash, kept);
        }
        self.hash(reference.hash)
    }
}
