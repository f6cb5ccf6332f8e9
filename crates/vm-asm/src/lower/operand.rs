//! Operands: what is written to what the instruction table wants there. The pseudo-instruction `load`
//! becomes the shortest instruction for its literal.

use vm_bytecode::{Constant, ConstantIndex, MAX_OPERANDS, Opcode, OperandKind, OperandSpec};

use super::LITERAL_WORDS;
use super::function::{FunctionLowering, register_number};
use crate::builder::{Operand, Register, expected};
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::span::Span;
use crate::suggest::closest;
use crate::syntax::{Expression, ExpressionKind, Instruction};

/// The operands of one instruction.
#[derive(Clone, Copy)]
pub(super) struct Operands {
    values: [Operand; MAX_OPERANDS],
    count: usize,
}

impl Operands {
    const NONE: Self = Operands {
        values: [Operand::Integer(0); MAX_OPERANDS],
        count: 0,
    };

    fn push(&mut self, operand: Operand) {
        self.values[self.count] = operand;
        self.count += 1;
    }

    pub(super) fn as_slice(&self) -> &[Operand] {
        &self.values[..self.count]
    }
}

impl FunctionLowering<'_, '_> {
    /// The operands of an instruction as the table wants them. Errors have been reported if there are
    /// none.
    pub(super) fn operands(
        &mut self,
        opcode: Opcode,
        instruction: &Instruction<'_>,
    ) -> Option<Operands> {
        let specs = opcode.info().operands;
        if !self.operand_count(instruction, specs.len()) {
            return None;
        }
        let (mut operands, mut is_complete) = (Operands::NONE, true);
        // Every operand is looked at, also behind one with an error.
        let tree = self.module.tree;
        for (spec, operand) in specs.iter().zip(tree.operands(instruction)) {
            match self.operand(spec, operand) {
                Some(operand) => operands.push(operand),
                None => is_complete = false,
            }
        }
        is_complete.then_some(operands)
    }

    /// `load r1, literal`
    pub(super) fn load(&mut self, instruction: &Instruction<'_>) -> Option<(Opcode, Operands)> {
        if !self.operand_count(instruction, 2) {
            return None;
        }
        let [dst, value] = self.module.tree.operands(instruction) else {
            return None;
        };
        let dst = self.register_operand(dst);
        let (opcode, operand) = match value.kind {
            ExpressionKind::Word("None") => (Opcode::LoadNone, None),
            ExpressionKind::Word("True") => (Opcode::LoadTrue, None),
            ExpressionKind::Word("False") => (Opcode::LoadFalse, None),
            ExpressionKind::Integer(value) if i16::try_from(value).is_ok() => {
                (Opcode::LoadInt, Some(Operand::Integer(value)))
            }
            _ => {
                let constant = self.module.constant(value)?;
                let is_wide = u16::try_from(constant.0).is_err();
                let opcode = if is_wide {
                    Opcode::LoadConstWide
                } else {
                    Opcode::LoadConst
                };
                (opcode, Some(constant.into()))
            }
        };
        let mut operands = Operands::NONE;
        operands.push(dst?);
        if let Some(operand) = operand {
            operands.push(operand);
        }
        Some((opcode, operands))
    }

    // Operands.

    /// An operand as the table wants it. An error has been reported if there is none.
    pub(super) fn operand(
        &mut self,
        spec: &OperandSpec,
        operand: &Expression<'_>,
    ) -> Option<Operand> {
        use OperandKind as Kind;
        match spec.kind {
            kind if kind.is_register() => self.register_operand(operand),
            Kind::Constant => self.module.constant(operand).map(Operand::Constant),
            Kind::KeywordNames => self.keyword_names(operand),
            Kind::Name => {
                let name = self.name_operand(spec.kind, operand)?;
                Some(Operand::Name(self.module.module.name(name)))
            }
            Kind::Function | Kind::ClosureFunction => {
                let name = self.name_operand(spec.kind, operand)?;
                let found =
                    self.module
                        .functions
                        .find(name, operand.span, &mut self.module.diagnostics);
                found.map(Operand::Function)
            }
            Kind::Class => {
                let name = self.name_operand(spec.kind, operand)?;
                let found =
                    self.module
                        .classes
                        .find(name, operand.span, &mut self.module.diagnostics);
                found.map(Operand::Class)
            }
            Kind::Label => {
                let name = self.name_operand(spec.kind, operand)?;
                let found = self
                    .labels
                    .find(name, operand.span, &mut self.module.diagnostics);
                found.map(Operand::Label)
            }
            Kind::Free => match &operand.kind {
                ExpressionKind::Integer(_) | ExpressionKind::LargeInteger(_) => {
                    let value = match operand.kind {
                        ExpressionKind::Integer(value) => Some(value),
                        _ => None,
                    };
                    let place = (operand.span, None);
                    let index = self.in_range(value, "the free variable", (0, 255), place)?;
                    Some(Operand::Free(index as u16))
                }
                _ => {
                    let name = self.name_operand(spec.kind, operand)?;
                    let found = self
                        .free
                        .find(name, operand.span, &mut self.module.diagnostics);
                    found.map(Operand::Free)
                }
            },
            _ => self.number(spec, operand).map(Operand::Integer),
        }
    }

    /// A count or another number: an integer, or a name of `.const` that stands for one.
    fn number(&mut self, spec: &OperandSpec, operand: &Expression<'_>) -> Option<i64> {
        let (value, definition) = match &operand.kind {
            ExpressionKind::Integer(value) => (Some(*value), None),
            ExpressionKind::LargeInteger(_) => (None, None),
            ExpressionKind::Word(word) if self.may_be_constant(word) => {
                let index = self.module.constant_named(word, operand.span)?;
                let definition = self.module.constants.place(word);
                match self.module.module.constants().get(index.index()) {
                    Some(Constant::Int(value)) => (value.to_i64(), definition),
                    _ => {
                        let expected = "an integer";
                        let found = format!("`{word}`");
                        let kind = ErrorKind::Expected { expected, found };
                        let diagnostic = Diagnostic::new(kind, operand.span);
                        self.module.report(with_definition(diagnostic, definition));
                        return None;
                    }
                }
            }
            _ => return self.wrong_kind(expected(spec.kind), operand.span),
        };
        let place = (operand.span, definition);
        self.in_range(value, spec.name, spec.field.range(), place)
    }

    /// Whether a word where a number belongs is the name of a constant, perhaps a misspelt one, and
    /// not a register or a literal in the wrong place.
    fn may_be_constant(&self, word: &str) -> bool {
        let is_register = register_number(word).is_some() || self.registers.get(word).is_some();
        self.module.constants.get(word).is_some() || !is_register && !LITERAL_WORDS.contains(&word)
    }

    /// The value, if it is one in the range. `place` is that of the operand, and that of the
    /// definition if the operand is a name.
    fn in_range(
        &mut self,
        value: Option<i64>,
        what: &'static str,
        (least, most): (i64, i64),
        place: (Span, Option<Span>),
    ) -> Option<i64> {
        let value = value.filter(|value| (least..=most).contains(value));
        if value.is_none() {
            let kind = ErrorKind::OutOfRange { what, least, most };
            let mut diagnostic = with_definition(Diagnostic::new(kind, place.0), place.1);
            if (least, most) == (i16::MIN.into(), i16::MAX.into()) {
                diagnostic = diagnostic.help("`load` takes integers of any size");
            }
            self.module.report(diagnostic);
        }
        value
    }

    pub(super) fn wrong_kind<T>(&mut self, expected: &'static str, span: Span) -> Option<T> {
        let found = format!("`{}`", self.module.spelling(span));
        self.error(ErrorKind::Expected { expected, found }, span);
        None
    }

    pub(super) fn name_operand<'operand>(
        &mut self,
        kind: OperandKind,
        operand: &'operand Expression<'_>,
    ) -> Option<&'operand str> {
        match &operand.kind {
            ExpressionKind::Word(text) => Some(text),
            ExpressionKind::String(text) => Some(text),
            _ => self.wrong_kind(expected(kind), operand.span),
        }
    }

    pub(super) fn keyword_names(&mut self, operand: &Expression<'_>) -> Option<Operand> {
        let index = self.module.constant(operand)?;
        let constants = self.module.module.constants();
        let is_string =
            |item: &ConstantIndex| matches!(constants.get(item.index()), Some(Constant::Str(_)));
        match &constants[index.index()] {
            Constant::Tuple(items) if items.iter().all(is_string) => Some(Operand::Constant(index)),
            _ => self.wrong_kind(expected(OperandKind::KeywordNames), operand.span),
        }
    }

    pub(super) fn register_operand(&mut self, operand: &Expression<'_>) -> Option<Operand> {
        match &operand.kind {
            ExpressionKind::Word(word) => self.register(word, operand.span).map(Operand::Register),
            _ => self.wrong_kind("a register", operand.span),
        }
    }

    /// `r7`, a parameter or a local name.
    pub(super) fn register(&mut self, word: &str, span: Span) -> Option<Register> {
        match register_number(word) {
            Some(number) => match u8::try_from(number) {
                Ok(number) => return Some(Register(number)),
                Err(_) => self.error(ErrorKind::NoSuchRegister(word.to_owned()), span),
            },
            None => {
                if let Some(register) = self.registers.get(word) {
                    return Some(register);
                }
                if self.names_complete {
                    let suggestion = closest(word, self.registers.names());
                    let kind = ErrorKind::Unknown {
                        what: "register",
                        name: word.to_owned(),
                    };
                    let mut diagnostic = Diagnostic::new(kind, span).suggest(suggestion);
                    if suggestion.is_none() {
                        let help = "registers are `r0` to `r255`, parameters and names of `.local`";
                        diagnostic = diagnostic.help(help);
                    }
                    self.module.report(diagnostic);
                }
            }
        }
        None
    }
}

/// Shows where the constant is defined that an error is about.
fn with_definition(diagnostic: Diagnostic, definition: Option<Span>) -> Diagnostic {
    match definition {
        Some(span) => diagnostic.label(span, "defined here"),
        None => diagnostic,
    }
}
