//! The collector under an object model of your own: pairs, as in Lisp.
//!
//! Run it with `cargo run -p vm-gc --example own_objects`.

use vm_gc::{Collector, Generation, ObjectModel, Profile, Reason, collect};
use vm_heap::{Contents, Family, Heap, ObjectRef, OutOfMemory, ZeroStack, reclaim};

/// A pair in memory. The heap writes the header, which is eight bytes.
#[repr(C)]
struct Pair {
    header: u64,
    fields: [Option<ObjectRef>; 2],
}

/// The model: a heap, its collector, and the stack that frees deep structures without recursion.
struct Pairs {
    heap: Heap,
    collector: Collector,
    zeros: ZeroStack,
}

/// The fields of a pair, taken out of it.
fn take_fields(pair: ObjectRef) -> [Option<ObjectRef>; 2] {
    // SAFETY: all objects of this heap are pairs, initialised by `Pairs::pair`.
    unsafe { std::mem::take(&mut pair.cast::<Pair>().as_mut().fields) }
}

impl Pairs {
    /// A new pair of `first` and `second`, whose counts it takes over.
    fn pair(
        &mut self,
        first: Option<ObjectRef>,
        second: Option<ObjectRef>,
    ) -> Result<ObjectRef, OutOfMemory> {
        // SAFETY: references to a pair are dropped when its count reaches zero.
        let pair = unsafe {
            self.heap
                .allocate(Family::Container, size_of::<Pair>(), 1)?
        };
        // SAFETY: the pair is allocated, and large enough.
        unsafe { (&raw mut (*pair.cast::<Pair>().as_ptr()).fields).write([first, second]) };
        self.collector.track(pair);
        Ok(pair)
    }
}

impl Contents for Pairs {
    fn release_contents(&mut self, pair: ObjectRef, zeros: &mut ZeroStack) {
        self.collector.forget(pair);
        take_fields(pair)
            .into_iter()
            .flatten()
            .for_each(|field| zeros.release(field));
        // SAFETY: its count is zero.
        unsafe { self.heap.free(pair) };
    }
}

// SAFETY: pairs own exactly their two fields, are containers, and are forgotten when they die.
unsafe impl ObjectModel for Pairs {
    fn heap(&self) -> &Heap {
        &self.heap
    }
    fn heap_mut(&mut self) -> &mut Heap {
        &mut self.heap
    }
    fn collector(&self) -> &Collector {
        &self.collector
    }
    fn collector_mut(&mut self) -> &mut Collector {
        &mut self.collector
    }
    unsafe fn traverse(pair: ObjectRef, visit: &mut impl FnMut(ObjectRef)) {
        // SAFETY: the caller passes a complete pair.
        unsafe { pair.cast::<Pair>().as_ref() }
            .fields
            .iter()
            .flatten()
            .copied()
            .for_each(visit);
    }
    fn release(&mut self, pair: ObjectRef) {
        if pair.decrement() {
            let mut zeros = std::mem::take(&mut self.zeros);
            reclaim(self, &mut zeros, pair);
            self.zeros = zeros;
        }
    }
    fn clear(&mut self, pair: ObjectRef) {
        take_fields(pair)
            .into_iter()
            .flatten()
            .for_each(|field| self.release(field));
    }
}

fn main() -> Result<(), OutOfMemory> {
    let collector = Collector::new(Profile::default());
    let mut pairs = Pairs {
        heap: Heap::new(),
        collector,
        zeros: ZeroStack::new(),
    };

    // A list of a million pairs whose last one refers to the first: a cycle.
    let last = pairs.pair(None, None)?;
    let mut first = last;
    for _ in 1..1_000_000 {
        first = pairs.pair(None, Some(first))?;
    }
    first.increment();
    // SAFETY: alive, and a pair.
    unsafe { last.cast::<Pair>().as_mut() }.fields[1] = Some(first);

    println!(
        "held:      {} collected",
        collect(&mut pairs, Generation::Old, Reason::Manual)
    );
    pairs.release(first);
    println!("let go of: {} bytes in use", pairs.heap.heap_bytes());
    println!(
        "collected: {}",
        collect(&mut pairs, Generation::Old, Reason::Manual)
    );
    println!("now:       {} bytes in use", pairs.heap.heap_bytes());
    Ok(())
}
