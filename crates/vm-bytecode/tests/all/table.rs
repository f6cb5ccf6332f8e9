//! The instruction table against the instruction set as it was specified, and the codec against
//! the table.

use vm_bytecode::{
    Field, Instruction, InstructionError, Opcode, OperandError, OperandKind, TABLE, Word, encode,
};

/// The specification, in the order of the opcodes: name and operands, in letters.
///
/// `d` written, `s` read, `t` taken, `u` exempt from initialisation, `w` window taken, `W` window
/// written, `c` call window; `n` count, `i` integer, `k` constant, `m` name, `f` free variable,
/// `F` function, `C` class, `l` label. `X` behind a letter: in the second word; a number: the bits
/// of the field.
const SPECIFICATION: &str = "
nop; copy d,s; move d,t; load_none d; load_true d; load_false d; load_int d,i16; load_const d,k16;
load_const_wide d,kX; unset u; check u,mX;
load_global d,mX; store_global s,mX; delete_global mX;
make_cell u; load_cell d,s; store_cell s,s; delete_cell s;
load_free d,f16; store_free s,f16; delete_free f16; load_closure d,f16;
add d,s,s; sub d,s,s; mul d,s,s; truediv d,s,s; floordiv d,s,s; mod d,s,s; pow d,s,s; matmul d,s,s;
lshift d,s,s; rshift d,s,s; and d,s,s; or d,s,s; xor d,s,s;
iadd d,s,s; isub d,s,s; imul d,s,s; itruediv d,s,s; ifloordiv d,s,s; imod d,s,s; ipow d,s,s;
imatmul d,s,s; ilshift d,s,s; irshift d,s,s; iand d,s,s; ior d,s,s; ixor d,s,s;
add_imm d,s,i8; sub_imm d,s,i8; mul_imm d,s,i8; floordiv_imm d,s,i8; mod_imm d,s,i8;
and_imm d,s,i8; lshift_imm d,s,i8; rshift_imm d,s,i8;
neg d,s; pos d,s; invert d,s; not d,s;
lt d,s,s; le d,s,s; eq d,s,s; ne d,s,s; gt d,s,s; ge d,s,s; is d,s,s; is_not d,s,s; in d,s,s;
not_in d,s,s;
jump l24; jump_if s,l16; jump_if_not s,l16; jump_if_none s,l16; jump_if_not_none s,l16;
jump_if_lt s,s,lX; jump_if_le s,s,lX; jump_if_eq s,s,lX; jump_if_ne s,s,lX; jump_if_gt s,s,lX;
jump_if_ge s,s,lX; jump_if_is s,s,lX;
jump_if_not_lt s,s,lX; jump_if_not_le s,s,lX; jump_if_not_eq s,s,lX; jump_if_not_ne s,s,lX;
jump_if_not_gt s,s,lX; jump_if_not_ge s,s,lX; jump_if_not_is s,s,lX;
jump_if_lt_imm s,i8,lX; jump_if_le_imm s,i8,lX; jump_if_eq_imm s,i8,lX; jump_if_ne_imm s,i8,lX;
jump_if_gt_imm s,i8,lX; jump_if_ge_imm s,i8,lX;
jump_if_not_lt_imm s,i8,lX; jump_if_not_le_imm s,i8,lX; jump_if_not_eq_imm s,i8,lX;
jump_if_not_ne_imm s,i8,lX; jump_if_not_gt_imm s,i8,lX; jump_if_not_ge_imm s,i8,lX;
get_iter d,s; for_iter d,s,lX; loop_iter d,s,lX;
load_attr d,s,mX; store_attr s,s,mX; delete_attr s,mX; load_super_attr d,s,s,mX;
load_item d,s,s; load_item_imm d,s,i8; store_item s,s,s; delete_item s,s; make_slice d,w;
make_tuple d,w,n; make_list d,w,n; make_set d,w,n; make_dict d,w,n; make_string d,w,n;
list_append s,s; list_extend s,s; list_to_tuple d,s; set_add s,s; set_update s,s; dict_update s,s;
dict_merge s,s; unpack W,s,n; unpack_star W,s,n,nX;
format d,s,s; format_simple d,s,i8;
call c,n; call_kw c,n,kX; call_ex c; call_method c,n,mX; return t; return_none;
make_function d,F16; make_closure d,w,n,FX; set_defaults s,s; set_keyword_defaults s,s;
make_class d,s,CX; import d,mX;
yield d,t; yield_from d,t;
raise s; raise_from s,s; reraise s; push_handled d,s; pop_handled t; match_exception d,s,s;
load_handled d";

fn letter(kind: OperandKind) -> char {
    use OperandKind::*;
    match kind {
        Write | WriteUnlessJump | WriteIfJump => 'd',
        Read | Copies => 's',
        Take => 't',
        Unset | Check | Enclose => 'u',
        TakeWindow | TakePairs | TakeThree => 'w',
        WriteWindow | WriteStarWindow => 'W',
        CallWindow | CallExWindow | MethodWindow => 'c',
        Count | CountAfter => 'n',
        Integer | Conversion => 'i',
        Constant | KeywordNames => 'k',
        Name => 'm',
        Function | ClosureFunction => 'F',
        Class => 'C',
        Free => 'f',
        Label => 'l',
    }
}

#[test]
fn the_table_is_the_specified_one() {
    let specified: Vec<&str> = SPECIFICATION.split(';').map(str::trim).collect();
    assert_eq!(specified.len(), Opcode::PUBLIC_COUNT);
    for (number, (line, opcode)) in specified.into_iter().zip(Opcode::public()).enumerate() {
        assert_eq!(opcode as usize, number);
        let (mnemonic, letters) = line.split_once(' ').unwrap_or((line, ""));
        assert_eq!(opcode.mnemonic(), mnemonic);
        let letters: Vec<&str> = letters
            .split(',')
            .filter(|letter| !letter.is_empty())
            .collect();
        let operands = opcode.info().operands;
        assert_eq!(operands.len(), letters.len(), "{line}");
        // Where no width is given, operands occupy A, B and C one after the other.
        for (position, (letters, spec)) in letters.iter().zip(operands).enumerate() {
            let signed = matches!(spec.kind, OperandKind::Label) || letters.starts_with('i');
            let field = match (&letters[1..], position, signed) {
                ("X", _, false) => Field::X,
                ("X", _, true) => Field::SignedX,
                ("16", _, false) => Field::Bc,
                ("16", _, true) => Field::SignedBc,
                ("24", 0, true) => Field::SignedAbc,
                ("", 0, false) => Field::A,
                ("" | "8", 1, false) => Field::B,
                ("8", 1, true) => Field::SignedB,
                ("" | "8", 2, false) => Field::C,
                ("8", 2, true) => Field::SignedC,
                other => panic!("{line}: {other:?}"),
            };
            assert_eq!(spec.field, field, "{line}");
            assert_eq!(letter(spec.kind), letters.chars().next().unwrap(), "{line}");
        }
    }
}

#[test]
fn bytes_beyond_the_public_opcodes_are_refused() {
    for byte in 0..=u8::MAX {
        let public = usize::from(byte) < Opcode::PUBLIC_COUNT;
        assert_eq!(Opcode::from_byte(byte).is_some(), public);
        let decoded = Instruction::decode(&[u32::from(byte), 0], 0);
        match decoded {
            Ok(instruction) => assert_eq!(instruction.opcode() as u8, byte),
            Err(error) => assert_eq!(error, InstructionError::UnknownOpcode { byte }),
        }
        assert_eq!(decoded.is_ok(), public);
    }
    let fused = &Opcode::ALL[Opcode::PUBLIC_COUNT..];
    assert!(!fused.is_empty());
    for &opcode in fused {
        assert!(opcode.info().fused);
        assert_eq!(Opcode::from_mnemonic(opcode.mnemonic()), None);
    }
}

#[test]
fn mnemonics_name_their_opcodes() {
    for opcode in Opcode::public() {
        assert!(!opcode.info().fused);
        assert_eq!(Opcode::from_mnemonic(opcode.mnemonic()), Some(opcode));
    }
    assert_eq!(Opcode::from_mnemonic("r#move"), None);
    assert_eq!(TABLE.len(), Opcode::ALL.len());
}

#[test]
fn instructions_survive_the_codec_at_the_ends_of_their_ranges() {
    for opcode in Opcode::public() {
        let specs = opcode.info().operands;
        for pick in 0..1 << specs.len() {
            let value = |(position, spec): (usize, &vm_bytecode::OperandSpec)| {
                let (minimum, maximum) = spec.field.range();
                if pick >> position & 1 == 0 {
                    minimum
                } else {
                    maximum
                }
            };
            let values: Vec<i64> = specs.iter().enumerate().map(value).collect();
            let instruction = Instruction::new(opcode, &values).unwrap();
            let mut code = vec![u32::MAX];
            instruction.emit(&mut code);
            assert_eq!(code.len(), 1 + instruction.words());
            assert_eq!(Instruction::decode(&code, 1), Ok(instruction));
            for (spec, value) in specs.iter().zip(values) {
                // Kinds that an instruction has once can be asked for.
                let alone = specs.iter().filter(|other| other.kind == spec.kind).count() == 1;
                assert!(
                    !alone || instruction.value_of(spec.kind) == Some(value),
                    "{opcode:?}"
                );
            }
        }
    }
}

#[test]
fn constructors_encode_as_documented() {
    let words = |instruction: Instruction| {
        let mut code = Vec::new();
        instruction.emit(&mut code);
        code
    };
    assert_eq!(words(encode::nop()), [0]);
    assert_eq!(words(encode::add(1, 2, 3)), [0x0302_0116]);
    assert_eq!(words(encode::load_int(9, -2)), [0xFFFE_0906]);
    assert_eq!(words(encode::load_item_imm(1, 2, -1)), [0xFF02_016D]);
    assert_eq!(
        words(encode::jump_if_lt_imm(7, -1, -8)),
        [0x00FF_0759, 0xFFFF_FFF8]
    );
    assert_eq!(
        words(encode::make_closure(1, 2, 3, 0x0102_0304)),
        [0x0302_0188, 0x0102_0304]
    );
    let offset = vm_bytecode::Offset24::new(-2).unwrap();
    assert_eq!(words(encode::jump(offset)), [0xFFFF_FE46]);
}

#[test]
fn malformed_words_are_refused() {
    let opcode = Opcode::LoadGlobal;
    let [word, name] = [encode::load_global(1, 2).word().0, 2];
    assert!(Instruction::decode(&[word, name], 0).is_ok());
    assert_eq!(
        Instruction::decode(&[word], 0),
        Err(InstructionError::MissingWord { opcode })
    );
    assert_eq!(
        Instruction::decode(&[word | 1 << 16, name], 0),
        Err(InstructionError::UnusedBits { opcode })
    );
    assert_eq!(
        Instruction::decode(&[word, name], 2),
        Err(InstructionError::OutOfRange { index: 2 })
    );
}

#[test]
fn operands_that_do_not_fit_are_refused() {
    let number = |found| OperandError::Number {
        opcode: Opcode::Add,
        expected: 3,
        found,
    };
    assert_eq!(Instruction::new(Opcode::Add, &[1, 2]), Err(number(2)));
    let error = Instruction::new(Opcode::AddImm, &[1, 2, 128]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "right of `add_imm` must be from -128 to 127, not 128"
    );
    let mut nop = encode::nop();
    assert!(nop.set_target(0, 0).is_err());
    assert_eq!(nop.target(0), None);
}

#[test]
fn jumps_count_from_behind_the_instruction() {
    let mut narrow = encode::jump_if(0, 0);
    assert_eq!(narrow.target(10), Some(11));
    narrow.set_target(10, 5).unwrap();
    assert_eq!(narrow.word().signed_bc(), -6);
    assert_eq!(narrow.target(10), Some(5));
    let mut wide = encode::for_iter(0, 1, 0);
    assert_eq!(wide.target(10), Some(12));
    wide.set_target(10, 12 + 40).unwrap();
    assert_eq!(wide.extra(), 40);
    assert!(narrow.set_target(0, 32_769).is_err());
    assert_eq!(narrow.target(10), Some(5));
}

#[test]
fn interpreters_change_the_opcode_and_keep_the_operands() {
    let word = encode::add(200, 100, 50).word();
    let quick = word.with_opcode_byte(Opcode::AddSub as u8);
    assert_eq!(quick.opcode_byte(), Opcode::AddSub as u8);
    assert_eq!((quick.a(), quick.b(), quick.c()), (200, 100, 50));
    assert_eq!(quick.with_opcode_byte(Opcode::Add as u8), word);
    assert_eq!(Word::default().opcode_byte(), Opcode::Nop as u8);
}
