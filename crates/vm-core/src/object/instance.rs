//! Instances of program classes: a shape and its slots.
//!
//! ```text
//!  0        8        16       24
//! ┌────────┬────────┬────────┬────────┬ ─ ─
//! │ header │ shape  │ slot 0 │ slot 1 │ ...     up to the shape's inline capacity
//! └────────┴────────┴────────┴────────┴ ─ ─
//! ```
//!
//! An instance that got more attributes than fit has the flag `SPILLED` in the header's `aux`; then
//! the last inline slot is a pointer to a buffer `│ capacity │ value │ value │ ...` with the rest.
//! The instance owns one count of its class, through the shape.

use crate::object::{Class, Dropped, Kind, Layout, Obj, Shape, object_of};
use crate::value::Value;
use core::ptr::NonNull;
use vm_heap::Header;

/// See the module documentation.
#[repr(C)]
pub(crate) struct Instance {
    pub(crate) header: Header,
    pub(crate) shape: *mut Shape,
    slots: [Value; 0],
}

const _: () = assert!(Instance::size_bytes(2) == 32);

impl Instance {
    /// Bit of the header's `aux`: slots beyond the inline ones are in a buffer.
    pub(crate) const SPILLED: u16 = 1;

    /// A new instance without attributes.
    pub(crate) fn new(header: Header, shape: *mut Shape) -> Instance {
        Instance {
            header,
            shape,
            slots: [],
        }
    }

    /// Bytes of an instance with that many inline slots.
    pub(crate) const fn size_bytes(inline_capacity: usize) -> usize {
        size_of::<Instance>() + inline_capacity * size_of::<Value>()
    }

    /// The shape.
    #[inline(always)]
    pub(crate) fn shape(&self) -> &Shape {
        // SAFETY: shapes live as long as their class, of which the instance owns a count.
        unsafe { &*self.shape }
    }

    /// The class.
    #[inline(always)]
    pub(crate) fn class(&self) -> Obj<Class> {
        self.shape().class
    }

    /// Address of inline slot `index`.
    #[inline(always)]
    pub(crate) fn inline_slot(&mut self, index: usize) -> *mut Value {
        debug_assert!(index < self.shape().inline_capacity as usize);
        // SAFETY: the object was allocated with `inline_capacity` slots, and `index` is below it.
        unsafe { self.slots.as_mut_ptr().add(index) }
    }

    /// Whether slots beyond the inline ones are in a buffer.
    #[inline(always)]
    pub(crate) fn is_spilled(&self) -> bool {
        object_of(&self.header).aux() & Self::SPILLED != 0
    }

    /// The buffer of a spilled instance; its first word is its capacity in words.
    pub(crate) fn spill_buffer(&mut self) -> Option<NonNull<u64>> {
        if !self.is_spilled() {
            return None;
        }
        let last = self.shape().inline_capacity as usize - 1;
        let slot = self.inline_slot(last);
        // SAFETY: `slot` is a word of the object; in a spilled instance it holds the buffer's
        // address.
        NonNull::new(unsafe { slot.cast::<*mut u64>().read() })
    }

    /// Address of slot `index`, wherever it is. `index` must be below the number of attributes.
    #[inline]
    pub(crate) fn slot(&mut self, index: usize) -> *mut Value {
        let inline = self.shape().inline_capacity as usize;
        match self.spill_buffer() {
            Some(buffer) if index + 1 >= inline => {
                // SAFETY: a spilled instance's buffer has one word of capacity and then room for
                // every slot from the last inline one on; `index` is one of the instance's.
                unsafe {
                    buffer
                        .as_ptr()
                        .add(1 + index - (inline - 1))
                        .cast::<Value>()
                }
            }
            _ => self.inline_slot(index),
        }
    }

    /// The attributes of an instance that is not spilled, borrowed.
    #[inline(always)]
    pub(crate) fn inline_values(&self) -> &[Value] {
        debug_assert!(!self.is_spilled());
        let count = self.shape().names.len();
        // SAFETY: an instance that is not spilled has its `count` slots inline, initialised.
        unsafe { core::slice::from_raw_parts(self.slots.as_ptr(), count) }
    }

    /// The value of slot `index`, borrowed.
    pub(crate) fn slot_value(&self, index: usize) -> Value {
        let mut this = Obj::<Instance>::of(object_of(&self.header));
        // SAFETY: `slot` gives the address of an initialised slot of this live object.
        unsafe { this.slot(index).read() }
    }
}

impl Layout for Instance {
    const KIND: Kind = Kind::Instance;
    const TRACKED: bool = true;

    #[inline]
    fn traverse(&self, visit: &mut impl FnMut(Value)) {
        if self.shape.is_null() {
            return;
        }
        visit(self.class().value());
        if self.is_spilled() {
            for index in 0..self.shape().names.len() {
                visit(self.slot_value(index));
            }
        } else {
            for &value in self.inline_values() {
                visit(value);
            }
        }
    }

    /// The attributes go; the shape (and the count of the class) goes with the object itself, since
    /// a cleared instance must still know its class.
    fn clear(&mut self, dropped: &mut Dropped<'_>) {
        if self.shape.is_null() {
            return;
        }
        let count = self.shape().names.len();
        for index in 0..count {
            let slot = self.slot(index);
            // SAFETY: `slot` is the address of an initialised slot of this live object.
            let value = unsafe { slot.replace(Value::UNSET) };
            dropped.value(value);
        }
        // Without its attributes it has the shape of a new instance, and no buffer.
        if let Some(buffer) = self.spill_buffer() {
            // SAFETY: the first word of a spill buffer is its capacity in words, as allocated; it
            // was allocated by this heap with one word more.
            unsafe {
                let words = buffer.read() as usize;
                dropped.heap.free_buffer(buffer.cast(), (words + 1) * 8);
            }
            let object = object_of(&self.header);
            object.set_aux(object.aux() & !Self::SPILLED);
        }
        let capacity = self.shape().inline_capacity;
        let mut class = self.class();
        let empty =
            |shape: &&mut Box<Shape>| shape.names.is_empty() && shape.inline_capacity == capacity;
        if let Some(shape) = class.shapes.iter_mut().find(empty) {
            self.shape = &raw mut **shape;
        }
    }
}
