//! How failures look: message, place, the source line with a mark below, remarks, advice.
//!
//! ```text
//! error: unknown register `totel`
//!  --> sum.vasm:4:10
//!   |
//! 4 |     load totel, 0
//!   |          ^^^^^
//!   |
//!   = help: did you mean `total`?
//! ```
//!
//! Of the source only the lines around a place are given to the renderer, so that the time for many
//! errors in a long text is in proportion to their number.

use crate::failure::{Failure, Fault};
use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Message, Origin, Renderer, Snippet,
};
use std::ops::Range;
use vm_asm::{Diagnostic, LineIndex, Span};

/// Two places at most so many bytes apart are shown in one piece of source.
const MAX_DISTANCE: u32 = 400;

/// The text of a failure, which ends with a line end.
pub(crate) fn failure(failure: &Failure, color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut shown = String::new();
    let mut show = |group: Group<'_>| {
        if !shown.is_empty() {
            shown.push('\n');
        }
        shown.push_str(&renderer.render(&[group]));
        shown.push('\n');
    };
    let count = match failure {
        Failure::Assemble {
            name,
            text,
            diagnostics,
        } => {
            let source = Source::new(name, text);
            for diagnostic in diagnostics {
                show(diagnostic_group(&source, diagnostic));
            }
            diagnostics.len()
        }
        Failure::Verify { name, text, faults } => {
            let source = text.as_deref().map(|text| Source::new(name, text));
            for fault in faults {
                show(fault_group(name, source.as_ref(), fault));
            }
            faults.len()
        }
        other => {
            show(Group::with_title(
                Level::ERROR.primary_title(other.to_string()),
            ));
            1
        }
    };
    if count > 1 {
        let title = Level::ERROR.primary_title(format!("{failure}: {count} errors"));
        show(Group::with_title(title));
    }
    if let Some(help) = failure.help() {
        let group = Group::with_title(Level::HELP.primary_title(help));
        shown.push_str(&renderer.render(&[group]));
        shown.push('\n');
    }
    shown
}

/// An error of the assembler.
fn diagnostic_group<'a>(source: &Source<'a>, diagnostic: &'a Diagnostic) -> Group<'a> {
    let primary = Mark {
        kind: AnnotationKind::Primary,
        span: diagnostic.span,
        label: None,
    };
    let secondary = diagnostic.secondary.as_ref().map(|secondary| Mark {
        kind: AnnotationKind::Context,
        span: secondary.span,
        label: Some(secondary.text),
    });
    let help = diagnostic
        .help
        .as_deref()
        .map(|help| Level::HELP.message(help));
    Group::with_title(Level::ERROR.primary_title(diagnostic.to_string()))
        .elements(source.snippets(primary, secondary))
        .elements(help)
}

/// An error of the verifier.
fn fault_group<'a>(name: &'a str, source: Option<&Source<'a>>, fault: &'a Fault) -> Group<'a> {
    let error = &fault.error;
    let group = Group::with_title(Level::ERROR.primary_title(&error.message));
    let group = match (source, fault.place) {
        (Some(source), Some(span)) => {
            let mark = Mark {
                kind: AnnotationKind::Primary,
                span,
                label: None,
            };
            group.elements(source.snippets(mark, None))
        }
        _ => group.element(Origin::path(name)),
    };
    group.elements(notes(fault))
}

/// Rule, instruction and source of a verifier's error.
fn notes(fault: &Fault) -> Vec<Message<'_>> {
    let error = &fault.error;
    let place = match (&error.function, error.instruction) {
        (Some(function), Some(word)) => format!(" in function `{function}`, word {word}"),
        (Some(function), None) => format!(" in function `{function}`"),
        (None, _) => String::new(),
    };
    let rule = format!("the rule `{}` is broken{place}", error.rule.name());
    let mut notes = vec![Level::NOTE.message(rule)];
    if let Some((file, position)) = &fault.origin {
        let column = match position.column {
            0 => String::new(),
            column => format!(":{column}"),
        };
        let source = format!("it comes from {file}:{}{column}", position.line);
        notes.push(Level::NOTE.message(source));
    }
    notes
}

/// A marked place.
#[derive(Clone, Copy)]
struct Mark {
    kind: AnnotationKind,
    span: Span,
    label: Option<&'static str>,
}

/// A text with errors.
struct Source<'a> {
    name: &'a str,
    text: &'a str,
    lines: LineIndex,
}

impl<'a> Source<'a> {
    fn new(name: &'a str, text: &'a str) -> Source<'a> {
        Source {
            name,
            text,
            lines: LineIndex::new(text),
        }
    }

    /// The pieces with the marked places: one, or two if the places are far apart.
    fn snippets(&self, primary: Mark, secondary: Option<Mark>) -> Vec<Snippet<'a, Annotation<'a>>> {
        let marks: Vec<Mark> = [Some(primary), secondary].into_iter().flatten().collect();
        let together = marks
            .iter()
            .fold(primary.span, |span, mark| span.to(mark.span));
        if together.end - together.start <= MAX_DISTANCE {
            return vec![self.snippet(&marks)];
        }
        marks.iter().map(|mark| self.snippet(&[*mark])).collect()
    }

    /// One piece: the lines of the marks.
    fn snippet(&self, marks: &[Mark]) -> Snippet<'a, Annotation<'a>> {
        let spans = marks.iter().map(|mark| self.within(mark.span));
        let start = spans.clone().map(|span| span.start).min().unwrap_or(0);
        let end = spans.map(|span| span.end).max().unwrap_or(0);
        let first = self.text[..start]
            .rfind('\n')
            .map_or(0, |offset| offset + 1);
        let last = self.text[end..]
            .find('\n')
            .map_or(self.text.len(), |offset| end + offset);
        let annotations = marks.iter().map(|mark| {
            let span = self.within(mark.span);
            mark.kind
                .span(span.start - first..span.end - first)
                .label(mark.label)
        });
        let (line, _) = self.lines.line_column(first as u32);
        Snippet::source(&self.text[first..last])
            .path(self.name)
            .line_start(line as usize)
            .annotations(annotations)
    }

    /// The span; at the end of the text, the end of its last line that is not empty.
    fn within(&self, span: Span) -> Range<usize> {
        let range = span.range();
        let end = self.text.trim_end().len();
        if range.start >= end {
            end..end
        } else {
            range.start..range.end.min(end)
        }
    }
}
