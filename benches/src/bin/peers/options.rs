//! The options of the command.

use clap::Parser;
use std::path::PathBuf;

/// Runs the benchmark programs on the machine and on other interpreters, and prints one table.
#[derive(Debug, Parser)]
#[command(name = "peers")]
pub(crate) struct Options {
    /// The `vm` to measure [default: the one beside this program]
    #[arg(long, value_name = "PATH")]
    pub(crate) vm: Option<PathBuf>,
    /// A Lua, besides those on the PATH; may be repeated
    #[arg(long, value_name = "NAME=PATH", value_parser = named)]
    pub(crate) lua: Vec<(String, PathBuf)>,
    /// A Python, besides those on the PATH; may be repeated
    #[arg(long, value_name = "NAME=PATH", value_parser = named)]
    pub(crate) python: Vec<(String, PathBuf)>,
    /// Measure this program only; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) program: Vec<String>,
    /// How often each is run
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = rounds)]
    pub(crate) rounds: usize,
    /// Print comma-separated values instead of a table
    #[arg(long)]
    pub(crate) csv: bool,
    /// Write the values to benches/record/DATE.csv
    #[arg(long)]
    pub(crate) record: bool,
    /// Put the table into benches/README.md
    #[arg(long)]
    pub(crate) readme: bool,
}

fn named(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => {
            Ok((name.to_owned(), PathBuf::from(path)))
        }
        _ => Err("expected NAME=PATH".to_owned()),
    }
}

fn rounds(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(rounds @ 1..=1000) => Ok(rounds),
        _ => Err("expected a number from 1 to 1000".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_need_a_name_and_a_path() {
        assert_eq!(
            named("py=/a=b"),
            Ok(("py".to_owned(), PathBuf::from("/a=b")))
        );
        for wrong in ["", "py", "=x", "py="] {
            assert!(named(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn rounds_have_bounds() {
        assert_eq!(rounds("1000"), Ok(1000));
        for wrong in ["", "0", "1001", "-1", "many"] {
            assert!(rounds(wrong).is_err(), "{wrong:?}");
        }
    }
}
