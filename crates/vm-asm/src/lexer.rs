//! Text to tokens.
//!
//! Tokens carry no values: a token is a kind and the span of its spelling, which the parser decodes
//! (`literal`) and the formatter prints unchanged. Blanks separate tokens and are dropped; line ends
//! and comments are tokens, because statements end with lines and `vm fmt` keeps comments.
//!
//! A piece that is no token is reported once and becomes one [`TokenKind::Error`] token. The parser
//! skips the statement around it without a second report.

use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::span::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// `total`, `Node.__init__`, `r3`, `None`
    Word,
    /// `.func`
    Directive,
    /// `12`, `0x1f`, `1_000`
    Integer,
    /// `1.5`, `1e-3`
    Float,
    /// `"text"`
    String,
    /// `b"bytes"`
    Bytes,
    Comma,
    Colon,
    Equals,
    OpenParen,
    CloseParen,
    /// `->`
    Arrow,
    Slash,
    Star,
    StarStar,
    Minus,
    /// `; to the end of the line`
    Comment,
    Newline,
    /// Reported already.
    Error,
}

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

/// Whether a name can be written without quotes.
pub(crate) fn is_word(text: &str) -> bool {
    word_length(text) == text.len() && !text.is_empty()
}

/// What a byte can be part of, so that text of ASCII needs no decoding.
mod class {
    /// A letter or `_`.
    pub(super) const LETTER: u8 = 1;
    pub(super) const DIGIT: u8 = 2;
    /// Part of a character of more bytes.
    pub(super) const WIDE: u8 = 4;
}

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => class::LETTER,
            b'0'..=b'9' => class::DIGIT,
            0x80.. => class::WIDE,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

#[inline]
fn class_of(byte: u8) -> u8 {
    CLASSES[usize::from(byte)]
}

/// How many bytes at the beginning of `text` form a word: identifiers joined by single dots.
fn word_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut length = 0;
    loop {
        let part = identifier_length(text, length);
        if part == 0 {
            // A dot that no identifier follows is not part of the word.
            return length.saturating_sub(1);
        }
        length += part;
        if bytes.get(length) != Some(&b'.') {
            return length;
        }
        length += 1;
    }
}

/// How many bytes of `text` form an identifier, from a border of characters on.
#[inline]
fn identifier_length(text: &str, start: usize) -> usize {
    let bytes = &text.as_bytes()[start..];
    match bytes.first().map_or(0, |&first| class_of(first)) {
        class::LETTER => {}
        class::WIDE => return wide_identifier_length(&text[start..]),
        _ => return 0,
    }
    let mut length = 1;
    while let Some(&byte) = bytes.get(length) {
        match class_of(byte) {
            class::LETTER | class::DIGIT => length += 1,
            class::WIDE => return wide_identifier_length(&text[start..]),
            _ => break,
        }
    }
    length
}

/// The same for text that is not all ASCII.
#[cold]
fn wide_identifier_length(text: &str) -> usize {
    let mut characters = text.char_indices();
    match characters.next() {
        Some((_, first)) if first == '_' || first.is_alphabetic() => {}
        _ => return 0,
    }
    let is_inside = |character: char| character == '_' || character.is_alphanumeric();
    characters
        .find(|&(_, character)| !is_inside(character))
        .map_or(text.len(), |(end, _)| end)
}

/// Whether comments become tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comments {
    Kept,
    Dropped,
}

/// Splits `source` into tokens. The last token is always a line end.
pub(crate) fn tokens(source: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Token> {
    let mut lexer = Lexer::new(source, Comments::Kept);
    let mut tokens = Vec::new();
    while lexer.line(&mut tokens, diagnostics) {}
    tokens
}

/// Reads a text line by line.
pub(crate) struct Lexer<'a> {
    source: &'a str,
    comments: Comments,
    position: usize,
}

/// Where the tokens of a line go.
struct Line<'a> {
    tokens: &'a mut Vec<Token>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(source: &'a str, comments: Comments) -> Self {
        let mark = '\u{feff}';
        let position = if source.starts_with(mark) {
            mark.len_utf8()
        } else {
            0
        };
        Self {
            source,
            comments,
            position,
        }
    }

    /// Appends the tokens of the next line with its line end. False if it was the last one: behind a
    /// last line end there is an empty line.
    pub(crate) fn line(
        &mut self,
        tokens: &mut Vec<Token>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> bool {
        let mut line = Line {
            tokens,
            diagnostics,
        };
        while let Some(&first) = self.source.as_bytes().get(self.position) {
            if first == b'\n' {
                self.push(&mut line, TokenKind::Newline, 1);
                return true;
            }
            self.token(first, &mut line);
        }
        self.push(&mut line, TokenKind::Newline, 0);
        false
    }

    fn rest(&self) -> &'a str {
        &self.source[self.position..]
    }

    /// Makes the next `length` bytes a token.
    #[inline]
    fn push(&mut self, line: &mut Line<'_>, kind: TokenKind, length: usize) {
        let start = self.position as u32;
        self.position += length;
        line.tokens.push(Token {
            kind,
            span: Span::new(start, self.position as u32),
        });
    }

    /// Reports the next `length` bytes.
    fn error(&mut self, line: &mut Line<'_>, length: usize, kind: ErrorKind) {
        let start = self.position as u32;
        self.push(line, TokenKind::Error, length);
        let span = Span::new(start, self.position as u32);
        line.diagnostics.push(Diagnostic::new(kind, span));
    }

    /// The token that begins with the byte `first`, or the blanks before it.
    fn token(&mut self, first: u8, line: &mut Line<'_>) {
        use TokenKind::*;
        let rest = self.rest();
        match first {
            b' ' => {
                self.position += 1;
                while self.source.as_bytes().get(self.position) == Some(&b' ') {
                    self.position += 1;
                }
            }
            b';' => self.comment(line),
            b'\t' | b'\x0b' | b'\x0c' | b'\r' => self.position += 1,
            b',' => self.push(line, Comma, 1),
            b':' => self.push(line, Colon, 1),
            b'=' => self.push(line, Equals, 1),
            b'(' => self.push(line, OpenParen, 1),
            b')' => self.push(line, CloseParen, 1),
            b'/' => self.push(line, Slash, 1),
            b'*' if rest.starts_with("**") => self.push(line, StarStar, 2),
            b'*' => self.push(line, Star, 1),
            b'-' if rest.starts_with("->") => self.push(line, Arrow, 2),
            b'-' => self.push(line, Minus, 1),
            b'"' => self.quoted(line, String, 1),
            b'b' if rest.starts_with("b\"") => self.quoted(line, Bytes, 2),
            b'0'..=b'9' => self.number(line),
            b'.' => match identifier_length(rest, 1) {
                0 => self.other(line),
                length => self.push(line, Directive, 1 + length),
            },
            _ => match word_length(rest) {
                0 => self.other(line),
                length => self.push(line, Word, length),
            },
        }
    }

    /// A blank outside of ASCII, or what is no token.
    fn other(&mut self, line: &mut Line<'_>) {
        let Some(first) = self.rest().chars().next() else {
            return;
        };
        if first.is_whitespace() {
            self.position += first.len_utf8();
        } else {
            self.error(
                line,
                first.len_utf8(),
                ErrorKind::UnexpectedCharacter(first),
            );
        }
    }

    fn comment(&mut self, line: &mut Line<'_>) {
        let rest = self.rest();
        let text = rest.find('\n').map_or(rest, |end| &rest[..end]);
        match self.comments {
            Comments::Kept => self.push(line, TokenKind::Comment, text.trim_end().len()),
            Comments::Dropped => self.position += text.len(),
        }
    }

    /// A string or bytes literal whose opening takes `opening` bytes; it must end on its line.
    fn quoted(&mut self, line: &mut Line<'_>, kind: TokenKind, opening: usize) {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let mut offset = opening;
        while let Some(&byte) = bytes.get(offset) {
            match byte {
                b'"' => return self.push(line, kind, offset + 1),
                b'\n' => break,
                // What is escaped may be a quote. A byte inside of a wide character never is.
                b'\\' if bytes.get(offset + 1) != Some(&b'\n') => offset += 2,
                _ => offset += 1,
            }
        }
        let text = rest.find('\n').map_or(rest, |end| &rest[..end]);
        self.error(
            line,
            text.trim_end().len().max(opening),
            ErrorKind::UnterminatedString,
        );
    }

    fn number(&mut self, line: &mut Line<'_>) {
        let bytes = self.rest().as_bytes();
        let digit_at = |offset: usize| bytes.get(offset).is_some_and(u8::is_ascii_digit);
        let run = |mut offset: usize| {
            while digit_at(offset) || bytes.get(offset) == Some(&b'_') {
                offset += 1;
            }
            offset
        };
        let mut kind = TokenKind::Integer;
        let mut length = run(0);
        if bytes.get(length) == Some(&b'.') && digit_at(length + 1) {
            kind = TokenKind::Float;
            length = run(length + 1);
        }
        if matches!(bytes.get(length), Some(b'e' | b'E')) {
            let signed = matches!(bytes.get(length + 1), Some(b'+' | b'-'));
            let exponent = length + 1 + usize::from(signed);
            if digit_at(exponent) {
                kind = TokenKind::Float;
                length = run(exponent);
            }
        }
        // Letters that follow belong to the spelling: `0x1f`, or a mistake like `12ab`.
        let rest = self.rest();
        let letters = rest[length..].find(|c: char| c != '_' && !c.is_alphanumeric());
        let end = letters.map_or(rest.len(), |letters| length + letters);
        let prefixed = matches!(
            bytes.get(..2),
            Some(b"0x" | b"0X" | b"0o" | b"0O" | b"0b" | b"0B")
        );
        if end > length && !prefixed {
            return self.error(line, end, ErrorKind::BadNumber(rest[..end].to_owned()));
        }
        self.push(line, kind, end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(source: &str) -> Vec<TokenKind> {
        let mut diagnostics = Vec::new();
        let tokens = tokens(source, &mut diagnostics);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        tokens.iter().map(|token| token.kind).collect()
    }

    fn spellings(source: &str) -> Vec<&str> {
        let tokens = tokens(source, &mut Vec::new());
        tokens
            .iter()
            .map(|token| &source[token.span.range()])
            .collect()
    }

    #[test]
    fn every_kind() {
        use TokenKind::*;
        assert_eq!(
            kinds(r#".x a.b 1 1.5 "s" b"s" , : = ( ) -> / * ** - ; c"#),
            [
                Directive, Word, Integer, Float, String, Bytes, Comma, Colon, Equals, OpenParen,
                CloseParen, Arrow, Slash, Star, StarStar, Minus, Comment, Newline
            ]
        );
    }

    #[test]
    fn spellings_are_kept() {
        assert_eq!(
            spellings("L1: load r1, \"a;\\\"b\" ; c \n-0x_1F 1e-5 1_0.5e3"),
            [
                "L1",
                ":",
                "load",
                "r1",
                ",",
                "\"a;\\\"b\"",
                "; c",
                "\n",
                "-",
                "0x_1F",
                "1e-5",
                "1_0.5e3",
                ""
            ]
        );
        assert_eq!(spellings("a.b. x"), ["a.b", ".", "x", ""]);
        assert_eq!(spellings("\u{feff}größe"), ["größe", ""]);
    }

    #[test]
    fn broken_pieces_are_reported_once_and_end_with_their_line() {
        for (source, expected) in [
            ("\"abc\nx", ErrorKind::UnterminatedString),
            ("\"abc\\\nx", ErrorKind::UnterminatedString),
            ("12ab\nx", ErrorKind::BadNumber("12ab".to_owned())),
            ("$\nx", ErrorKind::UnexpectedCharacter('$')),
        ] {
            let mut diagnostics = Vec::new();
            let tokens = tokens(source, &mut diagnostics);
            let kinds: Vec<_> = tokens.iter().map(|token| token.kind).collect();
            use TokenKind::*;
            assert_eq!(kinds, [Error, Newline, Word, Newline], "{source:?}");
            assert_eq!(diagnostics.len(), 1, "{source:?}");
            assert_eq!(diagnostics[0].kind, expected);
        }
    }

    #[test]
    fn words() {
        for word in ["a", "_", "a.b", "Node.__init__", "größe", "r1"] {
            assert!(is_word(word), "{word}");
        }
        for text in [
            "", "1a", "a.", ".a", "a..b", "a b", "<lambda>", "a-b", "a.1",
        ] {
            assert!(!is_word(text), "{text}");
        }
    }
}
