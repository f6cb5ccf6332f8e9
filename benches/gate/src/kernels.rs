//! The kernels of the gate: small pieces of work whose cost is counted.
//!
//! Each is made ready first, and then run once; only the run is counted. Each asserts its result.
//!
//! | kernels | work on |
//! |---|---|
//! | `allocate_…`, `increment_decrement` | the heap alone |
//! | `young_…`, `full_…`, `freeze_unfreeze`, `free_chain` | the heap and the collector: [`Graph`] |
//! | `new_machine`, `drop_machine`, `assemble`, `decode`, `verify`, `link` | the way to a machine that can run |
//! | the others | programs in a machine where they ran before: [`PROGRAMS`] |

use vm_benches::graph::{Graph, NODE_BYTES};
use vm_benches::program::{PROGRAMS, Program, programs};
use vm_benches::slots::Slots;
use vm_bytecode::{Module, VerifiedModule, verify};
use vm_core::{Config, Vm};
use vm_gc::{Generation, ObjectModel, freeze, unfreeze};

/// Times that heap operations are repeated.
const TIMES: usize = 1000;
/// Objects of a graph.
const OBJECTS: usize = 10_000;
/// The program that is assembled and loaded.
const TEXT: &str = "richards";

/// A piece of work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kernel {
    /// Its name.
    pub(crate) name: &'static str,
    prepare: Prepare,
}

#[derive(Clone, Copy, Debug)]
enum Prepare {
    Native(fn() -> Box<dyn FnMut()>),
    Program {
        argument: &'static str,
        expected: &'static str,
    },
}

/// A kernel that is ready to run, once.
pub(crate) enum Work {
    /// The heap, the collector, the assembler, the loader. What it makes is dropped with it.
    Native(Box<dyn FnMut()>),
    /// A program.
    Program(Box<Program>),
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Work::Native(_) => "Native",
            Work::Program(_) => "Program",
        })
    }
}

impl Work {
    /// Does it.
    ///
    /// # Panics
    ///
    /// If the result is wrong.
    pub(crate) fn run(&mut self) {
        match self {
            Work::Native(run) => run(),
            Work::Program(program) => program.run(),
        }
    }
}

impl Kernel {
    /// Makes it ready.
    ///
    /// # Panics
    ///
    /// If a program cannot be loaded.
    pub(crate) fn prepare(&self) -> Work {
        match self.prepare {
            Prepare::Native(prepare) => Work::Native(prepare()),
            Prepare::Program { argument, expected } => {
                let mut program = Program::load(self.name, argument, expected).expect("loads");
                program.run();
                Work::Program(Box::new(program))
            }
        }
    }
}

const fn native(name: &'static str, prepare: fn() -> Box<dyn FnMut()>) -> Kernel {
    let prepare = Prepare::Native(prepare);
    Kernel { name, prepare }
}

/// Kernels that are no programs.
const NATIVE: [Kernel; 17] = [
    native("allocate_free_48", || allocate_and_free(48)),
    native("allocate_free_512", || allocate_and_free(512)),
    native("allocate_free_64k", || allocate_and_free(65536)),
    native("allocate_many", allocate_many),
    native("increment_decrement", increment_decrement),
    native("free_chain", free_chain),
    native("young_garbage", || {
        garbage(OBJECTS / 2, 2, Generation::Young)
    }),
    native("full_garbage", || garbage(1, OBJECTS, Generation::Old)),
    native("full_all_held", full_all_held),
    native("full_one_root", full_one_root),
    native("freeze_unfreeze", freeze_unfreeze),
    native("new_machine", new_machine),
    native("drop_machine", drop_machine),
    native("assemble", assemble),
    native("decode", decode),
    native("verify", verify_module),
    native("link", link),
];

/// All kernels, in the order of reports.
pub(crate) fn kernels() -> impl Iterator<Item = Kernel> {
    let programs = PROGRAMS.into_iter().map(|(name, argument, expected)| {
        let prepare = Prepare::Program { argument, expected };
        Kernel { name, prepare }
    });
    NATIVE.into_iter().chain(programs)
}

fn allocate_and_free(bytes: usize) -> Box<dyn FnMut()> {
    let mut slots = Slots::new();
    // One stays, so that the page does.
    slots.fill(bytes, 1);
    slots.allocate_and_free(bytes, 1);
    Box::new(move || slots.allocate_and_free(bytes, TIMES))
}

fn allocate_many() -> Box<dyn FnMut()> {
    let mut slots = Slots::new();
    Box::new(move || {
        slots.fill(NODE_BYTES, OBJECTS);
        slots.empty();
        assert_eq!(slots.heap_bytes(), 0);
    })
}

fn increment_decrement() -> Box<dyn FnMut()> {
    let mut slots = Slots::new();
    slots.fill(NODE_BYTES, 64);
    Box::new(move || slots.increment_and_decrement(TIMES))
}

fn free_chain() -> Box<dyn FnMut()> {
    let mut graph = Graph::new();
    let (first, last) = graph.chain(OBJECTS).expect("memory");
    graph.release(last);
    Box::new(move || {
        graph.release(first);
        assert_eq!(graph.heap_bytes(), 0);
    })
}

fn garbage(rings: usize, length: usize, generation: Generation) -> Box<dyn FnMut()> {
    let mut graph = Graph::new();
    for _ in 0..rings {
        graph.drop_ring(length).expect("memory");
    }
    Box::new(move || assert_eq!(graph.collect(generation), (rings * length) as u64))
}

fn full_all_held() -> Box<dyn FnMut()> {
    let mut graph = Graph::new();
    graph.tangle(OBJECTS).expect("memory");
    assert_eq!(graph.collect(Generation::Old), 0);
    Box::new(move || assert_eq!(graph.collect(Generation::Old), 0))
}

fn full_one_root() -> Box<dyn FnMut()> {
    let mut graph = Graph::new();
    graph.rooted_tangle(OBJECTS).expect("memory");
    assert_eq!(graph.collect(Generation::Old), 0);
    Box::new(move || assert_eq!(graph.collect(Generation::Old), 0))
}

fn freeze_unfreeze() -> Box<dyn FnMut()> {
    let mut graph = Graph::new();
    graph.rooted_tangle(OBJECTS).expect("memory");
    Box::new(move || {
        freeze(&mut graph);
        assert_eq!(graph.collector_settings().freeze_count(), OBJECTS as u64);
        unfreeze(&mut graph);
    })
}

fn machine() -> Vm {
    Vm::new(Config::default()).expect("memory")
}

fn new_machine() -> Box<dyn FnMut()> {
    let mut made = None;
    Box::new(move || assert!(made.replace(machine()).is_none()))
}

fn drop_machine() -> Box<dyn FnMut()> {
    let mut made = Some(machine());
    Box::new(move || drop(made.take().expect("run once")))
}

fn text() -> String {
    let path = programs().join(format!("{TEXT}.vasm"));
    std::fs::read_to_string(path).expect("the program's text")
}

fn module() -> Module {
    vm_asm::assemble(&text(), "").expect("a correct text")
}

fn assemble() -> Box<dyn FnMut()> {
    let (text, mut result) = (text(), None);
    Box::new(move || {
        let module = vm_asm::assemble(&text, "").expect("a correct text");
        assert!(result.replace(module).is_none());
    })
}

fn decode() -> Box<dyn FnMut()> {
    let bytes = module().to_bytes().expect("a module that fits the format");
    let mut result = None;
    Box::new(move || {
        let module = Module::from_bytes(&bytes).expect("what was written");
        assert!(result.replace(module).is_none());
    })
}

fn verify_module() -> Box<dyn FnMut()> {
    let module = module();
    Box::new(move || assert!(verify(&module).is_ok()))
}

fn link() -> Box<dyn FnMut()> {
    let mut machine = machine();
    let mut module = Some(VerifiedModule::new(module()).expect("a correct program"));
    Box::new(move || {
        let module = module.take().expect("run once");
        machine.load(module).expect("memory");
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_kernel_runs() {
        let mut names = HashSet::new();
        for kernel in kernels() {
            assert!(names.insert(kernel.name), "{} is there twice", kernel.name);
            kernel.prepare().run();
        }
    }
}
