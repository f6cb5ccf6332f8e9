//! Canonical layout, for `vm fmt`.
//!
//! The formatter moves blanks and line ends only. It works on tokens: spellings (`0x1f`, `"\x41"`)
//! and comments stay as they are, so the result assembles to the same module.
//!
//! 1. Directives outside of blocks, `.func`, `.class`, `.end` and labels begin in column 0; what is
//!    inside of a block is indented by four. A label has its own line.
//! 2. A line of comment is indented like the next line of code.
//! 3. Comments behind code line up from one empty line, line of comment or block border to the next,
//!    two blanks behind the longest code that has one.
//! 4. Of several empty lines one is kept, at the beginning and the end of the file none.

use crate::diagnostic::Diagnostic;
use crate::lexer::{Token, TokenKind, tokens};
use crate::parser::parse;

const INDENTATION: usize = 4;

/// Lays a text out canonically.
///
/// ```
/// let text = ".func main()\nL1:add r0,r1 , r2;sum\n.end";
/// let formatted = vm_asm::format_source(text)?;
/// assert_eq!(formatted, ".func main()\nL1:\n    add r0, r1, r2  ;sum\n.end\n");
/// # Ok::<(), Vec<vm_asm::Diagnostic>>(())
/// ```
///
/// # Errors
///
/// What [`parse`] reports: a text that can't be read is not touched.
pub fn format_source(source: &str) -> Result<String, Vec<Diagnostic>> {
    let (_, diagnostics) = parse(source);
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let tokens = tokens(source, &mut Vec::new());
    let mut lines = Vec::new();
    let mut in_block = false;
    for line in tokens.split(|token| token.kind == TokenKind::Newline) {
        split_line(source, line, &mut in_block, &mut lines);
    }
    indent_comments(&mut lines);
    Ok(join(&lines))
}

/// A line of the result.
#[derive(Default)]
struct Line<'a> {
    indentation: usize,
    code: String,
    comment: Option<&'a str>,
}

impl Line<'_> {
    fn is_empty(&self) -> bool {
        self.code.is_empty() && self.comment.is_none()
    }

    /// Whether the comment lines up with those of such neighbours: in the code of a block.
    fn is_lined_up(&self) -> bool {
        !self.code.is_empty() && (self.indentation > 0 || self.code.ends_with(':'))
    }
}

/// Turns the tokens of one line into one line of the result, and one more for each label.
fn split_line<'a>(
    source: &'a str,
    mut line: &[Token],
    in_block: &mut bool,
    lines: &mut Vec<Line<'a>>,
) {
    let mut comment = None;
    if let Some((last, code)) = line.split_last()
        && last.kind == TokenKind::Comment
    {
        comment = Some(&source[last.span.range()]);
        line = code;
    }
    let mut labels = 0;
    while let [name, colon, rest @ ..] = line
        && colon.kind == TokenKind::Colon
    {
        let code = format!("{}:", &source[name.span.range()]);
        lines.push(Line {
            indentation: 0,
            code,
            comment: None,
        });
        labels += 1;
        line = rest;
    }
    if line.is_empty() && labels > 0 {
        if let Some(last) = lines.last_mut() {
            last.comment = comment;
        }
        return;
    }
    let directive = line
        .first()
        .filter(|token| token.kind == TokenKind::Directive);
    let word = directive.map_or("", |token| &source[token.span.range()]);
    if word == ".end" {
        *in_block = false;
    }
    let indentation = if *in_block { INDENTATION } else { 0 };
    if matches!(word, ".func" | ".class") {
        *in_block = true;
    }
    lines.push(Line {
        indentation,
        code: code(source, line),
        comment,
    });
}

/// The tokens with canonical blanks between them.
fn code(source: &str, line: &[Token]) -> String {
    let mut code = String::new();
    for (index, token) in line.iter().enumerate() {
        if index > 0 && blank_between(line[index - 1].kind, token.kind) {
            code.push(' ');
        }
        code.push_str(&source[token.span.range()]);
    }
    code
}

fn blank_between(left: TokenKind, right: TokenKind) -> bool {
    use TokenKind::*;
    match (left, right) {
        (_, Comma | Colon | CloseParen) => false,
        (OpenParen | Colon | Star | StarStar | Minus, _) => false,
        // A parameter list; a tuple follows a comma or `=`.
        (Word | String, OpenParen) => false,
        _ => true,
    }
}

fn indent_comments(lines: &mut [Line<'_>]) {
    let mut below = 0;
    for line in lines.iter_mut().rev() {
        if !line.code.is_empty() {
            // The last comment of a block still belongs to the block.
            below = if line.code == ".end" {
                INDENTATION
            } else {
                line.indentation
            };
        } else if line.comment.is_some() {
            line.indentation = below;
        }
    }
}

/// Puts the lines together, with comments lined up.
fn join(lines: &[Line<'_>]) -> String {
    let mut text = String::new();
    let end = lines
        .iter()
        .rposition(|line| !line.is_empty())
        .map_or(0, |last| last + 1);
    let mut rest = &lines[..end];
    while let Some(first) = rest.first() {
        let length = rest
            .iter()
            .take_while(|line| line.is_lined_up())
            .count()
            .max(1);
        let (run, behind) = rest.split_at(length);
        rest = behind;
        if first.is_empty() {
            let is_repeated = rest.first().is_some_and(Line::is_empty);
            if !text.is_empty() && !is_repeated {
                text.push('\n');
            }
            continue;
        }
        let width = |line: &Line<'_>| line.indentation + line.code.chars().count();
        let commented = run.iter().filter(|line| line.comment.is_some());
        let column = commented.map(width).max().unwrap_or(0) + 2;
        for line in run {
            let mut written = format!("{:1$}{2}", "", line.indentation, line.code);
            if let Some(comment) = line.comment {
                if !line.code.is_empty() {
                    written.extend(std::iter::repeat_n(' ', column - width(line)));
                }
                written.push_str(comment);
            }
            text.push_str(written.trim_end());
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSY: &str = r#"

.version   1
; about f
.func  f( a,b , / ,* , c ) generator


  ; about x
.local x=r3,y
start :  load x , ( 1,-2 , (3,) ) ; first
  add  a,a , b;second
      ; about the label
loop: again: jump   loop
    .line 3 : 4
 .try start loop->again,x  ; here
    ; last
.end



.class C ; class
.slots a,b
.attr kind="node"
.end
"#;

    const TIDY: &str = r#".version 1
; about f
.func f(a, b, /, *, c) generator

    ; about x
    .local x = r3, y
start:
    load x, (1, -2, (3,))  ; first
    add a, a, b            ;second
; about the label
loop:
again:
    jump loop
    .line 3:4
    .try start loop -> again, x  ; here
    ; last
.end

.class C  ; class
    .slots a, b
    .attr kind = "node"
.end
"#;

    #[test]
    fn messy_becomes_tidy_and_tidy_stays() {
        assert_eq!(format_source(MESSY).as_deref(), Ok(TIDY));
        assert_eq!(format_source(TIDY).as_deref(), Ok(TIDY));
    }

    #[test]
    fn empty_texts() {
        assert_eq!(format_source("").as_deref(), Ok(""));
        assert_eq!(format_source("\n \n\t\n").as_deref(), Ok(""));
        assert_eq!(format_source("; only\n\n").as_deref(), Ok("; only\n"));
    }

    #[test]
    fn broken_texts_are_refused() {
        assert!(format_source(".func f(\n.end\n").is_err());
    }
}
