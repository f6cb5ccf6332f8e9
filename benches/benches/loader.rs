//! From the bytes of a module to a machine that can run it: decoding, verifying, linking; writing
//! the bytes; making a machine.
//!
//! Throughput is in bytes of the module's binary form, in each step.

use criterion::{BatchSize, Criterion, Throughput};
use vm_bytecode::{Module, VerifiedModule, verify};
use vm_core::{Config, Vm};
use vm_measure::text::with_functions;

/// Functions of the module.
const FUNCTIONS: usize = 500;

fn loading(criterion: &mut Criterion) {
    let module = vm_asm::assemble(&with_functions(FUNCTIONS), "").unwrap();
    let bytes = module.to_bytes().unwrap();
    assert_eq!(Module::from_bytes(&bytes).unwrap(), module);
    let verified = VerifiedModule::new(module.clone()).unwrap();

    let mut group = criterion.benchmark_group("load");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("encode", |bencher| {
        bencher.iter(|| assert_eq!(module.to_bytes().unwrap().len(), bytes.len()));
    });
    group.bench_function("decode", |bencher| {
        bencher.iter(|| {
            let decoded = Module::from_bytes(&bytes).unwrap();
            assert_eq!(decoded.functions.len(), FUNCTIONS + 1);
        });
    });
    group.bench_function("verify", |bencher| {
        bencher.iter(|| assert!(verify(&module).is_ok()));
    });
    group.bench_function("link", |bencher| {
        bencher.iter_batched(
            || (Vm::new(Config::default()).unwrap(), verified.clone()),
            |(mut machine, module)| {
                machine.load(module).unwrap();
                machine
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("decode_verify_link", |bencher| {
        bencher.iter_batched(
            || Vm::new(Config::default()).unwrap(),
            |mut machine| {
                let module = Module::from_bytes(&bytes).unwrap();
                machine.load(VerifiedModule::new(module).unwrap()).unwrap();
                machine
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn starting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("machine");
    group.bench_function("new", |bencher| {
        bencher.iter_with_large_drop(|| Vm::new(Config::default()).unwrap());
    });
    group.bench_function("new_and_drop", |bencher| {
        bencher.iter(|| drop(Vm::new(Config::default()).unwrap()));
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    loading(&mut criterion);
    starting(&mut criterion);
    criterion.final_summary();
}
