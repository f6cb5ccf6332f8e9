//! The types that most collected objects had, in bounded room.
//!
//! A program can make as many types as it likes. Where [`MOST_NAMES`] are known, the half with the
//! fewest objects is forgotten: counted among the others, and anew if it is seen again.

use std::collections::HashMap;
use vm_gc::TypeCount;

/// How many names are known at most.
const MOST_NAMES: usize = 4096;

/// Objects and their bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) count: u64,
    pub(super) bytes: u64,
}

/// See the [module](self).
#[derive(Debug, Default)]
pub(super) struct Types {
    known: HashMap<Box<str>, Found>,
}

impl Types {
    pub(super) fn add(&mut self, types: &[TypeCount]) {
        for found in types {
            if !self.known.contains_key(&found.name) && self.known.len() == MOST_NAMES {
                self.forget();
            }
            let known = self.known.entry(found.name.clone()).or_default();
            known.count += found.count;
            known.bytes += found.bytes;
        }
    }

    fn forget(&mut self) {
        let kept = self.most(MOST_NAMES / 2);
        self.known = kept
            .into_iter()
            .map(|(name, found)| (name.into(), found))
            .collect();
    }

    /// The types with most objects, at most `limit`.
    pub(super) fn most(&self, limit: usize) -> Vec<(String, Found)> {
        let mut types: Vec<(&str, Found)> = self
            .known
            .iter()
            .map(|(name, found)| (&**name, *found))
            .collect();
        types.sort_by(|a, b| b.1.count.cmp(&a.1.count).then(a.0.cmp(b.0)));
        types.truncate(limit);
        types
            .into_iter()
            .map(|(name, found)| (name.to_owned(), found))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, count: u64) -> TypeCount {
        TypeCount {
            name: name.into(),
            count,
            bytes: 16 * count,
        }
    }

    #[test]
    fn room_is_bounded_and_the_frequent_stay() {
        let mut types = Types::default();
        for round in 0..10_000 {
            types.add(&[
                found("Node", 3),
                found(&format!("Once{round}"), 1),
                found("Leaf", 2),
            ]);
            assert!(types.known.len() <= MOST_NAMES);
        }
        let most = types.most(3);
        let expected = |count| Found {
            count,
            bytes: 16 * count,
        };
        assert_eq!(most[0], ("Node".to_owned(), expected(30_000)));
        assert_eq!(most[1], ("Leaf".to_owned(), expected(20_000)));
        assert_eq!(most[2].1.count, 1);
    }
}
