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
use std::fmt::Write;
use vm_measure::statistics::{median, minimum};

/// Functions shown below each counter.
const FUNCTIONS_SHOWN: usize = 5;

/// A line: a name, then columns.
struct Line {
    name: String,
    columns: Vec<String>,
}

fn line(name: impl Into<String>, columns: impl IntoIterator<Item = String>) -> Line {
    Line {
        name: name.into(),
        columns: columns.into_iter().collect(),
    }
}

/// Names to the left, columns to the right, each as wide as its longest entry.
fn lay_out(lines: &[Line]) -> String {
    let width = |text: &str| text.chars().count();
    let names = lines.iter().map(|line| width(&line.name)).max();
    let count = lines.iter().map(|line| line.columns.len()).max();
    let columns: Vec<usize> = (0..count.unwrap_or(0))
        .map(|index| {
            let entries = lines.iter().filter_map(|line| line.columns.get(index));
            entries.map(|entry| width(entry)).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for line in lines {
        let mut row = format!("{:1$}", line.name, names.unwrap_or(0));
        for (entry, width) in line.columns.iter().zip(&columns) {
            // Writing to a string cannot fail.
            let _ = write!(row, "  {entry:>width$}");
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

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

/// A number with its digits in groups of three.
fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_in_groups_of_three() {
        let shown = [0, 999, 1000, 12_345, 1_234_567].map(thousands);
        assert_eq!(shown, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }

    #[test]
    fn columns_are_as_wide_as_their_longest_entry() {
        let lines = [
            line("name", ["1".to_owned(), "22".to_owned()]),
            line("a longer one", ["333".to_owned()]),
        ];
        assert_eq!(
            lay_out(&lines),
            "name            1  22\na longer one  333\n"
        );
    }
}
