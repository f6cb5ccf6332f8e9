//! Random programs against a naive model: a vector of what is allocated, with the bytes that each
//! object and buffer was filled with.

use proptest::prelude::*;
use vm_heap::{Contents, Family, Heap, MAX_SLOT_BYTES, ObjectRef, ZeroStack, reclaim};

use std::collections::HashMap;
use std::ptr::NonNull;

const HEADER_BYTES: usize = 8;

/// One step of a program. Indices are taken modulo what there is.
#[derive(Debug, Clone)]
enum Step {
    Allocate { container: bool, bytes: usize },
    Free { index: usize },
    AllocateBuffer { bytes: usize },
    ReallocateBuffer { index: usize, bytes: usize },
    FreeBuffer { index: usize },
    Charge { bytes: usize },
    Discharge { bytes: usize },
    Limit { bytes: usize },
    Recycle,
    Release,
    Scratch,
}

fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![8 => 8..200_usize, 2 => 480..560_usize, 1 => 560..20_000_usize]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        12 => (any::<bool>(), sizes())
            .prop_map(|(container, bytes)| Step::Allocate { container, bytes }),
        8 => any::<usize>().prop_map(|index| Step::Free { index }),
        5 => sizes().prop_map(|bytes| Step::AllocateBuffer { bytes: bytes - 8 }),
        4 => (any::<usize>(), sizes())
            .prop_map(|(index, bytes)| Step::ReallocateBuffer { index, bytes }),
        3 => any::<usize>().prop_map(|index| Step::FreeBuffer { index }),
        1 => (0..3000_usize).prop_map(|bytes| Step::Charge { bytes }),
        1 => (0..3000_usize).prop_map(|bytes| Step::Discharge { bytes }),
        1 => (20_000..300_000_usize).prop_map(|bytes| Step::Limit { bytes }),
        1 => Just(Step::Recycle),
        1 => Just(Step::Release),
        1 => Just(Step::Scratch),
    ];
    prop::collection::vec(step, 1..400)
}

/// Bytes in use for an object or buffer, by the documentation: slots are multiples of 16; above
/// 512 bytes a prefix is added (24 bytes for objects, 32 for buffers).
fn footprint(bytes: usize, prefix_bytes: usize) -> usize {
    let bytes = if bytes > MAX_SLOT_BYTES {
        bytes + prefix_bytes
    } else {
        bytes.max(1)
    };
    bytes.div_ceil(16) * 16
}

/// An object or a buffer: where it is, its size, and the byte that fills it.
struct Piece<T> {
    at: T,
    bytes: usize,
    filling: u8,
}

/// The naive model.
struct Model {
    heap: Heap,
    objects: Vec<Piece<ObjectRef>>,
    containers: usize,
    buffers: Vec<Piece<NonNull<u8>>>,
    charged: usize,
    limit: usize,
    peak: usize,
    next_filling: u8,
}

fn contents(object: ObjectRef) -> NonNull<u8> {
    // SAFETY: every object has a header of eight bytes.
    unsafe { object.cast::<u8>().add(HEADER_BYTES) }
}

fn fill(at: NonNull<u8>, bytes: usize, filling: u8) {
    // SAFETY: the callers pass memory of that size.
    unsafe { at.write_bytes(filling, bytes) };
}

fn is_filled(at: NonNull<u8>, bytes: usize, filling: u8) -> bool {
    // SAFETY: the callers pass memory of that size, filled before.
    unsafe { std::slice::from_raw_parts(at.as_ptr(), bytes) }
        .iter()
        .all(|byte| *byte == filling)
}

impl Model {
    fn new() -> Model {
        let limit = 300_000;
        Model {
            heap: Heap::with_limit(limit),
            objects: Vec::new(),
            containers: 0,
            buffers: Vec::new(),
            charged: 0,
            limit,
            peak: 0,
            next_filling: 0,
        }
    }

    fn in_use(&self) -> usize {
        let objects = self.objects.iter().map(|piece| footprint(piece.bytes, 24));
        let buffers = self.buffers.iter().map(|piece| footprint(piece.bytes, 32));
        objects.sum::<usize>() + buffers.sum::<usize>() + self.charged
    }

    fn filling(&mut self) -> u8 {
        self.next_filling = self.next_filling.wrapping_add(1);
        self.next_filling
    }

    fn run(&mut self, step: &Step) {
        let in_use = self.in_use();
        match *step {
            Step::Allocate { container, bytes } => {
                let family = if container {
                    Family::Container
                } else {
                    Family::Leaf
                };
                // SAFETY: objects leave `self.objects` when they are freed.
                let result = unsafe { self.heap.allocate(family, bytes, 1 + container as u8) };
                assert_eq!(result.is_ok(), in_use + footprint(bytes, 24) <= self.limit);
                if let Ok(at) = result {
                    let filling = self.filling();
                    fill(contents(at), bytes - HEADER_BYTES, filling);
                    self.objects.push(Piece { at, bytes, filling });
                    self.containers += container as usize;
                }
            }
            Step::Free { index } if !self.objects.is_empty() => {
                let piece = self.objects.swap_remove(index % self.objects.len());
                assert!(is_filled(
                    contents(piece.at),
                    piece.bytes - HEADER_BYTES,
                    piece.filling
                ));
                self.containers -= (piece.at.kind() == 2) as usize;
                // SAFETY: removed from the list, so not used again.
                unsafe { self.heap.free(piece.at) };
            }
            Step::AllocateBuffer { bytes } => {
                let result = self.heap.allocate_buffer(bytes);
                assert_eq!(result.is_ok(), in_use + footprint(bytes, 32) <= self.limit);
                if let Ok(at) = result {
                    let filling = self.filling();
                    fill(at, bytes, filling);
                    self.buffers.push(Piece { at, bytes, filling });
                }
            }
            Step::ReallocateBuffer { index, bytes } if !self.buffers.is_empty() => {
                let index = index % self.buffers.len();
                let piece = &mut self.buffers[index];
                let (old, new) = (footprint(piece.bytes, 32), footprint(bytes, 32));
                // SAFETY: a buffer of that size; the pointer is replaced if it succeeds.
                let result = unsafe { self.heap.reallocate_buffer(piece.at, piece.bytes, bytes) };
                // A buffer that does not grow out of its slot is never refused; one that shrinks
                // is refused only if what remains is still above the limit and needs a new slot.
                if new > old {
                    assert_eq!(result.is_ok(), in_use - old + new <= self.limit);
                } else if in_use <= self.limit {
                    assert!(result.is_ok());
                }
                if let Ok(at) = result {
                    assert!(is_filled(at, piece.bytes.min(bytes), piece.filling));
                    fill(at, bytes, piece.filling);
                    piece.at = at;
                    piece.bytes = bytes;
                }
            }
            Step::FreeBuffer { index } if !self.buffers.is_empty() => {
                let piece = self.buffers.swap_remove(index % self.buffers.len());
                assert!(is_filled(piece.at, piece.bytes, piece.filling));
                // SAFETY: removed from the list, so not used again.
                unsafe { self.heap.free_buffer(piece.at, piece.bytes) };
            }
            Step::Charge { bytes } => {
                let result = self.heap.charge(bytes);
                assert_eq!(result.is_ok(), in_use + bytes <= self.limit);
                if result.is_ok() {
                    self.charged += bytes;
                }
            }
            Step::Discharge { bytes } => {
                let bytes = bytes.min(self.charged);
                self.heap.discharge(bytes);
                self.charged -= bytes;
            }
            Step::Limit { bytes } => {
                self.heap.set_limit_bytes(bytes);
                self.limit = bytes;
            }
            Step::Recycle => self.heap.recycle_empty_pages(),
            Step::Release => {
                self.heap.release_free_memory();
            }
            Step::Scratch => self.scratch(),
            Step::Free { .. } | Step::ReallocateBuffer { .. } | Step::FreeBuffer { .. } => {}
        }
        self.peak = self.peak.max(self.in_use());
    }

    /// Gives every other object a number and finds it again.
    fn scratch(&mut self) {
        for piece in self.objects.iter().step_by(2) {
            assert!(self.heap.scratch_ensure(piece.at));
        }
        for (number, piece) in self.objects.iter().enumerate().step_by(2) {
            let count = self.heap.scratch(piece.at).expect("ensured");
            assert_eq!(count.get(), 0);
            count.set(number as u32 + 1);
        }
        for (number, piece) in self.objects.iter().enumerate().step_by(2) {
            let count = self.heap.scratch(piece.at).map(std::cell::Cell::get);
            assert_eq!(count, Some(number as u32 + 1));
        }
        self.heap.scratch_release_all();
    }

    fn check(&self) {
        assert_eq!(self.heap.heap_bytes(), self.in_use());
        assert_eq!(self.heap.peak_bytes(), self.peak);
        let mut walked = Vec::new();
        self.heap.for_each_object(|object| walked.push(object));
        walked.sort();
        let mut expected: Vec<ObjectRef> = self.objects.iter().map(|piece| piece.at).collect();
        expected.sort();
        assert_eq!(walked, expected);
        let mut containers = 0;
        self.heap.for_each_container(|object| {
            assert_eq!(object.kind(), 2);
            containers += 1;
        });
        assert_eq!(containers, self.containers);
        let statistics = self.heap.statistics();
        assert_eq!(
            statistics.containers + statistics.leaves,
            self.objects.len()
        );
        assert_eq!(statistics.buffers, self.buffers.len());
        assert_eq!(
            self.heap
                .verify(&expected, |_, _| {})
                .map(|found| found.objects),
            { Ok(expected.len()) }
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_heap_behaves_like_the_naive_model(steps in steps()) {
        let mut model = Model::new();
        for (number, step) in steps.iter().enumerate() {
            model.run(step);
            if number % 16 == 0 {
                model.check();
            }
        }
        model.check();
        for piece in &model.objects {
            assert!(is_filled(contents(piece.at), piece.bytes - HEADER_BYTES, piece.filling));
        }
        for piece in &model.buffers {
            assert!(is_filled(piece.at, piece.bytes, piece.filling));
        }
    }
}

/// Objects without contents of their own: the edges are kept outside the heap.
struct Graph {
    heap: Heap,
    edges: HashMap<ObjectRef, Vec<ObjectRef>>,
    names: HashMap<ObjectRef, usize>,
    freed: Vec<usize>,
}

impl Contents for Graph {
    fn release_contents(&mut self, object: ObjectRef, zeros: &mut ZeroStack) {
        for child in self.edges.remove(&object).unwrap_or_default() {
            zeros.release(child);
        }
        self.freed.push(self.names[&object]);
        // SAFETY: nothing refers to the object any more; the names are compared, not followed.
        unsafe { self.heap.free(object) };
    }
}

/// The order of the obvious recursive algorithm on plain numbers: an object gives up all its
/// references, and then the children that lost their last one follow, each with all that hangs on it.
fn free_recursively(
    object: usize,
    edges: &[Vec<usize>],
    counts: &mut [usize],
    freed: &mut Vec<usize>,
) {
    freed.push(object);
    let mut zeros = Vec::new();
    for &child in &edges[object] {
        counts[child] -= 1;
        if counts[child] == 0 {
            zeros.push(child);
        }
    }
    for child in zeros {
        free_recursively(child, edges, counts, freed);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reclaiming_frees_what_recursion_would_in_the_same_order(
        edges in (2..40_usize).prop_flat_map(|n| {
            prop::collection::vec(prop::collection::vec(0..n, 0..4), n)
        }),
        release in prop::collection::vec(any::<bool>(), 40),
    ) {
        let mut graph = Graph {
            heap: Heap::new(),
            edges: HashMap::new(),
            names: HashMap::new(),
            freed: Vec::new(),
        };
        let objects: Vec<ObjectRef> = (0..edges.len())
            // SAFETY: freed objects are not followed again, see below.
            .map(|_| unsafe { graph.heap.allocate(Family::Container, 48, 1) }.expect("memory"))
            .collect();
        let mut counts = vec![1; edges.len()];
        for (from, children) in edges.iter().enumerate() {
            for &child in children {
                objects[child].increment();
                counts[child] += 1;
            }
            graph.names.insert(objects[from], from);
            graph.edges.insert(objects[from], children.iter().map(|c| objects[*c]).collect());
        }
        // Every object starts with one reference from outside; some of those are given back. A
        // released object that others still hold stays until they go.
        let mut expected = Vec::new();
        let mut zeros = ZeroStack::new();
        let mut roots = Vec::new();
        for (number, object) in objects.iter().enumerate() {
            if !release[number] {
                roots.push(*object);
                continue;
            }
            counts[number] -= 1;
            if counts[number] == 0 {
                free_recursively(number, &edges, &mut counts, &mut expected);
            }
            if object.decrement() {
                reclaim(&mut graph, &mut zeros, *object);
            }
            prop_assert!(zeros.is_empty());
        }
        prop_assert_eq!(&graph.freed, &expected);
        let verified = graph.heap.verify(&roots, |object, visit| {
            for child in &graph.edges[&object] {
                visit(*child);
            }
        });
        prop_assert_eq!(verified.map(|found| found.objects), Ok(edges.len() - expected.len()));
    }
}
