//! The module `gc`: the collector, from programs.

use crate::native::Arguments;
use crate::object::{Dict, Kind, List, Obj, Set, Str, Tuple, ValueVec};
use crate::snapshot::SnapshotPoint;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use vm_gc::{CollectionEvent, CollectionStart, Generation, PERMANENT, Profile, Reason, debug};
use vm_heap::ObjectRef;

/// Makes the module.
pub(crate) fn install(vm: &mut Vm) -> Result<(), Raised> {
    vm.gc_callbacks = vm.new_list(ValueVec::new())?;
    vm.gc_garbage = vm.new_list(ValueVec::new())?;
    let module = vm.new_module("gc")?;
    vm.define_functions(
        module,
        &[
            ("enable", enable),
            ("disable", disable),
            ("isenabled", isenabled),
            ("collect", collect),
            ("set_threshold", set_threshold),
            ("get_threshold", get_threshold),
            ("get_count", get_count),
            ("get_stats", get_stats),
            ("set_debug", set_debug),
            ("get_debug", get_debug),
            ("get_objects", get_objects),
            ("get_referrers", get_referrers),
            ("get_referents", get_referents),
            ("is_tracked", is_tracked),
            ("is_finalized", is_finalized),
            ("freeze", freeze),
            ("unfreeze", unfreeze),
            ("get_freeze_count", get_freeze_count),
            ("snapshot", snapshot),
            ("explain", explain),
        ],
    )?;
    let (callbacks, garbage) = (vm.gc_callbacks.increment(), vm.gc_garbage.increment());
    vm.define_value(module, "callbacks", callbacks)?;
    vm.define_value(module, "garbage", garbage)?;
    for (name, flag) in [
        ("DEBUG_STATS", debug::STATS),
        ("DEBUG_COLLECTABLE", debug::COLLECTABLE),
        ("DEBUG_UNCOLLECTABLE", debug::UNCOLLECTABLE),
        ("DEBUG_SAVEALL", debug::SAVEALL),
        ("DEBUG_LEAK", debug::LEAK),
    ] {
        vm.define_value(module, name, Value::from_int_unchecked(flag as i64))?;
    }
    vm.register_module("gc", module)?;
    vm.release(module);
    Ok(())
}

fn enable(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "gc.enable")?;
    vm.collector.set_enabled(true);
    Ok(Value::NONE)
}

fn disable(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "gc.disable")?;
    vm.collector.set_enabled(false);
    Ok(Value::NONE)
}

fn isenabled(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "gc.isenabled")?;
    Ok(Value::from_bool(vm.collector.is_enabled()))
}

/// An integer that CPython keeps in a C `int`.
fn c_int(vm: &mut Vm, value: Value) -> Result<i32, Raised> {
    const TOO_LARGE: &str = "Python int too large to convert to C int";
    let number = vm.index_i64_or(value, TOO_LARGE)?;
    i32::try_from(number).map_err(|_| vm.raise_overflow_error(TOO_LARGE))
}

/// The arguments of a function that takes any number of them by position.
fn positional<'a>(
    vm: &mut Vm,
    arguments: Arguments<'a>,
    function: &str,
) -> Result<&'a [Value], Raised> {
    if arguments.keyword_count() > 0 {
        let message = format!("{function}() takes no keyword arguments");
        return Err(vm.raise_type_error(&message));
    }
    Ok(arguments.all())
}

fn collect(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [generation] = arguments.bind(vm, "collect", ["generation"], 0, 1)?;
    let generation = match generation.set() {
        None => 2,
        Some(value) => i64::from(c_int(vm, value)?),
    };
    let Ok(generation) = Generation::try_from(generation) else {
        return Err(vm.raise_value_error("invalid generation"));
    };
    let found = vm_gc::collect(vm, generation, Reason::Manual);
    // It may have taken long: the limits are looked at right after the call.
    vm.next_check = 0;
    vm.new_int(found as i64)
}

fn set_threshold(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let values = positional(vm, arguments, "set_threshold")?;
    let mut thresholds = vm.collector.thresholds();
    if values.is_empty() || values.len() > thresholds.len() {
        return Err(vm.raise_type_error("gc.set_threshold requires 1 to 3 arguments"));
    }
    for (threshold, &value) in thresholds.iter_mut().zip(values) {
        let number = vm.index_i64_or(value, "Python int too large to convert to C long")?;
        *threshold = match i32::try_from(number) {
            Ok(number) => number,
            Err(_) => {
                let (which, end) = if number < 0 {
                    ("less", "minimum")
                } else {
                    ("greater", "maximum")
                };
                let message = format!("signed integer is {which} than {end}");
                return Err(vm.raise_overflow_error(&message));
            }
        };
    }
    vm.collector.set_thresholds(thresholds);
    Ok(Value::NONE)
}

fn tuple_of_counts(vm: &mut Vm, counts: [i64; 3]) -> Result<Value, Raised> {
    let values = counts.map(Value::from_int_unchecked);
    vm.new_tuple(&values)
}

fn get_threshold(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "gc.get_threshold")?;
    let thresholds = vm.collector.thresholds();
    tuple_of_counts(vm, thresholds.map(i64::from))
}

fn get_count(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "gc.get_count")?;
    let counts = vm.collector.counts();
    tuple_of_counts(vm, counts.map(i64::from))
}

/// Stores an owned value under a text key.
fn set_key(vm: &mut Vm, dict: Obj<Dict>, key: &str, value: Value) -> Result<(), Raised> {
    let stored = match vm.intern(key) {
        Ok(key) => vm.dict_set(dict, key, value),
        Err(raised) => Err(raised),
    };
    vm.aside(|vm| vm.release(value));
    stored
}

fn get_stats(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "gc.get_stats")?;
    let list = vm.new_list(ValueVec::new())?;
    for statistics in vm.collector.statistics() {
        let value = vm.new_dict()?;
        let dict = Obj::<Dict>::of(value.object_unchecked());
        for (key, number) in [
            ("collections", statistics.collections),
            ("collected", statistics.collected),
            ("uncollectable", statistics.uncollectable),
        ] {
            let number = vm.new_int(number as i64)?;
            set_key(vm, dict, key, number)?;
        }
        if vm.collector.profile() == Profile::V3_15 {
            let candidates = vm.new_int(statistics.candidates as i64)?;
            set_key(vm, dict, "candidates", candidates)?;
            let seconds = statistics.duration_ns as f64 / 1e9;
            set_key(vm, dict, "duration", Value::from_float(seconds))?;
        }
        vm.list_append(Obj::of(list.object_unchecked()), value)?;
        vm.release(value);
    }
    Ok(list)
}

fn set_debug(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [flags] = arguments.exactly(vm, "gc.set_debug")?;
    let flags = c_int(vm, flags)?;
    vm.collector.set_debug(flags as u32);
    Ok(Value::NONE)
}

fn get_debug(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "gc.get_debug")?;
    let flags = vm.collector.debug() as i32;
    Ok(Value::from_int_unchecked(i64::from(flags)))
}

fn get_objects(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [generation] = arguments.bind(vm, "get_objects", ["generation"], 0, 1)?;
    let generation = match generation.set() {
        None | Some(Value::NONE) => None,
        Some(value) if !vm.has_index(value) => {
            let name = vm.type_name(value);
            let message = format!("argument should be integer or None, not '{name}'");
            return Err(vm.raise_type_error(&message));
        }
        Some(value) => {
            let number = vm.index_i64(value)?;
            // CPython's own word for "all".
            if number < -1 {
                return Err(vm.raise_value_error("generation parameter cannot be negative"));
            }
            match Generation::try_from(number) {
                Ok(generation) => Some(generation),
                Err(_) if number == -1 => None,
                Err(_) => {
                    return Err(vm.raise_value_error(
                        "generation parameter must be less than the number of available \
                         generations (3)",
                    ));
                }
            }
        }
    };
    let values: Vec<Value> = vm_gc::objects(vm, generation)
        .into_iter()
        .map(Value::from_object)
        .collect();
    vm.new_list_of(&values)
}

/// Visits what `object` refers to, as `gc.get_referents` lists it: in CPython's order for the types
/// whose order a program can know, and for the others what the object owns.
fn visit_referents(object: ObjectRef, visit: &mut impl FnMut(Value)) {
    match Kind::of(object) {
        Kind::List => {
            let list = Obj::<List>::of(object);
            list.items.as_slice().iter().rev().copied().for_each(visit);
        }
        Kind::Tuple => {
            let tuple = Obj::<Tuple>::of(object);
            tuple.as_slice().iter().rev().copied().for_each(visit);
        }
        Kind::Dict => {
            let dict = Obj::<Dict>::of(object);
            let entries = || dict.table.entries().iter().filter(|e| !e.key.is_unset());
            // Where every key is a string, CPython visits none: strings are in no cycle.
            let visits_keys = entries().any(|entry| entry.key.cast::<Str>().is_none());
            for entry in entries() {
                visit(entry.value);
                if visits_keys {
                    visit(entry.key);
                }
            }
        }
        Kind::Set => {
            let set = Obj::<Set>::of(object);
            set.table
                .entries()
                .iter()
                .for_each(|entry| visit(entry.key));
        }
        Kind::Instance => {
            // The class comes last.
            let mut class = Value::UNSET;
            crate::object::traverse_values(object, &mut |value| {
                if class.is_unset() {
                    class = value;
                } else {
                    visit(value);
                }
            });
            visit(class);
        }
        // A range is no container to CPython.
        Kind::Range => {}
        _ => crate::object::traverse_values(object, visit),
    }
}

fn get_referrers(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let wanted = positional(vm, arguments, "gc.get_referrers")?;
    let holders = referrers(vm, wanted);
    vm.new_list_of(&holders)
}

fn get_referents(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let values = positional(vm, arguments, "gc.get_referents")?;
    let all: Vec<Value> = values.iter().copied().flat_map(referents).collect();
    vm.new_list_of(&all)
}

fn is_tracked(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value] = arguments.exactly(vm, "gc.is_tracked")?;
    Ok(Value::from_bool(
        value.as_object().is_some_and(|object| object.is_tracked()),
    ))
}

fn is_finalized(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value] = arguments.exactly(vm, "gc.is_finalized")?;
    Ok(Value::from_bool(
        value
            .as_object()
            .is_some_and(|object| object.is_finalized()),
    ))
}

fn freeze(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "gc.freeze")?;
    vm_gc::freeze(vm);
    Ok(Value::NONE)
}

fn unfreeze(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "gc.unfreeze")?;
    vm_gc::unfreeze(vm);
    Ok(Value::NONE)
}

fn get_freeze_count(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    arguments.exactly::<0>(vm, "gc.get_freeze_count")?;
    let count = vm.collector.freeze_count();
    vm.new_int(count as i64)
}

/// `gc.snapshot(name)`: gives the host a heap snapshot. True if it took one. No function of CPython's.
fn snapshot(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [name] = arguments.exactly(vm, "gc.snapshot")?;
    if name.cast::<Str>().is_none() {
        let message = format!(
            "gc.snapshot() argument must be str, not {}",
            vm.type_name(name)
        );
        return Err(vm.raise_type_error(&message));
    }
    let name = vm.text(name).to_owned();
    let is_taken = vm.snapshot_point(SnapshotPoint::Named(&name))?;
    // It may have taken long: the limits are looked at right after the call.
    vm.next_check = 0;
    Ok(Value::from_bool(is_taken))
}

/// `gc.explain(object)`: text that says who holds an object. No function of CPython's.
fn explain(vm: &mut Vm, arguments: Arguments<'_>) -> Result<Value, Raised> {
    let [value] = arguments.exactly(vm, "gc.explain")?;
    let text = match vm.explain_value(value)? {
        Some(explanation) => explanation.to_string(),
        None => format!(
            "{}: a value without a place in the heap",
            vm.type_name(value)
        ),
    };
    vm.next_check = 0;
    vm.new_str(text.trim_end())
}

/// What refers to any of the `wanted` values, as `gc.get_referrers` finds it; borrowed.
pub(crate) fn referrers(vm: &mut Vm, wanted: &[Value]) -> Vec<Value> {
    let mut holders = vm_gc::objects(vm, None);
    if vm.collector.profile() == Profile::V3_15 {
        vm.heap.for_each_container(|object| {
            if object.is_tracked() && object.generation() == PERMANENT {
                holders.push(object);
            }
        });
    }
    holders.retain(|&object| {
        let mut holds = false;
        visit_referents(object, &mut |value| holds |= wanted.contains(&value));
        holds
    });
    holders.into_iter().map(Value::from_object).collect()
}

/// What a value refers to, as `gc.get_referents` lists it; borrowed.
pub(crate) fn referents(value: Value) -> Vec<Value> {
    let mut referents = Vec::new();
    if let Some(object) = value.as_object() {
        visit_referents(object, &mut |value| referents.extend(value.set()));
    }
    referents
}

impl Vm {
    /// `gc.garbage.append(value)`, for `DEBUG_SAVEALL`.
    pub(crate) fn append_garbage(&mut self, value: Value) {
        if let Some(list) = self.gc_garbage.cast::<List>()
            && self.list_append(list, value).is_err()
        {
            let exception = self.take_exception();
            self.release(exception);
        }
    }

    /// "start" callbacks and debug lines.
    pub(crate) fn gc_started(&mut self, start: &CollectionStart) {
        if start.reason != Reason::Shutdown {
            self.run_gc_callbacks("start", start.generation, 0, 0, 0, 0);
        }
        if self.collector.debug() & debug::STATS != 0 {
            let [young, middle, old, permanent] = start.population;
            self.write_error(&format!(
                "gc: collecting generation {}...\n\
                 gc: objects in each generation: {young} {middle} {old}\n\
                 gc: objects in permanent generation: {permanent}\n",
                start.generation.number()
            ));
        }
    }

    /// Debug lines and "stop" callbacks.
    pub(crate) fn gc_stopped(&mut self, event: &CollectionEvent) {
        if self.collector.debug() & debug::STATS != 0 {
            self.write_error(&format!(
                "gc: done, {} unreachable, {} uncollectable, {:.4}s elapsed\n",
                event.collected + event.uncollectable,
                event.uncollectable,
                event.duration_ns as f64 / 1e9
            ));
        }
        if event.reason != Reason::Shutdown {
            self.run_gc_callbacks(
                "stop",
                event.generation,
                event.collected,
                event.uncollectable,
                event.candidates,
                event.duration_ns,
            );
        }
    }

    /// Calls each of `gc.callbacks` with one dict of information; the list is walked live.
    fn run_gc_callbacks(
        &mut self,
        phase: &str,
        generation: Generation,
        collected: u64,
        uncollectable: u64,
        candidates: u64,
        duration_ns: u64,
    ) {
        let Some(callbacks) = self.gc_callbacks.cast::<List>() else {
            return;
        };
        if callbacks.items.is_empty() || self.outcome.is_some() {
            return;
        }
        let info = self.gc_info(
            generation,
            collected,
            uncollectable,
            candidates,
            duration_ns,
        );
        let arguments = info.and_then(|info| self.new_str(phase).map(|phase| (phase, info)));
        let (phase, info) = match arguments {
            Ok(arguments) => arguments,
            Err(raised) => {
                let context = self.gc_callbacks;
                return self.report_unraisable(raised, context);
            }
        };
        let mut index = 0;
        while let Some(callback) = callbacks.items.get(index) {
            callback.increment();
            match self.call(callback, &[phase, info]) {
                Ok(result) => self.release(result),
                Err(raised) => self.report_unraisable(raised, callback),
            }
            self.release(callback);
            index += 1;
        }
        self.release(phase);
        self.release(info);
    }

    fn gc_info(
        &mut self,
        generation: Generation,
        collected: u64,
        uncollectable: u64,
        candidates: u64,
        duration_ns: u64,
    ) -> Result<Value, Raised> {
        let info = self.new_dict()?;
        let dict = Obj::<Dict>::of(info.object_unchecked());
        let number = i64::from(generation.number());
        set_key(self, dict, "generation", Value::from_int_unchecked(number))?;
        set_key(
            self,
            dict,
            "collected",
            Value::from_int_unchecked(collected as i64),
        )?;
        set_key(
            self,
            dict,
            "uncollectable",
            Value::from_int_unchecked(uncollectable as i64),
        )?;
        if self.collector.profile() == Profile::V3_15 {
            set_key(
                self,
                dict,
                "candidates",
                Value::from_int_unchecked(candidates as i64),
            )?;
            set_key(
                self,
                dict,
                "duration",
                Value::from_float(duration_ns as f64 / 1e9),
            )?;
        }
        Ok(info)
    }
}
