//! A heap of reference-counted objects: where they are, how many references they have, what they
//! cost. What they contain is the business of whoever uses it.
//!
//! ```text
//!  arena, 4 MiB               page, 64 KiB, one size class    object
//!  +-------+----+----+---     +----+----+----+----+---        +--------+-------------
//!  |headers|page|page| ..     |slot|slot|slot|slot| ..        | header | contents ...
//!  +-------+----+----+---     +----+----+----+----+---        +--------+-------------
//! ```
//!
//! - Objects of up to 512 bytes lie in pages of equal slots; allocating and freeing one is a pop and
//!   a push. Larger ones come from the system, in the same accounting and the same walk.
//! - Every object starts with an eight-byte [`Header`]: count, kind, flags.
//! - [`reclaim()`] frees what hangs on an object without recursion, however deep it hangs.
//! - Whoever wants to know of every object that is made holds them up ([`Heap::hold_objects`]).
//! - Every byte is accounted ([`Heap::charge`] for memory from elsewhere), and limited.
//! - [`Heap::for_each_object`] walks what is allocated, [`Heap::place_number`] gives a place the same
//!   number on every run, [`Heap::scratch`] gives a cycle collector a count beside each object, and
//!   [`Heap::verify`] recomputes all counts.
//!
//! Counts are not atomic and a heap belongs to one thread at a time. Programs without cycles between
//! objects, or without the wish to see their memory as a whole, are better served by `Rc`.
//!
//! ```
//! use vm_heap::{Contents, Family, Header, Heap, ObjectRef, ZeroStack, reclaim};
//!
//! /// A cell of a linked list.
//! #[repr(C)]
//! struct Cell {
//!     header: Header,
//!     next: Option<ObjectRef>,
//! }
//!
//! /// The model: it knows that every object is a `Cell`.
//! struct Lists(Heap);
//!
//! impl Contents for Lists {
//!     fn release_contents(&mut self, object: ObjectRef, zeros: &mut ZeroStack) {
//!         // SAFETY: every object of this heap is an initialised `Cell`, and this one has no
//!         // references left.
//!         unsafe {
//!             if let Some(next) = object.cast::<Cell>().as_ref().next {
//!                 zeros.release(next);
//!             }
//!             self.0.free(object);
//!         }
//!     }
//! }
//!
//! let mut lists = Lists(Heap::new());
//! let mut head = None;
//! for _ in 0..100_000 {
//!     // SAFETY: the contents are initialised at once, and nothing is used after it is freed.
//!     unsafe {
//!         let cell = lists.0.allocate(Family::Container, size_of::<Cell>(), 1)?;
//!         (&raw mut (*cell.cast::<Cell>().as_ptr()).next).write(head);
//!         head = Some(cell);
//!     }
//! }
//! assert_eq!(lists.0.heap_bytes(), 1_600_000);
//! if let Some(head) = head
//!     && head.decrement()
//! {
//!     reclaim(&mut lists, &mut ZeroStack::new(), head);
//! }
//! assert_eq!(lists.0.heap_bytes(), 0);
//! # Ok::<(), vm_heap::OutOfMemory>(())
//! ```

mod accounting;
mod arena;
mod buffer;
#[cfg(feature = "trace-counts")]
pub mod count_trace;
mod error;
mod header;
mod heap;
mod hold;
mod huge_pages;
mod large;
mod page;
mod place;
mod reclaim;
mod references;
mod scratch;
mod size_class;
mod statistics;
mod supply;
mod verify;
mod walk;
mod watch;

pub use accounting::DEFAULT_LIMIT_BYTES;
pub use error::{OutOfMemory, VerifyError};
pub use header::{
    CANDIDATE, FINALIZED, GENERATION_MASK, GENERATION_SHIFT, HAS_WEAKREFS, Header, KIND_FREE,
    LARGE, MODEL, ObjectRef, TRACKED,
};
pub use heap::Heap;
pub use page::PAGE_BYTES;
pub use reclaim::{Contents, ZeroStack, reclaim, reclaim_waiting};
pub use size_class::{Family, MAX_SLOT_BYTES, SLOT_GRANULE_BYTES};
pub use statistics::HeapStatistics;
pub use supply::Released;
pub use verify::Verification;
pub use watch::{HeapChange, HeapReport, HeapWatcher};
