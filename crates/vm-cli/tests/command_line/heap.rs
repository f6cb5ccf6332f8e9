//! `vm heap`: snapshots of `fixtures/heap/leak.vasm`, and what the command says.

use crate::{Ran, directory, vm};
use std::fs;
use std::path::{Path, PathBuf};
use vm_cli::context::Context;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/heap")
}

/// `vm heap` beside the fixture.
fn heap(arguments: &[&str]) -> Ran {
    let (context, captured) = Context::captured(b"");
    let arguments = [&["vm", "heap"], arguments].concat();
    let status = vm_cli::execute(arguments, context.in_directory(&fixtures()));
    Ran {
        status,
        output: captured.output_text(),
        error: captured.error_text(),
    }
}

/// What the program prints if nobody wants its snapshots.
const PRINTED: &str = "False 3\nFalse 8\n";

/// What a format contains is tested where it is written; `.ci/compare_heap.js` compares the numbers
/// with those of another program.
#[test]
fn a_snapshot_is_the_same_on_every_run() {
    let cases: [(&str, &[&str]); 4] = [
        ("{\"snapshot\":{\"meta\":{", &["--format", "heapsnapshot"]),
        (
            "{\"schema\":\"vm-heap\",\"version\":1,",
            &["--format", "jsonl"],
        ),
        (
            "digraph heap {\n",
            &["--format", "dot", "--type", "Request"],
        ),
        ("1", &["--format", "summary"]),
    ];
    for (beginning, arguments) in cases {
        let arguments = [&["leak.vasm"], arguments].concat();
        let ran = heap(&arguments);
        assert_eq!((ran.status, &*ran.error), (0, PRINTED), "{arguments:?}");
        assert!(ran.output.starts_with(beginning), "{arguments:?}");
        assert!(heap(&arguments) == ran, "{arguments:?}");
    }
}

#[test]
fn the_summary_counts_objects_and_garbage() {
    let ran = heap(&["leak.vasm"]);
    let mut lines = ran.output.lines();
    let first = lines.next().expect("a line");
    // Both requests and their texts.
    assert!(first.contains("; 4 objects of "), "{first}");
    assert!(first.ends_with(" are garbage"), "{first}");
    let of_type = |name: &str| -> Vec<u64> {
        let line = ran
            .output
            .lines()
            .find(|line| line.ends_with(&format!("  {name}")));
        let words = line.expect(name).split_whitespace();
        words.filter_map(|word| word.parse().ok()).collect()
    };
    let (requests, servers) = (of_type("Request"), of_type("Server"));
    assert_eq!((requests[0], servers[0]), (10, 1));
    assert!(servers[2] > servers[1], "a server retains what it answered");
}

#[test]
fn growth_is_named_with_new_objects() {
    let directory = directory("heap_diff");
    let paths = ["before", "after"].map(|name| {
        let path = directory.join(format!("{name}.jsonl"));
        let path = path.to_str().expect("a path").to_owned();
        let ran = heap(&["leak.vasm", "--format", "jsonl", "--at", name, "-o", &path]);
        assert_eq!(ran.status, 0, "{}", ran.error);
        let taken = ["True 3\nFalse 8\n", "False 3\nTrue 8\n"];
        assert_eq!(ran.output, taken[usize::from(name == "after")]);
        path
    });
    let ran = heap(&["diff", &paths[0], &paths[1]]);
    assert_eq!((ran.status, &*ran.error), (0, ""));
    let of_requests = ran.output.lines().find(|line| line.ends_with("  Request"));
    let words: Vec<&str> = of_requests.expect("a line").split_whitespace().collect();
    assert_eq!(words[0], "+5", "{}", ran.output);
    let way = ": module __main__ .server .answered [3]";
    assert!(ran.output.contains(way), "{}", ran.output);
    let same = heap(&["diff", &paths[0], &paths[0]]);
    assert!(
        same.output.contains("no type has more or fewer"),
        "{}",
        same.output
    );
}

#[test]
fn why_names_every_reference_on_the_way() {
    let ran = heap(&["why", "leak.vasm", "--type", "Server"]);
    assert_eq!((ran.status, &*ran.error), (0, PRINTED));
    for part in [
        "held by a root",
        "module __main__ -> module __main__ #",
        "    .server -> Server #",
    ] {
        assert!(ran.output.contains(part), "{part}: {}", ran.output);
    }
    assert!(!ran.output.contains("garbage"), "{}", ran.output);

    // The two that refer to each other have the longest texts.
    let ran = heap(&["why", "leak.vasm", "--type", "Request"]);
    for part in [
        "of 10 objects of type Request, the one that retains most:",
        "garbage: no root reaches it, only its own cycle keeps it",
        "in a cycle with 2 objects",
        "    .peer -> Request #",
    ] {
        assert!(ran.output.contains(part), "{part}: {}", ran.output);
    }
    let number = ran.output.split('#').nth(1).expect("a number");
    let number = number.split(':').next().expect("a number");
    let again = heap(&["why", "--object", number, "leak.vasm"]);
    assert!(
        ran.output.ends_with(&again.output),
        "the same number on every run"
    );
}

#[test]
fn a_limit_is_a_moment() {
    let program = ".func main()\n    load_global r0, list\n    call r0, 0\nagain:\n    \
                   list_append r0, r0\n    jump again\n.end\n";
    let ran = vm(
        &[
            "heap", "why", "-", "--at", "limit", "--fuel", "100", "--type", "list",
        ],
        program,
    );
    assert_eq!(ran.status, 1, "the program failed");
    assert!(ran.error.starts_with("error: out of fuel"), "{}", ran.error);
    assert!(
        ran.output.contains("frame main#0, register r0 -> list of"),
        "{}",
        ran.output
    );
    let ran = heap(&["leak.vasm", "--at", "limit"]);
    assert_eq!((ran.status, &*ran.output), (1, ""));
    assert!(
        ran.error.contains("error: the program reached no limit"),
        "{}",
        ran.error
    );
}

#[test]
fn what_cannot_be_shown_is_said() {
    for (arguments, status, error) in [
        (
            &["leak.vasm", "--at", "later"][..],
            1,
            "name `later`, but with `before`, `after`",
        ),
        (
            &["leak.vasm", "--format", "dot"],
            2,
            "an object is named by `--object ID` or `--type NAME`",
        ),
        (&["leak.vasm", "--object", "1"], 2, "an object is named by"),
        (&["why", "leak.vasm"], 2, "an object is named by"),
        (
            &["why", "leak.vasm", "--object", "999999999"],
            1,
            "there is no object #999999999",
        ),
        (
            &["why", "leak.vasm", "--type", "Nobody"],
            1,
            "there is no object of type `Nobody`",
        ),
        (
            &["diff", "leak.vasm", "after.jsonl"],
            1,
            "this is not a heap snapshot in JSON lines",
        ),
        (
            &["diff", "nowhere.jsonl", "after.jsonl"],
            2,
            "cannot read `nowhere.jsonl`",
        ),
        (&["nowhere.vasm"], 2, "cannot read `nowhere.vasm`"),
        (&[], 2, "required arguments were not provided"),
        (
            &["leak.vasm", "-o", "nowhere/x"],
            2,
            "cannot write `nowhere/x`",
        ),
    ] {
        let ran = heap(arguments);
        assert_eq!((ran.status, &*ran.output), (status, ""), "{arguments:?}");
        assert!(ran.error.contains(error), "{arguments:?}: {}", ran.error);
    }
}

#[test]
fn a_file_takes_the_snapshot_and_the_program_prints_as_ever() {
    let file = directory("heap").join("leak.jsonl");
    let path = file.to_str().expect("a path");
    let ran = heap(&["leak.vasm", "--format", "jsonl", "-o", path]);
    assert_eq!((ran.status, &*ran.output, &*ran.error), (0, PRINTED, ""));
    let written = fs::read_to_string(file).expect("written");
    assert!(written == heap(&["leak.vasm", "--format", "jsonl"]).output);
}

#[test]
fn what_follows_two_dashes_is_the_programs() {
    let program = ".func main()\n    load_global r0, print\n    import r1, sys\n    \
                   load_attr r1, r1, argv\n    call r0, 1\n    return_none\n.end\n";
    let ran = vm(
        &["heap", "-", "--format", "summary", "--", "--at", "x"],
        program,
    );
    assert_eq!((ran.status, &*ran.error), (0, "['-', '--at', 'x']\n"));
    assert!(ran.output.contains("are garbage"), "{}", ran.output);
}

#[test]
fn both_parts_have_help() {
    for part in ["diff", "why"] {
        let long = heap(&[part, "--help"]);
        assert!(long.output.contains("Examples:"), "{}", long.output);
        let short = heap(&[part, "-h"]);
        assert!(!short.output.contains("Examples:"), "{}", short.output);
    }
}

/// Words of the line of the table of places that ends with `place`.
fn of_place(output: &str, place: &str) -> Vec<u64> {
    let line = output.lines().find(|line| line.ends_with(place));
    let words = line.unwrap_or_else(|| panic!("{place}: {output}"));
    let words = words.split_whitespace().take(3);
    words.map(|word| word.parse().expect("a number")).collect()
}

/// What is expected here stands in the fixture, behind each line.
#[test]
fn sites_are_the_lines_that_allocate() {
    let ran = heap(&["--sites", "sites.vasm"]);
    assert_eq!((ran.status, &*ran.error), (0, "10\n"));
    let dicts = of_place(&ran.output, "  Node.__init__ (sites.vasm:15)");
    let lists = of_place(&ran.output, "  make_nodes (sites.vasm:23)");
    let nodes = of_place(&ran.output, "  make_nodes (sites.vasm:26)");
    assert_eq!((dicts[0], lists[0], nodes[0]), (10, 1, 10));
    // A node retains its dict, and the list all of them.
    assert_eq!(nodes[2], nodes[1] + dicts[1]);
    assert_eq!(lists[2], lists[1] + nodes[2]);
    assert!(!heap(&["sites.vasm"]).output.contains("allocated"));

    let ran = heap(&["why", "--sites", "--type", "Node", "sites.vasm"]);
    let allocated = "  allocated in make_nodes, line 26\n";
    assert!(ran.output.contains(allocated), "{}", ran.output);

    // Two instances by two lines of one function: each has its own.
    let ran = heap(&["--sites", "leak.vasm"]);
    let text = fs::read_to_string(fixtures().join("leak.vasm")).expect("the fixture");
    let (before, _) = text.split_once("call w1, 1\n").expect("Request(101)");
    let line = before.lines().count();
    let second = of_place(&ran.output, &format!("  main (leak.vasm:{line})"));
    assert_eq!(second[0], 1);
}

#[test]
fn sites_are_in_files_and_numbers_stay_the_same() {
    let sites = heap(&["--sites", "--format", "jsonl", "sites.vasm"]).output;
    let plain = heap(&["--format", "jsonl", "sites.vasm"]).output;
    let node = sites
        .lines()
        .find(|line| line.contains("\"type\":\"Node\""));
    let site = ",\"site\":{\"function\":\"make_nodes\",\"line\":26}";
    let without = node.expect("a node").replace(site, "");
    assert_ne!(node, Some(&*without));
    assert!(plain.lines().any(|line| line == without));
    assert!(!plain.contains("\"site\""));
}

#[test]
fn a_profile_is_binary_and_the_same_on_every_run() {
    let directory = directory("heap_pprof");
    let profiles = ["a", "b"].map(|name| {
        let path = directory.join(name);
        let path = path.to_str().expect("a path");
        let ran = heap(&["sites.vasm", "--format", "pprof", "-o", path]);
        assert_eq!((ran.status, &*ran.output), (0, "10\n"), "{}", ran.error);
        fs::read(path).expect("written")
    });
    assert_eq!(profiles[0][..2], [0x1f, 0x8b], "gzip");
    assert_eq!(profiles[0], profiles[1]);
}
