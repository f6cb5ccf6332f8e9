//! What comments say: which commands to run, and what to expect of them.
//!
//! A directive is a line of comment that begins with a word in capitals and a colon. A word that
//! looks like a directive but is none is an error: a test with a misspelt directive would pass
//! whatever happens.

use crate::sizes::Size;

/// All directives of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directives {
    /// At least one.
    pub(super) runs: Vec<RunDirectives>,
    /// Whether the round trip is to be checked.
    pub(super) round_trip: bool,
    /// Whether the programs run with the stress modes that the command asks for.
    pub(super) stress: bool,
}

/// What belongs to one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RunDirectives {
    /// Index of the line with `RUN`, if there is one.
    pub(super) line: Option<usize>,
    /// Index of the last line with a directive that is not of an expected line.
    pub(super) last_line: Option<usize>,
    /// The command and its arguments.
    pub(super) command: Vec<String>,
    pub(super) options: Vec<String>,
    pub(super) output: Vec<ExpectedLine>,
    pub(super) error: Vec<ExpectedLine>,
    pub(super) exit: Option<u8>,
    pub(super) counters: Vec<Counter>,
}

/// A line that a program is to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExpectedLine {
    /// Index of the line that says so.
    pub(super) line: usize,
    pub(super) text: String,
}

/// `STATS: name comparison number`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Counter {
    pub(super) name: String,
    pub(super) comparison: Comparison,
    pub(super) number: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    const TABLE: [(&str, Comparison); 6] = [
        ("==", Comparison::Equal),
        ("!=", Comparison::NotEqual),
        ("<", Comparison::Less),
        ("<=", Comparison::LessOrEqual),
        (">", Comparison::Greater),
        (">=", Comparison::GreaterOrEqual),
    ];

    /// Whether it holds between two numbers.
    pub(super) fn holds(self, left: u64, right: u64) -> bool {
        match self {
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
            Comparison::Less => left < right,
            Comparison::LessOrEqual => left <= right,
            Comparison::Greater => left > right,
            Comparison::GreaterOrEqual => left >= right,
        }
    }

    /// How it is written.
    pub(super) fn sign(self) -> &'static str {
        let found = Self::TABLE
            .iter()
            .find(|(_, comparison)| *comparison == self);
        found.map_or("", |(sign, _)| sign)
    }
}

/// A directive that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DirectiveError {
    /// Index of its line.
    pub(super) line: usize,
    pub(super) message: String,
}

/// The commands that tests can run.
const COMMANDS: [&str; 5] = ["run", "asm", "dis", "fmt", "check"];

const DIRECTIVES: [&str; 8] = [
    "RUN",
    "OPTIONS",
    "EXPECT",
    "EXPECT-ERROR",
    "EXIT",
    "STATS",
    "ROUND-TRIP",
    "STRESS",
];

/// How many letters a word has in common with a directive that it is taken for.
const COMMON_LETTERS: usize = 3;

/// The directives of a text, which need not be a correct program.
pub(super) fn parse(text: &str) -> Result<Directives, DirectiveError> {
    let mut directives = Directives {
        runs: Vec::new(),
        round_trip: true,
        stress: true,
    };
    for (line, source) in text.lines().enumerate() {
        let Some((word, value)) = split(source) else {
            continue;
        };
        let error = |message: String| DirectiveError { line, message };
        if !DIRECTIVES.contains(&word) {
            let looks_like = |name: &&&str| {
                name.as_bytes().get(..COMMON_LETTERS) == word.as_bytes().get(..COMMON_LETTERS)
            };
            if let Some(name) = DIRECTIVES.iter().find(looks_like) {
                return Err(error(format!(
                    "unknown directive `{word}`; is it `{name}`?"
                )));
            }
            continue;
        }
        directive(&mut directives, line, word, value).map_err(error)?;
    }
    if directives.runs.is_empty() {
        directives.runs.push(RunDirectives {
            command: vec!["run".into()],
            ..Default::default()
        });
    }
    Ok(directives)
}

/// Word and value of a comment that may be a directive. One blank behind the colon is not part of
/// the value.
fn split(line: &str) -> Option<(&str, &str)> {
    let comment = line.trim_start().strip_prefix(';')?.trim_start();
    let (word, value) = comment.split_once(':')?;
    let is_word = word.starts_with(|char: char| char.is_ascii_uppercase())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'-');
    is_word.then(|| (word, value.strip_prefix(' ').unwrap_or(value)))
}

fn directive(
    directives: &mut Directives,
    line: usize,
    word: &str,
    value: &str,
) -> Result<(), String> {
    if word == "ROUND-TRIP" || word == "STRESS" {
        if value.trim() != "no" {
            return Err(format!("`{word}` is followed by `no`"));
        }
        let switch = match word {
            "STRESS" => &mut directives.stress,
            _ => &mut directives.round_trip,
        };
        *switch = false;
        return Ok(());
    }
    if word == "RUN" {
        if directives
            .runs
            .first()
            .is_some_and(|first| first.line.is_none())
        {
            return Err("the directives of a run follow its `RUN`".to_owned());
        }
        let mut command = words(value)?;
        if command.is_empty() {
            command.push("run".to_owned());
        }
        if !COMMANDS.contains(&command[0].as_str()) {
            return Err(format!(
                "`RUN` is followed by one of: {}",
                COMMANDS.join(", ")
            ));
        }
        let (line, last_line) = (Some(line), Some(line));
        directives.runs.push(RunDirectives {
            line,
            last_line,
            command,
            ..Default::default()
        });
        return Ok(());
    }
    if directives.runs.is_empty() {
        directives.runs.push(RunDirectives {
            command: vec!["run".into()],
            ..Default::default()
        });
    }
    let Some(run) = directives.runs.last_mut() else {
        return Ok(());
    };
    match word {
        "EXPECT" => run.output.push(ExpectedLine {
            line,
            text: value.to_owned(),
        }),
        "EXPECT-ERROR" => run.error.push(ExpectedLine {
            line,
            text: value.to_owned(),
        }),
        "OPTIONS" => run.options.extend(words(value)?),
        "EXIT" => {
            let status = value.trim().parse();
            run.exit = Some(status.map_err(|_| "`EXIT` is followed by a number below 256")?);
        }
        _ => run.counters.push(counter(value)?),
    }
    if !word.starts_with("EXPECT") {
        run.last_line = Some(line);
    }
    Ok(())
}

fn counter(value: &str) -> Result<Counter, String> {
    const FORM: &str = "`STATS` is followed by a counter, a comparison and a number, as in \
                        `collections_0 >= 3`";
    let words: Vec<&str> = value.split_whitespace().collect();
    let &[name, sign, number] = words.as_slice() else {
        return Err(FORM.to_owned());
    };
    let found = Comparison::TABLE.iter().find(|(known, _)| *known == sign);
    let (_, comparison) = *found.ok_or(FORM)?;
    let number = number.parse::<Size>().map_err(|_| FORM)?.bytes;
    Ok(Counter {
        name: name.to_owned(),
        comparison,
        number,
    })
}

/// The words of a command line: separated by blanks, which quotes make part of a word.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut is_quoted = false;
    for char in text.chars() {
        match char {
            '"' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            char if char.is_whitespace() && !is_quoted => words.extend(word.take()),
            char => word.get_or_insert_default().push(char),
        }
    }
    if is_quoted {
        return Err("a quote is not closed".to_owned());
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[ExpectedLine]) -> Vec<&str> {
        lines.iter().map(|line| line.text.as_str()).collect()
    }

    fn error(text: &str) -> String {
        parse(text).unwrap_err().message
    }

    #[test]
    fn a_text_without_directives_is_run() {
        let directives = parse("; a comment: with a colon\n.func main()\n.end\n").unwrap();
        assert_eq!(directives.runs.len(), 1);
        assert_eq!(directives.runs[0].command, ["run"]);
        assert!(directives.round_trip);
    }

    #[test]
    fn each_run_has_what_follows_it() {
        let text = "; RUN: run 1 \"two words\" \"\"\n;EXPECT: a\n  ; EXPECT:  b \n; EXPECT:\n\
                    ; RUN: dis --offsets\n; EXIT: 3\n; EXPECT-ERROR: c: d\n; ROUND-TRIP: no\n\
                    ; OPTIONS: --gc off\n; OPTIONS: -q\n";
        let directives = parse(text).unwrap();
        let [first, second] = directives.runs.as_slice() else {
            panic!("two runs")
        };
        assert_eq!(first.command, ["run", "1", "two words", ""]);
        assert_eq!(texts(&first.output), ["a", " b ", ""]);
        assert_eq!(
            (first.line, first.last_line, first.exit),
            (Some(0), Some(0), None)
        );
        assert_eq!(second.command, ["dis", "--offsets"]);
        assert_eq!(texts(&second.error), ["c: d"]);
        assert_eq!(second.options, ["--gc", "off", "-q"]);
        assert_eq!(
            (second.line, second.last_line, second.exit),
            (Some(4), Some(9), Some(3))
        );
        assert!(!directives.round_trip);
        assert!(directives.stress);
        assert!(!parse("; STRESS: no\n").unwrap().stress);
        assert_eq!(error("; STRESS: yes\n"), "`STRESS` is followed by `no`");
    }

    #[test]
    fn counters_are_compared() {
        let runs = parse("; STATS: peak_bytes <= 10MiB\n; STATS: instructions != 1_000")
            .unwrap()
            .runs;
        let counters = &runs[0].counters;
        assert_eq!(counters[0].name, "peak_bytes");
        assert_eq!(counters[0].number, 10 << 20);
        assert!(counters[0].comparison.holds(10 << 20, counters[0].number));
        assert!(
            !counters[0]
                .comparison
                .holds((10 << 20) + 1, counters[0].number)
        );
        assert_eq!(counters[1].comparison.sign(), "!=");
        for wrong in ["peak_bytes", "peak_bytes = 1", "peak_bytes < x", "a < 1 2"] {
            assert!(error(&format!("; STATS: {wrong}")).contains("`STATS` is followed by"));
        }
    }

    #[test]
    fn comparisons_hold_as_their_signs_say() {
        let held = |left| {
            let signs = Comparison::TABLE
                .iter()
                .filter(|(_, sign)| sign.holds(left, 5));
            signs.map(|(sign, _)| *sign).collect::<Vec<_>>()
        };
        assert_eq!(held(4), ["!=", "<", "<="]);
        assert_eq!(held(5), ["==", "<=", ">="]);
        assert_eq!(held(6), ["!=", ">", ">="]);
    }

    #[test]
    fn what_is_misspelt_is_an_error() {
        assert_eq!(
            error("; EXPECTED: x"),
            "unknown directive `EXPECTED`; is it `EXPECT`?"
        );
        assert_eq!(
            error("\n; ROUNDTRIP: no"),
            "unknown directive `ROUNDTRIP`; is it `ROUND-TRIP`?"
        );
        assert_eq!(parse("\n; EXPECT-ERR: x").unwrap_err().line, 1);
        assert!(error("; RUN: rum").contains("one of: run, asm"));
        assert!(error("; EXIT: 256").contains("below 256"));
        assert!(error("; RUN: run \"x").contains("quote"));
        assert!(error("; ROUND-TRIP: maybe").contains("`no`"));
        assert!(error("; EXPECT: early\n; RUN: run").contains("follow"));
        assert!(parse("; NOTE: this is no directive\n; Run: neither").is_ok());
    }
}
