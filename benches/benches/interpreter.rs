//! The interpreter: programs of `programs/`, through the embedding interface.
//!
//! A program is loaded once, in a machine of its own, and its `main` is called again and again; each
//! call must print what CPython prints for the program's twin. Throughput is in instructions of the
//! machine.

use criterion::{Criterion, Throughput};
use vm_benches::program::{PROGRAMS, Program};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("interpreter");
    group.sample_size(20);
    for (name, argument, expected) in PROGRAMS {
        let mut program = Program::load(name, argument, expected).unwrap();
        program.run();
        let before = program.instructions();
        program.run();
        group.throughput(Throughput::Elements(program.instructions() - before));
        group.bench_function(format!("{name}_{argument}"), |bencher| {
            bencher.iter(|| program.run());
        });
    }
    group.finish();
    criterion.final_summary();
}
