//! Size classes: the slot sizes that pages are cut into.
//!
//! Multiples of 16 up to 512 bytes, 32 classes: a request is rounded up by at most 15 bytes, and
//! its class is a subtraction and a shift. Larger requests go to the system (see `large`).
//!
//! ```text
//!  bytes   1..=16  17..=32  33..=48   ...   497..=512   513..
//!  class   0       1        2         ...   31          none
//!  slot    16      32       48        ...   512         -
//! ```

/// Slots are multiples of this many bytes, and aligned to it.
pub const SLOT_GRANULE_BYTES: usize = 16;

/// The largest slot. What is larger is not in a page.
pub const MAX_SLOT_BYTES: usize = 512;

/// Number of size classes.
pub(crate) const CLASSES: usize = MAX_SLOT_BYTES / SLOT_GRANULE_BYTES;

/// What a page's slots are for. An object keeps its family for life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Family {
    /// Objects that can refer to others: [`Heap::for_each_container`](crate::Heap) visits them.
    Container,
    /// Objects that refer to nothing.
    Leaf,
    /// Raw memory without a header: [`Heap::allocate_buffer`](crate::Heap::allocate_buffer).
    Buffer,
}

/// Number of families.
pub(crate) const FAMILIES: usize = 3;

/// The class of a request of 1 to [`MAX_SLOT_BYTES`] bytes; none for any other.
#[inline(always)]
pub(crate) const fn class_of(bytes: usize) -> Option<usize> {
    let last_byte = bytes.wrapping_sub(1);
    if last_byte < MAX_SLOT_BYTES {
        Some(last_byte / SLOT_GRANULE_BYTES)
    } else {
        None
    }
}

/// The slot size of a class.
#[inline(always)]
pub(crate) const fn slot_bytes_of(class: usize) -> usize {
    (class + 1) * SLOT_GRANULE_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_small_request_gets_the_smallest_slot_that_fits() {
        for bytes in 1..=MAX_SLOT_BYTES {
            let slot_bytes = slot_bytes_of(class_of(bytes).expect("small requests have a class"));
            assert!(slot_bytes >= bytes && slot_bytes < bytes + SLOT_GRANULE_BYTES);
        }
        assert_eq!(class_of(MAX_SLOT_BYTES), Some(CLASSES - 1));
    }

    #[test]
    fn nothing_and_large_requests_have_no_class() {
        assert_eq!(class_of(0), None);
        assert_eq!(class_of(MAX_SLOT_BYTES + 1), None);
        assert_eq!(class_of(usize::MAX), None);
    }
}
