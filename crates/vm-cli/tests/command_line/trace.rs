//! `vm trace`: the golden files beside `fixtures/trace/rings.vasm`, and where output goes.

use crate::{HELLO, directory, vm};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use vm_cli::context::Context;

/// The formats, and how their golden files end.
const FORMATS: [(&str, &str); 2] = [("text", "log"), ("jsonl", "jsonl")];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/trace")
}

/// The trace of the fixture by a virtual clock, and what the program printed.
fn trace_rings(format: &str) -> (Vec<u8>, String) {
    let (context, captured) = Context::captured(b"");
    let arguments = [
        "vm",
        "trace",
        "--virtual-clock",
        "--format",
        format,
        "rings.vasm",
    ];
    let status = vm_cli::execute(arguments, context.in_directory(&fixtures()));
    assert_eq!(status, 0, "{}", captured.error_text());
    (captured.output(), captured.error_text())
}

/// The collections of the fixture, as JSON.
fn collections() -> (Vec<Value>, String) {
    let (trace, printed) = trace_rings("jsonl");
    let lines = trace
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty());
    let lines = lines.map(|line| serde_json::from_slice::<Value>(line).expect("JSON"));
    let collections = lines.filter(|line| line["event"] == "collection").collect();
    (collections, printed)
}

#[test]
fn traces_are_those_of_the_golden_files() {
    for (format, extension) in FORMATS {
        let (trace, _) = trace_rings(format);
        let golden = fixtures().join("rings").with_extension(extension);
        assert!(
            trace == fs::read(&golden).expect("a golden file"),
            "{} differs; CONTRIBUTING.md says how it is made",
            golden.display()
        );
    }
}

/// The program prints generation, candidates and what was found of its collections by request, and
/// its twin prints the same in CPython.
#[test]
fn collections_are_as_the_program_sees_them() {
    let (collections, printed) = collections();
    let of_reason = |reason: &'static str| {
        collections
            .iter()
            .filter(move |event| event["reason"] == reason)
    };
    let requested: Vec<String> = of_reason("manual")
        .skip(1)
        .map(|event| {
            let found = event["collected"].as_u64().expect("a number")
                + event["uncollectable"].as_u64().expect("a number");
            format!("{} {} {found}", event["generation"], event["candidates"])
        })
        .collect();
    let lines: Vec<&str> = printed.lines().collect();
    let (last, by_request) = lines.split_last().expect("lines");
    assert_eq!(requested, by_request);
    let sum = |events: &[&Value], field: &str| -> u64 {
        events
            .iter()
            .filter_map(|event| event[field].as_u64())
            .sum()
    };
    let by_threshold: Vec<&Value> = of_reason("threshold").collect();
    let all: Vec<&Value> = collections.iter().collect();
    assert_eq!(
        *last,
        format!(
            " {} {} {}",
            sum(&all, "weakref_callbacks"),
            sum(&all, "resurrected"),
            sum(&by_threshold, "collected")
        )
    );
}

#[test]
fn stages_follow_one_another_and_fill_the_collection() {
    let (collections, _) = collections();
    for event in collections {
        let stages = event["stage_ns"].as_object().expect("stages");
        assert_eq!(stages.len(), 12);
        let total: u64 = stages.values().filter_map(Value::as_u64).sum();
        let started = event["started_ns"].as_u64().expect("a number");
        assert_eq!(event["at_ns"].as_u64(), Some(started + total));
        let stop = event["stage_ns"]["stop"].as_u64().expect("a number");
        assert_eq!(event["duration_ns"].as_u64(), Some(total - stop));
    }
}

#[test]
fn the_program_prints_elsewhere_while_the_trace_goes_to_standard_output() {
    let ran = vm(&["trace", "-"], HELLO);
    assert_eq!((ran.status, &*ran.error), (0, "hello\n"));
    assert!(
        ran.output.contains("Pause Full (shutdown)"),
        "{}",
        ran.output
    );

    let file = directory("trace").join("t.log");
    let file = file.to_str().expect("text");
    let ran = vm(&["trace", "-o", file, "-"], HELLO);
    ran.succeeds_with("hello\n");
    assert!(fs::read_to_string(file).expect("a trace").contains("Pause"));
}

#[test]
fn the_exit_status_is_the_program_s() {
    let exit = ".func main()\n    import r1, sys\n    load r2, 7\n    call_method r0, 1, exit\n    return_none\n.end\n";
    let ran = vm(&["trace", "--format", "jsonl", "-"], exit);
    assert_eq!((ran.status, &*ran.error), (7, ""));
    let end: Value =
        serde_json::from_str(ran.output.lines().last().expect("a line")).expect("JSON");
    assert_eq!((&end["event"], &end["status"]), (&"end".into(), &7.into()));
}

#[test]
fn a_trace_that_cannot_be_written_is_told() {
    let ran = vm(&["trace", "-o", "/nowhere/t.log", "-"], HELLO);
    ran.fails_with(
        2,
        "error: cannot write `/nowhere/t.log`: No such file or directory (os error 2)\n",
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_does_not_end_the_program() {
    let ran = vm(&["trace", "-o", "/dev/full", "-"], HELLO);
    assert_eq!((ran.status, &*ran.output), (2, "hello\n"));
    assert_eq!(
        ran.error,
        "error: cannot write `/dev/full`: No space left on device (os error 28)\n"
    );
}

/// A limit that the program meets is in the trace, whatever becomes of the program.
#[test]
fn limits_are_traced() {
    let endless = ".func main()\nagain:\n    jump again\n.end\n";
    let ran = vm(&["trace", "--fuel", "1000", "-"], endless);
    assert_eq!(ran.status, 1);
    assert!(
        ran.output
            .contains("[warning][gc,limit] fuel 1000 was hit\n"),
        "{}",
        ran.output
    );
}
