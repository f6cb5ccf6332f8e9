//! Functions of the embedder's, called in ways the embedder did not think of.

use crate::{Machine, config};

/// Hands itself to the host function, which calls it back, which calls the host function.
const CIRCULAR: &str = r#"
.version 1
.func main()
    .local exception, w0, w1
    make_function w0, inner
    store_global w0, inner
    load_global w0, host
    load_global w1, inner
    call w0, 1
    load_global w0, host
    load_global w1, len
    .try from to -> caught, exception
from: call w0, 1
to: return_none
caught:
    load_global w0, print
    move w1, exception
    call w0, 1
    return_none
.end
.func inner()
    .local exception, w0, w1
    .try from to -> caught, exception
from: load_global w0, host
    load_global w1, inner
    call w0, 1
to: return_none
caught:
    load_global w0, print
    move w1, exception
    call w0, 1
    return_none
.end
"#;

/// It may change what it captured, so it cannot run twice at the same time; but again later.
#[test]
fn host_functions_are_not_entered_twice() {
    let mut machine = Machine::new(config());
    let mut calls = Vec::new();
    let host = move |vm: &mut vm_core::Vm, arguments: &[vm_core::Handle]| {
        calls.push(calls.len());
        vm.call_back(&arguments[0], &[])
    };
    machine.vm.register("host", host).expect("there is room");
    let (output, result) = machine.run(CIRCULAR);
    result.expect("the program catches what is raised");
    let expected = "host function is already running\n\
                    len() takes exactly one argument (0 given)\n";
    assert_eq!(output, expected);
    machine.check();
}

/// A machine that was moved to another thread is the same machine.
#[test]
fn machines_move_between_threads() {
    let mut machine = Machine::new(config());
    machine.check();
    let mut machine = std::thread::spawn(move || {
        machine.check();
        machine
    })
    .join()
    .expect("the other thread uses it");
    machine.check();
}
