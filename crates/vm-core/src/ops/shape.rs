//! Instances and their shapes: adding, changing and removing attributes.

use crate::object::{Class, Instance, Obj, Shape};
use crate::value::Value;
use crate::vm::{Raised, Vm};
use vm_heap::Header;

/// The most attributes an instance has room for inside.
const INLINE_MAX: u16 = 30;

impl Shape {
    /// Whether slot `index` of an instance of this shape is inside the instance.
    pub(crate) fn is_inline(&self, index: usize) -> bool {
        let capacity = self.inline_capacity as usize;
        // The last inline slot of a spilled instance points to the others.
        index < capacity && (self.names.len() <= capacity || index + 1 < capacity)
    }
}

impl Vm {
    /// A new instance of a class of the program, without attributes. Owned.
    pub(crate) fn new_instance(&mut self, class: Obj<Class>) -> Result<Value, Raised> {
        let instance = self.new_untracked_instance(class)?;
        self.track(instance.object_unchecked());
        Ok(instance)
    }

    /// An instance that the collector does not see: for one that never gets attributes. Owned.
    #[inline(always)]
    pub(crate) fn new_untracked_instance(
        &mut self,
        mut class: Obj<Class>,
    ) -> Result<Value, Raised> {
        if class.root_shape.is_null() {
            class.root_shape = self.new_root_shape(class)?;
        }
        let shape = class.root_shape;
        // SAFETY: shapes live as long as their class.
        let capacity = unsafe { (*shape).inline_capacity } as usize;
        let made = self.make_sized(Instance::size_bytes(capacity), |header: Header| {
            Instance::new(header, shape)
        });
        match made {
            Ok(instance) => {
                class.object().increment();
                Ok(instance.value())
            }
            Err(error) => Err(self.raise_memory_error(error)),
        }
    }

    fn new_root_shape(&mut self, class: Obj<Class>) -> Result<*mut Shape, Raised> {
        // Objects come in multiples of 16 bytes, so an even number of slots wastes nothing.
        let capacity = (class.expected_attributes.clamp(2, INLINE_MAX) + 1) & !1;
        let shape = Shape {
            class,
            names: Vec::new(),
            transitions: Vec::new(),
            inline_capacity: capacity,
        };
        self.keep_shape(class, shape)
    }

    fn keep_shape(&mut self, mut class: Obj<Class>, shape: Shape) -> Result<*mut Shape, Raised> {
        let bytes = shape.bytes();
        self.heap
            .charge(bytes)
            .map_err(|error| self.raise_memory_error(error))?;
        for name in &shape.names {
            name.increment();
        }
        class.shapes_bytes += bytes;
        class.shapes.push(Box::new(shape));
        Ok(class
            .shapes
            .last_mut()
            .map_or(core::ptr::null_mut(), |shape| &raw mut **shape))
    }

    /// The shape with one more name.
    fn shape_with(&mut self, shape: *mut Shape, name: Value) -> Result<*mut Shape, Raised> {
        // SAFETY: shapes live as long as their class, which an instance of the caller's keeps.
        let from = unsafe { &*shape };
        if let Some(next) = from.transition(name) {
            return Ok(next);
        }
        let mut names = from.names.clone();
        names.push(name);
        let (class, inline_capacity) = (from.class, from.inline_capacity);
        let next = self.keep_shape(
            class,
            Shape {
                class,
                names,
                transitions: Vec::new(),
                inline_capacity,
            },
        )?;
        // SAFETY: as above; no other reference into the shape is held.
        unsafe { (*shape).transitions.push((name, next)) };
        Ok(next)
    }

    /// Sets an instance's own attribute.
    pub(crate) fn set_instance_attribute(
        &mut self,
        mut instance: Obj<Instance>,
        name: Value,
        value: Value,
    ) -> Result<(), Raised> {
        if let Some(slot) = instance.shape().slot(name) {
            let slot = instance.slot(slot);
            self.replace_field(slot, value.increment());
            return Ok(());
        }
        let class = instance.class();
        if class.flags.closed && !self.is_declared_slot(class, name) {
            let text = self.text(name).to_owned();
            let class_name = self.text(class.name).to_owned();
            let on_class = self.lookup_in_class(class, name);
            return Err(self.raise_attribute_error(&if on_class.is_unset() {
                format!(
                    "'{class_name}' object has no attribute '{text}' and no __dict__ for setting \
                     new attributes"
                )
            } else {
                format!("'{class_name}' object attribute '{text}' is read-only")
            }));
        }
        let next = self.shape_with(instance.shape, name)?;
        let index = instance.shape().names.len();
        let capacity = instance.shape().inline_capacity as usize;
        if index >= capacity {
            self.spill(instance, index)?;
        }
        instance.shape = next;
        let slot = instance.slot(index);
        // SAFETY: the slot is within the instance or its buffer, and holds nothing yet.
        unsafe { slot.write(value.increment()) };
        Ok(())
    }

    fn is_declared_slot(&self, class: Obj<Class>, name: Value) -> bool {
        class.order().iter().any(|&class| {
            let slots = Obj::<Class>::of(class.object_unchecked()).slots;
            slots
                .cast::<crate::object::Tuple>()
                .is_some_and(|slots| slots.as_slice().contains(&name))
        })
    }

    /// Makes room for slot `index`, which does not fit inside the instance.
    fn spill(&mut self, mut instance: Obj<Instance>, index: usize) -> Result<(), Raised> {
        let capacity = instance.shape().inline_capacity as usize;
        let needed = index + 1 - (capacity - 1);
        let former = instance.spill_buffer();
        // SAFETY: the first word of a spill buffer is its capacity in words.
        let room = former.map_or(0, |buffer| unsafe { buffer.read() } as usize);
        if needed > room {
            let grown = needed.max(room * 2).max(3);
            let bytes = (grown + 1) * 8;
            let buffer = match former {
                None => self.heap.allocate_buffer(bytes),
                // SAFETY: allocated by this heap with one word more than its capacity.
                Some(buffer) => unsafe {
                    self.heap
                        .reallocate_buffer(buffer.cast(), (room + 1) * 8, bytes)
                },
            };
            let buffer = buffer
                .map_err(|error| self.raise_memory_error(error))?
                .cast::<u64>();
            let last = instance.inline_slot(capacity - 1);
            // SAFETY: the buffer has room for a word of capacity and `grown` slots; the last inline
            // slot's value moves to the first of them if it was inline until now.
            unsafe {
                buffer.write(grown as u64);
                if former.is_none() {
                    buffer.add(1).cast::<Value>().write(last.read());
                }
                last.cast::<*mut u64>().write(buffer.as_ptr());
            }
            let object = instance.object();
            object.set_aux(object.aux() | Instance::SPILLED);
        }
        // Later instances of the class get room for as many inside.
        let mut class = instance.class();
        if index as u16 + 1 > class.expected_attributes && class.expected_attributes < INLINE_MAX {
            class.expected_attributes = index as u16 + 1;
            class.root_shape = core::ptr::null_mut();
        }
        Ok(())
    }

    /// Removes an instance's own attribute: its value, owned, or `None`.
    pub(crate) fn remove_instance_attribute(
        &mut self,
        mut instance: Obj<Instance>,
        name: Value,
    ) -> Result<Option<Value>, Raised> {
        let Some(removed) = instance.shape().slot(name) else {
            return Ok(None);
        };
        let names = instance.shape().names.clone();
        let mut shape = self.empty_shape_like(instance)?;
        for &other in names.iter().filter(|&&other| other != name) {
            shape = self.shape_with(shape, other)?;
        }
        let slot = instance.slot(removed);
        // SAFETY: the slot is one of the instance's, and its value moves to the caller.
        let value = unsafe { slot.read() };
        for index in removed + 1..names.len() {
            let (from, to) = (instance.slot(index), instance.slot(index - 1));
            // SAFETY: both are slots of the instance; the value moves down one place.
            unsafe { to.write(from.read()) };
        }
        // A spilled instance stays spilled while its shape may not need it: its remaining slots are
        // where they were, except that the pointer's place may be needed.
        let fits = names.len() - 1 <= instance.shape().inline_capacity as usize;
        if fits && let Some(buffer) = instance.spill_buffer() {
            let capacity = instance.shape().inline_capacity as usize;
            let last = instance.inline_slot(capacity - 1);
            // SAFETY: the first word of a spill buffer is its capacity; its first slot is the one
            // that belongs in the last inline place, if the instance still has as many.
            unsafe {
                let words = buffer.read() as usize;
                let first = buffer.add(1).cast::<Value>().read();
                last.write(if names.len() - 1 == capacity {
                    first
                } else {
                    Value::UNSET
                });
                self.heap.free_buffer(buffer.cast(), (words + 1) * 8);
            }
            let object = instance.object();
            object.set_aux(object.aux() & !Instance::SPILLED);
        }
        instance.shape = shape;
        Ok(Some(value))
    }

    /// The shape without attributes that has the instance's inline capacity.
    fn empty_shape_like(&mut self, instance: Obj<Instance>) -> Result<*mut Shape, Raised> {
        let capacity = instance.shape().inline_capacity;
        let mut class = instance.class();
        let found = class
            .shapes
            .iter_mut()
            .find(|shape| shape.names.is_empty() && shape.inline_capacity == capacity);
        match found {
            Some(shape) => Ok(&raw mut **shape),
            None => Err(self.raise_system_error("an instance's root shape is missing")),
        }
    }
}
