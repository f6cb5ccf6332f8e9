//! A table of types: how many objects, how many bytes, and what they retain together.
//!
//! What a type retains is not the sum over its objects: the nodes of a list each retain the rest of
//! it. So only those objects count that no object of the same type dominates.
//!
//! 1. Turn the dominators around: a tree from each object to what it dominates.
//! 2. Walk the tree in depth, and keep how many objects of each type are open above.
//! 3. An object whose type is not open adds what it retains to its type.

use super::graph::{NodeIndex, Snapshot};
use super::retention::Retention;
use super::texts::TextId;

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeSummary {
    /// The name of the type.
    pub type_name: TextId,
    /// Objects.
    pub objects: u64,
    /// The sum of their self bytes.
    pub self_bytes: u64,
    /// Bytes that would be free if all of them died.
    pub retained_bytes: u64,
}

/// The table: what retains most comes first, then the name decides.
pub fn type_summaries(snapshot: &Snapshot, retention: &Retention) -> Vec<TypeSummary> {
    let empty = |number: usize| TypeSummary {
        type_name: TextId(number as u32),
        objects: 0,
        self_bytes: 0,
        retained_bytes: 0,
    };
    let mut summaries: Vec<TypeSummary> = (0..snapshot.texts().len()).map(empty).collect();
    for node in snapshot.nodes() {
        let summary = &mut summaries[node.type_name.number()];
        summary.objects += 1;
        summary.self_bytes += node.self_bytes;
    }
    let tree = DominatorTree::of(snapshot, retention);
    let mut open = vec![0_u32; summaries.len()];
    let mut stack: Vec<(NodeIndex, usize)> = Vec::new();
    for &top in tree.below(None) {
        stack.push((top, 0));
        while let Some((node, next)) = stack.last_mut() {
            let node = *node;
            let type_number = snapshot.node(node).type_name.number();
            if *next == 0 {
                if open[type_number] == 0 {
                    summaries[type_number].retained_bytes += retention.bytes(node);
                }
                open[type_number] += 1;
            }
            match tree.below(Some(node)).get(*next) {
                Some(&below) => {
                    *next += 1;
                    stack.push((below, 0));
                }
                None => {
                    open[type_number] -= 1;
                    stack.pop();
                }
            }
        }
    }
    summaries.retain(|summary| summary.objects > 0);
    summaries.sort_by_key(|summary| {
        let name = snapshot.text(summary.type_name);
        (u64::MAX - summary.retained_bytes, name)
    });
    summaries
}

/// Of the objects of a type, the one that retains most (of several the first), and how many objects
/// there are; none if there are none.
pub fn largest_of_type(
    snapshot: &Snapshot,
    retention: &Retention,
    type_name: &str,
) -> Option<(NodeIndex, usize)> {
    let wanted = snapshot.find_text(type_name)?;
    let of_type = || {
        let all = snapshot.indices();
        all.filter(|&node| snapshot.node(node).type_name == wanted)
    };
    let largest = of_type().max_by_key(|&node| (retention.bytes(node), u32::MAX - node))?;
    Some((largest, of_type().count()))
}

/// Step 1. What only roots dominate comes last.
struct DominatorTree {
    first: Vec<u32>,
    below: Vec<NodeIndex>,
}

impl DominatorTree {
    fn of(snapshot: &Snapshot, retention: &Retention) -> DominatorTree {
        let count = snapshot.nodes().len();
        let above = |node: NodeIndex| match retention.dominator(node) {
            Some(dominator) => dominator as usize,
            None => count,
        };
        let mut first = vec![0_u32; count + 2];
        for &node in retention.order() {
            first[above(node) + 1] += 1;
        }
        for at in 0..=count {
            first[at + 1] += first[at];
        }
        let mut place = first.clone();
        let mut below = vec![0; count];
        for &node in retention.order() {
            let place = &mut place[above(node)];
            below[*place as usize] = node;
            *place += 1;
        }
        DominatorTree { first, below }
    }

    /// What an object dominates immediately, or what nothing does.
    fn below(&self, node: Option<NodeIndex>) -> &[NodeIndex] {
        let at = match node {
            Some(node) => node as usize,
            None => self.first.len() - 2,
        };
        &self.below[self.first[at] as usize..self.first[at + 1] as usize]
    }
}
