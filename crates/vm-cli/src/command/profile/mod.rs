//! `vm profile`: where instructions, allocations and reference count operations of a program go.
//!
//! ```text
//!  program ─► machine ─► Profile ─┬─ Tables ─┬─► text: tables, the heaviest rows first
//!                                 │          └─► jsonl: all rows
//!                                 └─► collapsed: a line for each stack of calls
//! ```

mod collapsed;
mod jsonl;
mod tables;
mod text;

use super::{Performed, machine};
use crate::arguments::{Profile, ProfileFormat};
use crate::context::Context;
use crate::failure::Failure;
use crate::input::{Input, STANDARD};
use crate::logging;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use tables::Tables;
use vm_core::Counts;

pub(super) fn profile(arguments: &Profile, context: &Context) -> Result<Performed, Failure> {
    let input = Input::of_program(context, &arguments.program)?;
    let module = input.verified()?;
    let to_standard = arguments.output == Path::new(STANDARD);
    // A file that cannot be written is found out before the program runs.
    let mut stream: Box<dyn Write + Send> = if to_standard {
        Box::new(context.console.output())
    } else {
        let file = File::create(context.path(&arguments.output));
        Box::new(BufWriter::new(
            file.map_err(|source| failed(arguments, source))?,
        ))
    };
    let _logging = logging::install_verbose(context, arguments.machine.verbose);
    let mut vm = machine::make(&arguments.machine, context)?;
    if to_standard {
        vm.set_output(context.console.error(), context.console.error());
    }
    vm.record_profile(true);
    let run = machine::Run {
        program: &arguments.program,
        quiet: false,
        verifies: false,
    };
    let mut taken = None;
    let mut performed = machine::perform(&mut vm, module, &run, context, |vm| {
        taken = vm.profile();
        vm.record_profile(false);
    });
    let (Some(profile), Some(statistics)) = (taken, &performed.statistics) else {
        return Ok(performed);
    };
    let written = match arguments.format {
        ProfileFormat::Collapsed => collapsed::write(&profile, arguments.weight, &mut stream),
        ProfileFormat::Text | ProfileFormat::Jsonl => {
            let run = Run {
                words: &arguments.program,
                counts: &statistics.counts,
            };
            let tables = Tables::of(&profile, &arguments.by);
            if arguments.format == ProfileFormat::Text {
                let source = |file: &str| source_text(&input, file, context);
                text::write(&run, &profile, &tables, arguments, source, &mut stream)
            } else {
                jsonl::write(&run, &profile, &tables, &mut stream)
            }
        }
    };
    match written.and_then(|()| stream.flush()) {
        // The console knows, and tells.
        Err(_) if to_standard => {}
        Err(error) => performed.status = context.fail(&failed(arguments, error)),
        Ok(()) => {}
    }
    Ok(performed)
}

/// What ran, and all that was counted.
struct Run<'a> {
    /// The program and its arguments.
    words: &'a [String],
    counts: &'a Counts,
}

/// The text of a source file, if it is known or there.
fn source_text(input: &Input, file: &str, context: &Context) -> Option<String> {
    match input.text() {
        Some(text) if file == input.name => Some(text.to_owned()),
        _ => crate::input::read_text(context, Path::new(file)),
    }
}

fn failed(arguments: &Profile, source: io::Error) -> Failure {
    let name = arguments.output.display().to_string();
    Failure::Write { name, source }
}
