//! Functions and classes: their first lines, their directives, their ends.

use std::borrow::Cow;

use super::{Open, Parsed, Parser};
use crate::diagnostic::ErrorKind;
use crate::lexer::TokenKind;
use crate::span::Span;
use crate::syntax::*;

impl<'a> Parser<'a> {
    // Blocks.

    /// Ends the open block at its `.end`.
    pub(super) fn close(&mut self) {
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Nothing => {}
            Open::Function(mut function, _) => {
                function.body.end = self.file.statements.len();
                self.file.items.push(Item::Function(*function));
            }
            Open::Class(class, _) => self.file.items.push(Item::Class(*class)),
        }
    }

    /// Ends the open block where its `.end` is missing.
    pub(super) fn close_unfinished(&mut self) {
        match self.open {
            Open::Nothing => {}
            Open::Function(_, span) => {
                self.report(ErrorKind::MissingEnd(".func"), span);
            }
            Open::Class(_, span) => {
                self.report(ErrorKind::MissingEnd(".class"), span);
            }
        }
        self.close();
    }

    pub(super) fn function(&mut self, span: Span) -> Parsed<()> {
        self.close_unfinished();
        let before = self.diagnostics.len();
        let mut function = Function {
            name: Name {
                text: Cow::Borrowed(""),
                span,
                quoted: true,
            },
            runtime_name: None,
            parameters: Vec::new(),
            is_generator: false,
            is_complete: false,
            body: self.file.statements.len()..self.file.statements.len(),
        };
        let header = self.function_header(&mut function);
        function.is_complete = self.diagnostics.len() == before && header.is_ok();
        self.open = Open::Function(Box::new(function), span);
        header
    }

    fn function_header(&mut self, function: &mut Function<'a>) -> Parsed<()> {
        function.name = self.name("the name of the function")?;
        self.expect(TokenKind::OpenParen, "`(`")?;
        let mut order = Order::default();
        while self.peek().kind != TokenKind::CloseParen {
            self.parameter(&mut order, &mut function.parameters)?;
            if self.accept(TokenKind::Comma).is_none() {
                break;
            }
        }
        let close = self.expect(TokenKind::CloseParen, "`,` or `)`")?;
        if order.bare_star_open {
            let kind = ErrorKind::ParameterOrder("a parameter must follow `*`");
            self.report(kind, close.span);
        }
        while let Some(token) = self.accept(TokenKind::Word) {
            match self.spelling(token) {
                "generator" => function.is_generator = true,
                "named" => function.runtime_name = Some(self.name("a name")?),
                _ => {
                    self.position -= 1;
                    return Err(self.unexpected("`generator`, `named` or the end of the line"));
                }
            }
        }
        Ok(())
    }

    fn parameter(&mut self, order: &mut Order, parameters: &mut Vec<Parameter<'a>>) -> Parsed<()> {
        let token = self.peek();
        let kind = match token.kind {
            TokenKind::Slash => {
                self.position += 1;
                let is_second = std::mem::replace(&mut order.slash, true);
                let is_plain =
                    |parameter: &Parameter<'_>| parameter.kind == ParameterKind::Positional;
                if is_second || parameters.is_empty() || !parameters.iter().all(is_plain) {
                    let text = "`/` stands once, after the first positional parameters";
                    self.report(ErrorKind::ParameterOrder(text), token.span);
                    return Ok(());
                }
                for parameter in parameters.iter_mut() {
                    parameter.kind = ParameterKind::PositionalOnly;
                }
                return Ok(());
            }
            TokenKind::Star => {
                self.position += 1;
                let is_second = std::mem::replace(&mut order.star, true);
                if is_second {
                    let text = "`*` stands once in a parameter list";
                    self.report(ErrorKind::ParameterOrder(text), token.span);
                }
                let is_bare = matches!(self.peek().kind, TokenKind::Comma | TokenKind::CloseParen);
                order.bare_star_open = is_bare && !is_second;
                if is_bare {
                    return Ok(());
                }
                ParameterKind::Varargs
            }
            TokenKind::StarStar => {
                self.position += 1;
                ParameterKind::Varkw
            }
            _ if order.star => ParameterKind::KeywordOnly,
            _ => ParameterKind::Positional,
        };
        let name = self.name("a parameter")?;
        if std::mem::replace(&mut order.double_star, kind == ParameterKind::Varkw) {
            let text = "nothing follows the `**` parameter";
            self.report(ErrorKind::ParameterOrder(text), name.span);
        }
        if kind == ParameterKind::KeywordOnly {
            order.bare_star_open = false;
        }
        parameters.push(Parameter { kind, name });
        Ok(())
    }

    pub(super) fn function_directive(&mut self, word: &str, span: Span) -> Parsed<()> {
        let statement = match word {
            "local" => return self.list(Self::local),
            "free" if self.peek().kind == TokenKind::Integer => {
                Statement::FreeCount(self.number("a number")?)
            }
            "free" => return self.list(|parser| Ok(Statement::Free(parser.name("a name")?))),
            "registers" => Statement::Registers(self.number("a number")?),
            "word" => Statement::Word(self.number("a code word")?),
            "line" => {
                let line = self.number("a line number")?;
                let column = match self.accept(TokenKind::Colon) {
                    Some(_) => self.number("a column number")?,
                    None => Number {
                        value: 0,
                        span: line.span,
                    },
                };
                Statement::Line { line, column }
            }
            _ => {
                let start = self.name("the label where the region starts")?;
                let end = self.name("the label where the region ends")?;
                self.expect(TokenKind::Arrow, "`->`")?;
                let handler = self.name("the label of the handler")?;
                self.expect(TokenKind::Comma, "`,`")?;
                let register = self.name("a register for the exception")?;
                let span = span.to(register.span);
                Statement::Try(Box::new(Try {
                    start,
                    end,
                    handler,
                    register,
                    span,
                }))
            }
        };
        self.in_function(word, span)?.push(statement);
        Ok(())
    }

    /// Reads a list of statements separated by commas.
    fn list(&mut self, entry: impl Fn(&mut Self) -> Parsed<Statement<'a>>) -> Parsed<()> {
        loop {
            let span = self.peek().span;
            let statement = entry(self)?;
            self.in_function("entry", span)?.push(statement);
            if self.accept(TokenKind::Comma).is_none() {
                return Ok(());
            }
        }
    }

    fn local(&mut self) -> Parsed<Statement<'a>> {
        let name = self.name("a name for a register")?;
        let register = match self.accept(TokenKind::Equals) {
            Some(_) => Some(Box::new(self.name("a register")?)),
            None => None,
        };
        Ok(Statement::Local { name, register })
    }

    pub(super) fn class(&mut self, span: Span) -> Parsed<()> {
        self.close_unfinished();
        let mut class = Class {
            name: Name {
                text: Cow::Borrowed(""),
                span,
                quoted: true,
            },
            runtime_name: None,
            slots: None,
            members: Vec::new(),
        };
        let header = self.class_header(&mut class);
        self.open = Open::Class(Box::new(class), span);
        header
    }

    fn class_header(&mut self, class: &mut Class<'a>) -> Parsed<()> {
        class.name = self.name("the name of the class")?;
        if self.peek().kind == TokenKind::Newline {
            return Ok(());
        }
        let token = self.expect(TokenKind::Word, "`named` or the end of the line")?;
        if self.spelling(token) != "named" {
            self.position -= 1;
            return Err(self.unexpected("`named` or the end of the line"));
        }
        class.runtime_name = Some(self.name("a name")?);
        Ok(())
    }

    pub(super) fn member(&mut self, word: &str) -> Parsed<()> {
        if word == "slots" {
            // `.slots` alone: the class has slots, but none of its own.
            let mut names = Vec::new();
            if self.peek().kind != TokenKind::Newline {
                names.push(self.name("a slot")?);
                while self.accept(TokenKind::Comma).is_some() {
                    names.push(self.name("a slot")?);
                }
            }
            if let Open::Class(class, _) = &mut self.open {
                class.slots.get_or_insert_default().extend(names);
            }
            return Ok(());
        }
        let name = self.name("the name of the attribute")?;
        let value = if word == "method" {
            MemberValue::Function(self.name("a function")?)
        } else {
            self.expect(TokenKind::Equals, "`=`")?;
            MemberValue::Constant(self.expression(0)?)
        };
        if let Open::Class(class, _) = &mut self.open {
            class.members.push(Member { name, value });
        }
        Ok(())
    }
}

/// What of a parameter list has been seen.
#[derive(Default)]
struct Order {
    /// `/`
    slash: bool,
    /// `*` or `*args`
    star: bool,
    /// `*` alone, and no keyword-only parameter yet.
    bare_star_open: bool,
    /// `**keywords`
    double_star: bool,
}
