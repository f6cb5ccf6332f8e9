//! Names, numbers, operands.

use std::borrow::Cow;

use num_bigint::BigInt;

use super::{Parsed, Parser};
use crate::diagnostic::ErrorKind;
use crate::lexer::{Token, TokenKind};
use crate::literal;
use crate::span::Span;
use crate::syntax::*;

/// How deep tuples may nest: as deep as in a module.
const MAX_TUPLE_DEPTH: usize = vm_bytecode::limits::MAX_TUPLE_DEPTH as usize;

impl<'a> Parser<'a> {
    // Names, numbers and expressions.

    /// A bare or quoted name.
    pub(super) fn name(&mut self, expected: &'static str) -> Parsed<Name<'a>> {
        if let Some(token) = self.accept(TokenKind::Word) {
            return Ok(Name {
                text: Cow::Borrowed(self.spelling(token)),
                span: token.span,
                quoted: false,
            });
        }
        self.string(expected)
    }

    pub(super) fn string(&mut self, expected: &'static str) -> Parsed<Name<'a>> {
        let token = self.expect(TokenKind::String, expected)?;
        let text = self.decode(token, literal::parse_string)?;
        Ok(Name {
            text,
            span: token.span,
            quoted: true,
        })
    }

    /// Decodes a string or bytes literal; an error is reported at its place inside.
    pub(super) fn decode<T>(
        &mut self,
        token: Token,
        decode: impl Fn(&'a str) -> Result<T, literal::LiteralError>,
    ) -> Parsed<T> {
        decode(self.spelling(token)).map_err(|(range, kind)| {
            let start = token.span.start;
            let span = Span::new(start + range.start as u32, start + range.end as u32);
            self.report(kind, span)
        })
    }

    /// A number of at most 32 bits.
    pub(super) fn number(&mut self, expected: &'static str) -> Parsed<Number> {
        let token = self.expect(TokenKind::Integer, expected)?;
        let value = match self.integer(token)? {
            ExpressionKind::Integer(value) => u32::try_from(value).ok(),
            _ => None,
        };
        let value = value.ok_or_else(|| {
            let (least, most) = (0, i64::from(u32::MAX));
            self.report(
                ErrorKind::OutOfRange {
                    what: "the number",
                    least,
                    most,
                },
                token.span,
            )
        })?;
        Ok(Number {
            value,
            span: token.span,
        })
    }

    pub(super) fn expression(&mut self, depth: usize) -> Parsed<Expression<'a>> {
        let token = self.peek();
        self.position += 1;
        let kind = match token.kind {
            TokenKind::Word => return self.word(token),
            TokenKind::Integer => self.integer(token)?,
            TokenKind::Float => ExpressionKind::Float(self.float(token)?),
            TokenKind::String => ExpressionKind::String(self.decode(token, literal::parse_string)?),
            TokenKind::Bytes => ExpressionKind::Bytes(self.decode(token, literal::parse_bytes)?),
            TokenKind::Minus => return self.negative(token),
            TokenKind::OpenParen if depth == MAX_TUPLE_DEPTH => {
                return Err(self.report(ErrorKind::TupleTooDeep(MAX_TUPLE_DEPTH), token.span));
            }
            TokenKind::OpenParen => return self.tuple(token, depth + 1),
            _ => {
                self.position -= 1;
                return Err(self.unexpected("an operand"));
            }
        };
        Ok(Expression {
            kind,
            span: token.span,
        })
    }

    /// A word, or `nan(0x7ff8000000000001)`.
    pub(super) fn word(&mut self, token: Token) -> Parsed<Expression<'a>> {
        let word = self.spelling(token);
        if word != "nan" || self.accept(TokenKind::OpenParen).is_none() {
            let kind = ExpressionKind::Word(word);
            return Ok(Expression {
                kind,
                span: token.span,
            });
        }
        let bits = self.expect(TokenKind::Integer, "the bits of the NaN")?;
        let value = match self.integer(bits)? {
            ExpressionKind::Integer(value) => value as u64,
            ExpressionKind::LargeInteger(value) => u64::try_from(&*value).unwrap_or(0),
            _ => 0,
        };
        if !f64::from_bits(value).is_nan() {
            let spelling = self.spelling(bits).to_owned();
            return Err(self.report(ErrorKind::NotNan(spelling), bits.span));
        }
        let close = self.expect(TokenKind::CloseParen, "`)`")?;
        Ok(Expression {
            kind: ExpressionKind::Float(value),
            span: token.span.to(close.span),
        })
    }

    pub(super) fn negative(&mut self, minus: Token) -> Parsed<Expression<'a>> {
        const SIGN: u64 = 1 << 63;
        let token = self.peek();
        let kind = match token.kind {
            TokenKind::Integer => match self.integer(token)? {
                ExpressionKind::Integer(value) => ExpressionKind::Integer(-value),
                ExpressionKind::LargeInteger(value) => integer_of(-*value),
                other => other,
            },
            TokenKind::Float => ExpressionKind::Float(self.float(token)? | SIGN),
            TokenKind::Word if self.spelling(token) == "inf" => {
                ExpressionKind::Float(f64::NEG_INFINITY.to_bits())
            }
            _ => return Err(self.unexpected("a number")),
        };
        self.position += 1;
        Ok(Expression {
            kind,
            span: minus.span.to(token.span),
        })
    }

    pub(super) fn tuple(&mut self, open: Token, depth: usize) -> Parsed<Expression<'a>> {
        let mut items = Vec::new();
        let mut trailing_comma = true;
        while self.peek().kind != TokenKind::CloseParen {
            items.push(self.expression(depth)?);
            trailing_comma = self.accept(TokenKind::Comma).is_some();
            if !trailing_comma {
                break;
            }
        }
        // `(1)` is refused: it would be a tuple here and a plain 1 elsewhere.
        let expected = if items.len() == 1 {
            "`,`: a tuple of one ends with `,)`"
        } else {
            "`)`"
        };
        if items.len() == 1 && !trailing_comma {
            return Err(self.unexpected(expected));
        }
        let close = self.expect(TokenKind::CloseParen, "`,` or `)`")?;
        Ok(Expression {
            kind: ExpressionKind::Tuple(items),
            span: open.span.to(close.span),
        })
    }

    /// An integer without a sign.
    pub(super) fn integer(&mut self, token: Token) -> Parsed<ExpressionKind<'a>> {
        let spelling = self.spelling(token);
        if let Some(value) = literal::parse_short_integer(spelling) {
            return Ok(ExpressionKind::Integer(value));
        }
        let value = literal::parse_integer(spelling);
        value
            .map(integer_of)
            .map_err(|kind| self.report(kind, token.span))
    }

    pub(super) fn float(&mut self, token: Token) -> Parsed<u64> {
        literal::parse_float(self.spelling(token)).map_err(|kind| self.report(kind, token.span))
    }
}

fn integer_of(value: BigInt) -> ExpressionKind<'static> {
    match i64::try_from(&value) {
        Ok(value) => ExpressionKind::Integer(value),
        Err(_) => ExpressionKind::LargeInteger(Box::new(value)),
    }
}
