//! `template % arguments`: formatting by conversion specifiers.
//!
//! ```text
//!   %  (key)  flags -+ #0  width  .precision  h l L  conversion
//!      mapping            * takes the next argument   ignored
//! ```
//!
//! The arguments are a tuple's items, or one value. A mapping (anything subscriptable but a tuple or
//! str) may be left unused, and gives values by key.

use crate::object::{Kind, Str, Tuple};
use crate::ops::number::Number;
use crate::ops::percent_conversion::Specifier;
use crate::ops::text_builder::TextBuilder;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// The characters of the template that are still to be read.
struct Template<'a> {
    rest: &'a str,
    /// Characters read so far.
    position: usize,
}

impl Template<'_> {
    fn next(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = &self.rest[character.len_utf8()..];
        self.position += 1;
        Some(character)
    }

    fn skip(&mut self, character: char) -> bool {
        let skips = self.rest.starts_with(character);
        if skips {
            self.next();
        }
        skips
    }

    /// A run of decimal digits; `None` if it is beyond `largest`.
    fn digits(&mut self, largest: i64) -> Option<usize> {
        let mut value: usize = 0;
        while let Some(digit) = self.rest.chars().next().and_then(|next| next.to_digit(10)) {
            self.next();
            value = value.checked_mul(10)?.checked_add(digit as usize)?;
            if value > largest as usize {
                return None;
            }
        }
        Some(value)
    }
}

/// The right operand, as it is used up.
struct Operands {
    /// Borrowed: a tuple, or the only value.
    operand: Value,
    is_mapping: bool,
    /// The next of a tuple's items; of one value, how often it was used.
    next: usize,
    /// The value behind the key of the specifier at hand, owned; unset without a key.
    keyed: Value,
    keyed_is_used: bool,
}

impl Operands {
    fn count(&self) -> usize {
        self.operand.cast::<Tuple>().map_or(1, |tuple| tuple.length)
    }

    /// The next value, borrowed.
    fn take(&mut self, vm: &mut Vm) -> Result<Value, Raised> {
        let is_keyed = !self.keyed.is_unset();
        let used_up = if is_keyed {
            self.keyed_is_used
        } else {
            self.next >= self.count()
        };
        if used_up {
            return Err(vm.raise_type_error("not enough arguments for format string"));
        }
        if is_keyed {
            self.keyed_is_used = true;
            return Ok(self.keyed);
        }
        self.next += 1;
        Ok(match self.operand.cast::<Tuple>() {
            Some(tuple) => tuple.as_slice()[self.next - 1],
            None => self.operand,
        })
    }
}

impl Vm {
    /// `template % arguments` for a str. Owned.
    pub(crate) fn format_percent(
        &mut self,
        template: Value,
        arguments: Value,
    ) -> Result<Value, Raised> {
        let Some(text) = template.cast::<Str>() else {
            return Ok(Value::NOT_IMPLEMENTED);
        };
        let is_mapping = match arguments.kind() {
            None | Some(Kind::Tuple | Kind::Str) => false,
            Some(Kind::List | Kind::Dict | Kind::Bytes | Kind::Range) => true,
            Some(Kind::Instance | Kind::Exception) => self
                .special_method_of_program(arguments, self.names.getitem)
                .is_some(),
            _ => false,
        };
        let mut operands = Operands {
            operand: arguments,
            is_mapping,
            next: 0,
            keyed: Value::UNSET,
            keyed_is_used: false,
        };
        let mut template = Template {
            rest: text.as_str(),
            position: 0,
        };
        let formatted = self.build_text(|vm, text| {
            while let Some(at) = template.rest.find('%') {
                let literal = &template.rest[..at];
                text.push(vm, literal)?;
                template.position += literal.chars().count() + 1;
                template.rest = &template.rest[at + 1..];
                vm.push_specifier(text, &mut template, &mut operands)?;
                let keyed = core::mem::replace(&mut operands.keyed, Value::UNSET);
                vm.release(keyed);
            }
            text.push(vm, template.rest)
        });
        self.release(operands.keyed);
        let formatted = formatted?;
        if operands.next < operands.count() && !operands.is_mapping {
            self.release(formatted);
            return Err(
                self.raise_type_error("not all arguments converted during string formatting")
            );
        }
        Ok(formatted)
    }

    /// One specifier, behind its percent sign.
    fn push_specifier(
        &mut self,
        text: &mut TextBuilder,
        template: &mut Template<'_>,
        operands: &mut Operands,
    ) -> Result<(), Raised> {
        if template.skip('%') {
            return text.push(self, "%");
        }
        if template.skip('(') {
            self.take_keyed(template, operands)?;
        }
        let mut specifier = Specifier::default();
        loop {
            match template.rest.chars().next() {
                Some('-') => specifier.left = true,
                Some('+') => specifier.plus = true,
                Some(' ') => specifier.space = true,
                Some('#') => specifier.alternate = true,
                Some('0') => specifier.zero = true,
                _ => break,
            }
            template.next();
        }
        self.take_width_and_precision(template, operands, &mut specifier)?;
        if template.rest.starts_with(['h', 'l', 'L']) {
            template.next();
        }
        let Some(conversion) = template.next() else {
            return Err(self.raise_value_error("incomplete format"));
        };
        let value = operands.take(self)?;
        self.with_charged(specifier.demanded_bytes(), |vm| match conversion {
            's' | 'r' | 'a' => vm.push_text_conversion(text, &specifier, conversion, value),
            'c' => vm.push_character_conversion(text, &specifier, value),
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
                vm.push_integer_conversion(text, &specifier, conversion, value)
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                vm.push_float_conversion(text, &specifier, conversion, value)
            }
            _ => {
                let shown = if (' '..='~').contains(&conversion) {
                    conversion
                } else {
                    '?'
                };
                Err(vm.raise_value_error(&format!(
                    "unsupported format character '{shown}' ({:#x}) at index {}",
                    u32::from(conversion),
                    template.position - 1
                )))
            }
        })
    }

    /// The value behind `(key)`, up to the matching parenthesis.
    fn take_keyed(
        &mut self,
        template: &mut Template<'_>,
        operands: &mut Operands,
    ) -> Result<(), Raised> {
        if !operands.is_mapping {
            return Err(self.raise_type_error("format requires a mapping"));
        }
        let start = template.rest;
        let mut depth = 1;
        while depth > 0 {
            match template.next() {
                Some('(') => depth += 1,
                Some(')') => depth -= 1,
                Some(_) => {}
                None => return Err(self.raise_value_error("incomplete format key")),
            }
        }
        let key = &start[..start.len() - template.rest.len() - 1];
        let key = self.new_str(key)?;
        let item = self.get_item(operands.operand, key);
        self.release(key);
        operands.keyed = item?;
        operands.keyed_is_used = false;
        // After a key, nothing is taken by position any more.
        operands.next = usize::MAX;
        Ok(())
    }

    fn take_width_and_precision(
        &mut self,
        template: &mut Template<'_>,
        operands: &mut Operands,
        specifier: &mut Specifier,
    ) -> Result<(), Raised> {
        if template.skip('*') {
            let width = self.take_star(operands)?;
            specifier.left |= width < 0;
            specifier.width = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
        } else {
            specifier.width = match template.digits(i64::MAX) {
                Some(width) => width,
                None => return Err(self.raise_value_error("width too big")),
            };
        }
        if template.skip('.') {
            specifier.precision = Some(if template.skip('*') {
                usize::try_from(self.take_star(operands)?).unwrap_or(0)
            } else {
                match template.digits(i64::from(i32::MAX)) {
                    Some(precision) => precision,
                    None => return Err(self.raise_value_error("precision too big")),
                }
            });
        }
        Ok(())
    }

    fn take_star(&mut self, operands: &mut Operands) -> Result<i64, Raised> {
        match operands.take(self)?.number() {
            Some(Number::Int(integer)) => Ok(integer),
            Some(Number::Big(_)) => {
                Err(self.raise_overflow_error("Python int too large to convert to C ssize_t"))
            }
            _ => Err(self.raise_type_error("* wants int")),
        }
    }
}
