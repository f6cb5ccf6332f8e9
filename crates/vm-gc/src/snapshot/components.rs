//! Which objects are in a cycle with which: strongly connected components.
//!
//! Two objects are in one component if each reaches the other. An object is in a cycle if its
//! component has more than one object, or if it refers to itself.
//!
//! 1. Walk the graph in depth. Number the objects as they are met, and put each on a stack.
//! 2. The low number of an object is the least number on the stack that it, or what was walked to
//!    from it, refers to.
//! 3. When an object is left whose low number is its own, nothing walked to from it leads to an
//!    earlier one: it and what is above it on the stack are a component. Take them off.
//!
//! R. E. Tarjan, "Depth-first search and linear graph algorithms", 1972. The walk has its own stack
//! and does not recurse. It looks at each reference once.

use super::graph::{NodeIndex, Snapshot};

/// No number yet.
const UNMET: u32 = u32::MAX;

/// The components of a snapshot. A component has a higher number than those it reaches.
#[derive(Debug)]
pub struct Components {
    of: Vec<u32>,
    sizes: Vec<u32>,
}

impl Components {
    /// Finds the components.
    pub fn of(snapshot: &Snapshot) -> Components {
        let count = snapshot.nodes().len();
        let mut number = vec![UNMET; count];
        let mut low = vec![0_u32; count];
        let mut of = vec![UNMET; count];
        let mut sizes = Vec::new();
        let mut stack: Vec<NodeIndex> = Vec::new();
        // Objects that are being walked, each with the number of the reference that comes next.
        let mut walk: Vec<(NodeIndex, usize)> = Vec::new();
        let mut met = 0;
        for start in snapshot.indices() {
            if number[start as usize] == UNMET {
                walk.push((start, 0));
            }
            while let Some((node, next)) = walk.last_mut() {
                let node = *node;
                let at = node as usize;
                if *next == 0 {
                    number[at] = met;
                    low[at] = met;
                    met += 1;
                    stack.push(node);
                }
                if let Some(reference) = snapshot.references(node).get(*next) {
                    *next += 1;
                    let to = reference.to as usize;
                    if number[to] == UNMET {
                        walk.push((reference.to, 0));
                    } else if of[to] == UNMET {
                        low[at] = low[at].min(number[to]);
                    }
                    continue;
                }
                walk.pop();
                if let Some(&(parent, _)) = walk.last() {
                    let parent = parent as usize;
                    low[parent] = low[parent].min(low[at]);
                }
                if low[at] == number[at] {
                    let component = sizes.len() as u32;
                    let mut size = 0;
                    while let Some(member) = stack.pop() {
                        of[member as usize] = component;
                        size += 1;
                        if member == node {
                            break;
                        }
                    }
                    sizes.push(size);
                }
            }
        }
        Components { of, sizes }
    }

    /// The component of an object.
    pub fn component(&self, node: NodeIndex) -> u32 {
        self.of[node as usize]
    }

    /// How many objects a component has.
    pub fn size(&self, component: u32) -> u32 {
        self.sizes[component as usize]
    }

    /// Whether an object is in a cycle.
    pub fn is_in_cycle(&self, snapshot: &Snapshot, node: NodeIndex) -> bool {
        let refers_to_itself = || snapshot.references(node).iter().any(|to| to.to == node);
        self.size(self.component(node)) > 1 || refers_to_itself()
    }

    /// The objects of a component, in the order of the snapshot.
    pub fn members(&self, component: u32) -> impl Iterator<Item = NodeIndex> + '_ {
        let all = (0..).zip(&self.of);
        all.filter_map(move |(node, &of)| (of == component).then_some(node))
    }

    /// The objects that garbage hangs on: those that no root reaches, in components that no other
    /// garbage refers to. Whatever is garbage is reached from them.
    pub fn garbage_entries(&self, snapshot: &Snapshot, reached: &[bool]) -> Vec<NodeIndex> {
        let mut is_referred_to = vec![false; self.sizes.len()];
        let garbage = || snapshot.indices().filter(|&node| !reached[node as usize]);
        for node in garbage() {
            for reference in snapshot.references(node) {
                if self.component(reference.to) != self.component(node) {
                    is_referred_to[self.component(reference.to) as usize] = true;
                }
            }
        }
        garbage()
            .filter(|&node| !is_referred_to[self.component(node) as usize])
            .collect()
    }
}
