//! What a run did against what was expected of it.

use super::directives::{ExpectedLine, RunDirectives};
use super::runs::RunResult;
use crate::statistics;
use std::fmt::Write;

/// Lines shown before and behind those that differ.
const CONTEXT_LINES: usize = 3;

/// Lines of standard error that are shown for an unexpected exit status.
const MAX_ERROR_LINES: usize = 20;

/// Everything that is not as expected, each as a text.
pub(super) fn problems(run: &RunDirectives, result: &RunResult) -> Vec<String> {
    let mut problems = Vec::new();
    if result.inconsistent {
        problems.push(format!(
            "the heap is inconsistent\n{}",
            indented(&result.error)
        ));
    }
    let expected = expected_status(run);
    if result.status != expected {
        let mut text = format!("the exit status is {}, not {expected}", result.status);
        if run.error.is_empty() && !result.error.is_empty() {
            let _ = write!(text, "; standard error:\n{}", indented(&result.error));
        }
        problems.push(text);
    }
    let streams = [
        ("standard output", &run.output, &result.output),
        ("standard error", &run.error, &result.error),
    ];
    for (name, expected, found) in streams {
        problems
            .extend(difference(expected, found).map(|lines| format!("{name} differs\n{lines}")));
    }
    problems.extend(wrong_counters(run, result));
    problems
}

/// The exit status that a run is to have.
pub(super) fn expected_status(run: &RunDirectives) -> u8 {
    run.exit.unwrap_or(u8::from(!run.error.is_empty()))
}

fn wrong_counters(run: &RunDirectives, result: &RunResult) -> Vec<String> {
    let entries = result.statistics.as_ref().map(statistics::entries);
    let wrong = |counter: &super::directives::Counter| {
        let Some(entries) = &entries else {
            return Some(format!(
                "there is no counter `{}`: nothing ran",
                counter.name
            ));
        };
        let Some(&(_, found)) = entries.iter().find(|(name, _)| *name == counter.name) else {
            let names: Vec<&str> = entries.iter().map(|(name, _)| *name).collect();
            let names = names.join(", ");
            return Some(format!(
                "there is no counter `{}`; there are: {names}",
                counter.name
            ));
        };
        let holds = counter.comparison.holds(found, counter.number);
        let (name, sign, number) = (&counter.name, counter.comparison.sign(), counter.number);
        (!holds).then(|| format!("{name} is {found}, which is not {sign} {number}"))
    };
    run.counters.iter().filter_map(wrong).collect()
}

/// The lines of a stream.
pub(super) fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.split('\n').collect();
    if lines.last() == Some(&"") {
        lines.pop();
    }
    lines
}

/// What differs, `-` before what was expected and `+` before what was found; `None` if nothing does
/// or nothing is expected.
fn difference(expected: &[ExpectedLine], found: &str) -> Option<String> {
    if expected.is_empty() {
        return None;
    }
    let expected: Vec<&str> = expected.iter().map(|line| line.text.as_str()).collect();
    let found = lines(found);
    if expected == found {
        return None;
    }
    let pairs = expected.iter().zip(&found);
    let before = pairs.take_while(|(left, right)| left == right).count();
    let pairs = expected[before..]
        .iter()
        .rev()
        .zip(found[before..].iter().rev());
    let behind = pairs.take_while(|(left, right)| left == right).count();
    let (expected_end, found_end) = (expected.len() - behind, found.len() - behind);
    let mut text = String::new();
    let mut show = |sign: &str, lines: &[&str]| {
        for line in lines {
            let _ = writeln!(text, "{}", format!("  {sign} {line}").trim_end());
        }
    };
    show(" ", &expected[before.saturating_sub(CONTEXT_LINES)..before]);
    show("-", &expected[before..expected_end]);
    show("+", &found[before..found_end]);
    show(
        " ",
        &expected[expected_end..(expected_end + CONTEXT_LINES).min(expected.len())],
    );
    Some(text)
}

/// The first lines of a text.
fn indented(text: &str) -> String {
    let lines = text.lines().take(MAX_ERROR_LINES);
    lines.fold(String::new(), |text, line| text + "    " + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::super::directives::parse;
    use super::*;

    fn result(status: u8, output: &str, error: &str) -> RunResult {
        RunResult {
            status,
            output: output.to_owned(),
            error: error.to_owned(),
            statistics: None,
            inconsistent: false,
        }
    }

    fn problems_of(directives: &str, result: &RunResult) -> Vec<String> {
        problems(&parse(directives).unwrap().runs[0], result)
    }

    #[test]
    fn what_is_not_mentioned_is_not_compared() {
        assert!(problems_of("", &result(0, "any\n", "thing\n")).is_empty());
        assert_eq!(
            problems_of("", &result(1, "", ""))[0],
            "the exit status is 1, not 0"
        );
    }

    #[test]
    fn an_expected_error_implies_status_one() {
        let failed = result(1, "", "bad\n");
        assert!(problems_of("; EXPECT-ERROR: bad", &failed).is_empty());
        assert_eq!(
            problems_of("; EXPECT-ERROR: bad\n; EXIT: 0", &failed).len(),
            1
        );
        assert!(problems_of("; EXIT: 0\n; EXPECT-ERROR: bad", &result(0, "", "bad\n")).is_empty());
    }

    #[test]
    fn all_lines_count() {
        let expected = "; EXPECT: a\n; EXPECT:\n; EXPECT: b";
        assert!(problems_of(expected, &result(0, "a\n\nb\n", "")).is_empty());
        assert!(problems_of(expected, &result(0, "a\n\nb", "")).is_empty());
        for wrong in [
            "a\n\nb\n\n",
            "a\nb\n",
            "a\n\nb \n",
            "a\n\n",
            "",
            "b\n\na\n",
            "x\na\n\nb\n",
        ] {
            assert_eq!(
                problems_of(expected, &result(0, wrong, "")).len(),
                1,
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn a_difference_is_shown_with_its_surroundings() {
        let expected: String = ["1", "2", "3", "4", "5", "6", "7", "8", "9"]
            .map(|line| format!("; EXPECT: {line}\n"))
            .concat();
        let found = result(0, "1\n2\n3\n4\nfive\nsix\n6\n7\n8\n9\n", "");
        let shown = "standard output differs\n    2\n    3\n    4\n  - 5\n  + five\n  + six\n    \
                     6\n    7\n    8\n";
        assert_eq!(problems_of(&expected, &found), [shown]);
    }

    #[test]
    fn an_inconsistent_heap_is_never_expected() {
        let mut broken = result(1, "", "error: the heap is inconsistent\n");
        broken.inconsistent = true;
        assert_eq!(problems_of("; EXIT: 1", &broken).len(), 1);
    }

    #[test]
    fn counters_need_a_run() {
        let problems = problems_of("; RUN: fmt\n; STATS: instructions < 5", &result(0, "", ""));
        assert_eq!(
            problems,
            ["there is no counter `instructions`: nothing ran"]
        );
    }
}
