//! The binary form: a file written by hand, and what the decoder says about broken ones.

use vm_bytecode::{
    ClassTemplate, Constant, ConstantIndex, Debug, DecodeFault, EncodeError, Function,
    FunctionDebug, FunctionIndex, Integer, LineEntry, Module, NameIndex, Parameters, Position,
    Region, VerifiedModule, encode, limits,
};

/// A module with something in each section.
fn example() -> Module {
    let mut code = Vec::new();
    encode::load_const(1, 8).emit(&mut code);
    encode::return_none().emit(&mut code);
    Module {
        names: vec!["main".into(), "π".into()],
        constants: vec![
            Constant::None,
            Constant::True,
            Constant::False,
            Constant::Ellipsis,
            Constant::from(-1337),
            Constant::float(1.5),
            Constant::from("hi"),
            Constant::Bytes(vec![0]),
            Constant::Tuple(vec![ConstantIndex(4), ConstantIndex(6)]),
        ],
        functions: vec![Function {
            registers: 2,
            code,
            regions: vec![Region {
                start: 0,
                end: 1,
                handler: 1,
                register: 1,
            }],
            ..Function::default()
        }],
        classes: vec![ClassTemplate {
            name: NameIndex(0),
            slots: Some(vec![NameIndex(1)]),
            members: vec![],
        }],
        entry: FunctionIndex(0),
        debug: Some(Debug {
            file: Some("a.py".into()),
            functions: vec![FunctionDebug {
                lines: vec![LineEntry {
                    word: 0,
                    position: Position { line: 7, column: 3 },
                }],
                register_names: vec!["x".into()],
                free_names: vec![],
            }],
        }),
    }
}

/// The same module, encoded by a Python script after the drawing in `container/mod.rs`.
#[rustfmt::skip]
const EXAMPLE: &[u8] = &[
    0x89, 0x56, 0x4d, 0x42, 0x0d, 0x0a, 0x1a, 0x0a, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x05, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x64, 0x00, 0x00, 0x00, 0x12, 0x00, 0x00, 0x00,
    0x70, 0x54, 0x5d, 0xec, 0x02, 0x00, 0x00, 0x00, 0x76, 0x00, 0x00, 0x00, 0x33, 0x00, 0x00, 0x00,
    0x31, 0xd1, 0x47, 0x0c, 0x03, 0x00, 0x00, 0x00, 0xa9, 0x00, 0x00, 0x00, 0x30, 0x00, 0x00, 0x00,
    0x40, 0xb0, 0x92, 0x77, 0x04, 0x00, 0x00, 0x00, 0xd9, 0x00, 0x00, 0x00, 0x15, 0x00, 0x00, 0x00,
    0x61, 0xd3, 0x47, 0x54, 0x05, 0x00, 0x00, 0x00, 0xee, 0x00, 0x00, 0x00, 0x2a, 0x00, 0x00, 0x00,
    0x35, 0x07, 0xc3, 0x9f, 0x02, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x6d, 0x61, 0x69, 0x6e,
    0x02, 0x00, 0x00, 0x00, 0xcf, 0x80, 0x09, 0x00, 0x00, 0x00, 0x00, 0x01, 0x02, 0x03, 0x04, 0x01,
    0x02, 0x00, 0x00, 0x00, 0x39, 0x05, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf8, 0x3f, 0x06,
    0x02, 0x00, 0x00, 0x00, 0x68, 0x69, 0x07, 0x01, 0x00, 0x00, 0x00, 0x00, 0x08, 0x02, 0x00, 0x00,
    0x00, 0x04, 0x00, 0x00, 0x00, 0x06, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00,
    0x07, 0x01, 0x08, 0x00, 0x86, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x01, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x04,
    0x00, 0x00, 0x00, 0x61, 0x2e, 0x70, 0x79, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01,
    0x00, 0x00, 0x00, 0x78, 0x00, 0x00, 0x00, 0x00,
];

/// Gives the sections the checksums that belong to them, as far as the section table makes sense.
pub fn repair_checksums(bytes: &mut [u8]) {
    let number = |bytes: &[u8], at: usize| {
        bytes
            .get(at..at + 4)
            .map(|four| u32::from_le_bytes(four.try_into().unwrap()) as usize)
    };
    for entry in (20..)
        .step_by(16)
        .take(number(bytes, 16).unwrap_or(0).min(5))
    {
        let (Some(offset), Some(length)) = (number(bytes, entry + 4), number(bytes, entry + 8))
        else {
            return;
        };
        let Some(section) = bytes.get(offset..offset.saturating_add(length)) else {
            return;
        };
        let checksum = crc32fast::hash(section).to_le_bytes();
        bytes[entry + 12..entry + 16].copy_from_slice(&checksum);
    }
}

/// The message about the example with some bytes replaced, and its checksums repaired.
fn message_with(at: usize, replacement: &[u8]) -> String {
    let mut bytes = EXAMPLE.to_vec();
    bytes[at..at + replacement.len()].copy_from_slice(replacement);
    repair_checksums(&mut bytes);
    Module::from_bytes(&bytes).unwrap_err().to_string()
}

#[test]
fn the_drawing_describes_the_bytes() {
    assert_eq!(example().to_bytes().unwrap(), EXAMPLE);
    let decoded = Module::from_bytes(EXAMPLE).unwrap();
    assert_eq!(decoded, example());
    assert!(VerifiedModule::new(decoded).is_ok());
}

#[test]
fn every_fault_names_its_place() {
    const MAX: [u8; 4] = [0xFF; 4];
    let cases: &[(usize, &[u8], &str)] = &[
        (0, b"\x7FELF", "at byte 0: this is not a module"),
        (4, b"\n\n", "at byte 0: this is not a module"),
        (
            8,
            &[2],
            "at byte 8: the format's version is 2.0, this reads 1.0",
        ),
        (
            10,
            &[1],
            "at byte 8: the format's version is 1.1, this reads 1.0",
        ),
        (12, &[0, 1], "at byte 12: unknown flags 0x100"),
        (16, &[3], "at byte 16: 3 sections, the limit is 5"),
        (16, &MAX, "at byte 16: 4294967295 sections, the limit is 5"),
        (20, &[2], "at byte 20: section id is 2, not 1"),
        (40, &[0x77], "at byte 40: section offset is 119, not 118"),
        (
            28,
            &MAX,
            "at byte 28: 4294967295 bytes of section, the limit is 268435456",
        ),
        (92, &[0x2B], "at byte 238: missing bytes: 1"),
        (92, &[0x29], "at byte 276: missing bytes: 1"),
        (
            100,
            &MAX,
            "at byte 100: 4294967295 names, the limit is 1048576",
        ),
        (100, &[5], "at byte 100: missing bytes: 6"),
        (100, &[1], "at byte 112: surplus bytes: 6"),
        (
            104,
            &MAX,
            "at byte 104: 4294967295 bytes, the limit is 67108864",
        ),
        (109, &[0xC3], "at byte 109: not UTF-8"),
        (122, &[9], "at byte 122: 9 is not a kind of constant"),
        (127, &[2], "at byte 127: 2 is not a sign"),
        (
            133,
            &[0],
            "at byte 127: the integer is not in its shortest form",
        ),
        (
            161,
            &[9],
            "at byte 118: constant 8 refers to constant 9, a later one",
        ),
        (
            173,
            &[0, 0, 2],
            "at byte 173: 131072 functions, the limit is 65536",
        ),
        (184, &[8], "at byte 184: 8 is not a set of function flags"),
        (
            188,
            &MAX,
            "at byte 188: 4294967295 words of code, the limit is 1048576",
        ),
        (188, &[9, 0, 0, 0], "at byte 188: missing bytes: 11"),
        (217, &[2], "at byte 217: missing bytes: 1"),
        (225, &[2], "at byte 225: 2 is not a mark of slots"),
        (238, &[2], "at byte 238: 2 is not a mark of a file"),
    ];
    for &(at, replacement, expected) in cases {
        assert_eq!(message_with(at, replacement), expected, "byte {at}");
    }
}

#[test]
fn checksums_find_changed_bytes() {
    let mut bytes = EXAMPLE.to_vec();
    bytes[109] ^= 1;
    let error = Module::from_bytes(&bytes).unwrap_err();
    assert_eq!(error.fault, DecodeFault::Checksum { section: "names" });
    assert_eq!(error.offset, 100);
}

#[test]
fn newline_translation_is_noticed() {
    let unix: Vec<u8> = EXAMPLE
        .iter()
        .copied()
        .filter(|&byte| byte != b'\r')
        .collect();
    assert_eq!(
        Module::from_bytes(&unix).unwrap_err().fault,
        DecodeFault::Magic
    );
}

#[test]
fn what_exceeds_a_limit_is_not_encoded() {
    let message = |change: fn(&mut Module)| {
        let mut module = example();
        change(&mut module);
        module.to_bytes().unwrap_err().to_string()
    };
    assert_eq!(
        message(|module| module.names = vec![String::new(); limits::MAX_NAMES + 1]),
        "1048577 names, the limit is 1048576"
    );
    assert_eq!(
        message(|module| module.functions[0].code = vec![0; limits::MAX_CODE_WORDS + 1]),
        "1048577 words of code, the limit is 1048576"
    );
    assert_eq!(
        message(|module| {
            let name = "x".to_owned();
            module.debug.as_mut().unwrap().functions[0].register_names = vec![name; 257];
        }),
        "257 names of registers, the limit is 256"
    );
    let parameters = Parameters {
        positional: 2,
        ..Parameters::default()
    };
    let mut module = example();
    module.functions[0].parameters = parameters;
    let error = EncodeError::ParameterNames {
        function: 0,
        count: 2,
        names: 0,
    };
    assert_eq!(module.to_bytes(), Err(error));
}

/// A chain of tuples, each twice the one before, stands for 2^n items.
#[test]
fn tuples_that_share_their_items_are_limited() {
    let doubled = |length: u32| {
        let pair = |index: u32| Constant::Tuple(vec![ConstantIndex(index); 2]);
        let mut module = example();
        module.constants = vec![Constant::Int(Integer::default())];
        module.constants.extend((0..length).map(pair));
        module
    };
    assert!(doubled(15).to_bytes().is_ok());
    let error = doubled(25).to_bytes().unwrap_err().to_string();
    assert_eq!(
        error,
        "the tuples up to constant 21 have more than 4194304 items"
    );

    let nested = |length: u32| {
        let mut module = example();
        module.constants = vec![Constant::Tuple(vec![])];
        let inside = |index: u32| Constant::Tuple(vec![ConstantIndex(index)]);
        module.constants.extend((0..length).map(inside));
        module
    };
    assert!(nested(31).to_bytes().is_ok());
    let error = nested(32).to_bytes().unwrap_err().to_string();
    assert_eq!(error, "constant 32 nests deeper than 32 tuples");
}
