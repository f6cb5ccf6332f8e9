//! A generational collector of reference cycles, for any object model.
//!
//! Objects that are counted die when their counts reach zero, except in cycles. This crate finds
//! those: it examines tracked objects, young ones often and old ones rarely, subtracts the
//! references they have among each other from their counts, and ends what nothing else holds.
//! Weak references, finalizers, resurrection, thresholds and freezing behave as in CPython, whose
//! version is a setting ([`Profile`]).
//!
//! Use something else if your objects are not counted, if they are shared between threads, or if a
//! tree with `Rc` and `Weak` does: a collector is for programs that decide at run time what refers
//! to what.
//!
//! | module | is |
//! |---|---|
//! | `model` | what an object model implements |
//! | `collector`, `log` | the state, and how objects come and go |
//! | `schedule`, `bytes` | when a collection runs, and of which generation |
//! | `collect` | the fourteen stages in order; start reading here |
//! | `candidates`, `subtract`, `mark`, `prefetch` | which candidates are unreachable |
//! | `promote` | what happens to the others |
//! | `program_code`, `condemned` | what happens to those |
//! | `freeze`, `objects` | the permanent generation, lists |
//! | [`snapshot`] | what is alive and who holds it |
//! | `event`, `recorder`, `clock`, `census`, `statistics`, `trace` | what is recorded |
//!
//! # Example
//!
//! Cells that refer to at most one other. `examples/own_objects.rs` does the same without
//! recursion.
//!
//! ```
//! use vm_gc::{Collector, Generation, ObjectModel, Profile, Reason, collect};
//! use vm_heap::{Family, Heap, ObjectRef};
//!
//! #[repr(C)]
//! struct Cell {
//!     header: u64,
//!     next: Option<ObjectRef>,
//! }
//!
//! struct Cells {
//!     heap: Heap,
//!     collector: Collector,
//! }
//!
//! /// The field of a cell.
//! fn next(cell: ObjectRef) -> *mut Option<ObjectRef> {
//!     // SAFETY: all objects of this heap are cells.
//!     unsafe { &raw mut (*cell.cast::<Cell>().as_ptr()).next }
//! }
//!
//! // SAFETY: a cell owns what `next` refers to; cells are containers, forgotten when they die.
//! unsafe impl ObjectModel for Cells {
//!     fn heap(&self) -> &Heap {
//!         &self.heap
//!     }
//!     fn heap_mut(&mut self) -> &mut Heap {
//!         &mut self.heap
//!     }
//!     fn collector(&self) -> &Collector {
//!         &self.collector
//!     }
//!     fn collector_mut(&mut self) -> &mut Collector {
//!         &mut self.collector
//!     }
//!     unsafe fn traverse(cell: ObjectRef, visit: &mut impl FnMut(ObjectRef)) {
//!         // SAFETY: the cell is complete.
//!         unsafe { *next(cell) }.into_iter().for_each(visit);
//!     }
//!     fn release(&mut self, cell: ObjectRef) {
//!         if cell.decrement() {
//!             self.clear(cell);
//!             self.collector.forget(cell);
//!             // SAFETY: its count is zero.
//!             unsafe { self.heap.free(cell) };
//!         }
//!     }
//!     fn clear(&mut self, cell: ObjectRef) {
//!         // SAFETY: the cell is complete, and stays so.
//!         if let Some(cell) = unsafe { (*next(cell)).take() } {
//!             self.release(cell);
//!         }
//!     }
//! }
//!
//! # fn main() -> Result<(), vm_heap::OutOfMemory> {
//! let mut cells = Cells { heap: Heap::new(), collector: Collector::new(Profile::default()) };
//! // SAFETY: not used after its death.
//! let cell = unsafe { cells.heap.allocate(Family::Container, size_of::<Cell>(), 1)? };
//! // SAFETY: allocated, and large enough.
//! unsafe { next(cell).write(None) };
//! cells.collector.track(cell);
//!
//! // It refers to itself: one count for the field, one for us.
//! cell.increment();
//! // SAFETY: complete.
//! unsafe { *next(cell) = Some(cell) };
//! assert_eq!(collect(&mut cells, Generation::Old, Reason::Manual), 0, "we hold it");
//!
//! cells.release(cell);
//! assert!(cells.heap.heap_bytes() > 0, "its own reference keeps it");
//! assert_eq!(collect(&mut cells, Generation::Old, Reason::Manual), 1);
//! assert_eq!(cells.heap.heap_bytes(), 0);
//! # Ok(())
//! # }
//! ```

mod bytes;
mod candidates;
mod census;
mod clock;
mod collect;
mod collector;
mod condemned;
pub mod debug;
mod error;
mod event;
mod freeze;
mod generation;
mod lists;
mod log;
mod mark;
mod model;
mod objects;
mod prefetch;
mod program_code;
mod promote;
mod recorder;
mod schedule;
pub mod snapshot;
mod statistics;
mod subtract;
mod trace;

#[cfg(test)]
mod naive_tests;
#[cfg(test)]
mod test_model;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wild_tests;

pub use bytes::set_byte_threshold;
pub use clock::Clock;
pub use collect::collect;
pub use collector::Collector;
pub use error::InvalidGeneration;
pub use event::{
    CollectionEvent, CollectionStart, Event, EventKind, EventSink, HeapEvent, LimitEvent,
    MOST_TYPES, Reason, Stage, TypeCount,
};
pub use freeze::{freeze, unfreeze};
pub use generation::{GENERATIONS, Generation, PERMANENT, Profile};
pub use model::{ObjectModel, UntrackRound, WeakrefPhase, WeakrefReport, is_condemned};
pub use objects::{objects, release_free_memory};
pub use recorder::RING_EVENTS;
pub use schedule::run_if_due;
pub use statistics::GenerationStatistics;
