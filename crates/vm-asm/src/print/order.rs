//! Whether the text alone gives names and constants the indices they have in the module.
//!
//! The assembler interns from top to bottom. The check walks a module in the order of its text and
//! sees whether each value met for the first time is the next one of its table, and whether the walk
//! meets them all. The walk must agree with the assembler (`lower`) in every detail:
//!
//! - class: its name, the slots, then each member's name and constant;
//! - function: its name, the parameters in the order of their registers, the instructions;
//! - instruction: its operands from left to right;
//! - tuple: its items from left to right, then itself.

use std::collections::HashSet;

use vm_bytecode::limits::MAX_TUPLE_DEPTH;
use vm_bytecode::{Constant, ConstantIndex, Member, Module, NameIndex, Operand};

use super::constant::printed_length;
use super::function::{FunctionText, Piece};

/// The order of the text, and which tables it must list.
#[derive(Clone, Copy)]
pub(super) struct Order {
    pub classes_first: bool,
    pub names_need_list: bool,
    pub constants_need_names: bool,
}

/// Whether classes come before functions or behind them: what needs fewer lists. Function and class
/// indices are independent of it.
pub(super) fn best(module: &Module, functions: &[FunctionText<'_>]) -> Order {
    let orders = [true, false].map(|classes_first| check(module, functions, classes_first));
    let lists = |order: &Order| {
        // Literals are easier to read than names of constants; a list of names is only long.
        2 * u8::from(order.constants_need_names) + u8::from(order.names_need_list)
    };
    if lists(&orders[1]) < lists(&orders[0]) {
        orders[1]
    } else {
        orders[0]
    }
}

/// Walks the module in the order of its text.
fn check(module: &Module, functions: &[FunctionText<'_>], classes_first: bool) -> Order {
    let lengths = full_lengths(&module.constants);
    let mut walk = Walk {
        module,
        names: Table::new(module.names.len()),
        constants: Table::new(module.constants.len()),
        // Equal constants can't be told apart by their literals.
        constants_fit: lengths.is_some() && all_different(&module.constants),
        lengths: lengths.unwrap_or_default(),
        printed: 0,
    };
    if classes_first {
        walk.classes();
    }
    functions
        .iter()
        .for_each(|function| walk.function(function));
    if !classes_first {
        walk.classes();
    }
    Order {
        classes_first,
        names_need_list: !walk.names.is_in_order(),
        constants_need_names: !walk.constants_fit
            || !walk.constants.is_in_order()
            || walk.is_too_long(),
    }
}

fn all_different(constants: &[Constant]) -> bool {
    let mut seen = HashSet::new();
    constants.iter().all(|constant| seen.insert(constant))
}

/// How long each constant is when it is written as one literal, or `None` if that is impossible:
/// tuples nest too deeply, or do not refer to earlier constants only.
fn full_lengths(constants: &[Constant]) -> Option<Vec<u64>> {
    let mut shapes: Vec<(u32, u64)> = Vec::with_capacity(constants.len());
    for constant in constants {
        let mut shape = (0, printed_length(constant));
        if let Constant::Tuple(items) = constant {
            shape.0 = 1;
            for item in items {
                let &(depth, length) = shapes.get(item.index())?;
                shape = (shape.0.max(depth + 1), shape.1.saturating_add(length));
            }
        }
        if shape.0 > MAX_TUPLE_DEPTH {
            return None;
        }
        shapes.push(shape);
    }
    Some(shapes.into_iter().map(|(_, length)| length).collect())
}

struct Walk<'a> {
    module: &'a Module,
    names: Table,
    constants: Table,
    constants_fit: bool,
    lengths: Vec<u64>,
    /// Length of all literals of the text.
    printed: u64,
}

impl Walk<'_> {
    fn classes(&mut self) {
        for class in &self.module.classes {
            self.name(class.name);
            class
                .slots
                .iter()
                .flatten()
                .for_each(|&slot| self.name(slot));
            for &(name, member) in &class.members {
                self.name(name);
                if let Member::Constant(index) = member {
                    self.constant(index);
                }
            }
        }
    }

    fn function(&mut self, text: &FunctionText<'_>) {
        self.name(text.function.name);
        text.function
            .parameter_names
            .iter()
            .for_each(|&name| self.name(name));
        for (_, piece) in &text.pieces {
            let Piece::Instruction(instruction) = piece else {
                continue;
            };
            for (_, operand) in instruction.operands() {
                match operand {
                    Operand::Name(index) => self.name(index),
                    Operand::Constant(index) => self.constant(index),
                    _ => {}
                }
            }
        }
    }

    fn name(&mut self, index: NameIndex) {
        self.names.meet(index.index());
    }

    fn constant(&mut self, index: ConstantIndex) {
        let Some(length) = self.lengths.get(index.index()) else {
            return;
        };
        self.printed = self.printed.saturating_add(*length);
        self.meet_constant(index);
    }

    /// Tuples are of bounded depth here, and each is entered once.
    fn meet_constant(&mut self, index: ConstantIndex) {
        if self.constants.is_met(index.index()) {
            return;
        }
        if let Some(Constant::Tuple(items)) = self.module.constants.get(index.index()) {
            items.iter().for_each(|&item| self.meet_constant(item));
        }
        self.constants.meet(index.index());
    }

    /// Whether repeated large literals would make the text much longer than the module.
    fn is_too_long(&self) -> bool {
        const ALWAYS_FINE: u64 = 1 << 16;
        let own = self
            .module
            .constants
            .iter()
            .map(printed_length)
            .fold(0, u64::saturating_add);
        self.printed > own.saturating_mul(8).saturating_add(ALWAYS_FINE)
    }
}

/// Which entries of a table have been met.
struct Table {
    met: Vec<bool>,
    next: usize,
    is_ordered: bool,
}

impl Table {
    fn new(length: usize) -> Self {
        Self {
            met: vec![false; length],
            next: 0,
            is_ordered: true,
        }
    }

    fn is_met(&self, index: usize) -> bool {
        self.met.get(index).copied().unwrap_or(true)
    }

    fn meet(&mut self, index: usize) {
        if !self.is_met(index) {
            self.met[index] = true;
            self.is_ordered &= index == self.next;
            self.next += 1;
        }
    }

    /// Whether all entries have been met, in order.
    fn is_in_order(&self) -> bool {
        self.is_ordered && self.next == self.met.len()
    }
}
