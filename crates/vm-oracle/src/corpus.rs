//! The corpus: traces of some seeds, made by CPython, for where there is none.
//!
//! A file has the seed in its name, `SEED-VERSION.trace`. Its first line is a checksum of the Python
//! program that was run: if the generator or the prelude changed since, the trace is of another
//! program, and the corpus is to be recorded anew.

use crate::cpython::Cpython;
use crate::generate::generate;
use crate::program::Program;
use crate::write::python;
use std::io;
use std::ops::Range;
use std::path::Path;

/// A trace that was read.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The program, generated again.
    pub program: Program,
    /// The version of the CPython that ran it.
    pub version: String,
    /// Whether the program is still the one that was run.
    pub current: bool,
    /// What CPython printed.
    pub trace: String,
}

/// Runs the seeds on CPython and writes what it printed to `directory`.
///
/// # Errors
///
/// CPython could not be run, or a file not written.
pub fn record(
    seeds: Range<u64>,
    cpython: &Cpython,
    version: &str,
    directory: &Path,
) -> io::Result<()> {
    std::fs::create_dir_all(directory)?;
    let sources: Vec<String> = seeds.clone().map(|seed| python(&generate(seed))).collect();
    let traces = cpython.run(&sources)?;
    for ((seed, source), trace) in seeds.zip(&sources).zip(traces) {
        let path = directory.join(format!("{seed:04}-{version}.trace"));
        std::fs::write(path, format!("{:016x}\n{trace}", checksum(source)))?;
    }
    Ok(())
}

/// All traces of a directory, in order.
///
/// # Errors
///
/// A file could not be read, or is not named as it should be.
pub fn read(directory: &Path) -> io::Result<Vec<Recorded>> {
    let mut paths = Vec::new();
    for entry in directory.read_dir()? {
        paths.push(entry?.path());
    }
    paths.sort();
    paths.iter().map(|path| read_file(path)).collect()
}

fn read_file(path: &Path) -> io::Result<Recorded> {
    let invalid = || io::Error::new(io::ErrorKind::InvalidData, path.display().to_string());
    let text = std::fs::read_to_string(path)?;
    let name = path.file_stem().and_then(|name| name.to_str());
    let (seed, version) = name
        .and_then(|name| name.split_once('-'))
        .ok_or_else(invalid)?;
    let (sum, trace) = text.split_once('\n').ok_or_else(invalid)?;
    let program = generate(seed.parse().map_err(|_| invalid())?);
    Ok(Recorded {
        current: sum == format!("{:016x}", checksum(&python(&program))),
        program,
        version: version.to_owned(),
        trace: trace.to_owned(),
    })
}

/// FNV-1a, of 64 bits.
fn checksum(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
