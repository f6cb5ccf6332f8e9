//! Programs that nobody would write: whatever the verifier accepts, the machine must bear.
//!
//! * `mutants_do_no_harm` changes the fixtures at random and runs what the verifier accepts. A
//!   normal test tries a few hundred seeds. For a longer campaign:
//!
//!   ```text
//!   VM_HOSTILE_SEEDS=100000 cargo test --release -p vm-core --test hostile mutants
//!   VM_HOSTILE_FROM=4711 VM_HOSTILE_SEEDS=1 cargo test -p vm-core --test hostile mutants
//!   ```
//!
//!   `VM_HOSTILE_SEEDS` is how many seeds to try, `VM_HOSTILE_FROM` the first of them (default 0). A
//!   failure names its seed; with `VM_HOSTILE_SHOW=1` each seed is written before it runs (for one
//!   that ends the process), and the program of a failing one is written as text.
//! * `limits`: each limit, and the machine after it.
//! * `encoded`: files cut short and with flipped bits.
//! * `host`: functions of the embedder in the hands of a program.

mod encoded;
mod host;
mod limits;
mod listing;
mod mutation;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use vm_bytecode::{Module, VerifiedModule};
use vm_core::{Config, RunError, Vm};

/// Fixtures that do more before anything interesting than a mutant's fuel allows.
const LONG: &[&str] = &["linked_list.vasm"];

/// Needs every part of the machine, and says the same every time.
const HEALTHY: &str = r#"
.version 1
.func main()
    .local total, item, w0, w1, w2
    .try from to -> caught, w2
    load total, 0
    make_function w0, squares
    load w1, 5
    call w0, 1
    get_iter w0, w0
next: for_iter item, w0, done
    add total, total, item
    jump next
done:
from: load w1, 0
    truediv w1, total, w1
to: return_none
caught:
    make_list w0, w0, 0
    list_append w0, total
    load_global w1, ZeroDivisionError
    match_exception w1, w2, w1
    list_append w0, w1
    format_simple w0, w0, 1
    move w2, w0
    load_global w1, print
    call w1, 1
    return_none
.end
.func squares(count) generator
    .local number, square
    load number, 0
again: mul square, number, number
    yield square, square
    add_imm number, number, 1
    jump_if_lt number, count, again
    return_none
.end
"#;
const HEALTHY_OUTPUT: &str = "[30, True]\n";

/// Standard output of a machine, up to a length.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut kept = self.0.lock().unwrap();
        if kept.len() < 1 << 16 {
            kept.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A machine with its output.
struct Machine {
    vm: Vm,
    output: Shared,
}

impl Machine {
    fn new(config: Config) -> Machine {
        let mut vm = Vm::new(config).expect("a machine fits the limit");
        let output = Shared::default();
        vm.set_output(output.clone(), std::io::sink());
        Machine { vm, output }
    }

    /// Runs an assembled program; its output and how it ended.
    fn run(&mut self, text: &str) -> (String, Result<(), RunError>) {
        let module = vm_asm::assemble(text, "test.vasm").expect("the text is right");
        let module = VerifiedModule::new(module).expect("the code is right");
        self.output.0.lock().unwrap().clear();
        let result = self.vm.run(module).map(|_| ());
        let output = String::from_utf8_lossy(&self.output.0.lock().unwrap()).into_owned();
        (output, result)
    }

    /// The counts of all objects are right, and a healthy program runs.
    fn check(&mut self) {
        self.vm.verify().expect("counts are right after the run");
        let (output, result) = self.run(HEALTHY);
        result.expect("a healthy program runs");
        assert_eq!(output, HEALTHY_OUTPUT);
        self.vm.finish();
        self.vm.verify().expect("counts are right at the end");
    }
}

fn config() -> Config {
    Config {
        heap_bytes_max: 32 << 20,
        call_depth_max: 100,
        fuel_max: Some(20_000),
        wall_time_max: Some(Duration::from_secs(2)),
        ..Config::default()
    }
}

/// The fixtures as modules.
fn programs() -> Vec<Module> {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");
    let mut paths: Vec<_> = std::fs::read_dir(fixtures)
        .expect("there are fixtures")
        .map(|entry| entry.expect("the directory can be read").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "vasm")
        })
        .filter(|path| !LONG.iter().any(|long| path.ends_with(long)))
        .collect();
    paths.sort();
    assert!(paths.len() > 20, "the fixtures are there");
    let assembled = paths.iter().map(|path| {
        let text = std::fs::read_to_string(path).expect("a fixture can be read");
        vm_asm::assemble(&text, &path.to_string_lossy()).expect("a fixture assembles")
    });
    assembled.collect()
}

fn setting(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().expect("the setting is a number"),
        Err(_) => default,
    }
}

/// Runs a mutant to whatever end it comes to.
fn bear(module: VerifiedModule) {
    let mut machine = Machine::new(config());
    let _ = machine.vm.run(module);
    machine
        .vm
        .verify()
        .expect("counts are right after the mutant");
    machine.vm.finish();
    machine
        .vm
        .verify()
        .expect("counts are right after the mutant has finished");
    machine.check();
}

#[test]
fn mutants_do_no_harm() {
    let programs = programs();
    let (from, seeds) = (
        setting("VM_HOSTILE_FROM", 0),
        setting("VM_HOSTILE_SEEDS", 300),
    );
    let show = setting("VM_HOSTILE_SHOW", 0) != 0;
    let (mut changes, mut failed) = (0, Vec::new());
    for seed in from..from + seeds {
        let (module, kept) = mutation::mutant(seed, &programs);
        changes += kept;
        if show {
            eprintln!("seed {seed}");
        }
        let plain: Module = (*module).clone();
        if catch_unwind(AssertUnwindSafe(|| bear(module))).is_err() {
            eprintln!("seed {seed} failed");
            failed.push(seed);
            if show {
                let text = vm_asm::disassemble(&plain, &vm_asm::Options::default());
                eprintln!("{text:?}");
            }
        }
    }
    assert!(failed.is_empty(), "seeds that failed: {failed:?}");
    assert!(changes as u64 >= seeds, "too few changes are accepted");
}
