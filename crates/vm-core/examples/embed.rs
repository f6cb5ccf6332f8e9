//! A machine inside a Rust program: load, call, read, limit, cancel.
//!
//! Run it with `cargo run -p vm-core --example embed`. `docs/embedding.md` explains it part by part.

use std::error::Error;
use std::thread;
use std::time::Duration;
use vm_bytecode::VerifiedModule;
use vm_core::{Config, Data, Outcome, RunError, Vm};
use vm_gc::snapshot::{Hold, Retention, type_summaries};

const PROGRAM: &str = r#"
.version 1

; A dict: how often each word occurs in the text.
.func count_words(text)
    .local counts, words, word, w0, w1, w2, w3
    make_dict counts, w0, 0
    copy w1, text
    call_method w0, 0, split
    get_iter words, w0
next:
    for_iter word, words, done
    copy w1, counts
    copy w2, word
    load w3, 0
    call_method w0, 2, get
    add_imm w0, w0, 1
    store_item counts, word, w0
    jump next
done:
    return counts
.end

; Makes a list that contains itself, and forgets it.
.func ring()
    .local list
    make_list list, list, 0
    list_append list, list
    return_none
.end

; Never returns.
.func spin()
again:
    jump again
.end

; Keeps more and more lists.
.func hoard()
    .local kept, item
    make_list kept, kept, 0
again:
    make_list item, item, 0
    list_append kept, item
    jump again
.end

; a / b
.func divide(a, b)
    truediv a, a, b
    return a
.end

.func main()
    .local out, text
    load_global out, print
    load text, "the entry function ran"
    call out, 1
    return_none
.end
"#;

/// What is said when a global is not there.
const MISSING: &str = "there is no such function";

/// Text to a module that may run.
fn assemble(source: &str) -> Result<VerifiedModule, Box<dyn Error>> {
    let module = vm_asm::assemble(source, "embed.vasm").map_err(|errors| errors[0].to_string())?;
    let module = VerifiedModule::new(module).map_err(|errors| errors[0].to_string())?;
    Ok(module)
}

/// A machine that has loaded the program.
fn machine(config: Config) -> Result<Vm, Box<dyn Error>> {
    let mut vm = Vm::new(config)?;
    vm.set_output(std::io::stdout(), std::io::stderr());
    vm.load(assemble(PROGRAM)?)?;
    vm.define_functions_of_module()?;
    Ok(vm)
}

fn run_the_entry_function() -> Result<(), Box<dyn Error>> {
    let mut vm = Vm::new(Config::default())?;
    vm.set_output(std::io::stdout(), std::io::stderr());
    vm.run(assemble(PROGRAM)?)?;
    vm.finish();
    Ok(())
}

fn call_a_function() -> Result<(), Box<dyn Error>> {
    let mut vm = machine(Config::default())?;
    let count_words = vm.global("count_words").ok_or(MISSING)?;
    let text = vm.make_value(Data::Str("to be or not to be".to_owned()))?;
    let counts = vm.call_handle(&count_words, &[text])?;
    let Data::Dict(pairs) = vm.read(&counts)? else {
        return Err("a dict was expected".into());
    };
    for (word, count) in &pairs {
        println!("{}: {}", vm.text_of(word)?, vm.text_of(count)?);
    }
    assert_eq!(
        vm.text_of(&counts)?,
        "{'to': 2, 'be': 2, 'or': 1, 'not': 1}"
    );
    Ok(())
}

fn see_an_exception() -> Result<(), Box<dyn Error>> {
    let mut vm = machine(Config::default())?;
    let divide = vm.global("divide").ok_or(MISSING)?;
    let arguments = [vm.make_value(Data::Int(1))?, vm.make_value(Data::Int(0))?];
    match vm.call_handle(&divide, &arguments) {
        Err(RunError::Exception(report)) => {
            assert_eq!(report.class, "ZeroDivisionError");
            assert_eq!(report.message, "division by zero");
            print!("{}", report.text);
        }
        other => return Err(format!("an exception was expected, not {other:?}").into()),
    }
    Ok(())
}

fn limit_a_program() -> Result<(), Box<dyn Error>> {
    let mut vm = machine(Config {
        heap_bytes_max: 8 << 20,
        fuel_max: Some(10_000_000),
        wall_time_max: Some(Duration::from_secs(10)),
        ..Config::default()
    })?;

    let hoard = vm.global("hoard").ok_or(MISSING)?;
    match vm.call_handle(&hoard, &[]) {
        Err(RunError::Exception(report)) => assert_eq!(report.class, "MemoryError"),
        other => return Err(format!("MemoryError was expected, not {other:?}").into()),
    }

    let spin = vm.global("spin").ok_or(MISSING)?;
    match vm.call_handle(&spin, &[]) {
        Err(RunError::Limit(outcome)) => assert_eq!(outcome, Outcome::OutOfFuel),
        other => return Err(format!("a limit was expected, not {other:?}").into()),
    }

    // The machine is as good as new.
    let count_words = vm.global("count_words").ok_or(MISSING)?;
    let text = vm.make_value(Data::Str("again".to_owned()))?;
    let counts = vm.call_handle(&count_words, &[text])?;
    assert_eq!(vm.text_of(&counts)?, "{'again': 1}");
    vm.verify()?;
    Ok(())
}

fn cancel_from_another_thread() -> Result<(), Box<dyn Error>> {
    let mut vm = machine(Config::default())?;
    let spin = vm.global("spin").ok_or(MISSING)?;
    let cancel = vm.cancel_handle();
    let watcher = thread::spawn(move || {
        thread::sleep(Duration::from_millis(20));
        cancel.cancel();
    });
    match vm.call_handle(&spin, &[]) {
        Err(RunError::Limit(outcome)) => assert_eq!(outcome, Outcome::Cancelled),
        other => return Err(format!("a limit was expected, not {other:?}").into()),
    }
    watcher.join().map_err(|_| "the watcher panicked")?;
    Ok(())
}

fn look_at_the_machine() -> Result<(), Box<dyn Error>> {
    let mut vm = machine(Config::default())?;
    vm.set_event_sink(Some(Box::new(|event| {
        if let Some(collection) = event.collection() {
            let (collected, of) = (collection.collected, collection.candidates);
            println!("{collected} of {of} objects collected");
        }
    })));
    let ring = vm.global("ring").ok_or(MISSING)?;
    vm.call_handle(&ring, &[])?;
    assert_eq!(vm.collect(), 1);

    let statistics = vm.statistics();
    println!("{} objects are alive", statistics.objects_alive);
    println!("{} bytes are in use", statistics.heap_bytes);
    println!("{} instructions were run", statistics.instructions);
    assert_eq!(statistics.generations[2].collections, 1);
    Ok(())
}

fn look_at_the_heap() -> Result<(), Box<dyn Error>> {
    let mut vm = machine(Config::default())?;
    // A graph of all objects, without counts of its own.
    let snapshot = vm.snapshot()?;
    let retention = Retention::of(&snapshot);
    for summary in type_summaries(&snapshot, &retention).iter().take(3) {
        let name = snapshot.text(summary.type_name);
        println!(
            "{} {name} retain {} bytes",
            summary.objects, summary.retained_bytes
        );
    }
    let function = vm.global("count_words").ok_or(MISSING)?;
    if let Some(explanation) = vm.explain(&function)? {
        assert_eq!(explanation.hold, Hold::Root);
        print!("{explanation}");
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run_the_entry_function()?;
    call_a_function()?;
    see_an_exception()?;
    limit_a_program()?;
    cancel_from_another_thread()?;
    look_at_the_machine()?;
    look_at_the_heap()?;
    println!("done");
    Ok(())
}
