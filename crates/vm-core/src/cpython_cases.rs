//! Cases of CPython's `test_gc` that need more than a program: its table is in `docs/gc.md`.

use crate::handle::Handle;
use crate::limits::Config;
use crate::native::HostFunction;
use crate::object::{List, NativeImplementation, Obj};
use crate::value::Value;
use crate::vm::Vm;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use vm_bytecode::VerifiedModule;
use vm_heap::VerifyError;

fn machine() -> Vm {
    let mut vm = Vm::new(Config::default()).expect("memory");
    vm.set_collector_enabled(false);
    vm
}

fn assembled(text: &str) -> VerifiedModule {
    let module = vm_asm::assemble(text, "test.vasm").expect("the text is right");
    VerifiedModule::new(module).expect("the code is right")
}

/// Lists `[1, 2, 3]` and `[a, a]`, of which the second one is held by a handle, and the first one
/// by the second one alone.
fn nested_lists(vm: &mut Vm) -> (Value, Handle) {
    let items = [1, 2, 3].map(Value::from_int_unchecked);
    let inner = vm.new_list_of(&items).expect("memory");
    let outer = vm.new_list_of(&[inner, inner]).expect("memory");
    vm.release(inner);
    (inner, vm.hold(outer))
}

// test_refcount_errors
#[test]
fn a_wrong_count_is_found() {
    let mut vm = machine();
    let (inner, _outer) = nested_lists(&mut vm);
    vm.verify().expect("the counts are right");
    let object = inner.object_unchecked();
    assert!(!object.decrement(), "one count is left");
    let wrong = VerifyError::Count {
        object: object.address(),
        kind: object.kind(),
        count: 1,
        references: 2,
    };
    assert_eq!(vm.verify(), Err(wrong));
    object.increment();
    vm.verify().expect("the counts are right again");
}

// test_refcount_errors: in builds with assertions a collection notices as well.
#[test]
#[cfg(debug_assertions)]
fn a_collection_asserts_that_counts_are_not_too_small() {
    let mut vm = machine();
    let (inner, outer) = nested_lists(&mut vm);
    let object = inner.object_unchecked();
    assert!(!object.decrement(), "one count is left");
    let panic = catch_unwind(AssertUnwindSafe(|| vm.collect())).expect_err("it asserts");
    let message = panic.downcast_ref::<String>().expect("a message");
    assert_eq!(
        *message,
        format!("{object:?} has more references than counts")
    );
    // The collection was left in its midst.
    core::mem::forget((outer, vm));
}

/// ```text
///   z ◄── native ◄── a ──► weak reference to z, which calls
///                    │ ▲
///                    └─┘
/// ```
///
/// All are garbage, but the collector sees neither that `z` is, since the native function's handle
/// is nothing that it can follow, nor that the handle goes with the function.
// test_trash_weakref_clear
#[test]
fn a_weakref_that_garbage_holds_does_not_call_back() {
    let mut vm = machine();
    let called = Arc::new(Mutex::new(0));
    let count = Arc::clone(&called);
    let callback: Box<HostFunction> = Box::new(move |vm, _| {
        *count.lock().expect("one thread") += 1;
        vm.make_value(crate::Data::None)
    });
    let callback = vm.new_native("callback", NativeImplementation::Host(callback));
    let callback = callback.expect("memory");

    let z = vm.new_set(false).expect("memory");
    let weak = vm.new_weakref(z, callback).expect("memory");
    vm.release(callback);
    let observer = vm.new_weakref(z, Value::NONE).expect("memory");
    let _observer = vm.hold(observer);
    let z = vm.hold(z);
    let native: Box<HostFunction> = Box::new(move |vm, _| vm.call_back(&z, &[]));
    let native = vm.new_native("native", NativeImplementation::Host(native));
    let native = native.expect("memory");
    let a = vm.new_list_of(&[native, weak]).expect("memory");
    vm.list_append(Obj::<List>::of(a.object_unchecked()), a)
        .expect("memory");
    // A second loop that holds the weak reference, so that it may be cleared after `a`.
    let keeper = vm.new_list_of(&[weak]).expect("memory");
    vm.list_append(Obj::<List>::of(keeper.object_unchecked()), keeper)
        .expect("memory");
    for value in [native, weak, a, keeper] {
        vm.release(value);
    }

    assert!(vm.collect() >= 4);
    vm.verify()
        .expect("counts; what handles held is given back");
    let target = vm.weakref_value(Obj::of(observer.object_unchecked()));
    assert!(target.is_none(), "z is gone");
    assert_eq!(*called.lock().expect("one thread"), 0);
}

// test_get_referents_on_capsule
#[test]
fn native_objects_have_referents() {
    let mut vm = machine();
    let function: Box<HostFunction> = Box::new(|vm, _| vm.make_value(crate::Data::None));
    let tracked = vm.new_native("tracked", NativeImplementation::Host(function));
    let tracked = tracked.expect("memory");
    vm.define_value(vm.builtins, "tracked", tracked)
        .expect("memory");
    let module = assembled(
        r#"
        .version 1
        .func main()
            .local gc
            import gc, gc
            copy r2, gc
            load_global r3, tracked
            call_method r1, 1, is_tracked
            copy r3, gc
            load_global r4, len
            call_method r2, 1, is_tracked
            copy r4, gc
            load_global r5, tracked
            call_method r3, 1, get_referents
            copy r5, gc
            load_global r6, len
            call_method r4, 1, get_referents
            make_tuple r1, r1, 4
            load_global r0, str
            call r0, 1
            return r0
        .end
        "#,
    );
    let text = vm.run(module).expect("it runs");
    assert_eq!(
        vm.text_of(&text).expect("text"),
        "(True, False, ['tracked'], ['len'])"
    );
    vm.finish();
    vm.verify().expect("counts");
}

// test_trashcan_threads
#[test]
fn two_machines_free_deep_nests_at_once() {
    let text = include_str!("../../../fixtures/cpython/test_gc/test_trashcan_threads.vasm");
    let run = || {
        for _ in 0..5 {
            let mut vm = Vm::new(Config::default()).expect("memory");
            vm.set_output(std::io::sink(), std::io::sink());
            vm.run(assembled(text)).expect("it runs");
            let counts = vm.global("Counts").expect("the program has it");
            let class = vm.value_of(&counts).expect("the same machine");
            for name in ["made", "died", "closed"] {
                let name = vm.intern(name).expect("memory");
                let count = vm.get_attribute(class, name).expect("the class has it");
                // What the twin prints under CPython.
                assert_eq!(count.as_int(), Some(1220));
            }
            vm.finish();
            vm.verify().expect("counts");
        }
    };
    std::thread::scope(|scope| {
        let threads = [scope.spawn(run), scope.spawn(run)];
        for thread in threads {
            thread.join().expect("no panic");
        }
    });
}
