//! `vm bench`: what programs cost, in counters that do not vary and in times that do.
//!
//! ```text
//!   program ──► cost ──► record ──► --save FILE
//!                 │         │
//!                 │      against ◄── --against FILE ──► table, exit status
//!                 ▼
//!               report
//! ```
//!
//! | module | is |
//! |---|---|
//! | `program` | a program and what its comments say about how it is run |
//! | `cost` | a program run here: counted once, timed several times |
//! | `difference` | where two outputs begin to differ |
//! | `record` | the file: JSON with a version |
//! | `compare` | two costs of a program: what grew, and in which functions |
//! | `against` | a record, and what in it does not hold any more |
//! | `report` | columns of text |
//! | `destination` | a file that is opened at the beginning and written at the end |
//! | `peers` | the same programs under other interpreters |
//!
//! 1. All that can go wrong before anything is measured does so first, and ends the command: programs
//!    and records that cannot be read, files that cannot be written.
//! 2. A program that fails is told, and the others go on: they are compared and saved.
//! 3. The exit status is that of the worst failure.

mod against;
mod compare;
mod cost;
mod destination;
pub(crate) mod difference;
mod peers;
mod program;
mod record;
mod report;

use crate::arguments::Bench;
use crate::context::Context;
use crate::failure::{Failure, status};
use against::Against;
use cost::measure;
use destination::Destination;
use program::Program;
use record::Record;

/// Performs the command; returns the exit status.
pub(crate) fn bench(arguments: &Bench, context: &Context) -> Result<u8, Failure> {
    let programs = Program::read_all(context, &arguments.programs)?;
    if arguments.peers {
        return peers::bench(&programs, arguments, context);
    }
    let path = arguments.against.as_deref();
    let against = path.map(|path| Against::read(context, path, arguments.fail_over));
    let mut against = against.transpose()?;
    if let Some(against) = &against {
        against.check_arguments(&programs)?;
    }
    let path = arguments.save.as_deref();
    let replaces = path.zip(against.as_ref());
    let replaces = replaces.is_some_and(|(path, against)| against.is_at(context, path));
    let destination = path.map(|path| Destination::open(context, path));
    let destination = destination.transpose()?;

    let mut after = Record::default();
    let mut failures = Failures::new(context);
    for program in &programs {
        let cost = match measure(program, arguments, context) {
            Ok(cost) => cost,
            Err(failure) => {
                failures.tell(&failure);
                continue;
            }
        };
        let text = match &mut against {
            Some(against) => against.compare(&cost),
            None => report::cost(&cost, false),
        };
        context.console.print(text.as_bytes());
        after.programs.push(cost);
    }
    if let Some(against) = &mut against {
        context.console.print(against.not_run(&programs).as_bytes());
        for failure in against.failures() {
            failures.tell(&failure);
        }
    }
    if let Some(destination) = destination {
        let is_whole = after.programs.len() == programs.len();
        if replaces && failures.status != status::SUCCESS {
            failures.remark("the record stays as it was");
        } else if after.programs.is_empty() {
            failures.remark("nothing is saved");
        } else {
            if !is_whole {
                failures.remark("what failed is not in what is saved");
            }
            if let Some(against) = against.filter(|_| replaces) {
                after.programs.extend(against.into_not_run(&programs));
            }
            destination.write_json(&after)?;
        }
    }
    Ok(failures.status)
}

/// The failures so far.
struct Failures<'a> {
    context: &'a Context,
    /// The exit status.
    status: u8,
}

impl Failures<'_> {
    fn new(context: &Context) -> Failures<'_> {
        Failures {
            context,
            status: status::SUCCESS,
        }
    }

    /// Shows one.
    fn tell(&mut self, failure: &Failure) {
        self.status = self.status.max(self.context.fail(failure));
    }

    /// Says what follows from them.
    fn remark(&self, text: &str) {
        self.context.console.print_error(&format!("note: {text}\n"));
    }
}
