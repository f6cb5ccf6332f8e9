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
//! Counters that a reader does not know are left alone, and those that a writer did not know are not
//! compared; the version changes when a name changes its meaning.

use super::cost::Cost;
use crate::context::Context;
use crate::failure::Failure;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::path::Path;

/// What the file is.
const FORMAT: &str = "vm-bench";
/// Changes when the meaning of something in it does.
const VERSION: u32 = 1;
/// Bytes of the longest record that is read.
const MAX_BYTES: usize = 256 << 20;

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
        serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))
    }

    pub(super) fn write(&self, context: &Context, path: &Path) -> Result<(), Failure> {
        let failed = |source| Failure::Write {
            name: path.display().to_string(),
            source,
        };
        let mut json = serde_json::to_vec_pretty(self).map_err(|error| failed(error.into()))?;
        json.push(b'\n');
        fs::write(context.path(path), json).map_err(failed)
    }

    /// The former cost of the same program.
    pub(super) fn find(&self, cost: &Cost) -> Option<&Cost> {
        self.programs
            .iter()
            .find(|former| former.program == cost.program)
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
