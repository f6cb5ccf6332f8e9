//! Names of one kind and what they stand for.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::span::Span;
use crate::suggest::closest;
use crate::syntax::Name;

/// How many errors are looked at for what was meant: comparing takes time for each known name.
pub(super) const MAX_SUGGESTIONS: usize = 100;

/// Definitions of one kind: functions, labels, registers ....
pub(super) struct Scope<T> {
    what: &'static str,
    /// In the order of definition, which decides between equally good suggestions.
    entries: Vec<(String, T, Span)>,
    by_name: HashMap<String, usize>,
}

impl<T: Copy> Scope<T> {
    /// An empty scope of what messages call `what`.
    pub(super) fn new(what: &'static str) -> Self {
        Self {
            what,
            entries: Vec::new(),
            by_name: HashMap::new(),
        }
    }

    /// Adds a definition. A second one of the same name is reported and ignored.
    pub(super) fn define(&mut self, name: &Name, value: T, diagnostics: &mut Vec<Diagnostic>) {
        // The empty name is that of a definition whose line could not be read.
        if let Some(&first) = self.by_name.get(&name.text) {
            if !name.text.is_empty() {
                let kind = ErrorKind::Duplicate {
                    what: self.what,
                    name: name.text.clone(),
                };
                let first = self.entries[first].2;
                diagnostics.push(Diagnostic::new(kind, name.span).first_defined(first));
            }
            return;
        }
        self.by_name.insert(name.text.clone(), self.entries.len());
        self.entries.push((name.text.clone(), value, name.span));
    }

    /// What a name stands for.
    pub(super) fn get(&self, name: &str) -> Option<T> {
        self.by_name.get(name).map(|&index| self.entries[index].1)
    }

    /// Where a name is defined.
    pub(super) fn place(&self, name: &str) -> Option<Span> {
        self.by_name.get(name).map(|&index| self.entries[index].2)
    }

    /// What a name stands for; if nothing, that is reported.
    pub(super) fn find(&self, name: &Name, diagnostics: &mut Vec<Diagnostic>) -> Option<T> {
        let found = self.get(&name.text);
        if found.is_none() {
            let kind = ErrorKind::Unknown {
                what: self.what,
                name: name.text.clone(),
            };
            let suggestion = match diagnostics.len() < MAX_SUGGESTIONS {
                true => closest(&name.text, self.names()),
                false => None,
            };
            diagnostics.push(Diagnostic::new(kind, name.span).suggest(suggestion));
        }
        found
    }

    /// The names in the order of definition.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(name, _, _)| name.as_str())
    }
}
