//! The heap: allocating and freeing, counting.

use criterion::{Criterion, Throughput};
use std::hint::black_box;
use vm_benches::graph::NODE_BYTES;
use vm_heap::{Family, Heap, ObjectRef};

/// Objects of one round.
const ROUND: usize = 1000;

fn allocate(heap: &mut Heap) -> ObjectRef {
    // SAFETY: the benchmarks use an object only until they free it.
    unsafe { heap.allocate(Family::Container, black_box(NODE_BYTES), 1) }.unwrap()
}

fn free(heap: &mut Heap, object: ObjectRef) {
    // SAFETY: as above: `object` came from `allocate`, and is not used again.
    unsafe { heap.free(object) };
}

fn allocate_and_free(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("heap");
    group.throughput(Throughput::Elements(ROUND as u64));
    let mut heap = Heap::new();
    group.bench_function("allocate_free", |bencher| {
        bencher.iter(|| {
            for _ in 0..ROUND {
                let object = allocate(&mut heap);
                free(&mut heap, black_box(object));
            }
        });
    });
    assert_eq!(heap.heap_bytes(), 0);
    let mut objects = Vec::with_capacity(ROUND);
    group.bench_function("allocate_1000_free_1000", |bencher| {
        bencher.iter(|| {
            for _ in 0..ROUND {
                objects.push(allocate(&mut heap));
            }
            for object in objects.drain(..) {
                free(&mut heap, object);
            }
        });
    });
    assert_eq!(heap.heap_bytes(), 0);
    group.finish();
}

fn count(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("heap");
    group.throughput(Throughput::Elements(ROUND as u64));
    let mut heap = Heap::new();
    let objects: Vec<ObjectRef> = (0..64).map(|_| allocate(&mut heap)).collect();
    group.bench_function("increment_decrement", |bencher| {
        bencher.iter(|| {
            for round in 0..ROUND {
                let object = objects[round % 64];
                object.increment();
                assert!(!black_box(object).decrement());
            }
        });
    });
    assert!(objects.iter().all(|object| object.count() == 1));
    for object in objects {
        free(&mut heap, object);
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    allocate_and_free(&mut criterion);
    count(&mut criterion);
    criterion.final_summary();
}
