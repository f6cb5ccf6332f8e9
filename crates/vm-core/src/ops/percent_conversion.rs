//! The conversions of `%` formatting: one value in one field.

use crate::object::Str;
use crate::ops::number::Number;
use crate::ops::text_builder::TextBuilder;
use crate::pure::format_number::format_float;
use crate::pure::format_spec::{Align, FormatSpec, Formatted, SignStyle};
use crate::pure::{integer, integer_text};
use crate::value::Value;
use crate::vm::{Raised, Vm};
use num_bigint::BigInt;
use num_traits::Signed;

/// One conversion specifier.
#[derive(Default)]
pub(super) struct Specifier {
    pub(super) left: bool,
    pub(super) plus: bool,
    pub(super) space: bool,
    pub(super) alternate: bool,
    pub(super) zero: bool,
    pub(super) width: usize,
    pub(super) precision: Option<usize>,
}

impl Specifier {
    /// Characters that the field may have beyond those of its value.
    pub(super) fn demanded_bytes(&self) -> usize {
        self.width.saturating_add(self.precision.unwrap_or(0))
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, ..) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        }
    }

    /// `text` in the field.
    fn padded(&self, text: &str) -> String {
        let padding = self.width.saturating_sub(text.chars().count());
        let spaces = " ".repeat(padding);
        if self.left {
            format!("{text}{spaces}")
        } else {
            format!("{spaces}{text}")
        }
    }
}

impl Vm {
    pub(super) fn push_text_conversion(
        &mut self,
        text: &mut TextBuilder,
        specifier: &Specifier,
        conversion: char,
        value: Value,
    ) -> Result<(), Raised> {
        if specifier.width == 0 && specifier.precision.is_none() && conversion == 's' {
            return self.push_str_of(text, value);
        }
        let string = match conversion {
            's' => self.str_of(value)?,
            'r' => self.repr(value)?,
            _ => self.ascii(value)?,
        };
        let pushed = match string.cast::<Str>() {
            Some(string) => {
                let whole = string.as_str();
                let end = specifier
                    .precision
                    .and_then(|precision| whole.char_indices().nth(precision))
                    .map_or(whole.len(), |(end, _)| end);
                text.push(self, &specifier.padded(&whole[..end]))
            }
            None => Ok(()),
        };
        self.release(string);
        pushed
    }

    pub(super) fn push_character_conversion(
        &mut self,
        text: &mut TextBuilder,
        specifier: &Specifier,
        value: Value,
    ) -> Result<(), Raised> {
        if let Some(string) = value.cast::<Str>() {
            if string.char_length == 1 {
                return text.push(self, &specifier.padded(string.as_str()));
            }
            return Err(self.raise_type_error("%c requires int or char"));
        }
        if !self.has_index(value) {
            return Err(self.raise_type_error("%c requires int or char"));
        }
        let code = self.index_i64_clamped(value)?;
        match u32::try_from(code).ok().and_then(char::from_u32) {
            Some(character) => {
                let character = specifier.padded(character.encode_utf8(&mut [0; 4]));
                text.push(self, &character)
            }
            None => Err(self.raise_overflow_error("%c arg not in range(0x110000)")),
        }
    }

    pub(super) fn push_integer_conversion(
        &mut self,
        text: &mut TextBuilder,
        specifier: &Specifier,
        conversion: char,
        value: Value,
    ) -> Result<(), Raised> {
        let number = self.integer_to_convert(conversion, value)?;
        let (digits, prefix) = match conversion {
            'o' => (integer_text::to_text(&number.abs(), 8), "0o"),
            'x' => (integer_text::to_text(&number.abs(), 16), "0x"),
            'X' => (
                integer_text::to_text(&number.abs(), 16).to_uppercase(),
                "0X",
            ),
            _ => (self.decimal_text(&number.abs())?, ""),
        };
        let zeros = "0".repeat(
            specifier
                .precision
                .unwrap_or(0)
                .saturating_sub(digits.len()),
        );
        let prefix = if specifier.alternate { prefix } else { "" };
        let lead = format!("{}{prefix}", specifier.sign(number.is_negative()));
        let mut body = zeros + &digits;
        if specifier.zero && !specifier.left {
            let wanted = specifier.width.saturating_sub(lead.len());
            body = "0".repeat(wanted.saturating_sub(body.len())) + &body;
        }
        text.push(self, &specifier.padded(&(lead + &body)))
    }

    /// The integer that `%d` and its kin show: floats are cut off by the decimal ones.
    fn integer_to_convert(&mut self, conversion: char, value: Value) -> Result<BigInt, Raised> {
        let is_decimal = matches!(conversion, 'd' | 'i' | 'u');
        let number = match value.number() {
            Some(Number::Float(float)) if is_decimal => {
                return self.checked(integer::from_float(float));
            }
            Some(Number::Float(_)) => None,
            Some(number) => Some(number.to_big().unwrap_or_default().into_owned()),
            None => {
                let converted = if self.has_index(value) {
                    Some(self.index(value)?)
                } else if is_decimal
                    && let Some(result) = self.try_method(value, self.names.int, &[])?
                {
                    Some(self.require_integer(result, "__int__")?)
                } else {
                    None
                };
                converted.map(|integer| {
                    let number = integer.number().unwrap_or(Number::Int(0));
                    let number = number.to_big().unwrap_or_default().into_owned();
                    self.release(integer);
                    number
                })
            }
        };
        number.ok_or_else(|| {
            let name = self.type_name(value);
            let wanted = if is_decimal {
                "a real number"
            } else {
                "an integer"
            };
            self.raise_type_error(&format!(
                "%{conversion} format: {wanted} is required, not {name}"
            ))
        })
    }

    pub(super) fn push_float_conversion(
        &mut self,
        text: &mut TextBuilder,
        specifier: &Specifier,
        conversion: char,
        value: Value,
    ) -> Result<(), Raised> {
        let float = self.float_of(value)?;
        let spec = FormatSpec::parse("", Formatted::Number, "float");
        let mut spec = self.checked(spec)?;
        spec.kind = Some(conversion);
        spec.alternate = specifier.alternate;
        spec.width = specifier.width;
        spec.precision = specifier.precision;
        spec.sign = match (specifier.plus, specifier.space) {
            (true, _) => Some(SignStyle::Plus),
            (false, true) => Some(SignStyle::Space),
            (false, false) => None,
        };
        if specifier.left {
            spec.align = Some(Align::Left);
        } else if specifier.zero {
            spec.align = Some(Align::AfterSign);
            spec.fill = '0';
        }
        let formatted = format_float(float, &spec, "float");
        let formatted = self.checked(formatted)?;
        text.push(self, &formatted)
    }
}
