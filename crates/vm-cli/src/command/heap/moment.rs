//! Running a program until the moment of which a snapshot is wanted, and to its end.
//!
//! 1. The machine gets a sink that takes the first snapshot of the moment, and no other.
//! 2. The program runs. At `exit` the snapshot is taken when the run has ended, and what ended it
//!    was shown, but its globals are still there.
//! 3. The snapshot is shown, and then the globals are cleared, which may print more.

use super::machine;
use crate::arguments::Moment;
use crate::command::Performed;
use crate::context::Context;
use crate::failure::Failure;
use crate::input::Input;
use crate::logging;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vm_core::{SnapshotPoint, SnapshotSink};
use vm_gc::snapshot::{Snapshot, SnapshotError};

/// The moment when a program has ended.
const EXIT: &str = "exit";
/// The moment when a limit is reached.
const LIMIT: &str = "limit";

/// Runs the program, and gives the snapshot of the moment to `show`. With `to_standard`, what is
/// shown goes to standard output, and what the program prints does not.
pub(super) fn reach(
    moment: &Moment,
    to_standard: bool,
    context: &Context,
    show: impl FnOnce(&Snapshot) -> Result<(), Failure>,
) -> Result<Performed, Failure> {
    let module = Input::of_program(context, &moment.program)?.verified()?;
    let _logging = logging::install_verbose(context, moment.machine.verbose);
    let mut vm = machine::make(&moment.machine, context)?;
    if to_standard {
        vm.set_output(context.console.error(), context.console.error());
    }
    vm.record_allocation_sites(moment.sites);
    let taker = Taker::new(&moment.at);
    vm.set_snapshot_sink(Some(Box::new(taker.clone())));
    let run = machine::Run {
        program: &moment.program,
        quiet: false,
        verifies: false,
    };
    let mut shown = Ok(());
    let mut performed = machine::perform(&mut vm, module, &run, context, |vm| {
        vm.set_snapshot_sink(None);
        let taken = if moment.at == EXIT {
            Some(vm.snapshot())
        } else {
            taker.state().taken.take()
        };
        shown = match taken {
            Some(Ok(snapshot)) => show(&snapshot),
            Some(Err(error)) => Err(Failure::Snapshot(error)),
            None => Err(taker.nothing(&moment.at)),
        };
    });
    if let Err(failure) = shown {
        performed.status = context.fail(&failure);
    }
    Ok(performed)
}

/// Takes the snapshot of a moment, once. Clones share it: the machine has one.
#[derive(Clone)]
struct Taker {
    at: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    taken: Option<Result<Snapshot, SnapshotError>>,
    /// The first few names that the program gave, for who asked for another.
    names: Vec<String>,
}

impl Taker {
    fn new(at: &str) -> Taker {
        Taker {
            at: at.to_owned(),
            state: Arc::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why there is no snapshot of the moment.
    fn nothing(&self, at: &str) -> Failure {
        if at == LIMIT {
            Failure::NoLimit
        } else {
            let names = std::mem::take(&mut self.state().names);
            let name = at.to_owned();
            Failure::NoMoment { name, names }
        }
    }
}

/// Names that are remembered.
const NAMES: usize = 8;

impl SnapshotSink for Taker {
    fn wants(&mut self, point: SnapshotPoint<'_>) -> bool {
        let mut state = self.state();
        let is_it = match point {
            SnapshotPoint::Limit => self.at == LIMIT,
            SnapshotPoint::Named(name) => {
                if state.names.len() < NAMES && !state.names.iter().any(|known| known == name) {
                    state.names.push(name.to_owned());
                }
                // These two are moments of their own.
                self.at == name && name != EXIT && name != LIMIT
            }
        };
        is_it && state.taken.is_none()
    }

    fn take(&mut self, _point: SnapshotPoint<'_>, snapshot: Snapshot) {
        self.state().taken = Some(Ok(snapshot));
    }

    fn refused(&mut self, _point: SnapshotPoint<'_>, error: SnapshotError) {
        self.state().taken = Some(Err(error));
    }
}
