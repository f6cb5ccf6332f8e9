//! How many nodes died: every node has a field of this type.

use std::cell::Cell;

thread_local! {
    static DROPPED: Cell<usize> = const { Cell::new(0) };
}

/// Counts its end. Takes no room.
pub(crate) struct Drops;

impl Drop for Drops {
    #[inline]
    fn drop(&mut self) {
        DROPPED.set(DROPPED.get() + 1);
    }
}

/// Nodes of this thread that died so far.
pub(crate) fn dropped() -> usize {
    DROPPED.get()
}

/// Runs `work`, which has to end that many nodes.
pub(crate) fn drops<T>(expected: usize, work: impl FnOnce() -> T) -> T {
    let before = dropped();
    let result = work();
    assert_eq!(dropped() - before, expected, "nodes that died");
    result
}
