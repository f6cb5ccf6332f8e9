//! `rust-cc`: counts, and trial deletion from objects that lost a reference and lived on.

use crate::drops::Drops;
use crate::handles::Handle;
use crate::rows::EDGES;
use rust_cc::{Cc, Finalize, Trace};
use std::cell::RefCell;

#[derive(Trace, Finalize)]
pub(crate) struct Node {
    edges: RefCell<[Option<Cc<Node>>; EDGES]>,
    #[rust_cc(ignore)]
    _drops: Drops,
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
        rust_cc::collect_cycles();
    }

    fn set_automatic(on: bool) -> bool {
        rust_cc::config::config(|configuration| configuration.set_auto_collect(on))
            .expect("no collection runs");
        true
    }

    fn touch(&self) {
        drop(self.clone());
    }
}
