//! What the debugger knows while a program runs: where to stop, what was shown, what happened.
//!
//! 1. Before each instruction [`Session::arrive`] decides whether to stop there: the goal of the last
//!    command is reached, or a breakpoint is. What happens within an instruction comes to
//!    [`Session::note`], which writes it down and may stop there too.
//! 2. At a stop [`Session::refresh`] compares counts and registers with those of the stop before.
//!    So after one step the difference is what that instruction did.
//! 3. A front end shows the stop and performs commands ([`Session::perform`]) until one goes on.

use super::breakpoints::{Breakpoints, Target};
use super::command::{self, Command};
use super::objects::Objects;
use super::program::{Place, Program};
use super::show;
use std::collections::VecDeque;
use vm_core::Statistics;
use vm_core::observe::{Happening, ObjectId, View};
use vm_gc::{CollectionEvent, CollectionStart};

/// Lines of the log that are kept, and lines that one stop shows.
const LOG_LINES_MAX: usize = 1000;
const FRESH_LINES_MAX: usize = 40;

/// Characters of a value in a list of values, and of one that is asked for.
pub(super) const WIDTH: usize = 48;
pub(super) const WIDTH_ALONE: usize = 400;

/// Why the program stands still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// At the first instruction.
    Start,
    /// The last command has reached what it was to reach.
    Reached,
    /// At a breakpoint.
    Breakpoint(u32),
    /// Within an instruction: what happens.
    Within(String),
    /// Somebody pressed a key.
    Interrupted,
    /// The program has ended so.
    Ended(String),
}

/// How far the program is to run.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Goal {
    /// So many instructions, of functions at most so deep.
    Steps { left: u64, depth: usize },
    /// Another line of the function at this depth, or the end of that function.
    Line {
        depth: usize,
        line: Option<(u32, u32)>,
    },
    /// The end of the function at this depth.
    Finish { depth: usize },
    /// One of these places.
    Until(Vec<Place>),
    /// The next collection.
    Collection,
    /// Nothing of its own.
    Never,
}

/// What performing a command led to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A text; the program stands still.
    Text(String),
    /// The program goes on.
    Resume,
    /// The program is to end.
    Quit,
}

/// The state of the debugger.
pub(super) struct Session {
    pub(super) program: Program,
    pub(super) objects: Objects,
    pub(super) breakpoints: Breakpoints,
    goal: Goal,
    log: VecDeque<String>,
    /// Lines of the log since the last stop, and how many were too many.
    fresh: Vec<String>,
    fresh_left_out: usize,
    /// Depth, function and registers of the last stop.
    registers: Option<(usize, u32, Vec<String>)>,
    /// Counters at the first instruction.
    begin: Option<Statistics>,
    /// The exception that was reported last.
    raised: Option<ObjectId>,
    quits: bool,
}

impl Session {
    pub(super) fn new(program: Program) -> Session {
        Session {
            program,
            objects: Objects::default(),
            breakpoints: Breakpoints::default(),
            goal: Goal::Never,
            log: VecDeque::new(),
            fresh: Vec::new(),
            fresh_left_out: 0,
            registers: None,
            begin: None,
            raised: None,
            quits: false,
        }
    }

    /// Whether the program is to end.
    pub(super) fn quits(&self) -> bool {
        self.quits
    }

    /// The program has ended by itself: what runs now is what its end entails, and if nobody wants to
    /// see more, nothing stops it.
    pub(super) fn let_go(&mut self) {
        if self.quits {
            self.quits = false;
            self.breakpoints = Breakpoints::default();
        }
    }

    /// Counters at the first instruction.
    pub(super) fn begin(&self) -> Option<&Statistics> {
        self.begin.as_ref()
    }

    /// Before an instruction: whether to stop.
    pub(super) fn arrive(&mut self, view: &View<'_>) -> Option<Stop> {
        let frame = view.frame()?;
        let place = (frame.function_index(), frame.offset());
        if self.begin.is_none() {
            self.begin = Some(view.statistics());
            return Some(Stop::Start);
        }
        let depth = frame.depth();
        let is_reached = match &mut self.goal {
            Goal::Steps {
                left,
                depth: deepest,
            } => {
                if depth <= *deepest {
                    *left -= 1;
                }
                *left == 0
            }
            Goal::Line { depth: start, line } => {
                let now = frame.position().map(|position| (place.0, position.line));
                depth < *start || (depth == *start && now != *line && now.is_some())
            }
            Goal::Finish { depth: start } => depth < *start,
            Goal::Until(places) => places.contains(&place),
            Goal::Collection | Goal::Never => false,
        };
        if let Some(number) = self.breakpoints.at(place) {
            return Some(Stop::Breakpoint(number));
        }
        is_reached.then_some(Stop::Reached)
    }

    /// Something happens within an instruction: writes it down, and says whether to stop.
    pub(super) fn note(&mut self, view: &View<'_>, happening: &Happening<'_>) -> Option<Stop> {
        match happening {
            Happening::Raised(exception) => {
                let id = exception.id();
                if id == self.raised {
                    return None;
                }
                let text = self.objects.text(view, exception, WIDTH_ALONE);
                // Only the address of an object that lives tells which it is.
                self.raised = id.filter(|&id| view.watched(id).is_some());
                self.report(format!("raised: {text}"));
                let stops = self.breakpoints.has_exception();
                stops.then(|| Stop::Within(format!("{text} is raised")))
            }
            Happening::CollectionStarted(start) => {
                let stops = self.goal == Goal::Collection;
                stops.then(|| Stop::Within(collection_begins(start)))
            }
            Happening::CollectionEnded(event) => {
                self.report(collection_ended(event));
                None
            }
            Happening::Died(value) => {
                let text = self.objects.outline(view, value, WIDTH);
                if self.raised == value.id() {
                    self.raised = None;
                }
                let number = self.objects.dies(value)?;
                self.report(format!("#{number} dies: {text}"));
                let stops = self.breakpoints.take_death(number);
                stops.then(|| Stop::Within(format!("#{number} {text} dies")))
            }
            _ => None,
        }
    }

    /// At a stop: compares with the last one, and returns the lines that tell the difference.
    pub(super) fn refresh(&mut self, view: &View<'_>) -> Vec<String> {
        self.goal = Goal::Never;
        let frame = view.frame();
        let shown = show::registers(self, view, 0);
        if let Some(frame) = frame {
            let now: Vec<String> = shown
                .iter()
                .map(|register| register.value.clone())
                .collect();
            let place = (frame.depth(), frame.function_index());
            if let Some((depth, function, before)) = self.registers.take()
                && (depth, function) == place
            {
                for ((register, now), before) in shown.iter().zip(&now).zip(&before) {
                    if now != before {
                        self.report(format!("{} = {now}", register.name));
                    }
                }
            }
            self.registers = Some((place.0, place.1, now));
        }
        for (number, before, now) in self.objects.changes(view) {
            let Some(value) = self.objects.find(view, number) else {
                continue;
            };
            let class = value.type_name();
            self.report(match before {
                Some(before) => format!("#{number} {class}: count {before} -> {now}"),
                None => format!("#{number} {class}: first seen, count {now}"),
            });
        }
        let mut lines = std::mem::take(&mut self.fresh);
        if self.fresh_left_out > 0 {
            lines.push(format!("({} more lines before these)", self.fresh_left_out));
            lines.rotate_right(1);
        }
        self.fresh_left_out = 0;
        lines
    }

    /// Writes a line down.
    pub(super) fn report(&mut self, line: String) {
        if self.log.len() == LOG_LINES_MAX {
            self.log.pop_front();
        }
        self.log.push_back(line.clone());
        if self.fresh.len() == FRESH_LINES_MAX {
            self.fresh.remove(0);
            self.fresh_left_out += 1;
        }
        self.fresh.push(line);
    }

    /// What happened, the oldest first.
    pub(super) fn log(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        self.log.iter().map(String::as_str)
    }

    /// Performs a command.
    pub(super) fn perform(&mut self, view: &View<'_>, command: &Command) -> Answer {
        let depth = view.depth();
        let frame = view.frame();
        let goal = match command {
            Command::Step(count) => Goal::Steps {
                left: *count,
                depth: usize::MAX,
            },
            Command::Next(count) => Goal::Steps {
                left: *count,
                depth,
            },
            Command::Line => Goal::Line {
                depth,
                line: frame
                    .and_then(|frame| Some((frame.function_index(), frame.position()?.line))),
            },
            Command::Finish => Goal::Finish { depth },
            Command::Continue => Goal::Never,
            Command::Collection => Goal::Collection,
            Command::Until(place) => match self.program.places(place) {
                Ok((_, places)) => Goal::Until(places),
                Err(error) => return Answer::Text(format!("{error}\n")),
            },
            Command::Quit => {
                self.quits = true;
                return Answer::Quit;
            }
            other => return Answer::Text(self.look(view, other)),
        };
        self.goal = goal;
        Answer::Resume
    }

    /// Commands that show something, or change breakpoints.
    fn look(&mut self, view: &View<'_>, command: &Command) -> String {
        match command {
            Command::Break(place) => self.add_breakpoint(place),
            Command::Watch(name) => self.add_watch(view, name),
            Command::Delete(number) => match self.breakpoints.delete(*number) {
                true => String::new(),
                false => format!("there is no breakpoint {number}\n"),
            },
            Command::Breakpoints => self.breakpoints.text(),
            Command::Registers(index) => show::registers_text(self, view, *index),
            Command::Where => show::frames_text(view),
            Command::Print(name) => show::value_text(self, view, name),
            Command::Source => show::source_text(&self.program, view),
            Command::Bytecode => show::bytecode_text(self, view),
            Command::Heap => show::heap_text(self.begin.as_ref(), view),
            Command::Log => self.log().map(|line| format!("  {line}\n")).collect(),
            _ => command::help(),
        }
    }

    fn add_breakpoint(&mut self, place: &str) -> String {
        if place == "exception" {
            return self.breakpoints.add(Target::Exception);
        }
        match self.program.places(place) {
            Ok((name, places)) => self.breakpoints.add(Target::Places { name, places }),
            Err(error) => format!("{error}\n"),
        }
    }

    fn add_watch(&mut self, view: &View<'_>, name: &str) -> String {
        let Some(value) = show::find(self, view, name) else {
            return show::not_found(name);
        };
        match self.objects.number(view, &value) {
            Some(number) => self.breakpoints.add(Target::Death(number)),
            None => format!("`{name}` is no object that can die\n"),
        }
    }
}

fn collection_begins(start: &CollectionStart) -> String {
    format!(
        "a collection of generation {} begins ({}, counts {:?})",
        start.generation.number(),
        start.reason.name(),
        start.counts
    )
}

fn collection_ended(event: &CollectionEvent) -> String {
    format!(
        "collection {} of generation {} ({}): {} examined, {} collected",
        event.sequence,
        event.generation.number(),
        event.reason.name(),
        event.candidates,
        event.collected
    )
}
