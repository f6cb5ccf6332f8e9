//! The account of the heap's bytes, and its limits.
//!
//! Counted are the slots in use (not the requests: a 33-byte object counts 48), large objects and
//! buffers with the prefix that stands before them, and what others charged. The pages around the
//! slots are not: the figures of a program are the same whatever the layout of pages.
//!
//! Beside the limit there can be a *soft limit*, which refuses nothing: that it was passed is noted,
//! once. Both share the one comparison on the path of an allocation (`bound_bytes`); so does who
//! wants every allocation to take the slow path.

use crate::error::OutOfMemory;

/// The limit of a heap that was not given one: 4 GiB.
pub const DEFAULT_LIMIT_BYTES: usize = 4 << 30;

/// No limit is larger than this, so that a sum of sizes does not wrap. No address space is, either.
const LARGEST_LIMIT_BYTES: usize = isize::MAX as usize;

/// Bytes in use, the most there were, and the most there may be.
///
/// Invariant: `bound_bytes` is the limit or the soft limit, whichever is lower; 0 if nothing is to
/// fit without further questions.
#[derive(Debug)]
pub(crate) struct Accounting {
    pub heap_bytes: usize,
    pub peak_bytes: usize,
    /// What fits below it fits without further questions.
    bound_bytes: usize,
    pub limit_bytes: usize,
    /// `usize::MAX` if there is none, or if it was passed.
    soft_limit_bytes: usize,
    pub soft_limit_passed: bool,
    /// Whether `with` always says no.
    always_ask: bool,
    /// The part of `heap_bytes` that others charged.
    pub charged_bytes: usize,
}

impl Accounting {
    pub fn new(limit_bytes: usize) -> Accounting {
        let limit_bytes = limit_bytes.min(LARGEST_LIMIT_BYTES);
        Accounting {
            heap_bytes: 0,
            peak_bytes: 0,
            bound_bytes: limit_bytes,
            limit_bytes,
            soft_limit_bytes: usize::MAX,
            soft_limit_passed: false,
            always_ask: false,
            charged_bytes: 0,
        }
    }

    /// Changes the limit. What is in use stays in use, even above it.
    pub fn set_limit(&mut self, limit_bytes: usize) {
        self.limit_bytes = limit_bytes.min(LARGEST_LIMIT_BYTES);
        self.set_bound();
    }

    /// Sets the soft limit, or none; it was not passed yet.
    pub fn set_soft_limit(&mut self, soft_limit_bytes: Option<usize>) {
        self.soft_limit_bytes = soft_limit_bytes.unwrap_or(usize::MAX);
        self.soft_limit_passed = false;
        self.set_bound();
    }

    /// Whether [`with`](Self::with) is to say no always, as if a limit were in the way.
    pub fn set_always_ask(&mut self, always_ask: bool) {
        self.always_ask = always_ask;
        self.set_bound();
    }

    fn set_bound(&mut self) {
        self.bound_bytes = if self.always_ask {
            0
        } else {
            self.limit_bytes.min(self.soft_limit_bytes)
        };
    }

    /// What `heap_bytes` becomes with `bytes` more, if neither limit is in the way: if one is, ask
    /// [`admit`](Self::admit).
    #[inline(always)]
    pub fn with(&self, bytes: usize) -> Option<usize> {
        debug_assert!(
            bytes <= LARGEST_LIMIT_BYTES,
            "the sum of two such numbers does not wrap"
        );
        let heap_bytes = self.heap_bytes + bytes;
        if heap_bytes <= self.bound_bytes {
            Some(heap_bytes)
        } else {
            None
        }
    }

    /// What `heap_bytes` becomes with `bytes` more, if the limit allows; a soft limit that is in the
    /// way is passed.
    pub fn admit(&mut self, bytes: usize) -> Option<usize> {
        let heap_bytes = self.heap_bytes.checked_add(bytes)?;
        if heap_bytes > self.limit_bytes {
            return None;
        }
        if heap_bytes > self.soft_limit_bytes {
            self.set_soft_limit(None);
            self.soft_limit_passed = true;
        }
        Some(heap_bytes)
    }

    /// Stores what [`with`](Self::with) or [`admit`](Self::admit) returned.
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
        let heap_bytes = self.admit(bytes).ok_or(self.refuse(bytes))?;
        self.commit(heap_bytes);
        Ok(())
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

    #[test]
    fn a_soft_limit_refuses_nothing_and_is_passed_once() {
        let mut accounting = Accounting::new(100);
        accounting.set_soft_limit(Some(50));
        accounting.add(50).expect("within both");
        assert!(!accounting.soft_limit_passed, "exactly the soft limit");
        assert_eq!(accounting.with(1), None);
        accounting.add(1).expect("within the limit");
        assert!(accounting.soft_limit_passed);
        assert_eq!(accounting.with(49), Some(100), "it is in nobody's way now");
        assert!(accounting.add(50).is_err());
        accounting.remove(51);
        accounting.set_soft_limit(Some(50));
        assert!(!accounting.soft_limit_passed, "another one was not passed");
        accounting.set_limit(20);
        assert!(accounting.add(21).is_err(), "the lower one counts");
        accounting.set_limit(200);
        accounting.add(200).expect("within the limit");
        assert!(accounting.soft_limit_passed);
    }

    #[test]
    fn what_is_refused_does_not_pass_the_soft_limit() {
        let mut accounting = Accounting::new(100);
        accounting.set_soft_limit(Some(50));
        assert!(accounting.add(101).is_err());
        assert!(!accounting.soft_limit_passed);
        accounting.set_soft_limit(None);
        accounting.add(100).expect("within the limit");
        assert!(!accounting.soft_limit_passed);
    }
}
