//! The programs in `fixtures`: `vm test` as a test of this package.

use std::path::PathBuf;

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    match vm_cli::test_runner::trials(&[PathBuf::from("../../fixtures")], false) {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit(),
        Err(error) => panic!("{error}"),
    }
}
