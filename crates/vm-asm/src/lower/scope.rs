//! Names of one kind and what they stand for.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::span::Span;
use crate::suggest::closest;
use crate::syntax::Name;

/// How many errors are looked at for what was meant: comparing takes time for each known name.
pub(super) const MAX_SUGGESTIONS: usize = 100;

/// Definitions of one kind: functions, labels, registers .... Their names are pieces of the tree.
pub(super) struct Scope<'tree, T> {
    what: &'static str,
    /// In the order of definition, which decides between equally good suggestions.
    entries: Vec<(&'tree str, T, Span)>,
    by_name: HashMap<&'tree str, usize>,
}

impl<'tree, T: Copy> Scope<'tree, T> {
    /// An empty scope of what messages call `what`.
    pub(super) fn new(what: &'static str) -> Self {
        Self {
            what,
            entries: Vec::new(),
            by_name: HashMap::new(),
        }
    }

    /// Forgets everything, and keeps the room.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.by_name.clear();
    }

    /// Adds a definition. A second one of the same name is reported and ignored.
    pub(super) fn define(
        &mut self,
        name: &'tree Name<'tree>,
        value: T,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let text = &*name.text;
        match self.by_name.entry(text) {
            Entry::Vacant(entry) => {
                entry.insert(self.entries.len());
                self.entries.push((text, value, name.span));
            }
            // The empty name is that of a definition whose line could not be read.
            Entry::Occupied(_) if text.is_empty() => {}
            Entry::Occupied(first) => {
                let kind = ErrorKind::Duplicate {
                    what: self.what,
                    name: text.to_owned(),
                };
                let first = self.entries[*first.get()].2;
                diagnostics.push(Diagnostic::new(kind, name.span).first_defined(first));
            }
        }
    }

    /// What a name stands for.
    pub(super) fn get(&self, name: &str) -> Option<T> {
        self.entry(name).map(|&(_, value, _)| value)
    }

    /// Where a name is defined.
    pub(super) fn place(&self, name: &str) -> Option<Span> {
        self.entry(name).map(|&(_, _, span)| span)
    }

    /// What a name stands for, and where it is defined.
    pub(super) fn get_with_place(&self, name: &str) -> Option<(T, Span)> {
        self.entry(name).map(|&(_, value, span)| (value, span))
    }

    fn entry(&self, name: &str) -> Option<&(&'tree str, T, Span)> {
        self.by_name.get(name).map(|&index| &self.entries[index])
    }

    /// What a name at some place stands for; if nothing, that is reported.
    pub(super) fn find(
        &self,
        name: &str,
        span: Span,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<T> {
        let found = self.get(name);
        if found.is_none() {
            let kind = ErrorKind::Unknown {
                what: self.what,
                name: name.to_owned(),
            };
            let suggestion = match diagnostics.len() < MAX_SUGGESTIONS {
                true => closest(name, self.names()),
                false => None,
            };
            diagnostics.push(Diagnostic::new(kind, span).suggest(suggestion));
        }
        found
    }

    /// The names in the order of definition.
    pub(super) fn names(&self) -> impl Iterator<Item = &'tree str> {
        self.entries.iter().map(|&(name, _, _)| name)
    }
}
