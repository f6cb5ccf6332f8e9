//! The clock of events, and where the time of a collection goes.

use crate::event::Stage;
use crate::trace;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tracing::span::EnteredSpan;

/// What tells the time of events. Copies are the same clock.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    /// Nanoseconds since then.
    System(Instant),
    /// Every reading is some nanoseconds after the former one.
    Virtual {
        now_ns: Arc<AtomicU64>,
        tick_ns: u64,
    },
}

impl Clock {
    /// The system's monotonic clock; it starts at zero now.
    pub fn system() -> Clock {
        Clock(Source::System(Instant::now()))
    }

    /// A clock that does not follow time: each reading is `tick_ns` later than the one before. The
    /// events of two runs of one program are equal with it.
    pub fn ticking(tick_ns: u64) -> Clock {
        Clock(Source::Virtual {
            now_ns: Arc::new(AtomicU64::new(0)),
            tick_ns,
        })
    }

    /// Nanoseconds since the clock was made.
    pub fn now_ns(&self) -> u64 {
        match &self.0 {
            // 584 years fit.
            Source::System(origin) => {
                u64::try_from(origin.elapsed().as_nanos()).unwrap_or(u64::MAX)
            }
            Source::Virtual { now_ns, tick_ns } => now_ns.fetch_add(*tick_ns, Ordering::Relaxed),
        }
    }
}

/// Times of the stages of one collection: one reading of the clock where a stage ends and the next
/// begins. The span of the stage that runs is entered.
#[derive(Debug)]
pub(crate) struct StageClock {
    clock: Clock,
    started_ns: u64,
    last_ns: u64,
    stage: Stage,
    stage_ns: [u64; Stage::COUNT],
    span: Option<EnteredSpan>,
}

impl StageClock {
    /// The first stage starts now.
    pub(crate) fn start(clock: Clock) -> StageClock {
        let now_ns = clock.now_ns();
        StageClock {
            clock,
            started_ns: now_ns,
            last_ns: now_ns,
            stage: Stage::Start,
            stage_ns: [0; Stage::COUNT],
            span: trace::stage(Stage::Start),
        }
    }

    /// The stage before ends now, and `stage` starts.
    pub(crate) fn enter(&mut self, stage: Stage) {
        debug_assert!(stage > self.stage, "stages run in order");
        self.end();
        self.stage = stage;
        self.span = trace::stage(stage);
    }

    /// The last stage ends now.
    pub(crate) fn end(&mut self) {
        let now_ns = self.clock.now_ns();
        let stage_ns = now_ns - self.last_ns;
        self.stage_ns[self.stage as usize] += stage_ns;
        self.last_ns = now_ns;
        if let Some(span) = self.span.take() {
            trace::stage_ended(&span, stage_ns);
        }
    }

    /// The time of each stage that ended.
    pub(crate) fn stage_ns(&self) -> [u64; Stage::COUNT] {
        self.stage_ns
    }

    /// The time from the start to the end of the last stage that ended.
    pub(crate) fn elapsed_ns(&self) -> u64 {
        self.last_ns - self.started_ns
    }

    /// When the first stage started.
    pub(crate) fn started_ns(&self) -> u64 {
        self.started_ns
    }
}
