//! The heap without a collector: binary trees whose nodes are shared, counted and freed.
//!
//! Run with `cargo run --release --example heap_alone -p vm-heap`. It builds a tree, shares its two
//! halves, lets the whole go, and prints what the heap says about it.

use vm_heap::{Contents, Family, Header, Heap, ObjectRef, OutOfMemory, ZeroStack, reclaim};

const KIND_NODE: u8 = 1;

/// A tree node: the header that the heap asks for, then whatever the model likes.
#[repr(C)]
struct Node {
    header: Header,
    left: Option<ObjectRef>,
    right: Option<ObjectRef>,
    value: u64,
}

/// The object model: every object is a `Node`.
struct Trees {
    heap: Heap,
    zeros: ZeroStack,
}

fn node(object: ObjectRef) -> &'static Node {
    // SAFETY: every object of this heap is an initialised node; the callers do not keep the
    // reference beyond the object's life.
    unsafe { object.cast::<Node>().as_ref() }
}

impl Trees {
    /// A new node, which takes over the references to its children.
    fn node(
        &mut self,
        left: Option<ObjectRef>,
        right: Option<ObjectRef>,
        value: u64,
    ) -> Result<ObjectRef, OutOfMemory> {
        // SAFETY: all fields behind the header are initialised before anything reads them, and
        // references are counted, so none is used after its object is freed.
        unsafe {
            let object = self
                .heap
                .allocate(Family::Container, size_of::<Node>(), KIND_NODE)?;
            let node = object.cast::<Node>().as_ptr();
            (&raw mut (*node).left).write(left);
            (&raw mut (*node).right).write(right);
            (&raw mut (*node).value).write(value);
            Ok(object)
        }
    }

    /// A tree of `2^(depth + 1) - 1` nodes.
    fn tree(&mut self, depth: u32) -> Result<ObjectRef, OutOfMemory> {
        let (left, right) = match depth.checked_sub(1) {
            Some(depth) => (Some(self.tree(depth)?), Some(self.tree(depth)?)),
            None => (None, None),
        };
        self.node(left, right, u64::from(depth))
    }

    /// Gives one reference back.
    fn release(&mut self, object: ObjectRef) {
        if object.decrement() {
            let mut zeros = std::mem::take(&mut self.zeros);
            reclaim(self, &mut zeros, object);
            self.zeros = zeros;
        }
    }

    fn sum(&self, tree: ObjectRef) -> u64 {
        let Node {
            left, right, value, ..
        } = node(tree);
        let children = [left, right].into_iter().flatten();
        value + children.map(|child| self.sum(*child)).sum::<u64>()
    }
}

impl Contents for Trees {
    fn release_contents(&mut self, object: ObjectRef, zeros: &mut ZeroStack) {
        let Node { left, right, .. } = node(object);
        for child in [left, right].into_iter().flatten() {
            zeros.release(*child);
        }
        // SAFETY: the last reference is gone.
        unsafe { self.heap.free(object) };
    }
}

fn report(trees: &Trees, moment: &str) {
    let statistics = trees.heap.statistics();
    println!(
        "{moment}: {} objects, {} bytes in use, {} pages, {} arenas",
        statistics.containers, statistics.heap_bytes, statistics.pages, statistics.arenas
    );
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut trees = Trees {
        heap: Heap::with_limit(64 << 20),
        zeros: ZeroStack::new(),
    };
    let tree = trees.tree(16)?;
    report(&trees, "a tree of depth 16");
    println!("sum of its values: {}", trees.sum(tree));

    // Another root over the same two halves: they have two references each now.
    let (left, right) = (node(tree).left, node(tree).right);
    for half in [left, right].into_iter().flatten() {
        half.increment();
    }
    let other = trees.node(left, right, 1000)?;
    let verified = trees.heap.verify(&[tree, other], |object, visit| {
        for child in [node(object).left, node(object).right]
            .into_iter()
            .flatten()
        {
            visit(child);
        }
    })?;
    println!(
        "verified: {} objects, {} references",
        verified.objects, verified.references
    );

    trees.release(tree);
    report(&trees, "one root released");
    trees.release(other);
    report(&trees, "both released");
    let released = trees.heap.release_free_memory();
    println!("given back to the system: {} arenas", released.arenas);

    // The limit is exact, and refuses without harm.
    let refused = trees.tree(21).map_err(|refused| refused.to_string());
    println!("a tree of depth 21: {}", refused.err().unwrap_or_default());
    Ok(())
}
