//! What a command works with: its streams, whether they are terminals, and the directory that
//! relative paths start from.

use crate::arguments::ColorChoice;
use crate::console::{Console, Memory};
use crate::failure::Failure;
use crate::render;
use std::fmt;
use std::io::{self, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The surroundings of one command.
pub struct Context {
    pub(crate) console: Console,
    input: Arc<Mutex<Box<dyn Read + Send>>>,
    /// Where relative paths start; empty for the directory of the process.
    directory: PathBuf,
    input_is_terminal: bool,
    output_is_terminal: bool,
    error_is_terminal: bool,
    color: bool,
    /// Whether the process ends with the command.
    ends_process: bool,
}

impl fmt::Debug for Context {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Context")
            .field("directory", &self.directory)
            .finish_non_exhaustive()
    }
}

/// What a command with captured streams wrote.
#[derive(Debug)]
pub struct Captured {
    output: Memory,
    error: Memory,
}

impl Captured {
    /// The bytes on standard output.
    pub fn output(&self) -> Vec<u8> {
        self.output.contents()
    }

    /// The text on standard output.
    pub fn output_text(&self) -> String {
        String::from_utf8_lossy(&self.output.contents()).into_owned()
    }

    /// The text on standard error.
    pub fn error_text(&self) -> String {
        String::from_utf8_lossy(&self.error.contents()).into_owned()
    }
}

impl Context {
    /// The streams of the process.
    pub fn of_process() -> Context {
        let output_is_terminal = io::stdout().is_terminal();
        let mut context = Context {
            console: Console::new(io::stdout(), io::stderr(), output_is_terminal),
            input: Arc::new(Mutex::new(Box::new(io::stdin()))),
            directory: PathBuf::new(),
            input_is_terminal: io::stdin().is_terminal(),
            output_is_terminal,
            error_is_terminal: io::stderr().is_terminal(),
            color: false,
            ends_process: true,
        };
        context.choose_color(ColorChoice::Auto);
        context
    }

    /// Streams in memory; `input` is what the command reads.
    pub fn captured(input: &[u8]) -> (Context, Captured) {
        let captured = Captured {
            output: Memory::default(),
            error: Memory::default(),
        };
        let context = Context {
            console: Console::new(captured.output.clone(), captured.error.clone(), false),
            input: Arc::new(Mutex::new(Box::new(io::Cursor::new(input.to_vec())))),
            directory: PathBuf::new(),
            input_is_terminal: false,
            output_is_terminal: false,
            error_is_terminal: false,
            color: false,
            ends_process: false,
        };
        (context, captured)
    }

    /// Relative paths start from `directory`.
    #[must_use]
    pub fn in_directory(mut self, directory: &Path) -> Context {
        self.directory = directory.to_owned();
        self
    }

    /// Standard output is taken for a terminal.
    #[must_use]
    pub fn with_output_to_terminal(mut self) -> Context {
        self.output_is_terminal = true;
        self
    }

    /// Standard input, to be read line by line.
    pub(crate) fn input(&self) -> BufReader<impl Read + Send + use<>> {
        BufReader::new(SharedInput(Arc::clone(&self.input)))
    }

    pub(crate) fn input_is_terminal(&self) -> bool {
        self.input_is_terminal
    }

    pub(crate) fn output_is_terminal(&self) -> bool {
        self.output_is_terminal
    }

    pub(crate) fn color(&self) -> bool {
        self.color
    }

    /// Lets go of what the process is about to give back as a whole.
    pub(crate) fn abandon<T>(&self, value: T) {
        if self.ends_process {
            std::mem::forget(value);
        }
    }

    /// Decides whether messages are colored. The variables are those of <https://no-color.org>.
    pub(crate) fn choose_color(&mut self, choice: ColorChoice) {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        self.color = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                let is_dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
                self.error_is_terminal && !is_set("NO_COLOR") && !is_dumb
            }
        };
    }

    /// Where a path of the command line leads.
    pub(crate) fn path(&self, path: &Path) -> PathBuf {
        self.directory.join(path)
    }

    /// Gives standard input to `read`.
    pub(crate) fn with_input<T>(&self, read: impl FnOnce(&mut dyn Read) -> T) -> T {
        read(&mut **self.input.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Shows a failure; returns its exit status.
    pub(crate) fn fail(&self, failure: &Failure) -> u8 {
        self.console
            .print_error(&render::failure(failure, self.color));
        failure.status()
    }

    /// Writes what is held back, and returns the command's exit status: `status`, unless standard
    /// output failed. That a reader closed the pipe is no failure, and takes none away.
    pub(crate) fn finish(&self, status: u8) -> u8 {
        self.console.flush();
        match self.console.failure() {
            None => status,
            Some(error) if error.kind() == io::ErrorKind::BrokenPipe => status,
            Some(source) => {
                let name = "standard output".to_owned();
                self.fail(&Failure::Write { name, source })
            }
        }
    }
}

/// Standard input, for whoever outlives the context.
struct SharedInput(Arc<Mutex<Box<dyn Read + Send>>>);

impl Read for SharedInput {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .read(buffer)
    }
}
