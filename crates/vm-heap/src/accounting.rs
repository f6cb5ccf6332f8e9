//! The account of the heap's bytes, and its limit.
//!
//! Counted are the slots in use (not the requests: a 33-byte object counts 48), large objects and
//! buffers with the prefix that stands before them, and what others charged. The pages around the
//! slots are not: the figures of a program are the same whatever the layout of pages.

use crate::error::OutOfMemory;

/// The limit of a heap that was not given one: 4 GiB.
pub const DEFAULT_LIMIT_BYTES: usize = 4 << 30;

/// No limit is larger than this, so that a sum of sizes does not wrap. No address space is, either.
const LARGEST_LIMIT_BYTES: usize = isize::MAX as usize;

/// Bytes in use, the most there were, and the most there may be.
#[derive(Debug)]
pub(crate) struct Accounting {
    pub heap_bytes: usize,
    pub peak_bytes: usize,
    pub limit_bytes: usize,
    /// The part of `heap_bytes` that others charged.
    pub charged_bytes: usize,
}

impl Accounting {
    pub fn new(limit_bytes: usize) -> Accounting {
        let limit_bytes = limit_bytes.min(LARGEST_LIMIT_BYTES);
        Accounting {
            heap_bytes: 0,
            peak_bytes: 0,
            limit_bytes,
            charged_bytes: 0,
        }
    }

    /// Changes the limit. What is in use stays in use, even above it.
    pub fn set_limit(&mut self, limit_bytes: usize) {
        self.limit_bytes = limit_bytes.min(LARGEST_LIMIT_BYTES);
    }

    /// What `heap_bytes` becomes with `bytes` more, if the limit allows.
    #[inline(always)]
    pub fn with(&self, bytes: usize) -> Option<usize> {
        debug_assert!(
            bytes <= LARGEST_LIMIT_BYTES,
            "the sum of two such numbers does not wrap"
        );
        let heap_bytes = self.heap_bytes + bytes;
        if heap_bytes <= self.limit_bytes {
            Some(heap_bytes)
        } else {
            None
        }
    }

    /// Stores what [`with`](Self::with) returned.
    #[inline(always)]
    pub fn commit(&mut self, heap_bytes: usize) {
        self.heap_bytes = heap_bytes;
        if heap_bytes > self.peak_bytes {
            self.peak_bytes = heap_bytes;
        }
    }

    /// The error for a request of `requested_bytes`.
    #[cold]
    pub fn refuse(&self, requested_bytes: usize) -> OutOfMemory {
        OutOfMemory {
            requested_bytes,
            heap_bytes: self.heap_bytes,
            limit_bytes: self.limit_bytes,
        }
    }

    /// Accounts for `bytes` more, if the limit allows.
    pub fn add(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        match self.heap_bytes.checked_add(bytes) {
            Some(heap_bytes) if heap_bytes <= self.limit_bytes => {
                self.commit(heap_bytes);
                Ok(())
            }
            _ => Err(self.refuse(bytes)),
        }
    }

    /// Accounts for `bytes` less.
    #[inline(always)]
    pub fn remove(&mut self, bytes: usize) {
        debug_assert!(bytes <= self.heap_bytes, "more freed than allocated");
        self.heap_bytes -= bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_exact_and_a_refusal_changes_nothing() {
        let mut accounting = Accounting::new(100);
        accounting.add(60).expect("within the limit");
        let refused = accounting.add(41).expect_err("over the limit");
        assert_eq!(
            refused,
            OutOfMemory {
                requested_bytes: 41,
                heap_bytes: 60,
                limit_bytes: 100
            }
        );
        assert_eq!(accounting.heap_bytes, 60);
        accounting.add(40).expect("exactly the limit");
        accounting.remove(100);
        assert_eq!((accounting.heap_bytes, accounting.peak_bytes), (0, 100));
    }

    #[test]
    fn a_sum_that_wraps_is_refused() {
        let mut accounting = Accounting::new(usize::MAX);
        accounting.add(60).expect("within the limit");
        assert!(accounting.add(usize::MAX - 10).is_err());
    }
}
