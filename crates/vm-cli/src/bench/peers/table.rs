//! The table for people, and the values for programs.
//!
//! Ratios are to one peer, the base. Means are over the programs that every peer ran which ran any;
//! other programs stand below them. A dash is in the place of what was not measured.

use super::{Figures, Row};
use crate::columns::counted;
use std::fmt::Write;
use std::time::{SystemTime, UNIX_EPOCH};
use vm_measure::statistics::{geometric_mean, median, median_ratio, minimum};

impl Row {
    fn cpu_s(&self, peer: usize) -> Vec<f64> {
        self.runs[peer].iter().map(|run| run.cpu_s).collect()
    }

    fn peak_mib(&self, peer: usize) -> Vec<f64> {
        let runs = self.runs[peer].iter();
        runs.map(|run| run.peak_bytes as f64 / f64::from(1 << 20))
            .collect()
    }

    /// Whether all peers that ran any program ran this one.
    fn is_common(&self, figures: &Figures) -> bool {
        (0..figures.peers.len()).all(|peer| {
            !self.runs[peer].is_empty() || figures.rows.iter().all(|row| row.runs[peer].is_empty())
        })
    }
}

/// The geometric mean of each peer's ratios over the common programs; NaN if it ran none.
pub(super) fn means(figures: &Figures) -> Vec<f64> {
    let common = figures.rows.iter().filter(|row| row.is_common(figures));
    let common: Vec<&Row> = common.collect();
    let mean = |peer: usize| {
        let ratios = common.iter().filter(|row| !row.runs[peer].is_empty());
        let ratios: Vec<f64> = ratios
            .map(|row| median_ratio(&row.cpu_s(peer), &row.cpu_s(figures.base)))
            .collect();
        geometric_mean(&ratios)
    };
    (0..figures.peers.len()).map(mean).collect()
}

/// Tables in Markdown.
pub(super) fn markdown(figures: &Figures) -> String {
    let mut text = String::new();
    let base = &figures.peers[figures.base].name;
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "{}, {}, on {}. Processor seconds of the process, median, and in brackets its ratio to \
         {base}.\n",
        today(),
        counted(figures.rounds.into(), "round"),
        machine()
    );
    // What ran nothing is not in the table.
    let peers = 0..figures.peers.len();
    let shown: Vec<usize> = peers.filter(|&peer| figures.ran(peer)).collect();
    if !figures.rows.is_empty() {
        write_programs(&mut text, figures, &shown);
    }
    if let Some(start) = &figures.start {
        text.push_str("\nAn empty program, ms: processor time and, behind it, wall time.\n\n");
        write_head(&mut text, "", figures, &shown);
        let least = |of: Vec<f64>| minimum(&of) * 1e3;
        let wall_s = |peer: usize| start.runs[peer].iter().map(|run| run.wall_s).collect();
        for (name, choose) in [
            (
                "median",
                (|of: Vec<f64>| median(&of) * 1e3) as fn(Vec<f64>) -> f64,
            ),
            ("least", least),
        ] {
            let _ = write!(text, "| {name} |");
            for &peer in &shown {
                if start.runs[peer].is_empty() {
                    text.push_str(" – |");
                    continue;
                }
                let (cpu, wall) = (choose(start.cpu_s(peer)), choose(wall_s(peer)));
                let _ = write!(text, " {cpu:.1}, {wall:.1} |");
            }
            text.push('\n');
        }
    }
    let _ = writeln!(
        text,
        "\n- Assembling: {:.2} million lines a second. Reading and verifying a module: {:.0} MB \
         a second; linking it: {:.0}.",
        figures.load.assembled_lines_per_s / 1e6,
        figures.load.loaded_bytes_per_s / 1e6,
        figures.load.linked_bytes_per_s / 1e6
    );
    let versions = shown.iter().map(|&peer| &figures.peers[peer]);
    let versions: Vec<String> = versions
        .map(|peer| format!("{}: {}", peer.name, peer.described()))
        .collect();
    let _ = writeln!(text, "- Versions: {}.", versions.join("; "));
    text
}

/// The head of a table, with the peers that are shown.
fn write_head(text: &mut String, first: &str, figures: &Figures, shown: &[usize]) {
    let names = shown.iter().map(|&peer| &*figures.peers[peer].name);
    let names: Vec<&str> = names.collect();
    let _ = writeln!(text, "| {first} | {} |", names.join(" | "));
    let _ = writeln!(text, "|---{}|", "|---".repeat(names.len()));
}

/// Times of the programs, their means, and memory.
fn write_programs(text: &mut String, figures: &Figures, shown: &[usize]) {
    // Writing to a string cannot fail.
    write_head(text, "program", figures, shown);
    let write_row = |text: &mut String, row: &Row, values: &dyn Fn(usize) -> Vec<f64>, digits| {
        let _ = write!(text, "| {} |", row.program);
        for &peer in shown {
            if row.runs[peer].is_empty() {
                text.push_str(" – |");
                continue;
            }
            let value = median(&values(peer));
            let _ = write!(text, " {value:.digits$}");
            if !row.runs[figures.base].is_empty() {
                let ratio = median_ratio(&values(peer), &values(figures.base));
                let _ = write!(text, " ({ratio:.2})");
            }
            text.push_str(" |");
        }
        text.push('\n');
    };
    let (common, others): (Vec<&Row>, Vec<&Row>) =
        figures.rows.iter().partition(|row| row.is_common(figures));
    for row in &common {
        write_row(text, row, &|peer| row.cpu_s(peer), 3);
    }
    if !common.is_empty() {
        let means = means(figures);
        let _ = write!(text, "| **geometric mean of {}** |", common.len());
        for &peer in shown {
            let _ = match means[peer] {
                mean if mean.is_finite() => write!(text, " **{mean:.2}** |"),
                _ => write!(text, " – |"),
            };
        }
        text.push('\n');
    }
    for row in &others {
        write_row(text, row, &|peer| row.cpu_s(peer), 3);
    }
    text.push_str("\nThe most memory that the process had, MiB.\n\n");
    write_head(text, "program", figures, shown);
    for row in &figures.rows {
        write_row(text, row, &|peer| row.peak_mib(peer), 1);
    }
}

/// One line for each run.
pub(super) fn csv(figures: &Figures) -> String {
    let mut text = "measure,program,arguments,peer,version,round,value\n".to_owned();
    let _ = writeln!(text, "date,,,,,,{}", today());
    let _ = writeln!(text, "machine,,,,,,{}", field(&machine()));
    let speeds = [
        ("assembled_lines_per_s", figures.load.assembled_lines_per_s),
        ("loaded_bytes_per_s", figures.load.loaded_bytes_per_s),
        ("linked_bytes_per_s", figures.load.linked_bytes_per_s),
    ];
    for (measure, value) in speeds {
        let _ = writeln!(text, "{measure},,,vm,,,{value:.0}");
    }
    for row in figures.rows.iter().chain(&figures.start) {
        for (peer, runs) in figures.peers.iter().zip(&row.runs) {
            let (name, version) = (field(&peer.name), field(&peer.described()));
            let (program, arguments) = (field(&row.program), field(&row.arguments));
            for (round, run) in runs.iter().enumerate() {
                let key = format!("{program},{arguments},{name},{version},{round}");
                let _ = writeln!(text, "cpu_s,{key},{:.6}", run.cpu_s);
                let _ = writeln!(text, "wall_s,{key},{:.6}", run.wall_s);
                let _ = writeln!(text, "peak_bytes,{key},{}", run.peak_bytes);
            }
        }
    }
    text
}

/// A field of comma-separated values.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Processor and operating system.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.map(|model| model.trim_matches([' ', '\t', ':']));
    let model = model.unwrap_or(std::env::consts::ARCH);
    let kernel = read("/proc/sys/kernel/osrelease");
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    let system = std::env::consts::OS;
    let processors = counted(count as u64, "processor");
    format!("{model}, {processors}, {system} {}", kernel.trim())
        .trim()
        .to_owned()
}

/// Today's date in Greenwich, as year-month-day.
fn today() -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    date(now.as_secs() / 86_400)
}

/// The date of a day counted from 1970-01-01.
fn date(mut day: u64) -> String {
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    while day >= 365 + u64::from(leap(year)) {
        day -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let mut month = 1;
    for days in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if day < days {
            break;
        }
        day -= days;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", day + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    // From `date -u -d @$((day * 86400)) +%F`.
    #[test]
    fn dates() {
        for (day, expected) in [
            (0, "1970-01-01"),
            (58, "1970-02-28"),
            (59, "1970-03-01"),
            (789, "1972-02-29"),
            (10_957, "2000-01-01"),
            (11_016, "2000-02-29"),
            (20_453, "2025-12-31"),
            (20_454, "2026-01-01"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(date(day), expected);
        }
    }

    #[test]
    fn fields_are_quoted_when_they_must_be() {
        assert_eq!(field("lua 5.4"), "lua 5.4");
        assert_eq!(field("a,\"b\""), "\"a,\"\"b\"\"\"");
    }
}
