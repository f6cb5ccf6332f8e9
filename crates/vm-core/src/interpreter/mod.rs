//! The interpreter: one loop over verified register code.
//!
//! * [`execute`]: the loop, with the fast path of each instruction;
//! * [`slow`], [`variables`], [`building`], [`unpacking`], [`definitions`]: what the instructions do
//!   when the fast path does not apply;
//! * [`call`], [`windows`], [`bind`]: entering functions, the windows of arguments, parameters;
//! * [`raising`], [`unwind`]: exceptions, and finding their handlers;
//! * [`leaving`]: the rarer ways out of a frame;
//! * [`counting`]: what instructions do, counted;
//! * [`generator`]: resuming, yielding, closing;
//! * [`safepoint`]: limits, cancellation and collections.
//!
//! **Invariants.**
//! 1. Calls from program code to program code do not recurse here: they push a frame and go on.
//!    Native code that calls program code enters the loop again, at most `native_depth_max` deep.
//! 2. A collection runs only at a safepoint (function entry, backward jump, return from a native
//!    call), never inside an instruction.
//! 3. Before anything that can run program code or raise, the loop stores its place in the frame and
//!    its count of instructions in the machine.

mod bind;
mod building;
pub(crate) mod call;
pub(crate) mod counting;
mod definitions;
mod execute;
mod generator;
mod leaving;
mod raising;
mod registers;
mod safepoint;
mod slow;
mod unpacking;
mod unwind;
mod variables;
mod windows;

pub(crate) use registers::Registers;

use crate::value::Value;
use crate::vm::{Raised, Vm};

/// How an entry into the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Completion {
    /// The entry frame returned the value.
    Returned(Value),
    /// The entry frame, a generator's, yielded the value.
    Yielded(Value),
}

/// How to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// At the frame's next instruction.
    Continue,
    /// With the exception on its way, as if that instruction had raised it.
    Raising,
}

impl Vm {
    /// Runs the frame on top, an entry frame, until it is left.
    pub(crate) fn run_entry(&mut self, start: Start) -> Result<Completion, Raised> {
        debug_assert!(self.frames.last().is_some_and(|frame| frame.entry));
        let mut began = false;
        let result = self.nested(|vm| {
            began = true;
            vm.run_loop(start)
        });
        if !began {
            // The frame never ran: leave it as an exception would.
            self.leave_frame();
        }
        result
    }

    /// The same, on its level.
    fn run_loop(&mut self, start: Start) -> Result<Completion, Raised> {
        // Called from native code: the entry of the function is a safepoint all the same.
        let is_due = start == Start::Continue && self.executed >= self.next_check;
        let start = if is_due && self.safepoint().is_err() {
            Start::Raising
        } else {
            start
        };
        if self.is_observed() {
            let suspended = self.enter_counting();
            let result = self.execute::<true>(start);
            self.leave_counting(suspended);
            result
        } else {
            self.execute::<false>(start)
        }
    }
}
