//! The loop: fetch, dispatch, and the fast path of every instruction.
//!
//! The loop keeps four things in local variables: the word that was read last, the registers, the
//! code, and the count of instructions. They are written back (`save!`) before anything that can
//! run program code, raise, or look at the frame, and the frame's part is read again (`load!`) when
//! another frame is on top. Everything that is not short is in the modules beside it, never inlined here, so
//! that the fast paths keep their registers.
//!
//! An instruction that is also part of fused ones (`vm_bytecode::fuse`) is a macro; its arm and theirs
//! are its uses. Calls and returns stand behind the arms, once each. Whoever adds an arm measures the
//! others: LLVM has few registers to give (record 0012).
//!
//! **Invariant.** All operands are used unchecked: the code comes from a `VerifiedModule`
//! (`code.rs`), and `Registers` states what that guarantees.

use crate::code::{Code, Found, Site};
use crate::interpreter::call::NATIVE_CALL_INSTRUCTIONS;
use crate::interpreter::variables::Variable;
use crate::interpreter::{Completion, Registers, Start};
use crate::native::Arguments;
use crate::object::{
    Cell, Class, Function, Generator, GeneratorState, Instance, Iterator, IteratorVariant, List,
    NativeFunction, NativeImplementation, Obj, Tuple,
};
use crate::ops::arithmetic::{BinaryOperator, UnaryOperator};
use crate::ops::compare::Comparison;
use crate::stack::{Frame, FrameKind};
use crate::value::Value;
use crate::vm::{Raised, Vm};
use vm_bytecode::{Opcode, Word};

/// What an instruction left to the cold half of the loop.
enum Exit {
    /// The exception on its way, or the machine's outcome.
    Raise,
    /// Another frame is on top: read it and go on.
    Switch,
}

impl Vm {
    /// Runs from the frame on top, an entry frame, until that frame is left. With `OBSERVED`,
    /// counts what instructions do (`counting.rs`), and asks the observer before each; without, it
    /// knows nothing of either.
    #[allow(clippy::too_many_lines, reason = "one arm for each instruction")]
    pub(crate) fn execute<const OBSERVED: bool>(
        &mut self,
        start: Start,
    ) -> Result<Completion, Raised> {
        if start == Start::Raising && !self.unwind() {
            return Err(Raised(()));
        }
        let mut executed = self.executed;
        'frames: loop {
            let Some(frame) = self.frames.last() else {
                return Err(Raised(()));
            };
            let mut code: *const Code = frame.code;
            // The word that was read last. An instruction ends with the step to the next word, so
            // whatever goes elsewhere sets this to the word before.
            let mut at: *const core::cell::Cell<u32> = frame.instruction;
            let mut registers = Registers::new(frame.registers);

            let exit = 'run: loop {
                /// Writes the loop's state back to the machine.
                macro_rules! save {
                    () => {
                        // What needs this is slow beside what does not: the loop's state is not
                        // to leave the processor's registers for its sake.
                        core::hint::cold_path();
                        self.executed = executed;
                        self.frames.top().instruction = at.wrapping_add(1);
                    };
                }
                /// The value of an operation that may raise or run program code.
                macro_rules! attempt {
                    ($operation:expr) => {{
                        save!();
                        let result = $operation;
                        executed = self.executed;
                        match result {
                            Ok(value) => value,
                            Err(Raised(())) => break 'run Exit::Raise,
                        }
                    }};
                }
                /// Drops an owned value.
                macro_rules! drop_value {
                    ($value:expr) => {{
                        let value: Value = $value;
                        if value.is_object() {
                            drop_object!(value);
                        }
                    }};
                }
                /// Drops an owned object.
                macro_rules! drop_object {
                    ($value:expr) => {{
                        let object = $value.object_unchecked();
                        if object.decrement() {
                            save!();
                            self.reclaim(object);
                            executed = self.executed;
                        }
                    }};
                }
                /// Stores an owned value in a register, releasing what was there.
                macro_rules! put {
                    ($register:expr, $value:expr) => {{
                        let register: u8 = $register;
                        let value: Value = $value;
                        if registers.holds_object(register) {
                            let former = registers.replace(register, value);
                            drop_object!(former);
                        } else {
                            registers.write(register, value);
                        }
                    }};
                }
                /// The second word of the instruction; moves behind it.
                macro_rules! extra {
                    () => {{
                        at = at.wrapping_add(1);
                        // SAFETY: the verifier checked that the instruction has its second word.
                        unsafe { (*at).get() }
                    }};
                }
                /// Moves by a verified jump offset; a backward jump is a safepoint.
                macro_rules! jump {
                    ($offset:expr) => {{
                        let offset = $offset as isize;
                        // The verifier checked that an instruction of this function follows there.
                        at = at.wrapping_offset(offset);
                        // The rare condition first: it decides nearly always.
                        if executed >= self.next_check && offset < 0 {
                            attempt!(self.safepoint());
                        }
                    }};
                }
                /// Moves by a verified jump offset, in general backward: always a safepoint.
                macro_rules! jump_back {
                    ($offset:expr) => {{
                        // The verifier checked that an instruction of this function follows there.
                        at = at.wrapping_offset($offset as isize);
                        if executed >= self.next_check {
                            attempt!(self.safepoint());
                        }
                    }};
                }
                /// What two floats, or a float and an integer, make of each other, if that is quick.
                macro_rules! calculated {
                    ($left:expr, $right:expr, $float:expr) => {{
                        let (left, right): (Value, Value) = ($left, $right);
                        let calculate: fn(f64, f64) -> Option<f64> = $float;
                        match calculate(left.float_or_nan(), right.float_or_nan()) {
                            Some(result) if !result.is_nan() => {
                                Some(Value::from_arithmetic(result))
                            }
                            _ => left
                                .float_pair(right)
                                .and_then(|(left, right)| calculate(left, right))
                                .map(Value::from_float),
                        }
                    }};
                }
                /// An arithmetic instruction with fast paths for two integers, and for a float with a
                /// float or an integer.
                macro_rules! arithmetic {
                    ($word:ident, $left:ident, $right:ident, $int:expr, $float:expr, $slow:expr) => {{
                        let ($left, $right) = (registers.get($word.b()), registers.get($word.c()));
                        let fast = if Value::both_int($left, $right) {
                            $int
                        } else {
                            calculated!($left, $right, $float)
                        };
                        if let Some(value) = fast {
                            put!($word.a(), value);
                        } else if $slow != BinaryOperator::Add
                            || $word.a() != $word.b()
                            || !self.append_in_place($left, $right)
                        {
                            let value = attempt!(self.binary_slow($slow, $left, $right));
                            put!($word.a(), value);
                        }
                    }};
                }
                /// An arithmetic instruction without a fast path here.
                macro_rules! binary {
                    ($word:ident, $operator:ident) => {{
                        let (left, right) = (registers.get($word.b()), registers.get($word.c()));
                        let value =
                            attempt!(self.binary_slow(BinaryOperator::$operator, left, right));
                        put!($word.a(), value);
                    }};
                }
                /// An in-place instruction: numbers are immutable, so they take the fast path of the
                /// plain one.
                macro_rules! in_place_arithmetic {
                    ($word:ident, $operator:ident, $ints:ident, $float:tt) => {{
                        let (left, right) = (registers.get($word.b()), registers.get($word.c()));
                        let fast = if Value::both_int(left, right) {
                            left.$ints(right)
                        } else {
                            calculated!(left, right, |left, right| Some(left $float right))
                        };
                        let operator = BinaryOperator::$operator;
                        if let Some(value) = fast {
                            put!($word.a(), value);
                        } else if operator != BinaryOperator::Add
                            || $word.a() != $word.b()
                            || !self.append_in_place(left, right)
                        {
                            let value = attempt!(self.in_place_slow(operator, left, right));
                            put!($word.a(), value);
                        }
                    }};
                }
                macro_rules! in_place {
                    ($word:ident, $operator:ident) => {{
                        let (left, right) = (registers.get($word.b()), registers.get($word.c()));
                        let operator = BinaryOperator::$operator;
                        let value = attempt!(self.in_place_slow(operator, left, right));
                        put!($word.a(), value);
                    }};
                }
                /// The truth of a comparison of two values.
                macro_rules! comparison {
                    ($left:expr, $right:expr, $operator:tt, $comparison:ident) => {{
                        let (left, right): (Value, Value) = ($left, $right);
                        if Value::both_int(left, right) {
                            left.bits() $operator right.bits()
                        } else if let Some((left, right)) = left.float_pair(right) {
                            left $operator right
                        } else {
                            attempt!(self.compare_bool(Comparison::$comparison, left, right))
                        }
                    }};
                }
                macro_rules! compare {
                    ($word:ident, $operator:tt, $comparison:ident) => {{
                        let (left, right) = (registers.get($word.b()), registers.get($word.c()));
                        let value = if Value::both_int(left, right) {
                            Value::from_bool(left.bits() $operator right.bits())
                        } else if let Some((left, right)) = left.float_pair(right) {
                            Value::from_bool(left $operator right)
                        } else {
                            attempt!(self.compare(Comparison::$comparison, left, right))
                        };
                        put!($word.a(), value);
                    }};
                }
                macro_rules! jump_compare {
                    ($word:ident, $operator:tt, $comparison:ident, $when:literal) => {{
                        let offset = extra!() as i32;
                        let (left, right) = (registers.get($word.a()), registers.get($word.b()));
                        if comparison!(left, right, $operator, $comparison) == $when {
                            jump!(offset);
                        }
                    }};
                }
                /// Tells whether it jumped.
                macro_rules! jump_compare_imm {
                    ($word:ident, $operator:tt, $comparison:ident, $when:literal) => {{
                        let offset = extra!() as i32;
                        let left = registers.get($word.a());
                        let right = Value::from_i32($word.signed_b() as i32);
                        // Integers are ordered as their words are.
                        let truth = if left.is_int() {
                            left.bits() $operator right.bits()
                        } else if left.is_float() {
                            left.float_unchecked() $operator f64::from($word.signed_b())
                        } else {
                            let comparison = Comparison::$comparison;
                            attempt!(self.compare_bool(comparison, left, right))
                        };
                        let taken = truth == $when;
                        if taken {
                            jump!(offset);
                        }
                        taken
                    }};
                }
                /// The truth of a register.
                macro_rules! truth {
                    ($register:expr) => {{
                        let value: Value = registers.get($register);
                        match value {
                            Value::TRUE => true,
                            Value::FALSE | Value::NONE => false,
                            _ => attempt!(self.truth(value)),
                        }
                    }};
                }
                /// A constant of the program, borrowed.
                macro_rules! constant {
                    ($index:expr) => {{
                        let index = $index as usize;
                        // SAFETY: code lives as long as the machine; the index was verified.
                        unsafe { *(&(*(*code).program).constants).get_unchecked(index) }
                    }};
                }
                /// The attribute site of an instruction.
                macro_rules! site {
                    ($index:expr) => {{
                        let distance = $index as usize;
                        // SAFETY: linking placed the sites of this code; sites are changed by this
                        // machine only, and no reference to one is held across that.
                        unsafe {
                            (*code)
                                .sites
                                .as_ptr()
                                .byte_add(distance)
                                .cast_mut()
                                .cast::<Site>()
                        }
                    }};
                }
                /// The index of the word behind the running instruction.
                macro_rules! next_place {
                    () => {{
                        // SAFETY: code lives as long as the machine.
                        let words = unsafe { (*code).words.as_ptr() };
                        // SAFETY: both point into the words of the running code.
                        unsafe { at.offset_from(words) as u32 + 1 }
                    }};
                }
                /// Enters the code of a frame that was just pushed.
                macro_rules! enter {
                    () => {{
                        let frame = self.frames.top();
                        code = frame.code;
                        at = frame.instruction.wrapping_sub(1);
                        registers = Registers::new(frame.registers);
                        if executed >= self.next_check {
                            attempt!(self.safepoint());
                        }
                    }};
                }
                /// Delivers what a call that did not push a frame returned.
                macro_rules! finish_native_call {
                    () => {{
                        if executed >= self.next_check {
                            attempt!(self.safepoint());
                        }
                    }};
                }
                /// The next item of an iterator, owned. A generator's frame is entered instead, and
                /// continues the loop by its kind.
                macro_rules! next_item {
                    ($word:ident, $iterator:ident, $kind:expr, $done:lifetime) => {{
                        if let Some(mut builtin) = $iterator.cast::<Iterator>() {
                            match builtin.variant() {
                                IteratorVariant::Range => builtin.next_in_range(),
                                IteratorVariant::List => {
                                    let position = builtin.position as usize;
                                    let item = builtin
                                        .first
                                        .cast::<List>()
                                        .and_then(|list| list.items.get(position));
                                    match item {
                                        Some(item) => {
                                            builtin.position += 1;
                                            Some(item.increment())
                                        }
                                        None => attempt!(self.next_builtin(builtin)),
                                    }
                                }
                                _ => attempt!(self.next_builtin(builtin)),
                            }
                        } else if let Some(generator) = $iterator.cast::<Generator>()
                            && matches!(
                                generator.state,
                                GeneratorState::Suspended | GeneratorState::Created
                            )
                            && generator.delegate.is_unset()
                        {
                            attempt!(self.push_generator_frame(
                                generator,
                                Value::NONE,
                                $kind,
                                false,
                                $word.a()
                            ));
                            enter!();
                            break $done;
                        } else {
                            attempt!(self.next($iterator))
                        }
                    }};
                }
                /// Pushes the frame of a function whose arguments are exactly its registers from
                /// `first` on, and enters it.
                macro_rules! push_simple {
                    ($words:literal, $target:expr, $owner:expr, $first:expr, $count:expr,
                     $kind:expr, $extra:expr, $result:expr) => {{
                        let target: &Code = $target;
                        let bytes = target.frame_bytes as usize;
                        if self.frames.is_full() || !self.stack.has_room(bytes) {
                            save!();
                            self.raise_recursion::<$words>([$owner, $extra]);
                            break 'run Exit::Raise;
                        }
                        let base = self.stack.top;
                        let count: usize = $count;
                        // SAFETY: the stack has room for that many bytes from `base` on, `count`
                        // registers are at most that, and the window of arguments is in the caller's
                        // registers, below `base` or in a generator.
                        unsafe {
                            let source = registers.pointer($first);
                            if count == 1 {
                                // The usual cases, for which the loop would be twice as long.
                                base.write(source.replace(Value::UNSET));
                            } else if count == 2 {
                                base.write(source.replace(Value::UNSET));
                                base.add(1).write(source.add(1).replace(Value::UNSET));
                            } else {
                                for index in 0..count {
                                    base.add(index).write(source.add(index).read());
                                    // Volatile only so that the loop stays the short one it is: it
                                    // goes round twice or three times.
                                    source.add(index).write_volatile(Value::UNSET);
                                }
                            }
                            self.stack.top = base.byte_add(bytes);
                        }
                        let words = target.words.as_ptr();
                        let frame = Frame {
                            code: target,
                            instruction: words,
                            registers: base,
                            function: $owner,
                            extra: $extra,
                            saved_handled: Value::UNSET,
                            kind: $kind,
                            entry: false,
                            plain: $kind == FrameKind::Call,
                            result_register: $result,
                        };
                        self.frames.push_from(at.wrapping_add(1), frame);
                        code = target;
                        at = words.wrapping_sub(1);
                        registers = Registers::new(base);
                        if executed >= self.next_check {
                            attempt!(self.safepoint());
                        }
                    }};
                }
                /// Leaves a frame called from program code, which handles no exception.
                macro_rules! return_fast {
                    ($result:expr) => {{
                        let result: Value = $result;
                        let frame = self.frames.top();
                        let function = frame.function;
                        let result_register = frame.result_register;
                        // SAFETY: code lives as long as the machine.
                        let bytes = unsafe { (*code).frame_bytes } as usize;
                        let base = registers.pointer(0);
                        let mut register = base;
                        // SAFETY: the frame has that many bytes of registers from `base` on.
                        let end = unsafe { base.byte_add(bytes) };
                        loop {
                            // Frames take registers by fours, and at least four.
                            for _ in 0..4 {
                                // SAFETY: `register` is one of them.
                                if unsafe { Value::is_object_at(register) } {
                                    // SAFETY: `register` is one of them.
                                    let value = unsafe { register.replace(Value::UNSET) };
                                    drop_object!(value);
                                } else {
                                    // SAFETY: `register` is one of them.
                                    unsafe { register.write(Value::UNSET) };
                                }
                                // SAFETY: at most `end`.
                                register = unsafe { register.add(1) };
                            }
                            if register >= end {
                                break;
                            }
                        }
                        self.stack.top = base;
                        self.frames.drop_top();
                        let caller = self.frames.top();
                        code = caller.code;
                        at = caller.instruction.wrapping_sub(1);
                        registers = Registers::new(caller.registers);
                        registers.write(result_register, result);
                        drop_value!(function);
                    }};
                }
                /// Leaves any other frame.
                macro_rules! return_slow {
                    ($value:expr) => {{
                        save!();
                        match self.return_slow($value) {
                            Ok(Some(completion)) => return Ok(completion),
                            Ok(None) => {
                                executed = self.executed;
                                break 'run Exit::Switch;
                            }
                            Err(Raised(())) => {
                                executed = self.executed;
                                break 'run Exit::Raise;
                            }
                        }
                    }};
                }
                /// Any call: callee and arguments in a window, results to `$result`.
                macro_rules! call_window {
                    ($callee:expr, $first:expr, $count:expr, $names:expr, $result:expr) => {{
                        let entered = attempt!(self.enter_call_window(
                            registers, $callee, $first, $count, $names, $result
                        ));
                        if entered {
                            enter!();
                        } else {
                            finish_native_call!();
                        }
                    }};
                }

                /// Calls the machine's own code with the values of the window behind the result's register,
                /// for an instruction of so many words.
                macro_rules! call_native {
                    ($word:ident, $native:ident, $count:ident, $words:literal) => {{
                        let arguments = Arguments::new(
                            registers.window($word.a().wrapping_add(1), $count),
                            Value::UNSET,
                        );
                        self.next_check = self.next_check.saturating_sub(NATIVE_CALL_INSTRUCTIONS);
                        save!();
                        let result = $native(self, arguments);
                        executed = self.executed;
                        let Ok(result) = result else {
                            self.drop_failed_call::<$words>();
                            break 'run Exit::Raise;
                        };
                        for index in 0..$count as u8 {
                            put!($word.a() + 1 + index, Value::UNSET);
                        }
                        put!($word.a(), result);
                        finish_native_call!();
                    }};
                }

                // Instructions that are also parts of fused ones.

                macro_rules! copy {
                    ($word:ident) => {{
                        let value = registers.increment($word.b());
                        put!($word.a(), value);
                    }};
                }
                macro_rules! move_register {
                    ($word:ident) => {{
                        let value = registers.take($word.b());
                        put!($word.a(), value);
                    }};
                }
                macro_rules! load_none {
                    ($word:ident) => {{
                        put!($word.a(), Value::NONE);
                    }};
                }
                macro_rules! load_int {
                    ($word:ident) => {{
                        put!($word.a(), Value::from_i32($word.signed_bc() as i32));
                    }};
                }
                macro_rules! load_const {
                    ($word:ident) => {{
                        let value = constant!($word.bc());
                        // Constants that are objects are immortal: no count to take.
                        put!($word.a(), value);
                    }};
                }
                macro_rules! load_global {
                    ($word:ident) => {{
                        let index = extra!() as usize;
                        // SAFETY: code lives as long as the machine.
                        let (links, module) = unsafe { ((*code).globals.get(), (*code).module) };
                        // SAFETY: linking numbered the links.
                        let link = unsafe { links.add(index) };
                        // SAFETY: links live as long as the machine.
                        let (slot, builtin) = unsafe { ((*link).slot, (*link).builtin) };
                        let mut value = module.namespace.value(slot as usize);
                        // Objects first: globals that are loaded often are functions and classes.
                        if !value.is_object() && value.is_unset() {
                            value = builtin;
                            if value.is_unset() {
                                // SAFETY: links live as long as the machine.
                                attempt!(self.raise_name(unsafe { (*link).name }));
                            }
                        }
                        put!($word.a(), value.increment());
                    }};
                }
                macro_rules! load_free {
                    ($word:ident) => {{
                        let value = match self.free_cell($word.bc()) {
                            Some(cell) if !cell.value.is_unset() => cell.value.increment_here(),
                            _ => {
                                let variable = Variable::Free(code, $word.bc());
                                attempt!(self.raise_empty_cell(Value::UNSET, variable))
                            }
                        };
                        put!($word.a(), value);
                    }};
                }
                macro_rules! store_free {
                    ($word:ident) => {{
                        let value = registers.get($word.a());
                        match self.free_cell($word.bc()) {
                            Some(mut cell) => {
                                let former = core::mem::replace(&mut cell.value, value.increment());
                                drop_value!(former);
                            }
                            None => {
                                let variable = Variable::Free(code, $word.bc());
                                attempt!(self.raise_empty_cell(Value::UNSET, variable));
                            }
                        }
                    }};
                }
                macro_rules! add {
                    ($word:ident) => {{
                        arithmetic!(
                            $word,
                            left,
                            right,
                            left.add_ints(right),
                            |left, right| Some(left + right),
                            BinaryOperator::Add
                        );
                    }};
                }
                macro_rules! sub {
                    ($word:ident) => {{
                        arithmetic!(
                            $word,
                            left,
                            right,
                            left.sub_ints(right),
                            |left, right| Some(left - right),
                            BinaryOperator::Sub
                        );
                    }};
                }
                macro_rules! mul {
                    ($word:ident) => {{
                        arithmetic!(
                            $word,
                            left,
                            right,
                            left.mul_ints(right),
                            |left, right| Some(left * right),
                            BinaryOperator::Mul
                        );
                    }};
                }
                macro_rules! truediv {
                    ($word:ident) => {{
                        arithmetic!(
                            $word,
                            left,
                            right,
                            int_true_division(left, right),
                            float_division,
                            BinaryOperator::TrueDiv
                        );
                    }};
                }
                macro_rules! modulo {
                    ($word:ident) => {{
                        arithmetic!(
                            $word,
                            left,
                            right,
                            int_modulo(left, right),
                            |_, _| None,
                            BinaryOperator::Mod
                        );
                    }};
                }
                macro_rules! iadd {
                    ($word:ident) => {{
                        in_place_arithmetic!($word, Add, add_ints, +);
                    }};
                }
                macro_rules! isub {
                    ($word:ident) => {{
                        in_place_arithmetic!($word, Sub, sub_ints, -);
                    }};
                }
                macro_rules! add_imm {
                    ($word:ident) => {{
                        let left = registers.get($word.b());
                        let right = Value::from_i32($word.signed_c() as i32);
                        let fast = if left.is_int() {
                            left.plus_small($word.signed_c())
                        } else if left.is_float() {
                            let right = f64::from($word.signed_c());
                            Some(Value::from_arithmetic(left.float_unchecked() + right))
                        } else {
                            None
                        };
                        let value = match fast {
                            Some(value) => value,
                            None => {
                                attempt!(self.binary_slow(BinaryOperator::Add, left, right))
                            }
                        };
                        put!($word.a(), value);
                    }};
                }
                macro_rules! sub_imm {
                    ($word:ident) => {{
                        let left = registers.get($word.b());
                        let right = Value::from_i32($word.signed_c() as i32);
                        let fast = if left.is_int() {
                            left.minus_small($word.signed_c())
                        } else if left.is_float() {
                            let right = f64::from($word.signed_c());
                            Some(Value::from_arithmetic(left.float_unchecked() - right))
                        } else {
                            None
                        };
                        let value = match fast {
                            Some(value) => value,
                            None => {
                                attempt!(self.binary_slow(BinaryOperator::Sub, left, right))
                            }
                        };
                        put!($word.a(), value);
                    }};
                }
                macro_rules! jump_always {
                    ($word:ident) => {{
                        jump!($word.signed_abc());
                    }};
                }
                macro_rules! jump_if_lt {
                    ($word:ident) => {{
                        jump_compare!($word, <, Lt, true);
                    }};
                }
                macro_rules! jump_if_le {
                    ($word:ident) => {{
                        jump_compare!($word, <=, Le, true);
                    }};
                }
                macro_rules! jump_if_gt {
                    ($word:ident) => {{
                        jump_compare!($word, >, Gt, true);
                    }};
                }
                macro_rules! jump_if_lt_imm {
                    ($word:ident) => {{
                        jump_compare_imm!($word, <, Lt, true)
                    }};
                }
                macro_rules! jump_if_eq_imm {
                    ($word:ident) => {{
                        jump_compare_imm!($word, ==, Eq, true)
                    }};
                }
                macro_rules! jump_if_none {
                    ($word:ident) => {{
                        if registers.get($word.a()).is_none() {
                            jump!($word.signed_bc());
                        }
                    }};
                }
                macro_rules! jump_if_not {
                    ($word:ident) => {{
                        if !truth!($word.a()) {
                            jump!($word.signed_bc());
                        }
                    }};
                }
                macro_rules! loop_iter {
                    ($word:ident) => {{
                        'done: {
                            let offset = extra!() as i32;
                            let iterator = registers.get($word.b());
                            if let Some(mut range) = Iterator::range_of(iterator) {
                                if let Some(item) = range.next_in_range() {
                                    put!($word.a(), item);
                                    jump_back!(offset);
                                }
                                break 'done;
                            }
                            let item = next_item!($word, iterator, FrameKind::LoopGenerator, 'done);
                            if let Some(item) = item {
                                put!($word.a(), item);
                                jump_back!(offset);
                            }
                        }
                    }};
                }
                macro_rules! load_attr {
                    ($word:ident) => {{
                        'done: {
                            let site: *mut Site = site!(extra!());
                            if let Some(mut instance) = registers.instance($word.b()) {
                                // SAFETY: see `site!`.
                                let cache = unsafe { &*site };
                                if cache.shape == instance.shape.cast_const()
                                    && cache.key == Site::key(self.class_epoch, Found::Slot)
                                {
                                    let slot = instance.inline_slot(cache.slot as usize);
                                    // SAFETY: instances of this shape have the slot inline.
                                    let value = unsafe { Value::increment_at(slot) };
                                    put!($word.a(), value);
                                    break 'done;
                                }
                            }
                            let object = registers.get($word.b());
                            let value = attempt!(self.load_attribute_at(object, site));
                            put!($word.a(), value);
                        }
                    }};
                }
                macro_rules! store_attr {
                    ($word:ident) => {{
                        'done: {
                            let site: *mut Site = site!(extra!());
                            if let Some(mut instance) = registers.instance($word.a()) {
                                // SAFETY: see `site!`.
                                let cache = unsafe { &*site };
                                if cache.shape == instance.shape.cast_const() {
                                    if cache.key == Site::key(self.class_epoch, Found::Slot) {
                                        let slot = instance.inline_slot(cache.slot as usize);
                                        let value = registers.increment($word.b());
                                        // SAFETY: instances of this shape have the slot inline.
                                        if unsafe { Value::is_object_at(slot) } {
                                            // SAFETY: as above.
                                            let former = unsafe { slot.replace(value) };
                                            drop_object!(former);
                                        } else {
                                            // SAFETY: as above.
                                            unsafe { slot.write(value) };
                                        }
                                        break 'done;
                                    }
                                    if cache.key == Site::key(self.class_epoch, Found::Add) {
                                        let slot = instance.inline_slot(cache.slot as usize);
                                        let value = registers.increment($word.b());
                                        // SAFETY: the shape after has one more inline slot, which is
                                        // within the inline capacity that both shapes share.
                                        unsafe { slot.write(value) };
                                        instance.shape = cache.target as usize as *mut _;
                                        break 'done;
                                    }
                                }
                            }
                            let (object, value) = (registers.get($word.a()), registers.get($word.b()));
                            attempt!(self.store_attribute_at(object, value, site));
                        }
                    }};
                }
                macro_rules! contains {
                    ($word:ident) => {{
                        let (item, container) =
                            (registers.get($word.b()), registers.get($word.c()));
                        let found = attempt!(self.contains(container, item));
                        put!($word.a(), Value::from_bool(found));
                    }};
                }
                macro_rules! load_item {
                    ($word:ident) => {{
                        let (object, key) = (registers.get($word.b()), registers.get($word.c()));
                        let value = match fast_item(object, key) {
                            Some(value) => value,
                            None => attempt!(self.get_item(object, key)),
                        };
                        put!($word.a(), value);
                    }};
                }
                macro_rules! store_item {
                    ($word:ident) => {{
                        let (object, key) = (registers.get($word.a()), registers.get($word.b()));
                        let value = registers.get($word.c());
                        if let Some(mut list) = object.cast::<List>()
                            && let Some(index) = key.as_int()
                            && let Some(place) = list.items.as_mut_slice().get_mut(index as usize)
                        {
                            let former = core::mem::replace(place, value.increment());
                            drop_value!(former);
                        } else {
                            attempt!(self.set_item(object, key, value));
                        }
                    }};
                }
                /// The parts of a fused instruction, one after the other.
                macro_rules! fused {
                    ($word:ident: $($first:ident)? $(, $rest:ident)+) => {{
                        $($first!($word);)?
                        $(
                            at = at.wrapping_add(1);
                            // SAFETY: `at` points to the part that follows.
                            let part = unsafe { (*at).get() };
                            #[allow(unused_variables, reason = "some parts have no operand")]
                            let $word = Word(part);
                            executed += 1;
                            $rest!($word);
                        )+
                    }};
                }

                // SAFETY: `at` points to an instruction of the running function.
                let word = Word(unsafe { (*at).get() });
                if OBSERVED {
                    save!();
                    if let Err(Raised(())) = self.observe(registers, at) {
                        break 'run Exit::Raise;
                    }
                }
                executed += 1;
                // SAFETY: the verifier and the machine itself write only opcodes of the table.
                let opcode = unsafe { core::mem::transmute::<u8, Opcode>(word.opcode_byte()) };
                // Who observes sees the parts.
                let opcode = if OBSERVED { opcode.unfused() } else { opcode };
                // Calls and returns are behind the instructions, once each: fused instructions that end
                // with one go there, too.
                let word = 'call: {
                    let word = 'call_method: {
                        let word = 'return_value: {
                            'return_none: {
                                macro_rules! call {
                                    ($word:ident) => {
                                        break 'call $word
                                    };
                                }
                                macro_rules! call_method {
                                    ($word:ident) => {
                                        break 'call_method $word
                                    };
                                }
                                macro_rules! return_value {
                                    ($word:ident) => {
                                        break 'return_value $word
                                    };
                                }
                                macro_rules! return_none {
                                    ($word:ident) => {
                                        break 'return_none
                                    };
                                }
                                'instruction: {
                                    match opcode {
                                        Opcode::Nop => {}
                                        Opcode::Copy => copy!(word),
                                        Opcode::Move => move_register!(word),
                                        Opcode::LoadNone => load_none!(word),
                                        Opcode::LoadTrue => put!(word.a(), Value::TRUE),
                                        Opcode::LoadFalse => put!(word.a(), Value::FALSE),
                                        Opcode::LoadInt => load_int!(word),
                                        Opcode::LoadConst => load_const!(word),
                                        Opcode::LoadConstWide => {
                                            let index = extra!() as usize;
                                            let value = constant!(index);
                                            put!(word.a(), value);
                                        }
                                        Opcode::Unset => put!(word.a(), Value::UNSET),
                                        Opcode::Check => {
                                            let name = extra!();
                                            if registers.get(word.a()).is_unset() {
                                                attempt!(self.raise_unbound(code, name));
                                            }
                                        }

                                        Opcode::LoadGlobal => load_global!(word),
                                        Opcode::StoreGlobal => {
                                            let index = extra!();
                                            let value = registers.get(word.a()).increment();
                                            let former = self.store_global(code, index, value);
                                            drop_value!(former);
                                        }
                                        Opcode::DeleteGlobal => {
                                            let index = extra!();
                                            attempt!(self.delete_global(code, index));
                                        }

                                        Opcode::MakeCell => {
                                            let value = registers.get(word.a());
                                            let cell = attempt!(
                                                self.make(|header| Cell { header, value })
                                            );
                                            registers.replace(word.a(), cell.value());
                                        }
                                        Opcode::LoadCell => {
                                            let cell = registers.get(word.b());
                                            let value = match cell.cast::<Cell>() {
                                                Some(cell) if !cell.value.is_unset() => {
                                                    cell.value.increment()
                                                }
                                                _ => attempt!(self.raise_empty_cell(
                                                    cell,
                                                    Variable::Local(code, word.b())
                                                )),
                                            };
                                            put!(word.a(), value);
                                        }
                                        Opcode::StoreCell => {
                                            let value = registers.get(word.b());
                                            match registers.get(word.a()).cast::<Cell>() {
                                                Some(mut cell) => {
                                                    let former = core::mem::replace(
                                                        &mut cell.value,
                                                        value.increment(),
                                                    );
                                                    drop_value!(former);
                                                }
                                                None => {
                                                    let cell = registers.get(word.a());
                                                    let variable = Variable::Local(code, word.a());
                                                    attempt!(self.raise_empty_cell(cell, variable));
                                                }
                                            }
                                        }
                                        Opcode::DeleteCell => {
                                            let value = registers.get(word.a());
                                            attempt!(self.delete_cell(
                                                value,
                                                Variable::Local(code, word.a())
                                            ));
                                        }
                                        Opcode::LoadFree => load_free!(word),
                                        Opcode::StoreFree => store_free!(word),
                                        Opcode::DeleteFree => {
                                            let cell = self
                                                .free_cell(word.bc())
                                                .map_or(Value::UNSET, Obj::value);
                                            attempt!(self.delete_cell(
                                                cell,
                                                Variable::Free(code, word.bc())
                                            ));
                                        }
                                        Opcode::LoadClosure => {
                                            let cell = match self.free_cell(word.bc()) {
                                                Some(cell) => cell.value().increment(),
                                                None => {
                                                    let variable = Variable::Free(code, word.bc());
                                                    attempt!(
                                                        self.raise_empty_cell(
                                                            Value::UNSET,
                                                            variable
                                                        )
                                                    )
                                                }
                                            };
                                            put!(word.a(), cell);
                                        }

                                        Opcode::Add => add!(word),
                                        Opcode::Sub => sub!(word),
                                        Opcode::Mul => mul!(word),
                                        Opcode::Truediv => truediv!(word),
                                        Opcode::Floordiv => arithmetic!(
                                            word,
                                            left,
                                            right,
                                            int_floor_division(left, right),
                                            |_, _| None,
                                            BinaryOperator::FloorDiv
                                        ),
                                        Opcode::Mod => modulo!(word),
                                        Opcode::And => arithmetic!(
                                            word,
                                            left,
                                            right,
                                            Some(Value::from_int_unchecked(
                                                left.int_unchecked() & right.int_unchecked()
                                            )),
                                            |_, _| None,
                                            BinaryOperator::And
                                        ),
                                        Opcode::Or => arithmetic!(
                                            word,
                                            left,
                                            right,
                                            Some(Value::from_int_unchecked(
                                                left.int_unchecked() | right.int_unchecked()
                                            )),
                                            |_, _| None,
                                            BinaryOperator::Or
                                        ),
                                        Opcode::Xor => arithmetic!(
                                            word,
                                            left,
                                            right,
                                            Some(Value::from_int_unchecked(
                                                left.int_unchecked() ^ right.int_unchecked()
                                            )),
                                            |_, _| None,
                                            BinaryOperator::Xor
                                        ),
                                        Opcode::Lshift => arithmetic!(
                                            word,
                                            left,
                                            right,
                                            int_left_shift(left, right),
                                            |_, _| None,
                                            BinaryOperator::LeftShift
                                        ),
                                        Opcode::Rshift => arithmetic!(
                                            word,
                                            left,
                                            right,
                                            int_right_shift(left, right),
                                            |_, _| None,
                                            BinaryOperator::RightShift
                                        ),
                                        Opcode::Pow => {
                                            let (left, right) =
                                                (registers.get(word.b()), registers.get(word.c()));
                                            let value = match positive_power(left, right) {
                                                Some(value) => value,
                                                None => attempt!(self.binary_slow(
                                                    BinaryOperator::Pow,
                                                    left,
                                                    right
                                                )),
                                            };
                                            put!(word.a(), value);
                                        }
                                        Opcode::Matmul => binary!(word, MatMul),
                                        Opcode::Iadd => iadd!(word),
                                        Opcode::Isub => isub!(word),
                                        Opcode::Imul => {
                                            in_place_arithmetic!(word, Mul, mul_ints, *)
                                        }
                                        Opcode::Itruediv => in_place!(word, TrueDiv),
                                        Opcode::Ifloordiv => in_place!(word, FloorDiv),
                                        Opcode::Imod => in_place!(word, Mod),
                                        Opcode::Ipow => in_place!(word, Pow),
                                        Opcode::Imatmul => in_place!(word, MatMul),
                                        Opcode::Ilshift => in_place!(word, LeftShift),
                                        Opcode::Irshift => in_place!(word, RightShift),
                                        Opcode::Iand => in_place!(word, And),
                                        Opcode::Ior => in_place!(word, Or),
                                        Opcode::Ixor => in_place!(word, Xor),

                                        Opcode::AddImm => add_imm!(word),
                                        Opcode::SubImm => sub_imm!(word),
                                        Opcode::MulImm => {
                                            let left = registers.get(word.b());
                                            let right = Value::from_i32(word.signed_c() as i32);
                                            let fast = if left.is_int() {
                                                left.mul_ints(right)
                                            } else if left.is_float() {
                                                let right = f64::from(word.signed_c());
                                                Some(Value::from_float(
                                                    left.float_unchecked() * right,
                                                ))
                                            } else {
                                                None
                                            };
                                            let value = match fast {
                                                Some(value) => value,
                                                None => {
                                                    attempt!(self.binary_slow(
                                                        BinaryOperator::Mul,
                                                        left,
                                                        right
                                                    ))
                                                }
                                            };
                                            put!(word.a(), value);
                                        }
                                        Opcode::FloordivImm => {
                                            let left = registers.get(word.b());
                                            let right = Value::from_i32(word.signed_c() as i32);
                                            let fast = if left.is_int() {
                                                int_floor_division(left, right)
                                            } else {
                                                None
                                            };
                                            let value = match fast {
                                                Some(value) => value,
                                                None => {
                                                    attempt!(self.binary_slow(
                                                        BinaryOperator::FloorDiv,
                                                        left,
                                                        right
                                                    ))
                                                }
                                            };
                                            put!(word.a(), value);
                                        }
                                        Opcode::ModImm => {
                                            let left = registers.get(word.b());
                                            let right = Value::from_i32(word.signed_c() as i32);
                                            let fast = if left.is_int() {
                                                int_modulo(left, right)
                                            } else {
                                                None
                                            };
                                            let value = match fast {
                                                Some(value) => value,
                                                None => {
                                                    attempt!(self.binary_slow(
                                                        BinaryOperator::Mod,
                                                        left,
                                                        right
                                                    ))
                                                }
                                            };
                                            put!(word.a(), value);
                                        }
                                        Opcode::AndImm => {
                                            let left = registers.get(word.b());
                                            let right = Value::from_i32(word.signed_c() as i32);
                                            let value = if left.is_int() {
                                                Value::from_int_unchecked(
                                                    left.int_unchecked() & right.int_unchecked(),
                                                )
                                            } else {
                                                attempt!(self.binary_slow(
                                                    BinaryOperator::And,
                                                    left,
                                                    right
                                                ))
                                            };
                                            put!(word.a(), value);
                                        }
                                        Opcode::LshiftImm => {
                                            let left = registers.get(word.b());
                                            let right = Value::from_i32(word.signed_c() as i32);
                                            let fast = if left.is_int() {
                                                int_left_shift(left, right)
                                            } else {
                                                None
                                            };
                                            let value = match fast {
                                                Some(value) => value,
                                                None => {
                                                    attempt!(self.binary_slow(
                                                        BinaryOperator::LeftShift,
                                                        left,
                                                        right
                                                    ))
                                                }
                                            };
                                            put!(word.a(), value);
                                        }
                                        Opcode::RshiftImm => {
                                            let left = registers.get(word.b());
                                            let right = Value::from_i32(word.signed_c() as i32);
                                            let fast = if left.is_int() {
                                                int_right_shift(left, right)
                                            } else {
                                                None
                                            };
                                            let value = match fast {
                                                Some(value) => value,
                                                None => {
                                                    attempt!(self.binary_slow(
                                                        BinaryOperator::RightShift,
                                                        left,
                                                        right
                                                    ))
                                                }
                                            };
                                            put!(word.a(), value);
                                        }
                                        Opcode::Neg => {
                                            let operand = registers.get(word.b());
                                            let value = if operand.is_float() {
                                                Value::from_float(-operand.float_unchecked())
                                            } else {
                                                attempt!(self.unary(UnaryOperator::Neg, operand))
                                            };
                                            put!(word.a(), value);
                                        }
                                        Opcode::Pos => {
                                            let operand = registers.get(word.b());
                                            let value =
                                                attempt!(self.unary(UnaryOperator::Pos, operand));
                                            put!(word.a(), value);
                                        }
                                        Opcode::Invert => {
                                            let operand = registers.get(word.b());
                                            let value = attempt!(
                                                self.unary(UnaryOperator::Invert, operand)
                                            );
                                            put!(word.a(), value);
                                        }
                                        Opcode::Not => {
                                            let truth = truth!(word.b());
                                            put!(word.a(), Value::from_bool(!truth));
                                        }

                                        Opcode::Lt => compare!(word, <, Lt),
                                        Opcode::Le => compare!(word, <=, Le),
                                        Opcode::Eq => compare!(word, ==, Eq),
                                        Opcode::Ne => compare!(word, !=, Ne),
                                        Opcode::Gt => compare!(word, >, Gt),
                                        Opcode::Ge => compare!(word, >=, Ge),
                                        Opcode::Is => {
                                            let same =
                                                registers.get(word.b()) == registers.get(word.c());
                                            put!(word.a(), Value::from_bool(same));
                                        }
                                        Opcode::IsNot => {
                                            let same =
                                                registers.get(word.b()) == registers.get(word.c());
                                            put!(word.a(), Value::from_bool(!same));
                                        }
                                        Opcode::In => contains!(word),
                                        Opcode::NotIn => {
                                            let (item, container) =
                                                (registers.get(word.b()), registers.get(word.c()));
                                            let found = attempt!(self.contains(container, item));
                                            put!(word.a(), Value::from_bool(!found));
                                        }

                                        Opcode::Jump => jump_always!(word),
                                        Opcode::JumpIf => {
                                            if truth!(word.a()) {
                                                jump!(word.signed_bc());
                                            }
                                        }
                                        Opcode::JumpIfNot => jump_if_not!(word),
                                        Opcode::JumpIfNone => jump_if_none!(word),
                                        Opcode::JumpIfNotNone => {
                                            if !registers.get(word.a()).is_none() {
                                                jump!(word.signed_bc());
                                            }
                                        }
                                        Opcode::JumpIfLt => jump_if_lt!(word),
                                        Opcode::JumpIfLe => jump_if_le!(word),
                                        Opcode::JumpIfEq => jump_compare!(word, ==, Eq, true),
                                        Opcode::JumpIfNe => jump_compare!(word, !=, Ne, true),
                                        Opcode::JumpIfGt => jump_if_gt!(word),
                                        Opcode::JumpIfGe => jump_compare!(word, >=, Ge, true),
                                        Opcode::JumpIfNotLt => jump_compare!(word, <, Lt, false),
                                        Opcode::JumpIfNotLe => jump_compare!(word, <=, Le, false),
                                        Opcode::JumpIfNotEq => jump_compare!(word, ==, Eq, false),
                                        Opcode::JumpIfNotNe => jump_compare!(word, !=, Ne, false),
                                        Opcode::JumpIfNotGt => jump_compare!(word, >, Gt, false),
                                        Opcode::JumpIfNotGe => jump_compare!(word, >=, Ge, false),
                                        Opcode::JumpIfIs => {
                                            let offset = extra!() as i32;
                                            if registers.get(word.a()) == registers.get(word.b()) {
                                                jump!(offset);
                                            }
                                        }
                                        Opcode::JumpIfNotIs => {
                                            let offset = extra!() as i32;
                                            if registers.get(word.a()) != registers.get(word.b()) {
                                                jump!(offset);
                                            }
                                        }
                                        Opcode::JumpIfLtImm => {
                                            jump_if_lt_imm!(word);
                                        }
                                        Opcode::JumpIfLeImm => {
                                            jump_compare_imm!(word, <=, Le, true);
                                        }
                                        Opcode::JumpIfEqImm => {
                                            jump_if_eq_imm!(word);
                                        }
                                        Opcode::JumpIfNeImm => {
                                            jump_compare_imm!(word, !=, Ne, true);
                                        }
                                        Opcode::JumpIfGtImm => {
                                            jump_compare_imm!(word, >, Gt, true);
                                        }
                                        Opcode::JumpIfGeImm => {
                                            jump_compare_imm!(word, >=, Ge, true);
                                        }
                                        Opcode::JumpIfNotLtImm => {
                                            jump_compare_imm!(word, <, Lt, false);
                                        }
                                        Opcode::JumpIfNotLeImm => {
                                            jump_compare_imm!(word, <=, Le, false);
                                        }
                                        Opcode::JumpIfNotEqImm => {
                                            jump_compare_imm!(word, ==, Eq, false);
                                        }
                                        Opcode::JumpIfNotNeImm => {
                                            jump_compare_imm!(word, !=, Ne, false);
                                        }
                                        Opcode::JumpIfNotGtImm => {
                                            jump_compare_imm!(word, >, Gt, false);
                                        }
                                        Opcode::JumpIfNotGeImm => {
                                            jump_compare_imm!(word, >=, Ge, false);
                                        }

                                        Opcode::GetIter => {
                                            let iterable = registers.get(word.b());
                                            let iterator = attempt!(self.get_iter(iterable));
                                            put!(word.a(), iterator);
                                        }
                                        Opcode::ForIter => {
                                            let offset = extra!() as i32;
                                            let iterator = registers.get(word.b());
                                            let item = next_item!(word, iterator, FrameKind::Generator, 'instruction);
                                            match item {
                                                Some(item) => put!(word.a(), item),
                                                None => jump!(offset),
                                            }
                                        }
                                        Opcode::LoopIter => loop_iter!(word),

                                        Opcode::LoadAttr => load_attr!(word),
                                        Opcode::StoreAttr => store_attr!(word),
                                        Opcode::DeleteAttr => {
                                            let site: *mut Site = site!(extra!());
                                            let object = registers.get(word.a());
                                            // SAFETY: see `site!`.
                                            let name = unsafe { (*site).name };
                                            attempt!(self.delete_attribute(object, name));
                                        }
                                        Opcode::LoadSuperAttr => {
                                            let site: *mut Site = site!(extra!());
                                            // SAFETY: see `site!`.
                                            let name = unsafe { (*site).name };
                                            let (class, receiver) =
                                                (registers.get(word.b()), registers.get(word.c()));
                                            let value = attempt!(
                                                self.load_super_attribute(class, receiver, name)
                                            );
                                            put!(word.a(), value);
                                        }

                                        Opcode::LoadItem => load_item!(word),
                                        Opcode::LoadItemImm => {
                                            let object = registers.get(word.b());
                                            let key = Value::from_i32(word.signed_c() as i32);
                                            let value = match fast_item(object, key) {
                                                Some(value) => value,
                                                None => attempt!(self.get_item(object, key)),
                                            };
                                            put!(word.a(), value);
                                        }
                                        Opcode::StoreItem => store_item!(word),
                                        Opcode::DeleteItem => {
                                            let (object, key) =
                                                (registers.get(word.a()), registers.get(word.b()));
                                            attempt!(self.delete_item(object, key));
                                        }
                                        Opcode::MakeSlice => {
                                            let value =
                                                attempt!(self.make_slice(registers, word.b()));
                                            put!(word.a(), value);
                                        }

                                        Opcode::MakeTuple => {
                                            let value = attempt!(self.make_tuple(
                                                registers,
                                                word.b(),
                                                word.c()
                                            ));
                                            put!(word.a(), value);
                                        }
                                        Opcode::MakeList => {
                                            let value = attempt!(self.make_list(
                                                registers,
                                                word.b(),
                                                word.c()
                                            ));
                                            put!(word.a(), value);
                                        }
                                        Opcode::MakeSet => {
                                            let value = attempt!(self.make_set(
                                                registers,
                                                word.b(),
                                                word.c()
                                            ));
                                            put!(word.a(), value);
                                        }
                                        Opcode::MakeDict => {
                                            let value = attempt!(self.make_dict(
                                                registers,
                                                word.b(),
                                                word.c()
                                            ));
                                            put!(word.a(), value);
                                        }
                                        Opcode::MakeString => {
                                            let value = attempt!(self.make_string(
                                                registers,
                                                word.b(),
                                                word.c()
                                            ));
                                            put!(word.a(), value);
                                        }
                                        Opcode::ListAppend => {
                                            let (list, item) =
                                                (registers.get(word.a()), registers.get(word.b()));
                                            attempt!(self.append_to_list(list, item));
                                        }
                                        Opcode::ListExtend => {
                                            let (list, items) =
                                                (registers.get(word.a()), registers.get(word.b()));
                                            attempt!(self.extend_list(list, items));
                                        }
                                        Opcode::ListToTuple => {
                                            let list = registers.get(word.b());
                                            let value = attempt!(self.tuple_from(list));
                                            put!(word.a(), value);
                                        }
                                        Opcode::SetAdd => {
                                            let (set, item) =
                                                (registers.get(word.a()), registers.get(word.b()));
                                            attempt!(self.add_to_set(set, item));
                                        }
                                        Opcode::SetUpdate => {
                                            let (set, items) =
                                                (registers.get(word.a()), registers.get(word.b()));
                                            attempt!(self.update_set(set, items));
                                        }
                                        Opcode::DictUpdate => {
                                            let (dict, items) =
                                                (registers.get(word.a()), registers.get(word.b()));
                                            attempt!(self.update_dict(dict, items, false));
                                        }
                                        Opcode::DictMerge => {
                                            let (dict, items) =
                                                (registers.get(word.a()), registers.get(word.b()));
                                            attempt!(self.update_dict(dict, items, true));
                                        }
                                        Opcode::Unpack => {
                                            let iterable = registers.get(word.b());
                                            attempt!(self.unpack(
                                                registers,
                                                word.a(),
                                                iterable,
                                                word.c()
                                            ));
                                        }
                                        Opcode::UnpackStar => {
                                            let after = extra!() as u8;
                                            let iterable = registers.get(word.b());
                                            attempt!(self.unpack_star(
                                                registers,
                                                word.a(),
                                                iterable,
                                                word.c(),
                                                after
                                            ));
                                        }
                                        Opcode::Format => {
                                            let (value, specification) =
                                                (registers.get(word.b()), registers.get(word.c()));
                                            let value = attempt!(self.format(value, specification));
                                            put!(word.a(), value);
                                        }
                                        Opcode::FormatSimple => {
                                            let value = registers.get(word.b());
                                            let value = attempt!(
                                                self.format_simple(value, word.signed_c())
                                            );
                                            put!(word.a(), value);
                                        }

                                        Opcode::Call => call!(word),
                                        Opcode::CallKw => {
                                            let names = extra!() as usize;
                                            let names = constant!(names);
                                            let callee = registers.get(word.a());
                                            let count = word.b() as usize;
                                            call_window!(
                                                callee,
                                                word.a().wrapping_add(1),
                                                count,
                                                names,
                                                word.a()
                                            );
                                        }
                                        Opcode::CallEx => {
                                            let entered =
                                                attempt!(self.enter_call_ex(registers, word.a()));
                                            if entered {
                                                enter!();
                                            } else {
                                                finish_native_call!();
                                            }
                                        }
                                        Opcode::CallMethod => call_method!(word),
                                        Opcode::Return => return_value!(word),
                                        Opcode::ReturnNone => return_none!(word),

                                        Opcode::MakeFunction => {
                                            let function = attempt!(self.make_function(
                                                code,
                                                word.bc() as u32,
                                                Value::UNSET
                                            ));
                                            put!(word.a(), function);
                                        }
                                        Opcode::MakeClosure => {
                                            let index = extra!();
                                            for &cell in
                                                registers.window(word.b(), word.c() as usize)
                                            {
                                                attempt!(self.operand::<Cell>(cell));
                                            }
                                            let cells = attempt!(self.make_tuple(
                                                registers,
                                                word.b(),
                                                word.c()
                                            ));
                                            let function =
                                                attempt!(self.make_function(code, index, cells));
                                            put!(word.a(), function);
                                        }
                                        Opcode::SetDefaults => {
                                            let (function, values) =
                                                (registers.get(word.a()), registers.get(word.b()));
                                            attempt!(self.set_defaults(function, values));
                                        }
                                        Opcode::SetKeywordDefaults => {
                                            let (function, values) =
                                                (registers.get(word.a()), registers.get(word.b()));
                                            attempt!(self.set_keyword_defaults(function, values));
                                        }
                                        Opcode::MakeClass => {
                                            let index = extra!();
                                            let bases = registers.get(word.b());
                                            let class =
                                                attempt!(self.make_class(code, bases, index));
                                            put!(word.a(), class);
                                        }
                                        Opcode::Import => {
                                            let index = extra!();
                                            let module = attempt!(self.import(code, index));
                                            put!(word.a(), module);
                                        }

                                        Opcode::Yield => {
                                            let value = registers.take(word.b());
                                            save!();
                                            let resume = next_place!();
                                            match self.yield_value(value, resume, word.a()) {
                                                Some(completion) => return Ok(completion),
                                                None => {
                                                    executed = self.executed;
                                                    break 'run Exit::Switch;
                                                }
                                            }
                                        }
                                        Opcode::YieldFrom => {
                                            let iterator = registers.take(word.b());
                                            let resume = next_place!();
                                            match attempt!(self.begin_delegation(iterator)) {
                                                Completion::Returned(value) => {
                                                    put!(word.a(), value)
                                                }
                                                Completion::Yielded(value) => {
                                                    match self.yield_value(value, resume, word.a())
                                                    {
                                                        Some(completion) => return Ok(completion),
                                                        None => {
                                                            executed = self.executed;
                                                            break 'run Exit::Switch;
                                                        }
                                                    }
                                                }
                                            }
                                        }

                                        Opcode::Raise => {
                                            let exception = registers.get(word.a());
                                            attempt!(
                                                self.raise_instruction(exception, Value::UNSET)
                                            );
                                        }
                                        Opcode::RaiseFrom => {
                                            let (exception, cause) =
                                                (registers.get(word.a()), registers.get(word.b()));
                                            attempt!(self.raise_instruction(exception, cause));
                                        }
                                        Opcode::Reraise => {
                                            let exception = registers.get(word.a());
                                            attempt!(self.reraise_instruction(exception));
                                        }
                                        Opcode::PushHandled => {
                                            let exception = registers.get(word.b());
                                            let former = attempt!(self.push_handled(exception));
                                            put!(word.a(), former);
                                        }
                                        Opcode::PopHandled => {
                                            let former = registers.take(word.a());
                                            let handled = attempt!(self.pop_handled(former));
                                            drop_value!(handled);
                                        }
                                        Opcode::MatchException => {
                                            let (value, class) =
                                                (registers.get(word.b()), registers.get(word.c()));
                                            let matches =
                                                attempt!(self.match_exception(value, class));
                                            put!(word.a(), Value::from_bool(matches));
                                        }
                                        Opcode::LoadHandled => {
                                            let handled = self.handled.increment();
                                            put!(word.a(), handled);
                                        }

                                        Opcode::CopyCopyCall => fused!(word: copy, copy, call),
                                        Opcode::CopyCopyCallMethod => {
                                            fused!(word: copy, copy, call_method)
                                        }
                                        Opcode::CopyLoadIntCall => {
                                            fused!(word: copy, load_int, call)
                                        }
                                        Opcode::LoadFreeIaddStoreFree => {
                                            fused!(word: load_free, iadd, store_free)
                                        }
                                        Opcode::LoadAttrIaddStoreAttr => {
                                            fused!(word: load_attr, iadd, store_attr)
                                        }
                                        Opcode::LoadItemIaddLoopIter => {
                                            fused!(word: load_item, iadd, loop_iter)
                                        }
                                        Opcode::ModLoadItem => fused!(word: modulo, load_item),
                                        Opcode::ModStoreItem => fused!(word: modulo, store_item),
                                        Opcode::InJumpIfNot => fused!(word: contains, jump_if_not),
                                        Opcode::CopyCopy => fused!(word: copy, copy),
                                        Opcode::CopyLoadInt => fused!(word: copy, load_int),
                                        Opcode::CopyCall => fused!(word: copy, call),
                                        Opcode::CopyCallMethod => fused!(word: copy, call_method),
                                        Opcode::MoveCall => fused!(word: move_register, call),
                                        Opcode::MoveCallMethod => {
                                            fused!(word: move_register, call_method)
                                        }
                                        Opcode::LoadNoneStoreAttr => {
                                            fused!(word: load_none, store_attr)
                                        }
                                        Opcode::LoadIntCall => fused!(word: load_int, call),
                                        Opcode::LoadConstCall => fused!(word: load_const, call),
                                        Opcode::LoadGlobalCopyCall => {
                                            fused!(word: load_global, copy, call)
                                        }
                                        Opcode::LoadGlobalCopy => fused!(word: load_global, copy),
                                        Opcode::LoadGlobalSubImmCall => {
                                            fused!(word: load_global, sub_imm, call)
                                        }
                                        Opcode::LoadGlobalLoadConst => {
                                            fused!(word: load_global, load_const)
                                        }
                                        Opcode::LoadFreeIadd => fused!(word: load_free, iadd),
                                        Opcode::LoadFreeReturn => {
                                            fused!(word: load_free, return_value)
                                        }
                                        Opcode::StoreFreeLoadFree => {
                                            fused!(word: store_free, load_free)
                                        }
                                        Opcode::AddAddImm => fused!(word: add, add_imm),
                                        Opcode::AddSub => fused!(word: add, sub),
                                        Opcode::AddJumpIfLe => fused!(word: add, jump_if_le),
                                        Opcode::AddJumpIfGt => fused!(word: add, jump_if_gt),
                                        Opcode::AddReturn => fused!(word: add, return_value),
                                        Opcode::SubAdd => fused!(word: sub, add),
                                        Opcode::MulMul => fused!(word: mul, mul),
                                        Opcode::MulAdd => fused!(word: mul, add),
                                        Opcode::MulSub => fused!(word: mul, sub),
                                        Opcode::MulMod => fused!(word: mul, modulo),
                                        Opcode::MulIadd => fused!(word: mul, iadd),
                                        Opcode::MulIsub => fused!(word: mul, isub),
                                        Opcode::TruedivReturn => {
                                            fused!(word: truediv, return_value)
                                        }
                                        Opcode::IaddAddImm => fused!(word: iadd, add_imm),
                                        Opcode::IaddLoopIter => fused!(word: iadd, loop_iter),
                                        Opcode::IaddStoreAttr => fused!(word: iadd, store_attr),
                                        Opcode::IaddStoreFree => fused!(word: iadd, store_free),
                                        Opcode::IsubStoreAttr => fused!(word: isub, store_attr),
                                        Opcode::AddImmJump => fused!(word: add_imm, jump_always),
                                        Opcode::AddImmJumpIfLt => fused!(word: add_imm, jump_if_lt),
                                        Opcode::AddImmJumpIfLe => fused!(word: add_imm, jump_if_le),
                                        Opcode::AddImmCall => fused!(word: add_imm, call),
                                        Opcode::SubImmCall => fused!(word: sub_imm, call),
                                        Opcode::JumpIfLtImmLoadGlobal => {
                                            if jump_if_lt_imm!(word) {
                                                break 'instruction;
                                            }
                                            fused!(word: , load_global);
                                        }
                                        Opcode::LoadAttrLoadAttr => {
                                            fused!(word: load_attr, load_attr)
                                        }
                                        Opcode::LoadAttrSub => fused!(word: load_attr, sub),
                                        Opcode::LoadAttrMul => fused!(word: load_attr, mul),
                                        Opcode::LoadAttrIadd => fused!(word: load_attr, iadd),
                                        Opcode::LoadAttrJumpIfNone => {
                                            fused!(word: load_attr, jump_if_none)
                                        }
                                        Opcode::LoadAttrJumpIfEqImm => {
                                            fused!(word: load_attr, jump_if_eq_imm)
                                        }
                                        Opcode::LoadAttrReturn => {
                                            fused!(word: load_attr, return_value)
                                        }
                                        Opcode::StoreAttrLoadAttr => {
                                            fused!(word: store_attr, load_attr)
                                        }
                                        Opcode::StoreAttrStoreAttr => {
                                            fused!(word: store_attr, store_attr)
                                        }
                                        Opcode::StoreAttrReturnNone => {
                                            fused!(word: store_attr, return_none)
                                        }
                                        Opcode::LoadItemMul => fused!(word: load_item, mul),
                                        Opcode::LoadItemIadd => fused!(word: load_item, iadd),
                                        Opcode::LoadItemJumpIfNot => {
                                            fused!(word: load_item, jump_if_not)
                                        }
                                        Opcode::LoadItemStoreItem => {
                                            fused!(word: load_item, store_item)
                                        }
                                        Opcode::StoreItemAdd => fused!(word: store_item, add),
                                        Opcode::StoreItemAddImm => {
                                            fused!(word: store_item, add_imm)
                                        }
                                        Opcode::StoreItemLoopIter => {
                                            fused!(word: store_item, loop_iter)
                                        }
                                    }
                                }

                                at = at.wrapping_add(1);
                                continue 'run;
                            }
                            // return_none
                            let frame = self.frames.top();
                            if frame.plain {
                                return_fast!(Value::NONE);
                            } else if frame.kind == FrameKind::Construct
                                && !frame.entry
                                && frame.saved_handled.is_unset()
                            {
                                return_fast!(frame.extra);
                            } else {
                                return_slow!(Value::NONE);
                            }
                            at = at.wrapping_add(1);
                            continue 'run;
                        };
                        // return
                        let value = registers.take(word.a());
                        if !self.frames.top().plain {
                            return_slow!(value);
                        }
                        return_fast!(value);
                        at = at.wrapping_add(1);
                        continue 'run;
                    };
                    // call_method
                    'entered: {
                        let site: *mut Site = site!(extra!());
                        let receiver = registers.get(word.a().wrapping_add(1));
                        let count = word.b() as usize + 1;
                        // SAFETY: see `site!`.
                        let cache = unsafe { *site };
                        if let Some(instance) = receiver.cast::<Instance>()
                            && cache.shape == instance.shape.cast_const()
                            && cache.key == Site::key(self.class_epoch, Found::Method)
                        {
                            let method = Value::from_bits(cache.target);
                            if let Some(function) = method.cast::<Function>() {
                                // SAFETY: code lives as long as the machine.
                                let target = unsafe { &*function.code };
                                if target.fast_arity as usize == count {
                                    let owner = method.increment();
                                    put!(word.a(), Value::UNSET);
                                    push_simple!(
                                        2,
                                        target,
                                        owner,
                                        word.a().wrapping_add(1),
                                        count,
                                        FrameKind::Call,
                                        Value::UNSET,
                                        word.a()
                                    );
                                    break 'entered;
                                }
                            }
                            put!(word.a(), method.increment());
                            call_window!(
                                method,
                                word.a().wrapping_add(1),
                                count,
                                Value::UNSET,
                                word.a()
                            );
                            break 'entered;
                        }
                        if cache.key == Site::key(self.class_epoch, Found::Native)
                            && self.class_of(receiver).object().address() as u64
                                == cache.shape as u64
                            && let Some(native) =
                                Value::from_bits(cache.target).cast::<NativeFunction>()
                            && let NativeImplementation::Code(native) = native.implementation
                        {
                            put!(word.a(), Value::UNSET);
                            call_native!(word, native, count, 2);
                            break 'entered;
                        }
                        let entered =
                            attempt!(self.enter_method_call(registers, word.a(), count, site));
                        if entered {
                            enter!();
                        } else {
                            finish_native_call!();
                        }
                    }
                    at = at.wrapping_add(1);
                    continue 'run;
                };
                // call
                'entered: {
                    let callee = registers.get(word.a());
                    let count = word.b() as usize;
                    if let Some(function) = callee.cast::<Function>() {
                        // SAFETY: code lives as long as the machine.
                        let target = unsafe { &*function.code };
                        if target.fast_arity as usize == count {
                            let owner = registers.take(word.a());
                            push_simple!(
                                1,
                                target,
                                owner,
                                word.a().wrapping_add(1),
                                count,
                                FrameKind::Call,
                                Value::UNSET,
                                word.a()
                            );
                            break 'entered;
                        }
                    }
                    if let Some(class) = callee.cast::<Class>()
                        && class.init_epoch == self.class_epoch
                        && let Some(init) = class.init.cast::<Function>()
                    {
                        // SAFETY: code lives as long as the machine.
                        let target = unsafe { &*init.code };
                        if target.fast_arity as usize == count + 1 {
                            let owner = class.init.increment();
                            let instance = match self.new_instance(class) {
                                Ok(instance) => instance,
                                Err(Raised(())) => {
                                    save!();
                                    self.aside(|vm| vm.release(owner));
                                    self.drop_failed_call::<1>();
                                    break 'run Exit::Raise;
                                }
                            };
                            // The instance takes the place of its class, in front of the
                            // arguments; it keeps the class alive.
                            registers.replace(word.a(), instance.increment());
                            let last = callee.object_unchecked().decrement();
                            debug_assert!(!last);
                            push_simple!(
                                1,
                                target,
                                owner,
                                word.a(),
                                count + 1,
                                FrameKind::Construct,
                                instance,
                                word.a()
                            );
                            break 'entered;
                        }
                    }
                    if let Some(native) = callee.cast::<NativeFunction>()
                        && let NativeImplementation::Code(native) = native.implementation
                    {
                        call_native!(word, native, count, 1);
                        break 'entered;
                    }
                    call_window!(
                        callee,
                        word.a().wrapping_add(1),
                        count,
                        Value::UNSET,
                        word.a()
                    );
                }
                at = at.wrapping_add(1);
            };
            match exit {
                Exit::Switch => {}
                Exit::Raise => {
                    // A handler may lie inside its own region, so going there is a safepoint.
                    let mut found = self.unwind();
                    while found && self.executed >= self.next_check && self.safepoint().is_err() {
                        found = self.unwind();
                    }
                    if !found {
                        return Err(Raised(()));
                    }
                    executed = self.executed;
                }
            }
            continue 'frames;
        }
    }
}

/// `left / right` of small integers: exact in a double when both fit one.
#[inline(always)]
fn int_true_division(left: Value, right: Value) -> Option<Value> {
    let divisor = right.int_unchecked();
    // Fifty bits fit a double's fifty-three, so the quotient is rounded once.
    (divisor != 0).then(|| Value::from_float(left.int_unchecked() as f64 / divisor as f64))
}

#[inline(always)]
fn float_division(left: f64, right: f64) -> Option<f64> {
    (right != 0.0).then(|| left / right)
}

/// A positive float to the power of a float, if it is finite. The rest, and all errors, are
/// `float_ops::power`'s, which would be 55 instructions of the processor more for these.
#[inline(never)]
fn positive_power(left: Value, right: Value) -> Option<Value> {
    let (base, exponent) = (left.as_float()?, right.as_float()?);
    let power = (base > 0.0).then(|| base.powf(exponent))?;
    power.is_finite().then(|| Value::from_arithmetic(power))
}

/// Floor division; `None` for zero and for the one quotient that may not fit.
#[inline(always)]
fn int_floor_division(left: Value, right: Value) -> Option<Value> {
    let (dividend, divisor) = (left.int_unchecked(), right.int_unchecked());
    if divisor == 0 {
        return None;
    }
    let quotient = dividend / divisor;
    let inexact = dividend % divisor != 0;
    Value::from_int(quotient - i64::from(inexact && ((dividend < 0) != (divisor < 0))))
}

/// Modulo with the divisor's sign; `None` for zero.
#[inline(always)]
fn int_modulo(left: Value, right: Value) -> Option<Value> {
    let (dividend, divisor) = (left.int_unchecked(), right.int_unchecked());
    if divisor == 0 {
        return None;
    }
    let remainder = dividend % divisor;
    let wrong_sign = remainder != 0 && ((remainder < 0) != (divisor < 0));
    Some(Value::from_int_unchecked(if wrong_sign {
        remainder + divisor
    } else {
        remainder
    }))
}

#[inline(always)]
fn int_left_shift(left: Value, right: Value) -> Option<Value> {
    let (number, shift) = (left.int_unchecked(), right.int_unchecked());
    if !(0..=62).contains(&shift) {
        return None;
    }
    let shifted = number << shift;
    if shifted >> shift == number {
        Value::from_int(shifted)
    } else {
        None
    }
}

#[inline(always)]
fn int_right_shift(left: Value, right: Value) -> Option<Value> {
    let (number, shift) = (left.int_unchecked(), right.int_unchecked());
    (shift >= 0).then(|| Value::from_int_unchecked(number >> shift.min(63)))
}

/// An item of a list or tuple at a small integer index within it; owned.
#[inline(always)]
fn fast_item(object: Value, key: Value) -> Option<Value> {
    let index = key.as_int()?;
    let heap_object = object.as_object()?;
    if let Some(list) = object.cast::<List>() {
        let item = list.items.as_slice().get(index as usize);
        item.map(|item| item.increment_here())
    } else if heap_object.kind() == crate::object::Kind::Tuple as u8 {
        let tuple = Obj::<Tuple>::of(heap_object);
        let item = tuple.as_slice().get(index as usize);
        item.map(|item| item.increment_here())
    } else {
        None
    }
}
