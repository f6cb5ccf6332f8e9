//! The heap and the pauses over time, in a fixed number of columns.
//!
//! 1. A column covers [`Timeline::width_ns`]; the first one begins where the run does.
//! 2. What happens behind the last column makes all of them twice as wide: each two neighbours
//!    become one, and the second half is free again.
//!
//! So the columns in use are between half of them and all, as soon as the run is longer than
//! [`COLUMNS`] microseconds.

use vm_gc::CollectionEvent;

/// How many columns there are.
pub(super) const COLUMNS: usize = 512;

/// How wide a column is at first.
const FIRST_WIDTH_NS: u64 = 1000;

/// What happened in one stretch of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Column {
    /// The heap, if anything told its size.
    pub(super) heap: Option<HeapBytes>,
    /// Collections that ended here, by generation.
    pub(super) collections: [u64; 3],
    /// The longest of them.
    pub(super) longest_ns: [u64; 3],
    /// Their time.
    pub(super) pause_ns: u64,
    /// What they found.
    pub(super) collected: u64,
}

/// The size of the heap in a column: as it was told first and last, and the extremes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HeapBytes {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) least: u64,
    pub(super) most: u64,
}

impl HeapBytes {
    fn followed_by(self, next: HeapBytes) -> HeapBytes {
        HeapBytes {
            first: self.first,
            last: next.last,
            least: self.least.min(next.least),
            most: self.most.max(next.most),
        }
    }
}

impl Column {
    fn followed_by(&self, next: &Column) -> Column {
        let add = |a: [u64; 3], b: [u64; 3]| [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
        let most = |a: [u64; 3], b: [u64; 3]| [a[0].max(b[0]), a[1].max(b[1]), a[2].max(b[2])];
        Column {
            heap: match (self.heap, next.heap) {
                (Some(first), Some(second)) => Some(first.followed_by(second)),
                (first, second) => first.or(second),
            },
            collections: add(self.collections, next.collections),
            longest_ns: most(self.longest_ns, next.longest_ns),
            pause_ns: self.pause_ns + next.pause_ns,
            collected: self.collected + next.collected,
        }
    }
}

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Timeline {
    start_ns: u64,
    width_ns: u64,
    columns: Vec<Column>,
}

impl Timeline {
    pub(super) fn new(start_ns: u64) -> Timeline {
        Timeline {
            start_ns,
            width_ns: FIRST_WIDTH_NS,
            columns: vec![Column::default(); COLUMNS],
        }
    }

    /// The width of a column.
    pub(super) fn width_ns(&self) -> u64 {
        self.width_ns
    }

    /// All columns; those behind the end of the run are empty.
    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn column(&mut self, at_ns: u64) -> &mut Column {
        let after_ns = at_ns.saturating_sub(self.start_ns);
        while after_ns / self.width_ns >= COLUMNS as u64 {
            self.widen();
        }
        &mut self.columns[(after_ns / self.width_ns) as usize]
    }

    fn widen(&mut self) {
        for place in 0..COLUMNS / 2 {
            let (first, second) = (&self.columns[2 * place], &self.columns[2 * place + 1]);
            self.columns[place] = first.followed_by(second);
        }
        self.columns[COLUMNS / 2..].fill(Column::default());
        self.width_ns *= 2;
    }

    /// The heap has this size.
    pub(super) fn heap(&mut self, at_ns: u64, heap_bytes: u64) {
        let column = self.column(at_ns);
        let told = HeapBytes {
            first: heap_bytes,
            last: heap_bytes,
            least: heap_bytes,
            most: heap_bytes,
        };
        column.heap = Some(column.heap.map_or(told, |heap| heap.followed_by(told)));
    }

    /// A collection ended.
    pub(super) fn collection(&mut self, event: &CollectionEvent) {
        self.heap(event.started_ns, event.heap_bytes_before as u64);
        self.heap(event.ended_ns(), event.heap_bytes_after as u64);
        let column = self.column(event.ended_ns());
        let generation = event.generation.index();
        column.collections[generation] += 1;
        column.longest_ns[generation] = column.longest_ns[generation].max(event.duration_ns);
        column.pause_ns += event.duration_ns;
        column.collected += event.collected;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against a list of all sizes told, for runs of several lengths.
    #[test]
    fn columns_are_what_a_list_of_everything_gives() {
        for steps in [1, 10, COLUMNS as u64, 513, 1024, 5000, 100_000] {
            let mut timeline = Timeline::new(500);
            let all: Vec<(u64, u64)> = (0..steps)
                .map(|step| (500 + step * 1000, step * step % 977))
                .collect();
            for &(at_ns, heap_bytes) in &all {
                timeline.heap(at_ns, heap_bytes);
            }
            let width_ns = timeline.width_ns();
            let expected_width = (steps * 1000)
                .div_ceil(COLUMNS as u64 * 1000)
                .next_power_of_two();
            assert_eq!(width_ns, expected_width * 1000, "{steps}");
            for (place, column) in timeline.columns().iter().enumerate() {
                let sizes = all
                    .iter()
                    .filter(|(at_ns, _)| (at_ns - 500) / width_ns == place as u64)
                    .map(|&(_, heap_bytes)| heap_bytes);
                let sizes: Vec<u64> = sizes.collect();
                assert_eq!(column.heap.is_some(), !sizes.is_empty(), "{steps} {place}");
                if let Some(heap) = column.heap {
                    assert_eq!(Some(&heap.first), sizes.first());
                    assert_eq!(Some(&heap.last), sizes.last());
                    assert_eq!(Some(&heap.least), sizes.iter().min());
                    assert_eq!(Some(&heap.most), sizes.iter().max());
                }
            }
        }
    }
}
