//! "Did you mean": the known word closest to a misspelt one.
//!
//! The distance is the optimal string alignment distance: insertions, deletions, replacements and
//! swaps of neighbouring characters cost 1 each. A candidate is worth showing when at most a third
//! of the longer word's characters differ.

/// Words longer than this are not compared: the distance takes quadratic time.
const LONGEST_WORD: usize = 64;

/// The candidate closest to `word`, if any is close enough. Of equally close ones those win that begin
/// with the same letter, which is rarely the wrong one, and then earlier ones.
pub(crate) fn closest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(LONGEST_WORD + 1).collect();
    if word.len() > LONGEST_WORD {
        return None;
    }
    let mut best: Option<((usize, bool), &str)> = None;
    for candidate in candidates {
        let letters: Vec<char> = candidate.chars().take(LONGEST_WORD + 1).collect();
        let longer = word.len().max(letters.len());
        if letters.len() > LONGEST_WORD || longer < 2 {
            continue;
        }
        // A short word may still differ in one place: `i` against `j` says nothing, `eq` against
        // `ew` does.
        let allowed = (longer / 3).max(1);
        if word.len().abs_diff(letters.len()) > allowed {
            continue;
        }
        let distance = distance(&word, &letters);
        let rank = (distance, word.first() != letters.first());
        if distance <= allowed && best.is_none_or(|(least, _)| rank < least) {
            best = Some((rank, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The optimal string alignment distance, with three rows of the usual table.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (row, &a) in left.iter().enumerate() {
        let mut current = Vec::with_capacity(right.len() + 1);
        current.push(row + 1);
        for (column, &b) in right.iter().enumerate() {
            let mut least = above[column] + usize::from(a != b);
            least = least.min(above[column + 1] + 1).min(current[column] + 1);
            let swapped = row > 0 && column > 0 && a == right[column - 1] && left[row - 1] == b;
            if swapped {
                least = least.min(before[column - 1] + 1);
            }
            current.push(least);
        }
        before = std::mem::replace(&mut above, current);
    }
    above[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(left: &str, right: &str) -> usize {
        let letters = |word: &str| word.chars().collect::<Vec<_>>();
        distance(&letters(left), &letters(right))
    }

    #[test]
    fn the_first_letter_decides_between_equals() {
        assert_eq!(closest("lod", ["mod", "load"]), Some("load"));
        assert_eq!(closest("xod", ["mod", "nod"]), Some("mod"));
    }

    #[test]
    fn distances() {
        assert_eq!(between("", ""), 0);
        assert_eq!(between("", "abc"), 3);
        assert_eq!(between("kitten", "sitting"), 3);
        assert_eq!(between("load", "laod"), 1, "a swap counts once");
        assert_eq!(
            between("ca", "abc"),
            3,
            "a swapped pair is not edited again"
        );
    }

    #[test]
    fn only_close_words_are_suggested() {
        let words = ["load_const", "load_int", "copy"];
        assert_eq!(closest("laod_const", words), Some("load_const"));
        assert_eq!(closest("cpy", words), Some("copy"));
        assert_eq!(closest("zzz", words), None);
        assert_eq!(closest("i", ["j"]), None);
        assert_eq!(closest(&"x".repeat(1000), words), None);
    }
}
