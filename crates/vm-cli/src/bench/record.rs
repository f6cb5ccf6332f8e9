//! The record: what `--save` writes and `--against` reads.
//!
//! ```json
//! {
//!   "format": "vm-bench",
//!   "version": 1,
//!   "machine": "0.1.0",
//!   "programs": [
//!     {
//!       "program": "fib.vasm",
//!       "arguments": ["32"],
//!       "counters": {"allocations": 16, "calls": 7049156, ...},
//!       "functions": [{"name": "fib", "counters": {"calls": 7049154, ...}}, ...],
//!       "seconds": [0.131, 0.129]
//!     }
//!   ]
//! }
//! ```
//!
//! Counters that a reader does not know are left alone, and those that the writer, another version of
//! the machine, did not know are not compared, aloud. The version of the file changes when a name
//! changes its meaning. A record without counters or times, or with times that are none, is refused.

use super::cost::Cost;
use super::program::{Program, plain};
use crate::context::Context;
use crate::failure::Failure;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fs::File;
use std::ops::RangeInclusive;
use std::path::Path;

/// What the file is.
const FORMAT: &str = "vm-bench";
/// Changes when the meaning of something in it does.
const VERSION: u32 = 1;
/// Bytes of the longest record that is read.
const MAX_BYTES: usize = 256 << 20;
/// The shortest and the longest time that is believed.
const SECONDS: RangeInclusive<f64> = 1e-12..=1e9;

/// The costs of some programs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    format: String,
    version: u32,
    /// The version of the machine that ran them.
    machine: String,
    pub(super) programs: Vec<Cost>,
}

/// What is read first: the rest may be of another version.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

impl Default for Record {
    fn default() -> Record {
        Record {
            format: FORMAT.to_owned(),
            version: VERSION,
            machine: env!("CARGO_PKG_VERSION").to_owned(),
            programs: Vec::new(),
        }
    }
}

impl Record {
    pub(super) fn read(context: &Context, path: &Path) -> Result<Record, Failure> {
        let name = path.display().to_string();
        let file = File::open(context.path(path));
        let bytes = file.and_then(|file| crate::console::read_at_most(file, MAX_BYTES));
        match bytes {
            Ok(Some(bytes)) => Record::from_json(&bytes, name),
            Ok(None) => Err(Failure::TooLong {
                name,
                limit: MAX_BYTES,
            }),
            Err(source) => Err(Failure::Read { name, source }),
        }
    }

    fn from_json(bytes: &[u8], name: String) -> Result<Record, Failure> {
        let wrong = |reason: String| Failure::Record {
            name: name.clone(),
            reason,
        };
        let head: Head = serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
        if head.format != FORMAT {
            return Err(wrong(format!("it is of the format `{}`", head.format)));
        }
        if head.version != VERSION {
            let version = head.version;
            return Err(wrong(format!(
                "it has version {version}; this command reads version {VERSION}"
            )));
        }
        let mut record: Record =
            serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
        for cost in &mut record.programs {
            cost.program = plain(Path::new(&cost.program)).display().to_string();
        }
        match record.fault() {
            Some(fault) => Err(wrong(fault)),
            None => Ok(record),
        }
    }

    /// What cannot be, with its place.
    fn fault(&self) -> Option<String> {
        for (index, cost) in self.programs.iter().enumerate() {
            let place = format!("programs[{index}]");
            let name = &cost.program;
            if self.programs[..index]
                .iter()
                .any(|other| other.program == *name)
            {
                return Some(format!("`{place}.program` is `{name}` again"));
            }
            if cost.counters.is_empty() {
                return Some(format!("`{place}.counters` is empty"));
            }
            if cost.seconds.is_empty() {
                return Some(format!("`{place}.seconds` is empty"));
            }
            let is_none = |(_, seconds): &(usize, &f64)| !SECONDS.contains(*seconds);
            if let Some((at, seconds)) = cost.seconds.iter().enumerate().find(is_none) {
                return Some(format!("`{place}.seconds[{at}]` is no time: {seconds:?}"));
            }
        }
        None
    }

    /// The former cost of a program.
    pub(super) fn find(&self, program: &str) -> Option<&Cost> {
        self.programs.iter().find(|cost| cost.program == program)
    }

    /// The costs of all programs but these.
    pub(super) fn without(&self, programs: &[Program]) -> impl Iterator<Item = &Cost> {
        let names: HashSet<String> = programs.iter().map(Program::name).collect();
        let costs = self.programs.iter();
        costs.filter(move |cost| !names.contains(&cost.program))
    }

    /// The version of the machine that wrote it, if it is another one.
    pub(super) fn other_machine(&self) -> Option<&str> {
        let version = &*self.machine;
        (version != env!("CARGO_PKG_VERSION")).then_some(version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::cost::FunctionCost;

    fn read(json: &str) -> Result<Record, String> {
        Record::from_json(json.as_bytes(), "r.json".to_owned()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_written_is_read_back() {
        let counters = [("calls".to_owned(), u64::MAX), ("x".to_owned(), 0)];
        let mut record = Record::default();
        record.programs.push(Cost {
            program: "a \"b\".vasm".to_owned(),
            arguments: vec!["1".to_owned()],
            counters: counters.clone().into(),
            functions: vec![FunctionCost {
                name: "f".to_owned(),
                counters: counters.into(),
            }],
            seconds: vec![0.125, 1e-9],
        });
        let json = serde_json::to_string(&record).unwrap();
        assert_eq!(read(&json), Ok(record));
    }

    /// A record of one program with these counters and times.
    fn of_one(program: &str, counters: &str, seconds: &str) -> String {
        format!(
            r#"{{"program": "{program}", "arguments": [], "counters": {counters}, "functions": [],
            "seconds": {seconds}}}"#
        )
    }

    fn of(programs: &[String]) -> String {
        let programs = programs.join(", ");
        format!(
            r#"{{"format": "vm-bench", "version": 1, "machine": "0", "programs": [{programs}]}}"#
        )
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_place() {
        let good = of_one("./p.vasm", r#"{"calls": 1}"#, "[0.5]");
        assert!(
            read(&of(std::slice::from_ref(&good)))
                .unwrap()
                .find("p.vasm")
                .is_some()
        );
        for (wrong, expected) in [
            (
                of_one("q", "{}", "[0.5]"),
                "`programs[1].counters` is empty",
            ),
            (
                of_one("q", r#"{"calls": 1}"#, "[]"),
                "`programs[1].seconds` is empty",
            ),
            (
                of_one("p.vasm", r#"{"calls": 1}"#, "[1]"),
                "`programs[1].program` is `p.vasm` again",
            ),
        ] {
            let error = read(&of(&[good.clone(), wrong])).unwrap_err();
            assert!(error.ends_with(expected), "{error}");
        }
        for (time, shown) in [("0", "0.0"), ("1e308", "1e308"), ("-1.5", "-1.5")] {
            let seconds = format!("[0.5, {time}]");
            let error = read(&of(&[of_one("q", r#"{"calls": 1}"#, &seconds)])).unwrap_err();
            let expected = format!("`programs[0].seconds[1]` is no time: {shown}");
            assert!(error.ends_with(&expected), "{error}");
        }
    }

    #[test]
    fn other_files_are_refused() {
        let other = r#"{"format": "vm-bench", "version": 2, "programs": "unlike version 1"}"#;
        let error = read(other).unwrap_err();
        assert!(error.contains("version 2"), "{error}");
        let other = r#"{"format": "heap", "version": 1}"#;
        assert!(read(other).unwrap_err().contains("`heap`"));
        for wrong in ["", "[]", "{", r#"{"format": "vm-bench", "version": 1}"#] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
