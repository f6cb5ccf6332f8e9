//! The format-spec mini language: parsing, and formatting of strings.
//!
//! ```text
//!   [[fill]align][sign]["z"]["#"]["0"][width][grouping]["." precision][type]
//!      any  <>=^   +-space                 digits   , _       digits     one character
//! ```
//!
//! What a part means depends on the type of the value; numbers are in `format_number`. The messages
//! name the value's type and show the offending part as the user wrote it.

use super::OperationError;
use super::integer_text::leading_integer;

/// Where the text goes in a wider field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// `<`
    Left,
    /// `>`
    Right,
    /// `^`
    Center,
    /// `=`: the padding goes between the sign and the digits.
    AfterSign,
}

/// How nonnegative numbers are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignStyle {
    /// `+`: with a plus sign.
    Plus,
    /// `-`: not at all.
    Minus,
    /// A space.
    Space,
}

/// A parsed format specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatSpec {
    /// The character that fills a wider field.
    pub fill: char,
    /// The alignment, if given (or implied by a `0` before the width).
    pub align: Option<Align>,
    /// The sign style, if given.
    pub sign: Option<SignStyle>,
    /// `z`: a negative zero is shown without its sign.
    pub coerce_negative_zero: bool,
    /// `#`: the alternate form.
    pub alternate: bool,
    /// The least number of characters.
    pub width: usize,
    /// `,` or `_` between groups of digits.
    pub grouping: Option<char>,
    /// The precision, if given.
    pub precision: Option<usize>,
    /// The presentation type, if given.
    pub kind: Option<char>,
}

/// What a specification is parsed for: it decides defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formatted {
    /// Strings are left-aligned, and their type is `s`.
    Text,
    /// Numbers are right-aligned; a `0` before the width pads after the sign.
    Number,
}

impl FormatSpec {
    /// Parses a specification for a value whose type has the given name.
    pub fn parse(
        text: &str,
        formatted: Formatted,
        type_name: &str,
    ) -> Result<Self, OperationError> {
        let mut rest = text;
        let mut spec = Self {
            fill: ' ',
            align: None,
            sign: None,
            coerce_negative_zero: false,
            alternate: false,
            width: 0,
            grouping: None,
            precision: None,
            kind: (formatted == Formatted::Text).then_some('s'),
        };
        let fill_given = spec.parse_alignment(&mut rest);
        spec.sign = match rest.chars().next() {
            Some('+') => Some(SignStyle::Plus),
            Some('-') => Some(SignStyle::Minus),
            Some(' ') => Some(SignStyle::Space),
            _ => None,
        };
        if spec.sign.is_some() {
            rest = &rest[1..];
        }
        spec.coerce_negative_zero = skip(&mut rest, 'z');
        spec.alternate = skip(&mut rest, '#');
        if !fill_given && skip(&mut rest, '0') {
            spec.fill = '0';
            if spec.align.is_none() && formatted == Formatted::Number {
                spec.align = Some(Align::AfterSign);
            }
        }
        if let Some((width, length)) = leading_integer(rest)? {
            spec.width = width as usize;
            rest = &rest[length..];
        }
        spec.parse_grouping(&mut rest)?;
        if skip(&mut rest, '.') {
            let (precision, length) = leading_integer(rest)?
                .ok_or(OperationError::value("Format specifier missing precision"))?;
            spec.precision = Some(precision as usize);
            rest = &rest[length..];
        }
        let mut remaining = rest.chars();
        if let Some(kind) = remaining.next() {
            if remaining.next().is_some() {
                return Err(OperationError::value(format!(
                    "Invalid format specifier '{text}' for object of type '{type_name}'"
                )));
            }
            spec.kind = Some(kind);
        }
        spec.check_grouping()?;
        Ok(spec)
    }

    /// Consumes fill and alignment; tells whether a fill was given.
    fn parse_alignment(&mut self, rest: &mut &str) -> bool {
        let mut characters = rest.chars();
        let (first, second) = (characters.next(), characters.next());
        if let (Some(fill), Some(align)) = (first, second.and_then(alignment)) {
            self.fill = fill;
            self.align = Some(align);
            *rest = characters.as_str();
            return true;
        }
        self.align = first.and_then(alignment);
        if self.align.is_some() {
            *rest = &rest[1..];
        }
        false
    }

    fn parse_grouping(&mut self, rest: &mut &str) -> Result<(), OperationError> {
        let comma = skip(rest, ',');
        let underscore = skip(rest, '_');
        if underscore && (comma || rest.starts_with(',')) {
            return Err(OperationError::value("Cannot specify both ',' and '_'."));
        }
        if comma {
            self.grouping = Some(',');
        } else if underscore {
            self.grouping = Some('_');
        }
        Ok(())
    }

    fn check_grouping(&self) -> Result<(), OperationError> {
        let Some(separator) = self.grouping else {
            return Ok(());
        };
        match self.kind {
            None | Some('d' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F') => Ok(()),
            Some('b' | 'o' | 'x' | 'X') if separator == '_' => Ok(()),
            Some(kind) => Err(OperationError::value(format!(
                "Cannot specify '{separator}' with {}.",
                quoted_code(kind)
            ))),
        }
    }

    /// The error for a type character that does not fit the value.
    pub(super) fn unknown_code(kind: char, type_name: &str) -> OperationError {
        OperationError::value(format!(
            "Unknown format code {} for object of type '{type_name}'",
            quoted_code(kind)
        ))
    }

    /// How many characters a result can have beyond those of the value itself; to be checked
    /// against a limit before formatting.
    pub fn demanded_characters(&self) -> usize {
        self.width.saturating_add(self.precision.unwrap_or(0))
    }
}

fn alignment(character: char) -> Option<Align> {
    match character {
        '<' => Some(Align::Left),
        '>' => Some(Align::Right),
        '^' => Some(Align::Center),
        '=' => Some(Align::AfterSign),
        _ => None,
    }
}

fn skip(rest: &mut &str, character: char) -> bool {
    rest.strip_prefix(character)
        .map(|shorter| *rest = shorter)
        .is_some()
}

/// A type character in quotes; one that would not print (or is not ASCII) by its number.
fn quoted_code(kind: char) -> String {
    match kind {
        '!'..='\u{7f}' => format!("'{kind}'"),
        _ => format!("'\\x{:x}'", u32::from(kind)),
    }
}

/// `text` in a field of `width` characters; the alignment `=` counts as right.
pub(super) fn pad(text: &str, length: usize, width: usize, fill: char, align: Align) -> String {
    let padding = width.saturating_sub(length);
    let left = match align {
        Align::Left => 0,
        Align::Right | Align::AfterSign => padding,
        Align::Center => padding / 2,
    };
    let mut result = String::with_capacity(text.len() + padding * fill.len_utf8());
    result.extend(std::iter::repeat_n(fill, left));
    result.push_str(text);
    result.extend(std::iter::repeat_n(fill, padding - left));
    result
}

/// `format(text, spec)` for a string. Check [`FormatSpec::demanded_characters`] first.
pub fn format_text(
    text: &str,
    spec: &FormatSpec,
    type_name: &str,
) -> Result<String, OperationError> {
    let refuse = |what| Err(OperationError::value(what));
    match spec.kind {
        Some('s') | None => {}
        Some(kind) => return Err(FormatSpec::unknown_code(kind, type_name)),
    }
    match spec.sign {
        Some(SignStyle::Space) => {
            return refuse("Space not allowed in string format specifier");
        }
        Some(_) => return refuse("Sign not allowed in string format specifier"),
        None => {}
    }
    if spec.coerce_negative_zero {
        return refuse("Negative zero coercion (z) not allowed in string format specifier");
    }
    if spec.alternate {
        return refuse("Alternate form (#) not allowed in string format specifier");
    }
    let align = spec.align.unwrap_or(Align::Left);
    if align == Align::AfterSign {
        return refuse("'=' alignment not allowed in string format specifier");
    }
    let shown = match spec
        .precision
        .and_then(|precision| text.char_indices().nth(precision))
    {
        Some((end, _)) => &text[..end],
        None => text,
    };
    Ok(pad(
        shown,
        shown.chars().count(),
        spec.width,
        spec.fill,
        align,
    ))
}

#[cfg(test)]
#[path = "format_spec_tests.rs"]
mod tests;
