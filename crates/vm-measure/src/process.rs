//! One process: what it printed, what it cost.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Instant;
use thiserror::Error;

/// Processor seconds after which a process is ended.
const CPU_LIMIT_S: u64 = 600;

/// A process that ended well.
#[derive(Debug)]
pub struct Measured {
    /// What it wrote to standard output.
    pub output: String,
    /// What it wrote to standard error.
    pub error_output: String,
    /// User and system time.
    pub cpu_s: f64,
    /// From before it was started until it was gone.
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
    #[error("{program}: ended with status {status}: {error_output}")]
    Failed {
        /// The program.
        program: String,
        /// The status, as `wait4` gives it.
        status: i32,
        /// What it wrote to standard error.
        error_output: String,
    },
}

/// Runs a command to its end.
///
/// # Errors
///
/// [`MeasureError`], if it does not start or does not end well.
pub fn run(command: &mut Command) -> Result<Measured, MeasureError> {
    let program = command.get_program().to_string_lossy().into_owned();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let limit = libc::rlimit {
        rlim_cur: CPU_LIMIT_S,
        rlim_max: CPU_LIMIT_S,
    };
    // SAFETY: between fork and exec only `setrlimit` is called, which may be called there.
    unsafe {
        command.pre_exec(
            move || match libc::setrlimit(libc::RLIMIT_CPU, &raw const limit) {
                0 => Ok(()),
                _ => Err(io::Error::last_os_error()),
            },
        );
    }
    let begin = Instant::now();
    let started = |source| MeasureError::Start {
        program: program.clone(),
        source,
    };
    let mut child = command.spawn().map_err(started)?;
    let (pipe, error_pipe) = (child.stdout.take(), child.stderr.take());
    // Both at a time, so that neither pipe fills while the other is read.
    let (output, error_output) = std::thread::scope(|scope| {
        let errors = scope.spawn(|| read(error_pipe));
        (read(pipe), errors.join())
    });
    let output = output.map_err(started)?;
    let error_output = error_output
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        .map_err(started)?;
    let mut status = 0;
    // SAFETY: `rusage` is numbers alone, for which zeros are valid.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the pointers are to local variables; the child was not waited for yet.
    let waited = unsafe {
        libc::wait4(
            child.id() as libc::pid_t,
            &raw mut status,
            0,
            &raw mut usage,
        )
    };
    let wall_s = begin.elapsed().as_secs_f64();
    if waited < 0 {
        return Err(started(io::Error::last_os_error()));
    }
    let error_output = String::from_utf8_lossy(&error_output).into_owned();
    if status != 0 {
        return Err(MeasureError::Failed {
            program,
            status,
            error_output,
        });
    }
    Ok(Measured {
        output: String::from_utf8_lossy(&output).into_owned(),
        error_output,
        cpu_s: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        wall_s,
        // Linux counts in KiB.
        peak_bytes: u64::try_from(usage.ru_maxrss).unwrap_or(0) << 10,
    })
}

/// All that comes out of a pipe.
fn read(pipe: Option<impl Read>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
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
        assert!(failed.to_string().contains("why"), "{failed}");
        assert!(matches!(
            run(&mut Command::new("/nothing/of/the/sort")),
            Err(MeasureError::Start { .. })
        ));
    }
}
