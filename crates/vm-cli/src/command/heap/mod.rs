//! `vm heap`: what is alive at a moment of a program's life, and who holds it.
//!
//! ```text
//!  program ─► moment ─► Snapshot ─┬─ summary ──► a table of types
//!                                 ├─ vm-trace ─► heapsnapshot, dot, jsonl, pprof
//!                                 └─ why ──────► one object explained
//!  two files ─► diff ─► which types grew
//! ```

mod diff;
mod moment;
mod summary;

use super::{Performed, machine, refuse_terminal};
use crate::arguments::{Heap, HeapCommand, HeapFormat, ObjectChoice, Why};
use crate::context::Context;
use crate::failure::{Failure, status};
use crate::input::STANDARD;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use vm_gc::snapshot::{NodeIndex, Retention, Snapshot, explain, largest_of_type};
use vm_trace::heap::{write_dot, write_heapsnapshot, write_jsonl, write_pprof};

pub(super) fn heap(arguments: &Heap, context: &Context) -> Result<Performed, Failure> {
    match &arguments.command {
        None => snapshot(arguments, context),
        Some(HeapCommand::Why(arguments)) => why(arguments, context),
        Some(HeapCommand::Diff(arguments)) => {
            diff::diff(arguments, context)?;
            Ok(Performed::status(status::SUCCESS))
        }
    }
}

fn snapshot(arguments: &Heap, context: &Context) -> Result<Performed, Failure> {
    let names_object = arguments.object.id.is_some() || arguments.object.type_name.is_some();
    if names_object != (arguments.format == HeapFormat::Dot) {
        return Err(Failure::WhichObject);
    }
    let mut moment = arguments.moment.clone();
    if arguments.format == HeapFormat::Pprof {
        refuse_terminal(context, &arguments.output, "a binary profile")?;
        moment.sites = true;
    }
    let to_standard = arguments.output == Path::new(STANDARD);
    // A file that cannot be written is found out before the program runs.
    let file = if to_standard {
        None
    } else {
        let file = File::create(context.path(&arguments.output));
        Some(file.map_err(|source| failed(&arguments.output, source))?)
    };
    moment::reach(&moment, to_standard, context, |snapshot| {
        let chosen = choose(snapshot, &arguments.object)?;
        let stream: Box<dyn Write> = match file {
            Some(file) => Box::new(file),
            None => Box::new(context.console.output()),
        };
        let written = match (arguments.format, chosen) {
            (HeapFormat::Dot, Some((object, _))) => write_dot(snapshot, object, stream),
            (HeapFormat::Heapsnapshot, _) => write_heapsnapshot(snapshot, stream),
            (HeapFormat::Jsonl, _) => write_jsonl(snapshot, stream),
            (HeapFormat::Pprof, _) => write_pprof(snapshot, stream),
            (HeapFormat::Summary | HeapFormat::Dot, _) => summary::write(snapshot, stream),
        };
        match written {
            // The console knows, and tells.
            Err(_) if to_standard => Ok(()),
            written => written.map_err(|source| failed(&arguments.output, source)),
        }
    })
}

fn why(arguments: &Why, context: &Context) -> Result<Performed, Failure> {
    if arguments.object.id.is_none() && arguments.object.type_name.is_none() {
        return Err(Failure::WhichObject);
    }
    moment::reach(&arguments.moment, true, context, |snapshot| {
        if let Some((object, of_type)) = choose(snapshot, &arguments.object)? {
            if let (Some(name), 2..) = (&arguments.object.type_name, of_type) {
                let text =
                    format!("of {of_type} objects of type {name}, the one that retains most:\n");
                context.console.print(text.as_bytes());
            }
            let retention = Retention::of(snapshot);
            let explanation = explain(snapshot, &retention, object, &[]);
            context.console.print(explanation.to_string().as_bytes());
        }
        Ok(())
    })
}

/// The object that was chosen, if one was, and of how many.
fn choose(
    snapshot: &Snapshot,
    choice: &ObjectChoice,
) -> Result<Option<(NodeIndex, usize)>, Failure> {
    if let Some(id) = choice.id {
        let found = snapshot.find(id).ok_or(Failure::NoObject { id })?;
        return Ok(Some((found, 1)));
    }
    let Some(name) = &choice.type_name else {
        return Ok(None);
    };
    let found = largest_of_type(snapshot, &Retention::of(snapshot), name);
    let nothing = || Failure::NoObjectOfType { name: name.clone() };
    found.map(Some).ok_or_else(nothing)
}

fn failed(path: &Path, source: io::Error) -> Failure {
    let name = path.display().to_string();
    Failure::Write { name, source }
}
