//! Integers beyond 50 bits.

use crate::object::{Dropped, Kind, Layout};
use crate::value::Value;
use num_bigint::BigInt;
use vm_heap::Header;

/// `header │ charged bytes │ number`. The digits are the bignum crate's; their bytes are charged to
/// the heap when the object is made and discharged when it is cleared.
#[repr(C)]
pub(crate) struct BigInteger {
    pub(crate) header: Header,
    /// Bytes charged for the digits.
    pub(crate) digits_bytes: usize,
    /// Never within the inline range: such integers are inline values.
    pub(crate) number: BigInt,
}

impl Layout for BigInteger {
    const KIND: Kind = Kind::BigInt;
    const TRACKED: bool = false;
    fn traverse(&self, _visit: &mut impl FnMut(Value)) {}
    fn clear(&mut self, dropped: &mut Dropped<'_>) {
        self.number = BigInt::ZERO;
        dropped.heap.discharge(self.digits_bytes);
        self.digits_bytes = 0;
    }
}
