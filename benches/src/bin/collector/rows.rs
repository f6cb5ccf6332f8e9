//! The rows of the table.

use crate::clock::ns_each;
use std::hint::black_box;
use std::sync::{Arc, Mutex};
use vm_benches::graph::{Graph, NODE_BYTES};
use vm_gc::{Generation, ObjectModel};
use vm_heap::{Family, Heap};

/// One row.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    /// What the figure has to be at most, and what would be good.
    pub(crate) must: f64,
    pub(crate) aim: f64,
    /// Takes the number of objects.
    pub(crate) measure: fn(usize) -> f64,
}

const NS: &str = "ns an object";

/// All rows.
pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "full collection, every object held from outside",
        unit: NS,
        must: 40.0,
        aim: 20.0,
        measure: all_held,
    },
    Row {
        name: "full collection, held by one root",
        unit: NS,
        must: 90.0,
        aim: 45.0,
        measure: one_root,
    },
    Row {
        name: "garbage in pairs, collection alone",
        unit: NS,
        must: 40.0,
        aim: 20.0,
        measure: |objects| garbage(objects / 2, 2),
    },
    Row {
        name: "garbage in one ring, collection alone",
        unit: NS,
        must: 40.0,
        aim: 20.0,
        measure: |objects| garbage(1, objects),
    },
    Row {
        name: "garbage in a random graph, collection alone",
        unit: NS,
        must: f64::NAN,
        aim: f64::NAN,
        measure: random_garbage,
    },
    Row {
        name: "young garbage in rings of ten, allocation to free",
        unit: NS,
        must: 70.0,
        aim: 45.0,
        measure: young_rings,
    },
    Row {
        name: "allocate and free, acyclic, 48 bytes",
        unit: NS,
        must: 8.0,
        aim: 4.0,
        measure: acyclic,
    },
    Row {
        name: "allocate, track and free a node that is in no cycle",
        unit: NS,
        must: f64::NAN,
        aim: f64::NAN,
        measure: tracked,
    },
    Row {
        name: "window: longest pause",
        unit: "ms",
        must: 60.0,
        aim: 5.0,
        measure: |objects| window(objects).pause_ms,
    },
    Row {
        name: "window: total",
        unit: NS,
        must: 200.0,
        aim: 100.0,
        measure: |objects| window(objects).ns_each,
    },
    Row {
        name: "memory during a full collection",
        unit: "bytes a candidate",
        must: 4.0,
        aim: 1.0,
        measure: working_memory,
    },
];

fn all_held(objects: usize) -> f64 {
    let mut graph = Graph::new();
    let nodes = graph.tangle(objects).expect("memory");
    assert_eq!(graph.collect(Generation::Old), 0);
    let figure = ns_each(objects, || assert_eq!(graph.collect(Generation::Old), 0));
    drop(nodes);
    figure
}

fn one_root(objects: usize) -> f64 {
    let mut graph = Graph::new();
    graph.rooted_tangle(objects).expect("memory");
    assert_eq!(graph.collect(Generation::Old), 0);
    let figure = ns_each(objects, || assert_eq!(graph.collect(Generation::Old), 0));
    assert_eq!(graph.heap_bytes(), objects * NODE_BYTES);
    figure
}

fn garbage(rings: usize, length: usize) -> f64 {
    let mut graph = Graph::new();
    for _ in 0..rings {
        graph.drop_ring(length).expect("memory");
    }
    let objects = rings * length;
    let figure = ns_each(objects, || {
        assert_eq!(graph.collect(Generation::Old), objects as u64);
    });
    assert_eq!(graph.heap_bytes(), 0);
    figure
}

fn random_garbage(objects: usize) -> f64 {
    let mut graph = Graph::new();
    let root = graph.rooted_tangle(objects).expect("memory");
    assert_eq!(graph.collect(Generation::Old), 0);
    graph.release(root);
    let figure = ns_each(objects, || graph.collect(Generation::Old));
    assert_eq!(graph.heap_bytes(), 0);
    figure
}

/// Automatic collections, under the default thresholds.
fn young_rings(objects: usize) -> f64 {
    let mut graph = Graph::new();
    let figure = ns_each(objects, || {
        for _ in 0..objects / 10 {
            graph.drop_ring(10).expect("memory");
            graph.safepoint();
        }
    });
    assert!(
        graph.heap_bytes() < 4000 * NODE_BYTES,
        "collected meanwhile"
    );
    figure
}

/// Objects of a kind that can be in no cycle: the collector never hears of them.
fn acyclic(objects: usize) -> f64 {
    let mut heap = Heap::new();
    let figure = ns_each(objects, || {
        for _ in 0..objects {
            // SAFETY: not used after it is freed below.
            let object = unsafe { heap.allocate(Family::Leaf, NODE_BYTES, 1) }.expect("memory");
            if black_box(object).decrement() {
                // SAFETY: this was its only count.
                unsafe { heap.free(object) };
            }
        }
    });
    assert_eq!(heap.heap_bytes(), 0);
    figure
}

fn tracked(objects: usize) -> f64 {
    let mut graph = Graph::new();
    let figure = ns_each(objects, || {
        for _ in 0..objects {
            let node = graph.node().expect("memory");
            graph.release(black_box(node));
        }
    });
    assert_eq!(graph.heap_bytes(), 0);
    figure
}

struct Window {
    pause_ms: f64,
    ns_each: f64,
}

/// Beside `objects` that live on, pairs are made, three objects for each that lives on; each pair
/// is dropped when so many younger ones exist that they are a fifth of what lives on.
fn window(objects: usize) -> Window {
    let mut graph = Graph::new();
    let background = graph.node_with(objects).expect("memory");
    for edge in 0..objects {
        let node = graph.node().expect("memory");
        graph.connect(background, edge, node);
        graph.release(node);
    }
    let length = objects / 10;
    let ring = graph.node_with(length).expect("memory");
    graph.collect(Generation::Old);
    let longest_ns = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&longest_ns);
    graph
        .collector_settings()
        .set_sink(Some(Box::new(move |event| {
            if let Some(collection) = event.collection() {
                let mut longest_ns = seen.lock().expect("no panic");
                *longest_ns = collection.duration_ns.max(*longest_ns);
            }
        })));
    let made = 3 * objects;
    let ns_each = ns_each(made, || {
        for number in 0..made / 2 {
            let (first, second) = (graph.node().expect("memory"), graph.node().expect("memory"));
            graph.connect(first, 0, second);
            graph.connect(second, 0, first);
            graph.release(second);
            graph.connect(ring, number % length, first);
            graph.release(first);
            graph.safepoint();
        }
    });
    let longest_ns = *longest_ns.lock().expect("no panic");
    Window {
        pause_ms: longest_ns as f64 / 1e6,
        ns_each,
    }
}

/// Scratch counts and lists, at their largest, for each object examined.
fn working_memory(objects: usize) -> f64 {
    let mut graph = Graph::new();
    graph.rooted_tangle(objects).expect("memory");
    // The first collection of a heap that was built without one has its log beside it.
    assert_eq!(graph.collect(Generation::Old), 0);
    let first_bytes = graph.heap_statistics().peak_scratch_bytes;
    let lists = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&lists);
    graph
        .collector_settings()
        .set_sink(Some(Box::new(move |event| {
            if let Some(collection) = event.collection() {
                *seen.lock().expect("no panic") = collection.working_bytes;
            }
        })));
    assert_eq!(graph.collect(Generation::Old), 0);
    let lists_bytes = *lists.lock().expect("no panic");
    let scratch_bytes = graph.heap_statistics().peak_scratch_bytes;
    assert_eq!(
        scratch_bytes, first_bytes,
        "as many objects, as many counts"
    );
    (scratch_bytes + lists_bytes) as f64 / objects as f64
}
