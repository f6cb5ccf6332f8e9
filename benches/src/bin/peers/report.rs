//! The table for people, the values for programs, and where they are kept.

use crate::figures::{Figures, INSTANCE_GOAL_BYTES, START_GOAL_MS};
use crate::peer::{Peer, package};
use crate::{Failure, Row};
use std::fmt::Write;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};
use vm_benches::splice::splice;
use vm_benches::statistics::{geometric_mean, median, median_ratio, minimum};

/// The table in Markdown, with the command that made it.
pub(crate) fn markdown(peers: &[Peer], rows: &[Row], figures: &Figures, rounds: usize) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "Made on {} by `cargo run --release -p vm-benches --bin peers -- --rounds {rounds}`. Processor \
         seconds: median (minimum), and **how many times as long as `vm`** it took: below 1, the peer \
         is faster.\n",
        today()
    );
    let heads: Vec<&str> = peers.iter().map(|peer| peer.name.as_str()).collect();
    let _ = writeln!(text, "| program | {} |", heads.join(" | "));
    let _ = writeln!(text, "|---{}|", "|---".repeat(peers.len()));
    let mut ratios = vec![Vec::new(); peers.len()];
    for row in rows {
        let _ = write!(text, "| {} {} |", row.program, row.argument);
        for (index, seconds) in row.cpu_s.iter().enumerate() {
            let _ = write!(text, " {:.3} ({:.3})", median(seconds), minimum(seconds));
            if index > 0 {
                let ratio = median_ratio(seconds, &row.cpu_s[0]);
                ratios[index].push(ratio);
                let _ = write!(text, " **{ratio:.2}**");
            }
            text.push_str(" |");
        }
        text.push('\n');
    }
    text.push_str("| geometric mean of the ratios |");
    for (index, ratios) in ratios.iter().enumerate() {
        let mean = if index == 0 {
            1.0
        } else {
            geometric_mean(ratios)
        };
        let _ = write!(text, " {mean:.2} |");
    }
    text.push_str("\n| an empty program, processor ms |");
    for start in &figures.start {
        let _ = write!(text, " {:.2} ({:.2}) |", start.cpu_ms, start.cpu_least_ms);
    }
    text.push_str("\n\n");
    if let Some(start) = figures.start.first() {
        let _ = writeln!(
            text,
            "- Start-up of `vm`: {:.2} ms of processor time in the median, {:.2} ms of wall time at \
             the fastest; the goal is at most {START_GOAL_MS} ms: {}.",
            start.cpu_ms,
            start.wall_least_ms,
            met(start.cpu_ms.max(start.wall_least_ms) <= START_GOAL_MS)
        );
    }
    let _ = writeln!(
        text,
        "- An instance with two slots: {:.1} bytes of heap; the goal is at most \
         {INSTANCE_GOAL_BYTES} bytes: {}.",
        figures.instance_bytes,
        met(figures.instance_bytes <= INSTANCE_GOAL_BYTES)
    );
    let versions: Vec<&str> = peers.iter().map(|peer| peer.version.as_str()).collect();
    let _ = writeln!(text, "- Versions: {}.", versions.join("; "));
    text
}

fn met(met: bool) -> &'static str {
    if met { "met" } else { "not met" }
}

/// One line for each run.
pub(crate) fn csv(peers: &[Peer], rows: &[Row], figures: &Figures) -> String {
    let mut text = "measure,program,argument,peer,version,round,value\n".to_owned();
    for row in rows {
        for (peer, seconds) in peers.iter().zip(&row.cpu_s) {
            let (name, version) = (field(&peer.name), field(&peer.version));
            for (round, seconds) in seconds.iter().enumerate() {
                let (program, argument) = (row.program, row.argument);
                let _ = writeln!(
                    text,
                    "cpu_s,{program},{argument},{name},{version},{round},{seconds:.6}"
                );
            }
        }
    }
    for (peer, start) in peers.iter().zip(&figures.start) {
        let (name, version) = (field(&peer.name), field(&peer.version));
        for (measure, ms) in [
            ("start_cpu_ms_median", start.cpu_ms),
            ("start_cpu_ms_least", start.cpu_least_ms),
            ("start_wall_ms_least", start.wall_least_ms),
        ] {
            let _ = writeln!(text, "{measure},empty,,{name},{version},,{ms:.4}");
        }
    }
    if let Some(machine) = peers.first() {
        let (name, version) = (field(&machine.name), field(&machine.version));
        let bytes = figures.instance_bytes;
        let _ = writeln!(text, "instance_bytes,instances,,{name},{version},,{bytes}");
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

/// Writes the values to the record of today.
pub(crate) fn record(csv: &str) -> Result<PathBuf, Failure> {
    let directory = package().join("record");
    let path = directory.join(format!("{}.csv", today()));
    std::fs::create_dir_all(&directory)
        .and_then(|()| std::fs::write(&path, csv))
        .map_err(|source| Failure::File {
            path: path.clone(),
            source,
        })?;
    Ok(path)
}

/// Puts the table into the README.
pub(crate) fn into_readme(table: &str) -> Result<(), Failure> {
    let path = package().join("README.md");
    let failed = |source| Failure::File {
        path: path.clone(),
        source,
    };
    let readme = std::fs::read_to_string(&path).map_err(failed)?;
    let spliced = splice(&readme, "peers", table).map_err(|marker| Failure::NoMarker {
        path: path.clone(),
        marker,
    })?;
    std::fs::write(&path, spliced).map_err(failed)
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
