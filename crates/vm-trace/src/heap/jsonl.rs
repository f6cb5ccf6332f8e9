//! One object a line, in JSON. The schema, version 1:
//!
//! ```text
//!  {"schema":"vm-heap","version":1,"objects":2,"references":1,"roots":1,"bytes":96}
//!  {"id":512,"type":"list","label":"of 1","category":"container","bytes":56,"retained":96,"count":1,
//!   "generation":0,"references":[["index",0,516]]}                                      (one line)
//!  {"id":516,"type":"Node","label":"","category":"object","bytes":40,"retained":40,"count":1,
//!   "generation":0,"site":{"function":"main","line":7},"references":[]}                 (one line)
//!  {"root":"module __main__","group":"modules","to":512}
//! ```
//!
//! The first line counts what follows: the objects, then the roots. `retained` are the bytes that
//! would be free if the object died. `count` is null for what is immortal, `generation` null for what
//! the collector does not examine and 3 for what is frozen;
//! `site` is there if it was recorded. A reference is its kind (`attribute`, `variable`, `key`,
//! `index`, `internal`), its name or index, and the id of the object it leads to. Readers ignore
//! fields that they do not know; a change that needs more than that gets another version.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{self, BufWriter, Write};
use vm_gc::snapshot::{Category, ReferenceName, Retention, Snapshot};

/// What the first line of a file calls itself.
pub const SCHEMA: &str = "vm-heap";

/// The version of the schema.
pub const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header<'a> {
    #[serde(borrow)]
    pub(super) schema: Cow<'a, str>,
    pub(super) version: u32,
    pub(super) objects: usize,
    pub(super) references: usize,
    pub(super) roots: usize,
    /// For who reads no further.
    pub(super) bytes: u64,
}

/// A line of an object.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Object<'a> {
    pub(super) id: u64,
    #[serde(rename = "type", borrow)]
    pub(super) type_name: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) label: Cow<'a, str>,
    pub(super) category: CategoryName,
    pub(super) bytes: u64,
    /// Whoever reads it back finds it out anew.
    #[serde(default)]
    pub(super) retained: u64,
    pub(super) count: Option<u32>,
    pub(super) generation: Option<u8>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) site: Option<Site<'a>>,
    #[serde(borrow)]
    pub(super) references: Vec<(Kind, Name<'a>, u64)>,
}

/// Where an object was allocated.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Site<'a> {
    #[serde(borrow)]
    pub(super) function: Cow<'a, str>,
    pub(super) line: u32,
}

/// The kind of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Attribute,
    Variable,
    Key,
    Index,
    Internal,
}

/// The name of a reference.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Name<'a> {
    Index(u32),
    #[serde(borrow)]
    Text(Cow<'a, str>),
}

/// A line of a root.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Root<'a> {
    #[serde(borrow)]
    pub(super) root: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) group: Cow<'a, str>,
    pub(super) to: u64,
}

/// What kind of thing an object is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum CategoryName {
    Object,
    Container,
    Text,
    Number,
    Function,
    Code,
}

impl From<Category> for CategoryName {
    fn from(category: Category) -> CategoryName {
        match category {
            Category::Object => CategoryName::Object,
            Category::Container => CategoryName::Container,
            Category::Text => CategoryName::Text,
            Category::Number => CategoryName::Number,
            Category::Function => CategoryName::Function,
            Category::Code => CategoryName::Code,
        }
    }
}

impl From<CategoryName> for Category {
    fn from(category: CategoryName) -> Category {
        match category {
            CategoryName::Object => Category::Object,
            CategoryName::Container => Category::Container,
            CategoryName::Text => Category::Text,
            CategoryName::Number => Category::Number,
            CategoryName::Function => Category::Function,
            CategoryName::Code => Category::Code,
        }
    }
}

/// Writes a snapshot as lines of JSON.
///
/// # Errors
///
/// Those of the stream.
pub fn write_jsonl(snapshot: &Snapshot, stream: impl Write) -> io::Result<()> {
    let mut out = BufWriter::new(stream);
    let retention = Retention::of(snapshot);
    let header = Header {
        schema: Cow::Borrowed(SCHEMA),
        version: VERSION,
        objects: snapshot.nodes().len(),
        references: snapshot.all_references().len(),
        roots: snapshot.roots().len(),
        bytes: snapshot.self_bytes(),
    };
    line(&mut out, &header)?;
    for index in snapshot.indices() {
        let node = snapshot.node(index);
        let references = snapshot.references(index).iter().map(|reference| {
            let (kind, name) = match reference.name.map(|text| snapshot.text(text)) {
                ReferenceName::Attribute(name) => (Kind::Attribute, Name::Text(name.into())),
                ReferenceName::Variable(name) => (Kind::Variable, Name::Text(name.into())),
                ReferenceName::Key(name) => (Kind::Key, Name::Text(name.into())),
                ReferenceName::Index(index) => (Kind::Index, Name::Index(index)),
                ReferenceName::Internal(name) => (Kind::Internal, Name::Text(name.into())),
            };
            (kind, name, snapshot.node(reference.to).id)
        });
        let object = Object {
            id: node.id,
            type_name: snapshot.text(node.type_name).into(),
            label: snapshot.text(node.label).into(),
            category: node.category.into(),
            bytes: node.self_bytes,
            retained: retention.bytes(index),
            count: node.count,
            generation: node.generation,
            site: snapshot.site_of(node).map(|site| Site {
                function: snapshot.text(site.function).into(),
                line: site.line,
            }),
            references: references.collect(),
        };
        line(&mut out, &object)?;
    }
    for root in snapshot.roots() {
        let root = Root {
            root: snapshot.text(root.name).into(),
            group: snapshot.text(root.group).into(),
            to: snapshot.node(root.to).id,
        };
        line(&mut out, &root)?;
    }
    out.flush()
}

fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
