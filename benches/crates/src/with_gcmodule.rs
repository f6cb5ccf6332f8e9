//! `gcmodule`: counts, and CPython's subtraction over all objects of the thread.

use crate::drops::Drops;
use crate::handles::Handle;
use crate::rows::EDGES;
use gcmodule::{Cc, Trace, Tracer};
use std::cell::RefCell;

pub(crate) struct Node {
    edges: RefCell<[Option<Cc<Node>>; EDGES]>,
    _drops: Drops,
}

impl Trace for Node {
    fn trace(&self, tracer: &mut Tracer) {
        self.edges
            .borrow()
            .iter()
            .flatten()
            .for_each(|edge| edge.trace(tracer));
    }

    fn is_type_tracked() -> bool {
        true
    }
}

impl Handle for Cc<Node> {
    fn node() -> Cc<Node> {
        Cc::new(Node {
            edges: RefCell::default(),
            _drops: Drops,
        })
    }

    fn connect(&self, edge: usize, to: &Cc<Node>) {
        self.edges.borrow_mut()[edge] = Some(to.clone());
    }

    fn collect() {
        gcmodule::collect_thread_cycles();
    }

    fn set_automatic(_on: bool) -> bool {
        false
    }
}
