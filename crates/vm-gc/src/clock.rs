//! Where the time of a collection goes: one reading of the clock at the end of each stage.

use crate::event::Stage;
use std::time::{Duration, Instant};

/// Times of the stages so far.
#[derive(Debug)]
pub(crate) struct StageClock {
    started: Instant,
    last: Instant,
    stage_ns: [u64; Stage::COUNT],
}

/// Whole nanoseconds; 584 years fit.
fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl StageClock {
    /// The first stage starts now.
    pub(crate) fn start() -> StageClock {
        let now = Instant::now();
        StageClock {
            started: now,
            last: now,
            stage_ns: [0; Stage::COUNT],
        }
    }

    /// `stage` ends now, and the next one starts.
    pub(crate) fn ends(&mut self, stage: Stage) {
        let now = Instant::now();
        self.stage_ns[stage as usize] += nanoseconds(now - self.last);
        self.last = now;
    }

    /// The time of each stage.
    pub(crate) fn stage_ns(&self) -> [u64; Stage::COUNT] {
        self.stage_ns
    }

    /// The time from the start to the end of the last stage.
    pub(crate) fn elapsed_ns(&self) -> u64 {
        nanoseconds(self.last - self.started)
    }

    /// When the first stage started, since `origin`.
    pub(crate) fn started_since(&self, origin: Instant) -> u64 {
        nanoseconds(self.started.saturating_duration_since(origin))
    }
}
