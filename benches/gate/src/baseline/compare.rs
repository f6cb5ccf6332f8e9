//! What changed since the baseline, and whether that may go in.
//!
//! 1. A counter that grew by more than the limit fails; from nothing, any growth does.
//! 2. A counter that shrank by more than the limit is told: recorded, it cannot come back unseen.
//! 3. A kernel that is not recorded, or recorded and gone, fails.
//! 4. Instructions that were counted under other conditions are told, and do not fail: they are not
//!    this change's doing.

use super::{Baseline, Costs, INSTRUCTIONS};
use std::fmt;

/// How much a counter may change.
pub(crate) const LIMIT_PERCENT: f64 = 2.0;

/// A counter that changed by more than the limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// The kernel.
    pub(crate) kernel: String,
    /// The counter.
    pub(crate) counter: String,
    /// What is recorded.
    pub(crate) before: u64,
    /// What was counted.
    pub(crate) after: u64,
}

impl Change {
    /// By how much, of what is recorded.
    pub(crate) fn percent(&self) -> f64 {
        (self.after as f64 / self.before as f64 - 1.0) * 100.0
    }

    fn is_growth(&self) -> bool {
        self.after > self.before
    }
}

/// Whether the change is more than the limit.
fn over_limit(before: u64, after: u64) -> bool {
    after.abs_diff(before) as f64 > before as f64 * (LIMIT_PERCENT / 100.0)
}

/// Whether any counter changed by more than the limit, or is new, or gone.
pub(super) fn differ(before: &Costs, after: &Costs) -> bool {
    let names = |costs: &Costs| costs.counters().map(|(name, _)| name).collect::<Vec<_>>();
    let mut pairs = before.counters().zip(after.counters());
    names(before) != names(after)
        || pairs.any(|((_, before), (_, after))| over_limit(before, after))
}

/// All that changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// Kernels that were compared.
    pub(crate) kernels: usize,
    /// Kernels whose instructions were not counted.
    pub(crate) uncounted: usize,
    /// More than the limit, for the worse.
    pub(crate) grown: Vec<Change>,
    /// More than the limit, for the better.
    pub(crate) shrunk: Vec<Change>,
    /// Kernels that are not recorded.
    pub(crate) new: Vec<String>,
    /// Kernels that are recorded, and no longer there.
    pub(crate) gone: Vec<String>,
    /// Conditions of the instruction counts that differ: name, recorded, now.
    pub(crate) conditions: Vec<(&'static str, String, String)>,
}

impl Comparison {
    /// Compares with what is recorded.
    pub(crate) fn of(recorded: &Baseline, now: &Baseline) -> Comparison {
        let mut comparison = Comparison {
            kernels: now.kernels.len(),
            ..Comparison::default()
        };
        for after in &now.kernels {
            comparison.uncounted += usize::from(after.instructions.is_none());
            match recorded.find(&after.kernel) {
                Some(before) => comparison.kernel(before, after),
                None => comparison.new.push(after.kernel.clone()),
            }
        }
        if comparison.uncounted < comparison.kernels {
            comparison.conditions = recorded.conditions.differences(&now.conditions);
        }
        let gone = recorded.kernels.iter().map(|costs| &costs.kernel);
        let gone = gone.filter(|name| now.find(name).is_none());
        comparison.gone = gone.cloned().collect();
        comparison
    }

    fn kernel(&mut self, before: &Costs, after: &Costs) {
        for (counter, after_count) in after.counters() {
            let known = before.counters().find(|(name, _)| *name == counter);
            let before_count = known.map_or(0, |(_, count)| count);
            if !over_limit(before_count, after_count) {
                continue;
            }
            let change = Change {
                kernel: after.kernel.clone(),
                counter,
                before: before_count,
                after: after_count,
            };
            match change.is_growth() {
                true => self.grown.push(change),
                false => self.shrunk.push(change),
            }
        }
    }

    /// Whether the counter may have changed for another reason than the code.
    fn is_excused(&self, change: &Change) -> bool {
        change.counter == INSTRUCTIONS && !self.conditions.is_empty()
    }

    /// Whether a change with these costs may go in without being recorded.
    pub(crate) fn passes(&self) -> bool {
        self.new.is_empty()
            && self.gone.is_empty()
            && self.grown.iter().all(|change| self.is_excused(change))
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, recorded, now) in &self.conditions {
            writeln!(
                f,
                "{name} was {recorded:?} when the baseline was recorded, and is {now:?}"
            )?;
        }
        if !self.conditions.is_empty() {
            writeln!(
                f,
                "NOT CHECKED: instructions; they are shown, and the baseline should be recorded anew"
            )?;
        }
        if self.uncounted > 0 {
            writeln!(
                f,
                "SKIPPED: the instructions of {} kernels were not counted",
                self.uncounted
            )?;
        }
        for change in self.grown.iter().chain(&self.shrunk) {
            let verdict = match (change.is_growth(), self.is_excused(change)) {
                (_, true) => "not checked",
                (true, false) => "OVER THE LIMIT",
                (false, false) => "cheaper: record it",
            };
            writeln!(
                f,
                "{:20} {:24} {:>12} -> {:>12} {:+10.2} %  {verdict}",
                change.kernel,
                change.counter,
                change.before,
                change.after,
                change.percent(),
            )?;
        }
        for name in &self.new {
            writeln!(f, "{name:20} is not in the baseline")?;
        }
        for name in &self.gone {
            writeln!(f, "{name:20} is in the baseline, and no kernel")?;
        }
        match self.passes() {
            true => writeln!(
                f,
                "{} kernels: nothing grew by more than {LIMIT_PERCENT} %",
                self.kernels
            ),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::baseline::Conditions;

    pub(crate) fn costs(name: &str, count: u64, native: u64, machine: &[(&str, u64)]) -> Costs {
        Costs {
            kernel: name.to_owned(),
            instructions: Some(count),
            native_allocations: native,
            machine: machine
                .iter()
                .map(|&(name, count)| (name.to_owned(), count))
                .collect(),
            ..Costs::default()
        }
    }

    pub(crate) fn baseline(kernels: Vec<Costs>) -> Baseline {
        let conditions = Conditions {
            rustc: "r".to_owned(),
            valgrind: "v".to_owned(),
            libc: "l".to_owned(),
            target: "t".to_owned(),
        };
        Baseline::new(conditions, kernels)
    }

    fn compared(before: Costs, after: Costs) -> Comparison {
        Comparison::of(&baseline(vec![before]), &baseline(vec![after]))
    }

    #[test]
    fn two_percent_pass_and_more_does_not() {
        let before = costs("a", 1000, 0, &[]);
        assert!(compared(before.clone(), costs("a", 1020, 0, &[])).passes());
        let over = compared(before, costs("a", 1021, 0, &[]));
        assert!(!over.passes());
        let text = over.to_string();
        assert!(text.contains("+2.10 %  OVER THE LIMIT"), "{text}");
    }

    #[test]
    fn one_allocation_where_there_was_none_fails() {
        assert!(!compared(costs("a", 9, 0, &[]), costs("a", 9, 1, &[])).passes());
        let machine = compared(
            costs("a", 9, 0, &[]),
            costs("a", 9, 0, &[("allocations", 1)]),
        );
        assert_eq!(machine.grown[0].counter, "machine allocations");
        assert!(!machine.passes());
    }

    #[test]
    fn what_got_cheaper_is_told_and_passes() {
        let cheaper = compared(costs("a", 1000, 0, &[]), costs("a", 900, 0, &[]));
        assert!(cheaper.passes());
        let text = cheaper.to_string();
        assert!(text.contains("-10.00 %  cheaper: record it"), "{text}");
    }

    #[test]
    fn kernels_that_are_new_or_gone_fail() {
        let comparison = compared(costs("a", 1, 0, &[]), costs("b", 1, 0, &[]));
        assert_eq!((&*comparison.new[0], &*comparison.gone[0]), ("b", "a"));
        assert!(!comparison.passes());
    }

    #[test]
    fn another_compiler_excuses_instructions_and_nothing_else() {
        let before = baseline(vec![costs("a", 1000, 2, &[])]);
        let mut now = baseline(vec![costs("a", 2000, 2, &[])]);
        now.conditions.rustc = "another".to_owned();
        let comparison = Comparison::of(&before, &now);
        assert!(comparison.passes());
        let text = comparison.to_string();
        assert!(
            text.contains("NOT CHECKED") && text.contains("another"),
            "{text}"
        );
        now.kernels[0].native_allocations = 3;
        assert!(!Comparison::of(&before, &now).passes());
    }

    #[test]
    fn instructions_that_were_not_counted_are_told() {
        let mut after = costs("a", 1, 0, &[]);
        after.instructions = None;
        let comparison = compared(costs("a", 1000, 0, &[]), after);
        assert!(comparison.passes());
        assert!(comparison.to_string().contains("SKIPPED"));
    }
}
