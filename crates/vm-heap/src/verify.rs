//! The audit: recomputes everything the heap keeps books of, and compares.
//!
//! 1. Pages: follow each free list (in range, on slot boundaries, nothing twice, nothing in use),
//!    and compare the live count with the slots in use.
//! 2. Large objects: flag, kind and place in the table.
//! 3. Bytes: compare the account with the sum over pages, large objects, buffers and charges.
//! 4. References: count those that the roots and all objects hold, make sure that each is to an
//!    object, and compare the sums with the counts in the headers. Immortal objects are exempt
//!    from the comparison.
//!
//! It reads the whole heap and needs memory for a count of each object; it is made for tests.

use crate::error::VerifyError;
use crate::header::{KIND_FREE, LARGE, ObjectRef};
use crate::heap::Heap;
use crate::large::LargeTable;
use crate::page::Page;
use crate::references::References;
use crate::size_class::Family;

/// What [`Heap::verify`] looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verification {
    /// Pages.
    pub pages: usize,
    /// Objects, large ones included.
    pub objects: usize,
    /// References that roots and objects hold.
    pub references: usize,
}

impl Heap {
    /// Recomputes every count, page and sum, and compares with the books.
    ///
    /// `roots` has an entry for each counted reference that comes from outside the heap;
    /// `traverse(object, visit)` calls `visit` for each counted reference that `object` owns.
    ///
    /// # Errors
    ///
    /// The first thing found that is not as it should be.
    pub fn verify(
        &self,
        roots: &[ObjectRef],
        traverse: impl FnMut(ObjectRef, &mut dyn FnMut(ObjectRef)),
    ) -> Result<Verification, VerifyError> {
        self.audit(roots, traverse, |count, references| count == references)
    }

    /// As [`verify`](Self::verify), while somebody holds counts that are not among the `roots`: an
    /// object may have more counts than references are found, but not fewer.
    ///
    /// # Errors
    ///
    /// The first thing found that is not as it should be.
    pub fn verify_with_unknown_roots(
        &self,
        roots: &[ObjectRef],
        traverse: impl FnMut(ObjectRef, &mut dyn FnMut(ObjectRef)),
    ) -> Result<Verification, VerifyError> {
        self.audit(roots, traverse, |count, references| count >= references)
    }

    fn audit(
        &self,
        roots: &[ObjectRef],
        mut traverse: impl FnMut(ObjectRef, &mut dyn FnMut(ObjectRef)),
        agree: impl Fn(u32, u32) -> bool,
    ) -> Result<Verification, VerifyError> {
        let mut verification = Verification::default();
        let mut bytes = self.accounting.charged_bytes + self.large_buffers.bytes();
        let mut failure = None;
        self.arenas.for_each_page(|page| {
            verification.pages += 1;
            bytes += page.live() as usize * page.slot_bytes.get() as usize;
            if let (None, Err(error)) = (failure, verify_page(page)) {
                failure = Some(error);
            }
        });
        if let Some(failure) = failure {
            return Err(failure);
        }
        bytes += self.verify_large_objects()?;
        if bytes != self.accounting.heap_bytes {
            let recorded = self.accounting.heap_bytes;
            return Err(VerifyError::Accounting {
                recorded,
                found: bytes,
            });
        }

        let mut references = References::none_yet(self);
        let mut failure = None;
        let mut count = |from: Option<ObjectRef>, to: ObjectRef| {
            if let Some(count) = references.of(to) {
                *count = count.saturating_add(1);
                verification.references += 1;
            } else {
                failure.get_or_insert(VerifyError::Dangling {
                    from: from.map(ObjectRef::address),
                    to: to.address(),
                });
            }
        };
        for root in roots {
            count(None, *root);
        }
        self.for_each_object(|object| {
            verification.objects += 1;
            traverse(object, &mut |child| count(Some(object), child));
        });
        if let Some(failure) = failure {
            return Err(failure);
        }
        self.for_each_object(|object| {
            let references = references.of(object).map_or(0, |count| *count);
            if !object.is_immortal() && !agree(object.count(), references) {
                failure.get_or_insert(VerifyError::Count {
                    object: object.address(),
                    kind: object.kind(),
                    count: object.count(),
                    references,
                });
            }
        });
        failure.map_or(Ok(verification), Err)
    }

    /// Checks the large objects; returns their bytes.
    fn verify_large_objects(&self) -> Result<usize, VerifyError> {
        let mut bytes = 0;
        for (index, entry) in self.large_objects.entries().iter().enumerate() {
            let object = LargeTable::object(*entry);
            // SAFETY: entries of the table are allocated.
            let prefix = unsafe { entry.as_ref() };
            let sound = object.is_large()
                && object.flags() & LARGE != 0
                && object.kind() != KIND_FREE
                && prefix.index() == index;
            if !sound {
                return Err(VerifyError::Large {
                    object: object.address(),
                });
            }
            bytes += prefix.bytes();
        }
        Ok(bytes)
    }
}

/// Checks one page: its free list and its live count.
fn verify_page(page: Page) -> Result<(), VerifyError> {
    let address = page.address();
    let used_before = page.used_before();
    let mut in_list = vec![false; page.scratch_len()];
    let mut free_slots = 0;
    let mut offset = page.free.get();
    while offset != 0 {
        if !page.is_slot(offset) {
            return Err(VerifyError::FreeList {
                page: address,
                offset,
            });
        }
        let index = page.slot_index(page.at(offset));
        if std::mem::replace(&mut in_list[index], true) {
            return Err(VerifyError::FreeList {
                page: address,
                offset,
            });
        }
        free_slots += 1;
        offset = page.next_free(offset);
    }
    let mut found = used_before - free_slots;
    if page.family.get() != Family::Buffer {
        let mut objects = 0;
        let mut object_in_list = None;
        page.for_each_object(&mut |object| {
            objects += 1;
            if in_list[page.slot_index(object.as_ptr())] {
                object_in_list = Some(Page::offset_of(object.as_ptr()));
            }
        });
        if let Some(offset) = object_in_list {
            return Err(VerifyError::FreeList {
                page: address,
                offset,
            });
        }
        if objects != found {
            found = objects;
        }
    }
    if found != page.live() {
        return Err(VerifyError::LiveSlots {
            page: address,
            recorded: page.live(),
            found,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing(_: ObjectRef, _: &mut dyn FnMut(ObjectRef)) {}

    fn object(heap: &mut Heap, bytes: usize) -> ObjectRef {
        // SAFETY: the tests do not use objects after they are freed.
        unsafe { heap.allocate(Family::Container, bytes, 9) }.expect("memory")
    }

    #[test]
    fn counts_are_compared_with_roots_and_edges() {
        let mut heap = Heap::new();
        let [from, to, large] = [48, 48, 600].map(|bytes| object(&mut heap, bytes));
        let edge = |object: ObjectRef, visit: &mut dyn FnMut(ObjectRef)| {
            if object == from {
                visit(to);
            }
        };
        let verified = heap.verify(&[from, large], edge);
        assert_eq!(
            verified,
            Ok(Verification {
                pages: 1,
                objects: 3,
                references: 3
            })
        );
        let wrong = VerifyError::Count {
            object: to.address(),
            kind: 9,
            count: 1,
            references: 2,
        };
        assert_eq!(heap.verify(&[from, large, to], edge), Err(wrong));
        let wrong = VerifyError::Count {
            object: to.address(),
            kind: 9,
            count: 1,
            references: 0,
        };
        assert_eq!(heap.verify(&[from, large], nothing), Err(wrong));
        to.make_immortal();
        assert!(heap.verify(&[from, large], nothing).is_ok());
    }

    #[test]
    fn a_reference_to_a_freed_object_is_found() {
        let mut heap = Heap::new();
        let [from, to] = [48, 48].map(|bytes| object(&mut heap, bytes));
        // SAFETY: used below only as an address, in a page that stays.
        unsafe { heap.free(to) };
        let dangling = VerifyError::Dangling {
            from: None,
            to: to.address(),
        };
        assert_eq!(heap.verify(&[from, to], nothing), Err(dangling));
        let edge = |object: ObjectRef, visit: &mut dyn FnMut(ObjectRef)| {
            if object == from {
                visit(to);
            }
        };
        let dangling = VerifyError::Dangling {
            from: Some(from.address()),
            to: to.address(),
        };
        assert_eq!(heap.verify(&[from], edge), Err(dangling));
    }

    #[test]
    fn broken_books_are_found() {
        let mut heap = Heap::new();
        let [kept, freed] = [48, 48].map(|bytes| object(&mut heap, bytes));
        // SAFETY: used below only as an address, in a page that stays.
        unsafe { heap.free(freed) };
        // SAFETY: `kept` is in a page.
        let page = unsafe { Page::of(kept.as_ptr()) };
        let address = page.address();
        assert!(heap.verify(&[kept], nothing).is_ok());

        let free = page.free.get();
        for offset in [free + 1, free + 48, 16, u32::MAX] {
            page.free.set(offset);
            let broken = VerifyError::FreeList {
                page: address,
                offset,
            };
            assert_eq!(heap.verify(&[kept], nothing), Err(broken));
        }
        page.free.set(free);

        let countdown = page.countdown.get();
        page.countdown.set(countdown + 1);
        let wrong = VerifyError::LiveSlots {
            page: address,
            recorded: 2,
            found: 1,
        };
        assert_eq!(heap.verify(&[kept], nothing), Err(wrong));
        page.countdown.set(countdown);

        heap.accounting.heap_bytes += 16;
        let wrong = VerifyError::Accounting {
            recorded: 64,
            found: 48,
        };
        assert_eq!(heap.verify(&[kept], nothing), Err(wrong));
        heap.accounting.heap_bytes -= 16;
        assert!(heap.verify(&[kept], nothing).is_ok());
    }

    #[test]
    fn a_free_list_with_a_circle_is_found() {
        let mut heap = Heap::new();
        let [kept, freed] = [48, 48].map(|bytes| object(&mut heap, bytes));
        // SAFETY: used below only as an address, in a page that stays.
        unsafe { heap.free(freed) };
        // SAFETY: `kept` is in a page.
        let page = unsafe { Page::of(kept.as_ptr()) };
        let offset = page.free.get();
        // SAFETY: the free slot's link, which is its first four bytes.
        unsafe { freed.as_ptr().cast::<u32>().write(offset) };
        let broken = VerifyError::FreeList {
            page: page.address(),
            offset,
        };
        assert_eq!(heap.verify(&[kept], nothing), Err(broken));
    }
}
