//! `vm bench`: counters worked out by hand, records, and what changed.

use crate::{Ran, directory, vm_bytes};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use vm_cli::context::Context;

/// Calls `twice` ten times.
const TWICE: &str = "\
; BENCH-EXPECT: done
.func twice(n)
    add n, n, n
    return n
.end

.func main()
    .local i, w0, w1
    make_function w0, twice
    store_global w0, twice
    load i, 10
again:
    load_global w0, twice
    copy w1, i
    call w0, 1
    sub_imm i, i, 1
    jump_if_gt_imm i, 0, again
    load_global w0, print
    load w1, \"done\"
    call w0, 1
    return_none
.end
";

/// A command in a directory.
fn vm_in(directory: &Path, arguments: &[&str]) -> Ran {
    let (context, captured) = Context::captured(b"");
    let status = vm_cli::execute(
        [&["vm"], arguments].concat(),
        context.in_directory(directory),
    );
    let (output, error) = (captured.output_text(), captured.error_text());
    Ran {
        status,
        output,
        error,
    }
}

/// The first number behind a name in a table.
#[track_caller]
fn number(table: &str, name: &str) -> u64 {
    let mut lines = table.lines().map(str::trim_start);
    let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let word = line.and_then(|line| line.split_whitespace().next());
    let digits = word.map(|word| word.replace(',', ""));
    let number = digits.and_then(|digits| digits.parse().ok());
    number.unwrap_or_else(|| panic!("no {name} in {table}"))
}

#[test]
fn counters_are_those_of_the_program() {
    let directory = directory("bench_counters");
    fs::write(directory.join("p.vasm"), TWICE).unwrap();
    let ran = vm_in(&directory, &["bench", "--rounds", "1", "p.vasm"]);
    assert_eq!((ran.status, &*ran.error), (0, ""));
    let table = &ran.output;
    // Three before the loop, five in it, four behind it; two in each call.
    assert_eq!(number(table, "instructions"), 3 + 50 + 4 + 20);
    assert_eq!(number(table, "main"), 57);
    assert_eq!(number(table, "twice"), 20);
    assert_eq!(number(table, "calls"), 11);
    // The global `twice`, then what each turn loads, then `print`.
    assert_eq!(number(table, "increments"), 1 + 10 + 1);
    // What `make_function` left in the register, when the first turn loads it again.
    assert_eq!(number(table, "decrements"), 1);
    assert_eq!(number(table, "cache_misses"), 0);
    assert_eq!(number(table, "edges"), 0);
}

#[test]
fn a_record_of_the_same_program_shows_no_change() {
    let directory = directory("bench_same");
    fs::write(directory.join("p.vasm"), TWICE).unwrap();
    let ran = vm_in(
        &directory,
        &["bench", "--rounds", "1", "--save", "r.json", "p.vasm"],
    );
    assert_eq!((ran.status, &*ran.error), (0, ""));
    let json = fs::read_to_string(directory.join("r.json")).unwrap();
    assert!(json.contains("\"instructions\": 77"), "{json}");
    let against = ["bench", "--rounds", "1", "--against", "r.json"];
    let limited = [&against[..], &["--fail-over", "0%", "p.vasm"]].concat();
    let ran = vm_in(&directory, &limited);
    assert_eq!((ran.status, &*ran.error), (0, ""));
    assert!(ran.output.contains("no counter changed"), "{}", ran.output);

    fs::write(directory.join("q.vasm"), TWICE).unwrap();
    let ran = vm_in(&directory, &[&against[..], &["q.vasm"]].concat());
    assert_eq!((ran.status, &*ran.error), (0, ""));
    assert!(ran.output.contains("not in the record"), "{}", ran.output);
}

#[test]
fn a_dearer_program_fails_and_names_the_function() {
    let directory = directory("bench_dearer");
    let path = directory.join("p.vasm");
    fs::write(&path, TWICE).unwrap();
    vm_in(
        &directory,
        &["bench", "--rounds", "1", "--save", "r.json", "p.vasm"],
    );
    let dearer = TWICE.replace("    add n, n, n\n", "    add n, n, n\n    add n, n, n\n");
    fs::write(&path, dearer).unwrap();
    let bench = |limit: &str| {
        let arguments = ["bench", "--rounds", "1", "--against", "r.json"];
        let limit = ["--fail-over", limit, "p.vasm"];
        vm_in(&directory, &[&arguments[..], &limit].concat())
    };
    let ran = bench("1%");
    assert_eq!(ran.status, 1);
    assert_eq!(
        ran.error,
        "error: more than 1 % more: p.vasm: instructions\n"
    );
    let lines: Vec<&str> = ran.output.lines().map(str::trim).collect();
    let words = |index: usize| lines[index].split_whitespace().collect::<Vec<_>>();
    // 10 of 77 more; all of them in `twice`, which had 20.
    let expected = ["instructions", "77", "87", "+12.99", "%", "over", "1", "%"];
    assert_eq!(words(1), expected);
    assert_eq!(words(2), ["twice", "20", "30", "+50.00", "%"]);
    // The instruction itself takes a word.
    assert_eq!(words(3)[0], "peak_bytes");
    assert_eq!(words(4)[0], "time,", "nothing else changed: {}", ran.output);
    assert_eq!(bench("13%").status, 0);
}

#[test]
fn what_is_no_record_is_refused() {
    let directory = directory("bench_record");
    fs::write(directory.join("p.vasm"), TWICE).unwrap();
    let later = r#"{"format": "vm-bench", "version": 2, "machine": "9", "programs": []}"#;
    fs::write(directory.join("r.json"), later).unwrap();
    let ran = vm_in(&directory, &["bench", "--against", "r.json", "p.vasm"]);
    assert_eq!((ran.status, &*ran.output), (2, ""));
    let message = "it has version 2; this command reads version 1";
    assert!(ran.error.contains(message), "{}", ran.error);
    assert_eq!(
        vm_in(&directory, &["bench", "--against", "no.json", "p.vasm"]).status,
        2
    );
    fs::write(
        directory.join("p.vasm"),
        TWICE.replace("BENCH-EXPECT", "BENCH"),
    )
    .unwrap();
    vm_in(
        &directory,
        &["bench", "--rounds", "1", "--save", "r.json", "p.vasm"],
    );
    fs::write(directory.join("p.vasm"), TWICE).unwrap();
    let ran = vm_in(
        &directory,
        &["bench", "--rounds", "1", "--against", "r.json", "p.vasm"],
    );
    assert_eq!(ran.status, 2);
    assert!(
        ran.error.contains("with the arguments `done`"),
        "{}",
        ran.error
    );
}

#[test]
fn wrong_results_are_no_figures() {
    let directory = directory("bench_wrong");
    fs::write(
        directory.join("p.vasm"),
        TWICE.replace("EXPECT: done", "EXPECT: 5"),
    )
    .unwrap();
    let ran = vm_in(&directory, &["bench", "p.vasm"]);
    assert_eq!((ran.status, &*ran.output), (1, ""));
    assert_eq!(
        ran.error,
        "error: `p.vasm` printed \"done\" in line 1; its comments say \"5\"\n"
    );
    let (status, _, error) = vm_bytes(&["bench", "-"], crate::DIVISION.as_bytes());
    assert_eq!(status, 1);
    assert!(error.contains("division by zero"), "{error}");
}

#[test]
fn what_prints_without_end_is_ended() {
    for stream in ["stdout", "stderr"] {
        // It goes on after an error, too.
        let spam = format!(
            "\
.func main()
    .local stream, text, error
    import r4, sys
    load_attr stream, r4, {stream}
    load text, \"x\"
    load r4, 1048576
    mul text, text, r4
    .try again caught -> caught, error
again:
    copy r5, stream
    copy r6, text
    call_method r4, 1, write
    jump again
caught:
    jump again
.end
"
        );
        let (status, output, error) = vm_bytes(&["bench", "-"], spam.as_bytes());
        assert_eq!((status, &*output), (1, &b""[..]), "{error}");
        assert!(
            error.starts_with("error: `-` printed more than 64 MiB\nhelp: "),
            "{error}"
        );
    }
}

#[test]
fn what_prints_something_else_each_time_is_told() {
    let clock = "\
.func main()
    import r4, time
    load_global r0, print
    call_method r3, 0, perf_counter_ns
    copy r1, r3
    call r0, 1
    return_none
.end
";
    let (status, output, error) = vm_bytes(&["bench", "-"], clock.as_bytes());
    assert_eq!((status, &*output), (1, &b""[..]));
    assert!(
        error.contains("in line 1; its first run printed \""),
        "{error}"
    );
    assert!(
        error.contains("help: what prints something else each time"),
        "{error}"
    );
}

/// A peer that prints its program.
#[test]
fn peers_print_the_same_or_fail() {
    let directory = directory("bench_peers");
    let fake = directory.join("fake");
    let script = "#!/bin/sh\nif [ \"$1\" = --version ]; then echo fake 1; else cat \"$1\"; fi\n";
    fs::write(&fake, script).unwrap();
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(directory.join("p.vasm"), TWICE).unwrap();
    fs::write(directory.join("p.rb"), "done\n").unwrap();
    fs::write(
        directory.join("doc.md"),
        "a\n<!-- peers: begin -->\n<!-- peers: end -->\n",
    )
    .unwrap();
    let bench = || {
        let output = Command::new(env!("CARGO_BIN_EXE_vm"))
            .current_dir(&directory)
            .args([
                "bench",
                "--peers",
                "--rounds",
                "2",
                "--peer",
                "ruby fake=./fake",
            ])
            .args([
                "--csv", "f.csv", "--svg", "f.svg", "--splice", "doc.md", "p.vasm",
            ])
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), error)
    };
    let (status, error) = bench();
    assert_eq!(status, Some(0), "{error}");
    let read = |name: &str| fs::read_to_string(directory.join(name)).unwrap();
    assert!(read("doc.md").contains("| program | vm | ruby fake |"));
    assert_eq!(
        read("f.csv").matches("cpu_s,p,,ruby fake,fake 1,").count(),
        2
    );
    assert!(read("f.svg").starts_with("<svg"));
    fs::write(directory.join("p.rb"), "other\n").unwrap();
    let (status, error) = bench();
    assert_eq!(status, Some(1), "{error}");
    assert!(error.contains("\"other\""), "{error}");
}
