//! Writing down what programs print.
//!
//! 1. The lines of a stream are rewritten if there are some, or if the run has neither EXPECT nor
//!    EXPECT-ERROR lines: a stream that the author left out stays out.
//! 2. They come where the first of them was, or behind the other directives of their run.
//! 3. An exit status of 0 is written down where EXPECT-ERROR would now imply 1. Any other unexpected
//!    status stays an error.

use super::compare::lines;
use super::directives::{ExpectedLine, RunDirectives};
use super::runs::RunResult;
use std::collections::{BTreeMap, HashSet};

/// The text of a test with what the runs printed.
pub(super) fn rewrite(text: &str, runs: &[RunDirectives], results: &[RunResult]) -> String {
    let source: Vec<&str> = text.lines().collect();
    let mut removed: HashSet<usize> = HashSet::new();
    let mut inserted: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (run, result) in runs.iter().zip(results) {
        let is_new = run.output.is_empty() && run.error.is_empty();
        let behind = run
            .last_line
            .map_or_else(|| header_lines(&source), |line| line + 1);
        let mut rewrite =
            |expected: &[ExpectedLine], mut lines: Vec<String>, exit: Option<&str>| {
                if expected.is_empty() && !is_new {
                    return;
                }
                removed.extend(expected.iter().map(|line| line.line));
                let position = expected.first().map_or(behind, |line| line.line);
                lines.splice(0..0, exit.map(str::to_owned));
                inserted.entry(position).or_default().extend(lines);
            };
        rewrite(&run.output, directives("EXPECT", &result.output), None);
        let errors = directives("EXPECT-ERROR", &result.error);
        let implies = run.exit.is_none() && result.status == 0 && !errors.is_empty();
        rewrite(&run.error, errors, implies.then_some("; EXIT: 0"));
    }
    let mut blessed = String::new();
    for index in 0..=source.len() {
        let new = inserted
            .get(&index)
            .into_iter()
            .flatten()
            .map(String::as_str);
        let old = source
            .get(index)
            .filter(|_| !removed.contains(&index))
            .copied();
        for line in new.chain(old) {
            blessed.push_str(line);
            blessed.push('\n');
        }
    }
    blessed
}

/// How many lines of comment the text begins with.
fn header_lines(source: &[&str]) -> usize {
    source
        .iter()
        .take_while(|line| line.trim_start().starts_with(';'))
        .count()
}

fn directives(word: &str, text: &str) -> Vec<String> {
    let directive = |line: &str| match line {
        "" => format!("; {word}:"),
        line => format!("; {word}: {line}"),
    };
    lines(text).into_iter().map(directive).collect()
}

#[cfg(test)]
mod tests {
    use super::super::directives::parse;
    use super::*;

    fn bless(text: &str, results: &[(u8, &str, &str)]) -> String {
        let result = |&(status, output, error): &(u8, &str, &str)| RunResult {
            status,
            output: output.to_owned(),
            error: error.to_owned(),
            statistics: None,
            inconsistent: false,
        };
        let results: Vec<RunResult> = results.iter().map(result).collect();
        let blessed = rewrite(text, &parse(text).unwrap().runs, &results);
        let again = rewrite(&blessed, &parse(&blessed).unwrap().runs, &results);
        assert_eq!(again, blessed, "blessing twice changes nothing");
        blessed
    }

    #[test]
    fn lines_are_replaced_in_place() {
        let text = "; RUN: run\n; EXPECT: old\n; EXPECT: older\n; EXIT: 0\ncode\n";
        let blessed = "; RUN: run\n; EXPECT: new\n; EXIT: 0\ncode\n";
        assert_eq!(bless(text, &[(0, "new\n", "not mentioned\n")]), blessed);
    }

    #[test]
    fn each_run_gets_its_own() {
        let text = "; RUN: run\n; RUN: run 2\n; OPTIONS: -q\n\ncode\n";
        let blessed = "; RUN: run\n; EXPECT: a\n; EXPECT:\n; RUN: run 2\n; OPTIONS: -q\n\
                       ; EXPECT-ERROR: b\n\ncode\n";
        assert_eq!(bless(text, &[(0, "a\n\n", ""), (1, "", "b\n")]), blessed);
    }

    #[test]
    fn a_text_without_directives_gets_them_behind_its_header() {
        let blessed = "; About.\n; EXPECT: a\n; EXIT: 0\n; EXPECT-ERROR: b\n\ncode\n";
        assert_eq!(bless("; About.\n\ncode\n", &[(0, "a\n", "b\n")]), blessed);
        assert_eq!(bless("code", &[(0, "a", "")]), "; EXPECT: a\ncode\n");
    }
}
