//! Start-up time, and bytes of an instance.

use crate::Failure;
use crate::peer::{Language, Peer, package};
use vm_benches::measure;
use vm_benches::statistics::{median, minimum};

/// How often the empty program is run for each round of the others: it is short.
const STARTS_PER_ROUND: usize = 8;
/// The start-up time aimed at.
pub(crate) const START_GOAL_MS: f64 = 3.0;
/// The size of an instance with two slots aimed at.
pub(crate) const INSTANCE_GOAL_BYTES: f64 = 40.0;

/// What is measured beside the programs.
#[derive(Debug)]
pub(crate) struct Figures {
    /// By peer: a program that does nothing.
    pub(crate) start: Vec<Start>,
    /// Bytes of heap for each further instance with two slots, in the machine.
    pub(crate) instance_bytes: f64,
}

/// What starting and ending takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// Processor time, the median of all.
    pub(crate) cpu_ms: f64,
    /// Processor time, the least.
    pub(crate) cpu_least_ms: f64,
    /// From before the process was made until it was gone, the least: that one waited for no
    /// processor.
    pub(crate) wall_least_ms: f64,
}

pub(crate) fn measure(peers: &[Peer], rounds: usize) -> Result<Figures, Failure> {
    let mut cpu_ms = vec![Vec::new(); peers.len()];
    let mut wall_ms = cpu_ms.clone();
    for round in 0..rounds * STARTS_PER_ROUND {
        for turn in 0..peers.len() {
            let index = (round + turn) % peers.len();
            let measured = measure::run(&mut peers[index].empty())?;
            cpu_ms[index].push(measured.cpu_s * 1e3);
            wall_ms[index].push(measured.wall_s * 1e3);
        }
    }
    let pairs = cpu_ms.iter().zip(&wall_ms);
    let start = pairs.map(|(cpu_ms, wall_ms)| Start {
        cpu_ms: median(cpu_ms),
        cpu_least_ms: minimum(cpu_ms),
        wall_least_ms: minimum(wall_ms),
    });
    let start = start.collect();
    let few = heap_bytes(peers, 100_000)?;
    let many = heap_bytes(peers, 200_000)?;
    Ok(Figures {
        start,
        instance_bytes: (many - few) / 100_000.0,
    })
}

/// Bytes of heap at the end of a program that keeps so many instances.
fn heap_bytes(peers: &[Peer], instances: u32) -> Result<f64, Failure> {
    let program = package().join("programs/instances.vasm").into_os_string();
    let machine = peers
        .iter()
        .find(|peer| peer.language == Language::Assembly);
    let Some(machine) = machine else {
        return Err(Failure::NoStatistics);
    };
    let arguments = ["--stats".into(), program, instances.to_string().into()];
    let measured = measure::run(&mut machine.command_with(arguments))?;
    heap_bytes_of(&measured.error_output).ok_or(Failure::NoStatistics)
}

fn heap_bytes_of(statistics: &str) -> Option<f64> {
    let line = statistics
        .lines()
        .find_map(|line| line.strip_prefix("heap_bytes:"))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statistic_is_found_among_the_others() {
        let statistics = "objects_alive:  7\nheap_bytes:   1234\npeak_bytes:   9999\n";
        assert_eq!(heap_bytes_of(statistics), Some(1234.0));
        assert_eq!(heap_bytes_of("peak_bytes: 1\n"), None);
    }
}
