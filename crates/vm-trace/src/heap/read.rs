//! Reading a snapshot back from lines of JSON.
//!
//! 1. Read the first line: what the file is, and how much follows.
//! 2. Read the lines of objects for their ids: references lead to objects further down.
//! 3. Begin again, and add objects, references and roots.

use super::error::HeapFileError;
use super::jsonl::{Header, Kind, Name, Object, Root, SCHEMA, Site, VERSION};
use serde::Deserialize;
use serde::de::Error as _;
use std::collections::HashMap;
use std::io::{BufRead, Read, Seek, SeekFrom};
use vm_gc::snapshot::{
    NewObject, NewSite, NodeIndex, ReferenceName, SiteIndex, Snapshot, SnapshotBuilder,
};

/// What the first look at a line of an object is for.
#[derive(Deserialize)]
struct Id {
    id: u64,
}

/// The lines of a file, none of which is longer than the snapshot may be.
struct Lines<R> {
    reader: R,
    text: Vec<u8>,
    number: u64,
    limit_bytes: usize,
}

impl<R: BufRead> Lines<R> {
    /// The next line as a value.
    fn next<'a, T: Deserialize<'a>>(&'a mut self) -> Result<T, HeapFileError> {
        self.text.clear();
        self.number += 1;
        let limit = self.limit_bytes as u64;
        let mut reader = (&mut self.reader).take(limit);
        reader.read_until(b'\n', &mut self.text)?;
        let line = self.number;
        serde_json::from_slice(&self.text).map_err(|error| HeapFileError::Line { line, error })
    }
}

/// The position of a place, which is added if it is new.
fn site_index(
    builder: &mut SnapshotBuilder,
    sites: &mut HashMap<(String, u32), SiteIndex>,
    site: Site<'_>,
) -> Result<SiteIndex, HeapFileError> {
    let key = (site.function.into_owned(), site.line);
    if let Some(&index) = sites.get(&key) {
        return Ok(index);
    }
    let index = builder.site(&NewSite {
        function: key.0.as_str().into(),
        file: "".into(),
        line: key.1,
        caller: None,
        objects: 0,
        bytes: 0,
    })?;
    sites.insert(key, index);
    Ok(index)
}

/// Reads what [`write_jsonl`](super::write_jsonl) wrote; the snapshot takes at most `limit_bytes`.
///
/// # Errors
///
/// [`HeapFileError`].
pub fn read_jsonl(
    reader: impl BufRead + Seek,
    limit_bytes: usize,
) -> Result<Snapshot, HeapFileError> {
    let mut lines = Lines {
        reader,
        text: Vec::new(),
        number: 0,
        limit_bytes,
    };
    let header = lines.next::<Header<'_>>().map_err(|error| match error {
        HeapFileError::Line { .. } => HeapFileError::Schema,
        other => other,
    })?;
    if header.schema != SCHEMA {
        return Err(HeapFileError::Schema);
    }
    if header.version != VERSION {
        return Err(HeapFileError::Version(header.version));
    }
    let (objects, roots) = (header.objects, header.roots);
    let mut builder = SnapshotBuilder::new(objects, header.references, limit_bytes)?;

    let mut places: HashMap<u64, NodeIndex> = HashMap::new();
    for index in 0..objects {
        let Id { id } = lines.next()?;
        if places.insert(id, index as NodeIndex).is_some() {
            let line = lines.number;
            return Err(HeapFileError::Twice { line, id });
        }
    }

    lines.reader.seek(SeekFrom::Start(0))?;
    lines.number = 0;
    lines.next::<Header<'_>>()?;
    let place = |line: u64, id: u64| {
        let found = places.get(&id).copied();
        found.ok_or(HeapFileError::Nowhere { line, id })
    };
    let mut sites: HashMap<(String, u32), SiteIndex> = HashMap::new();
    for _ in 0..objects {
        let line = lines.number + 1;
        let object = lines.next::<Object<'_>>()?;
        let site = match object.site {
            Some(site) => Some(site_index(&mut builder, &mut sites, site)?),
            None => None,
        };
        builder.object(&NewObject {
            id: object.id,
            self_bytes: object.bytes,
            type_name: object.type_name,
            label: object.label,
            count: object.count,
            generation: object.generation,
            category: object.category.into(),
            site,
        })?;
        for (kind, name, to) in &object.references {
            let name = match (kind, name) {
                (Kind::Attribute, Name::Text(name)) => ReferenceName::Attribute(&**name),
                (Kind::Variable, Name::Text(name)) => ReferenceName::Variable(&**name),
                (Kind::Key, Name::Text(name)) => ReferenceName::Key(&**name),
                (Kind::Internal, Name::Text(name)) => ReferenceName::Internal(&**name),
                (Kind::Index, Name::Index(index)) => ReferenceName::Index(*index),
                _ => {
                    let error = serde_json::Error::custom("the name of a reference is of no kind");
                    return Err(HeapFileError::Line { line, error });
                }
            };
            builder.reference(name, place(line, *to)?)?;
        }
    }
    for _ in 0..roots {
        let line = lines.number + 1;
        let root = lines.next::<Root<'_>>()?;
        builder.root(&root.group, &root.root, place(line, root.to)?)?;
    }
    Ok(builder.finish()?)
}
