//! `vm bench`: what programs cost, in counters that do not vary and in times that do.
//!
//! ```text
//!   program ──► cost ──► record ──► --save FILE
//!                 │         │
//!                 │      compare ◄── --against FILE ──► table, exit status
//!                 ▼
//!               report
//! ```
//!
//! | module | is |
//! |---|---|
//! | `program` | a program and what its comments say about how it is run |
//! | `cost` | a program run here: counted once, timed several times |
//! | `record` | the file: JSON with a version |
//! | `compare` | two costs of a program: what grew, and in which functions |
//! | `report` | columns of text |
//! | `peers` | the same programs under other interpreters |

mod compare;
mod cost;
pub(crate) mod difference;
mod peers;
mod program;
mod record;
mod report;

use crate::arguments::Bench;
use crate::context::Context;
use crate::failure::{Failure, status};
use compare::{Comparison, compare};
use cost::measure;
use program::Program;
use record::Record;

/// Performs the command; returns the exit status.
pub(crate) fn bench(arguments: &Bench, context: &Context) -> Result<u8, Failure> {
    if arguments.peers {
        return peers::bench(arguments, context).map(|()| status::SUCCESS);
    }
    let before = arguments.against.as_deref();
    let before = before.map(|path| Record::read(context, path)).transpose()?;
    let mut after = Record::default();
    let mut failed = Vec::new();
    for path in &arguments.programs {
        let program = Program::read(context, path)?;
        let cost = measure(&program, arguments, context)?;
        let text = match before.as_ref().and_then(|record| record.find(&cost)) {
            Some(former) => {
                let comparison: Comparison = compare(former, &cost)?;
                failed.extend(comparison.grown(arguments.fail_over));
                report::comparison(&comparison, arguments.fail_over)
            }
            None => report::cost(&cost, before.is_some()),
        };
        context.console.print(text.as_bytes());
        after.programs.push(cost);
    }
    if let Some(path) = &arguments.save {
        after.write(context, path)?;
    }
    if failed.is_empty() {
        return Ok(status::SUCCESS);
    }
    Err(Failure::Grown {
        percent: arguments.fail_over,
        counters: failed,
    })
}
