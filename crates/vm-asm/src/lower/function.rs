//! One function of the syntax tree to a [`FunctionBuilder`].
//!
//! Labels, names of registers and free variables are valid in the whole function, so they are
//! collected before the first instruction is looked at. Operands are read in `operand`.

use vm_bytecode::{FunctionIndex, Opcode, Parameters, Position};

use super::scope::Scope;
use super::{FunctionPlaces, Lowering};
use crate::builder::{BuildError, FunctionBuilder, Label, Register};
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::span::Span;
use crate::suggest::closest;
use crate::syntax::{Function, Instruction, Name, Number, ParameterKind, Statement, Try};

/// The pseudo-instruction that is not in the table.
const LOAD: &str = "load";

/// The names that are valid in one function.
pub(super) struct FunctionNames<'tree> {
    registers: Scope<'tree, Register>,
    labels: Scope<'tree, Label>,
    free: Scope<'tree, u16>,
}

impl Default for FunctionNames<'_> {
    fn default() -> Self {
        Self {
            registers: Scope::new("register"),
            labels: Scope::new("label"),
            free: Scope::new("free variable"),
        }
    }
}

/// Lowers a function and defines it in the module. Takes the names of the function before, and
/// returns its own, whose room the next function uses.
pub(super) fn lower<'tree>(
    module: &mut Lowering<'tree>,
    function: &'tree Function<'tree>,
    index: FunctionIndex,
    names: FunctionNames<'tree>,
) -> FunctionNames<'tree> {
    let name = function.runtime_name.as_ref().unwrap_or(&function.name);
    let body = module.tree.body(function);
    let mut builder = FunctionBuilder::new(module.module.name(&name.text));
    builder.expect_instructions(body.len());
    let has_lines = body
        .iter()
        .any(|line| matches!(line, Statement::Line { .. }));
    let FunctionNames {
        mut registers,
        mut labels,
        mut free,
    } = names;
    registers.clear();
    labels.clear();
    free.clear();
    let mut lowering = FunctionLowering {
        has_own_positions: module.has_own_positions && !has_lines,
        module,
        builder,
        registers,
        labels,
        free,
        free_is_counted: false,
        spans: Vec::with_capacity(body.len()),
        names_complete: function.is_complete,
        parameter_count: 0,
        local_names: Vec::new(),
        declared_registers: None,
    };
    lowering.header(function);
    lowering.collect(body);
    for statement in body {
        lowering.statement(statement);
    }
    lowering.finish(function.name.span, index)
}

pub(super) struct FunctionLowering<'a, 'tree> {
    pub(super) module: &'a mut Lowering<'tree>,
    pub(super) builder: FunctionBuilder,
    pub(super) registers: Scope<'tree, Register>,
    pub(super) labels: Scope<'tree, Label>,
    pub(super) free: Scope<'tree, u16>,
    /// Whether `.free` gives a number.
    pub(super) free_is_counted: bool,
    /// Where each instruction of the builder comes from.
    pub(super) spans: Vec<Span>,
    /// Whether every name of a register is known, so that another one is an error.
    pub(super) names_complete: bool,
    pub(super) parameter_count: usize,
    /// Names of the registers behind the parameters.
    pub(super) local_names: Vec<String>,
    /// `.registers`
    pub(super) declared_registers: Option<Number>,
    pub(super) has_own_positions: bool,
}

impl<'tree> FunctionLowering<'_, 'tree> {
    pub(super) fn error(&mut self, kind: impl Into<ErrorKind>, span: Span) {
        self.module.error(kind, span);
    }

    // The header and the names.

    fn header(&mut self, function: &'tree Function<'tree>) {
        self.builder.set_generator(function.is_generator);
        let parameters = |kind: ParameterKind| {
            function
                .parameters
                .iter()
                .filter(move |parameter| parameter.kind == kind)
        };
        // A call writes the arguments to the registers in this order.
        let positional_only = parameters(ParameterKind::PositionalOnly);
        let in_registers: Vec<&'tree Name<'tree>> = positional_only
            .chain(parameters(ParameterKind::Positional))
            .chain(parameters(ParameterKind::KeywordOnly))
            .chain(parameters(ParameterKind::Varargs))
            .chain(parameters(ParameterKind::Varkw))
            .map(|parameter| &parameter.name)
            .collect();
        let count = |kind| parameters(kind).count();
        let positional_only = count(ParameterKind::PositionalOnly);
        let positional = positional_only + count(ParameterKind::Positional);
        let keyword_only = count(ParameterKind::KeywordOnly);
        let shape = [positional, positional_only, keyword_only].map(u8::try_from);
        let names: Vec<_> = in_registers
            .iter()
            .map(|name| self.module.module.name(&name.text))
            .collect();
        let span = function.name.span;
        if let [Ok(positional), Ok(positional_only), Ok(keyword_only)] = shape {
            let varargs = count(ParameterKind::Varargs) > 0;
            let varkw = count(ParameterKind::Varkw) > 0;
            let shape = Parameters {
                positional,
                positional_only,
                keyword_only,
                varargs,
                varkw,
            };
            // A header with errors may have more than one `*args`; that is reported already.
            if function.is_complete
                && let Err(error) = self.builder.set_parameters(shape, names)
            {
                return self.error(error, span);
            }
        } else {
            return self.error(ErrorKind::TooManyRegisters, span);
        }
        for (register, name) in in_registers.iter().enumerate().take(256) {
            self.name_register(name, Register(register as u8));
        }
        self.parameter_count = in_registers.len();
    }

    /// Makes a name stand for a register, unless it is quoted.
    fn name_register(&mut self, name: &'tree Name<'tree>, register: Register) {
        if name.quoted {
            return;
        }
        if register_number(&name.text).is_some() {
            self.error(ErrorKind::RegisterAsName(name.text.to_string()), name.span);
        } else {
            self.registers
                .define(name, register, &mut self.module.diagnostics);
        }
    }

    fn collect(&mut self, body: &'tree [Statement<'tree>]) {
        for statement in body {
            match statement {
                Statement::Label(name) => {
                    let label = self.builder.label();
                    self.labels
                        .define(name, label, &mut self.module.diagnostics);
                }
                Statement::Local { name, register } => self.local(name, register.as_deref()),
                Statement::Free(name) if self.free_is_counted => {
                    self.error(ErrorKind::FreeForms, name.span);
                }
                Statement::FreeCount(number) if self.free.names().next().is_some() => {
                    self.error(ErrorKind::FreeForms, number.span);
                }
                Statement::Free(name) => match self.builder.add_free(&name.text) {
                    Ok(index) if name.quoted => {
                        // Quoted names may repeat; the first one can be used.
                        if self.free.get(&name.text).is_none() {
                            self.free.define(name, index, &mut self.module.diagnostics);
                        }
                    }
                    Ok(index) => self.free.define(name, index, &mut self.module.diagnostics),
                    Err(error) => self.error(error, name.span),
                },
                Statement::FreeCount(number) => match u8::try_from(number.value) {
                    Ok(count) => {
                        self.builder.set_free_count(count);
                        self.free_is_counted = true;
                    }
                    Err(_) => self.error(BuildError::TooManyFreeVariables, number.span),
                },
                Statement::Registers(number) => self.declared_registers = Some(*number),
                _ => {}
            }
        }
    }

    fn local(&mut self, name: &'tree Name<'tree>, register: Option<&Name<'_>>) {
        let next = self.parameter_count + self.local_names.len();
        let number = match register {
            None => next,
            Some(register) => match self.register(&register.text, register.span) {
                Some(Register(number)) if usize::from(number) >= self.parameter_count => {
                    number.into()
                }
                Some(_) => return self.error(ErrorKind::ParameterNamedAgain, register.span),
                None => return,
            },
        };
        let Ok(number) = u8::try_from(number) else {
            return self.error(ErrorKind::TooManyRegisters, name.span);
        };
        let position = usize::from(number) - self.parameter_count;
        if position >= self.local_names.len() {
            self.local_names.resize(position + 1, String::new());
        }
        self.local_names[position] = name.text.to_string();
        self.name_register(name, Register(number));
    }

    // The body.

    fn statement(&mut self, statement: &'tree Statement<'tree>) {
        match statement {
            Statement::Label(name) => {
                // A second definition is reported already and binds nothing.
                if let Some((label, place)) = self.labels.get_with_place(&name.text)
                    && place == name.span
                    && let Err(error) = self.builder.bind(label)
                {
                    self.error(error, name.span);
                }
            }
            Statement::Line { line, column } => {
                let (line, column) = (line.value, column.value);
                self.builder.position(Position { line, column });
            }
            Statement::Try(region) => self.region(region),
            Statement::Word(number) => {
                self.builder.emit_raw(number.value);
                self.spans.push(number.span);
            }
            Statement::Instruction(instruction) => self.instruction(instruction),
            _ => {}
        }
    }

    fn region(&mut self, region: &Try<'_>) {
        let labels = [&region.start, &region.end, &region.handler].map(|name| {
            self.labels
                .find(&name.text, name.span, &mut self.module.diagnostics)
        });
        let register = self.register(&region.register.text, region.register.span);
        if let ([Some(start), Some(end), Some(handler)], Some(register)) = (labels, register)
            && let Err(error) = self.builder.region(start, end, handler, register)
        {
            self.error(error, region.span);
        }
    }

    fn instruction(&mut self, instruction: &'tree Instruction<'tree>) {
        let mnemonic = &instruction.mnemonic;
        let built = if mnemonic.text == LOAD && !mnemonic.quoted {
            self.load(instruction)
        } else if let Some(opcode) = Opcode::from_mnemonic(&mnemonic.text) {
            self.operands(opcode, instruction)
                .map(|operands| (opcode, operands))
        } else {
            self.unknown_mnemonic(mnemonic);
            None
        };
        let Some((opcode, operands)) = built else {
            return;
        };
        if self.has_own_positions {
            let (line, column) = self.module.lines.line_column(mnemonic.span.start);
            self.builder.position(Position { line, column });
        }
        match self.builder.emit(opcode, operands.as_slice()) {
            Ok(()) => self.spans.push(instruction.span),
            Err(error) => self.error(error, instruction.span),
        }
    }

    fn unknown_mnemonic(&mut self, mnemonic: &Name<'_>) {
        let known = Opcode::public().map(Opcode::mnemonic).chain([LOAD]);
        let suggestion = closest(&mnemonic.text, known);
        let kind = ErrorKind::Unknown {
            what: "instruction",
            name: mnemonic.text.to_string(),
        };
        self.module
            .report(Diagnostic::new(kind, mnemonic.span).suggest(suggestion));
    }

    pub(super) fn operand_count(&mut self, instruction: &Instruction<'_>, expected: usize) -> bool {
        let found = self.module.tree.operands(instruction).len();
        if expected != found {
            let mnemonic = instruction.mnemonic.text.to_string();
            let names = match Opcode::from_mnemonic(&mnemonic) {
                Some(opcode) => {
                    let names: Vec<_> = opcode
                        .info()
                        .operands
                        .iter()
                        .map(|spec| spec.name)
                        .collect();
                    format!("{mnemonic} {}", names.join(", "))
                }
                None => "load dst, literal".to_owned(),
            };
            let kind = ErrorKind::OperandCount {
                mnemonic,
                expected,
                found,
            };
            let diagnostic = Diagnostic::new(kind, instruction.span);
            self.module
                .report(diagnostic.help(format!("the form is `{}`", names.trim_end())));
        }
        expected == found
    }

    // The end.

    fn finish(mut self, name: Span, index: FunctionIndex) -> FunctionNames<'tree> {
        let built = self.set_registers(name).and_then(|()| {
            let place = |error: &BuildError| match *error {
                BuildError::JumpTooFar { instruction, .. } => self.spans.get(instruction).copied(),
                _ => None,
            };
            let built = self.builder.finish();
            built.map_err(|error| (place(&error).unwrap_or(name), error.into()))
        });
        let defined = built.and_then(|built| {
            let instructions = built.starts.iter().copied().zip(self.spans).collect();
            let places = FunctionPlaces { name, instructions };
            self.module.places.functions.insert(index.0, places);
            let defined = self.module.module.define_built(index, built);
            defined.map_err(|error| (name, error.into()))
        });
        if let Err((span, kind)) = defined {
            self.module.error(kind, span);
        }
        FunctionNames {
            registers: self.registers,
            labels: self.labels,
            free: self.free,
        }
    }

    /// Gives the function its registers, and their names.
    fn set_registers(&mut self, name: Span) -> Result<(), (Span, ErrorKind)> {
        let used = self.builder.registers();
        let wanted = match self.declared_registers {
            Some(number) if number.value < used.into() => {
                let (declared, used) = (number.value, used.into());
                let kind = ErrorKind::RegistersTooSmall { declared, used };
                return Err((number.span, kind));
            }
            Some(number) => number.value as usize,
            None => self.parameter_count + self.local_names.len(),
        };
        if let Err(error) = self.builder.reserve_registers(wanted) {
            let span = self.declared_registers.map_or(name, |number| number.span);
            return Err((span, error.into()));
        }
        let names = std::mem::take(&mut self.local_names);
        self.builder.set_register_names(names);
        Ok(())
    }
}

/// The number of a word like `r12`; `r007` is an ordinary name.
pub(crate) fn register_number(word: &str) -> Option<u32> {
    let digits = word.strip_prefix('r')?;
    let is_number = digits.bytes().all(|digit| digit.is_ascii_digit());
    let is_canonical = digits == "0" || !digits.starts_with('0');
    if !is_number || digits.is_empty() || !is_canonical {
        return None;
    }
    Some(digits.parse().unwrap_or(u32::MAX))
}
