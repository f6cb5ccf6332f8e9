//! The heap alone: allocating and freeing by size class, and counting references.
//!
//! | bench | does |
//! |---|---|
//! | `allocate_free` | an object is allocated and freed at once: the slot is in the cache |
//! | `allocate` | a thousand objects are allocated, in pages that are there |
//! | `free` | they are freed, in the order of allocation |
//! | `fresh` | a heap is made, filled with a hundred thousand objects, and emptied |
//! | `count`, `count_of_64` | a reference is taken, as by a clone, and given back: to one object, to 64 in turn |
//!
//! 16 to 512 bytes are the smallest and the largest size class; more is a large object.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use vm_benches::slots::Slots;

/// Bytes of an object.
const SIZES: [usize; 6] = [16, 48, 128, 512, 4096, 65536];
/// Objects of one round.
const ROUND: usize = 1000;
/// Objects of a fresh heap.
const MANY: usize = 100_000;

/// A heap with pages for a round, but for one all free.
fn with_pages(bytes: usize) -> Slots {
    let mut slots = Slots::new();
    slots.fill(bytes, ROUND);
    slots.empty();
    slots.fill(bytes, 1);
    slots
}

fn allocating(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("heap");
    group.throughput(Throughput::Elements(ROUND as u64));
    for bytes in SIZES {
        let mut slots = with_pages(bytes);
        let held_bytes = slots.heap_bytes();
        group.bench_function(BenchmarkId::new("allocate_free", bytes), |bencher| {
            bencher.iter(|| slots.allocate_and_free(bytes, ROUND));
        });
        assert_eq!(slots.heap_bytes(), held_bytes);
        group.bench_function(BenchmarkId::new("allocate", bytes), |bencher| {
            bencher.iter_batched_ref(
                || with_pages(bytes),
                |slots| slots.fill(bytes, ROUND),
                BatchSize::PerIteration,
            );
        });
        group.bench_function(BenchmarkId::new("free", bytes), |bencher| {
            bencher.iter_batched_ref(
                || {
                    let mut slots = Slots::new();
                    slots.fill(bytes, ROUND);
                    slots
                },
                |slots| {
                    slots.empty();
                    assert_eq!(slots.heap_bytes(), 0);
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.throughput(Throughput::Elements(MANY as u64));
    group.sample_size(20);
    for bytes in SIZES.into_iter().filter(|&bytes| bytes <= 512) {
        group.bench_function(BenchmarkId::new("fresh", bytes), |bencher| {
            bencher.iter(|| {
                let mut slots = Slots::new();
                slots.fill(bytes, MANY);
                slots.empty();
                assert_eq!(slots.heap_bytes(), 0);
            });
        });
    }
    group.finish();
}

fn counting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("heap");
    group.throughput(Throughput::Elements(ROUND as u64));
    for bytes in SIZES {
        // One object's count, and counts in many lines of the cache: the larger the objects, the fewer
        // of these lines fit into it.
        for (name, objects) in [("count", 1), ("count_of_64", 64)] {
            let mut slots = Slots::new();
            slots.fill(bytes, objects);
            group.bench_function(BenchmarkId::new(name, bytes), |bencher| {
                bencher.iter(|| slots.increment_and_decrement(ROUND));
            });
        }
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    allocating(&mut criterion);
    counting(&mut criterion);
    criterion.final_summary();
}
