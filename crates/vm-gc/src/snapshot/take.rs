//! Taking a snapshot of an object model.
//!
//! 1. Walk the heap: number the objects in its order, and count their references.
//! 2. Make a table from addresses to numbers: sorted, for it is smaller than a hash table.
//! 3. Ask the model for the places at which objects were allocated, what each object is and what its references are called.
//! 4. Ask for the roots.
//! 5. An object with more counts than there are references to it is held by somebody whom the model
//!    does not know: native code that runs now. That is a root too.
//! 6. What no root reaches yet and what cannot die all the same has a root of its own: immortal
//!    objects, frozen ones, and those that are being freed at this moment. What is left is garbage.

use super::build::{NewObject, SnapshotBuilder, SnapshotError};
use super::graph::{NodeIndex, Snapshot};
use super::model::DescribeObjects;
use crate::generation::PERMANENT;
use crate::model::ObjectModel;
use vm_heap::ObjectRef;

/// The group of roots that the model does not know, and their name.
const NATIVE: &str = "native code";

/// From an address to the number of the object.
struct Places(Vec<(usize, NodeIndex)>);

impl Places {
    fn of(objects: &[ObjectRef]) -> Places {
        let mut places: Vec<_> = objects
            .iter()
            .map(|object| object.address())
            .zip(0..)
            .collect();
        places.sort_unstable();
        Places(places)
    }

    fn find(&self, object: ObjectRef) -> Option<NodeIndex> {
        let address = object.address();
        let found = self
            .0
            .binary_search_by_key(&address, |place| place.0)
            .ok()?;
        Some(self.0[found].1)
    }
}

/// A snapshot of all objects of a model, which takes at most `limit_bytes`.
///
/// # Errors
///
/// [`SnapshotError::TooLarge`].
pub fn take<D: DescribeObjects>(names: &D, limit_bytes: usize) -> Result<Snapshot, SnapshotError> {
    let heap = names.model().heap();
    let mut objects = Vec::new();
    let mut references = 0;
    heap.for_each_object(|object| {
        objects.push(object);
        // SAFETY: the walk visits objects that are alive and complete.
        unsafe { D::Model::traverse(object, &mut |_| references += 1) };
    });
    let mut builder = SnapshotBuilder::new(objects.len(), references, limit_bytes)?;
    let places = Places::of(&objects);
    let mut found = vec![0_u32; objects.len()];
    let mut failure = None;
    names.name_sites(&mut |site| {
        let added = builder.site(site);
        failure = failure.or(added.err());
    });
    if let Some(failure) = failure {
        return Err(failure);
    }
    let nowhere = SnapshotError::Inconsistent("a reference leads to no object");

    for &object in &objects {
        let description = names.describe(object);
        let self_bytes = heap.object_bytes(object) + description.owned_bytes;
        builder.object(&NewObject {
            id: heap.place_number(object),
            self_bytes: self_bytes as u64,
            type_name: description.type_name,
            label: description.label,
            count: (!object.is_immortal()).then(|| object.count()),
            generation: object.is_tracked().then(|| object.generation()),
            category: description.category,
            site: description.site,
        })?;
        names.name_references(object, &mut |name, referent| {
            let added = places.find(referent).ok_or(nowhere).and_then(|to| {
                found[to as usize] = found[to as usize].saturating_add(1);
                builder.reference(name, to)
            });
            failure = failure.or(added.err());
        });
        if let Some(failure) = failure {
            return Err(failure);
        }
    }
    names.name_roots(&mut |group, name, referent| {
        let added = places.find(referent).ok_or(nowhere).and_then(|to| {
            found[to as usize] = found[to as usize].saturating_add(1);
            builder.root(group, name, to)
        });
        failure = failure.or(added.err());
    });
    if let Some(failure) = failure {
        return Err(failure);
    }
    for (index, object) in objects.iter().enumerate() {
        if !object.is_immortal() && object.count() > found[index] {
            builder.root(NATIVE, NATIVE, index as NodeIndex)?;
        }
    }
    hold_what_cannot_die(&objects, &mut builder)?;
    builder.finish()
}

/// Step 6.
fn hold_what_cannot_die(
    objects: &[ObjectRef],
    builder: &mut SnapshotBuilder,
) -> Result<(), SnapshotError> {
    let mut reached = builder.so_far().reached();
    let mut waiting = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        if reached[index] {
            continue;
        }
        let reason = if object.is_immortal() {
            "immortal"
        } else if object.count() == 0 {
            "being freed"
        } else if object.is_tracked() && object.generation() == PERMANENT {
            "frozen"
        } else {
            continue;
        };
        let index = index as NodeIndex;
        builder.root(reason, reason, index)?;
        builder.so_far().reach(index, &mut reached, &mut waiting);
    }
    Ok(())
}
