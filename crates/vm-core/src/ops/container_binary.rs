//! Binary operators on containers.
//!
//! | operands | operators |
//! |---|---|
//! | list, tuple | `+` with its like; `*` with an integer, either way round |
//! | set, frozenset | `\|` `&` `-` `^` with its like; the result has the class of the left one |
//! | view of keys or items, with any iterable | the same; the result is a set |
//! | dict | `\|` with a dict; `\|=` with what `update` takes |
//!
//! Whoever calls this has asked the methods of a program's objects before.

use crate::object::{Dict, Kind, List, Obj, Set, ValueVec};
use crate::ops::arithmetic::BinaryOperator;
use crate::ops::list::items_now;
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    /// `left operator right` (or `left operator= right`) if one of them is a container that knows
    /// the operator; `None` if not. Owned.
    pub(crate) fn container_binary(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
        in_place: bool,
    ) -> Result<Option<Value>, Raised> {
        match operator {
            BinaryOperator::Add => self.concatenate_sequences(left, right, in_place),
            BinaryOperator::Mul => self.repeat_operator(left, right, in_place),
            BinaryOperator::Or
            | BinaryOperator::And
            | BinaryOperator::Sub
            | BinaryOperator::Xor => match (left.kind(), right.kind()) {
                (Some(Kind::Dict), _)
                    if operator == BinaryOperator::Or && (in_place || !is_view(right)) =>
                {
                    self.dict_or(left, right, in_place)
                }
                (Some(Kind::Set), Some(Kind::Set)) => {
                    self.set_operator(operator, left, right, in_place).map(Some)
                }
                _ if is_view(left) || is_view(right) => {
                    self.view_operator(operator, left, right).map(Some)
                }
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn concatenate_sequences(
        &mut self,
        left: Value,
        right: Value,
        in_place: bool,
    ) -> Result<Option<Value>, Raised> {
        if in_place && let Some(list) = left.cast::<List>() {
            self.list_extend(list, right)?;
            return Ok(Some(left.increment()));
        }
        let Some(left_items) = items_now(&left) else {
            return Ok(None);
        };
        let right_items = match items_now(&right) {
            Some(items) if left.kind() == right.kind() => items,
            _ => {
                let kind = if left.kind() == Some(Kind::List) {
                    "list"
                } else {
                    "tuple"
                };
                let name = self.type_name(right);
                return Err(self.raise_type_error(&format!(
                    "can only concatenate {kind} (not \"{name}\") to {kind}"
                )));
            }
        };
        let mut items = self.values_with_capacity(left_items.len() + right_items.len())?;
        for &item in left_items.iter().chain(right_items) {
            self.push_value(&mut items, item.increment())?;
        }
        self.sequence_like(left, items).map(Some)
    }

    /// A list or tuple, whichever `model` is, of the values. Owned.
    fn sequence_like(&mut self, model: Value, items: ValueVec) -> Result<Value, Raised> {
        match model.kind() {
            Some(Kind::List) => self.new_list(items),
            _ => self.tuple_of_values(items),
        }
    }

    fn repeat_operator(
        &mut self,
        left: Value,
        right: Value,
        in_place: bool,
    ) -> Result<Option<Value>, Raised> {
        let is_sequence = |value: Value| matches!(value.kind(), Some(Kind::List | Kind::Tuple));
        let (sequence, times) = if is_sequence(left) {
            (left, right)
        } else if is_sequence(right) {
            (right, left)
        } else {
            return Ok(None);
        };
        if !self.has_index(times) {
            let name = self.type_name(times);
            return Err(self.raise_type_error(&format!(
                "can't multiply sequence by non-int of type '{name}'"
            )));
        }
        let count = usize::try_from(self.index_i64(times)?).unwrap_or(0);
        if in_place && let Some(list) = left.cast::<List>() {
            self.list_repeat_in_place(list, count)?;
            return Ok(Some(left.increment()));
        }
        if sequence.kind() == Some(Kind::Tuple) && count == 1 {
            return Ok(Some(sequence.increment()));
        }
        let source = items_now(&sequence).unwrap_or(&[]);
        let mut items = self.values_with_capacity(source.len().saturating_mul(count))?;
        if !source.is_empty() {
            for _ in 0..count {
                for &item in source {
                    self.push_value(&mut items, item.increment())?;
                }
            }
        }
        self.sequence_like(sequence, items).map(Some)
    }

    /// `list *= count`.
    fn list_repeat_in_place(&mut self, mut list: Obj<List>, count: usize) -> Result<(), Raised> {
        let length = list.items.len();
        if count == 0 {
            self.clear_object(list.object());
            return Ok(());
        }
        let additional = length.saturating_mul(count) - length;
        if let Err(error) = list.items.reserve(&mut self.heap, additional) {
            return Err(self.raise_memory_error(error));
        }
        for index in 0..additional {
            let item = list.items.as_slice()[index].increment();
            self.list_append_owned(list, item)?;
        }
        Ok(())
    }

    fn dict_or(
        &mut self,
        left: Value,
        right: Value,
        in_place: bool,
    ) -> Result<Option<Value>, Raised> {
        let Some(dict) = left.cast::<Dict>() else {
            return Ok(None);
        };
        if in_place {
            self.dict_update(dict, right)?;
            return Ok(Some(left.increment()));
        }
        if right.cast::<Dict>().is_none() {
            return Ok(None);
        }
        let result = self.dict_copy(dict)?;
        match self.dict_update(Obj::of(result.object_unchecked()), right) {
            Ok(()) => Ok(Some(result)),
            Err(raised) => {
                self.release(result);
                Err(raised)
            }
        }
    }

    fn set_operator(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
        in_place: bool,
    ) -> Result<Value, Raised> {
        let set = Obj::<Set>::of(left.object_unchecked());
        if !in_place || !set.is_mutable() {
            return match operator {
                BinaryOperator::Or => self.set_union(set, right),
                BinaryOperator::And => self.set_intersection(set, right),
                BinaryOperator::Sub => self.set_difference(set, right),
                _ => self.set_symmetric_difference(set, right),
            };
        }
        match operator {
            BinaryOperator::Or => self.set_update(set, right)?,
            BinaryOperator::And => {
                let both = self.set_intersection(set, right)?;
                self.set_replace_items(set, both);
            }
            BinaryOperator::Sub => self.set_difference_update(set, right)?,
            _ => self.set_symmetric_difference_update(set, right)?,
        }
        Ok(left.increment())
    }

    /// An operator of which one operand is a view of keys or items and the other any iterable: it
    /// is done on a new set of the left one.
    fn view_operator(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
    ) -> Result<Value, Raised> {
        let result = self.set_from(left, false)?;
        let set = Obj::<Set>::of(result.object_unchecked());
        let done = match operator {
            BinaryOperator::Or => self.set_update(set, right),
            BinaryOperator::And => match self.set_intersection(set, right) {
                Ok(both) => {
                    self.set_replace_items(set, both);
                    Ok(())
                }
                Err(raised) => Err(raised),
            },
            BinaryOperator::Sub => self.set_difference_update(set, right),
            _ => self.set_symmetric_difference_update(set, right),
        };
        match done {
            Ok(()) => Ok(result),
            Err(raised) => {
                self.release(result);
                Err(raised)
            }
        }
    }
}

/// Whether a value is a view that has set operators.
fn is_view(value: Value) -> bool {
    value.kind() == Some(Kind::DictView) && Vm::is_set_like(value)
}
