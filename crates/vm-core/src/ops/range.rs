//! `range`: integers of any size. Where all three numbers are inline, machine integers do the work.

use crate::object::{BigInteger, Obj, Range};
use crate::ops::index::{big_of, clamped, integers_equal};
use crate::pure::hash::TupleHash;
use crate::pure::slice::{range_index, range_item, range_length, range_slice};
use crate::value::Value;
use crate::vm::{Raised, Vm};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};

/// A range whose numbers are inline integers; then nothing it gives overflows 64 bits.
#[derive(Clone, Copy)]
pub(crate) struct InlineRange {
    pub(crate) start: i64,
    pub(crate) stop: i64,
    pub(crate) step: i64,
}

impl InlineRange {
    /// How many integers it has.
    pub(crate) fn length(self) -> u64 {
        range_length(self.start, self.stop, self.step)
    }
}

/// The length of a range of big integers.
fn big_length(start: &BigInt, stop: &BigInt, step: &BigInt) -> BigInt {
    let distance = if step.is_negative() {
        start - stop
    } else {
        stop - start
    };
    if distance.is_positive() {
        (distance - 1u32).div_floor(&step.abs()) + 1u32
    } else {
        BigInt::ZERO
    }
}

impl Vm {
    /// A range's numbers, if all are inline.
    #[inline]
    pub(crate) fn inline_range(&self, range: Obj<Range>) -> Option<InlineRange> {
        Some(InlineRange {
            start: range.start.as_int()?,
            stop: range.stop.as_int()?,
            step: range.step.as_int()?,
        })
    }

    /// A range; takes over the counts of the integers, also when it fails. Owned.
    pub(crate) fn new_range(
        &mut self,
        start: Value,
        stop: Value,
        step: Value,
    ) -> Result<Value, Raised> {
        match self.make_range(start, stop, step) {
            Ok(range) => Ok(range),
            Err(raised) => {
                self.release_all(&[start, stop, step]);
                Err(raised)
            }
        }
    }

    fn make_range(&mut self, start: Value, stop: Value, step: Value) -> Result<Value, Raised> {
        if step == Value::from_i32(0) {
            return Err(self.raise_value_error("range() arg 3 must not be zero"));
        }
        let length = match (start.as_int(), stop.as_int(), step.as_int()) {
            (Some(start), Some(stop), Some(step)) => {
                // Less than 2^51, since the numbers have 50 bits.
                self.new_int(range_length(start, stop, step) as i64)?
            }
            _ => self.new_big_int(big_length(&big_of(start), &big_of(stop), &big_of(step)))?,
        };
        match self.make(|header| Range {
            header,
            start,
            stop,
            step,
            length,
        }) {
            Ok(range) => Ok(range.value()),
            Err(raised) => {
                self.release(length);
                Err(raised)
            }
        }
    }

    /// A range's length for `container_length`.
    #[inline]
    pub(crate) fn range_length_usize(&self, length: Value) -> usize {
        match length.as_int() {
            Some(length) => length as usize,
            None => match clamped(length) {
                i64::MAX => usize::MAX,
                length => length as usize,
            },
        }
    }

    /// `range[index]` for an integer value; owned, `None` if it is outside.
    pub(crate) fn range_item(
        &mut self,
        range: Obj<Range>,
        index: Value,
    ) -> Result<Option<Value>, Raised> {
        if let (Some(inline), Some(index)) = (self.inline_range(range), index.as_int()) {
            return match range_item(inline.start, inline.stop, inline.step, index) {
                Some(item) => self.new_int(item).map(Some),
                None => Ok(None),
            };
        }
        let length = big_of(range.length);
        let mut position = big_of(index);
        if position.is_negative() {
            position += &length;
        }
        if position.is_negative() || position >= length {
            return Ok(None);
        }
        let item = big_of(range.start) + position * big_of(range.step);
        self.new_big_int(item).map(Some)
    }

    /// Where an integer value stands in the range; owned, `None` if it is not in there.
    pub(crate) fn range_find(
        &mut self,
        range: Obj<Range>,
        integer: Value,
    ) -> Result<Option<Value>, Raised> {
        if let Some(inline) = self.inline_range(range) {
            let Some(integer) = integer.as_int() else {
                return Ok(None);
            };
            return match range_index(inline.start, inline.stop, inline.step, integer) {
                Some(position) => self.new_int(position as i64).map(Some),
                None => Ok(None),
            };
        }
        let (position, rest) =
            (big_of(integer) - big_of(range.start)).div_mod_floor(&big_of(range.step));
        if rest.is_zero() && !position.is_negative() && position < big_of(range.length) {
            return self.new_big_int(position).map(Some);
        }
        Ok(None)
    }

    /// Where the first item stands that equals a value; owned, `None` if there is none. Numbers are
    /// found by arithmetic, other built-in values are never in a range, and objects that define
    /// equality are compared with each item.
    pub(crate) fn range_position(
        &mut self,
        range: Obj<Range>,
        value: Value,
    ) -> Result<Option<Value>, Raised> {
        let integer = match value.as_float() {
            Some(float) if float.fract() != 0.0 || !float.is_finite() => return Ok(None),
            Some(float) => match crate::pure::integer::from_float(float) {
                Ok(number) => self.new_big_int(number)?,
                Err(_) => return Ok(None),
            },
            None if value.is_integer() => self.index(value)?,
            None => {
                return match self.find_by_equality(range.value(), value)? {
                    Some(position) => self.new_int(position).map(Some),
                    None => Ok(None),
                };
            }
        };
        let found = self.range_find(range, integer);
        self.release(integer);
        found
    }

    /// `value in range`.
    pub(crate) fn range_contains(
        &mut self,
        range: Obj<Range>,
        value: Value,
    ) -> Result<bool, Raised> {
        match self.range_position(range, value)? {
            Some(position) => {
                self.release(position);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// The position of the first item of a range that an object equals by its own `__eq__`.
    pub(crate) fn find_by_equality(
        &mut self,
        iterable: Value,
        value: Value,
    ) -> Result<Option<i64>, Raised> {
        let name = self.names.eq;
        if self.special_method_of_program(value, name).is_none() {
            return Ok(None);
        }
        let iterator = self.get_iter(iterable)?;
        let mut position = 0;
        let result = loop {
            match self.next(iterator) {
                Ok(Some(item)) => {
                    let equal = self.equal(item, value);
                    self.release(item);
                    match equal {
                        Ok(false) => position += 1,
                        Ok(true) => break Ok(Some(position)),
                        Err(raised) => break Err(raised),
                    }
                }
                Ok(None) => break Ok(None),
                Err(raised) => break Err(raised),
            }
        };
        self.release(iterator);
        result
    }

    /// `range[slice]`. Owned.
    pub(crate) fn range_slice(&mut self, range: Obj<Range>, slice: Value) -> Result<Value, Raised> {
        let bounds = self.slice_integers(slice)?;
        let result = self.range_slice_by(range, bounds);
        self.release_all(&bounds);
        result
    }

    fn range_slice_by(
        &mut self,
        range: Obj<Range>,
        [start, stop, step]: [Value; 3],
    ) -> Result<Value, Raised> {
        let clamp = |bound: Value| {
            if bound.is_none() {
                None
            } else {
                Some(clamped(bound))
            }
        };
        if step == Value::from_i32(0) {
            return Err(self.raise_value_error("slice step cannot be zero"));
        }
        if let Some(inline) = self.inline_range(range)
            && step.cast::<BigInteger>().is_none()
        {
            let bounds = (clamp(start), clamp(stop), clamp(step));
            let numbers = range_slice(inline.start, inline.stop, inline.step, bounds);
            if let Some((start, stop, step)) = numbers {
                return self.new_big_range([start, stop, step].map(BigInt::from));
            }
        }
        let (first, step_of_range) = (big_of(range.start), big_of(range.step));
        let [start, stop, step] = big_slice_indices([start, stop, step], &big_of(range.length));
        let start = &first + start * &step_of_range;
        let stop = first + stop * &step_of_range;
        self.new_big_range([start, stop, step * step_of_range])
    }

    /// A range of integers of any size. Owned.
    pub(crate) fn new_big_range(&mut self, numbers: [BigInt; 3]) -> Result<Value, Raised> {
        let mut values = [Value::NONE; 3];
        for (value, number) in values.iter_mut().zip(numbers) {
            match self.new_big_int(number) {
                Ok(integer) => *value = integer,
                Err(raised) => {
                    self.release_all(&values);
                    return Err(raised);
                }
            }
        }
        let [start, stop, step] = values;
        self.new_range(start, stop, step)
    }

    /// `left == right`: the same integers in the same order.
    pub(crate) fn ranges_equal(
        &mut self,
        left: Obj<Range>,
        right: Obj<Range>,
    ) -> Result<bool, Raised> {
        let (none, one) = (Value::from_i32(0), Value::from_i32(1));
        Ok(integers_equal(left.length, right.length)
            && (left.length == none
                || integers_equal(left.start, right.start)
                    && (left.length == one || integers_equal(left.step, right.step))))
    }

    /// `hash(range)`: of what `ranges_equal` compares.
    pub(crate) fn hash_range(&mut self, range: Obj<Range>) -> Result<u64, Raised> {
        let (none, one) = (Value::from_i32(0), Value::from_i32(1));
        let start = if range.length == none {
            Value::NONE
        } else {
            range.start
        };
        let step = if range.length == none || range.length == one {
            Value::NONE
        } else {
            range.step
        };
        let mut hash = TupleHash::new();
        for part in [range.length, start, step] {
            hash.add(self.key_hash(part)? as i64);
        }
        Ok(hash.finish() as u64)
    }
}

/// `slice.indices(length)` in big integers; `None` values are absent bounds.
pub(crate) fn big_slice_indices([start, stop, step]: [Value; 3], length: &BigInt) -> [BigInt; 3] {
    let step = if step.is_none() {
        BigInt::from(1)
    } else {
        big_of(step)
    };
    let (lower, upper) = if step.is_negative() {
        (BigInt::from(-1), length - 1u32)
    } else {
        (BigInt::ZERO, length.clone())
    };
    let resolve = |bound: Value, absent: &BigInt| {
        if bound.is_none() {
            return absent.clone();
        }
        let mut index = big_of(bound);
        if index.is_negative() {
            index += length;
        }
        index.clamp(lower.clone(), upper.clone())
    };
    let (first, last) = if step.is_negative() {
        (&upper, &lower)
    } else {
        (&lower, &upper)
    };
    [resolve(start, first), resolve(stop, last), step.clone()]
}
