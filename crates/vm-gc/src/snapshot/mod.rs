//! Heap snapshots: what is alive, how large it is, and who holds it.
//!
//! ```text
//!   object model ──take──► Snapshot ──┬─► ShortestPaths   the way from a root to an object
//!   (names types,          (a graph)  ├─► Components      which objects are in a cycle
//!    references, roots)        ▲      ├─► Retention       what dies with an object
//!                              │      ├─► type_summaries  tables of types and sites
//!   a file ──SnapshotBuilder───┘      ├─► compare         what grew between two snapshots
//!                                     └─► explain         all that matters about one object
//! ```
//!
//! | word | meaning |
//! |---|---|
//! | node | an object in a snapshot |
//! | reference | a counted reference from one object to another, with a name |
//! | site | a line of a function, reached through the calls above it, at which objects were allocated |
//! | root | a counted reference from outside of the heap, with a name and a group |
//! | self bytes | what an object takes, with the buffers that are its alone |
//! | retained bytes | what would be free if the object died: itself, and all that is reached through it only |
//! | garbage | what no root reaches: it is in a cycle, or only a cycle holds it |
//!
//! A snapshot is a copy. It holds no counts and no addresses, so the model goes on while it is
//! looked at, and it may outlive its model. Its memory is limited ([`SnapshotError::TooLarge`]);
//! each analysis takes some 20 to 60 bytes for each object and reference beside it.
//!
//! **Invariant.** Nothing here recurses: a chain of ten million objects is a graph as any other.
//! **Invariant.** Two snapshots of equal heaps are equal: nodes are in the order of the heap's walk
//! and their ids are the numbers of their places ([`vm_heap::Heap::place_number`]).

mod build;
mod components;
mod diff;
mod explain;
mod graph;
mod model;
mod paths;
mod retention;
mod take;
mod texts;
mod types;

#[cfg(test)]
mod naive_tests;

pub use build::{NewObject, NewSite, SnapshotBuilder, SnapshotError};
pub use components::Components;
pub use diff::{TypeAmount, TypeGrowth, compare};
pub use explain::{Cycle, Explanation, Hold, Holder, ObjectSummary, Step, explain};
pub use graph::{
    AllocationSite, Category, Node, NodeIndex, Reference, ReferenceName, Root, SiteIndex, Snapshot,
};
pub use model::{DescribeObjects, Description};
pub use paths::{Path, ShortestPaths, shortest_circle};
pub use retention::Retention;
pub use take::take;
pub use texts::TextId;
pub use types::{SiteSummary, TypeSummary, largest_of_type, site_summaries, type_summaries};
