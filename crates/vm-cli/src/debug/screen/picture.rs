//! What the terminal shows, as data.

use crate::debug::session::{Session, Stop};
use crate::debug::show::{self, CodeLine, Register};
use vm_core::observe::View;

/// Lines of what happened that are kept.
pub(super) const LINES_MAX: usize = 1000;

/// What the terminal shows.
pub(in crate::debug) struct Picture {
    /// Where the program is, or how it ended.
    pub(super) title: String,
    /// Source lines, and the index of the line that the place is on.
    pub(super) source: Vec<String>,
    pub(super) source_here: Option<usize>,
    /// Instructions, and the index of the one at the place.
    pub(super) bytecode: Vec<CodeLine>,
    pub(super) bytecode_here: usize,
    pub(super) registers: Vec<Register>,
    pub(super) heap: String,
    pub(super) lines: Vec<String>,
    pub(super) prompt: Option<String>,
    pub(super) answer: Option<String>,
    pub(super) scrolled_lines: usize,
    pub(super) scrolled_registers: usize,
}

/// The picture of a stop.
pub(super) fn picture(session: &mut Session, view: &View<'_>, stop: &Stop) -> Picture {
    let frame = view.frame();
    let title = match (&frame, stop) {
        (_, Stop::Ended(how)) => how.clone(),
        (Some(frame), Stop::Within(_)) => format!("within {}", show::here(&session.program, frame)),
        (Some(frame), _) => show::here(&session.program, frame),
        (None, _) => "nothing runs".to_owned(),
    };
    let registers = show::registers(session, view, 0);
    let position = frame.as_ref().and_then(|frame| frame.position());
    let (bytecode, bytecode_here) = match &frame {
        Some(frame) => show::bytecode(session, frame),
        None => (Vec::new(), 0),
    };
    Picture {
        title,
        source: session.program.source().to_vec(),
        source_here: position.map(|position| (position.line as usize).saturating_sub(1)),
        bytecode,
        bytecode_here,
        registers,
        heap: show::heap_text(session.begin(), view),
        lines: Vec::new(),
        prompt: None,
        answer: None,
        scrolled_lines: 0,
        scrolled_registers: 0,
    }
}
