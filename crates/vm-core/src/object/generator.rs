//! Generators: a frame on the heap.

use crate::code::Code;
use crate::object::{Dropped, Kind, Layout};
use crate::value::Value;
use core::ptr::NonNull;
use vm_heap::Header;

/// Where a generator is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum GeneratorState {
    /// Not started.
    Created,
    /// Waiting at a `yield`.
    Suspended,
    /// On the stack of frames now.
    Running,
    /// Returned, raised or closed.
    Finished,
}

/// A suspended call: the registers are the generator's own, and a running generator uses them where
/// they are.
#[repr(C)]
pub(crate) struct Generator {
    pub(crate) header: Header,
    pub(crate) code: *const Code,
    /// The function; the frame's own count of it.
    pub(crate) function: Value,
    pub(crate) name: Value,
    pub(crate) qualified_name: Value,
    /// The iterator that `yield_from` delegates to, or unset.
    pub(crate) delegate: Value,
    /// The exception this frame was handling when it was suspended, or `None`.
    pub(crate) handled: Value,
    pub(crate) registers: NonNull<Value>,
    pub(crate) register_count: u32,
    /// Index of the instruction word to continue at.
    pub(crate) resume: u32,
    pub(crate) state: GeneratorState,
    /// Register that gets the value sent in (of a suspended generator).
    pub(crate) sent_register: u8,
}

impl Generator {
    /// The frame's registers.
    pub(crate) fn registers(&self) -> &[Value] {
        // SAFETY: the buffer holds `register_count` initialised registers; it is returned only
        // when the count becomes zero.
        unsafe {
            core::slice::from_raw_parts(self.registers.as_ptr(), self.register_count as usize)
        }
    }
}

impl Layout for Generator {
    const KIND: Kind = Kind::Generator;
    const TRACKED: bool = true;

    fn traverse(&self, visit: &mut impl FnMut(Value)) {
        for value in [
            self.function,
            self.name,
            self.qualified_name,
            self.delegate,
            self.handled,
        ] {
            visit(value);
        }
        for &value in self.registers() {
            visit(value);
        }
    }

    fn clear(&mut self, dropped: &mut Dropped<'_>) {
        let (registers, count) = (self.registers, core::mem::take(&mut self.register_count));
        self.registers = NonNull::dangling();
        self.state = GeneratorState::Finished;
        for index in 0..count as usize {
            // SAFETY: `index` is below the number of initialised registers just taken.
            dropped.value(unsafe { registers.as_ptr().add(index).read() });
        }
        if count > 0 {
            // SAFETY: the buffer was allocated by this heap for `count` registers.
            unsafe {
                dropped
                    .heap
                    .free_buffer(registers.cast(), count as usize * size_of::<Value>());
            }
        }
        for field in [&mut self.function, &mut self.delegate, &mut self.handled] {
            dropped.field(field);
        }
        dropped.field(&mut self.name);
        dropped.field(&mut self.qualified_name);
    }
}
