//! `docs/instructions.md` is what the table says now.

#[test]
fn the_instruction_page_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/instructions.md");
    let page = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        page == vm_bytecode::instructions_markdown(),
        "docs/instructions.md is stale: cargo run -p vm-bytecode --example instructions_md"
    );
}
