//! Columns of text.
//!
//! ```text
//! p.vasm 32                before       after    change
//!   instructions       31,000,000  31,200,000   +0.65 %
//!     fib              30,999,900  31,199,900   +0.65 %
//!   cache_misses                1           3  +200.00 %  over 1 %
//!   time, s                 0.258       0.262    +1.6 %
//!                  0.251 to 0.270  0.255 to 0.280
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
    lines.push(line("  time, s", [format!("{:.4}", median(&cost.seconds))]));
    lines.push(line("", [spread(&cost.seconds)]));
    lay_out(&lines)
}

/// What changed, and where.
pub(super) fn comparison(comparison: &Comparison<'_>, limit_percent: f64) -> String {
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
    if comparison.changes.is_empty() {
        lines.push(line("  no counter changed", []));
    }
    let (old, new) = (median(&before.seconds), median(&after.seconds));
    let change = format!("{:+.1} %", (new - old) / old * 100.0);
    lines.push(line(
        "  time, s",
        [format!("{old:.4}"), format!("{new:.4}"), change],
    ));
    lines.push(line("", [spread(&before.seconds), spread(&after.seconds)]));
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

/// The least and the most.
fn spread(seconds: &[f64]) -> String {
    let most = seconds.iter().copied().fold(f64::NAN, f64::max);
    format!("{:.4} to {most:.4}", minimum(seconds))
}
