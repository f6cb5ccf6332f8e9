//! `gc-arena`: marking and sweeping from the one root of an arena, no counts. References exist only
//! within a call of `mutate`; a collection is between two of them.

use crate::clock::ns_each;
use crate::drops::{Drops, dropped, drops};
use crate::random::Random;
use crate::rows::{EDGES, Row};
use gc_arena::barrier::unlock;
use gc_arena::{Arena, Collect, Gc, Lock, Mutation, Rootable};
use std::hint::black_box;

type Edges<'gc> = [Option<Gc<'gc, Node<'gc>>>; EDGES];

#[derive(Collect)]
#[collect(no_drop)]
struct Node<'gc> {
    edges: Lock<Edges<'gc>>,
    #[collect(require_static)]
    _drops: Drops,
}

/// What lives.
#[derive(Collect)]
#[collect(no_drop)]
struct Root<'gc> {
    held: Vec<Gc<'gc, Node<'gc>>>,
}

type Graph = Arena<Rootable![Root<'_>]>;

fn graph() -> Graph {
    Graph::new(|_| Root { held: Vec::new() })
}

fn node<'gc>(mutation: &Mutation<'gc>) -> Gc<'gc, Node<'gc>> {
    let node = Node {
        edges: Lock::new([None; EDGES]),
        _drops: Drops,
    };
    Gc::new(mutation, node)
}

fn connect<'gc>(
    mutation: &Mutation<'gc>,
    from: Gc<'gc, Node<'gc>>,
    edge: usize,
    to: Gc<'gc, Node<'gc>>,
) {
    let mut edges = from.edges.get();
    edges[edge] = Some(to);
    unlock!(Gc::write(mutation, from), Node, edges).set(edges);
}

/// Measures a row.
pub(crate) fn measure(row: Row, objects: usize) -> f64 {
    match row {
        Row::AllHeld => lives(tangle(objects), objects),
        Row::OneRoot => one_root(objects),
        Row::Pairs => garbage(objects / 2, 2),
        Row::Ring => garbage(1, objects),
        Row::YoungRings => young_rings(objects),
        Row::Acyclic => acyclic(objects),
    }
}

fn tangle(count: usize) -> Graph {
    let mut graph = graph();
    graph.mutate_root(|mutation, root| {
        let nodes: Vec<_> = (0..count).map(|_| node(mutation)).collect();
        let mut random = Random::new();
        for &from in &nodes {
            for edge in 0..EDGES {
                connect(mutation, from, edge, nodes[random.below(count)]);
            }
        }
        root.held = nodes;
    });
    graph
}

fn one_root(objects: usize) -> f64 {
    let mut graph = tangle(objects);
    graph.mutate_root(|mutation, root| {
        for pair in root.held.windows(2) {
            connect(mutation, pair[0], 0, pair[1]);
        }
        root.held.truncate(1);
    });
    lives(graph, objects)
}

fn lives(mut graph: Graph, objects: usize) -> f64 {
    drops(0, || graph.finish_cycle());
    let figure = drops(0, || ns_each(objects, || graph.finish_cycle()));
    graph.mutate_root(|_, root| root.held.clear());
    drops(objects, || graph.finish_cycle());
    figure
}

fn drop_ring(mutation: &Mutation<'_>, length: usize) {
    let first = node(mutation);
    let mut last = first;
    for _ in 1..length {
        let next = node(mutation);
        connect(mutation, last, 0, next);
        last = next;
    }
    connect(mutation, last, 0, first);
}

fn garbage(rings: usize, length: usize) -> f64 {
    let objects = rings * length;
    let mut graph = graph();
    graph.mutate(|mutation, _| (0..rings).for_each(|_| drop_ring(mutation, length)));
    drops(objects, || ns_each(objects, || graph.finish_cycle()))
}

fn young_rings(objects: usize) -> f64 {
    let mut graph = graph();
    let before = dropped();
    let figure = ns_each(objects, || {
        for _ in 0..objects / 10 {
            graph.mutate(|mutation, _| drop_ring(mutation, 10));
            graph.collect_debt();
        }
    });
    assert!(
        dropped() - before + 4000 > objects / 10 * 10,
        "collected meanwhile"
    );
    figure
}

fn acyclic(objects: usize) -> f64 {
    let mut graph = graph();
    let objects = objects / 10 * 10;
    drops(objects, || {
        ns_each(objects, || {
            for _ in 0..objects / 10 {
                graph.mutate(|mutation, _| {
                    for _ in 0..10 {
                        black_box(node(mutation));
                    }
                });
                graph.collect_debt();
            }
            // The cycle that runs, which spares what came since it began, and one more.
            graph.finish_cycle();
            graph.finish_cycle();
        })
    })
}
