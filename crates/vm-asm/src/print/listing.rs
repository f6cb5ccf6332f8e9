//! The instructions of a module one by one: for views that show where a program is.

use vm_bytecode::Module;

use super::function::{FunctionText, Piece, reference_changes};
use super::{Options, Printer};

/// One instruction, as the disassembler writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedInstruction {
    /// Its first word's index in the function.
    pub offset: u32,
    /// The number of the label in front of it: jumps say `L` and the number.
    pub label: Option<usize>,
    /// The text.
    pub text: String,
    /// What it does with the references in its registers, as with [`Options::refcounts`].
    pub references: String,
}

/// The instructions of each function of a module.
///
/// ```
/// let module = vm_asm::assemble(".func main()\n load r0, 1\n return r0\n.end", "one.vasm")?;
/// let listing = vm_asm::listing(&module);
/// assert_eq!(listing[0][1].offset, 1);
/// assert_eq!(listing[0][1].text, "return r0");
/// assert_eq!(listing[0][1].references, ">r0");
/// # Ok::<(), Vec<vm_asm::Diagnostic>>(())
/// ```
pub fn listing(module: &Module) -> Vec<Vec<ListedInstruction>> {
    let indices = 0..module.functions.len();
    let functions: Vec<_> = indices
        .map(|index| FunctionText::new(module, index))
        .collect();
    let printer = Printer::new(module, &Options::default(), false);
    let list = |text: &FunctionText<'_>| {
        let pieces = text.pieces.iter();
        pieces
            .map(|&(offset, piece)| ListedInstruction {
                offset,
                label: text.label(offset),
                text: printer.piece(text, offset, piece),
                references: match piece {
                    Piece::Instruction(instruction) => reference_changes(instruction),
                    Piece::Raw(_) => String::new(),
                },
            })
            .collect()
    };
    functions.iter().map(list).collect()
}
