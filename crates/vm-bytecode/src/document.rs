//! The instruction table as a page of documentation.

use crate::opcode::{Flow, OpcodeInfo, OperandKind};
use crate::table::Opcode;

const INTRODUCTION: &str = "\
# Instructions

<!-- Change `table.rs`, and run `cargo run -p vm-bytecode --example instructions_md`. -->

A function has up to 256 registers, r0 to r255; its parameters are the first ones. A register is
unset, or owns one counted reference. An instruction is one 32-bit word, little-endian in a file:

```text
 31      24 23      16 15       8 7        0
┌──────────┬──────────┬──────────┬──────────┐
│    C     │    B     │    A     │  opcode  │
├──────────┴──────────┼──────────┼──────────┤
│         BC          │    A     │  opcode  │
├─────────────────────┴──────────┼──────────┤
│              ABC               │  opcode  │
└────────────────────────────────┴──────────┘
```

Some have a second word, X, which is one operand. A sign, as in ±C, means that the field is signed.
Bits that no operand occupies are zero. Jumps count words from the one behind the whole instruction.

The text of an instruction is its name and its operands in the order given here, the destination
first. For each operand the tables tell the field, and its use:

| use | meaning |
|---|---|
";

const USES: &[(OperandKind, &str)] = &[
    (
        OperandKind::Write,
        "Receives a value; what the register held before is released.",
    ),
    (
        OperandKind::WriteUnlessJump,
        "Written if the instruction does not jump, else untouched.",
    ),
    (
        OperandKind::WriteIfJump,
        "Written if the instruction jumps, else untouched.",
    ),
    (OperandKind::Read, "Read in place: no count changes."),
    (
        OperandKind::Copies,
        "Read, and the instruction keeps a further reference.",
    ),
    (
        OperandKind::Take,
        "Moved out: the register is unset afterwards, and no count changes.",
    ),
    (
        OperandKind::Unset,
        "May be unset; what it holds is released, and it is unset afterwards.",
    ),
    (
        OperandKind::Check,
        "May be unset, and then the instruction raises.",
    ),
    (
        OperandKind::Enclose,
        "May be unset; its value moves into the cell that replaces it.",
    ),
    (
        OperandKind::TakeWindow,
        "The first of count registers, all taken.",
    ),
    (
        OperandKind::TakePairs,
        "The first of twice count registers, all taken.",
    ),
    (
        OperandKind::TakeThree,
        "The first of three registers, all taken.",
    ),
    (
        OperandKind::WriteWindow,
        "The first of count registers, all written.",
    ),
    (
        OperandKind::WriteStarWindow,
        "The first of before + 1 + after registers, all written.",
    ),
    (
        OperandKind::CallWindow,
        "The callee, and behind it count arguments: all taken, then the first register is written.",
    ),
    (
        OperandKind::CallExWindow,
        "The callee, and behind it a tuple and a dict or None: all taken, then the first register \
         is written.",
    ),
    (
        OperandKind::MethodWindow,
        "A register that may be unset, and behind it the receiver and count arguments: all taken, \
         then the first register is written.",
    ),
    (
        OperandKind::Count,
        "A number of registers, pairs or arguments.",
    ),
    (OperandKind::CountAfter, "A number of registers."),
    (OperandKind::Integer, "A number."),
    (OperandKind::Conversion, "A number from 0 to 3."),
    (OperandKind::Constant, "A constant of the module."),
    (
        OperandKind::KeywordNames,
        "A constant that is a tuple of distinct strings.",
    ),
    (OperandKind::Name, "A name of the module."),
    (OperandKind::Function, "A function without free variables."),
    (
        OperandKind::ClosureFunction,
        "A function with count free variables.",
    ),
    (OperandKind::Class, "A class template of the module."),
    (
        OperandKind::Free,
        "A free variable of the running function.",
    ),
    (OperandKind::Label, "An instruction to jump to."),
];

const AFTER_USES: &str = "
An instruction that raises leaves the registers set that were set before it, but for those it takes:
a handler finds them unset. Before a module runs, the verifier makes sure that every register is
set, on every path, when it is read.
";

/// The text of `docs/instructions.md`.
#[must_use]
pub fn instructions_markdown() -> String {
    let mut page = INTRODUCTION.to_owned();
    for &(kind, meaning) in USES {
        row(&mut page, &[use_name(kind), meaning]);
    }
    page.push_str(AFTER_USES);
    let mut group = "";
    for opcode in Opcode::public() {
        let info = opcode.info();
        if info.group != group {
            group = info.group;
            page.push_str(&format!("\n## {group}\n\n"));
            page.push_str("| code | instruction | operands | control | effect |\n");
            page.push_str("|---:|---|---|---|---|\n");
        }
        let number = (opcode as u8).to_string();
        let text = format!("`{}`", synopsis(info));
        row(
            &mut page,
            &[
                &number,
                &text,
                &operands(info),
                control(info),
                &escape(info.effect),
            ],
        );
    }
    page
}

fn row(page: &mut String, cells: &[&str]) {
    page.push('|');
    for cell in cells {
        page.push(' ');
        page.push_str(cell);
        page.push_str(if cell.is_empty() { "|" } else { " |" });
    }
    page.push('\n');
}

/// `*` and `|` mean something in a table; effects use them as operators.
fn escape(text: &str) -> String {
    text.replace('|', "\\|")
        .replace('*', "\\*")
        .replace('<', "\\<")
}

fn synopsis(info: &OpcodeInfo) -> String {
    let mut text = info.mnemonic.to_owned();
    for (position, spec) in info.operands.iter().enumerate() {
        text.push_str(if position == 0 { " " } else { ", " });
        text.push_str(spec.name);
    }
    text
}

fn operands(info: &OpcodeInfo) -> String {
    let mut text = String::new();
    for spec in info.operands {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(spec.field.letters());
        text.push(' ');
        text.push_str(use_name(spec.kind));
    }
    text
}

fn control(info: &OpcodeInfo) -> &'static str {
    match (info.flow, info.raises) {
        (Flow::Next, false) => "",
        (Flow::Next, true) => "raises",
        (Flow::Jump, _) => "jumps",
        (Flow::Branch, false) => "may jump",
        (Flow::Branch, true) => "may jump, raises",
        (Flow::Exit, false) => "ends",
        (Flow::Exit, true) => "ends, raises",
    }
}

fn use_name(kind: OperandKind) -> &'static str {
    match kind {
        OperandKind::Write => "written",
        OperandKind::WriteUnlessJump => "written unless jump",
        OperandKind::WriteIfJump => "written if jump",
        OperandKind::Read => "read",
        OperandKind::Copies => "copied",
        OperandKind::Take => "taken",
        OperandKind::Unset => "unset",
        OperandKind::Check => "checked",
        OperandKind::Enclose => "enclosed",
        OperandKind::TakeWindow => "window taken",
        OperandKind::TakePairs => "pairs taken",
        OperandKind::TakeThree => "three taken",
        OperandKind::WriteWindow => "window written",
        OperandKind::WriteStarWindow => "star window written",
        OperandKind::CallWindow => "call window",
        OperandKind::CallExWindow => "call_ex window",
        OperandKind::MethodWindow => "method window",
        OperandKind::Count => "count",
        OperandKind::CountAfter => "count after",
        OperandKind::Integer => "integer",
        OperandKind::Conversion => "conversion",
        OperandKind::Constant => "constant",
        OperandKind::KeywordNames => "keyword names",
        OperandKind::Name => "name",
        OperandKind::Function => "function",
        OperandKind::ClosureFunction => "closure function",
        OperandKind::Class => "class",
        OperandKind::Free => "free variable",
        OperandKind::Label => "label",
    }
}
