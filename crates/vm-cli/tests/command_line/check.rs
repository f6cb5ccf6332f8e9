//! `vm check`, and what a broken module looks like.

use crate::{HELLO, UNSET, directory, vm, vm_bytes};
use std::fs;
use vm_bytecode::Module;

#[test]
fn correct_programs_are_passed_over_in_silence() {
    vm(&["check", "-"], HELLO).succeeds_with("");
    // 2 words of load_global, 1 each of load_const, call and return_none.
    let summary = "<stdin>: correct: 1 function, 0 classes, 5 words, 1 constant, 2 names\n";
    vm(&["check", "--verbose", "-"], HELLO).succeeds_with(summary);
}

#[test]
fn every_program_is_checked() {
    let directory = directory("every_program_is_checked");
    let path = |name: &str| {
        directory
            .join(name)
            .to_str()
            .expect("a path of text")
            .to_owned()
    };
    fs::write(path("unset.vasm"), UNSET).unwrap();
    fs::write(path("hello.vasm"), HELLO).unwrap();
    let ran = vm(
        &["check", "-v", &path("unset.vasm"), &path("hello.vasm")],
        "",
    );
    assert_eq!(ran.status, 1);
    assert!(ran.error.contains("unset.vasm:2:5"));
    assert!(ran.output.contains("hello.vasm: correct"));
    let ran = vm(&["check", &path("missing"), &path("unset.vasm")], "");
    assert_eq!(ran.status, 2);
    assert!(ran.error.contains("unset.vasm:2:5"));
}

#[test]
fn faults_of_a_module_name_function_word_and_source() {
    let text = UNSET
        .replace(".func", ".file \"unset.src\"\n.func")
        .replace("    ", "    .line 8:3\n");
    let text = text.replace(".line 8:3\n", ".line 8:3\n    ");
    let (_, module, _) = vm_bytes(&["asm"], text.as_bytes());
    let (status, _, error) = vm_bytes(&["check", "-"], &module);
    let message = "\
error: `return` reads r0, which may be unset
--> <stdin>
 = note: the rule `initialisation` is broken in function `main`, word 0
 = note: it comes from unset.src:8:3
";
    assert_eq!((status, &*error), (1, message));
}

#[test]
fn broken_modules_have_a_byte_offset() {
    let (_, module, _) = vm_bytes(&["asm"], HELLO.as_bytes());
    for length in 1..module.len() {
        for command in ["check", "run", "dis", "asm"] {
            let (status, output, error) = vm_bytes(&[command, "-"], &module[..length]);
            assert_eq!((status, output.len()), (1, 0));
            assert!(
                error.starts_with("error: cannot decode `<stdin>`: at byte "),
                "{error}"
            );
        }
    }
    // A newline translation on the way.
    let translated: Vec<u8> = module
        .iter()
        .copied()
        .filter(|&byte| byte != b'\r')
        .collect();
    let (status, _, error) = vm_bytes(&["check", "-"], &translated);
    assert_eq!(status, 1);
    assert_eq!(
        error,
        "error: cannot decode `<stdin>`: at byte 0: this is not a module\n"
    );
}

#[test]
fn changed_bytes_never_crash() {
    let (_, module, _) = vm_bytes(&["asm"], HELLO.as_bytes());
    for index in 0..module.len() {
        let mut changed = module.clone();
        changed[index] ^= 0x41;
        let (status, _, error) = vm_bytes(&["check", "-"], &changed);
        assert_eq!(
            (status, error.starts_with("error: ")),
            (1, true),
            "byte {index}: {error}"
        );
    }
}

#[test]
fn wrong_words_behind_a_right_checksum_are_found() {
    let (_, bytes, _) = vm_bytes(&["asm"], HELLO.as_bytes());
    let mut module = Module::from_bytes(&bytes).unwrap();
    module.functions[0].code[0] = 0xff;
    let (status, _, error) = vm_bytes(&["run", "-"], &module.to_bytes().unwrap());
    assert_eq!(status, 1);
    assert!(
        error.contains("the rule `instructions` is broken in function `main`, word 0"),
        "{error}"
    );
}
