//! What dies with an object: dominators, and the bytes they retain.
//!
//! Object d *dominates* object v if every way from a root to v leads through d: if d died, v would.
//! The nearest such object is v's immediate dominator; these make a tree, and what an object retains
//! is all that is below it.
//!
//! ```text
//!   references                      dominators
//!   root ──► a ──► b ──► d          root ─┬─ a ─┬─ b        a retains everything,
//!            └──► c ──► d                       ├─ c        b and c themselves alone:
//!                                               └─ d        each is one of two ways to d
//! ```
//!
//! 1. Put one node above all roots. Garbage hangs on it too, by its entries
//!    ([`Components::garbage_entries`]), so that every object has a dominator.
//! 2. Walk in depth from there; number the objects as they are met. The walk is a tree.
//! 3. The semidominator of w is the least number from which w is reached through objects with
//!    higher numbers than its own. Find it for all w, the highest number first: it is the least
//!    semidominator along the tree ways that end in an object that refers to w.
//! 4. These ways are remembered in a forest. Asking for the least on a way makes the way shorter
//!    for who asks next (path compression).
//! 5. If no object on the tree way from the semidominator of w has a lesser semidominator, w's is
//!    its dominator. Otherwise it has the same dominator as the object with the least one, which is
//!    looked up at the end, lowest number first.
//! 6. Add each object's bytes to its dominator's, highest number first.
//!
//! T. Lengauer and R. E. Tarjan, "A fast algorithm for finding dominators in a flowgraph", 1979, in
//! its simple form: time in proportion to references times the logarithm of objects. The iterative
//! algorithm of Cooper, Harvey and Kennedy is shorter and often faster, but quadratic for a long
//! list whose items have a common reference (their class), which is what heaps are made of.

use super::components::Components;
use super::graph::{NodeIndex, Snapshot};

/// Above all roots.
const TOP: u32 = 0;
/// No number.
const NONE: u32 = u32::MAX;

/// What each object retains.
#[derive(Debug)]
pub struct Retention {
    /// The immediate dominator of each object; [`NONE`] if only the roots are.
    dominators: Vec<u32>,
    bytes: Vec<u64>,
    objects: Vec<u32>,
    /// The objects in an order in which dominators come before what they dominate.
    order: Vec<NodeIndex>,
}

impl Retention {
    /// Finds dominators and sizes.
    pub fn of(snapshot: &Snapshot) -> Retention {
        let reached = snapshot.reached();
        let garbage = if reached.iter().all(|&reached| reached) {
            Vec::new()
        } else {
            Components::of(snapshot).garbage_entries(snapshot, &reached)
        };
        let mut tops: Vec<NodeIndex> = snapshot.roots().iter().map(|root| root.to).collect();
        tops.extend(garbage);

        let walk = Walk::from(snapshot, &tops);
        let dominators = walk.dominators(snapshot, &tops);
        let count = snapshot.nodes().len();
        let mut retention = Retention {
            dominators: vec![NONE; count],
            bytes: snapshot
                .nodes()
                .iter()
                .map(|node| node.self_bytes)
                .collect(),
            objects: vec![1; count],
            order: walk.node[1..].to_vec(),
        };
        for number in (1..walk.node.len()).rev() {
            let dominator = dominators[number];
            if dominator != TOP {
                let (node, above) = (walk.node[number], walk.node[dominator as usize]);
                retention.dominators[node as usize] = above;
                retention.bytes[above as usize] += retention.bytes[node as usize];
                retention.objects[above as usize] += retention.objects[node as usize];
            }
        }
        retention
    }

    /// The nearest object that every way from a root to `node` leads through, if there is one.
    pub fn dominator(&self, node: NodeIndex) -> Option<NodeIndex> {
        Some(self.dominators[node as usize]).filter(|&dominator| dominator != NONE)
    }

    /// Bytes that would be free if the object died, its own among them.
    pub fn bytes(&self, node: NodeIndex) -> u64 {
        self.bytes[node as usize]
    }

    /// Objects that would die with it, itself among them.
    pub fn objects(&self, node: NodeIndex) -> u32 {
        self.objects[node as usize]
    }

    /// All objects, dominators before what they dominate.
    pub(super) fn order(&self) -> &[NodeIndex] {
        &self.order
    }
}

/// The walk in depth: step 2. Numbers begin with [`TOP`].
struct Walk {
    /// The object of each number; that of [`TOP`] means nothing.
    node: Vec<NodeIndex>,
    /// The number of each object.
    number: Vec<u32>,
    /// By number: the number from which the walk came.
    parent: Vec<u32>,
}

impl Walk {
    fn from(snapshot: &Snapshot, tops: &[NodeIndex]) -> Walk {
        let count = snapshot.nodes().len();
        let mut walk = Walk {
            node: Vec::with_capacity(count + 1),
            number: vec![NONE; count],
            parent: Vec::with_capacity(count + 1),
        };
        walk.node.push(NONE);
        walk.parent.push(TOP);
        // Numbers that are being walked, each with which reference comes next.
        let mut stack: Vec<(u32, usize)> = Vec::new();
        for &top in tops {
            walk.meet(top, TOP, &mut stack);
            while let Some((number, next)) = stack.last_mut() {
                let number = *number;
                match snapshot.references(walk.node[number as usize]).get(*next) {
                    Some(reference) => {
                        *next += 1;
                        walk.meet(reference.to, number, &mut stack);
                    }
                    None => {
                        stack.pop();
                    }
                }
            }
        }
        debug_assert_eq!(walk.node.len(), count + 1, "everything hangs on something");
        walk
    }

    fn meet(&mut self, node: NodeIndex, parent: u32, stack: &mut Vec<(u32, usize)>) {
        if self.number[node as usize] == NONE {
            let number = self.node.len() as u32;
            self.number[node as usize] = number;
            self.node.push(node);
            self.parent.push(parent);
            stack.push((number, 0));
        }
    }

    /// The immediate dominator of each number: steps 3 to 5.
    fn dominators(&self, snapshot: &Snapshot, tops: &[NodeIndex]) -> Vec<u32> {
        let count = self.node.len();
        let before = Predecessors::of(self, snapshot, tops);
        let mut forest = Forest::new(count);
        let mut dominators = vec![TOP; count];
        // Numbers whose semidominator this is: a list for each, linked through `next_alike`.
        let mut first_alike = vec![NONE; count];
        let mut next_alike = vec![NONE; count];
        for number in (1..count as u32).rev() {
            let at = number as usize;
            for &from in before.of_number(number) {
                let least = forest.least(from);
                forest.semi[at] = forest.semi[at].min(forest.semi[least as usize]);
            }
            let semi = forest.semi[at] as usize;
            next_alike[at] = first_alike[semi];
            first_alike[semi] = number;
            let parent = self.parent[at];
            forest.ancestor[at] = parent;
            let mut alike = std::mem::replace(&mut first_alike[parent as usize], NONE);
            while alike != NONE {
                let least = forest.least(alike);
                let is_lesser = forest.semi[least as usize] < forest.semi[alike as usize];
                dominators[alike as usize] = if is_lesser { least } else { parent };
                alike = next_alike[alike as usize];
            }
        }
        for at in 1..count {
            if dominators[at] != forest.semi[at] {
                dominators[at] = dominators[dominators[at] as usize];
            }
        }
        dominators
    }
}

/// By number: from which numbers references lead there.
struct Predecessors {
    first: Vec<u32>,
    from: Vec<u32>,
}

impl Predecessors {
    fn of(walk: &Walk, snapshot: &Snapshot, tops: &[NodeIndex]) -> Predecessors {
        let count = walk.node.len();
        let mut first = vec![0_u32; count + 1];
        let number_of = |node: NodeIndex| walk.number[node as usize];
        let edges = || {
            let of_tops = tops.iter().map(|&top| (TOP, top));
            let of_nodes = snapshot.indices().flat_map(|node| {
                let references = snapshot.references(node).iter();
                references.map(move |reference| (number_of(node), reference.to))
            });
            of_tops.chain(of_nodes)
        };
        for (_, to) in edges() {
            first[number_of(to) as usize + 1] += 1;
        }
        for number in 0..count {
            first[number + 1] += first[number];
        }
        let mut place = first.clone();
        let mut from = vec![0; first[count] as usize];
        for (source, to) in edges() {
            let place = &mut place[number_of(to) as usize];
            from[*place as usize] = source;
            *place += 1;
        }
        Predecessors { first, from }
    }

    fn of_number(&self, number: u32) -> &[u32] {
        let number = number as usize;
        &self.from[self.first[number] as usize..self.first[number + 1] as usize]
    }
}

/// The ways that were remembered: step 4.
struct Forest {
    /// The semidominator, as far as it is known.
    semi: Vec<u32>,
    /// The next one on the way up; [`NONE`] at its end.
    ancestor: Vec<u32>,
    /// The number with the least semidominator on the way that was made shorter.
    label: Vec<u32>,
    /// Memory that is used again.
    way: Vec<u32>,
}

impl Forest {
    fn new(count: usize) -> Forest {
        Forest {
            semi: (0..count as u32).collect(),
            ancestor: vec![NONE; count],
            label: (0..count as u32).collect(),
            way: Vec::new(),
        }
    }

    /// The number with the least semidominator on the way from `number` up, without its end.
    fn least(&mut self, number: u32) -> u32 {
        let mut at = number;
        loop {
            let ancestor = self.ancestor[at as usize];
            if ancestor == NONE || self.ancestor[ancestor as usize] == NONE {
                break;
            }
            self.way.push(at);
            at = ancestor;
        }
        while let Some(at) = self.way.pop() {
            let at = at as usize;
            let ancestor = self.ancestor[at] as usize;
            let (own, above) = (self.label[at], self.label[ancestor]);
            if self.semi[above as usize] < self.semi[own as usize] {
                self.label[at] = above;
            }
            self.ancestor[at] = self.ancestor[ancestor];
        }
        self.label[number as usize]
    }
}
