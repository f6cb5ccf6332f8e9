//! Searching, trimming, replacing and padding strings.
//!
//! Positions are code points; an absent `start` or `end` is the text's. Functions that can make a
//! much longer text say how much longer, so that the caller can check a limit first.

use super::OperationError;
use super::character::is_space;
use super::text::{Text, code_point_count};

/// The error for an empty separator.
fn empty_separator() -> OperationError {
    OperationError::value("empty separator")
}

/// Refuses an empty separator.
pub(super) fn check_separator(separator: &str) -> Result<(), OperationError> {
    if separator.is_empty() {
        Err(empty_separator())
    } else {
        Ok(())
    }
}

/// `str.find`: the position of the first occurrence within the range.
pub fn find(text: Text<'_>, needle: &str, start: Option<i64>, end: Option<i64>) -> Option<usize> {
    let (first, window) = text.window(start, end)?;
    let offset = window.find(needle)?;
    Some(first + position_in(text, window, offset))
}

/// `str.rfind`: the position of the last occurrence within the range.
pub fn rfind(text: Text<'_>, needle: &str, start: Option<i64>, end: Option<i64>) -> Option<usize> {
    let (first, window) = text.window(start, end)?;
    let offset = window.rfind(needle)?;
    Some(first + position_in(text, window, offset))
}

fn position_in(whole: Text<'_>, window: &str, offset: usize) -> usize {
    if whole.is_ascii() {
        offset
    } else {
        code_point_count(&window[..offset])
    }
}

/// `str.count`: occurrences that do not overlap.
pub fn count(text: Text<'_>, needle: &str, start: Option<i64>, end: Option<i64>) -> usize {
    text.window(start, end)
        .map_or(0, |(_, window)| window.matches(needle).count())
}

/// `str.startswith` for one prefix.
pub fn starts_with(text: Text<'_>, prefix: &str, start: Option<i64>, end: Option<i64>) -> bool {
    text.window(start, end)
        .is_some_and(|(_, window)| window.starts_with(prefix))
}

/// `str.endswith` for one suffix.
pub fn ends_with(text: Text<'_>, suffix: &str, start: Option<i64>, end: Option<i64>) -> bool {
    text.window(start, end)
        .is_some_and(|(_, window)| window.ends_with(suffix))
}

/// Which ends of a text are trimmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// `strip`
    Both,
    /// `lstrip`
    Left,
    /// `rstrip`
    Right,
}

/// `str.strip`, `lstrip` and `rstrip`, of the given characters or of white space.
pub fn strip<'a>(text: &'a str, characters: Option<&str>, ends: Ends) -> &'a str {
    match characters {
        None => strip_where(text, is_space, ends),
        Some(characters) => strip_where(text, |character| characters.contains(character), ends),
    }
}

fn strip_where(text: &str, strips: impl Fn(char) -> bool, ends: Ends) -> &str {
    let text = if ends == Ends::Right {
        text
    } else {
        text.trim_start_matches(&strips)
    };
    if ends == Ends::Left {
        text
    } else {
        text.trim_end_matches(&strips)
    }
}

/// The text without the white space that numbers may have around them: all but the four
/// information separators.
pub(super) fn strip_number(text: &str) -> &str {
    let strips = |character| is_space(character) && !matches!(character, '\x1c'..='\x1f');
    strip_where(text, strips, Ends::Both)
}

/// `str.partition`: before, the separator, after; all the text first if there is no separator.
pub fn partition<'a>(
    text: &'a str,
    separator: &str,
) -> Result<(&'a str, &'a str, &'a str), OperationError> {
    check_separator(separator)?;
    Ok(match text.find(separator) {
        Some(at) => cut(text, at, separator.len()),
        None => (text, "", ""),
    })
}

/// `str.rpartition`: as [`partition`] at the last separator; all the text last if there is none.
pub fn rpartition<'a>(
    text: &'a str,
    separator: &str,
) -> Result<(&'a str, &'a str, &'a str), OperationError> {
    check_separator(separator)?;
    Ok(match text.rfind(separator) {
        Some(at) => cut(text, at, separator.len()),
        None => ("", "", text),
    })
}

fn cut(text: &str, at: usize, length: usize) -> (&str, &str, &str) {
    (&text[..at], &text[at..at + length], &text[at + length..])
}

/// How many bytes [`replace`] would give.
pub fn replaced_bytes(text: &str, old: &str, new: &str, limit: i64) -> usize {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let replaced = text.matches(old).take(limit).count();
    // `old` occurs `replaced` times without overlap, so the difference is not negative.
    (text.len() - replaced * old.len()).saturating_add(replaced.saturating_mul(new.len()))
}

/// `str.replace`: the first `limit` occurrences, all for a negative limit. The result can be as
/// long as the product of the texts; see [`replaced_bytes`].
pub fn replace(text: &str, old: &str, new: &str, limit: i64) -> String {
    match usize::try_from(limit) {
        Ok(limit) => text.replacen(old, new, limit),
        Err(_) => text.replace(old, new),
    }
}

/// `str.ljust`. The result has `width` characters if the text has fewer; this one and the next
/// three are to be called with a width that was checked against a limit.
pub fn left_justify(text: Text<'_>, width: usize, fill: char) -> String {
    surround(text, 0, width.saturating_sub(text.length()), fill)
}

/// `str.rjust`.
pub fn right_justify(text: Text<'_>, width: usize, fill: char) -> String {
    surround(text, width.saturating_sub(text.length()), 0, fill)
}

/// `str.center`. An odd padding has its extra character on the left if the width is odd.
pub fn center(text: Text<'_>, width: usize, fill: char) -> String {
    let padding = width.saturating_sub(text.length());
    let left = padding / 2 + (padding & width & 1);
    surround(text, left, padding - left, fill)
}

/// `str.zfill`: zeros behind the sign.
pub fn zero_fill(text: Text<'_>, width: usize) -> String {
    let padding = width.saturating_sub(text.length());
    let sign_length = usize::from(text.as_str().starts_with(['+', '-']));
    let (sign, digits) = text.as_str().split_at(sign_length);
    let mut result = String::with_capacity(text.as_str().len() + padding);
    result.push_str(sign);
    result.extend(std::iter::repeat_n('0', padding));
    result.push_str(digits);
    result
}

fn surround(text: Text<'_>, left: usize, right: usize, fill: char) -> String {
    let bytes = text.as_str().len() + (left + right) * fill.len_utf8();
    let mut result = String::with_capacity(bytes);
    result.extend(std::iter::repeat_n(fill, left));
    result.push_str(text.as_str());
    result.extend(std::iter::repeat_n(fill, right));
    result
}

/// `str.expandtabs`. The result has at most `tab_size` characters for every tab.
pub fn expand_tabs(text: &str, tab_size: usize) -> String {
    let mut result = String::with_capacity(text.len());
    let mut column = 0;
    for character in text.chars() {
        match character {
            '\t' if tab_size > 0 => {
                let spaces = tab_size - column % tab_size;
                result.extend(std::iter::repeat_n(' ', spaces));
                column += spaces;
            }
            '\t' => {}
            _ => {
                result.push(character);
                column = if matches!(character, '\n' | '\r') {
                    0
                } else {
                    column + 1
                };
            }
        }
    }
    result
}

#[cfg(test)]
#[path = "string_ops_tests.rs"]
mod tests;
