//! Names that tell functions apart.

use std::collections::{HashMap, HashSet};

/// The names in their order; the second of one name has `#2` behind it, or the next number that no
/// function of the program has in its name.
pub(crate) fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let names: Vec<String> = names.collect();
    let mut taken: HashSet<String> = names.iter().cloned().collect();
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let numbered = names.iter().map(|name| {
        let number = numbers.entry(name).or_default();
        loop {
            *number += 1;
            let numbered = match *number {
                1 => break name.clone(),
                number => format!("{name}#{number}"),
            };
            if taken.insert(numbered.clone()) {
                break numbered;
            }
        }
    });
    numbered.collect()
}

#[cfg(test)]
mod tests {
    use super::distinct;

    fn numbered<const N: usize>(names: [&str; N]) -> Vec<String> {
        distinct(names.into_iter().map(str::to_owned))
    }

    #[test]
    fn the_second_of_a_name_has_a_number() {
        assert_eq!(numbered(["f", "g", "f", "f"]), ["f", "g", "f#2", "f#3"]);
    }

    #[test]
    fn numbers_leave_names_alone() {
        assert_eq!(numbered(["f", "f", "f#2"]), ["f", "f#3", "f#2"]);
        assert_eq!(
            numbered(["f#2", "f", "f", "f#2", "f"]),
            ["f#2", "f", "f#3", "f#2#2", "f#4"]
        );
    }
}
