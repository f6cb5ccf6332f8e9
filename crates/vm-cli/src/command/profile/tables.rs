//! The tables of a profile: functions, lines, instructions, pairs.
//!
//! 1. A function's own counts are those of all its paths; those of a line and of an instruction are
//!    those of its places.
//! 2. What a function did with all that it called is the sum over the paths below it. A path that
//!    is below another one of the same function is in that one's sum: recursion counts once. So a
//!    path counts if none above it is of its function, which a walk down the tree knows.

use crate::arguments::ProfileTable;
use crate::names::distinct;
use std::collections::BTreeMap;
use vm_core::Counts;
use vm_core::profile::{Pair, Profile};

/// A function's row.
#[derive(Debug)]
pub(super) struct FunctionRow<'a> {
    pub(super) name: String,
    pub(super) file: Option<&'a str>,
    pub(super) is_native: bool,
    pub(super) calls: u64,
    /// Without what it called.
    pub(super) own: Counts,
    /// With it.
    pub(super) total: Counts,
}

/// A source line's row; a line of two functions has two.
#[derive(Debug)]
pub(super) struct LineRow<'a> {
    pub(super) function: String,
    pub(super) file: Option<&'a str>,
    /// Zero if the module does not tell.
    pub(super) line: u32,
    pub(super) counts: Counts,
}

/// An instruction's row.
#[derive(Debug)]
pub(super) struct InstructionRow {
    pub(super) mnemonic: &'static str,
    pub(super) counts: Counts,
}

/// The tables that were asked for; the others are empty.
#[derive(Debug, Default)]
pub(super) struct Tables<'a> {
    pub(super) functions: Vec<FunctionRow<'a>>,
    pub(super) lines: Vec<LineRow<'a>>,
    pub(super) instructions: Vec<InstructionRow>,
    pub(super) pairs: Vec<&'a Pair>,
}

impl<'a> Tables<'a> {
    /// All rows. `by` names the tables; none for all.
    pub(super) fn of(profile: &'a Profile, by: &[ProfileTable]) -> Tables<'a> {
        let wants = |table| by.is_empty() || by.contains(&table);
        let mut tables = Tables::default();
        if wants(ProfileTable::Function) {
            tables.functions = functions(profile);
        }
        if wants(ProfileTable::Line) {
            tables.lines = lines(profile);
        }
        if wants(ProfileTable::Instruction) {
            tables.instructions = instructions(profile);
        }
        if wants(ProfileTable::Pair) {
            tables.pairs = profile.pairs.iter().collect();
        }
        tables
    }
}

/// What functions are called: no two the same, native ones in brackets.
pub(super) fn function_names(profile: &Profile) -> Vec<String> {
    let names = profile.functions.iter().map(|function| {
        if function.is_native {
            format!("[{}]", function.name)
        } else {
            function.name.clone()
        }
    });
    distinct(names)
}

fn functions(profile: &Profile) -> Vec<FunctionRow<'_>> {
    let totals = totals(profile);
    let named = profile.functions.iter().zip(function_names(profile));
    let mut rows: Vec<FunctionRow<'_>> = named
        .zip(totals)
        .map(|((function, name), total)| FunctionRow {
            name,
            file: function.file.as_deref(),
            is_native: function.is_native,
            calls: 0,
            own: Counts::default(),
            total,
        })
        .collect();
    for path in &profile.paths {
        let row = &mut rows[path.function];
        row.calls += path.calls;
        row.own += path.counts;
    }
    rows
}

/// What each function did with all that it called.
fn totals(profile: &Profile) -> Vec<Counts> {
    let mut below: Vec<Counts> = profile.paths.iter().map(|path| path.counts).collect();
    let mut callees: Vec<Vec<usize>> = vec![Vec::new(); profile.paths.len()];
    // Callers stand before whom they call.
    for (index, path) in profile.paths.iter().enumerate().rev() {
        if let Some(caller) = path.caller {
            let counts = below[index];
            below[caller] += counts;
            callees[caller].push(index);
        }
    }
    let mut totals = vec![Counts::default(); profile.functions.len()];
    // How many paths of a function are above the one that is looked at.
    let mut above = vec![0_usize; profile.functions.len()];
    enum Visit {
        Enter(usize),
        Leave(usize),
    }
    let outermost = (0..profile.paths.len()).filter(|&path| profile.paths[path].caller.is_none());
    let mut waiting: Vec<Visit> = outermost.map(Visit::Enter).collect();
    while let Some(visit) = waiting.pop() {
        match visit {
            Visit::Enter(path) => {
                let function = profile.paths[path].function;
                if above[function] == 0 {
                    totals[function] += below[path];
                }
                above[function] += 1;
                waiting.push(Visit::Leave(path));
                waiting.extend(callees[path].iter().copied().map(Visit::Enter));
            }
            Visit::Leave(path) => above[profile.paths[path].function] -= 1,
        }
    }
    totals
}

fn lines(profile: &Profile) -> Vec<LineRow<'_>> {
    let mut by_line: BTreeMap<(usize, u32), Counts> = BTreeMap::new();
    for place in &profile.places {
        *by_line.entry((place.function, place.line)).or_default() += place.counts;
    }
    let names = function_names(profile);
    let rows = by_line
        .into_iter()
        .map(|((function, line), counts)| LineRow {
            function: names[function].clone(),
            file: profile.functions[function].file.as_deref(),
            line,
            counts,
        });
    rows.collect()
}

fn instructions(profile: &Profile) -> Vec<InstructionRow> {
    let mut by_name: BTreeMap<&'static str, Counts> = BTreeMap::new();
    for place in &profile.places {
        *by_name.entry(place.mnemonic).or_default() += place.counts;
    }
    let rows = by_name
        .into_iter()
        .map(|(mnemonic, counts)| InstructionRow { mnemonic, counts });
    rows.collect()
}
