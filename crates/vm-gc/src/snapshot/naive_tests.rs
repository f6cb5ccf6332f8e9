//! The analyses against naive ones, on random graphs.
//!
//! What an object retains is found by taking it out and counting what is no longer reached; the
//! length of a shortest way by relaxing until nothing changes; components by the transitive closure.

use super::*;
use proptest::prelude::*;

/// A graph in lists: references and roots.
#[derive(Debug, Clone)]
struct Lists {
    references: Vec<Vec<usize>>,
    roots: Vec<usize>,
}

/// Each object's bytes are another power of two or nearly so, so that sums tell sets apart.
fn bytes_of(node: usize) -> u64 {
    1 << node
}

fn lists() -> impl Strategy<Value = Lists> {
    (1_usize..16).prop_flat_map(|count| {
        let references = proptest::collection::vec(0..count, 0..4);
        let references = proptest::collection::vec(references, count);
        let roots = proptest::collection::vec(0..count, 0..3);
        (references, roots).prop_map(|(references, roots)| Lists { references, roots })
    })
}

fn snapshot_of(lists: &Lists) -> Snapshot {
    let references = lists.references.iter().map(Vec::len).sum();
    let mut builder =
        SnapshotBuilder::new(lists.references.len(), references, 1 << 20).expect("room");
    for (line, caller) in [(1, None), (1, Some(0)), (2, Some(1))] {
        let site = NewSite {
            function: "f".into(),
            file: "".into(),
            line,
            caller,
            objects: 0,
            bytes: 0,
        };
        builder.site(&site).expect("room");
    }
    for (node, references) in lists.references.iter().enumerate() {
        builder
            .object(&NewObject {
                id: node as u64,
                self_bytes: bytes_of(node),
                type_name: ["even", "odd"][node % 2].into(),
                label: "".into(),
                count: Some(1),
                generation: Some(0),
                category: Category::Object,
                site: [Some(0), Some(1), None, Some(2)][node % 4],
            })
            .expect("room");
        for (number, &to) in references.iter().enumerate() {
            let name = ReferenceName::Index(number as u32);
            builder.reference(name, to as u32).expect("room");
        }
    }
    for &root in &lists.roots {
        builder.root("roots", "root", root as u32).expect("room");
    }
    builder.finish().expect("complete")
}

/// What is reached from `starts` without the object `without`.
fn reached(lists: &Lists, starts: &[usize], without: Option<usize>) -> Vec<bool> {
    let mut reached = vec![false; lists.references.len()];
    let mut waiting = starts.to_vec();
    while let Some(node) = waiting.pop() {
        if Some(node) != without && !std::mem::replace(&mut reached[node], true) {
            waiting.extend(&lists.references[node]);
        }
    }
    reached
}

/// Which objects reach each other.
fn alike(lists: &Lists, one: usize, other: usize) -> bool {
    reached(lists, &[one], None)[other] && reached(lists, &[other], None)[one]
}

/// The roots, and what garbage hangs on: all objects of garbage that reach whatever reaches them.
fn starts(lists: &Lists) -> Vec<usize> {
    let alive = reached(lists, &lists.roots, None);
    let mut starts = lists.roots.clone();
    let count = lists.references.len();
    for node in (0..count).filter(|&node| !alive[node]) {
        let mut from = (0..count).filter(|&from| !alive[from]);
        if from.all(|from| !reached(lists, &[from], None)[node] || alike(lists, node, from)) {
            starts.push(node);
        }
    }
    starts
}

proptest! {
    #[test]
    fn what_dies_with_an_object_is_what_it_retains(lists in lists()) {
        let snapshot = snapshot_of(&lists);
        let retention = Retention::of(&snapshot);
        let starts = starts(&lists);
        let all = reached(&lists, &starts, None);
        prop_assert!(all.iter().all(|&reached| reached), "everything hangs on something");
        let mut dominates = Vec::new();
        for node in 0..lists.references.len() {
            let without = reached(&lists, &starts, Some(node));
            let dies: Vec<usize> = (0..without.len()).filter(|&other| !without[other]).collect();
            let bytes: u64 = dies.iter().map(|&node| bytes_of(node)).sum();
            prop_assert_eq!(retention.bytes(node as u32), bytes);
            prop_assert_eq!(retention.objects(node as u32) as usize, dies.len());
            dominates.push(dies);
        }
        // The nearest dominator is the one that retains least.
        for node in 0..lists.references.len() {
            let above = (0..dominates.len())
                .filter(|&above| above != node && dominates[above].contains(&node))
                .min_by_key(|&above| dominates[above].len());
            prop_assert_eq!(retention.dominator(node as u32), above.map(|above| above as u32));
        }
        let retained = |members: &[usize]| -> u64 {
            let mut dies = vec![false; dominates.len()];
            members.iter().flat_map(|&n| &dominates[n]).for_each(|&node| dies[node] = true);
            (0..dies.len()).filter(|&n| dies[n]).map(bytes_of).sum()
        };
        // A type retains what dies when its objects that are under no other of the type die.
        for summary in type_summaries(&snapshot, &retention) {
            let is_of_type = |node: usize| {
                snapshot.node(node as u32).type_name == summary.type_name
            };
            let members: Vec<usize> = (0..dominates.len()).filter(|&n| is_of_type(n)).collect();
            prop_assert_eq!(summary.retained_bytes, retained(&members));
            prop_assert_eq!(summary.objects as usize, members.len());
            let own: u64 = members.iter().map(|&node| bytes_of(node)).sum();
            prop_assert_eq!(summary.self_bytes, own);
        }
        // A line likewise, whoever called its function.
        for summary in site_summaries(&snapshot, &retention) {
            let lines = [Some(1), Some(1), None, Some(2)];
            let is_of_line = |node: &usize| lines[node % 4] == Some(summary.line);
            let members: Vec<usize> = (0..dominates.len()).filter(is_of_line).collect();
            prop_assert_eq!(summary.retained_bytes, retained(&members));
            prop_assert_eq!(summary.objects as usize, members.len());
        }
    }

    #[test]
    fn ways_are_real_and_none_is_shorter(lists in lists()) {
        let snapshot = snapshot_of(&lists);
        let paths = ShortestPaths::from_roots(&snapshot);
        let count = lists.references.len();
        let mut distances = vec![usize::MAX; count];
        lists.roots.iter().for_each(|&root| distances[root] = 0);
        for _ in 0..count {
            for node in (0..count).filter(|&node| distances[node] != usize::MAX).collect::<Vec<_>>() {
                for &to in &lists.references[node] {
                    distances[to] = distances[to].min(distances[node] + 1);
                }
            }
        }
        for (node, &distance) in distances.iter().enumerate() {
            let path = paths.path_to(node as u32);
            prop_assert_eq!(paths.reaches(node as u32), path.is_some());
            let length = path.as_ref().map_or(usize::MAX, |path| path.steps.len());
            prop_assert_eq!(length, distance);
            if let Some(path) = path {
                let mut at = lists.roots[path.root];
                for (from, number) in path.steps {
                    prop_assert_eq!(from as usize, at);
                    at = lists.references[at][number];
                }
                prop_assert_eq!(at, node);
            }
        }
    }

    #[test]
    fn components_are_objects_that_reach_each_other(lists in lists()) {
        let snapshot = snapshot_of(&lists);
        let components = Components::of(&snapshot);
        let retention = Retention::of(&snapshot);
        let alive = reached(&lists, &lists.roots, None);
        for (one, &is_alive) in alive.iter().enumerate() {
            let component = components.component(one as u32);
            let members: Vec<u32> = components.members(component).collect();
            prop_assert_eq!(components.size(component) as usize, members.len());
            for other in 0..lists.references.len() {
                let together = components.component(other as u32) == component;
                prop_assert_eq!(together, alike(&lists, one, other));
                let reaches = reached(&lists, &[one], None)[other];
                prop_assert!(!reaches || component >= components.component(other as u32));
            }
            let in_cycle = lists.references[one].iter().any(|&to| reached(&lists, &[to], None)[one]);
            prop_assert_eq!(components.is_in_cycle(&snapshot, one as u32), in_cycle);

            let explanation = explain(&snapshot, &retention, one as u32, &[]);
            let hold = match (is_alive, in_cycle) {
                (true, _) => Hold::Root,
                (false, true) => Hold::OwnCycle,
                (false, false) => Hold::OtherCycle,
            };
            // An object that nothing refers to and that is in no cycle is no garbage of a heap
            // whose counts are right; here it can be.
            prop_assert_eq!(explanation.hold, hold);
            prop_assert_eq!(explanation.cycle.is_some(), in_cycle);
            if let Some(cycle) = explanation.cycle {
                prop_assert_eq!(cycle.objects as usize, members.len());
                prop_assert_eq!(cycle.steps.last().map(|step| step.to.id), Some(one as u64));
            }
            let from_objects = lists.references.iter().flatten().filter(|&&to| to == one).count();
            let from_roots = lists.roots.iter().filter(|&&to| to == one).count();
            prop_assert_eq!(explanation.holder_count, from_objects + from_roots);
        }
    }
}

/// A list of a million objects that all refer to the last: no analysis may recurse, or take time in
/// proportion to the square of it.
#[test]
fn a_long_list_with_a_common_end_is_a_graph_as_any_other() {
    let count = 1_000_000;
    let mut builder = SnapshotBuilder::new(count, 2 * count - 2, 1 << 30).expect("room");
    for node in 0..count {
        builder
            .object(&NewObject {
                id: node as u64,
                self_bytes: 1,
                type_name: "node".into(),
                label: "".into(),
                count: Some(1),
                generation: Some(0),
                category: Category::Object,
                site: None,
            })
            .expect("room");
        if node + 1 < count {
            let last = count as u32 - 1;
            builder
                .reference(ReferenceName::Attribute("last"), last)
                .expect("room");
            builder
                .reference(ReferenceName::Attribute("next"), node as u32 + 1)
                .expect("room");
        }
    }
    builder.root("roots", "root", 0).expect("room");
    builder
        .root("roots", "the last", count as u32 - 1)
        .expect("room");
    let snapshot = builder.finish().expect("complete");
    let retention = Retention::of(&snapshot);
    assert_eq!(retention.bytes(0), count as u64 - 1);
    assert_eq!(retention.dominator(count as u32 - 1), None);
    assert_eq!(retention.dominator(1000), Some(999));
    let summaries = type_summaries(&snapshot, &retention);
    assert_eq!(summaries[0].retained_bytes, count as u64);
    let path = ShortestPaths::from_roots(&snapshot).path_to(count as u32 - 2);
    assert_eq!(path.map(|path| path.steps.len()), Some(count - 2));
    assert_eq!(Components::of(&snapshot).size(0), 1);
}

#[test]
fn growth_is_by_type_and_new_objects_are_named() {
    let lists = |count: usize| Lists {
        references: vec![Vec::new(); count],
        roots: Vec::new(),
    };
    let (before, after) = (snapshot_of(&lists(3)), snapshot_of(&lists(9)));
    let growth = compare(&before, &after);
    let names: Vec<&str> = growth.iter().map(|growth| &*growth.type_name).collect();
    assert_eq!(names, ["even", "odd"]);
    // Objects 4, 6, 8 and 3, 5, 7.
    assert_eq!((growth[0].bytes(), growth[0].objects()), (16 + 64 + 256, 3));
    assert_eq!((growth[1].bytes(), growth[1].objects()), (8 + 32 + 128, 3));
    assert_eq!(
        (growth[0].new_objects, &*growth[0].samples),
        (3, &[4, 6, 8][..])
    );
    assert!(compare(&after, &after).is_empty());
    let shrunk = compare(&after, &before);
    assert_eq!((shrunk[0].bytes(), shrunk[0].new_objects), (-168, 0));
}
