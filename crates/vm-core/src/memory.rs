//! The machine as the object model of its heap and its collector: how objects die.
//!
//! An object whose last count goes dies in this order, as in CPython:
//!
//! 1. Its finalizer runs (`__del__`, or closing a suspended generator), once in its life. If that
//!    gave it a new count, it lives on, weak references and all.
//! 2. Its weak references are cleared and their callbacks called, newest first.
//! 3. It leaves the collector's sight, gives up what it owns, and its memory goes back.
//!
//! A generator goes through 2 before 1.
//!
//! Children whose counts reach zero meanwhile wait in the heap's zero stack: nothing recurses.

use crate::code::Site;
use crate::object::{Class, Dropped, Generator, GeneratorState, Instance, Kind, Obj, WeakRef};
use crate::value::Value;
use crate::vm::Vm;
use vm_gc::{
    CollectionEvent, CollectionStart, Collector, Generation, ObjectModel, Reason, UntrackRound,
    WeakrefPhase, WeakrefReport,
};
use vm_heap::{Contents, Heap, ObjectRef, ZeroStack};

impl Contents for Vm {
    fn release_contents(&mut self, object: ObjectRef, zeros: &mut ZeroStack) {
        let kind = Kind::of(object);
        if kind == Kind::Instance && self.release_plain_instance(object, zeros) {
            return;
        }
        if kind == Kind::Str {
            self.free_string(object);
            return;
        }
        // A generator is closed behind the callbacks of its weak references.
        if kind == Kind::Generator && object.has_weakrefs() {
            object.increment();
            self.kill_weakrefs(object);
            if !object.decrement() {
                return;
            }
        }
        if matches!(kind, Kind::Instance | Kind::Generator | Kind::Exception)
            && !object.is_finalized()
            && self.has_finalizer(object)
        {
            object.set_finalized(true);
            object.increment();
            if object.is_tracked() {
                self.collector.renew(object);
            }
            self.finalize(object);
            if !object.decrement() {
                return;
            }
        }
        if object.has_weakrefs() {
            object.increment();
            self.kill_weakrefs(object);
            if !object.decrement() {
                return;
            }
            if object.has_weakrefs() {
                self.observe_death(object);
            }
        }
        if object.is_tracked() {
            self.collector.forget(object);
        } else {
            self.untracked_object_dies(object, kind);
        }
        if kind == Kind::WeakRef {
            self.forget_weakref(Obj::of(object));
        }
        crate::object::clear(
            object,
            &mut Dropped {
                heap: &mut self.heap,
                zeros,
            },
        );
        match kind {
            // A cleared instance still knows its class; the count of it goes now.
            Kind::Instance => {
                let instance = Obj::<Instance>::of(object);
                if !instance.shape.is_null() {
                    zeros.release(instance.class().object());
                }
            }
            Kind::Class => self.release_shapes(Obj::of(object), zeros),
            _ => {}
        }
        self.counters.objects_freed += 1;
        // SAFETY: the count is zero, so no counted place refers to the object; weak references
        // were cleared, the collector forgot it, and its contents were given up.
        unsafe { self.heap.free(object) };
    }
}

impl Vm {
    /// The same for an instance about which there is nothing special: no finalizer, no weak
    /// references, all attributes inline. Most objects that die are such. Nothing looks at them any
    /// more, so they need not be put in order. False if it is another one.
    #[inline(always)]
    fn release_plain_instance(&mut self, object: ObjectRef, zeros: &mut ZeroStack) -> bool {
        let instance = Obj::<Instance>::of(object);
        if object.has_weakrefs() || !object.is_tracked() || instance.shape.is_null() {
            return false;
        }
        let class = instance.class();
        if class.flags.has_finalizer || instance.is_spilled() {
            return false;
        }
        self.collector.forget(object);
        for value in instance.inline_values() {
            if let Some(value) = value.as_object() {
                zeros.release(value);
            }
        }
        zeros.release(class.object());
        self.counters.objects_freed += 1;
        // SAFETY: the count is zero, so no counted place refers to the object; it has no weak
        // references, the collector forgot it, and its contents were given up.
        unsafe { self.heap.free(object) };
        true
    }

    /// The same for a string: it owns nothing, and nothing watches it.
    #[inline(always)]
    pub(crate) fn free_string(&mut self, object: ObjectRef) {
        debug_assert!(Kind::of(object) == Kind::Str);
        debug_assert!(!object.has_weakrefs() && !object.is_tracked());
        self.counters.objects_freed += 1;
        // SAFETY: the count is zero, so no counted place refers to the object.
        unsafe { self.heap.free(object) };
    }

    /// Ends condemned objects that all are [plain garbage](is_plain_garbage). What they refer to is condemned
    /// too, or already free, or a leaf.
    fn end_plain_garbage(&mut self, condemned: &[ObjectRef]) {
        self.reclaim_with(|vm, zeros| {
            for &object in condemned {
                let instance = Obj::<Instance>::of(object);
                for value in instance.inline_values() {
                    if let Some(value) = value.as_object()
                        && is_leaf(value)
                    {
                        zeros.release(value);
                    }
                }
                zeros.release(instance.class().object());
                vm.collector.forget(object);
                vm.counters.objects_freed += 1;
                // SAFETY: only condemned objects refer to it, and no reference of theirs is used again but to
                // see that it does not lead to a leaf, which a free slot is not.
                unsafe { vm.heap.free(object) };
                if !zeros.is_empty() {
                    vm_heap::reclaim_waiting(vm, zeros);
                }
            }
        });
    }

    /// The rest of a dying class: no instance is left, so the shapes go.
    fn release_shapes(&mut self, mut class: Obj<Class>, zeros: &mut ZeroStack) {
        for shape in core::mem::take(&mut class.shapes) {
            for name in &shape.names {
                if let Some(name) = name.as_object() {
                    zeros.release(name);
                }
            }
        }
        class.unlink();
        self.heap
            .discharge(core::mem::take(&mut class.shapes_bytes));
        // A shape's address may be used again, so caches that remember it must forget it.
        self.class_epoch += Site::EPOCH_STEP;
    }

    /// Runs `operation` with no exception on its way, and puts the one that was back afterwards.
    /// For program code that runs in between: finalizers and callbacks.
    pub(crate) fn aside<R>(&mut self, operation: impl FnOnce(&mut Vm) -> R) -> R {
        let exception = core::mem::replace(&mut self.exception, Value::UNSET);
        let result = operation(self);
        debug_assert!(self.exception.is_unset());
        self.exception = exception;
        result
    }
}

// SAFETY: `object::traverse` visits each reference that an object owns once for each count (the
// layouts' invariant, checked by `Vm::verify` after every test); `track` is called for containers
// only (`Layout::TRACKED` selects the family); `release_contents` calls `Collector::forget` before
// freeing a tracked object; heap and collector are fields of the machine; memory is given back by
// the collector's own functions only.
unsafe impl ObjectModel for Vm {
    fn heap(&self) -> &Heap {
        &self.heap
    }

    fn heap_mut(&mut self) -> &mut Heap {
        &mut self.heap
    }

    fn collector(&self) -> &Collector {
        &self.collector
    }

    fn collector_mut(&mut self) -> &mut Collector {
        &mut self.collector
    }

    unsafe fn traverse(object: ObjectRef, visit: &mut impl FnMut(ObjectRef)) {
        crate::object::traverse(object, visit);
    }

    fn release(&mut self, object: ObjectRef) {
        if object.decrement() {
            self.reclaim(object);
        }
    }

    fn clear(&mut self, object: ObjectRef) {
        self.clear_object(object);
    }

    fn end_together(&mut self, condemned: &[ObjectRef]) -> bool {
        let plain = condemned.iter().all(|&object| is_plain_garbage(object));
        if plain {
            self.end_plain_garbage(condemned);
        }
        plain
    }

    fn can_untrack(&self, object: ObjectRef, round: UntrackRound) -> bool {
        Vm::can_be_untracked(object, round)
    }

    fn agrees(&mut self, generation: Generation, reason: Reason) -> bool {
        let retraces = self.limits.config.stress.retrace && generation == Generation::Old;
        !retraces || self.retrace(reason)
    }

    fn has_finalizer(&self, object: ObjectRef) -> bool {
        match Kind::of(object) {
            Kind::Instance => {
                let instance = Obj::<Instance>::of(object);
                !instance.shape.is_null() && instance.class().flags.has_finalizer
            }
            Kind::Exception => {
                self.class_of(Value::from_object(object))
                    .flags
                    .has_finalizer
            }
            Kind::Generator => Obj::<Generator>::of(object).state == GeneratorState::Suspended,
            _ => false,
        }
    }

    fn finalize(&mut self, object: ObjectRef) {
        if self.outcome.is_some() {
            return;
        }
        self.aside(|vm| match Kind::of(object) {
            Kind::Instance | Kind::Exception => vm.run_del(Value::from_object(object)),
            Kind::Generator => vm.close_dying_generator(Obj::of(object)),
            _ => {}
        });
    }

    fn clear_weakrefs(&mut self, condemned: &[ObjectRef], phase: WeakrefPhase) -> WeakrefReport {
        self.aside(|vm| vm.clear_condemned_weakrefs(condemned, phase))
    }

    fn collectable(&mut self, object: ObjectRef) {
        let name = match Kind::of(object) {
            // The only class here whose full name CPython keeps with its module.
            Kind::WeakRef => "weakref.ReferenceType".to_owned(),
            _ => self.type_name(Value::from_object(object)),
        };
        self.write_error(&format!(
            "gc: collectable <{name} {:#x}>\n",
            object.address()
        ));
    }

    fn save_garbage(&mut self, object: ObjectRef) {
        self.aside(|vm| vm.append_garbage(Value::from_object(object)));
    }

    fn type_key(&self, object: ObjectRef) -> usize {
        self.class_of(Value::from_object(object)).object().address()
    }

    fn type_name(&self, object: ObjectRef) -> Box<str> {
        Vm::type_name(self, Value::from_object(object)).into()
    }

    fn on_start(&mut self, start: &CollectionStart) {
        self.observe_start(start);
        self.aside(|vm| vm.gc_started(start));
    }

    fn on_stop(&mut self, event: &CollectionEvent) {
        self.aside(|vm| vm.gc_stopped(event));
        self.observe_end(event);
        if self.limits.config.stress.verify {
            self.verify_after_collection();
        }
    }
}

impl Vm {
    /// Runs `__del__` of an instance; an exception goes to the unraisable hook.
    fn run_del(&mut self, instance: Value) {
        let Some(method) = self.special_method(instance, self.names.del) else {
            return;
        };
        // A function has safepoints. A class that is its own `__del__` makes one instance after the other.
        if method.kind() != Some(Kind::Function) && self.native_step().is_err() {
            return;
        }
        method.increment();
        match self.call_special(method, instance, &[]) {
            Ok(result) => self.release_from_finalizer(result),
            Err(raised) => self.report_unraisable(raised, method),
        }
        self.release(method);
    }

    /// Releases what a finalizer returned. That may be finalized in its turn, and so on: each is a level deeper, so
    /// that [`Vm::reclaim`] puts off what would be too deep.
    fn release_from_finalizer(&mut self, result: Value) {
        if result.is_object() && self.native_depth < self.limits.config.native_depth_max {
            let released = self.nested(|vm| {
                vm.release(result);
                Ok(())
            });
            debug_assert!(released.is_ok(), "the limit is not reached");
        } else {
            self.release(result);
        }
    }

    /// Gives counts that the machine itself holds to `visit`, for verification: every root.
    pub(crate) fn for_each_root(&self, visit: &mut impl FnMut(ObjectRef)) {
        let mut value = |value: Value| {
            if let Some(object) = value.as_object() {
                visit(object);
            }
        };
        self.stack.used().iter().copied().for_each(&mut value);
        for frame in self.frames.iter() {
            value(frame.function);
            value(frame.extra);
            value(frame.saved_handled);
        }
        for own in [
            self.exception,
            self.handled,
            self.builtins,
            self.memory_error,
            self.gc_callbacks,
            self.gc_garbage,
            self.unraisable_hook,
        ] {
            value(own);
        }
        self.interner.iter().for_each(&mut value);
        self.types.iter().copied().for_each(&mut value);
        for &(name, module) in &self.modules {
            value(name);
            value(module);
        }
        for program in &self.programs {
            value(program.namespace);
            program.constants.iter().copied().for_each(&mut value);
        }
        self.handles.iter().for_each(&mut value);
    }
}

/// Whether a condemned object is an instance with all its attributes inline, without a finalizer and weak
/// references, which refers to condemned objects and leaves alone.
fn is_plain_garbage(object: ObjectRef) -> bool {
    // The memory of a large one is gone when it is free.
    if Kind::of(object) != Kind::Instance || object.has_weakrefs() || object.is_large() {
        return false;
    }
    let instance = Obj::<Instance>::of(object);
    if instance.shape.is_null() || instance.is_spilled() || instance.class().flags.has_finalizer {
        return false;
    }
    let mut values = instance.inline_values().iter();
    values.all(|value| match value.as_object() {
        Some(value) => value.is_candidate() || is_leaf(value),
        None => true,
    })
}

/// Whether an object owns no reference, is watched by nobody, and has no finalizer. A free slot is none.
#[inline(always)]
fn is_leaf(object: ObjectRef) -> bool {
    object.kind() == Kind::Str as u8 || object.kind() == Kind::BigInt as u8
}

/// Whether a weak reference still sees its target: an object that is being reclaimed is dead.
pub(crate) fn weakref_target(reference: Obj<WeakRef>) -> Option<ObjectRef> {
    reference.target.filter(|target| target.count() > 0)
}
