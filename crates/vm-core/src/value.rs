//! The value word: eight bytes that hold an object reference, a float, an integer or a singleton.
//!
//! ```text
//!  63            48 47                                             0
//! ┌────────────────┬────────────────────────────────────────────────┐
//! │ 0x0000         │ address of a heap object (8-byte aligned)      │ object
//! │ 0x0001..0xFFF9 │ the bits of a double, plus 2^48                │ float
//! │ 0xFFFA         │ 0 unset, 1 None, 2 False, 3 True, ...          │ singleton
//! │ 0xFFFC..0xFFFF │ an integer of 50 bits, minus 2^49              │ integer
//! └────────────────┴────────────────────────────────────────────────┘
//! ```
//!
//! * Object references are stored as they are, so the test "does this word own a count?" is one
//!   comparison, and following it is one load.
//! * A float is one addition away from its bits. NaNs are made canonical when they enter.
//! * Both operands are integers exactly when the bitwise *and* of the two words is at least
//!   `INT_TAG`: one comparison for two operands.
//! * An integer `i` is the word `i - 2^49`, read as a signed number: the words from `-2^50` to `-1`.
//!   So integers are ordered as their words are, and a sum is the sum of the words plus `2^49`, in
//!   range exactly when the result is at least `INT_TAG` again: no shifting, no tagging.
//!
//! **Ownership.** A `Value` is `Copy` and says nothing about counts. Wherever one is *stored*
//! (register, field, list slot, constant) that place owns one count of the object. A `Value`
//! passed as an argument is borrowed; a `Value` returned as `Result<Value, Raised>` is owned by the
//! caller, unless the function's documentation says "borrowed". `Vm::verify` recomputes every count
//! and runs at the end of every test, so a slip does not live long.
//!
//! The encoding was chosen by measurement: `docs/decisions/0003-value-encoding.md`.

use core::fmt;
use vm_heap::{Header, ObjectRef};

/// One machine word that holds any value of a program. See the module documentation.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Value(u64);

const _: () = assert!(size_of::<Value>() == 8);

/// Added to a double's bits so that objects keep the all-zero top.
const FLOAT_OFFSET: u64 = 1 << 48;
/// First word that is neither an object nor a float.
const SINGLETON_TAG: u64 = 0xFFFA << 48;
/// The top fourteen bits of every inline integer.
pub(crate) const INT_TAG: u64 = 0xFFFC << 48;
/// Bits of an inline integer, sign included.
const INT_BITS: u32 = 50;
/// What an integer's word is below the integer.
const INT_OFFSET: i64 = 1 << (INT_BITS - 1);

impl Value {
    /// No value: an empty register, an empty cell, a missing attribute. Never seen by programs.
    pub(crate) const UNSET: Value = Value(SINGLETON_TAG);
    /// `None`.
    pub(crate) const NONE: Value = Value(SINGLETON_TAG + 1);
    /// `False`.
    pub(crate) const FALSE: Value = Value(SINGLETON_TAG + 2);
    /// `True`.
    pub(crate) const TRUE: Value = Value(SINGLETON_TAG + 3);
    /// `NotImplemented`, what an operator method returns to decline.
    pub(crate) const NOT_IMPLEMENTED: Value = Value(SINGLETON_TAG + 4);
    /// `...`.
    pub(crate) const ELLIPSIS: Value = Value(SINGLETON_TAG + 5);

    /// Smallest integer that is stored inline.
    pub(crate) const INT_MIN: i64 = -(1 << (INT_BITS - 1));
    /// Largest integer that is stored inline.
    pub(crate) const INT_MAX: i64 = (1 << (INT_BITS - 1)) - 1;

    /// An inline integer, or `None` if it needs a big integer.
    #[inline(always)]
    pub(crate) const fn from_int(integer: i64) -> Option<Value> {
        if integer >= Self::INT_MIN && integer <= Self::INT_MAX {
            Some(Self::from_int_unchecked(integer))
        } else {
            None
        }
    }

    /// An integer known to fit 50 bits, such as a length or a 32-bit number.
    #[inline(always)]
    pub(crate) const fn from_int_unchecked(integer: i64) -> Value {
        debug_assert!(integer >= Self::INT_MIN && integer <= Self::INT_MAX);
        Value(integer.wrapping_sub(INT_OFFSET) as u64)
    }

    /// A 32-bit integer; always inline.
    #[inline(always)]
    pub(crate) const fn from_i32(integer: i32) -> Value {
        Self::from_int_unchecked(integer as i64)
    }

    /// A float.
    #[inline(always)]
    pub(crate) fn from_float(float: f64) -> Value {
        let bits = if float.is_nan() {
            0x7FF8 << 48
        } else {
            float.to_bits()
        };
        Value(bits + FLOAT_OFFSET)
    }

    /// The result of a processor's operation on floats of this encoding. Whatever made a NaN made it
    /// quiet and without a payload: there are two such, by sign, and both fit.
    #[inline(always)]
    pub(crate) fn from_arithmetic(float: f64) -> Value {
        debug_assert!(float.to_bits() <= 0xFFF8 << 48, "a NaN with a payload");
        Value(float.to_bits() + FLOAT_OFFSET)
    }

    /// `True` or `False`.
    #[inline(always)]
    pub(crate) const fn from_bool(truth: bool) -> Value {
        Value(SINGLETON_TAG + 2 + truth as u64)
    }

    /// A heap object. Takes no count: the caller moves or lends one.
    #[inline(always)]
    pub(crate) fn from_object(object: ObjectRef) -> Value {
        let address = object.address() as u64;
        debug_assert!(address < FLOAT_OFFSET && address & 7 == 0);
        Value(address)
    }

    /// Whether the word is an object reference, and so owns a count where it is stored.
    #[inline(always)]
    pub(crate) const fn is_object(self) -> bool {
        self.0 < FLOAT_OFFSET
    }

    /// Whether the word stored at a place is an object reference. Reads only its top 16 bits, which
    /// is one instruction of the processor where `is_object` needs three; volatile, because the compiler
    /// would make one read of this and of the whole word, and three instructions again.
    ///
    /// # Safety
    ///
    /// `place` points to a value.
    #[inline(always)]
    pub(crate) unsafe fn is_object_at(place: *const Value) -> bool {
        let index = if cfg!(target_endian = "little") { 3 } else { 0 };
        // SAFETY: a word is four times 16 bits.
        unsafe { place.cast::<u16>().add(index).read_volatile() == 0 }
    }

    /// The value stored at a place, and one more count of it if it is an object: as
    /// [`Self::is_object_at`], and [`Self::increment`].
    ///
    /// # Safety
    ///
    /// `place` points to a value.
    #[inline(always)]
    #[cfg_attr(feature = "trace-counts", track_caller)]
    pub(crate) unsafe fn increment_at(place: *const Value) -> Value {
        // SAFETY: the caller's.
        let value = unsafe { *place };
        // SAFETY: the caller's.
        if unsafe { Value::is_object_at(place) } {
            value.object_unchecked().increment();
        }
        value
    }

    /// The same of a place that is borrowed.
    #[inline(always)]
    #[cfg_attr(feature = "trace-counts", track_caller)]
    pub(crate) fn increment_here(&self) -> Value {
        // SAFETY: a reference points to a value.
        unsafe { Value::increment_at(self) }
    }

    /// The object, if it is one.
    #[inline(always)]
    pub(crate) fn as_object(self) -> Option<ObjectRef> {
        if self.is_object() {
            Some(self.object_unchecked())
        } else {
            None
        }
    }

    /// The object of a word that was just seen to be one.
    #[inline(always)]
    pub(crate) fn object_unchecked(self) -> ObjectRef {
        debug_assert!(self.is_object() && self.0 != 0);
        // SAFETY: an object word is made only by `from_object` from a valid reference, and a value
        // is used only while a count keeps that object alive (the module's ownership rule).
        unsafe { ObjectRef::from_raw(core::ptr::NonNull::new_unchecked(self.0 as *mut Header)) }
    }

    /// Whether it is an inline integer (`bool` is not; big integers are objects).
    #[inline(always)]
    pub(crate) const fn is_int(self) -> bool {
        self.0 >= INT_TAG
    }

    /// Whether both are inline integers, in one comparison.
    #[inline(always)]
    pub(crate) const fn both_int(self, other: Value) -> bool {
        (self.0 & other.0) >= INT_TAG
    }

    /// The inline integer, if it is one.
    #[inline(always)]
    pub(crate) const fn as_int(self) -> Option<i64> {
        if self.is_int() {
            Some(self.int_unchecked())
        } else {
            None
        }
    }

    /// The integer of a word known to be one.
    #[inline(always)]
    pub(crate) const fn int_unchecked(self) -> i64 {
        debug_assert!(self.is_int());
        (self.0 as i64).wrapping_add(INT_OFFSET)
    }

    /// The sum of two words known to be integers, unless it needs a big integer.
    #[inline(always)]
    pub(crate) const fn add_ints(self, other: Value) -> Option<Value> {
        Self::in_range(self.0.wrapping_add(other.0).wrapping_add(INT_OFFSET as u64))
    }

    /// The difference of two words known to be integers, unless it needs a big integer.
    #[inline(always)]
    pub(crate) const fn sub_ints(self, other: Value) -> Option<Value> {
        Self::in_range(self.0.wrapping_sub(other.0).wrapping_sub(INT_OFFSET as u64))
    }

    /// The sum of a word known to be an integer and a small number, unless it needs a big integer.
    #[inline(always)]
    pub(crate) const fn plus_small(self, number: i8) -> Option<Value> {
        Self::in_range(self.0.wrapping_add(number as i64 as u64))
    }

    /// The difference of a word known to be an integer and a small number, unless it needs a big
    /// integer.
    #[inline(always)]
    pub(crate) const fn minus_small(self, number: i8) -> Option<Value> {
        Self::in_range(self.0.wrapping_sub(number as i64 as u64))
    }

    /// The product of two words known to be integers, unless it needs a big integer.
    #[inline(always)]
    pub(crate) const fn mul_ints(self, other: Value) -> Option<Value> {
        match self.int_unchecked().checked_mul(other.int_unchecked()) {
            Some(product) => Self::from_int(product),
            None => None,
        }
    }

    /// The word, if it is an integer's.
    #[inline(always)]
    const fn in_range(word: u64) -> Option<Value> {
        if word >= INT_TAG {
            Some(Value(word))
        } else {
            None
        }
    }

    /// Whether it is a float.
    #[inline(always)]
    pub(crate) const fn is_float(self) -> bool {
        self.0.wrapping_sub(FLOAT_OFFSET) < SINGLETON_TAG - FLOAT_OFFSET
    }

    /// The float, if it is one.
    #[inline(always)]
    pub(crate) fn as_float(self) -> Option<f64> {
        if self.is_float() {
            Some(self.float_unchecked())
        } else {
            None
        }
    }

    /// The float of a word known to be one.
    #[inline(always)]
    pub(crate) fn float_unchecked(self) -> f64 {
        debug_assert!(self.is_float());
        f64::from_bits(self.0 - FLOAT_OFFSET)
    }

    /// The float of a word, and a NaN of every word that is not a float: what the encoding has no
    /// doubles for are NaNs with a payload. So whatever is computed from two words this way, and is a
    /// number, was computed from two floats: the question needs no comparisons before the answer.
    #[inline(always)]
    pub(crate) fn float_or_nan(self) -> f64 {
        let float = f64::from_bits(self.0.wrapping_sub(FLOAT_OFFSET));
        debug_assert!(self.is_float() || float.is_nan());
        float
    }

    /// Both as floats, if one is a float and the other a float or an inline integer, which a double
    /// holds exactly: so what is computed or compared with them is what Python says of the two.
    #[inline(always)]
    pub(crate) fn float_pair(self, other: Value) -> Option<(f64, f64)> {
        if self.is_float() {
            let left = self.float_unchecked();
            if other.is_float() {
                Some((left, other.float_unchecked()))
            } else if other.is_int() {
                Some((left, other.int_unchecked() as f64))
            } else {
                None
            }
        } else if self.is_int() && other.is_float() {
            Some((self.int_unchecked() as f64, other.float_unchecked()))
        } else {
            None
        }
    }

    /// `True` or `False`, if it is one of them.
    #[inline(always)]
    pub(crate) const fn as_bool(self) -> Option<bool> {
        match self {
            Value::TRUE => Some(true),
            Value::FALSE => Some(false),
            _ => None,
        }
    }

    /// Whether it is `None`.
    #[inline(always)]
    pub(crate) const fn is_none(self) -> bool {
        self.0 == Self::NONE.0
    }

    /// Whether it is the absent value.
    #[inline(always)]
    pub(crate) const fn is_unset(self) -> bool {
        self.0 == Self::UNSET.0
    }

    /// `None` for the absent value.
    #[inline(always)]
    pub(crate) fn set(self) -> Option<Value> {
        if self.is_unset() { None } else { Some(self) }
    }

    /// The word itself: identity (`is`), and hashing by identity.
    #[inline(always)]
    pub(crate) const fn bits(self) -> u64 {
        self.0
    }

    /// The value whose [`Self::bits`] these are.
    pub(crate) const fn from_bits(bits: u64) -> Value {
        Value(bits)
    }

    /// Whether it is an object whose count changes: one that is not immortal.
    #[inline]
    pub(crate) fn is_counted(self) -> bool {
        self.as_object().is_some_and(|object| !object.is_immortal())
    }

    /// Takes one more count, if it is an object, and returns itself.
    #[inline(always)]
    #[cfg_attr(feature = "trace-counts", track_caller)]
    pub(crate) fn increment(self) -> Value {
        if self.is_object() {
            self.object_unchecked().increment();
        }
        self
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Value::UNSET => f.write_str("unset"),
            Value::NONE => f.write_str("None"),
            Value::NOT_IMPLEMENTED => f.write_str("NotImplemented"),
            Value::ELLIPSIS => f.write_str("Ellipsis"),
            value => {
                if let Some(truth) = value.as_bool() {
                    write!(f, "{truth}")
                } else if let Some(integer) = value.as_int() {
                    write!(f, "{integer}")
                } else if let Some(float) = value.as_float() {
                    write!(f, "{float:?}")
                } else {
                    write!(f, "object@{:#x}", self.0)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_round_trip_at_the_edges() {
        for integer in [
            0,
            1,
            -1,
            Value::INT_MIN,
            Value::INT_MAX,
            1 << 40,
            -(1 << 40),
        ] {
            let value = Value::from_int(integer).unwrap();
            assert!(value.is_int() && !value.is_float() && !value.is_object());
            assert_eq!(value.as_int(), Some(integer));
        }
        assert!(Value::from_int(Value::INT_MAX + 1).is_none());
        assert!(Value::from_int(Value::INT_MIN - 1).is_none());
    }

    #[test]
    fn sums_and_products_are_exact_or_refused() {
        let edges = [
            0,
            1,
            -1,
            7,
            1 << 25,
            -(1 << 25),
            Value::INT_MIN,
            Value::INT_MAX,
        ];
        for left in edges {
            for right in edges {
                let (a, b) = (
                    Value::from_int(left).unwrap(),
                    Value::from_int(right).unwrap(),
                );
                assert_eq!(
                    a.add_ints(b),
                    Value::from_int(left + right),
                    "{left} + {right}"
                );
                assert_eq!(
                    a.sub_ints(b),
                    Value::from_int(left - right),
                    "{left} - {right}"
                );
                let product = left.checked_mul(right).and_then(Value::from_int);
                assert_eq!(a.mul_ints(b), product, "{left} * {right}");
                assert_eq!(a.bits() < b.bits(), left < right, "{left} < {right}");
            }
        }
    }

    #[test]
    fn floats_round_trip_and_are_nothing_else() {
        let floats = [
            0.0,
            -0.0,
            1.5,
            -1.5,
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            5e-324,
        ];
        for float in floats.into_iter().chain([f64::INFINITY, f64::NEG_INFINITY]) {
            let value = Value::from_float(float);
            assert!(value.is_float() && !value.is_int() && !value.is_object());
            assert_eq!(value.as_float().unwrap().to_bits(), float.to_bits());
        }
        for nan in [f64::NAN, -f64::NAN, f64::from_bits(0xFFFF_FFFF_FFFF_FFFF)] {
            assert!(Value::from_float(nan).as_float().unwrap().is_nan());
        }
    }

    #[test]
    fn singletons_are_distinct_and_neither_float_nor_int_nor_object() {
        let all = [
            Value::UNSET,
            Value::NONE,
            Value::FALSE,
            Value::TRUE,
            Value::NOT_IMPLEMENTED,
            Value::ELLIPSIS,
        ];
        for (index, value) in all.iter().enumerate() {
            assert!(!value.is_float() && !value.is_int() && !value.is_object());
            assert!(all[index + 1..].iter().all(|other| other != value));
        }
    }
}
