//! `repr` and `ascii` of strings.

use super::character::is_printable;

/// `repr(text)`: in single quotes, unless only these occur in the text; what does not print is
/// escaped.
pub fn repr(text: &str) -> String {
    quoted(text, is_printable)
}

/// `ascii` of a text that is already a representation: its characters beyond ASCII are escaped.
pub fn escape_non_ascii(representation: &str) -> String {
    let mut result = String::with_capacity(representation.len());
    for character in representation.chars() {
        if character.is_ascii() {
            result.push(character);
        } else {
            push_numeric_escape(&mut result, character);
        }
    }
    result
}

/// The quote for a text with these quotes in it.
pub(super) fn choose_quote(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

fn quoted(text: &str, shows: impl Fn(char) -> bool) -> String {
    let quote = choose_quote(text.contains('\''), text.contains('"'));
    let mut result = String::with_capacity(text.len() + 2);
    result.push(quote);
    for character in text.chars() {
        match character {
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            _ if character == quote => result.extend(['\\', quote]),
            _ if shows(character) => result.push(character),
            _ => push_numeric_escape(&mut result, character),
        }
    }
    result.push(quote);
    result
}

fn push_numeric_escape(result: &mut String, character: char) {
    let code = u32::from(character);
    result.push_str(&match code {
        0..=0xFF => format!("\\x{code:02x}"),
        0x100..=0xFFFF => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    });
}

#[cfg(test)]
#[path = "string_repr_tests.rs"]
mod tests;
