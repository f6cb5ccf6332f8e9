//! Each limit ends a program or reaches it as an exception; the machine goes on.

use crate::{Machine, config};
use std::time::Duration;
use vm_core::{Config, Outcome, RunError};

/// Runs for ever, and would catch anything that can be caught.
const ENDLESS: &str = r#"
.version 1
.func main()
    .local exception
    .try again out -> again, exception
again: jump again
out: return_none
.end
"#;

/// Few instructions, each with much work.
const LABORIOUS: &str = r#"
.version 1
.func main()
    .local gc, w0, w1
    import gc, gc
again: copy w1, gc
    call_method w0, 0, collect
    jump again
.end
"#;

/// A class that is its own `__del__`: each instance that dies makes another one, and no instruction runs.
const OWN_FINALIZER: &str = r#"
.version 1
.class Own
.end
.func main()
    .local w0, w1
    load w0, ()
    make_class w0, w0, Own
    copy w1, w0
    store_attr w0, w1, __del__
    call w1, 0
    unset w1
again: jump again
.end
"#;

/// The last thing that it does lets an instance go, whose `__del__` runs for ever.
const ENDS_IN_A_FINALIZER: &str = r#"
.version 1
.class Endless
    .method __del__ Endless.__del__
.end
.func Endless.__del__(self)
again: jump again
.end
.func main()
    .local w0
    load w0, ()
    make_class w0, w0, Endless
    call w0, 0
    return_none
.end
"#;

/// Catches what each of its functions raises, prints the class, and goes on.
const GREEDY: &str = r#"
.version 1
.func main()
    .local exception, w0, w1
    .try one two -> caught_one, exception
    .try two end -> caught_two, exception
one: make_function w0, deep
    call w0, 0
two: make_function w0, double
    call w0, 0
end: return_none
caught_one:
    load_global w0, RecursionError
    match_exception w1, exception, w0
    load_global w0, print
    call w0, 1
    jump two
caught_two:
    load_global w0, MemoryError
    match_exception w1, exception, w0
    load_global w0, print
    call w0, 1
    return_none
.end
.func deep()
    .local w0
    make_function w0, deep
    call w0, 0
    return w0
.end
.func double()
    .local text
    load text, "grow"
again: add text, text, text
    jump again
.end
"#;

/// The run ends with the outcome, twice; then the machine is as good as new.
#[track_caller]
fn ends_with(config: Config, outcome: Outcome, before: impl Fn(&Machine)) {
    let mut machine = Machine::new(config);
    for _ in 0..2 {
        before(&machine);
        let (output, result) = machine.run(ENDLESS);
        assert_eq!(output, "");
        assert!(
            matches!(result, Err(RunError::Limit(found)) if found == outcome),
            "{result:?}"
        );
    }
    machine.check();
}

#[test]
fn fuel_ends_a_run() {
    ends_with(config(), Outcome::OutOfFuel, |_| ());
}

#[test]
fn wall_time_ends_a_run() {
    let config = Config {
        fuel_max: None,
        wall_time_max: Some(Duration::from_millis(30)),
        ..config()
    };
    ends_with(config, Outcome::TimedOut, |_| ());
}

/// The clock is looked at after instructions that take long, not only after many of them: the time
/// is over long before the fuel.
#[test]
fn wall_time_ends_a_run_of_few_instructions() {
    let config = Config {
        wall_time_max: Some(Duration::from_millis(1)),
        ..config()
    };
    let mut machine = Machine::new(config);
    let (_, result) = machine.run(LABORIOUS);
    assert!(
        matches!(result, Err(RunError::Limit(Outcome::TimedOut))),
        "{result:?}"
    );
    machine.vm.verify().expect("counts are right");
}

/// The program ends by its fuel, and leaves the machine in order.
fn runs_out_of_fuel(program: &str) {
    let mut machine = Machine::new(config());
    let (_, result) = machine.run(program);
    assert!(
        matches!(result, Err(RunError::Limit(Outcome::OutOfFuel))),
        "{result:?}"
    );
    machine.vm.verify().expect("counts are right");
}

#[test]
fn finalizers_that_run_no_instruction_end_at_the_limits() {
    runs_out_of_fuel(OWN_FINALIZER);
}

#[test]
fn a_run_that_returns_after_a_limit_in_a_finalizer_ends_by_that_limit() {
    runs_out_of_fuel(ENDS_IN_A_FINALIZER);
}

#[test]
fn another_thread_ends_a_run() {
    let config = Config {
        fuel_max: None,
        wall_time_max: None,
        ..config()
    };
    ends_with(config, Outcome::Cancelled, |machine| {
        let handle = machine.vm.cancel_handle();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(30));
            handle.cancel();
        });
    });
}

#[test]
fn a_program_catches_recursion_and_memory_errors() {
    let mut machine = Machine::new(config());
    for _ in 0..3 {
        let (output, result) = machine.run(GREEDY);
        result.expect("the program catches what happens");
        assert_eq!(output, "True\nTrue\n");
        machine.vm.verify().expect("counts are right");
    }
    machine.check();
}

#[test]
fn uncaught_limits_are_exceptions() {
    let mut machine = Machine::new(config());
    for (entry, class) in [("deep", "RecursionError"), ("double", "MemoryError")] {
        let text = GREEDY.replace(".version 1", &format!(".version 1\n.entry {entry}"));
        let (_, result) = machine.run(&text);
        let Err(RunError::Exception(report)) = result else {
            panic!("{result:?}");
        };
        assert_eq!(report.class, class);
    }
    machine.check();
}
