//! Where objects are allocated: opt-in, for snapshots and allocation profiles.
//!
//! ```text
//!   make_sized ──► heap refuses (it holds objects) ──► make_recorded ──► allocate_held ──► object
//!                                                         │
//!                     frames, outermost first             ▼
//!        main:9 ──► parse:31 ──► node:4            a tree of places: objects, bytes
//!                                  └── number ──►  from the object's address to its place
//! ```
//!
//! 1. While sites are recorded the heap holds objects up (`Heap::hold_objects`), so that each comes
//!    by [`Vm::make_recorded`], the cold side of a branch that is there anyway. When they are not,
//!    allocating an object takes no branch more.
//! 2. The observed copy of the loop runs (`observe`): it stores its place in the frame before each
//!    instruction. So the frames are a way down the tree of places; what it has in common with the
//!    way of the object before is not searched again.
//! 3. The number of the place is kept by the object's address. The next object at this address gets
//!    its own; no note is taken of deaths, since only what is alive is asked for.
//!
//! **Limits.** [`PLACES_MAX`] places: a stack that is new then is cut to its innermost frame, which
//! says the line still. [`OBJECTS_MAX`] addresses: of an object beyond, nobody knows where it comes
//! from, though its place counts it. Together some 600 MiB at the very most.
//!
//! **Invariant.** An address in the table belongs to an object that was made there while sites were
//! recorded, or to none.

mod names;

pub(crate) use names::SiteNames;

use crate::code::Code;
use crate::object::Kind;
use crate::stack::Frame;
use crate::vm::Vm;
use hashbrown::HashMap;
use vm_heap::{Family, ObjectRef, OutOfMemory};

/// Places that are told apart by who called.
const PLACES_MAX: usize = 1 << 18;

/// Addresses whose place is known.
const OBJECTS_MAX: usize = 1 << 24;

/// The number of a place.
type PlaceNumber = u32;

/// An instruction: its function, and the word behind it as frames store it.
type Instruction = (*const Code, *const core::cell::Cell<u32>);

/// An instruction, reached through the calls above it.
struct Place {
    caller: Option<PlaceNumber>,
    at: Instruction,
    /// Made here so far.
    objects: u64,
    bytes: u64,
}

/// See the module documentation.
#[derive(Default)]
pub(crate) struct Sites {
    places: Vec<Place>,
    numbers: HashMap<(Option<PlaceNumber>, Instruction), PlaceNumber>,
    /// The frames of the latest birth, outermost first.
    latest: Vec<(Instruction, PlaceNumber)>,
    /// The place of each object, by address.
    of_object: HashMap<usize, PlaceNumber>,
}

impl Sites {
    /// An object was made by the innermost of the frames, or by nobody.
    fn born<'a>(
        &mut self,
        object: ObjectRef,
        bytes: usize,
        frames: impl Iterator<Item = &'a Frame>,
    ) {
        let mut innermost = None;
        for (depth, frame) in frames.enumerate() {
            let at = (frame.code, frame.instruction);
            innermost = Some(match self.latest.get(depth) {
                Some(&(known, number)) if known == at => number,
                _ => {
                    let number = self.number(innermost, at);
                    self.latest.truncate(depth);
                    self.latest.push((at, number));
                    number
                }
            });
        }
        let address = object.address();
        let Some(number) = innermost else {
            self.of_object.remove(&address);
            return;
        };
        let place = &mut self.places[number as usize];
        place.objects += 1;
        place.bytes += bytes as u64;
        if self.of_object.len() < OBJECTS_MAX {
            self.of_object.insert(address, number);
        } else if let Some(known) = self.of_object.get_mut(&address) {
            *known = number;
        }
    }

    /// The number of a place, which is added if it is new.
    fn number(&mut self, caller: Option<PlaceNumber>, at: Instruction) -> PlaceNumber {
        if let Some(&known) = self.numbers.get(&(caller, at)) {
            return known;
        }
        if caller.is_some() && self.places.len() >= PLACES_MAX {
            return self.number(None, at);
        }
        let number = self.places.len() as PlaceNumber;
        self.places.push(Place {
            caller,
            at,
            objects: 0,
            bytes: 0,
        });
        self.numbers.insert((caller, at), number);
        number
    }
}

impl Vm {
    /// Records where each object is allocated from the next call into program code on, or forgets what
    /// was recorded. Snapshots say then where their objects come from. Program code runs several times
    /// slower meanwhile. Off at first.
    pub fn record_allocation_sites(&mut self, on: bool) {
        self.heap.hold_objects(on);
        self.sites = on.then(Box::default);
    }

    /// Makes an object that the heap `refused`: since it holds objects, or for another reason.
    #[cold]
    #[inline(never)]
    pub(crate) fn make_recorded(
        &mut self,
        family: Family,
        bytes: usize,
        kind: Kind,
        refused: OutOfMemory,
    ) -> Result<ObjectRef, OutOfMemory> {
        let Some(sites) = &mut self.sites else {
            return Err(refused);
        };
        // SAFETY: as in `make_sized`, which initialises the object.
        let object = unsafe { self.heap.allocate_held(family, bytes, kind as u8)? };
        let bytes = self.heap.object_bytes(object);
        sites.born(object, bytes, self.frames.iter());
        Ok(object)
    }
}
