//! The heap and the pauses over time, as two drawings above each other.
//!
//! Drawings are stretched to the room there is, lines keep their width; words stand beside them as
//! words, so that they keep their size on a phone.

use super::quantity::{axis_end, count, duration, size};
use super::timeline::{Column, Timeline};
use std::fmt::{self, Write};

/// Names of the generations, as classes of the style sheet.
pub(super) const CLASSES: [&str; 3] = ["young", "middle", "old"];

/// The drawings' own width and height.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 100.0;

/// Where things are in a drawing.
struct Scale {
    run_ns: f64,
    column_ns: f64,
    most: f64,
}

impl Scale {
    /// A time, in columns.
    fn x(&self, columns: f64) -> f64 {
        (columns * self.column_ns / self.run_ns * WIDTH).clamp(0.0, WIDTH)
    }

    fn y(&self, value: u64) -> f64 {
        HEIGHT - value as f64 / self.most * HEIGHT
    }
}

/// Draws a run of `run_ns`.
pub(super) fn chart(text: &mut String, timeline: &Timeline, run_ns: u64) -> fmt::Result {
    let columns = timeline.columns();
    let heap_end = axis_end(
        columns
            .iter()
            .filter_map(|column| column.heap)
            .map(|heap| heap.most)
            .max()
            .unwrap_or(0),
        1024,
    );
    let pause_end = axis_end(
        columns
            .iter()
            .flat_map(|column| column.longest_ns)
            .max()
            .unwrap_or(0),
        1000,
    );
    let scale = |most: u64| Scale {
        run_ns: run_ns.max(1) as f64,
        column_ns: timeline.width_ns() as f64,
        most: most as f64,
    };
    let shown = run_ns.max(1) as f64 / timeline.width_ns() as f64;
    writeln!(
        text,
        "<div class=\"chart\" tabindex=\"0\" role=\"group\" aria-label=\"Heap and pauses over time; \
         arrow keys move a cursor\" data-columns=\"{shown:.4}\">"
    )?;

    writeln!(
        text,
        "<div class=\"axis\" aria-hidden=\"true\"><span>{}</span><span>{}</span><span>0</span></div>",
        size(heap_end),
        size(heap_end / 2)
    )?;
    text.push_str("<div class=\"plot sizes heap\">");
    drawing(text, "Heap size over time")?;
    heap_paths(text, columns, &scale(heap_end))?;
    text.push_str("</svg><div class=\"cursor\" hidden></div></div>\n");

    text.push_str("<div class=\"gap\">longest pauses</div>\n");
    writeln!(
        text,
        "<div class=\"axis\" aria-hidden=\"true\"><span>{}</span><span>0</span></div>",
        duration(pause_end)
    )?;
    text.push_str("<div class=\"plot pauses\">");
    drawing(text, "Pauses over time")?;
    let scale = scale(pause_end);
    for (generation, class) in CLASSES.iter().enumerate() {
        let mut path = String::new();
        for (place, column) in columns.iter().enumerate() {
            if column.collections[generation] > 0 {
                let x = scale.x(place as f64 + 0.5);
                // A pause that is too short to be seen is seen.
                let y = scale.y(column.longest_ns[generation]).min(HEIGHT - 2.0);
                write!(path, "M{x:.1} {HEIGHT}V{y:.1}")?;
            }
        }
        if !path.is_empty() {
            write!(text, "<path class=\"{class}\" d=\"{path}\"/>")?;
        }
    }
    text.push_str("</svg><div class=\"cursor\" hidden></div></div>\n");

    text.push_str("<div class=\"times\" aria-hidden=\"true\"><span>0</span>");
    for (quarters, class) in [
        (1, " class=\"minor\""),
        (2, ""),
        (3, " class=\"minor\""),
        (4, ""),
    ] {
        let at_ns = run_ns / 4 * quarters + run_ns % 4 * quarters / 4;
        write!(text, "<span{class}>{}</span>", duration(at_ns))?;
    }
    text.push_str("</div>\n<div class=\"tip\" role=\"status\" hidden></div>\n</div>\n");
    tips(text, timeline, shown)
}

fn drawing(text: &mut String, title: &str) -> fmt::Result {
    write!(
        text,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\" role=\"img\" \
         aria-label=\"{title}\">"
    )
}

/// A line through the first, the greatest, the least and the last size of each column, and the area
/// below it.
fn heap_paths(text: &mut String, columns: &[Column], scale: &Scale) -> fmt::Result {
    let mut line = String::new();
    let mut last = None;
    for (place, column) in columns.iter().enumerate() {
        let Some(heap) = column.heap else { continue };
        let (left, middle, right) = (
            scale.x(place as f64),
            scale.x(place as f64 + 0.5),
            scale.x(place as f64 + 1.0),
        );
        let command = if line.is_empty() { 'M' } else { 'L' };
        write!(line, "{command}{left:.1} {:.1}", scale.y(heap.first))?;
        if heap.most > heap.first.max(heap.last) {
            write!(line, "L{middle:.1} {:.1}", scale.y(heap.most))?;
        }
        if heap.least < heap.first.min(heap.last) {
            write!(line, "L{middle:.1} {:.1}", scale.y(heap.least))?;
        }
        if heap.last != heap.first || heap.most != heap.least {
            write!(line, "L{right:.1} {:.1}", scale.y(heap.last))?;
        }
        last = Some(scale.y(heap.last));
    }
    // The run may end before the last column does.
    if let Some(y) = last {
        write!(line, "L{WIDTH} {y:.1}")?;
    }
    write!(
        text,
        "<path class=\"area\" d=\"{line}L{WIDTH} {HEIGHT}L0 {HEIGHT}Z\"/><path class=\"line\" d=\"{line}\"/>"
    )
}

/// What the script shows of each column.
fn tips(text: &mut String, timeline: &Timeline, shown: f64) -> fmt::Result {
    let columns = &timeline.columns()[..(shown.ceil() as usize).min(timeline.columns().len())];
    let mut heap_bytes = 0;
    let tips: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(place, column)| {
            let from_ns = place as u64 * timeline.width_ns();
            let most = column.heap.map_or(heap_bytes, |heap| heap.most);
            heap_bytes = column.heap.map_or(heap_bytes, |heap| heap.last);
            let mut tip = format!("at {}\nheap {}", duration(from_ns), size(most));
            let collections: u64 = column.collections.iter().sum();
            if collections > 0 {
                let longest = column.longest_ns.into_iter().max().unwrap_or(0);
                let plural = if collections == 1 { "" } else { "s" };
                tip += &format!(
                    "\n{} collection{plural}\nlongest pause {}\n{} objects collected",
                    count(collections),
                    duration(longest),
                    count(column.collected)
                );
            }
            tip
        })
        .collect();
    // Nothing here comes from a program, so nothing can end the element.
    let tips = serde_json::to_string(&tips).map_err(|_| fmt::Error)?;
    writeln!(
        text,
        "<script type=\"application/json\" id=\"columns\">{tips}</script>"
    )
}
