//! Leaving a frame other than the plain way: results of constructors and generators, `yield`.

use crate::interpreter::{Completion, Registers};
use crate::object::Obj;
use crate::stack::FrameKind;
use crate::value::Value;
use crate::vm::{Raised, Vm};

impl Vm {
    /// `return` from a frame that is more than a plain call. `Ok(Some)`: an entry frame was left.
    pub(crate) fn return_slow(&mut self, value: Value) -> Result<Option<Completion>, Raised> {
        let Some(frame) = self.frames.last() else {
            return Ok(Some(Completion::Returned(value)));
        };
        let (kind, entry, result_register) = (frame.kind, frame.entry, frame.result_register);
        let mut result = value;
        match kind {
            FrameKind::Call => {}
            FrameKind::Construct => {
                if !value.is_none() {
                    let message = format!(
                        "__init__() should return None, not '{}'",
                        self.type_name(value)
                    );
                    self.give_back(value);
                    return Err(self.raise_type_error(&message));
                }
                let instance = frame.extra;
                result = self.further(instance);
            }
            FrameKind::Generator | FrameKind::LoopGenerator => {
                if let Some(generator) = frame.extra.cast() {
                    self.finish_generator(generator);
                }
            }
        }
        self.leave_frame();
        if entry {
            return Ok(Some(Completion::Returned(result)));
        }
        let Some(caller) = self.frames.last_mut() else {
            return Ok(Some(Completion::Returned(result)));
        };
        if kind.is_generator() {
            if kind == FrameKind::Generator {
                caller.take_jump();
            }
            self.give_back(result);
        } else {
            let former = Registers::new(caller.registers).replace(result_register, result);
            self.give_back(former);
        }
        Ok(None)
    }

    /// `yield` of an owned value. `Some`: an entry frame was left.
    pub(crate) fn yield_value(
        &mut self,
        value: Value,
        resume: u32,
        sent_register: u8,
    ) -> Option<Completion> {
        let (entry, result_register, kind) = match self.frames.last() {
            Some(frame) => (frame.entry, frame.result_register, frame.kind),
            None => return Some(Completion::Yielded(value)),
        };
        self.suspend_generator(resume, sent_register);
        if entry {
            return Some(Completion::Yielded(value));
        }
        if let Some(caller) = self.frames.last_mut() {
            if kind == FrameKind::LoopGenerator {
                caller.take_jump();
            }
            let former = Registers::new(caller.registers).replace(result_register, value);
            self.give_back(former);
        }
        None
    }

    /// The first step of `yield_from`; takes the iterator over, and keeps it while it yields.
    pub(crate) fn begin_delegation(&mut self, iterator: Value) -> Result<Completion, Raised> {
        let step = self.step_delegate(iterator, Value::NONE);
        let generator = self.frames.last().and_then(|frame| frame.extra.cast());
        match (step, generator) {
            (Ok(Completion::Yielded(value)), Some(generator)) => {
                let mut generator: Obj<crate::object::Generator> = generator;
                generator.delegate = iterator;
                Ok(Completion::Yielded(value))
            }
            (step, _) => {
                self.aside(|vm| vm.give_back(iterator));
                step
            }
        }
    }
}
