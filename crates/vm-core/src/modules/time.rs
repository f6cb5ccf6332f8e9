//! The module `time`: clocks, and `sleep` for programs that may.
//!
//! | function | zero of the clock |
//! |---|---|
//! | `time`, `time_ns` | 1970-01-01 00:00 UTC |
//! | `monotonic`, `perf_counter` and their `_ns` | when the machine was made |
//! | `process_time`, `process_time_ns` | the start of the process; its processor time |
//!
//! `sleep` exists only if the embedder granted [`Capabilities::sleep`](crate::Capabilities). It
//! ends early when the run's wall time is over or the run is cancelled.

use crate::native::Arguments;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Makes the module.
pub(super) fn install(vm: &mut Vm) -> Result<(), Raised> {
    let module = vm.new_module("time")?;
    vm.define_functions(
        module,
        &[
            ("time", time),
            ("time_ns", time_ns),
            ("monotonic", monotonic),
            ("monotonic_ns", monotonic_ns),
            ("perf_counter", perf_counter),
            ("perf_counter_ns", perf_counter_ns),
        ],
    )?;
    #[cfg(unix)]
    vm.define_functions(
        module,
        &[
            ("process_time", process_time),
            ("process_time_ns", process_time_ns),
        ],
    )?;
    if vm.limits.config.capabilities.sleep {
        vm.define_functions(module, &[("sleep", sleep)])?;
    }
    vm.register_module("time", module)?;
    vm.release(module);
    Ok(())
}

/// A duration as `..._ns` functions give it.
fn nanoseconds(vm: &mut Vm, duration: Duration) -> Result<Value, Raised> {
    vm.new_int(i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX))
}

/// The wall clock; a clock set before 1970 reads as 1970.
fn wall() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

fn time(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "time.time")?;
    Ok(Value::from_float(wall().as_secs_f64()))
}

fn time_ns(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "time.time_ns")?;
    nanoseconds(vm, wall())
}

fn monotonic(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "time.monotonic")?;
    Ok(Value::from_float(vm.limits.made.elapsed().as_secs_f64()))
}

fn monotonic_ns(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "time.monotonic_ns")?;
    let elapsed = vm.limits.made.elapsed();
    nanoseconds(vm, elapsed)
}

fn perf_counter(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "time.perf_counter")?;
    Ok(Value::from_float(vm.limits.made.elapsed().as_secs_f64()))
}

fn perf_counter_ns(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "time.perf_counter_ns")?;
    let elapsed = vm.limits.made.elapsed();
    nanoseconds(vm, elapsed)
}

/// The processor time of the process.
#[cfg(unix)]
fn processor() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is a valid place for the result.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    if failed != 0 {
        return Duration::ZERO;
    }
    let seconds = Duration::from_secs(u64::try_from(time.tv_sec).unwrap_or(0));
    seconds + Duration::from_nanos(u64::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(unix)]
fn process_time(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "time.process_time")?;
    Ok(Value::from_float(processor().as_secs_f64()))
}

#[cfg(unix)]
fn process_time_ns(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "time.process_time_ns")?;
    nanoseconds(vm, processor())
}

/// How long a sleep goes on without looking whether the run was cancelled.
const NAP: Duration = Duration::from_millis(10);

fn sleep(vm: &mut Vm, arguments: Arguments) -> Result<Value, Raised> {
    let [seconds] = arguments.exactly::<1>(vm, "time.sleep")?;
    let duration = match seconds.as_float() {
        Some(seconds) if seconds.is_nan() => {
            return Err(vm.raise_value_error("Invalid value NaN (not a number)"));
        }
        Some(seconds) if seconds < 0.0 => None,
        Some(seconds) => Duration::try_from_secs_f64(seconds)
            .ok()
            .or(Some(Duration::MAX)),
        None => {
            let seconds = vm.index_i64_or(seconds, "timestamp out of range for platform time_t")?;
            u64::try_from(seconds).ok().map(Duration::from_secs)
        }
    };
    let Some(duration) = duration else {
        return Err(vm.raise_value_error("sleep length must be non-negative"));
    };
    let wanted = Instant::now().checked_add(duration);
    let end = match (wanted, vm.limits.deadline) {
        (Some(wanted), Some(deadline)) => Some(wanted.min(deadline)),
        (wanted, deadline) => wanted.or(deadline),
    };
    while !vm.limits.cancel.is_set() {
        let left = end.map_or(NAP, |end| end.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            break;
        }
        std::thread::sleep(left.min(NAP));
    }
    // The next safepoint sees that the time is over, or that the run was cancelled.
    vm.next_check = 0;
    Ok(Value::NONE)
}
