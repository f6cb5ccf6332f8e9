//! Collapsed stacks: the functions of a stack of calls, outermost first, with semicolons between, a
//! blank, and what the innermost one weighs by itself.
//!
//! ```text
//! main 57
//! main;twice 20
//! main;[print] 1
//! ```
//!
//! Source: the format that `stackcollapse-*.pl` of <https://github.com/brendangregg/FlameGraph>
//! write and `flamegraph.pl` reads.
//!
//! **Limit.** A stack is written to a depth of [`DEPTH_MAX`]; what is deeper is one frame,
//! `[deeper]`. A chain of n calls would else take n² / 2 names.

use super::tables::function_names;
use crate::arguments::Weight;
use std::io::{self, Write};
use vm_core::profile::Profile;

/// Frames that a stack is written with.
const DEPTH_MAX: usize = 1024;

/// What stands for the frames below.
const DEEPER: &str = "[deeper]";

/// Writes the stacks that weigh anything.
pub(super) fn write(profile: &Profile, weight: Weight, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<String> = function_names(profile)
        .iter()
        .map(|name| as_frame(name))
        .collect();
    let paths = &profile.paths;
    let mut depths: Vec<usize> = Vec::with_capacity(paths.len());
    let mut deeper = vec![0_u64; paths.len()];
    // Where the counts of a path go: to itself, or to the last one above it that is written.
    let mut shown: Vec<usize> = Vec::with_capacity(paths.len());
    for (index, path) in paths.iter().enumerate() {
        // Callers stand before whom they call.
        let depth = path.caller.map_or(1, |caller| depths[caller] + 1);
        depths.push(depth);
        match path.caller {
            Some(caller) if depth > DEPTH_MAX => {
                let above = shown[caller];
                shown.push(above);
                deeper[above] += weight.of(&path.counts);
            }
            _ => shown.push(index),
        }
    }
    let mut frames = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        if depths[index] > DEPTH_MAX {
            continue;
        }
        for (value, last) in [
            (weight.of(&path.counts), None),
            (deeper[index], Some(DEEPER)),
        ] {
            if value == 0 {
                continue;
            }
            frames.clear();
            frames.extend(last);
            let mut next = Some(index);
            while let Some(at) = next {
                frames.push(&names[paths[at].function]);
                next = paths[at].caller;
            }
            frames.reverse();
            writeln!(out, "{} {value}", frames.join(";"))?;
        }
    }
    Ok(())
}

/// A name without what has a meaning in the format.
fn as_frame(name: &str) -> String {
    name.replace(';', ":").replace(char::is_whitespace, "_")
}
