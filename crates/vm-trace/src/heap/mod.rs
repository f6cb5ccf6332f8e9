//! What a heap snapshot is written as, for the tools that people look at it with.
//!
//! | file | for |
//! |---|---|
//! | `heapsnapshot` | Chrome's DevTools, and whatever else reads V8's snapshots |
//! | `dot` | Graphviz: one object and what is around it |
//! | `jsonl` | programs: one object a line; the schema is in `docs/tracing.md` |
//! | `pprof` | `go tool pprof` and viewers of flame graphs: what was allocated where |
//! | `read` | reads `jsonl` back |
//!
//! Writers stream: beside the snapshot they keep what they do not know in advance, which is little.

mod dot;
mod error;
mod heapsnapshot;
mod jsonl;
mod pprof;
mod read;

#[cfg(test)]
mod pprof_tests;
#[cfg(test)]
mod tests;

pub use dot::write_dot;
pub use error::HeapFileError;
pub use heapsnapshot::write_heapsnapshot;
pub use jsonl::{SCHEMA, VERSION, write_jsonl};
pub use pprof::write_pprof;
pub use read::read_jsonl;
