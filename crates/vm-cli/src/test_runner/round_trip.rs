//! The law of the round trip: text to module, to text, to module gives identical bytes.
//!
//! It holds for programs that the verifier accepts; others are left alone.

use super::files::TestFile;
use vm_asm::{Options, assemble, disassemble};
use vm_bytecode::{Module, VerifiedModule};

/// What is wrong with the round trip of a text, if anything.
pub(super) fn problem(file: &TestFile) -> Option<String> {
    if !file.is_text() {
        return None;
    }
    let text = std::fs::read_to_string(&file.path).ok()?;
    let module = VerifiedModule::new(assemble(&text, &file.name()).ok()?).ok()?;
    let bytes = match module.to_bytes() {
        Ok(bytes) => bytes,
        Err(error) => return Some(format!("round trip: it cannot be encoded: {error}")),
    };
    let decoded = match Module::from_bytes(&bytes) {
        Ok(decoded) => decoded,
        Err(error) => return Some(format!("round trip: it cannot be decoded: {error}")),
    };
    let choices = [
        Options::default(),
        Options {
            refcounts: true,
            offsets: true,
        },
    ];
    choices
        .iter()
        .find_map(|options| difference(&decoded, &bytes, options))
}

fn difference(module: &Module, bytes: &[u8], options: &Options) -> Option<String> {
    let text = disassemble(module, options);
    let again = match assemble(&text, "") {
        Ok(again) => again,
        Err(diagnostics) => {
            let first = diagnostics.first();
            let line = first.map_or("", |error| {
                let start = text[..error.span.start as usize]
                    .rfind('\n')
                    .map_or(0, |at| at + 1);
                text[start..].lines().next().unwrap_or("")
            });
            let message = first.map(ToString::to_string).unwrap_or_default();
            return Some(format!(
                "round trip: the text of `dis` is wrong: {message}: {line}"
            ));
        }
    };
    match again.to_bytes() {
        Ok(found) if found == bytes => None,
        Ok(found) => {
            let same = found
                .iter()
                .zip(bytes)
                .take_while(|(left, right)| left == right)
                .count();
            Some(format!("round trip: the bytes differ from byte {same} on"))
        }
        Err(error) => Some(format!("round trip: it cannot be encoded again: {error}")),
    }
}
