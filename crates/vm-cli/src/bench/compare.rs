//! Two costs of one program: which counters changed, and in which functions.

use super::cost::{COUNTERS, Cost, FunctionCost};

/// What changed between two costs.
#[derive(Debug)]
pub(super) struct Comparison<'a> {
    pub(super) before: &'a Cost,
    pub(super) after: &'a Cost,
    /// Counters that differ, in the order of tables.
    pub(super) changes: Vec<Change>,
    /// Counters that the former cost does not have.
    pub(super) not_recorded: Vec<&'static str>,
    /// Counters that only the former cost has.
    pub(super) not_counted: Vec<&'a str>,
}

/// A counter that differs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) counter: &'static str,
    /// Whether it costs more if it grows.
    pub(super) costs: bool,
    pub(super) before: u64,
    pub(super) after: u64,
    /// The functions in which it differs, those that differ most first. A function that is not
    /// there has 0.
    pub(super) functions: Vec<FunctionChange>,
}

/// A function in which a counter differs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FunctionChange {
    pub(super) name: String,
    pub(super) before: u64,
    pub(super) after: u64,
}

/// Compares what is in both, and tells what is not.
pub(super) fn compare<'a>(before: &'a Cost, after: &'a Cost) -> Comparison<'a> {
    let (mut changes, mut not_recorded) = (Vec::new(), Vec::new());
    for (counter, costs) in COUNTERS {
        match (before.counters.get(counter), after.counters.get(counter)) {
            (Some(old), Some(new)) if old != new => changes.push(Change {
                counter,
                costs,
                before: *old,
                after: *new,
                functions: functions(&before.functions, &after.functions, counter),
            }),
            (None, Some(_)) => not_recorded.push(counter),
            _ => {}
        }
    }
    let gone = before.counters.keys().map(|counter| &**counter);
    let gone = gone.filter(|counter| !after.counters.contains_key(*counter));
    Comparison {
        before,
        after,
        changes,
        not_recorded,
        not_counted: gone.collect(),
    }
}

fn functions(
    before: &[FunctionCost],
    after: &[FunctionCost],
    counter: &str,
) -> Vec<FunctionChange> {
    let value = |functions: &[FunctionCost], name: &str| {
        let function = functions.iter().find(|function| function.name == name);
        function.and_then(|function| function.counters.get(counter).copied())
    };
    let gone = before
        .iter()
        .filter(|function| after.iter().all(|other| other.name != function.name));
    let all = after.iter().chain(gone);
    let mut changes: Vec<FunctionChange> = all
        .map(|function| FunctionChange {
            name: function.name.clone(),
            before: value(before, &function.name).unwrap_or(0),
            after: value(after, &function.name).unwrap_or(0),
        })
        .filter(|change| change.before != change.after)
        .collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.before.abs_diff(change.after)));
    changes
}

/// By how many percent a number grew; infinite from nothing to something.
pub(super) fn percent(before: u64, after: u64) -> f64 {
    if before == after {
        return 0.0;
    }
    (after as f64 - before as f64) / before as f64 * 100.0
}

impl Change {
    /// Whether it costs more than `limit_percent` more.
    pub(super) fn is_grown(&self, limit_percent: f64) -> bool {
        self.costs && percent(self.before, self.after) > limit_percent
    }
}

impl Comparison<'_> {
    /// What costs more than `limit_percent` more, by name.
    pub(super) fn grown(&self, limit_percent: f64) -> impl Iterator<Item = String> {
        let grown = self.changes.iter();
        let grown = grown.filter(move |change| change.is_grown(limit_percent));
        grown.map(|change| format!("{}: {}", self.after.program, change.counter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::cost::Counters;

    fn cost(functions: &[(&str, u64)]) -> Cost {
        let counters = |value: u64| -> Counters {
            [("calls", value), ("cache_hits", value)]
                .map(|(name, value)| (name.to_owned(), value))
                .into()
        };
        Cost {
            program: "p.vasm".to_owned(),
            arguments: Vec::new(),
            counters: counters(functions.iter().map(|(_, value)| value).sum()),
            functions: functions
                .iter()
                .map(|&(name, value)| FunctionCost {
                    name: name.to_owned(),
                    counters: counters(value),
                })
                .collect(),
            seconds: vec![1.0],
        }
    }

    #[test]
    fn changes_name_their_functions_the_largest_first() {
        let before = cost(&[("same", 500), ("gone", 10), ("grown", 490)]);
        let after = cost(&[("same", 500), ("grown", 512), ("new", 3)]);
        let comparison = compare(&before, &after);
        let change = |name: &str, before, after| FunctionChange {
            name: name.to_owned(),
            before,
            after,
        };
        let functions = vec![
            change("grown", 490, 512),
            change("gone", 10, 0),
            change("new", 0, 3),
        ];
        assert_eq!(comparison.changes.len(), 2);
        assert_eq!(comparison.changes[0].functions, functions);
        let grown = |limit| comparison.grown(limit).collect::<Vec<_>>();
        assert_eq!(grown(1.4), ["p.vasm: calls"], "more hits cost nothing");
        assert_eq!(grown(1.5), [""; 0], "1000 to 1015 is 1.5 %");
        assert!(compare(&before, &before).changes.is_empty());
    }

    #[test]
    fn growth_from_nothing_is_more_than_any_percentage() {
        assert_eq!(percent(0, 0), 0.0);
        assert!(percent(0, 1) > 1e6);
        assert_eq!(percent(200, 100), -50.0);
    }

    #[test]
    fn counters_that_one_of_them_lacks_are_told() {
        let (mut before, after) = (cost(&[("f", 1)]), cost(&[("f", 1)]));
        let calls = before.counters.remove("calls").unwrap();
        before.counters.insert("cals".to_owned(), calls);
        let comparison = compare(&before, &after);
        assert!(comparison.changes.is_empty());
        assert_eq!(comparison.not_recorded, ["calls"]);
        assert_eq!(comparison.not_counted, ["cals"]);
    }
}
