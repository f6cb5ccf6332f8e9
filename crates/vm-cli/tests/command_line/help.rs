//! The help is the reference: a change of it is to be seen.

use crate::vm;

const COMMANDS: [&str; 12] = [
    "run",
    "trace",
    "heap",
    "profile",
    "debug",
    "bench",
    "asm",
    "dis",
    "fmt",
    "check",
    "test",
    "completions",
];

#[test]
fn long_help() {
    let mut text = vm(&["--help"], "").output;
    for command in COMMANDS {
        text.push_str(&format!("\n==> vm {command} --help\n"));
        text.push_str(&vm(&[command, "--help"], "").output);
    }
    insta::assert_snapshot!(text);
}

#[test]
fn short_help_has_no_examples() {
    for command in COMMANDS {
        let ran = vm(&[command, "-h"], "");
        assert_eq!((ran.status, &*ran.error), (0, ""), "{command}");
        assert!(
            ran.output.contains(&format!("Usage: vm {command}")),
            "{command}"
        );
        assert!(!ran.output.contains("Examples:"), "{command}");
    }
}

#[test]
fn usage_errors_have_status_two() {
    let wrong: [&[&str]; 8] = [
        &[],
        &["nonsense"],
        &["run"],
        &["run", "--nonsense", "-"],
        &["run", "--max-heap", "lots", "-"],
        &["run", "--gc-threshold", "1,2", "-"],
        &["fmt", "--check", "--in-place", "x.vasm"],
        &["test"],
    ];
    for arguments in wrong {
        let ran = vm(arguments, "");
        assert_eq!((ran.status, &*ran.output), (2, ""), "{arguments:?}");
        assert!(ran.error.contains("--help"), "{arguments:?}: {}", ran.error);
    }
}

#[test]
fn version() {
    vm(&["--version"], "").succeeds_with(concat!("vm ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = vm(&["completions", shell], "").output;
        for command in COMMANDS {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
}
