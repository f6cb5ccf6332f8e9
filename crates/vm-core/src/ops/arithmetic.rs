//! Binary, in-place and unary operators.
//!
//! 1. Two numbers: `ops/calculate.rs`. Two strings under `+`: concatenated at once.
//! 2. `left operator= right` begins with the in-place method of `left`'s class.
//! 3. If a class of the program is involved, its methods: `left.__add__(right)`, then
//!    `right.__radd__(left)`; the reflected one first if the class of `right` is below that of
//!    `left` and defines it anew. Equal classes have no reflected turn.
//! 4. Sequences and containers: concatenation, repetition, set operations, `%` of text.
//! 5. `TypeError`.

use crate::object::{Kind, Str};
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum BinaryOperator {
    Add,
    Sub,
    Mul,
    TrueDiv,
    FloorDiv,
    Mod,
    Pow,
    MatMul,
    LeftShift,
    RightShift,
    And,
    Or,
    Xor,
    DivMod,
}

impl BinaryOperator {
    /// As messages write it.
    const fn symbol(self) -> &'static str {
        match self {
            BinaryOperator::Add => "+",
            BinaryOperator::Sub => "-",
            BinaryOperator::Mul => "*",
            BinaryOperator::TrueDiv => "/",
            BinaryOperator::FloorDiv => "//",
            BinaryOperator::Mod => "%",
            BinaryOperator::Pow => "** or pow()",
            BinaryOperator::MatMul => "@",
            BinaryOperator::LeftShift => "<<",
            BinaryOperator::RightShift => ">>",
            BinaryOperator::And => "&",
            BinaryOperator::Or => "|",
            BinaryOperator::Xor => "^",
            BinaryOperator::DivMod => "divmod()",
        }
    }

    /// As messages write the in-place form.
    fn in_place_symbol(self) -> String {
        match self {
            BinaryOperator::Pow => "**=".to_owned(),
            _ => format!("{}=", self.symbol()),
        }
    }
}

/// A unary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnaryOperator {
    Neg,
    Pos,
    Invert,
    Abs,
}

impl Vm {
    /// `left operator right`. Owned result.
    pub(crate) fn binary(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
    ) -> Result<Value, Raised> {
        match self.binary_simple(operator, left, right)? {
            Some(result) => Ok(result),
            None => self.binary_dispatched(operator, left, right, false),
        }
    }

    /// `left operator= right`: the in-place method first. Owned result (to be stored in left's
    /// place).
    pub(crate) fn binary_in_place(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
    ) -> Result<Value, Raised> {
        match self.binary_simple(operator, left, right)? {
            Some(result) => Ok(result),
            None => self.binary_dispatched(operator, left, right, true),
        }
    }

    /// Step 1; `None` if the operands are something else, or have no such operator.
    #[inline]
    fn binary_simple(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
    ) -> Result<Option<Value>, Raised> {
        if Value::both_int(left, right) {
            return self.binary_ints(operator, left.int_unchecked(), right.int_unchecked());
        }
        if left.is_float() && right.is_float() {
            return self.binary_floats(operator, left.float_unchecked(), right.float_unchecked());
        }
        if operator == BinaryOperator::Add
            && let (Some(left), Some(right)) = (left.cast::<Str>(), right.cast::<Str>())
        {
            let characters = left.char_length as usize + right.char_length as usize;
            return self
                .new_str_counted(&[left.as_str(), right.as_str()], characters)
                .map(Some);
        }
        if let (Some(left), Some(right)) = (left.as_bool(), right.as_bool()) {
            match operator {
                BinaryOperator::And => return Ok(Some(Value::from_bool(left & right))),
                BinaryOperator::Or => return Ok(Some(Value::from_bool(left | right))),
                BinaryOperator::Xor => return Ok(Some(Value::from_bool(left ^ right))),
                _ => {}
            }
        }
        match (left.number(), right.number()) {
            (Some(left), Some(right)) => self.binary_numbers(operator, left, right),
            _ => Ok(None),
        }
    }

    /// Steps 2 to 5.
    fn binary_dispatched(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
        in_place: bool,
    ) -> Result<Value, Raised> {
        if in_place
            && let Some(name) = self.in_place_method_name(operator)
            && let Some(result) = self.try_method(left, name, &[right])?
        {
            return Ok(result);
        }
        let left_kind = left.kind();
        // The operators that a dict or set has come before the reflected ones of an instance: `|=`
        // takes any iterable, and `%` formats any value.
        let builtin_first = match left_kind {
            Some(Kind::Dict | Kind::Set) => in_place,
            Some(Kind::Str | Kind::Bytes) => operator == BinaryOperator::Mod,
            _ => false,
        };
        if !builtin_first
            && (left.is_of_program_class() || right.is_of_program_class())
            && let Some(result) = self.binary_by_methods(operator, left, right)?
        {
            return Ok(result);
        }
        if let Some(result) = self.binary_builtin(operator, left, right, in_place)? {
            return Ok(result);
        }
        if builtin_first && let Some(result) = self.binary_by_methods(operator, left, right)? {
            return Ok(result);
        }
        Err(self.raise_unsupported_operands(operator, left, right, in_place))
    }

    /// What built-in classes other than numbers do; `None` if they do not have the operator. Owned.
    pub(crate) fn binary_builtin(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
        in_place: bool,
    ) -> Result<Option<Value>, Raised> {
        let is_text = |value: Value| matches!(value.kind(), Some(Kind::Str | Kind::Bytes));
        match operator {
            BinaryOperator::Add if is_text(left) => self.concatenate(left, right).map(Some),
            BinaryOperator::Mod if left.kind() == Some(Kind::Str) => {
                self.format_percent(left, right).map(Some)
            }
            BinaryOperator::Mul if is_text(left) && self.has_index(right) => {
                self.repeat_text(left, right).map(Some)
            }
            BinaryOperator::Mul if is_text(right) && self.has_index(left) => {
                self.repeat_text(right, left).map(Some)
            }
            _ => self.container_binary(operator, left, right, in_place),
        }
    }

    /// Step 3; `None` if every method declines. Owned.
    fn binary_by_methods(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
    ) -> Result<Option<Value>, Raised> {
        let (name, reflected_name) = self.method_names(operator);
        let (left_class, right_class) = (self.class_of(left), self.class_of(right));
        let mut reflected_turn = left_class != right_class && right.is_of_program_class();
        if reflected_turn
            && left.is_of_program_class()
            && right_class.is_subclass_of(left_class.value())
        {
            let of_right = self.special_method_of_program(right, reflected_name);
            let of_left = self.special_method_of_program(left, reflected_name);
            if of_right != of_left {
                if let Some(result) = self.try_method(right, reflected_name, &[left])? {
                    return Ok(Some(result));
                }
                reflected_turn = false;
            }
        }
        if let Some(result) = self.try_method(left, name, &[right])? {
            return Ok(Some(result));
        }
        if reflected_turn {
            return self.try_method(right, reflected_name, &[left]);
        }
        Ok(None)
    }

    /// Step 5.
    #[cold]
    fn raise_unsupported_operands(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
        in_place: bool,
    ) -> Raised {
        let (left_name, right_name) = (self.type_name(left), self.type_name(right));
        if operator == BinaryOperator::Mul {
            let is_sequence = |value: Value| {
                matches!(
                    value.kind(),
                    Some(Kind::Str | Kind::Bytes | Kind::List | Kind::Tuple)
                )
            };
            let other = match (is_sequence(left), is_sequence(right)) {
                (true, _) => Some(&right_name),
                (false, true) => Some(&left_name),
                (false, false) => None,
            };
            if let Some(other) = other {
                return self.raise_type_error(&format!(
                    "can't multiply sequence by non-int of type '{other}'"
                ));
            }
        }
        let symbol = if in_place {
            operator.in_place_symbol()
        } else {
            operator.symbol().to_owned()
        };
        self.raise_type_error(&format!(
            "unsupported operand type(s) for {symbol}: '{left_name}' and '{right_name}'"
        ))
    }

    /// `operator operand`. Owned result.
    pub(crate) fn unary(
        &mut self,
        operator: UnaryOperator,
        operand: Value,
    ) -> Result<Value, Raised> {
        if let Some(number) = operand.number()
            && let Some(result) = self.unary_number(operator, operand, number)?
        {
            return Ok(result);
        }
        let (name, symbol) = match operator {
            UnaryOperator::Neg => (self.names.neg, "unary -"),
            UnaryOperator::Pos => (self.names.pos, "unary +"),
            UnaryOperator::Invert => (self.names.invert, "unary ~"),
            UnaryOperator::Abs => (self.names.abs, "abs()"),
        };
        if operand.is_of_program_class()
            && let Some(method) = self.special_method_of_program(operand, name)
        {
            return self.call_special(method, operand, &[]);
        }
        let type_name = self.type_name(operand);
        Err(self.raise_type_error(&format!("bad operand type for {symbol}: '{type_name}'")))
    }

    /// The names of an operator's method and of its reflected one.
    fn method_names(&self, operator: BinaryOperator) -> (Value, Value) {
        let names = &self.names;
        match operator {
            BinaryOperator::Add => (names.add, names.radd),
            BinaryOperator::Sub => (names.sub, names.rsub),
            BinaryOperator::Mul => (names.mul, names.rmul),
            BinaryOperator::TrueDiv => (names.truediv, names.rtruediv),
            BinaryOperator::FloorDiv => (names.floordiv, names.rfloordiv),
            BinaryOperator::Mod => (names.modulo, names.rmod),
            BinaryOperator::Pow => (names.pow, names.rpow),
            BinaryOperator::MatMul => (names.matmul, names.rmatmul),
            BinaryOperator::LeftShift => (names.lshift, names.rlshift),
            BinaryOperator::RightShift => (names.rshift, names.rrshift),
            BinaryOperator::And => (names.and, names.rand),
            BinaryOperator::Or => (names.or, names.ror),
            BinaryOperator::Xor => (names.xor, names.rxor),
            BinaryOperator::DivMod => (names.divmod, names.rdivmod),
        }
    }

    /// The name of an operator's in-place method.
    fn in_place_method_name(&self, operator: BinaryOperator) -> Option<Value> {
        let names = &self.names;
        Some(match operator {
            BinaryOperator::Add => names.iadd,
            BinaryOperator::Sub => names.isub,
            BinaryOperator::Mul => names.imul,
            BinaryOperator::TrueDiv => names.itruediv,
            BinaryOperator::FloorDiv => names.ifloordiv,
            BinaryOperator::Mod => names.imod,
            BinaryOperator::Pow => names.ipow,
            BinaryOperator::MatMul => names.imatmul,
            BinaryOperator::LeftShift => names.ilshift,
            BinaryOperator::RightShift => names.irshift,
            BinaryOperator::And => names.iand,
            BinaryOperator::Or => names.ior,
            BinaryOperator::Xor => names.ixor,
            BinaryOperator::DivMod => return None,
        })
    }
}
