//! A program in a machine of its own, run again and again; every run must print what is expected.
//!
//! What is expected was printed by CPython 3.13 for the program's twin.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;
use vm_bytecode::VerifiedModule;
use vm_core::{Config, Handle, RunError, Vm};

/// Programs of `programs/`, their arguments, and what they print.
pub const PROGRAMS: [(&str, &str, &str); 17] = [
    ("fib", "20", "6765\n"),
    ("loopsum", "100000", "4999950000\n"),
    ("sieve", "10000", "1229\n"),
    ("nbody", "100", "-0.169051\n"),
    ("fannkuch", "6", "49 10\n"),
    ("spectral", "10", "1.271844\n"),
    ("mandel", "20", "33118\n"),
    ("bintrees", "6", "4271 127\n"),
    ("cycles", "10000", "50005000\n"),
    ("dictint", "1000", "1000 499500 2\n"),
    ("dictstr", "1000", "1000 499500\n"),
    ("strbuild", "1000", "4890 4890\n"),
    ("methods", "1000", "499500\n"),
    ("closures", "1000", "18502500\n"),
    ("exceptions", "1000", "499500\n"),
    ("generators", "1000", "2497500\n"),
    ("richards", "1", "hold count 9297 queue count 23246\n"),
];

/// Why a program cannot be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The program.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The assembler or the verifier refuses it.
    #[error("{}: {reason}", path.display())]
    Refused {
        /// The program.
        path: PathBuf,
        /// The first thing that is wrong.
        reason: String,
    },
    /// There is no memory for a machine.
    #[error("{}: no memory for a machine", path.display())]
    NoMemory {
        /// The program.
        path: PathBuf,
    },
    /// The machine cannot load it.
    #[error("{}: {source:?}", path.display())]
    Machine {
        /// The program.
        path: PathBuf,
        /// The reason.
        source: Box<RunError>,
    },
}

/// The directory of the programs that are measured whole.
#[must_use]
pub fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("programs")
}

/// Where the program prints to.
#[derive(Clone, Debug, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl Output {
    /// What was printed since the last time.
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A loaded program.
pub struct Program {
    machine: Vm,
    main: Handle,
    output: Output,
    expected: String,
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program")
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}

impl Program {
    /// Assembles, verifies and loads `programs/NAME.vasm` in a machine whose `sys.argv` is the name
    /// and `argument`.
    ///
    /// # Errors
    ///
    /// [`LoadError`], with the path.
    pub fn load(name: &str, argument: &str, expected: &str) -> Result<Program, LoadError> {
        let path = programs().join(format!("{name}.vasm"));
        let module = assemble(&path)?;
        let mut machine =
            Vm::new(Config::default()).map_err(|_| LoadError::NoMemory { path: path.clone() })?;
        let failed = |source: RunError| LoadError::Machine {
            path: path.clone(),
            source: Box::new(source),
        };
        let output = Output::default();
        machine.set_output(output.clone(), output.clone());
        machine
            .set_arguments(vec![name.to_owned(), argument.to_owned()])
            .map_err(failed)?;
        machine.load(module).map_err(failed)?;
        machine.define_functions_of_module().map_err(failed)?;
        let Some(main) = machine.global("main") else {
            return Err(LoadError::Refused {
                path,
                reason: "it has no `main`".to_owned(),
            });
        };
        Ok(Program {
            machine,
            main,
            output,
            expected: expected.to_owned(),
        })
    }

    /// Calls its `main`, in the machine in which it ran before: what was made once (shapes, caches,
    /// pages) is there.
    ///
    /// # Panics
    ///
    /// If it fails or prints something else than expected: a benchmark of a wrong result is void.
    pub fn run(&mut self) {
        let result = self.machine.call_handle(&self.main, &[]);
        self.machine.flush_output();
        let printed = self.output.take();
        let printed = String::from_utf8_lossy(&printed);
        assert!(result.is_ok(), "{result:?}: {printed}");
        assert_eq!(printed, self.expected);
    }

    /// Runs it, and counts what the machine does meanwhile: the machine's counters by name.
    ///
    /// # Panics
    ///
    /// As [`Program::run`].
    pub fn counted_run(&mut self) -> Vec<(&'static str, u64)> {
        self.machine.count_operations(true);
        let before = self.machine.statistics().named();
        self.run();
        let after = self.machine.statistics().named();
        self.machine.count_operations(false);
        let grown =
            |((name, before), (_, after)): (_, (_, u64))| (name, after.saturating_sub(before));
        before.into_iter().zip(after).map(grown).collect()
    }

    /// Instructions of the machine executed so far.
    #[must_use]
    pub fn instructions(&self) -> u64 {
        self.machine.statistics().instructions
    }
}

/// Text to a module that may run.
///
/// # Errors
///
/// [`LoadError`], with the path.
pub fn assemble(path: &Path) -> Result<VerifiedModule, LoadError> {
    let source = std::fs::read_to_string(path).map_err(|source| LoadError::Read {
        path: path.to_owned(),
        source,
    })?;
    let refused = |reason: String| LoadError::Refused {
        path: path.to_owned(),
        reason,
    };
    let module = vm_asm::assemble(&source, &path.to_string_lossy())
        .map_err(|errors| refused(errors.first().map(ToString::to_string).unwrap_or_default()))?;
    VerifiedModule::new(module)
        .map_err(|errors| refused(errors.first().map(ToString::to_string).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_prints_what_its_twin_prints() {
        for (name, argument, expected) in PROGRAMS {
            let mut program = Program::load(name, argument, expected).unwrap();
            program.run();
            let once = program.instructions();
            program.run();
            assert!(once > 100 && program.instructions() > once, "{name}");
        }
    }

    #[test]
    fn another_result_is_noticed() {
        let mut program = Program::load("fib", "10", "56\n").unwrap();
        let run = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| program.run()));
        assert!(run.is_err());
    }

    #[test]
    fn what_is_not_there_is_named() {
        let error = Program::load("nothing_of_the_sort", "", "").unwrap_err();
        assert!(
            error.to_string().contains("nothing_of_the_sort.vasm"),
            "{error}"
        );
    }
}
