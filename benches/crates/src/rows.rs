//! The rows of the table, named as in the benchmark `collector`.

/// Edges of a node.
pub(crate) const EDGES: usize = 4;

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row {
    AllHeld,
    OneRoot,
    Pairs,
    Ring,
    YoungRings,
    Acyclic,
}

impl Row {
    /// All of them.
    pub(crate) const ALL: [Row; 6] = [
        Row::AllHeld,
        Row::OneRoot,
        Row::Pairs,
        Row::Ring,
        Row::YoungRings,
        Row::Acyclic,
    ];

    /// Those whose name contains `text`.
    pub(crate) fn named(text: &str) -> impl Iterator<Item = Row> {
        Row::ALL
            .into_iter()
            .filter(move |row| row.name().contains(text))
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Row::AllHeld => "full collection, every object held from outside",
            Row::OneRoot => "full collection, held by one root",
            Row::Pairs => "garbage in pairs, collection alone",
            Row::Ring => "garbage in one ring, collection alone",
            Row::YoungRings => "young garbage in rings of ten, allocation to free",
            Row::Acyclic => "allocate and free, acyclic",
        }
    }
}
