//! Processor time of a thread.

/// Seconds of processor time, user and system, that the calling thread has used so far.
pub fn cpu_seconds() -> f64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a local variable. The clock exists wherever threads do, and where
    // it did not, the zeros would stay.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_time_and_waiting_takes_none() {
        let begin = cpu_seconds();
        let mut sum = 0_u64;
        while cpu_seconds() - begin < 0.002 {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(sum > 0 && cpu_seconds() - begin >= 0.002);
        let begin = cpu_seconds();
        std::thread::sleep(std::time::Duration::from_millis(200));
        assert!(cpu_seconds() - begin < 0.1);
    }
}
