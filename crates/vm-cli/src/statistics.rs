//! The counters of a run, by name.

use std::fmt::Write;
use vm_core::Statistics;

/// Every counter, in the order in which they are printed. All are deterministic.
pub(crate) fn entries(statistics: &Statistics) -> Vec<(&'static str, u64)> {
    let (counts, generations) = (&statistics.counts, &statistics.generations);
    vec![
        ("instructions", statistics.instructions),
        ("collections_0", generations[0].collections),
        ("collected_0", generations[0].collected),
        ("uncollectable_0", generations[0].uncollectable),
        ("collections_1", generations[1].collections),
        ("collected_1", generations[1].collected),
        ("uncollectable_1", generations[1].uncollectable),
        ("collections_2", generations[2].collections),
        ("collected_2", generations[2].collected),
        ("uncollectable_2", generations[2].uncollectable),
        ("objects_made", statistics.objects_made),
        ("objects_alive", statistics.objects_alive),
        ("heap_bytes", statistics.heap_bytes),
        ("peak_bytes", statistics.peak_bytes),
        ("calls", counts.calls),
        ("allocated_bytes", counts.allocated_bytes),
        ("increments", counts.increments),
        ("decrements", counts.decrements),
        ("elided", counts.elided),
        ("cache_hits", counts.cache_hits),
        ("cache_misses", counts.cache_misses),
        (
            "candidates",
            generations.iter().map(|each| each.candidates).sum(),
        ),
        ("edges", statistics.edges),
    ]
}

/// One `name: value` on each line, the values lined up.
pub(crate) fn text(statistics: &Statistics) -> String {
    let entries = entries(statistics);
    let name_width = entries
        .iter()
        .map(|(name, _)| name.len() + 1)
        .max()
        .unwrap_or(0);
    let value_width = entries
        .iter()
        .map(|(_, value)| value.to_string().len())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for (name, value) in entries {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:name_width$} {value:>value_width$}",
            format!("{name}:")
        );
    }
    text
}
