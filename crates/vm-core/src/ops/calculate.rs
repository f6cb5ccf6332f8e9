//! Operators on numbers.
//!
//! Two inline integers are worked out on 64 bits as long as the result fits; one float makes it a
//! float operation; the rest is done on integers of any size. The rules are in `pure::integer` and
//! `pure::float_ops`; here is which of them applies.

use crate::ops::arithmetic::{BinaryOperator, UnaryOperator};
use crate::ops::number::{INTEGER_BITS_MAX, Number};
use crate::pure::{OperationError, float_ops, integer};
use crate::value::Value;
use crate::vm::{Raised, Vm};
use num_bigint::BigInt;
use num_traits::Signed;

const DIVISION_BY_ZERO: &str = "integer division or modulo by zero";

impl Vm {
    /// `left operator right` on numbers; `None` if numbers do not have the operator. Owned.
    #[inline]
    pub(crate) fn binary_numbers(
        &mut self,
        operator: BinaryOperator,
        left: Number,
        right: Number,
    ) -> Result<Option<Value>, Raised> {
        match (left, right) {
            (Number::Int(left), Number::Int(right)) => self.binary_ints(operator, left, right),
            (Number::Float(left), Number::Float(right)) => {
                self.binary_floats(operator, left, right)
            }
            (Number::Float(_), _) | (_, Number::Float(_)) => {
                if matches!(
                    operator,
                    BinaryOperator::MatMul
                        | BinaryOperator::LeftShift
                        | BinaryOperator::RightShift
                        | BinaryOperator::And
                        | BinaryOperator::Or
                        | BinaryOperator::Xor
                ) {
                    return Ok(None);
                }
                let left = self.checked(left.to_float())?;
                let right = self.checked(right.to_float())?;
                self.binary_floats(operator, left, right)
            }
            _ => {
                let (Some(left), Some(right)) = (left.to_big(), right.to_big()) else {
                    return Ok(None);
                };
                self.binary_big(operator, &left, &right)
            }
        }
    }

    /// On inline integers (50 bits).
    pub(crate) fn binary_ints(
        &mut self,
        operator: BinaryOperator,
        left: i64,
        right: i64,
    ) -> Result<Option<Value>, Raised> {
        let small = match operator {
            BinaryOperator::Add => Some(left + right),
            BinaryOperator::Sub => Some(left - right),
            BinaryOperator::Mul => left.checked_mul(right),
            BinaryOperator::And => Some(left & right),
            BinaryOperator::Or => Some(left | right),
            BinaryOperator::Xor => Some(left ^ right),
            BinaryOperator::TrueDiv => {
                if right == 0 {
                    return Err(self.raise_zero_division("division by zero"));
                }
                // Both are exact floats, and float division rounds correctly.
                return Ok(Some(Value::from_float(left as f64 / right as f64)));
            }
            BinaryOperator::FloorDiv => match integer::floor_divide_i64(left, right) {
                None => return Err(self.raise_zero_division(DIVISION_BY_ZERO)),
                quotient => quotient,
            },
            BinaryOperator::Mod => match integer::modulo_i64(left, right) {
                None => return Err(self.raise_zero_division("integer modulo by zero")),
                remainder => remainder,
            },
            BinaryOperator::DivMod => {
                let quotient = integer::floor_divide_i64(left, right);
                let (Some(quotient), Some(remainder)) =
                    (quotient, integer::modulo_i64(left, right))
                else {
                    return Err(self.raise_zero_division(DIVISION_BY_ZERO));
                };
                let quotient = self.new_int(quotient)?;
                return self
                    .new_pair(quotient, Value::from_int_unchecked(remainder))
                    .map(Some);
            }
            BinaryOperator::Pow if right >= 0 => u32::try_from(right)
                .ok()
                .and_then(|right| integer::power_i64(left, right)),
            BinaryOperator::LeftShift if right >= 0 => u32::try_from(right)
                .ok()
                .and_then(|right| integer::shift_left_i64(left, right)),
            BinaryOperator::RightShift if right >= 0 => {
                Some(integer::shift_right_i64(left, right.unsigned_abs()))
            }
            _ => None,
        };
        match small {
            Some(integer) => self.new_int(integer).map(Some),
            None => self.binary_big(operator, &BigInt::from(left), &BigInt::from(right)),
        }
    }

    /// On floats.
    pub(crate) fn binary_floats(
        &mut self,
        operator: BinaryOperator,
        left: f64,
        right: f64,
    ) -> Result<Option<Value>, Raised> {
        let result = match operator {
            BinaryOperator::Add => Ok(left + right),
            BinaryOperator::Sub => Ok(left - right),
            BinaryOperator::Mul => Ok(left * right),
            BinaryOperator::TrueDiv => float_ops::true_divide(left, right),
            BinaryOperator::FloorDiv => float_ops::floor_divide(left, right),
            BinaryOperator::Mod => float_ops::modulo(left, right),
            BinaryOperator::Pow => float_ops::power(left, right),
            BinaryOperator::DivMod => {
                let divided = float_ops::divide_modulo(left, right);
                let (quotient, remainder) = self.checked(divided)?;
                let (quotient, remainder) =
                    (Value::from_float(quotient), Value::from_float(remainder));
                return self.new_pair(quotient, remainder).map(Some);
            }
            _ => return Ok(None),
        };
        self.checked(result)
            .map(|float| Some(Value::from_float(float)))
    }

    /// On integers of any size.
    fn binary_big(
        &mut self,
        operator: BinaryOperator,
        left: &BigInt,
        right: &BigInt,
    ) -> Result<Option<Value>, Raised> {
        let result = match operator {
            BinaryOperator::Add => within_limit(left.bits().max(right.bits()), || left + right),
            BinaryOperator::Sub => within_limit(left.bits().max(right.bits()), || left - right),
            BinaryOperator::Mul => within_limit(left.bits() + right.bits(), || left * right),
            BinaryOperator::And => Ok(left & right),
            BinaryOperator::Or => Ok(left | right),
            BinaryOperator::Xor => Ok(left ^ right),
            BinaryOperator::FloorDiv => integer::floor_divide(left, right),
            BinaryOperator::Mod => integer::modulo(left, right),
            BinaryOperator::LeftShift => integer::shift_left(left, right, INTEGER_BITS_MAX),
            BinaryOperator::RightShift => integer::shift_right(left, right),
            BinaryOperator::Pow if right.is_negative() => {
                let base = self.checked(integer::to_float(left))?;
                let exponent = self.checked(integer::to_float(right))?;
                return self.binary_floats(operator, base, exponent);
            }
            BinaryOperator::Pow => integer::power(left, right, INTEGER_BITS_MAX),
            BinaryOperator::TrueDiv => {
                let quotient = integer::true_divide(left, right);
                return self
                    .checked(quotient)
                    .map(|float| Some(Value::from_float(float)));
            }
            BinaryOperator::DivMod => {
                let divided = integer::divide_modulo(left, right);
                let (quotient, remainder) = self.checked(divided)?;
                let quotient = self.new_big_int(quotient)?;
                let remainder = match self.new_big_int(remainder) {
                    Ok(remainder) => remainder,
                    Err(raised) => {
                        self.release(quotient);
                        return Err(raised);
                    }
                };
                return self.new_pair(quotient, remainder).map(Some);
            }
            BinaryOperator::MatMul => return Ok(None),
        };
        let number = self.checked(result)?;
        self.new_big_int(number).map(Some)
    }

    /// A tuple of two owned values. Owned.
    pub(crate) fn new_pair(&mut self, first: Value, second: Value) -> Result<Value, Raised> {
        let made = self.new_tuple_taking(&[first, second]);
        if made.is_err() {
            self.release(first);
            self.release(second);
        }
        made
    }

    /// `operator operand` on a number; `None` if it does not have the operator. Owned.
    pub(crate) fn unary_number(
        &mut self,
        operator: UnaryOperator,
        operand: Value,
        number: Number,
    ) -> Result<Option<Value>, Raised> {
        match number {
            Number::Int(integer) => self
                .new_int(match operator {
                    UnaryOperator::Neg => -integer,
                    UnaryOperator::Pos => integer,
                    UnaryOperator::Invert => !integer,
                    UnaryOperator::Abs => integer.abs(),
                })
                .map(Some),
            Number::Float(float) => Ok(match operator {
                UnaryOperator::Neg => Some(Value::from_float(-float)),
                UnaryOperator::Pos => Some(operand),
                UnaryOperator::Invert => None,
                UnaryOperator::Abs => Some(Value::from_float(float.abs())),
            }),
            Number::Big(big) => {
                let result = match operator {
                    UnaryOperator::Neg => -&big.number,
                    UnaryOperator::Invert => !&big.number,
                    UnaryOperator::Abs if big.number.is_negative() => big.number.abs(),
                    UnaryOperator::Pos | UnaryOperator::Abs => {
                        return Ok(Some(operand.increment()));
                    }
                };
                self.new_big_int(result).map(Some)
            }
        }
    }

    /// `pow(base, exponent, modulus)`. Owned.
    pub(crate) fn power_modulo(
        &mut self,
        base: Value,
        exponent: Value,
        modulus: Value,
    ) -> Result<Value, Raised> {
        if let Some(result) = self.try_method(base, self.names.pow, &[exponent, modulus])? {
            return Ok(result);
        }
        let numbers = (base.number(), exponent.number(), modulus.number());
        let (Some(base_number), Some(exponent_number), Some(modulus_number)) = numbers else {
            let [base, exponent, modulus] =
                [base, exponent, modulus].map(|value| self.type_name(value));
            return Err(self.raise_type_error(&format!(
                "unsupported operand type(s) for ** or pow(): '{base}', '{exponent}', '{modulus}'"
            )));
        };
        let (Some(base), Some(exponent), Some(modulus)) = (
            base_number.to_big(),
            exponent_number.to_big(),
            modulus_number.to_big(),
        ) else {
            return Err(self.raise_type_error(
                "pow() 3rd argument not allowed unless all arguments are integers",
            ));
        };
        let power = integer::power_modulo(&base, &exponent, &modulus);
        let power = self.checked(power)?;
        self.new_big_int(power)
    }

    /// `round(value, digits)`; unset or `None` digits give an integer. Owned.
    pub(crate) fn round(&mut self, value: Value, digits: Value) -> Result<Value, Raised> {
        let digits = if digits.is_none() {
            Value::UNSET
        } else {
            digits
        };
        let Some(number) = value.number() else {
            let arguments = [digits];
            let arguments = if digits.is_unset() {
                &[][..]
            } else {
                &arguments[..]
            };
            if let Some(result) = self.try_method(value, self.names.round, arguments)? {
                return Ok(result);
            }
            let name = self.type_name(value);
            return Err(
                self.raise_type_error(&format!("type {name} doesn't define __round__ method"))
            );
        };
        let places = if digits.is_unset() {
            None
        } else {
            Some(self.index_i64_clamped(digits)?)
        };
        match (number, places) {
            (Number::Float(float), None) => {
                let rounded = float_ops::round_to_integer(float);
                let rounded = self.checked(rounded)?;
                self.new_big_int(rounded)
            }
            (Number::Float(float), Some(places)) => {
                let rounded = float_ops::round_to_digits(float, places);
                self.checked(rounded).map(Value::from_float)
            }
            (Number::Int(integer), None | Some(0..)) => Ok(Value::from_int_unchecked(integer)),
            (Number::Big(_), None | Some(0..)) => Ok(value.increment()),
            (_, Some(places)) => {
                let big = number.to_big().unwrap_or_default();
                let rounded = integer::round_to_power_of_ten(&big, places.unsigned_abs());
                self.new_big_int(rounded)
            }
        }
    }
}

/// `make()` if its result has at most about `bits` bits and that many are allowed.
fn within_limit(bits: u64, make: impl FnOnce() -> BigInt) -> Result<BigInt, OperationError> {
    if bits > INTEGER_BITS_MAX {
        return Err(OperationError::TooLarge { bits });
    }
    Ok(make())
}
