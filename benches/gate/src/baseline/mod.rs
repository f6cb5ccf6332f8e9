//! The recorded baseline: what the kernels cost when somebody last said why.
//!
//! `baseline.json`, beside `Cargo.toml`:
//!
//! ```json
//! {
//!   "update": "cargo run --release -p vm-gate -- record --reason WHY",
//!   "conditions": {"rustc": "...", "valgrind": "...", "libc": "...", "target": "..."},
//!   "kernels": [
//!     {
//!       "kernel": "fib",
//!       "instructions": 9000000,
//!       "native_allocations": 12, "native_allocated_bytes": 800,
//!       "machine": {"allocations": 5, "calls": 21893, "instructions": 197000},
//!       "reason": "first recorded"
//!     }
//!   ]
//! }
//! ```
//!
//! - `instructions` are the processor's, under callgrind. They depend on what `conditions` names.
//! - `native_…` is what went through Rust's global allocator.
//! - `machine` has the machine's own counters, for kernels that are programs.
//! - `reason` says why the kernel's costs last changed.

mod compare;

pub(crate) use compare::Comparison;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use thiserror::Error;

/// The command that records.
pub(crate) const UPDATE: &str = "cargo run --release -p vm-gate -- record --reason WHY";

/// The machine's counters that are compared: those of which less is better.
pub(crate) const MACHINE_COUNTERS: [&str; 10] = [
    "instructions",
    "calls",
    "allocations",
    "allocated_bytes",
    "increments",
    "decrements",
    "cache_misses",
    "collections",
    "candidates",
    "edges",
];

/// Why a baseline cannot be read or written.
#[derive(Debug, Error)]
pub(crate) enum BaselineError {
    /// The file system's reason.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// It is no baseline.
    #[error("{}: {source}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: serde_json::Error,
    },
}

/// What instruction counts depend on besides the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Conditions {
    /// What `rustc --version` prints.
    pub(crate) rustc: String,
    /// What `valgrind --version` prints.
    pub(crate) valgrind: String,
    /// The C library and its version.
    pub(crate) libc: String,
    /// Processor and operating system.
    pub(crate) target: String,
}

impl Conditions {
    /// Those of here and now. What cannot be found out is "unknown".
    pub(crate) fn here() -> Conditions {
        Conditions {
            rustc: first_line("rustc", "--version"),
            valgrind: first_line("valgrind", "--version"),
            libc: first_line("getconf", "GNU_LIBC_VERSION"),
            target: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
        }
    }

    /// Names, with both values, of what differs.
    pub(crate) fn differences(&self, now: &Conditions) -> Vec<(&'static str, String, String)> {
        let pairs = [
            ("rustc", &self.rustc, &now.rustc),
            ("valgrind", &self.valgrind, &now.valgrind),
            ("libc", &self.libc, &now.libc),
            ("target", &self.target, &now.target),
        ];
        let different = pairs.into_iter().filter(|(_, then, now)| then != now);
        different
            .map(|(name, then, now)| (name, then.clone(), now.clone()))
            .collect()
    }
}

fn first_line(program: &str, argument: &str) -> String {
    let output = Command::new(program).arg(argument).output().ok();
    let text = output.and_then(|output| String::from_utf8(output.stdout).ok());
    let line = text.as_deref().and_then(|text| text.lines().next());
    line.unwrap_or("unknown").to_owned()
}

/// What one kernel costs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Costs {
    /// The kernel's name.
    pub(crate) kernel: String,
    /// Instructions of the processor, if they were counted.
    pub(crate) instructions: Option<u64>,
    /// Calls of the global allocator that get or enlarge memory.
    pub(crate) native_allocations: u64,
    /// Bytes that they asked for.
    pub(crate) native_allocated_bytes: u64,
    /// Counters of the machine, for a program.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) machine: BTreeMap<String, u64>,
    /// Why it last changed.
    #[serde(default)]
    pub(crate) reason: String,
}

impl Costs {
    /// Every counter by name, and whether it is an instruction count.
    fn counters(&self) -> impl Iterator<Item = (String, u64)> {
        let machine = self.machine.iter();
        self.instructions
            .map(|count| (INSTRUCTIONS.to_owned(), count))
            .into_iter()
            .chain([
                ("native_allocations".to_owned(), self.native_allocations),
                (
                    "native_allocated_bytes".to_owned(),
                    self.native_allocated_bytes,
                ),
            ])
            .chain(machine.map(|(name, &count)| (format!("machine {name}"), count)))
    }
}

/// The name of the counter that depends on the conditions.
const INSTRUCTIONS: &str = "instructions";

/// What all kernels cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Baseline {
    update: String,
    /// Under which the instructions were counted.
    pub(crate) conditions: Conditions,
    /// In the order of `kernels`.
    pub(crate) kernels: Vec<Costs>,
}

impl Baseline {
    /// Costs that were counted under these conditions.
    pub(crate) fn new(conditions: Conditions, kernels: Vec<Costs>) -> Baseline {
        let update = UPDATE.to_owned();
        Baseline {
            update,
            conditions,
            kernels,
        }
    }

    /// Where it is recorded.
    pub(crate) fn path() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("baseline.json")
    }

    /// Reads what is recorded.
    ///
    /// # Errors
    ///
    /// [`BaselineError`], with the path.
    pub(crate) fn read(path: &Path) -> Result<Baseline, BaselineError> {
        let text = std::fs::read_to_string(path).map_err(|source| BaselineError::File {
            path: path.to_owned(),
            source,
        })?;
        serde_json::from_str(&text).map_err(|source| BaselineError::Format {
            path: path.to_owned(),
            source,
        })
    }

    /// Writes it.
    ///
    /// # Errors
    ///
    /// [`BaselineError`], with the path.
    pub(crate) fn write(&self, path: &Path) -> Result<(), BaselineError> {
        let text = serde_json::to_string_pretty(self).map_err(|source| BaselineError::Format {
            path: path.to_owned(),
            source,
        })?;
        std::fs::write(path, text + "\n").map_err(|source| BaselineError::File {
            path: path.to_owned(),
            source,
        })
    }

    /// What is recorded of a kernel.
    pub(crate) fn find(&self, kernel: &str) -> Option<&Costs> {
        self.kernels.iter().find(|costs| costs.kernel == kernel)
    }

    /// The baseline after a change that has a reason: kernels whose costs changed by more than the
    /// limit get the new ones, and the reason. The others stay as they are, so that small changes
    /// add up until they are seen.
    pub(crate) fn updated(&self, now: Baseline, reason: &str) -> Baseline {
        let other_conditions = self.conditions != now.conditions;
        let kernels = now
            .kernels
            .into_iter()
            .map(|mut costs| match self.find(&costs.kernel) {
                Some(former) if !other_conditions && !compare::differ(former, &costs) => {
                    former.clone()
                }
                _ => {
                    reason.clone_into(&mut costs.reason);
                    costs
                }
            });
        Baseline::new(now.conditions, kernels.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::compare::tests::{baseline, costs};
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let path = std::env::temp_dir().join(format!("baseline-{}.json", std::process::id()));
        let written = baseline(vec![
            costs("fib", 100, 3, &[("calls", 7)]),
            costs("x", 5, 0, &[]),
        ]);
        written.write(&path).unwrap();
        let read = Baseline::read(&path);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(read.unwrap(), written);
        let missing = Baseline::read(&path).unwrap_err().to_string();
        assert!(missing.contains("baseline-"), "{missing}");
    }

    #[test]
    fn only_what_changed_gets_the_reason() {
        let before = baseline(vec![costs("a", 1000, 3, &[]), costs("b", 1000, 3, &[])]);
        let now = baseline(vec![
            costs("a", 1019, 3, &[]),
            costs("b", 900, 3, &[]),
            costs("c", 5, 0, &[]),
        ]);
        let updated = before.updated(now, "because");
        let reasons: Vec<_> = updated.kernels.iter().map(|each| &*each.reason).collect();
        assert_eq!(reasons, ["", "because", "because"]);
        let counts: Vec<_> = updated
            .kernels
            .iter()
            .map(|each| each.instructions)
            .collect();
        assert_eq!(counts, [Some(1000), Some(900), Some(5)]);
    }

    #[test]
    fn under_other_conditions_everything_is_recorded_anew() {
        let before = baseline(vec![costs("a", 1000, 3, &[])]);
        let mut now = baseline(vec![costs("a", 1001, 3, &[])]);
        now.conditions.rustc = "another".to_owned();
        let updated = before.updated(now.clone(), "another compiler");
        assert_eq!(updated.kernels[0].instructions, Some(1001));
        assert_eq!(updated.kernels[0].reason, "another compiler");
        let differences = before.conditions.differences(&now.conditions);
        assert_eq!(
            differences,
            [("rustc", "r".to_owned(), "another".to_owned())]
        );
    }
}
