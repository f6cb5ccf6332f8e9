//! The collector: a full collection of objects that are all held, and young ones.

use criterion::{Criterion, Throughput};
use vm_benches::graph::{Graph, NODE_BYTES};
use vm_gc::Generation;

/// Objects that one root holds.
const HELD: usize = 1_000_000;
/// Pairs made between two young collections.
const PAIRS: usize = 1000;

fn full(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("gc");
    group.sample_size(10);
    group.throughput(Throughput::Elements(HELD as u64));
    let mut graph = Graph::new();
    graph.rooted_tangle(HELD).unwrap();
    assert_eq!(graph.collect(Generation::Old), 0);
    group.bench_function("full_1000000_held", |bencher| {
        bencher.iter(|| assert_eq!(graph.collect(Generation::Old), 0));
    });
    assert_eq!(graph.heap_bytes(), HELD * NODE_BYTES);
    group.finish();
}

fn young(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("gc");
    group.throughput(Throughput::Elements(2 * PAIRS as u64));
    // Beside a large heap: a young collection must not care.
    let mut graph = Graph::new();
    graph.rooted_tangle(HELD / 10).unwrap();
    assert_eq!(graph.collect(Generation::Old), 0);
    group.bench_function("make_and_collect_2000_young", |bencher| {
        bencher.iter(|| {
            for _ in 0..PAIRS {
                graph.drop_ring(2).unwrap();
            }
            assert_eq!(graph.collect(Generation::Young), 2 * PAIRS as u64);
        });
    });
    assert_eq!(graph.heap_bytes(), HELD / 10 * NODE_BYTES);
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    full(&mut criterion);
    young(&mut criterion);
    criterion.final_summary();
}
