//! The lists that a collection works with.

use vm_heap::ObjectRef;

/// The lists that a collection works with; kept for the next one unless they grew large.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    /// Candidates of the young and the middle generation.
    pub(crate) recent: Vec<ObjectRef>,
    /// Objects that are marked and wait for being traversed.
    pub(crate) marked: Vec<ObjectRef>,
    /// Condemned objects.
    pub(crate) condemned: Vec<ObjectRef>,
    /// The flags that at least one of them had when they were condemned.
    pub(crate) condemned_flags: u8,
}

impl Lists {
    /// Entries that a list may keep room for between collections.
    pub(crate) const KEPT_CAPACITY: usize = 1 << 15;

    /// Bytes that the lists have room for.
    pub(crate) fn bytes(&self) -> usize {
        let Lists {
            recent,
            marked,
            condemned,
            condemned_flags: _,
        } = self;
        let entries = recent.capacity() + marked.capacity() + condemned.capacity();
        entries * size_of::<ObjectRef>()
    }

    /// Gives back the memory of lists that grew large; all are empty.
    pub(crate) fn shrink(&mut self) {
        for list in [&mut self.recent, &mut self.marked, &mut self.condemned] {
            list.clear();
            list.shrink_to(Lists::KEPT_CAPACITY);
        }
    }
}
