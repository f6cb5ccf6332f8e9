//! From an instruction's name in text to its opcode.
//!
//! An assembler asks for each line. The table is made by the compiler: by the hash of the name, the
//! opcode; of two with the same hash the later one is in the next free slot.

use crate::table::{Opcode, TABLE};

/// Slots: a power of two, and more than twice the opcodes.
const SLOTS: usize = 512;

/// A slot that no name is in.
const FREE: u8 = u8::MAX;

static BY_MNEMONIC: [u8; SLOTS] = {
    assert!(Opcode::PUBLIC_COUNT * 2 < SLOTS && Opcode::PUBLIC_COUNT < FREE as usize);
    let mut slots = [FREE; SLOTS];
    let mut index = 0;
    while index < Opcode::PUBLIC_COUNT {
        let mut slot = first_slot(TABLE[index].mnemonic.as_bytes());
        while slots[slot] != FREE {
            slot = (slot + 1) % SLOTS;
        }
        slots[slot] = index as u8;
        index += 1;
    }
    slots
};

/// FNV-1a, cut to the number of slots.
///
/// See: <http://www.isthe.com/chongo/tech/comp/fnv/>
const fn first_slot(name: &[u8]) -> usize {
    let mut hash = 0x811c_9dc5_u32;
    let mut index = 0;
    while index < name.len() {
        hash = (hash ^ name[index] as u32).wrapping_mul(0x0100_0193);
        index += 1;
    }
    (hash ^ hash >> 16) as usize % SLOTS
}

impl Opcode {
    /// The opcode of a name in text: `None` for fused and unknown ones.
    #[must_use]
    pub fn from_mnemonic(mnemonic: &str) -> Option<Opcode> {
        let mut slot = first_slot(mnemonic.as_bytes());
        loop {
            let opcode = Opcode::from_byte(BY_MNEMONIC[slot])?;
            if opcode.mnemonic() == mnemonic {
                return Some(opcode);
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::table::{Opcode, TABLE};

    #[test]
    fn every_name_is_found_and_no_other() {
        for opcode in Opcode::public() {
            assert_eq!(Opcode::from_mnemonic(opcode.mnemonic()), Some(opcode));
        }
        let fused = TABLE[Opcode::PUBLIC_COUNT..]
            .iter()
            .map(|info| info.mnemonic);
        for other in fused.chain(["", "ad", "addd", "load", "Add"]) {
            assert_eq!(Opcode::from_mnemonic(other), None, "{other}");
        }
    }
}
