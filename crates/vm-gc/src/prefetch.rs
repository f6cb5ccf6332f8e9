//! Rings that give memory time to arrive.
//!
//! ```text
//!   incoming --prefetch--> [ | | | | | | | | | | | | | | | ] --> outgoing: use it now
//!                           a ring of sixteen, oldest out first
//! ```
//!
//! Objects and scratch counts are visited in no order that the processor could foresee. What is to
//! be used goes through a short ring after it was prefetched, so that several cache (and TLB)
//! misses overlap instead of each being waited for. Source: C. Cher, A. Hosking and
//! T. Vijaykumar, "Software Prefetching for Mark-Sweep Garbage Collection" (2004).

use std::cell::Cell;
use vm_heap::ObjectRef;

/// Uses between a prefetch and the use that it was for.
const LENGTH: usize = 16;

/// Things that were prefetched, oldest at `position`.
#[derive(Debug)]
pub(crate) struct PrefetchRing<T> {
    ring: [T; LENGTH],
    position: usize,
}

impl<T: Copy> PrefetchRing<T> {
    /// A ring full of something that does nothing when it comes out.
    pub(crate) fn new(filler: T) -> PrefetchRing<T> {
        PrefetchRing {
            ring: [filler; LENGTH],
            position: 0,
        }
    }

    /// Puts `incoming` in and takes out what came a whole round before.
    #[inline(always)]
    pub(crate) fn exchange(&mut self, incoming: T) -> T {
        let outgoing = std::mem::replace(&mut self.ring[self.position % LENGTH], incoming);
        self.position = (self.position + 1) % LENGTH;
        outgoing
    }

    /// Takes out what came last and was not taken yet; the filler if there is nothing.
    #[inline(always)]
    pub(crate) fn take_newest(&mut self, filler: T) -> T {
        let newest = (self.position + LENGTH - 1) % LENGTH;
        let outgoing = std::mem::replace(&mut self.ring[newest], filler);
        // Fillers stand behind what is left, so this goes back to the first of them at most.
        self.position = newest;
        outgoing
    }

    /// Takes out everything, oldest first, at the end.
    pub(crate) fn drain(&mut self, filler: T) -> impl Iterator<Item = T> + use<T> {
        let mut ring = std::mem::replace(&mut self.ring, [filler; LENGTH]);
        ring.rotate_left(self.position);
        ring.into_iter()
    }
}

/// Asks for a scratch count.
#[inline(always)]
pub(crate) fn prefetch_scratch(scratch: &Cell<u32>) {
    prefetch_line(scratch.as_ptr().cast());
}

/// Asks for the header and the first fields of an object.
#[inline(always)]
pub(crate) fn prefetch_object(object: ObjectRef) {
    let start = object.as_ptr().as_ptr().cast::<i8>();
    prefetch_line(start);
    // A small object that starts in the middle of a cache line ends in the next.
    prefetch_line(start.wrapping_add(40));
}

#[inline(always)]
fn prefetch_line(address: *const i8) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads nothing; it may be given any address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_comes_out_once_and_in_order() {
        for count in [0, 1, LENGTH - 1, LENGTH, LENGTH + 1, 100] {
            let mut ring = PrefetchRing::new(None);
            let mut out: Vec<_> = (0..count).filter_map(|n| ring.exchange(Some(n))).collect();
            out.extend(ring.drain(None).flatten());
            assert!(out.into_iter().eq(0..count));
            assert_eq!(ring.drain(None).flatten().count(), 0);
        }
    }

    #[test]
    fn the_newest_come_out_first_until_nothing_is_left() {
        for count in [0, 1, LENGTH - 1, LENGTH, LENGTH + 1, 100] {
            let mut ring = PrefetchRing::new(None);
            let first: Vec<_> = (0..count).filter_map(|n| ring.exchange(Some(n))).collect();
            let rest: Vec<_> = std::iter::from_fn(|| ring.take_newest(None)).collect();
            assert!(rest.iter().rev().copied().eq(first.len()..count));
            assert_eq!(ring.exchange(Some(7)), None);
            assert_eq!(ring.take_newest(None), Some(7));
            assert_eq!(ring.take_newest(None), None);
        }
    }
}
