//! What the assembler says about wrong texts: every error of a text, with its place.

use vm_asm::{LineIndex, assemble};

/// One line for each error: `line:column spelling: message; label at line:column; help`.
fn report(source: &str) -> String {
    let Err(diagnostics) = assemble(source, "test.vasm") else {
        return "no errors".to_owned();
    };
    let lines = LineIndex::new(source);
    let place = |offset| {
        let (line, column) = lines.line_column(offset);
        format!("{line}:{column}")
    };
    let describe = |diagnostic: &vm_asm::Diagnostic| {
        let spelling = &source[diagnostic.span.range()];
        let mut text = format!("{} {spelling}: {diagnostic}", place(diagnostic.span.start));
        if let Some(label) = &diagnostic.secondary {
            text += &format!("; {} at {}", label.text, place(label.span.start));
        }
        if let Some(help) = &diagnostic.help {
            text += &format!("; {help}");
        }
        text
    };
    diagnostics
        .iter()
        .map(describe)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Compares the report on the body of a function, which begins in line 2.
#[track_caller]
fn in_function(body: &str, expected: &[&str]) {
    let source = format!(".func main(count)\n{body}\n.end\n");
    assert_eq!(report(&source), expected.join("\n"), "{body}");
}

#[track_caller]
fn in_file(source: &str, expected: &[&str]) {
    let source = format!("{source}\n.func main()\n.end\n");
    assert_eq!(report(&source), expected.join("\n"), "{source}");
}

#[test]
fn every_error_is_reported_and_a_line_is_given_up_at_its_end() {
    in_function(
        "ad r1, r2, r3\n\
         load_int r1 5\n\
         jump loop, loop\n\
         load r1, \"abc\n\
         looop:\n\
         jump loop\n\
         add r1, r2, cuont\n\
         $",
        &[
            "2:1 ad: unknown instruction `ad`; did you mean `add`?",
            "3:13 5: expected `,` or the end of the line, found `5`",
            "4:1 jump loop, loop: `jump` takes 1 operand, not 2; the form is `jump target`",
            "5:10 \"abc: the string does not end on its line",
            "7:6 loop: unknown label `loop`; did you mean `looop`?",
            "8:13 cuont: unknown register `cuont`; did you mean `count`?",
            "9:1 $: unexpected character `$`",
        ],
    );
}

#[test]
fn operands() {
    in_function(
        "load_int r1, 40000\n\
         add_imm r1, r1, 128\n\
         add r1, 2, r256\n\
         load_const r1, LIMIT\n\
         load_global r1, 5\n\
         make_function r1, mian\n\
         make_class r1, r2, Node\n\
         load_free r1, x\n\
         call_kw r1, 1, (1,)\n\
         call r250, 10\n\
         add",
        &[
            "2:14 40000: value must be between -32768 and 32767; `load` takes integers of any size",
            "3:17 128: right must be between -128 and 127",
            "4:9 2: expected a register, found `2`",
            "4:12 r256: there is no register `r256`, the last one is `r255`",
            "5:16 LIMIT: unknown constant `LIMIT`; constants are literals, or defined above by \
             `.const`",
            "6:17 5: expected a name, found `5`",
            "7:19 mian: unknown function `mian`; did you mean `main`?",
            "8:20 Node: unknown class `Node`",
            "9:15 x: unknown free variable `x`",
            "10:16 (1,): expected a tuple of strings, found `(1,)`",
            "11:1 call r250, 10: `call` uses registers up to r260, the last one is r255",
            "12:1 add: `add` takes 3 operands, not 0; the form is `add dst, left, right`",
        ],
    );
}

#[test]
fn constants_as_numbers() {
    in_file(
        ".const MANY = 40000\n.const HUGE = 99999999999999999999\n.const TEXT = \"1\"\n\
         .const TRUE = True\n.const SMALL = -1\n.func f(count)\n\
         load_int r1, MANY\n\
         add_imm r1, r1, MANY\n\
         add_imm r1, r1, HUGE\n\
         add_imm r1, r1, TEXT\n\
         add_imm r1, r1, TRUE\n\
         make_list r1, r1, SMALL\n\
         add_imm r1, r1, SMAL\n\
         add_imm r1, r1, count\n\
         add_imm r1, r1, r2\n\
         add_imm r1, r1, None\n\
         add_imm r1, r1, \"SMALL\"\n\
         add_imm r1, r1, ELSEWHERE\n\
         .end\n.const ELSEWHERE = 1",
        &[
            "7:14 MANY: value must be between -32768 and 32767; defined here at 1:8; \
             `load` takes integers of any size",
            "8:17 MANY: right must be between -128 and 127; defined here at 1:8",
            "9:17 HUGE: right must be between -128 and 127; defined here at 2:8",
            "10:17 TEXT: expected an integer, found `TEXT`; defined here at 3:8",
            "11:17 TRUE: expected an integer, found `TRUE`; defined here at 4:8",
            "12:19 SMALL: count must be between 0 and 255; defined here at 5:8",
            "13:17 SMAL: unknown constant `SMAL`; did you mean `SMALL`?",
            "14:17 count: expected a number, found `count`",
            "15:17 r2: expected a number, found `r2`",
            "16:17 None: expected a number, found `None`",
            "17:17 \"SMALL\": expected a number, found `\"SMALL\"`",
            "18:17 ELSEWHERE: unknown constant `ELSEWHERE`; \
             constants are literals, or defined above by `.const`",
        ],
    );
}

#[test]
fn names_are_defined_once() {
    in_function(
        ".local total, total, count, r5\n\
         L: nop\n\
         L: nop\n\
         .local x = r0, y = r9\n\
         .free a, a\n\
         .free 2",
        &[
            "2:15 total: register `total` is defined twice; first defined here at 2:8",
            "2:22 count: register `count` is defined twice; first defined here at 1:12",
            "2:29 r5: `r5` is a register and can't be a name for one; quote it if it is only a name",
            "4:1 L: label `L` is defined twice; first defined here at 3:1",
            "5:12 r0: the register is a parameter and has a name already",
            "6:10 a: free variable `a` is defined twice; first defined here at 6:7",
            "7:7 2: `.free` gives either names or their number",
        ],
    );
    in_file(
        ".const A = 1\n.const A = 2\n.const None = 3\n.func main()\n.end\n.class C\n.end\n.class C\n.end\n\
         .entry f\n.entry g",
        &[
            "2:8 A: constant `A` is defined twice; first defined here at 1:8",
            "3:8 None: `None` is a literal and can't be a name for a constant",
            "8:8 C: class `C` is defined twice; first defined here at 6:8",
            "11:8 g: directive `.entry` is defined twice; first defined here at 10:8",
            "11:8 g: unknown function `g`",
            "12:7 main: function `main` is defined twice; first defined here at 4:7",
        ],
    );
}

#[test]
fn directives() {
    in_function(
        ".lien 3\n\
         .const A = 1\n\
         .slots a\n\
         .registers 1\n\
         nop\n\
         load r3, None\n\
         .try A B -> C\n\
         .line 5000000000",
        &[
            "2:1 .lien: unknown directive `.lien`; did you mean `.line`?",
            "3:1 .const: `.const` belongs outside of `.func` and `.class`",
            "4:1 .slots: `.slots` belongs between `.class` and `.end`",
            "5:12 1: `.registers 1` is too small: the function uses 4 registers",
            "8:14 : expected `,`, found the end of the line",
            "9:7 5000000000: the number must be between 0 and 4294967295",
        ],
    );
    in_file(
        ".version 2\n.local x\nnop\n.end\n.file x",
        &[
            "1:10 2: version 2 of the text language is not known, only version 1",
            "2:1 .local: `.local` belongs between `.func` and `.end`",
            "3:1 nop: `nop` belongs between `.func` and `.end`",
            "4:1 .end: `.end` belongs behind `.func` or `.class`",
            "5:7 x: expected the name of the source file in quotes, found `x`",
        ],
    );
}

#[test]
fn blocks_end_where_the_next_one_begins() {
    in_file(
        ".func f()\nL: jump L\n.class C\n.attr x = 1",
        &[
            "1:1 .func: `.func` without `.end`",
            "3:1 .class: `.class` without `.end`",
        ],
    );
}

#[test]
fn parameter_lists() {
    in_file(
        ".func a(/)\n.end\n.func b(x, *, *y)\n.end\n.func c(*)\n.end\n.func d(**k, x)\n.end\n\
         .func e(x y)\nadd x, y, z\n.end\n.func f(x, x) lazy\n.end",
        &[
            "1:9 /: `/` stands once, after the first positional parameters",
            "3:15 *: `*` stands once in a parameter list",
            "5:10 ): a parameter must follow `*`",
            "7:14 x: nothing follows the `**` parameter",
            "9:11 y: expected `,` or `)`, found `y`",
            "12:12 x: register `x` is defined twice; first defined here at 12:9",
            "12:15 lazy: expected `generator`, `named` or the end of the line, found `lazy`",
        ],
    );
}

#[test]
fn literals() {
    let deep = format!("load r0, {}{}", "(".repeat(40), ")".repeat(40));
    in_function(
        &format!(
            "load r0, \"a\\q\"\nload r0, b\"é\"\nload r0, (1)\nload r0, -x\n\
                  load r0, nan(5)\nload r0, 1e999\nload r0, 0b12\n{deep}"
        ),
        &[
            "2:12 \\q: unknown escape `\\q`",
            "3:12 é: bytes hold ASCII characters and escapes, not `é`",
            "4:12 ): expected `,`: a tuple of one ends with `,)`, found `)`",
            "5:11 x: expected a number, found `x`",
            "6:14 5: `5` are not the bits of a NaN",
            "7:10 1e999: the float is too large",
            "8:10 0b12: `0b12` is not a number",
            "9:42 (: tuples nest at most 32 deep; name the inner ones with `.const`",
        ],
    );
}

#[test]
fn a_constant_with_an_error_is_reported_once() {
    let uses = "load r0, A\nload_int r0, A\ncall_kw r0, 1, A\nload r0, (A,)";
    in_file(
        &format!(".const A = B\n.const C = A\n.const D = (A, 1)\n.func f()\n{uses}\n.end"),
        &["1:12 B: unknown constant `B`; constants are literals, or defined above by `.const`"],
    );
}

#[test]
fn a_module_needs_an_entry() {
    let expected = "2:1 : the module has no entry function; \
                    call a function `main`, or name one with `.entry`";
    assert_eq!(report("; nothing\n"), expected);
    assert_eq!(report(".entry start\n.func start()\n.end\n"), "no errors");
}

#[test]
fn the_number_of_errors_is_limited() {
    let source = format!(".func main()\n{}.end", "jump nowhere\n".repeat(3000));
    assert_eq!(assemble(&source, "").unwrap_err().len(), vm_asm::MAX_ERRORS);
}
