//! The programs in `docs/assembly.md` are correct and laid out canonically.

use vm_asm::{assemble, format_source};

const DOCUMENT: &str = include_str!("../../../docs/assembly.md");

#[test]
fn programs_assemble_and_verify() {
    let programs: Vec<&str> = DOCUMENT
        .split("```vasm\n")
        .skip(1)
        .filter_map(|rest| rest.split_once("```"))
        .map(|(program, _)| program)
        .collect();
    assert_eq!(programs.len(), 4);
    for program in programs {
        let module = assemble(program, "").unwrap_or_else(|errors| panic!("{errors:#?}"));
        assert_eq!(vm_bytecode::verify(&module), Ok(()), "{program}");
        assert_eq!(format_source(program).as_deref(), Ok(program));
    }
}

/// Every directive that the parser knows is described.
#[test]
fn directives_are_in_the_reference() {
    let reference = &DOCUMENT[DOCUMENT.find("## Reference").unwrap()..];
    let grammar = &DOCUMENT[DOCUMENT.find("## Grammar").unwrap()..];
    for directive in [
        "version",
        "file",
        "stripped",
        "const",
        "name",
        "entry",
        "func",
        "class",
        "end",
        "local",
        "free",
        "registers",
        "line",
        "try",
        "word",
        "slots",
        "method",
        "attr",
    ] {
        let is_described = ["`", "    "]
            .iter()
            .any(|before| reference.contains(&format!("{before}.{directive}")));
        assert!(is_described || directive == "end", "{directive}");
        assert!(
            grammar.contains(&format!("\".{directive}\"")),
            "{directive}"
        );
    }
}
