//! Records: pieces of output that are written as a whole, so that a reader sees whole lines.

use std::io::{self, Write};

/// A stream of records. What is written is held back until the record ends.
pub(super) struct Records<W> {
    output: W,
    record: Vec<u8>,
}

impl<W: Write> Records<W> {
    pub(super) fn new(output: W) -> Records<W> {
        let record = Vec::new();
        Records { output, record }
    }

    /// Writes the record.
    pub(super) fn end(&mut self) -> io::Result<()> {
        let written = self.output.write_all(&self.record);
        self.record.clear();
        written
    }

    /// Writes the record and whatever the output holds back.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.end()?;
        self.output.flush()
    }
}

impl<W> Write for Records<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.record.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
