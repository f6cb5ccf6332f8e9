//! The real terminal: its events, and the output that must not reach it meanwhile.

use super::Events;
use ratatui::crossterm::event;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// What is kept of the program's output.
const OUTPUT_BYTES_MAX: usize = 1 << 20;

/// Events of the terminal of this process.
pub(in crate::debug) fn events_of_terminal() -> Events {
    Box::new(|time| match time {
        Some(time) if !event::poll(time)? => Ok(None),
        _ => event::read().map(Some),
    })
}

/// What the program wrote, the end of it. Clones share it.
#[derive(Clone, Default)]
pub(in crate::debug) struct Output(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    /// How many of them were taken as new.
    seen: usize,
}

impl Output {
    fn with<T>(&self, use_it: impl FnOnce(&mut Kept) -> T) -> T {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was written since this was asked last.
    pub(super) fn take_new(&self) -> String {
        self.with(|kept| {
            let new = String::from_utf8_lossy(&kept.bytes[kept.seen..]).into_owned();
            kept.seen = kept.bytes.len();
            new
        })
    }

    /// Everything that was kept.
    pub(in crate::debug) fn all(&self) -> Vec<u8> {
        self.with(|kept| kept.bytes.clone())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.with(|kept| {
            kept.bytes.extend_from_slice(bytes);
            // Cut rarely, so that a byte is moved once on average.
            if kept.bytes.len() > 2 * OUTPUT_BYTES_MAX {
                let surplus = kept.bytes.len() - OUTPUT_BYTES_MAX;
                kept.bytes.drain(..surplus);
                kept.seen = kept.seen.saturating_sub(surplus);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
