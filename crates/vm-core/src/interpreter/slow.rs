//! Operators beyond the loop's fast paths. Nothing here is inlined into the loop.

use crate::ops::arithmetic::BinaryOperator;
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    #[inline(never)]
    pub(crate) fn binary_slow(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
    ) -> Result<Value, Raised> {
        self.binary(operator, left, right)
    }

    #[inline(never)]
    pub(crate) fn in_place_slow(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
    ) -> Result<Value, Raised> {
        self.binary_in_place(operator, left, right)
    }
}
