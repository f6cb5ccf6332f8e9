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

/// A stream in memory. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    /// What was written so far.
    pub(crate) fn contents(&self) -> Vec<u8> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
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
    fn reading_stops_at_the_limit() {
        assert_eq!(read_at_most(&b"abc"[..], 3).unwrap(), Some(b"abc".to_vec()));
        assert_eq!(read_at_most(&b"abcd"[..], 3).unwrap(), None);
        assert_eq!(read_at_most(io::repeat(0), 1000).unwrap(), None);
    }
}
