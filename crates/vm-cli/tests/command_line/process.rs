//! What needs a process: its streams, its environment.

use crate::{HELLO, directory};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};

/// Prints until it is stopped.
const CHATTER: &str = "\
.func main()
again:
    load_global r0, print
    load r1, \"line\"
    call r0, 1
    jump again
.end
";

const COLLECT: &str = "\
.func main()
    import r1, gc
    call_method r0, 0, collect
    return_none
.end
";

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vm"));
    command
        .args(arguments)
        .env_remove("VM_LOG")
        .env_remove("NO_COLOR");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn output(command: &mut Command, input: &str) -> Output {
    let mut child = command.spawn().expect("the command starts");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(input.as_bytes())
        .expect("it reads");
    child.wait_with_output().expect("it ends")
}

#[test]
fn a_program_runs() {
    let output = output(&mut command(&["run", "-"]), HELLO);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stdout, b"hello\n");
    assert_eq!(output.stderr, b"");
}

#[test]
fn a_closed_pipe_ends_the_program_quietly() {
    // The time limit is there so that a failure of this test is one.
    let mut child = command(&["run", "--timeout", "60", "-"])
        .spawn()
        .expect("the command starts");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(CHATTER.as_bytes())
        .expect("it reads");
    let mut reader = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    reader.read_line(&mut line).expect("a line");
    assert_eq!(line, "line\n");
    drop(reader);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_closed_pipe_takes_no_failure_away() {
    let fails = "\
.func main()
    load_global r0, print
    load r1, \"line\"
    call r0, 1
    load_global r0, ValueError
    raise r0
.end
";
    let exits = "\
.func main()
    load_global r0, print
    load r1, \"line\"
    call r0, 1
    import r1, sys
    load r2, 3
    call_method r0, 1, exit
    return_none
.end
";
    let status_without_reader = |arguments: &[&str], input: &str| {
        let mut child = command(arguments).spawn().expect("the command starts");
        drop(child.stdout.take());
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(input.as_bytes()).expect("it reads");
        drop(stdin);
        child.wait().expect("it ends").code()
    };
    assert_eq!(status_without_reader(&["run", "-"], HELLO), Some(0));
    assert_eq!(status_without_reader(&["run", "-"], fails), Some(1));
    assert_eq!(status_without_reader(&["run", "-"], exits), Some(3));
    let wrong = directory("closed_pipe").join("wrong.vasm");
    std::fs::write(&wrong, format!("; RUN: run\n; EXPECT: other\n{HELLO}")).expect("written");
    let wrong = wrong.to_str().expect("text");
    assert_eq!(status_without_reader(&["test", wrong], ""), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_of_tests_that_cannot_be_written_is_told() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("/dev/full");
    let program = directory("full_disk").join("hello.vasm");
    std::fs::write(&program, format!("; RUN: run\n; EXPECT: hello\n{HELLO}")).expect("written");
    let program = program.to_str().expect("text");
    let output = output(command(&["test", program]).stdout(full), "");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: cannot write `standard output`\n"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("/dev/full");
    let output = output(command(&["run", "-"]).stdout(full), HELLO);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        error.starts_with("error: cannot write `standard output`: "),
        "{error}"
    );
}

#[test]
fn collections_are_logged_on_request() {
    let silent = output(&mut command(&["run", "-"]), COLLECT);
    assert_eq!(String::from_utf8_lossy(&silent.stderr), "");
    let log = |filter: &str| {
        let output = output(command(&["run", "-"]).env("VM_LOG", filter), COLLECT);
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).expect("text")
    };
    let events = log("vm_gc=info");
    // The one that the program asks for, and the one at the end.
    assert_eq!(
        events
            .lines()
            .filter(|line| line.contains("reason=\"manual\""))
            .count(),
        1
    );
    assert_eq!(
        events
            .lines()
            .filter(|line| line.contains("reason=\"shutdown\""))
            .count(),
        1
    );
    assert!(!events.contains("stage="));
    assert!(log("vm_gc=debug").contains("stage=\"mark\""));
    assert_eq!(log("off"), "");
    let option = |option: &str| {
        let output = output(&mut command(&["run", option, "-"]), COLLECT);
        String::from_utf8(output.stderr).expect("text")
    };
    assert_eq!(option("-v").lines().count(), events.lines().count());
    assert!(
        option("-vv").contains("change=\"arena_taken\""),
        "the first one"
    );
}

#[test]
fn a_wrong_filter_is_a_usage_error() {
    let output = output(
        command(&["check", "/dev/null"]).env("VM_LOG", "vm_gc=loudly"),
        "",
    );
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        error.starts_with("error: the environment variable `VM_LOG` is not a filter: "),
        "{error}"
    );
}
