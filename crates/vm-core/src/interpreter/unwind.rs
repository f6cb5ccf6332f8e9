//! Unwinding: from the place that raised to the handler.
//!
//! 1. The frame on top gets an entry in the exception's traceback, unless it only raises again what
//!    it caught.
//! 2. The first region of its function that covers the place takes the exception: it goes to the
//!    region's register, and the frame continues at the handler.
//! 3. If there is none, the frame is left, its registers released, and the caller is next; leaving
//!    an entry frame ends the search, and the exception goes on in native code.
//!
//! A run that ends by a limit (`Vm::outcome`) passes no handler.

use crate::code::Code;
use crate::interpreter::Registers;
use crate::interpreter::counting::counted;
use crate::object::{Exception, Generator, GeneratorState, Obj, Traceback};
use crate::types::Type;
use crate::value::Value;
use crate::vm::Vm;
use vm_bytecode::{Opcode, Word};

impl Vm {
    /// Finds the handler. True: the frame on top continues there. False: the entry frame was left.
    #[cold]
    #[inline(never)]
    pub(crate) fn unwind(&mut self) -> bool {
        self.forget_outcome();
        if self.outcome.is_none() {
            self.observe_exception();
        }
        loop {
            let Some(frame) = self.frames.last() else {
                return false;
            };
            // SAFETY: a frame's code lives as long as the machine.
            let code = unsafe { &*frame.code };
            let place = (frame.instruction as usize - code.words.as_ptr() as usize) / 4;
            // The stored place is behind the instruction that raised, or at the first one.
            let place = place.saturating_sub(1) as u32;
            let registers = frame.registers;
            let (entry, kind) = (frame.entry, frame.kind);
            if self.outcome.is_none() {
                if !is_reraise(code, place) {
                    self.add_traceback(code, place);
                }
                let covers =
                    |region: &&vm_bytecode::Region| region.start <= place && place < region.end;
                if let Some(region) = code.function().regions.iter().find(covers) {
                    let (handler, register) = (region.handler, region.register);
                    let exception = self.take_exception();
                    // SAFETY: the verifier checked the region's register.
                    let former = unsafe { registers.add(register as usize).replace(exception) };
                    if let Some(frame) = self.frames.last_mut() {
                        frame.instruction = &raw const code.words[handler as usize];
                    }
                    self.give_back(former);
                    return true;
                }
            }
            if kind.is_generator() {
                self.end_generator_by_exception();
            }
            self.leave_frame();
            if entry {
                return false;
            }
        }
    }

    /// Prepends this place to the traceback of the exception on its way.
    fn add_traceback(&mut self, code: *const Code, instruction: u32) {
        let exception = self.exception;
        let Some(mut typed) = exception.cast::<Exception>() else {
            return;
        };
        // Out of memory here would replace the exception; the entry is left out instead.
        let next = typed.traceback;
        let made = self.make_sized(size_of::<Traceback>(), |header| Traceback {
            header,
            next,
            code,
            instruction,
        });
        if let Ok(entry) = made {
            self.track(entry.object());
            typed.traceback = entry.value();
        }
    }

    /// Leaves the frame on top: releases registers and function, restores what was being handled.
    pub(crate) fn leave_frame(&mut self) {
        let Some(frame) = self.frames.last() else {
            return;
        };
        let kind = frame.kind;
        let registers = frame.registers;
        // SAFETY: a frame's code lives as long as the machine.
        let count = unsafe { (*frame.code).register_count } as usize;
        let owners = [frame.function, frame.extra];
        let replaces = !frame.saved_handled.is_unset();
        let handled = if replaces { self.handled } else { Value::UNSET };
        self.count_references(move || {
            let held = if kind.is_generator() { 0 } else { count };
            let held = Registers::new(registers).window(0, held);
            (0, counted(held) + counted(&owners) + counted(&[handled]))
        });
        if !kind.is_generator() {
            for index in 0..count {
                // SAFETY: the frame has `count` initialised registers.
                let value = unsafe { registers.add(index).replace(Value::UNSET) };
                self.aside_release(value);
            }
            self.stack.top = registers;
        }
        let Some(frame) = self.frames.pop() else {
            return;
        };
        if !frame.saved_handled.is_unset() {
            let former = core::mem::replace(&mut self.handled, frame.saved_handled);
            self.aside_release(former);
        }
        self.aside_release(frame.function);
        self.aside_release(frame.extra);
    }

    /// Releases a value while an exception may be on its way.
    pub(super) fn aside_release(&mut self, value: Value) {
        if let Some(object) = value.as_object()
            && object.decrement()
        {
            self.aside(|vm| vm.reclaim(object));
        }
    }

    /// An exception leaves a generator's frame: the generator is finished; `StopIteration` must not
    /// look like its end, so it becomes a `RuntimeError`.
    fn end_generator_by_exception(&mut self) {
        let Some(frame) = self.frames.last() else {
            return;
        };
        let Some(generator) = frame.extra.cast::<Generator>() else {
            return;
        };
        self.finish_generator(generator);
        if self.outcome.is_none() && self.exception_is(Type::StopIteration) {
            let stop = self.take_exception();
            let _raised = self.raise_runtime_error("generator raised StopIteration");
            if let Some(mut error) = self.exception.cast::<Exception>() {
                let context = core::mem::replace(&mut error.context, self.further(stop));
                let cause = core::mem::replace(&mut error.cause, stop);
                error
                    .object()
                    .set_aux(error.object().aux() | Exception::SUPPRESS_CONTEXT);
                self.count_references(move || (0, counted(&[context, cause])));
                self.aside_release(context);
                self.aside_release(cause);
            } else {
                self.count_references(move || (0, counted(&[stop])));
                self.aside_release(stop);
            }
        }
    }

    /// Marks a generator finished and releases its registers.
    pub(crate) fn finish_generator(&mut self, mut generator: Obj<Generator>) {
        generator.state = GeneratorState::Finished;
        self.count_references(move || {
            let held = Registers::new(generator.registers.as_ptr());
            let held = held.window(0, generator.register_count as usize);
            (
                0,
                counted(held) + counted(&[generator.delegate, generator.handled]),
            )
        });
        for index in 0..generator.register_count as usize {
            // SAFETY: the generator has that many initialised registers; they are not freed while
            // its frame or the caller holds it.
            let value = unsafe {
                generator
                    .registers
                    .as_ptr()
                    .add(index)
                    .replace(Value::UNSET)
            };
            self.aside_release(value);
        }
        let delegate = core::mem::replace(&mut generator.delegate, Value::UNSET);
        let handled = core::mem::replace(&mut generator.handled, Value::NONE);
        self.aside_release(delegate);
        self.aside_release(handled);
    }
}

/// Whether word `place` of a function is a `reraise` instruction, and not another's operand.
fn is_reraise(code: &Code, place: u32) -> bool {
    let words = &code.function().code;
    let opcode = |index: usize| Word(words[index]).opcode_byte();
    let place = place as usize;
    if opcode(place) != Opcode::Reraise as u8 {
        return false;
    }
    let mut index = 0;
    while index < place {
        index += vm_bytecode::TABLE[opcode(index) as usize].words as usize;
    }
    index == place
}
