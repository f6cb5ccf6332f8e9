//! Which types the condemned objects have, for the event.

use crate::event::{MOST_TYPES, TypeCount};
use crate::model::ObjectModel;
use std::collections::HashMap;
use vm_heap::ObjectRef;

/// Counts `objects`, which are alive, by type; keeps the most frequent ones. Types with as many
/// objects are in the order of their names.
pub(crate) fn census<M: ObjectModel>(model: &M, objects: &[ObjectRef]) -> Vec<TypeCount> {
    let mut places: HashMap<usize, usize> = HashMap::new();
    let mut types: Vec<TypeCount> = Vec::new();
    for &object in objects {
        let place = *places.entry(model.type_key(object)).or_insert_with(|| {
            types.push(TypeCount {
                name: model.type_name(object),
                count: 0,
                bytes: 0,
            });
            types.len() - 1
        });
        types[place].count += 1;
        types[place].bytes += model.heap().object_bytes(object) as u64;
    }
    types.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    types.truncate(MOST_TYPES);
    types
}
