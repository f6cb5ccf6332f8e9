//! One row of a table a line, in JSON. The schema, version 1:
//!
//! ```text
//! {"schema":"vm-profile","version":1,"program":["p.vasm"],"counts":{…},"elsewhere":{…},"cut_calls":0}
//! {"function":"twice","file":"p.vasm","native":false,"calls":10,"self":{…},"total":{…}}
//! {"line":3,"function":"twice","file":"p.vasm","counts":{…}}
//! {"instruction":"add","counts":{…}}
//! {"pair":["add","return"],"times":10,"in_sequence":10,"fused":0}
//! ```
//!
//! Counts are objects with the counters of `vm bench`. `elsewhere` and `cut_calls` say what was
//! beyond the limits of `vm_core::profile`. Readers ignore fields that they do not know; a change
//! that needs more than that gets another version.

use super::Run;
use super::tables::Tables;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};
use vm_core::Counts;
use vm_core::profile::Profile;

/// What the first line calls the file.
const SCHEMA: &str = "vm-profile";

/// The version of the schema.
const VERSION: u32 = 1;

/// Counters by name.
type Counters = BTreeMap<&'static str, u64>;

#[derive(Serialize)]
struct Header<'a> {
    schema: &'static str,
    version: u32,
    program: &'a [String],
    counts: Counters,
    elsewhere: Counters,
    cut_calls: u64,
}

#[derive(Serialize)]
struct Function<'a> {
    function: &'a str,
    file: Option<&'a str>,
    native: bool,
    calls: u64,
    #[serde(rename = "self")]
    own: Counters,
    total: Counters,
}

#[derive(Serialize)]
struct Line<'a> {
    line: u32,
    function: &'a str,
    file: Option<&'a str>,
    counts: Counters,
}

#[derive(Serialize)]
struct Instruction {
    instruction: &'static str,
    counts: Counters,
}

#[derive(Serialize)]
struct Pair {
    pair: [&'static str; 2],
    times: u64,
    in_sequence: u64,
    fused: u64,
}

/// Writes the rows of the tables.
pub(super) fn write(
    run: &Run<'_>,
    profile: &Profile,
    tables: &Tables<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    line(
        out,
        &Header {
            schema: SCHEMA,
            version: VERSION,
            program: run.words,
            counts: counters(run.counts),
            elsewhere: counters(&profile.elsewhere),
            cut_calls: profile.cut_calls,
        },
    )?;
    for row in &tables.functions {
        let row = Function {
            function: &row.name,
            file: row.file,
            native: row.is_native,
            calls: row.calls,
            own: counters(&row.own),
            total: counters(&row.total),
        };
        line(out, &row)?;
    }
    for row in &tables.lines {
        let row = Line {
            line: row.line,
            function: &row.function,
            file: row.file,
            counts: counters(&row.counts),
        };
        line(out, &row)?;
    }
    for row in &tables.instructions {
        let row = Instruction {
            instruction: row.mnemonic,
            counts: counters(&row.counts),
        };
        line(out, &row)?;
    }
    for pair in &tables.pairs {
        let row = Pair {
            pair: [pair.first, pair.second],
            times: pair.times,
            in_sequence: pair.in_sequence,
            fused: pair.fused,
        };
        line(out, &row)?;
    }
    Ok(())
}

fn line(out: &mut dyn Write, row: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, row)?;
    out.write_all(b"\n")
}

fn counters(counts: &Counts) -> Counters {
    counts.named().into_iter().collect()
}
