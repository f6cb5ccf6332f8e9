//! Numbers of every representation: inline and big integers, booleans, floats.
//!
//! ```text
//!  value            │ number
//!  True, False      │ Int(1), Int(0)
//!  inline integer   │ Int        50 bits
//!  big integer      │ Big        beyond 50 bits
//!  float            │ Float
//!  anything else    │ none; `__index__`, `__float__` of program classes are asked where fitting
//! ```

use crate::object::{BigInteger, Kind, Obj};
use crate::pure::{OperationError, integer};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use core::cmp::Ordering;
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};
use std::borrow::Cow;
use vm_heap::OutOfMemory;

/// The most bits of an integer: five million decimal digits. Dividing two of the largest takes
/// seconds, and nothing in between can be interrupted. Beyond it is a `MemoryError`.
pub(crate) const INTEGER_BITS_MAX: u64 = 1 << 24;

/// A number, whatever its representation.
#[derive(Clone, Copy)]
pub(crate) enum Number {
    /// An inline integer or a boolean.
    Int(i64),
    /// A big integer; borrowed.
    Big(Obj<BigInteger>),
    /// A float.
    Float(f64),
}

#[allow(
    clippy::wrong_self_convention,
    reason = "what comes out borrows from the number"
)]
impl Number {
    /// The integer, at full size; `None` for a float.
    pub(crate) fn to_big(&self) -> Option<Cow<'_, BigInt>> {
        match self {
            Number::Int(integer) => Some(Cow::Owned(BigInt::from(*integer))),
            Number::Big(big) => Some(Cow::Borrowed(&big.number)),
            Number::Float(_) => None,
        }
    }

    /// The nearest float; `OverflowError` for an integer beyond all floats.
    pub(crate) fn to_float(&self) -> Result<f64, OperationError> {
        match self {
            Number::Int(integer) => Ok(*integer as f64),
            Number::Big(big) => integer::to_float(&big.number),
            Number::Float(float) => Ok(*float),
        }
    }

    /// How two numbers compare, exactly; `None` if one is not a number.
    pub(crate) fn partial_order(&self, other: &Number) -> Option<Ordering> {
        match (self, other) {
            (Number::Int(left), Number::Int(right)) => Some(left.cmp(right)),
            (Number::Float(left), Number::Float(right)) => left.partial_cmp(right),
            (Number::Int(left), Number::Float(right)) => {
                integer::compare_i64_with_float(*left, *right)
            }
            (Number::Big(left), Number::Float(right)) => {
                integer::compare_with_float(&left.number, *right)
            }
            (Number::Big(left), Number::Big(right)) => Some(left.number.cmp(&right.number)),
            // A big integer is beyond every inline one.
            (Number::Int(_), Number::Big(big)) if big.number.is_negative() => {
                Some(Ordering::Greater)
            }
            (Number::Int(_), Number::Big(_)) => Some(Ordering::Less),
            (Number::Big(_), Number::Int(_)) | (Number::Float(_), _) => {
                other.partial_order(self).map(Ordering::reverse)
            }
        }
    }
}

impl Value {
    /// The number this value is; booleans count as integers.
    #[inline]
    pub(crate) fn number(self) -> Option<Number> {
        if self.is_int() {
            Some(Number::Int(self.int_unchecked()))
        } else if self.is_float() {
            Some(Number::Float(self.float_unchecked()))
        } else if let Some(truth) = self.as_bool() {
            Some(Number::Int(i64::from(truth)))
        } else {
            self.cast::<BigInteger>().map(Number::Big)
        }
    }

    /// Whether it is an integer of any size, or a boolean.
    #[inline]
    pub(crate) fn is_integer(self) -> bool {
        matches!(self.number(), Some(Number::Int(_) | Number::Big(_)))
    }

    /// Whether a class of a program decides what operators do with it.
    #[inline]
    pub(crate) fn is_of_program_class(self) -> bool {
        matches!(self.kind(), Some(Kind::Instance | Kind::Exception))
    }
}

impl Vm {
    /// The outcome of a pure operation: its error becomes the exception it names.
    #[inline]
    pub(crate) fn checked<T>(&mut self, outcome: Result<T, OperationError>) -> Result<T, Raised> {
        outcome.map_err(|error| self.raise_operation_error(&error))
    }

    /// Raises the exception that an error of a pure operation names.
    #[cold]
    pub(crate) fn raise_operation_error(&mut self, error: &OperationError) -> Raised {
        match error {
            OperationError::ZeroDivision(message) => self.raise(Type::ZeroDivisionError, message),
            OperationError::Overflow(message) => self.raise(Type::OverflowError, message),
            OperationError::Value(message) => self.raise(Type::ValueError, message),
            OperationError::TooLarge { bits } => {
                self.raise_too_large(usize::try_from(bits / 8).unwrap_or(usize::MAX))
            }
        }
    }

    /// `MemoryError` for a result of that many bytes.
    #[cold]
    pub(crate) fn raise_too_large(&mut self, requested_bytes: usize) -> Raised {
        let (heap_bytes, limit_bytes) = (self.heap.heap_bytes(), self.heap.limit_bytes());
        self.raise_memory_error(OutOfMemory {
            requested_bytes,
            heap_bytes,
            limit_bytes,
        })
    }

    /// Runs `make` while `bytes` of temporary memory are charged to the heap; `MemoryError` if they
    /// do not fit.
    pub(crate) fn with_charged<T>(
        &mut self,
        bytes: usize,
        make: impl FnOnce(&mut Vm) -> Result<T, Raised>,
    ) -> Result<T, Raised> {
        if let Err(error) = self.heap.charge(bytes) {
            return Err(self.raise_memory_error(error));
        }
        let made = make(self);
        self.heap.discharge(bytes);
        made
    }

    /// Calls the special method that the program class of `receiver` defines; `None` if it has none
    /// or declines with `NotImplemented`.
    pub(crate) fn try_method(
        &mut self,
        receiver: Value,
        name: Value,
        arguments: &[Value],
    ) -> Result<Option<Value>, Raised> {
        if !receiver.is_of_program_class() {
            return Ok(None);
        }
        let Some(method) = self.special_method_of_program(receiver, name) else {
            return Ok(None);
        };
        let result = self.call_special(method, receiver, arguments)?;
        Ok(if result == Value::NOT_IMPLEMENTED {
            None
        } else {
            Some(result)
        })
    }

    /// `operator.index(value)`: an integer. Owned.
    pub(crate) fn index(&mut self, value: Value) -> Result<Value, Raised> {
        match value.number() {
            Some(Number::Int(integer)) => return Ok(Value::from_int_unchecked(integer)),
            Some(Number::Big(_)) => return Ok(value.increment()),
            _ => {}
        }
        if let Some(result) = self.try_method(value, self.names.index, &[])? {
            return self.require_integer(result, "__index__");
        }
        let name = self.type_name(value);
        Err(self.raise_type_error(&format!(
            "'{name}' object cannot be interpreted as an integer"
        )))
    }

    /// Whether [`Self::index`] has a chance: integers, and classes with `__index__`.
    pub(crate) fn has_index(&self, value: Value) -> bool {
        value.is_integer()
            || value.is_of_program_class()
                && self
                    .special_method_of_program(value, self.names.index)
                    .is_some()
    }

    /// The owned result of a special method that must be an integer, without its being a boolean.
    pub(crate) fn require_integer(&mut self, result: Value, method: &str) -> Result<Value, Raised> {
        match result.number() {
            Some(Number::Int(integer)) => Ok(Value::from_int_unchecked(integer)),
            Some(Number::Big(_)) => Ok(result),
            _ => {
                let name = self.type_name(result);
                self.release(result);
                Err(self.raise_type_error(&format!("{method} returned non-int (type {name})")))
            }
        }
    }

    /// `operator.index` as 64 bits; `OverflowError` beyond.
    pub(crate) fn index_i64(&mut self, value: Value) -> Result<i64, Raised> {
        self.index_i64_or(value, "cannot fit 'int' into an index-sized integer")
    }

    /// As [`Self::index_i64`], with the text of the `OverflowError`.
    pub(crate) fn index_i64_or(&mut self, value: Value, message: &str) -> Result<i64, Raised> {
        let index = self.index(value)?;
        let converted = integer_i64(index);
        self.release(index);
        converted.ok_or_else(|| self.raise_overflow_error(message))
    }

    /// `operator.index` as 64 bits; beyond, the nearest end of the range.
    pub(crate) fn index_i64_clamped(&mut self, value: Value) -> Result<i64, Raised> {
        let index = self.index(value)?;
        let negative = matches!(index.number(), Some(Number::Big(big)) if big.number.is_negative());
        let clamped = integer_i64(index).unwrap_or(if negative { i64::MIN } else { i64::MAX });
        self.release(index);
        Ok(clamped)
    }

    /// An optional `start` or `end` argument (unset or `None` if absent) as `str.find` and others
    /// take them.
    pub(crate) fn range_argument(&mut self, value: Value) -> Result<Option<i64>, Raised> {
        if value.is_unset() || value.is_none() {
            return Ok(None);
        }
        if !self.has_index(value) {
            return Err(self.raise_type_error(
                "slice indices must be integers or None or have an __index__ method",
            ));
        }
        self.index_i64_clamped(value).map(Some)
    }

    /// A real number as a float, as mathematical functions take it.
    pub(crate) fn float_of(&mut self, value: Value) -> Result<f64, Raised> {
        if let Some(number) = value.number() {
            return self.checked(number.to_float());
        }
        match self.float_by_method(value)? {
            Some(float) => Ok(float),
            None => {
                let name = self.type_name(value);
                Err(self.raise_type_error(&format!("must be real number, not {name}")))
            }
        }
    }

    /// What `__float__` or `__index__` of a program class gives, if it has one of them.
    pub(crate) fn float_by_method(&mut self, value: Value) -> Result<Option<f64>, Raised> {
        if let Some(result) = self.try_method(value, self.names.float, &[])? {
            if let Some(float) = result.as_float() {
                return Ok(Some(float));
            }
            let (owner, name) = (self.type_name(value), self.type_name(result));
            self.release(result);
            return Err(self.raise_type_error(&format!(
                "{owner}.__float__ returned non-float (type {name})"
            )));
        }
        if !self.has_index(value) {
            return Ok(None);
        }
        let index = self.index(value)?;
        let float = index.number().map_or(Ok(0.0), |number| number.to_float());
        self.release(index);
        self.checked(float).map(Some)
    }
}

/// An integer value as 64 bits, if it fits.
pub(crate) fn integer_i64(value: Value) -> Option<i64> {
    match value.number()? {
        Number::Int(integer) => Some(integer),
        Number::Big(big) => big.number.to_i64(),
        Number::Float(_) => None,
    }
}
