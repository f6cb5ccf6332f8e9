//! The graph: nodes, references and roots.
//!
//! ```text
//!   nodes        │ object 0  │ object 1  │ object 2  │
//!   first        │ 0         │ 2         │ 2         │ 3       of object i: first[i] .. first[i + 1]
//!   references   │ .x → 1    │ [0] → 2   │ .next → 0 │
//!   roots        │ module __main__ → 0   │
//! ```
//!
//! References are in one array, those of an object next to each other in the order in which the
//! object holds them: twelve bytes each.

use super::texts::{TextId, Texts};
use std::fmt;

/// The position of an object in its snapshot.
pub type NodeIndex = u32;

/// What kind of thing an object is, for viewers that show kinds in different ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// An instance of a class, or anything else.
    Object,
    /// A container: a list, a dict.
    Container,
    /// Text or octets.
    Text,
    /// A number.
    Number,
    /// A function with what it closes over.
    Function,
    /// What a program consists of: classes, modules, native functions.
    Code,
}

/// The position of a place in its snapshot's list of places.
pub type SiteIndex = u32;

/// Where objects were allocated: a line of a function, reached through the calls above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllocationSite {
    /// The function that ran.
    pub function: TextId,
    /// The file of its source; the empty text if it is not known.
    pub file: TextId,
    /// The line in its source, counted from one; 0 if it is not known.
    pub line: u32,
    /// The place that called the function; none if nobody did, or it is not known.
    pub caller: Option<SiteIndex>,
    /// Objects that were ever allocated here, those that are dead among them.
    pub objects: u64,
    /// Their bytes, without buffers that they got later.
    pub bytes: u64,
}

/// An object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Its number: the same on every run of the same program.
    pub id: u64,
    /// Bytes of the object and the buffers that are its alone.
    pub self_bytes: u64,
    /// The name of its type.
    pub type_name: TextId,
    /// What it is called, or how its content begins; may be empty.
    pub label: TextId,
    /// Its reference count; none if it is immortal.
    pub count: Option<u32>,
    /// The generation it is in, 3 if it is frozen; none if the collector does not examine it.
    pub generation: Option<u8>,
    /// What kind of thing it is.
    pub category: Category,
    /// Where it was allocated, if that was recorded.
    pub site: Option<SiteIndex>,
}

/// How an object refers to another. `T` is the text of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReferenceName<T> {
    /// An attribute that programs know under this name: `.next`.
    Attribute(T),
    /// A variable of a function: `total`.
    Variable(T),
    /// The value under a key; the text is that of the key: `['a']`.
    Key(T),
    /// A position in a sequence: `[3]`.
    Index(u32),
    /// A reference that programs do not see or cannot name: `<key 'a'>`.
    Internal(T),
}

impl<T> ReferenceName<T> {
    /// The same with another text.
    pub fn map<U>(self, text: impl FnOnce(T) -> U) -> ReferenceName<U> {
        match self {
            ReferenceName::Attribute(name) => ReferenceName::Attribute(text(name)),
            ReferenceName::Variable(name) => ReferenceName::Variable(text(name)),
            ReferenceName::Key(name) => ReferenceName::Key(text(name)),
            ReferenceName::Index(index) => ReferenceName::Index(index),
            ReferenceName::Internal(name) => ReferenceName::Internal(text(name)),
        }
    }
}

impl<T: fmt::Display> fmt::Display for ReferenceName<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReferenceName::Attribute(name) => write!(formatter, ".{name}"),
            ReferenceName::Variable(name) => write!(formatter, "{name}"),
            ReferenceName::Key(name) => write!(formatter, "[{name}]"),
            ReferenceName::Index(index) => write!(formatter, "[{index}]"),
            ReferenceName::Internal(name) => write!(formatter, "<{name}>"),
        }
    }
}

/// A counted reference from one object to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// Its name.
    pub name: ReferenceName<TextId>,
    /// The object it leads to.
    pub to: NodeIndex,
}

/// A counted reference from outside of the heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Root {
    /// What kind of place it is: "frames", "modules".
    pub group: TextId,
    /// The place: "main#0, variable total".
    pub name: TextId,
    /// The object it leads to.
    pub to: NodeIndex,
}

/// A heap at one moment. See the module documentation.
#[derive(Debug)]
pub struct Snapshot {
    pub(super) texts: Texts,
    pub(super) nodes: Vec<Node>,
    /// Where the references of each node begin, and the end: one more than there are nodes.
    pub(super) first: Vec<u32>,
    pub(super) references: Vec<Reference>,
    pub(super) roots: Vec<Root>,
    pub(super) sites: Vec<AllocationSite>,
}

impl Snapshot {
    /// All objects.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// An object.
    pub fn node(&self, node: NodeIndex) -> &Node {
        &self.nodes[node as usize]
    }

    /// All references: object by object, in the order of [`nodes`](Self::nodes).
    pub fn all_references(&self) -> &[Reference] {
        &self.references
    }

    /// The references of an object.
    pub fn references(&self, node: NodeIndex) -> &[Reference] {
        let node = node as usize;
        &self.references[self.first[node] as usize..self.first[node + 1] as usize]
    }

    /// All roots: what tells most about a program comes first.
    pub fn roots(&self) -> &[Root] {
        &self.roots
    }

    /// All places at which objects were allocated, if that was recorded; callers come first.
    pub fn sites(&self) -> &[AllocationSite] {
        &self.sites
    }

    /// Where an object was allocated, if that was recorded.
    pub fn site_of(&self, node: &Node) -> Option<&AllocationSite> {
        node.site.map(|site| &self.sites[site as usize])
    }

    /// A text.
    pub fn text(&self, id: TextId) -> &str {
        self.texts.get(id)
    }

    /// All texts, by number.
    pub fn texts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.texts.iter()
    }

    /// The number of a text that occurs.
    pub fn find_text(&self, text: &str) -> Option<TextId> {
        self.texts.find(text)
    }

    /// The object with this number.
    pub fn find(&self, id: u64) -> Option<NodeIndex> {
        let found = self.nodes.iter().position(|node| node.id == id);
        found.map(|index| index as NodeIndex)
    }

    /// The sum of all self bytes.
    pub fn self_bytes(&self) -> u64 {
        self.nodes.iter().map(|node| node.self_bytes).sum()
    }

    /// The indices of all objects.
    pub fn indices(&self) -> std::ops::Range<NodeIndex> {
        0..self.nodes.len() as NodeIndex
    }

    /// Which objects the roots reach.
    pub fn reached(&self) -> Vec<bool> {
        let mut reached = vec![false; self.nodes.len()];
        let mut waiting = Vec::new();
        for root in &self.roots {
            self.reach(root.to, &mut reached, &mut waiting);
        }
        reached
    }

    /// Marks an object and what it reaches; `waiting` is memory that is used again.
    pub(super) fn reach(
        &self,
        node: NodeIndex,
        reached: &mut [bool],
        waiting: &mut Vec<NodeIndex>,
    ) {
        let mut meet = |node: NodeIndex, waiting: &mut Vec<NodeIndex>| {
            if !std::mem::replace(&mut reached[node as usize], true) {
                waiting.push(node);
            }
        };
        meet(node, waiting);
        while let Some(node) = waiting.pop() {
            for reference in self.references(node) {
                meet(reference.to, waiting);
            }
        }
    }
}
