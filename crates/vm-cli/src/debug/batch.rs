//! The debugger over a pipe: commands in, text out.
//!
//! Each stop writes what changed since the one before, and the place. Then lines are read until one
//! makes the program go on. The end of the input ends the program. If the commands don't come from a
//! terminal, each is written behind its prompt, so that the output reads as a session does.

use super::command::Command;
use super::session::{Answer, Session, Stop};
use super::{Front, show};
use crate::console::Console;
use std::io::BufRead;
use vm_core::observe::View;

/// Bytes of the longest line that is a command.
const LINE_BYTES_MAX: u64 = 4096;

const PROMPT: &str = "> ";

/// Reads commands, writes texts.
pub(super) struct Batch {
    input: Box<dyn BufRead + Send>,
    console: Console,
    /// Whether commands are written behind the prompt.
    echoes: bool,
}

impl Batch {
    pub(super) fn new(input: Box<dyn BufRead + Send>, console: Console, echoes: bool) -> Batch {
        Batch {
            input,
            console,
            echoes,
        }
    }

    fn print(&self, text: &str) {
        self.console.print(text.as_bytes());
    }

    /// The next line; `None` at the end of the input.
    fn line(&mut self) -> Option<String> {
        self.print(PROMPT);
        self.console.flush();
        let mut bytes = Vec::new();
        let mut limited = std::io::Read::take(&mut self.input, LINE_BYTES_MAX);
        let length = limited.read_until(b'\n', &mut bytes).unwrap_or(0);
        let line = String::from_utf8_lossy(&bytes).trim().to_owned();
        if length == 0 || self.echoes {
            self.print(&format!("{line}\n"));
        }
        (length > 0).then_some(line)
    }
}

impl Front for Batch {
    fn stopped(&mut self, session: &mut Session, view: &View<'_>, stop: &Stop) {
        for line in session.refresh(view) {
            self.print(&format!("  {line}\n"));
        }
        match stop {
            Stop::Start | Stop::Reached => {}
            Stop::Breakpoint(number) => self.print(&format!("breakpoint {number}\n")),
            Stop::Within(what) => self.print(&format!("{what}\n")),
            Stop::Interrupted => self.print("interrupted\n"),
            Stop::Ended(how) => self.print(&format!("{how}\n")),
        }
        if let Some(frame) = view.frame() {
            let within = match stop {
                Stop::Within(_) => "within ",
                _ => "",
            };
            self.print(&format!(
                "{within}{}\n",
                show::here(&session.program, &frame)
            ));
        }
        loop {
            let Some(line) = self.line() else {
                session.perform(view, &Command::Quit);
                return;
            };
            match Command::parse(&line) {
                Ok(None) => {}
                Ok(Some(command)) => match session.perform(view, &command) {
                    Answer::Text(text) => self.print(&text),
                    Answer::Resume | Answer::Quit => return,
                },
                Err(error) => self.print(&format!("{error}\n")),
            }
        }
    }

    fn finished(&mut self, session: &mut Session, view: &View<'_>) {
        for line in session.refresh(view) {
            self.print(&format!("  {line}\n"));
        }
    }
}
