//! Broken files: the decoder refuses them, or the verifier, or they run and do no harm.

use crate::mutation::Random;
use crate::{bear, programs};
use vm_bytecode::{Module, VerifiedModule};

/// CRC-32 as in PNG and zip, bit by bit.
fn checksum(bytes: &[u8]) -> u32 {
    let folded = bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            crc >> 1 ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    });
    !folded
}

/// Makes the checksums right again, as somebody with intent would.
fn repair(bytes: &mut [u8]) {
    let number = |bytes: &[u8], at: usize| {
        let four = bytes.get(at..at + 4)?;
        Some(u32::from_le_bytes(four.try_into().ok()?) as usize)
    };
    let sections = number(bytes, 16).unwrap_or(0).min(5);
    for entry in (20..).step_by(16).take(sections) {
        let (Some(offset), Some(length)) = (number(bytes, entry + 4), number(bytes, entry + 8))
        else {
            return;
        };
        let Some(section) = bytes.get(offset..offset.saturating_add(length)) else {
            return;
        };
        let checksum = checksum(section).to_le_bytes();
        if let Some(place) = bytes.get_mut(entry + 12..entry + 16) {
            place.copy_from_slice(&checksum);
        }
    }
}

fn files() -> Vec<Vec<u8>> {
    let encoded = programs()
        .into_iter()
        .map(|module| module.to_bytes().expect("a fixture can be encoded"));
    encoded.filter(|bytes| bytes.len() < 40_000).collect()
}

#[test]
fn shorter_files_are_refused() {
    let mut random = Random(1);
    for bytes in files() {
        for _ in 0..20 {
            let length = random.below(bytes.len());
            assert!(Module::from_bytes(&bytes[..length]).is_err());
        }
    }
}

#[test]
fn flipped_bits_are_noticed() {
    let mut random = Random(2);
    for mut bytes in files() {
        for _ in 0..10 {
            let (byte, bit) = (random.below(bytes.len()), random.below(8));
            bytes[byte] ^= 1 << bit;
            assert!(Module::from_bytes(&bytes).is_err());
            bytes[byte] ^= 1 << bit;
        }
    }
}

#[test]
fn forged_files_are_refused_or_do_no_harm() {
    let mut random = Random(3);
    let (mut refused, mut borne) = (0, 0);
    for bytes in files() {
        for _ in 0..10 {
            let mut forged = bytes.clone();
            let (byte, bit) = (random.below(bytes.len()), random.below(8));
            forged[byte] ^= 1 << bit;
            repair(&mut forged);
            let module = Module::from_bytes(&forged).ok();
            match module.map(VerifiedModule::new) {
                Some(Ok(module)) => {
                    bear(module);
                    borne += 1;
                }
                _ => refused += 1,
            }
        }
    }
    assert!(refused > 0 && borne > 0, "{refused} {borne}");
}
