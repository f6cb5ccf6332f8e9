//! The Rust code in `docs/embedding.md` is that of the examples, which are compiled and run; the
//! program in the README prints what it says, and so do the collections in `docs/gc.md`.

use std::io::Write;
use std::sync::{Arc, Mutex};
use vm_bytecode::VerifiedModule;
use vm_core::{Config, Vm};

const DOCUMENT: &str = include_str!("../../../docs/embedding.md");
const EXAMPLES: [&str; 3] = [
    include_str!("../examples/embed.rs"),
    include_str!("../examples/host_function.rs"),
    include_str!("../examples/observe.rs"),
];

const README: &str = include_str!("../../../README.md");
const COLLECTOR: &str = include_str!("../../../docs/gc.md");

/// The blocks of code in a document that are marked with a language.
fn blocks<'a>(document: &'a str, language: &str) -> Vec<&'a str> {
    let begin = format!("```{language}\n");
    let parts = document.split(begin.as_str()).skip(1);
    parts
        .filter_map(|rest| rest.split_once("```"))
        .map(|(block, _)| block)
        .collect()
}

/// The lines of a text without their indentation, and without empty ones.
fn lines(text: &str) -> Vec<&str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect()
}

#[test]
fn code_in_the_embedding_guide_is_in_the_examples() {
    let examples = EXAMPLES.map(lines);
    let samples = blocks(DOCUMENT, "rust");
    assert!(samples.len() > 5, "the guide has its samples");
    for sample in samples {
        let wanted = lines(sample);
        let found = examples
            .iter()
            .any(|example| example.windows(wanted.len()).any(|window| window == wanted));
        assert!(found, "in no example:\n{sample}");
    }
}

/// Output that the test can look at.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_program_in_the_readme_prints_what_it_says() {
    let programs = blocks(README, "vasm");
    assert_eq!(programs.len(), 1);
    let expected: Vec<&str> = programs[0]
        .lines()
        .filter_map(|line| line.strip_prefix("; EXPECT: "))
        .collect();
    assert_eq!(expected, ["1"]);
    let module = vm_asm::assemble(programs[0], "readme.vasm").unwrap();
    let module = VerifiedModule::new(module).unwrap();
    let mut vm = Vm::new(Config::default()).unwrap();
    let output = Captured::default();
    vm.set_output(output.clone(), std::io::sink());
    vm.run(module).unwrap();
    vm.finish();
    vm.verify().unwrap();
    let text = String::from_utf8(output.0.lock().unwrap().clone()).unwrap();
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
}

/// A line of the collector's debug output without what differs from run to run.
fn masked(line: &str) -> String {
    let mut words: Vec<&str> = line.split(' ').collect();
    if line.starts_with("gc: collectable <") {
        words.pop();
    } else if line.starts_with("gc: done, ") {
        words
            .retain(|word| !word.ends_with('s') || !word.starts_with(|c: char| c.is_ascii_digit()));
    }
    words.join(" ")
}

#[test]
fn the_collections_in_the_guide_to_the_collector_are_those_of_the_program() {
    let twin = lines(include_str!("../../../fixtures/twins/gc_walkthrough.py"));
    let program = lines(blocks(COLLECTOR, "python")[0]);
    assert!(
        twin.ends_with(&program),
        "the program is the fixture's twin"
    );

    let shown: Vec<String> = blocks(COLLECTOR, "console")[0]
        .lines()
        .skip(1)
        .map(masked)
        .collect();
    assert!(shown.contains(&"gc: collectable <Node".to_string()));
    let source = include_str!("../../../fixtures/gc_walkthrough.vasm");
    let mut vm = Vm::new(Config::default()).unwrap();
    let output = Captured::default();
    vm.set_output(output.clone(), output.clone());
    vm.set_collector_debug(vm_gc::debug::STATS | vm_gc::debug::COLLECTABLE);
    let module = vm_asm::assemble(source, "gc_walkthrough.vasm").unwrap();
    vm.set_arguments(vec!["gc_walkthrough.vasm".to_string()])
        .unwrap();
    vm.run(VerifiedModule::new(module).unwrap()).unwrap();
    vm.finish();
    let text = String::from_utf8(output.0.lock().unwrap().clone()).unwrap();
    assert_eq!(text.lines().map(masked).collect::<Vec<_>>(), shown);
}
