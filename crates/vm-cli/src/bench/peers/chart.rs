//! A bar chart of the geometric means, as SVG.
//!
//! ```text
//!   luajit -joff  ████ 0.41
//!   vm            █████ 0.47
//!   lua 5.4       ██████ 0.58
//! ```

use super::Figures;
use super::table::means;
use std::fmt::Write;

/// Of a bar and the gap below it.
const BAR_HEIGHT: u32 = 18;
const STEP: u32 = 26;
/// How wide the longest bar is.
const WIDEST: u32 = 360;
/// What a figure behind a bar takes.
const FIGURE: u32 = 60;
/// Around names and the title.
const MARGIN: u32 = 12;
/// What a character takes on average in a wide font, in a name and in the title, which is bold.
const NAME_CHARACTER: u32 = 8;
const TITLE_CHARACTER: u32 = 9;

/// The means of all peers, the fastest first.
pub(super) fn svg(figures: &Figures) -> String {
    let mut bars: Vec<(&str, f64)> = figures
        .peers
        .iter()
        .map(|peer| &*peer.name)
        .zip(means(figures))
        .filter(|(_, mean)| mean.is_finite())
        .collect();
    bars.sort_by(|left, right| left.1.total_cmp(&right.1));
    draw(&bars, &figures.peers[figures.base].name)
}

fn draw(bars: &[(&str, f64)], base: &str) -> String {
    let longest = bars.iter().map(|&(_, mean)| mean).fold(0.0, f64::max);
    let height = STEP * (bars.len() as u32 + 2);
    let title = if bars.is_empty() {
        "There is no program that all of them ran".to_owned()
    } else {
        format!("Processor time, geometric mean; {base} is 1, shorter is faster")
    };
    let characters = |text: &str| text.chars().count() as u32;
    let names = bars.iter().map(|&(name, _)| characters(name)).max();
    // Where bars begin.
    let left = 2 * MARGIN + NAME_CHARACTER * names.unwrap_or(0);
    let width = (left + WIDEST + FIGURE).max(2 * MARGIN + TITLE_CHARACTER * characters(&title));
    let title = escape(&title);
    // Writing to a string cannot fail.
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">
<rect width="{width}" height="{height}" fill="#ffffff"/>
<text x="{MARGIN}" y="20" font-weight="bold">{title}</text>"##
    );
    for (index, &(name, mean)) in bars.iter().enumerate() {
        let top = STEP * (index as u32 + 1) + 12;
        let middle = top + BAR_HEIGHT - 5;
        let width = mean / longest * f64::from(WIDEST);
        let end = f64::from(left) + width + 6.0;
        let start = left - 8;
        let color = if name == "vm" { "#c2410c" } else { "#64748b" };
        let name = escape(name);
        let _ = writeln!(
            svg,
            r#"<text x="{start}" y="{middle}" text-anchor="end">{name}</text>
<rect x="{left}" y="{top}" width="{width:.1}" height="{BAR_HEIGHT}" fill="{color}"/>
<text x="{end:.1}" y="{middle}">{mean:.2}</text>"#
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_figures() {
        let svg = draw(&[("vm", 0.5), ("a<b", 1.0)], "a<b");
        assert!(svg.contains(r#"width="180.0""#) && svg.contains(r#"width="360.0""#));
        assert!(svg.contains("a&lt;b") && !svg.contains("a<b"));
        assert_eq!(svg.matches("<text").count(), 5);
    }

    #[test]
    fn names_have_room() {
        let number = |svg: &str, before: &str| -> u32 {
            let rest = svg.split_once(before).unwrap().1;
            rest.split_once('"').unwrap().0.parse().unwrap()
        };
        let long = "php with a name that goes on and on";
        let svg = draw(&[("vm", 0.5), (long, 1.0)], long);
        let start = number(&svg, "end\">vm</text>\n<rect x=\"");
        assert!(start >= 8 * long.len() as u32, "{svg}");
        let title = "Processor time, geometric mean;  is 1, shorter is faster".len() + long.len();
        assert!(number(&svg, "width=\"") >= 9 * title as u32, "{svg}");
        let none = draw(&[], "vm");
        assert!(
            none.contains("There is no program that all of them ran"),
            "{none}"
        );
    }
}
