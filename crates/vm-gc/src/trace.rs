//! The event of a collection as events of the `tracing` crate.

use crate::event::{CollectionEvent, Stage};

/// The target of all spans and events.
const TARGET: &str = "vm_gc";

/// The span around a collection; what program code traces in it belongs to it.
pub(crate) fn span(generation: u8, reason: &'static str) -> tracing::span::EnteredSpan {
    tracing::debug_span!(target: TARGET, "collection", generation, reason).entered()
}

/// Emits what happened, and at level TRACE how long each stage took.
pub(crate) fn emit(event: &CollectionEvent) {
    tracing::debug!(
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
    if tracing::enabled!(target: TARGET, tracing::Level::TRACE) {
        for stage in Stage::ALL {
            tracing::trace!(
                target: TARGET,
                sequence = event.sequence,
                stage = stage.name(),
                duration_ns = event.stage_ns(stage),
                "stage"
            );
        }
    }
}
