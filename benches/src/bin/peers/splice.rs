//! Puts the table into the README, between two lines that stay.

use crate::Failure;
use crate::peer::package;

const BEGIN: &str = "<!-- peers: begin -->";
const END: &str = "<!-- peers: end -->";

pub(crate) fn into_readme(table: &str) -> Result<(), Failure> {
    let path = package().join("README.md");
    let failed = |source| Failure::File {
        path: path.clone(),
        source,
    };
    let readme = std::fs::read_to_string(&path).map_err(failed)?;
    let spliced = splice(&readme, table).map_err(|marker| Failure::NoMarker {
        path: path.clone(),
        marker,
    })?;
    std::fs::write(&path, spliced).map_err(failed)
}

/// `text` with what is between the markers replaced; the marker that is missing.
fn splice(text: &str, table: &str) -> Result<String, &'static str> {
    let (head, rest) = text.split_once(BEGIN).ok_or(BEGIN)?;
    let (_, tail) = rest.split_once(END).ok_or(END)?;
    Ok(format!("{head}{BEGIN}\n\n{}\n\n{END}{tail}", table.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let text = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        let once = splice(&text, "new\n").unwrap();
        assert_eq!(once, format!("a\n{BEGIN}\n\nnew\n\n{END}\nb\n"));
        assert_eq!(splice(&once, "new"), Ok(once.clone()));
    }

    #[test]
    fn a_missing_marker_is_named() {
        assert_eq!(splice("a", "t"), Err(BEGIN));
        assert_eq!(splice(BEGIN, "t"), Err(END));
    }
}
