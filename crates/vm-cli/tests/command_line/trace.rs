//! `vm trace`: the golden files beside `fixtures/trace/rings.vasm`, and where output goes.

use crate::{HELLO, directory, vm};
use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;
use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use vm_cli::context::Context;

/// The formats, and how their golden files end.
const FORMATS: [(&str, &str); 7] = [
    ("text", "log"),
    ("jsonl", "jsonl"),
    ("chrome", "json"),
    ("perfetto", "pftrace"),
    ("html", "html"),
    ("openmetrics", "om"),
    ("hdr", "hlog"),
];

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

/// A nanosecond of a time in Chrome's microseconds.
fn nanoseconds(event: &Value) -> u64 {
    (event["ts"].as_f64().expect("a time") * 1000.0).round() as u64
}

#[test]
fn slices_of_chrome_s_format_nest() {
    let (trace, _) = trace_rings("chrome");
    let trace: Vec<Value> = serde_json::from_slice(&trace).expect("a JSON array");
    let (collections, _) = collections();
    let mut open: Vec<(&Value, u64)> = Vec::new();
    let mut closed = Vec::new();
    let mut last_ns = 0;
    for event in trace
        .iter()
        .filter(|event| event["ph"] == "B" || event["ph"] == "E")
    {
        let at_ns = nanoseconds(event);
        assert!(at_ns >= last_ns, "{event} goes back");
        last_ns = at_ns;
        if event["ph"] == "B" {
            let depth = if event["cat"] == "collection" { 0 } else { 1 };
            assert_eq!(open.len(), depth, "{event}");
            open.push((event, at_ns));
        } else {
            let (begun, begun_ns) = open.pop().expect("an end has a beginning");
            if open.is_empty() {
                closed.push((begun, begun_ns, at_ns));
            }
        }
    }
    assert!(open.is_empty());
    assert_eq!(closed.len(), collections.len());
    for ((slice, begun_ns, ended_ns), event) in closed.into_iter().zip(&collections) {
        assert_eq!(Some(begun_ns), event["started_ns"].as_u64());
        assert_eq!(Some(ended_ns), event["at_ns"].as_u64());
        for field in [
            "reason",
            "candidates",
            "collected",
            "resurrected",
            "freed_bytes",
        ] {
            assert_eq!(slice["args"][field], event[field], "{field}");
        }
    }
    let counted = |name: &str| trace.iter().filter(|event| event["name"] == name).count();
    for counter in ["tracked_objects", "outstanding_candidates"] {
        assert_eq!(counted(counter), 2 * collections.len(), "{counter}");
    }
}

#[test]
fn the_histogram_log_has_each_pause() {
    let (trace, _) = trace_rings("hdr");
    let (collections, _) = collections();
    let (mut deserializer, mut pauses) = (Deserializer::new(), Vec::new());
    for entry in IntervalLogIterator::new(&trace) {
        if let LogEntry::Interval(interval) = entry.expect("a line of a log") {
            let histogram = BASE64.decode(interval.encoded_histogram()).expect("base64");
            let histogram: Histogram<u64> = deserializer
                .deserialize(&mut &*histogram)
                .expect("a histogram");
            for step in histogram.iter_recorded() {
                let times = step.count_at_value() as usize;
                pauses.extend(std::iter::repeat_n(step.value_iterated_to(), times));
            }
        }
    }
    let mut expected: Vec<u64> = collections
        .iter()
        .filter_map(|event| event["duration_ns"].as_u64())
        .collect();
    expected.sort_unstable();
    assert_eq!(pauses.len(), expected.len());
    for (pause, expected) in pauses.into_iter().zip(expected) {
        assert!(
            pause.abs_diff(expected) <= expected / 1000,
            "{pause} for {expected}"
        );
    }
}

/// A name that a program makes up.
#[test]
fn a_type_s_name_is_no_markup() {
    let program = r#"
.func main()
    load_global r0, type
    load r1, "<script>alert(1)</script>"
    load r2, ()
    make_dict r3, r3, 0
    call r0, 3
    call r0, 0
    store_attr r0, r0, me
    return_none
.end
"#;
    let ran = vm(&["trace", "--format", "html", "-"], program);
    assert_eq!((ran.status, &*ran.error), (0, ""));
    assert!(
        ran.output.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
        "{}",
        ran.output
    );
    assert!(!ran.output.contains("<script>alert"));
    assert!(!ran.output.contains("://"), "nothing comes from elsewhere");
}

#[test]
fn a_binary_trace_does_not_go_to_a_terminal() {
    let (context, captured) = Context::captured(HELLO.as_bytes());
    let arguments = ["vm", "trace", "--format", "perfetto", "-"];
    assert_eq!(
        vm_cli::execute(arguments, context.with_output_to_terminal()),
        2
    );
    assert_eq!(
        captured.error_text(),
        "error: a binary trace is not written to a terminal\nhelp: name a file with `-o FILE`, or \
         redirect standard output\n"
    );
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
