//! Writes `docs/instructions.md` from the instruction table.
//!
//! ```text
//! cargo run -p vm-bytecode --example instructions_md
//! ```

use std::path::Path;

fn main() -> std::io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/instructions.md");
    std::fs::write(path, vm_bytecode::instructions_markdown())
}
