//! `format(value, specification)`, and templates of `str.format`.

use crate::object::{Kind, Str};
use crate::ops::number::Number;
use crate::ops::text_builder::TextBuilder;
use crate::pure::OperationError;
use crate::pure::format_number::{format_float, format_integer};
use crate::pure::format_spec::{FormatSpec, Formatted, format_text};
use crate::pure::str_format::{
    Accessor, Argument, Conversion, DEEPEST_NESTING, Field, FieldName, Numbering, Pieces,
    nesting_error,
};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// Where the fields of a template come from.
pub(crate) trait FieldSource {
    /// A positional argument. Owned.
    fn position(&mut self, vm: &mut Vm, position: usize) -> Result<Value, Raised>;
    /// A keyword argument. Owned.
    fn name(&mut self, vm: &mut Vm, name: &str) -> Result<Value, Raised>;
}

impl Vm {
    /// `format(value, specification)`; an unset specification is empty. Owned.
    pub(crate) fn format(&mut self, value: Value, specification: Value) -> Result<Value, Raised> {
        let is_empty = specification
            .cast::<Str>()
            .is_none_or(|specification| specification.byte_length == 0);
        if is_empty && !value.is_of_program_class() {
            return self.str_of(value);
        }
        if value.is_of_program_class()
            && let Some(method) = self.special_method_of_program(value, self.names.format)
        {
            let result = if specification.is_unset() {
                let empty = self.intern("")?;
                self.call_special(method, value, &[empty])?
            } else {
                self.call_special(method, value, &[specification])?
            };
            if result.kind() == Some(Kind::Str) {
                return Ok(result);
            }
            let name = self.type_name(result);
            self.release(result);
            return Err(self.raise_type_error(&format!("__format__ must return a str, not {name}")));
        }
        match specification.cast::<Str>() {
            Some(specification) if !is_empty => self.format_builtin(value, specification.as_str()),
            _ => self.str_of(value),
        }
    }

    /// `value.__format__(specification)` of the built-in classes, as programs call it. Owned.
    pub(crate) fn format_with(
        &mut self,
        value: Value,
        specification: Value,
    ) -> Result<Value, Raised> {
        match specification.cast::<Str>() {
            Some(specification) => self.format_builtin(value, specification.as_str()),
            None => {
                let name = self.type_name(specification);
                Err(self
                    .raise_type_error(&format!("__format__() argument must be str, not {name}")))
            }
        }
    }

    /// `value.__format__(specification)` of the built-in classes. Owned.
    pub(crate) fn format_builtin(
        &mut self,
        value: Value,
        specification: &str,
    ) -> Result<Value, Raised> {
        if specification.is_empty() {
            return self.str_of(value);
        }
        let number = value.number();
        let formatted = match number {
            Some(_) => Formatted::Number,
            None if value.kind() == Some(Kind::Str) => Formatted::Text,
            None => {
                let name = self.type_name(value);
                return Err(self.raise_type_error(&format!(
                    "unsupported format string passed to {name}.__format__"
                )));
            }
        };
        let type_name = self.type_name(value);
        let spec = FormatSpec::parse(specification, formatted, &type_name);
        let spec = self.checked(spec)?;
        let demanded = spec
            .demanded_characters()
            .saturating_mul(spec.fill.len_utf8());
        self.with_charged(demanded, |vm| {
            let text = match number {
                Some(Number::Float(float)) => format_float(float, &spec, &type_name),
                Some(integer) => {
                    let big = integer.to_big().unwrap_or_default();
                    if matches!(integer, Number::Big(_))
                        && matches!(spec.kind, None | Some('d' | 'n'))
                    {
                        // Refuses too many digits.
                        vm.decimal_text(&big)?;
                    }
                    format_integer(&big, &spec, &type_name)
                }
                None => match value.cast::<Str>() {
                    Some(text) => format_text(text.as_str(), &spec, &type_name),
                    None => Ok(String::new()),
                },
            };
            let text = vm.checked(text)?;
            vm.new_str(&text)
        })
    }

    /// Appends a template with its fields filled in.
    pub(crate) fn push_template(
        &mut self,
        text: &mut TextBuilder,
        template: &str,
        source: &mut dyn FieldSource,
        numbering: &mut Numbering,
        depth: u32,
    ) -> Result<(), Raised> {
        if depth > DEEPEST_NESTING {
            return Err(self.raise_operation_error(&nesting_error()));
        }
        for piece in Pieces::new(template) {
            let piece = self.checked(piece)?;
            text.push(self, piece.literal)?;
            if let Some(field) = piece.field {
                self.push_field(text, &field, source, numbering, depth)?;
            }
        }
        Ok(())
    }

    fn push_field(
        &mut self,
        text: &mut TextBuilder,
        field: &Field<'_>,
        source: &mut dyn FieldSource,
        numbering: &mut Numbering,
        depth: u32,
    ) -> Result<(), Raised> {
        let value = self.field_value(field.name, source, numbering)?;
        let value = self.converted_field(field, value)?;
        let formatted = self.formatted_field(field, value, source, numbering, depth);
        self.release(value);
        let formatted = formatted?;
        self.push_owned(text, formatted)
    }

    /// The value that a field's name stands for. Owned.
    fn field_value(
        &mut self,
        name: &str,
        source: &mut dyn FieldSource,
        numbering: &mut Numbering,
    ) -> Result<Value, Raised> {
        let parsed = FieldName::parse(name, numbering);
        let mut parsed = self.checked(parsed)?;
        let mut value = match parsed.argument {
            Argument::Position(position) => source.position(self, position)?,
            Argument::Name(name) => source.name(self, name)?,
        };
        for accessor in &mut parsed {
            let next = self.follow_accessor(value, accessor);
            self.release(value);
            value = next?;
        }
        Ok(value)
    }

    fn follow_accessor(
        &mut self,
        value: Value,
        accessor: Result<Accessor<'_>, OperationError>,
    ) -> Result<Value, Raised> {
        match self.checked(accessor)? {
            Accessor::Attribute(name) => {
                let name = self.intern(name)?;
                self.get_attribute(value, name)
            }
            Accessor::Index(index) => {
                let index = self.new_int(i64::try_from(index).unwrap_or(i64::MAX))?;
                let item = self.get_item(value, index);
                self.release(index);
                item
            }
            Accessor::Key(key) => {
                let key = self.new_str(key)?;
                let item = self.get_item(value, key);
                self.release(key);
                item
            }
        }
    }

    /// Applies `!r` and the like to an owned value. Owned.
    fn converted_field(&mut self, field: &Field<'_>, value: Value) -> Result<Value, Raised> {
        let conversion = self.checked(field.checked_conversion());
        let converted = match conversion {
            Ok(None) => return Ok(value),
            Ok(Some(Conversion::Str)) => self.str_of(value),
            Ok(Some(Conversion::Repr)) => self.repr(value),
            Ok(Some(Conversion::Ascii)) => self.ascii(value),
            Err(raised) => Err(raised),
        };
        self.release(value);
        converted
    }

    fn formatted_field(
        &mut self,
        field: &Field<'_>,
        value: Value,
        source: &mut dyn FieldSource,
        numbering: &mut Numbering,
        depth: u32,
    ) -> Result<Value, Raised> {
        if field.spec.is_empty() {
            return self.format(value, Value::UNSET);
        }
        let specification = if field.spec_is_template {
            self.build_text(|vm, text| {
                vm.push_template(text, field.spec, source, numbering, depth + 1)
            })?
        } else {
            self.new_str(field.spec)?
        };
        let formatted = self.format(value, specification);
        self.release(specification);
        formatted
    }

    /// `KeyError(name)` for a field that no argument has.
    pub(crate) fn raise_key_error_for(&mut self, name: &str) -> Raised {
        match self.new_str(name) {
            Ok(key) => {
                let raised = self.raise_with(Type::KeyError, key);
                self.release(key);
                raised
            }
            Err(raised) => raised,
        }
    }
}
