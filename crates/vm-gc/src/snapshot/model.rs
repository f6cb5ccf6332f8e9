//! What a snapshot asks an object model: names.

use super::build::NewSite;
use super::graph::{Category, ReferenceName, SiteIndex};
use crate::model::ObjectModel;
use std::borrow::Cow;
use vm_heap::ObjectRef;

/// What an object is.
#[derive(Debug, Clone)]
pub struct Description<'a> {
    /// The name of its type.
    pub type_name: Cow<'a, str>,
    /// What it is called, or how its content begins; may be empty.
    pub label: Cow<'a, str>,
    /// What kind of thing it is.
    pub category: Category,
    /// Bytes that are accounted for it beside the object itself: buffers, charges.
    pub owned_bytes: usize,
    /// Where it was allocated, if that was recorded: the place's position among those of
    /// [`DescribeObjects::name_sites`].
    pub site: Option<SiteIndex>,
}

/// Somebody who knows what the objects of a model are called.
///
/// Nothing here changes the model or runs program code.
pub trait DescribeObjects {
    /// The model.
    type Model: ObjectModel;

    /// The model.
    fn model(&self) -> &Self::Model;

    /// Says what an object is.
    fn describe(&self, object: ObjectRef) -> Description<'_>;

    /// Visits each counted reference that `object` owns, as [`ObjectModel::traverse`] does, with
    /// its name.
    fn name_references(
        &self,
        object: ObjectRef,
        visit: &mut impl FnMut(ReferenceName<&str>, ObjectRef),
    );

    /// Visits each counted reference that the model holds itself: group, name, object. Those that
    /// tell most about a program come first, since of ways of equal length the first is shown.
    fn name_roots(&self, visit: &mut impl FnMut(&str, &str, ObjectRef));

    /// Visits each place at which objects were allocated, if that was recorded; callers come first.
    fn name_sites(&self, visit: &mut impl FnMut(&NewSite<'_>)) {
        let _ = visit;
    }
}
