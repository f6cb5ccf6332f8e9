//! What each kind of instruction takes: a loop around copies of a few instructions, of which there
//! are a thousand in a run. So a microsecond of a figure is a nanosecond of one copy; `nop` is what
//! the loop takes, and its call.
//!
//! ```text
//!   main:   load i, 20
//!           instructions of `before`
//!   again:  50 copies of `copied`, in which @ is the number of the copy
//!           sub_imm i, i, 1
//!           jump_if_gt_imm i, 0, again
//!           instructions of `after`
//!           return the register `result`
//! ```
//!
//! What `before` finds in globals was made once, by `SHARED`; all kinds are in `table.rs`.

mod table;

use criterion::{Criterion, Throughput};
use std::fmt::Write;
use table::{KINDS, Kind, SHARED};
use vm_bytecode::VerifiedModule;
use vm_core::{Config, Vm};

/// Copies in a loop.
const COPIES: u64 = 50;
/// Turns of the loop.
const TURNS: u64 = 20;

/// The text of a kind.
fn text(kind: &Kind) -> String {
    let mut text = format!(
        "{SHARED}\n.func main()\n.local a, b, c, i, w0, w1, w2, w3\nload c, 0\nload w0, 0\nload w1, 0\n{}\n\
         load i, {TURNS}\nagain:\n",
        kind.before
    );
    for copy in 0..COPIES {
        writeln!(text, "{}", kind.copied.replace('@', &copy.to_string())).unwrap();
    }
    let (result, _) = kind.result;
    writeln!(
        text,
        "sub_imm i, i, 1\njump_if_gt_imm i, 0, again\n{}\nreturn {result}\n.end",
        kind.after
    )
    .unwrap();
    text
}

fn measure(criterion: &mut Criterion, kind: &Kind) {
    let module = vm_asm::assemble(&text(kind), kind.name).unwrap_or_else(|errors| {
        panic!("{}: {}", kind.name, errors[0]);
    });
    let module = VerifiedModule::new(module).unwrap_or_else(|errors| {
        panic!("{}: {}", kind.name, errors[0]);
    });
    let mut machine = Vm::new(Config::default()).unwrap();
    machine.load(module).unwrap();
    machine.define_functions_of_module().unwrap();
    let setup = machine.global("setup").unwrap();
    machine.call_handle(&setup, &[]).unwrap();
    let main = machine.global("main").unwrap();
    let check = |machine: &mut Vm| {
        let result = machine.call_handle(&main, &[]).unwrap();
        let (_, expected) = kind.result;
        assert_eq!(machine.text_of(&result).unwrap(), expected, "{}", kind.name);
    };
    check(&mut machine);
    let mut group = criterion.benchmark_group("kinds");
    group.throughput(Throughput::Elements(COPIES * TURNS));
    group.bench_function(kind.name, |bencher| {
        bencher.iter(|| machine.call_handle(&main, &[]).unwrap());
    });
    group.finish();
    check(&mut machine);
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for kind in &KINDS {
        measure(&mut criterion, kind);
    }
    criterion.final_summary();
}
