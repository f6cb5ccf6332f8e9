//! The programs in `fixtures`: `vm test` as a test of this package.

use std::path::PathBuf;
use vm_cli::test_runner::{Settings, trials};

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    match trials(&[PathBuf::from("../../fixtures")], &Settings::default()) {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit(),
        Err(error) => panic!("{error}"),
    }
}
