//! Tables of text.
//!
//! ```text
//! p.vasm: 77 instructions, 11 calls
//!
//! function          self    total  calls  instructions  increfs  decrefs
//! main            74.0 %  100.0 %      1            57       12        1
//! twice           26.0 %   26.0 %     10            20        0        0
//! ```
//!
//! Shares are of the weight. Counters that are zero in the whole run have no column, and lines and
//! instructions that weigh nothing are left out.

use super::Run;
use super::tables::Tables;
use crate::arguments::{Profile as Arguments, Weight};
use crate::columns::{Line, counted, lay_out, line, thousands};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::io::{self, Write};
use std::iter;
use vm_core::Counts;
use vm_core::profile::{Pair, Profile};

/// Characters of a source line that are shown.
const SOURCE_WIDTH: usize = 36;

/// A counter of rows: what its column is called, and what is in it.
type Counter = (&'static str, fn(&Counts) -> u64);

/// The columns of tables.
const COUNTERS: [Counter; 8] = [
    ("instructions", |counts| counts.instructions),
    ("allocations", |counts| counts.allocations),
    ("bytes", |counts| counts.allocated_bytes),
    ("increfs", |counts| counts.increments),
    ("decrefs", |counts| counts.decrements),
    ("elided", |counts| counts.elided),
    ("hits", |counts| counts.cache_hits),
    ("misses", |counts| counts.cache_misses),
];

/// A row of counts.
struct Row {
    label: String,
    counts: Counts,
    /// With what was called, and how often that was; functions alone have these.
    function: Option<(Counts, u64)>,
}

/// Writes the tables; `source` gives the texts of source files.
pub(super) fn write(
    run: &Run<'_>,
    profile: &Profile,
    tables: &Tables<'_>,
    arguments: &Arguments,
    source: impl Fn(&str) -> Option<String>,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(summary(run, profile).as_bytes())?;
    let table = Table {
        weight: arguments.weight,
        top: arguments.top,
        all: run.counts,
    };
    let functions = tables.functions.iter().map(|row| Row {
        label: row.name.clone(),
        counts: row.own,
        function: Some((row.total, row.calls)),
    });
    let instructions = tables.instructions.iter().map(|row| Row {
        label: row.mnemonic.to_owned(),
        counts: row.counts,
        function: None,
    });
    table.write("function", functions.collect(), out)?;
    table.write("line", line_rows(tables, source), out)?;
    table.write("instruction", instructions.collect(), out)?;
    write_pairs(tables, arguments.top, out)
}

/// What ran, all that was counted, and what the limits of profiles left out.
fn summary(run: &Run<'_>, profile: &Profile) -> String {
    let mut parts: Vec<String> = Vec::new();
    let calls: Counter = ("calls", |counts| counts.calls);
    for (name, of) in [COUNTERS[0], calls].iter().chain(&COUNTERS[1..]) {
        let value = of(run.counts);
        if value > 0 {
            parts.push(match *name {
                "misses" if value == 1 => "1 miss".to_owned(),
                "elided" => format!("{} elided", thousands(value)),
                // All others end with an `s`.
                name => counted(value, name.trim_end_matches('s')),
            });
        }
    }
    let mut text = format!("{}: {}\n", run.words.join(" "), parts.join(", "));
    if profile.elsewhere != Counts::default() {
        text.push_str(&format!(
            "too many instructions to tell apart: {} of what was executed are in no line\n",
            thousands(profile.elsewhere.instructions),
        ));
    }
    if profile.cut_calls > 0 {
        text.push_str(&format!(
            "too many stacks of calls to tell apart: {} in no total of a caller\n",
            counted(profile.cut_calls, "call"),
        ));
    }
    text
}

fn line_rows(tables: &Tables<'_>, source: impl Fn(&str) -> Option<String>) -> Vec<Row> {
    // The lines of each file, cut.
    let mut texts: HashMap<&str, Vec<String>> = HashMap::new();
    let digits = |line: u32| line.to_string().len();
    let numbers = tables.lines.iter().map(|row| digits(row.line)).max();
    let numbers = numbers.unwrap_or(0);
    let rows = tables.lines.iter().map(|row| {
        let text = row.file.and_then(|file| {
            let lines = texts.entry(file).or_insert_with(|| {
                let text = source(file).unwrap_or_default();
                text.lines().map(|line| cut(line.trim())).collect()
            });
            lines.get((row.line as usize).checked_sub(1)?)
        });
        let text = text.map_or("", String::as_str);
        let label = format!("{:>numbers$} {}  {text}", row.line, row.function);
        Row {
            label: label.trim_end().to_owned(),
            counts: row.counts,
            function: None,
        }
    });
    rows.collect()
}

/// The beginning of a text.
fn cut(text: &str) -> String {
    match text.char_indices().nth(SOURCE_WIDTH) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// How tables are written.
struct Table<'a> {
    weight: Weight,
    top: usize,
    /// The counts of the run.
    all: &'a Counts,
}

impl Table<'_> {
    fn write(&self, name: &str, mut rows: Vec<Row>, out: &mut dyn Write) -> io::Result<()> {
        let weight = |row: &Row| self.weight.of(&row.counts);
        let total = |row: &Row| row.function.map_or(0, |(total, _)| self.weight.of(&total));
        rows.retain(|row| row.function.is_some() || weight(row) > 0);
        let Some(first) = rows.first() else {
            return Ok(());
        };
        let of_functions = first.function.is_some();
        let calls = |row: &Row| row.function.map_or(0, |(_, calls)| calls);
        rows.sort_by_key(|row| {
            Reverse((weight(row), total(row), row.counts.instructions, calls(row)))
        });
        let counters: Vec<&Counter> = COUNTERS.iter().filter(|(_, of)| of(self.all) > 0).collect();
        let title = format!("{name}, by {}", self.weight.name());
        let heads = if of_functions {
            vec!["self", "total", "calls"]
        } else {
            vec!["share"]
        };
        let heads = heads
            .into_iter()
            .chain(counters.iter().map(|(name, _)| *name));
        let mut lines = vec![line(title, heads.map(str::to_owned))];
        let shown = rows.len().min(self.top);
        lines.extend(rows[..shown].iter().map(|row| self.row(row, &counters)));
        let mut rest = Counts::default();
        for row in &rows[shown..] {
            rest += row.counts;
        }
        if shown < rows.len() {
            let rest = Row {
                label: format!("({} more)", rows.len() - shown),
                counts: rest,
                function: None,
            };
            let mut last = self.row(&rest, &counters);
            if of_functions {
                last.columns.splice(1..1, [String::new(), String::new()]);
            }
            lines.push(last);
        }
        write!(out, "\n{}", lay_out(&lines))
    }

    fn row(&self, row: &Row, counters: &[&Counter]) -> Line {
        let all = self.weight.of(self.all);
        let share = |counts: &Counts| percent(self.weight.of(counts), all);
        let mut columns = vec![share(&row.counts)];
        if let Some((total, calls)) = &row.function {
            columns.extend([share(total), thousands(*calls)]);
        }
        columns.extend(counters.iter().map(|(_, of)| thousands(of(&row.counts))));
        line(row.label.clone(), columns)
    }
}

fn write_pairs(tables: &Tables<'_>, top: usize, out: &mut dyn Write) -> io::Result<()> {
    if tables.pairs.is_empty() {
        return Ok(());
    }
    let all: u64 = tables.pairs.iter().map(|pair| pair.times).sum();
    let mut pairs = tables.pairs.clone();
    pairs.sort_by_key(|pair| Reverse(pair.times));
    let heads = ["share", "times", "in sequence", "fused"].map(str::to_owned);
    let mut lines = vec![line("pair", heads)];
    let row = |label: String, pairs: &[&Pair]| {
        let sum = |of: fn(&Pair) -> u64| pairs.iter().map(|pair| of(pair)).sum::<u64>();
        let times = sum(|pair| pair.times);
        let counts = [times, sum(|pair| pair.in_sequence), sum(|pair| pair.fused)];
        line(
            label,
            iter::once(percent(times, all)).chain(counts.map(thousands)),
        )
    };
    let (shown, rest) = pairs.split_at(pairs.len().min(top));
    for pair in shown.chunks(1) {
        lines.push(row(format!("{} + {}", pair[0].first, pair[0].second), pair));
    }
    if !rest.is_empty() {
        lines.push(row(format!("({} more)", rest.len()), rest));
    }
    write!(out, "\n{}", lay_out(&lines))
}

fn percent(part: u64, all: u64) -> String {
    let share = if all == 0 {
        0.0
    } else {
        part as f64 * 100.0 / all as f64
    };
    format!("{share:.1} %")
}
