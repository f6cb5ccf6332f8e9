//! Tables of text: names to the left, columns of figures to the right.

use std::fmt::Write;

/// A line: a name, then columns.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
}

/// A line of this name and these columns.
pub(crate) fn line(name: impl Into<String>, columns: impl IntoIterator<Item = String>) -> Line {
    Line {
        name: name.into(),
        columns: columns.into_iter().collect(),
    }
}

/// Names to the left, columns to the right, each as wide as its longest entry.
pub(crate) fn lay_out(lines: &[Line]) -> String {
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

/// A number with its digits in groups of three.
pub(crate) fn thousands(value: u64) -> String {
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

/// A number and what it counts: one `round`, two `rounds`.
pub(crate) fn counted(count: u64, thing: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {thing}{ending}", thousands(count))
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
    fn one_has_no_plural() {
        let shown = [0, 1, 2, 1000].map(|count| counted(count, "call"));
        assert_eq!(shown, ["0 calls", "1 call", "2 calls", "1,000 calls"]);
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
