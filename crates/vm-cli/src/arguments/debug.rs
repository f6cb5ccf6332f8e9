//! Arguments of `vm debug`.

use super::MachineOptions;
use clap::Args;

const AFTER_DEBUG: &str = "\
On a terminal there are panes for source, bytecode, registers, the heap, and what happened; the keys
are on the last line. With --batch, and when standard input or standard output is no terminal,
commands are read and texts are written instead; `help` lists the commands.

Objects are called #1, #2, ... in the order in which they are shown first. Behind each step the
counts that changed are listed: the net change of each object that has a number.

Examples:
  vm debug p.vasm
  vm debug p.vasm 30                       sys.argv is ['p.vasm', '30']
  echo 'break 12; continue' | tr ';' '\\n' | vm debug p.vasm
  vm debug --gc-threshold 10,2,2 p.vasm    collections come early

The exit status is that of the program, or 0 if it was left before its end.";

/// Arguments of `vm debug`.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = AFTER_DEBUG)]
pub struct Debug {
    /// The machine.
    #[command(flatten)]
    pub machine: MachineOptions,
    /// Read commands and write texts, on a terminal too
    #[arg(long)]
    pub batch: bool,
    /// The program, which must be a file, and what it finds in sys.argv
    #[arg(required = true, num_args = 1.., trailing_var_arg = true)]
    #[arg(value_names = ["PROGRAM", "ARGS"])]
    pub program: Vec<String>,
}
