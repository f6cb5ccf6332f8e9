//! The collector, on a graph of objects without a machine.
//!
//! | bench | does |
//! |---|---|
//! | `young` | makes pairs that are garbage, and collects them, beside old objects |
//! | `full_all_held` | examines objects of which each is held from outside |
//! | `full_one_root` | examines objects that one of them holds |
//! | `garbage` | collects rings of two, of ten, and one ring of all |
//! | `freeze_unfreeze` | moves objects out of the collector's sight, and back |
//! | `ten_million` | the full collections with ten million objects; half a gigabyte |
//!
//! `ten_million` runs if `BENCH_TEN_MILLION` is set: it takes a minute. Throughput is in objects.

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use vm_benches::graph::{Graph, NODE_BYTES};
use vm_gc::{Generation, freeze, unfreeze};

/// Objects of a graph.
const OBJECTS: usize = 1_000_000;
/// Pairs made between two young collections.
const PAIRS: usize = 1000;

/// Full collections that find nothing, of objects that are held in two ways.
fn full(group: &mut BenchmarkGroup<'_, WallTime>, objects: usize) {
    group.sample_size(10);
    group.throughput(Throughput::Elements(objects as u64));
    for one_root in [false, true] {
        let mut graph = Graph::new();
        let name = if one_root {
            graph.rooted_tangle(objects).unwrap();
            "full_one_root"
        } else {
            graph.tangle(objects).unwrap();
            "full_all_held"
        };
        assert_eq!(graph.collect(Generation::Old), 0);
        group.bench_function(BenchmarkId::new(name, objects), |bencher| {
            bencher.iter(|| assert_eq!(graph.collect(Generation::Old), 0));
        });
        assert_eq!(graph.heap_bytes(), objects * NODE_BYTES);
    }
}

fn young(group: &mut BenchmarkGroup<'_, WallTime>) {
    group.throughput(Throughput::Elements(2 * PAIRS as u64));
    // Beside old objects: a young collection must not care.
    for old in [0, OBJECTS / 10] {
        let mut graph = Graph::new();
        if old > 0 {
            graph.rooted_tangle(old).unwrap();
            assert_eq!(graph.collect(Generation::Old), 0);
        }
        group.bench_function(
            BenchmarkId::new("young", format!("beside_{old}")),
            |bencher| {
                bencher.iter(|| {
                    for _ in 0..PAIRS {
                        graph.drop_ring(2).unwrap();
                    }
                    assert_eq!(graph.collect(Generation::Young), 2 * PAIRS as u64);
                });
            },
        );
        assert_eq!(graph.heap_bytes(), old * NODE_BYTES);
    }
}

fn garbage(group: &mut BenchmarkGroup<'_, WallTime>) {
    let objects = OBJECTS / 10;
    group.sample_size(20);
    group.throughput(Throughput::Elements(objects as u64));
    for length in [2, 10, objects] {
        group.bench_function(
            BenchmarkId::new("garbage", format!("rings_of_{length}")),
            |bencher| {
                bencher.iter_batched_ref(
                    || {
                        let mut graph = Graph::new();
                        for _ in 0..objects / length {
                            graph.drop_ring(length).unwrap();
                        }
                        graph
                    },
                    |graph| assert_eq!(graph.collect(Generation::Old), objects as u64),
                    BatchSize::PerIteration,
                );
            },
        );
    }
}

fn freezing(group: &mut BenchmarkGroup<'_, WallTime>) {
    group.throughput(Throughput::Elements(OBJECTS as u64));
    let mut graph = Graph::new();
    graph.rooted_tangle(OBJECTS).unwrap();
    group.bench_function(BenchmarkId::new("freeze_unfreeze", OBJECTS), |bencher| {
        bencher.iter(|| {
            freeze(&mut graph);
            assert_eq!(graph.collector_settings().freeze_count(), OBJECTS as u64);
            unfreeze(&mut graph);
        });
    });
    assert_eq!(graph.collector_settings().freeze_count(), 0);
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("gc");
    young(&mut group);
    full(&mut group, OBJECTS);
    garbage(&mut group);
    freezing(&mut group);
    group.finish();
    if std::env::var_os("BENCH_TEN_MILLION").is_some() {
        let mut group = criterion.benchmark_group("gc_ten_million");
        full(&mut group, 10 * OBJECTS);
        group.finish();
    }
    criterion.final_summary();
}
