//! Weak references: making them, and what happens when a target dies.
//!
//! The machine has one table: target → its weak references, oldest first. A target that has any
//! carries a flag in its header, so that an object without them pays one bit test when it dies.

use crate::memory::weakref_target;
use crate::object::{Kind, Obj, WeakRef};
use crate::value::Value;
use crate::vm::{Raised, Vm};
use vm_gc::{WeakrefPhase, WeakrefReport, is_condemned};
use vm_heap::ObjectRef;

impl Vm {
    /// `weakref.ref(target, callback)`. A reference without callback is shared. Owned.
    pub(crate) fn new_weakref(&mut self, target: Value, callback: Value) -> Result<Value, Raised> {
        let kind = target.kind();
        let allowed = matches!(
            kind,
            Some(
                Kind::Instance
                    | Kind::Class
                    | Kind::Function
                    | Kind::BoundMethod
                    | Kind::Generator
                    | Kind::Set
                    | Kind::Module
                    | Kind::NativeFunction
                    | Kind::Exception
            )
        );
        let Some(object) = target.as_object().filter(|_| allowed) else {
            let message = format!(
                "cannot create weak reference to '{}' object",
                self.type_name(target)
            );
            return Err(self.raise_type_error(&message));
        };
        if callback.is_none()
            && let Some(references) = self.weakrefs.get(&object)
            && let Some(&shared) = references.iter().find(|&&reference| {
                reference.count() > 0 && Obj::<WeakRef>::of(reference).callback.is_none()
            })
        {
            return Ok(Value::from_object(shared).increment());
        }
        let reference = self.make(|header| WeakRef {
            header,
            target: Some(object),
            callback,
            hash: Value::UNSET,
        })?;
        callback.increment();
        object.set_has_weakrefs(true);
        self.weakrefs
            .entry(object)
            .or_default()
            .push(reference.object());
        Ok(reference.value())
    }

    /// The target of a weak reference, owned, or `None` once it died.
    pub(crate) fn weakref_value(&self, reference: Obj<WeakRef>) -> Value {
        weakref_target(reference).map_or(Value::NONE, |t| Value::from_object(t).increment())
    }

    /// Removes a dying weak reference from its target's list.
    pub(crate) fn forget_weakref(&mut self, mut reference: Obj<WeakRef>) {
        let Some(target) = reference.target.take() else {
            return;
        };
        if let Some(references) = self.weakrefs.get_mut(&target) {
            references.retain(|&other| other != reference.object());
            if references.is_empty() {
                self.weakrefs.remove(&target);
                target.set_has_weakrefs(self.is_watched(target));
            }
        }
    }

    /// Clears every weak reference to a dying object, then calls their callbacks, newest first.
    pub(crate) fn kill_weakrefs(&mut self, object: ObjectRef) {
        object.set_has_weakrefs(self.is_watched(object));
        let Some(references) = self.weakrefs.remove(&object) else {
            return;
        };
        let mut to_call = Vec::new();
        for &reference in references.iter().rev() {
            let mut typed = Obj::<WeakRef>::of(reference);
            typed.target = None;
            if !typed.callback.is_none() && reference.count() > 0 {
                reference.increment();
                to_call.push(reference);
            }
        }
        self.aside(|vm| vm.call_weakref_callbacks(to_call));
    }

    /// Calls the callback of each reference (of each of which it is given a count); says how many
    /// references died afterwards.
    fn call_weakref_callbacks(&mut self, references: Vec<ObjectRef>) -> u64 {
        let mut died = 0;
        for reference in references {
            let value = Value::from_object(reference);
            let callback =
                core::mem::replace(&mut Obj::<WeakRef>::of(reference).callback, Value::NONE);
            if !callback.is_none() && !callback.is_unset() && self.outcome.is_none() {
                match self.call(callback, &[value]) {
                    Ok(result) => self.release(result),
                    Err(raised) => self.report_unraisable(raised, callback),
                }
            }
            self.release(callback);
            died += u64::from(reference.count() == 1);
            self.release(value);
        }
        died
    }

    /// The collector's two looks at the weak references of condemned objects.
    pub(crate) fn clear_condemned_weakrefs(
        &mut self,
        condemned: &[ObjectRef],
        phase: WeakrefPhase,
    ) -> WeakrefReport {
        let all = phase == WeakrefPhase::BeforeClear
            || self.collector.profile().clears_all_weakrefs_first();
        let mut to_call = Vec::new();
        for &object in condemned {
            if !object.has_weakrefs() {
                continue;
            }
            let Some(references) = self.weakrefs.get_mut(&object) else {
                continue;
            };
            let mut kept = Vec::new();
            for &reference in references.iter().rev() {
                let mut typed = Obj::<WeakRef>::of(reference);
                let with_callback = !typed.callback.is_none() && !typed.callback.is_unset();
                if !(all || with_callback) {
                    kept.push(reference);
                    continue;
                }
                typed.target = None;
                if with_callback && !is_condemned(reference) && reference.count() > 0 {
                    reference.increment();
                    to_call.push(reference);
                }
            }
            if kept.is_empty() {
                self.weakrefs.remove(&object);
                object.set_has_weakrefs(self.is_watched(object));
            } else {
                kept.reverse();
                *references = kept;
            }
        }
        let tells = self.collector.profile().clears_all_weakrefs_first();
        if phase == WeakrefPhase::BeforeClear && !tells {
            // Finalizers may have made references with callbacks; they are cleared silently.
            for &reference in &to_call {
                self.release(Value::from_object(reference));
            }
            return WeakrefReport::default();
        }
        let callbacks = to_call.len() as u64;
        let died = self.call_weakref_callbacks(to_call);
        WeakrefReport { callbacks, died }
    }
}
