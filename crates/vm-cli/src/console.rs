//! Standard output and standard error, in the right order.
//!
//! ```text
//!  program ─► output ─► buffer ─┬─ full, line end on a terminal, flush ─► stream
//!                               │ first
//!  program, messages ─► error ──┴──────────────────────────────────────► stream
//! ```
//!
//! Standard output is buffered. Before anything goes to standard error the buffer is written, so
//! that two streams on one terminal appear in the order in which they were written.
//!
//! After the first failure of standard output nothing more is written to it, and the running program
//! is cancelled: nobody reads what it prints. [`Console::failure`] tells what happened.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vm_core::CancelHandle;

/// What is held back at most.
const BUFFER_BYTES: usize = 32 << 10;

/// Bytes that a stream in memory holds at most: as much as is kept of what other processes print.
pub(crate) const MEMORY_BYTES_MAX: usize = vm_measure::process::OUTPUT_BYTES_MAX;

/// Both streams. Clones share them.
#[derive(Clone)]
pub(crate) struct Console(Arc<Mutex<Streams>>);

struct Streams {
    output: Box<dyn Write + Send>,
    error: Box<dyn Write + Send>,
    buffer: Vec<u8>,
    /// Whether the buffer is written at the end of each line.
    by_line: bool,
    failure: Option<io::Error>,
    /// Ends the program that writes, when nobody reads.
    program: Option<CancelHandle>,
}

impl Streams {
    /// Keeps or writes a part of standard output.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(failure) = &self.failure {
            return Err(failure.kind().into());
        }
        self.buffer.extend_from_slice(bytes);
        let is_due = self.buffer.len() >= BUFFER_BYTES || (self.by_line && bytes.contains(&b'\n'));
        if is_due { self.flush() } else { Ok(()) }
    }

    /// Writes what was kept.
    fn flush(&mut self) -> io::Result<()> {
        if let Some(failure) = &self.failure {
            return Err(failure.kind().into());
        }
        let written = self
            .output
            .write_all(&self.buffer)
            .and_then(|()| self.output.flush());
        self.buffer.clear();
        written.map_err(|error| {
            if let Some(program) = &self.program {
                program.cancel();
            }
            let kind = error.kind();
            self.failure = Some(error);
            kind.into()
        })
    }
}

impl Console {
    pub(crate) fn new(
        output: impl Write + Send + 'static,
        error: impl Write + Send + 'static,
        by_line: bool,
    ) -> Console {
        Console(Arc::new(Mutex::new(Streams {
            output: Box::new(output),
            error: Box::new(error),
            buffer: Vec::new(),
            by_line,
            failure: None,
            program: None,
        })))
    }

    fn lock(&self) -> MutexGuard<'_, Streams> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Standard output as a sink.
    pub(crate) fn output(&self) -> impl Write + Send + use<> {
        Output(self.clone())
    }

    /// Standard error as a sink.
    pub(crate) fn error(&self) -> impl Write + Send + use<> {
        Error(self.clone())
    }

    /// Prints on standard output. A failure is kept.
    pub(crate) fn print(&self, bytes: &[u8]) {
        let _ = self.lock().write(bytes);
    }

    /// Prints on standard error. There is nowhere to report a failure.
    pub(crate) fn print_error(&self, text: &str) {
        let _ = self.error().write_all(text.as_bytes());
    }

    /// Writes what is held back. A failure is kept.
    pub(crate) fn flush(&self) {
        let _ = self.lock().flush();
    }

    /// The program to end when standard output fails.
    pub(crate) fn set_program(&self, program: Option<CancelHandle>) {
        self.lock().program = program;
    }

    /// Whether standard output has failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.lock().failure.is_some()
    }

    /// Takes the first failure of standard output.
    pub(crate) fn failure(&self) -> Option<io::Error> {
        self.lock().failure.take()
    }
}

struct Output(Console);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().write(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().flush()
    }
}

struct Error(Console);

impl Write for Error {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut streams = self.0.lock();
        // What standard output thinks of it is kept for later.
        let _ = streams.flush();
        streams.error.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().error.flush()
    }
}

/// A stream in memory, of at most [`MEMORY_BYTES_MAX`]. What would make it longer is an error, and
/// ends the program that writes. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Arc<Mutex<Kept>>);

/// What a stream in memory has.
#[derive(Debug, Default)]
struct Kept {
    bytes: Vec<u8>,
    /// Whether something was refused.
    is_full: bool,
    /// The program to end then: it may go on after an error.
    program: Option<CancelHandle>,
}

impl Memory {
    /// A stream that the program writes which this handle ends.
    pub(crate) fn of_program(program: CancelHandle) -> Memory {
        let memory = Memory::default();
        memory.lock().program = Some(program);
        memory
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was written so far.
    pub(crate) fn contents(&self) -> Vec<u8> {
        self.lock().bytes.clone()
    }

    /// What was written so far, as text. The stream is empty then.
    pub(crate) fn take_text(&self) -> String {
        let bytes = std::mem::take(&mut self.lock().bytes);
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// Whether more was written than it holds.
    pub(crate) fn is_full(&self) -> bool {
        self.lock().is_full
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut kept = self.lock();
        if bytes.len() > MEMORY_BYTES_MAX - kept.bytes.len() {
            kept.is_full = true;
            if let Some(program) = &kept.program {
                program.cancel();
            }
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        kept.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads a stream to its end, unless it is longer than `limit` bytes: then `None`.
pub(crate) fn read_at_most(stream: impl Read, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    stream.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= limit).then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both streams in one, as on a terminal.
    fn shared(by_line: bool) -> (Console, Memory) {
        let memory = Memory::default();
        (
            Console::new(memory.clone(), memory.clone(), by_line),
            memory,
        )
    }

    #[test]
    fn errors_come_behind_the_output_before_them() {
        let (console, memory) = shared(false);
        console.print(b"one ");
        console.print_error("two ");
        console.print(b"three");
        assert_eq!(memory.contents(), b"one two ");
        console.flush();
        assert_eq!(memory.contents(), b"one two three");
    }

    #[test]
    fn a_terminal_gets_whole_lines() {
        let (console, memory) = shared(true);
        console.print(b"one\ntw");
        assert_eq!(memory.contents(), b"one\ntw");
        console.print(b"o");
        assert_eq!(memory.contents(), b"one\ntw");
    }

    #[test]
    fn a_full_buffer_is_written() {
        let (console, memory) = shared(false);
        console.print(&vec![b'x'; BUFFER_BYTES - 1]);
        assert_eq!(memory.contents().len(), 0);
        console.print(b"yz");
        assert_eq!(memory.contents().len(), BUFFER_BYTES + 1);
    }

    #[test]
    fn the_first_failure_is_kept() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let console = Console::new(Closed, io::sink(), false);
        console.print(b"lost");
        assert!(!console.has_failed());
        console.flush();
        assert!(console.has_failed());
        assert!(console.output().write_all(b"more").is_err());
        assert_eq!(
            console.failure().map(|error| error.kind()),
            Some(io::ErrorKind::BrokenPipe)
        );
    }

    #[test]
    fn a_stream_in_memory_has_a_limit() {
        let memory = Memory::default();
        let mut writer = memory.clone();
        writer.write_all(&vec![b'x'; MEMORY_BYTES_MAX]).unwrap();
        assert!(!memory.is_full());
        assert!(writer.write_all(b"y").is_err() && memory.is_full());
        assert_eq!(memory.take_text().len(), MEMORY_BYTES_MAX);
    }

    #[test]
    fn reading_stops_at_the_limit() {
        assert_eq!(read_at_most(&b"abc"[..], 3).unwrap(), Some(b"abc".to_vec()));
        assert_eq!(read_at_most(&b"abcd"[..], 3).unwrap(), None);
        assert_eq!(read_at_most(io::repeat(0), 1000).unwrap(), None);
    }
}
