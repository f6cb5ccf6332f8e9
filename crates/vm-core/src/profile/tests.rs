//! Counts are where the programs' texts say, and nothing is counted twice or lost.

use super::*;
use crate::vm::Vm;
use crate::{Config, RunError};
use std::collections::BTreeMap;
use vm_bytecode::VerifiedModule;

/// Runs a program; returns its profile, all that was counted, and how it ended.
fn profiled(source: &str, recorder: Recorder) -> (Profile, Counts, Result<(), RunError>) {
    let module = vm_asm::assemble(source, "t.vasm").expect("the text is right");
    let module = VerifiedModule::new(module).expect("the code is right");
    let mut vm = Vm::new(Config::default()).expect("the heap has room");
    vm.record_profile(true);
    let counting = vm.counting.as_mut().expect("it counts");
    counting.profile = Some(Box::new(recorder));
    let result = vm.run(module).map(drop);
    let profile = vm.profile().expect("it was recorded");
    let counts = vm.statistics().counts;
    vm.record_profile(false);
    assert!(vm.profile().is_none());
    vm.finish();
    vm.verify().expect("the heap is consistent");
    (profile, counts, result)
}

fn sum<'a>(counts: impl Iterator<Item = &'a Counts>) -> Counts {
    let mut sum = Counts::default();
    counts.for_each(|each| sum += *each);
    sum
}

/// Calls and instructions by stack.
fn stacks(profile: &Profile) -> BTreeMap<String, (u64, u64)> {
    let named = profile.paths.iter().map(|path| {
        let mut names = Vec::new();
        let mut next = Some(path);
        while let Some(path) = next {
            names.push(profile.functions[path.function].name.as_str());
            next = path.caller.map(|caller| &profile.paths[caller]);
        }
        names.reverse();
        (names.join(";"), (path.calls, path.counts.instructions))
    });
    named.collect()
}

#[track_caller]
fn assert_stacks(profile: &Profile, expected: &[(&str, u64, u64)]) {
    let expected = expected
        .iter()
        .map(|&(stack, calls, instructions)| (stack.to_owned(), (calls, instructions)));
    assert_eq!(stacks(profile), expected.collect());
}

/// Sorts a list of three by a function, in which a list is made.
const CALLBACK: &str = r#"
.func key(value)
    make_list r1, r1, 0
    return value
.end
.func main()
    .local sorted, list, function
    load list, 3
    load r2, 1
    load r3, 2
    make_list list, list, 3
    make_function r2, key
    load_global sorted, sorted
    call_kw sorted, 2, ("key",)
    return_none
.end
"#;

#[test]
fn what_native_code_calls_is_below_it() {
    let (profile, counts, result) = profiled(CALLBACK, Recorder::default());
    result.expect("it runs");
    assert_stacks(
        &profile,
        &[
            ("main", 1, 8),
            ("main;sorted", 1, 0),
            ("main;sorted;key", 3, 6),
        ],
    );
    let native = &profile.functions[2];
    assert!(native.is_native && native.file.is_none());
    // The list in `main` and its function; the sorted one and what that takes; one in each call.
    let made = |function: usize| {
        let paths = profile.paths.iter();
        let paths = paths.filter(|path| path.function == function);
        paths.map(|path| path.counts.allocations).sum::<u64>()
    };
    assert_eq!((made(0), made(1)), (2, 3));
    assert!(made(2) >= 1);
    // The place of the call has what `sorted` made, and not what `key` did.
    let call = profile
        .places
        .iter()
        .find(|place| place.mnemonic == "call_kw");
    let call = call.expect("it was executed");
    assert_eq!((call.function, call.line), (0, 14));
    assert_eq!(call.counts.allocations, made(2));
    assert_eq!(
        sum(profile.places.iter().map(|place| &place.counts)),
        counts
    );
    assert_eq!(sum(profile.paths.iter().map(|path| &path.counts)), counts);
}

#[test]
fn a_function_that_raised_is_left() {
    // `thrower` is left without a `return`; what `main` calls then is called by `main`.
    let source = r#"
.func thrower()
    load r0, 0
    floordiv r0, r0, r0
    return r0
.end
.func quiet()
    return_none
.end
.func main()
    .local function, error
    .try begin end -> handler, error
    make_function function, thrower
begin:
    call function, 0
end:
    return_none
handler:
    make_function function, quiet
    call function, 0
    return_none
.end
"#;
    let (profile, _, result) = profiled(source, Recorder::default());
    result.expect("it runs");
    assert_stacks(
        &profile,
        &[("main", 1, 5), ("main;thrower", 1, 2), ("main;quiet", 1, 1)],
    );
}

/// A generator is resumed three times: for two values, and to its end.
const GENERATOR: &str = r#"
.func two() generator
    load_none r0
    yield r0, r0
    yield r0, r0
    return_none
.end
.func main()
    .local function, value
    make_function function, two
    call function, 0
again:
    for_iter value, function, done
    jump again
done:
    return_none
.end
"#;

#[test]
fn to_resume_a_generator_is_a_call() {
    let (profile, _, result) = profiled(GENERATOR, Recorder::default());
    result.expect("it runs");
    assert_stacks(&profile, &[("main", 1, 8), ("main;two", 3, 4)]);
}

#[track_caller]
fn assert_pairs(source: &str, expected: &[(&str, &str, u64, u64, u64)]) {
    let (profile, _, result) = profiled(source, Recorder::default());
    result.expect("it runs");
    let pairs = profile.pairs.iter();
    let mut pairs: Vec<_> = pairs
        .map(|pair| {
            let Pair {
                times,
                in_sequence,
                fused,
                ..
            } = *pair;
            (pair.first, pair.second, times, in_sequence, fused)
        })
        .collect();
    pairs.sort_unstable();
    assert_eq!(pairs, expected);
}

#[test]
fn pairs_are_in_sequence_if_nothing_was_jumped_over() {
    let source = r#"
.func main()
    .local i, end
    load i, 0
    load end, 3
again:
    add_imm i, i, 1
    jump_if_lt i, end, again
    return_none
.end
"#;
    // The table of instructions fuses `add_imm` with `jump_if_lt`.
    let expected = [
        ("add_imm", "jump_if_lt", 3, 3, 3),
        ("jump_if_lt", "add_imm", 2, 0, 0),
        ("jump_if_lt", "return_none", 1, 1, 0),
        ("load_int", "add_imm", 1, 1, 0),
        ("load_int", "load_int", 1, 1, 0),
    ];
    assert_pairs(source, &expected);
}

#[test]
fn the_parts_of_a_fused_instruction_are_told_apart() {
    let source = r#"
.func main()
    .local text
    load text, "text"
    load_global r1, len
    copy r2, text
    call r1, 1
    return_none
.end
"#;
    // All three from `load_global` on are one; `copy` and `call` would be, if something jumped there.
    let expected = [
        ("call", "return_none", 1, 1, 0),
        ("copy", "call", 1, 1, 1),
        ("load_const", "load_global", 1, 1, 0),
        ("load_global", "copy", 1, 1, 1),
    ];
    assert_pairs(source, &expected);
}

#[test]
fn beyond_the_limits_nothing_is_lost() {
    let (profile, counts, result) = profiled(CALLBACK, Recorder::with_limits(3, 2));
    result.expect("it runs");
    assert_eq!(profile.places.len(), 3);
    assert_eq!(profile.elsewhere.instructions, counts.instructions - 3);
    let places = profile.places.iter().map(|place| &place.counts);
    assert_eq!(sum(places.chain([&profile.elsewhere])), counts);
    // The third path begins at its function.
    assert_stacks(
        &profile,
        &[("main", 1, 8), ("main;sorted", 1, 0), ("key", 3, 6)],
    );
    assert_eq!(profile.cut_calls, 3);
    assert_eq!(sum(profile.paths.iter().map(|path| &path.counts)), counts);
}

#[test]
fn a_run_that_fails_has_a_profile() {
    let source = ".func main()\n    load r0, 0\n    truediv r0, r0, r0\n    return r0\n.end\n";
    let (profile, _, result) = profiled(source, Recorder::default());
    assert!(matches!(result, Err(RunError::Exception(_))));
    let executed = profile
        .places
        .iter()
        .map(|place| (place.line, place.mnemonic));
    assert_eq!(
        executed.collect::<Vec<_>>(),
        [(2, "load_int"), (3, "truediv")]
    );
}
