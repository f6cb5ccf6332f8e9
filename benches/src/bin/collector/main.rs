//! The collector and the heap in figures, without a machine: nanoseconds of processor time for each
//! object, in one process, beside what is aimed at.
//!
//! 1. Each row is measured `--rounds` times on a heap of its own; the rounds of all rows take turns,
//!    so that a slow minute is slow for all of them.
//! 2. A figure is processor time (pauses: wall time), the least and the median of the rounds.
//! 3. Every row asserts what its collections found.

mod clock;
mod rows;
mod scale;

use clap::Parser;
use vm_benches::statistics::{median, minimum};

/// Measures the heap and the collector alone, and prints a table.
#[derive(Debug, Parser)]
#[command(name = "collector")]
struct Options {
    /// Objects of each heap
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1000..))]
    objects: u32,
    /// How often each row is measured
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..1000))]
    rounds: u32,
    /// Measure only rows whose name contains this
    #[arg(long, value_name = "TEXT")]
    row: Option<String>,
    /// Measure what a heap of ten million objects takes instead
    #[arg(long)]
    scale: bool,
}

fn main() {
    let options = Options::parse();
    if options.scale {
        scale::print(10_000_000);
        return;
    }
    let rows: Vec<_> = rows::ROWS
        .iter()
        .filter(|row| {
            options
                .row
                .as_ref()
                .is_none_or(|text| row.name.contains(text))
        })
        .collect();
    let mut figures = vec![Vec::new(); rows.len()];
    for _ in 0..options.rounds {
        for (row, figures) in rows.iter().zip(&mut figures) {
            figures.push((row.measure)(options.objects as usize));
        }
    }
    println!("| work | least | median | must | aim |");
    println!("|---|---|---|---|---|");
    for (row, figures) in rows.iter().zip(&figures) {
        println!(
            "| {}, {} | {:.1} | {:.1} | {} | {} |",
            row.name,
            row.unit,
            minimum(figures),
            median(figures),
            goal(row.must),
            goal(row.aim),
        );
    }
}

/// A goal, if there is one.
fn goal(goal: f64) -> String {
    if goal.is_nan() {
        "–".to_owned()
    } else {
        goal.to_string()
    }
}
