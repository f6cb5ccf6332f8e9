//! Random programs on the collector and on a naive model: sets of names and reachability.
//!
//! The naive model knows no counts, no scratch memory and no logs. Its objects die when they are
//! neither held nor referenced; a collection of generation g kills the objects of generations up
//! to g that are not reachable from what is held or older. After each step the same names live.

use crate::test_model::TestModel;
use crate::{Generation, freeze, release_free_memory, unfreeze};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A step of a random program; indices are taken modulo what there is.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Make { bytes: usize, resurrects: bool },
    Link(usize, usize),
    Unlink(usize, usize),
    Hold(usize),
    Drop(usize),
    Collect(Generation),
    Freeze,
    Unfreeze,
    ReleaseMemory,
}

pub(crate) fn steps(length: usize) -> impl Strategy<Value = Vec<Step>> {
    let index = || any::<u16>().prop_map(usize::from);
    let step = prop_oneof![
        6 => (prop_oneof![8 => Just(48), 3 => 48..200usize, 1 => 600..2000usize], 0..8u8)
            .prop_map(|(bytes, one_in)| Step::Make { bytes, resurrects: one_in == 0 }),
        9 => (index(), index()).prop_map(|(from, to)| Step::Link(from, to)),
        2 => (index(), index()).prop_map(|(from, index)| Step::Unlink(from, index)),
        1 => index().prop_map(Step::Hold),
        6 => index().prop_map(Step::Drop),
        2 => prop::sample::select(&Generation::ALL[..]).prop_map(Step::Collect),
        1 => prop_oneof![Just(Step::Freeze), Just(Step::Unfreeze), Just(Step::ReleaseMemory)],
    ];
    prop::collection::vec(step, 0..length)
}

#[derive(Debug, Default)]
struct NaiveNode {
    generation: u8,
    references: Vec<u32>,
    /// Its finalizer, which takes hold of it, has not run.
    resurrects: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Naive {
    nodes: BTreeMap<u32, NaiveNode>,
    held: Vec<u32>,
}

impl Naive {
    fn reachable(&self, from: impl IntoIterator<Item = u32>) -> BTreeSet<u32> {
        let mut waiting: Vec<u32> = from.into_iter().collect();
        let mut reached = BTreeSet::new();
        while let Some(name) = waiting.pop() {
            if reached.insert(name) {
                waiting.extend(&self.nodes[&name].references);
            }
        }
        reached
    }

    /// Kills what nothing refers to, until there is no such object.
    fn die(&mut self) {
        loop {
            let mut referenced: BTreeSet<u32> = self.held.iter().copied().collect();
            referenced.extend(self.nodes.values().flat_map(|node| &node.references));
            let unreferenced = self.nodes.keys().find(|name| !referenced.contains(name));
            let Some(&name) = unreferenced else { return };
            self.finalize_or_kill(name);
        }
    }

    fn finalize_or_kill(&mut self, name: u32) {
        let node = self.nodes.get_mut(&name).expect("alive");
        if std::mem::take(&mut node.resurrects) {
            self.held.push(name);
        } else {
            self.nodes.remove(&name);
        }
    }

    /// Returns the number of objects collected.
    pub(crate) fn collect(&mut self, generation: Generation) -> u64 {
        let young = |node: &NaiveNode| node.generation <= generation.number();
        let older = self
            .nodes
            .iter()
            .filter(|(_, node)| !young(node))
            .map(|(&name, _)| name);
        let reached = self.reachable(self.held.iter().copied().chain(older));
        let all = self.nodes.keys().copied();
        let condemned: BTreeSet<u32> = all.filter(|name| !reached.contains(name)).collect();
        for name in &condemned {
            let node = self.nodes.get_mut(name).expect("alive");
            if std::mem::take(&mut node.resurrects) {
                self.held.push(*name);
            }
        }
        let resurrected = self.reachable(self.held.iter().copied());
        for node in self.nodes.values_mut().filter(|node| young(node)) {
            node.generation = generation.next().number();
        }
        let dead: Vec<u32> = condemned.difference(&resurrected).copied().collect();
        for name in &dead {
            self.nodes.remove(name);
        }
        self.die();
        dead.len() as u64
    }
}

/// Both models, and the names that live in both.
#[derive(Default)]
pub(crate) struct Pair {
    pub(crate) naive: Naive,
    pub(crate) model: Option<TestModel>,
}

impl Pair {
    fn pick(&self, index: usize) -> Option<u32> {
        let names: Vec<u32> = self.naive.nodes.keys().copied().collect();
        (!names.is_empty()).then(|| names[index % names.len()])
    }

    pub(crate) fn step(&mut self, step: &Step) {
        let model = self.model.get_or_insert_with(TestModel::new);
        match *step {
            Step::Make { bytes, resurrects } => {
                let object = model.node_of(bytes);
                let name = TestModel::name(object);
                if resurrects {
                    model.on_finalize(object, |model, object| model.hold(object));
                }
                self.naive.nodes.insert(
                    name,
                    NaiveNode {
                        resurrects,
                        ..NaiveNode::default()
                    },
                );
                self.naive.held.push(name);
            }
            Step::Link(from, to) => {
                if let (Some(from), Some(to)) = (self.pick(from), self.pick(to)) {
                    let model = self.model.as_mut().expect("made above");
                    model.link(model.alive[&from], model.alive[&to]);
                    self.naive
                        .nodes
                        .get_mut(&from)
                        .expect("alive")
                        .references
                        .push(to);
                }
            }
            Step::Unlink(from, index) => {
                let Some(from) = self.pick(from) else { return };
                let references = &mut self.naive.nodes.get_mut(&from).expect("alive").references;
                if !references.is_empty() {
                    let index = index % references.len();
                    references.remove(index);
                    self.naive.die();
                    let model = self.model.as_mut().expect("made above");
                    model.unlink(model.alive[&from], index);
                }
            }
            Step::Hold(index) => {
                if let Some(name) = self.pick(index) {
                    let model = self.model.as_mut().expect("made above");
                    model.hold(model.alive[&name]);
                    self.naive.held.push(name);
                }
            }
            Step::Drop(index) => {
                if !self.naive.held.is_empty() {
                    let index = index % self.naive.held.len();
                    let name = self.naive.held.swap_remove(index);
                    self.naive.die();
                    model.drop_all(&[model.alive[&name]]);
                }
            }
            Step::Collect(generation) => {
                let expected = self.naive.collect(generation);
                assert_eq!(model.collect(generation), expected);
            }
            Step::Freeze => {
                freeze(model);
                self.naive
                    .nodes
                    .values_mut()
                    .for_each(|node| node.generation = 3);
            }
            Step::Unfreeze => {
                unfreeze(model);
                let frozen = self
                    .naive
                    .nodes
                    .values_mut()
                    .filter(|node| node.generation == 3);
                frozen.for_each(|node| node.generation = 2);
            }
            Step::ReleaseMemory => {
                release_free_memory(model);
            }
        }
        self.assert_same();
    }

    /// The same names live in both, in the same generations.
    pub(crate) fn assert_same(&mut self) {
        let model = self.model.as_mut().expect("made by a step");
        assert!(model.alive.keys().eq(self.naive.nodes.keys()));
        for (name, node) in &self.naive.nodes {
            assert_eq!(model.alive[name].generation(), node.generation);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn the_same_objects_live_as_in_the_naive_model(steps in steps(250)) {
        let mut pair = Pair::default();
        for step in &steps {
            pair.step(step);
        }
        if let Some(model) = &mut pair.model {
            model.verify();
        }
    }

    /// A few thousand objects: several pages, long marking lists, garbage of every shape.
    #[test]
    fn survivors_of_a_random_graph_are_what_is_reachable(
        edges in prop::collection::vec((0..3000usize, 0..3000usize), 0..6000),
        held in prop::collection::btree_set(0..3000usize, 0..40),
        generation in prop::sample::select(&Generation::ALL[..]),
    ) {
        let mut model = TestModel::new();
        let mut naive = Naive::default();
        let nodes: Vec<_> = (0..3000).map(|_| model.node()).collect();
        naive.nodes = (0..3000).map(|name| (name, NaiveNode::default())).collect();
        for (from, to) in edges {
            model.link(nodes[from], nodes[to]);
            naive.nodes.get_mut(&(from as u32)).expect("made").references.push(to as u32);
        }
        for (index, &object) in nodes.iter().enumerate() {
            if held.contains(&index) {
                naive.held.push(index as u32);
            } else {
                let place = model.held.iter().position(|&held| held == object).expect("held");
                model.held.swap_remove(place);
                crate::ObjectModel::release(&mut model, object);
            }
        }
        let expected = naive.reachable(naive.held.iter().copied());
        model.collect(generation);
        prop_assert!(model.alive.keys().eq(expected.iter()));
        model.verify();
    }
}
