//! The rules that concern the form of a function: everything but the contents of registers.

use std::ops::Range;

use super::module::Facts;
use super::outline::{Index, Limits, Outline};
use super::{Errors, Rule};
use crate::debug::FunctionDebug;
use crate::instruction::{Instruction, Operand, instructions};
use crate::limits;
use crate::module::{Function, Module};
use crate::opcode::{Flow, MAX_OPERANDS, OperandKind, OperandSpec};
use crate::table::Opcode;

/// A mark of a word: an instruction starts there.
pub(super) const STARTS: u8 = 1;
/// A mark of a word: control may come there other than from the instruction before it.
pub(super) const LEADS: u8 = 2;

/// Checks the form of a function. Leaves its words marked, if it found no error.
pub(super) fn check(
    module: &Module,
    function: &Function,
    debug: Option<&FunctionDebug>,
    facts: &Facts,
    marks: &mut Vec<u8>,
    errors: &mut Errors<'_>,
) {
    check_head(module, function, errors);
    let checker = Checker {
        module,
        function,
        facts,
    };
    let Some(walk) = checker.check_instructions(marks, errors) else {
        return;
    };
    match walk.last {
        None => errors.add(Rule::End, "there is no code"),
        Some(index) => check_end(function, index, errors),
    }
    if walk.leaves_code || marks[..function.code.len()].contains(&LEADS) {
        check_targets(function, marks, errors);
    }
    check_regions(function, marks, errors);
    if let Some(debug) = debug {
        check_debug(function, debug, marks, errors);
    }
}

/// What a walk over all instructions found.
struct Walk {
    /// The first word of the last instruction, if there is one.
    last: Option<usize>,
    /// Whether there is a jump to a word that the code does not have.
    leaves_code: bool,
}

/// Checks that the instruction at `index`, the last one, does not continue.
fn check_end(function: &Function, index: usize, errors: &mut Errors<'_>) {
    if let Ok(instruction) = Instruction::decode(&function.code, index)
        && matches!(instruction.info().flow, Flow::Next | Flow::Branch)
    {
        let name = instruction.opcode().mnemonic();
        let message = format_args!("`{name}` continues behind the end of the code");
        errors.add_at(index, Rule::End, message);
    }
}

fn check_head(module: &Module, function: &Function, errors: &mut Errors<'_>) {
    let parameters = function.parameters;
    let (registers, count) = (usize::from(function.registers), parameters.count());
    if function.registers > limits::MAX_REGISTERS {
        errors.add(
            Rule::RegisterCount,
            format_args!("{registers} registers, the limit is 256"),
        );
    }
    if count > registers {
        let message = format_args!("{count} parameters, but only {registers} registers");
        errors.add(Rule::RegisterCount, message);
    }
    if parameters.positional_only > parameters.positional {
        errors.add(
            Rule::Parameters,
            "more positional-only parameters than positional ones",
        );
    }
    let named = function.parameter_names.len();
    if named != count {
        errors.add(
            Rule::Parameters,
            format_args!("{count} parameters, but {named} names"),
        );
    }
    // At most some 300 names: to compare all of them is faster than a set.
    let names = &function.parameter_names;
    for (index, &name) in names.iter().enumerate() {
        if names[..index].contains(&name) {
            let message = format_args!("two parameters are called `{}`", module.name(name));
            errors.add(Rule::Parameters, message);
        }
    }
    for name in names.iter().chain([&function.name]) {
        if name.index() >= module.names.len() {
            errors.add(Rule::Names, format_args!("there is no name {}", name.0));
        }
    }
    let (words, limit) = (function.code.len(), limits::MAX_CODE_WORDS);
    if words > limit {
        errors.add(
            Rule::Limits,
            format_args!("{words} words of code, the limit is {limit}"),
        );
    }
    let (regions, limit) = (function.regions.len(), limits::MAX_REGIONS);
    if regions > limit {
        errors.add(
            Rule::Limits,
            format_args!("{regions} regions, the limit is {limit}"),
        );
    }
}

struct Checker<'module> {
    module: &'module Module,
    function: &'module Function,
    facts: &'module Facts,
}

impl Checker<'_> {
    /// Checks the instructions by themselves, and marks the words where they start and those where
    /// they lead. Ends early behind a word that is no instruction: nobody knows where the next one
    /// starts.
    fn check_instructions(&self, marks: &mut Vec<u8>, errors: &mut Errors<'_>) -> Option<Walk> {
        let code = &self.function.code;
        let registers = u32::from(self.function.registers);
        let mut limits: Limits = self.facts.limits;
        limits[Index::Free as usize] = u32::from(self.function.free_count);
        // One more, since the last instruction leads behind the code.
        marks.clear();
        marks.resize(code.len() + 1, 0);
        let mut walk = Walk {
            last: None,
            leaves_code: false,
        };
        let mut index = 0;
        while let Some(&word) = code.get(index) {
            let outline = Outline::at(word);
            let next = index + usize::from(outline.words);
            // Without the second word this is the first one again: the answer below will be no.
            let extra = code.get(next - 1).copied();
            let is_right = |extra| outline.accepts(word, extra, registers, &limits);
            if !extra.is_some_and(is_right) {
                match Instruction::decode(code, index) {
                    Ok(instruction) => self.check_instruction(index, instruction, errors),
                    Err(fault) => {
                        errors.add_at(index, Rule::Instructions, fault);
                        return None;
                    }
                }
                if errors.is_full() {
                    return None;
                }
            }
            marks[index] |= STARTS;
            if outline.flow != Flow::Next {
                marks[next] |= LEADS;
                if let Some(distance) = outline.distance(word, extra.unwrap_or(0)) {
                    let target = usize::try_from(next as i64 + i64::from(distance));
                    match target.ok().filter(|&target| target < code.len()) {
                        Some(target) => marks[target] |= LEADS,
                        None => walk.leaves_code = true,
                    }
                }
            }
            walk.last = Some(index);
            index = next;
        }
        Some(walk)
    }

    fn check_instruction(&self, index: usize, instruction: Instruction, errors: &mut Errors<'_>) {
        self.check_registers(index, instruction, errors);
        for (spec, operand) in instruction.operands() {
            if let Err((rule, message)) = self.check_operand(instruction, spec, operand) {
                errors.add_at(index, rule, message);
            }
        }
        let yields = matches!(instruction.opcode(), Opcode::Yield | Opcode::YieldFrom);
        if yields && !self.function.generator {
            errors.add_at(index, Rule::Yield, "only a generator yields");
        }
    }

    /// Checks that every window, from the first register of its uses to the last, is in the frame.
    /// One without registers must still begin in it.
    fn check_registers(&self, index: usize, instruction: Instruction, errors: &mut Errors<'_>) {
        let registers = u32::from(self.function.registers);
        let operands = instruction.info().operands;
        let mut windows: [Range<u32>; MAX_OPERANDS] = Default::default();
        instruction.for_each_register_use(|position, _, range| {
            let window = &mut windows[position];
            let start = if window.end == 0 {
                range.start
            } else {
                window.start
            };
            *window = start..range.end.max(window.end);
        });
        for (spec, window) in operands.iter().zip(windows) {
            if window.start < registers && window.end <= registers || !spec.kind.is_register() {
                continue;
            }
            let (name, first) = (spec.name, window.start);
            let message = match window.end.saturating_sub(1) {
                last if last > first => {
                    format!("{name} is r{first} to r{last}, the frame has {registers} registers")
                }
                _ => format!("{name} is r{first}, the frame has {registers} registers"),
            };
            errors.add_at(index, Rule::Registers, message);
        }
    }

    fn check_operand(
        &self,
        instruction: Instruction,
        spec: &OperandSpec,
        operand: Operand,
    ) -> Result<(), (Rule, String)> {
        match operand {
            Operand::Constant(constant) => {
                let Some(&names) = self.facts.keyword_names.get(constant.index()) else {
                    return Err((
                        Rule::Constants,
                        format!("there is no constant {}", constant.0),
                    ));
                };
                if spec.kind == OperandKind::KeywordNames {
                    self.check_keyword_names(instruction, constant.index(), names)?;
                }
            }
            Operand::Name(name) if name.index() >= self.module.names.len() => {
                return Err((Rule::Names, format!("there is no name {}", name.0)));
            }
            Operand::Function(index) => {
                let Some(function) = self.module.functions.get(index.index()) else {
                    return Err((Rule::Functions, format!("there is no function {}", index.0)));
                };
                // `make_function` has no count, and gives no cells.
                let given = instruction.value_of(OperandKind::Count).unwrap_or(0);
                let needed = function.free_count;
                if given != i64::from(needed) {
                    let name = self.module.name(function.name);
                    let message =
                        format!("`{name}` has {needed} free variables, and gets {given} cells");
                    return Err((Rule::Functions, message));
                }
            }
            Operand::Class(class) if class.index() >= self.module.classes.len() => {
                return Err((
                    Rule::ClassTemplates,
                    format!("there is no class {}", class.0),
                ));
            }
            Operand::Free(free) if free >= u16::from(self.function.free_count) => {
                let count = self.function.free_count;
                let message = format!("free variable {free}, but the function has {count}");
                return Err((Rule::FreeVariables, message));
            }
            Operand::Integer(conversion)
                if spec.kind == OperandKind::Conversion && !(0..=3).contains(&conversion) =>
            {
                return Err((
                    Rule::Conversions,
                    format!("there is no conversion {conversion}"),
                ));
            }
            _ => {}
        }
        Ok(())
    }

    fn check_keyword_names(
        &self,
        instruction: Instruction,
        constant: usize,
        names: bool,
    ) -> Result<(), (Rule, String)> {
        if !names {
            let message = format!("constant {constant} is not a tuple of distinct strings");
            return Err((Rule::Constants, message));
        }
        let arguments = instruction.value_of(OperandKind::Count).unwrap_or(0);
        match &self.module.constants[constant] {
            crate::Constant::Tuple(items) if items.len() as i64 > arguments => {
                let count = items.len();
                let message = format!("{count} keywords for {arguments} arguments");
                Err((Rule::Constants, message))
            }
            _ => Ok(()),
        }
    }
}

/// Whether an instruction starts at a word; the last mark is that of no word.
fn is_start(marks: &[u8], word: i64) -> bool {
    let mark = usize::try_from(word).ok().and_then(|word| marks.get(word));
    mark.is_some_and(|mark| mark & STARTS != 0)
}

fn check_targets(function: &Function, marks: &[u8], errors: &mut Errors<'_>) {
    for (index, decoded) in instructions(&function.code) {
        let Some(target) = decoded
            .ok()
            .and_then(|instruction| instruction.target(index))
        else {
            continue;
        };
        if !is_start(marks, target) {
            let message = format_args!("jumps to word {target}, where no instruction starts");
            errors.add_at(index, Rule::JumpTargets, message);
        }
    }
}

fn check_regions(function: &Function, marks: &[u8], errors: &mut Errors<'_>) {
    for (index, region) in function.regions.iter().enumerate() {
        let (start, end) = (region.start, region.end);
        let mut add = |message: std::fmt::Arguments<'_>| {
            errors.add(Rule::Regions, format_args!("region {index}: {message}"));
        };
        if start >= end {
            add(format_args!("from word {start} to word {end} is empty"));
        }
        if !is_start(marks, i64::from(start)) {
            add(format_args!(
                "begins at word {start}, where no instruction starts"
            ));
        }
        if end as usize + 1 != marks.len() && !is_start(marks, i64::from(end)) {
            add(format_args!(
                "ends at word {end}, where no instruction starts"
            ));
        }
        if !is_start(marks, i64::from(region.handler)) {
            add(format_args!(
                "is handled at word {}, no instruction",
                region.handler
            ));
        }
        if u16::from(region.register) >= function.registers {
            let (register, count) = (region.register, function.registers);
            add(format_args!(
                "the exception goes to r{register}, the frame has {count} registers"
            ));
        }
    }
}

fn check_debug(function: &Function, debug: &FunctionDebug, marks: &[u8], errors: &mut Errors<'_>) {
    let mut add = |message: std::fmt::Arguments<'_>| errors.add(Rule::DebugInformation, message);
    for pair in debug.lines.windows(2) {
        if pair[0].word >= pair[1].word {
            add(format_args!(
                "the line table does not ascend at word {}",
                pair[1].word
            ));
        }
    }
    for entry in &debug.lines {
        if !is_start(marks, i64::from(entry.word)) {
            add(format_args!(
                "a line for word {}, where no instruction starts",
                entry.word
            ));
        }
    }
    let named = function.parameters.count() + debug.register_names.len();
    if named > usize::from(function.registers) {
        add(format_args!(
            "{named} names for {} registers",
            function.registers
        ));
    }
    let (named, count) = (debug.free_names.len(), usize::from(function.free_count));
    if named != 0 && named != count {
        add(format_args!("{named} names for {count} free variables"));
    }
}
