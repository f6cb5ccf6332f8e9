//! Random modules that keep every rule of the verifier but, in some functions, the one about set
//! registers.
//!
//! A module is made from a tape of numbers, so that a failing case shrinks with its tape.

use std::collections::BTreeSet;

use vm_bytecode::{
    ClassIndex, ClassTemplate, Constant, ConstantIndex, Debug, Function, FunctionDebug,
    FunctionIndex, Instruction, Integer, LineEntry, Member, Module, NameIndex, Opcode, OperandKind,
    OperandSpec, Parameters, Position, Region, encode,
};

/// Names that need care: keywords of the text, registers, quotes, blanks.
const NAMES: [&str; 24] = [
    "main",
    "f",
    "f#2",
    "a.b.c",
    "r1",
    "r007",
    "None",
    "inf",
    "nan",
    "",
    " ",
    "<lambda>",
    "größe",
    "named",
    "generator",
    "load",
    "L1",
    "k0",
    "\"",
    "\\",
    "a;b",
    "\n\u{1f600}\u{200b}",
    "x",
    "é́",
];

const MAX_REGISTERS: usize = 24;

/// The module that a tape describes.
pub fn module(tape: &[u32]) -> Module {
    let mut tape = Tape {
        numbers: tape,
        position: 0,
    };
    let mut module = Module {
        names: names(&mut tape),
        ..Module::default()
    };
    constants(&mut tape, &mut module);
    let functions = 1 + tape.below(4);
    // The entry takes nothing.
    module.entry = FunctionIndex(tape.below(functions) as u32);
    for index in 0..functions {
        let function = head(&mut tape, &module, index == module.entry.index());
        module.functions.push(function);
    }
    for _ in 0..tape.below(3) {
        let class = class(&mut tape, &module);
        module.classes.push(class);
    }
    for index in 0..functions {
        body(&mut tape, &mut module, index);
    }
    if tape.below(4) > 0 {
        let functions = module
            .functions
            .iter()
            .map(|function| debug(&mut tape, function))
            .collect();
        let file = (tape.below(3) > 0).then(|| tape.pick(&NAMES).to_owned());
        module.debug = Some(Debug { file, functions });
    }
    module
}

struct Tape<'a> {
    numbers: &'a [u32],
    position: usize,
}

impl Tape<'_> {
    /// The next number; the tape is used again from its beginning, but not unchanged.
    fn number(&mut self) -> u32 {
        let round = (self.position / self.numbers.len()) as u32;
        let number = self.numbers[self.position % self.numbers.len()];
        self.position += 1;
        number
            .wrapping_mul(round.wrapping_mul(2) + 1)
            .rotate_left(round)
    }

    fn below(&mut self, end: usize) -> usize {
        self.number() as usize % end.max(1)
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn name(&mut self, module: &Module) -> NameIndex {
        NameIndex(self.below(module.names.len()) as u32)
    }

    /// Some different names.
    fn names(&mut self, module: &Module, count: usize) -> Vec<NameIndex> {
        let mut names: Vec<NameIndex> = Vec::new();
        for _ in 0..count {
            let name = self.name(module);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

fn names(tape: &mut Tape<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for _ in 0..1 + tape.below(16) {
        let name = tape.pick(&NAMES).to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn constants(tape: &mut Tape<'_>, module: &mut Module) {
    for _ in 0..tape.below(12) {
        let before = module.constants.len();
        let constant = match tape.below(10) {
            0 => Constant::None,
            1 => Constant::True,
            2 => Constant::False,
            3 => Constant::Ellipsis,
            4 => {
                let magnitude = (0..tape.below(20)).map(|_| tape.number() as u8).collect();
                Constant::Int(Integer::new(tape.below(2) == 1, magnitude))
            }
            5 => Constant::Float(u64::from(tape.number()) << 32 | u64::from(tape.number())),
            6 => Constant::Float(tape.pick(&[f64::NAN, f64::INFINITY, -0.0, 1e300]).to_bits()),
            7 => Constant::Str(tape.pick(&NAMES).to_owned()),
            8 => Constant::Bytes((0..tape.below(6)).map(|_| tape.number() as u8).collect()),
            _ => {
                let count = if before == 0 { 0 } else { tape.below(4) };
                let item = |tape: &mut Tape<'_>| ConstantIndex(tape.below(before) as u32);
                Constant::Tuple((0..count).map(|_| item(tape)).collect())
            }
        };
        module.constants.push(constant);
    }
}

fn head(tape: &mut Tape<'_>, module: &Module, is_entry: bool) -> Function {
    let wanted = if is_entry { 0 } else { tape.below(6) };
    let parameter_names = tape.names(module, wanted);
    let mut left = parameter_names.len();
    let varargs = left > 0 && tape.below(2) == 1;
    left -= usize::from(varargs);
    let varkw = left > 0 && tape.below(2) == 1;
    left -= usize::from(varkw);
    let positional = tape.below(left + 1) as u8;
    let parameters = Parameters {
        positional,
        positional_only: tape.below(usize::from(positional) + 1) as u8,
        keyword_only: left as u8 - positional,
        varargs,
        varkw,
    };
    Function {
        name: tape.name(module),
        registers: (parameters.count() + 1 + tape.below(MAX_REGISTERS - 6)) as u16,
        parameters,
        parameter_names,
        free_count: if is_entry { 0 } else { tape.below(3) as u8 },
        generator: !is_entry && tape.below(3) == 0,
        ..Function::default()
    }
}

fn class(tape: &mut Tape<'_>, module: &Module) -> ClassTemplate {
    let mut names = tape.names(module, 5);
    let slot_count = tape.below(names.len() + 1);
    let slots = names.drain(..slot_count).collect();
    let members = names.into_iter().filter_map(|name| {
        let function = tape.below(module.functions.len());
        let member = if module.functions[function].free_count == 0 && tape.below(2) == 0 {
            Member::Function(FunctionIndex(function as u32))
        } else if !module.constants.is_empty() {
            Member::Constant(ConstantIndex(tape.below(module.constants.len()) as u32))
        } else {
            return None;
        };
        Some((name, member))
    });
    let members = members.collect();
    let has_slots = slot_count > 0 || tape.below(2) == 1;
    ClassTemplate {
        name: tape.name(module),
        slots: has_slots.then_some(slots),
        members,
    }
}

fn body(tape: &mut Tape<'_>, module: &mut Module, index: usize) {
    let function = &module.functions[index];
    let registers = function.registers;
    let is_careful = tape.below(2) == 0;
    let mut code: Vec<Instruction> = Vec::new();
    if is_careful {
        let first = function.parameters.count();
        code.extend((first..registers.into()).map(|register| encode::load_none(register as u8)));
    }
    for _ in 0..tape.below(30) {
        let opcode = tape.pick(&Opcode::ALL[..Opcode::PUBLIC_COUNT]);
        if let Some(instruction) = instruction(tape, module, function, opcode) {
            let effects = instruction.register_effects();
            let empties = effects
                .moves
                .union(effects.releases)
                .without(effects.writes);
            if !is_careful || empties.is_empty() && effects.moves.is_empty() {
                code.push(instruction);
            }
        }
    }
    code.push(encode::return_none());
    let mut starts = vec![0];
    for instruction in &code {
        starts.push(starts[starts.len() - 1] + instruction.words());
    }
    let end = starts.pop().unwrap();
    let mut words = Vec::new();
    for (mut instruction, &start) in code.into_iter().zip(&starts) {
        if instruction.target(start).is_some() {
            instruction.set_target(start, tape.pick(&starts)).unwrap();
        }
        instruction.emit(&mut words);
    }
    let mut regions = Vec::new();
    for _ in 0..tape.below(3) {
        let (one, other) = (tape.pick(&starts), tape.pick(&starts));
        let region = Region {
            start: one.min(other) as u32,
            end: if one == other { end } else { one.max(other) } as u32,
            handler: tape.pick(&starts) as u32,
            register: tape.below(registers.into()) as u8,
        };
        regions.push(region);
    }
    let function = &mut module.functions[index];
    (function.code, function.regions) = (words, regions);
}

/// A random instruction, with 0 for its label; `None` if there is nothing it could refer to.
fn instruction(
    tape: &mut Tape<'_>,
    module: &Module,
    function: &Function,
    opcode: Opcode,
) -> Option<Instruction> {
    use OperandKind::*;
    let registers = usize::from(function.registers);
    let (small, free) = (tape.below(3), usize::from(function.free_count));
    let mut count = small;
    let mut callee = None;
    if opcode == Opcode::MakeClosure || opcode == Opcode::MakeFunction {
        let index = tape.below(module.functions.len());
        count = module.functions[index].free_count.into();
        callee = Some(index);
        if opcode == Opcode::MakeFunction && count > 0 {
            return None;
        }
    }
    if matches!(opcode, Opcode::Yield | Opcode::YieldFrom) && !function.generator {
        return None;
    }
    let mut value = |spec: &OperandSpec| -> Option<i64> {
        let window = match spec.kind {
            TakeWindow | WriteWindow => count.max(1),
            TakePairs => (2 * count).max(1),
            TakeThree | CallExWindow => 3,
            WriteStarWindow => count + 1 + small,
            CallWindow => 1 + count,
            MethodWindow => 2 + count,
            _ => 1,
        };
        let value = match spec.kind {
            kind if kind.is_register() => tape.below((registers + 1).checked_sub(window)?),
            Count => count,
            CountAfter => small,
            Conversion => tape.below(4),
            Constant if module.constants.is_empty() => return None,
            Constant => tape.below(module.constants.len()),
            KeywordNames => {
                let fitting: Vec<_> = (0..module.constants.len())
                    .filter(|&index| is_keyword_names(module, index, count))
                    .collect();
                if fitting.is_empty() {
                    return None;
                }
                tape.pick(&fitting)
            }
            Name => tape.below(module.names.len()),
            Function | ClosureFunction => callee?,
            Class if module.classes.is_empty() => return None,
            Class => ClassIndex(tape.below(module.classes.len()) as u32).index(),
            Free if free == 0 => return None,
            Free => tape.below(free),
            Integer => {
                let (least, most) = spec.field.range();
                return Some(least + i64::from(tape.number()) % (most - least + 1));
            }
            _ => 0,
        };
        // A window that is longer than the frame has no place to begin.
        (window <= registers).then_some(value as i64)
    };
    let values: Option<Vec<i64>> = opcode.info().operands.iter().map(&mut value).collect();
    Instruction::new(opcode, &values?).ok()
}

fn is_keyword_names(module: &Module, index: usize, count: usize) -> bool {
    let Constant::Tuple(items) = &module.constants[index] else {
        return false;
    };
    let names: BTreeSet<_> = items
        .iter()
        .filter_map(|item| match &module.constants[item.index()] {
            Constant::Str(name) => Some(name),
            _ => None,
        })
        .collect();
    names.len() == items.len() && names.len() <= count
}

fn debug(tape: &mut Tape<'_>, function: &Function) -> FunctionDebug {
    let mut lines = Vec::new();
    for (start, _) in vm_bytecode::instructions(&function.code) {
        if tape.below(3) == 0 {
            let (line, column) = (tape.below(50) as u32, tape.below(3) as u32);
            lines.push(LineEntry {
                word: start as u32,
                position: Position { line, column },
            });
        }
    }
    let locals = tape.below(usize::from(function.registers) - function.parameters.count() + 1);
    let register_names = (0..locals).map(|_| tape.pick(&NAMES).to_owned()).collect();
    let free = if tape.below(2) == 0 {
        0
    } else {
        function.free_count
    };
    let free_names = (0..free).map(|_| tape.pick(&NAMES).to_owned()).collect();
    FunctionDebug {
        lines,
        register_names,
        free_names,
    }
}
