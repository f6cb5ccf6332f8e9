//! What a machine did, counted.

use crate::vm::Vm;
use vm_gc::GenerationStatistics;

/// Counters that the machine keeps while it runs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counters {
    /// Objects made.
    pub(crate) objects_made: u64,
    /// Objects freed.
    pub(crate) objects_freed: u64,
    /// What instructions did, when they are counted.
    pub(crate) counts: Counts,
}

/// What instructions did, counted one by one while [`Vm::count_operations`] is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Instructions executed.
    pub instructions: u64,
    /// Those of them that call.
    pub calls: u64,
    /// Objects made.
    pub allocations: u64,
    /// Bytes by which instructions made the heap grow: objects, buffers, what is charged. What an
    /// instruction frees is not subtracted, unless the same one allocates.
    pub allocated_bytes: u64,
    /// References that instructions take: operands that are copied, values that are loaded or stored,
    /// frames. Neither a new object's first one, nor those that move, nor those of immortal objects;
    /// nor what native code and operations of built-in types take within.
    pub increments: u64,
    /// References that instructions give back: what a written place held, the window of a call, and
    /// what a frame holds that is left. The same are left out.
    pub decrements: u64,
    /// References that reading operands in place and moving them avoided: what a stack machine
    /// would have taken and given back besides.
    pub elided: u64,
    /// Attributes and methods that the inline cache knew.
    pub cache_hits: u64,
    /// Those that it did not know.
    pub cache_misses: u64,
}

impl Counts {
    /// Every counter with its name.
    #[must_use]
    pub fn named(&self) -> [(&'static str, u64); 9] {
        [
            ("instructions", self.instructions),
            ("calls", self.calls),
            ("allocations", self.allocations),
            ("allocated_bytes", self.allocated_bytes),
            ("increments", self.increments),
            ("decrements", self.decrements),
            ("elided", self.elided),
            ("cache_hits", self.cache_hits),
            ("cache_misses", self.cache_misses),
        ]
    }
}

impl core::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.instructions += other.instructions;
        self.calls += other.calls;
        self.allocations += other.allocations;
        self.allocated_bytes += other.allocated_bytes;
        self.increments += other.increments;
        self.decrements += other.decrements;
        self.elided += other.elided;
        self.cache_hits += other.cache_hits;
        self.cache_misses += other.cache_misses;
    }
}

/// What the instructions of one function did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionCounts {
    /// The function's qualified name.
    pub name: String,
    /// What was counted.
    pub counts: Counts,
}

/// What a machine did so far. Deterministic: two runs of one program give the same numbers, times
/// excepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// Instructions executed.
    pub instructions: u64,
    /// Objects made.
    pub objects_made: u64,
    /// Objects alive now, the built-in ones included.
    pub objects_alive: u64,
    /// Bytes of live objects and their buffers now.
    pub heap_bytes: u64,
    /// Bytes that the operating system gave for them: arenas, large objects, large buffers.
    pub reserved_bytes: u64,
    /// The most that was in use, at any time.
    pub peak_bytes: u64,
    /// Each generation's collections, and what they found.
    pub generations: [GenerationStatistics; 3],
    /// What instructions did; zeros unless [`Vm::count_operations`] is on.
    pub counts: Counts,
    /// References of the objects that collections examined; zero unless [`Vm::count_operations`]
    /// is on.
    pub edges: u64,
}

impl Statistics {
    /// Every counter that grows while a program runs, with its name: what instructions did, the most
    /// memory, and the collections of all generations.
    #[must_use]
    pub fn named(&self) -> Vec<(&'static str, u64)> {
        let total =
            |of: fn(&GenerationStatistics) -> u64| self.generations.iter().map(of).sum::<u64>();
        let mut named = self.counts.named().to_vec();
        named.extend([
            ("peak_bytes", self.peak_bytes),
            ("collections", total(|each| each.collections)),
            ("collected", total(|each| each.collected)),
            ("candidates", total(|each| each.candidates)),
            ("edges", self.edges),
        ]);
        named
    }

    pub(crate) fn of(vm: &Vm) -> Statistics {
        let counters = &vm.counters;
        Statistics {
            instructions: vm.executed,
            objects_made: counters.objects_made,
            objects_alive: counters.objects_made - counters.objects_freed,
            heap_bytes: vm.heap.heap_bytes() as u64,
            reserved_bytes: vm.heap.reserved_bytes() as u64,
            peak_bytes: vm.heap.peak_bytes() as u64,
            generations: vm.collector.statistics(),
            counts: counters.counts,
            edges: vm.collector.counted_edges(),
        }
    }
}
