//! Templates of `str.format`: literal text and replacement fields.
//!
//! ```text
//!   "size: {0.items[3]!r:>{width}} {{}}"
//!    literal  |field    |  |spec      literal
//!             first, path  conversion
//! ```
//!
//! Parsing is lazy, piece by piece and accessor by accessor: a template with a mistake at its end
//! has evaluated the fields before it. A spec with nested fields is itself a template, expanded
//! with the same [`Numbering`] and one level less of depth.

use super::OperationError;
use super::integer_text::leading_integer;

/// How deep templates may nest: a template, and specs in it.
pub const DEEPEST_NESTING: u32 = 2;

/// The error for a template nested deeper than [`DEEPEST_NESTING`].
pub fn nesting_error() -> OperationError {
    OperationError::value("Max string recursion exceeded")
}

/// A piece of a template: literal text, then perhaps a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The text before the field, with doubled braces already single.
    pub literal: &'a str,
    /// The field, if one follows.
    pub field: Option<Field<'a>>,
}

/// A replacement field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<'a> {
    /// The name, for [`FieldName::parse`].
    pub name: &'a str,
    /// The character behind `!`; [`Field::checked_conversion`] tells whether it means something.
    pub conversion: Option<char>,
    /// The specification behind `:`, empty without one.
    pub spec: &'a str,
    /// The specification contains fields and must be expanded first.
    pub spec_is_template: bool,
}

/// The conversion of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    /// `!s`
    Str,
    /// `!r`
    Repr,
    /// `!a`
    Ascii,
}

impl Field<'_> {
    /// The conversion to apply.
    pub fn checked_conversion(&self) -> Result<Option<Conversion>, OperationError> {
        match self.conversion {
            None => Ok(None),
            Some('s') => Ok(Some(Conversion::Str)),
            Some('r') => Ok(Some(Conversion::Repr)),
            Some('a') => Ok(Some(Conversion::Ascii)),
            Some(other @ '!'..='~') => Err(OperationError::value(format!(
                "Unknown conversion specifier {other}"
            ))),
            Some(other) => Err(OperationError::value(format!(
                "Unknown conversion specifier \\x{:x}",
                u32::from(other)
            ))),
        }
    }
}

/// The pieces of a template, in order; ends after the first error.
#[derive(Debug, Clone)]
pub struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Pieces<'a> {
    /// The pieces of `template`.
    pub fn new(template: &'a str) -> Self {
        Self { rest: template }
    }

    fn parse_piece(&mut self) -> Result<Piece<'a>, OperationError> {
        let text = self.rest;
        let Some(at) = text.find(['{', '}']) else {
            self.rest = "";
            return Ok(Piece {
                literal: text,
                field: None,
            });
        };
        let brace = text.as_bytes()[at];
        let next = text.as_bytes().get(at + 1);
        if next == Some(&brace) {
            // A doubled brace is literal: the first of the two ends this piece's text.
            self.rest = &text[at + 2..];
            return Ok(Piece {
                literal: &text[..=at],
                field: None,
            });
        }
        if brace == b'}' {
            return Err(OperationError::value(
                "Single '}' encountered in format string",
            ));
        }
        if next.is_none() {
            return Err(OperationError::value(
                "Single '{' encountered in format string",
            ));
        }
        let (field, rest) = parse_field(&text[at + 1..])?;
        self.rest = rest;
        Ok(Piece {
            literal: &text[..at],
            field: Some(field),
        })
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Result<Piece<'a>, OperationError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let piece = self.parse_piece();
        if piece.is_err() {
            self.rest = "";
        }
        Some(piece)
    }
}

/// Parses a field behind its opening brace; gives the text behind its closing brace too.
fn parse_field(text: &str) -> Result<(Field<'_>, &str), OperationError> {
    let name_end = field_name_end(text)?;
    let name = &text[..name_end];
    let (terminator, mut rest) = (text.as_bytes()[name_end], &text[name_end + 1..]);
    let mut field = Field {
        name,
        conversion: None,
        spec: "",
        spec_is_template: false,
    };
    if terminator == b'}' {
        return Ok((field, rest));
    }
    if terminator == b'!' {
        let mut characters = rest.chars();
        field.conversion = Some(characters.next().ok_or(OperationError::value(
            "end of string while looking for conversion specifier",
        ))?);
        match characters.next() {
            Some('}') => return Ok((field, characters.as_str())),
            Some(':') | None => rest = characters.as_str(),
            Some(_) => {
                return Err(OperationError::value(
                    "expected ':' after conversion specifier",
                ));
            }
        }
    }
    let mut depth = 1;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'{' => {
                field.spec_is_template = true;
                depth += 1;
            }
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    field.spec = &rest[..at];
                    return Ok((field, &rest[at + 1..]));
                }
            }
            _ => {}
        }
    }
    Err(OperationError::value("unmatched '{' in format spec"))
}

/// Where a field's name ends: at `}`, `:` or `!` outside square brackets.
fn field_name_end(text: &str) -> Result<usize, OperationError> {
    let mut in_brackets = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b']' => in_brackets = false,
            _ if in_brackets => {}
            b'[' => in_brackets = true,
            b'{' => return Err(OperationError::value("unexpected '{' in field name")),
            b'}' | b':' | b'!' => return Ok(at),
            _ => {}
        }
    }
    Err(OperationError::value("expected '}' before end of string"))
}

/// Whether a template's fields are numbered by itself or by hand; one for a whole `format` call.
#[derive(Debug, Clone, Default)]
pub struct Numbering {
    automatic: Option<bool>,
    next: usize,
}

impl Numbering {
    fn switch_to(&mut self, automatic: bool) -> Result<(), OperationError> {
        match (*self.automatic.get_or_insert(automatic), automatic) {
            (true, false) => Err(OperationError::value(
                "cannot switch from automatic field numbering to manual field specification",
            )),
            (false, true) => Err(OperationError::value(
                "cannot switch from manual field specification to automatic field numbering",
            )),
            _ => Ok(()),
        }
    }
}

/// What a field's name begins with: which argument it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument<'a> {
    /// A positional argument.
    Position(usize),
    /// A keyword argument.
    Name(&'a str),
}

/// A step from an argument to the value shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accessor<'a> {
    /// `.name`
    Attribute(&'a str),
    /// `[12]`
    Index(usize),
    /// `[key]`
    Key(&'a str),
}

/// A field's name in parts: the argument, then accessors by iterating.
#[derive(Debug, Clone)]
pub struct FieldName<'a> {
    /// The argument.
    pub argument: Argument<'a>,
    rest: &'a str,
}

impl<'a> FieldName<'a> {
    /// Splits a name, and numbers it if it has no first part.
    pub fn parse(name: &'a str, numbering: &mut Numbering) -> Result<Self, OperationError> {
        let first_end = name.find(['.', '[']).unwrap_or(name.len());
        let (first, rest) = name.split_at(first_end);
        let argument = match whole_integer(first)? {
            _ if first.is_empty() => {
                numbering.switch_to(true)?;
                numbering.next += 1;
                Argument::Position(numbering.next - 1)
            }
            Some(position) => {
                numbering.switch_to(false)?;
                Argument::Position(position)
            }
            None => Argument::Name(first),
        };
        Ok(Self { argument, rest })
    }

    fn parse_accessor(&mut self) -> Result<Accessor<'a>, OperationError> {
        let (accessor, rest) = if let Some(text) = self.rest.strip_prefix('.') {
            let (name, rest) = text.split_at(text.find(['.', '[']).unwrap_or(text.len()));
            (Accessor::Attribute(name), rest)
        } else if let Some(text) = self.rest.strip_prefix('[') {
            let (key, rest) = text
                .split_once(']')
                .ok_or(OperationError::value("Missing ']' in format string"))?;
            let index = whole_integer(key)?;
            (index.map_or(Accessor::Key(key), Accessor::Index), rest)
        } else {
            return Err(OperationError::value(
                "Only '.' or '[' may follow ']' in format field specifier",
            ));
        };
        if matches!(accessor, Accessor::Attribute("") | Accessor::Key("")) {
            return Err(OperationError::value("Empty attribute in format string"));
        }
        self.rest = rest;
        Ok(accessor)
    }
}

impl<'a> Iterator for FieldName<'a> {
    type Item = Result<Accessor<'a>, OperationError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let accessor = self.parse_accessor();
        if accessor.is_err() {
            self.rest = "";
        }
        Some(accessor)
    }
}

/// The value of a text that is digits throughout.
fn whole_integer(text: &str) -> Result<Option<usize>, OperationError> {
    Ok(leading_integer(text)?
        .filter(|(_, length)| *length == text.len())
        .map(|(value, _)| value as usize))
}

#[cfg(test)]
#[path = "str_format_tests.rs"]
mod tests;
