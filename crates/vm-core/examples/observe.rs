//! Looks on while a program runs: where each object dies, and what its last function was doing.
//!
//! `docs/embedding.md` explains it.

use std::error::Error;
use std::sync::mpsc::{Sender, channel};
use vm_bytecode::VerifiedModule;
use vm_core::observe::{Flow, Happening, Observer, View};
use vm_core::{Config, Vm};

const PROGRAM: &str = r#"
.func work()
    .local pair, text
    load text, "kept"
    make_list pair, r2, 0
    list_append pair, text
    load_none pair               ; the list dies here
    return text
.end

.func main()
    make_function r0, work
    call r0, 0
    return_none
.end
"#;

/// Watches every list that is in a register, and tells where it dies.
struct Deaths {
    lines: Sender<String>,
}

impl Observer for Deaths {
    fn instruction(&mut self, view: &View<'_>) -> Flow {
        let registers = view.frame().into_iter().flat_map(|frame| frame.registers());
        for register in registers.filter(|register| register.value.type_name() == "list") {
            view.watch(register.value);
        }
        Flow::Continue
    }

    fn happened(&mut self, view: &View<'_>, happening: &Happening<'_>) {
        if let (Happening::Died(value), Some(frame)) = (happening, view.frame()) {
            let line = frame.position().map_or(0, |position| position.line);
            let name = frame.function_name();
            // Nobody listens any more? Then nobody misses it.
            let _ = self
                .lines
                .send(format!("{value:?} dies in {name}, line {line}"));
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let module =
        vm_asm::assemble(PROGRAM, "observe.vasm").map_err(|errors| errors[0].to_string())?;
    let module = VerifiedModule::new(module).map_err(|errors| errors[0].to_string())?;

    let (lines, seen) = channel();
    let mut vm = Vm::new(Config::default())?;
    vm.set_observer(Some(Box::new(Deaths { lines })));
    vm.run(module)?;
    vm.set_observer(None);
    assert_eq!(seen.try_recv()?, "['kept'] dies in work, line 7");
    assert!(seen.try_recv().is_err());
    Ok(())
}
