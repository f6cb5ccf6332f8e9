//! A record, and what in it does not hold any more.
//!
//! What is not in the record cannot be compared, so it fails: otherwise a program that was renamed,
//! or a record that is empty, would pass for no change. Only counters that another version of the
//! machine did not know are let pass, aloud. Programs that are recorded and were not run are named, and
//! fail nothing: to run some of them is usual.

use super::compare::{Comparison, compare};
use super::cost::Cost;
use super::program::Program;
use super::record::Record;
use super::report;
use crate::context::Context;
use crate::failure::Failure;
use std::fs;
use std::path::{Path, PathBuf};

/// A record that programs are compared with.
#[derive(Debug)]
pub(super) struct Against {
    record: Record,
    /// Its file, as it was given.
    name: String,
    /// Its file, without links.
    file: Option<PathBuf>,
    /// By how much counters may grow.
    limit_percent: f64,
    /// Programs that are not in the record.
    programs: Vec<String>,
    /// Counters that are not in the record, of programs that are.
    counters: Vec<String>,
    /// Counters that grew.
    grown: Vec<String>,
}

impl Against {
    pub(super) fn read(
        context: &Context,
        path: &Path,
        limit_percent: f64,
    ) -> Result<Against, Failure> {
        Ok(Against {
            record: Record::read(context, path)?,
            name: path.display().to_string(),
            file: fs::canonicalize(context.path(path)).ok(),
            limit_percent,
            programs: Vec::new(),
            counters: Vec::new(),
            grown: Vec::new(),
        })
    }

    /// Whether this path leads to the record.
    pub(super) fn is_at(&self, context: &Context, path: &Path) -> bool {
        let file = fs::canonicalize(context.path(path)).ok();
        file.is_some() && file == self.file
    }

    /// Whether programs have the arguments with which they were recorded.
    pub(super) fn check_arguments(&self, programs: &[Program]) -> Result<(), Failure> {
        for program in programs {
            let former = self.record.find(&program.name());
            let former = former.filter(|cost| cost.arguments != program.directives.arguments);
            if let Some(former) = former {
                return Err(Failure::OtherArguments {
                    name: program.name(),
                    before: former.arguments.join(" "),
                    after: program.directives.arguments.join(" "),
                });
            }
        }
        Ok(())
    }

    /// What changed, as text; remembers what fails.
    pub(super) fn compare(&mut self, cost: &Cost) -> String {
        let Some(former) = self.record.find(&cost.program) else {
            self.programs.push(cost.program.clone());
            return report::cost(cost, true);
        };
        let comparison: Comparison<'_> = compare(former, cost);
        self.grown.extend(comparison.grown(self.limit_percent));
        let writer = self.record.other_machine();
        if writer.is_none() {
            let names = comparison.not_recorded.iter();
            let names = names.map(|counter| format!("{}: {counter}", cost.program));
            self.counters.extend(names);
        }
        report::comparison(&comparison, self.limit_percent, writer)
    }

    /// A line about programs that are recorded and were not run.
    pub(super) fn not_run(&self, programs: &[Program]) -> String {
        let costs = self.record.without(programs);
        let names: Vec<&str> = costs.map(|cost| &*cost.program).collect();
        match &names[..] {
            [] => String::new(),
            names => format!("recorded, and not run: {}\n", names.join(", ")),
        }
    }

    /// The costs of these programs.
    pub(super) fn into_not_run(self, programs: &[Program]) -> Vec<Cost> {
        self.record.without(programs).cloned().collect()
    }

    /// What fails.
    pub(super) fn failures(&mut self) -> Vec<Failure> {
        let mut failures = Vec::new();
        if !self.programs.is_empty() {
            failures.push(Failure::NotRecorded {
                name: self.name.clone(),
                programs: std::mem::take(&mut self.programs),
            });
        }
        if !self.counters.is_empty() {
            failures.push(Failure::NotCounted {
                name: self.name.clone(),
                counters: std::mem::take(&mut self.counters),
            });
        }
        if !self.grown.is_empty() {
            failures.push(Failure::Grown {
                percent: self.limit_percent,
                counters: std::mem::take(&mut self.grown),
            });
        }
        failures
    }
}
