//! Tables of types, and of the places at which objects were allocated: how many objects, how many
//! bytes, and what they retain together.
//!
//! What a type retains is not the sum over its objects: the nodes of a list each retain the rest of
//! it. So only those objects count that no object of the same type dominates. The same goes for places.
//!
//! 1. Turn the dominators around: a tree from each object to what it dominates.
//! 2. Walk the tree in depth, and keep how many objects of each group (type, place) are open above.
//! 3. An object whose group is not open adds what it retains to its group.

use super::graph::{Node, NodeIndex, Snapshot};
use super::retention::Retention;
use super::texts::TextId;
use std::collections::HashMap;

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

/// What the objects of a group take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Amounts {
    objects: u64,
    self_bytes: u64,
    retained_bytes: u64,
}

/// The table: what retains most comes first, then the name decides.
pub fn type_summaries(snapshot: &Snapshot, retention: &Retention) -> Vec<TypeSummary> {
    let groups = snapshot.texts().len();
    let amounts = amounts_of(snapshot, retention, groups, |node| {
        Some(node.type_name.number())
    });
    let mut summaries: Vec<TypeSummary> = (0..)
        .zip(amounts)
        .filter(|(_, amounts)| amounts.objects > 0)
        .map(|(number, amounts)| TypeSummary {
            type_name: TextId(number),
            objects: amounts.objects,
            self_bytes: amounts.self_bytes,
            retained_bytes: amounts.retained_bytes,
        })
        .collect();
    summaries.sort_by_key(|summary| {
        let name = snapshot.text(summary.type_name);
        (u64::MAX - summary.retained_bytes, name)
    });
    summaries
}

/// A line of the table of places: what of the objects that were allocated there is alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SiteSummary {
    /// The function.
    pub function: TextId,
    /// The file of its source; the empty text if it is not known.
    pub file: TextId,
    /// The line; 0 if it is not known.
    pub line: u32,
    /// Objects.
    pub objects: u64,
    /// The sum of their self bytes.
    pub self_bytes: u64,
    /// Bytes that would be free if all of them died.
    pub retained_bytes: u64,
}

/// The same table by place, whoever called the function; empty if places were not recorded.
pub fn site_summaries(snapshot: &Snapshot, retention: &Retention) -> Vec<SiteSummary> {
    let mut lines = HashMap::new();
    let group_of_site: Vec<usize> = snapshot
        .sites()
        .iter()
        .map(|site| {
            let next = lines.len();
            *lines
                .entry((site.function, site.file, site.line))
                .or_insert(next)
        })
        .collect();
    let amounts = amounts_of(snapshot, retention, lines.len(), |node| {
        node.site.map(|site| group_of_site[site as usize])
    });
    let mut summaries: Vec<SiteSummary> = lines
        .into_iter()
        .map(|((function, file, line), group)| SiteSummary {
            function,
            file,
            line,
            objects: amounts[group].objects,
            self_bytes: amounts[group].self_bytes,
            retained_bytes: amounts[group].retained_bytes,
        })
        .filter(|summary| summary.objects > 0)
        .collect();
    summaries.sort_by_key(|summary| {
        let texts = (snapshot.text(summary.function), snapshot.text(summary.file));
        (u64::MAX - summary.retained_bytes, texts, summary.line)
    });
    summaries
}

/// The algorithm, for objects in `groups` groups; some may be in none.
fn amounts_of(
    snapshot: &Snapshot,
    retention: &Retention,
    groups: usize,
    group_of: impl Fn(&Node) -> Option<usize>,
) -> Vec<Amounts> {
    let mut amounts = vec![Amounts::default(); groups];
    for node in snapshot.nodes() {
        if let Some(group) = group_of(node) {
            amounts[group].objects += 1;
            amounts[group].self_bytes += node.self_bytes;
        }
    }
    let tree = DominatorTree::of(snapshot, retention);
    let mut open = vec![0_u32; groups];
    let mut stack: Vec<(NodeIndex, usize)> = Vec::new();
    for &top in tree.below(None) {
        stack.push((top, 0));
        while let Some((node, next)) = stack.last_mut() {
            let node = *node;
            let group = group_of(snapshot.node(node));
            if *next == 0
                && let Some(group) = group
            {
                if open[group] == 0 {
                    amounts[group].retained_bytes += retention.bytes(node);
                }
                open[group] += 1;
            }
            match tree.below(Some(node)).get(*next) {
                Some(&below) => {
                    *next += 1;
                    stack.push((below, 0));
                }
                None => {
                    if let Some(group) = group {
                        open[group] -= 1;
                    }
                    stack.pop();
                }
            }
        }
    }
    amounts
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
