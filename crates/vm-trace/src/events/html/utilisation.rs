//! Minimum mutator utilisation: of every window of some length, the share that the program had at
//! least.
//!
//! ```text
//!            |--------- window: 64 slots ---------|
//!  ....##....|.......####........##..........#....|....###....
//!                    ^ pauses: their time is in the slots
//! ```
//!
//! 1. Time is cut into slots, 64 of them in a window. A pause adds its time to the slots it covers.
//! 2. The window moves by one slot; the most pause time that it ever had is kept.
//!
//! Windows begin at slots, so the worst one may be missed by a slot: a 64th of the window.
//!
//! Source: P. Cheng, G. Blelloch, A parallel, real-time garbage collector, PLDI 2001.

/// The lengths of windows.
pub(super) const WINDOWS_NS: [u64; 7] = [
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
    1_000_000_000,
    10_000_000_000,
    100_000_000_000,
];

/// How many slots a window has.
const SLOTS: u64 = 64;

/// One length of window.
#[derive(Debug)]
struct Window {
    slot_ns: u64,
    /// Pause time in the latest slots; a slot's place is its number modulo [`SLOTS`].
    slots: [u64; SLOTS as usize],
    /// The sum of the slots.
    sum_ns: u64,
    /// The slot that time has come to.
    slot: u64,
    /// The most that a window had.
    worst_ns: u64,
}

impl Window {
    fn new(window_ns: u64) -> Window {
        Window {
            slot_ns: window_ns / SLOTS,
            slots: [0; SLOTS as usize],
            sum_ns: 0,
            slot: 0,
            worst_ns: 0,
        }
    }

    /// Ends the current slot and the window that ends with it, and begins the next.
    fn next(&mut self) {
        // The windows of a run lie within it.
        if self.slot + 1 >= SLOTS {
            self.worst_ns = self.worst_ns.max(self.sum_ns);
        }
        self.slot += 1;
        let place = (self.slot % SLOTS) as usize;
        self.sum_ns -= std::mem::take(&mut self.slots[place]);
    }

    /// Time has come to `slot`.
    fn advance(&mut self, slot: u64) {
        for _ in 0..SLOTS {
            if self.slot == slot {
                return;
            }
            self.next();
        }
        // All slots are empty, and the windows between have no pause.
        self.slot = slot;
    }

    /// A pause, which begins no earlier than the last one ended.
    fn add(&mut self, start_ns: u64, end_ns: u64) {
        let (first, last) = (start_ns / self.slot_ns, end_ns / self.slot_ns);
        self.advance(first);
        if last - first > 2 * SLOTS {
            // A whole window of nothing but pause, and as if it had begun later.
            self.worst_ns = SLOTS * self.slot_ns;
            return self.add((last - SLOTS) * self.slot_ns, end_ns);
        }
        for slot in first..=last {
            self.advance(slot);
            let from_ns = start_ns.max(slot * self.slot_ns);
            let to_ns = end_ns.min((slot + 1) * self.slot_ns);
            self.slots[(slot % SLOTS) as usize] += to_ns - from_ns;
            self.sum_ns += to_ns - from_ns;
        }
    }
}

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Utilisation {
    start_ns: u64,
    windows: [Window; WINDOWS_NS.len()],
}

impl Utilisation {
    pub(super) fn new(start_ns: u64) -> Utilisation {
        Utilisation {
            start_ns,
            windows: WINDOWS_NS.map(Window::new),
        }
    }

    /// A pause, in order.
    pub(super) fn pause(&mut self, started_ns: u64, duration_ns: u64) {
        let start_ns = started_ns.saturating_sub(self.start_ns);
        for window in &mut self.windows {
            window.add(start_ns, start_ns + duration_ns);
        }
    }

    /// The run ended. For each window that fits in it, its length and the least share of the
    /// program.
    pub(super) fn least(&mut self, end_ns: u64) -> Vec<(u64, f64)> {
        let end_ns = end_ns.saturating_sub(self.start_ns);
        let fitting = WINDOWS_NS.into_iter().zip(&mut self.windows);
        fitting
            .filter(|(window_ns, _)| *window_ns <= end_ns)
            .map(|(window_ns, window)| {
                window.advance(end_ns / window.slot_ns);
                let window_of_slots_ns = (window.slot_ns * SLOTS) as f64;
                (window_ns, 1.0 - window.worst_ns as f64 / window_of_slots_ns)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The least utilisation over all windows that begin anywhere, by looking at each.
    fn by_hand(pauses: &[(u64, u64)], window_ns: u64, end_ns: u64) -> f64 {
        let step_ns = window_ns / 640;
        let worst = (0..=(end_ns - window_ns) / step_ns)
            .map(|step| (step * step_ns, step * step_ns + window_ns))
            .map(|(from, to)| -> u64 {
                pauses
                    .iter()
                    .map(|&(start, length)| {
                        (start + length).min(to).saturating_sub(start.max(from))
                    })
                    .sum()
            })
            .max();
        1.0 - worst.unwrap_or(0) as f64 / window_ns as f64
    }

    #[test]
    fn it_is_within_a_slot_of_looking_everywhere() {
        let mut random: u64 = 1;
        let mut next = |below: u64| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        for longest_ns in [1_000, 50_000, 400_000, 30_000_000] {
            let (mut now_ns, mut pauses) = (0, Vec::new());
            for _ in 0..40 {
                now_ns += next(2_000_000);
                let length_ns = next(longest_ns);
                pauses.push((now_ns, length_ns));
                now_ns += length_ns;
            }
            let end_ns = now_ns + 1_500_000;
            let mut utilisation = Utilisation::new(0);
            for &(start_ns, length_ns) in &pauses {
                utilisation.pause(start_ns, length_ns);
            }
            let least = utilisation.least(end_ns);
            assert!(least.len() >= 3);
            for (window_ns, share) in least.into_iter().take(4) {
                let expected = by_hand(&pauses, window_ns, end_ns);
                assert!(
                    (share - expected).abs() <= 1.1 / SLOTS as f64,
                    "window {window_ns}, pauses below {longest_ns}: {share}, by hand {expected}"
                );
            }
        }
    }

    #[test]
    fn a_pause_as_long_as_a_window_leaves_nothing() {
        let mut utilisation = Utilisation::new(7);
        utilisation.pause(5_000_007, 2_000_000);
        let least = utilisation.least(20_000_007);
        assert_eq!(least[0], (100_000, 0.0));
        assert_eq!(least[1], (1_000_000, 0.0));
        assert!((least[2].1 - 0.8).abs() < 1e-9, "{least:?}");
        assert_eq!(least.len(), 3, "longer windows do not fit");
    }
}
