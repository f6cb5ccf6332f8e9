//! References that instructions take and give back.
//!
//! 1. **Read** operands change no count. A stack machine would have taken and given back one for
//!    each: two are `elided`. So it is with one that moves, since its register would keep its own.
//! 2. **Written** registers give back what they held, unless the instruction moved that away.
//! 3. What is **loaded** is taken: it is in the register when the instruction has ended.
//! 4. What is **stored** is taken, and what its place held is given back.
//! 5. **Calls** move the callee and its arguments where the loop pushes the frame itself.
//!    **Returning** gives back what registers hold and the function; the result moves.
//!
//! Of 3 and 4 the loop knows variables, cells, attributes that the inline cache finds, and items of
//! lists and tuples by a small integer. Others are found by operations of built-in types, whose
//! references are their own.

use crate::code::{Code, Found, Site};
use crate::interpreter::Registers;
use crate::object::{
    Cell, Class, Function, Generator, GeneratorState, Instance, Iterator, IteratorVariant, List,
    Str, Tuple,
};
use crate::stack::FrameKind;
use crate::statistics::Counts;
use crate::value::Value;
use crate::vm::Vm;
use vm_bytecode::{Field, Opcode, OperandKind, TABLE, Word};

/// How many of the values are objects whose count changes.
pub(in crate::interpreter) fn counted(values: &[Value]) -> u64 {
    values.iter().filter(|value| value.is_counted()).count() as u64
}

/// How many of a new frame's registers took a further reference: what is in starred parameters is
/// new itself.
pub(in crate::interpreter) fn counted_parameters(registers: &[Value], code: &Code) -> u64 {
    let parameters = code.parameters;
    let named = usize::from(parameters.positional) + usize::from(parameters.keyword_only);
    counted(&registers[..named])
}

/// An instruction that is about to run.
pub(super) struct Step<'a> {
    pub(super) opcode: Opcode,
    pub(super) word: Word,
    pub(super) at: *const core::cell::Cell<u32>,
    pub(super) registers: Registers,
    pub(super) code: &'a Code,
    /// What its inline cache knows, if it has one.
    pub(super) cached: Option<Found>,
}

/// What an instruction does if it ends in its own frame, and does not raise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    /// The frame's first register.
    frame: *mut Value,
    increments: u64,
    decrements: u64,
    /// The register that it loads with a further reference.
    loads: Option<u8>,
    /// A register with a text to which more may be appended in place: then it is not released.
    appends: Option<(u8, Value)>,
    /// All that is so only if the next instruction is this one, or only if it is not.
    only: Option<(*const core::cell::Cell<u32>, bool)>,
}

impl Vm {
    /// One more reference of a value that an instruction takes beyond the loop.
    #[inline(always)]
    #[cfg_attr(feature = "trace-counts", track_caller)]
    pub(in crate::interpreter) fn further(&mut self, value: Value) -> Value {
        self.count_references(move || (counted(&[value]), 0));
        value.increment()
    }

    /// Gives back a reference of an instruction beyond the loop.
    #[inline(always)]
    #[cfg_attr(feature = "trace-counts", track_caller)]
    pub(in crate::interpreter) fn give_back(&mut self, value: Value) {
        self.count_references(move || (0, counted(&[value])));
        self.release(value);
    }

    /// Gives back a reference of each value.
    #[cfg_attr(feature = "trace-counts", track_caller)]
    pub(in crate::interpreter) fn give_back_all(&mut self, values: &[Value]) {
        self.count_references(move || (0, counted(values)));
        self.release_all(values);
    }

    /// Counts references taken and given back, if instructions are counted: one comparison if not.
    #[inline(always)]
    pub(in crate::interpreter) fn count_references(&mut self, count: impl FnOnce() -> (u64, u64)) {
        if self.counting.is_some() {
            self.count_beyond(count);
        }
    }

    /// Not inlined, so that who counts nothing needs nothing for it.
    #[cold]
    #[inline(never)]
    fn count_beyond(&mut self, count: impl FnOnce() -> (u64, u64)) {
        if let Some(counting) = &mut self.counting {
            let (increments, decrements) = count();
            counting.increments += increments;
            counting.decrements += decrements;
        }
    }

    /// The host enters the loop. Of what it did before, the references count that the frame on top
    /// took, and will give back.
    pub(super) fn begin_with_entry(&mut self) {
        let Some(counting) = &mut self.counting else {
            return;
        };
        (counting.increments, counting.decrements) = (0, 0);
        if let Some(frame) = self.frames.last()
            && !frame.kind.is_generator()
        {
            // SAFETY: code lives as long as the machine.
            let code = unsafe { &*frame.code };
            let registers = Registers::new(frame.registers);
            let registers = registers.window(0, usize::from(code.register_count));
            let owners = [frame.function, frame.extra];
            counting.increments = counted_parameters(registers, code) + counted(&owners);
        }
    }

    /// The last instruction raised.
    pub(in crate::interpreter) fn forget_outcome(&mut self) {
        if let Some(counting) = &mut self.counting {
            counting.outcome = None;
        }
    }

    /// The last instruction ended, and the one at `at` is next.
    pub(super) fn settle_outcome(
        &mut self,
        at: *const core::cell::Cell<u32>,
        registers: Registers,
    ) {
        let Some(counting) = self.counting.as_mut() else {
            return;
        };
        let Some(outcome) = counting.outcome.take() else {
            return;
        };
        let other_branch = |(target, taken): (_, bool)| (at == target) != taken;
        if outcome.frame != registers.pointer(0) || outcome.only.is_some_and(other_branch) {
            return;
        }
        counting.increments += outcome.increments;
        counting.decrements += outcome.decrements;
        if let Some(register) = outcome.loads {
            counting.increments += counted(&[registers.get(register)]);
        }
        if let Some((register, text)) = outcome.appends
            && registers.get(register) == text
        {
            counting.decrements -= 1;
        }
    }

    /// Counts what the instruction does for certain, and returns the rest.
    pub(super) fn foresee(&mut self, step: &Step<'_>, counts: &mut Counts) -> Outcome {
        let (word, registers) = (step.word, step.registers);
        let held = |register: u8| counted(&[registers.get(register)]);
        let mut outcome = Outcome {
            frame: registers.pointer(0),
            increments: 0,
            decrements: 0,
            loads: None,
            appends: None,
            only: None,
        };
        for operand in TABLE[step.opcode as usize].operands {
            let register = match operand.field {
                Field::A => word.a(),
                Field::B => word.b(),
                _ => word.c(),
            };
            match operand.kind {
                OperandKind::Read | OperandKind::Take | OperandKind::Enclose => {
                    counts.elided += 2 * held(register);
                }
                OperandKind::Unset => counts.decrements += held(register),
                OperandKind::Write | OperandKind::WriteUnlessJump | OperandKind::WriteIfJump
                    if !step.moves_away(register) =>
                {
                    outcome.decrements += held(register);
                }
                _ => {}
            }
        }
        match step.opcode {
            Opcode::Copy => outcome.increments += held(word.b()),
            Opcode::LoadGlobal
            | Opcode::LoadCell
            | Opcode::LoadFree
            | Opcode::LoadClosure
            | Opcode::LoadHandled => outcome.loads = Some(word.a()),
            Opcode::LoadAttr if step.cached.is_some() => outcome.loads = Some(word.a()),
            Opcode::LoadItem => {
                let item = item_at(registers.get(word.b()), registers.get(word.c()));
                outcome.loads = item.map(|_| word.a());
            }
            Opcode::LoadItemImm => {
                let key = Value::from_i32(i32::from(word.signed_c()));
                let item = item_at(registers.get(word.b()), key);
                outcome.loads = item.map(|_| word.a());
            }
            Opcode::StoreGlobal => {
                // SAFETY: linking numbered the links, which live as long as the machine.
                let slot = unsafe { (*step.code.globals.get().add(step.extra() as usize)).slot };
                let former = step.code.module.namespace.value(slot as usize);
                counts.store(registers.get(word.a()), former);
            }
            Opcode::StoreCell => {
                if let Some(cell) = registers.get(word.a()).cast::<Cell>() {
                    counts.store(registers.get(word.b()), cell.value);
                }
            }
            Opcode::StoreFree => {
                if let Some(cell) = self.free_cell(word.bc()) {
                    counts.store(registers.get(word.a()), cell.value);
                }
            }
            Opcode::StoreAttr => {
                if let Some(found) = step.cached
                    && let Some(mut instance) = registers.get(word.a()).cast::<Instance>()
                {
                    let former = if found == Found::Slot {
                        // SAFETY: instances of the shape that the cache knows have the slot inline.
                        unsafe { *instance.inline_slot(step.site().slot as usize) }
                    } else {
                        Value::UNSET
                    };
                    counts.store(registers.get(word.b()), former);
                }
            }
            Opcode::StoreItem => {
                let list = registers.get(word.a());
                if list.cast::<List>().is_some()
                    && let Some(former) = item_at(list, registers.get(word.b()))
                {
                    counts.store(registers.get(word.c()), former);
                }
            }
            Opcode::ListAppend if registers.get(word.a()).cast::<List>().is_some() => {
                outcome.increments += held(word.b());
            }
            Opcode::PopHandled => outcome.decrements += counted(&[self.handled]),
            Opcode::Add | Opcode::Iadd if word.a() == word.b() => {
                outcome.appends =
                    text_to_append_to(registers.get(word.a())).map(|text| (word.a(), text));
            }
            Opcode::ForIter | Opcode::LoopIter => self.foresee_item(step, &mut outcome),
            Opcode::Call => self.foresee_call(step, counts, &mut outcome),
            Opcode::CallMethod => foresee_method_call(step, counts, &mut outcome),
            Opcode::Return | Opcode::ReturnNone => self.foresee_return(step, counts),
            _ => {}
        }
        outcome
    }

    /// `for_iter` and `loop_iter`: a register is written only if there is a next item. A generator
    /// writes it when it yields.
    fn foresee_item(&mut self, step: &Step<'_>, outcome: &mut Outcome) {
        let iterator = step.registers.get(step.word.b());
        if let Some(list_iterator) = iterator.cast::<Iterator>()
            && list_iterator.variant() == IteratorVariant::List
        {
            let position = list_iterator.position as usize;
            let list = list_iterator.first.cast::<List>();
            let item = list.and_then(|list| list.items.get(position));
            outcome.increments += item.map_or(0, |item| counted(&[item]));
        }
        if let Some(generator) = iterator.cast::<Generator>()
            && matches!(
                generator.state,
                GeneratorState::Suspended | GeneratorState::Created
            )
            && generator.delegate.is_unset()
        {
            outcome.decrements = 0;
        }
        let offset = step.extra() as i32;
        let target = step.at.wrapping_add(2).wrapping_offset(offset as isize);
        outcome.only = Some((target, step.opcode == Opcode::LoopIter));
    }

    /// The call of a class whose `__init__` is known and takes just the arguments: the function and
    /// the instance are taken, and the class is given back. The machine's own code is called where it is, and its
    /// window given back.
    fn foresee_call(&mut self, step: &Step<'_>, counts: &mut Counts, outcome: &mut Outcome) {
        let callee = step.registers.get(step.word.a());
        if self.direct_native(callee).is_some() {
            let window = step
                .registers
                .window(step.word.a(), usize::from(step.word.b()) + 1);
            outcome.decrements += counted(window);
        } else if let Some(class) = callee.cast::<Class>()
            && class.init_epoch == self.class_epoch
            && let Some(init) = class.init.cast::<Function>()
            && takes_just(init, u16::from(step.word.b()) + 1)
        {
            counts.increments += 1 + counted(&[class.init]);
            counts.decrements += counted(&[callee]);
        }
    }

    /// `return` and `return_none`, if the loop itself leaves the frame.
    fn foresee_return(&mut self, step: &Step<'_>, counts: &mut Counts) {
        let frame = self.frames.top();
        let moved = match step.opcode {
            Opcode::Return => counted(&[step.registers.get(step.word.a())]),
            _ => 0,
        };
        let constructs = step.opcode == Opcode::ReturnNone
            && frame.kind == FrameKind::Construct
            && !frame.entry
            && frame.saved_handled.is_unset();
        if frame.plain || constructs {
            let count = usize::from(step.code.register_count);
            let held = counted(step.registers.window(0, count));
            counts.decrements += held - moved + counted(&[frame.function]);
        }
    }
}

/// `call_method`, if the inline cache knows the method: it is taken, and the register in front of the
/// receiver given back. A native one is called where it is, and its window given back.
fn foresee_method_call(step: &Step<'_>, counts: &mut Counts, outcome: &mut Outcome) {
    let (word, registers) = (step.word, step.registers);
    let former = counted(&[registers.get(word.a())]);
    let count = u16::from(word.b()) + 1;
    match step.cached {
        Some(Found::Method) => {
            counts.increments += counted(&[Value::from_bits(step.site().target)]);
            counts.decrements += former;
        }
        Some(_) => {
            let window = registers.window(word.a() + 1, usize::from(count));
            counts.decrements += former;
            outcome.decrements += counted(window);
        }
        None => {}
    }
}

/// Whether arguments that are moved to its registers are all that the function needs.
fn takes_just(function: crate::object::Obj<Function>, count: u16) -> bool {
    // SAFETY: code lives as long as the machine.
    unsafe { (*function.code).fast_arity == count }
}

/// The item that the loop itself finds: of a list or tuple at a small integer within it.
fn item_at(object: Value, key: Value) -> Option<Value> {
    let index = key.as_int()? as usize;
    match (object.cast::<List>(), object.cast::<Tuple>()) {
        (Some(list), _) => list.items.get(index),
        (_, Some(tuple)) => tuple.as_slice().get(index).copied(),
        _ => None,
    }
}

/// The text of a register that nothing else refers to: the loop appends to it if there is room.
fn text_to_append_to(value: Value) -> Option<Value> {
    let object = value.cast::<Str>()?.object();
    let is_alone = object.count() == 1 && object.aux() & Str::INTERNED == 0 && !object.is_large();
    is_alone.then_some(value)
}

impl Counts {
    /// A value is stored where another one was.
    fn store(&mut self, value: Value, former: Value) {
        self.increments += counted(&[value]);
        self.decrements += counted(&[former]);
    }
}

impl Step<'_> {
    /// The instruction's second word.
    fn extra(&self) -> u32 {
        debug_assert!(TABLE[self.opcode as usize].words > 1);
        // SAFETY: the verifier checked that the instruction has its second word.
        unsafe { (*self.at.add(1)).get() }
    }

    /// The attribute site of the instruction.
    pub(super) fn site(&self) -> Site {
        let index = self.extra() as usize / size_of::<Site>();
        // SAFETY: linking numbered the sites of this code, and its machine alone changes them.
        unsafe { *self.code.sites[index].get() }
    }

    /// Whether the instruction takes a register's value before it writes the register.
    fn moves_away(&self, register: u8) -> bool {
        let word = self.word;
        let count = match self.opcode {
            Opcode::Move | Opcode::YieldFrom => 1,
            Opcode::MakeSlice => 3,
            Opcode::MakeTuple
            | Opcode::MakeList
            | Opcode::MakeSet
            | Opcode::MakeString
            | Opcode::MakeClosure => usize::from(word.c()),
            Opcode::MakeDict => 2 * usize::from(word.c()),
            // What resumes the generator writes its register.
            Opcode::Yield => return true,
            _ => 0,
        };
        let first = usize::from(word.b());
        (first..first + count).contains(&usize::from(register))
    }
}
