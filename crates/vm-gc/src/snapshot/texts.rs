//! The texts of a snapshot, each once: type names repeat for every object, attribute names for every
//! instance.

use std::collections::HashMap;
use std::sync::Arc;

/// A text of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TextId(pub(super) u32);

impl TextId {
    /// Its number: texts are numbered from zero without a gap.
    pub fn number(self) -> usize {
        self.0 as usize
    }
}

/// What a text takes beside its bytes: the counts in front of it, and both places that refer to it.
const OVERHEAD_BYTES: usize = 64;

/// See the module documentation.
#[derive(Debug, Default)]
pub(super) struct Texts {
    texts: Vec<Arc<str>>,
    ids: HashMap<Arc<str>, TextId>,
    pub(super) bytes: usize,
}

impl Texts {
    /// The number of a text, which is added if it is new.
    pub(super) fn id(&mut self, text: &str) -> TextId {
        if let Some(&id) = self.ids.get(text) {
            return id;
        }
        let id = TextId(self.texts.len() as u32);
        let text: Arc<str> = text.into();
        self.bytes += text.len() + OVERHEAD_BYTES;
        self.texts.push(Arc::clone(&text));
        self.ids.insert(text, id);
        id
    }

    /// The number of a text, if it is there.
    pub(super) fn find(&self, text: &str) -> Option<TextId> {
        self.ids.get(text).copied()
    }

    pub(super) fn get(&self, id: TextId) -> &str {
        &self.texts[id.number()]
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.texts.iter().map(|text| &**text)
    }
}
