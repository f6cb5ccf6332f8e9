//! Processor time of this process.

/// Nanoseconds of processor time, user and system, that this process used so far.
pub(crate) fn processor_ns() -> f64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is a place for the result.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    assert_eq!(failed, 0, "every Unix has this clock");
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// Nanoseconds that `work` takes for each of `count`.
pub(crate) fn ns_each<T>(count: usize, work: impl FnOnce() -> T) -> f64 {
    let start = processor_ns();
    let result = work();
    let end = processor_ns();
    drop(result);
    (end - start) / count as f64
}
