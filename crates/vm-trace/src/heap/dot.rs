//! One object and what is around it, for Graphviz.
//!
//! 1. The object, and the objects on the shortest way to it.
//! 2. Some objects that refer to it, and some that it refers to.
//! 3. If it is in a cycle, the objects on the shortest way back to it.
//! 4. Draw these, and every reference from one of them to another.
//!
//! The object is grey. What is in a cycle with it has two borders, and references within the cycle
//! are bold.

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};
use vm_gc::snapshot::{Components, NodeIndex, ShortestPaths, Snapshot, shortest_circle};

/// Objects that refer to the object, and that it refers to, as many of each at most.
const NEIGHBOURS: usize = 12;

/// Objects of a long way, from its end.
const WAY: usize = 40;

/// A text in quotes: a backslash, a quote and a line end need a backslash.
fn quoted(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    result.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => result.extend(['\\', character]),
            '\n' => result.push_str("\\n"),
            _ => result.push(character),
        }
    }
    result.push('"');
    result
}

/// Writes what is around an object as a graph.
///
/// # Errors
///
/// Those of the stream.
pub fn write_dot(snapshot: &Snapshot, object: NodeIndex, stream: impl Write) -> io::Result<()> {
    let path = ShortestPaths::from_roots(snapshot).path_to(object);
    let way: &[_] = path.as_ref().map_or(&[], |path| &path.steps);
    let circle = shortest_circle(snapshot, object).unwrap_or_default();
    let holds = |&node: &NodeIndex| {
        let mut references = snapshot.references(node).iter();
        references.any(|reference| reference.to == object)
    };
    let mut shown = BTreeSet::from([object]);
    shown.extend(way.iter().rev().take(WAY).map(|step| step.0));
    shown.extend(circle.iter().take(WAY).map(|step| step.0));
    shown.extend(snapshot.indices().filter(holds).take(NEIGHBOURS));
    let references = snapshot.references(object).iter();
    shown.extend(references.take(NEIGHBOURS).map(|reference| reference.to));

    let components = Components::of(snapshot);
    let is_alike = |node: NodeIndex| {
        components.component(node) == components.component(object)
            && components.is_in_cycle(snapshot, node)
    };
    let mut out = BufWriter::new(stream);
    writeln!(out, "digraph heap {{")?;
    writeln!(out, "    rankdir=LR;")?;
    writeln!(out, "    node [shape=box, fontname=\"sans-serif\"];")?;
    writeln!(out, "    edge [fontname=\"sans-serif\"];")?;
    for &index in &shown {
        let node = snapshot.node(index);
        let (name, label) = (snapshot.text(node.type_name), snapshot.text(node.label));
        let separator = if label.is_empty() { "" } else { " " };
        let text = format!(
            "{name}{separator}{label}\n#{}, {} bytes",
            node.id, node.self_bytes
        );
        let filled = if index == object {
            ", style=filled, fillcolor=lightgrey"
        } else {
            ""
        };
        let borders = if is_alike(index) {
            ", peripheries=2"
        } else {
            ""
        };
        writeln!(
            out,
            "    n{} [label={}{filled}{borders}];",
            node.id,
            quoted(&text)
        )?;
    }
    // A way that is too long has no beginning here.
    if let Some(path) = path.as_ref().filter(|path| path.steps.len() <= WAY) {
        let root = snapshot.roots()[path.root];
        let (name, to) = (quoted(snapshot.text(root.name)), snapshot.node(root.to).id);
        writeln!(out, "    root [label={name}, shape=ellipse];")?;
        writeln!(out, "    root -> n{to};")?;
    }
    for &from in &shown {
        for reference in snapshot.references(from) {
            if !shown.contains(&reference.to) {
                continue;
            }
            let name = reference.name.map(|text| snapshot.text(text)).to_string();
            let in_cycle = is_alike(from) && is_alike(reference.to);
            let bold = if in_cycle { ", style=bold" } else { "" };
            let (from, to) = (snapshot.node(from).id, snapshot.node(reference.to).id);
            writeln!(out, "    n{from} -> n{to} [label={}{bold}];", quoted(&name))?;
        }
    }
    writeln!(out, "}}")?;
    out.flush()
}
