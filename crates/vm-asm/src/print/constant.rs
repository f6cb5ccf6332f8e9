//! Constants as literals, or by name.

use std::fmt::Write;

use num_bigint::{BigInt, Sign};
use vm_bytecode::{Constant, ConstantIndex, Integer, Module};

use crate::literal::{print_bytes, print_float, print_integer, print_string};

/// How the text refers to constants.
pub(super) struct Constants<'a> {
    constants: &'a [Constant],
    /// Whether every constant is defined by `.const k12 = ...`.
    have_names: bool,
}

/// About how many characters a constant takes, a tuple without its items.
pub(super) fn printed_length(constant: &Constant) -> u64 {
    let length = match constant {
        Constant::Int(value) => value.magnitude().len() * 5 / 2,
        Constant::Str(text) => text.len(),
        Constant::Bytes(bytes) => bytes.len() * 2,
        Constant::Tuple(items) => items.len() * 2,
        _ => 4,
    };
    length as u64 + 2
}

impl<'a> Constants<'a> {
    pub(super) fn new(module: &'a Module, have_names: bool) -> Self {
        Self {
            constants: &module.constants,
            have_names,
        }
    }

    /// The directives that define the constants, if they have names.
    pub(super) fn definitions(&self) -> String {
        let mut text = String::new();
        if self.have_names {
            for (index, constant) in self.constants.iter().enumerate() {
                let _ = writeln!(text, ".const k{index} = {}", self.literal(constant));
            }
        }
        text
    }

    /// A constant as an operand; `None` if it does not exist.
    pub(super) fn text(&self, index: ConstantIndex) -> Option<String> {
        let constant = self.constants.get(index.index())?;
        Some(if self.have_names {
            format!("k{}", index.0)
        } else {
            self.literal(constant)
        })
    }

    /// The value of a constant that the text calls by name, if it is short enough for a comment.
    pub(super) fn remark(&self, index: ConstantIndex) -> Option<String> {
        const LONGEST: u64 = 40;
        let constant = self.constants.get(index.index())?;
        (self.have_names && printed_length(constant) <= LONGEST).then(|| self.literal(constant))
    }

    fn literal(&self, constant: &Constant) -> String {
        match constant {
            Constant::None => "None".to_owned(),
            Constant::True => "True".to_owned(),
            Constant::False => "False".to_owned(),
            Constant::Ellipsis => "Ellipsis".to_owned(),
            Constant::Int(value) => print_integer(&big_integer(value)),
            Constant::Float(bits) => print_float(*bits),
            Constant::Str(text) => print_string(text),
            Constant::Bytes(bytes) => print_bytes(bytes),
            Constant::Tuple(items) => {
                // Unless the items have names, they are of bounded depth (see `order`).
                let item = |&index| self.text(index).unwrap_or_else(|| "?".to_owned());
                let items: Vec<_> = items.iter().map(item).collect();
                let comma = if items.len() == 1 { "," } else { "" };
                format!("({}{comma})", items.join(", "))
            }
        }
    }
}

fn big_integer(value: &Integer) -> BigInt {
    let sign = if value.is_negative() {
        Sign::Minus
    } else {
        Sign::Plus
    };
    BigInt::from_bytes_le(sign, value.magnitude())
}
