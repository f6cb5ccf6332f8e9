//! What an object takes beside itself: the buffers and charges that are its alone.
//!
//! **Invariant.** The heap accounts for an object's slot and these bytes; so the heap's bytes are
//! the sum over all objects, and what the machine itself was charged for (interned names, code).

use crate::object::{BigInteger, Class, Dict, Generator, Instance, Kind, List, Module, Obj, Set};
use crate::value::Value;
use vm_heap::{Heap, ObjectRef};

/// The bytes that the heap accounts for a buffer that was asked for with `bytes` bytes, if it was.
pub(super) fn buffer_footprint(bytes: usize) -> usize {
    if bytes == 0 {
        0
    } else {
        Heap::buffer_footprint(bytes)
    }
}

/// See the module documentation.
pub(crate) fn owned_bytes(object: ObjectRef) -> usize {
    match Kind::of(object) {
        Kind::List => buffer_footprint(Obj::<List>::of(object).items.buffer_bytes()),
        Kind::Dict => Obj::<Dict>::of(object).table.owned_bytes(),
        Kind::Set => Obj::<Set>::of(object).table.owned_bytes(),
        Kind::BigInt => Obj::<BigInteger>::of(object).digits_bytes,
        Kind::Instance => {
            let mut instance = Obj::<Instance>::of(object);
            if instance.shape.is_null() {
                return 0;
            }
            match instance.spill_buffer() {
                Some(buffer) => {
                    // SAFETY: the first word of a spill buffer is its capacity in further words.
                    let capacity = unsafe { buffer.read() } as usize;
                    buffer_footprint((capacity + 1) * size_of::<Value>())
                }
                None => 0,
            }
        }
        Kind::Generator => {
            let registers = Obj::<Generator>::of(object).register_count as usize;
            buffer_footprint(registers * size_of::<Value>())
        }
        Kind::Class => {
            let class = Obj::<Class>::of(object);
            class.attributes.owned_bytes() + class.shapes_bytes
        }
        Kind::Module => Obj::<Module>::of(object).namespace.owned_bytes(),
        _ => 0,
    }
}
