//! Options of every command that runs a program: the machine, its collector, its limits.

use crate::sizes::Size;
use clap::{Args, ValueEnum};
use std::time::Duration;

/// The machine that runs a program.
#[derive(Args, Clone, Debug)]
pub struct MachineOptions {
    /// Automatic collection of cycles: on or off
    #[arg(
        long,
        value_name = "SWITCH",
        default_value = "on",
        hide_possible_values = true
    )]
    pub gc: Switch,
    /// The collector's thresholds, as of gc.set_threshold(); 0 as the first turns it off
    #[arg(long, value_name = "A,B,C", value_parser = parse_thresholds)]
    pub gc_threshold: Option<Thresholds>,
    /// The collector's debug output, as of gc.set_debug(): several names with commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub gc_debug: Vec<DebugFlag>,
    /// The CPython whose collector is imitated where versions differ: 3.12, 3.13 or 3.15
    #[arg(
        long,
        value_name = "VERSION",
        default_value = "3.15",
        hide_possible_values = true
    )]
    pub gc_profile: ProfileName,
    /// Collect also when the heap has grown by this since the last collection, such as 4MiB
    /// [default: thresholds count objects alone]
    #[arg(long, value_name = "SIZE")]
    pub gc_bytes: Option<Size>,
    /// Look for mistakes of the machine itself, at a price: several names with commas
    #[arg(long, value_name = "MODES", value_delimiter = ',')]
    pub stress: Vec<StressMode>,
    /// Memory of objects and their buffers, such as 10MiB or 1GiB; MemoryError beyond it
    #[arg(long, value_name = "SIZE", default_value = "4GiB")]
    pub max_heap: Size,
    /// Instructions to execute; the run ends when they are used up [default: no limit]
    #[arg(long, value_name = "N")]
    pub fuel: Option<u64>,
    /// Time to run; the run ends when it is over
    #[arg(long, value_name = "SECONDS", default_value = "3600", value_parser = parse_seconds)]
    pub timeout: Duration,
    /// Calls within calls; RecursionError beyond them
    #[arg(long, value_name = "N", default_value = "1000")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_depth: u32,
    /// Show each collection on standard error as it runs; twice, also its stages and the heap's
    /// growth
    #[arg(long, short, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// What the options are that are not given: the same as the definitions above say, which a test compares.
impl Default for MachineOptions {
    fn default() -> MachineOptions {
        MachineOptions {
            gc: Switch::On,
            gc_threshold: None,
            gc_debug: Vec::new(),
            gc_profile: ProfileName::V3_15,
            gc_bytes: None,
            stress: Vec::new(),
            max_heap: Size { bytes: 4 << 30 },
            fuel: None,
            timeout: Duration::from_secs(3600),
            max_depth: 1000,
            verbose: 0,
        }
    }
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On
    On,
    /// Off
    Off,
}

/// A profile of the collector, by the version of CPython that it imitates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProfileName {
    /// CPython 3.12
    #[value(name = "3.12")]
    V3_12,
    /// CPython 3.13
    #[value(name = "3.13")]
    V3_13,
    /// CPython 3.15
    #[value(name = "3.15")]
    V3_15,
}

impl ProfileName {
    /// The profile of that name.
    pub fn profile(self) -> vm_gc::Profile {
        match self {
            ProfileName::V3_12 => vm_gc::Profile::V3_12,
            ProfileName::V3_13 => vm_gc::Profile::V3_13,
            ProfileName::V3_15 => vm_gc::Profile::V3_15,
        }
    }
}

/// A stress mode: checks and collections beyond what is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StressMode {
    /// A full collection at every safepoint while automatic collection is on
    Safepoint,
    /// All reference counts are recomputed after each collection
    Verify,
    /// Each full collection is compared with marking from the roots
    Retrace,
    /// Memory that is freed is overwritten
    Poison,
}

impl StressMode {
    /// Turns the mode on.
    pub fn apply(self, stress: &mut vm_core::Stress) {
        match self {
            StressMode::Safepoint => stress.safepoints = true,
            StressMode::Verify => stress.verify = true,
            StressMode::Retrace => stress.retrace = true,
            StressMode::Poison => stress.poison = true,
        }
    }
}

/// The three thresholds of the collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds(pub [i32; 3]);

/// A flag of `gc.set_debug`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DebugFlag {
    /// Each collection, with counts and time
    Stats,
    /// Each object found collectable
    Collectable,
    /// Each object found uncollectable
    Uncollectable,
    /// Unreachable objects are kept in gc.garbage instead of being freed
    Saveall,
    /// collectable, uncollectable and saveall
    Leak,
}

impl DebugFlag {
    /// The flag's bits.
    pub fn bits(self) -> u32 {
        match self {
            DebugFlag::Stats => vm_gc::debug::STATS,
            DebugFlag::Collectable => vm_gc::debug::COLLECTABLE,
            DebugFlag::Uncollectable => vm_gc::debug::UNCOLLECTABLE,
            DebugFlag::Saveall => vm_gc::debug::SAVEALL,
            DebugFlag::Leak => vm_gc::debug::LEAK,
        }
    }
}

fn parse_thresholds(text: &str) -> Result<Thresholds, String> {
    let numbers: Result<Vec<i32>, _> = text.split(',').map(str::parse).collect();
    match numbers.as_deref() {
        Ok(&[first, second, third]) if numbers.iter().flatten().all(|&number| number >= 0) => {
            Ok(Thresholds([first, second, third]))
        }
        _ => Err("expected three numbers, as in `2000,10,10`".to_owned()),
    }
}

/// The longest time that can be granted: some 30 years.
const MAX_SECONDS: f64 = 1e9;

fn parse_seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=MAX_SECONDS).contains(&seconds) => {
            Ok(Duration::from_secs_f64(seconds))
        }
        _ => Err(format!(
            "expected seconds, as in `10` or `0.5`, at most {MAX_SECONDS}"
        )),
    }
}
