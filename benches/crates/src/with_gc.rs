//! `gc`: marking and sweeping; references on the stack are counted as roots.

use crate::drops::Drops;
use crate::handles::Handle;
use crate::rows::EDGES;
use gc::{Finalize, Gc, GcCell, Trace};

#[derive(Trace, Finalize)]
pub(crate) struct Node {
    edges: GcCell<[Option<Gc<Node>>; EDGES]>,
    #[unsafe_ignore_trace]
    _drops: Drops,
}

impl Handle for Gc<Node> {
    fn node() -> Gc<Node> {
        Gc::new(Node {
            edges: GcCell::new([const { None }; EDGES]),
            _drops: Drops,
        })
    }

    fn connect(&self, edge: usize, to: &Gc<Node>) {
        self.edges.borrow_mut()[edge] = Some(to.clone());
    }

    fn collect() {
        gc::force_collect();
    }

    fn set_automatic(on: bool) -> bool {
        gc::configure(|configuration| {
            let default = gc::GcConfig::default();
            configuration.threshold = if on {
                default.threshold
            } else {
                usize::MAX / 2
            };
        });
        true
    }
}
