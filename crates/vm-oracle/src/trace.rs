//! Traces, and what is not compared in them.
//!
//! - The order of labels in a list of objects: CPython's is that of its lists, or of a hash table.
//! - The order of finalizers and callbacks within one collection of generation 1 or 2. In generation
//!   0 it is the order of creation, and compared. Older objects stand in CPython's lists as earlier
//!   collections left them: whatever one of them reached late was put to the end.

/// A trace as it is compared.
pub fn normalise(trace: &str) -> Vec<String> {
    let mut lines: Vec<String> = trace.lines().map(sorted_labels).collect();
    let watched = lines.iter().any(|line| line.starts_with("gc start"));
    let mut begin = 0;
    while begin < lines.len() {
        let end = collection_end(&lines, begin, watched);
        if let Some(end) = end {
            lines[begin + 1..end].sort();
        }
        begin = end.unwrap_or(begin) + 1;
    }
    lines
}

/// What is left to compare when one side collects at every safepoint: which finalizers ran, each once,
/// and who is there at the end. When garbage is found decides the rest: what a weak reference still
/// shows, which of an object and its weak reference dies first, every counter.
pub fn outcome(trace: &str) -> Vec<String> {
    let lines: Vec<&str> = trace.lines().collect();
    let ran = |line: &&&str| line.starts_with("del ") || line.starts_with("closed ");
    let mut outcome: Vec<String> = lines
        .iter()
        .filter(ran)
        .map(|&line| line.to_owned())
        .collect();
    outcome.sort();
    let errors = lines.iter().position(|line| line.starts_with("error:"));
    let end = errors.unwrap_or(lines.len().saturating_sub(3));
    outcome.extend(lines[end..].iter().map(|line| sorted_labels(line)));
    outcome
}

/// The line that ends the collection of an older generation that begins with a line.
fn collection_end(lines: &[String], begin: usize, watched: bool) -> Option<usize> {
    let line = lines[begin].as_str();
    let ends = if watched {
        match line {
            "gc start 1" => "gc stop 1 ",
            "gc start 2" => "gc stop 2 ",
            _ => return None,
        }
    } else {
        match line {
            "collect 1" | "collect 2" => "collected ",
            "nesting" => "nested ",
            _ => return None,
        }
    };
    let mut depth = 0;
    for (index, other) in lines.iter().enumerate().skip(begin + 1) {
        if other == line {
            depth += 1;
        } else if other.starts_with(ends) {
            if depth == 0 {
                return Some(index);
            }
            depth -= 1;
        }
    }
    None
}

fn sorted_labels(line: &str) -> String {
    let mut words: Vec<&str> = line.split(' ').collect();
    if matches!(words[0], "labels" | "saved" | "alive") {
        words[1..].sort_unstable();
    }
    words.join(" ")
}

/// The first line in which two traces differ, or `None`.
pub fn first_difference(one: &[String], other: &[String]) -> Option<usize> {
    let common = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    (common < one.len().max(other.len())).then_some(common)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_labels_does_not_count() {
        assert_eq!(normalise("labels #2 #1\n"), normalise("labels #1 #2\n"));
        assert_ne!(normalise("labels #2 #1\n"), normalise("labels #2 #3\n"));
    }

    #[test]
    fn the_order_of_finalizers_counts_in_generation_0_only() {
        for (generation, same) in [(0, true), (1, false), (2, false)] {
            let trace = |first, second| {
                normalise(&format!(
                    "gc start {generation}\ndel {first}\ndel {second}\ngc stop {generation} 2 0\n"
                ))
            };
            assert_eq!(trace("#1", "#2") != trace("#2", "#1"), same);
        }
    }

    #[test]
    fn nested_collections_end_where_they_began() {
        let lines = normalise("nesting\ndel #2\nnesting\nnested 0\ndel #1\nnested 3\ndel #0\n");
        assert_eq!(lines[0], "nesting");
        assert_eq!(lines[1..5], ["del #1", "del #2", "nested 0", "nesting"]);
        assert_eq!(lines[5..], ["nested 3", "del #0"]);
    }

    #[test]
    fn an_outcome_is_the_finalizers_and_the_end() {
        let one = outcome("del #2\ngc start 0\nclosed #1\nlabels\n9: alive()\nalive\n");
        assert_eq!(
            one,
            ["closed #1", "del #2", "labels", "9: alive()", "alive"]
        );
        assert_ne!(one, outcome("del #2\nlabels\n9: alive()\nalive\n"));
        assert_eq!(outcome("error: no\nmore\n"), ["error: no", "more"]);
    }

    #[test]
    fn a_missing_line_is_a_difference() {
        let lines = |text| normalise(text);
        assert_eq!(first_difference(&lines("a\nb"), &lines("a\nb")), None);
        assert_eq!(first_difference(&lines("a\nb"), &lines("a")), Some(1));
        assert_eq!(first_difference(&lines("a\nb"), &lines("a\nc")), Some(1));
    }
}
