//! Each fused instruction does what its parts do, one after the other.
//!
//! 1. For each line of the fused table a function `probe` is written that contains the sequence
//!    once, with a way to jump to each of its parts. [`shape`] says with which registers: the result
//!    of a part is the operand of the next, or all operands are different, or a register is both.
//! 2. One machine runs it as usual, where the sequence is one fused instruction. Another counts
//!    what instructions do, and so runs the public instructions that the module has.
//! 3. Both call it with operands of many kinds ([`OPERANDS`]), in the same order, so that inline
//!    caches are empty, then filled, then of another class. Results and what operators wrote down
//!    are to be the same, exceptions with their lines, and the number of executed instructions.
//!
//! Neither is compared with what is right: for that there are the fixtures, which run all the public
//! instructions.

use std::fmt::Write;
use std::io;
use vm_bytecode::{Opcode, VerifiedModule, Word, fuse};
use vm_core::{Config, Data, Vm};

/// Operands: each is made anew for each call.
const OPERANDS: &[&str] = &[
    "load w0, 3",
    "load w0, -1",
    "load w0, 562949953421311",
    "load w0, 1180591620717411303424",
    "load w0, 2.5",
    "load w0, \"abc\"",
    "load w0, \"de\"\n load w1, \"f\"\n make_string w0, w0, 2",
    "load_none w0",
    "load w0, True",
    "load w0, 1\n make_list w1, w1, 0\n load w2, \"q\"\n make_list w0, w0, 3",
    "load w0, (1, 2.0)",
    "load w0, 3\n load w1, \"three\"\n make_dict w0, w0, 1",
    "load_global w0, Thing\n call w0, 0",
    "load_global w0, Thing\n call w0, 0\n load w1, 7\n store_attr w0, w1, attr",
    "load_global w0, Thorn\n call w0, 0",
    "load_global w0, range\n load w1, 2\n call w0, 1\n get_iter w0, w0",
    "load w0, 4\n make_list w0, w0, 1\n get_iter w0, w0",
    "load_global w0, two\n call w0, 0",
];

/// What is called, by the number of arguments that fit best: functions, classes, natives, others.
const CALLEES: &[&str] = &[
    "load_global w0, zero",
    "load_global w0, one",
    "load_global w0, pair",
    "load_global w0, any",
    "load_global w0, Thing",
    "load_global w0, Held",
    "load_global w0, list",
    "load_global w0, repr",
    "load_global w0, isinstance",
    "load w0, 5",
    "load_global w0, Held\n load w1, 1\n call w0, 1\n load_attr w0, w0, m1",
];

/// With how many others each kind of operand is paired for a line.
const PAIRS: usize = 3;

/// Functions and classes that operands are made of.
const REST: &str = r#"
.class Thing
    .method __add__ Thing.op
    .method __radd__ Thing.op
    .method __sub__ Thing.op
    .method __mul__ Thing.op
    .method __rmul__ Thing.op
    .method __mod__ Thing.op
    .method __truediv__ Thing.op
    .method __iadd__ Thing.op
    .method __lt__ Thing.test
    .method __le__ Thing.op
    .method __gt__ Thing.test
    .method __eq__ Thing.test
    .method __contains__ Thing.test
    .method __getitem__ Thing.op
    .method __setitem__ Thing.set
    .method __repr__ Thing.repr
    .method m0 Thing.repr
    .method m1 Thing.op
.end
.class Held
    .method __init__ Held.init
    .method m1 Thing.op
.end
.class Thorn
    .method __add__ Thorn.op
    .method __sub__ Thorn.op
    .method __mul__ Thorn.op
    .method __mod__ Thorn.op
    .method __truediv__ Thorn.op
    .method __iadd__ Thorn.op
    .method __lt__ Thorn.op
    .method __le__ Thorn.op
    .method __gt__ Thorn.op
    .method __eq__ Thorn.op
    .method __bool__ Thorn.bool
    .method __contains__ Thorn.op
    .method __getitem__ Thorn.op
    .method __setitem__ Thorn.set
    .method __getattr__ Thorn.op
    .method __setattr__ Thorn.set
    .method __repr__ Thing.repr
.end
.func Thing.op(self, other)
    .local w0, w1
    load_global w0, log
    load w1, "op"
    list_append w0, w1
    list_append w0, other
    return self
.end
.func Thing.test(self, other)
    .local w0
    load_global w0, log
    list_append w0, other
    load w0, True
    return w0
.end
.func Thing.set(self, key, value)
    .local w0
    load_global w0, log
    list_append w0, key
    list_append w0, value
    return_none
.end
.func Thing.repr(self)
    .local w0
    load w0, "T"
    return w0
.end
.func Held.init(self, held)
    store_attr self, held, attr
    return_none
.end
.func Thorn.op(self, other)
    .local w0, w1
    load_global w0, KeyError
    copy w1, other
    call w0, 1
    raise w0
.end
.func Thorn.bool(self)
    .local w0, w1
    load_global w0, ValueError
    load w1, "neither"
    call w0, 1
    raise w0
.end
.func Thorn.set(self, key, value)
    .local w0, w1
    load_global w0, KeyError
    copy w1, value
    call w0, 1
    raise w0
.end
.func two() generator
    .local w0
    load w0, 8
    yield w0, w0
    load w0, 9
    yield w0, w0
    return_none
.end
.func zero()
    .local w0
    load w0, "none"
    return w0
.end
.func one(a)
    make_list a, a, 1
    return a
.end
.func pair(a, b)
    make_list a, a, 2
    return a
.end
.func any(*all)
    return all
.end
"#;

/// How the operands of the parts are related.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Relation {
    /// The result of a part is the first operand of the next.
    Chained,
    /// Each part has operands of its own.
    Apart,
    /// Each part writes its first operand.
    Same,
}

/// The text of a part.
fn shape(parts: &[Opcode], index: usize, relation: Relation) -> String {
    let opcode = parts[index];
    let calls = [Opcode::Call, Opcode::CallMethod];
    let last = parts[parts.len() - 1];
    let in_window = calls.contains(&last);
    // The window: callee or result, then the receiver or the first argument.
    let loads_callee = parts[0] == Opcode::LoadGlobal && in_window;
    let place = index + usize::from(!loads_callee);
    let chained = relation == Relation::Chained && index > 0;
    let first = match (chained, relation) {
        (true, _) => format!("d{}", index - 1),
        (_, Relation::Same) => "x".to_owned(),
        _ => ["x", "y", "z"][index].to_owned(),
    };
    let second = ["y", "z", "x"][index];
    let third = ["z", "x", "y"][index];
    let result = match (in_window, relation) {
        (true, _) => format!("w{place}"),
        (_, Relation::Same) => first.clone(),
        _ => format!("d{index}"),
    };
    let arguments = parts.len() - 1 - usize::from(loads_callee);
    let mnemonic = opcode.info().mnemonic;
    match opcode {
        Opcode::Copy => format!("copy {result}, {first}"),
        Opcode::Move => format!("move {result}, m"),
        Opcode::LoadNone => format!("load_none {result}"),
        Opcode::LoadInt => format!("load {result}, 300"),
        Opcode::LoadConst => format!("load {result}, \"constant\""),
        Opcode::LoadGlobal if in_window => format!("load_global {result}, callee"),
        Opcode::LoadGlobal if relation == Relation::Apart => {
            format!("load_global {result}, absent")
        }
        Opcode::LoadGlobal => format!("load_global {result}, log"),
        Opcode::LoadFree => format!("load_free {result}, cell"),
        Opcode::StoreFree => format!("store_free {first}, cell"),
        Opcode::Add
        | Opcode::Sub
        | Opcode::Mul
        | Opcode::Mod
        | Opcode::Truediv
        | Opcode::Iadd
        | Opcode::Isub
        | Opcode::In
        | Opcode::LoadItem => format!("{mnemonic} {result}, {first}, {second}"),
        Opcode::AddImm | Opcode::SubImm => format!("{mnemonic} {result}, {first}, 5"),
        Opcode::Jump => "jump target".to_owned(),
        Opcode::JumpIfLt | Opcode::JumpIfLe | Opcode::JumpIfGt => {
            format!("{mnemonic} {first}, {second}, target")
        }
        Opcode::JumpIfLtImm | Opcode::JumpIfEqImm => format!("{mnemonic} {first}, 3, target"),
        Opcode::JumpIfNone | Opcode::JumpIfNot => format!("{mnemonic} {first}, target"),
        Opcode::LoopIter => format!("loop_iter {result}, {third}, target"),
        Opcode::LoadAttr => format!("load_attr {result}, {first}, attr"),
        Opcode::StoreAttr if chained => format!("store_attr {second}, {first}, attr"),
        Opcode::StoreAttr => format!("store_attr {first}, {second}, attr"),
        Opcode::StoreItem if chained => format!("store_item {third}, {second}, {first}"),
        Opcode::StoreItem => format!("store_item {first}, {second}, {third}"),
        Opcode::Call => format!("call w0, {arguments}"),
        Opcode::CallMethod if relation == Relation::Apart => {
            let method = ["copy", "count"][arguments - 1];
            format!("call_method w0, {}, {method}", arguments - 1)
        }
        Opcode::CallMethod => format!("call_method w0, {0}, m{0}", arguments - 1),
        Opcode::Return => format!("return {first}"),
        Opcode::ReturnNone => "return_none".to_owned(),
        _ => panic!("{mnemonic} became a part: say how it is written"),
    }
}

/// The program with the sequence.
fn program(parts: &[Opcode], relation: Relation) -> String {
    let mut text = REST.to_owned();
    for (index, operand) in OPERANDS.iter().enumerate() {
        writeln!(
            text,
            ".func operand{index}()\n .local w0, w1, w2\n {operand}\n return w0\n.end"
        )
        .unwrap();
    }
    text.push_str(
        ".func main.probe(x, y, z, entry)
    .free cell
    .local d0, d1, d2, m, w0, w1, w2
    copy d0, y
    copy d1, z
    copy d2, x
    copy m, y
    store_free z, cell
    load_global w0, callee
    copy w1, z
    copy w2, y
    jump_if_eq_imm entry, 1, part1
    jump_if_eq_imm entry, 2, part2
part0:
",
    );
    for index in 0..parts.len() {
        let part = shape(parts, index, relation);
        writeln!(text, "    {part}").unwrap();
        if index + 1 < parts.len() {
            writeln!(text, "part{}:", index + 1).unwrap();
        }
    }
    if parts.len() == 2 {
        text.push_str("part2:\n");
    }
    text.push_str(
        "    load w1, \"behind\"
    jump tell
target:
    load w1, \"target\"
tell:
    load_free w2, cell
    make_list x, x, 3
    copy y, d0
    make_list y, y, 1
    list_append y, d1
    list_append y, d2
    list_append y, w0
    list_append y, w1
    list_append y, w2
    list_append y, x
    return y
.end
.func go(i, j, k, entry)
    .local w0, w1, w2, w3, w4, all
    make_list w0, w0, 0
    store_global w0, log
    load_global w0, callees
    load_item w0, w0, k
    store_global w0, callee
    load_global all, operands
    add w3, i, j
    add w3, w3, k
    load_global w4, size
    mod w3, w3, w4
    load_item w0, all, i
    call w0, 0
    move i, w0
    load_item w0, all, j
    call w0, 0
    move j, w0
    load_item w0, all, w3
    call w0, 0
    move k, w0
    load_global w0, probe
    copy w1, i
    copy w2, j
    copy w3, k
    copy w4, entry
    call w0, 4
    load_global w1, log
    copy w2, i
    copy w3, j
    copy w4, k
    make_list w1, w0, 5
    load_global w0, repr
    call w0, 1
    return w0
.end
.func main()
    .local cell, all, w0, w1
    make_cell cell
    copy w0, cell
    make_closure w0, w0, 1, main.probe
    store_global w0, probe
",
    );
    for name in ["Thing", "Held", "Thorn"] {
        writeln!(
            text,
            "    load w0, ()\n    make_class w0, w0, {name}\n    store_global w0, {name}"
        )
        .unwrap();
    }
    for name in ["zero", "one", "pair", "any", "two"] {
        writeln!(
            text,
            "    make_function w0, {name}\n    store_global w0, {name}"
        )
        .unwrap();
    }
    let size = OPERANDS.len();
    text.push_str("    make_list all, all, 0\n    store_global all, operands\n");
    for index in 0..size {
        writeln!(
            text,
            "    make_function w0, operand{index}\n    list_append all, w0"
        )
        .unwrap();
    }
    writeln!(text, "    load w0, {size}\n    store_global w0, size").unwrap();
    text.push_str("    make_list all, all, 0\n    store_global all, callees\n");
    for callee in CALLEES {
        writeln!(text, "    {callee}\n    list_append all, w0").unwrap();
    }
    text.push_str("    return_none\n.end\n");
    text
}

/// A machine that has run `main`.
fn machine(module: &VerifiedModule, counts: bool) -> Vm {
    let mut vm = Vm::new(Config {
        heap_bytes_max: 64 << 20,
        ..Config::default()
    })
    .unwrap();
    vm.set_output(io::sink(), io::sink());
    vm.count_operations(counts);
    vm.run(module.clone()).unwrap();
    vm.define_functions_of_module().unwrap();
    vm
}

/// What comes of a call: the result's text or the exception with its traceback, addresses left out,
/// and how many instructions it took.
fn outcome(vm: &mut Vm, arguments: [usize; 4]) -> (String, u64) {
    let before = vm.statistics().instructions;
    let go = vm.global("go").unwrap();
    let arguments = arguments.map(|number| vm.make_value(Data::Int(number as i64)).unwrap());
    let text = match vm.call_handle(&go, &arguments) {
        Ok(result) => vm.text_of(&result).unwrap(),
        Err(vm_core::RunError::Exception(report)) => report.text,
        Err(other) => panic!("{other}"),
    };
    let mut pieces = text.split(" at 0x");
    let mut told = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        told.push_str(piece.trim_start_matches(|digit: char| digit.is_ascii_hexdigit()));
    }
    (told, vm.statistics().instructions - before)
}

/// Whether the machine fuses just this sequence in `probe`.
fn is_fused(module: &VerifiedModule, fused: Opcode) -> bool {
    module.functions.iter().any(|function| {
        let mut words = function.code.clone();
        fuse(&mut words);
        let mut changed = words
            .iter()
            .zip(&function.code)
            .filter(|(now, then)| now != then);
        function.free_count == 1 && changed.any(|(now, _)| Word(*now).opcode_byte() == fused as u8)
    })
}

fn check(fused: Opcode, relation: Relation) {
    let parts = fused.parts();
    let text = program(parts, relation);
    let module =
        vm_asm::assemble(&text, "probe.vasm").unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    let module = VerifiedModule::new(module).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    assert!(is_fused(&module, fused), "{fused:?} is not in:\n{text}");
    let (mut plain, mut counting) = (machine(&module, false), machine(&module, true));
    let (kinds, callees) = (OPERANDS.len(), CALLEES.len());
    for i in 0..kinds {
        // Over the relations and lines, all pairs come to pass.
        for j in (0..PAIRS).map(|pair| (i + 5 * pair + fused as usize) % kinds) {
            for entry in 0..parts.len() {
                // The way through all parts with all of them; the others with some.
                if entry > 0 && (i + j) % 3 != entry {
                    continue;
                }
                let arguments = [i, j, (3 * i + j) % callees, entry];
                let results = [&mut plain, &mut counting].map(|vm| outcome(vm, arguments));
                assert_eq!(
                    results[0], results[1],
                    "{fused:?} {relation:?} {arguments:?}\n{text}"
                );
            }
        }
    }
    plain.verify().unwrap();
    counting.verify().unwrap();
}

fn fused() -> impl Iterator<Item = Opcode> {
    Opcode::ALL
        .iter()
        .copied()
        .filter(|opcode| !opcode.parts().is_empty())
}

#[test]
fn parts_with_operands_of_their_own() {
    fused().for_each(|opcode| check(opcode, Relation::Apart));
}

#[test]
fn parts_that_use_what_the_one_before_made() {
    fused().for_each(|opcode| check(opcode, Relation::Chained));
}

#[test]
fn parts_that_write_what_they_read() {
    fused().for_each(|opcode| check(opcode, Relation::Same));
}
