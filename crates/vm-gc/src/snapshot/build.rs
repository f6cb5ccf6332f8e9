//! Building a snapshot, object by object, within a limit.

use super::graph::{
    AllocationSite, Category, Node, NodeIndex, Reference, ReferenceName, Root, SiteIndex, Snapshot,
};
use super::texts::Texts;
use std::borrow::Cow;
use thiserror::Error;

/// Why there is no snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SnapshotError {
    /// It would take more memory than it may.
    #[error("a snapshot would take more than {limit_bytes} bytes")]
    TooLarge {
        /// What it may take.
        limit_bytes: usize,
    },
    /// What was added is not what was announced, or a reference leads nowhere.
    #[error("{0}")]
    Inconsistent(&'static str),
}

/// An object as it is added.
#[derive(Debug, Clone)]
pub struct NewObject<'a> {
    /// See [`Node::id`].
    pub id: u64,
    /// See [`Node::self_bytes`].
    pub self_bytes: u64,
    /// See [`Node::type_name`].
    pub type_name: Cow<'a, str>,
    /// See [`Node::label`].
    pub label: Cow<'a, str>,
    /// See [`Node::count`].
    pub count: Option<u32>,
    /// See [`Node::generation`].
    pub generation: Option<u8>,
    /// See [`Node::category`].
    pub category: Category,
    /// See [`Node::site`].
    pub site: Option<SiteIndex>,
}

/// A place at which objects were allocated, as it is added: see [`AllocationSite`].
#[derive(Debug, Clone)]
pub struct NewSite<'a> {
    /// The function that ran.
    pub function: Cow<'a, str>,
    /// The file of its source; empty if it is not known.
    pub file: Cow<'a, str>,
    /// The line, counted from one; 0 if it is not known.
    pub line: u32,
    /// The place that called the function: one that was added before.
    pub caller: Option<SiteIndex>,
    /// Objects that were ever allocated here.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// A snapshot that is being made: an object, its references, the next object; then the roots.
#[derive(Debug)]
pub struct SnapshotBuilder {
    snapshot: Snapshot,
    objects: usize,
    references: usize,
    /// What the arrays take.
    fixed_bytes: usize,
    limit_bytes: usize,
}

impl SnapshotBuilder {
    /// A builder for so many objects and references, whose snapshot takes at most `limit_bytes`.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::TooLarge`].
    pub fn new(
        objects: usize,
        references: usize,
        limit_bytes: usize,
    ) -> Result<SnapshotBuilder, SnapshotError> {
        let too_large = SnapshotError::TooLarge { limit_bytes };
        let of_objects = objects.checked_mul(size_of::<Node>() + size_of::<u32>());
        let of_references = references.checked_mul(size_of::<Reference>());
        let fixed_bytes = of_objects
            .zip(of_references)
            .and_then(|(objects, references)| objects.checked_add(references))
            .filter(|&bytes| bytes <= limit_bytes)
            .ok_or(too_large)?;
        // Positions are 32 bits, and some numbers beyond are for those who analyse.
        if objects.max(references) >= u32::MAX as usize - 16 {
            return Err(too_large);
        }
        let mut first = Vec::with_capacity(objects + 1);
        first.push(0);
        Ok(SnapshotBuilder {
            snapshot: Snapshot {
                texts: Texts::default(),
                nodes: Vec::with_capacity(objects),
                first,
                references: Vec::with_capacity(references),
                roots: Vec::new(),
                sites: Vec::new(),
            },
            objects,
            references,
            fixed_bytes,
            limit_bytes,
        })
    }

    fn check(&self) -> Result<(), SnapshotError> {
        let roots = self.snapshot.roots.len() * size_of::<Root>();
        let sites = self.snapshot.sites.len() * size_of::<AllocationSite>();
        if self.fixed_bytes + self.snapshot.texts.bytes + roots + sites > self.limit_bytes {
            let limit_bytes = self.limit_bytes;
            return Err(SnapshotError::TooLarge { limit_bytes });
        }
        Ok(())
    }

    /// Adds a place at which objects were allocated. Returns its position.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`], if that is too much, or the caller was not added.
    pub fn site(&mut self, site: &NewSite<'_>) -> Result<SiteIndex, SnapshotError> {
        self.check_site(site.caller)?;
        let Snapshot { sites, texts, .. } = &mut self.snapshot;
        let index = sites.len() as SiteIndex;
        sites.push(AllocationSite {
            function: texts.id(&site.function),
            file: texts.id(&site.file),
            line: site.line,
            caller: site.caller,
            objects: site.objects,
            bytes: site.bytes,
        });
        self.check()?;
        Ok(index)
    }

    fn check_site(&self, site: Option<SiteIndex>) -> Result<(), SnapshotError> {
        let known = self.snapshot.sites.len();
        if site.is_some_and(|site| site as usize >= known) {
            let message = "an allocation site was not added";
            return Err(SnapshotError::Inconsistent(message));
        }
        Ok(())
    }

    /// Adds an object. What is referred to from now on, it refers to.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`], if that is too much, or more than was announced.
    pub fn object(&mut self, object: &NewObject<'_>) -> Result<(), SnapshotError> {
        self.check_site(object.site)?;
        let snapshot = &mut self.snapshot;
        if snapshot.nodes.len() == self.objects {
            return Err(SnapshotError::Inconsistent(
                "there are more objects than announced",
            ));
        }
        snapshot.nodes.push(Node {
            id: object.id,
            self_bytes: object.self_bytes,
            type_name: snapshot.texts.id(&object.type_name),
            label: snapshot.texts.id(&object.label),
            count: object.count,
            generation: object.generation,
            category: object.category,
            site: object.site,
        });
        snapshot.first.push(snapshot.references.len() as u32);
        self.check()
    }

    /// Adds a reference from the object added last to the object that has, or will have, the
    /// position `to`.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`], if that is too much, more than was announced, or leads nowhere.
    pub fn reference(
        &mut self,
        name: ReferenceName<&str>,
        to: NodeIndex,
    ) -> Result<(), SnapshotError> {
        let snapshot = &mut self.snapshot;
        if to as usize >= self.objects {
            return Err(SnapshotError::Inconsistent("a reference leads nowhere"));
        }
        if snapshot.nodes.is_empty() {
            return Err(SnapshotError::Inconsistent(
                "a reference comes from nowhere",
            ));
        }
        if snapshot.references.len() == self.references {
            return Err(SnapshotError::Inconsistent(
                "there are more references than announced",
            ));
        }
        let name = name.map(|text| snapshot.texts.id(text));
        snapshot.references.push(Reference { name, to });
        if let Some(end) = snapshot.first.last_mut() {
            *end += 1;
        }
        self.check()
    }

    /// Adds a root that leads to the object with the position `to`.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`], if that is too much or leads nowhere.
    pub fn root(&mut self, group: &str, name: &str, to: NodeIndex) -> Result<(), SnapshotError> {
        if to as usize >= self.objects {
            return Err(SnapshotError::Inconsistent("a root leads nowhere"));
        }
        let texts = &mut self.snapshot.texts;
        let (group, name) = (texts.id(group), texts.id(name));
        self.snapshot.roots.push(Root { group, name, to });
        self.check()
    }

    /// The graph so far, for who decides about roots.
    pub(super) fn so_far(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The snapshot.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::Inconsistent`], if there are fewer objects than announced.
    pub fn finish(self) -> Result<Snapshot, SnapshotError> {
        if self.snapshot.nodes.len() == self.objects {
            Ok(self.snapshot)
        } else {
            Err(SnapshotError::Inconsistent(
                "there are fewer objects than announced",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(id: u64) -> NewObject<'static> {
        NewObject {
            id,
            self_bytes: 16,
            type_name: "thing".into(),
            label: "".into(),
            count: Some(1),
            generation: None,
            category: Category::Object,
            site: None,
        }
    }

    #[test]
    fn what_was_added_is_there() {
        let mut builder = SnapshotBuilder::new(2, 2, 1 << 20).expect("room");
        builder.object(&object(10)).expect("room");
        builder
            .reference(ReferenceName::Attribute("next"), 1)
            .expect("room");
        builder.reference(ReferenceName::Index(7), 0).expect("room");
        let site = |line, caller| NewSite {
            function: "main".into(),
            file: "main.vasm".into(),
            line,
            caller,
            objects: 2,
            bytes: 32,
        };
        assert_eq!(builder.site(&site(3, None)), Ok(0));
        assert_eq!(builder.site(&site(5, Some(0))), Ok(1));
        assert!(builder.site(&site(5, Some(2))).is_err());
        let allocated = |site| NewObject {
            site: Some(site),
            ..object(20)
        };
        assert!(builder.object(&allocated(2)).is_err());
        builder.object(&allocated(1)).expect("room");
        builder.root("modules", "main", 0).expect("room");
        let snapshot = builder.finish().expect("complete");
        let names: Vec<String> = snapshot
            .references(0)
            .iter()
            .map(|reference| reference.name.map(|text| snapshot.text(text)).to_string())
            .collect();
        assert_eq!(names, [".next", "[7]"]);
        assert!(snapshot.references(1).is_empty());
        assert_eq!(snapshot.find(20), Some(1));
        assert_eq!(snapshot.find(11), None);
        let site = snapshot.site_of(snapshot.node(1)).expect("recorded");
        assert_eq!((snapshot.text(site.function), site.line), ("main", 5));
        assert_eq!((site.caller, site.objects, site.bytes), (Some(0), 2, 32));
        assert_eq!(snapshot.text(snapshot.roots()[0].name), "main");
        assert_eq!(snapshot.reached(), [true, true]);
    }

    #[test]
    fn the_limit_holds_for_arrays_and_texts() {
        let too_large = |limit_bytes| SnapshotError::TooLarge { limit_bytes };
        let refused = SnapshotBuilder::new(1000, 0, 1000).map(drop);
        assert_eq!(refused, Err(too_large(1000)));
        for (objects, references) in [(usize::MAX, 0), (0, usize::MAX), (1 << 32, 0)] {
            let refused = SnapshotBuilder::new(objects, references, usize::MAX).map(drop);
            assert_eq!(refused, Err(too_large(usize::MAX)));
        }
        let mut builder = SnapshotBuilder::new(1, 0, 1000).expect("room");
        let long = NewObject {
            label: "x".repeat(1000).into(),
            ..object(1)
        };
        assert_eq!(builder.object(&long), Err(too_large(1000)));
        let mut builder = SnapshotBuilder::new(1, 0, 1000).expect("room");
        builder.object(&object(1)).expect("room");
        let refused = (0..1000).find_map(|_| builder.root("a", "b", 0).err());
        assert_eq!(refused, Some(too_large(1000)));
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let mut builder = SnapshotBuilder::new(1, 1, 1 << 20).expect("room");
        assert!(builder.reference(ReferenceName::Index(0), 0).is_err());
        assert!(builder.root("a", "b", 1).is_err());
        builder.object(&object(1)).expect("announced");
        assert!(builder.reference(ReferenceName::Index(0), 1).is_err());
        builder
            .reference(ReferenceName::Index(0), 0)
            .expect("announced");
        assert!(builder.reference(ReferenceName::Index(0), 0).is_err());
        assert!(builder.object(&object(2)).is_err());
        assert!(builder.finish().is_ok());
        let builder = SnapshotBuilder::new(1, 1, 1 << 20).expect("room");
        assert!(builder.finish().is_err());
    }
}
