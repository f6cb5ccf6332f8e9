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

/// How many bytes at the beginning of `text` form a word: identifiers joined by single dots.
fn word_length(text: &str) -> usize {
    let mut length = 0;
    loop {
        let part = identifier_length(&text[length..]);
        if part == 0 {
            // A dot that no identifier follows is not part of the word.
            return length.saturating_sub(1);
        }
        length += part;
        if !text[length..].starts_with('.') {
            return length;
        }
        length += 1;
    }
}

fn identifier_length(text: &str) -> usize {
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

/// Splits `source` into tokens. The last token is always a line end.
pub(crate) fn tokens(source: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Token> {
    let mut lexer = Lexer {
        source,
        position: 0,
        tokens: Vec::new(),
        diagnostics,
    };
    if source.starts_with('\u{feff}') {
        lexer.position = '\u{feff}'.len_utf8();
    }
    while lexer.position < source.len() {
        lexer.token();
    }
    lexer.push(TokenKind::Newline, 0);
    lexer.tokens
}

struct Lexer<'a> {
    source: &'a str,
    position: usize,
    tokens: Vec<Token>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.position..]
    }

    /// Makes the next `length` bytes a token.
    fn push(&mut self, kind: TokenKind, length: usize) {
        let start = self.position as u32;
        self.position += length;
        self.tokens.push(Token {
            kind,
            span: Span::new(start, self.position as u32),
        });
    }

    /// Reports the next `length` bytes.
    fn error(&mut self, length: usize, kind: ErrorKind) {
        self.push(TokenKind::Error, length);
        let span = self.tokens[self.tokens.len() - 1].span;
        self.diagnostics.push(Diagnostic::new(kind, span));
    }

    fn token(&mut self) {
        use TokenKind::*;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return;
        };
        match first {
            '\n' => self.push(Newline, 1),
            ';' => {
                let line = rest.find('\n').map_or(rest, |end| &rest[..end]);
                self.push(Comment, line.trim_end().len());
            }
            _ if first.is_whitespace() => self.position += first.len_utf8(),
            ',' => self.push(Comma, 1),
            ':' => self.push(Colon, 1),
            '=' => self.push(Equals, 1),
            '(' => self.push(OpenParen, 1),
            ')' => self.push(CloseParen, 1),
            '/' => self.push(Slash, 1),
            '*' if rest.starts_with("**") => self.push(StarStar, 2),
            '*' => self.push(Star, 1),
            '-' if rest.starts_with("->") => self.push(Arrow, 2),
            '-' => self.push(Minus, 1),
            '"' => self.quoted(String, 1),
            'b' if rest.starts_with("b\"") => self.quoted(Bytes, 2),
            '0'..='9' => self.number(),
            '.' if identifier_length(&rest[1..]) > 0 => {
                self.push(Directive, 1 + identifier_length(&rest[1..]));
            }
            _ => match word_length(rest) {
                0 => self.error(first.len_utf8(), ErrorKind::UnexpectedCharacter(first)),
                length => self.push(Word, length),
            },
        }
    }

    /// A string or bytes literal whose opening takes `opening` bytes; it must end on its line.
    fn quoted(&mut self, kind: TokenKind, opening: usize) {
        let rest = self.rest();
        let mut characters = rest[opening..].char_indices();
        while let Some((offset, character)) = characters.next() {
            match character {
                '"' => return self.push(kind, opening + offset + 1),
                '\n' => break,
                '\\' if !rest[opening + offset + 1..].starts_with('\n') => {
                    characters.next();
                }
                _ => {}
            }
        }
        let line = rest.find('\n').map_or(rest, |end| &rest[..end]);
        self.error(
            line.trim_end().len().max(opening),
            ErrorKind::UnterminatedString,
        );
    }

    fn number(&mut self) {
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
            return self.error(end, ErrorKind::BadNumber(rest[..end].to_owned()));
        }
        self.push(kind, end);
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
