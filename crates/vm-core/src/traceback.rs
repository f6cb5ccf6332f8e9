//! The text of exceptions, as CPython prints it.
//!
//! ```text
//! Traceback (most recent call last):                  the cause, or the context, comes first
//!   File "a.py", line 3, in f
//! KeyError: 'k'
//!
//! The above exception was the direct cause of the following exception:
//!
//! Traceback (most recent call last):
//!   File "a.py", line 9, in main                      outermost call first
//!   File "a.py", line 5, in g
//!   [Previous line repeated 7 more times]             after three equal lines
//! ValueError: text                                    class and str(exception)
//! a note                                              `__notes__`, a line each
//! ```
//!
//! Lines of source text are not shown: the machine has no sources. Each exception of a chain is
//! shown once, so circular chains end. The whole is bounded by `TEXT_BYTES_MAX`.

use crate::object::{Exception, List, Traceback, Tuple};
use crate::value::Value;
use crate::vm::{Raised, Vm};
use hashbrown::HashSet;
use std::fmt::Write as _;
use std::io::Write as _;

/// The most text of one report; a message that does not fit is cut, and older exceptions are left
/// out. The text is Rust's memory, which the heap's limit does not see.
pub(crate) const TEXT_BYTES_MAX: usize = 1 << 24;

/// The most exceptions of a chain that are shown, the newest.
const CHAIN_MAX: usize = 10_000;

/// What stands between an exception and the one it caused.
const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
/// What stands between an exception and one raised while it was handled.
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";

/// Equal lines of a traceback that are shown before they are counted.
const REPEATED_LINES_SHOWN: usize = 3;

impl Vm {
    /// What CPython prints for an uncaught exception (borrowed), with its causes and contexts. May
    /// run `__str__` of program classes; an exception on its way stays on its way.
    pub(crate) fn format_exception(&mut self, exception: Value) -> String {
        self.aside(|vm| vm.format_chain(exception))
    }

    fn format_chain(&mut self, newest: Value) -> String {
        // 1. From the newest exception back: each with the sentence that leads to the one before.
        let mut chain: Vec<(Value, &str)> = Vec::new();
        let mut seen = HashSet::new();
        let mut next = Some((newest, ""));
        while let Some((exception, sentence)) = next
            && chain.len() < CHAIN_MAX
        {
            seen.insert(exception.bits());
            chain.push((exception.increment(), sentence));
            next = exception.cast::<Exception>().and_then(|typed| {
                let unseen = |value: Value| {
                    value.cast::<Exception>().is_some() && !seen.contains(&value.bits())
                };
                let suppressed = typed.object().aux() & Exception::SUPPRESS_CONTEXT != 0;
                if unseen(typed.cause) {
                    Some((typed.cause, CAUSE))
                } else if !suppressed && unseen(typed.context) {
                    Some((typed.context, CONTEXT))
                } else {
                    None
                }
            });
        }
        // 2. The text of each, the newest first, while there is room.
        let mut parts: Vec<String> = Vec::new();
        let mut room = TEXT_BYTES_MAX;
        for &(exception, sentence) in &chain {
            if room == 0 {
                break;
            }
            let mut part = self.format_one(exception, room);
            room -= part.len().min(room);
            part.push_str(sentence);
            parts.push(part);
        }
        for (exception, _) in chain {
            self.release(exception);
        }
        parts.reverse();
        parts.concat()
    }

    /// One exception: its traceback, class, message and notes, in not many more than `room` bytes.
    fn format_one(&mut self, exception: Value, room: usize) -> String {
        let mut text = String::new();
        let Some(typed) = exception.cast::<Exception>() else {
            return text;
        };
        self.write_traceback(&mut text, typed.traceback, room);
        let class = self.class_for_report(exception);
        text.push_str(&class);
        match self.message_for_report(exception) {
            Some(message) if message.is_empty() => {}
            Some(message) => {
                text.push_str(": ");
                push_cut(&mut text, &message, room);
            }
            None => text.push_str(": <exception str() failed>"),
        }
        text.push('\n');
        self.write_notes(&mut text, exception, room);
        text
    }

    /// Header and lines of a traceback; nothing for `None`.
    pub(crate) fn write_traceback(&self, text: &mut String, newest: Value, room: usize) {
        let mut entry = newest;
        if entry.cast::<Traceback>().is_some() {
            text.push_str("Traceback (most recent call last):\n");
        }
        let mut last: Option<(*const crate::code::Code, u32)> = None;
        let mut count = 0usize;
        while let Some(traceback) = entry.cast::<Traceback>() {
            entry = traceback.next;
            // SAFETY: code lives as long as the machine.
            let code = unsafe { &*traceback.code };
            let (line, _) = code.position(traceback.instruction);
            let place = Some((traceback.code, line));
            if place != last {
                write_repeated(text, count);
                last = place;
                count = 0;
            }
            count += 1;
            if count <= REPEATED_LINES_SHOWN && text.len() < room {
                let file = code.file().unwrap_or("<unknown>");
                let line = if line == 0 {
                    "?".to_owned()
                } else {
                    line.to_string()
                };
                let name = self.text(code.name);
                let _ = writeln!(text, "  File \"{file}\", line {line}, in {name}");
            }
        }
        write_repeated(text, count);
    }

    /// The class as tracebacks show it: with its module, unless that goes without saying.
    pub(crate) fn class_for_report(&self, exception: Value) -> String {
        let class = self.class_of(exception);
        let name = self.text(class.qualified_name);
        match self.text(class.module) {
            "" | "builtins" | "__main__" => name.to_owned(),
            module => format!("{module}.{name}"),
        }
    }

    /// `str(exception)`; `None` if that fails. The usual `MemoryError` has no arguments, and needs
    /// no memory to be shown.
    pub(crate) fn message_for_report(&mut self, exception: Value) -> Option<String> {
        let args = exception
            .cast::<Exception>()
            .and_then(|typed| typed.args.cast::<Tuple>());
        let empty = args.is_some_and(|args| args.length == 0);
        if empty
            && self
                .special_method_of_program(exception, self.names.str)
                .is_none()
        {
            return Some(String::new());
        }
        self.text_for_report(exception, Vm::str_of)
    }

    /// A text that program code may make; `None` if that fails.
    pub(crate) fn text_for_report(
        &mut self,
        value: Value,
        make: fn(&mut Vm, Value) -> Result<Value, Raised>,
    ) -> Option<String> {
        match make(self, value) {
            Ok(made) => {
                let text = self.text(made);
                let text = cut(text, TEXT_BYTES_MAX).to_owned();
                self.release(made);
                Some(text)
            }
            Err(Raised(())) => {
                let exception = self.take_exception();
                self.release(exception);
                None
            }
        }
    }

    /// The exception's `__notes__`, each line by line.
    fn write_notes(&mut self, text: &mut String, exception: Value, room: usize) {
        let Ok(name) = self.intern("__notes__") else {
            return self.drop_exception();
        };
        let notes = match self.get_attribute_optional(exception, name) {
            Ok(Some(notes)) => notes,
            Ok(None) => return,
            Err(Raised(())) => return self.drop_exception(),
        };
        if let Some(list) = notes.cast::<List>() {
            let mut index = 0;
            while let Some(note) = list.items.get(index)
                && text.len() < room
            {
                note.increment();
                let note_text = self.text_for_report(note, Vm::str_of);
                push_cut(
                    text,
                    note_text.as_deref().unwrap_or("<note str() failed>"),
                    room,
                );
                text.push('\n');
                self.release(note);
                index += 1;
            }
        } else if !notes.is_none() {
            let shown = self.text_for_report(notes, Vm::repr);
            push_cut(
                text,
                shown.as_deref().unwrap_or("<__notes__ repr() failed>"),
                room,
            );
            text.push('\n');
        }
        self.release(notes);
    }

    /// Drops the exception on its way.
    pub(crate) fn drop_exception(&mut self) {
        let exception = self.take_exception();
        self.release(exception);
    }

    /// Writes to the program's standard error. There is nobody to tell if that fails.
    pub(crate) fn write_error(&mut self, text: &str) {
        let _ = self.output.error.write_all(text.as_bytes());
    }
}

/// The line that stands for the equal lines that are not shown.
fn write_repeated(text: &mut String, count: usize) {
    let more = count.saturating_sub(REPEATED_LINES_SHOWN);
    if more > 0 {
        let plural = if more == 1 { "" } else { "s" };
        let _ = writeln!(text, "  [Previous line repeated {more} more time{plural}]");
    }
}

/// The beginning of a text, at most `bytes` long.
fn cut(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Appends a text as far as there is room.
fn push_cut(text: &mut String, part: &str, room: usize) {
    let left = room.saturating_sub(text.len());
    let shown = cut(part, left);
    text.push_str(shown);
    if shown.len() < part.len() {
        text.push_str("...");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("aéb", 2), "a");
        let mut text = "12".to_owned();
        push_cut(&mut text, "3456", 4);
        assert_eq!(text, "1234...");
    }

    #[test]
    fn lines_beyond_three_are_counted() {
        for (count, expected) in [
            (3, ""),
            (4, "  [Previous line repeated 1 more time]\n"),
            (10, "  [Previous line repeated 7 more times]\n"),
        ] {
            let mut text = String::new();
            write_repeated(&mut text, count);
            assert_eq!(text, expected);
        }
    }
}
