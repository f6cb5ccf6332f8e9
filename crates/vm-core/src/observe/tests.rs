//! Observers see what happens, where it happens, and change nothing.

use super::*;
use crate::{Config, Outcome, RunError};
use std::sync::{Arc, Mutex};
use vm_bytecode::VerifiedModule;

/// What a test sees of a run, line by line.
type Log = Arc<Mutex<Vec<String>>>;

/// A function that is asked before each instruction.
type Look = Box<dyn FnMut(&View<'_>, &mut Vec<String>) -> Flow + Send>;

struct Recorder {
    log: Log,
    look: Look,
}

impl Observer for Recorder {
    fn instruction(&mut self, view: &View<'_>) -> Flow {
        (self.look)(view, &mut self.log.lock().unwrap())
    }

    fn happened(&mut self, _: &View<'_>, happening: &Happening<'_>) {
        let line = match happening {
            Happening::Raised(exception) => format!("raised {exception:?}"),
            Happening::CollectionStarted(start) => {
                format!("collects {}", start.generation.number())
            }
            Happening::CollectionEnded(event) => format!("collected {}", event.collected),
            Happening::Died(value) => format!("died {value:?} {:?}", value.count()),
        };
        self.log.lock().unwrap().push(line);
    }
}

fn module(source: &str) -> VerifiedModule {
    let module = vm_asm::assemble(source, "t.vasm").expect("the text is right");
    VerifiedModule::new(module).expect("the code is right")
}

/// Runs a program under a function that looks; returns what was seen, and how it ended.
fn observed(
    source: &str,
    look: impl FnMut(&View<'_>, &mut Vec<String>) -> Flow + Send + 'static,
) -> (Vec<String>, Result<(), RunError>) {
    let log = Log::default();
    let mut vm = Vm::new(Config::default()).expect("the heap has room");
    let recorder = Recorder {
        log: Arc::clone(&log),
        look: Box::new(look),
    };
    assert!(vm.set_observer(Some(Box::new(recorder))).is_none());
    let result = vm.run(module(source)).map(drop);
    assert!(vm.set_observer(None).is_some());
    vm.finish();
    vm.verify().expect("the heap is consistent");
    let lines = log.lock().unwrap().clone();
    (lines, result)
}

const CALLS: &str = r#"
.func twice(value)
    add value, value, value
    return value
.end
.func main()
    .local function, number
    make_function function, twice
    load number, 21
    call function, 1
    return_none
.end
"#;

#[test]
fn each_instruction_is_announced_at_its_place() {
    let (seen, result) = observed(CALLS, |view, log| {
        let frame = view.frame().expect("something runs");
        log.push(format!(
            "{}+{} at {:?}, {} deep",
            frame.function_name(),
            frame.offset(),
            frame.position().map(|position| position.line),
            view.depth(),
        ));
        Flow::Continue
    });
    result.expect("it runs");
    let expected = [
        "main+0 at Some(8), 1 deep",
        "main+1 at Some(9), 1 deep",
        "main+2 at Some(10), 1 deep",
        "twice+0 at Some(3), 2 deep",
        "twice+1 at Some(4), 2 deep",
        "main+3 at Some(11), 1 deep",
    ];
    assert_eq!(seen, expected);
}

#[test]
fn a_caller_is_at_its_call_and_its_registers_have_names() {
    let (seen, _) = observed(CALLS, |view, log| {
        if let Some(caller) = view.frames().nth(1) {
            log.push(format!("{}+{}", caller.function_name(), caller.offset()));
            let frame = view.frame().expect("something runs");
            for register in frame.registers() {
                log.push(format!("{:?} {:?}", register.name, register.value));
            }
            return Flow::End;
        }
        Flow::Continue
    });
    assert_eq!(seen, ["main+2", "Some(\"value\") 21"]);
}

#[test]
fn an_observer_can_end_the_run() {
    let (_, result) = observed(
        ".func main()\nagain: jump again\n.end",
        |view, _| match view.statistics().instructions {
            1000 => Flow::End,
            _ => Flow::Continue,
        },
    );
    assert!(matches!(result, Err(RunError::Limit(Outcome::Cancelled))));
}

#[test]
fn a_watched_object_dies_once_and_is_seen_before_it_is_gone() {
    // `first` is released when `second` is moved over it.
    let source = r#"
.func main()
    .local first, second
    make_list first, r1, 0
    load r1, 5
    make_list second, r1, 1
    move first, second
    return_none
.end
"#;
    let (seen, _) = observed(source, |view, log| {
        let frame = view.frame().expect("something runs");
        for register in frame
            .registers()
            .filter(|register| register.value.id().is_some())
        {
            assert!(view.watch(register.value));
        }
        log.push(format!("+{}", frame.offset()));
        Flow::Continue
    });
    let expected = [
        "+0",
        "+1",
        "+2",
        "+3",
        "died [] Of(0)",
        "+4",
        "died [5] Of(0)",
    ];
    assert_eq!(seen, expected);
}

#[test]
fn exceptions_and_collections_are_told() {
    let source = r#"
.func main()
    .local gc, zero
    import gc, gc
    copy r4, gc
    call_method r3, 0, collect
    load zero, 0
    floordiv zero, zero, zero
    return_none
.end
"#;
    let (seen, result) = observed(source, |_, _| Flow::Continue);
    assert!(matches!(result, Err(RunError::Exception(_))));
    let expected = [
        "collects 2",
        "collected 0",
        "raised ZeroDivisionError('integer division or modulo by zero')",
    ];
    assert_eq!(seen, expected);
}

#[test]
fn watching_is_no_weak_reference() {
    // The collector and `weakref` must not take the flag of a watched object for theirs: a weak
    // reference comes and goes, and then the object dies in a cycle.
    let source = r#"
.func main()
    .local class, object, gc
    load_const object, ()
    make_class class, object, Node
    copy object, class
    call object, 0
    import r4, weakref
    load_attr r4, r4, ref
    copy r5, object
    call r4, 1
    unset r4
    store_attr object, object, itself
    unset object
    import gc, gc
    copy r4, gc
    call_method r3, 0, collect
    return_none
.end
.class Node
.end
"#;
    let (seen, result) = observed(source, |view, _| {
        let frame = view.frame().expect("something runs");
        for register in frame
            .registers()
            .filter(|it| it.value.type_name() == "Node")
        {
            view.watch(register.value);
        }
        Flow::Continue
    });
    result.expect("it runs");
    assert_eq!(seen, ["collects 2", "died <Node> Of(0)", "collected 1"]);
}

#[test]
fn outlines_are_cut_and_bounded() {
    let mut vm = Vm::new(Config::default()).expect("the heap has room");
    let source = r#"
.func main()
    .local list, text
    load text, "it's a rather long text"
    make_list list, r2, 0
    list_append list, text
    list_append list, list
    store_global list, list
    load text, 3.0
    store_global text, number
    return_none
.end
"#;
    vm.run(module(source)).expect("it runs");
    let view = vm.view();
    let list = view.global("list").expect("it was stored");
    assert_eq!(
        list.outline(100, &mut |_| Some("#1".to_owned())),
        "[\"it's a rather long text\", [\"it's a rather long text\", <list #1>]]"
    );
    assert_eq!(list.outline(10, &mut |_| None), "[\"it's a …");
    let number = view.global("number").expect("it was stored");
    assert_eq!(
        (format!("{number:?}"), number.count()),
        ("3.0".to_owned(), Count::Inline)
    );
    assert!(view.global("nothing").is_none());
}
