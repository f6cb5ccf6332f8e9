//! Operations of `bytes`: representation, hexadecimal, searching, trimming and splitting.
//!
//! Ranges are given and clamped as for strings. White space and letters are those of ASCII.

use super::OperationError;
use super::slice::clamp_range;
use super::string_ops::Ends;
use super::string_repr::choose_quote;

/// `repr(bytes)`.
pub fn repr(bytes: &[u8]) -> String {
    let quote = choose_quote(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut result = String::with_capacity(bytes.len() + 3);
    result.push('b');
    result.push(quote);
    for &byte in bytes {
        match byte {
            b'\\' => result.push_str("\\\\"),
            b'\t' => result.push_str("\\t"),
            b'\n' => result.push_str("\\n"),
            b'\r' => result.push_str("\\r"),
            _ if char::from(byte) == quote => result.extend(['\\', quote]),
            b' '..=b'~' => result.push(char::from(byte)),
            _ => result.push_str(&format!("\\x{byte:02x}")),
        }
    }
    result.push(quote);
    result
}

/// `bytes.hex()`.
pub fn to_hexadecimal(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// `bytes.fromhex(text)`: pairs of digits, with white space between pairs.
pub fn from_hexadecimal(text: &str) -> Result<Vec<u8>, OperationError> {
    let refuse = |position: usize| {
        OperationError::value(format!(
            "non-hexadecimal number found in fromhex() arg at position {position}"
        ))
    };
    // Text beyond ASCII is refused first, wherever it is.
    if let Some(position) = text.chars().position(|character| !character.is_ascii()) {
        return Err(refuse(position));
    }
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut characters = text.chars().enumerate();
    while let Some((position, character)) = characters.next() {
        if is_space_character(character) {
            continue;
        }
        let high = character.to_digit(16).ok_or_else(|| refuse(position))?;
        let low = characters
            .next()
            .and_then(|(_, character)| character.to_digit(16));
        let low = low.ok_or_else(|| refuse(position + 1))?;
        bytes.push((high << 4 | low) as u8);
    }
    Ok(bytes)
}

fn is_space_character(character: char) -> bool {
    matches!(character, '\t'..='\r' | ' ')
}

/// White space by `bytes.isspace`, `strip` and `split`.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

/// The first occurrence of a part, in bytes from the start.
fn first_occurrence(bytes: &[u8], part: &[u8]) -> Option<usize> {
    let Some((&first, tail)) = part.split_first() else {
        return Some(0);
    };
    let last_start = bytes.len().checked_sub(part.len())?;
    let mut from = 0;
    while let Some(found) = bytes[from..=last_start]
        .iter()
        .position(|byte| *byte == first)
    {
        let at = from + found;
        if bytes[at + 1..].starts_with(tail) {
            return Some(at);
        }
        from = at + 1;
        if from > last_start {
            break;
        }
    }
    None
}

fn last_occurrence(bytes: &[u8], part: &[u8]) -> Option<usize> {
    let last_start = bytes.len().checked_sub(part.len())?;
    (0..=last_start)
        .rev()
        .find(|at| bytes[*at..].starts_with(part))
}

/// `bytes.find`.
pub fn find(bytes: &[u8], part: &[u8], start: Option<i64>, end: Option<i64>) -> Option<usize> {
    let (start, end) = clamp_range(start, end, bytes.len())?;
    Some(start + first_occurrence(&bytes[start..end], part)?)
}

/// `bytes.rfind`.
pub fn rfind(bytes: &[u8], part: &[u8], start: Option<i64>, end: Option<i64>) -> Option<usize> {
    let (start, end) = clamp_range(start, end, bytes.len())?;
    Some(start + last_occurrence(&bytes[start..end], part)?)
}

/// `bytes.count`: occurrences that do not overlap.
pub fn count(bytes: &[u8], part: &[u8], start: Option<i64>, end: Option<i64>) -> usize {
    let Some((start, end)) = clamp_range(start, end, bytes.len()) else {
        return 0;
    };
    if part.is_empty() {
        return end - start + 1;
    }
    occurrences(&bytes[start..end], part).count()
}

/// The starts of the occurrences of a nonempty part that do not overlap.
fn occurrences(bytes: &[u8], part: &[u8]) -> impl Iterator<Item = usize> {
    debug_assert!(!part.is_empty());
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + first_occurrence(&bytes[from..], part)?;
        from = at + part.len();
        Some(at)
    })
}

/// `bytes.startswith` for one prefix.
pub fn starts_with(bytes: &[u8], prefix: &[u8], start: Option<i64>, end: Option<i64>) -> bool {
    clamp_range(start, end, bytes.len())
        .is_some_and(|(start, end)| bytes[start..end].starts_with(prefix))
}

/// `bytes.endswith` for one suffix.
pub fn ends_with(bytes: &[u8], suffix: &[u8], start: Option<i64>, end: Option<i64>) -> bool {
    clamp_range(start, end, bytes.len())
        .is_some_and(|(start, end)| bytes[start..end].ends_with(suffix))
}

/// `bytes.strip`, `lstrip` and `rstrip`, of the given bytes or of white space.
pub fn strip<'a>(bytes: &'a [u8], stripped: Option<&[u8]>, ends: Ends) -> &'a [u8] {
    let keeps = |byte: &u8| match stripped {
        None => !is_space(*byte),
        Some(stripped) => !stripped.contains(byte),
    };
    let mut bytes = bytes;
    if ends != Ends::Right {
        bytes = &bytes[bytes.iter().position(keeps).unwrap_or(bytes.len())..];
    }
    if ends != Ends::Left {
        bytes = &bytes[..bytes.iter().rposition(keeps).map_or(0, |last| last + 1)];
    }
    bytes
}

/// `bytes.split(separator, max_splits)`; below zero means no maximum.
pub fn split<'a>(
    bytes: &'a [u8],
    separator: &[u8],
    max_splits: i64,
) -> Result<Vec<&'a [u8]>, OperationError> {
    if separator.is_empty() {
        return Err(OperationError::value("empty separator"));
    }
    let limit = usize::try_from(max_splits).unwrap_or(usize::MAX);
    let (mut parts, mut from) = (Vec::new(), 0);
    for at in occurrences(bytes, separator).take(limit) {
        parts.push(&bytes[from..at]);
        from = at + separator.len();
    }
    parts.push(&bytes[from..]);
    Ok(parts)
}

/// `bytes.split()` by white space.
pub fn split_whitespace(bytes: &[u8], max_splits: i64) -> Vec<&[u8]> {
    let limit = usize::try_from(max_splits).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let mut rest = strip(bytes, None, Ends::Left);
    while !rest.is_empty() {
        let at = rest
            .iter()
            .position(|byte| is_space(*byte))
            .filter(|_| parts.len() < limit);
        let Some(at) = at else {
            parts.push(rest);
            break;
        };
        parts.push(&rest[..at]);
        rest = strip(&rest[at..], None, Ends::Left);
    }
    parts
}

/// `bytes.replace`: the first `limit` occurrences, all for a negative limit. The result can be as
/// long as the product of the operands.
pub fn replace(bytes: &[u8], old: &[u8], new: &[u8], limit: i64) -> Vec<u8> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut result = Vec::with_capacity(bytes.len());
    if old.is_empty() {
        // An empty part is found before every byte and at the end.
        let inserted = limit.min(bytes.len() + 1);
        for byte in &bytes[..inserted.min(bytes.len())] {
            result.extend_from_slice(new);
            result.push(*byte);
        }
        result.extend_from_slice(&bytes[inserted.min(bytes.len())..]);
        if inserted > bytes.len() {
            result.extend_from_slice(new);
        }
        return result;
    }
    let mut from = 0;
    for at in occurrences(bytes, old).take(limit) {
        result.extend_from_slice(&bytes[from..at]);
        result.extend_from_slice(new);
        from = at + old.len();
    }
    result.extend_from_slice(&bytes[from..]);
    result
}

#[cfg(test)]
#[path = "bytes_ops_tests.rs"]
mod tests;
