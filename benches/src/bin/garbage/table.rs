//! The grid as a table.

use crate::machine::Machine;
use crate::{Figures, Row};
use std::fmt::Write as _;
use vm_benches::statistics::{median, minimum};

/// One row for each cell; in each column the machines, in order.
pub(crate) fn table(machines: &[Machine], rows: &[Row]) -> String {
    let names: Vec<_> = machines.iter().map(|machine| &*machine.name).collect();
    let mut text = format!(
        "Each column has {}.\n\n\
         | live objects | cycle | payload | time, ms | peak, MiB | longest pause, ms | most garbage, objects |\n\
         |---|---|---|---|---|---|---|\n",
        names.join(" / ")
    );
    for (cell, figures) in rows {
        let column = |of_rounds: fn(&[f64]) -> f64, figure: fn(&Figures) -> f64, digits: usize| {
            let values = figures.iter().map(|rounds| {
                let values: Vec<f64> = rounds.iter().map(figure).collect();
                format!("{:.digits$}", of_rounds(&values))
            });
            values.collect::<Vec<_>>().join(" / ")
        };
        let cells = [
            cell.live.to_string(),
            cell.length.to_string(),
            size(cell.payload_bytes),
            column(median, |figures| figures.time_ms, 0),
            column(median, |figures| figures.peak_mib, 1),
            column(minimum, |figures| figures.pause_ms, 2),
            column(median, |figures| figures.most_outstanding as f64, 0),
        ];
        // Writing to a string does not fail.
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

fn size(bytes: u64) -> String {
    match bytes {
        0 => "none".to_owned(),
        bytes => format!("{} KiB", bytes >> 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cell;

    #[test]
    fn a_row_has_the_median_of_each_machine_and_the_least_pause() {
        let figures = |time_ms| Figures {
            time_ms,
            pause_ms: time_ms / 4.0,
            peak_mib: 2.0,
            most_outstanding: 7,
        };
        let rounds = vec![vec![figures(1.0), figures(9.0), figures(3.0)]; 2];
        let cell = Cell {
            payload_bytes: 2048,
            ..Cell::EMPTY
        };
        let table = table(&[], &[(cell, rounds)]);
        let row = "| 0 | 2 | 2 KiB | 3 / 3 | 2.0 / 2.0 | 0.25 / 0.25 | 7 / 7 |\n";
        assert!(table.ends_with(row), "{table}");
    }
}
