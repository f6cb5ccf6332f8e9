//! The terminal's panes, drawn to memory, and its keys.

use super::*;
use crate::context::Context;
use crate::debug::program::Program;
use crate::debug::{Debugger, INTERRUPT_INTERVAL};
use crate::input::Input;
use ratatui::backend::TestBackend;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};
use vm_core::{Config, Vm};

/// What is to be seen: the screens that were drawn, as text.
type Screens = Arc<Mutex<Vec<String>>>;

/// A backend that keeps every screen: what is drawn when the next event is waited for.
fn debugged(fixture: &str, size: (u16, u16), keys: &str) -> Vec<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/debug");
    let (context, _) = Context::captured(b"");
    let context = context.in_directory(&directory);
    let input = Input::read(&context, Path::new(fixture)).expect("the fixture is there");
    let module = input.verified().expect("the fixture is right");
    let mut session = Session::new(Program::new(&input, &module, &context));

    let screens = Screens::default();
    let mut events: VecDeque<Event> = keys.chars().map(key).collect();
    let source: Events = Box::new(move |_| {
        events
            .pop_front()
            .map(Some)
            .ok_or_else(|| io::Error::other("no more keys"))
    });
    let terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("memory is no terminal");
    let output = Output::default();
    let mut vm = Vm::new(Config::default()).expect("the heap has room");
    vm.set_output(output.clone(), output.clone());
    let front = Recorded {
        screen: Screen::new(terminal, source, output),
        screens: Arc::clone(&screens),
    };
    session.report("the log begins".to_owned());
    vm.set_observer(Some(Box::new(Debugger {
        session,
        front: Box::new(front),
        until_interrupt: INTERRUPT_INTERVAL,
    })));
    let _ = vm.run(module);
    vm.set_observer(None);
    let screens = screens.lock().unwrap();
    screens.clone()
}

/// A character as the key that makes it; a line end is Enter, `^` Escape.
fn key(character: char) -> Event {
    let code = match character {
        '\n' => KeyCode::Enter,
        '^' => KeyCode::Esc,
        character => KeyCode::Char(character),
    };
    Event::Key(KeyEvent::new(code, KeyModifiers::NONE))
}

/// A screen whose contents are kept when it lets the program go on.
struct Recorded {
    screen: Screen<TestBackend>,
    screens: Screens,
}

impl Front for Recorded {
    fn stopped(&mut self, session: &mut Session, view: &View<'_>, stop: &Stop) {
        self.screen.stopped(session, view, stop);
        let screen = self.screen.terminal.backend().to_string();
        self.screens.lock().unwrap().push(screen);
    }

    fn finished(&mut self, _: &mut Session, _: &View<'_>) {}
}

#[test]
fn eighty_columns_and_twenty_four_lines_show_everything() {
    let screens = debugged("counts.vasm", (80, 24), "sss");
    // The third screen: the program is at its third instruction.
    let golden = include_str!("tests/counts_80x24.txt");
    assert_eq!(screens[2].trim_end(), golden.trim_end(), "\n{}", screens[2]);
}

#[test]
fn a_terminal_of_any_size_is_drawn() {
    for size in [(1, 1), (20, 5), (79, 23), (300, 100)] {
        assert_eq!(debugged("counts.vasm", size, "sns?^q").len(), 4, "{size:?}");
    }
}

#[test]
fn commands_are_typed() {
    let screens = debugged(
        "counts.vasm",
        (80, 24),
        "bmain+2\nc:print first\nbnowhere\nb^q",
    );
    let last = screens.last().expect("something was drawn");
    assert!(
        screens[0].contains("breakpoint 1 at main+2"),
        "{}",
        screens[0]
    );
    assert!(last.contains("#1 []  (list: count 2, young, "), "{last}");
    assert!(last.contains("no function is called `nowhere`"), "{last}");
}

#[test]
fn a_terminal_that_fails_ends_the_program() {
    assert_eq!(debugged("counts.vasm", (80, 24), "").len(), 1);
}
