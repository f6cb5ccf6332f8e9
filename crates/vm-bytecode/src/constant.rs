//! Constants, in the form that a module stores.

use crate::module::ConstantIndex;

/// A value that is known when the module is made.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Constant {
    /// `None`.
    None,
    /// `True`.
    True,
    /// `False`.
    False,
    /// `...`.
    Ellipsis,
    /// An integer of any size.
    Int(Integer),
    /// A float by its bits, so that equality is identity of the stored form.
    Float(u64),
    /// A string.
    Str(String),
    /// A bytes value.
    Bytes(Vec<u8>),
    /// A tuple of constants with lower indices than its own.
    Tuple(Vec<ConstantIndex>),
}

impl Constant {
    /// The float constant of a value.
    #[must_use]
    pub const fn float(value: f64) -> Self {
        Constant::Float(value.to_bits())
    }
}

impl From<i64> for Constant {
    fn from(value: i64) -> Self {
        Constant::Int(Integer::from(value))
    }
}

impl From<&str> for Constant {
    fn from(value: &str) -> Self {
        Constant::Str(value.to_owned())
    }
}

/// An integer as sign and magnitude. Zero is not negative and has no bytes; the last byte is never
/// zero.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Integer {
    negative: bool,
    magnitude: Vec<u8>,
}

impl Integer {
    /// The integer of a sign and a magnitude, whose least significant byte comes first.
    #[must_use]
    pub fn new(negative: bool, mut magnitude: Vec<u8>) -> Self {
        let length = magnitude
            .iter()
            .rposition(|&byte| byte != 0)
            .map_or(0, |last| last + 1);
        magnitude.truncate(length);
        Integer {
            negative: negative && length != 0,
            magnitude,
        }
    }

    /// True below zero.
    #[must_use]
    pub const fn is_negative(&self) -> bool {
        self.negative
    }

    /// The absolute value, least significant byte first, without zero bytes at the end.
    #[must_use]
    pub fn magnitude(&self) -> &[u8] {
        &self.magnitude
    }

    /// The value, if it fits 64 bits.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        if self.magnitude.len() > 8 {
            return None;
        }
        let mut bytes = [0; 8];
        bytes[..self.magnitude.len()].copy_from_slice(&self.magnitude);
        let magnitude = i128::from(u64::from_le_bytes(bytes));
        i64::try_from(if self.negative { -magnitude } else { magnitude }).ok()
    }
}

impl From<i64> for Integer {
    fn from(value: i64) -> Self {
        Integer::new(value < 0, value.unsigned_abs().to_le_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::Integer;

    #[test]
    fn integers_have_one_form() {
        assert_eq!(Integer::new(true, vec![0, 0]), Integer::from(0));
        assert_eq!(
            Integer::new(true, vec![0x39, 0x05, 0]),
            Integer::from(-1337)
        );
        assert_eq!(Integer::from(256).magnitude(), [0, 1]);
        assert!(Integer::from(i64::MIN).is_negative());
    }

    #[test]
    fn integers_return_to_64_bits_if_they_fit() {
        for value in [0, 1, -1, 255, -256, i64::MAX, i64::MIN] {
            assert_eq!(Integer::from(value).to_i64(), Some(value));
        }
        assert_eq!(
            Integer::new(false, vec![0, 0, 0, 0, 0, 0, 0, 0x80]).to_i64(),
            None
        );
        assert_eq!(
            Integer::new(true, vec![1, 0, 0, 0, 0, 0, 0, 0x80]).to_i64(),
            None
        );
        assert_eq!(
            Integer::new(false, vec![0, 0, 0, 0, 0, 0, 0, 0, 1]).to_i64(),
            None
        );
    }
}
