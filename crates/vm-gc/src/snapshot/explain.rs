//! All that matters about one object: who holds it, what it holds, whether it is in a cycle.

use super::components::Components;
use super::graph::{NodeIndex, Root, Snapshot};
use super::paths::{Path, ShortestPaths, shortest_circle};
use super::retention::Retention;
use std::fmt;

/// References to the object that are listed.
const HOLDERS: usize = 10;

/// Steps of a way that are shown from its beginning, and from its end.
const STEPS_SHOWN: usize = 12;

/// An object, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectSummary {
    /// Its number.
    pub id: u64,
    /// The name of its type.
    pub type_name: String,
    /// What it is called, or how its content begins; may be empty.
    pub label: String,
    /// Bytes of itself.
    pub self_bytes: u64,
    /// Its reference count; none if it is immortal.
    pub count: Option<u32>,
    /// The generation it is in, 3 if it is frozen; none if the collector does not examine it.
    pub generation: Option<u8>,
    /// Where it was allocated, function and line, if that was recorded.
    pub site: Option<(String, u32)>,
}

/// A reference on a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name: `.next`, `['a']`, `[3]`.
    pub name: String,
    /// The object it leads to.
    pub to: ObjectSummary,
}

/// Something that refers to the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A root.
    Root(String),
    /// An object, by the reference of this name.
    Object(ObjectSummary, String),
}

/// Why the object is alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// A root reaches it.
    Root,
    /// Nothing but places that hold it directly and were set aside: the variables of who asks.
    Aside,
    /// No root reaches it: a cycle that it is part of keeps it.
    OwnCycle,
    /// No root reaches it: a cycle that it is not part of keeps it.
    OtherCycle,
}

/// A cycle that the object is part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    /// How many objects reach it and are reached from it, itself among them.
    pub objects: u32,
    /// The bytes of all of them.
    pub self_bytes: u64,
    /// The shortest way from it back to it.
    pub steps: Vec<Step>,
}

/// See the module documentation. Its text is what `gc.explain` and `vm heap why` show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The object.
    pub object: ObjectSummary,
    /// Bytes that would be free if it died, its own among them.
    pub retained_bytes: u64,
    /// Objects that would die with it, itself among them.
    pub retained_objects: u32,
    /// Why it is alive.
    pub hold: Hold,
    /// The shortest way to it: a root, the object that the root leads to, and the steps from there.
    pub path: Option<(String, ObjectSummary, Vec<Step>)>,
    /// What refers to it: the first few, roots first.
    pub holders: Vec<Holder>,
    /// How many references there are to it, from roots and objects.
    pub holder_count: usize,
    /// A cycle that it is part of.
    pub cycle: Option<Cycle>,
}

/// Explains an object.
///
/// Roots of the groups `aside` that lead to the object itself are not counted as ways to it, as long
/// as there is another: who asks about an object holds it.
pub fn explain(
    snapshot: &Snapshot,
    retention: &Retention,
    node: NodeIndex,
    aside: &[&str],
) -> Explanation {
    let is_aside = |root: &Root| root.to == node && aside.contains(&snapshot.text(root.group));
    let from_others = ShortestPaths::from_some_roots(snapshot, |root| !is_aside(root));
    let components = Components::of(snapshot);
    let is_in_cycle = components.is_in_cycle(snapshot, node);
    let (hold, path) = match from_others.path_to(node) {
        Some(path) => (Hold::Root, Some(path)),
        None => match snapshot.roots().iter().position(is_aside) {
            Some(root) => {
                let steps = Vec::new();
                (Hold::Aside, Some(Path { root, steps }))
            }
            None if is_in_cycle => (Hold::OwnCycle, None),
            None => (Hold::OtherCycle, None),
        },
    };
    let (holders, holder_count) = holders(snapshot, node);
    Explanation {
        object: summary(snapshot, node),
        retained_bytes: retention.bytes(node),
        retained_objects: retention.objects(node),
        hold,
        path: path.map(|path| {
            let root = snapshot.roots()[path.root];
            let name = snapshot.text(root.name).to_owned();
            let steps = steps(snapshot, &path.steps);
            (name, summary(snapshot, root.to), steps)
        }),
        holders,
        holder_count,
        cycle: is_in_cycle.then(|| cycle(snapshot, &components, node)),
    }
}

fn summary(snapshot: &Snapshot, node: NodeIndex) -> ObjectSummary {
    let node = snapshot.node(node);
    let site = snapshot.site_of(node);
    ObjectSummary {
        id: node.id,
        type_name: snapshot.text(node.type_name).to_owned(),
        label: snapshot.text(node.label).to_owned(),
        self_bytes: node.self_bytes,
        count: node.count,
        generation: node.generation,
        site: site.map(|site| (snapshot.text(site.function).to_owned(), site.line)),
    }
}

fn steps(snapshot: &Snapshot, way: &[(NodeIndex, usize)]) -> Vec<Step> {
    let step = |&(from, number): &(NodeIndex, usize)| {
        let reference = snapshot.references(from)[number];
        Step {
            name: reference.name.map(|text| snapshot.text(text)).to_string(),
            to: summary(snapshot, reference.to),
        }
    };
    way.iter().map(step).collect()
}

fn holders(snapshot: &Snapshot, node: NodeIndex) -> (Vec<Holder>, usize) {
    let (mut holders, mut count) = (Vec::new(), 0);
    let mut add = |holder: &dyn Fn() -> Holder| {
        count += 1;
        if holders.len() < HOLDERS {
            holders.push(holder());
        }
    };
    for root in snapshot.roots().iter().filter(|root| root.to == node) {
        add(&|| Holder::Root(snapshot.text(root.name).to_owned()));
    }
    for from in snapshot.indices() {
        for reference in snapshot.references(from) {
            if reference.to == node {
                add(&|| {
                    let name = reference.name.map(|text| snapshot.text(text));
                    Holder::Object(summary(snapshot, from), name.to_string())
                });
            }
        }
    }
    (holders, count)
}

fn cycle(snapshot: &Snapshot, components: &Components, node: NodeIndex) -> Cycle {
    let component = components.component(node);
    let members = components.members(component);
    let circle = shortest_circle(snapshot, node).unwrap_or_default();
    Cycle {
        objects: components.size(component),
        self_bytes: members.map(|member| snapshot.node(member).self_bytes).sum(),
        steps: steps(snapshot, &circle),
    }
}

impl fmt::Display for ObjectSummary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.type_name)?;
        if !self.label.is_empty() {
            write!(formatter, " {}", self.label)?;
        }
        write!(formatter, " #{}", self.id)
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Holder::Root(name) => write!(formatter, "{name}"),
            Holder::Object(object, name) => write!(formatter, "{object} {name}"),
        }
    }
}

/// `1 object`, `2 objects`.
fn plural(count: u64, noun: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{end}")
}

fn write_steps(formatter: &mut fmt::Formatter<'_>, steps: &[Step]) -> fmt::Result {
    let left_out = steps.len().saturating_sub(2 * STEPS_SHOWN);
    for (number, step) in steps.iter().enumerate() {
        if number == STEPS_SHOWN && left_out > 0 {
            writeln!(
                formatter,
                "    ... {}",
                plural(left_out as u64, "more step")
            )?;
        }
        if number < STEPS_SHOWN || number >= STEPS_SHOWN + left_out {
            writeln!(formatter, "    {} -> {}", step.name, step.to)?;
        }
    }
    Ok(())
}

impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = &self.object;
        write!(formatter, "{object}: {}", plural(object.self_bytes, "byte"))?;
        match object.count {
            Some(count) => write!(formatter, ", {}", plural(u64::from(count), "reference"))?,
            None => write!(formatter, ", immortal")?,
        }
        match object.generation {
            Some(3) => writeln!(formatter, ", frozen")?,
            Some(generation) => writeln!(formatter, ", generation {generation}")?,
            None => writeln!(formatter, ", not tracked")?,
        }
        if let Some((function, line)) = &object.site {
            writeln!(formatter, "  allocated in {function}, line {line}")?;
        }
        let objects = plural(u64::from(self.retained_objects), "object");
        let bytes = plural(self.retained_bytes, "byte");
        writeln!(formatter, "  retains {bytes} in {objects}")?;

        let in_cycle = self.cycle.is_some();
        match self.hold {
            Hold::Root => writeln!(formatter, "  held by a root; the shortest way:")?,
            Hold::Aside if in_cycle => {
                writeln!(formatter, "  but for this, only a cycle keeps it:")?;
            }
            Hold::Aside => writeln!(formatter, "  nothing holds it but this:")?,
            Hold::OwnCycle => {
                writeln!(
                    formatter,
                    "  garbage: no root reaches it, only its own cycle keeps it"
                )?;
            }
            Hold::OtherCycle => {
                writeln!(
                    formatter,
                    "  garbage: no root reaches it, only a cycle elsewhere keeps it"
                )?;
            }
        }
        if let Some((root, first, steps)) = &self.path {
            writeln!(formatter, "    {root} -> {first}")?;
            write_steps(formatter, steps)?;
        }
        if let Some(cycle) = &self.cycle {
            let objects = plural(u64::from(cycle.objects), "object");
            let bytes = plural(cycle.self_bytes, "byte");
            writeln!(
                formatter,
                "  in a cycle with {objects}, {bytes}; the shortest way back:"
            )?;
            write_steps(formatter, &cycle.steps)?;
        }
        writeln!(formatter, "  referred to by:")?;
        for holder in &self.holders {
            writeln!(formatter, "    {holder}")?;
        }
        let more = self.holder_count - self.holders.len();
        if more > 0 {
            writeln!(formatter, "    ... {more} more")?;
        }
        Ok(())
    }
}
