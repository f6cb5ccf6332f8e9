//! Where two outputs begin to differ: one line of each, and of a long line the part around the place.

use std::fmt;

/// Characters of a line that are shown before the first that differs, and in all.
const BEFORE: usize = 20;
const SHOWN: usize = 60;

/// The first line that differs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// From 1.
    line: usize,
    /// A part of the line; `None` behind the last one.
    found: Option<String>,
    expected: Option<String>,
}

/// Who says what the output should be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// The program's `BENCH-EXPECT`.
    Comments,
    /// The same program, when it ran before.
    FirstRun,
    /// Another interpreter.
    Peer(String),
}

impl fmt::Display for Expected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expected::Comments => write!(formatter, "its comments say"),
            Expected::FirstRun => write!(formatter, "its first run printed"),
            Expected::Peer(name) => write!(formatter, "{name} printed"),
        }
    }
}

impl Difference {
    /// The first difference of two outputs that are not the same.
    pub(crate) fn between(expected: &str, found: &str) -> Difference {
        let (mut of_expected, mut of_found) = (expected.lines(), found.lines());
        let mut line = 1;
        loop {
            match (of_expected.next(), of_found.next()) {
                (Some(expected), Some(found)) if expected == found => line += 1,
                (None, None) => {
                    return Difference {
                        line,
                        found: None,
                        expected: None,
                    };
                }
                (expected, found) => {
                    let (left, right) = (expected.unwrap_or(""), found.unwrap_or(""));
                    let pairs = left.chars().zip(right.chars());
                    let same = pairs.take_while(|(left, right)| left == right).count();
                    return Difference {
                        line,
                        found: found.map(|line| part(line, same)),
                        expected: expected.map(|line| part(line, same)),
                    };
                }
            }
        }
    }

    /// What was printed, and what should have been.
    pub(crate) fn tell(&self, from: &Expected) -> String {
        let quoted = |part: &Option<String>| match part {
            Some(part) => format!("{part:?}"),
            None => "nothing".to_owned(),
        };
        if (&self.found, &self.expected) == (&None, &None) {
            return format!("ended its lines in another way; {from} the same lines");
        }
        let (found, expected) = (quoted(&self.found), quoted(&self.expected));
        format!("printed {found} in line {}; {from} {expected}", self.line)
    }
}

/// The part of a line around a place.
fn part(line: &str, place: usize) -> String {
    let skipped = match place {
        0..=BEFORE => 0,
        _ => place - BEFORE,
    };
    let mut rest = line.chars().skip(skipped);
    let shown: String = rest.by_ref().take(SHOWN).collect();
    let before = if skipped > 0 { "…" } else { "" };
    let after = if rest.next().is_some() { "…" } else { "" };
    format!("{before}{shown}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tell(expected: &str, found: &str) -> String {
        Difference::between(expected, found).tell(&Expected::FirstRun)
    }

    #[test]
    fn the_first_line_that_differs_is_told() {
        let told = r#"printed "x" in line 2; its first run printed "b""#;
        assert_eq!(tell("a\nb\nc\n", "a\nx\ny\n"), told);
        let told = r#"printed nothing in line 2; its first run printed "b""#;
        assert_eq!(tell("a\nb\n", "a\n"), told);
        let told = r#"printed "b" in line 2; its first run printed nothing"#;
        assert_eq!(tell("a\n", "a\nb\nc\n"), told);
        let told = "ended its lines in another way; its first run printed the same lines";
        assert_eq!(tell("a\n", "a"), told);
    }

    #[test]
    fn of_long_lines_the_place_is_shown() {
        let line = |middle: &str| "ä".repeat(5000) + middle + &"z".repeat(5000);
        let told = tell(&line("1"), &line("2"));
        let part = |middle: &str| format!("\"…{}{middle}{}…\"", "ä".repeat(20), "z".repeat(39));
        let (found, expected) = (part("2"), part("1"));
        assert_eq!(
            told,
            format!("printed {found} in line 1; its first run printed {expected}")
        );
    }
}
