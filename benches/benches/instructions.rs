//! Instruction counts, by callgrind: the same on a busy machine and on an idle one.
//!
//! Needs `valgrind` and `gungraun-runner` (its version is that of the `gungraun` crate). Without
//! them, and when run as a test, it says so and succeeds.

use std::process::{Command, Stdio};

/// The benchmarks; `main` in it is gungraun's.
#[allow(unused_qualifications, reason = "in what gungraun's macros make")]
mod counted {
    use gungraun::prelude::*;
    use std::hint::black_box;
    use vm_benches::graph::{Graph, NODE_BYTES};
    use vm_benches::program::{PROGRAMS, Program, assemble, fixtures};
    use vm_core::{Config, Vm};
    use vm_gc::{Generation, ObjectModel};
    use vm_heap::{Family, Heap, ObjectRef};

    fn heap_and_object() -> (Heap, ObjectRef) {
        let mut heap = Heap::new();
        // SAFETY: the benchmarks free the object last of all, if at all.
        let object = unsafe { heap.allocate(Family::Container, NODE_BYTES, 1) }.unwrap();
        (heap, object)
    }

    #[library_benchmark]
    #[bench::rounds_1000(heap_and_object())]
    fn allocate_free((mut heap, _object): (Heap, ObjectRef)) -> Heap {
        for _ in 0..1000 {
            // SAFETY: the object is used only until it is freed.
            unsafe {
                let object = heap
                    .allocate(Family::Container, black_box(NODE_BYTES), 1)
                    .unwrap();
                heap.free(black_box(object));
            }
        }
        heap
    }

    #[library_benchmark]
    #[bench::rounds_1000(heap_and_object())]
    fn increment_decrement((heap, object): (Heap, ObjectRef)) -> Heap {
        for _ in 0..1000 {
            object.increment();
            assert!(!black_box(object).decrement());
        }
        heap
    }

    fn held(count: usize) -> Graph {
        let mut graph = Graph::new();
        graph.rooted_tangle(count).unwrap();
        graph.collect(Generation::Old);
        graph
    }

    #[library_benchmark]
    #[bench::held_10000(held(10_000))]
    fn full_collection(mut graph: Graph) -> Graph {
        assert_eq!(graph.collect(Generation::Old), 0);
        graph
    }

    fn pairs(count: usize) -> Graph {
        let mut graph = Graph::new();
        for _ in 0..count {
            graph.drop_ring(2).unwrap();
        }
        graph
    }

    #[library_benchmark]
    #[bench::garbage_2000(pairs(1000))]
    fn young_collection(mut graph: Graph) -> Graph {
        assert_eq!(graph.collect(Generation::Young), 2000);
        graph
    }

    /// A chain of nodes, held by its first.
    fn chain(count: usize) -> (Graph, ObjectRef) {
        let mut graph = Graph::new();
        let (first, last) = graph.chain(count).unwrap();
        graph.release(last);
        (graph, first)
    }

    #[library_benchmark]
    #[bench::chain_10000(chain(10_000))]
    fn free_chain((mut graph, head): (Graph, ObjectRef)) -> Graph {
        graph.release(head);
        assert_eq!(graph.heap_bytes(), 0);
        graph
    }

    /// A program that ran once already.
    fn warm(name: &str) -> Program {
        let (name, argument, expected) = PROGRAMS
            .into_iter()
            .find(|(known, ..)| *known == name)
            .unwrap();
        let mut program = Program::load(name, argument, expected).unwrap();
        program.run();
        program
    }

    #[library_benchmark]
    #[bench::fib(warm("fib"))]
    #[bench::loopsum(warm("loopsum"))]
    #[bench::nbody(warm("nbody"))]
    #[bench::mandelbrot(warm("mandelbrot"))]
    #[bench::binary_trees(warm("binary_trees"))]
    #[bench::cycles(warm("cycles"))]
    #[bench::sieve(warm("sieve"))]
    fn run(mut program: Program) -> Program {
        program.run();
        program
    }

    #[library_benchmark]
    fn new_machine() -> Vm {
        Vm::new(black_box(Config::default())).unwrap()
    }

    #[library_benchmark]
    fn assemble_and_verify() -> vm_bytecode::VerifiedModule {
        assemble(&fixtures().join("nbody.vasm")).unwrap()
    }

    library_benchmark_group!(
        name = heap,
        benchmarks = [allocate_free, increment_decrement, free_chain]
    );
    library_benchmark_group!(name = gc, benchmarks = [full_collection, young_collection]);
    library_benchmark_group!(
        name = machine,
        benchmarks = [run, new_machine, assemble_and_verify]
    );
    main!(library_benchmark_groups = heap, gc, machine);

    /// Hands over to gungraun.
    pub(super) fn start() {
        main();
    }
}

/// Whether a program can be started.
fn is_there(program: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

fn main() {
    // The runner starts this program again for each benchmark: with arguments of its own.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let by_runner = arguments
        .iter()
        .any(|argument| argument == "--gungraun-run");
    if !by_runner {
        if !arguments.iter().any(|argument| argument == "--bench") {
            println!("instructions: SKIPPED: not run by `cargo bench`");
            return;
        }
        for tool in [
            "valgrind",
            option_env!("GUNGRAUN_RUNNER").unwrap_or("gungraun-runner"),
        ] {
            if !is_there(tool) {
                println!("instructions: SKIPPED: {tool} is not there");
                return;
            }
        }
    }
    counted::start();
}
