//! Figures for people: three digits, and a unit that fits, on the same line as the figure.

/// A duration.
pub(super) fn duration(nanoseconds: u64) -> String {
    scaled(
        nanoseconds as f64,
        &[("ns", 1.0), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)],
    )
}

/// A size in memory.
pub(super) fn size(bytes: u64) -> String {
    const KIB: f64 = 1024.0;
    scaled(
        bytes as f64,
        &[
            ("B", 1.0),
            ("KiB", KIB),
            ("MiB", KIB * KIB),
            ("GiB", KIB * KIB * KIB),
        ],
    )
}

/// In the largest unit that gives at least one; units are in ascending order.
fn scaled(value: f64, units: &[(&str, f64)]) -> String {
    let fitting = units.iter().rev().find(|(_, factor)| value >= *factor);
    let &(unit, factor) = fitting.unwrap_or(&units[0]);
    format!("{}\u{a0}{unit}", digits(value / factor, factor == 1.0))
}

/// Three digits; none behind the point if it is a whole number anyway.
fn digits(value: f64, whole: bool) -> String {
    let places = match value {
        _ if whole => 0,
        value if value < 9.995 => 2,
        value if value < 99.95 => 1,
        _ => 0,
    };
    let text = format!("{value:.places$}");
    if places > 0 {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A number, in groups of three digits.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share of one.
pub(super) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent > 0.0 && percent < 0.01 {
        return "<\u{a0}0.01\u{a0}%".to_owned();
    }
    format!("{}\u{a0}%", digits(percent, false))
}

/// Where an axis up to `value` ends: a figure with one or two digits and a power of `base`.
pub(super) fn axis_end(value: u64, base: u64) -> u64 {
    const TENTHS: [u64; 8] = [10, 15, 20, 30, 40, 50, 60, 80];
    let mut unit = 1;
    while value / unit >= base && unit < u64::MAX / base {
        unit *= base;
    }
    let steps = [1, 10, 100]
        .into_iter()
        .flat_map(|ten| TENTHS.map(|tenths| tenths * ten));
    let ends = steps.map(|tenths| u128::from(unit) * u128::from(tenths) / 10);
    let end = ends.into_iter().find(|&end| end >= u128::from(value));
    let end = end.unwrap_or(u128::from(unit) * u128::from(base));
    u64::try_from(end).unwrap_or(u64::MAX)
}

/// Text of a document: what the markup would take for its own is replaced.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits() {
        let spaced = |text: String| text.replace('\u{a0}', " ");
        for (nanoseconds, expected) in [
            (0, "0 ns"),
            (999, "999 ns"),
            (1000, "1 µs"),
            (3_960_000, "3.96 ms"),
            (39_640_000, "39.6 ms"),
            (3_600_000_000_000, "3600 s"),
        ] {
            assert_eq!(spaced(duration(nanoseconds)), expected);
        }
        for (bytes, expected) in [(1023, "1023 B"), (1536, "1.5 KiB"), (4 << 20, "4 MiB")] {
            assert_eq!(spaced(size(bytes)), expected);
        }
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
        for (share, expected) in [
            (0.5, "50 %"),
            (1e-6, "< 0.01 %"),
            (0.0, "0 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(spaced(percent(share)), expected);
        }
    }

    #[test]
    fn axes_end_at_round_figures() {
        assert_eq!(axis_end(0, 1024), 1);
        assert_eq!(axis_end(7, 1000), 8);
        assert_eq!(axis_end(1025, 1024), 1536);
        assert_eq!(axis_end(300 << 10, 1024), 300 << 10);
        assert_eq!(axis_end(1001 << 10, 1024), 1 << 20);
        assert_eq!(axis_end(14_800_000, 1000), 15_000_000);
        assert!(axis_end(u64::MAX, 1024) > 0);
    }

    #[test]
    fn nothing_of_a_text_is_markup() {
        assert_eq!(
            escape("<a href='x'>&\""),
            "&lt;a href=&#39;x&#39;&gt;&amp;&quot;"
        );
    }
}
