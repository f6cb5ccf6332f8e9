//! Columns of text.
//!
//! ```text
//! p.vasm 32                before       after    change
//!   instructions       31,000,000  31,200,000   +0.65 %
//!     fib              30,999,900  31,199,900   +0.65 %
//!   cache_misses                1           3  +200.00 %  over 1 %
//!   time, ms               258.31      262.40    +1.6 %
//!                251.20 to 270.04  255.17 to 280.90
//! ```

use super::compare::{Comparison, percent};
use super::cost::{COUNTERS, Cost};
use crate::columns::{lay_out, line, thousands};
use vm_measure::statistics::{median, minimum};

/// Functions shown below each counter.
const FUNCTIONS_SHOWN: usize = 5;

/// What a program costs, by function.
pub(super) fn cost(cost: &Cost, is_new: bool) -> String {
    let note = if is_new { "not in the record" } else { "" };
    let mut lines = vec![line(title(cost), [note.to_owned()])];
    for (counter, _) in COUNTERS {
        let Some(&total) = cost.counters.get(counter) else {
            continue;
        };
        lines.push(line(format!("  {counter}"), [thousands(total)]));
        let mut functions: Vec<(&str, u64)> = cost
            .functions
            .iter()
            .filter_map(|function| Some((&*function.name, *function.counters.get(counter)?)))
            .filter(|&(_, value)| value > 0)
            .collect();
        functions.sort_by_key(|&(_, value)| std::cmp::Reverse(value));
        for (name, value) in functions.into_iter().take(FUNCTIONS_SHOWN) {
            let share = format!("{:.1} %", value as f64 / total as f64 * 100.0);
            lines.push(line(format!("    {name}"), [thousands(value), share]));
        }
    }
    let time = median(&cost.seconds);
    let unit = unit(time);
    lines.push(line(format!("  time, {}", unit.name), [unit.show(time)]));
    lines.push(line("", [unit.spread(&cost.seconds)]));
    lay_out(&lines)
}

/// What changed, and where; `writer` is the version that wrote the record, if it is another one.
pub(super) fn comparison(
    comparison: &Comparison<'_>,
    limit_percent: f64,
    writer: Option<&str>,
) -> String {
    let (before, after) = (comparison.before, comparison.after);
    let heads = ["before", "after", "change"].map(str::to_owned);
    let mut lines = vec![line(title(after), heads)];
    for change in &comparison.changes {
        let mut row = columns(change.before, change.after);
        if change.is_grown(limit_percent) {
            row.push(format!("over {limit_percent} %"));
        }
        lines.push(line(format!("  {}", change.counter), row));
        for function in change.functions.iter().take(FUNCTIONS_SHOWN) {
            let row = columns(function.before, function.after);
            lines.push(line(format!("    {}", function.name), row));
        }
    }
    for counter in &comparison.not_recorded {
        let new = after.counters.get(*counter).copied().unwrap_or(0);
        let note = match writer {
            Some(version) => format!("vm {version} did not count it"),
            None => "not in the record".to_owned(),
        };
        let row = ["–".to_owned(), thousands(new), String::new(), note];
        lines.push(line(format!("  {counter}"), row));
    }
    for counter in &comparison.not_counted {
        let old = before.counters.get(*counter).copied().unwrap_or(0);
        let note = "not counted by this version".to_owned();
        let row = [thousands(old), "–".to_owned(), String::new(), note];
        lines.push(line(format!("  {counter}"), row));
    }
    if lines.len() == 1 {
        lines.push(line("  no counter changed", []));
    }
    let (old, new) = (median(&before.seconds), median(&after.seconds));
    let change = format!("{:+.1} %", (new - old) / old * 100.0);
    let unit = unit(old.min(new));
    lines.push(line(
        format!("  time, {}", unit.name),
        [unit.show(old), unit.show(new), change],
    ));
    let spreads = [&before.seconds, &after.seconds].map(|seconds| unit.spread(seconds));
    lines.push(line("", spreads));
    lay_out(&lines)
}

/// Two values and what the second is to the first.
fn columns(before: u64, after: u64) -> Vec<String> {
    let change = match before {
        0 => "new".to_owned(),
        _ => format!("{:+.2} %", percent(before, after)),
    };
    vec![thousands(before), thousands(after), change]
}

fn title(cost: &Cost) -> String {
    let words = [&cost.program].into_iter().chain(&cost.arguments);
    words.cloned().collect::<Vec<_>>().join(" ")
}

/// What times are shown in.
struct Unit {
    name: &'static str,
    per_second: f64,
    digits: usize,
}

/// A unit in which a time is more than one, if there is such a unit.
fn unit(seconds: f64) -> Unit {
    let (name, per_second, digits) = match seconds {
        1.0.. => ("s", 1.0, 3),
        1e-3.. => ("ms", 1e3, 2),
        _ => ("µs", 1e6, 1),
    };
    Unit {
        name,
        per_second,
        digits,
    }
}

impl Unit {
    fn show(&self, seconds: f64) -> String {
        format!("{:.*}", self.digits, seconds * self.per_second)
    }

    /// The least and the most.
    fn spread(&self, seconds: &[f64]) -> String {
        let most = seconds.iter().copied().fold(f64::NAN, f64::max);
        format!("{} to {}", self.show(minimum(seconds)), self.show(most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_more_than_one_of_their_unit() {
        let shown = |seconds| {
            let unit = unit(seconds);
            format!("{} {}", unit.show(seconds), unit.name)
        };
        let shown = [61.25, 1.0, 0.9994, 0.0254, 0.001, 0.000_25, 3e-7].map(shown);
        let expected = [
            "61.250 s",
            "1.000 s",
            "999.40 ms",
            "25.40 ms",
            "1.00 ms",
            "250.0 µs",
            "0.3 µs",
        ];
        assert_eq!(shown, expected);
        assert_eq!(unit(0.5).spread(&[0.5, 1.5, 0.25]), "250.00 to 1500.00");
    }
}
