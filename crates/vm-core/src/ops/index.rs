//! Integers as indices: `operator.index` and what sequences do with it.

use crate::object::BigInteger;
use crate::ops::number::integer_i64;
use crate::pure::slice::item_position;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use num_bigint::{BigInt, Sign};

/// The number of an integer value; zero for anything else.
pub(crate) fn big_of(value: Value) -> BigInt {
    match value.cast::<BigInteger>() {
        Some(big) => big.number.clone(),
        None => BigInt::from(value.as_int().unwrap_or(0)),
    }
}

/// An integer value as the nearest `i64`.
pub(crate) fn clamped(value: Value) -> i64 {
    match value.cast::<BigInteger>() {
        Some(big) => i64::try_from(&big.number).unwrap_or(match big.number.sign() {
            Sign::Minus => i64::MIN,
            _ => i64::MAX,
        }),
        None => value.as_int().unwrap_or(0),
    }
}

/// Whether two integer values are the same number.
pub(crate) fn integers_equal(left: Value, right: Value) -> bool {
    match (left.cast::<BigInteger>(), right.cast::<BigInteger>()) {
        (Some(left), Some(right)) => left.number == right.number,
        _ => left == right,
    }
}

impl Vm {
    /// `operator.index(value)`: an integer value, inline or big, owned; `None` if the value is not
    /// an integer and has no `__index__`.
    #[inline]
    pub(crate) fn index_value(&mut self, value: Value) -> Result<Option<Value>, Raised> {
        if value.is_int() {
            return Ok(Some(value));
        }
        if !self.has_index(value) {
            return Ok(None);
        }
        self.index(value).map(Some)
    }

    /// The index that subscribes a sequence; `None` if the key is no integer. IndexError beyond
    /// `i64`.
    pub(crate) fn subscript_index(&mut self, key: Value) -> Result<Option<i64>, Raised> {
        let Some(integer) = self.index_value(key)? else {
            return Ok(None);
        };
        let index = integer_i64(integer);
        self.release(integer);
        match index {
            Some(index) => Ok(Some(index)),
            None => {
                let name = self.type_name(key);
                let message = format!("cannot fit '{name}' into an index-sized integer");
                Err(self.raise_index_error(&message))
            }
        }
    }

    /// The position in a sequence of a length that a key subscribes; `None` if the key is no
    /// integer. IndexError with `message` if it is outside.
    pub(crate) fn subscript_position(
        &mut self,
        key: Value,
        length: impl FnOnce() -> usize,
        message: &str,
    ) -> Result<Option<usize>, Raised> {
        let Some(index) = self.subscript_index(key)? else {
            return Ok(None);
        };
        match item_position(index, length()) {
            Some(position) => Ok(Some(position)),
            None => Err(self.raise_index_error(message)),
        }
    }

    /// An argument such as the `start` of `list.index`: any integer, clamped.
    pub(crate) fn clamped_index_argument(&mut self, value: Value) -> Result<i64, Raised> {
        if !self.has_index(value) {
            return Err(
                self.raise_type_error("slice indices must be integers or have an __index__ method")
            );
        }
        self.index_i64_clamped(value)
    }

    /// An integer value plus one. Owned.
    pub(crate) fn integer_plus_one(&mut self, integer: Value) -> Result<Value, Raised> {
        match integer.as_int() {
            Some(number) => self.new_int(number + 1),
            None => self.new_big_int(big_of(integer) + 1),
        }
    }
}
