//! The counters of references beside every change of a count that there is, as `tracing` hears it.
//!
//! With the feature `trace-counts` the heap tells each INCREF and DECREF together with the place in
//! the machine's source that asks for it. Those of `interpreter/` are the instructions' own: there
//! must be as many as the counting mode counts, which knows nothing of these events. All others are
//! of native code, operations of built-in types, reclaiming and the collector.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use vm_bytecode::VerifiedModule;
use vm_core::{Config, RunError, Vm};

/// Where the instructions' own changes are made.
const INTERPRETER: &str = "vm-core/src/interpreter/";

/// Instructions of a program at most. Those that take more are left out.
const FUEL: u64 = 60_000;

/// How many changes each place made: increments, decrements.
type Places = BTreeMap<String, [u64; 2]>;

/// Counts events by place.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Places>>);

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "vm_refcount"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut change = Change::default();
        event.record(&mut change);
        let place = format!("{}:{}", change.file, change.line);
        let mut places = self.0.lock().unwrap();
        places.entry(place).or_default()[usize::from(change.is_decrement)] += 1;
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Change {
    is_decrement: bool,
    file: String,
    line: u64,
}

impl Visit for Change {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "operation" => self.is_decrement = value == "decref",
            "file" => self.file = value.replace('\\', "/"),
            _ => {}
        }
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "line" {
            self.line = value;
        }
    }
    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// Increments and decrements as they are counted, and as they are told. `None`: the program needs
/// more instructions, or is none.
fn both(text: &str, name: &str) -> Option<([u64; 2], [u64; 2], Places)> {
    let module = VerifiedModule::new(vm_asm::assemble(text, name).ok()?).ok()?;
    let entry = &module.functions[module.entry.0 as usize];
    let entry = module.names[entry.name.0 as usize].clone();
    let mut vm = Vm::new(Config {
        fuel_max: Some(FUEL),
        ..Config::default()
    })
    .unwrap();
    vm.set_output(io::sink(), io::sink());
    vm.load(module).unwrap();
    vm.define_functions_of_module().unwrap();
    let entry = vm.global(&entry)?;
    vm.count_operations(true);
    let listener = Listener::default();
    let result =
        tracing::subscriber::with_default(listener.clone(), || vm.call_handle(&entry, &[]));
    let counts = vm.statistics().counts;
    let places = std::mem::take(&mut *listener.0.lock().unwrap());
    let mut told = in_interpreter(&places);
    match result {
        Err(RunError::Limit(_)) => return None,
        // The host asks the exception for its `code`: that calls a native function, which the call
        // keeps alive.
        Err(RunError::Exit { .. }) => told = told.map(|changes| changes - 1),
        _ => {}
    }
    Some(([counts.increments, counts.decrements], told, places))
}

fn in_interpreter(places: &Places) -> [u64; 2] {
    let mut total = [0; 2];
    for (_, changes) in places
        .iter()
        .filter(|(place, _)| place.contains(INTERPRETER))
    {
        total[0] += changes[0];
        total[1] += changes[1];
    }
    total
}

/// The programs of a directory and those below it.
fn programs(directory: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            programs(&path, into);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "vasm")
        {
            into.push(path);
        }
    }
}

#[test]
fn what_is_counted_is_what_is_told() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    programs(&root.join("fixtures"), &mut paths);
    paths.sort();
    let mut compared = 0;
    let mut wrong = Vec::new();
    for path in &paths {
        let text = std::fs::read_to_string(path).unwrap();
        let Some((counted, told, places)) = both(&text, &path.to_string_lossy()) else {
            continue;
        };
        compared += 1;
        if counted != told {
            let shown = places
                .iter()
                .filter(|(place, _)| place.contains(INTERPRETER));
            let shown: Vec<String> = shown
                .map(|(place, changes)| format!("  {place} {changes:?}"))
                .collect();
            wrong.push(format!(
                "{}: counted {counted:?}, told {told:?}\n{}",
                path.display(),
                shown.join("\n")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {compared}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(compared >= 40, "only {compared} programs are short enough");
}
