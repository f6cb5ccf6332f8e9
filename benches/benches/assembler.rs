//! The assembler, and what turns modules back into text.
//!
//! Throughput is in lines of text, empty ones and comments too.

use criterion::{BenchmarkId, Criterion, Throughput};
use vm_asm::{Options, assemble, disassemble, format_source};
use vm_benches::program::programs;
use vm_measure::text::with_functions;

/// Functions of the long text.
const FUNCTIONS: usize = 500;

/// Texts by name: a long one, and programs as they are written.
fn texts() -> Vec<(String, String)> {
    let mut texts = vec![("functions".to_owned(), with_functions(FUNCTIONS))];
    for name in ["richards", "nbody"] {
        let text = std::fs::read_to_string(programs().join(format!("{name}.vasm"))).unwrap();
        texts.push((name.to_owned(), text));
    }
    texts
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for (name, text) in texts() {
        let lines = Throughput::Elements(text.lines().count() as u64);
        let module = assemble(&text, "").unwrap();
        let functions = text
            .lines()
            .filter(|line| line.starts_with(".func "))
            .count();
        assert_eq!(module.functions.len(), functions);

        let mut group = criterion.benchmark_group("assemble");
        group.throughput(lines.clone());
        group.bench_function(BenchmarkId::from_parameter(&name), |bencher| {
            bencher.iter(|| assert_eq!(assemble(&text, "").unwrap().functions.len(), functions));
        });
        group.finish();

        let listed = disassemble(&module, &Options::default());
        assert_eq!(assemble(&listed, "").unwrap(), module);
        let mut group = criterion.benchmark_group("disassemble");
        group.throughput(Throughput::Elements(listed.lines().count() as u64));
        group.bench_function(BenchmarkId::from_parameter(&name), |bencher| {
            bencher.iter(|| {
                let bytes = disassemble(&module, &Options::default()).len();
                assert_eq!(bytes, listed.len());
            });
        });
        group.finish();

        let laid_out = format_source(&text).unwrap();
        assert_eq!(format_source(&laid_out).unwrap(), laid_out);
        let mut group = criterion.benchmark_group("format");
        group.throughput(lines);
        group.bench_function(BenchmarkId::from_parameter(&name), |bencher| {
            bencher.iter(|| assert_eq!(format_source(&text).unwrap().len(), laid_out.len()));
        });
        group.finish();
    }
    criterion.final_summary();
}
