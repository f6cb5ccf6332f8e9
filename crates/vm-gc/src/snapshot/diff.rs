//! Two snapshots of one program, earlier and later: which types grew.
//!
//! 1. Count objects and bytes of each type in both.
//! 2. An object of the later one is new if the earlier one has none of its type with its id. (One
//!    that took the place of one that died has the same id; amounts are right all the same.)
//! 3. The types whose bytes or objects are different, those that grew most first, each with a few
//!    new objects.

use super::graph::{NodeIndex, Snapshot};
use std::collections::{BTreeMap, HashMap};

/// New objects that are named for each type.
const SAMPLES: usize = 3;

/// What there is of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TypeAmount {
    /// Objects.
    pub objects: u64,
    /// The sum of their self bytes.
    pub self_bytes: u64,
}

/// A type of which there is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeGrowth {
    /// The name of the type.
    pub type_name: String,
    /// In the earlier snapshot.
    pub before: TypeAmount,
    /// In the later one.
    pub after: TypeAmount,
    /// How many objects of the later one are new.
    pub new_objects: u64,
    /// The first of them.
    pub samples: Vec<NodeIndex>,
}

impl TypeGrowth {
    /// By how many bytes there are more, or fewer if negative.
    pub fn bytes(&self) -> i128 {
        i128::from(self.after.self_bytes) - i128::from(self.before.self_bytes)
    }

    /// By how many objects there are more, or fewer if negative.
    pub fn objects(&self) -> i128 {
        i128::from(self.after.objects) - i128::from(self.before.objects)
    }
}

/// The types that differ: what grew most in bytes first, then in objects, then by name.
pub fn compare(before: &Snapshot, after: &Snapshot) -> Vec<TypeGrowth> {
    let mut types: BTreeMap<&str, TypeGrowth> = BTreeMap::new();
    let mut known: HashMap<u64, &str> = HashMap::with_capacity(before.nodes().len());
    for node in before.nodes() {
        let type_name = before.text(node.type_name);
        known.insert(node.id, type_name);
        let amount = &mut growth_of(&mut types, type_name).before;
        amount.objects += 1;
        amount.self_bytes += node.self_bytes;
    }
    for index in after.indices() {
        let node = after.node(index);
        let type_name = after.text(node.type_name);
        let growth = growth_of(&mut types, type_name);
        growth.after.objects += 1;
        growth.after.self_bytes += node.self_bytes;
        if known.get(&node.id) != Some(&type_name) {
            growth.new_objects += 1;
            if growth.samples.len() < SAMPLES {
                growth.samples.push(index);
            }
        }
    }
    let differs = |growth: &TypeGrowth| growth.before != growth.after;
    let mut list: Vec<TypeGrowth> = types.into_values().filter(differs).collect();
    list.sort_by_key(|growth| (-growth.bytes(), -growth.objects()));
    list
}

fn growth_of<'map, 'name>(
    types: &'map mut BTreeMap<&'name str, TypeGrowth>,
    type_name: &'name str,
) -> &'map mut TypeGrowth {
    types.entry(type_name).or_insert_with(|| TypeGrowth {
        type_name: type_name.to_owned(),
        before: TypeAmount::default(),
        after: TypeAmount::default(),
        new_objects: 0,
        samples: Vec::new(),
    })
}
