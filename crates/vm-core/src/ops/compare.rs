//! Comparison.
//!
//! 1. Numbers, strings and bytes compare by value, at once.
//! 2. `left.__lt__(right)`, then `right.__gt__(left)`; the other way round if the class of `right`
//!    is below that of `left`. Built-in classes decline what is not of their kind.
//! 3. If both decline, `==` and `!=` compare identity, and the others are a `TypeError`.
//!
//! `__ne__` is the opposite of `__eq__` unless a class defines it.

use crate::object::{BoundMethod, Bytes, Dict, Kind, Obj, Slice, Str, WeakRef};
use crate::value::Value;
use crate::vm::{Raised, Vm};
use core::cmp::Ordering;

/// A rich comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Comparison {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl Comparison {
    /// The comparison that says the same with the operands the other way round.
    pub(crate) const fn reflected(self) -> Comparison {
        match self {
            Comparison::Lt => Comparison::Gt,
            Comparison::Le => Comparison::Ge,
            Comparison::Gt => Comparison::Lt,
            Comparison::Ge => Comparison::Le,
            equality => equality,
        }
    }

    /// Whether it holds for operands in that order; without an order only `!=` holds.
    #[inline(always)]
    pub(crate) fn holds(self, order: Option<Ordering>) -> bool {
        let Some(order) = order else {
            return self == Comparison::Ne;
        };
        match self {
            Comparison::Lt => order.is_lt(),
            Comparison::Le => order.is_le(),
            Comparison::Eq => order.is_eq(),
            Comparison::Ne => order.is_ne(),
            Comparison::Gt => order.is_gt(),
            Comparison::Ge => order.is_ge(),
        }
    }

    /// Whether it holds between equal (or unequal) operands; `None` if it asks for their order.
    #[inline(always)]
    pub(crate) fn of_equality(self, equal: bool) -> Option<bool> {
        match self {
            Comparison::Eq => Some(equal),
            Comparison::Ne => Some(!equal),
            _ => None,
        }
    }

    /// As messages write it.
    const fn symbol(self) -> &'static str {
        match self {
            Comparison::Lt => "<",
            Comparison::Le => "<=",
            Comparison::Eq => "==",
            Comparison::Ne => "!=",
            Comparison::Gt => ">",
            Comparison::Ge => ">=",
        }
    }
}

/// Step 1; `None` for anything else.
#[inline]
fn compare_simple(comparison: Comparison, left: Value, right: Value) -> Option<bool> {
    if Value::both_int(left, right) {
        return Some(comparison.holds(Some(left.int_unchecked().cmp(&right.int_unchecked()))));
    }
    if left.is_float() && right.is_float() {
        let order = left.float_unchecked().partial_cmp(&right.float_unchecked());
        return Some(comparison.holds(order));
    }
    if let (Some(left), Some(right)) = (left.cast::<Str>(), right.cast::<Str>()) {
        return Some(match comparison {
            Comparison::Eq => strings_equal(left, right),
            Comparison::Ne => !strings_equal(left, right),
            // UTF-8 has the order of code points.
            _ => comparison.holds(Some(left.as_str().cmp(right.as_str()))),
        });
    }
    if let (Some(left), Some(right)) = (left.number(), right.number()) {
        return Some(comparison.holds(left.partial_order(&right)));
    }
    let (left, right) = (left.cast::<Bytes>()?, right.cast::<Bytes>()?);
    Some(comparison.holds(Some(left.as_slice().cmp(right.as_slice()))))
}

/// Whether two strings have the same text.
#[inline]
fn strings_equal(left: Obj<Str>, right: Obj<Str>) -> bool {
    if left == right {
        return true;
    }
    if left.byte_length != right.byte_length || left.char_length != right.char_length {
        return false;
    }
    let both_interned = left.object().aux() & right.object().aux() & Str::INTERNED != 0;
    let hashed_unlike = left.hash != right.hash && left.hash != 0 && right.hash != 0;
    !both_interned && !hashed_unlike && left.as_str() == right.as_str()
}

impl Vm {
    /// `left comparison right`, any result. Owned.
    pub(crate) fn compare(
        &mut self,
        comparison: Comparison,
        left: Value,
        right: Value,
    ) -> Result<Value, Raised> {
        match compare_simple(comparison, left, right) {
            Some(truth) => Ok(Value::from_bool(truth)),
            None => self.compare_dispatched(comparison, left, right),
        }
    }

    /// The truth of `left comparison right`.
    #[inline]
    pub(crate) fn compare_bool(
        &mut self,
        comparison: Comparison,
        left: Value,
        right: Value,
    ) -> Result<bool, Raised> {
        if let Some(truth) = compare_simple(comparison, left, right) {
            return Ok(truth);
        }
        let result = self.compare_dispatched(comparison, left, right)?;
        self.truth_of_owned(result)
    }

    /// `left is right or left == right`, as containers compare.
    #[inline]
    pub(crate) fn equal(&mut self, left: Value, right: Value) -> Result<bool, Raised> {
        if left == right {
            return Ok(true);
        }
        self.compare_bool(Comparison::Eq, left, right)
    }

    /// The truth of a result, which is released.
    pub(crate) fn truth_of_owned(&mut self, result: Value) -> Result<bool, Raised> {
        match result.as_bool() {
            Some(truth) => Ok(truth),
            None => {
                let truth = self.truth(result);
                self.release(result);
                truth
            }
        }
    }

    /// Steps 2 and 3. Owned.
    fn compare_dispatched(
        &mut self,
        comparison: Comparison,
        left: Value,
        right: Value,
    ) -> Result<Value, Raised> {
        let reflected = comparison.reflected();
        let (left_class, right_class) = (self.class_of(left), self.class_of(right));
        let right_first = left_class != right_class
            && right.is_of_program_class()
            && right_class.is_subclass_of(left_class.value());
        if right_first && let Some(result) = self.compare_as(reflected, right, left)? {
            return Ok(result);
        }
        if let Some(result) = self.compare_as(comparison, left, right)? {
            return Ok(result);
        }
        if !right_first && let Some(result) = self.compare_as(reflected, right, left)? {
            return Ok(result);
        }
        if let Some(truth) = comparison.of_equality(left == right) {
            return Ok(Value::from_bool(truth));
        }
        let symbol = comparison.symbol();
        let (left, right) = (self.type_name(left), self.type_name(right));
        Err(self.raise_type_error(&format!(
            "'{symbol}' not supported between instances of '{left}' and '{right}'"
        )))
    }

    /// What the class of `receiver` says; `None` if it declines. Owned.
    fn compare_as(
        &mut self,
        comparison: Comparison,
        receiver: Value,
        other: Value,
    ) -> Result<Option<Value>, Raised> {
        if !receiver.is_of_program_class() {
            return self.compare_builtin(comparison, receiver, other);
        }
        let names = &self.names;
        let name = match comparison {
            Comparison::Lt => names.lt,
            Comparison::Le => names.le,
            Comparison::Eq => names.eq,
            Comparison::Ne => names.ne,
            Comparison::Gt => names.gt,
            Comparison::Ge => names.ge,
        };
        if let Some(method) = self.special_method_of_program(receiver, name) {
            let result = self.call_special(method, receiver, &[other])?;
            return Ok(if result == Value::NOT_IMPLEMENTED {
                None
            } else {
                Some(result)
            });
        }
        if comparison == Comparison::Ne
            && let Some(result) = self.try_method(receiver, self.names.eq, &[other])?
        {
            return self
                .truth_of_owned(result)
                .map(|equal| Some(Value::from_bool(!equal)));
        }
        Ok(None)
    }

    /// What built-in classes say; `None` if they decline. Owned.
    pub(crate) fn compare_builtin(
        &mut self,
        comparison: Comparison,
        left: Value,
        right: Value,
    ) -> Result<Option<Value>, Raised> {
        if let Some(truth) = compare_simple(comparison, left, right) {
            return Ok(Some(Value::from_bool(truth)));
        }
        let (Some(left_kind), Some(right_kind)) = (left.kind(), right.kind()) else {
            return Ok(None);
        };
        let equal = match (left_kind, right_kind) {
            (Kind::List, Kind::List) | (Kind::Tuple, Kind::Tuple) => {
                return self.compare_sequences(comparison, left, right).map(Some);
            }
            (Kind::Set | Kind::DictView, Kind::Set | Kind::DictView) => {
                let result = self.compare_sets(comparison, left, right)?;
                return Ok(if result == Value::NOT_IMPLEMENTED {
                    None
                } else {
                    Some(result)
                });
            }
            (Kind::Slice, Kind::Slice) => {
                return self.compare_slices(comparison, left, right).map(Some);
            }
            _ if comparison.of_equality(true).is_none() => return Ok(None),
            (Kind::Dict, Kind::Dict) => match (left.cast::<Dict>(), right.cast::<Dict>()) {
                (Some(left), Some(right)) => self.dicts_equal(left, right)?,
                _ => return Ok(None),
            },
            (Kind::Range, Kind::Range) => match (left.cast(), right.cast()) {
                (Some(left), Some(right)) => self.ranges_equal(left, right)?,
                _ => return Ok(None),
            },
            (Kind::BoundMethod, Kind::BoundMethod) => {
                match (left.cast::<BoundMethod>(), right.cast::<BoundMethod>()) {
                    (Some(left), Some(right)) => {
                        left.receiver == right.receiver && left.function == right.function
                    }
                    _ => return Ok(None),
                }
            }
            (Kind::WeakRef, Kind::WeakRef) => {
                match (left.cast::<WeakRef>(), right.cast::<WeakRef>()) {
                    (Some(left), Some(right)) => match (left.target, right.target) {
                        (Some(left), Some(right)) => {
                            let targets =
                                [left, right].map(|target| Value::from_object(target).increment());
                            let result = self.compare(comparison, targets[0], targets[1]);
                            self.release_all(&targets);
                            return result.map(Some);
                        }
                        _ => left == right,
                    },
                    _ => return Ok(None),
                }
            }
            _ => return Ok(None),
        };
        Ok(comparison.of_equality(equal).map(Value::from_bool))
    }

    /// Slices compare as tuples of their three values.
    fn compare_slices(
        &mut self,
        comparison: Comparison,
        left: Value,
        right: Value,
    ) -> Result<Value, Raised> {
        let (Some(left), Some(right)) = (left.cast::<Slice>(), right.cast::<Slice>()) else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        let left = self.new_tuple(&[left.start, left.stop, left.step])?;
        let result = match self.new_tuple(&[right.start, right.stop, right.step]) {
            Ok(right) => {
                let result = self.compare_sequences(comparison, left, right);
                self.release(right);
                result
            }
            Err(raised) => Err(raised),
        };
        self.release(left);
        result
    }
}
