//! V8's heap snapshots: one JSON object with flat arrays of integers.
//!
//! ```text
//!   node 0  ""  ─┬─1─► node 1 "(GC roots)" ─┬─► "(modules)"  ─┬─ module __main__ ──► an object
//!                │                          ├─► "(frames)"    └─ module sys ──► ...
//!                │                          └─► "(garbage)" ──► what garbage hangs on
//!                └─ module __main__ ──► an object
//! ```
//!
//! 1. `snapshot.meta` says what the numbers are. Each node has seven, each edge three.
//! 2. `nodes`: type, name, id, self size, number of edges, and two that are always zero here.
//! 3. `edges`, those of a node next to each other in the order of nodes: type, name or index, and
//!    the place of the node it leads to in the array of nodes (its number times seven).
//! 4. `strings`: what names are numbers of.
//!
//! Viewers expect a node above all others and `(GC roots)` below it; they count distances from what
//! hangs on the first node directly, which here is the first root. Retained sizes of objects do not
//! depend on the nodes above them. The format is written down in V8's `heap-snapshot-generator.cc`
//! and in the documentation of Microsoft Edge's DevTools.

use std::io::{self, BufWriter, Write};
use vm_gc::snapshot::{Category, Components, NodeIndex, ReferenceName, Snapshot, TextId};

/// Numbers for each node.
const NODE_FIELDS: usize = 7;

/// Everything in front of the counts.
const META: &str = r#"{"snapshot":{"meta":{"node_fields":["type","name","id","self_size","edge_count","trace_node_id","detachedness"],"node_types":[["hidden","array","string","object","code","closure","regexp","number","native","synthetic","concatenated string","sliced string","symbol","bigint","object shape"],"string","number","number","number","number","number"],"edge_fields":["type","name_or_index","to_node"],"edge_types":[["context","element","property","internal","hidden","shortcut","weak"],"string_or_number","node"],"trace_function_info_fields":["function_id","name","script_name","script_id","line","column"],"trace_node_fields":["id","function_info_index","count","size","children"],"sample_fields":["timestamp_us","last_assigned_id"],"location_fields":["object_index","script_id","line","column"]}"#;

/// Positions in the list of node types of [`META`].
mod node_type {
    pub(super) const STRING: usize = 2;
    pub(super) const OBJECT: usize = 3;
    pub(super) const CODE: usize = 4;
    pub(super) const CLOSURE: usize = 5;
    pub(super) const SYNTHETIC: usize = 9;
    pub(super) const BIGINT: usize = 13;
}

/// Positions in the list of edge types of [`META`].
mod edge_type {
    pub(super) const CONTEXT: usize = 0;
    pub(super) const ELEMENT: usize = 1;
    pub(super) const PROPERTY: usize = 2;
    pub(super) const INTERNAL: usize = 3;
}

/// A node above the objects.
struct Above {
    name: String,
    edges: Vec<AboveEdge>,
}

/// An edge of such a node.
struct AboveEdge {
    kind: usize,
    /// The number of a text, or an index.
    name: usize,
    to: To,
}

/// Where it leads.
enum To {
    Above(usize),
    Object(NodeIndex),
}

/// The nodes above the objects, in their order: the top, `(GC roots)`, and one for each group.
fn nodes_above(snapshot: &Snapshot) -> Vec<Above> {
    let above = |name: String| Above {
        name,
        edges: Vec::new(),
    };
    let mut all = vec![above(String::new()), above("(GC roots)".to_owned())];
    let first_root = snapshot.roots().first().map(|root| AboveEdge {
        kind: edge_type::PROPERTY,
        name: root.name.number(),
        to: To::Object(root.to),
    });
    let down = |index: usize, to: usize| AboveEdge {
        kind: edge_type::ELEMENT,
        name: index,
        to: To::Above(to),
    };
    all[0].edges.push(down(1, 1));
    all[0].edges.extend(first_root);

    let mut groups: Vec<TextId> = Vec::new();
    for root in snapshot.roots() {
        let group = groups.iter().position(|&group| group == root.group);
        let group = group.unwrap_or_else(|| {
            groups.push(root.group);
            all.push(above(format!("({})", snapshot.text(root.group))));
            groups.len() - 1
        });
        all[2 + group].edges.push(AboveEdge {
            kind: edge_type::PROPERTY,
            name: root.name.number(),
            to: To::Object(root.to),
        });
    }
    let reached = snapshot.reached();
    if reached.contains(&false) {
        let mut garbage = above("(garbage)".to_owned());
        let entries = Components::of(snapshot).garbage_entries(snapshot, &reached);
        garbage.edges = entries
            .into_iter()
            .enumerate()
            .map(|(index, node)| AboveEdge {
                kind: edge_type::ELEMENT,
                name: index,
                to: To::Object(node),
            })
            .collect();
        all.push(garbage);
    }
    for group in 2..all.len() {
        all[1].edges.push(down(group - 2, group));
    }
    all
}

/// Writes a snapshot for Chrome's DevTools.
///
/// # Errors
///
/// Those of the stream.
pub fn write_heapsnapshot(snapshot: &Snapshot, stream: impl Write) -> io::Result<()> {
    let mut out = BufWriter::new(stream);
    let above = nodes_above(snapshot);
    let objects = snapshot.nodes().len();
    let edges_above: usize = above.iter().map(|node| node.edges.len()).sum();
    let (nodes, edges) = (
        above.len() + objects,
        edges_above + snapshot.all_references().len(),
    );
    write!(
        out,
        "{META},\"node_count\":{nodes},\"edge_count\":{edges},\"trace_function_count\":0}},\n\
         \"nodes\":["
    )?;

    let texts = snapshot.texts().len();
    let free_id = snapshot
        .nodes()
        .iter()
        .map(|node| node.id)
        .max()
        .unwrap_or(0)
        + 1;
    for (number, node) in above.iter().enumerate() {
        let separator = if number == 0 { "" } else { ",\n" };
        let (kind, name, edges) = (node_type::SYNTHETIC, texts + number, node.edges.len());
        let id = free_id + number as u64;
        write!(out, "{separator}{kind},{name},{id},0,{edges},0,0")?;
    }
    for index in snapshot.indices() {
        let node = snapshot.node(index);
        let (kind, name) = match node.category {
            Category::Object | Category::Container => (node_type::OBJECT, node.type_name),
            Category::Text => (node_type::STRING, node.label),
            Category::Number => (node_type::BIGINT, node.label),
            Category::Function => (node_type::CLOSURE, node.label),
            Category::Code => (node_type::CODE, node.label),
        };
        let (name, id, bytes) = (name.number(), node.id, node.self_bytes);
        let edges = snapshot.references(index).len();
        write!(out, ",\n{kind},{name},{id},{bytes},{edges},0,0")?;
    }

    write!(out, "],\n\"edges\":[")?;
    let place = |node: NodeIndex| (above.len() + node as usize) * NODE_FIELDS;
    let mut separator = "";
    for edge in above.iter().flat_map(|node| &node.edges) {
        let to = match edge.to {
            To::Above(number) => number * NODE_FIELDS,
            To::Object(node) => place(node),
        };
        write!(out, "{separator}{},{},{to}", edge.kind, edge.name)?;
        separator = ",\n";
    }
    for reference in snapshot.all_references() {
        let (kind, name) = match reference.name {
            ReferenceName::Attribute(name) | ReferenceName::Key(name) => {
                (edge_type::PROPERTY, name.number())
            }
            ReferenceName::Variable(name) => (edge_type::CONTEXT, name.number()),
            ReferenceName::Index(index) => (edge_type::ELEMENT, index as usize),
            ReferenceName::Internal(name) => (edge_type::INTERNAL, name.number()),
        };
        write!(out, ",\n{kind},{name},{}", place(reference.to))?;
    }

    write!(
        out,
        "],\n\"trace_function_infos\":[],\n\"trace_tree\":[],\n\"samples\":[],\n\
         \"locations\":[],\n\"strings\":["
    )?;
    let mut separator = "";
    let names_above = above.iter().map(|node| node.name.as_str());
    for text in snapshot.texts().chain(names_above) {
        out.write_all(separator.as_bytes())?;
        serde_json::to_writer(&mut out, text)?;
        separator = ",\n";
    }
    out.write_all(b"]}\n")?;
    out.flush()
}
