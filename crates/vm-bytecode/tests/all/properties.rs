//! What holds for all modules, tried on random ones.

use proptest::prelude::*;
use proptest::sample::Index;
use vm_bytecode::{Module, Opcode, Rule, VERSION, Word, encode, instructions, verify};

use crate::container::repair_checksums;
use crate::machine::{Choices, unset_reads, walk};
use crate::programs;

/// Accepted by the verifier: then no path through the code may break a rule.
fn is_safe_if_verified(module: &Module, choices: u64) -> bool {
    if verify(module).is_err() {
        return false;
    }
    let mut choices = Choices(choices);
    for function in &module.functions {
        for _ in 0..20 {
            walk(module, function, &mut choices, 200);
        }
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn modules_survive_the_container(module in programs::module(), choices: u64) {
        prop_assert_eq!(verify(&module), Ok(()));
        prop_assert!(is_safe_if_verified(&module, choices));
        let bytes = module.to_bytes().unwrap();
        let decoded = Module::from_bytes(&bytes).unwrap();
        prop_assert_eq!(&decoded, &module);
        prop_assert_eq!(decoded.to_bytes().unwrap(), bytes);
    }

    #[test]
    fn stripping_removes_only_debug_information(module in programs::module()) {
        let mut stripped = module.clone();
        stripped.strip();
        prop_assert_eq!(verify(&stripped), Ok(()));
        let bytes = stripped.to_bytes().unwrap();
        let sections = u32::from_le_bytes(bytes[16..20].try_into().unwrap());
        prop_assert_eq!(sections, 4);
        prop_assert_eq!(Module { debug: module.debug.clone(), ..stripped }, module);
    }

    /// Without some of the instructions that set registers, the verifier finds exactly the reads
    /// that a naive analysis finds.
    #[test]
    fn unset_reads_are_found_exactly(
        mut module in prop_oneof![programs::narrow_module(), programs::wide_module()],
        removed in proptest::collection::vec(any::<(Index, Index)>(), 1..40),
    ) {
        for (function, word) in removed {
            let count = module.functions.len();
            let code = &mut module.functions[function.index(count)].code;
            let starts: Vec<usize> = instructions(code).map(|(word, _)| word).collect();
            let word = *word.get(&starts);
            if Word(code[word]).opcode_byte() == Opcode::LoadNone as u8 {
                code[word] = encode::nop().word().0;
            }
        }
        let mut expected = Vec::new();
        for function in &module.functions {
            let mut reads = unset_reads(function);
            reads.sort_unstable();
            let message = |(word, register): (usize, u32)| {
                (word, format!(" reads r{register}, which may be unset"))
            };
            expected.extend(reads.into_iter().map(message));
        }
        let found = verify(&module).err().unwrap_or_default();
        prop_assert_eq!(found.len(), expected.len());
        for (error, (word, message)) in found.iter().zip(expected) {
            prop_assert_eq!(error.rule, Rule::Initialisation);
            prop_assert_eq!(error.instruction, Some(word as u32));
            prop_assert!(error.message.ends_with(&message), "{} {}", error, message);
        }
    }

    /// A flipped bit whose checksum was repaired, as somebody with intent would.
    #[test]
    fn forged_files_are_refused_or_safe(
        module in programs::module(),
        bit: Index,
        choices: u64,
    ) {
        let mut bytes = module.to_bytes().unwrap();
        let bit = bit.index(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        repair_checksums(&mut bytes);
        if let Ok(decoded) = Module::from_bytes(&bytes) {
            prop_assert_eq!(decoded.to_bytes().unwrap(), bytes);
            is_safe_if_verified(&decoded, choices);
        }
    }

    #[test]
    fn arbitrary_bytes_do_no_harm(mut bytes: Vec<u8>, major in 0..3_u16) {
        prop_assert!(Module::from_bytes(&bytes).is_err());
        let mut file = vm_bytecode::MAGIC.to_vec();
        file.extend(major.to_le_bytes());
        file.extend(VERSION.1.to_le_bytes());
        file.append(&mut bytes);
        prop_assert!(Module::from_bytes(&file).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn each_flipped_bit_is_an_error(module in programs::small_module()) {
        let mut bytes = module.to_bytes().unwrap();
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(Module::from_bytes(&bytes).is_err(), "bit {}", bit);
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
    }

    #[test]
    fn each_shorter_file_is_an_error(module in programs::small_module()) {
        let mut bytes = module.to_bytes().unwrap();
        for length in 0..bytes.len() {
            let error = Module::from_bytes(&bytes[..length]).unwrap_err();
            prop_assert!(error.offset <= length);
        }
        bytes.push(0);
        prop_assert!(Module::from_bytes(&bytes).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Words changed at random: most are refused. What is accepted must be safe.
    #[test]
    fn accepted_code_is_safe(
        mut module in prop_oneof![3 => programs::narrow_module(), 1 => programs::wide_module()],
        changes in proptest::collection::vec(any::<(Index, Index, u32)>(), 1..4),
        choices: u64,
    ) {
        for (function, word, change) in changes {
            let count = module.functions.len();
            let code = &mut module.functions[function.index(count)].code;
            let word = word.index(code.len());
            // Low bits of one operand: close neighbours of right code are right more often.
            code[word] ^= match change % 4 {
                0 => change,
                field => (change >> 29) << (8 * field),
            };
        }
        is_safe_if_verified(&module, choices);
    }
}
