//! Expected values are CPython 3.13's.

//! A template is shown as its pieces: `L` and the text of a literal; `F`, the argument, the
//! accessors (`[i` an index, `[k` a key), `!`, the conversion, `:` and the spec of a field, and
//! between `<` and `>` the pieces of a spec that is a template.

use super::*;

const TEMPLATES: &[(&str, &str)] = &[
    ("", ""),
    ("plain", "Lplain"),
    ("{}", "F0!:"),
    ("a{}b{}c", "La|F0!:|Lb|F1!:|Lc"),
    ("{0}{1}{0}", "F0!:|F1!:|F0!:"),
    ("{name}", "Fname!:"),
    ("{0.a[1].b[key]}", "F0.a[i1].b[kkey]!:"),
    ("{!r}", "F0!r:"),
    ("{0!s:>10}", "F0!s:>10"),
    ("{:{}}", "F0!:<|F1!:|>"),
    ("{0:{1}.{2}f}", "F0!:<|F1!:|L.|F2!:|Lf|>"),
    ("{{}}", "L{|L}"),
    ("{{{}}}", "L{|F0!:|L}"),
    ("}}{{", "L}|L{"),
    ("{", "Single '{' encountered in format string"),
    ("}", "Single '}' encountered in format string"),
    ("a}", "Single '}' encountered in format string"),
    ("{a", "expected '}' before end of string"),
    ("{0", "expected '}' before end of string"),
    (
        "{}{0}",
        "cannot switch from automatic field numbering to manual field specification",
    ),
    (
        "{0}{}",
        "cannot switch from manual field specification to automatic field numbering",
    ),
    (
        "{:{0}}",
        "cannot switch from automatic field numbering to manual field specification",
    ),
    ("{!}", "unmatched '{' in format spec"),
    ("{!r", "unmatched '{' in format spec"),
    ("{!rx}", "expected ':' after conversion specifier"),
    ("{!x}", "Unknown conversion specifier x"),
    ("{!\u{1}}", "Unknown conversion specifier \\x1"),
    ("{a{b}}", "unexpected '{' in field name"),
    ("{a[}", "expected '}' before end of string"),
    ("{a[b}", "expected '}' before end of string"),
    ("{a[]}", "Empty attribute in format string"),
    ("{a.}", "Empty attribute in format string"),
    (
        "{a[b]c}",
        "Only '.' or '[' may follow ']' in format field specifier",
    ),
    ("{a[{]}", "Fa[k{]!:"),
    ("{:}}", "Single '}' encountered in format string"),
    ("{:{}", "unmatched '{' in format spec"),
    (
        "{99999999999999999999}",
        "Too many decimal digits in format string",
    ),
    (
        "{0[99999999999999999999]}",
        "Too many decimal digits in format string",
    ),
    ("{\u{663}}", "F3!:"),
    ("{:\u{e9}>5}", "F0!:\u{e9}>5"),
    ("\u{e9}{}\u{4e2d}", "L\u{e9}|F0!:|L\u{4e2d}"),
    ("{a[b]!r:x}", "Fa[kb]!r:x"),
    ("{0[-1]}", "F0[k-1]!:"),
    ("{ 0 }", "F 0 !:"),
    ("{.a}", "F0.a!:"),
    ("{[k]}", "F0[kk]!:"),
    ("{:{:{}}}", "F0!:<|F1!:<|F2!:|>|>"),
];

fn describe(
    template: &str,
    numbering: &mut Numbering,
    parts: &mut Vec<String>,
) -> Result<(), OperationError> {
    for piece in Pieces::new(template) {
        let piece = piece?;
        if !piece.literal.is_empty() {
            parts.push(format!("L{}", piece.literal));
        }
        let Some(field) = piece.field else { continue };
        let name = FieldName::parse(field.name, numbering)?;
        let mut text = match name.argument {
            Argument::Position(position) => format!("F{position}"),
            Argument::Name(name) => format!("F{name}"),
        };
        for accessor in name {
            text += &match accessor? {
                Accessor::Attribute(name) => format!(".{name}"),
                Accessor::Index(index) => format!("[i{index}]"),
                Accessor::Key(key) => format!("[k{key}]"),
            };
        }
        text += match field.checked_conversion()? {
            None => "!:",
            Some(Conversion::Str) => "!s:",
            Some(Conversion::Repr) => "!r:",
            Some(Conversion::Ascii) => "!a:",
        };
        if field.spec_is_template {
            parts.push(text + "<");
            describe(field.spec, numbering, parts)?;
            parts.push(">".to_owned());
        } else {
            parts.push(text + field.spec);
        }
    }
    Ok(())
}

#[test]
fn templates_fall_into_pieces() {
    for (template, expected) in TEMPLATES {
        let mut parts = Vec::new();
        let found = match describe(template, &mut Numbering::default(), &mut parts) {
            Ok(()) => parts.join("|"),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, *expected, "{template}");
    }
    assert_eq!(nesting_error().to_string(), "Max string recursion exceeded");
}

#[test]
fn pieces_before_an_error_are_given() {
    let mut pieces = Pieces::new("a{x}}");
    assert!(pieces.next().is_some_and(|piece| piece.is_ok()));
    assert!(pieces.next().is_some_and(|piece| piece.is_err()));
    assert!(pieces.next().is_none());
}
