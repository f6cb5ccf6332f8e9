//! What is measured, and one run of it.

use crate::{Cell, Failure, Figures, Options};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use vm_benches::measure;

/// A command that runs the program of the grid.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) name: String,
    path: PathBuf,
    /// Everything before the arguments of the program.
    arguments: Vec<OsString>,
    /// The most memory of a process with an empty cell.
    base_bytes: u64,
}

/// `vm` as it is, `vm` with a byte threshold, CPython.
pub(crate) fn find(options: &Options) -> Result<Vec<Machine>, Failure> {
    let beside = || {
        let own = std::env::current_exe().unwrap_or_default();
        own.with_file_name(format!("vm{}", std::env::consts::EXE_SUFFIX))
    };
    let vm = options.vm.clone().unwrap_or_else(beside);
    let program = |name| programs().join(name).into_os_string();
    let threshold = ["run", "--gc-bytes", &options.gc_bytes].map(OsString::from);
    let machines = [
        ("vm".to_owned(), &vm, vec!["run".into()], "garbage.vasm"),
        (
            format!("vm --gc-bytes {}", options.gc_bytes),
            &vm,
            threshold.to_vec(),
            "garbage.vasm",
        ),
        (
            "CPython 3.13".to_owned(),
            &options.python,
            vec![],
            "garbage.py",
        ),
    ];
    let machines = machines.map(|(name, path, mut arguments, file)| {
        arguments.push(program(file));
        let path = path.clone();
        let mut machine = Machine {
            name,
            path,
            arguments,
            base_bytes: 0,
        };
        let mut command = machine.command(Cell::EMPTY);
        machine.base_bytes = measure::run(&mut command)?.peak_bytes;
        Ok(machine)
    });
    machines.into_iter().collect()
}

/// The directory of the programs.
fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("programs")
}

impl Machine {
    fn command(&self, cell: Cell) -> Command {
        let mut command = Command::new(&self.path);
        let numbers = [cell.length, cell.payload_bytes, cell.live, cell.cycles];
        command
            .args(&self.arguments)
            .args(numbers.map(|number| number.to_string()));
        command
    }

    /// Runs the program for one cell.
    pub(crate) fn run(&self, cell: Cell) -> Result<Figures, Failure> {
        let measured = measure::run(&mut self.command(cell))?;
        let unexpected = || Failure::Output {
            machine: self.name.clone(),
            cell,
            printed: measured.output.clone(),
        };
        let (mut figures, checked) = parse(&measured.output).ok_or_else(unexpected)?;
        if checked != [cell.cycles * cell.length, cell.live] {
            return Err(unexpected());
        }
        let peak_bytes = measured.peak_bytes.saturating_sub(self.base_bytes);
        figures.peak_mib = peak_bytes as f64 / f64::from(1 << 20);
        Ok(figures)
    }
}

/// The figures that the program printed, and how many objects it says it dropped and kept.
fn parse(output: &str) -> Option<(Figures, [u64; 2])> {
    let mut numbers = output.split_whitespace().map(str::parse::<u64>);
    let mut next = || numbers.next()?.ok();
    let figures = Figures {
        time_ms: next()? as f64 / 1e6,
        pause_ms: next()? as f64 / 1e6,
        peak_mib: 0.0,
        most_outstanding: next()?,
    };
    Some((figures, [next()?, next()?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_print_is_read() {
        let (figures, checked) = parse("2500000 500000 26 100\n7\n").unwrap();
        assert_eq!((figures.time_ms, figures.pause_ms), (2.5, 0.5));
        assert_eq!((figures.most_outstanding, checked), (26, [100, 7]));
        assert_eq!(parse("1 2 3 4\n"), None);
        assert_eq!(parse("1 2 x 4\n5\n"), None);
    }
}
