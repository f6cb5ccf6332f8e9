//! Two things about how the executable is linked, for a faster start and less memory
//! (`docs/decisions/0013-linking.md`).
//!
//! 1. The functions that programs run with stand beside each other. The system maps an executable's code in
//!    blocks of sixteen pages, as far as it is reached. What it takes to start, to assemble and to run a
//!    program is a seventh of this command's code, and was found in four fifths of its blocks.
//!    `link/order.txt` names these functions; `link/record` writes it.
//! 2. The unwinder is part of the executable, instead of a library that each process has to find and map.
//!
//! The names in the list contain hashes that the compiler makes, so the list is for the compiler that its
//! first line tells. With another one, another linker or another system, the command is linked as usual:
//! nothing else depends on it.

use std::env;
use std::path::Path;
use std::process::Command;

const ORDER: &str = "link/order.txt";
const UNWINDER: &str = "libgcc_eh.a";

fn main() {
    println!("cargo::rerun-if-changed={ORDER}");
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let usual_linker = variable("RUSTC_LINKER").is_empty()
        && !variable("CARGO_ENCODED_RUSTFLAGS").contains("link");
    if variable("PROFILE") != "release"
        || variable("TARGET") != "x86_64-unknown-linux-gnu"
        || !usual_linker
    {
        return;
    }
    let order = std::fs::read_to_string(ORDER).unwrap_or_default();
    let version = output_of(&variable("RUSTC"), "--version");
    if order.lines().next() != Some(&format!("# {version}")) {
        return;
    }
    let directory = variable("CARGO_MANIFEST_DIR");
    println!("cargo::rustc-link-arg-bins=-Wl,--symbol-ordering-file={directory}/{ORDER}");
    println!("cargo::rustc-link-arg-bins=-Wl,--no-warn-symbol-ordering");

    // The compiler that links prints the name alone if it has no such file.
    let unwinder = output_of("cc", &format!("-print-file-name={UNWINDER}"));
    if Path::new(&unwinder).is_absolute() {
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}

/// What a program prints, without the end of the line; nothing if it cannot be run.
fn output_of(program: &str, argument: &str) -> String {
    let output = Command::new(program).arg(argument).output();
    let printed = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&printed).trim_end().to_owned()
}
