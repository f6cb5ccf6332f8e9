//! Puts a table into a document, between two comments that stay.

/// `text` with what is between `<!-- NAME: begin -->` and `<!-- NAME: end -->` replaced.
///
/// # Errors
///
/// The marker that is missing.
pub fn splice(text: &str, name: &str, table: &str) -> Result<String, String> {
    let (begin, end) = (
        format!("<!-- {name}: begin -->"),
        format!("<!-- {name}: end -->"),
    );
    let Some((head, rest)) = text.split_once(&begin) else {
        return Err(begin);
    };
    let Some((_, tail)) = rest.split_once(&end) else {
        return Err(end);
    };
    Ok(format!("{head}{begin}\n\n{}\n\n{end}{tail}", table.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let text = "a\n<!-- t: begin -->\nold\n<!-- t: end -->\nb\n";
        let once = splice(text, "t", "new\n").unwrap();
        assert_eq!(once, "a\n<!-- t: begin -->\n\nnew\n\n<!-- t: end -->\nb\n");
        assert_eq!(splice(&once, "t", "new"), Ok(once.clone()));
    }

    #[test]
    fn a_missing_marker_is_named() {
        let [begin, end] = ["<!-- t: begin -->", "<!-- t: end -->"];
        assert_eq!(splice("a", "t", "new"), Err(begin.to_owned()));
        assert_eq!(splice(begin, "t", "new"), Err(end.to_owned()));
    }
}
