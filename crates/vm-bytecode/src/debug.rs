//! What messages need and execution does not: source positions and names.

/// Debug information of a module.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Debug {
    /// The source file that the positions refer to.
    pub file: Option<String>,
    /// One entry for each function of the module.
    pub functions: Vec<FunctionDebug>,
}

/// Debug information of a function.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FunctionDebug {
    /// Where the code comes from. Each entry holds until the next; the words ascend.
    pub lines: Vec<LineEntry>,
    /// Names of the registers behind the parameters, in their order.
    pub register_names: Vec<String>,
    /// Names of the free variables: none, or one for each.
    pub free_names: Vec<String>,
}

/// The position of the code from one word on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LineEntry {
    /// First word that the position holds for.
    pub word: u32,
    /// The position.
    pub position: Position,
}

/// A place in a source file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Position {
    /// Line, counted from 1; 0 if there is none.
    pub line: u32,
    /// Column, counted from 1; 0 if it is not known.
    pub column: u32,
}

impl FunctionDebug {
    /// The position of the instruction that contains a word; `None` if the table does not tell.
    #[must_use]
    pub fn position(&self, word: u32) -> Option<Position> {
        let after = self.lines.partition_point(|entry| entry.word <= word);
        let entry = self.lines[..after].last()?;
        (entry.position.line != 0).then_some(entry.position)
    }
}

#[cfg(test)]
mod tests {
    use super::{FunctionDebug, LineEntry, Position};

    #[test]
    fn a_position_holds_until_the_next() {
        let entry = |word, line| LineEntry {
            word,
            position: Position { line, column: 1 },
        };
        let debug = FunctionDebug {
            lines: vec![entry(2, 10), entry(5, 0), entry(6, 12)],
            ..FunctionDebug::default()
        };
        let lines: Vec<Option<u32>> = (0..8)
            .map(|word| debug.position(word).map(|position| position.line))
            .collect();
        let expected = [
            None,
            None,
            Some(10),
            Some(10),
            Some(10),
            None,
            Some(12),
            Some(12),
        ];
        assert_eq!(lines, expected);
    }
}
