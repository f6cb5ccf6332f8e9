//! Tokens to the syntax tree.
//!
//! Parsing never fails: the result is a tree and a list of errors. A statement is one line, so an
//! error drops at most the rest of its line; the next line is read as if nothing had happened.

mod block;
mod expression;

use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::lexer::{Token, TokenKind, tokens};
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
pub fn parse(source: &str) -> (SourceFile, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let limit = u32::MAX as usize - 1;
    if source.len() > limit {
        let kind = ErrorKind::SourceTooLong { limit };
        return (
            SourceFile::default(),
            vec![Diagnostic::new(kind, Span::default())],
        );
    }
    let mut tokens = tokens(source, &mut diagnostics);
    tokens.retain(|token| token.kind != TokenKind::Comment);
    let mut parser = Parser {
        source,
        tokens,
        position: 0,
        diagnostics,
        items: Vec::new(),
        open: Open::Nothing,
    };
    while parser.position < parser.tokens.len() {
        parser.line();
    }
    parser.close_unfinished();
    let mut diagnostics = parser.diagnostics;
    diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
    (
        SourceFile {
            items: parser.items,
        },
        diagnostics,
    )
}

/// The block whose `.end` is still to come, with the span of the directive that opened it.
enum Open {
    Nothing,
    Function(Box<Function>, Span),
    Class(Box<Class>, Span),
}

/// A statement was given up; the error is in the list already.
struct GivenUp;
type Parsed<T> = Result<T, GivenUp>;

struct Parser<'a> {
    source: &'a str,
    /// Without comments. The last token is a line end.
    tokens: Vec<Token>,
    position: usize,
    diagnostics: Vec<Diagnostic>,
    items: Vec<Item>,
    open: Open,
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

    /// Reads one line with all that is on it, and its line end.
    fn line(&mut self) {
        if self.statement().is_ok() && self.peek().kind != TokenKind::Newline {
            self.unexpected("the end of the line");
        }
        while self.peek().kind != TokenKind::Newline {
            self.position += 1;
        }
        self.position += 1;
    }

    fn statement(&mut self) -> Parsed<()> {
        // Any number of labels, then at most one directive or instruction.
        while self.next_is_label() {
            let name = self.name("a label")?;
            self.position += 1;
            let what = format!("{}:", name.text);
            self.in_function(&what, name.span)?
                .push(Statement::Label(name));
        }
        let token = self.peek();
        match token.kind {
            TokenKind::Newline => Ok(()),
            TokenKind::Directive => self.directive(),
            TokenKind::Word => {
                let mnemonic = self.name("an instruction")?;
                let span = mnemonic.span;
                let mut operands = Vec::new();
                if self.peek().kind != TokenKind::Newline {
                    operands.push(self.expression(0)?);
                    while self.accept(TokenKind::Comma).is_some() {
                        operands.push(self.expression(0)?);
                    }
                }
                if self.peek().kind != TokenKind::Newline {
                    return Err(self.unexpected("`,` or the end of the line"));
                }
                let instruction = Instruction { mnemonic, operands };
                let what = self.source[span.range()].to_owned();
                self.in_function(&what, span)?
                    .push(Statement::Instruction(instruction));
                Ok(())
            }
            _ => Err(self.unexpected("a directive, a label or an instruction")),
        }
    }

    fn next_is_label(&self) -> bool {
        let is_name = matches!(self.peek().kind, TokenKind::Word | TokenKind::String);
        let next = self.tokens.get(self.position + 1);
        is_name && next.is_some_and(|token| token.kind == TokenKind::Colon)
    }

    /// The body of the open function, for a statement that belongs into one.
    fn in_function(&mut self, what: &str, span: Span) -> Parsed<&mut Vec<Statement>> {
        if !matches!(self.open, Open::Function(..)) {
            let what = what.to_owned();
            return Err(self.report(
                ErrorKind::Misplaced {
                    what,
                    place: IN_FUNCTION,
                },
                span,
            ));
        }
        match &mut self.open {
            Open::Function(function, _) => Ok(&mut function.body),
            _ => Err(GivenUp),
        }
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
        self.items.push(item);
        Ok(())
    }
}
