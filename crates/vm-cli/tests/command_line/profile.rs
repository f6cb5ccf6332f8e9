//! `vm profile`: counts worked out by hand, equal to those of `vm bench`, and stacks that a tool
//! for flame graphs reads.

use crate::{DIVISION, Ran, directory, vm};
use inferno::flamegraph::{self, Options};
use serde_json::Value;
use std::fs;
use vm_cli::context::Context;

/// `fact` calls itself, down to zero: five calls for 4. `main` makes a list of two in line 17.
const FACT: &str = "\
.func fact(n)
    .local left
    jump_if_gt_imm n, 0, more
    load n, 1
    return n
more:
    load_global left, fact
    sub_imm r2, n, 1
    call left, 1
    mul n, n, left
    return n
.end
.func main()
    .local w0, w1
    make_function w0, fact
    store_global w0, fact
    make_list w0, w1, 0
    load w0, 3
    load w1, 4
    make_list w0, w0, 2
    load_global w0, fact
    load w1, 4
    call w0, 1
    load_global r2, str
    copy r3, w0
    call r2, 1
    load_global r3, print
    move r4, r2
    call r3, 1
    return_none
.end
";

/// The rows of a profile in JSON, and what the program printed.
fn rows(arguments: &[&str], program: &str) -> (Vec<Value>, Ran) {
    let profile = ["profile", "--format", "jsonl"];
    let ran = vm(&[&profile[..], arguments, &["-"]].concat(), program);
    let lines = ran.output.lines();
    let rows = lines.map(|line| serde_json::from_str(line).expect("JSON"));
    (rows.collect(), ran)
}

#[track_caller]
fn find<'a>(rows: &'a [Value], key: &str, value: impl Into<Value>) -> &'a Value {
    let value = value.into();
    let found = rows.iter().find(|row| row[key] == value);
    found.unwrap_or_else(|| panic!("no {key} {value}"))
}

#[test]
fn counts_are_those_of_the_text() {
    let (rows, ran) = rows(&[], FACT);
    assert_eq!((ran.status, &*ran.error), (0, "24\n"));
    let fact = find(&rows, "function", "fact");
    // Four times six and once three; all of it below the outermost call.
    assert_eq!(fact["calls"], 5);
    assert_eq!(fact["self"]["instructions"], 27);
    assert_eq!(fact["total"]["instructions"], 27);
    let main = find(&rows, "function", "main");
    assert_eq!(main["self"]["instructions"], 16);
    assert_eq!(main["total"]["instructions"], 43);
    assert_eq!(main["self"]["calls"], 3);
    // A function and two lists; the text is made by `str`.
    assert_eq!(main["self"]["allocations"], 3);
    assert_eq!(main["total"]["allocations"], 4);
    let text = find(&rows, "function", "[str]");
    assert_eq!((&text["native"], &text["calls"]), (&true.into(), &1.into()));
    assert_eq!(text["self"]["allocations"], 1);
    assert_eq!(text["self"]["instructions"], 0);

    let counts = |line: u32| &find(&rows, "line", line)["counts"];
    assert_eq!(counts(3)["instructions"], 5);
    assert_eq!(counts(10)["instructions"], 4);
    // Each takes a reference to the global, and the last but one puts it in place of `n - 1`.
    assert_eq!(counts(7)["increments"], 4);
    assert_eq!(counts(20)["allocations"], 1);
    assert_eq!(counts(26)["allocations"], 1);
    assert_eq!(
        find(&rows, "instruction", "mul")["counts"]["instructions"],
        4
    );
    // Down through the calls, and back through the returns.
    let pair = |first: &str, second: &str| {
        let pair = find(&rows, "pair", vec![first, second]);
        (pair["times"].as_u64(), pair["in_sequence"].as_u64())
    };
    assert_eq!(pair("call", "jump_if_gt_imm"), (Some(5), Some(0)));
    assert_eq!(pair("return", "mul"), (Some(4), Some(0)));
    assert_eq!(pair("mul", "return"), (Some(4), Some(4)));
    let pairs = rows.iter().filter_map(|row| row["times"].as_u64());
    assert_eq!(pairs.sum::<u64>(), 43 - 1);
}

/// The program of the flame graphs and one with everything: generators, finalizers, callbacks.
fn larger_programs() -> [String; 2] {
    ["iteration", "finalizers"].map(|name| {
        let path = format!("{}/../../fixtures/{name}.vasm", env!("CARGO_MANIFEST_DIR"));
        fs::read_to_string(path).expect("a fixture")
    })
}

#[test]
fn every_table_and_the_stacks_add_up_to_what_the_run_cost() {
    let directory = directory("profile_sums");
    for program in larger_programs() {
        let (rows, ran) = rows(&[], &program);
        assert_eq!(ran.status, 0, "{}", ran.error);
        fs::write(directory.join("p.vasm"), &program).unwrap();
        let (context, captured) = Context::captured(b"");
        let bench = ["vm", "bench", "--rounds", "1", "--save", "r.json", "p.vasm"];
        let status = vm_cli::execute(bench, context.in_directory(&directory));
        assert_eq!(status, 0, "{}", captured.error_text());
        let record = fs::read_to_string(directory.join("r.json")).unwrap();
        let record: Value = serde_json::from_str(&record).unwrap();
        let cost = &record["programs"][0]["counters"];
        let counters = rows[0]["counts"].as_object().expect("counters");
        for (name, value) in counters {
            assert_eq!(&cost[name], value, "{name}");
            let sum = |key: &str, of: &str| -> u64 {
                let rows = rows.iter().filter(|row| !row[key].is_null());
                rows.filter_map(|row| row[of][name].as_u64()).sum()
            };
            assert_eq!(sum("calls", "self"), value.as_u64().unwrap(), "{name}");
            assert_eq!(sum("line", "counts"), value.as_u64().unwrap(), "{name}");
            assert_eq!(
                sum("instruction", "counts"),
                value.as_u64().unwrap(),
                "{name}"
            );
        }
        for (weight, name) in [
            ("instructions", "instructions"),
            ("allocations", "allocations"),
            ("bytes", "allocated_bytes"),
            ("misses", "cache_misses"),
        ] {
            let collapsed = ["profile", "--format", "collapsed", "--weight", weight, "-"];
            let stacks = vm(&collapsed, &program).output;
            let weights = stacks
                .lines()
                .map(|line| line.rsplit_once(' ').expect("a weight").1);
            let sum: u64 = weights.map(|weight| weight.parse::<u64>().unwrap()).sum();
            assert_eq!(sum, counters[name].as_u64().unwrap(), "{weight}");
        }
    }
}

#[test]
fn profiles_do_not_vary() {
    for program in larger_programs() {
        let first = vm(&["profile", "--top", "1000", "-"], &program);
        assert_eq!(first, vm(&["profile", "--top", "1000", "-"], &program));
    }
}

#[test]
fn stacks_are_of_the_format_that_flame_graphs_are_made_of() {
    let ran = vm(&["profile", "--format", "collapsed", "-"], FACT);
    let expected = "\
main 16
main;fact 6
main;fact;fact 6
main;fact;fact;fact 6
main;fact;fact;fact;fact 6
main;fact;fact;fact;fact;fact 3
";
    assert_eq!((&*ran.output, &*ran.error), (expected, "24\n"));
    let bytes = [
        "profile",
        "--format",
        "collapsed",
        "--weight",
        "allocations",
    ];
    let ran = vm(&[&bytes[..], &["-"]].concat(), FACT);
    assert_eq!(ran.output, "main 3\nmain;[str] 1\n");
}

#[test]
fn flame_graphs_are_made_of_stacks() {
    for program in larger_programs() {
        let stacks = vm(&["profile", "--format", "collapsed", "-"], &program).output;
        let sum: u64 = stacks
            .lines()
            .map(|line| line.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap())
            .sum();
        let mut options = Options::default();
        "instructions".clone_into(&mut options.count_name);
        let mut svg = Vec::new();
        flamegraph::from_lines(&mut options, stacks.lines(), &mut svg).expect("stacks");
        let svg = String::from_utf8(svg).expect("text");
        // The frame of all stacks, whose width is the sum; inferno writes digits in groups.
        let digits: String = svg.chars().filter(|&character| character != ',').collect();
        let all = format!("all ({sum} instructions 100%)");
        assert!(digits.contains(&all), "no `{all}`");
        assert!(svg.contains("<title>main ("), "no frame of `main`");
    }
}

#[test]
fn names_do_not_break_stacks() {
    let program = "\
.func \"a; b\"()
    return_none
.end
.func main()
    make_function r0, \"a; b\"
    call r0, 0
    return_none
.end
";
    let ran = vm(&["profile", "--format", "collapsed", "-"], program);
    ran.succeeds_with("main 3\nmain;a:_b 1\n");
}

#[test]
fn deep_stacks_are_cut() {
    // Sums, which stay short.
    let deep = FACT.replace("    load w1, 4\n    call", "    load w1, 3000\n    call");
    let deep = deep.replace("mul n, n, left", "add n, n, left");
    let collapsed = ["profile", "--format", "collapsed", "--max-depth", "5000"];
    let ran = vm(&[&collapsed[..], &["-"]].concat(), &deep);
    assert_eq!(ran.status, 0, "{}", ran.error);
    let deepest = ran.output.lines().map(|line| line.matches(';').count());
    assert_eq!(deepest.max(), Some(1024));
    let deeper = ran.output.lines().find_map(|line| {
        let (stack, weight) = line.rsplit_once(' ')?;
        stack.ends_with(";[deeper]").then_some(weight)
    });
    // 3001 calls; `main` and 1023 of them are written. The last one takes three instructions.
    assert_eq!(deeper, Some(&*(6 * (3000 - 1023) + 3).to_string()));
}

#[test]
fn tables_show_the_heaviest_rows_with_their_lines() {
    let ran = vm(&["profile", "--by", "line", "--top", "2", "-"], FACT);
    let expected = "\
-: 43 instructions, 7 calls, 4 allocations, ";
    assert!(ran.output.starts_with(expected), "{}", ran.output);
    let lines: Vec<&str> = ran.output.lines().skip(2).collect();
    let starts = |line: usize, start: &str| {
        let text = lines[line].split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.starts_with(start), "{text:?} is not {start:?}…");
    };
    assert_eq!(lines.len(), 4);
    starts(0, "line, by instructions share instructions");
    starts(1, "3 fact jump_if_gt_imm n, 0, more 11.6 % 5");
    starts(2, "7 fact load_global left, fact 9.3 % 4");
    // The other lines, of 8 in `fact` that run and 16 in `main`: 43 less 9.
    starts(3, "(22 more) 79.1 % 34");

    let by = [
        "profile",
        "--by",
        "function",
        "--weight",
        "allocations",
        "-",
    ];
    let ran = vm(&by, FACT);
    let names = ran.output.lines().skip(3);
    let names: Vec<&str> = names
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(names, ["main", "[str]", "fact", "[print]"]);
    assert!(!ran.output.contains("pair"), "{}", ran.output);
}

#[test]
fn a_program_that_fails_has_a_profile() {
    let ran = vm(&["profile", "--format", "collapsed", "-"], DIVISION);
    assert_eq!((ran.status, &*ran.output), (1, "main 3\n"));
    assert!(ran.error.contains("ZeroDivisionError"), "{}", ran.error);
    let endless = ".func main()\nagain: jump again\n.end\n";
    let limited = ["profile", "--fuel", "100", "--by", "instruction", "-"];
    let ran = vm(&limited, endless);
    assert_eq!(ran.status, 1);
    assert!(
        ran.output.contains("100.0 %           100"),
        "{}",
        ran.output
    );
}

#[test]
fn a_profile_goes_to_a_file() {
    let directory = directory("profile_file");
    let path = directory.join("stacks.txt");
    let name = path.to_str().unwrap();
    let arguments = ["profile", "--format", "collapsed", "-o", name, "-"];
    vm(&arguments, FACT).succeeds_with("24\n");
    let stacks = fs::read_to_string(&path).unwrap();
    assert!(stacks.starts_with("main 16\n"), "{stacks}");

    let nowhere = directory.join("none").join("stacks.txt");
    let arguments = ["profile", "-o", nowhere.to_str().unwrap(), "-"];
    let ran = vm(&arguments, FACT);
    assert_eq!((ran.status, &*ran.output), (2, ""));
    assert!(ran.error.contains("cannot write"), "{}", ran.error);
}
