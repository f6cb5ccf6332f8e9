//! Native code within native code to the limit, on a thread whose stack is smaller than what that takes.

use std::io::Read;
use std::path::Path;
use std::thread;
use vm_bytecode::VerifiedModule;
use vm_core::{Config, Vm};

/// The stack of the thread: far less than a thousand levels take, in any build.
const STACK_BYTES: usize = 512 << 10;

#[test]
fn native_code_nests_to_its_limit_on_a_small_stack() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/native_nesting.vasm");
    let text = std::fs::read_to_string(path).expect("the fixture is there");
    let module = vm_asm::assemble(&text, "native_nesting.vasm").expect("it is a program");
    let module = VerifiedModule::new(module).expect("it is valid");
    let (mut reader, writer) = std::io::pipe().expect("there are pipes");
    let run = move || {
        let mut vm = Vm::new(Config::default()).expect("there is memory for a machine");
        vm.set_output(writer, std::io::sink());
        vm.run(module).expect("it catches what it raises");
        vm.finish();
    };
    let thread = thread::Builder::new().stack_size(STACK_BYTES);
    let thread = thread.spawn(run).expect("a thread starts");
    thread.join().expect("it does not panic");
    let mut output = String::new();
    reader.read_to_string(&mut output).expect("it is text");
    assert_eq!(output.lines().count(), 6, "{output}");
}
