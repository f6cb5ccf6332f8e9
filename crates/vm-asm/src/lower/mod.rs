//! The syntax tree to a module.
//!
//! 1. Functions and classes get their indices in the order they are written, so that code can refer
//!    to what comes later.
//! 2. One walk over the items from top to bottom builds them. Names and literals are interned where
//!    the walk meets them first; the printer relies on exactly this order (see `print::order`).
//! 3. Errors are collected. A statement with an error is left out, and so is the module.

mod function;
mod operand;
mod scope;

use std::collections::HashMap;

use vm_bytecode::{
    ClassIndex, ClassTemplate, Constant, ConstantIndex, FunctionIndex, Integer, Member, Module,
    NameIndex, VerifyError,
};

use crate::builder::{BuildError, ModuleBuilder};
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::parser::parse;
use crate::span::{LineCursor, Span};
use crate::suggest::closest;
use crate::syntax::{Class, Expression, ExpressionKind, Item, MemberValue, Name, SourceFile};
use function::FunctionNames;
use scope::Scope;

pub(crate) use function::register_number;

/// The version of the text language this crate reads and writes.
pub(crate) const VERSION: u32 = 1;

/// The function a run starts with unless `.entry` names another one.
pub(crate) const DEFAULT_ENTRY: &str = "main";

/// How many errors of a text are reported; those that come first in the text.
pub const MAX_ERRORS: usize = 1000;

/// Words that are constants by themselves.
pub(crate) const LITERAL_WORDS: [&str; 6] = ["None", "True", "False", "Ellipsis", "inf", "nan"];

/// Translates a text to a module.
///
/// `file` is what messages of the running program call the text; a `.file` directive in the text
/// takes precedence.
///
/// # Errors
///
/// Everything that is wrong with the text, in the order of the places: up to [`MAX_ERRORS`].
pub fn assemble(source: &str, file: &str) -> Result<Module, Vec<Diagnostic>> {
    assemble_with_places(source, file).map(|assembled| assembled.module)
}

/// Translates a text to a module and tells where in the text its parts come from.
///
/// # Errors
///
/// As for [`assemble`].
pub fn assemble_with_places(source: &str, file: &str) -> Result<Assembled, Vec<Diagnostic>> {
    let (tree, diagnostics) = parse(source);
    let mut lowering = Lowering::new(source, &tree, diagnostics);
    lowering.declare(file);
    lowering.define();
    lowering.finish()
}

/// A module with the places its parts come from.
#[derive(Clone, Debug)]
pub struct Assembled {
    /// The module.
    pub module: Module,
    /// Where its functions and instructions are in the text.
    pub places: Places,
}

impl Assembled {
    /// Where in the text the cause of a verifier's error is, if the error is about a function. Of
    /// several functions with the same name it takes the first.
    pub fn place_of(&self, error: &VerifyError) -> Option<Span> {
        let name = error.function.as_deref()?;
        let mut functions = (0..).map(FunctionIndex).zip(&self.module.functions);
        let (index, _) = functions.find(|(_, function)| self.module.name(function.name) == name)?;
        match error.instruction {
            Some(word) => self.places.instruction(index, word),
            None => self.places.function(index),
        }
    }
}

/// Where functions and instructions are in a source text. For errors that are found in a module
/// later, by the verifier.
#[derive(Clone, Debug, Default)]
pub struct Places {
    functions: HashMap<u32, FunctionPlaces>,
}

#[derive(Clone, Debug)]
struct FunctionPlaces {
    name: Span,
    /// First word and span of each instruction, by word.
    instructions: Vec<(u32, Span)>,
}

impl Places {
    /// The name in the `.func` line of a function.
    pub fn function(&self, function: FunctionIndex) -> Option<Span> {
        Some(self.functions.get(&function.0)?.name)
    }

    /// The instruction that contains a word of a function's code.
    pub fn instruction(&self, function: FunctionIndex, word: u32) -> Option<Span> {
        let instructions = &self.functions.get(&function.0)?.instructions;
        let behind = instructions.partition_point(|&(start, _)| start <= word);
        Some(instructions[..behind].last()?.1)
    }
}

/// What the walk carries along.
struct Lowering<'tree> {
    source: &'tree str,
    tree: &'tree SourceFile<'tree>,
    lines: LineCursor,
    diagnostics: Vec<Diagnostic>,
    module: ModuleBuilder,
    functions: Scope<'tree, FunctionIndex>,
    classes: Scope<'tree, ClassIndex>,
    /// `None` for one whose value has an error: its uses are no errors of their own.
    constants: Scope<'tree, Option<ConstantIndex>>,
    entry: Option<&'tree Name<'tree>>,
    /// Whether instructions get the place in this text as their position: there is no `.file`.
    has_own_positions: bool,
    places: Places,
}

impl<'tree> Lowering<'tree> {
    fn new(
        source: &'tree str,
        tree: &'tree SourceFile<'tree>,
        diagnostics: Vec<Diagnostic>,
    ) -> Self {
        Self {
            source,
            tree,
            lines: LineCursor::new(source),
            diagnostics,
            module: ModuleBuilder::new(),
            functions: Scope::new("function"),
            classes: Scope::new("class"),
            constants: Scope::new("constant"),
            entry: None,
            has_own_positions: true,
            places: Places::default(),
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn error(&mut self, kind: impl Into<ErrorKind>, span: Span) {
        self.report(Diagnostic::new(kind.into(), span));
    }

    fn spelling(&self, span: Span) -> &'tree str {
        &self.source[span.range()]
    }

    // First walk: what later parts of the text may refer to.

    fn declare(&mut self, file: &str) {
        let mut file_directive: Option<Span> = None;
        self.module.set_file(Some(file.to_owned()));
        for item in &self.tree.items {
            match item {
                Item::Version(number) if number.value != VERSION => {
                    let kind = ErrorKind::UnknownVersion {
                        found: number.value,
                        known: VERSION,
                    };
                    self.error(kind, number.span);
                }
                Item::File { name, span } => {
                    if let Some(first) = file_directive.replace(*span) {
                        self.twice("directive", ".file", *span, first);
                    }
                    self.has_own_positions = false;
                    self.module
                        .set_file(name.as_ref().map(|name| name.text.to_string()));
                }
                Item::Stripped(_) => {
                    self.module.strip();
                }
                Item::Entry(name) => {
                    if let Some(first) = self.entry.replace(name) {
                        self.twice("directive", ".entry", name.span, first.span);
                    }
                }
                Item::Function(function) => {
                    let index = self.module.declare_function();
                    self.functions
                        .define(&function.name, index, &mut self.diagnostics);
                }
                Item::Class(class) => {
                    let index = self.module.declare_class();
                    self.classes
                        .define(&class.name, index, &mut self.diagnostics);
                }
                _ => {}
            }
        }
    }

    fn twice(&mut self, what: &'static str, name: &str, span: Span, first: Span) {
        let kind = ErrorKind::Duplicate {
            what,
            name: name.to_owned(),
        };
        self.report(Diagnostic::new(kind, span).first_defined(first));
    }

    // Second walk: everything else.

    fn define(&mut self) {
        let (mut functions, mut classes) = (0, 0);
        let mut names = FunctionNames::default();
        for item in &self.tree.items {
            match item {
                Item::Constant { name, value } => self.named_constant(name, value),
                Item::Name(name) => {
                    self.module.name(&name.text);
                }
                Item::Function(function) => {
                    names = function::lower(self, function, FunctionIndex(functions), names);
                    functions += 1;
                }
                Item::Class(class) => {
                    self.class(class, ClassIndex(classes));
                    classes += 1;
                }
                _ => {}
            }
        }
        self.find_entry();
    }

    fn find_entry(&mut self) {
        let entry = match self.entry.take() {
            Some(name) => self
                .functions
                .find(&name.text, name.span, &mut self.diagnostics),
            None => self.functions.get(DEFAULT_ENTRY),
        };
        if let Some(entry) = entry {
            self.module.set_entry(entry);
        }
    }

    fn finish(mut self) -> Result<Assembled, Vec<Diagnostic>> {
        if self.diagnostics.is_empty() {
            match self.module.finish() {
                Ok(module) => {
                    return Ok(Assembled {
                        module,
                        places: self.places,
                    });
                }
                Err(error) => {
                    let end = self.source.len() as u32;
                    let place = Span::new(end, end);
                    let diagnostic = Diagnostic::new(error.clone().into(), place);
                    self.diagnostics.push(match error {
                        BuildError::NoEntry => {
                            diagnostic.help("call a function `main`, or name one with `.entry`")
                        }
                        _ => diagnostic,
                    });
                }
            }
        }
        self.diagnostics
            .sort_by_key(|diagnostic| diagnostic.span.start);
        self.diagnostics.truncate(MAX_ERRORS);
        Err(self.diagnostics)
    }

    fn class(&mut self, class: &Class<'_>, index: ClassIndex) {
        let name = class.runtime_name.as_ref().unwrap_or(&class.name);
        let name = self.module.name(&name.text);
        let slots = class.slots.as_ref().map(|slots| {
            slots
                .iter()
                .map(|slot| self.module.name(&slot.text))
                .collect()
        });
        let mut members: Vec<(NameIndex, Member)> = Vec::new();
        for member in &class.members {
            let name = self.module.name(&member.name.text);
            let value = match &member.value {
                MemberValue::Function(function) => self
                    .functions
                    .find(&function.text, function.span, &mut self.diagnostics)
                    .map(Member::Function),
                MemberValue::Constant(value) => self.constant(value).map(Member::Constant),
            };
            members.extend(value.map(|value| (name, value)));
        }
        if let Err(error) = self.module.define_class(
            index,
            ClassTemplate {
                name,
                slots,
                members,
            },
        ) {
            self.error(error, class.name.span);
        }
    }

    // Constants.

    /// `.const`: a constant of its own, even if there is an equal one.
    fn named_constant(&mut self, name: &'tree Name<'tree>, value: &Expression<'_>) {
        if LITERAL_WORDS.contains(&&*name.text) {
            let kind = ErrorKind::LiteralAsName(name.text.to_string());
            self.error(kind, name.span);
            return;
        }
        let constant = self.constant_value(value);
        let added = constant.map(|constant| self.module.separate_constant(constant));
        let index = match added.transpose() {
            Ok(index) => index,
            Err(error) => {
                self.error(error, value.span);
                None
            }
        };
        self.constants.define(name, index, &mut self.diagnostics);
    }

    /// The constant that an expression stands for. An error has been reported if there is none.
    fn constant(&mut self, expression: &Expression<'_>) -> Option<ConstantIndex> {
        if let ExpressionKind::Word(word) = expression.kind
            && !LITERAL_WORDS.contains(&word)
        {
            return self.constant_named(word, expression.span);
        }
        let constant = self.constant_value(expression)?;
        match self.module.constant(constant) {
            Ok(index) => Some(index),
            Err(error) => {
                self.error(error, expression.span);
                None
            }
        }
    }

    /// The constant that `.const` gave a name. An error has been reported if there is none.
    fn constant_named(&mut self, word: &str, span: Span) -> Option<ConstantIndex> {
        if let Some(index) = self.constants.get(word) {
            return index;
        }
        let suggestion = match self.diagnostics.len() < scope::MAX_SUGGESTIONS {
            true => closest(word, self.constants.names().chain(LITERAL_WORDS)),
            false => None,
        };
        let suggestion = suggestion.map(str::to_owned);
        let kind = ErrorKind::Unknown {
            what: "constant",
            name: word.to_owned(),
        };
        let mut diagnostic = Diagnostic::new(kind, span).suggest(suggestion.as_deref());
        if diagnostic.help.is_none() {
            diagnostic = diagnostic.help("constants are literals, or defined above by `.const`");
        }
        self.report(diagnostic);
        None
    }

    /// The value of an expression, with the items of a tuple interned before it.
    fn constant_value(&mut self, expression: &Expression<'_>) -> Option<Constant> {
        Some(match &expression.kind {
            &ExpressionKind::Word(word) => match word {
                "None" => Constant::None,
                "True" => Constant::True,
                "False" => Constant::False,
                "Ellipsis" => Constant::Ellipsis,
                "inf" => Constant::float(f64::INFINITY),
                "nan" => Constant::Float(crate::literal::PLAIN_NAN),
                _ => {
                    let index = self.constant_named(word, expression.span)?;
                    self.module.constants()[index.index()].clone()
                }
            },
            ExpressionKind::Integer(value) => Constant::from(*value),
            ExpressionKind::LargeInteger(value) => {
                let (sign, magnitude) = value.to_bytes_le();
                Constant::Int(Integer::new(sign == num_bigint::Sign::Minus, magnitude))
            }
            ExpressionKind::Float(bits) => Constant::Float(*bits),
            ExpressionKind::String(text) => Constant::Str(text.to_string()),
            ExpressionKind::Bytes(bytes) => Constant::Bytes(bytes.clone()),
            ExpressionKind::Tuple(items) => {
                let items: Vec<_> = items.iter().map(|item| self.constant(item)).collect();
                Constant::Tuple(items.into_iter().collect::<Option<_>>()?)
            }
        })
    }
}
