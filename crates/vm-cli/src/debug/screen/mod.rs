//! The debugger on a terminal: panes that show the machine at each stop, and keys.
//!
//! 1. At a stop the session is turned into a [`Picture`], and that is drawn (`draw`).
//! 2. A key is a command, or opens the line in which one is typed; the same commands as over a pipe.
//! 3. What the program prints is kept and shown among what happened: the terminal is taken. When the
//!    debugger ends, the terminal is as before, and the program's output is written there.
//!
//! Everything here works on any backend and any source of events, so that it is tested without a
//! terminal.

mod draw;
mod picture;
mod terminal;

pub(super) use picture::Picture;
pub(super) use terminal::{Output, events_of_terminal};

use super::Front;
use super::command::Command;
use super::session::{Answer, Session, Stop};
use picture::{LINES_MAX, picture};
use ratatui::Terminal;
use ratatui::backend::Backend;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::io;
use std::time::Duration;
use vm_core::observe::View;

/// Where events come from: within a time, or however long it takes.
pub(super) type Events = Box<dyn FnMut(Option<Duration>) -> io::Result<Option<Event>> + Send>;

/// Lines that the keys for pages scroll by.
const PAGE_LINES: usize = 5;

/// What is typed at most.
const PROMPT_CHARS_MAX: usize = 200;

/// The debugger on a terminal.
pub(super) struct Screen<B: Backend> {
    terminal: Terminal<B>,
    events: Events,
    output: Output,
    /// What happened, what commands answered, and what the program printed.
    lines: Vec<String>,
    /// The command that is being typed.
    prompt: Option<String>,
    /// An answer that is too long for the pane; shown until the next key.
    answer: Option<String>,
    /// Lines by which the panes are scrolled: what happened upwards, registers downwards.
    scrolled_lines: usize,
    scrolled_registers: usize,
}

impl<B: Backend> Screen<B> {
    pub(super) fn new(terminal: Terminal<B>, events: Events, output: Output) -> Screen<B> {
        Screen {
            terminal,
            events,
            output,
            lines: Vec::new(),
            prompt: None,
            answer: None,
            scrolled_lines: 0,
            scrolled_registers: 0,
        }
    }

    fn push(&mut self, line: String) {
        self.lines.push(line);
        let surplus = self.lines.len().saturating_sub(LINES_MAX);
        self.lines.drain(..surplus);
        self.scrolled_lines = 0;
    }

    fn push_output(&mut self) {
        for line in self.output.take_new().lines() {
            self.push(format!("| {line}"));
        }
    }

    fn draw(&mut self, picture: &mut Picture) {
        picture.lines.clone_from(&self.lines);
        picture.prompt.clone_from(&self.prompt);
        picture.answer.clone_from(&self.answer);
        picture.scrolled_lines = self.scrolled_lines;
        picture.scrolled_registers = self.scrolled_registers;
        // A terminal that cannot be written to shows nothing; its events end with an error.
        let _ = self.terminal.draw(|frame| draw::draw(frame, picture));
    }

    /// The command that a key asks for.
    fn command_of(&mut self, key: KeyEvent) -> Option<Command> {
        if self.answer.take().is_some() {
            return None;
        }
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        if is_control && key.code == KeyCode::Char('c') {
            return Some(Command::Quit);
        }
        if self.prompt.is_some() {
            return self.command_of_prompt(key.code);
        }
        let page = PAGE_LINES;
        match key.code {
            KeyCode::Char('s') => return Some(Command::Step(1)),
            KeyCode::Char('n') => return Some(Command::Next(1)),
            KeyCode::Char('l') => return Some(Command::Line),
            KeyCode::Char('f') => return Some(Command::Finish),
            KeyCode::Char('c') => return Some(Command::Continue),
            KeyCode::Char('g') => return Some(Command::Collection),
            KeyCode::Char('q') => return Some(Command::Quit),
            KeyCode::Char('?' | 'h') => return Some(Command::Help),
            KeyCode::Char('b') => self.prompt = Some("break ".to_owned()),
            KeyCode::Char('w') => self.prompt = Some("watch ".to_owned()),
            KeyCode::Char('p') => self.prompt = Some("print ".to_owned()),
            KeyCode::Char('u') => self.prompt = Some("until ".to_owned()),
            KeyCode::Char(':') => self.prompt = Some(String::new()),
            KeyCode::PageUp => {
                let most = self.lines.len().saturating_sub(1);
                self.scrolled_lines = (self.scrolled_lines + page).min(most);
            }
            KeyCode::PageDown => self.scrolled_lines = self.scrolled_lines.saturating_sub(page),
            KeyCode::Down => self.scrolled_registers = (self.scrolled_registers + 1).min(255),
            KeyCode::Up => self.scrolled_registers = self.scrolled_registers.saturating_sub(1),
            _ => {}
        }
        None
    }

    /// A key while a command is typed.
    fn command_of_prompt(&mut self, code: KeyCode) -> Option<Command> {
        let mut text = self.prompt.take()?;
        match code {
            KeyCode::Esc => return None,
            KeyCode::Enter => {
                return match Command::parse(&text) {
                    Ok(command) => command,
                    Err(error) => {
                        self.push(error.to_string());
                        None
                    }
                };
            }
            KeyCode::Backspace => {
                text.pop();
            }
            KeyCode::Char(character) if text.chars().count() < PROMPT_CHARS_MAX => {
                text.push(character);
            }
            _ => {}
        }
        self.prompt = Some(text);
        None
    }
}

impl<B: Backend + Send> Front for Screen<B> {
    fn stopped(&mut self, session: &mut Session, view: &View<'_>, stop: &Stop) {
        self.push_output();
        for line in session.refresh(view) {
            self.push(line);
        }
        match stop {
            Stop::Start | Stop::Reached => {}
            Stop::Breakpoint(number) => self.push(format!("breakpoint {number}")),
            Stop::Within(text) | Stop::Ended(text) => self.push(text.clone()),
            Stop::Interrupted => self.push("interrupted".to_owned()),
        }
        loop {
            let mut picture = picture(session, view, stop);
            self.draw(&mut picture);
            let command = match (self.events)(None) {
                Ok(Some(Event::Key(key))) if key.kind != KeyEventKind::Release => {
                    self.command_of(key)
                }
                // Drawing anew is all that another size asks for.
                Ok(_) => None,
                Err(_) => Some(Command::Quit),
            };
            let Some(command) = command else { continue };
            match session.perform(view, &command) {
                Answer::Resume | Answer::Quit => return,
                Answer::Text(text) if text.lines().count() <= 2 => {
                    for line in text.lines() {
                        self.push(line.trim_start().to_owned());
                    }
                }
                Answer::Text(text) => self.answer = Some(text),
            }
        }
    }

    fn is_interrupted(&mut self) -> bool {
        let event = (self.events)(Some(Duration::ZERO));
        matches!(event, Ok(Some(Event::Key(key))) if key.kind != KeyEventKind::Release)
    }

    fn finished(&mut self, session: &mut Session, view: &View<'_>) {
        session.refresh(view);
    }
}

#[cfg(test)]
mod tests;
