//! The portal's request limit.

use std::time::SystemTime;

/// A token bucket that holds one second's worth.
#[derive(Debug)]
pub(crate) struct Bucket {
    per_second: f64,
    left: f64,
    filled: SystemTime,
    /// Does the refusal carry `Retry-After`?
    pub retry_after: bool,
}

impl Bucket {
    pub fn new(per_second: f64, retry_after: bool, now: SystemTime) -> Self {
        Self { per_second, left: per_second.max(1.0), filled: now, retry_after }
    }

    /// Takes one; `Err` holds the seconds until there is one again.
    pub fn take(&mut self, now: SystemTime) -> Result<(), f64> {
        let gained =
            now.duration_since(self.filled).unwrap_or_default().as_secs_f64() * self.per_second;
        self.left = (self.left + gained).min(self.per_second.max(1.0));
        self.filled = now;
        if self.left >= 1.0 {
            self.left -= 1.0;
            return Ok(());
        }
        Err((1.0 - self.left) / self.per_second)
    }
}

/// Refusals that come whatever the rate, as often in a thousand, the same in every run.
#[derive(Debug)]
pub(crate) struct Whim {
    permille: u64,
    dice: u64,
}

impl Whim {
    pub fn new(permille: u64, seed: u64) -> Self {
        Self { permille, dice: seed }
    }

    /// Does it strike?
    pub fn strikes(&mut self) -> bool {
        // The multiplier of Knuth's MMIX generator.
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.dice >> 33) % 1000 < self.permille
    }
}

#[cfg(test)]
mod tests {
    use super::{Bucket, Whim};
    use std::time::{Duration, SystemTime};

    #[test]
    fn strikes_as_often_as_told_and_the_same_again() {
        let strikes = |permille, seed| {
            let mut whim = Whim::new(permille, seed);
            (0..10_000).filter(|_| whim.strikes()).count()
        };
        assert_eq!((strikes(0, 1), strikes(1000, 1)), (0, 10_000));
        assert!((400..600).contains(&strikes(50, 1)), "{}", strikes(50, 1));
        assert_eq!(strikes(50, 7), strikes(50, 7));
    }

    #[test]
    fn gives_what_it_holds_then_refills() {
        let now = SystemTime::now();
        let mut bucket = Bucket::new(2.0, false, now);
        assert!(bucket.take(now).is_ok());
        assert!(bucket.take(now).is_ok());
        let wait = bucket.take(now).expect_err("empty");
        assert!((0.4..=0.5).contains(&wait), "{wait}");
        assert!(bucket.take(now + Duration::from_millis(500)).is_ok());
    }
}
