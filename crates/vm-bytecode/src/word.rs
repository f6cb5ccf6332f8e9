//! The fields of an instruction word.
//!
//! ```text
//!  31      24 23      16 15       8 7        0
//! ┌──────────┬──────────┬──────────┬──────────┐
//! │    C     │    B     │    A     │  opcode  │
//! ├──────────┴──────────┼──────────┼──────────┤
//! │         BC          │    A     │  opcode  │
//! ├─────────────────────┴──────────┼──────────┤
//! │              ABC               │  opcode  │
//! └────────────────────────────────┴──────────┘
//! ```
//!
//! B, C, BC and ABC are read with or without sign, as the instruction table says. A wide
//! instruction has a second word, called X, that is one 32-bit operand. Fields that an instruction
//! does not use are zero.

/// One 32-bit instruction word, with its fields as accessors.
///
/// ```
/// use vm_bytecode::{Opcode, Word, encode};
///
/// let word: Word = encode::add_imm(1, 2, -3).word();
/// assert_eq!(word.opcode_byte(), Opcode::AddImm as u8);
/// assert_eq!((word.a(), word.b(), word.signed_c()), (1, 2, -3));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct Word(pub u32);

const _: () = assert!(size_of::<Word>() == 4);

impl Word {
    /// The opcode, bits 0 to 7.
    #[inline(always)]
    #[must_use]
    pub const fn opcode_byte(self) -> u8 {
        self.0 as u8
    }

    /// Field A, bits 8 to 15.
    #[inline(always)]
    #[must_use]
    pub const fn a(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// Field B, bits 16 to 23.
    #[inline(always)]
    #[must_use]
    pub const fn b(self) -> u8 {
        (self.0 >> 16) as u8
    }

    /// Field C, bits 24 to 31.
    #[inline(always)]
    #[must_use]
    pub const fn c(self) -> u8 {
        (self.0 >> 24) as u8
    }

    /// Field B as a signed integer.
    #[inline(always)]
    #[must_use]
    pub const fn signed_b(self) -> i8 {
        self.b() as i8
    }

    /// Field C as a signed integer.
    #[inline(always)]
    #[must_use]
    pub const fn signed_c(self) -> i8 {
        self.c() as i8
    }

    /// Fields B and C as one integer, bits 16 to 31.
    #[inline(always)]
    #[must_use]
    pub const fn bc(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// Fields B and C as one signed integer.
    #[inline(always)]
    #[must_use]
    pub const fn signed_bc(self) -> i16 {
        self.bc() as i16
    }

    /// Fields A, B and C as one signed integer, bits 8 to 31.
    #[inline(always)]
    #[must_use]
    pub const fn signed_abc(self) -> i32 {
        self.0 as i32 >> 8
    }

    /// The same operands under another opcode: how an interpreter replaces an instruction by a
    /// fused form.
    #[inline(always)]
    #[must_use]
    pub const fn with_opcode_byte(self, opcode: u8) -> Self {
        Word(self.0 & !0xFF | opcode as u32)
    }
}

impl std::fmt::Debug for Word {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Word({:#010x})", self.0)
    }
}

/// A jump distance that fits the 24-bit field ABC.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Offset24(i32);

impl Offset24 {
    /// The farthest jump backwards.
    pub const MIN: i32 = -(1 << 23);
    /// The farthest jump forwards.
    pub const MAX: i32 = (1 << 23) - 1;

    /// The distance, or `None` when it needs more than 24 bits.
    #[must_use]
    pub const fn new(words: i32) -> Option<Self> {
        if words < Self::MIN || words > Self::MAX {
            None
        } else {
            Some(Offset24(words))
        }
    }

    /// The distance in words.
    #[must_use]
    pub const fn get(self) -> i32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Offset24, Word};

    #[test]
    fn fields_are_cut_from_their_bits() {
        let word = Word(0x8142_C305);
        assert_eq!(word.opcode_byte(), 0x05);
        assert_eq!((word.a(), word.b(), word.c()), (0xC3, 0x42, 0x81));
        assert_eq!((word.signed_b(), word.signed_c()), (66, -127));
        assert_eq!((word.bc(), word.signed_bc()), (0x8142, -32446));
        assert_eq!(word.signed_abc(), -8_305_981);
        assert_eq!(word.with_opcode_byte(0xFF), Word(0x8142_C3FF));
    }

    #[test]
    fn offsets_keep_to_24_bits() {
        assert_eq!(Offset24::new(8_388_607).map(Offset24::get), Some(8_388_607));
        assert_eq!(
            Offset24::new(-8_388_608).map(Offset24::get),
            Some(-8_388_608)
        );
        assert_eq!(Offset24::new(8_388_608), None);
        assert_eq!(Offset24::new(-8_388_609), None);
    }
}
