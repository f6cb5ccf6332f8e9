//! How fast text is assembled, and a module read, verified and linked.
//!
//! The text is made here: functions of [`FUNCTION`], which has most kinds of operands, one after the
//! other. Times are processor time of this thread, the median of the rounds.

use crate::failure::Failure;
use std::fmt::Write;
use vm_bytecode::{Module, VerifiedModule};
use vm_core::{Config, Vm};
use vm_measure::statistics::median;
use vm_measure::thread::cpu_seconds;

/// Functions of the text.
const FUNCTIONS: usize = 2000;

/// A function, without its head.
const FUNCTION: &str = "\
    .local total, i, node, text
    load total, 0
    load i, 100
    load text, \"some text of a program\"
    ; the loop
again:
    add total, total, i
    mul_imm node, i, 3
    sub total, total, node
    load_attr node, object, name
    store_attr object, total, size
    jump_if_none node, done
    load_global r5, print
    copy r6, total
    copy r7, text
    call r5, 2
    sub_imm i, i, 1
    jump_if_gt_imm i, 0, again
done:
    return total
.end

";

/// What was measured.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Speed {
    pub(super) assembled_lines_per_s: f64,
    pub(super) loaded_bytes_per_s: f64,
}

pub(super) fn measure(rounds: u16) -> Result<Speed, Failure> {
    let text = text();
    let lines = text.lines().count() as f64;
    let (mut assembling, mut loading) = (Vec::new(), Vec::new());
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
        vm.load(verified).map_err(|error| Failure::Ended {
            name: "speed.vmb".to_owned(),
            reason: error.to_string(),
        })?;
        loading.push(cpu_seconds() - begin);
    }
    Ok(Speed {
        assembled_lines_per_s: lines / median(&assembling),
        loaded_bytes_per_s: module_bytes / median(&loading),
    })
}

fn text() -> String {
    let mut text = ".func main()\n    return_none\n.end\n\n".to_owned();
    for index in 0..FUNCTIONS {
        // Writing to a string cannot fail.
        let _ = writeln!(text, ".func function{index}(object)\n{FUNCTION}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_assembles_and_loads() {
        let speed = measure(1).unwrap();
        assert!(speed.assembled_lines_per_s > 0.0 && speed.loaded_bytes_per_s > 0.0);
    }
}
