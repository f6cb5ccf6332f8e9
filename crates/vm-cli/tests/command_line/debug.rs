//! `vm debug` over a pipe: `fixtures/debug/NAME.commands` goes in, `NAME.expect` comes out.

use super::{Ran, directory, vm};
use std::path::{Path, PathBuf};
use vm_cli::context::Context;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/debug")
}

/// Debugs a program of the fixtures with commands.
fn debug(arguments: &[&str], commands: &str) -> Ran {
    let (context, captured) = Context::captured(commands.as_bytes());
    let context = context.in_directory(&fixtures());
    let status = vm_cli::execute([&["vm", "debug"], arguments].concat(), context);
    Ran {
        status,
        output: captured.output_text(),
        error: captured.error_text(),
    }
}

#[test]
fn transcripts() {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(fixtures()).expect("the directory is there") {
        let path = entry.expect("it can be read").path();
        if path
            .extension()
            .is_some_and(|extension| extension == "commands")
        {
            names.push(
                path.file_stem()
                    .expect("it has a name")
                    .to_string_lossy()
                    .into_owned(),
            );
        }
    }
    names.sort();
    assert!(names.len() >= 4, "{names:?}");
    for name in names {
        let read = |ending: &str| {
            let path = fixtures().join(format!("{name}.{ending}"));
            std::fs::read_to_string(&path).unwrap_or_default()
        };
        let ran = debug(&[&format!("{name}.vasm")], &read("commands"));
        let expected = read("expect");
        assert_eq!(ran.output, expected, "{name}:\n{}", ran.output);
        assert_eq!(ran.status, 0, "{name}");
    }
}

#[test]
fn the_exit_status_is_that_of_the_program() {
    let program = "\
.func main()
    .local exit
    import exit, sys
    load_attr exit, exit, exit
    load r1, 7
    call exit, 1
    return_none
.end
";
    let directory = directory("debug_exit");
    let path = directory.join("exit.vasm");
    std::fs::write(&path, program).expect("the file can be written");
    let path = path.to_str().expect("the path is text");
    assert_eq!(debug(&[path], "continue\n").status, 7);
    assert_eq!(debug(&[path], "step\n").status, 0);
    let ran = debug(&[path], "continue\nprint sys\n");
    assert!(
        ran.output.contains("the program has exited with 7\n"),
        "{}",
        ran.output
    );
}

#[test]
fn a_program_from_standard_input_leaves_none_for_commands() {
    let ran = vm(&["debug", "-"], ".func main()\n    return_none\n.end\n");
    let message = "error: the program must be a file: commands come from standard input\n";
    ran.fails_with(2, message);
}

#[test]
fn an_uncaught_exception_is_shown_and_fails() {
    let directory = directory("debug_exception");
    let path = directory.join("divide.vasm");
    let program = ".func main()\n    load r0, 0\n    floordiv r0, r0, r0\n    return r0\n.end\n";
    std::fs::write(&path, program).expect("the file can be written");
    let ran = debug(&[path.to_str().expect("the path is text")], "c\nwhere\n");
    assert_eq!(ran.status, 1);
    assert!(
        ran.error
            .ends_with("ZeroDivisionError: integer division or modulo by zero\n")
    );
    let tail = "\
the program has ended with ZeroDivisionError: integer division or modulo by zero
> where
nothing runs
> 
";
    assert!(ran.output.contains(tail), "{}", ran.output);
}

#[test]
fn collections_come_when_the_machine_options_say() {
    let arguments = ["--gc-threshold", "1,0,0", "cycle.vasm"];
    let ran = debug(&arguments, "collection\nquit\n");
    assert!(
        ran.output.contains(" begins (threshold, counts "),
        "{}",
        ran.output
    );
}

#[test]
fn lines_of_any_bytes_are_no_commands() {
    let (context, captured) = Context::captured(b"\xff\xfe\n\0\nq\xc3\n");
    let context = context.in_directory(&fixtures());
    assert_eq!(vm_cli::execute(["vm", "debug", "counts.vasm"], context), 0);
    assert!(captured.output_text().contains("no command `"));
}
