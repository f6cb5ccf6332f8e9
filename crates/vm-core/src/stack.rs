//! The stack of registers and the stack of frames.
//!
//! ```text
//!  registers   │ main: r0 r1 r2 │ fib: r0 r1 r2 r3 │ fib: r0 r1 r2 r3 │ unset ...          │
//!              base of frame 0    base of frame 1    base of frame 2    top            limit
//! ```
//!
//! A call moves its arguments from the caller's registers to the callee's, which begin at the top.
//! Every register of a frame is a valid value at all times (unset before it is written), so leaving
//! a frame releases them all without knowing which are in use. A generator's registers are in the
//! generator object instead, and the frame of a running generator points there.
//!
//! **Invariant.** All registers from the top to the limit are unset, so that a call has nothing to
//! prepare; a frame that is left leaves its registers unset. Frames take registers by fours.
//!
//! The register stack is reserved in full when the machine is made and never moves: the operating
//! system gives it memory as it is first touched. So the limit begins low and grows with use.

use crate::code::Code;
use crate::value::Value;
use core::ptr::NonNull;
use std::alloc::Layout;

/// What a frame does when it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum FrameKind {
    /// Gives its result to the register of the caller.
    Call,
    /// The `__init__` of a new instance (`Frame::extra`), which is the result instead.
    Construct,
    /// Runs a generator (`Frame::extra`). What it yields goes to the register of the caller; its
    /// end makes the caller's `for_iter` jump.
    Generator,
    /// The same for a caller's `loop_iter`: what it yields makes the caller jump, its end does not.
    LoopGenerator,
}

impl FrameKind {
    /// Whether the frame runs a generator, whose registers are not on the stack.
    #[inline(always)]
    pub(crate) fn is_generator(self) -> bool {
        matches!(self, FrameKind::Generator | FrameKind::LoopGenerator)
    }
}

/// One activation of a function.
pub(crate) struct Frame {
    /// Lives as long as the machine.
    pub(crate) code: *const Code,
    /// The word after the instruction that left this frame, while another one runs.
    pub(crate) instruction: *const core::cell::Cell<u32>,
    /// The first register.
    pub(crate) registers: *mut Value,
    /// The function; owned.
    pub(crate) function: Value,
    /// By kind: unset, the new instance, or the generator; owned.
    pub(crate) extra: Value,
    /// What was being handled when this frame began to handle an exception, or was resumed; unset
    /// while it has done neither. Leaving the frame restores it. Owned.
    pub(crate) saved_handled: Value,
    pub(crate) kind: FrameKind,
    /// Whether native code waits for this frame's result: leaving it leaves the interpreter.
    pub(crate) entry: bool,
    /// A call from program code that handles no exception: leaving it needs the fewest steps.
    pub(crate) plain: bool,
    /// The register of the caller's frame that gets the result.
    pub(crate) result_register: u8,
}

const _: () = assert!(size_of::<Frame>() == 56);

impl Frame {
    /// Makes a frame that waits in a `for_iter` or `loop_iter` continue at the target of that
    /// instruction.
    pub(crate) fn take_jump(&mut self) {
        // SAFETY: the stored place is behind the instruction's second word, which is the offset of
        // a verified target.
        self.instruction = unsafe {
            let offset = (*self.instruction.sub(1)).get() as i32;
            self.instruction.offset(offset as isize)
        };
    }
}

/// The stack of frames: room for as many as calls may be nested, reserved at once.
///
/// **Invariant.** `storage` has capacity for the frames between its start and `limit`; those below
/// `top` are initialised. Frames have no destructor.
pub(crate) struct Frames {
    /// Only owns the memory; its length stays zero.
    storage: Vec<Frame>,
    /// Behind the frame that runs.
    top: *mut Frame,
    limit: *mut Frame,
}

// SAFETY: frames point into the code, the registers and the objects of the one machine that owns
// them, and move with it.
unsafe impl Send for Frames {}

impl Frames {
    /// An empty stack for at most `depth_max` frames.
    pub(crate) fn new(depth_max: usize) -> Frames {
        let mut frames = Frames {
            storage: Vec::new(),
            top: core::ptr::null_mut(),
            limit: core::ptr::null_mut(),
        };
        frames.set_depth_max(depth_max);
        frames
    }

    fn bottom(&self) -> *mut Frame {
        self.storage.as_ptr().cast_mut()
    }

    /// How many frames there are.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        (self.top as usize).wrapping_sub(self.bottom() as usize) / size_of::<Frame>()
    }

    /// Whether no call may be nested any deeper.
    #[inline(always)]
    pub(crate) fn is_full(&self) -> bool {
        self.top >= self.limit
    }

    /// Changes how many frames there may be; those there are stay.
    pub(crate) fn set_depth_max(&mut self, depth_max: usize) {
        let length = if self.storage.capacity() == 0 {
            0
        } else {
            self.len()
        };
        let mut storage = Vec::with_capacity(depth_max.max(length).max(1));
        if length > 0 {
            // SAFETY: `length` frames are initialised in the old storage, and the new one has room
            // for them.
            unsafe {
                core::ptr::copy_nonoverlapping(self.bottom(), storage.as_mut_ptr(), length);
            }
        }
        self.storage = storage;
        // SAFETY: both are within the storage's capacity or just behind it.
        unsafe {
            self.top = self.bottom().add(length);
            self.limit = self.bottom().add(depth_max);
        }
    }

    fn frames(&self) -> &[Frame] {
        // SAFETY: the type's invariant.
        unsafe { core::slice::from_raw_parts(self.bottom(), self.len()) }
    }

    /// The frame that runs, if any.
    pub(crate) fn last(&self) -> Option<&Frame> {
        self.frames().last()
    }

    /// A frame by its index, the oldest first.
    pub(crate) fn get(&self, index: usize) -> Option<&Frame> {
        self.frames().get(index)
    }

    /// The frame that runs, if any.
    pub(crate) fn last_mut(&mut self) -> Option<&mut Frame> {
        if self.len() == 0 {
            None
        } else {
            Some(self.top())
        }
    }

    /// The frame that runs; for the loop, which runs only while there is one.
    #[inline(always)]
    pub(crate) fn top(&mut self) -> &mut Frame {
        debug_assert!(self.len() > 0);
        // SAFETY: the loop is entered with a frame and left when its entry frame is left, so the
        // stack is not empty, and the frame below `top` is initialised.
        unsafe { &mut *self.top.sub(1) }
    }

    /// Adds a frame; the stack must not be full.
    #[inline(always)]
    pub(crate) fn push(&mut self, frame: Frame) {
        debug_assert!(!self.is_full());
        // SAFETY: callers check `is_full`, so there is room below `limit`.
        unsafe {
            self.top.write(frame);
            self.top = self.top.add(1);
        }
    }

    /// Notes where the frame that runs will go on, and adds one; the stack must not be full.
    #[inline(always)]
    pub(crate) fn push_from(&mut self, instruction: *const core::cell::Cell<u32>, frame: Frame) {
        debug_assert!(self.len() > 0 && !self.is_full());
        let top = self.top;
        // SAFETY: as for `top` and `push`.
        unsafe {
            (*top.sub(1)).instruction = instruction;
            top.write(frame);
            self.top = top.add(1);
        }
    }

    /// Takes the frame that runs off.
    pub(crate) fn pop(&mut self) -> Option<Frame> {
        if self.len() == 0 {
            return None;
        }
        self.drop_top();
        // SAFETY: the frame was initialised, and is no longer on the stack.
        Some(unsafe { self.top.read() })
    }

    /// Forgets the frame that runs; what it owned was moved elsewhere.
    #[inline(always)]
    pub(crate) fn drop_top(&mut self) {
        debug_assert!(self.len() > 0);
        // SAFETY: as for `top`, the stack is not empty.
        self.top = unsafe { self.top.sub(1) };
    }

    /// Every frame, the oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Frame> {
        self.frames().iter()
    }
}

/// The register stack.
pub(crate) struct Stack {
    bottom: NonNull<Value>,
    slots: usize,
    /// The first slot that no frame uses.
    pub(crate) top: *mut Value,
    /// Behind the slots that are initialised.
    limit: *mut Value,
}

// SAFETY: the stack's memory belongs to it alone, and moves with its machine.
unsafe impl Send for Stack {}

impl Stack {
    /// How many slots are initialised at a time, unless a frame needs more.
    const GROWTH: usize = 1024;

    /// A stack of that many registers.
    pub(crate) fn new(slots: usize) -> Stack {
        let slots = slots.max(256);
        let layout = Self::layout(slots);
        // SAFETY: the layout is not empty.
        let memory = unsafe { std::alloc::alloc(layout) };
        let Some(bottom) = NonNull::new(memory.cast::<Value>()) else {
            std::alloc::handle_alloc_error(layout)
        };
        Stack {
            bottom,
            slots,
            top: bottom.as_ptr(),
            limit: bottom.as_ptr(),
        }
    }

    /// How many registers there is room for.
    pub(crate) fn capacity(&self) -> usize {
        self.slots
    }

    fn layout(slots: usize) -> Layout {
        match Layout::array::<Value>(slots) {
            Ok(layout) => layout,
            Err(_) => std::alloc::handle_alloc_error(Layout::new::<Value>()),
        }
    }

    /// Whether a frame of that many bytes fits; if so, its registers are unset.
    #[inline(always)]
    pub(crate) fn has_room(&mut self, bytes: usize) -> bool {
        self.top.wrapping_byte_add(bytes) <= self.limit || self.grow(bytes / size_of::<Value>())
    }

    /// Initialises more slots, if there are any.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, registers: usize) -> bool {
        let initialised =
            (self.limit as usize - self.bottom.as_ptr() as usize) / size_of::<Value>();
        let in_use = self.used().len();
        if in_use + registers > self.slots {
            return false;
        }
        let wanted = (in_use + registers).max(initialised + Self::GROWTH);
        for _ in initialised..wanted.min(self.slots) {
            // SAFETY: fewer than `slots` values are initialised, so one more fits.
            unsafe {
                self.limit.write(Value::UNSET);
                self.limit = self.limit.add(1);
            }
        }
        true
    }

    /// The registers in use, from the bottom; every one is a valid value.
    pub(crate) fn used(&self) -> &[Value] {
        let count = (self.top as usize - self.bottom.as_ptr() as usize) / size_of::<Value>();
        // SAFETY: the slots below `top` were initialised when their frames were pushed.
        unsafe { core::slice::from_raw_parts(self.bottom.as_ptr(), count) }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with this layout.
        unsafe { std::alloc::dealloc(self.bottom.as_ptr().cast(), Self::layout(self.slots)) };
    }
}
