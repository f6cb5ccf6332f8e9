//! The object header, and [`ObjectRef`], the reference to an object.
//!
//! Eight bytes stand in front of every object:
//!
//! ```text
//!  byte 0             4        5        6             8
//!       +-------------+--------+--------+-------------+------------------
//!       | count       | kind   | flags  | aux         | contents ...
//!       | u32         | u8     | u8     | u16         | the model's own
//!       +-------------+--------+--------+-------------+------------------
//!
//!  flags  bit 0    TRACKED        the collector examines this object
//!         bits 1-2 GENERATION     0 young, 1 middle, 2 old, 3 permanent
//!         bit 3    FINALIZED      its finalizer has run
//!         bit 4    HAS_WEAKREFS   weak references point to it
//!         bit 5    LARGE          the heap's own: not in a page
//!         bit 6    CANDIDATE      the collector's, within one collection
//!         bit 7    MODEL          free for the object model
//! ```
//!
//! - `count` is the number of references that are owned by somebody. Its highest bit means
//!   *immortal*: an immortal object's count never changes again, so an increment that overflows
//!   into that bit saturates there by itself.
//! - `kind` 0 marks a free slot; 1 to 255 belong to the object model, and so does `aux`.
//! - The heap stores the collector's bits and does not interpret them.

use std::cell::Cell;
use std::fmt;
use std::ptr::NonNull;

/// The kind of a slot that holds no object.
pub const KIND_FREE: u8 = 0;

/// Flag: the collector examines this object.
pub const TRACKED: u8 = 1 << 0;
/// Position of the two generation bits among the flags.
pub const GENERATION_SHIFT: u32 = 1;
/// Flag bits: the generation, 0 (young) to 3 (permanent).
pub const GENERATION_MASK: u8 = 0b11 << GENERATION_SHIFT;
/// Flag: the object's finalizer has run.
pub const FINALIZED: u8 = 1 << 3;
/// Flag: weak references point to the object.
pub const HAS_WEAKREFS: u8 = 1 << 4;
/// Flag: the object is not in a page. Set by the heap alone.
pub const LARGE: u8 = 1 << 5;
/// Flag: the object is a candidate of the collection that is running.
pub const CANDIDATE: u8 = 1 << 6;
/// Flag: free for the object model.
pub const MODEL: u8 = 1 << 7;

/// A count with this bit set is immortal.
const IMMORTAL_BIT: u32 = 1 << 31;

/// The eight bytes in front of every object.
#[repr(C, align(8))]
#[derive(Debug)]
pub struct Header {
    count: Cell<u32>,
    kind: Cell<u8>,
    flags: Cell<u8>,
    aux: Cell<u16>,
}

const _: () = assert!(size_of::<Header>() == 8 && align_of::<Header>() == 8);

impl Header {
    /// The header of a new object: one reference, which the creator owns.
    #[inline(always)]
    pub(crate) const fn new(kind: u8, flags: u8) -> Header {
        Header {
            count: Cell::new(1),
            kind: Cell::new(kind),
            flags: Cell::new(flags),
            aux: Cell::new(0),
        }
    }

    /// What stands at the start of a free slot: the offset of the next free slot in its page takes
    /// the place of the count, so that one eight-byte store both frees and links the slot.
    #[inline(always)]
    pub(crate) const fn free(next_offset: u32) -> Header {
        Header {
            count: Cell::new(next_offset),
            kind: Cell::new(KIND_FREE),
            flags: Cell::new(0),
            aux: Cell::new(0),
        }
    }
}

/// A reference to an object of a [`Heap`](crate::Heap): a pointer to its [`Header`].
///
/// Copying an `ObjectRef` does not touch the count: who owns a reference is the object model's
/// business. The methods are safe because [`Heap::allocate`](crate::Heap::allocate) is not: its
/// contract forbids using any copy of the reference after the object is freed.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef(NonNull<Header>);

const _: () = assert!(size_of::<Option<ObjectRef>>() == 8);

impl ObjectRef {
    /// The reference to the object whose header is at `header`.
    ///
    /// # Safety
    ///
    /// `header` comes from an `ObjectRef` (by [`cast`](Self::cast) or [`as_ptr`](Self::as_ptr))
    /// whose object is still allocated wherever the result is used.
    #[inline(always)]
    pub const unsafe fn from_raw(header: NonNull<Header>) -> ObjectRef {
        ObjectRef(header)
    }

    /// The reference to the object at `address`, for models that keep references as integers.
    ///
    /// # Safety
    ///
    /// `address` comes from [`address`](Self::address) of a reference whose object is still
    /// allocated wherever the result is used.
    #[inline(always)]
    pub unsafe fn from_address(address: usize) -> ObjectRef {
        debug_assert!(address != 0 && address.is_multiple_of(8));
        let header = std::ptr::with_exposed_provenance_mut(address);
        // SAFETY: the caller got the address from a reference, which is never null.
        ObjectRef(unsafe { NonNull::new_unchecked(header) })
    }

    /// The pointer to the header.
    #[inline(always)]
    pub const fn as_ptr(self) -> NonNull<Header> {
        self.0
    }

    /// The pointer to the object as a `T`, whose first field is the [`Header`] (`repr(C)`).
    #[inline(always)]
    pub const fn cast<T>(self) -> NonNull<T> {
        self.0.cast()
    }

    /// The address of the header; a multiple of 8, never 0.
    #[inline(always)]
    pub fn address(self) -> usize {
        self.0.as_ptr().expose_provenance()
    }

    #[inline(always)]
    fn header(&self) -> &Header {
        // SAFETY: the contract of `Heap::allocate` (and of `from_raw`, `from_address`): the object
        // is allocated as long as the reference is used, and its header is always initialised.
        unsafe { self.0.as_ref() }
    }

    /// The reference count. Meaningless for an immortal object.
    #[inline(always)]
    pub fn count(self) -> u32 {
        self.header().count.get()
    }

    /// The object's kind, never 0.
    #[inline(always)]
    pub fn kind(self) -> u8 {
        self.header().kind.get()
    }

    /// Changes the kind, for models whose objects change shape in place. `kind` is not 0.
    #[inline(always)]
    pub fn set_kind(self, kind: u8) {
        debug_assert!(kind != KIND_FREE, "kind 0 marks a free slot");
        self.header().kind.set(kind);
    }

    /// The 16 bits that belong to the object's kind.
    #[inline(always)]
    pub fn aux(self) -> u16 {
        self.header().aux.get()
    }

    /// Whether both the kind and the 16 bits that belong to it are the given ones: one load and one
    /// comparison.
    #[inline(always)]
    pub fn is_kind_with_aux(self, kind: u8, aux: u16) -> bool {
        // SAFETY: a header has eight bytes, the last four of which are the kind, the flags and
        // `aux`.
        let word = unsafe { *self.0.cast::<u32>().add(1).as_ptr() };
        let [low, high] = aux.to_ne_bytes();
        word & u32::from_ne_bytes([0xFF, 0, 0xFF, 0xFF]) == u32::from_ne_bytes([kind, 0, low, high])
    }

    /// Stores the 16 bits that belong to the object's kind.
    #[inline(always)]
    pub fn set_aux(self, aux: u16) {
        self.header().aux.set(aux);
    }

    /// One more reference. Does nothing to an immortal object; a count that outgrows 31 bits makes
    /// the object immortal.
    #[inline(always)]
    #[cfg_attr(feature = "trace-counts", track_caller)]
    pub fn increment(self) {
        let count = &self.header().count;
        let now = count.get();
        if now & IMMORTAL_BIT == 0 {
            count.set(now + 1);
            #[cfg(feature = "trace-counts")]
            crate::count_trace::changed(self, "incref", now + 1);
        }
    }

    /// One reference less. True when that was the last one: the object is to be freed. Does
    /// nothing to an immortal object.
    #[inline(always)]
    #[cfg_attr(feature = "trace-counts", track_caller)]
    #[must_use = "an object whose count reached zero is to be freed"]
    pub fn decrement(self) -> bool {
        let count = &self.header().count;
        let now = count.get();
        debug_assert!(now != 0, "an object nobody references lost a reference");
        if now & IMMORTAL_BIT != 0 {
            return false;
        }
        let left = now.wrapping_sub(1);
        count.set(left);
        #[cfg(feature = "trace-counts")]
        crate::count_trace::changed(self, "decref", left);
        left == 0
    }

    /// Makes the object immortal: its count never changes again.
    #[inline]
    pub fn make_immortal(self) {
        self.header().count.set(IMMORTAL_BIT);
    }

    /// Whether the object is immortal.
    #[inline(always)]
    pub fn is_immortal(self) -> bool {
        self.count() & IMMORTAL_BIT != 0
    }

    /// All eight flag bits.
    #[inline(always)]
    pub fn flags(self) -> u8 {
        self.header().flags.get()
    }

    /// Stores all eight flag bits at once; [`LARGE`] must stay as it is.
    #[inline(always)]
    pub fn set_flags(self, flags: u8) {
        debug_assert!(
            (flags ^ self.flags()) & LARGE == 0,
            "LARGE belongs to the heap"
        );
        self.header().flags.set(flags);
    }

    #[inline(always)]
    fn has(self, flag: u8) -> bool {
        self.flags() & flag != 0
    }

    #[inline(always)]
    fn put(self, flag: u8, on: bool) {
        let others = self.flags() & !flag;
        self.header()
            .flags
            .set(if on { others | flag } else { others });
    }

    /// Whether the collector examines this object.
    #[inline(always)]
    pub fn is_tracked(self) -> bool {
        self.has(TRACKED)
    }

    /// Stores [`is_tracked`](Self::is_tracked).
    #[inline(always)]
    pub fn set_tracked(self, on: bool) {
        self.put(TRACKED, on);
    }

    /// The generation: 0 young, 1 middle, 2 old, 3 permanent.
    #[inline(always)]
    pub fn generation(self) -> u8 {
        (self.flags() & GENERATION_MASK) >> GENERATION_SHIFT
    }

    /// Stores the generation, 0 to 3.
    #[inline(always)]
    pub fn set_generation(self, generation: u8) {
        debug_assert!(generation <= 3, "a generation has two bits");
        let bits = (generation << GENERATION_SHIFT) & GENERATION_MASK;
        self.header()
            .flags
            .set(self.flags() & !GENERATION_MASK | bits);
    }

    /// Whether the object's finalizer has run.
    #[inline(always)]
    pub fn is_finalized(self) -> bool {
        self.has(FINALIZED)
    }

    /// Stores [`is_finalized`](Self::is_finalized).
    #[inline(always)]
    pub fn set_finalized(self, on: bool) {
        self.put(FINALIZED, on);
    }

    /// Whether weak references point to the object.
    #[inline(always)]
    pub fn has_weakrefs(self) -> bool {
        self.has(HAS_WEAKREFS)
    }

    /// Stores [`has_weakrefs`](Self::has_weakrefs).
    #[inline(always)]
    pub fn set_has_weakrefs(self, on: bool) {
        self.put(HAS_WEAKREFS, on);
    }

    /// Whether the object is larger than a slot can be, and so is not in a page.
    #[inline(always)]
    pub fn is_large(self) -> bool {
        // Slots are 16-aligned and large objects never are: no need to read the header, which
        // would cost a cache miss where only the address is at hand.
        self.0.as_ptr().addr() & 8 != 0
    }

    /// Whether the object is a candidate of the collection that is running.
    #[inline(always)]
    pub fn is_candidate(self) -> bool {
        self.has(CANDIDATE)
    }

    /// Stores [`is_candidate`](Self::is_candidate).
    #[inline(always)]
    pub fn set_candidate(self, on: bool) {
        self.put(CANDIDATE, on);
    }

    /// The flag bit that belongs to the object model.
    #[inline(always)]
    pub fn model_flag(self) -> bool {
        self.has(MODEL)
    }

    /// Stores [`model_flag`](Self::model_flag).
    #[inline(always)]
    pub fn set_model_flag(self, on: bool) {
        self.put(MODEL, on);
    }
}

impl fmt::Debug for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectRef({:p})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An object outside any heap: the methods look at the header alone.
    fn with_object(test: impl Fn(ObjectRef)) {
        let mut header = Header::new(9, 0);
        // SAFETY: the header outlives `test`.
        test(unsafe { ObjectRef::from_raw(NonNull::from(&mut header)) });
    }

    #[test]
    fn counts_go_up_and_down() {
        with_object(|object| {
            object.increment();
            assert_eq!(object.count(), 2);
            assert!(!object.decrement());
            assert!(object.decrement());
        });
    }

    #[test]
    fn a_count_that_outgrows_31_bits_is_immortal() {
        with_object(|object| {
            object.header().count.set(i32::MAX as u32);
            assert!(!object.is_immortal());
            object.increment();
            assert!(object.is_immortal());
            for _ in 0..3 {
                assert!(!object.decrement());
            }
            object.increment();
            assert_eq!(object.count(), 1 << 31);
        });
    }

    #[test]
    fn immortal_objects_do_not_change() {
        with_object(|object| {
            object.make_immortal();
            let count = object.count();
            object.increment();
            assert!(!object.decrement() && !object.decrement());
            assert_eq!(object.count(), count);
        });
    }

    #[test]
    fn every_flag_is_a_bit_of_its_own() {
        with_object(|object| {
            let set: [fn(ObjectRef, bool); 5] = [
                ObjectRef::set_tracked,
                ObjectRef::set_finalized,
                ObjectRef::set_has_weakrefs,
                ObjectRef::set_candidate,
                ObjectRef::set_model_flag,
            ];
            let flags = [TRACKED, FINALIZED, HAS_WEAKREFS, CANDIDATE, MODEL];
            for (set, flag) in set.into_iter().zip(flags) {
                set(object, true);
                assert_eq!(object.flags(), flag);
                set(object, false);
            }
            object.set_flags(!LARGE);
            for generation in 0..4 {
                object.set_generation(generation);
                assert_eq!(object.generation(), generation);
                assert_eq!(object.flags() & !GENERATION_MASK, !LARGE & !GENERATION_MASK);
            }
            assert!(object.is_tracked() && object.is_finalized() && object.has_weakrefs());
            assert!(object.is_candidate() && object.model_flag());
            object.set_aux(0xABCD);
            assert_eq!(
                (object.kind(), object.aux(), object.count()),
                (9, 0xABCD, 1)
            );
        });
    }
}
