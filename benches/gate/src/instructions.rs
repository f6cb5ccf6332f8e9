//! Instructions of the processor, counted by callgrind, by way of gungraun.
//!
//! ```text
//!   gate ──► gate --output-format=json ──► gungraun-runner ──► valgrind gate --gungraun-run …
//!     ▲                                           │                one for each kernel
//!     └──────── a line of JSON for each ──────────┘
//! ```
//!
//! What is counted is [`kernel`] alone, with all that it calls. So that the counts are the same on
//! other processors of the same kind, the C library is told not to choose functions by what the
//! processor can do: it would copy memory with other instructions.

use crate::kernels::{Work, kernels};
use gungraun::Callgrind;
use gungraun::prelude::*;
use serde_json::Value;
use std::process::{Command, Stdio};
use thiserror::Error;

/// Asks gungraun for JSON, and this program to be gungraun's benchmark.
const AS_BENCHMARK: &str = "--output-format=json";
/// What gungraun calls the program that runs benchmarks.
const RUNNER: &str = "gungraun-runner";
/// What the C library must not use.
const PLAIN_PROCESSOR: &str = "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX2,-AVX,-BMI1,-BMI2,\
    -LZCNT,-MOVBE,-RTM,-ERMS,-FSRM,-SSE4_1,-SSE4_2,-SSSE3,-AVX_Fast_Unaligned_Load";

fn prepare(index: usize) -> Work {
    let kernel = kernels().nth(index).expect("an index of a kernel");
    kernel.prepare()
}

#[library_benchmark]
#[benches::number(iter = 0..kernels().count(), setup = prepare)]
fn kernel(mut work: Work) -> Work {
    work.run();
    work
}

library_benchmark_group!(name = all, benchmarks = [kernel]);

main!(
    config = LibraryBenchmarkConfig::default()
        .env("GLIBC_TUNABLES", PLAIN_PROCESSOR)
        .tool(Callgrind::with_args(["--cache-sim=no"])),
    library_benchmark_groups = all
);

/// Why there are no counts.
#[derive(Debug, Error)]
pub(crate) enum CountError {
    /// A tool cannot be started.
    #[error("{0} is not there")]
    NoTool(&'static str),
    /// This program cannot be started again.
    #[error("the benchmark cannot be started: {0}")]
    Start(#[from] std::io::Error),
    /// Gungraun failed; what it said is on standard error.
    #[error("the benchmark failed: {0}")]
    Failed(std::process::ExitStatus),
    /// Gungraun printed something else than expected.
    #[error("gungraun's output has no instruction count for kernel {0}")]
    NoCount(usize),
}

impl CountError {
    /// Whether a tool is missing.
    pub(crate) fn is_missing_tool(&self) -> bool {
        matches!(self, CountError::NoTool(_))
    }
}

/// Whether this process was started by gungraun, or to start it.
pub(crate) fn is_benchmark() -> bool {
    std::env::args()
        .skip(1)
        .any(|argument| argument == AS_BENCHMARK || argument == "--gungraun-run")
}

/// Hands over to gungraun.
pub(crate) fn benchmark() {
    main();
}

fn is_there(tool: &str) -> bool {
    let mut command = Command::new(tool);
    command
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok()
}

/// Counts the instructions of each kernel.
pub(crate) fn count() -> Result<Vec<u64>, CountError> {
    for tool in ["valgrind", RUNNER] {
        if !is_there(tool) {
            return Err(CountError::NoTool(tool));
        }
    }
    let mut benchmark = Command::new(std::env::current_exe()?);
    // Without `--bench`, gungraun takes it for a test, and runs nothing.
    benchmark
        .args([AS_BENCHMARK, "--parallel=auto", "--bench"])
        .stderr(Stdio::inherit());
    let output = benchmark.output()?;
    if !output.status.success() {
        return Err(CountError::Failed(output.status));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut counts = vec![None; kernels().count()];
    for line in text.lines() {
        if let Some((index, count)) = counted(line)
            && let Some(place) = counts.get_mut(index)
        {
            *place = Some(count);
        }
    }
    let counts = counts.into_iter().enumerate();
    counts
        .map(|(index, count)| count.ok_or(CountError::NoCount(index)))
        .collect()
}

/// The index of a kernel and its instructions, from a line of what gungraun prints.
fn counted(line: &str) -> Option<(usize, u64)> {
    let summary: Value = serde_json::from_str(line).ok()?;
    let (_, index) = summary.get("id")?.as_str()?.rsplit_once('_')?;
    let metrics = summary.pointer("/profiles/0/data/total/metrics")?;
    let count = metrics.pointer("/Ir/values/new")?.as_u64()?;
    Some((index.parse().ok()?, count))
}
