//! Our machine, asked for what CPython was asked.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use vm_bytecode::VerifiedModule;
use vm_core::{Config, RunError, Stress, Vm};
use vm_gc::Profile;

/// A sink that can be read.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What an assembly program prints, with stress modes or without. What goes wrong is part of it, so
/// that it is a difference.
pub fn run(source: &str, profile: Profile, stress: Stress) -> String {
    let module = match vm_asm::assemble(source, "program.vasm") {
        Ok(module) => module,
        Err(errors) => {
            let lines = vm_asm::LineIndex::new(source);
            return errors
                .iter()
                .map(|error| format!("error: {error} {:?}\n", lines.line_column(error.span.start)))
                .collect();
        }
    };
    let module = match VerifiedModule::new(module) {
        Ok(module) => module,
        Err(errors) => {
            return errors
                .iter()
                .map(|error| format!("error: {error}\n"))
                .collect();
        }
    };
    let config = Config {
        collector_profile: profile,
        stress,
        ..Config::default()
    };
    let Ok(mut vm) = Vm::new(config) else {
        return "error: the machine does not start\n".to_owned();
    };
    let (output, errors) = (Captured::default(), Captured::default());
    vm.set_output(output.clone(), errors.clone());
    let result = vm.run(module);
    let mut trace = output.text();
    match result {
        Ok(_) => {}
        Err(RunError::Exception(report)) => trace.push_str(&format!("error: {}", report.text)),
        Err(error) => trace.push_str(&format!("error: {error}\n")),
    }
    trace.push_str(&errors.text());
    vm.finish();
    if let Err(error) = vm.verify() {
        trace.push_str(&format!("error: the heap is inconsistent: {error}\n"));
    }
    trace
}
