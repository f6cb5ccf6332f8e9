//! Random modules that are right, made from random instructions.
//!
//! Every register is set at the start. Behind each instruction, the registers that it leaves unset
//! are set again, so that all are set at each *stop*: the start of a random instruction. Jumps go
//! to stops only. Exceptions go to one handler at the end, which sets all registers first.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use vm_bytecode::{
    ClassTemplate, Constant, ConstantIndex, Debug, Function, FunctionDebug, FunctionIndex,
    Instruction, Integer, LineEntry, Member, Module, NameIndex, Opcode, OperandKind, Parameters,
    Position, Region, encode,
};

const NAMES: u32 = 6;
const SCALARS: u32 = 8;
/// Behind the scalars: a tuple of the two strings, and a tuple of that and a number.
const KEYWORD_NAMES: u32 = SCALARS;
const CONSTANTS: u32 = SCALARS + 2;
/// Function 0 is the entry; function 1 has no free variables, function 2 has `CELLS`.
const FUNCTIONS: usize = 3;
const CELLS: u8 = 2;

/// What a random instruction is made of: the opcode, and a number for each operand.
type Seed = (Index, [Index; 4]);

/// A random module that the verifier accepts.
pub fn module() -> impl Strategy<Value = Module> {
    module_of(prop_oneof![8_u16..20, Just(256)], 30)
}

/// The same, with few registers.
pub fn narrow_module() -> impl Strategy<Value = Module> {
    module_of(8_u16..20, 30)
}

/// The same, with just more registers than a word has bits.
pub fn wide_module() -> impl Strategy<Value = Module> {
    module_of(65_u16..70, 30)
}

/// The same, of few bytes.
pub fn small_module() -> impl Strategy<Value = Module> {
    module_of(8_u16..10, 4)
}

fn module_of(
    registers: impl Strategy<Value = u16>,
    instructions: usize,
) -> impl Strategy<Value = Module> {
    let functions = vec(function_seed(registers, instructions), FUNCTIONS);
    (functions, constants(), any::<bool>(), any::<Option<bool>>()).prop_map(assemble)
}

#[derive(Clone, Debug)]
struct FunctionSeed {
    registers: u16,
    parameters: Parameters,
    generator: bool,
    body: Vec<Seed>,
    regions: Vec<(Index, Index, Index)>,
}

fn function_seed(
    registers: impl Strategy<Value = u16>,
    instructions: usize,
) -> impl Strategy<Value = FunctionSeed> {
    let seed = (any::<Index>(), any::<[Index; 4]>());
    let parameters = (0..4_u8, 0..4_u8, 0..3_u8, any::<bool>(), any::<bool>()).prop_map(
        |(positional, positional_only, keyword_only, varargs, varkw)| Parameters {
            positional,
            positional_only: positional_only.min(positional),
            keyword_only: keyword_only.min(6 - positional - 2),
            varargs,
            varkw,
        },
    );
    let regions = vec(any::<(Index, Index, Index)>(), 0..4);
    (
        registers,
        parameters,
        any::<bool>(),
        vec(seed, 0..instructions),
        regions,
    )
        .prop_map(
            |(registers, parameters, generator, body, regions)| FunctionSeed {
                registers,
                parameters,
                generator,
                body,
                regions,
            },
        )
}

fn constants() -> impl Strategy<Value = Vec<Constant>> {
    let scalar = prop_oneof![
        Just(Constant::None),
        Just(Constant::True),
        Just(Constant::False),
        Just(Constant::Ellipsis),
        (any::<bool>(), vec(any::<u8>(), 0..20))
            .prop_map(|(negative, magnitude)| Constant::Int(Integer::new(negative, magnitude))),
        any::<u64>().prop_map(Constant::Float),
        ".{0,5}".prop_map(Constant::Str),
        vec(any::<u8>(), 0..9).prop_map(Constant::Bytes),
    ];
    vec(scalar, SCALARS as usize).prop_map(|mut constants| {
        constants[0] = Constant::from("left");
        constants[1] = Constant::from("right");
        constants.push(Constant::Tuple(vec![ConstantIndex(0), ConstantIndex(1)]));
        constants.push(Constant::Tuple(vec![
            ConstantIndex(KEYWORD_NAMES),
            ConstantIndex(4),
        ]));
        constants
    })
}

fn assemble(
    (seeds, constants, slots, debug): (Vec<FunctionSeed>, Vec<Constant>, bool, Option<bool>),
) -> Module {
    let names: Vec<String> = (0..NAMES).map(|index| format!("name{index}")).collect();
    let mut functions: Vec<Function> = seeds.iter().map(function).collect();
    functions[0].parameters = Parameters::default();
    functions[0].parameter_names.clear();
    functions[0].generator = false;
    functions[2].free_count = CELLS;
    for (index, seed) in seeds.iter().enumerate() {
        let function = &mut functions[index];
        emit_body(function, seed);
    }
    let class = ClassTemplate {
        name: NameIndex(0),
        slots: slots.then(|| vec![NameIndex(1), NameIndex(2)]),
        members: vec![
            (NameIndex(3), Member::Function(FunctionIndex(1))),
            (NameIndex(4), Member::Constant(ConstantIndex(KEYWORD_NAMES))),
        ],
    };
    let debug = debug.map(|file| Debug {
        file: file.then(|| "source.py".to_owned()),
        functions: functions.iter().map(function_debug).collect(),
    });
    let entry = FunctionIndex(0);
    Module {
        names,
        constants,
        functions,
        classes: vec![class],
        entry,
        debug,
    }
}

fn function(seed: &FunctionSeed) -> Function {
    let parameters = seed.parameters;
    Function {
        name: NameIndex(0),
        parameters,
        parameter_names: (0..parameters.count() as u32).map(NameIndex).collect(),
        registers: seed.registers,
        generator: seed.generator,
        ..Function::default()
    }
}

fn function_debug(function: &Function) -> FunctionDebug {
    let entry = |(line, (word, _))| LineEntry {
        word: word as u32,
        position: Position {
            line,
            column: line % 3,
        },
    };
    FunctionDebug {
        lines: (1..)
            .zip(vm_bytecode::instructions(&function.code))
            .map(entry)
            .step_by(2)
            .collect(),
        register_names: vec!["spare".to_owned()],
        free_names: (0..function.free_count)
            .map(|index| format!("free{index}"))
            .collect(),
    }
}

fn emit_body(function: &mut Function, seed: &FunctionSeed) {
    let mut code = Vec::new();
    let set_all = |code: &mut Vec<u32>| {
        (0..function.registers).for_each(|register| encode::load_none(register as u8).emit(code));
    };
    set_all(&mut code);
    let mut stops = Vec::new();
    let mut jumps = Vec::new();
    for (opcode, numbers) in &seed.body {
        let usable = |opcode: &Opcode| match opcode {
            Opcode::Yield | Opcode::YieldFrom => function.generator,
            Opcode::LoadFree | Opcode::StoreFree | Opcode::DeleteFree | Opcode::LoadClosure => {
                function.free_count > 0
            }
            _ => true,
        };
        let opcodes: Vec<Opcode> = Opcode::public().filter(usable).collect();
        let instruction = random_instruction(*opcode.get(&opcodes), numbers, function);
        stops.push(code.len());
        if instruction.target(code.len()).is_some() {
            jumps.push((code.len(), numbers[3]));
        }
        instruction.emit(&mut code);
        let effects = instruction.register_effects();
        let gone = effects
            .moves
            .union(effects.releases)
            .without(effects.writes);
        for register in gone.iter() {
            encode::load_none(register).emit(&mut code);
        }
    }
    stops.push(code.len());
    encode::return_none().emit(&mut code);
    let handler = code.len() as u32;
    set_all(&mut code);
    encode::return_none().emit(&mut code);

    for (index, choice) in jumps {
        let mut instruction = Instruction::decode(&code, index).unwrap();
        instruction.set_target(index, *choice.get(&stops)).unwrap();
        let mut words = Vec::new();
        instruction.emit(&mut words);
        code.splice(index..index + words.len(), words);
    }
    for (start, end, register) in &seed.regions {
        let (start, end) = (*start.get(&stops) as u32, *end.get(&stops) as u32);
        if start < end {
            let register = register.index(usize::from(function.registers)) as u8;
            function.regions.push(Region {
                start,
                end,
                handler,
                register,
            });
        }
    }
    function.code = code;
}

/// Operands from the numbers, so that indices exist and windows fit.
fn random_instruction(opcode: Opcode, numbers: &[Index; 4], function: &Function) -> Instruction {
    use OperandKind::*;
    let specs = opcode.info().operands;
    let closure = specs.iter().any(|spec| spec.kind == ClosureFunction);
    // At most 7 registers: key and value of 3 pairs, 2 and a list and 3, receiver and 3 arguments.
    let window = usize::from(function.registers) - 7;
    let value = |(number, spec): (&Index, &vm_bytecode::OperandSpec)| match spec.kind {
        TakeWindow | TakePairs | TakeThree | WriteWindow | WriteStarWindow | CallWindow
        | CallExWindow | MethodWindow => number.index(window) as i64,
        kind if kind.is_register() => number.index(usize::from(function.registers)) as i64,
        Count if closure => i64::from(CELLS),
        Count if opcode == Opcode::CallKw => 2 + number.index(2) as i64,
        Count | CountAfter => number.index(4) as i64,
        Conversion => number.index(4) as i64,
        Integer => number.index(256) as i64 - 128,
        Constant => number.index(CONSTANTS as usize) as i64,
        KeywordNames => i64::from(KEYWORD_NAMES),
        Name => number.index(NAMES as usize) as i64,
        Function => number.index(2) as i64,
        ClosureFunction => 2,
        Free => number.index(usize::from(function.free_count)) as i64,
        _ => 0,
    };
    let values: Vec<i64> = numbers.iter().zip(specs).map(value).collect();
    Instruction::new(opcode, &values).unwrap()
}
