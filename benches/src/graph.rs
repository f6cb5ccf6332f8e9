//! A graph of objects under the heap and the collector alone, without a machine.
//!
//! ```text
//!   node: 16 bytes and 8 for each edge, of which most have four
//!  +--------+-------+------+------+------+------+
//!  | header | edges | edge | edge | edge | edge |
//!  +--------+-------+------+------+------+------+
//! ```

use vm_gc::{Collector, Generation, ObjectModel, Profile, Reason, collect, run_if_due};
use vm_heap::{Contents, Family, Heap, HeapStatistics, ObjectRef, OutOfMemory, ZeroStack, reclaim};

/// Edges of an ordinary node.
pub const EDGES: usize = 4;

/// What a node begins with; the edges follow.
#[repr(C)]
struct Node {
    header: u64,
    edges: usize,
}

/// Bytes of an ordinary node.
pub const NODE_BYTES: usize = node_bytes(EDGES);

const fn node_bytes(edges: usize) -> usize {
    size_of::<Node>() + edges * size_of::<Option<ObjectRef>>()
}

/// The model: every object is a node.
#[derive(Debug)]
pub struct Graph {
    nodes: Nodes,
    zeros: ZeroStack,
}

/// What the end of a node's life is about.
#[derive(Debug)]
struct Nodes {
    heap: Heap,
    collector: Collector,
}

/// The edges of a node.
fn edges(node: ObjectRef) -> *mut [Option<ObjectRef>] {
    let node = node.cast::<Node>().as_ptr();
    // SAFETY: all objects of this heap are nodes, initialised by `Graph::node_with`, and the edges
    // follow their beginnings.
    unsafe { std::ptr::slice_from_raw_parts_mut(node.add(1).cast(), (*node).edges) }
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
        let heap = Heap::new();
        Graph {
            nodes: Nodes { heap, collector },
            zeros: ZeroStack::new(),
        }
    }

    /// A new node whose four edges refer to nothing. The caller owns its count.
    ///
    /// # Errors
    ///
    /// At the heap's limit.
    #[inline(never)]
    pub fn node(&mut self) -> Result<ObjectRef, OutOfMemory> {
        self.node_with(EDGES)
    }

    /// A new node with that many edges.
    ///
    /// # Errors
    ///
    /// At the heap's limit.
    #[inline(always)]
    pub fn node_with(&mut self, edge_count: usize) -> Result<ObjectRef, OutOfMemory> {
        let bytes = node_bytes(edge_count);
        // SAFETY: references to a node are dropped when its count reaches zero.
        let node = unsafe { self.nodes.heap.allocate(Family::Container, bytes, 1)? };
        // SAFETY: the node was allocated, large enough, and nothing else refers to it.
        unsafe {
            (&raw mut (*node.cast::<Node>().as_ptr()).edges).write(edge_count);
            (*edges(node)).fill(None);
        }
        self.nodes.collector.track(node);
        Ok(node)
    }

    /// Makes an edge refer to a node, which gets one count more.
    pub fn connect(&mut self, from: ObjectRef, edge: usize, to: ObjectRef) {
        to.increment();
        // SAFETY: the node is alive; no reference to its edges is held anywhere.
        let former = unsafe { (&mut *edges(from))[edge].replace(to) };
        if let Some(former) = former {
            self.release(former);
        }
    }

    /// `count` nodes, each held by the caller, with four edges each to others at random, so that
    /// the order in memory says nothing about who refers to whom.
    ///
    /// # Errors
    ///
    /// At the heap's limit.
    pub fn tangle(&mut self, count: usize) -> Result<Vec<ObjectRef>, OutOfMemory> {
        let nodes = (0..count)
            .map(|_| self.node())
            .collect::<Result<Vec<_>, _>>()?;
        let mut random = 0x9E37_79B9_7F4A_7C15_u64;
        for &node in &nodes {
            for edge in 0..EDGES {
                // Xorshift.
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                self.connect(node, edge, nodes[random as usize % count]);
            }
        }
        Ok(nodes)
    }

    /// A tangle in which each node is also held by the one before it, and the first by the caller.
    ///
    /// # Errors
    ///
    /// At the heap's limit.
    pub fn rooted_tangle(&mut self, count: usize) -> Result<ObjectRef, OutOfMemory> {
        let nodes = self.tangle(count)?;
        for (&node, &next) in nodes.iter().zip(&nodes[1..]) {
            self.connect(node, 0, next);
        }
        nodes[1..].iter().for_each(|&node| self.release(node));
        Ok(nodes[0])
    }

    /// A chain of `count` nodes; the caller owns the first and the last.
    ///
    /// # Errors
    ///
    /// At the heap's limit.
    pub fn chain(&mut self, count: usize) -> Result<(ObjectRef, ObjectRef), OutOfMemory> {
        let first = self.node()?;
        let mut last = first;
        last.increment();
        for _ in 1..count {
            let next = self.node()?;
            self.connect(last, 0, next);
            self.release(last);
            last = next;
        }
        Ok((first, last))
    }

    /// A ring of `count` nodes that is held by nothing else.
    ///
    /// # Errors
    ///
    /// At the heap's limit.
    pub fn drop_ring(&mut self, count: usize) -> Result<(), OutOfMemory> {
        let (first, last) = self.chain(count)?;
        self.connect(last, 0, first);
        self.release(first);
        self.release(last);
        Ok(())
    }

    /// Runs a collection if one became due, as a machine's safepoint does.
    #[inline]
    pub fn safepoint(&mut self) {
        run_if_due(self);
    }

    /// Thresholds and the like.
    pub fn collector_settings(&mut self) -> &mut Collector {
        &mut self.nodes.collector
    }

    /// The heap in figures.
    #[must_use]
    pub fn heap_statistics(&self) -> HeapStatistics {
        self.nodes.heap.statistics()
    }

    /// Collects a generation; returns how many objects that freed.
    pub fn collect(&mut self, generation: Generation) -> u64 {
        collect(self, generation, Reason::Manual)
    }

    /// Bytes of live nodes.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.nodes.heap.heap_bytes()
    }
}

impl Contents for Nodes {
    fn release_contents(&mut self, node: ObjectRef, zeros: &mut ZeroStack) {
        self.collector.forget(node);
        // SAFETY: no other reference to the edges of a dead node is held.
        for edge in unsafe { &mut *edges(node) } {
            if let Some(edge) = edge.take() {
                zeros.release(edge);
            }
        }
        // SAFETY: its count is zero.
        unsafe { self.heap.free(node) };
    }
}

// SAFETY: nodes own exactly their edges, are containers, and are forgotten when they die.
unsafe impl ObjectModel for Graph {
    fn heap(&self) -> &Heap {
        &self.nodes.heap
    }
    fn heap_mut(&mut self) -> &mut Heap {
        &mut self.nodes.heap
    }
    fn collector(&self) -> &Collector {
        &self.nodes.collector
    }
    fn collector_mut(&mut self) -> &mut Collector {
        &mut self.nodes.collector
    }
    unsafe fn traverse(node: ObjectRef, visit: &mut impl FnMut(ObjectRef)) {
        // SAFETY: the caller passes a complete node, and `visit` changes none.
        for &edge in unsafe { &*edges(node) } {
            if let Some(edge) = edge {
                visit(edge);
            }
        }
    }
    fn release(&mut self, node: ObjectRef) {
        if node.decrement() {
            reclaim(&mut self.nodes, &mut self.zeros, node);
        }
    }
    fn clear(&mut self, node: ObjectRef) {
        // SAFETY: the node is held by the collector, so it stays; others may be released meanwhile,
        // but none looks at these edges.
        for edge in unsafe { &mut *edges(node) } {
            if let Some(edge) = edge.take() {
                self.release(edge);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tangle_is_held_by_its_root_and_goes_with_it() {
        let mut graph = Graph::new();
        let root = graph.rooted_tangle(1000).unwrap();
        assert_eq!(graph.heap_bytes(), 1000 * NODE_BYTES);
        assert_eq!(graph.collect(Generation::Old), 0);
        graph.release(root);
        graph.collect(Generation::Old);
        assert_eq!(graph.heap_bytes(), 0);
    }

    #[test]
    fn rings_are_left_to_the_collector() {
        let mut graph = Graph::new();
        for _ in 0..10 {
            graph.drop_ring(2).unwrap();
        }
        assert_eq!(graph.heap_bytes(), 20 * NODE_BYTES);
        assert_eq!(graph.collect(Generation::Young), 20);
        assert_eq!(graph.heap_bytes(), 0);
    }
}
