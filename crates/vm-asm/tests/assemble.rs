//! What texts mean: the modules they assemble to, compared with modules made by hand.

use vm_asm::{assemble, assemble_with_places};
use vm_bytecode::{
    Constant, ConstantIndex, Instruction, Integer, Member, Module, NameIndex, Opcode, Parameters,
    Position, Region, encode, verify,
};

#[track_caller]
fn module(source: &str) -> Module {
    assemble(source, "test.vasm").unwrap_or_else(|errors| panic!("{errors:#?}"))
}

/// The code of a function `main` with this body.
#[track_caller]
fn code(body: &str) -> Vec<u32> {
    module(&format!(".func main()\n{body}\n.end"))
        .functions
        .remove(0)
        .code
}

fn words(instructions: &[Instruction]) -> Vec<u32> {
    let mut words = Vec::new();
    instructions
        .iter()
        .for_each(|instruction| instruction.emit(&mut words));
    words
}

#[test]
fn load_takes_the_shortest_form() {
    let body = "load r0, None\nload r1, True\nload r2, False\nload r3, -32768\nload r4, 32768\n\
                load r5, 1.5\nload r6, ()\nload r7, Ellipsis\nload r8, 0x7f_ff\nload r9, 32768";
    let expected = [
        encode::load_none(0),
        encode::load_true(1),
        encode::load_false(2),
        encode::load_int(3, -32768),
        encode::load_const(4, 0),
        encode::load_const(5, 1),
        encode::load_const(6, 2),
        encode::load_const(7, 3),
        encode::load_int(8, 32767),
        encode::load_const(9, 0),
    ];
    assert_eq!(code(body), words(&expected));
}

#[test]
fn load_reaches_constants_behind_the_65536th() {
    let mut source = String::new();
    for number in 0..65_537 {
        source += &format!(".const c{number} = {number}\n");
    }
    source += ".func main()\nload r0, c65535\nload r0, c65536\n.end";
    let expected = [
        encode::load_const(0, 65_535),
        encode::load_const_wide(0, 65_536),
    ];
    assert_eq!(module(&source).functions[0].code, words(&expected));
}

#[test]
fn constants() {
    let source = ".const BIG = -100000000000000000000\n.const ONE = 1\n.func main()\n\
                  load_const r0, (ONE, (2.5, b\"\\x00\"), \"x\", BIG, 1)\nload_const r0, nan\n\
                  load_const r0, -inf\nload_const r0, 1\n.end";
    // 10^20 = 0x5_6BC7_5E2D_6310_0000
    let big = vec![0x00, 0x00, 0x10, 0x63, 0x2d, 0x5e, 0xc7, 0x6b, 0x05];
    let index = ConstantIndex;
    let expected = [
        Constant::Int(Integer::new(true, big)),
        Constant::from(1),
        Constant::float(2.5),
        Constant::Bytes(vec![0]),
        Constant::Tuple(vec![index(2), index(3)]),
        Constant::from("x"),
        Constant::Tuple(vec![index(1), index(4), index(5), index(0), index(1)]),
        Constant::Float(0x7ff8_0000_0000_0000),
        Constant::float(f64::NEG_INFINITY),
    ];
    let module = module(source);
    assert_eq!(module.constants, expected);
    let last = Instruction::decode(&module.functions[0].code, 3).unwrap();
    assert_eq!(
        last,
        encode::load_const(0, 1),
        "a literal is the first equal constant"
    );
}

#[test]
fn names_of_constants_are_numbers() {
    let source = ".const HELD = 0x04\n.const LEAST = -32768\n.const ALSO = HELD\n.const r9 = 2\n\
                  .func main()\nand_imm r0, r1, HELD\nload_int r0, LEAST\n\
                  jump_if_lt_imm r0, ALSO, L\nL: make_list r0, r1, HELD\n\
                  unpack_star r0, r1, r9, HELD\nformat_simple r0, r1, r9\ncall r0, r9\n\
                  load r0, HELD\n.end";
    let expected = [
        encode::and_imm(0, 1, 4),
        encode::load_int(0, -32_768),
        encode::jump_if_lt_imm(0, 4, 0),
        encode::make_list(0, 1, 4),
        encode::unpack_star(0, 1, 2, 4),
        encode::format_simple(0, 1, 2),
        encode::call(0, 2),
        encode::load_const(0, 0),
    ];
    let module = module(source);
    assert_eq!(module.functions[0].code, words(&expected));
    assert_eq!(module.constants.len(), 4);
}

#[test]
fn a_loop_is_tested_at_its_bottom() {
    let body = "get_iter r0, r1\njump test\nbody:\nadd r2, r2, r3\ntest: loop_iter r3, r0, body";
    let forward = vm_bytecode::Offset24::new(1).unwrap();
    let expected = [
        encode::get_iter(0, 1),
        encode::jump(forward),
        encode::add(2, 2, 3),
        encode::loop_iter(3, 0, -3),
    ];
    assert_eq!(code(body), words(&expected));
}

#[test]
fn labels_and_regions() {
    let source = ".func main()\n.try begin end -> handler, r3\nbegin: again:\n\
                  jump_if_lt r0, r1, again\njump end\nend:\nreturn_none\nhandler:\njump begin\n.end";
    let function = module(source).functions.remove(0);
    let forward = vm_bytecode::Offset24::new(0).unwrap();
    let backward = vm_bytecode::Offset24::new(-5).unwrap();
    let expected = [
        encode::jump_if_lt(0, 1, -2),
        encode::jump(forward),
        encode::return_none(),
        encode::jump(backward),
    ];
    assert_eq!(function.code, words(&expected));
    assert_eq!(
        function.regions,
        [Region {
            start: 0,
            end: 3,
            handler: 4,
            register: 3
        }]
    );
    assert_eq!(function.registers, 4);
}

#[test]
fn parameters_become_registers_in_calling_order() {
    let source = ".func f(a, b, /, c, *rest, d, **options) generator\n.local x, y = r9, z\n.free v\n\
                  add x, y, z\nadd d, rest, options\nload_free c, v\n.end\n.func main()\n.end";
    let module = module(source);
    let function = &module.functions[0];
    let expected = Parameters {
        positional: 3,
        positional_only: 2,
        keyword_only: 1,
        varargs: true,
        varkw: true,
    };
    assert_eq!(function.parameters, expected);
    let names: Vec<_> = function
        .parameter_names
        .iter()
        .map(|&name| module.name(name))
        .collect();
    assert_eq!(names, ["a", "b", "c", "d", "rest", "options"]);
    let expected = [
        encode::add(6, 9, 10),
        encode::add(3, 4, 5),
        encode::load_free(2, 0),
    ];
    assert_eq!(function.code, words(&expected));
    assert!(function.generator);
    assert_eq!((function.registers, function.free_count), (11, 1));
    let debug = &module.debug.as_ref().unwrap().functions[0];
    assert_eq!(debug.register_names, ["x", "", "", "y", "z"]);
    assert_eq!(debug.free_names, ["v"]);
}

#[test]
fn bare_star_begins_keyword_only_parameters() {
    let module = module(".func main(*, a, b)\n.end");
    let expected = Parameters {
        keyword_only: 2,
        ..Parameters::default()
    };
    assert_eq!(module.functions[0].parameters, expected);
}

#[test]
fn classes() {
    let source = ".class Node named \"a b\"\n.slots next, prev\n.method run f\n.attr kind = \"node\"\n.end\n\
                  .class Plain\n.end\n.class Empty\n.slots\n.end\n\
                  .func main()\nmake_class r0, r1, Empty\n.end\n.func f()\n.end";
    let module = module(source);
    let name = |text: &str| NameIndex(module.names.iter().position(|n| n == text).unwrap() as u32);
    let node = &module.classes[0];
    assert_eq!(node.name, name("a b"));
    assert_eq!(node.slots, Some(vec![name("next"), name("prev")]));
    let function = Member::Function(vm_bytecode::FunctionIndex(1));
    let constant = Member::Constant(ConstantIndex(0));
    assert_eq!(
        node.members,
        [(name("run"), function), (name("kind"), constant)]
    );
    assert_eq!(module.classes[1].slots, None);
    assert_eq!(module.classes[2].slots, Some(Vec::new()));
    assert_eq!(
        module.functions[0].code,
        words(&[encode::make_class(0, 1, 2)])
    );
}

#[test]
fn the_entry_is_main_or_what_the_text_says() {
    assert_eq!(module(".func a()\n.end\n.func main()\n.end").entry.0, 1);
    assert_eq!(
        module(".entry a\n.func main()\n.end\n.func a()\n.end")
            .entry
            .0,
        1
    );
}

#[test]
fn positions_are_given_or_those_of_the_text() {
    let lines = |source: &str| -> Vec<(u32, u32, u32)> {
        let module = module(source);
        let lines = &module.debug.unwrap().functions[0].lines;
        let tuple = |position: Position| (position.line, position.column);
        let tuples = lines
            .iter()
            .map(|entry| (entry.word, tuple(entry.position)));
        tuples
            .map(|(word, (line, column))| (word, line, column))
            .collect()
    };
    assert_eq!(
        lines(".func main()\n  nop\nL: jump L\n.end"),
        [(0, 2, 3), (1, 3, 4)]
    );
    assert_eq!(
        lines(".func main()\nnop\n.line 7\nnop\n.line 8:2\n.end"),
        [(1, 7, 0)]
    );
    assert_eq!(lines(".file \"a.py\"\n.func main()\nnop\n.end"), []);
    assert_eq!(module(".stripped\n.func main()\nnop\n.end").debug, None);
    let files = [
        ".func main()\n.end",
        ".file \"a.py\"\n.func main()\n.end",
        ".file\n.func main()\n.end",
    ]
    .map(|source| module(source).debug.unwrap().file);
    assert_eq!(
        files,
        [Some("test.vasm".to_owned()), Some("a.py".to_owned()), None]
    );
}

#[test]
fn raw_words_test_the_verifier() {
    let module = module(".func main()\n.word 0x000000ff\nreturn_none\n.end");
    assert_eq!(module.functions[0].code[0], 0xff);
    assert!(verify(&module).is_err());
}

#[test]
fn errors_of_the_verifier_have_places() {
    let source = ".func main()\nload_global r0, print\nadd r1, r0, r5\nreturn r1\n.end";
    let assembled = assemble_with_places(source, "").unwrap();
    let errors = verify(&assembled.module).unwrap_err();
    let place = assembled.place_of(&errors[0]).unwrap();
    assert_eq!(&source[place.range()], "add r1, r0, r5");

    let source = ".func main()\nreturn_none\n.end\n.func empty()\n.end";
    let assembled = assemble_with_places(source, "").unwrap();
    let errors = verify(&assembled.module).unwrap_err();
    let place = assembled.place_of(&errors[0]).unwrap();
    assert_eq!(&source[place.range()], "empty");
}

#[test]
fn far_jumps_in_a_text() {
    let mut source = ".func main()\njump_if r0, far\n".to_owned();
    source += &"nop\n".repeat(40_000);
    source += "far: return_none\n.end";
    let code = module(&source).functions.remove(0).code;
    let first = Instruction::decode(&code, 0).unwrap();
    assert_eq!(first, encode::jump_if_not(0, 1));
    let second = Instruction::decode(&code, 1).unwrap();
    assert_eq!(
        (second.opcode(), second.target(1)),
        (Opcode::Jump, Some(40_002))
    );
}
