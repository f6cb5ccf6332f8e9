//! Heaps of ten million objects: built, collected while they live, dropped, collected when dead.

use crate::clock::ns_each;
use vm_benches::graph::Graph;
use vm_gc::{Generation, ObjectModel};

/// What keeps a heap alive: nodes to let go of.
type Roots = Vec<vm_heap::ObjectRef>;

/// Builds a heap of so many objects.
type Build = fn(&mut Graph, usize) -> Roots;

/// Shapes of the heap.
const SHAPES: [(&str, Build); 4] = [
    ("one chain", chain),
    ("one ring", ring),
    ("random, four edges, one root", random),
    ("a wide list", list),
];

fn chain(graph: &mut Graph, objects: usize) -> Roots {
    let (first, last) = graph.chain(objects).expect("memory");
    graph.release(last);
    vec![first]
}

fn ring(graph: &mut Graph, objects: usize) -> Roots {
    let (first, last) = graph.chain(objects).expect("memory");
    graph.connect(last, 0, first);
    graph.release(last);
    vec![first]
}

fn random(graph: &mut Graph, objects: usize) -> Roots {
    vec![graph.rooted_tangle(objects).expect("memory")]
}

fn list(graph: &mut Graph, objects: usize) -> Roots {
    let list = graph.node_with(objects - 1).expect("memory");
    for edge in 0..objects - 1 {
        let node = graph.node().expect("memory");
        graph.connect(list, edge, node);
        graph.release(node);
    }
    vec![list]
}

/// Prints a table of nanoseconds for each object.
pub(crate) fn print(objects: usize) {
    println!(
        "| {objects} objects | build | collect alive | drop | collect dead | peak MiB | scratch MiB |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (name, build) in SHAPES {
        let mut graph = Graph::new();
        let mut roots = Roots::new();
        let build = ns_each(objects, || roots = build(&mut graph, objects));
        let alive = ns_each(objects, || assert_eq!(graph.collect(Generation::Old), 0));
        let before = graph.heap_bytes();
        let dropped = ns_each(objects, || {
            roots.drain(..).for_each(|root| graph.release(root))
        });
        let left = graph.heap_bytes();
        assert!(
            left == 0 || left == before,
            "all at once, or left to the collector"
        );
        let dead = ns_each(objects, || graph.collect(Generation::Old));
        assert_eq!(graph.heap_bytes(), 0);
        let statistics = graph.heap_statistics();
        println!(
            "| {name} | {build:.1} | {alive:.1} | {dropped:.1} | {dead:.1} | {} | {} |",
            statistics.peak_bytes >> 20,
            statistics.peak_scratch_bytes >> 20,
        );
    }
    println!();
    young();
}

/// A young collection of two thousand objects beside few and many old ones.
fn young() {
    println!("| old objects | a young collection, µs |");
    println!("|---|---|");
    for old in [10_000, 10_000_000] {
        let mut graph = Graph::new();
        let held = list(&mut graph, old);
        graph.collect(Generation::Old);
        let rounds = 2000;
        let mut total = 0.0;
        for _ in 0..rounds {
            for _ in 0..200 {
                graph.drop_ring(10).expect("memory");
            }
            total += ns_each(1, || assert_eq!(graph.collect(Generation::Young), 2000));
        }
        held.into_iter().for_each(|root| graph.release(root));
        println!("| {old} | {:.1} |", total / f64::from(rounds) / 1e3);
    }
}
