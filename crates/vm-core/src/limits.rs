//! Limits: what a program may use. Each is on by default, and enforced by the machine itself.
//!
//! | limit | when it is reached | can the program catch it? |
//! |---|---|---|
//! | heap bytes | `MemoryError` | yes |
//! | call depth, native depth | `RecursionError` | yes |
//! | fuel (instructions) | the run ends with [`Outcome::OutOfFuel`] | no |
//! | wall time | the run ends with [`Outcome::TimedOut`] | no |
//! | cancellation | the run ends with [`Outcome::Cancelled`] | no |
//!
//! Fuel is exact: it counts instructions, and is compared at every backward jump and call, so that
//! a program stops at the same instruction on every run. Steps of iterators that native loops drive
//! (`sum`, `any`, `in`, ...) count as well, 4,096 at a time. After any of them the machine can be used
//! again.

use crate::stress::Stress;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use vm_gc::Profile;

/// Why a run ended without a result or an exception. Programs cannot catch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The instructions granted were used up.
    OutOfFuel,
    /// The wall time granted is over.
    TimedOut,
    /// A [`CancelHandle`] asked for it.
    Cancelled,
}

/// What a machine may use. `Config::default()` sets every one of them.
#[derive(Clone, Debug)]
pub struct Config {
    /// Bytes of objects and their buffers. Default 4 GiB.
    pub heap_bytes_max: usize,
    /// Calls within calls. Default 1,000, as in CPython.
    pub call_depth_max: usize,
    /// Native code within native code: entries into the interpreter from it (a `__lt__` called by a
    /// sort that a `__del__` called, ...), values within values. Whatever the stack of the thread: the
    /// machine adds to it as it needs. Default 1,000.
    pub native_depth_max: u32,
    /// Instructions to execute in each run; `None` for no limit. Default `None`: a run is then
    /// bounded by `wall_time_max` alone.
    pub fuel_max: Option<u64>,
    /// Wall time of each run; `None` for no limit. Default one hour.
    pub wall_time_max: Option<Duration>,
    /// What programs may do beyond computing. Default nothing.
    pub capabilities: Capabilities,
    /// The version of CPython whose collector is imitated where versions differ. Default 3.15.
    pub collector_profile: Profile,
    /// Bytes by which the heap may grow before a collection is due, however few the new objects
    /// are; `None` for thresholds in objects alone, as in CPython. Default `None`.
    pub collector_bytes: Option<usize>,
    /// Bytes of one heap snapshot. Default 2 GiB.
    pub snapshot_bytes_max: usize,
    /// Checks and collections beyond what is needed, to find mistakes. Default none.
    pub stress: Stress,
}

/// What a program may do to the world outside of its machine. Reading the clock is not among it:
/// every program can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// `time.sleep`: to hold the thread up, within the wall time of the run. Without it the module
    /// has no such function.
    pub sleep: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            heap_bytes_max: 4 << 30,
            call_depth_max: 1000,
            native_depth_max: 1000,
            fuel_max: None,
            wall_time_max: Some(Duration::from_secs(3600)),
            capabilities: Capabilities::default(),
            collector_profile: Profile::default(),
            collector_bytes: None,
            snapshot_bytes_max: 2 << 30,
            stress: Stress::default(),
        }
    }
}

/// Ends the run of a machine from another thread.
#[derive(Clone, Debug, Default)]
pub struct CancelHandle(Arc<AtomicBool>);

impl CancelHandle {
    /// Asks the machine to stop at its next safepoint. Stays set until the run has ended.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to.
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Takes the request.
    pub(crate) fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

/// Instructions between two looks at the clock and the cancel handle.
pub(crate) const CHECK_INTERVAL: u64 = 50_000;

/// The limits in force in a machine.
pub(crate) struct Limits {
    pub(crate) config: Config,
    /// `Vm::executed` at which fuel runs out.
    pub(crate) fuel_end: u64,
    pub(crate) deadline: Option<Instant>,
    pub(crate) cancel: CancelHandle,
    /// When the machine was made: the zero of its monotonic clocks.
    pub(crate) made: Instant,
}

impl Limits {
    pub(crate) fn new(config: Config) -> Limits {
        Limits {
            config,
            fuel_end: u64::MAX,
            deadline: None,
            cancel: CancelHandle::default(),
            made: Instant::now(),
        }
    }
}
