//! One process: what it printed, what it cost.
//!
//! It costs from `exec` on. What is before that, the copy of this process that `fork` makes, is no part of the program,
//! and would be a fifth of the time of one that does nothing. So the copy looks at its clocks last of all, and
//! writes down what they say: `Beginning`.

use libc::pid_t;
use std::io::{self, PipeReader, PipeWriter, Read};
use std::os::fd::AsRawFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::panic::resume_unwind;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;
use thiserror::Error;

/// Processor seconds after which a process is ended.
const CPU_LIMIT_S: u64 = 600;

/// After which a process is ended that sleeps, too.
const WALL_LIMIT: Duration = Duration::from_secs(1800);

/// Bytes of its standard output, and of its standard error, beyond which a process is ended.
pub const OUTPUT_BYTES_MAX: usize = 64 << 20;

/// Bytes of standard error that a message repeats: the last ones, which say what happened.
const SHOWN_BYTES: usize = 2000;

/// A process that ended well.
#[derive(Debug)]
pub struct Measured {
    /// What it wrote to standard output.
    pub output: String,
    /// What it wrote to standard error.
    pub error_output: String,
    /// User and system time, from `exec` on.
    pub cpu_s: f64,
    /// From `exec` until it was gone.
    pub wall_s: f64,
    /// The most memory that it had at a time.
    pub peak_bytes: u64,
}

/// A process that did not end well.
#[derive(Debug, Error)]
pub enum MeasureError {
    /// It could not be started, or not be waited for.
    #[error("{program}: {source}")]
    Start {
        /// The program.
        program: String,
        /// The reason.
        source: io::Error,
    },
    /// Its status says that it failed.
    #[error("{program}: {status}{}", said(.error_output))]
    Failed {
        /// The program.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// What it wrote to standard error.
        error_output: String,
    },
    /// It wrote more than [`OUTPUT_BYTES_MAX`].
    #[error("{program}: it printed more than {} MiB", OUTPUT_BYTES_MAX >> 20)]
    TooLong {
        /// The program.
        program: String,
    },
    /// It ran for longer than it may: half an hour.
    #[error("{program}: it took more than {wall_limit:?}")]
    TooSlow {
        /// The program.
        program: String,
        /// How long it may.
        wall_limit: Duration,
    },
}

/// What a process said, for a message.
fn said(error_output: &str) -> String {
    match last_part(error_output.trim_end()) {
        "" => String::new(),
        part => format!(": {part}"),
    }
}

/// The end of a text, as much of it as a message may repeat.
#[must_use]
pub fn last_part(text: &str) -> &str {
    let start = text.ceil_char_boundary(text.len().saturating_sub(SHOWN_BYTES));
    &text[start..]
}

/// Runs a command, one that was not run before, to its end.
///
/// # Errors
///
/// [`MeasureError`], if it does not start, does not end well, takes too long, or prints too much.
pub fn run(command: &mut Command) -> Result<Measured, MeasureError> {
    run_within(WALL_LIMIT, command)
}

fn run_within(wall_limit: Duration, command: &mut Command) -> Result<Measured, MeasureError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let started = |source| MeasureError::Start {
        program: program.clone(),
        source,
    };
    let (pipe, writer) = io::pipe().map_err(started)?;
    let (error_pipe, error_writer) = io::pipe().map_err(started)?;
    command
        .stdin(Stdio::null())
        .stdout(writer)
        .stderr(error_writer);
    let (beginning, beginning_writer) = io::pipe().map_err(started)?;
    prepare(command, beginning_writer);
    let child = OnceLock::new();
    // What is not needed for the process itself is there before it starts.
    let measured = std::thread::scope(|scope| {
        let (ended, end) = mpsc::channel();
        let child = &child;
        // Both at a time, so that neither pipe fills while the other is read.
        let errors = scope.spawn(move || read(error_pipe, child));
        let watch = scope.spawn(move || watch(wall_limit, &end, child));
        let spawned = command.spawn();
        // The process alone holds the other ends now.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let pid = spawned.map(|process| *child.get_or_init(|| process.id() as pid_t));
        let output = read(pipe, child);
        let gone = pid.and_then(wait_for_end);
        let end_s = clock_s(libc::CLOCK_MONOTONIC);
        drop(ended);
        let error_output = errors.join().unwrap_or_else(|panic| resume_unwind(panic));
        let was_ended = watch.join().unwrap_or_else(|panic| resume_unwind(panic));
        // Nobody can end it any more: its number is free now.
        let (status, usage) = gone.and_then(reap)?;
        Ok::<_, io::Error>((output?, error_output?, status, usage, end_s, was_ended))
    });
    let (output, error_output, status, usage, end_s, was_ended) = measured.map_err(started)?;
    if was_ended {
        return Err(MeasureError::TooSlow {
            program,
            wall_limit,
        });
    }
    let (Some(output), Some(error_output)) = (output, error_output) else {
        return Err(MeasureError::TooLong { program });
    };
    let error_output = text(error_output);
    if status != 0 {
        return Err(MeasureError::Failed {
            program,
            status: ExitStatus::from_raw(status),
            error_output,
        });
    }
    let beginning = Beginning::read(beginning).map_err(started)?;
    Ok(Measured {
        output: text(output),
        error_output,
        cpu_s: seconds(usage.ru_utime) + seconds(usage.ru_stime) - beginning.cpu_s,
        wall_s: end_s - beginning.wall_s,
        // Linux counts in KiB.
        peak_bytes: u64::try_from(usage.ru_maxrss).unwrap_or(0) << 10,
    })
}

/// Ends a process, if it was started. It was not reaped yet: its number is its own.
fn kill(child: &OnceLock<pid_t>) {
    if let Some(&pid) = child.get() {
        // SAFETY: two numbers. `run` reaps the process behind everybody who calls this.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    }
}

/// What the clocks said when a process was about to become the program, in seconds.
#[derive(Clone, Copy)]
struct Beginning {
    wall_s: f64,
    cpu_s: f64,
}

impl Beginning {
    /// Bytes of what is written.
    const BYTES: usize = 16;

    fn now() -> Beginning {
        Beginning {
            wall_s: clock_s(libc::CLOCK_MONOTONIC),
            cpu_s: clock_s(libc::CLOCK_PROCESS_CPUTIME_ID),
        }
    }

    /// What a process wrote that has become a program.
    fn read(mut pipe: PipeReader) -> io::Result<Beginning> {
        let mut bytes = [0; Self::BYTES];
        pipe.read_exact(&mut bytes)?;
        let [wall_s, cpu_s] = [0, 8].map(|at| {
            let mut number = [0; 8];
            number.copy_from_slice(&bytes[at..at + 8]);
            f64::from_ne_bytes(number)
        });
        Ok(Beginning { wall_s, cpu_s })
    }

    /// Writes itself. Calls `write` alone, and allocates nothing.
    fn write(self, pipe: &PipeWriter) -> io::Result<()> {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&self.wall_s.to_ne_bytes());
        bytes[8..].copy_from_slice(&self.cpu_s.to_ne_bytes());
        // SAFETY: the bytes are local, and the pipe is open.
        let written = unsafe { libc::write(pipe.as_raw_fd(), bytes.as_ptr().cast(), Self::BYTES) };
        if written == Self::BYTES as isize {
            Ok(())
        } else {
            Err(io::Error::last_os_error())
        }
    }
}

/// Makes a command limit its processor time when it starts, end with the process that measures, and write down
/// when it started.
///
/// That it does something between fork and exec also keeps it from being started by `vfork`: what a process is said
/// to have had at most would then be at least what this one has.
fn prepare(command: &mut Command, beginning: PipeWriter) {
    let limit = libc::rlimit {
        rlim_cur: CPU_LIMIT_S,
        rlim_max: CPU_LIMIT_S,
    };
    // SAFETY: between fork and exec only `setrlimit`, `prctl`, `clock_gettime` and `write` are called, which may be
    // called there.
    unsafe {
        command.pre_exec(move || {
            if libc::setrlimit(libc::RLIMIT_CPU, &raw const limit) != 0 {
                return Err(io::Error::last_os_error());
            }
            // Who is killed cannot end it: it would disturb what is measured later.
            #[cfg(target_os = "linux")]
            if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) != 0 {
                return Err(io::Error::last_os_error());
            }
            Beginning::now().write(&beginning)
        });
    }
}

/// Waits until a process has ended, and keeps its number; returns it.
fn wait_for_end(pid: pid_t) -> io::Result<pid_t> {
    // SAFETY: `siginfo_t` is numbers and pointers that nobody follows, for which zeros are valid.
    let mut information: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let options = libc::WEXITED | libc::WNOWAIT;
    // SAFETY: the pointer is to a local variable.
    let waited = unsafe {
        libc::waitid(
            libc::P_PID,
            pid as libc::id_t,
            &raw mut information,
            options,
        )
    };
    if waited == 0 {
        Ok(pid)
    } else {
        Err(io::Error::last_os_error())
    }
}

/// The status of a process that has ended, and what it used. Its number is free then.
fn reap(pid: pid_t) -> io::Result<(i32, libc::rusage)> {
    let mut status = 0;
    // SAFETY: `rusage` is numbers alone, for which zeros are valid.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the pointers are to local variables.
    let waited = unsafe { libc::wait4(pid, &raw mut status, 0, &raw mut usage) };
    if waited < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok((status, usage))
}

/// Ends the process when it has taken too long, unless `end` is closed before; whether it did.
fn watch(wall_limit: Duration, end: &mpsc::Receiver<()>, child: &OnceLock<pid_t>) -> bool {
    let is_late = end.recv_timeout(wall_limit) == Err(mpsc::RecvTimeoutError::Timeout);
    if is_late {
        kill(child);
    }
    is_late
}

/// All that comes out of a pipe; `None`, after the process was ended, if it is too much.
fn read(pipe: impl Read, child: &OnceLock<pid_t>) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    pipe.take(OUTPUT_BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() > OUTPUT_BYTES_MAX {
        kill(child);
        return Ok(None);
    }
    Ok(Some(bytes))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// What a clock says.
fn clock_s(clock: libc::clockid_t) -> f64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a local variable; both clocks that are asked for exist.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn seconds(time: libc::timeval) -> f64 {
    time.tv_sec as f64 + time.tv_usec as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_printed_and_what_it_cost() {
        let script = "echo out; echo err >&2; i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done";
        let measured = run(Command::new("sh").args(["-c", script])).unwrap();
        assert_eq!(
            (&*measured.output, &*measured.error_output),
            ("out\n", "err\n")
        );
        assert!(measured.cpu_s > 0.0 && measured.wall_s > 0.0);
        assert!(measured.peak_bytes > 100 << 10, "a shell takes that much");
    }

    #[test]
    fn failures_are_failures() {
        let failed = run(Command::new("sh").args(["-c", "echo why >&2; exit 3"])).unwrap_err();
        assert_eq!(failed.to_string(), "sh: exit status: 3: why");
        let killed = run(Command::new("sh").args(["-c", "kill -9 $$"])).unwrap_err();
        assert_eq!(killed.to_string(), "sh: signal: 9 (SIGKILL)");
        assert!(matches!(
            run(&mut Command::new("/nothing/of/the/sort")),
            Err(MeasureError::Start { .. })
        ));
    }

    #[test]
    fn who_prints_without_end_is_ended() {
        // The shell does not mind that the pipe is closed.
        for stream in [1, 2] {
            let script = format!("trap '' PIPE; while :; do yes >&{stream} 2>/dev/null; done");
            let failed = run(Command::new("sh").args(["-c", &script])).unwrap_err();
            assert_eq!(failed.to_string(), "sh: it printed more than 64 MiB");
        }
    }

    #[test]
    fn who_sleeps_is_ended() {
        // With its streams open, and with its streams closed.
        for script in ["exec sleep 600", "exec sleep 600 >&- 2>&-"] {
            let limit = Duration::from_millis(100);
            let failed = run_within(limit, Command::new("sh").args(["-c", script])).unwrap_err();
            assert_eq!(failed.to_string(), "sh: it took more than 100ms");
        }
    }

    #[test]
    fn messages_repeat_the_end_of_what_was_said() {
        let text = format!("begin {} why", "ä".repeat(SHOWN_BYTES));
        let part = last_part(&text);
        assert!(part.ends_with(" why") && part.starts_with('ä') && part.len() <= SHOWN_BYTES);
        assert_eq!(last_part("short"), "short");
    }
}
