//! The object model of this crate's tests: named nodes with any number of references.
//!
//! Finalizers and weak reference callbacks are closures that get the whole model, so a test can
//! run any program code there. `verify` recomputes all counts after each test.

use crate::{
    CollectionEvent, CollectionStart, Collector, Generation, ObjectModel, Profile, Reason,
    UntrackRound, WeakrefPhase, WeakrefReport, collect, is_condemned,
};
use std::collections::{BTreeMap, BTreeSet};
use std::mem::offset_of;
use vm_heap::{Contents, Family, Heap, ObjectRef, ZeroStack, reclaim};

/// What a node is in memory.
#[repr(C)]
struct Node {
    header: u64,
    name: u32,
    references: Vec<ObjectRef>,
}

/// Program code of a test.
pub(crate) type Code = Box<dyn FnMut(&mut TestModel, ObjectRef)>;

/// A weak reference: an entry of a table, represented by an object or by nothing (reachable).
pub(crate) struct Weakref {
    pub(crate) target: Option<ObjectRef>,
    callback: Option<Code>,
    representative: Option<ObjectRef>,
}

/// Nodes by name, what tests hold of them, and what happened.
pub(crate) struct TestModel {
    pub(crate) heap: Heap,
    pub(crate) collector: Collector,
    zeros: ZeroStack,
    next_name: u32,
    /// Every node that lives.
    pub(crate) alive: BTreeMap<u32, ObjectRef>,
    /// One entry for each count that the test owns.
    pub(crate) held: Vec<ObjectRef>,
    pub(crate) garbage: Vec<ObjectRef>,
    pub(crate) finalizers: BTreeMap<u32, Code>,
    pub(crate) weakrefs: Vec<Weakref>,
    pub(crate) untrackable: BTreeSet<u32>,
    /// Finalizers, callbacks and deaths, in order.
    pub(crate) happened: Vec<String>,
    pub(crate) starts: Vec<CollectionStart>,
    pub(crate) events: Vec<CollectionEvent>,
    pub(crate) start_code: Option<Code>,
    pub(crate) full_runs: u32,
}

impl TestModel {
    pub(crate) fn new() -> TestModel {
        TestModel::with_profile(Profile::V3_15)
    }

    pub(crate) fn with_profile(profile: Profile) -> TestModel {
        TestModel {
            heap: Heap::new(),
            collector: Collector::new(profile),
            zeros: ZeroStack::new(),
            next_name: 0,
            alive: BTreeMap::new(),
            held: Vec::new(),
            garbage: Vec::new(),
            finalizers: BTreeMap::new(),
            weakrefs: Vec::new(),
            untrackable: BTreeSet::new(),
            happened: Vec::new(),
            starts: Vec::new(),
            events: Vec::new(),
            start_code: None,
            full_runs: 0,
        }
    }

    /// A new tracked node, held by the test.
    pub(crate) fn node(&mut self) -> ObjectRef {
        self.node_of(size_of::<Node>())
    }

    /// A new tracked node that is not in a page.
    pub(crate) fn large_node(&mut self) -> ObjectRef {
        self.node_of(4000)
    }

    pub(crate) fn node_of(&mut self, bytes: usize) -> ObjectRef {
        let object = self.allocate(bytes);
        self.collector.track(object);
        object
    }

    /// A new node that counts as a collectable object and is not tracked, held by the test.
    pub(crate) fn untracked_node(&mut self) -> ObjectRef {
        let object = self.allocate(size_of::<Node>());
        self.collector.count_allocation();
        object
    }

    fn allocate(&mut self, bytes: usize) -> ObjectRef {
        // SAFETY: the model forgets a node (`alive`, `held`) when it dies.
        let object = unsafe { self.heap.allocate(Family::Container, bytes, 1) }.expect("memory");
        let node = object.cast::<Node>().as_ptr();
        let name = self.next_name;
        self.next_name += 1;
        // SAFETY: the node is allocated; `write` does not drop what was there.
        unsafe {
            (&raw mut (*node).name).write(name);
            (&raw mut (*node).references).write(Vec::new());
        }
        self.alive.insert(name, object);
        self.held.push(object);
        object
    }

    /// Nodes in a ring, all held.
    pub(crate) fn ring(&mut self, length: usize) -> Vec<ObjectRef> {
        let nodes: Vec<_> = (0..length).map(|_| self.node()).collect();
        for (index, &node) in nodes.iter().enumerate() {
            self.link(node, nodes[(index + 1) % length]);
        }
        nodes
    }

    pub(crate) fn name(object: ObjectRef) -> u32 {
        // SAFETY: all objects of the tests are nodes, and alive where they are named.
        unsafe { (*object.cast::<Node>().as_ptr()).name }
    }

    /// The references of a node.
    pub(crate) fn references(object: ObjectRef) -> Vec<ObjectRef> {
        let mut all = Vec::new();
        // SAFETY: all objects of the tests are nodes, alive and complete.
        unsafe { Self::traverse(object, &mut |referent| all.push(referent)) };
        all
    }

    fn references_mut(object: ObjectRef) -> *mut Vec<ObjectRef> {
        // SAFETY: all objects of the tests are nodes.
        unsafe { &raw mut (*object.cast::<Node>().as_ptr()).references }
    }

    /// `from` owns one more reference to `to`.
    pub(crate) fn link(&mut self, from: ObjectRef, to: ObjectRef) {
        to.increment();
        // SAFETY: alive, and nobody else borrows the list.
        unsafe { (*Self::references_mut(from)).push(to) };
    }

    /// Takes the reference at `index` away from `from`.
    pub(crate) fn unlink(&mut self, from: ObjectRef, index: usize) {
        // SAFETY: alive, and the borrow ends before the release.
        let to = unsafe { (*Self::references_mut(from)).remove(index) };
        self.release(to);
    }

    /// The test holds `object` (once more).
    pub(crate) fn hold(&mut self, object: ObjectRef) {
        object.increment();
        self.held.push(object);
    }

    /// The test lets go of one count of each.
    pub(crate) fn drop_all(&mut self, objects: &[ObjectRef]) {
        for &object in objects {
            let index = self
                .held
                .iter()
                .position(|&held| held == object)
                .expect("held");
            self.held.swap_remove(index);
            self.release(object);
        }
    }

    pub(crate) fn on_finalize(
        &mut self,
        object: ObjectRef,
        code: impl FnMut(&mut TestModel, ObjectRef) + 'static,
    ) {
        self.finalizers.insert(Self::name(object), Box::new(code));
    }

    /// A weak reference to `target`; `representative` is the weak reference object, if it can be
    /// unreachable. Returns its index.
    pub(crate) fn weakref(
        &mut self,
        target: ObjectRef,
        callback: Option<Code>,
        representative: Option<ObjectRef>,
    ) -> usize {
        target.set_has_weakrefs(true);
        self.weakrefs.push(Weakref {
            target: Some(target),
            callback,
            representative,
        });
        self.weakrefs.len() - 1
    }

    pub(crate) fn collect(&mut self, generation: Generation) -> u64 {
        collect(self, generation, Reason::Manual)
    }

    pub(crate) fn full(&mut self) -> u64 {
        self.collect(Generation::Old)
    }

    pub(crate) fn last_event(&self) -> &CollectionEvent {
        self.events.last().expect("a collection ran")
    }

    /// Names of what lives.
    pub(crate) fn names(&self) -> Vec<u32> {
        self.alive.keys().copied().collect()
    }

    /// Every count, population and header flag is as it must be outside a collection.
    pub(crate) fn verify(&mut self) {
        let roots: Vec<_> = self.held.iter().chain(&self.garbage).copied().collect();
        self.heap
            // SAFETY: the heap passes objects that are allocated; all are complete nodes.
            .verify(&roots, |object, visit| unsafe {
                Self::traverse(object, &mut |referent| visit(referent));
            })
            .expect("a sound heap");
        let mut population = [0; 4];
        for &object in self.alive.values() {
            assert!(!is_condemned(object));
            if object.is_tracked() {
                population[usize::from(object.generation())] += 1;
            }
        }
        assert_eq!(self.collector.population(), population);
        for generation in Generation::ALL {
            let listed = crate::objects(self, Some(generation));
            let unique: BTreeSet<_> = listed.iter().map(|&object| Self::name(object)).collect();
            assert_eq!(unique.len(), listed.len(), "listed twice");
            assert_eq!(unique.len() as u64, population[generation.index()]);
        }
    }
}

impl Drop for TestModel {
    fn drop(&mut self) {
        // The vectors inside nodes are not the heap's.
        for &object in self.alive.values() {
            // SAFETY: alive, and never used again.
            unsafe { Self::references_mut(object).drop_in_place() };
        }
    }
}

impl Contents for TestModel {
    fn release_contents(&mut self, object: ObjectRef, zeros: &mut ZeroStack) {
        let name = Self::name(object);
        if self.has_finalizer(object) && !object.is_finalized() {
            object.set_finalized(true);
            object.increment();
            self.finalize(object);
            if !object.decrement() {
                return;
            }
        }
        for weakref in &mut self.weakrefs {
            weakref.target = weakref.target.filter(|&target| target != object);
        }
        if object.is_tracked() {
            self.collector.forget(object);
        }
        self.happened.push(format!("death {name}"));
        self.alive.remove(&name);
        // SAFETY: the node is complete and dies here.
        let references = unsafe { Self::references_mut(object).read() };
        for referent in references {
            zeros.release(referent);
        }
        // SAFETY: nobody references it any more.
        unsafe { self.heap.free(object) };
    }
}

// SAFETY: nodes visit exactly their list, in which each entry is a count; tests allocate tracked
// nodes as containers, and `release_contents` forgets them.
unsafe impl ObjectModel for TestModel {
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

    unsafe fn traverse(object: ObjectRef, visit: &mut impl FnMut(ObjectRef)) {
        const { assert!(offset_of!(Node, header) == 0) };
        // SAFETY: the caller passes a complete node.
        let node = unsafe { object.cast::<Node>().as_ref() };
        node.references.iter().copied().for_each(visit);
    }

    fn release(&mut self, object: ObjectRef) {
        if object.decrement() {
            let mut zeros = std::mem::take(&mut self.zeros);
            reclaim(self, &mut zeros, object);
            self.zeros = zeros;
        }
    }

    fn clear(&mut self, object: ObjectRef) {
        // SAFETY: the collector holds the node; the borrow ends at once.
        let references = unsafe { std::mem::take(&mut *Self::references_mut(object)) };
        for referent in references {
            self.release(referent);
        }
    }

    fn can_untrack(&self, object: ObjectRef, round: UntrackRound) -> bool {
        round == UntrackRound::Unchanging && self.untrackable.contains(&Self::name(object))
    }

    fn has_finalizer(&self, object: ObjectRef) -> bool {
        self.finalizers.contains_key(&Self::name(object))
    }

    fn finalize(&mut self, object: ObjectRef) {
        let name = Self::name(object);
        self.happened.push(format!("finalizer {name}"));
        let mut code = self.finalizers.remove(&name).expect("has a finalizer");
        code(self, object);
        self.finalizers.insert(name, code);
    }

    fn clear_weakrefs(&mut self, condemned: &[ObjectRef], phase: WeakrefPhase) -> WeakrefReport {
        assert!(condemned.iter().all(|&object| is_condemned(object)));
        let all = phase == WeakrefPhase::BeforeClear
            || self.collector.profile().clears_all_weakrefs_first();
        let mut report = WeakrefReport::default();
        for index in 0..self.weakrefs.len() {
            let weakref = &mut self.weakrefs[index];
            let Some(target) = weakref.target else {
                continue;
            };
            if !is_condemned(target) || (weakref.callback.is_none() && !all) {
                continue;
            }
            weakref.target = None;
            let reachable = !weakref.representative.is_some_and(is_condemned);
            if reachable
                && phase == WeakrefPhase::BeforeFinalizers
                && let Some(mut callback) = weakref.callback.take()
            {
                self.happened
                    .push(format!("callback {}", Self::name(target)));
                // The code of tests gets the target, which must not die under its hands.
                target.increment();
                callback(self, target);
                self.release(target);
                report.callbacks += 1;
            }
        }
        report
    }

    fn collectable(&mut self, object: ObjectRef) {
        self.happened
            .push(format!("collectable {}", Self::name(object)));
    }

    fn save_garbage(&mut self, object: ObjectRef) {
        object.increment();
        self.garbage.push(object);
    }

    fn on_start(&mut self, start: &CollectionStart) {
        self.starts.push(*start);
        if let Some(mut code) = self.start_code.take() {
            let any = *self.alive.values().next().expect("a node");
            code(self, any);
        }
    }

    fn on_stop(&mut self, event: &CollectionEvent) {
        self.events.push(event.clone());
    }

    fn after_full(&mut self) {
        self.full_runs += 1;
    }
}
