//! A picture on a terminal of any size.
//!
//! ```text
//!   ┌ where the program is ──────────────────────────┐
//!   │ source                  │ registers            │
//!   │ bytecode                │ heap and generations │
//!   │ what happened                                  │
//!   └ keys, or the command that is typed ────────────┘
//! ```

use super::picture::Picture;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Text};
use ratatui::widgets::{Block, Borders, Clear, Paragraph};

const KEYS: &str = "s)tep n)ext l)ine f)inish c)ontinue g)c u)ntil b)reak w)atch p)rint : ? q)uit";

/// Draws the picture.
pub(super) fn draw(frame: &mut Frame<'_>, picture: &Picture) {
    let rows = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(4),
        Constraint::Length(7),
        Constraint::Length(1),
    ]);
    let [title, body, lines, keys] = rows.areas(frame.area());
    let halves = Layout::horizontal([Constraint::Percentage(50), Constraint::Percentage(50)]);
    let [left, right] = halves.areas(body);
    let [source, bytecode] =
        Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(left);
    let [registers, heap] =
        Layout::vertical([Constraint::Min(3), Constraint::Length(8)]).areas(right);

    let reversed = Style::new().add_modifier(Modifier::REVERSED);
    frame.render_widget(Line::styled(format!(" {}", picture.title), reversed), title);
    draw_source(frame, picture, source);
    draw_bytecode(frame, picture, bytecode);
    draw_registers(frame, picture, registers);
    pane(
        frame,
        "heap",
        picture
            .heap
            .lines()
            .map(|line| plain(line.strip_prefix("  ").unwrap_or(line))),
        heap,
    );
    draw_lines(frame, picture, lines);
    match &picture.prompt {
        Some(prompt) => frame.render_widget(Line::raw(format!(":{prompt}_")), keys),
        None => frame.render_widget(Line::raw(KEYS), keys),
    }
    if let Some(answer) = &picture.answer {
        let area = body.union(lines);
        frame.render_widget(Clear, area);
        pane(frame, "any key goes back", answer.lines().map(plain), area);
    }
}

fn plain(line: &str) -> Line<'_> {
    Line::raw(line)
}

/// Lines under a title.
fn pane<'a>(frame: &mut Frame<'_>, title: &str, lines: impl Iterator<Item = Line<'a>>, area: Rect) {
    // What is on the left is set apart from what is on the right.
    let is_left = area.x == 0 && area.width < frame.area().width;
    let borders = match is_left {
        true => Borders::TOP | Borders::RIGHT,
        false => Borders::TOP,
    };
    let block = Block::new().borders(borders).title(format!(" {title} "));
    frame.render_widget(Paragraph::new(Text::from_iter(lines)).block(block), area);
}

/// How many lines are passed over so that one of them is in the middle of an area.
fn passed_over(here: usize, count: usize, area: Rect) -> usize {
    let height = usize::from(area.height.saturating_sub(1));
    here.saturating_sub(height / 2)
        .min(count.saturating_sub(height))
}

fn highlighted(text: String, is_here: bool) -> Line<'static> {
    match is_here {
        true => Line::styled(text, Style::new().add_modifier(Modifier::REVERSED)),
        false => Line::raw(text),
    }
}

fn draw_source(frame: &mut Frame<'_>, picture: &Picture, area: Rect) {
    let here = picture.source_here;
    let first = passed_over(here.unwrap_or(0), picture.source.len(), area);
    let numbered = picture.source.iter().enumerate().skip(first);
    let lines = numbered.take(area.height.into()).map(|(index, source)| {
        let is_here = here == Some(index);
        let mark = if is_here { '>' } else { ' ' };
        highlighted(format!("{mark}{:4} {source}", index + 1), is_here)
    });
    pane(frame, "source", lines, area);
}

fn draw_bytecode(frame: &mut Frame<'_>, picture: &Picture, area: Rect) {
    let first = passed_over(picture.bytecode_here, picture.bytecode.len(), area);
    let shown = picture.bytecode.iter().skip(first).take(area.height.into());
    let lines = shown.map(|line| highlighted(line.text.clone(), line.is_here));
    pane(frame, "bytecode", lines, area);
}

fn draw_registers(frame: &mut Frame<'_>, picture: &Picture, area: Rect) {
    let shown = picture.registers.iter().skip(picture.scrolled_registers);
    let width = usize::from(area.width);
    let lines = shown.take(area.height.into()).map(|register| {
        let left = format!("{} = {}", register.name, register.value);
        // The count stays in sight; a long value is cut in front of it.
        let room = width.saturating_sub(register.count.chars().count() + 1);
        let left: String = left.chars().take(room).collect();
        Line::raw(format!("{left:room$} {}", register.count))
    });
    pane(frame, "registers", lines, area);
}

fn draw_lines(frame: &mut Frame<'_>, picture: &Picture, area: Rect) {
    let height = usize::from(area.height.saturating_sub(1));
    let end = picture.lines.len().saturating_sub(picture.scrolled_lines);
    let shown = &picture.lines[end.saturating_sub(height)..end];
    let title = match picture.scrolled_lines {
        0 => "what happened".to_owned(),
        scrolled => format!("what happened ({scrolled} lines back)"),
    };
    pane(frame, &title, shown.iter().map(|line| plain(line)), area);
}
