//! The log of a generation: its objects in the order in which they came, one word each.
//!
//! The young and the middle generation are found through a log, so that collecting them costs
//! what they cost, whatever the heap's size.
//!
//! ```text
//!   entries   a   b   a   c   -   b        a, b, c: slots;  -: a large object that died
//!             ^   ^                        stale: the slot was freed and used again since
//!   after     a   c   b                    compaction keeps the last entry of each slot
//! ```
//!
//! 1. An object that comes is pushed. An object that dies is popped if it is the last entry: most
//!    objects that die young do so before another one is made. Otherwise its entry goes stale.
//! 2. An entry is *valid* if its slot holds a tracked object of the log's generation. A stale entry
//!    whose slot was used again looks valid too; the object's own entry is the last one of that
//!    slot, because it was pushed when the object came; until then its flags are another
//!    generation's, or none. So compaction goes backwards, keeps the
//!    first valid entry it meets of each slot, and what is left is in order of arrival, exactly.
//! 3. A log that is full is compacted; if it stays more than half full, its room is doubled. Each
//!    compaction is therefore paid by as many pushes as half the entries it looks at: amortised
//!    O(1), and a log is never larger than four times its live entries (and a minimum).
//! 4. Reading the slot of a dead object is sound because the heap keeps an empty container page
//!    readable until `recycle_empty_pages`, which is called only when the logs were compacted just
//!    before. Large objects are gone at once; their entries are found through a table and erased.

use crate::lists::Lists;
use std::collections::HashMap;
use vm_heap::{CANDIDATE, GENERATION_MASK, GENERATION_SHIFT, ObjectRef, TRACKED};

/// Entries that a log has room for at least.
const MINIMUM_CAPACITY: usize = 4096;

/// The objects of one generation, in order of arrival.
#[derive(Debug)]
pub(crate) struct Log {
    /// `None`: a large object that died.
    entries: Vec<Option<ObjectRef>>,
    /// Index of each large object among the entries.
    large: HashMap<ObjectRef, usize>,
    /// Objects that left without their entries, since the log was compacted: while there are none,
    /// every entry is valid.
    stale: usize,
    /// The generation whose objects are logged here.
    generation: u8,
}

/// Whether `object` is tracked, of `generation` and not condemned (or already seen).
#[inline(always)]
fn is_valid(object: ObjectRef, generation: u8) -> bool {
    let examined = object.flags() & (TRACKED | GENERATION_MASK | CANDIDATE);
    examined == TRACKED | (generation << GENERATION_SHIFT)
}

impl Log {
    /// An empty log for objects of `generation`.
    pub(crate) fn new(generation: u8) -> Log {
        Log {
            entries: Vec::new(),
            large: HashMap::new(),
            stale: 0,
            generation,
        }
    }

    /// Appends an object that came.
    #[inline(always)]
    pub(crate) fn push(&mut self, object: ObjectRef) {
        if self.entries.len() == self.entries.capacity() || object.is_large() {
            self.push_slowly(object);
        } else {
            self.entries.push(Some(object));
        }
    }

    #[cold]
    #[inline(never)]
    fn push_slowly(&mut self, object: ObjectRef) {
        if self.entries.len() == self.entries.capacity() {
            self.make_room();
        }
        if object.is_large() {
            self.large.insert(object, self.entries.len());
        }
        self.entries.push(Some(object));
    }

    /// Compacts a full log; doubles it if that does not help.
    fn make_room(&mut self) {
        // The newest object does not have this log's flags yet: an old entry of its slot goes.
        self.compact();
        let (live, capacity) = (self.entries.len(), self.entries.capacity());
        if live > capacity / 2 || capacity < MINIMUM_CAPACITY {
            self.entries
                .reserve_exact((2 * capacity).max(MINIMUM_CAPACITY) - live);
        }
    }

    /// Takes out a small object that died, if it is the last entry.
    #[inline(always)]
    pub(crate) fn forget_small(&mut self, object: ObjectRef) {
        if let Some(&Some(last)) = self.entries.last()
            && last == object
        {
            self.entries.pop();
        } else {
            self.stale += 1;
        }
    }

    /// Erases a large object that died.
    pub(crate) fn forget_large(&mut self, object: ObjectRef) {
        if let Some(index) = self.large.remove(&object) {
            self.entries[index] = None;
            self.stale += 1;
        }
    }

    /// Removes every entry that is stale or a duplicate.
    pub(crate) fn compact(&mut self) {
        if self.stale == 0 {
            return;
        }
        self.stale = 0;
        let generation = self.generation;
        // Backwards: the CANDIDATE flag, which no valid entry has, remembers what was seen.
        for entry in self.entries.iter_mut().rev() {
            match *entry {
                Some(object) if is_valid(object, generation) => object.set_candidate(true),
                _ => *entry = None,
            }
        }
        self.entries.retain(|entry| match entry {
            Some(object) => {
                object.set_candidate(false);
                true
            }
            None => false,
        });
        if !self.large.is_empty() {
            self.index_large();
        }
    }

    #[cold]
    fn index_large(&mut self) {
        self.large.clear();
        for (index, object) in self.entries.iter().enumerate() {
            if let Some(object) = object
                && object.is_large()
            {
                self.large.insert(*object, index);
            }
        }
    }

    /// Compacts, appends all objects to `objects` and empties the log.
    pub(crate) fn drain_into(&mut self, objects: &mut Vec<ObjectRef>) {
        self.compact();
        if objects.is_empty() && self.entries.len() > Lists::KEPT_CAPACITY {
            // In place, so that many objects do not take memory twice. A compact log has no `None`.
            let entries = std::mem::take(&mut self.entries);
            *objects = entries.into_iter().map_while(|entry| entry).collect();
        } else {
            objects.extend(self.entries.iter().flatten());
        }
        self.clear();
    }

    /// Compacts, gives each object to `each` and empties the log.
    pub(crate) fn drain(&mut self, each: impl FnMut(ObjectRef)) {
        self.compact();
        self.entries.iter().copied().flatten().for_each(each);
        self.clear();
    }

    /// Compacts and appends all objects to `objects`.
    pub(crate) fn list_into(&mut self, objects: &mut Vec<ObjectRef>) {
        self.compact();
        objects.extend(self.entries.iter().flatten());
    }

    /// Forgets every entry.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.large.clear();
        self.stale = 0;
    }

    /// Number of entries, stale ones among them.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use crate::test_model::TestModel;
    use crate::{Generation, objects};

    fn young(model: &mut TestModel) -> Vec<u32> {
        let listed = objects(model, Some(Generation::Young));
        listed.into_iter().map(TestModel::name).collect()
    }

    #[test]
    fn an_object_that_comes_into_a_full_log_has_one_entry() {
        let mut model = TestModel::new();
        let mut compactions = 0;
        // Each object that dies leaves an entry, and its slot to the next object: also when the log is full.
        for _ in 0..3 * super::MINIMUM_CAPACITY {
            let entries_before = model.collector.young.len();
            let dies = model.node();
            if model.collector.young.len() < entries_before {
                compactions += 1;
                let entries = &model.collector.young.entries;
                let own = entries.iter().filter(|&&entry| entry == Some(dies));
                assert_eq!(own.count(), 1);
            }
            model.node();
            model.drop_all(&[dies]);
        }
        assert!(compactions > 0);
    }

    #[test]
    fn a_slot_that_is_used_again_is_listed_once_where_its_object_came() {
        let mut model = TestModel::new();
        let first = model.node();
        model.node();
        model.drop_all(&[first]);
        let again = model.node();
        assert_eq!(again, first, "the heap reuses the slot");
        model.node();
        assert_eq!(model.collector.young.len(), 4, "one entry is stale");
        assert_eq!(young(&mut model), [1, 2, 3]);
        assert_eq!(model.collector.young.len(), 3);
        model.verify();
    }

    #[test]
    fn the_last_object_leaves_no_stale_entry() {
        let mut model = TestModel::new();
        model.node();
        for _ in 0..10_000 {
            let node = model.node();
            model.drop_all(&[node]);
            let large = model.large_node();
            model.drop_all(&[large]);
        }
        assert!(model.collector.young.len() <= 4096);
        assert_eq!(young(&mut model), [0]);
    }

    #[test]
    fn a_log_stays_as_large_as_what_lives() {
        let mut model = TestModel::new();
        let mut window = std::collections::VecDeque::new();
        for number in 0..100_000 {
            window.push_back(model.node());
            if number >= 50 {
                let oldest = window.pop_front().expect("filled above");
                model.drop_all(&[oldest]);
            }
        }
        assert!(model.collector.young.entries.capacity() <= 4096);
        assert_eq!(young(&mut model), (99_950..100_000).collect::<Vec<_>>());
        model.verify();
    }

    #[test]
    fn a_large_object_that_dies_is_erased_at_once() {
        let mut model = TestModel::new();
        for generation in [Generation::Young, Generation::Middle] {
            let [dies, lives] = [model.large_node(), model.large_node()];
            model.node();
            if generation == Generation::Middle {
                model.collect(Generation::Young);
            }
            model.drop_all(&[dies]);
            let collector = &model.collector;
            let entries = [&collector.young.entries, &collector.middle.entries];
            let named = |object| {
                entries
                    .iter()
                    .any(|entries| entries.contains(&Some(object)))
            };
            assert!(!named(dies) && named(lives));
        }
        model.verify();
    }

    #[test]
    fn pages_are_recycled_only_when_no_entry_is_stale() {
        for generation in [Generation::Middle, Generation::Old] {
            let mut model = TestModel::new();
            let ring = model.ring(1);
            model.on_finalize(ring[0], |model, _| {
                let nodes: Vec<_> = (0..5000).map(|_| model.node()).collect();
                model.drop_all(&nodes);
                assert!(model.collector.young.len() > 4000);
            });
            model.drop_all(&ring);
            model.collect(generation);
            assert_eq!(model.collector.young.len(), 0);
        }
    }

    #[test]
    fn stale_entries_survive_their_pages_being_recycled() {
        let mut model = TestModel::new();
        let keeper = model.node();
        let nodes: Vec<_> = (0..5000).map(|_| model.node()).collect();
        let last = model.large_node();
        model.drop_all(&nodes);
        assert!(model.collector.young.len() > 5000);
        crate::release_free_memory(&mut model);
        assert_eq!(
            model.collector.young.len(),
            2,
            "no entry points to a recycled page"
        );
        // Other classes take the pages over.
        for bytes in [100, 200, 400] {
            for _ in 0..500 {
                model.node_of(bytes);
            }
        }
        assert_eq!(young(&mut model).len(), 1502);
        model.collect(Generation::Young);
        assert_eq!((keeper.generation(), last.generation()), (1, 1));
        model.verify();
    }
}
