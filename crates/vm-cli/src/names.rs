//! Names that tell functions apart.

use std::collections::HashMap;

/// The names in their order; the second of one name has `#2` behind it.
pub(crate) fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let numbered = names.map(|name| {
        let times = seen.entry(name.clone()).or_default();
        *times += 1;
        match *times {
            1 => name,
            times => format!("{name}#{times}"),
        }
    });
    numbered.collect()
}

#[cfg(test)]
mod tests {
    use super::distinct;

    #[test]
    fn the_second_of_a_name_has_a_number() {
        let names = ["f", "g", "f", "f"].map(str::to_owned);
        assert_eq!(distinct(names.into_iter()), ["f", "g", "f#2", "f#3"]);
    }
}
