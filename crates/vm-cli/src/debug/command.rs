//! The commands of the debugger: what a line of text says.
//!
//! A command may be cut to any beginning that no other command before it in the table has.

use thiserror::Error;

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// So many instructions.
    Step(u64),
    /// The same, but calls count as one.
    Next(u64),
    /// To another source line, over calls.
    Line,
    /// Until the function is left.
    Finish,
    /// Until something stops the program.
    Continue,
    /// Until a place is reached.
    Until(String),
    /// Until a collection begins.
    Collection,
    /// A breakpoint at a place or, for `exception`, where exceptions are raised.
    Break(String),
    /// A breakpoint at the death of an object.
    Watch(String),
    /// Forgets a breakpoint.
    Delete(u32),
    /// The breakpoints.
    Breakpoints,
    /// The registers of a function, by its number in `where`.
    Registers(usize),
    /// The active functions.
    Where,
    /// A value.
    Print(String),
    /// Source lines.
    Source,
    /// Bytecode.
    Bytecode,
    /// Heap and generations.
    Heap,
    /// What happened.
    Log,
    /// The commands.
    Help,
    /// Ends the program.
    Quit,
}

/// Why a line is no command.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(super) enum CommandError {
    #[error("no command `{0}`; `help` lists them")]
    Unknown(String),
    #[error("`{name}` needs {what}; `help` tells how it is written")]
    Missing {
        name: &'static str,
        what: &'static str,
    },
    #[error("`{0}` is not a number from 1 on")]
    Number(String),
}

/// Name, argument and meaning of each command. The ones used most come first.
const TABLE: [(&str, &str, &str); 20] = [
    ("step", "[N]", "run one instruction, or N"),
    (
        "next",
        "[N]",
        "the same, but a call with all it does is one",
    ),
    ("line", "", "run to another source line, over calls"),
    ("finish", "", "run until this function is left"),
    ("continue", "", "run until something stops the program"),
    ("until", "PLACE", "run to a place"),
    ("collection", "", "run until the next collection begins"),
    (
        "break",
        "PLACE",
        "stop at a place; `break exception`: where one is raised",
    ),
    ("watch", "VALUE", "stop when the object dies"),
    ("delete", "N", "forget breakpoint N"),
    ("breakpoints", "", "list the breakpoints"),
    (
        "registers",
        "[N]",
        "registers of this function, or of number N of `where`",
    ),
    ("where", "", "the active functions"),
    (
        "print",
        "VALUE",
        "a value with its count, generation and attributes",
    ),
    ("source", "", "source lines around this place"),
    (
        "bytecode",
        "",
        "instructions around this place, with what they do to references",
    ),
    (
        "heap",
        "",
        "objects and bytes of the program, generations, collections",
    ),
    (
        "log",
        "",
        "what happened: counts, deaths, exceptions, collections",
    ),
    ("help", "", "this list"),
    ("quit", "", "end the program"),
];

impl Command {
    /// What a line says; `None` for an empty one and a comment.
    pub(super) fn parse(line: &str) -> Result<Option<Command>, CommandError> {
        let line = line.split(';').next().unwrap_or_default().trim();
        if line.is_empty() {
            return Ok(None);
        }
        let (word, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let argument = argument.trim();
        let found = TABLE.iter().find(|(name, ..)| name.starts_with(word));
        let Some(&(name, ..)) = found else {
            return Err(CommandError::Unknown(word.to_owned()));
        };
        let text = |what| match argument {
            "" => Err(CommandError::Missing { name, what }),
            text => Ok(text.to_owned()),
        };
        let number = |default| match argument {
            "" => Ok(default),
            text => match text.parse() {
                Ok(number) if number > 0 => Ok(number),
                _ => Err(CommandError::Number(text.to_owned())),
            },
        };
        const PLACE: &str = "a place: LINE, FUNCTION or FUNCTION+OFFSET";
        const VALUE: &str = "a value: a register, a variable, a global or #N";
        Ok(Some(match name {
            "step" => Command::Step(number(1)?),
            "next" => Command::Next(number(1)?),
            "line" => Command::Line,
            "finish" => Command::Finish,
            "continue" => Command::Continue,
            "until" => Command::Until(text(PLACE)?),
            "collection" => Command::Collection,
            "break" => Command::Break(text(PLACE)?),
            "watch" => Command::Watch(text(VALUE)?),
            "delete" => {
                text("the number of a breakpoint")?;
                Command::Delete(u32::try_from(number(0)?).unwrap_or(u32::MAX))
            }
            "breakpoints" => Command::Breakpoints,
            "registers" => match argument {
                "" | "0" => Command::Registers(0),
                _ => Command::Registers(usize::try_from(number(0)?).unwrap_or(usize::MAX)),
            },
            "where" => Command::Where,
            "print" => Command::Print(text(VALUE)?),
            "source" => Command::Source,
            "bytecode" => Command::Bytecode,
            "heap" => Command::Heap,
            "log" => Command::Log,
            "help" => Command::Help,
            _ => Command::Quit,
        }))
    }
}

/// The list of commands.
pub(super) fn help() -> String {
    let lines = TABLE.iter().map(|(name, argument, meaning)| {
        format!("  {:<18} {meaning}\n", format!("{name} {argument}"))
    });
    let mut text: String = lines.collect();
    text.push_str(
        "Commands can be cut short: `s`, `n`, `c`. PLACE is a LINE, a FUNCTION or FUNCTION+OFFSET;\n\
         VALUE is a register (r0), a variable, a global, or #N, an object that was shown.\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_commands() {
        let cases = [
            ("step", Command::Step(1)),
            ("s 12", Command::Step(12)),
            ("  n   ; over it", Command::Next(1)),
            ("b main+3", Command::Break("main+3".to_owned())),
            ("break exception", Command::Break("exception".to_owned())),
            ("breakp", Command::Breakpoints),
            ("registers", Command::Registers(0)),
            ("reg 2", Command::Registers(2)),
            ("p #1", Command::Print("#1".to_owned())),
            ("d 3", Command::Delete(3)),
            ("q", Command::Quit),
        ];
        for (line, command) in cases {
            assert_eq!(Command::parse(line), Ok(Some(command)), "{line}");
        }
        assert_eq!(Command::parse(" ; nothing"), Ok(None));
    }

    #[test]
    fn mistakes_are_told() {
        let error = |line: &str| Command::parse(line).unwrap_err().to_string();
        assert_eq!(error("dance"), "no command `dance`; `help` lists them");
        assert_eq!(error("step 0"), "`0` is not a number from 1 on");
        assert_eq!(
            error("break"),
            "`break` needs a place: LINE, FUNCTION or FUNCTION+OFFSET; `help` tells how it is written"
        );
        assert_eq!(
            error("delete"),
            "`delete` needs the number of a breakpoint; `help` tells how it is written"
        );
    }

    #[test]
    fn every_command_of_the_table_is_one() {
        for (name, argument, _) in TABLE {
            let line = format!("{name} {}", if argument.is_empty() { "" } else { "1" });
            assert!(
                Command::parse(&line).is_ok_and(|command| command.is_some()),
                "{line}"
            );
        }
    }
}
