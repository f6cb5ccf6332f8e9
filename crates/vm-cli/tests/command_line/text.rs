//! `vm asm`, `vm dis`, `vm fmt`.

use crate::{DIVISION, HELLO, directory, vm, vm_bytes};
use std::fs;
use vm_bytecode::MAGIC;
use vm_cli::context::Context;

#[test]
fn a_module_and_its_text_are_the_same_program() {
    let (status, module, error) = vm_bytes(&["asm"], HELLO.as_bytes());
    assert_eq!((status, &*error), (0, ""));
    assert!(module.starts_with(&MAGIC));
    for options in [&["dis"][..], &["dis", "--refcounts", "--offsets"]] {
        let (_, text, _) = vm_bytes(options, &module);
        assert_eq!(vm_bytes(&["asm", "-"], &text).1, module);
    }
    assert_eq!(
        vm_bytes(&["asm", "-"], &module).1,
        module,
        "a module is passed through"
    );
    assert_eq!(
        vm_bytes(&["dis"], HELLO.as_bytes()).1,
        vm_bytes(&["dis"], &module).1
    );
}

#[test]
fn results_go_to_files() {
    let directory = directory("results_go_to_files");
    let path = |name: &str| {
        directory
            .join(name)
            .to_str()
            .expect("a path of text")
            .to_owned()
    };
    fs::write(path("a.vasm"), HELLO).unwrap();
    vm(&["asm", &path("a.vasm"), "-o", &path("module")], "").succeeds_with("");
    vm(&["run", &path("module")], "").succeeds_with("hello\n");
    vm(&["dis", &path("module"), "--output", &path("text")], "").succeeds_with("");
    vm(&["run", &path("text")], "").succeeds_with("hello\n");
    vm(&["fmt", &path("a.vasm"), "-o", &path("b.vasm")], "").succeeds_with("");
    assert_eq!(fs::read_to_string(path("b.vasm")).unwrap(), HELLO);
    let ran = vm(&["asm", &path("a.vasm"), "-o", &path("missing/x")], "");
    assert_eq!(ran.status, 2);
    assert!(
        ran.error.starts_with("error: cannot write `"),
        "{}",
        ran.error
    );
}

#[test]
fn a_failure_leaves_the_output_alone() {
    let directory = directory("a_failure_leaves_the_output_alone");
    let output = directory.join("old.vmb");
    fs::write(&output, "old").unwrap();
    let ran = vm(&["asm", "-", "-o", output.to_str().unwrap()], "nonsense");
    assert_eq!(ran.status, 1);
    assert_eq!(fs::read_to_string(output).unwrap(), "old");
}

#[test]
fn no_module_is_written_to_a_terminal() {
    let (context, captured) = Context::captured(HELLO.as_bytes());
    let status = vm_cli::execute(["vm", "asm"], context.with_output_to_terminal());
    assert_eq!((status, captured.output_text()), (2, String::new()));
    let message = "\
error: a module is not written to a terminal
help: name a file with `-o FILE`, or redirect standard output
";
    assert_eq!(captured.error_text(), message);
    let (context, captured) = Context::captured(HELLO.as_bytes());
    assert_eq!(
        vm_cli::execute(["vm", "dis"], context.with_output_to_terminal()),
        0
    );
    assert!(captured.output_text().contains("return_none"));
}

#[test]
fn asm_does_not_verify() {
    assert_eq!(vm_bytes(&["asm"], crate::UNSET.as_bytes()).0, 0);
}

#[test]
fn all_errors_of_a_text_are_shown() {
    let wrong = ".func main()\n    laod r0, 1\n    jump away\nx:\nx:\n.end\n";
    let message = "\
error: unknown instruction `laod`
 --> <stdin>:2:5
  |
2 |     laod r0, 1
  |     ^^^^
  |
  = help: did you mean `load`?

error: unknown label `away`
 --> <stdin>:3:10
  |
3 |     jump away
  |          ^^^^

error: label `x` is defined twice
 --> <stdin>:5:1
  |
4 | x:
  | - first defined here
5 | x:
  | ^

error: `<stdin>` cannot be assembled: 3 errors
";
    for command in ["asm", "dis", "run", "check"] {
        vm(&[command, "-"], wrong).fails_with(1, message);
    }
}

#[test]
fn far_places_are_shown_apart() {
    let filler = "; filler\n".repeat(100);
    let wrong = format!(".func main()\nx:\n{filler}x:\n    return_none\n.end\n");
    let message = "\
error: label `x` is defined twice
   --> <stdin>:103:1
    |
103 | x:
    | ^
    |
   ::: <stdin>:2:1
    |
  2 | x:
    | - first defined here
";
    vm(&["asm"], &wrong).fails_with(1, message);
}

#[test]
fn colors_are_as_asked_for() {
    assert!(!vm(&["asm"], "nonsense").error.contains('\x1b'));
    assert!(
        !vm(&["--color", "never", "asm"], "nonsense")
            .error
            .contains('\x1b')
    );
    assert!(
        vm(&["asm", "--color=always"], "nonsense")
            .error
            .contains('\x1b')
    );
    assert_eq!(vm(&["--color", "sometimes", "asm"], "").status, 2);
}

#[test]
fn fmt_lays_out() {
    let messy = DIVISION.replace("    load", "load  ").replace(", ", ",") + "\n\n";
    vm(&["fmt"], &messy).succeeds_with(DIVISION);
    vm(&["fmt", "--check"], DIVISION).succeeds_with("");
    let message = "\
error: `<stdin>` is not laid out canonically
help: `vm fmt --in-place` lays it out
";
    vm(&["fmt", "--check"], &messy).fails_with(1, message);
}

#[test]
fn fmt_in_place() {
    let file = directory("fmt_in_place").join("a.vasm");
    let path = file.to_str().unwrap();
    fs::write(&file, DIVISION.replace("    load", "load")).unwrap();
    vm(&["fmt", "--in-place", path], "").succeeds_with("");
    assert_eq!(fs::read_to_string(&file).unwrap(), DIVISION);
    fs::write(&file, "load (").unwrap();
    assert_eq!(vm(&["fmt", "--in-place", path], "").status, 1);
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        "load (",
        "what is wrong is not touched"
    );
    assert_eq!(vm(&["fmt", "--in-place"], DIVISION).status, 2);
}

#[test]
fn modules_have_no_layout() {
    let (_, module, _) = vm_bytes(&["asm"], HELLO.as_bytes());
    let (status, output, error) = vm_bytes(&["fmt"], &module);
    assert_eq!((status, &*output), (2, &b""[..]));
    assert!(
        error.contains("help: `vm dis` turns a module into text"),
        "{error}"
    );
}

#[test]
fn texts_cut_short_never_crash() {
    // Characters of one to four bytes, a tab, and carriage returns.
    let text = ".const NAME = (\"é\u{4e2d}\u{1f600}\", b\"\\x00\")\r\n.class C\r\n\t.slots a\r\n.end\r\n\
                .func main() ; é\r\n\tload r0, NAME\r\nL:\tjump_if r0, L\r\n\treturn r0\r\n.end\r\n";
    for (offset, _) in text.trim_end().char_indices() {
        let ran = vm(&["check", "-"], &text[..offset]);
        assert_eq!((ran.status, &*ran.output), (1, ""), "{offset}");
        assert!(ran.error.contains(" --> <stdin>:"), "{}", ran.error);
    }
    vm(&["check", "-"], text).succeeds_with("");
}
