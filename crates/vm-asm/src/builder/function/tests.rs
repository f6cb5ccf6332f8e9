//! Functions built by hand, and what they become.

use super::*;
use crate::builder::ModuleBuilder;

fn function() -> FunctionBuilder {
    FunctionBuilder::new(ModuleBuilder::new().name("f"))
}

fn nops(function: &mut FunctionBuilder, count: usize) {
    (0..count).for_each(|_| function.nop().unwrap());
}

/// Where execution continues from word `word` if every condition is true, or every one false.
fn follow(code: &[u32], word: usize, is_true: bool) -> usize {
    let instruction = Instruction::decode(code, word).unwrap();
    let target = instruction.target(word).map(|target| target as usize);
    let next = word + instruction.words();
    match (instruction.opcode(), target) {
        (Opcode::Jump, Some(target)) => target,
        (Opcode::JumpIf | Opcode::JumpIfNone, Some(target)) if is_true => target,
        (Opcode::JumpIfNot | Opcode::JumpIfNotNone, Some(target)) if !is_true => target,
        _ => next,
    }
}

#[test]
fn conditional_jumps_reach_everywhere() {
    let jumps = [
        FunctionBuilder::jump_if,
        FunctionBuilder::jump_if_not,
        FunctionBuilder::jump_if_none,
        FunctionBuilder::jump_if_not_none,
    ];
    // Distances around the end of the field; the inner jump is pushed out by the outer one.
    for (case, distance) in [10, 32_760, 32_765, 32_766, 32_767, 32_768, 40_000]
        .iter()
        .enumerate()
    {
        let mut f = function();
        let (outer, inner, back) = (f.label(), f.label(), f.label());
        f.bind(back).unwrap();
        jumps[case % 4](&mut f, Register(1), outer).unwrap();
        jumps[(case + 1) % 4](&mut f, Register(1), inner).unwrap();
        nops(&mut f, *distance);
        f.bind(outer).unwrap();
        f.nop().unwrap();
        f.bind(inner).unwrap();
        jumps[(case + 2) % 4](&mut f, Register(1), back).unwrap();
        f.return_none().unwrap();
        let built = f.finish().unwrap();
        let (starts, code) = (&built.starts, &built.function.code);
        let targets = [(0, distance + 2), (1, distance + 3), (distance + 3, 0)];
        for (jump, target) in targets {
            let start = starts[jump] as usize;
            let ends = [true, false].map(|is_true| {
                let mut word = follow(code, start, is_true);
                // Inside of the pair that replaces a jump.
                while word > start && word < starts[jump + 1] as usize {
                    word = follow(code, word, is_true);
                }
                word as u32
            });
            let (target, next) = (starts[target], starts[jump + 1]);
            let taken_on_true = ends == [target, next];
            let taken_on_false = ends == [next, target];
            assert!(
                taken_on_true || taken_on_false,
                "{distance} {jump} {ends:?}"
            );
            let opcode = Instruction::decode(code, start).unwrap().opcode();
            let is_pair = next - starts[jump] == 2;
            let has_positive = matches!(opcode, Opcode::JumpIf | Opcode::JumpIfNone);
            assert_eq!(
                taken_on_true,
                has_positive != is_pair,
                "the pair has the inverse"
            );
        }
    }
}

#[test]
fn a_jump_that_nothing_reaches_is_an_error() {
    let jump = encode::jump(Offset24::new(0).unwrap());
    assert_eq!(
        emit_jump(jump, i64::from(Offset24::MAX) + 1, 1, &mut Vec::new()),
        Ok(())
    );
    let far = i64::from(Offset24::MAX) + 2;
    assert_eq!(emit_jump(jump, far, 1, &mut Vec::new()), Err(far - 1));
    let far = i64::from(Offset24::MAX) + 3;
    assert_eq!(
        emit_jump(encode::jump_if(0, 0), far, 2, &mut Vec::new()),
        Err(far - 2)
    );
}

#[test]
fn operands_are_checked() {
    let mut f = function();
    let register = Operand::Register(Register(3));
    let kind = |position, name, expected| {
        let opcode = Opcode::AddImm;
        Err(BuildError::OperandKind {
            opcode,
            position,
            name,
            expected,
        })
    };
    assert_eq!(
        f.emit(Opcode::AddImm, &[register, register, 5i8.into()]),
        Ok(())
    );
    assert_eq!(
        f.emit(Opcode::AddImm, &[register, register, register]),
        kind(2, "right", "a number")
    );
    assert_eq!(
        f.emit(Opcode::AddImm, &[register, 5i8.into(), 5i8.into()]),
        kind(1, "left", "a register")
    );
    let number = f.emit(Opcode::AddImm, &[register]);
    assert!(matches!(
        number,
        Err(BuildError::Operand(OperandError::Number { .. }))
    ));
    let range = f.emit(Opcode::AddImm, &[register, register, Operand::Integer(128)]);
    assert!(matches!(
        range,
        Err(BuildError::Operand(OperandError::Range { value: 128, .. }))
    ));
    let window = f.call(Register(255), 1);
    assert_eq!(
        window,
        Err(BuildError::WindowTooLong {
            opcode: Opcode::Call,
            last: 256
        })
    );
    let foreign = function().jump(f.label());
    assert_eq!(foreign, Err(BuildError::ForeignLabel));
    assert_eq!(f.registers(), 4, "refused instructions use no registers");
}

#[test]
fn labels_are_bound_once() {
    let mut f = function();
    let label = f.label();
    f.jump(label).unwrap();
    assert_eq!(f.clone().finish().unwrap_err(), BuildError::UnboundLabel);
    assert_eq!(f.bind(label), Ok(()));
    assert_eq!(f.bind(label), Err(BuildError::LabelBoundTwice));
    assert_eq!(f.finish().unwrap().function.code.len(), 1);
}

#[test]
fn parameters_fit_their_names() {
    let name = ModuleBuilder::new().name("x");
    let shape = Parameters {
        positional: 1,
        keyword_only: 1,
        ..Parameters::default()
    };
    let mut f = function();
    let error = BuildError::ParameterNames {
        names: 1,
        parameters: 2,
    };
    assert_eq!(f.set_parameters(shape, vec![name]), Err(error));
    assert_eq!(f.set_parameters(shape, vec![name; 2]), Ok(()));
    assert_eq!(f.add_register(), Ok(Register(2)));
    let shape = Parameters {
        positional_only: 2,
        ..shape
    };
    let error = BuildError::PositionalOnly {
        positional_only: 2,
        positional: 1,
    };
    assert_eq!(f.set_parameters(shape, vec![name; 2]), Err(error));
    assert_eq!(f.reserve_registers(256), Ok(()));
    assert_eq!(f.add_register(), Err(BuildError::TooManyRegisters));
}

#[test]
fn positions_and_regions_follow_the_code() {
    let mut f = function();
    let (start, end) = (f.label(), f.label());
    let at = |line| Position { line, column: 0 };
    f.position(at(9));
    f.position(at(1));
    f.bind(start).unwrap();
    f.load_global(Register(0), NameIndex(0)).unwrap();
    f.position(at(2));
    f.nop().unwrap();
    f.bind(end).unwrap();
    f.return_none().unwrap();
    f.region(start, end, end, Register(7)).unwrap();
    let built = f.finish().unwrap();
    let region = Region {
        start: 0,
        end: 3,
        handler: 3,
        register: 7,
    };
    assert_eq!(built.function.regions, [region]);
    assert_eq!(built.function.registers, 8);
    let lines: Vec<_> = built
        .debug
        .lines
        .iter()
        .map(|line| (line.word, line.position))
        .collect();
    assert_eq!(lines, [(0, at(1)), (2, at(2))]);
}
