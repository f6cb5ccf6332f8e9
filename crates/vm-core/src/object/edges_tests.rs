//! No forgotten edge: every reference that an object owns is seen by the collector.
//!
//! For each kind an object is built with every owned field filled ([`build`]). Then:
//!
//! 1. `traverse` visits exactly what was put in, and recounting the heap finds what is stored;
//! 2. for each field alone, a list in that field refers back to the object: nothing else keeps the
//!    two, and a collection ends both.
//!
//! ```text
//!             ┌────────┐ field i  ┌──────┐
//!   (dropped) │ object ├─────────►│ list │ (dropped)
//!             │        │◄─────────┤      │
//!             └────────┘  item 0  └──────┘
//! ```
//!
//! A new kind does not compile until `build` knows it, nor does a new field: layouts are written out
//! as struct literals. Those with contents behind the last field have their sizes asserted.

use super::*;
use crate::vm::{Raised, Vm};

const _: () = {
    assert!(size_of::<Tuple>() == 16);
    assert!(size_of::<Instance>() == 16);
    assert!(size_of::<Str>() == 24);
    assert!(size_of::<Bytes>() == 24);
    assert!(size_of::<Namespace>() == size_of::<hashbrown::HashTable<u32>>() + 2 * 16 + 8);
};

/// Attributes of an instance that has more than fit into the object.
const ATTRIBUTES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// What the fields of an object are filled with: texts, but for one field.
struct Fields {
    /// The number of the field that gets the list, counted as `build` fills them.
    knot_at: Option<usize>,
    /// The list.
    knot: Value,
    /// How many fields were filled.
    filled: usize,
    /// What the object is to own directly, in the order of filling.
    owned: Vec<Value>,
}

impl Fields {
    /// What the next field gets; owned.
    fn inner(&mut self, vm: &mut Vm) -> Value {
        let index = self.filled;
        self.filled += 1;
        if self.knot_at == Some(index) {
            self.knot.increment()
        } else {
            vm.new_str(&format!("field {index}")).expect("memory")
        }
    }

    /// The same, for a field that may hold anything.
    fn any(&mut self, vm: &mut Vm) -> Value {
        let value = self.inner(vm);
        self.owns(value)
    }

    /// Notes that the object owns `value`.
    fn owns(&mut self, value: Value) -> Value {
        self.owned.push(value);
        value
    }

    /// A class for a field that must hold one; the field's value is its attribute.
    fn class(&mut self, vm: &mut Vm) -> Value {
        let name = vm.intern("Thing").expect("memory");
        let class = vm.new_class(name, &[], None).expect("memory");
        let value = self.inner(vm);
        let typed = Obj::<Class>::of(class.object_unchecked());
        vm.set_class_attribute(typed, name, value).expect("memory");
        vm.release(value);
        self.owns(class)
    }

    /// A tuple for a field that must hold one; the field's value is its item.
    fn tuple(&mut self, vm: &mut Vm) -> Value {
        let value = self.inner(vm);
        let tuple = vm.new_tuple_taking(&[value]).expect("memory");
        self.owns(tuple)
    }
}

/// Two values in an array.
fn two(vm: &mut Vm, fields: &mut Fields) -> ValueVec {
    let mut items = ValueVec::new();
    for _ in 0..2 {
        let value = fields.any(vm);
        items.push(&mut vm.heap, value).expect("memory");
    }
    items
}

/// Two entries, with keys and values; a set's values are `None`.
fn table(vm: &mut Vm, fields: &mut Fields, has_values: bool) -> Table {
    let mut table = Table::new();
    for hash in 0..2 {
        let key = fields.any(vm);
        let value = if has_values {
            fields.any(vm)
        } else {
            Value::NONE
        };
        let entry = Entry { hash, key, value };
        table.push_entry(&mut vm.heap, entry).expect("memory");
    }
    table
}

/// One name and its value. The name is given up by the caller, so that the namespace alone owns it.
fn namespace(vm: &mut Vm, fields: &mut Fields) -> Namespace {
    let mut namespace = Namespace::new();
    let name = fields.any(vm);
    let slot = namespace.ensure_slot(&mut vm.heap, name).expect("memory");
    vm.release(name);
    let value = fields.any(vm);
    namespace.replace(slot, value);
    namespace
}

/// An object of `kind` with every owned field filled. Owned.
fn build(vm: &mut Vm, kind: Kind, fields: &mut Fields) -> Value {
    let made = match kind {
        Kind::BigInt => return vm.new_int(i64::MAX).expect("memory"),
        Kind::Str => return vm.new_str("text").expect("memory"),
        Kind::Bytes => return vm.new_bytes(b"octets").expect("memory"),
        Kind::Tuple => {
            let values = [fields.any(vm), fields.any(vm)];
            return vm.new_tuple_taking(&values).expect("memory");
        }
        Kind::List => {
            let items = two(vm, fields);
            vm.make(|header| List { header, items }).map(Obj::value)
        }
        Kind::Dict => {
            let table = table(vm, fields, true);
            vm.make(|header| Dict { header, table }).map(Obj::value)
        }
        Kind::Set => {
            let table = table(vm, fields, false);
            vm.make(|header| Set {
                header,
                hash: 0,
                table,
            })
            .map(Obj::value)
        }
        Kind::Range => {
            let [start, stop, step, length] = [(); 4].map(|()| fields.any(vm));
            vm.make(|header| Range {
                header,
                start,
                stop,
                step,
                length,
            })
            .map(Obj::value)
        }
        Kind::Slice => {
            let [start, stop, step] = [(); 3].map(|()| fields.any(vm));
            vm.make(|header| Slice {
                header,
                start,
                stop,
                step,
            })
            .map(Obj::value)
        }
        Kind::Cell => {
            let value = fields.any(vm);
            vm.make(|header| Cell { header, value }).map(Obj::value)
        }
        Kind::Function => {
            let [
                globals,
                name,
                qualified_name,
                free,
                defaults,
                keyword_defaults,
                attributes,
            ] = [(); 7].map(|()| fields.any(vm));
            vm.make(|header| Function {
                header,
                code: core::ptr::null(),
                globals,
                name,
                qualified_name,
                free,
                defaults,
                keyword_defaults,
                attributes,
            })
            .map(Obj::value)
        }
        Kind::NativeFunction => {
            let name = fields.any(vm);
            vm.make(|header| NativeFunction {
                header,
                name,
                owner: Value::UNSET,
                implementation: NativeImplementation::Host(Box::new(|vm, _| {
                    Err(vm.raise_exception("RuntimeError", "never called"))
                })),
            })
            .map(Obj::value)
        }
        Kind::BoundMethod => {
            let [function, receiver] = [(); 2].map(|()| fields.any(vm));
            vm.make(|header| BoundMethod {
                header,
                function,
                receiver,
            })
            .map(Obj::value)
        }
        Kind::Property => {
            let [getter, setter, deleter, doc] = [(); 4].map(|()| fields.any(vm));
            vm.make(|header| Property {
                header,
                getter,
                setter,
                deleter,
                doc,
            })
            .map(Obj::value)
        }
        Kind::StaticMethod => {
            let function = fields.any(vm);
            vm.make(|header| StaticMethod { header, function })
                .map(Obj::value)
        }
        Kind::ClassMethod => {
            let function = fields.any(vm);
            vm.make(|header| ClassMethod { header, function })
                .map(Obj::value)
        }
        Kind::Class => build_class(vm, fields),
        Kind::Instance => build_instance(vm, fields),
        Kind::Super => {
            let [class, receiver, receiver_class] = [(); 3].map(|()| fields.any(vm));
            vm.make(|header| Super {
                header,
                class,
                receiver,
                receiver_class,
            })
            .map(Obj::value)
        }
        Kind::Iterator => {
            let [first, second] = [(); 2].map(|()| fields.any(vm));
            vm.make(|header| Iterator {
                header,
                first,
                second,
                position: 0,
                limit: 0,
                step: 0,
            })
            .map(Obj::value)
        }
        Kind::Generator => build_generator(vm, fields),
        Kind::Exception => {
            let class = fields.class(vm);
            let [args, traceback, cause, context, attributes] = [(); 5].map(|()| fields.any(vm));
            vm.make(|header| Exception {
                header,
                class,
                args,
                traceback,
                cause,
                context,
                attributes,
            })
            .map(Obj::value)
        }
        Kind::Traceback => {
            let next = fields.any(vm);
            vm.make(|header| Traceback {
                header,
                next,
                code: core::ptr::null(),
                instruction: 0,
            })
            .map(Obj::value)
        }
        Kind::WeakRef => {
            let [callback, hash] = [(); 2].map(|()| fields.any(vm));
            vm.make(|header| WeakRef {
                header,
                target: None,
                callback,
                hash,
            })
            .map(Obj::value)
        }
        Kind::Module => {
            let name = fields.any(vm);
            let namespace = namespace(vm, fields);
            vm.make(|header| Module {
                header,
                name,
                namespace,
                native_slots: 0,
            })
            .map(Obj::value)
        }
        Kind::DictView => {
            let dict = fields.any(vm);
            vm.make(|header| DictView { header, dict }).map(Obj::value)
        }
    };
    made.expect("memory")
}

fn build_class(vm: &mut Vm, fields: &mut Fields) -> Result<Value, Raised> {
    let [name, qualified_name, module, slots] = [(); 4].map(|()| fields.any(vm));
    let [bases, order] = [(); 2].map(|()| fields.tuple(vm));
    let attributes = namespace(vm, fields);
    let attribute = fields.any(vm);
    let mut class = vm.make(|header| Class {
        header,
        name,
        qualified_name,
        module,
        bases,
        order,
        attributes,
        instance_kind: Kind::Instance,
        flags: ClassFlags::default(),
        slots,
        relatives: Vec::new(),
        root_shape: core::ptr::null_mut(),
        shapes: Vec::new(),
        expected_attributes: 2,
        shapes_bytes: 0,
        init: Value::UNSET,
        init_epoch: 0,
    })?;
    class.shapes = vec![Box::new(Shape {
        class,
        names: vec![attribute],
        transitions: Vec::new(),
        inline_capacity: 2,
    })];
    Ok(class.value())
}

fn build_instance(vm: &mut Vm, fields: &mut Fields) -> Result<Value, Raised> {
    let class = fields.class(vm);
    let made = vm.new_instance(Obj::of(class.object_unchecked()))?;
    vm.release(class);
    let instance = Obj::<Instance>::of(made.object_unchecked());
    for name in ATTRIBUTES {
        let name = vm.intern(name)?;
        let value = fields.any(vm);
        vm.set_instance_attribute(instance, name, value)?;
        vm.release(value);
    }
    assert!(instance.is_spilled(), "some attributes are in a buffer");
    Ok(made)
}

fn build_generator(vm: &mut Vm, fields: &mut Fields) -> Result<Value, Raised> {
    let [function, name, qualified_name, delegate, handled] = [(); 5].map(|()| fields.any(vm));
    let registers = [(); 2].map(|()| fields.any(vm));
    let buffer = vm.heap.allocate_buffer(size_of_val(&registers));
    let buffer = buffer.expect("memory").cast::<[Value; 2]>();
    // SAFETY: the buffer is new and has room for the registers.
    unsafe { buffer.write(registers) };
    vm.make(|header| Generator {
        header,
        code: core::ptr::null(),
        function,
        name,
        qualified_name,
        delegate,
        handled,
        registers: buffer.cast(),
        register_count: 2,
        resume: 0,
        // Suspended, it would be run to its end first.
        state: GeneratorState::Finished,
        sent_register: 0,
    })
    .map(Obj::value)
}

/// A machine that collects on request only.
fn machine() -> Vm {
    let mut vm = Vm::new(crate::limits::Config::default()).expect("memory");
    vm.set_collector_enabled(false);
    vm
}

fn objects(vm: &Vm) -> u64 {
    let mut count = 0;
    vm.heap.for_each_object(|_| count += 1);
    count
}

/// An object of the kind, filled with texts only; and what it is to own.
fn plain(vm: &mut Vm, kind: Kind) -> (Value, Fields) {
    let mut fields = Fields {
        knot_at: None,
        knot: Value::UNSET,
        filled: 0,
        owned: Vec::new(),
    };
    let object = build(vm, kind, &mut fields);
    (object, fields)
}

/// Whether objects of the kind hold values that cannot lead back to them, and so are never
/// candidates: these are integers and text.
fn holds_atoms_only(kind: Kind) -> bool {
    matches!(kind, Kind::BigInt | Kind::Str | Kind::Bytes | Kind::Range)
}

#[test]
fn traverse_visits_what_an_object_owns() {
    let mut vm = machine();
    for &kind in Kind::ALL {
        let (object, fields) = plain(&mut vm, kind);
        assert_eq!(object.kind(), Some(kind));
        let mut visited = Vec::new();
        traverse(object.object_unchecked(), &mut |referent| {
            visited.push(referent.address());
        });
        let mut owned: Vec<_> = fields
            .owned
            .iter()
            .map(|value| value.object_unchecked().address())
            .collect();
        if kind == Kind::Instance {
            // What its names are is the shape's, and what these are is the class's.
            assert_eq!(owned.len(), 1 + ATTRIBUTES.len());
        }
        visited.sort_unstable();
        owned.sort_unstable();
        assert_eq!(visited, owned, "{kind:?}");
        let handle = vm.hold(object);
        vm.verify()
            .unwrap_or_else(|error| panic!("{kind:?}: {error}"));
        drop(handle);
    }
}

#[test]
fn an_object_gives_up_what_it_owns_when_it_dies() {
    let mut vm = machine();
    for &kind in Kind::ALL {
        // The first of a kind may leave interned names behind.
        for is_first in [true, false] {
            let before = objects(&vm);
            let (object, _) = plain(&mut vm, kind);
            vm.release(object);
            vm.collect();
            assert!(is_first || objects(&vm) == before, "{kind:?}");
        }
    }
    vm.verify().expect("counts");
}

#[test]
fn a_cycle_through_any_one_field_is_collected() {
    let mut vm = machine();
    for &kind in Kind::ALL {
        let (object, fields) = plain(&mut vm, kind);
        let tracked = object.object_unchecked().is_tracked();
        vm.release(object);
        vm.collect();
        if holds_atoms_only(kind) {
            assert!(!tracked, "{kind:?}");
            continue;
        }
        assert!(fields.filled > 0, "{kind:?}");
        for index in 0..fields.filled {
            let before = objects(&vm);
            let knot = vm.new_list(ValueVec::new()).expect("memory");
            let mut fields = Fields {
                knot_at: Some(index),
                knot,
                filled: 0,
                owned: Vec::new(),
            };
            let object = build(&mut vm, kind, &mut fields);
            let place = format!("{kind:?}, field {index}");
            assert!(object.object_unchecked().is_tracked(), "{place}");
            let list = Obj::<List>::of(knot.object_unchecked());
            vm.list_append(list, object).expect("memory");
            let held = [vm.hold(object), vm.hold(knot)];
            vm.verify()
                .unwrap_or_else(|error| panic!("{place}: {error}"));
            drop(held);
            vm.reap_handles();
            let alive = [object, knot].map(|value| value.object_unchecked().count());
            assert!(
                alive[0] >= 1 && alive[1] == 1,
                "{place}: only the cycle is left"
            );
            assert!(vm.collect() >= 2, "{place}");
            assert_eq!(objects(&vm), before, "{place}");
        }
    }
    vm.verify().expect("counts");
}

/// Bytes that the heap accounts for and no object of a snapshot has: what the machine itself was
/// charged for.
fn bytes_of_no_object(vm: &mut Vm) -> usize {
    let snapshot = vm.snapshot().expect("small");
    vm.heap.heap_bytes() - snapshot.self_bytes() as usize - vm.interner.charged_bytes()
}

#[test]
fn a_snapshot_has_every_reference_and_every_byte() {
    let mut vm = machine();
    let expected = bytes_of_no_object(&mut vm);
    assert_eq!(expected, 0, "nothing was loaded");
    for &kind in Kind::ALL {
        let (object, fields) = plain(&mut vm, kind);
        let id = vm.heap.place_number(object.object_unchecked());
        let handle = vm.hold(object);
        assert_eq!(bytes_of_no_object(&mut vm), expected, "{kind:?}");
        let snapshot = vm.snapshot().expect("small");
        let node = snapshot.find(id).expect("alive");
        let references = snapshot.references(node);
        assert_eq!(references.len(), fields.owned.len(), "{kind:?}");
        for (reference, owned) in references.iter().zip(&fields.owned) {
            let name = reference.name.map(|text| snapshot.text(text)).to_string();
            assert_ne!(name, "<reference>", "{kind:?}");
            assert!(owned.as_object().is_some(), "{kind:?}");
        }
        assert!(
            snapshot.reached()[node as usize],
            "{kind:?}: the handle holds it"
        );
        drop(handle);
    }
    // Buffers of all sizes.
    let list = vm.new_list(ValueVec::new()).expect("memory");
    let dict = vm.new_dict().expect("memory");
    for number in 0..3000 {
        let text = vm.new_str(&"x".repeat(number)).expect("memory");
        vm.dict_set(Obj::of(dict.object_unchecked()), text, text)
            .expect("memory");
        vm.list_append(Obj::of(list.object_unchecked()), text)
            .expect("memory");
        vm.release(text);
        if number % 500 == 0 {
            assert_eq!(bytes_of_no_object(&mut vm), expected, "{number} items");
        }
    }
    assert_eq!(bytes_of_no_object(&mut vm), expected);
    vm.release(list);
    vm.release(dict);
}
