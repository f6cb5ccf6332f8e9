//! The recursion of native code: bounded, and on a stack that is always deep enough.
//!
//! Native code that calls the program (a special method, a key function, a finalizer), or that goes through
//! values within values (`repr`, `==`, `hash`), recurses on the native stack. Nobody can say how large that
//! stack is: it belongs to the thread that the embedder chose. So:
//!
//! 1. Each level is counted; at `native_depth_max` the program gets a `RecursionError`.
//! 2. The first few levels use the stack they find.
//! 3. Each level behind them looks whether the stack has room for one more, and if it has not, goes on with a
//!    segment of its own, which is given back when that level ends.
//!
//! ```text
//!   the thread's stack                        segment              segment
//!   │ … level 1 │ … │ level 40 │ red zone │   │ level 41 │ … │ →   │ …
//! ```
//!
//! **Invariant.** One level, with what it calls that is not a level, takes no more than the red zone.

use crate::vm::{Raised, Vm};

/// Levels that do not ask how much stack there is: asking for the first time on the main thread makes the C
/// library read the list of the process's mappings.
const LEVELS_UNASKED: u32 = 4;

/// What a level may take. Unoptimised code takes several times more than optimised.
const RED_ZONE_BYTES: usize = if cfg!(debug_assertions) {
    1 << 20
} else {
    256 << 10
};

/// A segment of the stack; the system gives it memory as it is used.
const SEGMENT_BYTES: usize = 16 * RED_ZONE_BYTES;

impl Vm {
    /// Performs `work` one level deeper.
    ///
    /// # Errors
    ///
    /// `RecursionError` at the limit, without performing it; otherwise what it returns.
    #[inline]
    pub(crate) fn nested<T>(
        &mut self,
        work: impl FnOnce(&mut Vm) -> Result<T, Raised>,
    ) -> Result<T, Raised> {
        if self.native_depth >= self.limits.config.native_depth_max {
            return Err(self.raise_nested_too_deep());
        }
        self.native_depth += 1;
        let result = if self.native_depth <= LEVELS_UNASKED {
            work(self)
        } else {
            self.on_enough_stack(work)
        };
        self.native_depth -= 1;
        result
    }

    #[cold]
    fn raise_nested_too_deep(&mut self) -> Raised {
        let depth_max = self.limits.config.native_depth_max;
        self.collector.limit_hit("native_depth", depth_max.into());
        self.raise_recursion_error("maximum recursion depth exceeded")
    }

    #[inline(never)]
    fn on_enough_stack<T>(&mut self, work: impl FnOnce(&mut Vm) -> T) -> T {
        stacker::maybe_grow(RED_ZONE_BYTES, SEGMENT_BYTES, || work(self))
    }
}
