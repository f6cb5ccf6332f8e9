//! `vm bench`: counters worked out by hand, records, and what changed.

use crate::{HELLO, Ran, directory, vm, vm_bytes};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
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

/// `vm bench` with one round.
fn bench_once(directory: &Path, arguments: &[&str]) -> Ran {
    vm_in(
        directory,
        &[&["bench", "--rounds", "1"], arguments].concat(),
    )
}

/// A directory with the same program twice: `p.vasm` and `q.vasm`.
fn two_programs(name: &str) -> PathBuf {
    let directory = directory(name);
    for name in ["p.vasm", "q.vasm"] {
        fs::write(directory.join(name), TWICE).unwrap();
    }
    directory
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
    // The function `main` that runs; what `twice` refers to when it is made: its module and two
    // names; the global `twice`, then what each turn loads. `print` is immortal.
    assert_eq!(number(table, "increments"), 1 + 3 + 1 + 10);
    // What `make_function` left in the register, when the first turn loads it again; the function
    // that each call returns from, `main` among them.
    assert_eq!(number(table, "decrements"), 1 + 10 + 1);
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

    assert!(!ran.output.contains("not run"), "{}", ran.output);
}

#[test]
fn what_is_not_in_the_record_fails() {
    let directory = two_programs("bench_not_recorded");
    let bench = |arguments: &[&str]| bench_once(&directory, arguments);
    assert_eq!(bench(&["--save", "r.json", "p.vasm"]).status, 0);
    let record = fs::read_to_string(directory.join("r.json")).unwrap();
    let ran = bench(&["--against", "r.json", "--save", "r.json", "q.vasm"]);
    let message = "\
error: `r.json` has no record of q.vasm
help: `vm bench --save FILE` with all programs writes a new record
note: the record stays as it was
";
    assert_eq!((ran.status, &*ran.error), (1, message));
    assert!(ran.output.contains("not in the record"), "{}", ran.output);
    let note = "\nrecorded, and not run: p.vasm\n";
    assert!(ran.output.ends_with(note), "{}", ran.output);
    assert_eq!(
        fs::read_to_string(directory.join("r.json")).unwrap(),
        record
    );

    // Other ways to say where a program is.
    assert_eq!(bench(&["--against", "r.json", "./p.vasm"]).status, 0);
    assert_eq!(
        bench(&["p.vasm", ".//p.vasm"]).error,
        "error: `p.vasm` is named twice\n"
    );

    // A counter that the record lacks; another version of the machine may not have had it.
    let lacking = record.replacen("\"calls\": 11,", "", 1);
    assert_ne!(lacking, record);
    fs::write(directory.join("r.json"), &lacking).unwrap();
    let ran = bench(&["--against", "r.json", "p.vasm"]);
    assert_eq!(ran.status, 1);
    let message = "error: `r.json` has no figure for p.vasm: calls\n";
    assert!(ran.error.starts_with(message), "{}", ran.error);
    let version = format!("\"machine\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let other = lacking.replace(&version, "\"machine\": \"0.0.9\"");
    fs::write(directory.join("r.json"), other).unwrap();
    let ran = bench(&["--against", "r.json", "p.vasm"]);
    assert_eq!((ran.status, &*ran.error), (0, ""));
    assert!(
        ran.output.contains("vm 0.0.9 did not count it"),
        "{}",
        ran.output
    );

    // A record of nothing.
    let empty = r#"{"format": "vm-bench", "version": 1, "machine": "0.1.0", "programs": []}"#;
    fs::write(directory.join("r.json"), empty).unwrap();
    assert_eq!(bench(&["--against", "r.json", "p.vasm"]).status, 1);
}

#[test]
fn a_record_that_is_replaced_keeps_what_was_not_run() {
    let directory = two_programs("bench_replaced");
    let bench = |arguments: &[&str]| bench_once(&directory, arguments);
    assert_eq!(bench(&["--save", "r.json", "p.vasm", "q.vasm"]).status, 0);
    let dearer = TWICE.replace("    add n, n, n\n", "    add n, n, n\n    add n, n, n\n");
    fs::write(directory.join("p.vasm"), dearer).unwrap();
    let replace = ["--against", "r.json", "--save", "./r.json", "p.vasm"];
    let instructions = |count: &str| {
        let record = fs::read_to_string(directory.join("r.json")).unwrap();
        let counter = format!("\"instructions\": {count},");
        assert_eq!(record.matches("\"program\": ").count(), 2);
        record.contains(&counter)
    };
    assert_eq!(bench(&replace).status, 1);
    assert!(!instructions("87"), "it grew");
    assert_eq!(
        bench(&[&["--fail-over", "20%"], &replace[..]].concat()).status,
        0
    );
    assert!(instructions("87") && instructions("77"));
}

#[test]
fn a_program_that_fails_is_told_and_the_others_are_saved() {
    let directory = directory("bench_failing");
    fs::write(directory.join("p.vasm"), TWICE).unwrap();
    fs::write(directory.join("bad.vasm"), crate::DIVISION).unwrap();
    let bench = |arguments: &[&str]| bench_once(&directory, arguments);
    let ran = bench(&["--save", "r.json", "bad.vasm", "p.vasm"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.error.starts_with("error: `bad.vasm` failed: "),
        "{}",
        ran.error
    );
    let note = "\nnote: what failed is not in what is saved\n";
    assert!(ran.error.ends_with(note), "{}", ran.error);
    assert!(ran.output.starts_with("p.vasm\n"), "{}", ran.output);
    assert_eq!(bench(&["--against", "r.json", "p.vasm"]).status, 0);
    let ran = bench(&["--save", "none.json", "bad.vasm"]);
    assert!(
        ran.error.ends_with("\nnote: nothing is saved\n"),
        "{}",
        ran.error
    );
    assert!(!directory.join("none.json").exists());

    // What can be known before is: nothing is measured.
    for (arguments, message) in [
        (
            ["--save", "no/r.json", "p.vasm", "bad.vasm"],
            "cannot write `no/r.json`: ",
        ),
        (
            ["--save", "s.json", "p.vasm", "none.vasm"],
            "cannot read `none.vasm`: ",
        ),
    ] {
        let ran = bench(&arguments);
        assert_eq!((ran.status, &*ran.output), (2, ""));
        assert!(
            ran.error.starts_with(&format!("error: {message}")),
            "{}",
            ran.error
        );
    }
    assert!(!directory.join("s.json").exists());
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

/// A directory with a program, and an interpreter that repeats its program and fails if that begins
/// with `fail`.
fn with_peer(name: &str) -> PathBuf {
    let directory = directory(name);
    let script = "\
#!/bin/sh
if [ \"$1\" = --version ]; then echo fake 1; exit; fi
read -r word < \"$1\"
if [ \"$word\" = fail ]; then echo why >&2; exit 3; fi
echo \"$word\"
";
    program(&directory.join("fake"), script);
    fs::write(directory.join("p.vasm"), TWICE).unwrap();
    fs::write(directory.join("p.rb"), "done\n").unwrap();
    directory
}

/// Writes a program of the system.
fn program(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// `vm bench --peers` where no interpreter is on the PATH and pyenv is in `pyenv`.
fn peers(directory: &Path, arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_vm"))
        .current_dir(directory)
        .env("PATH", directory)
        .env("PYENV_ROOT", directory.join("pyenv"))
        .args(["bench", "--peers", "--rounds", "2"])
        .args(arguments)
        .output()
        .unwrap();
    Ran {
        status: output.status.code().unwrap().try_into().unwrap(),
        output: String::from_utf8(output.stdout).unwrap(),
        error: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn peers_print_the_same_or_are_left_out() {
    let directory = with_peer("bench_peers");
    let document = "a\n<!-- peers: begin -->\n<!-- peers: end -->\n";
    fs::write(directory.join("doc.md"), document).unwrap();
    fs::write(directory.join("q.vasm"), TWICE).unwrap();
    fs::write(directory.join("q.rb"), "done\n").unwrap();
    let files = ["--csv", "f.csv", "--svg", "f.svg", "--splice", "doc.md"];
    let bench = || {
        let peer = ["--peer", "ruby fake=./fake"];
        peers(
            &directory,
            &[&peer[..], &files, &["p.vasm", "q.vasm"]].concat(),
        )
    };
    let read = |name: &str| fs::read_to_string(directory.join(name)).unwrap();
    let runs = |program: &str| {
        let run = format!("cpu_s,{program},,ruby fake,fake 1,");
        read("f.csv").matches(&run).count()
    };
    let ran = bench();
    assert_eq!(ran.status, 0, "{}", ran.error);
    assert!(read("doc.md").contains("| program | vm | ruby fake |"));
    assert!(
        ran.output
            .contains("| **geometric mean of 2** | **1.00** | **"),
        "{}",
        ran.output
    );
    assert!(ran.output.contains(", 2 rounds, on "));
    assert_eq!((runs("p"), runs("q")), (2, 2));
    // There is no Python, so ratios are to this machine.
    assert!(read("f.svg").contains("; vm is 1,") && read("f.svg").contains(">1.00</text>"));

    // One that prints something else, then one that fails: the rest is measured and written.
    for (text, reason) in [
        (
            "other",
            "`p.rb` printed \"other\" in line 1; its comments say \"done\"\n",
        ),
        ("fail", "./fake: exit status: 3: why\n"),
    ] {
        fs::write(directory.join("p.rb"), format!("{text}\n")).unwrap();
        let ran = bench();
        assert_eq!(ran.status, 1, "{}", ran.error);
        let message = format!("1/2 p, ruby fake: left out: {reason}");
        assert!(ran.error.contains(&message), "{}", ran.error);
        assert!(
            ran.output
                .contains("| **geometric mean of 1** | **1.00** | **"),
            "{}",
            ran.output
        );
        assert!(ran.output.contains("(1.00) | – |\n"), "{}", ran.output);
        assert_eq!((runs("p"), runs("q")), (0, 2));
    }
}

#[test]
fn peers_without_a_twin_are_in_no_table() {
    let directory = with_peer("bench_no_twin");
    let peer = ["--peer", "node fake=./fake", "--svg", "f.svg", "p.vasm"];
    let ran = peers(&directory, &peer);
    assert_eq!(ran.status, 0, "{}", ran.error);
    assert!(
        ran.error
            .contains("node fake: no program has a twin `.js`\n"),
        "{}",
        ran.error
    );
    assert!(ran.output.contains("| program | vm |\n"), "{}", ran.output);
    assert!(
        ran.output
            .contains("| **geometric mean of 1** | **1.00** |\n"),
        "{}",
        ran.output
    );
    assert!(!ran.output.contains("NaN"), "{}", ran.output);
}

#[test]
fn files_that_cannot_be_written_are_found_before_measuring() {
    let directory = with_peer("bench_peers_files");
    fs::write(directory.join("doc.md"), "no place for a table\n").unwrap();
    for (option, file, message) in [
        ("--csv", "no/f", "cannot write `no/f`: "),
        ("--svg", "no/f", "cannot write `no/f`: "),
        ("--splice", "no.md", "cannot read `no.md`: "),
        (
            "--splice",
            "doc.md",
            "`doc.md` has no line `<!-- peers: begin -->`",
        ),
    ] {
        let ran = peers(&directory, &[option, file, "p.vasm"]);
        assert_eq!((ran.status, &*ran.output), (2, ""), "{option}");
        assert!(
            ran.error.starts_with(&format!("error: {message}")),
            "{}",
            ran.error
        );
    }
    let ran = peers(&directory, &["--fuel", "3", "p.vasm"]);
    assert_eq!((ran.status, &*ran.output), (2, ""));
    assert!(ran.error.contains("cannot be used with"), "{}", ran.error);
}

#[test]
fn pythons_of_pyenv_are_found() {
    let directory = with_peer("bench_pyenv");
    fs::write(directory.join("p.py"), "print('done')\n").unwrap();
    let version = |path: &str, version: &str| {
        let echo = format!("#!/bin/sh\n[ \"$1\" = --version ] && echo {version} || echo done\n");
        program(&directory.join("pyenv").join(path), &echo);
    };
    version("versions/3.12.9/bin/python3.12", "Python 3.12.9");
    version("versions/3.12.10/bin/python3.12", "Python 3.12.10");
    version("versions/3.99.0/bin/python3.99", "Python 3.99.0");
    version("versions/3.10.1/bin/python3.10", "Python 3.10.1");
    // Somebody's environment.
    version("versions/mine/bin/python3.12", "Python 3.12.11");
    let ran = peers(&directory, &["p.vasm"]);
    assert_eq!(ran.status, 0, "{}", ran.error);
    let line = ran
        .output
        .lines()
        .find(|line| line.starts_with("- Versions: "));
    let versions = line.expect("versions");
    let newest = "python 3.12: Python 3.12.10; python 3.99: Python 3.99.0";
    assert!(versions.contains(newest), "{versions}");
    assert!(
        !versions.contains("3.10.1") && !versions.contains("3.12.11"),
        "{versions}"
    );
    let message = "python 3.14: `python3.14` does not start here; left out\n";
    assert!(ran.error.contains(message), "{}", ran.error);

    // The same version again.
    version("versions/3.13.0/bin/python3.13", "Python 3.12.10");
    let ran = peers(&directory, &["p.vasm"]);
    let message = "python 3.13: Python 3.12.10 is measured as python 3.12; left out\n";
    assert!(ran.error.contains(message), "{}", ran.error);
}

#[test]
fn other_interpreters_run_no_standard_input() {
    let ran = vm(&["bench", "--peers", "-"], HELLO);
    assert_eq!((ran.status, ran.output.as_str()), (2, ""));
    assert_eq!(
        ran.error,
        "error: other interpreters run the twins beside a program: standard input has none\n"
    );
}
