//! Operators beyond the loop's fast paths, and the count of count operations. Nothing here is inlined
//! into the loop.

use crate::interpreter::Registers;
use crate::ops::arithmetic::BinaryOperator;
use crate::value::Value;
use crate::vm::{Raised, Vm};
use vm_bytecode::{OperandKind, Word};

impl Vm {
    #[inline(never)]
    pub(crate) fn binary_slow(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
    ) -> Result<Value, Raised> {
        self.binary(operator, left, right)
    }

    #[inline(never)]
    pub(crate) fn in_place_slow(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: Value,
    ) -> Result<Value, Raised> {
        self.binary_in_place(operator, left, right)
    }

    /// Counts the reference count operations of one instruction: done, and avoided by reading
    /// operands in place or moving them (a stack machine takes and gives back one count for each).
    #[inline(never)]
    pub(crate) fn count_instruction(&mut self, word: Word, registers: Registers) {
        let info = vm_bytecode::TABLE[word.opcode_byte() as usize];
        for operand in info.operands {
            if !operand.kind.is_register() {
                continue;
            }
            let register = match operand.field {
                vm_bytecode::Field::A => word.a(),
                vm_bytecode::Field::B => word.b(),
                _ => word.c(),
            };
            if !registers.get(register).is_object() {
                continue;
            }
            match operand.kind {
                OperandKind::Read | OperandKind::Take => {
                    self.counters.count_operations_elided += 2;
                }
                OperandKind::Copies
                | OperandKind::Write
                | OperandKind::WriteUnlessJump
                | OperandKind::WriteIfJump
                | OperandKind::Unset => self.counters.count_operations += 1,
                _ => self.counters.count_operations_elided += 2,
            }
        }
    }
}
