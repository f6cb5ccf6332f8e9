//! What the instruction table says about an instruction, and the macro that turns the table into
//! Rust.
//!
//! The table itself is in [`table.rs`](crate::table). From each of its lines come: a variant of
//! `Opcode`, an entry of `TABLE` (which the decoder, the verifier, the assembler and the
//! documentation read), and a constructor in [`encode`](crate::encode).

/// How an instruction uses one of its operands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OperandKind {
    /// Register that receives a value. What it held is released.
    Write,
    /// Register that receives a value when the instruction does not jump, and is untouched when it
    /// does.
    WriteUnlessJump,
    /// Register that receives a value when the instruction jumps, and is untouched when it does
    /// not.
    WriteIfJump,
    /// Register read in place: no reference count changes.
    Read,
    /// Register read, whose value the instruction keeps a further reference to.
    Copies,
    /// Register whose value is moved out. The register is unset afterwards.
    Take,
    /// Register that may be unset. What it holds is released, and it is unset afterwards.
    Unset,
    /// Register that may be unset. The instruction raises if it is, so it is set afterwards.
    Check,
    /// Register that may be unset. Its value moves into the cell that replaces it.
    Enclose,
    /// First of as many registers as the [`Count`](Self::Count) operand says, each taken.
    TakeWindow,
    /// First of twice as many registers as the [`Count`](Self::Count) operand says, each taken:
    /// key, value, key, …
    TakePairs,
    /// First of three registers, each taken.
    TakeThree,
    /// First of as many registers as the [`Count`](Self::Count) operand says, each written.
    WriteWindow,
    /// First of `count + 1 + after` registers, each written: those before the star, the list, those
    /// after.
    WriteStarWindow,
    /// Callee, followed by as many arguments as the [`Count`](Self::Count) operand says. All are
    /// taken, then the result is written to the first register.
    CallWindow,
    /// Callee, tuple of positional arguments, dict of keyword arguments or None. All are taken,
    /// then the result is written to the first register.
    CallExWindow,
    /// Register that may be unset, then the receiver, then as many arguments as the
    /// [`Count`](Self::Count) operand says. All are taken, then the result is written to the first
    /// register.
    MethodWindow,
    /// Number of registers in a window.
    Count,
    /// Number of registers behind the star of `unpack_star`.
    CountAfter,
    /// Number that is part of the instruction.
    Integer,
    /// How to turn a value into text: 0 `str()`, 1 `repr()`, 2 `ascii()`, 3 `format()` with an
    /// empty specification.
    Conversion,
    /// Index of a constant.
    Constant,
    /// Index of a constant that is a tuple of distinct strings: the names of the last arguments.
    KeywordNames,
    /// Index in the table of names.
    Name,
    /// Index of a function without free variables.
    Function,
    /// Index of a function with as many free variables as the [`Count`](Self::Count) operand says.
    ClosureFunction,
    /// Index of a class template.
    Class,
    /// Index of a free variable of the running function.
    Free,
    /// Jump distance in words, counted from the word behind the whole instruction.
    Label,
}

impl OperandKind {
    /// True if the operand is a register, or the first register of a window.
    #[must_use]
    pub const fn is_register(self) -> bool {
        use OperandKind::*;
        matches!(
            self,
            Write
                | WriteUnlessJump
                | WriteIfJump
                | Read
                | Copies
                | Take
                | Unset
                | Check
                | Enclose
                | TakeWindow
                | TakePairs
                | TakeThree
                | WriteWindow
                | WriteStarWindow
                | CallWindow
                | CallExWindow
                | MethodWindow
        )
    }
}

/// Where in the instruction's words an operand is. See [`Word`](crate::Word) for the drawing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Field {
    /// Bits 8 to 15.
    A,
    /// Bits 16 to 23.
    B,
    /// Bits 24 to 31.
    C,
    /// Bits 16 to 23, signed.
    SignedB,
    /// Bits 24 to 31, signed.
    SignedC,
    /// Bits 16 to 31.
    Bc,
    /// Bits 16 to 31, signed.
    SignedBc,
    /// Bits 8 to 31, signed.
    SignedAbc,
    /// The second word.
    X,
    /// The second word, signed.
    SignedX,
}

impl Field {
    /// The least and the greatest value that the field holds.
    #[must_use]
    pub const fn range(self) -> (i64, i64) {
        match self {
            Field::A | Field::B | Field::C => (0, u8::MAX as i64),
            Field::SignedB | Field::SignedC => (i8::MIN as i64, i8::MAX as i64),
            Field::Bc => (0, u16::MAX as i64),
            Field::SignedBc => (i16::MIN as i64, i16::MAX as i64),
            Field::SignedAbc => (-(1 << 23), (1 << 23) - 1),
            Field::X => (0, u32::MAX as i64),
            Field::SignedX => (i32::MIN as i64, i32::MAX as i64),
        }
    }

    /// Bits of the first word that the field occupies; 0 for the second word.
    #[must_use]
    pub const fn mask(self) -> u32 {
        match self {
            Field::A => 0x0000_FF00,
            Field::B | Field::SignedB => 0x00FF_0000,
            Field::C | Field::SignedC => 0xFF00_0000,
            Field::Bc | Field::SignedBc => 0xFFFF_0000,
            Field::SignedAbc => 0xFFFF_FF00,
            Field::X | Field::SignedX => 0,
        }
    }

    /// The field as the documentation writes it.
    #[must_use]
    pub const fn letters(self) -> &'static str {
        match self {
            Field::A => "A",
            Field::B => "B",
            Field::C => "C",
            Field::SignedB => "±B",
            Field::SignedC => "±C",
            Field::Bc => "BC",
            Field::SignedBc => "±BC",
            Field::SignedAbc => "±ABC",
            Field::X => "X",
            Field::SignedX => "±X",
        }
    }

    /// True if the field is the second word.
    #[must_use]
    pub const fn is_extra(self) -> bool {
        matches!(self, Field::X | Field::SignedX)
    }
}

/// Where execution goes after an instruction that does not raise.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Flow {
    /// To the next instruction.
    Next,
    /// To the label.
    Jump,
    /// To the next instruction or to the label.
    Branch,
    /// Out of the function, or to an exception handler.
    Exit,
}

/// Operands that an instruction has at most.
pub const MAX_OPERANDS: usize = 4;

/// One operand of an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OperandSpec {
    /// What the operand is called in the documentation.
    pub name: &'static str,
    /// How it is used.
    pub kind: OperandKind,
    /// Where it is encoded.
    pub field: Field,
}

/// One line of the instruction table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OpcodeInfo {
    /// The instruction's name in text.
    pub mnemonic: &'static str,
    /// The operands in the order of the text, the destination first.
    pub operands: &'static [OperandSpec],
    /// Length in words: 1, or 2 when an operand is in the second word.
    pub words: u8,
    /// Where execution goes.
    pub flow: Flow,
    /// True if the instruction can raise an exception.
    pub raises: bool,
    /// What it does, in one line.
    pub effect: &'static str,
    /// Heading under which the documentation lists it.
    pub group: &'static str,
    /// True for the fused instructions that only an interpreter writes; decoder and verifier refuse
    /// them.
    pub fused: bool,
    /// Bits of the first word that no operand occupies: they must be zero.
    pub unused_mask: u32,
}

/// `r#move` as the compiler sees it is `move` in text.
pub(crate) const fn without_raw_prefix(identifier: &'static str) -> &'static str {
    match identifier.as_bytes() {
        [b'r', b'#', ..] => identifier.split_at(2).1,
        _ => identifier,
    }
}

pub(crate) const fn length_in_words(operands: &[OperandSpec]) -> u8 {
    let mut index = 0;
    while index < operands.len() {
        if operands[index].field.is_extra() {
            return 2;
        }
        index += 1;
    }
    1
}

pub(crate) const fn unused_mask(operands: &[OperandSpec]) -> u32 {
    assert!(operands.len() <= MAX_OPERANDS, "too many operands");
    let mut used = 0xFF;
    let mut index = 0;
    while index < operands.len() {
        let mask = operands[index].field.mask();
        assert!(used & mask == 0, "two operands share bits");
        used |= mask;
        index += 1;
    }
    !used
}

/// The Rust type of a field, in the constructors.
macro_rules! field_type {
    (A) => {
        u8
    };
    (B) => {
        u8
    };
    (C) => {
        u8
    };
    (SignedB) => {
        i8
    };
    (SignedC) => {
        i8
    };
    (Bc) => {
        u16
    };
    (SignedBc) => {
        i16
    };
    (SignedAbc) => {
        crate::word::Offset24
    };
    (X) => {
        u32
    };
    (SignedX) => {
        i32
    };
}

/// A field's value in its place: `(bits of the first word, the second word)`.
macro_rules! field_bits {
    (A, $value:expr) => {
        (($value as u32) << 8, 0)
    };
    (B, $value:expr) => {
        (($value as u32) << 16, 0)
    };
    (C, $value:expr) => {
        (($value as u32) << 24, 0)
    };
    (SignedB, $value:expr) => {
        (($value as u8 as u32) << 16, 0)
    };
    (SignedC, $value:expr) => {
        (($value as u8 as u32) << 24, 0)
    };
    (Bc, $value:expr) => {
        (($value as u32) << 16, 0)
    };
    (SignedBc, $value:expr) => {
        (($value as u16 as u32) << 16, 0)
    };
    (SignedAbc, $value:expr) => {
        (($value.get() as u32) << 8, 0)
    };
    (X, $value:expr) => {
        (0, $value)
    };
    (SignedX, $value:expr) => {
        (0, $value as u32)
    };
}

macro_rules! raises_flag {
    () => {
        false
    };
    (raises) => {
        true
    };
}

/// Turns the table into the enum, the array of descriptions, and the constructors.
///
/// A line reads `Variant mnemonic(FIELD operand: KIND, …) FLOW [raises] "effect";` with the words
/// of [`Field`], [`OperandKind`] and [`Flow`].
macro_rules! instructions {
    (
        public { $($group:literal {$(
            $variant:ident $mnemonic:ident($($field:ident $operand:ident: $kind:ident),*)
            $flow:ident $($raises:ident)? $effect:literal;
        )*})* }
        fused { $( $fused:ident = $first:ident $($rest:ident)+; )* }
    ) => {
        /// The operation of an instruction: bits 0 to 7 of its word.
        ///
        /// The numbers follow the order of the table without a gap; the fused ones come last.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum Opcode {
            $($( #[doc = concat!("```text\n", $effect, "\n```")] $variant, )*)*
            $(
                #[doc = concat!("`", stringify!($first), "`", $(", then `", stringify!($rest), "`",)+
                    " in one.")]
                $fused,
            )*
        }

        impl Opcode {
            /// Every opcode in the order of its number, fused ones too.
            pub const ALL: &'static [Opcode] =
                &[$($(Opcode::$variant,)*)* $(Opcode::$fused,)*];

            /// How many opcodes a module may contain: those with a lower number.
            pub const PUBLIC_COUNT: usize = [$($(Opcode::$variant,)*)*].len();
        }

        const PUBLIC: [OpcodeInfo; Opcode::PUBLIC_COUNT] = [
            $($( instruction_info!(
                $mnemonic($($field $operand: $kind),*) $flow ($($raises)?) $effect, $group
            ), )*)*
        ];

        /// The instruction table, by opcode. What it says of a fused instruction is what holds for
        /// the first of its parts, whose word it is in.
        pub static TABLE: [OpcodeInfo; Opcode::ALL.len()] = [
            $($( PUBLIC[Opcode::$variant as usize], )*)*
            $( OpcodeInfo {
                mnemonic: concat!(stringify!($first), $("+", stringify!($rest)),+),
                effect: "",
                group: "Fused",
                fused: true,
                ..PUBLIC[Opcode::$first as usize]
            }, )*
        ];

        /// The fused instructions and what they do in one, those that begin alike side by side.
        pub(crate) const FUSED: &[(Opcode, &[Opcode])] = &[
            $( (Opcode::$fused, &[Opcode::$first, $(Opcode::$rest),+]), )*
        ];

        pub mod encode {
            //! A constructor for each instruction, with operands of the types that their fields
            //! hold.
            //!
            //! ```
            //! use vm_bytecode::encode;
            //!
            //! let mut code = Vec::new();
            //! encode::load_int(0, 41).emit(&mut code);
            //! encode::add_imm(0, 0, 1).emit(&mut code);
            //! encode::r#return(0).emit(&mut code);
            //! assert_eq!(code.len(), 3);
            //! ```

            use super::{Instruction, Opcode};

            $($(
                #[doc = concat!("```text\n", $effect, "\n```")]
                #[must_use]
                pub const fn $mnemonic($($operand: field_type!($field)),*) -> Instruction {
                    let bits: (u32, u32) = (Opcode::$variant as u32, 0);
                    $(
                        let field: (u32, u32) = field_bits!($field, $operand);
                        let bits = (bits.0 | field.0, bits.1 | field.1);
                    )*
                    Instruction::from_parts(Opcode::$variant, bits.0, bits.1)
                }
            )*)*
        }
    };
}

macro_rules! instruction_info {
    (
        $mnemonic:ident($($field:ident $operand:ident: $kind:ident),*)
        $flow:ident ($($raises:ident)?) $effect:literal, $group:literal
    ) => {{
        const OPERANDS: &[OperandSpec] = &[$(
            OperandSpec {
                name: stringify!($operand),
                kind: OperandKind::$kind,
                field: Field::$field,
            }
        ),*];
        OpcodeInfo {
            mnemonic: without_raw_prefix(stringify!($mnemonic)),
            operands: OPERANDS,
            words: length_in_words(OPERANDS),
            flow: Flow::$flow,
            raises: raises_flag!($($raises)?),
            effect: $effect,
            group: $group,
            fused: false,
            unused_mask: unused_mask(OPERANDS),
        }
    }};
}
