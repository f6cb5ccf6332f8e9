//! Tokens to the syntax tree.
//!
//! Parsing never fails: the result is a tree and a list of errors. A statement is one line, so an
//! error drops at most the rest of its line; the next line is read as if nothing had happened.

mod block;
mod expression;

use std::fmt::Display;

use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::lexer::{Comments, Lexer, Token, TokenKind};
use crate::span::Span;
use crate::suggest::closest;
use crate::syntax::*;

/// Directives and where they belong.
const OUTER: &str = "outside of `.func` and `.class`";
const IN_FUNCTION: &str = "between `.func` and `.end`";
const IN_CLASS: &str = "between `.class` and `.end`";
const DIRECTIVES: [(&str, &str); 18] = [
    ("version", OUTER),
    ("file", OUTER),
    ("stripped", OUTER),
    ("const", OUTER),
    ("name", OUTER),
    ("entry", OUTER),
    ("func", OUTER),
    ("class", OUTER),
    ("end", "behind `.func` or `.class`"),
    ("local", IN_FUNCTION),
    ("free", IN_FUNCTION),
    ("registers", IN_FUNCTION),
    ("line", IN_FUNCTION),
    ("try", IN_FUNCTION),
    ("word", IN_FUNCTION),
    ("slots", IN_CLASS),
    ("method", IN_CLASS),
    ("attr", IN_CLASS),
];

/// Reads a file. The tree holds every statement that could be read.
pub fn parse(source: &str) -> (SourceFile<'_>, Vec<Diagnostic>) {
    let limit = u32::MAX as usize - 1;
    if source.len() > limit {
        let kind = ErrorKind::SourceTooLong { limit };
        return (
            SourceFile::default(),
            vec![Diagnostic::new(kind, Span::default())],
        );
    }
    let mut parser = Parser {
        source,
        tokens: Vec::new(),
        position: 0,
        diagnostics: Vec::new(),
        file: SourceFile {
            items: Vec::new(),
            // A line with an instruction has hardly less than 16 bytes, an operand hardly less than 8.
            statements: Vec::with_capacity((source.len() / 16).min(1 << 20)),
            operands: Vec::with_capacity((source.len() / 8).min(1 << 21)),
        },
        open: Open::Nothing,
    };
    let mut lexer = Lexer::new(source, Comments::Dropped);
    let mut is_more = true;
    while is_more {
        parser.tokens.clear();
        is_more = lexer.line(&mut parser.tokens, &mut parser.diagnostics);
        parser.line();
    }
    parser.close_unfinished();
    let mut diagnostics = parser.diagnostics;
    diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
    (parser.file, diagnostics)
}

/// The block whose `.end` is still to come, with the span of the directive that opened it.
enum Open<'a> {
    Nothing,
    Function(Box<Function<'a>>, Span),
    Class(Box<Class<'a>>, Span),
}

/// A statement was given up; the error is in the list already.
struct GivenUp;
type Parsed<T> = Result<T, GivenUp>;

struct Parser<'a> {
    source: &'a str,
    /// The tokens of the line that is read, without comments. The last one is its end.
    tokens: Vec<Token>,
    position: usize,
    diagnostics: Vec<Diagnostic>,
    file: SourceFile<'a>,
    open: Open<'a>,
}

impl<'a> Parser<'a> {
    // Tokens.

    fn peek(&self) -> Token {
        self.tokens[self.position.min(self.tokens.len() - 1)]
    }

    fn spelling(&self, token: Token) -> &'a str {
        &self.source[token.span.range()]
    }

    /// Consumes the next token if it has this kind. Never consumes a line end.
    fn accept(&mut self, kind: TokenKind) -> Option<Token> {
        let token = self.peek();
        (token.kind == kind).then(|| {
            self.position += 1;
            token
        })
    }

    fn expect(&mut self, kind: TokenKind, expected: &'static str) -> Parsed<Token> {
        self.accept(kind).ok_or_else(|| self.unexpected(expected))
    }

    /// Reports the next token.
    fn unexpected(&mut self, expected: &'static str) -> GivenUp {
        let token = self.peek();
        if token.kind == TokenKind::Error {
            return GivenUp;
        }
        let found = match token.kind {
            TokenKind::Newline => "the end of the line".to_owned(),
            _ => format!("`{}`", self.spelling(token)),
        };
        // A line end is shown as one column behind the last character, not as a break.
        let span = match token.kind {
            TokenKind::Newline => Span::new(token.span.start, token.span.start),
            _ => token.span,
        };
        self.report(ErrorKind::Expected { expected, found }, span)
    }

    fn report(&mut self, kind: ErrorKind, span: Span) -> GivenUp {
        self.diagnostics.push(Diagnostic::new(kind, span));
        GivenUp
    }

    // Lines.

    /// Reads the line, with all that is on it.
    fn line(&mut self) {
        self.position = 0;
        if self.statement().is_ok() && self.peek().kind != TokenKind::Newline {
            self.unexpected("the end of the line");
        }
    }

    fn statement(&mut self) -> Parsed<()> {
        // Any number of labels, then at most one directive or instruction.
        while self.next_is_label() {
            let name = self.name("a label")?;
            self.position += 1;
            self.in_function(format_args!("{}:", name.text), name.span)?
                .push(Statement::Label(name));
        }
        let token = self.peek();
        match token.kind {
            TokenKind::Newline => Ok(()),
            TokenKind::Directive => self.directive(),
            TokenKind::Word => {
                let mnemonic = self.name("an instruction")?;
                let mut span = mnemonic.span;
                let first = self.file.operands.len();
                if self.peek().kind != TokenKind::Newline {
                    self.operand()?;
                    while self.accept(TokenKind::Comma).is_some() {
                        self.operand()?;
                    }
                }
                if self.peek().kind != TokenKind::Newline {
                    return Err(self.unexpected("`,` or the end of the line"));
                }
                let operands = first..self.file.operands.len();
                if let Some(last) = self.file.operands[operands.clone()].last() {
                    span = span.to(last.span);
                }
                let spelling = &self.source[mnemonic.span.range()];
                let place = mnemonic.span;
                let instruction = Instruction::new(mnemonic, operands, span);
                self.in_function(spelling, place)?
                    .push(Statement::Instruction(instruction));
                Ok(())
            }
            _ => Err(self.unexpected("a directive, a label or an instruction")),
        }
    }

    fn operand(&mut self) -> Parsed<()> {
        let operand = self.expression(0)?;
        self.file.operands.push(operand);
        Ok(())
    }

    fn next_is_label(&self) -> bool {
        let is_name = matches!(self.peek().kind, TokenKind::Word | TokenKind::String);
        let next = self.tokens.get(self.position + 1);
        is_name && next.is_some_and(|token| token.kind == TokenKind::Colon)
    }

    /// The list for a statement that belongs into a function.
    fn in_function(&mut self, what: impl Display, span: Span) -> Parsed<&mut Vec<Statement<'a>>> {
        if !matches!(self.open, Open::Function(..)) {
            let kind = ErrorKind::Misplaced {
                what: what.to_string(),
                place: IN_FUNCTION,
            };
            return Err(self.report(kind, span));
        }
        Ok(&mut self.file.statements)
    }

    fn directive(&mut self) -> Parsed<()> {
        let token = self.peek();
        self.position += 1;
        let word = &self.spelling(token)[1..];
        let Some(&(_, place)) = DIRECTIVES.iter().find(|(name, _)| *name == word) else {
            let names = DIRECTIVES.iter().map(|(name, _)| *name);
            let help = closest(word, names).map(|name| format!(".{name}"));
            let kind = ErrorKind::UnknownDirective(word.to_owned());
            let diagnostic = Diagnostic::new(kind, token.span).suggest(help.as_deref());
            self.diagnostics.push(diagnostic);
            return Err(GivenUp);
        };
        let fits = match place {
            IN_FUNCTION => matches!(self.open, Open::Function(..)),
            IN_CLASS => matches!(self.open, Open::Class(..)),
            // A `.func` inside a function means that an `.end` is missing; see `open`.
            OUTER => matches!(self.open, Open::Nothing) || matches!(word, "func" | "class"),
            _ => !matches!(self.open, Open::Nothing),
        };
        if !fits {
            let what = format!(".{word}");
            return Err(self.report(ErrorKind::Misplaced { what, place }, token.span));
        }
        match word {
            "func" => self.function(token.span),
            "class" => self.class(token.span),
            "end" => {
                self.close();
                Ok(())
            }
            _ if place == OUTER => self.outer(word, token.span),
            _ if place == IN_CLASS => self.member(word),
            _ => self.function_directive(word, token.span),
        }
    }

    fn outer(&mut self, word: &str, span: Span) -> Parsed<()> {
        let item = match word {
            "version" => Item::Version(self.number("a version number")?),
            "file" if self.peek().kind == TokenKind::Newline => Item::File { name: None, span },
            "file" => {
                let name = self.string("the name of the source file in quotes")?;
                Item::File {
                    name: Some(name),
                    span,
                }
            }
            "stripped" => Item::Stripped(span),
            "const" => {
                let name = self.name("a name for the constant")?;
                self.expect(TokenKind::Equals, "`=`")?;
                Item::Constant {
                    name,
                    value: self.expression(0)?,
                }
            }
            "name" => Item::Name(self.name("a name")?),
            _ => Item::Entry(self.name("a function")?),
        };
        self.file.items.push(item);
        Ok(())
    }
}
