//! Breakpoints: places, exceptions, deaths.

use super::program::Place;
use std::collections::{BTreeMap, HashMap};

/// What a breakpoint waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// One of several places.
    Places { name: String, places: Vec<Place> },
    /// An exception.
    Exception,
    /// The death of the object with this number.
    Death(u32),
}

impl Target {
    fn text(&self) -> String {
        match self {
            Target::Places { name, .. } => format!("at {name}"),
            Target::Exception => "where an exception is raised".to_owned(),
            Target::Death(number) => format!("when #{number} dies"),
        }
    }
}

/// All breakpoints, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Breakpoints {
    targets: BTreeMap<u32, Target>,
    last_number: u32,
    /// The lowest breakpoint at each place: asked before every instruction.
    by_place: HashMap<Place, u32>,
}

impl Breakpoints {
    /// Adds one; returns the line that says so.
    pub(super) fn add(&mut self, target: Target) -> String {
        let known = self.targets.iter().find(|(_, known)| **known == target);
        if let Some((number, target)) = known {
            return format!("breakpoint {number} is already {}\n", target.text());
        }
        self.last_number += 1;
        let text = format!("breakpoint {} {}\n", self.last_number, target.text());
        self.targets.insert(self.last_number, target);
        self.index();
        text
    }

    /// Forgets one. False if there is none of that number.
    pub(super) fn delete(&mut self, number: u32) -> bool {
        let is_found = self.targets.remove(&number).is_some();
        self.index();
        is_found
    }

    fn index(&mut self) {
        self.by_place.clear();
        for (&number, target) in &self.targets {
            if let Target::Places { places, .. } = target {
                for &place in places {
                    self.by_place.entry(place).or_insert(number);
                }
            }
        }
    }

    /// The breakpoint at a place.
    pub(super) fn at(&self, place: Place) -> Option<u32> {
        if self.by_place.is_empty() {
            return None;
        }
        self.by_place.get(&place).copied()
    }

    /// The places that have one.
    pub(super) fn has_place(&self, place: Place) -> bool {
        self.by_place.contains_key(&place)
    }

    /// Whether exceptions stop the program.
    pub(super) fn has_exception(&self) -> bool {
        self.targets
            .values()
            .any(|target| *target == Target::Exception)
    }

    /// Whether the death of an object stops the program, which it does once.
    pub(super) fn take_death(&mut self, number: u32) -> bool {
        let before = self.targets.len();
        self.targets
            .retain(|_, target| *target != Target::Death(number));
        self.targets.len() < before
    }

    /// The list of all.
    pub(super) fn text(&self) -> String {
        if self.targets.is_empty() {
            return "no breakpoints\n".to_owned();
        }
        let line = |(number, target): (&u32, &Target)| format!("  {number} {}\n", target.text());
        self.targets.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_breakpoint_of_a_place_counts() {
        let mut breakpoints = Breakpoints::default();
        let places = |name: &str, places: &[Place]| Target::Places {
            name: name.to_owned(),
            places: places.to_vec(),
        };
        assert_eq!(
            breakpoints.add(places("main", &[(0, 0)])),
            "breakpoint 1 at main\n"
        );
        breakpoints.add(places("line 3", &[(0, 0), (0, 4)]));
        assert_eq!(
            (breakpoints.at((0, 0)), breakpoints.at((0, 4))),
            (Some(1), Some(2))
        );
        assert!(breakpoints.delete(1) && !breakpoints.delete(1));
        assert_eq!(breakpoints.at((0, 0)), Some(2));
        assert_eq!(breakpoints.text(), "  2 at line 3\n");
    }

    #[test]
    fn a_death_stops_once() {
        let mut breakpoints = Breakpoints::default();
        breakpoints.add(Target::Death(7));
        assert_eq!(
            breakpoints.add(Target::Death(7)),
            "breakpoint 1 is already when #7 dies\n"
        );
        assert!(breakpoints.take_death(7) && !breakpoints.take_death(7));
    }
}
