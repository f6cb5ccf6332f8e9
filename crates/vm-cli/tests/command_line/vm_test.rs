//! `vm test`: the real command, since its report goes to the real standard output.

use crate::{HELLO, directory, vm_bytes};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Exit status and standard output of `vm test` with these arguments in a directory.
fn test(directory: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vm"));
    command
        .arg("test")
        .args(arguments)
        .current_dir(directory)
        .env_remove("VM_LOG");
    let output = command.output().expect("the command runs");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text.into_owned())
}

/// A directory with one test, `a.vasm`: these directives and a program.
fn with_program(name: &str, directives: &str, program: &str) -> std::path::PathBuf {
    let directory = directory(name);
    fs::write(directory.join("a.vasm"), format!("{directives}\n{program}")).unwrap();
    directory
}

#[test]
fn what_is_as_expected_passes() {
    let directives = "; EXPECT: hello\n; STATS: instructions == 4\n; STATS: peak_bytes < 4GiB\n\
                      ; STATS: collections_0 == 0";
    let directory = with_program("test_passes", directives, HELLO);
    let (status, report) = test(&directory, &["."]);
    assert_eq!(status, Some(0), "{report}");
    assert!(report.contains("test ./a.vasm ... ok"), "{report}");
    let last = report.trim_end().lines().last().unwrap();
    assert!(
        last.starts_with("test result: ok. 1 passed; 0 failed;"),
        "{last}"
    );
}

#[test]
fn what_differs_fails() {
    let cases = [
        (
            "; EXPECT: hullo",
            "a.vasm: `run`: standard output differs\n  - hullo\n  + hello",
        ),
        (
            "; EXPECT: hello\n; EXPECT: more",
            "a.vasm: `run`: standard output differs",
        ),
        (
            "; RUN: run\n; EXPECT-ERROR: oops",
            "a.vasm:1: `run`: the exit status is 0, not 1",
        ),
        ("; EXIT: 3", "the exit status is 0, not 3"),
        (
            "; STATS: instructions > 4",
            "instructions is 4, which is not > 4",
        ),
        (
            "; STATS: nonsense > 4",
            "there is no counter `nonsense`; there are: instructions,",
        ),
        ("; EXPECTS: hello", "a.vasm:1: unknown directive `EXPECTS`"),
        ("; OPTIONS: --nonsense", "unexpected argument '--nonsense'"),
        (
            "; RUN: run\n; RUN: fmt --check",
            "a.vasm:2: `fmt --check`: the exit status is 1, not 0",
        ),
    ];
    for (index, (directives, message)) in cases.into_iter().enumerate() {
        let program = HELLO.replace("    load", "  load");
        let directory = with_program(&format!("test_fails_{index}"), directives, &program);
        let (status, report) = test(&directory, &["a.vasm"]);
        assert_eq!(status, Some(1), "{directives}: {report}");
        assert!(report.contains(message), "{directives}: {report}");
        assert!(
            report.contains("test result: FAILED. 0 passed; 1 failed;"),
            "{report}"
        );
    }
}

#[test]
fn modules_have_their_expectations_beside_them() {
    let directory = directory("test_modules");
    let (_, module, _) = vm_bytes(&["asm"], HELLO.as_bytes());
    fs::create_dir(directory.join("below")).unwrap();
    fs::write(directory.join("below/a.vmb"), &module).unwrap();
    fs::write(
        directory.join("below/a.vmb.expect"),
        "; EXPECT: hello\n; RUN: run",
    )
    .unwrap();
    fs::write(directory.join("alone.vmb"), &module).unwrap();
    let (status, report) = test(&directory, &["."]);
    assert_eq!(status, Some(1), "{report}");
    assert!(
        report.contains("a.vmb.expect:2: the directives of a run follow its `RUN`"),
        "{report}"
    );
    assert!(!report.contains("alone.vmb"), "{report}");
    fs::write(
        directory.join("below/a.vmb.expect"),
        "; RUN: run\n; EXPECT: hello\n",
    )
    .unwrap();
    let (status, report) = test(&directory, &[".", "alone.vmb"]);
    assert_eq!(status, Some(0), "{report}");
    assert!(report.contains("2 passed"), "{report}");
}

#[test]
fn filter_and_jobs() {
    let directory = with_program("test_filter", "", HELLO);
    fs::write(directory.join("b.vasm"), "; EXIT: 1\n").unwrap();
    let (status, report) = test(&directory, &["--filter", "b.va", "--jobs", "1", "."]);
    assert_eq!(status, Some(0), "{report}");
    assert!(
        report.contains("1 passed; 0 failed; 0 ignored; 0 measured; 1 filtered out"),
        "{report}"
    );
}

#[test]
fn nothing_to_test_is_a_usage_error() {
    let directory = directory("test_nothing");
    let (status, report) = test(&directory, &["."]);
    assert_eq!((status, &*report), (Some(2), "error: no tests in `.`\n"));
    let (status, report) = test(&directory, &["missing"]);
    assert_eq!(status, Some(2));
    assert!(
        report.starts_with("error: cannot read `missing`: "),
        "{report}"
    );
}

#[test]
fn blessing_writes_down_what_is_printed() {
    let directory = with_program("test_bless", "; About.\n; RUN: run\n; EXPECT: old", HELLO);
    let (status, report) = test(&directory, &["--bless", "a.vasm"]);
    assert_eq!(status, Some(0), "{report}");
    let text = fs::read_to_string(directory.join("a.vasm")).unwrap();
    assert_eq!(
        text,
        format!("; About.\n; RUN: run\n; EXPECT: hello\n{HELLO}")
    );
}

#[test]
fn blessing_follows_the_lines_that_it_moves() {
    // Each message names the line of its own text, which moves as lines are added above.
    let program = ".func main()\n    laod r0, 1\n    return r0\n.end\n";
    let directory = with_program("test_bless_lines", "; RUN: check", program);
    let (status, report) = test(&directory, &["--bless", "a.vasm"]);
    assert_eq!(status, Some(0), "{report}");
    let text = fs::read_to_string(directory.join("a.vasm")).unwrap();
    let line = text
        .lines()
        .position(|line| line.starts_with("    laod"))
        .unwrap()
        + 1;
    assert!(text.contains(&format!("--> a.vasm:{line}:5\n")), "{text}");
    let (status, report) = test(&directory, &["a.vasm"]);
    assert_eq!(status, Some(0), "{report}");
}
