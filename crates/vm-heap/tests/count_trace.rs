//! With the feature `trace-counts`, every change of a count is an event.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use vm_heap::{Family, Heap};

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
    let mut heap = Heap::new();
    // SAFETY: the object is not used behind its end, which is the heap's.
    let object = unsafe { heap.allocate(Family::Leaf, 16, 9) }.unwrap();
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
