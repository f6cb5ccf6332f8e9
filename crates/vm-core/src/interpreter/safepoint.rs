//! Safepoints: where limits are checked and collections run.

use crate::limits::{CHECK_INTERVAL, Outcome};
use crate::vm::{Raised, Vm};
use std::time::Instant;

impl Vm {
    /// Sets the limits of a run that begins now.
    pub(crate) fn begin_run(&mut self) {
        let config = &self.limits.config;
        self.limits.fuel_end = config
            .fuel_max
            .map_or(u64::MAX, |fuel| self.executed.saturating_add(fuel));
        self.limits.deadline = config.wall_time_max.map(|time| Instant::now() + time);
        // What a stress mode found outside a run ends the next one.
        self.outcome = self.inconsistency.as_ref().map(|_| Outcome::Cancelled);
        self.next_check = 0;
        // Steps of the last run are not paid with this one's fuel.
        self.native_steps = 0;
        // What a host left behind between runs.
        let leftover = self.take_exception();
        self.release(leftover);
    }

    /// The rare half of a safepoint: `executed` has reached `next_check`.
    #[cold]
    #[inline(never)]
    pub(crate) fn safepoint(&mut self) -> Result<(), Raised> {
        self.check_limits()?;
        self.next_check = self.limits.fuel_end.min(self.executed + CHECK_INTERVAL);
        vm_gc::run_if_due(self);
        if self.limits.config.stress.safepoints {
            self.collect_for_stress();
        }
        if self.outcome.is_some() {
            Err(Raised(()))
        } else {
            Ok(())
        }
    }

    /// The limits alone; native loops that may be long and run no program code ask now and then.
    #[cold]
    pub(crate) fn check_limits(&mut self) -> Result<(), Raised> {
        if self.outcome.is_none() {
            self.outcome = self.limit_reached();
            self.tell_limit();
            if matches!(self.outcome, Some(Outcome::OutOfFuel | Outcome::TimedOut)) {
                self.limit_was_reached();
            }
        }
        if self.outcome.is_some() {
            Err(Raised(()))
        } else {
            Ok(())
        }
    }

    /// The event of a limit that ends the run.
    fn tell_limit(&self) {
        let config = &self.limits.config;
        match self.outcome {
            Some(Outcome::OutOfFuel) => {
                self.collector
                    .limit_hit("fuel", config.fuel_max.unwrap_or_default());
            }
            Some(Outcome::TimedOut) => {
                let most = config.wall_time_max.unwrap_or_default().as_nanos();
                self.collector
                    .limit_hit("wall_time_ns", u64::try_from(most).unwrap_or(u64::MAX));
            }
            // Nobody's limit.
            Some(Outcome::Cancelled) | None => {}
        }
    }

    fn limit_reached(&self) -> Option<Outcome> {
        if self.executed >= self.limits.fuel_end {
            Some(Outcome::OutOfFuel)
        } else if self.limits.cancel.take() {
            Some(Outcome::Cancelled)
        } else if self
            .limits
            .deadline
            .is_some_and(|deadline| Instant::now() >= deadline)
        {
            Some(Outcome::TimedOut)
        } else {
            None
        }
    }
}
