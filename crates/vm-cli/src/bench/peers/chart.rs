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
/// Where bars begin, and how wide the longest is.
const LEFT: u32 = 330;
const WIDEST: f64 = 360.0;
const WIDTH: u32 = 780;

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
    let base = escape(base);
    // Writing to a string cannot fail.
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13">
<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>
<text x="12" y="20" font-weight="bold">Processor time, geometric mean; {base} is 1, shorter is faster</text>"##
    );
    for (index, &(name, mean)) in bars.iter().enumerate() {
        let top = STEP * (index as u32 + 1) + 12;
        let middle = top + BAR_HEIGHT - 5;
        let width = mean / longest * WIDEST;
        let end = f64::from(LEFT) + width + 6.0;
        let start = LEFT - 8;
        let color = if name == "vm" { "#c2410c" } else { "#64748b" };
        let name = escape(name);
        let _ = writeln!(
            svg,
            r#"<text x="{start}" y="{middle}" text-anchor="end">{name}</text>
<rect x="{LEFT}" y="{top}" width="{width:.1}" height="{BAR_HEIGHT}" fill="{color}"/>
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
}
