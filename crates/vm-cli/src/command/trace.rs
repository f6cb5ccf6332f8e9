//! `vm trace`: runs a program, and writes the events of its collector and heap.
//!
//! ```text
//!  recorder ─► sink ─► EventWriter ─┬► file
//!                                   └► standard output; then the program's output is an error's
//! ```
//!
//! A file that fails does not end the program: nothing more is written, and the failure is told at
//! the end. Standard output that fails does, as in every command: nobody reads the trace.

use super::{Performed, machine, refuse_terminal};
use crate::arguments::Trace;
use crate::context::Context;
use crate::failure::Failure;
use crate::input::{Input, STANDARD};
use crate::logging;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use vm_core::Vm;
use vm_gc::{Clock, Event};
use vm_trace::TraceError;
use vm_trace::events::{EventWriter, RunEnd, RunStart};

/// What a virtual clock goes on by.
const TICK_NS: u64 = 100_000;

/// What is held back of a file.
const BUFFER_BYTES: usize = 64 << 10;

pub(super) fn trace(arguments: &Trace, context: &Context) -> Result<Performed, Failure> {
    let format = arguments.format.format();
    if format.is_binary() {
        refuse_terminal(context, &arguments.output, "a binary trace")?;
    }
    let input = Input::of_program(context, &arguments.program)?;
    let module = input.verified()?;
    let to_standard = arguments.output == Path::new(STANDARD);
    let output: Box<dyn Write + Send> = if to_standard {
        Box::new(context.console.output())
    } else {
        let file = File::create(context.path(&arguments.output));
        let file = file.map_err(|source| failed(arguments, source.into()))?;
        Box::new(BufWriter::with_capacity(BUFFER_BYTES, file))
    };
    let _logging = logging::install_verbose(context, arguments.machine.verbose);
    let mut vm = machine::make(&arguments.machine, context)?;
    if to_standard {
        vm.set_output(context.console.error(), context.console.error());
    }
    vm.set_collector_census(arguments.census || format.names_types());
    let clock = if arguments.virtual_clock {
        Clock::ticking(TICK_NS)
    } else {
        Clock::system()
    };
    vm.set_event_clock(clock.clone());
    let start = start(&input.name, &vm, &clock, arguments.virtual_clock);
    let writer = format.writer(output, &start);
    let tracer = Tracer::new(writer.map_err(|error| failed(arguments, error))?);
    let sink = tracer.clone();
    vm.set_event_sink(Some(Box::new(move |event| sink.event(event))));
    let run = machine::Run {
        program: &arguments.program,
        quiet: false,
        verifies: false,
    };
    let mut performed = machine::perform(&mut vm, module, &run, context, |_| {});
    let written = tracer.finish(&end(&vm, &clock, performed.status));
    match written {
        // The console knows, and tells.
        Err(_) if to_standard => {}
        Err(error) => performed.status = context.fail(&failed(arguments, error)),
        Ok(()) => {}
    }
    Ok(performed)
}

fn failed(arguments: &Trace, source: TraceError) -> Failure {
    let name = arguments.output.display().to_string();
    Failure::Trace { name, source }
}

fn start(program: &str, vm: &Vm, clock: &Clock, is_virtual: bool) -> RunStart {
    let statistics = vm.statistics();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    RunStart {
        program: program.to_owned(),
        epoch: now.ok().filter(|_| !is_virtual),
        at_ns: clock.now_ns(),
        heap_bytes: statistics.heap_bytes,
        reserved_bytes: statistics.reserved_bytes,
    }
}

fn end(vm: &Vm, clock: &Clock, status: u8) -> RunEnd {
    let statistics = vm.statistics();
    RunEnd {
        at_ns: clock.now_ns(),
        heap_bytes: statistics.heap_bytes,
        reserved_bytes: statistics.reserved_bytes,
        status,
    }
}

/// The writer, and whether it has failed. Clones share it: the sink has one.
#[derive(Clone)]
struct Tracer(Arc<Mutex<Written>>);

struct Written {
    writer: Box<dyn EventWriter>,
    /// The first failure.
    result: Result<(), TraceError>,
}

impl Tracer {
    fn new(writer: Box<dyn EventWriter>) -> Tracer {
        let result = Ok(());
        Tracer(Arc::new(Mutex::new(Written { writer, result })))
    }

    fn event(&self, event: &Event) {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if written.result.is_ok() {
            written.result = written.writer.event(event);
        }
    }

    fn finish(&self, end: &RunEnd) -> Result<(), TraceError> {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut written.result, Ok(()))?;
        written.writer.finish(end)
    }
}
