//! Changes to a module, each decided by a seed: programs as nobody would write them.
//!
//! 1. A change is one of: an operand, an opcode, two lines swapped, lines removed, doubled, or taken
//!    from another program; a jump, a region, a constant, a name, a parameter list, a count; a
//!    function replaced by one of another program; a class template; a flipped bit.
//! 2. Values are mostly chosen in the range that the verifier asks for: a register of the function,
//!    an index of the table.
//! 3. A change that the verifier refuses is undone, and another one tried: nearly every seed gives a
//!    program that runs, with several changes.

use crate::listing::{Line, Listing};
use vm_bytecode::{
    Constant, ConstantIndex, FunctionIndex, Instruction, Integer, Member, Module, NameIndex,
    Opcode, OperandKind, VerifiedModule, Word,
};

/// Names that mean something to the machine.
const NAMES: &[&str] = &[
    "__add__",
    "__bool__",
    "__call__",
    "__class__",
    "__contains__",
    "__del__",
    "__delattr__",
    "__delitem__",
    "__dict__",
    "__enter__",
    "__eq__",
    "__exit__",
    "__format__",
    "__get__",
    "__getattr__",
    "__getattribute__",
    "__getitem__",
    "__hash__",
    "__iadd__",
    "__index__",
    "__init__",
    "__init_subclass__",
    "__iter__",
    "__len__",
    "__lt__",
    "__mro__",
    "__new__",
    "__next__",
    "__radd__",
    "__repr__",
    "__set__",
    "__set_name__",
    "__setattr__",
    "__setitem__",
    "__slots__",
    "__str__",
    "__weakref__",
    "__doc__",
    "__name__",
    "__bases__",
    "__cause__",
    "__context__",
    "__traceback__",
    "args",
    "append",
    "clear",
    "close",
    "extend",
    "format",
    "fromkeys",
    "insert",
    "items",
    "join",
    "keys",
    "pop",
    "popitem",
    "remove",
    "replace",
    "send",
    "sort",
    "split",
    "throw",
    "translate",
    "update",
    "values",
    "collect",
    "get_objects",
    "get_referrers",
    "freeze",
    "unfreeze",
    "builtins",
    "gc",
    "sys",
    "weakref",
    "math",
    "ref",
    "iter",
    "next",
    "type",
    "object",
    "super",
    "property",
    "classmethod",
    "staticmethod",
    "list",
    "dict",
    "set",
    "frozenset",
    "tuple",
    "str",
    "bytes",
    "int",
    "float",
    "range",
    "slice",
    "zip",
    "map",
    "filter",
    "enumerate",
    "reversed",
    "sorted",
    "sum",
    "min",
    "max",
    "pow",
    "divmod",
    "hash",
    "repr",
    "isinstance",
    "issubclass",
    "getattr",
    "setattr",
    "delattr",
    "vars",
    "dir",
    "BaseException",
    "Exception",
    "ExceptionGroup",
    "StopIteration",
    "GeneratorExit",
    "KeyError",
];

/// Numbers at the edges of something.
const INTEGERS: &[i64] = &[
    0,
    1,
    -1,
    2,
    3,
    7,
    63,
    64,
    127,
    -128,
    255,
    256,
    1000,
    32767,
    -32768,
    0x10FFFF,
    0xD800,
    i32::MAX as i64,
    i32::MIN as i64,
    (1 << 49) - 1,
    1 << 49,
    -(1 << 49),
    -(1 << 49) - 1,
    1 << 53,
    i64::MAX,
    i64::MIN,
];

/// Random numbers from a seed (SplitMix64, Steele, Lea and Flood 2014).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    /// A number below the limit; 0 if the limit is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    pub fn one_in(&mut self, cases: usize) -> bool {
        self.below(cases) == 0
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> Option<T> {
        choices.get(self.below(choices.len())).copied()
    }
}

/// The program of a seed, and how many of its changes were kept.
pub fn mutant(seed: u64, programs: &[Module]) -> (VerifiedModule, usize) {
    let mut random = Random(seed);
    let original = &programs[random.below(programs.len())];
    let mut module = original.clone();
    if !random.one_in(4) {
        module.strip();
    }
    let mut verified = VerifiedModule::new(module.clone()).expect("fixtures verify");
    let (wanted, mut kept) = (1 + random.below(8), 0);
    for _ in 0..60 {
        let mut changed = module.clone();
        let donor = &programs[random.below(programs.len())];
        change(&mut changed, donor, &mut random);
        if changed == module {
            continue;
        }
        if let Ok(accepted) = VerifiedModule::new(changed.clone()) {
            (module, verified, kept) = (changed, accepted, kept + 1);
        }
        if kept == wanted {
            break;
        }
    }
    (verified, kept)
}

fn change(module: &mut Module, donor: &Module, random: &mut Random) {
    match random.below(40) {
        0 => change_constant(module, random),
        1 => change_name(module, random),
        2 => change_class(module, random),
        3 => replace_function(module, donor, random),
        4 => module.entry = FunctionIndex(random.below(module.functions.len()) as u32),
        _ => change_function(module, donor, random),
    }
}

fn change_function(module: &mut Module, donor: &Module, random: &mut Random) {
    let index = if random.one_in(3) {
        module.entry.index()
    } else {
        random.below(module.functions.len())
    };
    let mut function = module.functions[index].clone();
    let mut listing = Listing::of(&function);
    let count = listing.lines.len();
    let (first, second) = (random.below(count), random.below(count));
    let registers = usize::from(function.registers);
    match random.below(24) {
        0 => {
            let near = (first + 1 + random.below(4)).min(count - 1);
            listing.lines.swap(first, near);
        }
        1 => listing.remove(first, (first + 1 + random.below(3)).min(count)),
        2 => {
            let doubled = listing.lines[second];
            listing.insert(first, &[doubled]);
        }
        3..6 => listing.lines[first].instruction = new_instruction(module, registers, random),
        6..9 => {
            let line = Line {
                instruction: new_instruction(module, registers, random),
                target: Some(second),
            };
            listing.insert(first, &[line]);
        }
        9..12 => {
            let lines = borrowed_lines(module, donor, registers, first, random);
            if random.one_in(2) {
                listing.remove(first, (first + lines.len()).min(count));
            }
            listing.insert(first, &lines);
        }
        12 => {
            let line = &mut listing.lines[first];
            line.target = line.target.map(|_| second);
        }
        13 => change_region(&mut listing, registers, random),
        14 => function.registers = (registers + random.below(4)).min(256) as u16,
        15 => function.generator ^= true,
        16 => function.free_count = random.below(4) as u8,
        17 => change_parameters(module, &mut function, random),
        18 => {
            listing.store(&mut function);
            let word = random.below(function.code.len());
            function.code[word] ^= 1 << random.below(32);
            module.functions[index] = function;
            return;
        }
        _ => change_operand(module, &mut listing.lines[first], registers, random),
    }
    listing.store(&mut function);
    module.functions[index] = function;
}

fn change_operand(module: &mut Module, line: &mut Line, registers: usize, random: &mut Random) {
    let specs = line.instruction.info().operands;
    let position = random.below(specs.len());
    if let Some(spec) = specs.get(position) {
        let value = operand(module, spec.kind, registers, random);
        let _ = line.instruction.set_value(position, value);
    }
}

fn operand(module: &mut Module, kind: OperandKind, registers: usize, random: &mut Random) -> i64 {
    use OperandKind::*;
    let value = match kind {
        kind if kind.is_register() => random.below(registers),
        Count | CountAfter | Free => random.below(5),
        Conversion => random.below(4),
        Constant | KeywordNames => random.below(module.constants.len()),
        Name if random.one_in(3) => {
            let name = random.of(NAMES).unwrap_or("x");
            name_index(module, name).index()
        }
        Name => random.below(module.names.len()),
        Function | ClosureFunction => random.below(module.functions.len()),
        Class => random.below(module.classes.len()),
        Integer => return random.of(INTEGERS).unwrap_or(0),
        _ => random.below(16),
    };
    value as i64
}

fn new_instruction(module: &mut Module, registers: usize, random: &mut Random) -> Instruction {
    let opcode = Opcode::public()
        .nth(random.below(Opcode::public().len()))
        .unwrap_or(Opcode::Nop);
    let specs = opcode.info().operands;
    let values: Vec<i64> = specs
        .iter()
        .map(|spec| operand(module, spec.kind, registers, random))
        .collect();
    Instruction::new(opcode, &values).unwrap_or_else(|_| {
        Instruction::decode(&[Word(Opcode::Nop as u32).0], 0).expect("nop is an instruction")
    })
}

fn change_region(listing: &mut Listing, registers: usize, random: &mut Random) {
    let count = listing.lines.len();
    let index = random.below(listing.regions.len());
    let start = random.below(count);
    let places = [
        start,
        (start + 1 + random.below(12)).min(count),
        random.below(count),
    ];
    let region = (places, random.below(registers) as u8);
    match random.below(3) {
        0 => listing.regions.insert(index, region),
        1 if !listing.regions.is_empty() => {
            listing.regions.remove(index);
        }
        _ => {
            if let Some((places, register)) = listing.regions.get_mut(index) {
                match random.below(4) {
                    3 => *register = region.1,
                    place => places[place] = random.below(count),
                }
            }
        }
    }
}

fn change_parameters(module: &Module, function: &mut vm_bytecode::Function, random: &mut Random) {
    let parameters = &mut function.parameters;
    match random.below(5) {
        0 => parameters.positional = random.below(4) as u8,
        1 => parameters.positional_only = random.below(4) as u8,
        2 => parameters.keyword_only = random.below(4) as u8,
        3 => parameters.varargs ^= true,
        _ => parameters.varkw ^= true,
    }
    let count = parameters.count();
    let mut name = random.below(module.names.len());
    function.parameter_names.resize_with(count, || {
        name = (name + 1) % module.names.len().max(1);
        NameIndex(name as u32)
    });
}

fn change_constant(module: &mut Module, random: &mut Random) {
    let index = random.below(module.constants.len());
    let integer = random.of(INTEGERS).unwrap_or(0);
    let constant = match random.below(9) {
        0 => Constant::None,
        1 => Constant::True,
        2 => Constant::from(integer),
        3 => Constant::Int(Integer::new(random.one_in(2), vec![0xA5; random.below(80)])),
        4 => Constant::Float(random.next()),
        5 => Constant::float(integer as f64),
        6 => Constant::from(random.of(NAMES).unwrap_or("")),
        7 => Constant::Bytes(vec![random.next() as u8; random.below(20)]),
        _ => Constant::Tuple(
            (0..random.below(4))
                .map(|_| ConstantIndex(random.below(index) as u32))
                .collect(),
        ),
    };
    if let Some(place) = module.constants.get_mut(index) {
        *place = constant;
    }
}

fn change_name(module: &mut Module, random: &mut Random) {
    let count = module.names.len();
    let index = random.below(count);
    let name = random.of(NAMES).unwrap_or("x");
    match module.names.iter().position(|other| other == name) {
        Some(other) => module.names.swap(index, other),
        None if random.one_in(2) => module.names[index] = name.to_owned(),
        None => module.names.swap(index, random.below(count)),
    }
}

fn change_class(module: &mut Module, random: &mut Random) {
    let (names, functions) = (module.names.len(), module.functions.len());
    let class = random.below(module.classes.len());
    let special = random.of(NAMES).unwrap_or("x");
    let name = if random.one_in(2) {
        name_index(module, special)
    } else {
        NameIndex(random.below(names) as u32)
    };
    let constants = module.constants.len();
    let Some(class) = module.classes.get_mut(class) else {
        return;
    };
    let member = if random.one_in(4) && constants > 0 {
        Member::Constant(ConstantIndex(random.below(constants) as u32))
    } else {
        Member::Function(FunctionIndex(random.below(functions) as u32))
    };
    let place = random.below(class.members.len());
    match random.below(5) {
        0 => class.slots = None,
        1 => class.slots.get_or_insert_with(Vec::new).push(name),
        2 if !class.members.is_empty() => class.members[place].0 = name,
        3 if !class.members.is_empty() => class.members[place].1 = member,
        _ => class.members.insert(place, (name, member)),
    }
}

fn replace_function(module: &mut Module, donor: &Module, random: &mut Random) {
    let index = random.below(module.functions.len());
    let mut function = donor.functions[random.below(donor.functions.len())].clone();
    let mut listing = Listing::of(&function);
    for line in &mut listing.lines {
        adopt(module, donor, line, random);
    }
    listing.store(&mut function);
    function.name = module.functions[index].name;
    for name in &mut function.parameter_names {
        *name = name_index(module, donor.name(*name));
    }
    module.functions[index] = function;
}

/// Some lines of another program, with what they refer to, for the registers there are.
fn borrowed_lines(
    module: &mut Module,
    donor: &Module,
    registers: usize,
    place: usize,
    random: &mut Random,
) -> Vec<Line> {
    let function = &donor.functions[random.below(donor.functions.len())];
    let listing = Listing::of(function);
    let start = random.below(listing.lines.len());
    let end = (start + 1 + random.below(6)).min(listing.lines.len());
    let shift = random.below(registers) as i64;
    let mut lines = listing.lines[start..end].to_vec();
    for line in &mut lines {
        adopt(module, donor, line, random);
        line.target = line.target.map(|_| place);
        for (position, spec) in line.instruction.info().operands.iter().enumerate() {
            if let Some(vm_bytecode::Operand::Register(register)) =
                line.instruction.operand(position)
            {
                debug_assert!(spec.kind.is_register());
                let register = (i64::from(register) + shift) % registers.max(1) as i64;
                let _ = line.instruction.set_value(position, register);
            }
        }
    }
    lines
}

/// Makes a line of another program refer to this one's tables.
fn adopt(module: &mut Module, donor: &Module, line: &mut Line, random: &mut Random) {
    use vm_bytecode::Operand;
    for position in 0..line.instruction.info().operands.len() {
        let value = match line.instruction.operand(position) {
            Some(Operand::Name(name)) => name_index(module, donor.name(name)).0,
            Some(Operand::Constant(index)) => constant_index(module, donor, index).0,
            Some(Operand::Function(_)) => random.below(module.functions.len()) as u32,
            Some(Operand::Class(_)) => random.below(module.classes.len()) as u32,
            _ => continue,
        };
        let _ = line.instruction.set_value(position, i64::from(value));
    }
}

fn name_index(module: &mut Module, name: &str) -> NameIndex {
    let found = module.names.iter().position(|other| other == name);
    let index = found.unwrap_or_else(|| {
        module.names.push(name.to_owned());
        module.names.len() - 1
    });
    NameIndex(index as u32)
}

fn constant_index(module: &mut Module, donor: &Module, index: ConstantIndex) -> ConstantIndex {
    let constant = match &donor.constants[index.index()] {
        Constant::Tuple(items) => Constant::Tuple(
            items
                .iter()
                .map(|&item| constant_index(module, donor, item))
                .collect(),
        ),
        other => other.clone(),
    };
    let found = module.constants.iter().position(|other| *other == constant);
    let index = found.unwrap_or_else(|| {
        module.constants.push(constant);
        module.constants.len() - 1
    });
    ConstantIndex(index as u32)
}
