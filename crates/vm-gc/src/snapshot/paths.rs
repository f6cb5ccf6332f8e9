//! The shortest way from a root to each object: a search in breadth.
//!
//! 1. The objects that roots lead to are at distance 0. They wait in the order of the roots.
//! 2. Take the object that waits longest. Each object it refers to that was not met before is one
//!    further than it, and waits; remember the reference that led there.
//! 3. When none waits, every object that is reached has the reference of a shortest way. Following
//!    these backwards leads to a root.
//!
//! E. F. Moore, "The shortest path through a maze", 1959. It looks at each reference once.
//!
//! Of several shortest ways it finds the one whose root comes first, and then the one whose
//! references come first.

use super::graph::{NodeIndex, Root, Snapshot};
use std::fmt;

/// What an object was not reached by.
const NOT_REACHED: u32 = u32::MAX;

/// How each object is reached.
#[derive(Debug, Clone, Copy)]
struct Arrival {
    /// The object before it; [`NOT_REACHED`] for the first of a way.
    from: NodeIndex,
    /// The number of the reference among that object's, or of the root.
    by: u32,
}

/// A way from a root to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The number of the root.
    pub root: usize,
    /// From the root's object on: an object, and which of its references leads on. Empty if the
    /// root leads to the object itself.
    pub steps: Vec<(NodeIndex, usize)>,
}

/// Steps of a way that [`Path::display`] shows from its beginning, and from its end.
const STEPS_SHOWN: usize = 8;

impl Path {
    /// The way in a line: `module __main__ .items [0]`. The middle of a long one is left out.
    pub fn display<'a>(&'a self, snapshot: &'a Snapshot) -> impl fmt::Display + 'a {
        fmt::from_fn(move |formatter| {
            let root = &snapshot.roots()[self.root];
            write!(formatter, "{}", snapshot.text(root.name))?;
            let left_out = self.steps.len().saturating_sub(2 * STEPS_SHOWN);
            for (step, &(from, number)) in self.steps.iter().enumerate() {
                if step == STEPS_SHOWN && left_out > 0 {
                    write!(formatter, " ... {left_out} more ...")?;
                }
                if step < STEPS_SHOWN || step >= STEPS_SHOWN + left_out {
                    let name = snapshot.references(from)[number].name;
                    write!(formatter, " {}", name.map(|text| snapshot.text(text)))?;
                }
            }
            Ok(())
        })
    }
}

/// The shortest ways to all objects.
#[derive(Debug)]
pub struct ShortestPaths {
    arrivals: Vec<Arrival>,
}

impl ShortestPaths {
    /// Searches from all roots.
    pub fn from_roots(snapshot: &Snapshot) -> ShortestPaths {
        ShortestPaths::from_some_roots(snapshot, |_| true)
    }

    /// Searches from the roots that `wanted` says yes to.
    pub fn from_some_roots(
        snapshot: &Snapshot,
        mut wanted: impl FnMut(&Root) -> bool,
    ) -> ShortestPaths {
        let roots = snapshot.roots().iter().enumerate();
        let starts = roots.filter(|(_, root)| wanted(root));
        search(
            snapshot,
            starts.map(|(number, root)| (number as u32, root.to)),
        )
    }

    /// The way to an object; none if it is not reached.
    pub fn path_to(&self, node: NodeIndex) -> Option<Path> {
        let mut steps = Vec::new();
        let mut arrival = self.arrivals[node as usize];
        if arrival.by == NOT_REACHED {
            return None;
        }
        while arrival.from != NOT_REACHED {
            steps.push((arrival.from, arrival.by as usize));
            arrival = self.arrivals[arrival.from as usize];
        }
        steps.reverse();
        Some(Path {
            root: arrival.by as usize,
            steps,
        })
    }

    /// Whether an object is reached.
    pub fn reaches(&self, node: NodeIndex) -> bool {
        self.arrivals[node as usize].by != NOT_REACHED
    }
}

/// A shortest circle from an object through references back to it: objects, and which of their
/// references leads on. None if there is no circle.
pub fn shortest_circle(snapshot: &Snapshot, node: NodeIndex) -> Option<Vec<(NodeIndex, usize)>> {
    let references = snapshot.references(node).iter().enumerate();
    let starts = references.map(|(number, reference)| (number as u32, reference.to));
    let path = search(snapshot, starts).path_to(node)?;
    let mut steps = vec![(node, path.root)];
    steps.extend(path.steps);
    Some(steps)
}

/// Searches from objects, each with the number of what leads there.
fn search(snapshot: &Snapshot, starts: impl Iterator<Item = (u32, NodeIndex)>) -> ShortestPaths {
    let unmet = Arrival {
        from: NOT_REACHED,
        by: NOT_REACHED,
    };
    let mut arrivals = vec![unmet; snapshot.nodes().len()];
    // Who waits, and behind them who comes next: the objects in order of distance.
    let mut queue: Vec<NodeIndex> = Vec::new();
    let mut meet = |node: NodeIndex, arrival: Arrival, queue: &mut Vec<NodeIndex>| {
        let known = &mut arrivals[node as usize];
        if known.by == NOT_REACHED {
            *known = arrival;
            queue.push(node);
        }
    };
    for (by, node) in starts {
        let from = NOT_REACHED;
        meet(node, Arrival { from, by }, &mut queue);
    }
    let mut next = 0;
    while let Some(&from) = queue.get(next) {
        next += 1;
        for (by, reference) in (0..).zip(snapshot.references(from)) {
            meet(reference.to, Arrival { from, by }, &mut queue);
        }
    }
    ShortestPaths { arrivals }
}
