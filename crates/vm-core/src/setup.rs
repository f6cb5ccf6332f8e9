//! Making a machine, and taking it down.

use crate::code::Site;
use crate::handle::Handles;
use crate::limits::{Config, Limits};
use crate::names::{Interner, Names};
use crate::object::{Dropped, Kind, Module, Obj};
use crate::output::Output;
use crate::stack::{Frames, Stack};
use crate::statistics::Counters;
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use hashbrown::HashMap;
use vm_gc::Collector;
use vm_heap::{Heap, ZeroStack};

/// Registers for each permitted call, on average; a function may have up to 256.
const REGISTERS_PER_CALL: usize = 64;

/// Room for what the module `builtins` has besides classes.
const BUILTIN_FUNCTIONS: usize = 64;

impl Vm {
    /// A machine with the given limits, whose output is thrown away until it is given a sink.
    ///
    /// # Errors
    ///
    /// [`Raised`] if the heap limit is too small for the built-in objects (some 200 KiB).
    pub fn new(config: Config) -> Result<Vm, Raised> {
        let slots = config
            .call_depth_max
            .saturating_mul(REGISTERS_PER_CALL)
            .saturating_add(1024);
        #[cfg(feature = "trace-counts")]
        vm_heap::count_trace::name_kinds(crate::object::kind_name);
        let collector_bytes = config.collector_bytes;
        let mut heap = Heap::with_limit(config.heap_bytes_max);
        heap.set_poison(config.stress.poison);
        let collector = Collector::new(config.collector_profile);
        collector.watch_heap(&mut heap);
        let mut vm = Vm {
            heap,
            collector,
            stack: Stack::new(slots),
            frames: Frames::new(config.call_depth_max),
            executed: 0,
            native_steps: 0,
            next_check: 0,
            limits: Limits::new(config),
            exception: Value::UNSET,
            outcome: None,
            inconsistency: None,
            handled: Value::NONE,
            interner: Interner::new(),
            names: Names::unset(),
            types: [Value::UNSET; Type::COUNT],
            builtins: Value::UNSET,
            modules: Vec::new(),
            class_epoch: Site::EPOCH_STEP,
            weakrefs: HashMap::new(),
            zeros: ZeroStack::new(),
            reclaiming: false,
            put_off: Vec::new(),
            native_depth: 0,
            programs: Vec::new(),
            output: Output::discard(),
            counters: Counters::default(),
            counting: None,
            observation: None,
            arguments: Vec::new(),
            memory_error: Value::UNSET,
            handles: Handles::new(),
            gc_callbacks: Value::UNSET,
            gc_garbage: Value::UNSET,
            unraisable_hook: Value::NONE,
            snapshot_sink: None,
            sites: None,
            repr_stack: Vec::new(),
        };
        vm.names = Names::intern(&mut vm)?;
        vm.make_builtin_classes()?;
        vm.builtins = vm.new_module("builtins")?;
        vm.reserve_in_module(vm.builtins, Type::TABLE.len() + BUILTIN_FUNCTIONS)?;
        for &(class, _, name, _, public) in Type::TABLE {
            if public {
                let value = vm.types[class as usize];
                vm.define_value(vm.builtins, name, value)?;
            }
        }
        let empty = vm.new_exception(vm.builtin(Type::MemoryError), &[])?;
        vm.memory_error = empty;
        crate::builtins::install(&mut vm)?;
        crate::modules::install(&mut vm)?;
        vm.keep_native_slots();
        vm.untrack_everything();
        vm_gc::set_byte_threshold(&mut vm, collector_bytes);
        Ok(vm)
    }

    /// What the native modules contain now is theirs: it does not end with the programs.
    pub(crate) fn keep_native_slots(&mut self) {
        for &(_, module) in &self.modules {
            let mut module = Obj::<Module>::of(module.object_unchecked());
            module.native_slots = module.namespace.slot_count();
        }
    }

    /// Hides what a machine starts with from the collector: it lives as long as the machine, so
    /// examining it again and again finds nothing. What it refers to is held from outside.
    fn untrack_everything(&mut self) {
        self.collector.forget_young();
        debug_assert_eq!(self.collector.population(), [0; 4], "no collection ran");
    }

    /// Makes `name` import the module (borrowed).
    pub(crate) fn register_module(&mut self, name: &str, module: Value) -> Result<(), Raised> {
        let name = self.intern(name)?;
        name.increment();
        let module = module.increment();
        match self.modules.iter_mut().find(|(known, _)| *known == name) {
            Some(entry) => {
                let former = core::mem::replace(&mut entry.1, module);
                self.release(former);
                self.release(name);
            }
            None => self.modules.push((name, module)),
        }
        Ok(())
    }
}

impl Drop for Vm {
    /// Gives back what objects own outside the heap; the heap's memory goes as a whole. Finalizers
    /// do not run: [`Vm::finish`] is for that.
    fn drop(&mut self) {
        let mut objects = Vec::new();
        self.heap.for_each_object(|object| objects.push(object));
        let mut zeros = ZeroStack::new();
        for object in objects {
            // Only these own memory of Rust's allocator.
            let kind = Kind::of(object);
            if matches!(
                kind,
                Kind::BigInt
                    | Kind::Dict
                    | Kind::Set
                    | Kind::Class
                    | Kind::Module
                    | Kind::NativeFunction
            ) {
                object.make_immortal();
                let heap = &mut self.heap;
                crate::object::clear(
                    object,
                    &mut Dropped {
                        heap,
                        zeros: &mut zeros,
                    },
                );
                if kind == Kind::Class {
                    let mut class = Obj::<crate::object::Class>::of(object);
                    class.shapes = Vec::new();
                    class.relatives = Vec::new();
                }
            }
        }
    }
}
