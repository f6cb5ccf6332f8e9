//! Places in a source text.

use std::ops::Range;

/// A half-open range of byte offsets in the source text.
///
/// Both ends lie on character boundaries, so `&source[span.range()]` never panics for the text the
/// span was made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The span `start..end`.
    pub const fn new(start: u32, end: u32) -> Self {
        debug_assert!(start <= end);
        Self { start, end }
    }

    /// The smallest span that covers `self` and `other`.
    pub fn to(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The span as a range that indexes a string.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Translates byte offsets into lines and columns.
#[derive(Clone, Debug)]
pub struct LineIndex {
    /// Offset of the first byte of each line; the first entry is 0.
    line_starts: Vec<u32>,
}

impl LineIndex {
    /// Finds the lines of `source`.
    pub fn new(source: &str) -> Self {
        let mut line_starts = vec![0];
        let breaks = source.match_indices('\n');
        line_starts.extend(breaks.map(|(offset, _)| offset as u32 + 1));
        Self { line_starts }
    }

    /// The line and the column of a byte offset, both counted from 1, the column in bytes.
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let line = self.line_starts.partition_point(|&start| start <= offset);
        (line as u32, offset - self.line_starts[line - 1] + 1)
    }
}

/// Translates byte offsets that mostly ascend, without a search for each.
#[derive(Debug)]
pub(crate) struct LineCursor {
    index: LineIndex,
    /// The line of the last offset, counted from 0.
    line: usize,
}

impl LineCursor {
    pub(crate) fn new(source: &str) -> Self {
        Self {
            index: LineIndex::new(source),
            line: 0,
        }
    }

    /// As [`LineIndex::line_column`].
    pub(crate) fn line_column(&mut self, offset: u32) -> (u32, u32) {
        let starts = &self.index.line_starts;
        if offset < starts[self.line] {
            self.line = 0;
        }
        let later = starts[self.line + 1..].iter();
        self.line += later.take_while(|&&start| start <= offset).count();
        (self.line as u32 + 1, offset - starts[self.line] + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        let index = LineIndex::new("ab\n\ncd");
        let places = [0, 1, 2, 3, 4, 5, 6].map(|offset| index.line_column(offset));
        assert_eq!(
            places,
            [(1, 1), (1, 2), (1, 3), (2, 1), (3, 1), (3, 2), (3, 3)]
        );
    }

    #[test]
    fn a_cursor_goes_both_ways() {
        let source = "ab\n\ncd\n";
        let (index, mut cursor) = (LineIndex::new(source), LineCursor::new(source));
        for offset in [0, 6, 6, 1, 3, 2, 7, 4] {
            assert_eq!(cursor.line_column(offset), index.line_column(offset));
        }
    }

    #[test]
    fn covering_span_does_not_depend_on_the_order() {
        let (left, right) = (Span::new(2, 4), Span::new(7, 9));
        assert_eq!(left.to(right), Span::new(2, 9));
        assert_eq!(right.to(left), Span::new(2, 9));
    }
}
