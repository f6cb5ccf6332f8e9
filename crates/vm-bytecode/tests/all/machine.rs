//! Naive models of what the verifier proves.
//!
//! The machine runs code along a random path, knows of each register only whether it is
//! set, and checks at each step what an interpreter relies on. The analysis looks at each
//! instruction by itself, again and again until nothing changes.

use std::collections::{BTreeMap, BTreeSet};

use vm_bytecode::{
    Flow, Function, Instruction, Module, Opcode, Operand, RegisterUse, instructions,
};

/// Chooses directions: bits of a number, again and again.
pub struct Choices(pub u64);

impl Choices {
    fn next(&mut self, one_in: u64) -> bool {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33).is_multiple_of(one_in)
    }
}

/// Walks at most `steps` instructions of a function, and panics if one breaks a rule.
pub fn walk(module: &Module, function: &Function, choices: &mut Choices, steps: usize) {
    let mut set = vec![false; usize::from(function.registers)];
    set[..function.parameters.count()].fill(true);
    let mut word = 0;
    for _ in 0..steps {
        let instruction = Instruction::decode(&function.code, word).expect("an instruction");
        check_operands(module, function, instruction);
        let raises = choices.next(4);
        let jumps = match instruction.info().flow {
            Flow::Branch => choices.next(2),
            flow => flow == Flow::Jump,
        };
        let mut writes = Vec::new();
        instruction.for_each_register_use(|_, usage, range| {
            for register in range.map(|register| register as usize) {
                match usage {
                    RegisterUse::Read | RegisterUse::Copy => assert!(set[register]),
                    RegisterUse::Take => {
                        assert!(set[register]);
                        set[register] = false;
                    }
                    RegisterUse::Release => set[register] = false,
                    RegisterUse::Enclose => {
                        set[register] = false;
                        writes.push(register);
                    }
                    RegisterUse::Write => writes.push(register),
                    RegisterUse::WriteUnlessJump if jumps => assert!(register < set.len()),
                    RegisterUse::WriteIfJump if !jumps => assert!(register < set.len()),
                    RegisterUse::WriteUnlessJump | RegisterUse::WriteIfJump => {
                        writes.push(register);
                    }
                    // It raises if the register is unset: going on means that it is set.
                    RegisterUse::Check => writes.push(register),
                }
            }
        });
        if raises {
            let Some(region) = function.region_at(word as u32) else {
                return;
            };
            word = region.handler as usize;
            set[usize::from(region.register)] = true;
            continue;
        }
        writes.into_iter().for_each(|register| set[register] = true);
        if instruction.info().flow == Flow::Exit {
            return;
        }
        word = match instruction.target(word) {
            Some(target) if jumps => usize::try_from(target).expect("a word"),
            _ => word + instruction.words(),
        };
    }
}

fn check_operands(module: &Module, function: &Function, instruction: Instruction) {
    for (_, operand) in instruction.operands() {
        match operand {
            Operand::Constant(index) => assert!(index.index() < module.constants.len()),
            Operand::Name(index) => assert!(index.index() < module.names.len()),
            Operand::Class(index) => assert!(index.index() < module.classes.len()),
            Operand::Free(index) => assert!(index < u16::from(function.free_count)),
            Operand::Function(index) => {
                let cells = match instruction.opcode() {
                    Opcode::MakeClosure => instruction.word().c(),
                    _ => 0,
                };
                assert_eq!(module.functions[index.index()].free_count, cells);
            }
            _ => {}
        }
    }
    if matches!(instruction.opcode(), Opcode::Yield | Opcode::YieldFrom) {
        assert!(function.generator);
    }
}

type Set = BTreeSet<u32>;

/// Each read of a register that is not set on every path, as word and register. The function's form
/// must be right.
pub fn unset_reads(function: &Function) -> Vec<(usize, u32)> {
    let code: Vec<(usize, Instruction)> = instructions(&function.code)
        .map(|(word, decoded)| (word, decoded.expect("an instruction")))
        .collect();
    let mut states: BTreeMap<usize, Set> = BTreeMap::new();
    states.insert(0, (0..function.parameters.count() as u32).collect());
    loop {
        let before = states.clone();
        for &(word, instruction) in &code {
            let Some(state) = states.get(&word).cloned() else {
                continue;
            };
            for (target, state) in successors(function, word, instruction, &state) {
                let met = match states.get(&target) {
                    None => state,
                    Some(other) => other.intersection(&state).copied().collect(),
                };
                states.insert(target, met);
            }
        }
        if states == before {
            break;
        }
    }
    let mut unset = BTreeSet::new();
    for (word, instruction) in code {
        let Some(state) = states.get(&word) else {
            continue;
        };
        instruction.for_each_register_use(|_, usage, range| {
            if matches!(
                usage,
                RegisterUse::Read | RegisterUse::Copy | RegisterUse::Take
            ) {
                let registers = range.filter(|register| !state.contains(register));
                unset.extend(registers.map(|register| (word, register)));
            }
        });
    }
    unset.into_iter().collect()
}

/// Where execution may go from an instruction, and the registers set there.
fn successors(
    function: &Function,
    word: usize,
    instruction: Instruction,
    state: &Set,
) -> Vec<(usize, Set)> {
    let mut raised = state.clone();
    let (mut either, mut jumped, mut next) = (Set::new(), Set::new(), Set::new());
    instruction.for_each_register_use(|_, usage, range| match usage {
        RegisterUse::Read | RegisterUse::Copy => {}
        RegisterUse::Take | RegisterUse::Release => raised.retain(|set| !range.contains(set)),
        RegisterUse::Enclose => {
            raised.retain(|set| !range.contains(set));
            either.extend(range);
        }
        RegisterUse::Write | RegisterUse::Check => either.extend(range),
        RegisterUse::WriteUnlessJump => next.extend(range),
        RegisterUse::WriteIfJump => jumped.extend(range),
    });
    either.extend(&raised);
    jumped.extend(&either);
    next.extend(&either);
    let mut successors = Vec::new();
    if let Some(region) = function.region_at(word as u32) {
        raised.insert(u32::from(region.register));
        successors.push((region.handler as usize, raised));
    }
    if let Some(target) = instruction.target(word) {
        successors.push((target as usize, jumped));
    }
    if matches!(instruction.info().flow, Flow::Next | Flow::Branch) {
        successors.push((word + instruction.words(), next));
    }
    successors
}
