//! Every INCREF and DECREF, told to `tracing`: only with the feature `trace-counts`.
//!
//! | | |
//! |---|---|
//! | target, level | `vm_refcount`, TRACE |
//! | `operation` | `incref` or `decref` |
//! | `object` | the address |
//! | `kind` | the object model's name for the kind of object |
//! | `count` | the count afterwards; 0: the object is about to die |
//! | `file`, `line` | the place in the machine's source that changes it |
//!
//! Told are all changes there are, since they are made in two functions (`header.rs`): those of the
//! interpreter, of native code, of reclaiming and of the collector. Not told is what changes no count:
//! birth (an object begins with one), moving a reference, and everything about immortal objects.
//!
//! Without the feature nothing of this is compiled. With it, each change asks whether somebody
//! listens, and code grows: it is for looking, not for running.

use crate::header::ObjectRef;
use std::panic::Location;
use std::sync::OnceLock;

/// What the object model calls its kinds. One for the process: so is whoever listens.
static NAMES: OnceLock<fn(u8) -> &'static str> = OnceLock::new();

/// Says what kinds are called; the first call counts.
pub fn name_kinds(name: fn(u8) -> &'static str) {
    let _ = NAMES.set(name);
}

/// A count has changed.
#[inline(never)]
#[track_caller]
pub(crate) fn changed(object: ObjectRef, operation: &'static str, count: u32) {
    let kind = NAMES.get().map_or("", |name| name(object.kind()));
    let address = object.address();
    let place = Location::caller();
    tracing::trace!(
        target: "vm_refcount",
        operation,
        object = format_args!("{address:#x}"),
        kind,
        count,
        file = place.file(),
        line = place.line()
    );
}
