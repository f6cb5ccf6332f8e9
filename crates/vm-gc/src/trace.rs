//! Events for subscribers of the `tracing` crate, under the target `vm_gc`.
//!
//! | level | what |
//! |---|---|
//! | WARN | a limit was hit |
//! | INFO | the span `collection` around each collection; one event behind it |
//! | DEBUG | the span `stage` in it, with one event at its end; arenas and growth |
//!
//! The event of a collection stands behind its span, so that a line for it says everything once.

use crate::event::{CollectionEvent, EventKind, Stage};
use tracing::Level;
use tracing::span::EnteredSpan;

/// The target of all spans and events.
const TARGET: &str = "vm_gc";

/// The span around a collection; what program code traces in it belongs to it.
pub(crate) fn collection(generation: u8, reason: &'static str) -> Option<EnteredSpan> {
    tracing::enabled!(target: TARGET, Level::INFO)
        .then(|| tracing::info_span!(target: TARGET, "collection", generation, reason).entered())
}

/// The span around a stage.
pub(crate) fn stage(stage: Stage) -> Option<EnteredSpan> {
    tracing::enabled!(target: TARGET, Level::DEBUG).then(|| {
        let (stage, duration_ns) = (stage.name(), tracing::field::Empty);
        tracing::debug_span!(target: TARGET, "stage", stage, duration_ns).entered()
    })
}

/// The stage of this span ends.
pub(crate) fn stage_ended(span: &EnteredSpan, duration_ns: u64) {
    span.record("duration_ns", duration_ns);
    tracing::debug!(target: TARGET, duration_ns, "stage ended");
}

/// Emits what happened.
pub(crate) fn emit(event: &EventKind) {
    match event {
        EventKind::Collection(collection) => emit_collection(collection),
        EventKind::Heap(heap) => tracing::debug!(
            target: TARGET,
            change = heap.name(),
            heap_bytes = heap.heap_bytes,
            reserved_bytes = heap.reserved_bytes,
            arenas = heap.arenas,
            "heap changed"
        ),
        EventKind::Limit(limit) => tracing::warn!(
            target: TARGET,
            limit = limit.limit,
            most = limit.most,
            requested = limit.requested,
            "limit hit"
        ),
    }
}

fn emit_collection(event: &CollectionEvent) {
    tracing::info!(
        target: TARGET,
        sequence = event.sequence,
        generation = event.generation.number(),
        reason = event.reason.name(),
        candidates = event.candidates,
        collected = event.collected,
        uncollectable = event.uncollectable,
        resurrected = event.resurrected,
        finalizers = event.finalizers,
        weakref_callbacks = event.weakref_callbacks,
        freed_bytes = event.freed_bytes,
        heap_bytes = event.heap_bytes_after,
        arenas_returned = event.arenas_returned,
        duration_ns = event.duration_ns,
        "collected"
    );
}
