//! The command `oracle`: see `--help`.

use clap::Parser;
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;
use vm_core::Stress;
use vm_gc::Profile;
use vm_oracle::{Cpython, Difference, Mode};

/// Runs random programs on CPython and on this machine, and compares what happened.
#[derive(Debug, Parser)]
#[command(name = "oracle")]
struct Arguments {
    /// The seeds of the programs, as FIRST..END.
    #[arg(long, value_parser = seeds, default_value = "0..1000")]
    seeds: Range<u64>,
    /// The version whose collector is imitated.
    #[arg(long, value_parser = profile, default_value = "3.13")]
    profile: Profile,
    /// The CPython to compare with, instead of one that is looked for.
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// Differences to show, shrunk; the search ends there.
    #[arg(long, default_value_t = 1)]
    show: usize,
    /// Stress modes here: safepoint, verify, retrace, poison, with commas. With safepoint, outcomes only
    /// are compared.
    #[arg(long, value_name = "MODES", value_parser = stress, default_value = "")]
    stress: Stress,
    /// Writes CPython's traces of the seeds to this directory instead.
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "emit")]
    record: Option<PathBuf>,
    /// Writes the first seed's programs to this directory instead, whole, and runs nothing.
    #[arg(long, value_name = "DIRECTORY")]
    emit: Option<PathBuf>,
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let (start, end) = text.split_once("..").ok_or("write FIRST..END")?;
    let number = |text: &str| text.parse().map_err(|_| format!("not a number: {text}"));
    Ok(number(start)?..number(end)?)
}

fn profile(text: &str) -> Result<Profile, String> {
    match text {
        "3.12" => Ok(Profile::V3_12),
        "3.13" => Ok(Profile::V3_13),
        _ => Err("write 3.12 or 3.13".to_owned()),
    }
}

fn stress(text: &str) -> Result<Stress, String> {
    let mut stress = Stress::default();
    for mode in text.split(',').filter(|mode| !mode.is_empty()) {
        match mode {
            "safepoint" => stress.safepoints = true,
            "verify" => stress.verify = true,
            "retrace" => stress.retrace = true,
            "poison" => stress.poison = true,
            _ => return Err(format!("no stress mode: {mode}")),
        }
    }
    Ok(stress)
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("oracle: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    if let Some(directory) = &arguments.emit {
        let program = vm_oracle::generate(arguments.seeds.start);
        for (name, text) in [
            ("program.py", vm_oracle::python(&program)),
            ("program.vasm", vm_oracle::assembly(&program)),
        ] {
            std::fs::write(directory.join(name), text).map_err(|error| error.to_string())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let version = vm_oracle::version(arguments.profile).ok_or("no CPython has that profile")?;
    let cpython = match &arguments.python {
        Some(path) => Cpython::at(path, version),
        None => Cpython::find(version),
    };
    let cpython = cpython.ok_or_else(|| format!("no CPython {version} found"))?;
    if let Some(directory) = &arguments.record {
        let seeds = arguments.seeds.clone();
        vm_oracle::record(seeds, &cpython, version, directory)
            .map_err(|error| error.to_string())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mode = Mode {
        profile: arguments.profile,
        stress: arguments.stress,
    };
    println!(
        "seeds {}..{}, profile {version}, {}",
        arguments.seeds.start,
        arguments.seeds.end,
        cpython.path().display()
    );
    let mut differences = Vec::new();
    let seeds = arguments.seeds.clone();
    let count = seeds.end.saturating_sub(seeds.start);
    let compared = vm_oracle::compare_seeds(seeds, &cpython, mode, |difference| {
        println!("seed {}: different", difference.program.seed);
        differences.push(difference);
        differences.len() < arguments.show
    });
    compared.map_err(|error| error.to_string())?;
    if differences.is_empty() {
        println!("{count} programs, no difference");
        return Ok(ExitCode::SUCCESS);
    }
    for difference in differences {
        let smallest =
            vm_oracle::shrink(difference, &cpython, mode).map_err(|error| error.to_string())?;
        show(&smallest);
    }
    Ok(ExitCode::FAILURE)
}

/// Both programs without their preludes, and both traces up to the difference.
fn show(difference: &Difference) {
    let program = &difference.program;
    println!(
        "\n=== seed {}, shrunk; exact: {}\n",
        program.seed, program.exact
    );
    println!("--- behind prelude.py\n{}", vm_oracle::python_main(program));
    println!(
        "--- behind prelude.vasm\n{}",
        vm_oracle::assembly_main(program)
    );
    println!("--- both traces, the first difference marked");
    for line in &difference.expected[..difference.line] {
        println!("    {line}");
    }
    let line = |trace: &[String]| trace.get(difference.line).cloned().unwrap_or_default();
    println!("! CPython: {}", line(&difference.expected));
    println!("! here:    {}", line(&difference.found));
    for (name, trace) in [
        ("CPython", &difference.expected),
        ("here", &difference.found),
    ] {
        println!("--- {name}, from there on");
        for line in trace.iter().skip(difference.line).take(12) {
            println!("    {line}");
        }
    }
}
