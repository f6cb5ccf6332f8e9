//! The embedding interface: load, run, call, register, look.

use crate::data::Data;
use crate::error::{ExceptionReport, RunError};
use crate::handle::Handle;
use crate::limits::{CancelHandle, Outcome};
use crate::modules::gc;
use crate::native::HostFunction;
use crate::object::{Class, Exception, Kind, Module, NativeImplementation, Obj};
use crate::statistics::{FunctionCounts, Statistics};
use crate::types::Type;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use std::io::Write;
use vm_bytecode::VerifiedModule;
use vm_gc::{Clock, Event, EventSink, Generation, GenerationStatistics, Reason};

impl Vm {
    /// Sends the program's output to these sinks.
    pub fn set_output(
        &mut self,
        standard: impl Write + Send + 'static,
        error: impl Write + Send + 'static,
    ) {
        self.output.standard = Box::new(standard);
        self.output.error = Box::new(error);
    }

    /// Writes out what the sinks hold back. An error is the sink's business.
    pub fn flush_output(&mut self) {
        let _ = self.output.standard.flush();
        let _ = self.output.error.flush();
    }

    /// Sets `sys.argv`.
    ///
    /// # Errors
    ///
    /// [`RunError::Exception`] (`MemoryError`) at the heap limit.
    pub fn set_arguments(&mut self, arguments: Vec<String>) -> Result<(), RunError> {
        self.arguments = arguments;
        let result = crate::modules::update_arguments(self);
        result.map_err(|raised| self.run_error(raised))
    }

    /// A handle that ends this machine's runs from another thread.
    pub fn cancel_handle(&self) -> CancelHandle {
        self.limits.cancel.clone()
    }

    /// Counts what instructions do (see [`Counts`](crate::Counts)), and the references that collections follow;
    /// slower. Off at first. Turning it off forgets the counts of functions.
    pub fn count_operations(&mut self, on: bool) {
        match (on, &self.counting) {
            (true, None) => self.counting = Some(Box::default()),
            (true, Some(_)) => {}
            (false, _) => self.counting = None,
        }
        self.collector.set_edge_count(on);
    }

    /// What each function did while [`Vm::count_operations`] was on, in the order in which they
    /// began to run.
    pub fn function_counts(&self) -> Vec<FunctionCounts> {
        let functions = self
            .counting
            .iter()
            .flat_map(|counting| &counting.functions);
        let named = functions.map(|&(code, counts)| {
            // SAFETY: code lives as long as the machine.
            let code = unsafe { &*code };
            let module = &code.program().module;
            let name = module.name(code.function().name).to_owned();
            FunctionCounts { name, counts }
        });
        named.collect()
    }

    /// Turns automatic collection on or off.
    pub fn set_collector_enabled(&mut self, enabled: bool) {
        self.collector.set_enabled(enabled);
    }

    /// Whether automatic collection is on.
    pub fn collector_enabled(&self) -> bool {
        self.collector.is_enabled()
    }

    /// Sets the collector's three thresholds; the first being 0 turns automatic collection off.
    pub fn set_collector_thresholds(&mut self, thresholds: [i32; 3]) {
        self.collector.set_thresholds(thresholds);
    }

    /// The collector's three thresholds.
    pub fn collector_thresholds(&self) -> [i32; 3] {
        self.collector.thresholds()
    }

    /// The collector's three counts, as of `gc.get_count`.
    pub fn collector_counts(&self) -> [u32; 3] {
        self.collector.counts()
    }

    /// Moves every object that the collector examines to the permanent generation, which it does
    /// not: for a host that has set up what it will keep.
    pub fn freeze(&mut self) {
        vm_gc::freeze(self);
    }

    /// Moves the permanent generation to the old one.
    pub fn unfreeze(&mut self) {
        vm_gc::unfreeze(self);
    }

    /// How many objects are frozen.
    pub fn freeze_count(&self) -> u64 {
        self.collector.freeze_count()
    }

    /// Counters of the collections of each generation, as of `gc.get_stats`.
    pub fn collector_statistics(&self) -> [GenerationStatistics; 3] {
        self.collector.statistics()
    }

    /// The objects that the collector examines, of one generation or of all, as of
    /// `gc.get_objects`.
    pub fn objects(&mut self, generation: Option<Generation>) -> Vec<Handle> {
        self.reap_handles();
        let objects = vm_gc::objects(self, generation);
        let values: Vec<Value> = objects.into_iter().map(Value::from_object).collect();
        self.hold_all(&values)
    }

    /// The objects that refer to a value, as of `gc.get_referrers`. None for a handle of another
    /// machine.
    pub fn referrers(&mut self, handle: &Handle) -> Vec<Handle> {
        self.reap_handles();
        let Some(value) = self.held(handle) else {
            return Vec::new();
        };
        let referrers = gc::referrers(self, &[value]);
        self.hold_all(&referrers)
    }

    /// What a value refers to, as of `gc.get_referents`. Nothing for a handle of another machine.
    pub fn referents(&mut self, handle: &Handle) -> Vec<Handle> {
        let referents = self.held(handle).map(gc::referents).unwrap_or_default();
        self.hold_all(&referents)
    }

    /// Sets the flags of `gc.set_debug`.
    pub fn set_collector_debug(&mut self, flags: u32) {
        self.collector.set_debug(flags);
    }

    /// Calls `sink` with each event: collections, arenas and growth of the heap, limits that were
    /// hit. Returns the former sink.
    pub fn set_event_sink(&mut self, sink: Option<EventSink>) -> Option<EventSink> {
        self.collector.set_sink(sink)
    }

    /// The latest events, oldest first, at most [`RING_EVENTS`](vm_gc::RING_EVENTS). They are kept
    /// whether somebody listens or not.
    pub fn latest_events(&self) -> Vec<Event> {
        self.collector.latest_events()
    }

    /// Makes `clock` tell the time of events; programs have their own clocks.
    pub fn set_event_clock(&mut self, clock: Clock) {
        self.collector.set_clock(clock);
    }

    /// Whether the events of collections name the types of what was collected. Off at first.
    pub fn set_collector_census(&mut self, census: bool) {
        self.collector.set_census(census);
    }

    /// Collects all generations now; returns the objects collected and found uncollectable.
    pub fn collect(&mut self) -> u64 {
        self.collect_generation(Generation::Old)
    }

    /// Collects a generation and the younger ones now; returns the objects collected and found
    /// uncollectable.
    pub fn collect_generation(&mut self, generation: Generation) -> u64 {
        vm_gc::collect(self, generation, Reason::Manual)
    }

    /// Makes a function of the embedder's a builtin of programs that are loaded from now on.
    ///
    /// The function gets the positional arguments and returns a handle, or what
    /// [`Vm::raise_exception`] gives.
    ///
    /// # Errors
    ///
    /// [`RunError::Exception`] (`MemoryError`) at the heap limit.
    pub fn register(
        &mut self,
        name: &str,
        function: impl FnMut(&mut Vm, &[Handle]) -> Result<Handle, Raised> + Send + 'static,
    ) -> Result<(), RunError> {
        let function: Box<HostFunction> = Box::new(function);
        let made = self
            .new_native(name, NativeImplementation::Host(function))
            .and_then(|value| self.define_value(self.builtins, name, value));
        let mut builtins = Obj::<Module>::of(self.builtins.object_unchecked());
        builtins.native_slots = builtins.namespace.slot_count();
        made.map_err(|raised| self.run_error(raised))
    }

    /// Calls a host function with borrowed values.
    pub(crate) fn call_host(
        &mut self,
        function: &mut HostFunction,
        values: &[Value],
    ) -> Result<Value, Raised> {
        let handles: Vec<Handle> = values
            .iter()
            .map(|value| self.hold(value.increment()))
            .collect();
        let result = match function(self, &handles) {
            Ok(handle) => self.value_of(&handle).map(Value::increment),
            Err(raised) if self.exception.is_unset() && self.outcome.is_none() => {
                let Raised(()) = raised;
                Err(self.raise_system_error("a native function failed without an exception"))
            }
            Err(raised) => Err(raised),
        };
        drop(handles);
        self.reap_handles();
        result
    }

    /// Raises an exception of a built-in class from a host function, which returns the result.
    #[must_use = "return it from the host function"]
    pub fn raise_exception(&mut self, class: &str, message: &str) -> Raised {
        let found = Type::TABLE
            .iter()
            .find(|(_, _, name, kind, _)| *name == class && *kind == Kind::Exception);
        match found {
            Some(&(class, ..)) => self.raise(class, message),
            None => self.raise_runtime_error(message),
        }
    }

    /// Loads a module as `__main__` and runs its entry function.
    ///
    /// # Errors
    ///
    /// [`RunError`]: an uncaught exception, an exit, or a limit. The machine can be used again.
    pub fn run(&mut self, module: VerifiedModule) -> Result<Handle, RunError> {
        self.load(module)?;
        let Some(program) = self.programs.last() else {
            return Err(RunError::Exit {
                status: 1,
                message: None,
            });
        };
        let entry = program.module.entry.0;
        let code: *const crate::code::Code = &raw const program.codes[entry as usize];
        self.begin_run();
        let result = self
            .make_function(code, entry, Value::UNSET)
            .and_then(|function| {
                let result = self.call(function, &[]);
                self.aside(|vm| vm.release(function));
                result
            });
        self.end_run(result)
    }

    /// Loads a module as `__main__` without running anything: its functions are made and become
    /// globals, so that [`Vm::global`] finds them.
    ///
    /// # Errors
    ///
    /// [`RunError::Exception`] (`MemoryError`) at the heap limit.
    pub fn load(&mut self, module: VerifiedModule) -> Result<(), RunError> {
        self.reap_handles();
        let linked = self.link(module, "__main__").and_then(|index| {
            let namespace = self.programs[index].namespace;
            self.register_module("__main__", namespace)
        });
        linked.map_err(|raised| self.run_error(raised))
    }

    /// Makes every function of the module loaded last that closes over nothing a global under its
    /// own name, unless there is a global of that name: for embedders that call functions one by
    /// one instead of running the entry function.
    ///
    /// # Errors
    ///
    /// [`RunError::Exception`] (`MemoryError`) at the heap limit.
    pub fn define_functions_of_module(&mut self) -> Result<(), RunError> {
        let result = self.define_functions_of_last_program();
        result.map_err(|raised| self.run_error(raised))
    }

    fn define_functions_of_last_program(&mut self) -> Result<(), Raised> {
        let Some(program) = self.programs.last() else {
            return Ok(());
        };
        let program: *const crate::code::Program = &raw const **program;
        // SAFETY: programs are boxed and kept until the machine is dropped.
        let program = unsafe { &*program };
        for (index, code) in program.codes.iter().enumerate() {
            if program.module.functions[index].free_count > 0 {
                continue;
            }
            let mut module = Obj::<Module>::of(program.namespace.object_unchecked());
            let slot = module
                .namespace
                .ensure_slot(&mut self.heap, code.qualified_name);
            let slot = slot.map_err(|error| self.raise_memory_error(error))?;
            if module.namespace.value(slot).is_unset() {
                let function = self.make_function(code, index as u32, Value::UNSET)?;
                module.namespace.replace(slot, function);
            }
        }
        Ok(())
    }

    /// A global of the module loaded last.
    pub fn global(&mut self, name: &str) -> Option<Handle> {
        let name = self.interner.find(name)?;
        let namespace = self.programs.last()?.namespace;
        let value = Obj::<Module>::of(namespace.object_unchecked())
            .namespace
            .get(name)
            .set()?;
        Some(self.hold(value.increment()))
    }

    /// Calls a callable. A run of its own: fuel and time start anew.
    ///
    /// # Errors
    ///
    /// [`RunError`], as for [`Vm::run`].
    pub fn call_handle(
        &mut self,
        callee: &Handle,
        arguments: &[Handle],
    ) -> Result<Handle, RunError> {
        self.begin_run();
        let result = self.call_values(callee, arguments);
        self.end_run(result)
    }

    /// Calls a callable from within a host function: part of the run that called it.
    ///
    /// # Errors
    ///
    /// [`Raised`], to be returned from the host function.
    pub fn call_back(&mut self, callee: &Handle, arguments: &[Handle]) -> Result<Handle, Raised> {
        let value = self.call_values(callee, arguments)?;
        Ok(self.hold(value))
    }

    fn call_values(&mut self, callee: &Handle, arguments: &[Handle]) -> Result<Value, Raised> {
        let callee = self.value_of(callee)?;
        let arguments = self.values_of(arguments)?;
        self.call(callee, &arguments)
    }

    fn end_run(&mut self, result: Result<Value, Raised>) -> Result<Handle, RunError> {
        // A request that came too late for this run is not for the next one.
        self.limits.cancel.take();
        match result {
            // The limit was reached in a finalizer, and no instruction came behind it.
            Ok(value) if self.outcome.is_some() => {
                self.release(value);
                Err(self.run_error(Raised(())))
            }
            Ok(value) => Ok(self.hold(value)),
            Err(raised) => Err(self.run_error(raised)),
        }
    }

    /// What went wrong, after a function of the machine failed outside a run ([`Vm::read`],
    /// [`Vm::make_value`], [`Vm::call_back`]).
    pub fn error_of(&mut self, raised: Raised) -> RunError {
        self.run_error(raised)
    }

    /// A value's text, as `str()` gives it.
    ///
    /// # Errors
    ///
    /// [`RunError`] if making the text runs program code that fails.
    pub fn text_of(&mut self, handle: &Handle) -> Result<String, RunError> {
        let text = self.value_of(handle).and_then(|value| self.str_of(value));
        match text {
            Ok(text) => {
                let owned = self.text(text).to_owned();
                self.release(text);
                Ok(owned)
            }
            Err(raised) => Err(self.run_error(raised)),
        }
    }

    /// What a stress mode found outside a run, in [`Vm::finish`] or [`Vm::collect`].
    pub fn take_inconsistency(&mut self) -> Option<String> {
        self.inconsistency.take()
    }

    /// Ends the programs: clears the globals of the loaded modules, and what programs set in native
    /// modules, so that what these held dies and is finalized; then collects what is left. The
    /// machine can load and run again afterwards.
    ///
    /// What is finalized here has fuel and time of its own. Returned is the limit that ended it early, if
    /// one did.
    pub fn finish(&mut self) -> Option<Outcome> {
        self.reap_handles();
        self.begin_run();
        for index in 0..self.programs.len() {
            let namespace = self.programs[index].namespace;
            self.clear_module(Obj::of(namespace.object_unchecked()));
        }
        for index in 0..self.modules.len() {
            let (_, module) = self.modules[index];
            self.clear_module(Obj::of(module.object_unchecked()));
        }
        vm_gc::collect(self, Generation::Old, Reason::Shutdown);
        self.flush_output();
        self.outcome.take()
    }

    /// Releases what programs stored in a module, but for names that begin with two underscores.
    /// What dies may run program code that stores more: that is released too.
    fn clear_module(&mut self, mut module: Obj<Module>) {
        let mut slot = module.native_slots;
        while slot < module.namespace.slot_count() {
            let name = module.namespace.name(slot);
            if !self.text(name).starts_with("__") {
                let value = module.namespace.replace(slot, Value::UNSET);
                self.release(value);
            }
            slot += 1;
        }
    }

    /// Counters of everything so far.
    pub fn statistics(&self) -> Statistics {
        Statistics::of(self)
    }

    /// Recomputes every reference count from the objects and the machine's own references, and
    /// compares; checks the heap's structure and accounting. For tests: costs time in proportion to
    /// the heap. Call it while nothing runs.
    ///
    /// # Errors
    ///
    /// The first disagreement.
    pub fn verify(&mut self) -> Result<(), vm_heap::VerifyError> {
        self.reap_handles();
        let mut roots = Vec::new();
        self.for_each_root(&mut |object| roots.push(object));
        self.heap
            .verify(&roots, |object, visit| {
                crate::object::traverse(object, &mut |referent| visit(referent));
            })
            .map(|_| ())
    }

    /// Turns the failure of a run into an error for the embedder.
    pub(crate) fn run_error(&mut self, _raised: Raised) -> RunError {
        if let Some(message) = self.inconsistency.take() {
            self.outcome = None;
            let exception = self.take_exception();
            self.release(exception);
            return RunError::Inconsistent(message);
        }
        if let Some(outcome) = self.outcome.take() {
            let exception = self.take_exception();
            self.release(exception);
            return RunError::Limit(outcome);
        }
        let exception = self.take_exception();
        let error = self.report(exception);
        self.release(exception);
        error
    }

    fn report(&mut self, exception: Value) -> RunError {
        let Some(typed) = exception.cast::<Exception>() else {
            let report = ExceptionReport {
                class: "MemoryError".to_owned(),
                message: "the machine itself ran out of memory".to_owned(),
                text: "MemoryError\n".to_owned(),
            };
            return RunError::Exception(Box::new(report));
        };
        let exits = self.builtin(Type::SystemExit).value();
        let class = typed.class.cast::<Class>();
        if class.is_some_and(|class| class.is_subclass_of(exits)) {
            return self.exit_of(exception);
        }
        let class = self.type_name(exception);
        let text = self.format_exception(exception);
        let message = match self.str_of(exception) {
            Ok(message) => {
                let owned = self.text(message).to_owned();
                self.release(message);
                owned
            }
            Err(Raised(())) => {
                let second = self.take_exception();
                self.release(second);
                String::new()
            }
        };
        RunError::Exception(Box::new(ExceptionReport {
            class,
            message,
            text,
        }))
    }

    /// The status of `SystemExit`: 0 for none or `None`, a number, or 1 with a message.
    fn exit_of(&mut self, exception: Value) -> RunError {
        let code = match self.get_attribute(exception, self.names.code) {
            Ok(code) => code,
            Err(Raised(())) => {
                let second = self.take_exception();
                self.release(second);
                Value::NONE
            }
        };
        let handle = self.hold(code);
        match self.read(&handle) {
            Ok(Data::None) => RunError::Exit {
                status: 0,
                message: None,
            },
            Ok(Data::Int(status)) => RunError::Exit {
                status: status as i32,
                message: None,
            },
            Ok(Data::Bool(status)) => RunError::Exit {
                status: i32::from(status),
                message: None,
            },
            _ => {
                let message = self.text_of(&handle).ok();
                RunError::Exit { status: 1, message }
            }
        }
    }
}
