//! A table of types: objects, bytes, and what they retain. If it was recorded where objects were
//! allocated, the same by line.

use std::io::{self, Write};
use vm_gc::snapshot::{Retention, Snapshot, site_summaries, type_summaries};

/// Types that are shown, and lines.
const TYPES: usize = 25;
const SITES: usize = 25;

/// Writes the table.
pub(super) fn write(snapshot: &Snapshot, mut out: impl Write) -> io::Result<()> {
    let retention = Retention::of(snapshot);
    let summaries = type_summaries(snapshot, &retention);
    let reached = snapshot.reached();
    let garbage: Vec<_> = (0..).zip(reached).filter(|(_, reached)| !reached).collect();
    let garbage_bytes: u64 = garbage
        .iter()
        .map(|&(node, _)| snapshot.node(node).self_bytes)
        .sum();
    writeln!(
        out,
        "{} objects, {} references, {} bytes; {} objects of {garbage_bytes} bytes are garbage",
        snapshot.nodes().len(),
        snapshot.all_references().len(),
        snapshot.self_bytes(),
        garbage.len(),
    )?;
    writeln!(
        out,
        "{:>10} {:>12} {:>12}  type",
        "objects", "bytes", "retained"
    )?;
    for summary in summaries.iter().take(TYPES) {
        let (objects, bytes) = (summary.objects, summary.self_bytes);
        let (retained, name) = (summary.retained_bytes, snapshot.text(summary.type_name));
        writeln!(out, "{objects:>10} {bytes:>12} {retained:>12}  {name}")?;
    }
    if summaries.len() > TYPES {
        let rest = &summaries[TYPES..];
        let objects: u64 = rest.iter().map(|summary| summary.objects).sum();
        let bytes: u64 = rest.iter().map(|summary| summary.self_bytes).sum();
        let types = rest.len();
        writeln!(
            out,
            "{objects:>10} {bytes:>12} {:>12}  ... {types} more types",
            ""
        )?;
    }
    write_sites(snapshot, &retention, &mut out)
}

fn write_sites(snapshot: &Snapshot, retention: &Retention, out: &mut impl Write) -> io::Result<()> {
    let summaries = site_summaries(snapshot, retention);
    if summaries.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n{:>10} {:>12} {:>12}  allocated in",
        "objects", "bytes", "retained"
    )?;
    for summary in summaries.iter().take(SITES) {
        let (objects, bytes) = (summary.objects, summary.self_bytes);
        let (retained, line) = (summary.retained_bytes, summary.line);
        let function = snapshot.text(summary.function);
        let file = snapshot.text(summary.file);
        writeln!(
            out,
            "{objects:>10} {bytes:>12} {retained:>12}  {function} ({file}:{line})"
        )?;
    }
    if summaries.len() > SITES {
        let lines = summaries.len() - SITES;
        writeln!(out, "{:>36}  ... {lines} more lines", "")?;
    }
    Ok(())
}
