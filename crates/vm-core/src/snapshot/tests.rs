//! What a snapshot says, against what the machine knows by other means.

use crate::data::Data;
use crate::error::RunError;
use crate::limits::Config;
use crate::snapshot::{SnapshotPoint, SnapshotSink};
use crate::vm::Vm;
use std::sync::{Arc, Mutex};
use vm_bytecode::VerifiedModule;
use vm_gc::snapshot::{Hold, Holder, NodeIndex, ShortestPaths, Snapshot, SnapshotError};

/// A closure over a list, a generator with one, a class and an instance in a cycle, and a snapshot
/// in the midst of a call.
const PROGRAM: &str = r#"
.version 1
.func make(total)
    .local w0
    make_cell total
    copy w0, total
    make_closure w0, w0, 1, make.inner
    return w0
.end
.func make.inner()
    .free total
    .local w0
    load_free w0, total
    return w0
.end
.func count(items) generator
    .local w0
    load_none w0
    yield w0, w0
    return_none
.end
.func ask(own)
    .local w0, w1, w2
    import w1, gc
    load w2, "here"
    call_method w0, 1, snapshot
    return w0
.end
.func main()
    .local node, w0, w1
    load_global w0, list
    call w0, 0
    move w1, w0
    load_global w0, make
    call w0, 1
    store_global w0, closure
    load_global w0, list
    call w0, 0
    move w1, w0
    load_global w0, count
    call w0, 1
    store_global w0, steps
    make_dict w0, w0, 0
    load w1, "answer"
    load_global node, list
    call node, 0
    store_item w0, w1, node
    store_global w0, table
    load_global w0, ask
    copy w1, node
    call w0, 1
    return w0
.end
"#;

fn module(text: &str) -> VerifiedModule {
    let module =
        vm_asm::assemble(text, "test.vasm").unwrap_or_else(|errors| panic!("{}", errors[0]));
    VerifiedModule::new(module).unwrap_or_else(|errors| panic!("{}", errors[0]))
}

/// What a sink was given.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Served>>>);

/// A moment, and its snapshot.
type Served = (String, Result<Snapshot, SnapshotError>);

impl SnapshotSink for Kept {
    fn wants(&mut self, point: SnapshotPoint<'_>) -> bool {
        point != SnapshotPoint::Named("unwanted")
    }

    fn take(&mut self, point: SnapshotPoint<'_>, snapshot: Snapshot) {
        let mut kept = self.0.lock().expect("no panic");
        kept.push((format!("{point:?}"), Ok(snapshot)));
    }

    fn refused(&mut self, point: SnapshotPoint<'_>, error: SnapshotError) {
        let mut kept = self.0.lock().expect("no panic");
        kept.push((format!("{point:?}"), Err(error)));
    }
}

impl Kept {
    fn all(&self) -> Vec<Served> {
        std::mem::take(&mut *self.0.lock().expect("no panic"))
    }
}

fn machine(config: Config) -> (Vm, Kept) {
    let mut vm = Vm::new(config).expect("memory");
    let kept = Kept::default();
    vm.set_snapshot_sink(Some(Box::new(kept.clone())));
    (vm, kept)
}

/// `root -> reference -> reference`, without what is between.
fn way(snapshot: &Snapshot, node: NodeIndex) -> String {
    let path = ShortestPaths::from_roots(snapshot)
        .path_to(node)
        .expect("reached");
    let mut way = snapshot.text(snapshot.roots()[path.root].name).to_owned();
    for (from, number) in path.steps {
        let name = snapshot.references(from)[number].name;
        way += &format!(" {}", name.map(|text| snapshot.text(text)));
    }
    way
}

/// The only object of a type with a label, without its way there.
fn only(snapshot: &Snapshot, type_name: &str, label: &str) -> NodeIndex {
    let is_it = |&node: &NodeIndex| {
        let node = snapshot.node(node);
        snapshot.text(node.type_name) == type_name && snapshot.text(node.label) == label
    };
    let found: Vec<NodeIndex> = snapshot.indices().filter(is_it).collect();
    assert_eq!(found.len(), 1, "{type_name} {label}");
    found[0]
}

#[test]
fn what_a_program_holds_is_named_as_the_program_names_it() {
    let (mut vm, kept) = machine(Config::default());
    vm.load(module(PROGRAM)).expect("memory");
    vm.define_functions_of_module().expect("memory");
    let main = vm.global("main").expect("defined");
    let taken = vm.call_handle(&main, &[]).expect("runs");
    assert!(matches!(vm.read(&taken), Ok(Data::Bool(true))));
    let mut kept = kept.all();
    let (point, snapshot) = kept.pop().expect("taken");
    assert!(kept.is_empty());
    assert_eq!(point, "Named(\"here\")");
    let snapshot = snapshot.expect("small");

    let cell = only(&snapshot, "cell", "of total");
    assert_eq!(
        way(&snapshot, cell),
        "module __main__ .closure .__closure__ total"
    );
    let total = snapshot.references(cell)[0].to;
    assert_eq!(
        way(&snapshot, total),
        "module __main__ .closure .__closure__ total .cell_contents"
    );
    let generator = only(&snapshot, "generator", "count");
    let items = snapshot.references(generator).iter().find(|reference| {
        let name = reference.name.map(|text| snapshot.text(text));
        name.to_string() == "items"
    });
    assert!(items.is_some(), "the generator's register has its name");
    let text = only(&snapshot, "str", "'answer'");
    let dict = only(&snapshot, "dict", "of 1");
    let names: Vec<String> = snapshot
        .references(dict)
        .iter()
        .map(|reference| reference.name.map(|text| snapshot.text(text)).to_string())
        .collect();
    assert_eq!(names, ["<key 'answer'>", "['answer']"]);
    assert_eq!(snapshot.references(dict)[0].to, text);

    // The list in the dict is in variables of two frames too.
    let node = snapshot.references(dict)[1].to;
    let mut roots: Vec<&str> = snapshot
        .roots()
        .iter()
        .filter(|root| root.to == node)
        .map(|root| snapshot.text(root.name))
        .collect();
    roots.sort_unstable();
    assert_eq!(
        roots,
        ["frame ask#1, variable own", "frame main#0, variable node"]
    );
    assert!(
        snapshot.reached().iter().all(|&reached| reached),
        "there is no garbage"
    );
    let native = snapshot
        .roots()
        .iter()
        .filter(|root| snapshot.text(root.name) == "native code");
    let held: Vec<String> = native
        .map(|root| {
            let node = snapshot.node(root.to);
            format!(
                "{} {}",
                snapshot.text(node.type_name),
                snapshot.text(node.label)
            )
        })
        .collect();
    // While native code calls, it holds what it calls. All other counts the machine knows.
    assert_eq!(
        held,
        ["builtin_function_or_method snapshot", "function main"]
    );
}

#[test]
fn two_machines_give_the_same_snapshot() {
    let take = || {
        let (mut vm, kept) = machine(Config::default());
        vm.load(module(PROGRAM)).expect("memory");
        vm.define_functions_of_module().expect("memory");
        let main = vm.global("main").expect("defined");
        vm.call_handle(&main, &[]).expect("runs");
        let (_, snapshot) = kept.all().pop().expect("taken");
        let snapshot = snapshot.expect("small");
        let nodes: Vec<String> = snapshot
            .nodes()
            .iter()
            .map(|node| {
                format!(
                    "{node:?} {} {}",
                    snapshot.text(node.type_name),
                    snapshot.text(node.label)
                )
            })
            .collect();
        let references = format!("{:?}", snapshot.all_references());
        (nodes, references, format!("{:?}", snapshot.roots()))
    };
    assert_eq!(take(), take());
}

#[test]
fn an_explanation_sets_the_handle_aside() {
    let mut vm = Vm::new(Config::default()).expect("memory");
    let list = vm.make_value(Data::List(Vec::new())).expect("memory");
    let alone = vm.explain(&list).expect("small").expect("an object");
    assert_eq!(alone.hold, Hold::Aside);
    assert_eq!(alone.holders, [Holder::Root("native handle 0".to_owned())]);
    assert_eq!(alone.cycle, None);
    let outer = vm.make_value(Data::List(vec![list])).expect("memory");
    let inner = vm.referents(&outer).pop().expect("an item");
    let held = vm.explain(&inner).expect("small").expect("an object");
    assert_eq!(held.hold, Hold::Root);
    let (_, first, steps) = held.path.expect("a way");
    assert_eq!((first.type_name, steps.len()), ("list".to_owned(), 1));
    assert_eq!(steps[0].name, "[0]");
    let number = vm.make_value(Data::Int(5)).expect("memory");
    assert_eq!(vm.explain(&number).expect("no object"), None);
    let mut other = Vm::new(Config::default()).expect("memory");
    assert!(other.explain(&outer).is_err(), "another machine's");
}

#[test]
fn garbage_is_held_by_its_cycle() {
    let mut vm = Vm::new(Config::default()).expect("memory");
    vm.set_collector_enabled(false);
    let list = vm.new_list(crate::object::ValueVec::new()).expect("memory");
    let id = vm.heap.place_number(list.object_unchecked());
    vm.list_append(crate::object::Obj::of(list.object_unchecked()), list)
        .expect("memory");
    let handle = vm.hold(list);
    let held = vm.explain(&handle).expect("small").expect("an object");
    assert_eq!(held.hold, Hold::Aside);
    assert_eq!(held.cycle.map(|cycle| cycle.objects), Some(1));
    drop(handle);
    let snapshot = vm.snapshot().expect("small");
    let node = snapshot.find(id).expect("alive");
    assert!(!snapshot.reached()[node as usize]);
    vm.freeze();
    let snapshot = vm.snapshot().expect("small");
    assert_eq!(way(&snapshot, node), "frozen");
    vm.unfreeze();
    assert_eq!(vm.collect(), 1);
}

#[test]
fn limits_are_points_for_a_snapshot() {
    let endless = ".version 1\n.func main()\n    load_global r0, list\n    call r0, 0\n\
                   again:\n    list_append r0, r0\n    jump again\n.end\n";
    let fuel = Config {
        fuel_max: Some(1000),
        ..Config::default()
    };
    let (mut vm, kept) = machine(fuel);
    assert!(matches!(vm.run(module(endless)), Err(RunError::Limit(_))));
    let points: Vec<String> = kept.all().into_iter().map(|(point, _)| point).collect();
    assert_eq!(points, ["Limit"]);

    let heap = Config {
        heap_bytes_max: 1 << 20,
        ..Config::default()
    };
    let (mut vm, kept) = machine(heap);
    assert!(matches!(
        vm.run(module(endless)),
        Err(RunError::Exception(_))
    ));
    let mut kept = kept.all();
    let (point, snapshot) = kept.pop().expect("taken");
    assert_eq!((&*point, kept.len()), ("Limit", 0));
    let snapshot = snapshot.expect("small");
    let largest = snapshot
        .indices()
        .max_by_key(|&node| snapshot.node(node).self_bytes);
    let largest = largest.expect("objects");
    assert_eq!(way(&snapshot, largest), "frame main#0, register r0");
    assert!(
        snapshot
            .references(largest)
            .iter()
            .all(|item| item.to == largest)
    );
    vm.finish();
    vm.verify().expect("counts");
}

#[test]
fn a_snapshot_that_is_too_large_is_a_memory_error() {
    let config = Config {
        snapshot_bytes_max: 1000,
        ..Config::default()
    };
    let (mut vm, kept) = machine(config);
    let error = SnapshotError::TooLarge { limit_bytes: 1000 };
    assert_eq!(vm.snapshot().map(drop), Err(error));
    vm.load(module(PROGRAM)).expect("memory");
    vm.define_functions_of_module().expect("memory");
    let main = vm.global("main").expect("defined");
    match vm.call_handle(&main, &[]) {
        Err(RunError::Exception(report)) => {
            assert_eq!(report.class, "MemoryError");
            assert_eq!(report.message, error.to_string());
        }
        other => panic!("{other:?}"),
    }
    let refused: Vec<_> = kept.all().into_iter().map(|(_, kept)| kept.err()).collect();
    assert_eq!(refused, [Some(error)]);
}

#[test]
fn without_a_sink_nothing_happens() {
    let text = PROGRAM.replace("\"here\"", "\"unwanted\"");
    let (mut vm, kept) = machine(Config::default());
    for sink in [true, false] {
        if !sink {
            vm.set_snapshot_sink(None);
        }
        vm.load(module(&text)).expect("memory");
        vm.define_functions_of_module().expect("memory");
        let main = vm.global("main").expect("defined");
        let taken = vm.call_handle(&main, &[]).expect("runs");
        assert!(matches!(vm.read(&taken), Ok(Data::Bool(false))));
        assert!(kept.all().is_empty());
    }
}
