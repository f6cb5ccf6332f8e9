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

#[cfg(test)]
mod tests {
    use crate::{Header, ObjectRef};
    use core::ptr::NonNull;
    use std::fmt::Debug;
    use std::sync::{Arc, Mutex};
    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    /// Keeps the fields of each event but addresses and lines.
    #[derive(Clone, Default)]
    struct Listener(Arc<Mutex<Vec<String>>>);

    impl Subscriber for Listener {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target() == "vm_refcount"
        }
        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, event: &Event<'_>) {
            let mut line = Line(String::new());
            event.record(&mut line);
            self.0.lock().unwrap().push(line.0);
        }
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    struct Line(String);

    impl Visit for Line {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            if !["object", "line"].contains(&field.name()) {
                self.0.push_str(&format!("{}={value:?} ", field.name()));
            }
        }
    }

    #[test]
    fn both_directions_are_told_with_the_count_afterwards() {
        let listener = Listener::default();
        let mut header = Header::new(9, 0);
        // SAFETY: the header outlives every use of the object.
        let object = unsafe { ObjectRef::from_raw(NonNull::from(&mut header)) };
        tracing::subscriber::with_default(listener.clone(), || {
            object.increment();
            assert!(!object.decrement());
            assert!(object.decrement());
        });
        let lines = listener.0.lock().unwrap().clone();
        let expected = [
            "\"incref\" count=2",
            "\"decref\" count=1",
            "\"decref\" count=0",
        ]
        .map(|line| line.replace(' ', " kind=\"\" "))
        .map(|line| format!("operation={line} file={:?} ", file!()));
        assert_eq!(lines, expected);
    }
}
