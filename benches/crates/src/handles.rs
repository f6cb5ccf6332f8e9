//! The rows for crates whose references are values that one clones and drops: `gcmodule`, `gc` and
//! `rust-cc`.

use crate::clock::ns_each;
use crate::drops::{dropped, drops};
use crate::random::Random;
use crate::rows::{EDGES, Row};
use std::hint::black_box;

/// A reference to a node with four edges.
pub(crate) trait Handle: Clone {
    /// A node whose edges refer to nothing.
    fn node() -> Self;

    /// Makes an edge refer to a node.
    fn connect(&self, edge: usize, to: &Self);

    /// Collects everything that is garbage.
    fn collect();

    /// Turns the crate's own automatic collections on or off. False if it has none.
    fn set_automatic(on: bool) -> bool;

    /// Makes the node one that the next collection examines, for crates that do not examine all.
    fn touch(&self) {}
}

/// Objects after which a crate without automatic collections is asked for one: CPython's threshold.
const YOUNG: usize = 2000;

/// Measures a row.
pub(crate) fn measure<H: Handle>(row: Row, objects: usize) -> f64 {
    H::set_automatic(false);
    match row {
        Row::AllHeld => held(tangle::<H>(objects)),
        Row::OneRoot => one_root::<H>(objects),
        Row::Pairs => garbage::<H>(objects / 2, 2),
        Row::Ring => garbage::<H>(1, objects),
        Row::YoungRings => young_rings::<H>(objects),
        Row::Acyclic => acyclic::<H>(objects),
    }
}

/// Nodes with four edges each to others at random.
fn tangle<H: Handle>(count: usize) -> Vec<H> {
    let nodes: Vec<H> = (0..count).map(|_| H::node()).collect();
    let mut random = Random::new();
    for node in &nodes {
        for edge in 0..EDGES {
            node.connect(edge, &nodes[random.below(count)]);
        }
    }
    nodes
}

/// A second collection of nodes that live: the first one settles what building them left.
fn collect_twice<H: Handle>(objects: usize, touch: impl Fn()) -> f64 {
    touch();
    drops(0, H::collect);
    touch();
    drops(0, || ns_each(objects, H::collect))
}

fn held<H: Handle>(nodes: Vec<H>) -> f64 {
    let figure = collect_twice::<H>(nodes.len(), || nodes.iter().for_each(H::touch));
    let objects = nodes.len();
    drops(objects, || {
        drop(nodes);
        H::collect();
    });
    figure
}

fn one_root<H: Handle>(objects: usize) -> f64 {
    let mut nodes = tangle::<H>(objects);
    for (node, next) in nodes.iter().zip(&nodes[1..]) {
        node.connect(0, next);
    }
    nodes.truncate(1);
    let figure = collect_twice::<H>(objects, || nodes[0].touch());
    drops(objects, || {
        drop(nodes);
        H::collect();
    });
    figure
}

/// A ring that nothing holds.
fn drop_ring<H: Handle>(length: usize) {
    let first = H::node();
    let mut last = first.clone();
    for _ in 1..length {
        let next = H::node();
        last.connect(0, &next);
        last = next;
    }
    last.connect(0, &first);
}

fn garbage<H: Handle>(rings: usize, length: usize) -> f64 {
    let objects = rings * length;
    drops(0, || (0..rings).for_each(|_| drop_ring::<H>(length)));
    drops(objects, || ns_each(objects, H::collect))
}

fn young_rings<H: Handle>(objects: usize) -> f64 {
    let rings = objects / 10;
    let before = dropped();
    let is_automatic = H::set_automatic(true);
    let figure = ns_each(objects, || {
        for ring in 1..=rings {
            drop_ring::<H>(10);
            if !is_automatic && ring % (YOUNG / 10) == 0 {
                H::collect();
            }
        }
    });
    assert!(
        dropped() - before + 2 * YOUNG > rings * 10,
        "collected meanwhile"
    );
    H::collect();
    figure
}

fn acyclic<H: Handle>(objects: usize) -> f64 {
    let before = dropped();
    let is_automatic = H::set_automatic(true);
    let figure = ns_each(objects, || {
        for _ in 0..objects {
            drop(black_box(H::node()));
        }
        if is_automatic {
            // What is left: nothing, for crates that count.
            H::collect();
        }
    });
    assert_eq!(dropped() - before, objects, "nodes that died");
    figure
}
