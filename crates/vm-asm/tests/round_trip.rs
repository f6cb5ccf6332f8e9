//! The law of the printer: its text assembles to the module it came from.

mod random;

use proptest::prelude::*;
use vm_asm::{Options, assemble, disassemble, format_source};
use vm_bytecode::{
    Constant, ConstantIndex, Debug, Field, Instruction, Module, Opcode, OperandKind, OperandSpec,
    verify,
};

const EVERY_OPTION: Options = Options {
    refcounts: true,
    offsets: true,
};

/// Prints with and without options, assembles, and compares; also what `format_source` makes of it.
#[track_caller]
fn assert_round_trip(module: &Module) {
    let plain = disassemble(module, &Options::default());
    let formatted = format_source(&plain).unwrap_or_else(|errors| panic!("{errors:?}\n{plain}"));
    for text in [disassemble(module, &EVERY_OPTION), formatted, plain] {
        match assemble(&text, "another file") {
            Ok(again) => {
                assert_eq!(&again, module, "{text}");
                assert_eq!(again.to_bytes(), module.to_bytes());
            }
            Err(errors) => panic!("{errors:?}\n{text}"),
        }
    }
}

/// An operand as it is written, for a function with registers 0 to 99 and label `L1`.
fn sample(spec: &OperandSpec, position: usize) -> String {
    use OperandKind::*;
    match (spec.kind, spec.field) {
        (kind, _) if kind.is_register() => format!("r{}", 10 * (position + 1)),
        (Count | CountAfter, _) => "3".to_owned(),
        (Conversion, _) => "2".to_owned(),
        (Integer, Field::SignedBc) => "-32768".to_owned(),
        (Integer, _) => "-128".to_owned(),
        (Constant, _) => "\"text\"".to_owned(),
        (KeywordNames, _) => "(\"a\", \"b\")".to_owned(),
        (Function, _) => "helper".to_owned(),
        (ClosureFunction, _) => "closure".to_owned(),
        (Class, _) => "Node".to_owned(),
        (Free, _) => "cell".to_owned(),
        (Label, _) => "L1".to_owned(),
        _ => "name".to_owned(),
    }
}

#[test]
fn every_instruction() {
    for opcode in Opcode::public() {
        let specs = opcode.info().operands.iter().enumerate();
        let operands: Vec<_> = specs.map(|(index, spec)| sample(spec, index)).collect();
        let line = format!("{} {}", opcode.mnemonic(), operands.join(", "));
        let line = line.trim_end();
        let source = format!(
            ".func main() generator\n    .free cell\n    .registers 100\nL1:\n    {line}\n\
             jump L1\n.end\n\
             .func helper()\nreturn_none\n.end\n\
             .func closure()\n.free 3\nreturn_none\n.end\n\
             .class Node\n.end\n"
        );
        let module =
            assemble(&source, "a.vasm").unwrap_or_else(|errors| panic!("{line}: {errors:?}"));
        let first = Instruction::decode(&module.functions[0].code, 0).unwrap();
        assert_eq!(first.opcode(), opcode);
        let text = disassemble(&module, &Options::default());
        assert!(text.contains(&format!("    {line}\n")), "{line}\n{text}");
        assert_round_trip(&module);
    }
}

/// The operands of instructions at both ends of the field's range.
#[test]
fn extreme_numbers() {
    for opcode in Opcode::public() {
        let specs = opcode.info().operands;
        for (position, spec) in specs.iter().enumerate() {
            let (least, most) = spec.field.range();
            if spec.kind != OperandKind::Integer {
                continue;
            }
            for value in [least, most] {
                let mut values = vec![0; specs.len()];
                values[position] = value;
                let mut module = assemble(".func main()\n.registers 9\n.end", "").unwrap();
                let mut code = Vec::new();
                Instruction::new(opcode, &values).unwrap().emit(&mut code);
                module.functions[0].code = code;
                assert_round_trip(&module);
            }
        }
    }
}

#[test]
fn tables_in_any_order() {
    let source = ".func main()\nload_const r0, (1, (2, \"x\"))\nload_const r0, (1, 3)\n\
                  load_global r0, a\nload_global r0, b\n.end";
    let module = assemble(source, "a.vasm").unwrap();
    let text = disassemble(&module, &Options::default());
    assert!(
        !text.contains(".name") && !text.contains(".const"),
        "{text}"
    );

    let mut other_names = module.clone();
    other_names.names.push("never used".to_owned());
    assert_round_trip(&other_names);
    other_names.names.reverse();
    assert_round_trip(&other_names);

    let mut other_constants = module;
    other_constants.constants.push(Constant::Ellipsis);
    assert_round_trip(&other_constants);
    // Equal constants, and tuples that contain one or the other of them.
    let tuple = |item| Constant::Tuple(vec![ConstantIndex(item)]);
    let first = other_constants.constants.len() as u32;
    other_constants.constants.extend([
        Constant::None,
        Constant::None,
        tuple(first + 1),
        tuple(first),
    ]);
    assert_round_trip(&other_constants);
}

/// The printer shows the numbers, and keeps the constants although no instruction refers to them.
#[test]
fn constants_used_as_numbers() {
    let source = ".const HELD = 4\n.const COUNT = 2\n.func main()\nand_imm r0, r1, HELD\n\
                  make_list r0, r1, COUNT\nload_int r0, HELD\nload r0, COUNT\n.end";
    let module = assemble(source, "a.vasm").unwrap();
    let text = disassemble(&module, &Options::default());
    for line in ["and_imm r0, r1, 4", "make_list r0, r1, 2", "load_int r0, 4"] {
        assert!(text.contains(&format!("    {line}\n")), "{line}\n{text}");
    }
    assert_round_trip(&module);
}

#[test]
fn shared_tuples_do_not_make_long_texts() {
    let mut module = assemble(".func main()\nreturn_none\n.end", "").unwrap();
    module.constants = vec![Constant::Tuple(Vec::new())];
    // Each tuple has the one before it four times: the last one has 4^30 items in full.
    for index in 0..30 {
        module
            .constants
            .push(Constant::Tuple(vec![ConstantIndex(index); 4]));
    }
    assert!(disassemble(&module, &Options::default()).len() < 2000);
    assert_round_trip(&module);
}

#[test]
fn debug_information_is_there_or_not() {
    let source = ".func main(a)\n.local b\n.free c\nL: add a, b, r2\njump L\n.end";
    let mut module = assemble(source, "a.vasm").unwrap();
    assert_round_trip(&module);
    module.debug.as_mut().unwrap().file = None;
    assert_round_trip(&module);
    let functions = vec![Default::default()];
    module.debug = Some(Debug {
        file: Some(String::new()),
        functions,
    });
    assert_round_trip(&module);
    module.strip();
    assert_round_trip(&module);
}

#[test]
fn free_variables_of_the_same_name() {
    let source = ".func main()\n.free a, \"b c\", \"a\", \"\"\n\
                  load_free r0, a\nload_free r0, \"b c\"\nload_free r0, 2\nload_free r0, 3\n.end";
    let module = assemble(source, "a.vasm").unwrap();
    let code = &module.functions[0].code;
    let free = (0..4).map(|word| Instruction::decode(code, word).unwrap().word().bc());
    assert!(free.eq(0..4));
    assert_round_trip(&module);
}

#[test]
fn functions_of_the_same_name() {
    let source = ".func main()\nmake_function r0, \"f#2\"\nmake_function r0, g\n.end\n\
                  .func f()\n.end\n.func \"f#2\"()\n.end\n.func g() named f\n.end\n\
                  .class C\n.method f g\n.end\n.class D named C\n.end";
    let module = assemble(source, "a.vasm").unwrap();
    let names: Vec<_> = module
        .functions
        .iter()
        .map(|f| module.name(f.name))
        .collect();
    assert_eq!(names, ["main", "f", "f#2", "f"]);
    assert_round_trip(&module);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn random_modules(tape in proptest::collection::vec(any::<u32>(), 1..600)) {
        assert_round_trip(&random::module(&tape));
    }

    /// Code that no verifier accepts is printed without a panic.
    #[test]
    fn random_code(
        tape in proptest::collection::vec(any::<u32>(), 1..100),
        code in proptest::collection::vec((0..160u32, any::<u32>()), 0..60),
    ) {
        let mut module = random::module(&tape);
        for function in &mut module.functions {
            let words = code.iter().map(|(opcode, operands)| operands & !0xff | opcode);
            function.code = words.collect();
        }
        disassemble(&module, &EVERY_OPTION);
        for indices in [&tape[..], &[u32::MAX]] {
            module.entry.0 = indices[0];
            module.names.truncate(indices[0] as usize % 3);
            module.constants.truncate(indices[0] as usize % 3);
            disassemble(&module, &EVERY_OPTION);
        }
    }

    /// Lines of real text in any order, and cut anywhere.
    #[test]
    fn random_texts(
        tape in proptest::collection::vec(any::<u32>(), 1..200),
        cuts in proptest::collection::vec((any::<proptest::sample::Index>(), 0..3u8), 0..8),
    ) {
        let mut text = disassemble(&random::module(&tape), &EVERY_OPTION);
        for (index, kind) in cuts {
            let places: Vec<usize> = text.char_indices().map(|(offset, _)| offset).collect();
            if places.is_empty() {
                break;
            }
            let place = places[index.index(places.len())];
            match kind {
                0 => { text.remove(place); }
                1 => text.insert_str(place, ["\"", "\n", ",", ".end\n", "(", "r9", "\\"][place % 7]),
                _ => text.truncate(place),
            }
        }
        match assemble(&text, "a.vasm") {
            Ok(module) => {
                let formatted = format_source(&text).unwrap();
                prop_assert_eq!(&format_source(&formatted).unwrap(), &formatted);
                prop_assert_eq!(assemble(&formatted, "a.vasm").unwrap().functions, module.functions);
            }
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                for error in errors {
                    prop_assert!(text.get(error.span.range()).is_some());
                }
            }
        }
    }
}

/// The random modules are mostly what a verifier would accept, so that the law is tested on modules
/// it is about.
#[test]
fn random_modules_are_well_formed() {
    use vm_bytecode::Rule;
    let mut without_fault = 0;
    for seed in 0..200u32 {
        let tape: Vec<u32> = (1..400u32)
            .map(|i| (i ^ seed << 12).wrapping_mul(0x9e37_79b9))
            .collect();
        match verify(&random::module(&tape)) {
            Ok(()) => without_fault += 1,
            Err(errors) => {
                // Only what depends on the order of execution is left to chance.
                for error in errors {
                    assert_eq!(error.rule, Rule::Initialisation, "{error}");
                }
            }
        }
    }
    assert!(without_fault > 0);
}
