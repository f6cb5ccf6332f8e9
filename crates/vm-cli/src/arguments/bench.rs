//! Arguments of `vm bench`.

use super::MachineOptions;
use clap::Args;
use std::path::PathBuf;

const AFTER_BENCH: &str = "\
A program runs once with everything counted, then as often as --rounds says with nothing counted,
for the times. Counters do not vary from run to run; times are processor time, and do. Comments in
a text tell how it is run:
  ; BENCH: 32                 its arguments
  ; BENCH-EXPECT: line        a line of its output; if there are any, these are all

With --against, counters are compared, in sum and by function, and the exit status is 1 if one that
costs something grew by more than --fail-over, or if a program or a counter is not in the record.
Times are shown beside them and decide nothing. --save may name the same file: if nothing fails, the
programs get their new figures there, and those that were not run keep theirs.

A program that fails, or prints more than 64 MiB, is told; the others are measured, compared and
saved, and the exit status is 1.

With --peers, each program runs under this `vm`, with its defaults, and under each interpreter that
is found here and has a twin of the program beside it (NAME.py, .lua, .js, .php, .rb), in turns. All
must print the same; who does not, or fails, is left out of the program, and the exit status is 1. A
program named `empty` is for the time of starting. CPythons of pyenv are found too. --peer names
further ones: the first word of NAME tells what it is (vm, python, pypy, lua, luajit, luau, qjs,
node, php, ruby), words with a hyphen are its options.

Examples:
  vm bench p.vasm                                    what it costs
  vm bench --save before.json p.vasm                 write it down
  vm bench --against before.json p.vasm              what changed, and where
  vm bench --gc off --against before.json p.vasm     what the collector costs
  vm bench --peers benches/programs/*.vasm
  vm bench --peers --peer 'luajit -joff=/opt/luajit' --csv figures.csv --svg chart.svg p.vasm";

/// Arguments of `vm bench`.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = AFTER_BENCH)]
pub struct Bench {
    /// The machine.
    #[command(flatten)]
    pub machine: MachineOptions,
    /// Write counters and times to this file, as JSON
    #[arg(long, value_name = "FILE", conflicts_with = "peers")]
    pub save: Option<PathBuf>,
    /// Compare with what --save wrote
    #[arg(long, value_name = "FILE", conflicts_with = "peers")]
    pub against: Option<PathBuf>,
    /// By how much a counter may grow
    #[arg(long, value_name = "PERCENT", default_value = "1%", value_parser = parse_percent)]
    #[arg(requires = "against")]
    pub fail_over: f64,
    /// How often each program runs for its time
    #[arg(long, value_name = "N", default_value = "5")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub rounds: u16,
    /// Measure other interpreters beside this one, which runs with its defaults
    #[arg(long, conflicts_with = "MachineOptions")]
    pub peers: bool,
    /// An interpreter besides those that are found; may be repeated
    #[arg(long, value_name = "NAME=PATH", value_parser = parse_peer, requires = "peers")]
    pub peer: Vec<(String, PathBuf)>,
    /// Write every single figure to this file
    #[arg(long, value_name = "FILE", requires = "peers")]
    pub csv: Option<PathBuf>,
    /// Draw the means to this file
    #[arg(long, value_name = "FILE", requires = "peers")]
    pub svg: Option<PathBuf>,
    /// Put the table into this document, between `<!-- peers: begin -->` and `<!-- peers: end -->`
    #[arg(long, value_name = "FILE", requires = "peers")]
    pub splice: Option<PathBuf>,
    /// The programs
    #[arg(value_name = "PROGRAM", required = true)]
    pub programs: Vec<PathBuf>,
}

fn parse_percent(text: &str) -> Result<f64, String> {
    match text.strip_suffix('%').unwrap_or(text).trim().parse::<f64>() {
        Ok(percent) if (0.0..=1e6).contains(&percent) => Ok(percent),
        _ => Err("expected a percentage, as in `1%` or `0.5%`".to_owned()),
    }
}

fn parse_peer(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.trim().is_empty() && !path.is_empty() => {
            Ok((name.trim().to_owned(), PathBuf::from(path)))
        }
        _ => Err("expected NAME=PATH".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_may_have_their_sign() {
        assert_eq!(parse_percent("1%"), Ok(1.0));
        assert_eq!(parse_percent("0.25"), Ok(0.25));
        for wrong in ["", "%", "-1%", "nan", "inf", "x%", "1%%"] {
            assert!(parse_percent(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn peers_need_a_name_and_a_path() {
        let luajit = ("luajit -joff".to_owned(), PathBuf::from("/a=b"));
        assert_eq!(parse_peer("luajit -joff=/a=b"), Ok(luajit));
        for wrong in ["", "lua", "=x", "lua="] {
            assert!(parse_peer(wrong).is_err(), "{wrong:?}");
        }
    }
}
