//! How long collections take: histograms by generation, from which quantiles come.

use crate::error::TraceError;
use hdrhistogram::Histogram;
use vm_gc::{CollectionEvent, Generation, Reason};

/// How many digits of a pause are exact.
const DIGITS: u8 = 3;

/// The bars of the page: pauses up to 1, 2, 5, 10 ... and above the bar before.
const STEPS: [u64; 3] = [1, 2, 5];

/// A bar: pauses that are longer than `above_ns` and not longer than `most_ns`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) above_ns: u64,
    pub(super) most_ns: u64,
    /// By generation.
    pub(super) pauses: [u64; Generation::ALL.len()],
}

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Pauses {
    all: Histogram<u64>,
    /// By generation and reason.
    of: [[Option<Histogram<u64>>; Reason::ALL.len()]; Generation::ALL.len()],
    /// Exact, as histograms round.
    bars: Vec<Bar>,
}

impl Pauses {
    pub(super) fn new() -> Result<Pauses, TraceError> {
        let all = Histogram::new(DIGITS).map_err(|error| TraceError::Histogram(error.into()))?;
        // From a microsecond to 500 seconds, and whatever is longer.
        let ends = (3..12).flat_map(|zeros| STEPS.map(|step| step * 10u64.pow(zeros)));
        let mut above_ns = 0;
        let mut bars: Vec<Bar> = ends
            .map(|most_ns| Bar {
                above_ns: std::mem::replace(&mut above_ns, most_ns),
                most_ns,
                pauses: [0; Generation::ALL.len()],
            })
            .collect();
        if let Some(last) = bars.last_mut() {
            last.most_ns = u64::MAX;
        }
        Ok(Pauses {
            all,
            of: Default::default(),
            bars,
        })
    }

    pub(super) fn add(&mut self, event: &CollectionEvent) {
        let generation = event.generation.index();
        let of = &mut self.of[generation][event.reason as usize];
        let of = of.get_or_insert_with(|| Histogram::new_from(&self.all));
        // They resize themselves: every number has a place.
        let _ = of.record(event.duration_ns);
        let _ = self.all.record(event.duration_ns);
        let place = self
            .bars
            .partition_point(|bar| bar.most_ns < event.duration_ns);
        self.bars[place].pauses[generation] += 1;
    }

    /// The bars from the first to the last that has pauses.
    pub(super) fn bars(&self) -> &[Bar] {
        let has_pauses = |bar: &Bar| bar.pauses != [0; Generation::ALL.len()];
        let first = self.bars.iter().position(has_pauses);
        let last = self.bars.iter().rposition(has_pauses);
        match (first, last) {
            (Some(first), Some(last)) => &self.bars[first..=last],
            _ => &[],
        }
    }

    /// What these shares of all pauses do not exceed.
    pub(super) fn quantiles<const N: usize>(&self, quantiles: [f64; N]) -> [u64; N] {
        quantiles.map(|quantile| self.all.value_at_quantile(quantile))
    }

    /// The same for the collections of a generation that ran for one reason.
    pub(super) fn quantiles_of<const N: usize>(
        &self,
        generation: Generation,
        reason: Reason,
        quantiles: [f64; N],
    ) -> [u64; N] {
        let of = &self.of[generation.index()][reason as usize];
        of.as_ref().map_or([0; N], |of| {
            quantiles.map(|quantile| of.value_at_quantile(quantile))
        })
    }
}
