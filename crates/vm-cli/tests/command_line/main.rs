//! The command line: what goes in, what comes out, and the exit status.

mod bench;
mod check;
mod debug;
mod heap;
mod help;
mod process;
mod profile;
mod run;
mod text;
mod trace;
mod vm_test;

use std::fs;
use std::path::PathBuf;
use vm_cli::context::Context;

/// What a command did.
#[derive(Debug, PartialEq, Eq)]
struct Ran {
    status: u8,
    output: String,
    error: String,
}

impl Ran {
    #[track_caller]
    fn succeeds_with(&self, output: &str) {
        assert_eq!((self.status, &*self.output, &*self.error), (0, output, ""));
    }

    #[track_caller]
    fn fails_with(&self, status: u8, error: &str) {
        assert_eq!(
            (self.status, &*self.output, &*self.error),
            (status, "", error)
        );
    }
}

/// A command in this process.
fn vm(arguments: &[&str], input: &str) -> Ran {
    let (status, output, error) = vm_bytes(arguments, input.as_bytes());
    Ran {
        status,
        output: String::from_utf8(output).expect("text"),
        error,
    }
}

/// The same for what is not text.
fn vm_bytes(arguments: &[&str], input: &[u8]) -> (u8, Vec<u8>, String) {
    let (context, captured) = Context::captured(input);
    let status = vm_cli::execute([&["vm"], arguments].concat(), context);
    (status, captured.output(), captured.error_text())
}

/// A new empty directory for one test.
fn directory(name: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("a directory for the test");
    directory
}

/// Prints one line.
const HELLO: &str = "\
.func main()
    load_global r0, print
    load r1, \"hello\"
    call r0, 1
    return_none
.end
";

/// Divides by zero in line 4.
const DIVISION: &str = "\
.func main()
    load r0, 1
    load r1, 0
    truediv r0, r0, r1
    return r0
.end
";

/// Reads a register that is not set, in line 2.
const UNSET: &str = "\
.func main()
    return r0
.end
";
