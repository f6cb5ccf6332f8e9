//! A program as Python, and as assembly.

use crate::program::{Argument, Program, Statement, VARIABLES};
use std::fmt::Write as _;

/// Writing to a string does not fail.
macro_rules! line {
    ($text:expr, $($format:tt)*) => {{
        let _ = writeln!($text, $($format)*);
    }};
}

/// The whole program in Python.
pub fn python(program: &Program) -> String {
    let mut text = String::new();
    line!(text, "EXACT = {}", Argument::Boolean(program.exact));
    line!(text, "SLOTS = {}", program.slots);
    text.push_str(include_str!("prelude.py"));
    text.push_str(&python_main(program));
    text
}

/// The part of the Python program that is not the prelude.
pub fn python_main(program: &Program) -> String {
    let mut text = String::from("def main():\n");
    let [t0, t1, t2] = program.thresholds;
    let watched = Argument::Boolean(program.watched);
    line!(text, "    begin({watched}, {t0}, {t1}, {t2})");
    for variable in 0..VARIABLES {
        line!(text, "    v{variable} = None");
    }
    for (index, statement) in statements(program) {
        line!(
            text,
            "    say(\"{}\")",
            Program::announcement(index, statement)
        );
        line!(text, "    {statement}");
    }
    text.push_str("\n\nmain()\nprint(\"\\n\".join(TRACE))\n");
    text
}

/// The whole program in assembly.
pub fn assembly(program: &Program) -> String {
    let mut text = String::from(include_str!("prelude.vasm"));
    text.push_str(&assembly_main(program));
    text
}

/// The part of the assembly program that is not the prelude.
pub fn assembly_main(program: &Program) -> String {
    let mut text = String::from(".func main()\n    .local ");
    for variable in 0..VARIABLES {
        let _ = write!(text, "v{variable}, ");
    }
    text.push_str("w0, w1, w2, w3, w4\n");
    text.push_str("    make_function w0, setup\n");
    line!(text, "    load w1, {}", Argument::Boolean(program.exact));
    line!(text, "    load w2, {}", program.slots);
    text.push_str("    call w0, 2\n    load_global w0, begin\n");
    line!(text, "    load w1, {}", Argument::Boolean(program.watched));
    for (index, threshold) in program.thresholds.iter().enumerate() {
        line!(text, "    load w{}, {threshold}", index + 2);
    }
    text.push_str("    call w0, 4\n    unset w0\n");
    for variable in 0..VARIABLES {
        line!(text, "    load v{variable}, None");
    }
    for (index, statement) in statements(program) {
        line!(text, "    ; {statement}");
        text.push_str("    load_global w0, say\n");
        line!(
            text,
            "    load w1, \"{}\"",
            Program::announcement(index, statement)
        );
        text.push_str("    call w0, 1\n    unset w0\n");
        assembly_statement(&mut text, statement);
    }
    text.push_str("    load_global w0, print_trace\n    call w0, 0\n    return_none\n.end\n");
    text
}

fn assembly_statement(text: &mut String, statement: &Statement) {
    match statement {
        Statement::Call {
            function,
            arguments,
            into,
        } => {
            line!(text, "    load_global w0, {function}");
            for (index, argument) in arguments.iter().enumerate() {
                let register = index + 1;
                match argument {
                    Argument::Variable(number) => {
                        line!(text, "    copy w{register}, v{number}");
                    }
                    Argument::Class(name) => {
                        line!(text, "    load_global w{register}, {name}");
                    }
                    literal => line!(text, "    load w{register}, {literal}"),
                }
            }
            line!(text, "    call w0, {}", arguments.len());
            match into {
                Some(variable) => line!(text, "    move v{variable}, w0"),
                None => line!(text, "    unset w0"),
            }
        }
        Statement::Copy { into, from } => line!(text, "    copy v{into}, v{from}"),
        Statement::Drop(variable) => line!(text, "    load v{variable}, None"),
    }
}

/// The statements with their numbers, and the ending behind them.
fn statements(program: &Program) -> Vec<(usize, &Statement)> {
    let ending = ending();
    program
        .statements
        .iter()
        .chain(ending)
        .enumerate()
        .collect()
}

fn ending() -> &'static [Statement] {
    use std::sync::OnceLock;
    static ENDING: OnceLock<Vec<Statement>> = OnceLock::new();
    ENDING.get_or_init(Program::ending)
}
