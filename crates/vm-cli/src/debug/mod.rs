//! `vm debug`: a program, step by step.
//!
//! ```text
//!   machine ── before each instruction, and what happens in it ──► Debugger (an observer)
//!                                                                     │
//!      Session: goal, breakpoints, numbers of objects, log ◄──────────┤ stops
//!        ▲ commands                                                   ▼
//!        └───────────────────────────────────────────── Front: Batch (text) or Screen (terminal)
//! ```
//!
//! The machine stands still while its observer runs; that is all there is to stopping. Whatever a
//! front end shows comes from the machine's [`View`], which runs no program code.

mod batch;
mod breakpoints;
mod command;
mod objects;
mod program;
mod screen;
mod session;
mod show;

use crate::arguments::Debug;
use crate::command::machine;
use crate::context::Context;
use crate::failure::{Failure, status};
use crate::input::{Input, STANDARD};
use crate::logging;
use batch::Batch;
use program::Program;
use screen::{Output, Screen, events_of_terminal};
use session::{Session, Stop};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use vm_core::observe::{Flow, Happening, Observer, View};
use vm_core::{Outcome, RunError};

/// Instructions between two looks at whether the user wants the program to stop.
const INTERRUPT_INTERVAL: u32 = 1 << 14;

/// Somebody who shows a stop, and says how to go on.
trait Front: Send {
    /// The program stands still. Performs commands until one makes it go on or end.
    fn stopped(&mut self, session: &mut Session, view: &View<'_>, stop: &Stop);

    /// Whether the user wants a running program to stop.
    fn is_interrupted(&mut self) -> bool {
        false
    }

    /// Everything is over; what happened since the last stop was not shown yet.
    fn finished(&mut self, session: &mut Session, view: &View<'_>);
}

/// The debugger as the machine's observer.
struct Debugger {
    session: Session,
    front: Box<dyn Front>,
    until_interrupt: u32,
}

impl Debugger {
    fn stop(&mut self, view: &View<'_>, stop: &Stop) {
        self.front.stopped(&mut self.session, view, stop);
    }

    fn flow(&self) -> Flow {
        if self.session.quits() {
            Flow::End
        } else {
            Flow::Continue
        }
    }
}

impl Observer for Debugger {
    fn instruction(&mut self, view: &View<'_>) -> Flow {
        if self.session.quits() {
            return Flow::End;
        }
        let mut stop = self.session.arrive(view);
        self.until_interrupt -= 1;
        if self.until_interrupt == 0 {
            self.until_interrupt = INTERRUPT_INTERVAL;
            if stop.is_none() && self.front.is_interrupted() {
                stop = Some(Stop::Interrupted);
            }
        }
        if let Some(stop) = stop {
            self.stop(view, &stop);
        }
        self.flow()
    }

    fn happened(&mut self, view: &View<'_>, happening: &Happening<'_>) {
        if let Some(stop) = self.session.note(view, happening)
            && !self.session.quits()
        {
            self.stop(view, &stop);
        }
    }
}

/// The debugger, shared by the machine and the command that started it.
#[derive(Clone)]
struct Shared(Arc<Mutex<Debugger>>);

impl Shared {
    fn with<T>(&self, use_it: impl FnOnce(&mut Debugger) -> T) -> T {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Observer for Shared {
    fn instruction(&mut self, view: &View<'_>) -> Flow {
        self.with(|debugger| debugger.instruction(view))
    }

    fn happened(&mut self, view: &View<'_>, happening: &Happening<'_>) {
        self.with(|debugger| debugger.happened(view, happening));
    }
}

/// Debugs a program; returns the exit status.
///
/// 1. Run, observed.
/// 2. Stop once more: what is alive now is alive at the end.
/// 3. Clear the globals, still observed: finalizers run, what they held dies.
/// 4. Give the terminal back, and show there what ended the program, as `vm run` does.
pub(crate) fn debug(arguments: &Debug, context: &Context) -> Result<u8, Failure> {
    let path = arguments.program.first().map_or(STANDARD, String::as_str);
    if path == STANDARD {
        return Err(Failure::ProgramIsInput);
    }
    let input = Input::read(context, Path::new(path))?;
    let module = input.verified()?;
    let session = Session::new(Program::new(&input, &module, context));
    let _logging = logging::install_verbose(context, arguments.machine.verbose);
    let mut vm = machine::make(&arguments.machine, context)?;
    let has_terminal = context.input_is_terminal() && context.output_is_terminal();
    let mut taken = None;
    let front: Box<dyn Front> = if arguments.batch || !has_terminal {
        let input = Box::new(context.input());
        let echoes = !context.input_is_terminal();
        Box::new(Batch::new(input, context.console.clone(), echoes))
    } else {
        let output = Output::default();
        vm.set_output(output.clone(), output.clone());
        let terminal = ratatui::try_init().map_err(|source| Failure::TakeTerminal { source })?;
        taken = Some((TakenTerminal, output.clone()));
        Box::new(Screen::new(terminal, events_of_terminal(), output))
    };
    let debugger = Shared(Arc::new(Mutex::new(Debugger {
        session,
        front,
        until_interrupt: INTERRUPT_INTERVAL,
    })));
    vm.set_observer(Some(Box::new(debugger.clone())));
    let result = match vm.set_arguments(arguments.program.clone()) {
        Ok(()) => vm.run(module).map(drop),
        Err(error) => Err(error),
    };
    let was_left = debugger.with(|debugger| debugger.session.quits());
    let is_consistent = !matches!(result, Err(RunError::Inconsistent(_)));
    if was_left {
        vm.set_observer(None);
        vm.finish();
    } else if is_consistent {
        let stop = Stop::Ended(ended_text(&result));
        debugger.with(|debugger| {
            debugger.stop(&vm.view(), &stop);
            debugger.session.let_go();
        });
        vm.finish();
        debugger.with(|debugger| {
            let Debugger { session, front, .. } = debugger;
            front.finished(session, &vm.view());
        });
    }
    vm.set_observer(None);
    if let Some((terminal, output)) = taken {
        drop(terminal);
        context.console.print(&output.all());
    }
    match result {
        Err(RunError::Limit(Outcome::Cancelled)) if was_left => Ok(status::SUCCESS),
        result => Ok(machine::end(result, false, context)),
    }
}

/// Gives the terminal back at the end of its life.
struct TakenTerminal;

impl Drop for TakenTerminal {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// How a program ended, in a line.
fn ended_text(result: &Result<(), RunError>) -> String {
    match result {
        Ok(()) => "the program has ended".to_owned(),
        Err(RunError::Exception(report)) => {
            format!(
                "the program has ended with {}: {}",
                report.class, report.message
            )
        }
        Err(RunError::Exit { status, .. }) => format!("the program has exited with {status}"),
        Err(error) => format!("the program has ended: {error}"),
    }
}
