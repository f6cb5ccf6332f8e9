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
    /// Counts taken and given back by instructions, when they are counted.
    pub(crate) count_operations: u64,
    /// Counts that a stack machine would have taken and given back for the same instructions:
    /// operands read in place and values moved, when they are counted.
    pub(crate) count_operations_elided: u64,
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
    /// Counts taken and given back by instructions; zero unless [`Vm::count_operations`] is on.
    pub count_operations: u64,
    /// Counts that reading operands in place and moving values avoided: what a stack machine would
    /// have done besides; zero unless [`Vm::count_operations`] is on.
    pub count_operations_elided: u64,
}

impl Statistics {
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
            count_operations: counters.count_operations,
            count_operations_elided: counters.count_operations_elided,
        }
    }
}
