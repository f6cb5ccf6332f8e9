//! A graph of objects under the heap and the collector alone, without a machine.
//!
//! ```text
//!   node, 48 bytes
//!  +--------+--------+------+------+------+------+
//!  | header | number | edge | edge | edge | edge |
//!  +--------+--------+------+------+------+------+
//! ```

use vm_gc::{Collector, Generation, ObjectModel, Profile, Reason, collect};
use vm_heap::{Contents, Family, Heap, ObjectRef, OutOfMemory, ZeroStack, reclaim};

/// Edges of a node.
pub const EDGES: usize = 4;

/// The contents of a node.
#[repr(C)]
struct Node {
    header: u64,
    number: u64,
    edges: [Option<ObjectRef>; EDGES],
}

const _: () = assert!(size_of::<Node>() == 48);

/// Bytes of a node.
pub const NODE_BYTES: usize = size_of::<Node>();

/// The model: every object is a node.
#[derive(Debug)]
pub struct Graph {
    heap: Heap,
    collector: Collector,
    zeros: ZeroStack,
}

/// The edges of a node.
fn edges(node: ObjectRef) -> *mut [Option<ObjectRef>; EDGES] {
    // SAFETY: all objects of this heap are nodes, initialised by `Graph::node`.
    unsafe { &raw mut (*node.cast::<Node>().as_ptr()).edges }
}

/// The edges of a node, taken out of it.
fn take_edges(node: ObjectRef) -> [Option<ObjectRef>; EDGES] {
    // SAFETY: no reference to the edges is held anywhere.
    unsafe { std::mem::take(&mut *edges(node)) }
}

impl Default for Graph {
    fn default() -> Graph {
        Graph::new()
    }
}

impl Graph {
    /// No nodes yet. Collections run only when asked for.
    #[must_use]
    pub fn new() -> Graph {
        let collector = Collector::new(Profile::default());
        Graph {
            heap: Heap::new(),
            collector,
            zeros: ZeroStack::new(),
        }
    }

    /// A new node without edges, whose count the caller owns.
    ///
    /// # Errors
    ///
    /// At the heap's limit.
    pub fn node(&mut self, number: u64) -> Result<ObjectRef, OutOfMemory> {
        // SAFETY: references to a node are dropped when its count reaches zero.
        let node = unsafe { self.heap.allocate(Family::Container, NODE_BYTES, 1)? };
        // SAFETY: the node was allocated, large enough, and nothing else refers to it.
        unsafe {
            (&raw mut (*node.cast::<Node>().as_ptr()).number).write(number);
            edges(node).write([None; EDGES]);
        }
        self.collector.track(node);
        Ok(node)
    }

    /// Makes an edge refer to a node, which gets one count more.
    pub fn connect(&mut self, from: ObjectRef, edge: usize, to: ObjectRef) {
        to.increment();
        // SAFETY: the node is alive; no reference to its edges is held anywhere.
        let former = unsafe { (*edges(from))[edge].replace(to) };
        if let Some(former) = former {
            self.release(former);
        }
    }

    /// `count` nodes held by the one that is returned: each by the one before it, and by others at
    /// random, so that the order in memory says nothing about who refers to whom.
    ///
    /// # Errors
    ///
    /// At the heap's limit.
    pub fn tangle(&mut self, count: usize) -> Result<ObjectRef, OutOfMemory> {
        let nodes = (0..count as u64)
            .map(|n| self.node(n))
            .collect::<Result<Vec<_>, _>>()?;
        let mut random = 0x9E37_79B9_7F4A_7C15_u64;
        for (index, &node) in nodes.iter().enumerate() {
            if let Some(&next) = nodes.get(index + 1) {
                self.connect(node, 0, next);
            }
            for edge in 1..EDGES {
                // Xorshift.
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                self.connect(node, edge, nodes[random as usize % count]);
            }
        }
        for &node in &nodes[1..] {
            self.release(node);
        }
        Ok(nodes[0])
    }

    /// `count` pairs of nodes that refer to each other and are held by nothing else.
    ///
    /// # Errors
    ///
    /// At the heap's limit.
    pub fn drop_pairs(&mut self, count: usize) -> Result<(), OutOfMemory> {
        for number in 0..count as u64 {
            let (a, b) = (self.node(number)?, self.node(number)?);
            self.connect(a, 0, b);
            self.connect(b, 0, a);
            self.release(a);
            self.release(b);
        }
        Ok(())
    }

    /// Collects a generation; returns how many objects that freed.
    pub fn collect(&mut self, generation: Generation) -> u64 {
        collect(self, generation, Reason::Manual)
    }

    /// Bytes of live nodes.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.heap.heap_bytes()
    }
}

impl Contents for Graph {
    fn release_contents(&mut self, node: ObjectRef, zeros: &mut ZeroStack) {
        self.collector.forget(node);
        take_edges(node)
            .into_iter()
            .flatten()
            .for_each(|edge| zeros.release(edge));
        // SAFETY: its count is zero.
        unsafe { self.heap.free(node) };
    }
}

// SAFETY: nodes own exactly their edges, are containers, and are forgotten when they die.
unsafe impl ObjectModel for Graph {
    fn heap(&self) -> &Heap {
        &self.heap
    }
    fn heap_mut(&mut self) -> &mut Heap {
        &mut self.heap
    }
    fn collector(&self) -> &Collector {
        &self.collector
    }
    fn collector_mut(&mut self) -> &mut Collector {
        &mut self.collector
    }
    unsafe fn traverse(node: ObjectRef, visit: &mut impl FnMut(ObjectRef)) {
        // SAFETY: the caller passes a complete node, and `visit` changes none.
        unsafe { &*edges(node) }
            .iter()
            .flatten()
            .copied()
            .for_each(visit);
    }
    fn release(&mut self, node: ObjectRef) {
        if node.decrement() {
            let mut zeros = std::mem::take(&mut self.zeros);
            reclaim(self, &mut zeros, node);
            self.zeros = zeros;
        }
    }
    fn clear(&mut self, node: ObjectRef) {
        take_edges(node)
            .into_iter()
            .flatten()
            .for_each(|edge| self.release(edge));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tangle_is_held_by_its_root_and_goes_with_it() {
        let mut graph = Graph::new();
        let root = graph.tangle(1000).unwrap();
        assert_eq!(graph.heap_bytes(), 1000 * NODE_BYTES);
        assert_eq!(graph.collect(Generation::Old), 0);
        graph.release(root);
        graph.collect(Generation::Old);
        assert_eq!(graph.heap_bytes(), 0);
    }

    #[test]
    fn pairs_are_left_to_the_collector() {
        let mut graph = Graph::new();
        graph.drop_pairs(10).unwrap();
        assert_eq!(graph.heap_bytes(), 20 * NODE_BYTES);
        assert_eq!(graph.collect(Generation::Young), 20);
        assert_eq!(graph.heap_bytes(), 0);
    }
}
