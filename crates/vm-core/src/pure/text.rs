//! Text with its length in code points, and positions in it.
//!
//! Text is UTF-8, positions in the language are code points. In ASCII text (length in bytes =
//! length in code points) the two coincide and every conversion is free; otherwise it walks the
//! text.

use super::slice::{SliceIndices, clamp_range};

/// A string and how many code points it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'a> {
    text: &'a str,
    length: usize,
}

impl<'a> Text<'a> {
    /// Counts the code points of `text`.
    #[cfg(test)]
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            length: code_point_count(text),
        }
    }

    /// `text`, whose number of code points is already known.
    #[inline]
    pub fn with_length(text: &'a str, length: usize) -> Self {
        debug_assert_eq!(length, code_point_count(text));
        Self { text, length }
    }

    /// The text.
    #[inline]
    pub fn as_str(self) -> &'a str {
        self.text
    }

    /// The number of code points.
    #[inline]
    pub fn length(self) -> usize {
        self.length
    }

    /// Every code point is one byte.
    #[inline]
    pub fn is_ascii(self) -> bool {
        self.length == self.text.len()
    }

    /// Where code point `position` begins, in bytes; the end of the text for one beyond it.
    #[inline]
    pub fn byte_offset(self, position: usize) -> usize {
        if self.is_ascii() {
            position.min(self.text.len())
        } else if position >= self.length {
            self.text.len()
        } else {
            nth_code_point(self.text.as_bytes(), position)
        }
    }

    /// Which code point begins at a byte offset.
    #[cfg(test)]
    #[inline]
    pub fn position_at(self, byte_offset: usize) -> usize {
        if self.is_ascii() {
            byte_offset
        } else {
            code_point_count(&self.text[..byte_offset])
        }
    }

    /// The code point at a position; `None` beyond the end.
    #[inline]
    pub fn character(self, position: usize) -> Option<char> {
        if position >= self.length {
            return None;
        }
        self.text[self.byte_offset(position)..].chars().next()
    }

    /// `text[index]`, where a negative index counts from the end.
    #[cfg(test)]
    #[inline]
    pub fn item(self, index: i64) -> Option<char> {
        let position = if index < 0 {
            index.checked_add(self.length as i64)?
        } else {
            index
        };
        self.character(usize::try_from(position).ok()?)
    }

    /// The code points from `start` up to `end`; empty if they are the wrong way round.
    pub fn range(self, start: usize, end: usize) -> &'a str {
        if start >= end.min(self.length) {
            return "";
        }
        let from = self.byte_offset(start);
        if end >= self.length {
            return &self.text[from..];
        }
        let rest = Text {
            text: &self.text[from..],
            length: self.length - start,
        };
        &self.text[from..from + rest.byte_offset(end - start)]
    }

    /// The code points that a slice selects.
    pub fn slice(self, indices: SliceIndices) -> String {
        if indices.length == 0 {
            return String::new();
        }
        let first = indices.start as usize;
        if indices.step == 1 {
            return self.range(first, first + indices.length).to_owned();
        }
        let stride = usize::try_from(indices.step.unsigned_abs()).unwrap_or(usize::MAX);
        if indices.step > 0 {
            let tail = &self.text[self.byte_offset(first)..];
            tail.chars().step_by(stride).take(indices.length).collect()
        } else {
            let head = &self.text[..self.byte_offset(first + 1)];
            head.chars()
                .rev()
                .step_by(stride)
                .take(indices.length)
                .collect()
        }
    }

    /// The part between optional `start` and `end` arguments as `str.find` and others take them
    /// (negative from the end, clamped), with the position it starts at; `None` if the start is
    /// beyond the end: there, not even empty text is found.
    pub(super) fn window(self, start: Option<i64>, end: Option<i64>) -> Option<(usize, &'a str)> {
        let (start, end) = clamp_range(start, end, self.length)?;
        Some((start, self.range(start, end)))
    }
}

/// How many code points a text has.
pub fn code_point_count(text: &str) -> usize {
    text.chars().count()
}

/// Where code point `position` begins; there is one.
fn nth_code_point(bytes: &[u8], position: usize) -> usize {
    const CHUNK: usize = 64;
    // A byte begins a code point unless it is 0b10xxxxxx. Whole chunks are counted by that.
    let (mut offset, mut left) = (0, position);
    for chunk in bytes.chunks_exact(CHUNK) {
        let begins = chunk.iter().filter(|byte| is_boundary(**byte)).count();
        if begins > left {
            break;
        }
        left -= begins;
        offset += CHUNK;
    }
    for (index, byte) in bytes[offset..].iter().enumerate() {
        if is_boundary(*byte) {
            if left == 0 {
                return offset + index;
            }
            left -= 1;
        }
    }
    bytes.len()
}

#[inline]
fn is_boundary(byte: u8) -> bool {
    byte.cast_signed() >= -64
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
