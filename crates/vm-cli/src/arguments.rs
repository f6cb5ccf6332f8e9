//! What the command line may say. The texts here are the reference of the command.

mod bench;
mod debug;
mod deferred;
mod heap;
mod machine;
mod profile;
mod trace;

pub use bench::Bench;
pub use debug::Debug;
pub use deferred::Deferred;
pub use heap::{Diff, Heap, HeapCommand, HeapFormat, Moment, ObjectChoice, Why};
pub use machine::{DebugFlag, MachineOptions, ProfileName, StressMode, Switch, Thresholds};
pub use profile::{Profile, ProfileFormat, ProfileTable, Weight};
pub use trace::{Trace, TraceFormat};

use clap::parser::ValueSource;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Examples:
  vm run fib.vasm 30                 run a program with an argument
  vm run --stats --max-heap 10MiB p.vasm
  vm trace --format html -o p.html p.vasm    what its collector did, as a page
  vm heap why p.vasm --type Node     who holds the nodes
  vm profile p.vasm                  where its instructions go
  vm asm p.vasm -o p.vmb             text to module
  vm dis p.vmb | vm run -            module to text, and run that
  vm test fixtures                   run the programs that say what to expect
  vm bench --against b.json p.vasm   what changed since `--save b.json`, and where

A program is text (.vasm) or a module (.vmb): which of them, its content tells. `-` is standard
input or standard output.

Exit status:
  0   all is well
  1   the program is wrong, or failed: errors in the text or the module, an uncaught exception,
      a limit, a test; a counter that grew
  2   the command could not be carried out: usage, a file that cannot be read or written
  A program that ends with sys.exit(n) gives its own status.

Environment:
  VM_LOG     a filter for the collector's spans and events on standard error, such as
             `vm_gc=info` (each collection) or `vm_gc=debug` (its stages and the heap too)
  NO_COLOR   no colors, unless `--color always` asks for them";

/// A virtual machine with reference counts and a generational cycle collector
#[derive(Clone, Debug, Parser)]
#[command(name = "vm", version, color = clap::ColorChoice::Never, after_long_help = AFTER_HELP)]
#[command(disable_help_subcommand = true)]
pub struct Arguments {
    /// Also an option of each command: it may stand before or behind the command's name.
    #[command(flatten)]
    pub color: Color,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

impl Arguments {
    /// Reads the arguments of the process.
    ///
    /// # Errors
    ///
    /// Clap's, which is also what `--help` and `--version` print.
    pub fn read(
        arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<Arguments, clap::Error> {
        let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
        match Arguments::plain(&arguments) {
            Some(plain) => Ok(plain),
            None => Arguments::parsed(&arguments),
        }
    }

    /// `vm run PROGRAM [ARGS]...`, without an option: there is nothing to look up, and to define the options takes
    /// a tenth of the time of an empty program.
    fn plain(arguments: &[OsString]) -> Option<Arguments> {
        let [_, command, program @ ..] = arguments else {
            return None;
        };
        let is_option = |text: &str| text.starts_with('-') && text != "-";
        if command != "run" || program.first()?.to_str().is_none_or(is_option) {
            return None;
        }
        let program = program.iter().map(|word| Some(word.to_str()?.to_owned()));
        let run = Run {
            program: program.collect::<Option<_>>()?,
            ..Run::default()
        };
        Some(Arguments {
            color: Color {
                when: ColorChoice::Auto,
            },
            command: Command::Run(Deferred(run)),
        })
    }

    /// Any arguments.
    fn parsed(arguments: &[OsString]) -> Result<Arguments, clap::Error> {
        let matches = Arguments::command().try_get_matches_from(arguments)?;
        let mut read = Arguments::from_arg_matches(&matches)?;
        if let Some((_, of_command)) = matches.subcommand()
            && of_command.value_source(Color::ID) == Some(ValueSource::CommandLine)
        {
            read.color = Color::from_arg_matches(of_command)?;
        }
        Ok(read)
    }
}

/// The option `--color`.
#[derive(Args, Clone, Copy, Debug)]
pub struct Color {
    /// When messages are colored: auto (if standard error is a terminal), always or never
    #[arg(long = Color::ID, id = Color::ID, value_name = "WHEN", default_value = "auto")]
    #[arg(hide_possible_values = true, display_order = 900)]
    pub when: ColorChoice,
}

impl Color {
    pub(crate) const ID: &str = "color";
}

/// When messages are colored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// If standard error is a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Run a program
    Run(Deferred<Run>),
    /// Run a program and write what its collector did
    Trace(Deferred<Trace>),
    /// Run a program and show what is alive, and who holds it
    Heap(Box<Deferred<Heap>>),
    /// Run a program and show where its instructions, allocations and reference counts go
    Profile(Deferred<Profile>),
    /// Step through a program: instructions, registers, counts, collections
    Debug(Deferred<Debug>),
    /// Assemble: text to module
    Asm(Deferred<Asm>),
    /// Disassemble: module to text, which assembles to the same bytes
    Dis(Deferred<Dis>),
    /// Lay out a text canonically
    Fmt(Deferred<Fmt>),
    /// Check programs without running them
    Check(Deferred<Check>),
    /// Run programs whose comments say what to expect
    Test(Deferred<Test>),
    /// Measure programs: counters that do not vary, times, other interpreters beside this one
    Bench(Deferred<Bench>),
    /// Print a script that completes this command in a shell
    Completions(Deferred<Completions>),
}

const AFTER_RUN: &str = "\
Options come before PROGRAM; everything behind it is for the program.

Examples:
  vm run hello.vasm
  vm run fib.vasm 30                       sys.argv is ['fib.vasm', '30']
  vm asm p.vasm | vm run -                 a module from standard input
  vm run --stats p.vasm                    what it cost, on standard error
  vm run --gc-threshold 100,5,5 p.vasm
  vm run --gc off --max-heap 64MiB --timeout 2.5 p.vasm
  vm run -v p.vasm                         each collection, on standard error";

/// Arguments of `vm run`.
#[derive(Args, Clone, Debug, Default)]
#[command(after_long_help = AFTER_RUN)]
pub struct Run {
    /// The machine.
    #[command(flatten)]
    pub machine: MachineOptions,
    /// Print counters of the run on standard error: instructions, collections, objects, bytes,
    /// reference count operations
    #[arg(long)]
    pub stats: bool,
    /// Print nothing about how the program failed: no traceback, no limit. The exit status tells
    #[arg(long, short)]
    pub quiet: bool,
    /// Recompute all reference counts after the run and compare
    #[arg(long, hide = true)]
    pub verify: bool,
    /// Count what instructions do even if nothing is printed.
    #[arg(skip)]
    pub count_operations: bool,
    /// The program, and what it finds in sys.argv
    #[arg(required = true, num_args = 1.., trailing_var_arg = true)]
    #[arg(value_names = ["PROGRAM", "ARGS"])]
    pub program: Vec<String>,
}

const AFTER_ASM: &str = "\
The module is not verified: `vm check` and `vm run` do that. A module is passed through.

Examples:
  vm asm p.vasm -o p.vmb
  vm asm < p.vasm > p.vmb
  vm asm p.vasm | vm dis --offsets";

/// Arguments of `vm asm`.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = AFTER_ASM)]
pub struct Asm {
    /// The text; `-` is standard input
    #[arg(value_name = "IN", default_value = "-")]
    pub input: PathBuf,
    /// Where to write the module; `-` is standard output, which must not be a terminal
    #[arg(long, short, value_name = "OUT", default_value = "-")]
    pub output: PathBuf,
}

const AFTER_DIS: &str = "\
With --refcounts, each instruction says what it does with the references in its registers:
  +   a further reference is taken
  >   the reference is moved out
  -   what the register held is released
What the options add are comments: the text still assembles to the same bytes.

Examples:
  vm dis p.vmb
  vm dis --refcounts p.vasm          text is assembled first
  vm dis p.vmb | vm asm | cmp - p.vmb";

/// Arguments of `vm dis`.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = AFTER_DIS)]
pub struct Dis {
    /// The module, or a text, which is assembled first; `-` is standard input
    #[arg(value_name = "IN", default_value = "-")]
    pub input: PathBuf,
    /// Where to write the text; `-` is standard output
    #[arg(long, short, value_name = "OUT", default_value = "-")]
    pub output: PathBuf,
    /// Add what each instruction does with the references in its registers
    #[arg(long)]
    pub refcounts: bool,
    /// Add the index of each instruction's first word, and its words in hexadecimal
    #[arg(long)]
    pub offsets: bool,
}

const AFTER_FMT: &str = "\
Only blanks and line ends change, so the text assembles to the same module.

Examples:
  vm fmt p.vasm                      to standard output
  vm fmt --in-place p.vasm
  vm fmt --check p.vasm              exit status 1 if the layout is another";

/// Arguments of `vm fmt`.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = AFTER_FMT)]
pub struct Fmt {
    /// The text; `-` is standard input
    #[arg(value_name = "IN", default_value = "-")]
    pub input: PathBuf,
    /// Where to write the text; `-` is standard output
    #[arg(long, short, value_name = "OUT", default_value = "-")]
    #[arg(conflicts_with_all = ["check", "in_place"])]
    pub output: PathBuf,
    /// Write nothing; the exit status is 1 if the layout is not canonical
    #[arg(long, conflicts_with = "in_place")]
    pub check: bool,
    /// Write the text back to its file
    #[arg(long, short)]
    pub in_place: bool,
}

const AFTER_CHECK: &str = "\
Text is assembled, a module is decoded; then the verifier looks at the module. All errors of a
program are reported at once.

Examples:
  vm check p.vasm
  vm check --verbose *.vasm *.vmb";

/// Arguments of `vm check`.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = AFTER_CHECK)]
pub struct Check {
    /// The programs; `-` is standard input
    #[arg(value_name = "IN", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Print a line about each correct program
    #[arg(long, short)]
    pub verbose: bool,
}

const AFTER_TEST: &str = "\
PATHS are files, or directories that are searched for .vasm files and for .vmb files with a file
beside them whose name ends with .vmb.expect. Comments say what to expect (of a module, the lines
of the .expect file):
  ; RUN: COMMAND [ARGS]       run (the default), asm, dis, fmt or check. Several runs each have the
                              directives up to the next
  ; OPTIONS: --max-heap 1MiB  options of the command, before the program
  ; EXPECT: line              a line of standard output; if there are any, these are all
  ; EXPECT-ERROR: line        a line of standard error, likewise
  ; EXIT: n                   the exit status; else 1 if EXPECT-ERROR is given, and 0 if not
  ; STATS: name op number     compares a counter of `vm run --stats`: == != < <= > >=
  ; ROUND-TRIP: no            does not check that text to module to text to module gives the same
  ; STRESS: no                runs without the modes of --stress: when collections run, matters

Programs run under their file name, in the directory of the file. The reference counts of the
whole heap are recomputed and compared after each.

Examples:
  vm test fixtures
  vm test --filter gc_ fixtures
  vm test --bless new.vasm           write down what it prints, to be read before it is kept";

/// Arguments of `vm test`.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = AFTER_TEST)]
pub struct Test {
    /// Files and directories
    #[arg(value_name = "PATHS", required = true)]
    pub paths: Vec<PathBuf>,
    /// Rewrite EXPECT and EXPECT-ERROR lines to what the programs print
    #[arg(long)]
    pub bless: bool,
    /// How many programs run at a time [default: the number of processors]
    #[arg(long, short, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Run the programs with these stress modes of `vm run`, but for those whose directives say no
    #[arg(
        long,
        value_name = "MODES",
        value_delimiter = ',',
        hide_possible_values = true
    )]
    pub stress: Vec<StressMode>,
    /// Only the files whose path contains this
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
}

const AFTER_COMPLETIONS: &str = "\
Examples:
  vm completions bash > ~/.local/share/bash-completion/completions/vm
  vm completions fish > ~/.config/fish/completions/vm.fish";

/// Arguments of `vm completions`.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = AFTER_COMPLETIONS)]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn run(arguments: &[&str]) -> Result<Run, String> {
        let arguments = [&["vm", "run"], arguments].concat();
        match Arguments::try_parse_from(arguments) {
            Ok(Arguments {
                command: Command::Run(run),
                ..
            }) => Ok(run.0),
            Ok(other) => Err(format!("{other:?}")),
            Err(error) => Err(error.to_string()),
        }
    }

    fn words_of(parts: &[&[&str]]) -> Vec<OsString> {
        parts.concat().into_iter().map(OsString::from).collect()
    }

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn color_stands_before_or_behind_the_command() {
        let cases: [(&[&str], ColorChoice); 6] = [
            (&["vm", "run", "p"], ColorChoice::Auto),
            (&["vm", "--color", "never", "run", "p"], ColorChoice::Never),
            (&["vm", "run", "--color=always", "p"], ColorChoice::Always),
            (
                &["vm", "--color=never", "run", "--color=always", "p"],
                ColorChoice::Always,
            ),
            (
                &["vm", "heap", "--color=always", "diff", "a", "b"],
                ColorChoice::Always,
            ),
            (
                &["vm", "heap", "diff", "a", "b", "--color=always"],
                ColorChoice::Always,
            ),
        ];
        for (arguments, expected) in cases {
            let read = Arguments::read(arguments).unwrap();
            assert_eq!(read.color.when, expected, "{arguments:?}");
        }
    }

    #[test]
    fn the_plain_form_is_read_as_any_other() {
        let plain: [&[&str]; 5] = [
            &["p"],
            &["-"],
            &["p.vasm", "30"],
            &["p.vasm", "--stats", "--", "-x", "--color", "never"],
            &["-", ""],
        ];
        for words in plain {
            let arguments = words_of(&[&["vm", "run"], words]);
            let parsed = Arguments::parsed(&arguments).unwrap();
            let read = Arguments::plain(&arguments).expect("is plain");
            assert_eq!(format!("{read:?}"), format!("{parsed:?}"));
        }
    }

    #[test]
    fn whatever_could_be_an_option_is_left_to_the_parser() {
        let others: [&[&str]; 6] = [
            &["run"],
            &["run", "-q", "p"],
            &["run", "--", "p"],
            &["run", "--help"],
            &["--color=never", "run", "p"],
            &["trace", "p"],
        ];
        for words in others {
            let arguments = words_of(&[&["vm"], words]);
            assert!(Arguments::plain(&arguments).is_none(), "{words:?}");
        }
    }

    #[test]
    fn what_follows_the_program_is_its_own() {
        let run = run(&["--stats", "p.vasm", "--stats", "-x", "--", "--help", "5"]).unwrap();
        assert_eq!(
            run.program,
            ["p.vasm", "--stats", "-x", "--", "--help", "5"]
        );
        assert!(run.stats);
        assert!(!run.quiet);
    }

    #[test]
    fn a_program_from_standard_input_takes_arguments_too() {
        assert_eq!(run(&["-", "-q"]).unwrap().program, ["-", "-q"]);
        assert_eq!(run(&["-q", "--", "-p"]).unwrap().program, ["-p"]);
    }

    #[test]
    fn options_are_not_taken_for_programs() {
        for wrong in ["--nonsense", "-Z", "--fuel"] {
            assert!(run(&[wrong, "p.vasm"]).is_err(), "{wrong}");
        }
        assert!(run(&[]).is_err());
    }

    #[test]
    fn thresholds_are_three_numbers() {
        let thresholds =
            |text| run(&["--gc-threshold", text, "p"]).map(|run| run.machine.gc_threshold);
        assert_eq!(thresholds("2000,10,0"), Ok(Some(Thresholds([2000, 10, 0]))));
        for wrong in [
            "",
            "1",
            "1,2",
            "1,2,3,4",
            "1,2,x",
            "1,2,-3",
            "2147483648,1,1",
        ] {
            assert!(thresholds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn profiles_are_named_after_versions() {
        for (name, profile) in [
            ("3.12", vm_gc::Profile::V3_12),
            ("3.13", vm_gc::Profile::V3_13),
            ("3.15", vm_gc::Profile::V3_15),
        ] {
            assert_eq!(
                run(&["--gc-profile", name, "p"])
                    .unwrap()
                    .machine
                    .gc_profile
                    .profile(),
                profile
            );
        }
        assert!(run(&["--gc-profile", "3.14", "p"]).is_err());
    }

    #[test]
    fn seconds_are_positive_and_bounded() {
        let timeout = |text| run(&["--timeout", text, "p"]).map(|run| run.machine.timeout);
        assert_eq!(timeout("0.25"), Ok(Duration::from_millis(250)));
        assert_eq!(timeout("1e9"), Ok(Duration::from_secs(1_000_000_000)));
        for wrong in ["-1", "nan", "inf", "1e10", "x", ""] {
            assert!(timeout(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn debug_flags_have_the_bits_of_the_gc_module() {
        let flags = run(&["--gc-debug", "stats,leak", "p"])
            .unwrap()
            .machine
            .gc_debug;
        assert_eq!(flags, [DebugFlag::Stats, DebugFlag::Leak]);
        // Values of CPython's gc.DEBUG_STATS and gc.DEBUG_LEAK.
        assert_eq!(
            flags.iter().map(|flag| flag.bits()).collect::<Vec<_>>(),
            [1, 38]
        );
        assert!(run(&["--gc-debug", "nonsense", "p"]).is_err());
    }

    #[test]
    fn the_defaults_are_those_of_the_machine() {
        let run = run(&["p"]).unwrap();
        let config = vm_core::Config::default();
        assert_eq!(run.machine.max_heap.bytes, config.heap_bytes_max as u64);
        assert_eq!(run.machine.gc_profile.profile(), config.collector_profile);
        assert_eq!(
            run.machine.gc_bytes.is_some(),
            config.collector_bytes.is_some()
        );
        assert_eq!(run.machine.max_depth as usize, config.call_depth_max);
        assert_eq!(run.machine.fuel, config.fuel_max);
        assert_eq!(Some(run.machine.timeout), config.wall_time_max);
    }
}
