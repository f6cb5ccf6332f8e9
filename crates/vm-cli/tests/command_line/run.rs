//! `vm run`.

use crate::{DIVISION, HELLO, UNSET, vm, vm_bytes};

/// Prints what a method of a module returns.
fn print_call(module: &str, method: &str) -> String {
    format!(
        ".func main()\n    load_global r0, print\n    import r2, {module}\n    \
         call_method r1, 0, {method}\n    call r0, 1\n    return_none\n.end\n"
    )
}

/// Exits with a value.
fn exit(value: &str) -> String {
    format!(
        ".func main()\n    import r1, sys\n    load r2, {value}\n    call_method r0, 1, exit\n    \
         return_none\n.end\n"
    )
}

const ENDLESS: &str = ".func main()\nagain:\n    jump again\n.end\n";

const RECURSION: &str = "\
.func descend()
    load_global r0, descend
    call r0, 0
    return_none
.end
.func main()
    make_function r0, descend
    store_global r0, descend
    call r0, 0
    return_none
.end
";

/// Makes a list of a million items.
const LARGE_LIST: &str = "\
.func main()
    load_none r1
    make_list r0, r1, 1
    load r1, 1000000
    mul r0, r0, r1
    return_none
.end
";

#[test]
fn text_and_module_from_standard_input() {
    vm(&["run", "-"], HELLO).succeeds_with("hello\n");
    let (_, module, _) = vm_bytes(&["asm"], HELLO.as_bytes());
    let (status, output, _) = vm_bytes(&["run", "-"], &module);
    assert_eq!((status, &*output), (0, &b"hello\n"[..]));
}

#[test]
fn arguments_go_to_the_program() {
    let program = "\
.func main()
    load_global r0, print
    import r1, sys
    load_attr r1, r1, argv
    call r0, 1
    return_none
.end
";
    vm(&["run", "-"], program).succeeds_with("['-']\n");
    let ran = vm(&["run", "--gc", "on", "-", "a b", "--stats", "-h"], program);
    ran.succeeds_with("['-', 'a b', '--stats', '-h']\n");
}

#[test]
fn an_uncaught_exception_is_a_traceback_and_status_one() {
    let traceback = "\
Traceback (most recent call last):
  File \"<stdin>\", line 4, in main
ZeroDivisionError: division by zero
";
    vm(&["run", "-"], DIVISION).fails_with(1, traceback);
    vm(&["run", "--quiet", "-"], DIVISION).fails_with(1, "");
}

#[test]
fn the_status_of_an_exit_is_passed_on() {
    for (value, status) in [
        ("0", 0),
        ("None", 0),
        ("7", 7),
        ("255", 255),
        ("True", 1),
        ("-1", 255),
    ] {
        vm(&["run", "-"], &exit(value)).fails_with(status, "");
    }
    vm(&["run", "-"], &exit("\"gave up\"")).fails_with(1, "gave up\n");
    vm(&["run", "--quiet", "-"], &exit("\"gave up\"")).fails_with(1, "gave up\n");
}

#[test]
fn fuel_ends_a_run() {
    let message = "\
error: out of fuel: the instructions granted were used up
help: `--fuel N` grants more
";
    vm(&["run", "--fuel", "1000", "-"], ENDLESS).fails_with(1, message);
    vm(&["run", "--fuel", "1000", "--quiet", "-"], ENDLESS).fails_with(1, "");
    vm(&["run", "--fuel", "1000", "-"], HELLO).succeeds_with("hello\n");
}

#[test]
fn time_ends_a_run() {
    let ran = vm(&["run", "--timeout", "0.05", "-"], ENDLESS);
    assert_eq!(ran.status, 1);
    assert!(ran.error.starts_with("error: timed out"), "{}", ran.error);
}

#[test]
fn depth_and_heap_are_exceptions_of_the_program() {
    let ran = vm(&["run", "--max-depth", "50", "-"], RECURSION);
    assert_eq!(ran.status, 1);
    let message = "RecursionError: maximum recursion depth exceeded\n";
    assert!(ran.error.ends_with(message), "{}", ran.error);
    let ran = vm(&["run", "--max-heap", "4MiB", "-"], LARGE_LIST);
    assert_eq!(ran.status, 1);
    assert!(ran.error.ends_with("MemoryError\n"), "{}", ran.error);
    vm(&["run", "--max-heap", "64MiB", "-"], LARGE_LIST).succeeds_with("");
}

#[test]
fn a_machine_that_does_not_fit_is_a_usage_error() {
    let message = "error: the machine needs more memory than `--max-heap` grants\n";
    vm(&["run", "--max-heap", "1KiB", "-"], HELLO).fails_with(2, message);
}

#[test]
fn the_collector_is_set_up() {
    let enabled = print_call("gc", "isenabled");
    vm(&["run", "-"], &enabled).succeeds_with("True\n");
    vm(&["run", "--gc", "off", "-"], &enabled).succeeds_with("False\n");
    let thresholds = print_call("gc", "get_threshold");
    vm(&["run", "--gc-threshold", "300,7,5", "-"], &thresholds).succeeds_with("(300, 7, 5)\n");
    let flags = print_call("gc", "get_debug");
    vm(&["run", "--gc-debug", "uncollectable,saveall", "-"], &flags).succeeds_with("36\n");
    let ran = vm(
        &["run", "--gc-debug", "stats", "-"],
        &print_call("gc", "collect"),
    );
    assert_eq!(ran.output, "0\n");
    assert!(
        ran.error.starts_with("gc: collecting generation 2...\n"),
        "{}",
        ran.error
    );
}

/// A ring of an instance, a list, a tuple, a dict and a weak reference that nothing holds.
const RING: &str = "
.version 1
.class Node
.end
.func main()
    .local node, items, w0, w1
    load_const w0, ()
    make_class w0, w0, Node
    store_global w0, Node
    copy node, w0
    call node, 0
    make_list items, items, 0
    copy w0, items
    make_tuple w0, w0, 1
    list_append items, w0
    import w0, weakref
    load_attr w0, w0, ref
    copy w1, node
    call w0, 1
    list_append items, w0
    load w0, \"node\"
    copy w1, node
    make_dict w0, w0, 1
    list_append items, w0
    store_attr node, items, items
    unset w0
    unset node
    unset items
    import w1, gc
    call_method w0, 0, collect
    return_none
.end
";

// CPython 3.13 prints the same for the same objects, made in this order.
#[test]
fn debug_lines_are_those_of_cpython() {
    let debug = "stats,collectable,uncollectable";
    let ran = vm(&["run", "--gc", "off", "--gc-debug", debug, "-"], RING);
    assert_eq!((ran.status, &*ran.output), (0, ""));
    let first = |line: &str| {
        let line = line.split(" 0x").next().unwrap_or_default();
        line.split(", 0.0").next().unwrap_or_default().to_owned()
    };
    let lines: Vec<String> = ran.error.lines().map(first).collect();
    let collected = &lines[3..lines.len().min(9)];
    assert_eq!(lines[0], "gc: collecting generation 2...");
    assert!(
        lines[1].starts_with("gc: objects in each generation: "),
        "{}",
        lines[1]
    );
    assert_eq!(lines[2], "gc: objects in permanent generation: 0");
    assert_eq!(
        collected,
        [
            "gc: collectable <Node",
            "gc: collectable <list",
            "gc: collectable <tuple",
            "gc: collectable <weakref.ReferenceType",
            "gc: collectable <dict",
            "gc: done, 5 unreachable, 0 uncollectable",
        ]
    );
    assert!(ran.error.contains("s elapsed\n"));
}

#[test]
fn stress_modes_change_no_result() {
    for modes in [
        "safepoint",
        "verify",
        "retrace",
        "poison",
        "safepoint,verify,retrace,poison",
    ] {
        vm(&["run", "--stress", modes, "-"], RING).succeeds_with("");
        vm(&["run", "--stress", modes, "-"], HELLO).succeeds_with("hello\n");
    }
    let ran = vm(
        &["run", "--gc-debug", "stats", "--stress", "safepoint", "-"],
        RING,
    );
    assert!(ran.error.matches("gc: done").count() > 2, "{}", ran.error);
}

#[test]
fn counters_are_printed_behind_everything() {
    let ran = vm(&["run", "--stats", "-"], HELLO);
    assert_eq!((ran.status, &*ran.output), (0, "hello\n"));
    let lines: Vec<(&str, u64)> = ran
        .error
        .lines()
        .map(|line| line.split_once(':').expect("a colon"))
        .map(|(name, value)| (name, value.trim().parse().expect("a number")))
        .collect();
    // The four instructions of the program.
    assert_eq!(lines[0], ("instructions", 4));
    let names: Vec<&str> = lines.iter().map(|(name, _)| *name).collect();
    let expected = "instructions collections_0 collected_0 uncollectable_0 collections_1 collected_1 \
                    uncollectable_1 collections_2 collected_2 uncollectable_2 objects_made \
                    objects_alive heap_bytes peak_bytes calls allocated_bytes increments decrements \
                    elided cache_hits cache_misses candidates edges";
    assert_eq!(names, expected.split_whitespace().collect::<Vec<_>>());
    let widths = ran.error.lines().map(str::len);
    assert!(
        widths
            .clone()
            .all(|width| Some(width) == widths.clone().next())
    );
    assert_eq!(
        vm(&["run", "--stats", "-"], HELLO),
        ran,
        "two runs give the same numbers"
    );

    let ran = vm(&["run", "--stats", "-"], DIVISION);
    let behind = ran
        .error
        .split_once("division by zero\n")
        .expect("the traceback")
        .1;
    assert!(behind.starts_with("instructions: "));
}

#[test]
fn nothing_incorrect_runs() {
    let message = "\
error: `return` reads r0, which may be unset
 --> <stdin>:2:5
  |
2 |     return r0
  |     ^^^^^^^^^
  |
  = note: the rule `initialisation` is broken in function `main`, word 0
";
    vm(&["run", "-"], UNSET).fails_with(1, message);
}

#[test]
fn what_cannot_be_read_has_status_two() {
    let ran = vm(&["run", "no/such.vasm"], "");
    assert_eq!((ran.status, &*ran.output), (2, ""));
    assert!(
        ran.error.starts_with("error: cannot read `no/such.vasm`: "),
        "{}",
        ran.error
    );
    let (status, _, error) = vm_bytes(&["run", "-"], b"; caf\xe9");
    assert_eq!(status, 1);
    assert_eq!(
        error,
        "error: `<stdin>` is neither a module nor text: byte 5 is not UTF-8\n"
    );
}
