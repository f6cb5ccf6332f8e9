//! How fast text is assembled, a module read and verified, and linked to a machine.
//!
//! The text is one of many functions. Times are processor time of this thread, the median of the rounds.

use crate::failure::Failure;
use vm_bytecode::{Module, VerifiedModule};
use vm_core::{Config, Vm};
use vm_measure::statistics::median;
use vm_measure::text::with_functions;
use vm_measure::thread::cpu_seconds;

/// Functions of the text.
const FUNCTIONS: usize = 2000;

/// What was measured.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Speed {
    pub(super) assembled_lines_per_s: f64,
    /// From bytes to a verified module.
    pub(super) loaded_bytes_per_s: f64,
    /// From that to code that a machine can run.
    pub(super) linked_bytes_per_s: f64,
}

pub(super) fn measure(rounds: u16) -> Result<Speed, Failure> {
    let text = with_functions(FUNCTIONS);
    let lines = text.lines().count() as f64;
    let (mut assembling, mut loading, mut linking) = (Vec::new(), Vec::new(), Vec::new());
    let mut module_bytes = 0.0;
    for _ in 0..rounds {
        let begin = cpu_seconds();
        let module =
            vm_asm::assemble(&text, "speed.vasm").map_err(|diagnostics| Failure::Assemble {
                name: "speed.vasm".to_owned(),
                text: text.clone(),
                diagnostics,
            })?;
        assembling.push(cpu_seconds() - begin);
        let bytes = module.to_bytes().map_err(|error| Failure::Encode {
            name: "speed.vasm".to_owned(),
            error,
        })?;
        module_bytes = bytes.len() as f64;
        let mut vm = Vm::new(Config::default()).map_err(|_| Failure::HeapTooSmall)?;
        let begin = cpu_seconds();
        let module = Module::from_bytes(&bytes).map_err(|error| Failure::Decode {
            name: "speed.vmb".to_owned(),
            error,
        })?;
        let verified = VerifiedModule::new(module).map_err(|errors| Failure::Ended {
            name: "speed.vmb".to_owned(),
            reason: errors.first().map(ToString::to_string).unwrap_or_default(),
        })?;
        loading.push(cpu_seconds() - begin);
        let begin = cpu_seconds();
        vm.load(verified).map_err(|error| Failure::Ended {
            name: "speed.vmb".to_owned(),
            reason: error.to_string(),
        })?;
        linking.push(cpu_seconds() - begin);
    }
    Ok(Speed {
        assembled_lines_per_s: lines / median(&assembling),
        loaded_bytes_per_s: module_bytes / median(&loading),
        linked_bytes_per_s: module_bytes / median(&linking),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_assembles_and_loads() {
        let speed = measure(1).unwrap();
        assert!(speed.assembled_lines_per_s > 0.0);
        assert!(speed.loaded_bytes_per_s > 0.0 && speed.linked_bytes_per_s > 0.0);
    }
}
