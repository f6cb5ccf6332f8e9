//! `vm heap diff`: which types grew from one snapshot to another, with new objects of each.

use crate::arguments::Diff;
use crate::context::Context;
use crate::failure::Failure;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use vm_gc::snapshot::{NodeIndex, ShortestPaths, Snapshot, compare};
use vm_trace::heap::read_jsonl;

/// Types that are shown.
const TYPES: usize = 25;

/// Bytes that a snapshot may take.
const SNAPSHOT_BYTES_MAX: usize = 4 << 30;

pub(super) fn diff(arguments: &Diff, context: &Context) -> Result<(), Failure> {
    let before = read(context, &arguments.before)?;
    let after = read(context, &arguments.after)?;
    let growth = compare(&before, &after);
    let mut text = format!(
        "{} bytes before, {} after: {:+}\n",
        before.self_bytes(),
        after.self_bytes(),
        i128::from(after.self_bytes()) - i128::from(before.self_bytes()),
    );
    if growth.is_empty() {
        text += "no type has more or fewer objects or bytes\n";
    } else {
        text += &format!("{:>10} {:>12}  type\n", "objects", "bytes");
    }
    let paths = ShortestPaths::from_roots(&after);
    for of_type in growth.iter().take(TYPES) {
        let (objects, bytes) = (of_type.objects(), of_type.bytes());
        text += &format!("{objects:>+10} {bytes:>+12}  {}\n", of_type.type_name);
        for &sample in &of_type.samples {
            text += &format!("{:25}{}\n", "", new_object(&after, &paths, sample));
        }
    }
    if growth.len() > TYPES {
        text += &format!("{:25}... {} more types\n", "", growth.len() - TYPES);
    }
    context.console.print(text.as_bytes());
    Ok(())
}

/// `new #512 of 3: module __main__ .items [0]`.
fn new_object(snapshot: &Snapshot, paths: &ShortestPaths, node: NodeIndex) -> String {
    let described = snapshot.node(node);
    let mut text = format!("new #{}", described.id);
    let label = snapshot.text(described.label);
    if !label.is_empty() {
        text += &format!(" {label}");
    }
    match paths.path_to(node) {
        Some(path) => {
            text += &format!(": {}", path.display(snapshot));
        }
        None => text += ": garbage",
    }
    text
}

fn read(context: &Context, path: &Path) -> Result<Snapshot, Failure> {
    let name = path.display().to_string();
    let file = File::open(context.path(path));
    let file = file.map_err(|source| Failure::Read {
        name: name.clone(),
        source,
    })?;
    read_jsonl(BufReader::new(file), SNAPSHOT_BYTES_MAX)
        .map_err(|error| Failure::HeapFile { name, error })
}
