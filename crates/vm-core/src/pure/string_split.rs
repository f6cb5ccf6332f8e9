//! Splitting strings. The parts are slices of the text, in order.
//!
//! A maximum of splits below zero means no maximum. Runs of white space count as one separator and
//! make no empty parts at the ends; any other separator splits at each occurrence.

use super::OperationError;
use super::character::{is_line_break, is_space};
use super::string_ops::check_separator;

fn limit(max_splits: i64) -> usize {
    usize::try_from(max_splits).unwrap_or(usize::MAX)
}

/// `str.split()` by white space.
pub fn split_whitespace(text: &str, max_splits: i64) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        let at = rest
            .find(is_space)
            .filter(|_| parts.len() < limit(max_splits));
        let Some(at) = at else {
            parts.push(rest);
            break;
        };
        parts.push(&rest[..at]);
        rest = rest[at..].trim_start_matches(is_space);
    }
    parts
}

/// `str.rsplit()` by white space: the splits are made from the end.
pub fn rsplit_whitespace(text: &str, max_splits: i64) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim_end_matches(is_space);
    while !rest.is_empty() {
        let space = rest
            .char_indices()
            .rev()
            .find(|(_, character)| is_space(*character));
        let Some((at, space)) = space.filter(|_| parts.len() < limit(max_splits)) else {
            parts.push(rest);
            break;
        };
        parts.push(&rest[at + space.len_utf8()..]);
        rest = rest[..at].trim_end_matches(is_space);
    }
    parts.reverse();
    parts
}

/// `str.split(separator)`.
pub fn split<'a>(
    text: &'a str,
    separator: &str,
    max_splits: i64,
) -> Result<Vec<&'a str>, OperationError> {
    check_separator(separator)?;
    Ok(text
        .splitn(limit(max_splits).saturating_add(1), separator)
        .collect())
}

/// `str.rsplit(separator)`: the splits are made from the end.
pub fn rsplit<'a>(
    text: &'a str,
    separator: &str,
    max_splits: i64,
) -> Result<Vec<&'a str>, OperationError> {
    check_separator(separator)?;
    let mut parts: Vec<_> = text
        .rsplitn(limit(max_splits).saturating_add(1), separator)
        .collect();
    parts.reverse();
    Ok(parts)
}

/// `str.splitlines`: a line break at the very end starts no further line.
pub fn split_lines(text: &str, keep_ends: bool) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let found = rest
            .char_indices()
            .find(|(_, character)| is_line_break(*character));
        let (line_end, next_line) = match found {
            None => (rest.len(), rest.len()),
            Some((at, '\r')) if rest[at + 1..].starts_with('\n') => (at, at + 2),
            Some((at, line_break)) => (at, at + line_break.len_utf8()),
        };
        lines.push(&rest[..if keep_ends { next_line } else { line_end }]);
        rest = &rest[next_line..];
    }
    lines
}

#[cfg(test)]
#[path = "string_split_tests.rs"]
mod tests;
